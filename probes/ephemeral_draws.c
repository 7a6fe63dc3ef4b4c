/* SPDX-License-Identifier: MIT */
/*
 * How are the ports that the kernel chooses spread over its range?
 *
 * Cases of some hundred draws, counted by parity and by half:
 *  - connect() of TCP: all at even offsets of the range, bind() to port 0 and listen(): all at odd
 *    ones, with SO_REUSEADDR all of them in the lower half. No chance is in that as long as the
 *    ports of that kind last, so one exception is a difference.
 *  - With IP_LOCAL_PORT_RANGE connect() goes on by 1 to 8 ports, which a random number says
 *    (__inet_hash_connect(): get_random_u32_below(8)), so the parities are those of fair coins.
 *  - UDP draws each port from the whole range (udp_lib_get_port()), and bind() of TCP begins at a
 *    random odd offset of it: the halves are fair coins, and of UDP the parities, too.
 * Of N coins the number of heads is off N/2 by more than t with a probability of at most
 * 2 exp(-2 t^2 / N) (Hoeffding 1963, also for draws that are not put back). With t = 4 sqrt(N)
 * that is 2.6e-14 for a count; fewer than 100 counts are made in a run.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "ephemeral.h"

enum { COIN_FACTOR = 16 /* the square of 4 */ };

/* ---- the cases ---- */

static const struct draw {
	const char *before; /* steps that come first */
	const char *words;  /* of each drawing socket; %N stands for 1, 2, ... in an address */
	unsigned n;
	bool full;
} draws[] = {
	{"l tcp4 bind any:q listen=1000; ", "tcp4 connect lo:q", 200, false},
	{"l tcp4 bind any:q listen=1000; ", "tcp4 connect 127.1.%N:q", 200, false},
	{"l tcp6 bind any:q listen=1000; ", "tcp6 connect lo:q", 200, false},
	{"l tcp4 bind any:q listen=1000; ", "tcp4 bind_address_no_port bind lo:0 connect lo:q", 200,
	 false},
	{"l tcp4 bind any:q listen=1000; ", "tcp4 reuseaddr connect lo:q", 200, false},
	{"l tcp4 bind any:q listen=1000; ", "tcp4 local_port_range=33000-60000 connect lo:q", 400,
	 false},
	{"", "tcp4 bind lo:0", 400, false},
	{"", "tcp4 bind any:0", 400, false},
	{"", "tcp6 bind lo:0", 400, false},
	{"", "tcp4 listen", 200, false},
	{"", "tcp4 reuseaddr bind lo:0", 400, false},
	{"", "tcp4 reuseaddr reuseport bind any:0", 400, false},
	{"", "tcp4 reuseport bind lo:0", 400, false},
	{"", "udp4 bind lo:0", 400, false},
	{"", "udp4 connect lo:q", 200, false},
	{"", "udp6 bind lo:0", 400, false},
	{"sysctl ip_local_port_range=40001_50000; l tcp4 bind any:q listen=1000; ",
	 "tcp4 connect lo:q", 200, false},
	{"sysctl ip_local_port_range=40001_50000; ", "tcp4 bind lo:0", 200, false},
	{"sysctl ip_local_port_range=40001_50000; ", "tcp4 reuseaddr bind lo:0", 200, false},
	{"sysctl ip_local_port_range=40001_50000; ", "udp4 bind lo:0", 200, false},
	{"l mptcp4 bind any:q listen=1000; ", "mptcp4 connect lo:q", 100, true},
	{"", "mptcp4 bind lo:0", 200, true},
	{"l tcp4 bind any:q listen=4000; ", "tcp4 connect lo:q", 4000, true},
	{"", "tcp4 bind lo:0", 4000, true},
	{"", "tcp4 reuseaddr bind lo:0", 2000, true},
	{"", "udp4 bind lo:0", 4000, true},
};

static void print_words(const char *words, unsigned i, struct ft_text *out)
{
	const char *mark = strstr(words, "%N");

	if (!mark) {
		ft_text_str(out, words);
		return;
	}
	ft_text_bytes(out, words, (size_t)(mark - words));
	ft_text_printf(out, "%u.%u%s", i / 250, i % 250 + 1, mark + 2);
}

static void print_draw(const struct draw *draw, struct ft_text *out)
{
	ft_text_str(out, draw->before);
	for (unsigned i = 1; i <= draw->n; i++) {
		ft_text_printf(out, "%sd%u ", i > 1 ? "; " : "", i);
		print_words(draw->words, i, out);
	}
}

int ft_ephemeral_draws(struct ft_job *job, struct ft_err *err)
{
	struct ft_text text;
	int rc = 0;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	for (unsigned i = 0; rc == 0 && i < sizeof(draws) / sizeof(draws[0]); i++) {
		if (draws[i].full && job->extent != FT_EXTENT_FULL)
			continue;
		ft_text_clear(&text);
		print_draw(&draws[i], &text);
		rc = ft_ephemeral_add(job, &text, "probe ephemeral draws", i + 1, err);
	}
	ft_text_fini(&text);
	return rc;
}

/* ---- what they show ---- */

/* What is known of the draws of a case, and how they came out. */
struct count {
	uint16_t low, high; /* the range */
	int parity;         /* of the offsets from low: 0, 1; -1: coins */
	bool lower;         /* all in the lower half; else coins, if: */
	bool halves;        /* ... the halves are */
	unsigned n, odd, upper;
};

static const struct ft_word *find(const struct ft_step *step, enum ft_op op)
{
	for (size_t w = 0; w < step->n_words; w++)
		if (step->words[w].op == op)
			return &step->words[w];
	return NULL;
}

static const struct ft_word *find_option(const struct ft_step *step, const char *name)
{
	for (size_t w = 0; w < step->n_words; w++)
		if (step->words[w].op == FT_OP_SET &&
		    strcmp(ft_options[step->words[w].options[0]].word, name) == 0)
			return &step->words[w];
	return NULL;
}

static void set_range(struct count *count, const struct ft_case *c, const struct ft_step *step)
{
	const struct ft_word *own = find_option(step, "local_port_range");
	unsigned low = 32768, high = 60999;

	if (c->steps[0]->words[0].op == FT_OP_SYSCTL)
		sscanf(c->steps[0]->words[0].value_text, "%u_%u", &low, &high);
	if (own) {
		low = (unsigned)own->value & UINT16_MAX;
		high = (unsigned)(own->value >> 16) & UINT16_MAX;
	}
	count->low = (uint16_t)low;
	count->high = (uint16_t)high;
}

/* What the draws of d1 and the others must look like. */
static void set_rules(struct count *count, const struct ft_step *step)
{
	bool no_port = find_option(step, "bind_address_no_port") != NULL;
	bool connects = find(step, FT_OP_CONNECT) && (no_port || !find(step, FT_OP_BIND));
	bool stream = ft_families[find(step, FT_OP_CREATE)->detail].type == SOCK_STREAM;

	count->parity = stream ? !connects : -1;
	if (stream && connects && find_option(step, "local_port_range"))
		count->parity = -1;
	count->lower = stream && !connects && find_option(step, "reuseaddr");
	count->halves = !connects || !stream; /* connect() goes on where the last one was */
}

/* The port of a draw: what was read back, else 0. */
static uint16_t port_of(const struct ft_record *record, size_t i)
{
	const struct ft_result *result = &record->results[i];
	const char *name = record->c->names->socket[record->c->steps[result->step]->subject];

	return name[0] == 'd' && result->shown && result->end == FT_END_OK && result->has_local
		       ? result->port
		       : 0;
}

static void count_port(struct count *count, uint16_t port)
{
	unsigned half = count->low + (((unsigned)count->high + 1 - count->low) >> 2 << 1);

	count->n++;
	count->odd += (port - count->low) & 1;
	count->upper += port >= half;
}

static bool is_fair(unsigned heads, unsigned n)
{
	int64_t off = 2 * (int64_t)heads - n; /* twice what it is off the half */

	return off * off <= 4 * COIN_FACTOR * (int64_t)n;
}

static const char *broken_bound(const struct count *count)
{
	if (count->parity >= 0 && count->odd != (count->parity ? count->n : 0))
		return "a port of the other parity was drawn while there were others";
	if (count->parity < 0 && !is_fair(count->odd, count->n))
		return "the parities of the drawn ports are no fair coins";
	if (count->lower && count->upper)
		return "a port of the upper half was drawn while there were others";
	if (!count->lower && count->halves && !is_fair(count->upper, count->n))
		return "the halves of the drawn ports are no fair coins";
	return NULL;
}

static void say(struct ft_record *record, const struct count *count)
{
	record->measured = ft_record_text_begin(record);
	ft_text_printf(&record->text,
		       "%u ports of %u-%u: %u at even offsets, %u at odd; lower half %u, upper "
		       "half %u",
		       count->n, count->low, count->high, count->n - count->odd, count->odd,
		       count->n - count->upper, count->upper);
	if (count->parity < 0 || (count->halves && !count->lower))
		ft_text_str(&record->text,
			    "; fair within 4 sqrt(N), false alarm below 2.6e-14 for each");
	ft_record_text_end(record);
}

void ft_ephemeral_examine(struct ft_record *record)
{
	const struct ft_case *c = record->c;
	const struct ft_step *last = c->steps[c->n_steps - 1];
	struct count count = {0};
	const char *broken;

	if (c->n_steps < 100 || record->n_results < 100 || last->subject == FT_NO_SOCKET ||
	    c->names->socket[last->subject][0] != 'd')
		return;
	set_range(&count, c, last);
	set_rules(&count, last);
	for (size_t i = 0; i < record->n_results; i++)
		if (port_of(record, i))
			count_port(&count, port_of(record, i));
	if (!count.n)
		return;
	say(record, &count);
	broken = broken_bound(&count);
	if (broken && record->verdict == FT_VERDICT_AS_EXPECTED) {
		record->verdict = FT_VERDICT_DIFFERS;
		snprintf(record->reason, sizeof(record->reason), "%s", broken);
	}
}

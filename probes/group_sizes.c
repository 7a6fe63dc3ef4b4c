/* SPDX-License-Identifier: MIT */
/*
 * How evenly does a group share, from 2 to 64 members, and what moves when one joins or leaves?
 *
 * In the cases that are written here the names say what is counted: a1 .. ak are the members of one
 * group, c1 .. c256 send or connect once each, from as many 4-tuples. f1 .. f128 do so twice, and
 * in between the group becomes larger or smaller by its last member; g1 .. g128 as well, and the
 * group changes in another way.
 *
 * The bounds. Each receiver is one of k with the same probability to within 2^-32: the kernel
 * scales a hash of 32 bits that is keyed at random (reciprocal_scale(), inet_ehash_secret).
 * Pearson's statistic of who got how many stays below ft_chance_chi_squared_bound(k - 1, NATS) but
 * for 2e-13 of all runs at most, which is no asymptotic law but ft_chance_uneven()'s bound for
 * these very numbers (tests/unit/test_chance.c has every k). When a group of n members gets one
 * more at its end, or had one more and loses it, a 4-tuple keeps its member with a probability of
 * 1/2, whatever n is: place i of n + 1 and place i of n have (i + 1)/(n + 1) - i/n of all hashes in
 * common, which adds up to 1/2. Who moved and who did not is therefore two cells with the same
 * chances. With --full there are some 630 such tests: all together are wrong in 1.3e-10 of all
 * runs.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/chance.h"
#include "group.h"
#include "reports/record.h"

enum { DRAWS = 256, DATAGRAMS = 240, FLOWS = 128, MEMBERS_MAX = 65, NATS = 36 };

/* ---- the cases ---- */

struct kind {
	const char *family, *at; /* of the members */
	const char *client, *to; /* of who sends */
};

static const struct kind kinds[] = {
	{"tcp4", "lo:p", "tcp4", "lo:p"},   {"tcp6", "lo:p", "tcp6", "lo:p"},
	{"udp4", "lo:p", "udp4", "lo:p"},   {"udp6", "lo:p", "udp6", "lo:p"},
	{"mptcp4", "lo:p", "tcp4", "lo:p"}, {"tcp4", "any:p", "tcp4", "lo2:p"},
	{"tcp6", "any:p", "tcp4", "lo:p"},  {"udp6", "any:p", "udp4", "lo:p"},
};

static bool is_udp(const struct kind *kind)
{
	return kind->family[0] == 'u';
}

static void print_member(const struct kind *kind, unsigned i, struct ft_text *out)
{
	ft_text_printf(out, "a%u %s reuseport bind %s%s; ", i, kind->family, kind->at,
		       is_udp(kind) ? "" : " listen");
}

/* A datagram's sender goes, so that nobody looks at it any more when the next one sends. */
static void print_draw(const struct kind *kind, unsigned i, struct ft_text *out)
{
	if (is_udp(kind))
		ft_text_printf(out, "c%u %s bind any:q%u send %s close; ", i, kind->client, i,
			       kind->to);
	else
		ft_text_printf(out, "c%u %s connect %s; ", i, kind->client, kind->to);
}

/* The same 4-tuple each time. */
static void print_flow(const struct kind *kind, char name, unsigned i, struct ft_text *out)
{
	ft_text_printf(out, "%c%u %s bind lo:q%u ", name, i, kind->client, i);
	if (is_udp(kind))
		ft_text_printf(out, "send %s close; ", kind->to);
	else
		ft_text_printf(out, "connect %s linger=0 close; ", kind->to);
}

enum event { JOINS, LAST, FIRST, MIDDLE, RESTARTS, REPLACED, EVENTS };

static void print_event(const struct kind *kind, enum event event, unsigned k, struct ft_text *out)
{
	if (event == JOINS || event == RESTARTS)
		print_member(kind, k + 1, out);
	if (event != JOINS)
		ft_text_printf(out, "a%u close; ",
			       event == LAST     ? k
			       : event == MIDDLE ? (k + 1) / 2
						 : 1);
	if (event == REPLACED)
		print_member(kind, k + 1, out);
}

static int add(struct ft_job *job, struct ft_text *text, const char *what, unsigned number,
	       struct ft_err *err)
{
	if (text->failed)
		return ft_err_set(err, -ENOMEM, "no memory for a group");
	/* without the last "; " */
	return ft_job_add(job, ft_text_get(text), text->len - 2, what, number, err);
}

static int add_draws(struct ft_job *job, const struct kind *kind, unsigned k, struct ft_text *text,
		     struct ft_err *err)
{
	unsigned n = is_udp(kind) ? DATAGRAMS : DRAWS;

	ft_text_clear(text);
	for (unsigned i = 1; i <= k; i++)
		print_member(kind, i, text);
	for (unsigned i = 1; i <= n; i++)
		print_draw(kind, i, text);
	return add(job, text, "probe group draws", k, err);
}

static int add_flows(struct ft_job *job, const struct kind *kind, unsigned k, enum event event,
		     struct ft_text *text, struct ft_err *err)
{
	char name = event == JOINS || event == LAST ? 'f' : 'g';

	ft_text_clear(text);
	for (unsigned i = 1; i <= k; i++)
		print_member(kind, i, text);
	for (unsigned i = 1; i <= FLOWS; i++)
		print_flow(kind, name, i, text);
	print_event(kind, event, k, text);
	for (unsigned i = 1; i <= FLOWS; i++)
		print_flow(kind, name, i, text);
	return add(job, text, "probe group flows", k, err);
}

static int add_size(struct ft_job *job, const struct kind *kind, unsigned k, bool flows,
		    struct ft_text *text, struct ft_err *err)
{
	int rc = add_draws(job, kind, k, text, err);

	for (unsigned event = 0; rc == 0 && flows && event < EVENTS; event++)
		rc = add_flows(job, kind, k, (enum event)event, text, err);
	return rc;
}

/* Every day a few sizes, powers of two and others; with --full all of them. */
int ft_group_generate(struct ft_job *job, struct ft_err *err)
{
	static const unsigned some[] = {2, 3, 5, 8, 16, 33, 64};
	struct ft_text text;
	int rc = 0;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	for (size_t i = 0; rc == 0 && i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (job->extent == FT_EXTENT_FULL)
			for (unsigned k = 2; rc == 0 && k <= 64; k++)
				rc = add_size(job, &kinds[i], k, i < 4 && k <= 16, &text, err);
		else
			for (size_t j = 0; rc == 0 && j < sizeof(some) / sizeof(*some); j++)
				rc = add_size(job, &kinds[i], some[j],
					      i < 4 && some[j] <= 8 && some[j] != 5, &text, err);
	}
	ft_text_fini(&text);
	return rc;
}

/* ---- what came out ---- */

struct tally {
	unsigned members, draws, flows, moved;
	bool half; /* half of the flows are expected to move */
	unsigned got[MEMBERS_MAX];
	uint16_t before[FLOWS + 1]; /* + 1; 0: did not send yet */
};

/* The number in a name of these cases, "a12" for 'a'; 0: it is none. */
static unsigned number_of(const struct ft_record *record, uint16_t socket, char letter,
			  unsigned most)
{
	const char *name = socket == FT_NO_SOCKET ? "" : record->c->names->socket[socket];
	unsigned long number = name[0] == letter && isdigit((unsigned char)name[1])
				       ? strtoul(name + 1, NULL, 10)
				       : 0;

	return number <= most ? (unsigned)number : 0;
}

static void count_flow(struct tally *tally, unsigned flow, unsigned member)
{
	if (tally->before[flow]) {
		tally->flows++;
		tally->moved += tally->before[flow] != member;
	}
	tally->before[flow] = (uint16_t)member;
}

static void count(struct tally *tally, const struct ft_record *record,
		  const struct ft_result *result)
{
	uint16_t subject = record->c->steps[result->step]->subject;
	unsigned member, flow;

	if (!result->got.known || result->got.n != 1)
		return;
	member = number_of(record, record->got[result->got.first], 'a', MEMBERS_MAX);
	if (!member)
		return;
	if (number_of(record, subject, 'c', DRAWS)) {
		tally->draws++;
		tally->got[member - 1]++;
	}
	flow = number_of(record, subject, 'f', FLOWS);
	tally->half |= flow != 0;
	if (!flow)
		flow = number_of(record, subject, 'g', FLOWS);
	if (flow)
		count_flow(tally, flow, member);
}

static void count_all(struct tally *tally, const struct ft_record *record)
{
	for (uint16_t i = 0; i < record->c->names->n_sockets; i++)
		if (number_of(record, i, 'a', MEMBERS_MAX))
			tally->members++;
	for (size_t i = 0; i < record->n_results; i++)
		if (record->results[i].shown)
			count(tally, record, &record->results[i]);
}

/* "chi-squared 61.2 with 63 degrees of freedom (p 0.54), ..." of these counts. */
static void measure(struct ft_record *record, const unsigned *counts, unsigned n)
{
	double x = ft_chance_statistic(counts, n);
	double bound = ft_chance_chi_squared_bound(n - 1, NATS);

	ft_text_printf(&record->text,
		       "chi-squared %.1f with %u degree%s of freedom (p %.2g), bound %.1f, which "
		       "chance exceeds in 2e-13 of all runs at most",
		       x, n - 1, n == 2 ? "" : "s", ft_chance_chi_squared(x, n - 1), bound);
	if (x < bound)
		return;
	record->verdict = FT_VERDICT_DIFFERS;
	snprintf(record->reason, sizeof(record->reason),
		 "not by chance: chi-squared %.1f, bound %.1f", x, bound);
}

void ft_group_examine(struct ft_record *record)
{
	struct tally tally = {.draws = 0};
	unsigned cells[2];

	if (record->verdict == FT_VERDICT_SKIPPED || record->verdict == FT_VERDICT_BROKEN ||
	    record->c->names->n_sockets < FLOWS)
		return;
	count_all(&tally, record);
	if (!tally.draws && !tally.flows)
		return;
	record->measured = ft_record_text_begin(record);
	if (tally.draws) {
		ft_text_printf(&record->text, "%u among %u: ", tally.draws, tally.members);
		measure(record, tally.got, tally.members);
	} else {
		ft_text_printf(&record->text, "%u of %u 4-tuples moved", tally.moved, tally.flows);
		if (tally.half)
			ft_text_str(&record->text, ": ");
		cells[0] = tally.moved;
		cells[1] = tally.flows - tally.moved;
		if (tally.half)
			measure(record, cells, 2);
	}
	ft_record_text_end(record);
}

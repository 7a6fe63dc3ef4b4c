/* SPDX-License-Identifier: MIT */
/*
 * Which system call is a word of the language? As strace(1) would show it, with symbolic ports.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fourtuple/plain.h"
#include "fourtuple/show.h"

enum { CALL_MAX = 4096, COLUMN_MAX = 56 };

static void put_host(const struct ft_endpoint *at, int domain, struct ft_text *out)
{
	bool v6 = at->host == FT_HOST_LITERAL6 ||
		  (domain == AF_INET6 && at->host != FT_HOST_LITERAL4);
	const uint8_t *bytes = at->bytes;
	char text[INET6_ADDRSTRLEN];

	if (at->host < FT_HOST_LITERAL4)
		bytes = v6 ? ft_hosts[at->host].v6 : ft_hosts[at->host].v4;
	inet_ntop(v6 ? AF_INET6 : AF_INET, bytes, text, sizeof(text));
	ft_text_str(out, v6 ? "[" : "");
	ft_text_str(out, text);
	if (at->scope[0])
		ft_text_printf(out, "%%%s", at->scope);
	ft_text_str(out, v6 ? "]" : "");
}

static void put_endpoint(const struct ft_endpoint *at, int domain, const struct ft_names *names,
			 struct ft_text *out)
{
	put_host(at, domain, out);
	ft_text_char(out, ':');
	if (at->port == FT_PORT_NAMED)
		ft_text_str(out, names->port[at->number]);
	else
		ft_text_printf(out, "%s%u", at->port == FT_PORT_KERNEL ? "e" : "", at->number);
}

static void put_option_names(const struct ft_word *word, struct ft_text *out)
{
	for (unsigned i = 0; i < word->n_options; i++) {
		ft_text_str(out, i ? "|" : "");
		ft_text_str(out, ft_options[word->options[i]].name);
	}
}

static void put_set(const struct ft_word *word, const struct ft_names *names, struct ft_text *out)
{
	struct ft_text text;
	const char *value;

	/* the value as it is written in the case, which has all the notations already */
	ft_text_init(&text, CALL_MAX);
	ft_word_print(word, names, &text);
	value = strchr(ft_text_get(&text), '=');
	ft_text_str(out, "setsockopt(");
	put_option_names(word, out);
	ft_text_printf(out, ", %s)", value ? value + 1 : "1");
	ft_text_fini(&text);
}

static void put_send(const struct ft_word *word, int domain, const struct ft_names *names,
		     struct ft_text *out)
{
	ft_text_str(out, word->has_at ? "sendto(" : "send(");
	if (word->has_at)
		put_endpoint(&word->at, domain, names, out);
	if (word->value >= 0)
		ft_text_printf(out, "%sbyte %" PRId64, word->has_at ? ", " : "", word->value);
	ft_text_char(out, ')');
}

static void put_create(const struct ft_word *word, struct ft_text *out)
{
	const struct ft_family_row *row = &ft_families[word->detail];

	ft_text_printf(
		out, "socket(%s, %s%s%s)", row->domain == AF_INET6 ? "AF_INET6" : "AF_INET",
		row->type == SOCK_DGRAM ? "SOCK_DGRAM" : "SOCK_STREAM",
		row->protocol == row->wire && row->protocol != IPPROTO_SCTP ? "" : ", IPPROTO_",
		row->protocol == row->wire && row->protocol != IPPROTO_SCTP ? "" : row->capability);
}

static void put_listen(const struct ft_word *word, struct ft_text *out)
{
	ft_text_str(out, "listen(");
	if (word->value >= 0)
		ft_text_int(out, word->value);
	ft_text_char(out, ')');
}

static void put_at(const char *call, const struct ft_word *word, int domain,
		   const struct ft_names *names, struct ft_text *out)
{
	ft_text_str(out, call);
	put_endpoint(&word->at, domain, names, out);
	ft_text_char(out, ')');
}

void ft_call_print(const struct ft_step *step, const struct ft_word *word,
		   const struct ft_names *names, const uint8_t *families, struct ft_text *out)
{
	static const char *const ways[] = {"SHUT_RD", "SHUT_WR", "SHUT_RDWR"};
	int domain = AF_INET;

	if (step->subject != FT_NO_SOCKET && families[step->subject] < FT_FAMILY_COUNT)
		domain = ft_families[families[step->subject]].domain;
	switch ((enum ft_op)word->op) {
	case FT_OP_CREATE:
		put_create(word, out);
		break;
	case FT_OP_SET:
		put_set(word, names, out);
		break;
	case FT_OP_GET:
		ft_text_str(out, "getsockopt(");
		put_option_names(word, out);
		ft_text_char(out, ')');
		break;
	case FT_OP_BIND:
		put_at("bind(", word, domain, names, out);
		break;
	case FT_OP_LISTEN:
		put_listen(word, out);
		break;
	case FT_OP_CONNECT:
		put_at("connect(", word, domain, names, out);
		break;
	case FT_OP_BEGIN:
		put_at("connect(", word, domain, names, out);
		ft_text_str(out, " not waited for");
		break;
	case FT_OP_FASTOPEN:
		put_at("sendto(MSG_FASTOPEN, ", word, domain, names, out);
		break;
	case FT_OP_ACCEPT:
		ft_text_printf(out, "%s = accept()", names->socket[word->socket]);
		break;
	case FT_OP_DUP:
		ft_text_printf(out, "%s = dup()", names->socket[word->socket]);
		break;
	case FT_OP_SEND:
		put_send(word, domain, names, out);
		break;
	case FT_OP_RECV:
	case FT_OP_CLOSE:
		ft_text_printf(out, "%s()", ft_op_words[word->op]);
		break;
	case FT_OP_SHUTDOWN:
		ft_text_printf(out, "shutdown(%s)", ways[word->detail]);
		break;
	case FT_OP_DISCONNECT:
		ft_text_str(out, "connect(AF_UNSPEC)");
		break;
	case FT_OP_FCHOWN:
		ft_text_printf(out, "fchown(%" PRId64 ")", word->value);
		break;
	default: /* the engine's own words and the scene have no call of their own name */
		ft_word_print(word, names, out);
		break;
	}
}

/* ---- one a line ---- */

struct walk {
	const struct ft_case *c;
	const char *outcome;
	bool ran;              /* the case was started at all */
	const json_t *reasons; /* the record, for the rules of its calls; NULL: none are shown */
	uint8_t *families;
	struct ft_text call, name, end;
	size_t subject_width;
	struct ft_look look;
	FILE *file;
};

static void learn_family(struct walk *w, const struct ft_step *step, const struct ft_word *word)
{
	if (step->subject == FT_NO_SOCKET)
		return;
	if (word->op == FT_OP_CREATE)
		w->families[step->subject] = word->detail;
	if (word->op == FT_OP_ACCEPT || word->op == FT_OP_DUP)
		w->families[word->socket] = w->families[step->subject];
}

/* How word number n of step number s ended: into w->end. True where it failed. */
static bool find_end(struct walk *w, size_t s, size_t n, bool skipped)
{
	const struct ft_step *step = w->c->steps[s];
	unsigned occurrence = ft_case_occurrence(w->c, s, n);

	ft_text_clear(&w->name);
	ft_text_clear(&w->end);
	if (step->subject != FT_NO_SOCKET)
		ft_text_printf(&w->name, "%s.", w->c->names->socket[step->subject]);
	ft_word_print_name(&step->words[n], &w->name);
	if (occurrence > 1)
		ft_text_printf(&w->name, ".%u", occurrence);
	if (!ft_outcome_find(w->outcome, ft_text_get(&w->name), &w->end))
		ft_text_str(&w->end,
			    !w->ran || skipped || !ft_op_is_quiet(step->words[n].op) ? "-" : "ok");
	return ft_text_get(&w->end)[0] == 'E';
}

static size_t subject_width(const struct ft_case *c, const struct ft_step *step)
{
	if (step->subject == FT_NO_SOCKET)
		return 0;
	return strlen(c->names->socket[step->subject]) + (step->peer ? sizeof("@peer") - 1 : 0);
}

static void print_subject(const struct walk *w, const struct ft_step *step)
{
	size_t len = subject_width(w->c, step);

	fprintf(w->file, "  %s%s%s%s%*s", w->look.strong,
		len ? w->c->names->socket[step->subject] : "", w->look.end,
		step->peer && len ? "@peer" : "", (int)(w->subject_width - len) + 3, "");
}

static void print_step(struct walk *w, size_t s)
{
	const struct ft_step *step = w->c->steps[s];
	bool skipped = false;

	for (size_t n = 0; n < step->n_words; n++) {
		const char *end;
		bool failed = find_end(w, s, n, skipped);

		learn_family(w, step, &step->words[n]);
		ft_text_clear(&w->call);
		if (step->as)
			ft_text_printf(&w->call, "as %" PRIu32 ": ", step->uid);
		ft_call_print(step, &step->words[n], w->c->names, w->families, &w->call);
		end = ft_text_get(&w->end);
		print_subject(w, step);
		ft_plain(ft_text_get(&w->call), CALL_MAX, w->file);
		for (size_t len = w->call.len; len < COLUMN_MAX; len++)
			fputc(' ', w->file);
		fprintf(w->file, "%s %s%s\n", ft_look_end(&w->look, end), end, w->look.end);
		if (w->reasons)
			ft_why_print(w->reasons, ft_text_get(&w->name), &w->look, w->file);
		skipped |= failed;
	}
}

int ft_show_calls(const struct ft_case *c, const json_t *record, bool why, FILE *file)
{
	const char *verdict = ft_gathered_text(record, "verdict");
	struct walk w = {.c = c,
			 .file = file,
			 .look = ft_look_of(file),
			 .reasons = why ? record : NULL};
	bool failed;

	w.outcome = ft_gathered_text(record, "outcome");
	w.ran = strcmp(verdict, "skipped") != 0 && strcmp(verdict, "broken") != 0;
	w.families = malloc(c->names->n_sockets + 1);
	if (!w.families)
		return -ENOMEM;
	memset(w.families, FT_FAMILY_COUNT, c->names->n_sockets + 1);
	ft_text_init(&w.call, 2 * CALL_MAX);
	ft_text_init(&w.name, CALL_MAX);
	ft_text_init(&w.end, CALL_MAX);
	for (size_t s = 0; s < c->n_steps; s++)
		if (subject_width(c, c->steps[s]) > w.subject_width)
			w.subject_width = subject_width(c, c->steps[s]);
	for (size_t s = 0; s < c->n_steps; s++)
		print_step(&w, s);
	failed = w.name.failed;
	ft_text_fini(&w.call);
	ft_text_fini(&w.name);
	ft_text_fini(&w.end);
	free(w.families);
	return failed ? -ENOMEM : 0;
}

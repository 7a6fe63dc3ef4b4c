/* SPDX-License-Identifier: MIT */
/*
 * Which test of the kernel's own suite holds the outcome of this case down? A file for
 * tools/testing/selftests/net, with kselftest_harness.h.
 *
 * What is expected of each call is what was measured just now. So the calls stand in one straight
 * function: it is known which of them fail, and what is skipped behind them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fourtuple/repro.h"

struct put {
	const struct ft_repro *repro;
	size_t s, w;
	const struct ft_step *step;
	const struct ft_word *word;
	const struct ft_repro_word *plan;
	const char *at; /* how far the outcome was read */
	struct ft_text *out;
	struct ft_text call, line, label, end;
	bool broken; /* a call of this step failed: the rest was not reached */
};

static void end_line(struct put *p)
{
	ft_repro_line("\t", "\t\t  ", ft_text_get(&p->line), p->out);
	ft_text_clear(&p->line);
}

/* How the present word ended, "" where the outcome does not have it: a quiet word that did not
 * fail. */
static const char *find_end(struct put *p)
{
	ft_text_clear(&p->label);
	ft_repro_label(p->repro, p->s, p->w, &p->label);
	ft_repro_next_end(&p->at, &p->label, &p->end);
	return ft_text_get(&p->end);
}

static bool is_error(const char *end)
{
	return end[0] == 'E' || strcmp(end, "pending") == 0 || strncmp(end, "pending(", 8) == 0;
}

/* ---- which words were reached ---- */

static void take_word(struct put *p, size_t s, size_t w)
{
	p->s = s;
	p->w = w;
	p->step = p->repro->c->steps[s];
	p->word = &p->step->words[w];
	p->plan = ft_repro_word(p->repro, s, w);
}

static void find_reached(struct put *p, bool *reached)
{
	for (size_t s = 0; s < p->repro->c->n_steps; s++) {
		p->broken = false;
		for (size_t w = 0; w < p->repro->c->steps[s]->n_words; w++) {
			take_word(p, s, w);
			reached[p->repro->first[s] + w] = !p->broken;
			p->broken |= is_error(find_end(p));
		}
	}
}

/* ---- expectations ---- */

static bool is_datagram(const struct put *p)
{
	return ft_families[p->plan->family].type == SOCK_DGRAM;
}

static void put_errno(struct put *p, const char *end)
{
	size_t len = strcspn(end, "(>");

	ft_text_str(&p->line, "EXPECT_EQ(");
	if (strncmp(end, "pending", 7) == 0)
		ft_text_str(&p->line, "EINPROGRESS"); /* nobody answers */
	else if (strncmp(end, "E#", 2) == 0)
		ft_text_bytes(&p->line, end + 2, len - 2);
	else
		ft_text_bytes(&p->line, end, len);
	ft_text_str(&p->line, ", errno);");
	end_line(p);
}

static void put_details(struct put *p, const char *end);

static void put_failure(struct put *p, const char *end)
{
	enum ft_value kind = p->word->op == FT_OP_GET ? ft_options[p->word->options[0]].value
						      : FT_VALUE_INT;
	bool text = p->word->op == FT_OP_GET &&
		    (kind == FT_VALUE_DEVICE || kind == FT_VALUE_IFINDEX);

	if (text)
		ft_text_printf(&p->line, "EXPECT_EQ(NULL, %s);", ft_text_get(&p->call));
	else
		ft_text_printf(&p->line, "EXPECT_EQ(%d, %s);", kind == FT_VALUE_LINGER ? -2 : -1,
			       ft_text_get(&p->call));
	end_line(p);
	put_errno(p, end);
	put_details(p, end);
}

static void put_subject(struct put *p, struct ft_text *out)
{
	ft_repro_ident(p->repro, p->step->subject, "_fd", out);
}

/* What stands behind ok: (lo:e1) and >s. */
static void put_details(struct put *p, const char *end)
{
	const char *local = strchr(end, '('), *got = strchr(end, '>');

	if (local) {
		ft_text_str(&p->line, "EXPECT_STREQ(\"");
		ft_text_bytes(&p->line, local + 1, strcspn(local + 1, ")"));
		ft_text_str(&p->line, "\", name_of(");
		if (p->word->op == FT_OP_ACCEPT)
			ft_repro_ident(p->repro, p->word->socket, "_fd", &p->line);
		else
			put_subject(p, &p->line);
		ft_text_str(&p->line, "));");
		end_line(p);
	}
	if (!got)
		return;
	ft_text_printf(&p->line, "EXPECT_STREQ(\"%s\", ", got + 1);
	if (is_datagram(p)) {
		ft_text_str(&p->line, "who_received());");
	} else {
		ft_text_str(&p->line, "who_got(");
		put_subject(p, &p->line);
		ft_text_str(&p->line, "));");
	}
	end_line(p);
}

/* Sockets that come into being: a = socket(...). */
static void put_new(struct put *p, const char *end)
{
	uint16_t socket = p->word->op == FT_OP_CREATE ? p->step->subject : p->word->socket;

	if (p->word->op == FT_OP_CREATE && p->step->peer)
		ft_text_str(p->out, "\tenter(there);\n");
	ft_repro_ident(p->repro, socket, "_fd", &p->line);
	ft_text_printf(&p->line, " = %s;", ft_text_get(&p->call));
	end_line(p);
	if (p->word->op == FT_OP_CREATE && p->step->peer)
		ft_text_str(p->out, "\tenter(here);\n");
	ft_text_clear(&p->call);
	ft_repro_ident(p->repro, socket, "_fd", &p->call);
	if (is_error(end)) {
		put_failure(p, end);
		return;
	}
	ft_text_printf(&p->line, "ASSERT_LE(0, %s);", ft_text_get(&p->call));
	end_line(p);
	put_details(p, end);
}

/* get_int(a, IPPROTO_IPV6, IPV6_V6ONLY) from the arguments */
static void make_getter(struct put *p, enum ft_value kind)
{
	static const char *const getters[FT_VALUE_COUNT] = {
		[FT_VALUE_INT] = "get_int",       [FT_VALUE_RANGE] = "get_unsigned",
		[FT_VALUE_DEVICE] = "get_device", [FT_VALUE_IFINDEX] = "get_index",
		[FT_VALUE_LINGER] = "get_linger", [FT_VALUE_SECONDS] = "get_nanoseconds",
	};

	ft_text_clear(&p->call);
	ft_text_printf(&p->call, "%s(", getters[kind]);
	if (kind == FT_VALUE_LINGER)
		put_subject(p, &p->call);
	else
		ft_repro_c_call(p->repro, p->s, p->w, &p->call);
	ft_text_char(&p->call, ')');
}

static void put_get(struct put *p, const char *end)
{
	enum ft_value kind = ft_repro_kind(p->word, p->plan->family);

	make_getter(p, kind);
	if (is_error(end)) {
		put_failure(p, end);
		return;
	}
	if (kind == FT_VALUE_DEVICE || kind == FT_VALUE_IFINDEX)
		ft_text_printf(&p->line, "EXPECT_STREQ(\"%s\", %s);", end, ft_text_get(&p->call));
	else
		ft_text_printf(&p->line, "EXPECT_EQ(%s, %s);", end, ft_text_get(&p->call));
	end_line(p);
}

static void put_expected(struct put *p, const char *end)
{
	const char *value = "0";

	if (is_error(end)) {
		put_failure(p, end);
		return;
	}
	if (p->word->op == FT_OP_SEND)
		value = "1";
	else if (p->word->op == FT_OP_RECV && strcmp(end, "eof") != 0)
		value = end;
	ft_text_printf(&p->line, "EXPECT_EQ(%s, %s);", value, ft_text_get(&p->call));
	end_line(p);
	put_details(p, end);
	if (p->word->op == FT_OP_CLOSE) {
		put_subject(p, &p->line);
		ft_text_str(&p->line, " = -1;");
		end_line(p);
	}
}

static void put_look(struct put *p, const char *end)
{
	ft_text_printf(&p->line, "EXPECT_STREQ(\"%s\", %s);", end, ft_text_get(&p->call));
	end_line(p);
}

static void put_before(struct put *p)
{
	if (p->plan->settle)
		ft_text_str(p->out, "\tsettle();\n");
	if (p->plan->closing) {
		ft_text_str(&p->line, "note_closing(");
		put_subject(p, &p->line);
		ft_text_str(&p->line, ");");
		end_line(p);
	}
	if (p->word->op == FT_OP_SEND && is_datagram(p) &&
	    ft_repro_has(p->repro, FT_REPRO_DATAGRAM))
		ft_text_str(p->out, "\tnote_memory();\n");
}

static void put_word(struct put *p)
{
	const char *end = find_end(p);

	if (p->broken) {
		ft_text_printf(p->out, "\t/* %s is not reached */\n", ft_text_get(&p->label));
		return;
	}
	ft_text_clear(&p->call);
	ft_repro_c_call(p->repro, p->s, p->w, &p->call);
	put_before(p);
	switch ((enum ft_op)p->word->op) {
	case FT_OP_CREATE:
	case FT_OP_ACCEPT:
	case FT_OP_DUP:
		put_new(p, end);
		break;
	case FT_OP_GET:
		put_get(p, end);
		break;
	case FT_OP_LOOK:
		put_look(p, end);
		break;
	case FT_OP_WAIT:
	case FT_OP_CPU:
		ft_text_printf(&p->line, "%s;", ft_text_get(&p->call));
		end_line(p);
		break;
	default:
		put_expected(p, end);
		break;
	}
	p->broken = is_error(end);
}

static void put_steps(struct put *p)
{
	const struct ft_case *c = p->repro->c;

	for (size_t s = 0; s < c->n_steps; s++) {
		p->broken = false;
		ft_text_str(p->out, s ? "\n" : "");
		ft_repro_c_step_comment(p->repro, s, "\t", p->out);
		if (c->steps[s]->as)
			ft_text_printf(p->out, "\tbecome(%u);\n", c->steps[s]->uid);
		for (size_t w = 0; w < c->steps[s]->n_words; w++) {
			take_word(p, s, w);
			put_word(p);
		}
		if (c->steps[s]->as)
			ft_text_str(p->out, "\tbecome(0);\n");
	}
}

static void init(struct put *p, const struct ft_repro *repro, struct ft_text *out)
{
	*p = (struct put){.repro = repro, .out = out, .at = repro->outcome};
	ft_text_init(&p->call, FT_REPRO_TEXT_MAX);
	ft_text_init(&p->line, FT_REPRO_TEXT_MAX);
	ft_text_init(&p->label, FT_REPRO_TEXT_MAX);
	ft_text_init(&p->end, FT_REPRO_TEXT_MAX);
}

static void fini(struct put *p)
{
	ft_text_fini(&p->call);
	ft_text_fini(&p->line);
	ft_text_fini(&p->label);
	ft_text_fini(&p->end);
}

static void put_part(const struct ft_repro *repro, const char *name, struct ft_text *out)
{
	struct put p;

	if (strcmp(name, "test") != 0) {
		ft_repro_c_put(repro, name, out);
		return;
	}
	init(&p, repro, out);
	ft_text_str(out, "TEST_F(fourtuple, outcome)\n{\n");
	put_steps(&p);
	ft_text_str(out, "}\n");
	fini(&p);
}

/* Does some send of a datagram end with ok? Does some connection? */
static bool has_got(struct put *p, bool datagram)
{
	const struct ft_case *c = p->repro->c;

	p->at = p->repro->outcome;
	for (size_t s = 0; s < c->n_steps; s++)
		for (size_t w = 0; w < c->steps[s]->n_words; w++) {
			const char *end;

			take_word(p, s, w);
			end = find_end(p);
			if (p->plan->family < FT_FAMILY_COUNT && is_datagram(p) == datagram &&
			    strchr(end, '>'))
				return true;
		}
	return false;
}

static void drop(struct ft_repro *repro, enum ft_repro_feature feature)
{
	repro->features &= ~(UINT64_C(1) << feature);
}

/* Functions that nothing calls would be warned of. */
static void drop_features(struct ft_repro *repro)
{
	struct put p;

	init(&p, repro, NULL);
	if (!strchr(repro->outcome, '('))
		drop(repro, FT_REPRO_LOCAL);
	if (!has_got(&p, true))
		drop(repro, FT_REPRO_DATAGRAM);
	if (!has_got(&p, false)) {
		drop(repro, FT_REPRO_GOT);
		if (!ft_repro_has(repro, FT_REPRO_SETTLE))
			drop(repro, FT_REPRO_SIDES);
	}
	fini(&p);
}

/* The plan once more, for the words that were reached. */
static int plan_again(struct ft_repro *repro)
{
	bool *reached = calloc(repro->n_words + 1, sizeof(*reached));
	struct ft_repro again;
	struct put p;
	int rc;

	if (!reached)
		return -ENOMEM;
	init(&p, repro, NULL);
	find_reached(&p, reached);
	fini(&p);
	rc = ft_repro_plan(repro->c, reached, &again);
	free(reached);
	if (rc < 0)
		return rc;
	again.outcome = repro->outcome;
	again.release = repro->release;
	ft_repro_fini(repro);
	*repro = again;
	drop_features(repro);
	return 0;
}

int ft_repro_kselftest(struct ft_repro *repro, struct ft_text *out, struct ft_err *err)
{
	int rc = plan_again(repro);

	if (rc < 0)
		return ft_err_set(err, rc, "no memory for the plan of a program");
	repro->features |= UINT64_C(1) << FT_REPRO_KSELFTEST;
	ft_text_str(out, "// SPDX-License-Identifier: GPL-2.0\n/*\n");
	ft_repro_head(repro, " * ", out);
	ft_text_str(out,
		    " *\n * For tools/testing/selftests/net: add it to TEST_GEN_PROGS.\n */\n");
	ft_repro_support(repro, ft_support_c, put_part, out);
	return 0;
}

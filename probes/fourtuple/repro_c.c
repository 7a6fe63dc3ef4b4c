/* SPDX-License-Identifier: MIT */
/*
 * Which C program shows this case? One as a person would send it to a mailing list: a function for
 * each step with the calls in it, and above it no more than they need.
 */
#include <string.h>
#include <sys/socket.h>

#include "fourtuple/repro.h"

struct put {
	const struct ft_repro *repro;
	size_t s, w;
	const struct ft_step *step;
	const struct ft_word *word;
	const struct ft_repro_word *plan;
	struct ft_text *out;
	struct ft_text call, line, label, after;
};

static bool has(const struct put *p, enum ft_repro_feature feature)
{
	return ft_repro_has(p->repro, feature);
}

static void put_ident(struct put *p, uint16_t socket, struct ft_text *out)
{
	ft_repro_ident(p->repro, socket, "_fd", out);
}

/* FUNCTION(a); with more arguments if there are some. */
static void put_statement(struct put *p, const char *function, uint16_t socket, const char *more)
{
	ft_text_printf(p->out, "\t%s(", function);
	put_ident(p, socket, p->out);
	ft_text_printf(p->out, "%s);\n", more);
}

/* FUNCTION(a, "lo:p"); */
static void put_told(struct put *p, const char *function)
{
	struct ft_text more;

	ft_text_init(&more, FT_REPRO_TEXT_MAX);
	ft_text_str(&more, ", \"");
	if (strcmp(function, "remember") == 0)
		ft_repro_read_back(p->repro, &p->word->at, p->plan->family, &more);
	else
		ft_endpoint_print(&p->word->at, p->repro->c->names, &more);
	ft_text_str(&more, "\"");
	put_statement(p, function, p->step->subject, ft_text_get(&more));
	ft_text_fini(&more);
}

/* What is left to do when the call did not fail. */
static void put_after(struct put *p)
{
	uint16_t subject = p->step->subject;
	bool local = has(p, FT_REPRO_LOCAL);
	struct ft_text more;

	switch ((enum ft_op)p->word->op) {
	case FT_OP_BIND:
		if (p->plan->remember)
			put_told(p, "remember");
		if (p->plan->back)
			put_told(p, "show_bound");
		break;
	case FT_OP_LISTEN:
		if (p->plan->back)
			put_statement(p, "show_listening", subject, "");
		break;
	case FT_OP_CONNECT:
		if (ft_families[p->plan->family].type == SOCK_STREAM)
			break;
		if (p->plan->back)
			put_statement(p, "show_local", subject, "");
		break;
	case FT_OP_BEGIN:
		if (p->plan->back)
			put_statement(p, "show_local", subject, "");
		break;
	case FT_OP_ACCEPT:
	case FT_OP_DUP:
		ft_text_init(&more, FT_REPRO_TEXT_MAX);
		ft_text_str(&more, ", ");
		put_ident(p, subject, &more);
		if (p->word->op == FT_OP_ACCEPT && p->plan->back)
			put_statement(p, "show_accepted", p->word->socket, ft_text_get(&more));
		if (p->word->op == FT_OP_DUP && local) {
			ft_text_str(p->out, "\tplaces[");
			put_ident(p, p->word->socket, p->out);
			ft_text_printf(p->out, "] = places[%s];\n", ft_text_get(&more) + 2);
		}
		ft_text_fini(&more);
		break;
	case FT_OP_DISCONNECT:
		if (local)
			put_statement(p, "went_back", subject, "");
		break;
	case FT_OP_CLOSE:
		ft_text_char(p->out, '\t');
		put_ident(p, subject, p->out);
		ft_text_str(p->out, " = -1;\n");
		break;
	default:
		break;
	}
}

static const char *reader(const struct put *p)
{
	static const char *const readers[FT_VALUE_COUNT] = {
		[FT_VALUE_INT] = "show_int",       [FT_VALUE_RANGE] = "show_unsigned",
		[FT_VALUE_DEVICE] = "show_device", [FT_VALUE_IFINDEX] = "show_index",
		[FT_VALUE_LINGER] = "show_linger", [FT_VALUE_SECONDS] = "show_nanoseconds",
	};

	return readers[ft_repro_kind(p->word, p->plan->family)];
}

/* The function that shows how the call ended. */
static const char *shower(const struct put *p)
{
	switch ((enum ft_op)p->word->op) {
	case FT_OP_CREATE:
		return "made";
	case FT_OP_GET:
		return reader(p);
	case FT_OP_CONNECT:
		return ft_families[p->plan->family].type == SOCK_STREAM ? "connected" : "call";
	case FT_OP_FASTOPEN:
		return "connected";
	case FT_OP_SEND:
		return ft_families[p->plan->family].type == SOCK_DGRAM ? "sent" : "call";
	case FT_OP_RECV:
		return "received";
	default:
		return ft_op_is_quiet(p->word->op) ? "quiet" : "call";
	}
}

/* The new socket of socket(2), accept(2), dup(2) is a variable, set before it is shown. */
static bool sets_variable(const struct put *p, uint16_t *ret)
{
	if (p->word->op == FT_OP_CREATE)
		*ret = p->step->subject;
	else if (p->word->op == FT_OP_ACCEPT || p->word->op == FT_OP_DUP)
		*ret = p->word->socket;
	else
		return false;
	return true;
}

static void put_variable(struct put *p, uint16_t variable)
{
	if (p->word->op == FT_OP_CREATE && p->step->peer)
		ft_text_str(p->out, "\tenter(there);\n");
	ft_text_clear(&p->line);
	put_ident(p, variable, &p->line);
	ft_text_printf(&p->line, " = %s;", ft_text_get(&p->call));
	ft_repro_line("\t", "\t\t\t", ft_text_get(&p->line), p->out);
	if (p->word->op == FT_OP_CREATE && p->step->peer)
		ft_text_str(p->out, "\tenter(here);\n");
	ft_text_clear(&p->call);
	put_ident(p, variable, &p->call);
}

/* shower("b.bind", ...) into p->line. */
static void put_shown(struct put *p)
{
	const char *function = shower(p);

	ft_text_clear(&p->line);
	ft_text_printf(&p->line, "%s(\"%s\", ", function, ft_text_get(&p->label));
	if (strcmp(function, "connected") == 0 || strcmp(function, "sent") == 0) {
		put_ident(p, p->step->subject, &p->line);
		ft_text_str(&p->line, ", ");
	}
	if (strcmp(function, "show_linger") == 0)
		put_ident(p, p->step->subject, &p->line);
	else
		ft_text_str(&p->line, ft_text_get(&p->call));
	if (strcmp(function, "received") == 0)
		ft_text_str(&p->line, ft_families[p->plan->family].type == SOCK_STREAM ? ", \"eof\""
										       : ", \"0\"");
	ft_text_char(&p->line, ')');
}

/* A word without a result of its own. */
static bool put_bare(struct put *p)
{
	if (p->word->op != FT_OP_WAIT && p->word->op != FT_OP_CPU && p->word->op != FT_OP_LOOK)
		return false;
	ft_text_clear(&p->line);
	if (p->word->op == FT_OP_LOOK)
		ft_text_printf(&p->line, "fprintf(out, \" %s=%%s\", %s);", ft_text_get(&p->label),
			       ft_text_get(&p->call));
	else
		ft_text_printf(&p->line, "%s;", ft_text_get(&p->call));
	ft_repro_line("\t", "\t\t\t", ft_text_get(&p->line), p->out);
	return true;
}

/* Who else must know that the call comes. */
static void put_before(struct put *p)
{
	if (p->plan->settle)
		ft_text_str(p->out, "\tsettle();\n");
	if (p->plan->closing)
		put_statement(p, "note_closing", p->step->subject, "");
	if (p->word->op == FT_OP_SEND && ft_families[p->plan->family].type == SOCK_DGRAM)
		ft_text_str(p->out, "\tnote_memory();\n");
}

/* What comes after is written first, to see whether there is something. */
static void collect_after(struct put *p)
{
	struct ft_text *out = p->out;

	ft_text_clear(&p->after);
	p->out = &p->after;
	put_after(p);
	p->out = out;
}

static void put_word(struct put *p)
{
	uint16_t variable;

	ft_text_clear(&p->label);
	ft_text_clear(&p->call);
	ft_repro_label(p->repro, p->s, p->w, &p->label);
	ft_repro_c_call(p->repro, p->s, p->w, &p->call);
	put_before(p);
	if (put_bare(p))
		return;
	if (sets_variable(p, &variable))
		put_variable(p, variable);
	put_shown(p);
	collect_after(p);
	if (p->w + 1 == p->step->n_words && p->after.len == 0) {
		ft_text_char(&p->line, ';');
		ft_repro_line("\t", "\t\t\t", ft_text_get(&p->line), p->out);
		return;
	}
	ft_text_clear(&p->call);
	ft_text_printf(&p->call, "if (!%s)", ft_text_get(&p->line));
	ft_repro_line("\t", "\t\t\t", ft_text_get(&p->call), p->out);
	ft_text_str(p->out, "\t\treturn;\n");
	ft_text_str(p->out, ft_text_get(&p->after));
}

static void put_step(struct put *p)
{
	ft_text_char(p->out, '\n');
	ft_repro_c_step_comment(p->repro, p->s, "", p->out);
	ft_text_printf(p->out, "static void step_%zu(void)\n{\n", p->s + 1);
	for (p->w = 0; p->w < p->step->n_words; p->w++) {
		p->word = &p->step->words[p->w];
		p->plan = ft_repro_word(p->repro, p->s, p->w);
		put_word(p);
	}
	ft_text_str(p->out, "}\n");
}

static void put_steps(const struct ft_repro *repro, struct ft_text *out)
{
	struct put p = {.repro = repro, .out = out};

	ft_text_init(&p.call, FT_REPRO_TEXT_MAX);
	ft_text_init(&p.line, FT_REPRO_TEXT_MAX);
	ft_text_init(&p.label, FT_REPRO_TEXT_MAX);
	ft_text_init(&p.after, FT_REPRO_TEXT_MAX);
	for (p.s = 0; p.s < repro->c->n_steps; p.s++) {
		p.step = repro->c->steps[p.s];
		put_step(&p);
	}
	ft_repro_text_fini(&p.call, out);
	ft_repro_text_fini(&p.line, out);
	ft_repro_text_fini(&p.label, out);
	ft_repro_text_fini(&p.after, out);
}

static void put_run(const struct ft_repro *repro, struct ft_text *out)
{
	for (size_t s = 0; s < repro->c->n_steps; s++) {
		const struct ft_step *step = repro->c->steps[s];

		if (step->as)
			ft_text_printf(out, "\tbecome(%u);\n", step->uid);
		ft_text_printf(out, "\tstep_%zu();\n", s + 1);
		if (step->as)
			ft_text_str(out, "\tbecome(0);\n");
	}
}

static void put_part(const struct ft_repro *repro, const char *name, struct ft_text *out)
{
	if (strcmp(name, "steps") == 0)
		put_steps(repro, out);
	else if (strcmp(name, "run") == 0)
		put_run(repro, out);
	else
		ft_repro_c_put(repro, name, out);
}

int ft_repro_c(struct ft_repro *repro, struct ft_text *out, struct ft_err *err)
{
	(void)err;
	repro->features |= UINT64_C(1) << FT_REPRO_PROGRAM;
	ft_text_str(out, "/*\n");
	ft_repro_head(repro, " * ", out);
	ft_text_str(out, " *\n * cc -Wall -Wextra -o repro repro.c && ./repro\n */\n");
	ft_repro_support(repro, ft_support_c, put_part, out);
	return 0;
}

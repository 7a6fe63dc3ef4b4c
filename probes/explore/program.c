/* SPDX-License-Identifier: MIT */
#include "explore/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const socket_names[FT_PROGRAM_SOCKETS_MAX] = {
	"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "s",
};
static const char *const port_names[FT_PROGRAM_PORTS_MAX] = {
	"p", "q", "r", "t", "u", "v", "w", "x",
};

void ft_program_clear(struct ft_program *program)
{
	program->n_steps = program->n_words = 0;
	program->names = (struct ft_names){.socket = socket_names, .port = port_names};
}

void ft_program_copy(struct ft_program *to, const struct ft_program *from)
{
	to->n_steps = from->n_steps;
	to->n_words = from->n_words;
	to->names = from->names;
	memcpy(to->words, from->words, from->n_words * sizeof(*to->words));
	for (size_t i = 0; i < from->n_steps; i++) {
		to->steps[i] = from->steps[i];
		to->steps[i].words = to->words + (from->steps[i].words - from->words);
	}
}

uint16_t ft_program_socket(struct ft_program *program)
{
	return (uint16_t)program->names.n_sockets++;
}

uint16_t ft_program_port(struct ft_program *program)
{
	return (uint16_t)program->names.n_ports++;
}

struct ft_step *ft_program_step(struct ft_program *program, uint16_t subject)
{
	struct ft_step *step = &program->steps[program->n_steps];

	if (program->n_steps == FT_PROGRAM_STEPS_MAX)
		return NULL;
	program->n_steps++;
	*step = (struct ft_step){.subject = subject, .words = program->words + program->n_words};
	return step;
}

struct ft_word *ft_program_word(struct ft_program *program, enum ft_op op)
{
	struct ft_word *word = &program->words[program->n_words];

	if (program->n_words == FT_PROGRAM_WORDS_MAX)
		return NULL;
	program->n_words++;
	program->steps[program->n_steps - 1].n_words++;
	*word = (struct ft_word){.op = (uint8_t)op, .socket = FT_NO_SOCKET};
	if (op == FT_OP_LISTEN || op == FT_OP_SEND)
		word->value = -1;
	return word;
}

/* ---- tidying ---- */

/* The new names, by the old ones. FT_NO_SOCKET: not met yet. */
struct naming {
	uint16_t sockets[FT_PROGRAM_SOCKETS_MAX], ports[FT_PROGRAM_PORTS_MAX];
	bool open[FT_PROGRAM_SOCKETS_MAX]; /* by old name */
	size_t n_sockets, n_ports;
};

static uint16_t rename_socket(struct naming *naming, uint16_t old)
{
	if (naming->sockets[old] == FT_NO_SOCKET)
		naming->sockets[old] = (uint16_t)naming->n_sockets++;
	return naming->sockets[old];
}

static void rename_port(struct naming *naming, struct ft_endpoint *at)
{
	uint16_t *now;

	if (at->port != FT_PORT_NAMED)
		return;
	now = &naming->ports[at->number];
	if (*now == FT_NO_SOCKET)
		*now = (uint16_t)naming->n_ports++;
	at->number = *now;
}

/* May this word of that socket stand here? Then it does, and has opened or closed what it does. */
static bool is_sound(struct naming *naming, uint16_t subject, const struct ft_word *word)
{
	bool *open = subject == FT_NO_SOCKET ? NULL : &naming->open[subject];

	if (!open)
		return true;
	if (*open != (word->op != FT_OP_CREATE))
		return false;
	if (word->socket != FT_NO_SOCKET) {
		if (naming->open[word->socket])
			return false;
		naming->open[word->socket] = true;
	}
	*open = word->op != FT_OP_CLOSE;
	return true;
}

/* Keeps the sound words of a step, which are then the next ones of the program. */
static void tidy_step(struct ft_program *program, struct naming *naming, const struct ft_step *old)
{
	struct ft_step step = *old;
	const struct ft_word *words = old->words;

	step.words = program->words + program->n_words;
	step.n_words = 0;
	for (size_t i = 0; i < old->n_words; i++) {
		struct ft_word *word = &program->words[program->n_words];

		if (!is_sound(naming, old->subject, &words[i]))
			continue;
		*word = words[i];
		if (step.n_words++ == 0 && step.subject != FT_NO_SOCKET)
			step.subject = rename_socket(naming, step.subject);
		if (word->socket != FT_NO_SOCKET)
			word->socket = rename_socket(naming, word->socket);
		if (word->has_at)
			rename_port(naming, &word->at);
		program->n_words++;
	}
	if (step.n_words && step.words[0].op != FT_OP_CREATE)
		step.peer = false;
	if (step.n_words)
		program->steps[program->n_steps++] = step;
}

void ft_program_tidy(struct ft_program *program)
{
	size_t n_steps = program->n_steps;
	struct naming naming = {.n_sockets = 0};

	memset(naming.sockets, 0xff, sizeof(naming.sockets));
	memset(naming.ports, 0xff, sizeof(naming.ports));
	program->n_steps = program->n_words = 0;
	for (size_t i = 0; i < n_steps; i++) {
		const struct ft_step step = program->steps[i];

		tidy_step(program, &naming, &step);
	}
	program->names.n_sockets = naming.n_sockets;
	program->names.n_ports = naming.n_ports;
}

/* ---- from and to a case ---- */

unsigned ft_program_calls(const struct ft_program *program)
{
	unsigned n = 0;

	for (size_t i = 0; i < program->n_words; i++)
		n += program->words[i].op >= FT_OP_BIND && program->words[i].op <= FT_OP_DUP;
	return n;
}

int ft_program_case(const struct ft_program *program, struct ft_case *c)
{
	if (c->size_steps < FT_PROGRAM_STEPS_MAX) {
		const struct ft_step **steps =
			realloc(c->steps, FT_PROGRAM_STEPS_MAX * sizeof(struct ft_step *));

		if (!steps)
			return -ENOMEM;
		c->steps = steps;
		c->size_steps = FT_PROGRAM_STEPS_MAX;
	}
	c->n_steps = program->n_steps;
	c->n_expected = 0;
	c->has_expected = false;
	c->names = &program->names;
	c->needs = 0;
	for (size_t i = 0; i < program->n_steps; i++) {
		const struct ft_step *step = &program->steps[i];

		c->steps[i] = step;
		c->needs |= (step->peer ? FT_NEED_ETH : 0U) | (step->as ? FT_NEED_UIDS : 0U);
	}
	for (size_t i = 0; i < program->n_words; i++)
		c->needs |= ft_word_needs(&program->words[i]);
	ft_case_settle_needs(c);
	return 0;
}

static bool fits(const struct ft_case *c)
{
	size_t n_words = 0;

	for (size_t i = 0; i < c->n_steps; i++)
		n_words += c->steps[i]->n_words;
	return c->n_steps <= FT_PROGRAM_STEPS_MAX && n_words <= FT_PROGRAM_WORDS_MAX &&
	       c->names->n_sockets <= FT_PROGRAM_SOCKETS_MAX &&
	       c->names->n_ports <= FT_PROGRAM_PORTS_MAX;
}

int ft_program_from_case(struct ft_program *program, const struct ft_case *c)
{
	ft_program_clear(program);
	if (!fits(c))
		return -E2BIG;
	for (size_t i = 0; i < c->n_steps; i++) {
		struct ft_step *step = ft_program_step(program, c->steps[i]->subject);
		const struct ft_word *words = step->words;

		*step = *c->steps[i];
		step->words = words;
		step->text = NULL;
		step->text_len = 0;
		memcpy(program->words + program->n_words, c->steps[i]->words,
		       step->n_words * sizeof(*step->words));
		program->n_words = (uint16_t)(program->n_words + step->n_words);
	}
	ft_program_tidy(program);
	return 0;
}

void ft_program_print(const struct ft_program *program, struct ft_text *out)
{
	for (size_t i = 0; i < program->n_steps; i++) {
		if (i)
			ft_text_str(out, "; ");
		ft_step_print(&program->steps[i], &program->names, out);
	}
}

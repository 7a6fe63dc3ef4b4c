/* SPDX-License-Identifier: MIT */
/*
 * In which ways can a program be made smaller by one?
 *
 * Every edit has a number: first those that take away most. Each of them can only remove something
 * or replace it by what stands before it in a fixed order of plainness, so that there is no way
 * back.
 */
#include <string.h>

#include "explore/shrink.h"

enum kind {
	KIND_SOCKET,  /* a socket with all its steps */
	KIND_STEP,    /* a step */
	KIND_MERGE,   /* what a socket does is done by one before it */
	KIND_WORD,    /* a word */
	KIND_USER,    /* `as UID` and @peer of a step */
	KIND_PORT,    /* a port becomes the first one */
	KIND_ADDRESS, /* of a word: becomes lo */
	KIND_NUMBER,  /* of a word: a port number or an eN becomes a named port */
	KIND_FAMILY,  /* of a socket: becomes a plainer one */
	KIND_VALUE,   /* of a word */
	KIND_JOIN,    /* a step and the next one */
	KIND_COUNT
};

static unsigned places(const struct ft_program *program, enum kind kind)
{
	switch (kind) {
	case KIND_SOCKET:
		return (unsigned)program->names.n_sockets;
	case KIND_MERGE:
		return (unsigned)(program->names.n_sockets * program->names.n_sockets);
	case KIND_FAMILY: /* to the next plainer one, or straight to tcp4 */
		return 2 * (unsigned)program->names.n_sockets;
	case KIND_PORT:
		return (unsigned)program->names.n_ports;
	case KIND_STEP:
	case KIND_USER:
	case KIND_JOIN:
		return program->n_steps;
	case KIND_WORD:
	case KIND_ADDRESS:
	case KIND_NUMBER:
	case KIND_VALUE:
	case KIND_COUNT:
		break;
	}
	return program->n_words;
}

unsigned ft_edit_count(const struct ft_program *program)
{
	unsigned n = 0;

	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		n += places(program, kind);
	return n;
}

/* ---- taking away ---- */

/* Removes word number at of the program. */
static void cut_word(struct ft_program *program, size_t at)
{
	memmove(&program->words[at], &program->words[at + 1],
		(program->n_words - at - 1) * sizeof(*program->words));
	program->n_words--;
	for (size_t i = 0; i < program->n_steps; i++) {
		struct ft_step *step = &program->steps[i];
		size_t first = (size_t)(step->words - program->words);

		if (first > at)
			step->words--;
		else if (at < first + step->n_words)
			step->n_words--;
	}
}

/* A step that has no words any more is dropped when the program is tidied. */
static void cut_step(struct ft_program *program, size_t step)
{
	while (program->steps[step].n_words)
		cut_word(program, (size_t)(program->steps[step].words - program->words));
}

/* Its steps go, and the word of another socket that made it. What remains of its name is not open
 * any more, and goes when the program is tidied. */
static void cut_socket(struct ft_program *program, uint16_t socket)
{
	for (size_t i = 0; i < program->n_steps; i++)
		if (program->steps[i].subject == socket)
			cut_step(program, i);
	for (size_t i = program->n_words; i-- > 0;)
		if (program->words[i].socket == socket)
			cut_word(program, i);
}

/* Word number at of the program makes this socket: socket(), or accept or dup of another one. */
static bool makes(const struct ft_program *program, size_t at, uint16_t socket)
{
	const struct ft_word *word = &program->words[at];

	if (word->op != FT_OP_CREATE)
		return word->socket == socket;
	for (size_t i = 0; i < program->n_steps; i++)
		if (program->steps[i].subject == socket && program->steps[i].words == word)
			return true;
	return false;
}

static bool merge_socket(struct ft_program *program, uint16_t socket, uint16_t into)
{
	if (into >= socket)
		return false;
	for (size_t i = program->n_words; i-- > 0;)
		if (makes(program, i, socket))
			cut_word(program, i);
	for (size_t i = 0; i < program->n_steps; i++)
		if (program->steps[i].subject == socket)
			program->steps[i].subject = into;
	return true;
}

/* ---- making plainer ---- */

static bool drop_user(struct ft_step *step)
{
	bool changed = step->as || step->peer;

	step->as = step->peer = false;
	step->uid = 0;
	return changed;
}

static bool merge_port(struct ft_program *program, uint16_t port)
{
	if (port == 0)
		return false;
	for (size_t i = 0; i < program->n_words; i++) {
		struct ft_endpoint *at = &program->words[i].at;

		if (program->words[i].has_at && at->port == FT_PORT_NAMED && at->number == port)
			at->number = 0;
	}
	return true;
}

/* In membership words the address is a multicast group, without has_at. */
static bool plain_address(struct ft_word *word)
{
	if (!word->has_at || word->op == FT_OP_ADDR || word->at.host == FT_HOST_LO)
		return false;
	word->at.host = FT_HOST_LO;
	memset(word->at.bytes, 0, sizeof(word->at.bytes));
	memset(word->at.scope, 0, sizeof(word->at.scope));
	return true;
}

static bool plain_number(struct ft_program *program, struct ft_word *word)
{
	if (!word->has_at || word->op == FT_OP_ADDR || word->at.port == FT_PORT_NAMED)
		return false;
	if (program->names.n_ports == 0)
		ft_program_port(program);
	word->at.port = FT_PORT_NAMED;
	word->at.number = 0;
	return true;
}

/* mptcp, sctp -> tcp; udp -> tcp; v6 -> v4: one at a time, or all at once. */
static bool plain_family(struct ft_program *program, uint16_t socket, bool at_once)
{
	for (size_t i = 0; i < program->n_steps; i++) {
		struct ft_word *word;

		if (program->steps[i].subject != socket)
			continue;
		word = &program->words[program->steps[i].words - program->words];
		if (word->op != FT_OP_CREATE || word->detail == FT_FAMILY_TCP4)
			continue;
		if (at_once)
			word->detail = FT_FAMILY_TCP4;
		else if (word->detail % 2)
			word->detail--;
		else
			word->detail = FT_FAMILY_TCP4;
		return true;
	}
	return false;
}

static bool plain_option(struct ft_word *word)
{
	const struct ft_option *option = &ft_options[word->options[0]];

	if (word->n_options > 1) {
		word->n_options = 1;
		return true;
	}
	switch (option->value) {
	case FT_VALUE_DEVICE:
	case FT_VALUE_IFINDEX:
	case FT_VALUE_INTERFACE:
		if (!word->text_len || strcmp(word->text, "lo") == 0)
			return false;
		word->text = "lo";
		word->text_len = 2;
		return true;
	case FT_VALUE_MEMBERSHIP:
		if (!word->text_len)
			return false;
		word->text = "";
		word->text_len = 0;
		return true;
	case FT_VALUE_INT:
		if (word->value == 0 || word->value == 1)
			return false;
		word->value = 1;
		return true;
	default:
		return false;
	}
}

static bool plain_value(struct ft_word *word)
{
	switch (word->op) {
	case FT_OP_SET:
		return plain_option(word);
	case FT_OP_LISTEN:
	case FT_OP_SEND:
		if (word->value < 0 && !(word->op == FT_OP_SEND && word->has_at))
			return false;
		word->has_at = word->has_at && word->value >= 0;
		word->value = -1;
		return true;
	case FT_OP_STEER_EBPF:
		word->op = FT_OP_STEER;
		return true;
	case FT_OP_STEER:
		if (word->detail == FT_STEER_INDEX && word->value == 0)
			return false;
		word->detail = FT_STEER_INDEX;
		word->value = 0;
		return true;
	case FT_OP_FASTOPEN:
	case FT_OP_BEGIN:
		word->op = FT_OP_CONNECT;
		return true;
	default:
		return false;
	}
}

/* Fewer steps make a shorter text. When a call fails, what is joined to it is not done any more: it
 * then shows whether that matters. */
static bool join(struct ft_program *program, size_t at)
{
	struct ft_step *step = &program->steps[at];

	if (at + 1 >= program->n_steps || step[1].subject != step->subject ||
	    step->subject == FT_NO_SOCKET || step[1].as != step->as || step[1].uid != step->uid ||
	    step[1].peer)
		return false;
	step->n_words = (uint16_t)(step->n_words + step[1].n_words);
	step[1].n_words = 0;
	return true;
}

static bool apply(struct ft_program *program, enum kind kind, unsigned place)
{
	switch (kind) {
	case KIND_SOCKET:
		cut_socket(program, (uint16_t)place);
		return true;
	case KIND_MERGE:
		return merge_socket(program, (uint16_t)(place / program->names.n_sockets),
				    (uint16_t)(place % program->names.n_sockets));
	case KIND_STEP:
		cut_step(program, place);
		return true;
	case KIND_WORD:
		cut_word(program, place);
		return true;
	case KIND_USER:
		return drop_user(&program->steps[place]);
	case KIND_PORT:
		return merge_port(program, (uint16_t)place);
	case KIND_ADDRESS:
		return plain_address(&program->words[place]);
	case KIND_NUMBER:
		return plain_number(program, &program->words[place]);
	case KIND_FAMILY:
		return plain_family(program, (uint16_t)(place / 2), place % 2 == 0);
	case KIND_VALUE:
		return plain_value(&program->words[place]);
	case KIND_JOIN:
		return join(program, place);
	case KIND_COUNT:
		break;
	}
	return false;
}

bool ft_edit(struct ft_program *program, unsigned edit)
{
	bool changed = false;

	for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
		unsigned n = places(program, kind);

		if (edit < n) {
			changed = apply(program, kind, edit);
			break;
		}
		edit -= n;
	}
	if (changed)
		ft_program_tidy(program);
	return changed && program->n_steps;
}

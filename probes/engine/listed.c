/* SPDX-License-Identifier: MIT */
/*
 * What does the kernel's own list say of the 4-tuples that a case claims?
 *
 * The third witness (sock_diag(7)), beside the calls and the wire. A tuple is looked up before the
 * first call that may end it, or else when the case is over and its sockets are still open, all at
 * once and in one message; what most cases have in common with others is asked for together
 * (held.c). One that was begun and
 * not waited for may have come up since it was asked for, so it is asked for once more. A
 * connection that was made towards the second host, or from it, is looked up here, by the end that
 * lives here.
 */
#include <string.h>

#include "engine/run.h"

static bool is_wildcard(const struct ft_address *address)
{
	static const uint8_t zero[sizeof(address->bytes)];

	return memcmp(address->bytes, zero, sizeof(zero)) == 0;
}

/* Who connects to the wildcard reaches himself: the address that he has, or loopback's
 * (ip_route_connect(), tcp_v6_connect()). */
static void name_remote(struct ft_address *remote, const struct ft_address *local)
{
	if (!is_wildcard(remote))
		return;
	if (!is_wildcard(local))
		memcpy(remote->bytes, local->bytes, sizeof(remote->bytes));
	else if (remote->family == AF_INET)
		memcpy(remote->bytes, "\x7f\0\0\1", 4);
	else
		remote->bytes[15] = 1;
}

bool ft_listed_question(const struct ft_run *run, const struct ft_tuple *tuple,
			struct ft_diag_question *question)
{
	const struct ft_result *result = &run->record.results[tuple->result];
	const struct ft_word *word = &run->c.steps[result->step]->words[result->word];
	bool peer = run->state->socks[tuple->by].peer;

	question->protocol = tuple->protocol;
	question->local = tuple->actual_local;
	question->remote = tuple->actual_remote;
	name_remote(&question->remote, &question->local);
	if (!question->local.family || question->local.family != question->remote.family ||
	    !question->local.port || !question->remote.port)
		return false;
	if (tuple->protocol == IPPROTO_UDP) /* others are no sockets of their own */
		return word->op == FT_OP_CONNECT && tuple->end == FT_END_OK && !peer;
	if (peer) {
		struct ft_address local = question->local;

		question->local = question->remote;
		question->remote = local;
	}
	return tuple->protocol == IPPROTO_TCP;
}

static bool has_device(const struct ft_case *c)
{
	for (size_t i = 0; i < c->n_steps; i++)
		for (size_t w = 0; w < c->steps[i]->n_words; w++) {
			const struct ft_word *word = &c->steps[i]->words[w];
			unsigned value = word->op == FT_OP_SET ? ft_options[word->options[0]].value
							       : FT_VALUE_COUNT;

			if (value == FT_VALUE_DEVICE || value == FT_VALUE_IFINDEX)
				return true;
		}
	return false;
}

/* Sockets that are bound to a device are found by that device alone. */
static void ask_devices(int fd, const struct ft_diag_question *questions, size_t n, uint8_t *states)
{
	struct ft_err err = {0};

	for (size_t i = 0; i < n; i++)
		if (!states[i] && questions[i].protocol == IPPROTO_TCP) {
			struct ft_diag_row row = {0};

			ft_diag_find(fd, &questions[i].local, &questions[i].remote, &row, &err);
			states[i] = row.state;
		}
}

/* Asks for at most FT_DIAG_QUESTIONS_MAX tuples from the n-th on, not for those that were asked for
 * before and are no longer pending; returns the next one. */
static size_t ask_some(int fd, struct ft_run *run, size_t n, bool devices, struct ft_err *err)
{
	struct ft_diag_question questions[FT_DIAG_QUESTIONS_MAX];
	struct ft_tuple *tuples[FT_DIAG_QUESTIONS_MAX];
	uint8_t states[FT_DIAG_QUESTIONS_MAX];
	size_t asked = 0;

	for (; n < run->record.n_tuples && asked < FT_DIAG_QUESTIONS_MAX; n++) {
		struct ft_tuple *tuple = &run->record.tuples[n];

		if ((n >= run->state->n_listed || tuple->end == FT_END_PENDING) &&
		    ft_listed_question(run, tuple, &questions[asked]))
			tuples[asked++] = tuple;
	}
	if (asked && ft_diag_states(fd, questions, asked, states, err) < 0)
		return SIZE_MAX;
	if (devices)
		ask_devices(fd, questions, asked, states);
	for (size_t i = 0; i < asked; i++) {
		tuples[i]->has_diag = true;
		tuples[i]->diag = states[i];
	}
	return n;
}

/* Asks for the tuples from the n-th on. */
static void ask(struct ft_engine *engine, struct ft_run *run, size_t n)
{
	struct ft_err err = {0};
	bool devices;
	int fd;

	if (!engine->options.listed || !run->place || run->record.unlisted)
		return;
	fd = ft_engine_diag(engine, run, &err);
	devices = fd >= 0 && has_device(&run->c);
	while (fd >= 0 && n < run->record.n_tuples)
		n = ask_some(fd, run, n, devices, &err);
	run->record.unlisted = err.code != 0;
	run->state->n_listed = run->record.n_tuples;
}

void ft_listed_ask(struct ft_engine *engine, struct ft_run *run, bool last)
{
	size_t listed = run->state->n_listed;

	if (last && run->state->begins)
		ask(engine, run, 0);
	else if (listed < run->record.n_tuples)
		ask(engine, run, listed);
}

static bool may_end(const struct ft_word *word)
{
	switch (word->op) {
	case FT_OP_CLOSE:
	case FT_OP_SHUTDOWN:
	case FT_OP_DISCONNECT:
	case FT_OP_HEAR:
	case FT_OP_WAIT:
	case FT_OP_SYSCTL:
		return true;
	default:
		return false;
	}
}

void ft_listed_before(struct ft_exec *x)
{
	size_t own = x->sock && x->sock->begun ? x->sock->tuple : 0;

	if (!may_end(x->word))
		return;
	if (own && own <= x->state->n_listed)
		ask(x->engine, x->run, own - 1);
	else
		ft_listed_ask(x->engine, x->run, false);
}

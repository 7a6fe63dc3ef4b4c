/* SPDX-License-Identifier: MIT */
/*
 * Which cases wait at their end, so that sock_diag is asked once for many?
 *
 * To look one 4-tuple up costs the kernel as much as four calls on sockets: a message to it, and
 * one back for every question. A dump costs one walk through the table of connections and puts many
 * rows into a message. So a case whose connections all last is kept as it is, with its sockets
 * open, until enough of them can be listed together or nobody has anything else to do.
 *
 * Nobody may notice that a case is still there. So only those are held whose sockets are found by
 * nothing but ports of their own: TCP, in the namespace that they share, nobody deaf and nothing
 * pending or closed (retransmissions, ends), no listener on a port of the kernel's choice.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/run.h"

/* A table of connections of so many chains is walked in some microseconds. */
enum { CHAINS_MAX = 16384 };

bool ft_held_walkable(void)
{
	struct ft_err err = {0};
	struct ft_text text;
	long chains = 0;

	ft_text_init(&text, 64);
	if (ft_sysctl_read("tcp_ehash_entries", &text, &err) == 0)
		chains = strtol(ft_text_get(&text), NULL, 10);
	ft_text_fini(&text);
	return chains > 0 && chains <= CHAINS_MAX; /* negative: the host's */
}

static bool is_quiet(const struct ft_sock *sock)
{
	if (sock->fd < 0)
		return true;
	if (ft_families[sock->family].wire != IPPROTO_TCP || sock->deaf || sock->begun)
		return false;
	return !sock->listening || sock->explicit_port;
}

bool ft_held_suits(const struct ft_engine *engine, const struct ft_run *run)
{
	const struct ft_run_state *state = run->state;

	if (!engine->options.listed || !run->place || run->place->own || !run->place->walkable ||
	    run->record.verdict != FT_VERDICT_OBSERVED || run->record.unlisted || state->begins ||
	    state->leaves || state->n_left || state->cpu >= 0 ||
	    state->n_listed == run->record.n_tuples ||
	    run->record.n_tuples + engine->n_held_tuples > FT_HELD_TUPLES_MAX)
		return false;
	for (size_t i = 0; i < state->n_socks; i++)
		if (!is_quiet(&state->socks[i]))
			return false;
	return true;
}

/* Room for those whose question the kernel answers; the others are found by nobody. */
struct asked {
	struct ft_diag_question question;
	struct ft_tuple *tuple;
};

struct listing {
	size_t n;
	struct asked asked[FT_HELD_TUPLES_MAX];
};

static int compare_addresses(const struct ft_address *a, const struct ft_address *b)
{
	if (a->port != b->port)
		return a->port < b->port ? -1 : 1;
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static int compare_asked(const void *a, const void *b)
{
	const struct ft_diag_question *x = &((const struct asked *)a)->question;
	const struct ft_diag_question *y = &((const struct asked *)b)->question;
	int order = compare_addresses(&x->local, &y->local);

	return order ? order : compare_addresses(&x->remote, &y->remote);
}

/* The same 4-tuple may be claimed twice: by who has it, and by who was refused it. */
static int take_row(void *arg, const struct ft_diag_row *row)
{
	struct listing *listing = arg;
	struct asked key = {.question = {.local = row->local, .remote = row->remote}};
	const struct asked *end = listing->asked + listing->n;
	struct asked *found = bsearch(&key, listing->asked, listing->n, sizeof(key), compare_asked);

	while (found && found > listing->asked && compare_asked(found - 1, &key) == 0)
		found--;
	for (; found && found < end && compare_asked(found, &key) == 0; found++)
		found->tuple->diag = row->state;
	return 0;
}

/* The families of the sockets that this tuple may be listed as, as bits of 1 << domain: of the one
 * that connects; of one that lives on the second host the other end is here, of whichever. */
static unsigned domains_of(const struct ft_run *run, const struct ft_tuple *tuple)
{
	const struct ft_sock *sock = &run->state->socks[tuple->by];

	return sock->peer ? 1U << AF_INET | 1U << AF_INET6 : 1U << ft_families[sock->family].domain;
}

/* Returns the families of its tuples. */
static unsigned add_run(struct listing *listing, struct ft_run *run)
{
	unsigned domains = 0;

	for (size_t i = run->state->n_listed; i < run->record.n_tuples; i++) {
		struct asked *asked = &listing->asked[listing->n];

		asked->tuple = &run->record.tuples[i];
		if (!ft_listed_question(run, asked->tuple, &asked->question))
			continue;
		domains |= domains_of(run, asked->tuple);
		asked->tuple->has_diag = true;
		listing->n++;
	}
	run->state->n_listed = run->record.n_tuples;
	return domains;
}

static void list(struct ft_engine *engine)
{
	struct listing listing = {.n = 0};
	struct ft_err err = {0};
	unsigned domains = 0;
	int fd = ft_engine_diag(engine, engine->held[0], &err);

	for (size_t i = 0; i < engine->n_held; i++)
		domains |= add_run(&listing, engine->held[i]);
	qsort(listing.asked, listing.n, sizeof(listing.asked[0]), compare_asked);
	if (fd >= 0 && domains & 1U << AF_INET)
		ft_diag_connections(fd, AF_INET, take_row, &listing, &err);
	if (fd >= 0 && !err.code && domains & 1U << AF_INET6)
		ft_diag_connections(fd, AF_INET6, take_row, &listing, &err);
	for (size_t i = 0; err.code && i < listing.n; i++)
		listing.asked[i].tuple->has_diag = false;
	for (size_t i = 0; err.code && i < engine->n_held; i++)
		engine->held[i]->record.unlisted = true;
}

void ft_held_add(struct ft_engine *engine, struct ft_run *run)
{
	engine->held[engine->n_held++] = run;
	engine->n_held_tuples += run->record.n_tuples;
	if (engine->n_held == FT_HELD_MAX)
		ft_held_release(engine);
}

void ft_held_release(struct ft_engine *engine)
{
	if (engine->n_held && engine->hooks.working) /* one of them stands for all */
		engine->hooks.working(engine->hooks.arg, engine->held[0], true);
	if (engine->n_held)
		list(engine);
	engine->n_held_tuples = 0;
	while (engine->n_held) /* who is still held keeps its packets from being forgotten */
		ft_engine_finish(engine, engine->held[--engine->n_held]);
}

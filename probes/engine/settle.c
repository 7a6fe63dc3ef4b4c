/* SPDX-License-Identifier: MIT */
/*
 * Has a connection reached the state that a step is meant to reach?
 *
 * One thing takes the kernel a few milliseconds by itself: after a close, FIN_WAIT1 becomes
 * FIN_WAIT2 when the peer's delayed acknowledgement comes (and LAST_ACK and CLOSING end likewise).
 * What the next step finds must not depend on luck, so before it runs the states are polled, in
 * the socket or in sock_diag, until they last. Where the other end is deaf, the transient state is
 * what the case studies, and nothing is waited for.
 */
#include <errno.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "engine/run.h"

unsigned ft_settle_state(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	if (fd < 0 || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
		return 0;
	return info.tcpi_state;
}

static bool is_transient(int state)
{
	return state == TCP_FIN_WAIT1 || state == TCP_CLOSING || state == TCP_LAST_ACK;
}

/* A deaf socket of the case that is the other end of local-remote. */
static bool is_deaf(const struct ft_run_state *state, const struct ft_address *local,
		    const struct ft_address *remote)
{
	for (size_t i = 0; i < state->n_socks; i++) {
		const struct ft_sock *sock = &state->socks[i];
		struct ft_address a, b;

		if (sock->fd < 0 || !sock->deaf || !sock->connected)
			continue;
		a = ft_address_local(sock->fd);
		b = ft_address_remote(sock->fd);
		if (ft_address_equal(&a, remote) && ft_address_equal(&b, local))
			return true;
	}
	return false;
}

void ft_settle_note(struct ft_exec *x)
{
	struct ft_run_state *state = x->state;
	struct ft_unsettled *noted;

	if (x->sock->fd >= 0 && x->sock->connected)
		state->leaves = true;
	if (x->sock->fd < 0 || !x->sock->connected || x->sock->deaf ||
	    ft_families[x->sock->family].wire != IPPROTO_TCP || x->engine->options.sandbox->here)
		return;
	if (state->n_unsettled == FT_UNSETTLED_MAX)
		return;
	noted = &state->unsettled[state->n_unsettled];
	noted->local = ft_address_local(x->sock->fd);
	noted->remote = ft_address_remote(x->sock->fd);
	noted->peer = x->sock->peer;
	if (noted->remote.family == 0 || is_deaf(state, &noted->local, &noted->remote))
		return;
	if (state->n_unsettled++ == 0)
		state->limit_ns = ft_clock_ns() + FT_SETTLE_LIMIT_NS;
}

/* The connection on the second host, by a sock_diag socket made there for the purpose: such cases
 * are few. */
static void ask_peer(struct ft_exec *x, const struct ft_unsettled *noted, struct ft_diag_row *row)
{
	struct ft_err err = {0};
	int fd;

	if (ft_engine_visit(x->engine, x->run->place, true, &err) < 0)
		return;
	fd = ft_diag_open(&err);
	if (fd >= 0) {
		ft_diag_find(fd, &noted->local, &noted->remote, row, &err);
		close(fd);
	}
	if (ft_engine_visit(x->engine, x->run->place, false, &err) < 0)
		ft_run_end(x->run, FT_VERDICT_BROKEN, "%s", err.text);
}

/* Only root of the sandbox may change namespaces. */
static void find_on_peer(struct ft_exec *x, const struct ft_unsettled *noted,
			 struct ft_diag_row *row)
{
	if (x->step->as && ft_exec_become(0) < 0)
		return;
	ask_peer(x, noted, row);
	if (x->step->as && ft_exec_become(x->step->uid) < 0)
		ft_run_end(x->run, FT_VERDICT_BROKEN, "setresuid to %u again: %s", x->step->uid,
			   ft_errno_name(errno));
}

/* Asks the host on which the connection lives. State 0: there is none, or nobody to ask. */
static struct ft_diag_row find(struct ft_exec *x, const struct ft_unsettled *noted)
{
	struct ft_diag_row row = {0};
	struct ft_err err = {0};
	int fd;

	if (noted->peer) {
		find_on_peer(x, noted, &row);
	} else {
		fd = ft_engine_diag(x->engine, x->run, &err);
		if (fd >= 0)
			ft_diag_find(fd, &noted->local, &noted->remote, &row, &err);
	}
	return row;
}

static bool may_change_it(const struct ft_word *word)
{
	return word->op == FT_OP_CLOSE || word->op == FT_OP_SHUTDOWN;
}

enum ft_next ft_settle(struct ft_exec *x)
{
	struct ft_run_state *state = x->state;
	uint64_t now = ft_clock_ns();

	if (may_change_it(x->word))
		return FT_NEXT_WORD;
	for (size_t i = 0; i < state->n_unsettled; i++) {
		struct ft_diag_row row = find(x, &state->unsettled[i]);

		if (is_transient(row.state) && now < state->limit_ns)
			return ft_run_park(x->run, FT_MS);
		ft_again_listed(x->run, &row);
	}
	state->n_unsettled = 0;
	return ft_again_due(x->run) ? FT_NEXT_END : FT_NEXT_WORD;
}

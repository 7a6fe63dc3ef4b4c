/* SPDX-License-Identifier: MIT */
/*
 * Who got it? Read from the queues of the sockets, so that nothing has to be accepted or received.
 *
 * - A connection lies in the accept queue of one listener: for a socket in LISTEN, tcpi_unacked of
 *   TCP_INFO is the length of that queue (tcp_get_info(), net/ipv4/tcp.c). The listener whose queue
 *   has grown got it. Without such a listener the other end may be a socket of the case itself (a
 *   simultaneous open, a self-connect): the one whose 4-tuple is ours reversed.
 * - A datagram lies in receive queues: SK_MEMINFO_RMEM_ALLOC of SO_MEMINFO (net/core/sock.c) grows
 *   with every datagram queued, empty ones included.
 *
 * "Nobody" is only said after a barrier: on one CPU, loopback delivers in order, so that when a
 * datagram sent later has arrived, everything sent before it has been handled.
 */
#include <errno.h>
#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "engine/run.h"

enum { BARRIER_PORT = 65535, BARRIER_MS = 50 };

/* Asks for no more of the structure than it needs (tcp(7): it grows, so any length will do). */
static uint32_t queue_length(int fd)
{
	struct tcp_info info;
	socklen_t len = offsetof(struct tcp_info, tcpi_unacked) + sizeof(info.tcpi_unacked);

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) < 0)
		return 0;
	return info.tcpi_unacked;
}

void ft_witness_refresh(struct ft_run *run)
{
	struct ft_run_state *state = run->state;

	if (!state->queues_stale)
		return;
	for (size_t i = 0; i < state->n_socks; i++)
		if (state->socks[i].listening)
			state->socks[i].queued = queue_length(state->socks[i].fd);
	state->queues_stale = false;
}

/* Looks through the listeners; the record is only touched when one has grown. */
static bool grown_listener(struct ft_run *run, struct ft_got *got)
{
	struct ft_run_state *state = run->state;
	size_t left = state->n_listeners;
	bool found = false;

	for (size_t i = 0; i < state->n_socks && left; i++) {
		uint32_t now, before = state->socks[i].queued;

		if (!state->socks[i].listening)
			continue;
		left--;
		now = queue_length(state->socks[i].fd);
		state->socks[i].queued = now;
		if (now > before && !found) {
			ft_record_add_got(&run->record, got, (uint16_t)i);
			found = true;
		}
	}
	return found;
}

static bool other_end(struct ft_run *run, int fd, struct ft_got *got)
{
	struct ft_address local = ft_address_local(fd), remote = ft_address_remote(fd);

	for (size_t i = 0; i < run->state->n_socks; i++) {
		const struct ft_sock *sock = &run->state->socks[i];
		struct ft_address a, b;

		if (sock->fd < 0 || !sock->connected || sock->listening)
			continue;
		a = ft_address_local(sock->fd);
		b = ft_address_remote(sock->fd);
		if (b.family && ft_address_equal(&a, &remote) && ft_address_equal(&b, &local)) {
			ft_record_add_got(&run->record, got, (uint16_t)i);
			return true;
		}
	}
	return false;
}

bool ft_witness_connection(struct ft_exec *x, struct ft_got *ret_got)
{
	struct ft_got got = {.known = true};

	if (!grown_listener(x->run, &got) && !other_end(x->run, x->sock->fd, &got)) {
		ft_witness_barrier(x->engine, x->run);
		if (!grown_listener(x->run, &got))
			return false;
	}
	*ret_got = got;
	return true;
}

static bool receive_memory(const struct ft_sock *sock, uint32_t *ret_bytes)
{
	uint32_t info[SK_MEMINFO_VARS];
	socklen_t len = sizeof(info);

	if (sock->fd < 0 || ft_families[sock->family].type != SOCK_DGRAM)
		return false;
	if (getsockopt(sock->fd, SOL_SOCKET, SO_MEMINFO, info, &len) < 0)
		return false;
	*ret_bytes = info[SK_MEMINFO_RMEM_ALLOC];
	return true;
}

void ft_witness_memory(struct ft_run *run)
{
	for (size_t i = 0; i < run->state->n_socks; i++)
		receive_memory(&run->state->socks[i], &run->state->socks[i].memory);
}

static void grown_queues(struct ft_run *run, struct ft_got *got)
{
	for (size_t i = 0; i < run->state->n_socks; i++) {
		uint32_t now;

		if (receive_memory(&run->state->socks[i], &now) &&
		    now > run->state->socks[i].memory) {
			run->state->socks[i].memory = now;
			ft_record_add_got(&run->record, got, (uint16_t)i);
		}
	}
}

void ft_witness_datagram(struct ft_exec *x, struct ft_got *ret_got)
{
	struct ft_got got = {.known = true};

	grown_queues(x->run, &got);
	if (got.n == 0) {
		ft_witness_barrier(x->engine, x->run);
		grown_queues(x->run, &got);
	}
	*ret_got = got;
}

/* One socket per place that sends to itself. Its port lies outside of every range that cases get.
 */
static int barrier_open(void)
{
	const struct sockaddr_in a = {.sin_family = AF_INET,
				      .sin_port = htons(BARRIER_PORT),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (bind(fd, (const struct sockaddr *)&a, sizeof(a)) < 0 ||
	    connect(fd, (const struct sockaddr *)&a, sizeof(a)) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

void ft_witness_barrier(struct ft_engine *engine, struct ft_run *run)
{
	struct pollfd p = {.events = POLLIN};
	struct ft_err err = {0};
	char byte = 0;

	if (engine->options.sandbox->here || ft_engine_visit(engine, run->place, false, &err) < 0)
		return;
	if (run->place->barrier_fd < 0)
		run->place->barrier_fd = barrier_open();
	p.fd = run->place->barrier_fd;
	if (p.fd < 0 || send(p.fd, &byte, 1, MSG_DONTWAIT) < 0)
		return;
	while (poll(&p, 1, BARRIER_MS) < 0 && errno == EINTR)
		;
	while (recv(p.fd, &byte, 1, MSG_DONTWAIT) >= 0)
		;
}

void ft_witness_begun(struct ft_run *run, struct ft_sock *sock, uint16_t index)
{
	struct ft_tuple *tuple;
	unsigned state = ft_settle_state(sock->fd);
	int error = 0;
	socklen_t len = sizeof(error);

	(void)index;
	sock->begun = false;
	if (sock->tuple == 0 || sock->tuple > run->record.n_tuples)
		return;
	tuple = &run->record.tuples[sock->tuple - 1];
	if (state == TCP_SYN_SENT || state == TCP_SYN_RECV || state == TCP_LISTEN)
		return; /* shutdown() may have given it up, so that the socket listens now */
	if (state == TCP_CLOSE && sock->duped)
		return; /* its error is told once, and that is for the other name to hear */
	if (state == TCP_CLOSE) {
		if (getsockopt(sock->fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error) {
			tuple->end = FT_END_ERROR;
			tuple->error = error;
		}
		return;
	}
	tuple->end = FT_END_OK;
	tuple->to.known = other_end(run, sock->fd, &tuple->to);
}

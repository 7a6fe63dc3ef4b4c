/* SPDX-License-Identifier: MIT */
/*
 * How are 4-tuples attempted, and what came of each?
 *
 * connect, begin, fastopen and send. Every attempt adds a tuple to the record, whatever its result:
 * which 4-tuples come up is the question. A connect blocks for a moment inside the kernel (on
 * loopback the answer is there before connect(2) sleeps), then the case is parked and asked again
 * until its limit; after that it is `pending`. A failed *non-blocking* connect would leave the
 * socket in another state than a program's blocking one (the next connect says ECONNABORTED), hence
 * the blocking call. What takes it out of one that nobody answers is the worker's tick: a signal
 * every few milliseconds, which ends every call that sleeps with EINTR (signal(7)).
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>

#include "engine/run.h"

/* What a parked connect waits for. */
enum { PHASE_ANSWER = 1, PHASE_QUEUE };

static bool is_stream(const struct ft_sock *sock)
{
	return ft_families[sock->family].type == SOCK_STREAM;
}

static bool is_wildcard(const struct ft_endpoint *at)
{
	return at->host == FT_HOST_ANY || at->host == FT_HOST_ANY4;
}

/* The local side as far as it is known without another system call. */
static struct ft_address known_local(const struct ft_exec *x)
{
	union ft_sockaddr a;
	socklen_t len;

	if (!x->sock->local_known ||
	    ft_address_of(x->run, x->sock->family, &x->sock->local, &a, &len) < 0)
		return (struct ft_address){.family = 0};
	return ft_address_plain(&a);
}

/* What is remembered of a socket that was dissolved or shut down need not be so any more: a port
 * that was not asked for by number is given up, and the next connect() takes another one. */
static void ask_local(const struct ft_exec *x, struct ft_tuple *tuple)
{
	struct ft_address now = ft_address_local(x->sock->fd);

	if (ft_address_equal(&now, &tuple->actual_local))
		return;
	tuple->actual_local = now;
	tuple->local = (struct ft_endpoint){0}; /* any:0, no name that the case knows */
}

static struct ft_tuple *add_tuple(struct ft_exec *x, const struct ft_result *result,
				  const union ft_sockaddr *remote)
{
	const struct ft_family_row *row = &ft_families[x->sock->family];
	struct ft_tuple *tuple = ft_record_add_tuple(&x->run->record);

	if (!tuple) {
		ft_run_end(x->run, FT_VERDICT_BROKEN, "no memory for the 4-tuples of this case");
		return NULL;
	}
	tuple->protocol = row->wire;
	tuple->mptcp = x->sock->family == FT_FAMILY_MPTCP4 || x->sock->family == FT_FAMILY_MPTCP6;
	tuple->by = x->step->subject;
	tuple->result = (uint32_t)(x->run->record.n_results - 1);
	tuple->end = result->end;
	tuple->error = result->error;
	tuple->to = result->got;
	tuple->start_ns = x->state->attempt_ns;
	tuple->remote = x->word->at;
	tuple->local = x->sock->local; /* zero is any:0 */
	tuple->actual_local = known_local(x);
	tuple->actual_remote = ft_address_plain(remote);
	if (x->sock->vague)
		ask_local(x, tuple);
	return tuple;
}

/* A TCP socket whose connect failed gave its port back, but getsockname(2) still tells which it
 * was: enough to find the packets of the attempt. The address is zero again, which stands for any.
 */
static enum ft_next fail(struct ft_exec *x, const union ft_sockaddr *remote, int error)
{
	enum ft_next next = ft_exec_call(x, -1, error);
	struct ft_tuple *tuple;

	tuple = add_tuple(x, &x->run->record.results[x->run->record.n_results - 1], remote);
	if (!tuple)
		return next;
	tuple->end_ns = ft_realtime_ns();
	if (!x->sock->local_known && is_stream(x->sock)) {
		struct ft_address stale = ft_address_local(x->sock->fd);

		if (stale.port && stale.family == tuple->actual_remote.family)
			tuple->actual_local = stale;
	}
	return next;
}

static enum ft_next pending(struct ft_exec *x, const union ft_sockaddr *remote)
{
	struct ft_result *result = ft_exec_result(x, FT_END_PENDING, 0, true);

	x->sock->connected = true;
	x->state->queues_stale = true;
	if (!x->sock->explicit_port || is_wildcard(&x->sock->local))
		ft_address_read_back(x, result);
	if (add_tuple(x, result, remote)) {
		x->sock->tuple = (uint32_t)x->run->record.n_tuples;
		x->sock->begun = x->state->begins = true;
	}
	return FT_NEXT_STEP;
}

/* The connection stands. Waits, parked, until it lies in somebody's accept queue. */
static enum ft_next established(struct ft_exec *x, const union ft_sockaddr *remote)
{
	struct ft_got got = {0};
	struct ft_result *result;

	x->sock->connected = true;
	if (is_stream(x->sock) && !ft_witness_connection(x, &got)) {
		uint64_t now = ft_clock_ns();

		if (x->state->phase != PHASE_QUEUE) {
			x->state->phase = PHASE_QUEUE;
			x->state->limit_ns = now + FT_QUEUE_LIMIT_NS;
		}
		if (now < x->state->limit_ns)
			return ft_run_park(x->run, FT_MS);
		got.known = true; /* >none: no queue of this case has it */
	}
	result = ft_exec_result(x, FT_END_OK, 0, true);
	result->got = got;
	if (!x->sock->explicit_port || is_wildcard(&x->sock->local))
		ft_address_read_back(x, result);
	add_tuple(x, result, remote);
	return FT_NEXT_WORD;
}

/* Has the kernel an answer for a connect that is under way? */
static bool is_answered(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};

	return poll(&p, 1, 0) > 0;
}

/* Fetches the answer by connect(2) itself, which then does not block: only so is the socket left in
 * the state that an undisturbed blocking connect leaves it in, whether it came up or not. */
static enum ft_next wait_answer(struct ft_exec *x, const union ft_sockaddr *remote, socklen_t len)
{
	if (is_answered(x->sock->fd)) {
		if (connect(x->sock->fd, &remote->any, len) == 0)
			return established(x, remote);
		if (errno != EINTR && errno != EALREADY && errno != EINPROGRESS)
			return fail(x, remote, errno);
	}
	if (ft_clock_ns() >= x->state->limit_ns)
		return pending(x, remote);
	return ft_run_park(x->run, 2 * FT_MS);
}

static enum ft_next start_waiting(struct ft_exec *x, const union ft_sockaddr *remote, socklen_t len)
{
	x->state->phase = PHASE_ANSWER;
	x->state->limit_ns = ft_clock_ns() + FT_CONNECT_LIMIT_NS;
	return wait_answer(x, remote, len);
}

/* Is the word entered for the first time? Then its address is there. A word that was parked goes on
 * where it was; *ret_next is then its result. */
static bool first_entry(struct ft_exec *x, union ft_sockaddr *remote, socklen_t *len,
			enum ft_next *ret_next)
{
	if (ft_exec_address(x, remote, len) != FT_NEXT_WORD) {
		*ret_next = FT_NEXT_END;
		return false;
	}
	if (x->state->phase == PHASE_QUEUE) {
		*ret_next = established(x, remote);
		return false;
	}
	if (x->state->phase == PHASE_ANSWER) {
		*ret_next = wait_answer(x, remote, *len);
		return false;
	}
	ft_witness_refresh(x->run);
	x->state->attempt_ns = ft_realtime_ns();
	return true;
}

enum ft_next ft_exec_connect(struct ft_exec *x)
{
	enum ft_next next = FT_NEXT_WORD;
	union ft_sockaddr remote;
	socklen_t len;

	if (!first_entry(x, &remote, &len, &next))
		return next;
	if (connect(x->sock->fd, &remote.any, len) == 0)
		return established(x, &remote);
	/* EINTR: the engine's tick. The others: the case limits its sockets itself (SO_SNDTIMEO).
	 */
	if (errno == EINTR || errno == EINPROGRESS || errno == EALREADY)
		return start_waiting(x, &remote, len);
	return fail(x, &remote, errno);
}

static int begin_now(int fd, const union ft_sockaddr *remote, socklen_t len)
{
	int flags = fcntl(fd, F_GETFL);
	int rc, failed;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	rc = connect(fd, &remote->any, len);
	failed = -errno;
	fcntl(fd, F_SETFL, flags);
	return rc == 0 || failed == -EINPROGRESS ? 0 : failed;
}

enum ft_next ft_exec_begin(struct ft_exec *x)
{
	struct ft_result *result;
	union ft_sockaddr remote;
	socklen_t len;
	int rc;

	if (ft_exec_address(x, &remote, &len) != FT_NEXT_WORD)
		return FT_NEXT_END;
	x->state->attempt_ns = ft_realtime_ns();
	rc = begin_now(x->sock->fd, &remote, len);
	if (rc < 0)
		return fail(x, &remote, -rc);
	x->sock->connected = true;
	x->state->queues_stale = true;
	result = ft_exec_result(x, FT_END_OK, 0, true);
	if (!x->sock->explicit_port || is_wildcard(&x->sock->local))
		ft_address_read_back(x, result);
	if (add_tuple(x, result, &remote)) {
		x->run->record.tuples[x->run->record.n_tuples - 1].end = FT_END_PENDING;
		x->sock->tuple = (uint32_t)x->run->record.n_tuples;
		x->sock->begun = x->state->begins = true;
	}
	return FT_NEXT_WORD;
}

/* tcp(7) TCP_FASTOPEN: data in the SYN; without a cookie it is a plain connect with data after. */
enum ft_next ft_exec_fastopen(struct ft_exec *x)
{
	static const char byte = 0;
	enum ft_next next = FT_NEXT_WORD;
	union ft_sockaddr remote;
	socklen_t len;

	if (!first_entry(x, &remote, &len, &next))
		return next;
	if (sendto(x->sock->fd, &byte, 1, MSG_FASTOPEN | MSG_DONTWAIT | MSG_NOSIGNAL, &remote.any,
		   len) < 0 &&
	    errno != EINPROGRESS)
		return fail(x, &remote, errno);
	return start_waiting(x, &remote, len);
}

static enum ft_next sent_datagram(struct ft_exec *x, const union ft_sockaddr *remote)
{
	struct ft_got got = {0};
	struct ft_result *result;

	ft_witness_datagram(x, &got);
	result = ft_exec_result(x, FT_END_OK, 0, true);
	result->got = got;
	if (!x->sock->local_known)
		ft_address_read_back(x, result);
	if (remote)
		add_tuple(x, result, remote);
	return FT_NEXT_WORD;
}

enum ft_next ft_exec_send(struct ft_exec *x)
{
	const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
	uint8_t byte = x->word->value < 0 ? 0 : (uint8_t)x->word->value;
	union ft_sockaddr remote;
	socklen_t len = 0;
	bool datagram = !is_stream(x->sock);
	ssize_t n;

	if (x->word->has_at && ft_exec_address(x, &remote, &len) != FT_NEXT_WORD)
		return FT_NEXT_END;
	if (datagram)
		ft_witness_memory(x->run);
	x->state->attempt_ns = ft_realtime_ns();
	n = sendto(x->sock->fd, &byte, 1, flags, x->word->has_at ? &remote.any : NULL, len);
	if (n < 0) {
		if (x->word->has_at && datagram)
			return fail(x, &remote, errno);
		return ft_exec_call(x, -1, errno);
	}
	if (datagram)
		return sent_datagram(x, x->word->has_at ? &remote : NULL);
	return ft_exec_call(x, 0, 0);
}

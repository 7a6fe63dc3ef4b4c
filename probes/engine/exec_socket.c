/* SPDX-License-Identifier: MIT */
/*
 * How is each plain socket call made, and what does it leave to remember?
 *
 * socket, bind, listen, accept, recv, shutdown, disconnect, close, fchown, dup. Connecting and
 * sending are in exec_connect.c. Sources: the man pages of these calls, socket(7), ip(7), tcp(7).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/run.h"

/* A name that still has a descriptor keeps it open to the end of the case, as a program that
 * overwrites its variable would. */
static bool leave_open(struct ft_run *run, struct ft_sock *sock)
{
	struct ft_run_state *state = run->state;

	if (sock->fd < 0)
		return true;
	if (state->n_left == state->size_left) {
		size_t size = state->size_left ? 2 * state->size_left : 8;
		int *grown = realloc(state->left, size * sizeof(*grown));

		if (!grown)
			return false;
		state->left = grown;
		state->size_left = size;
	}
	state->left[state->n_left++] = sock->fd;
	return true;
}

/* Only root of the sandbox may change namespaces; the socket is the user's all the same. */
static int visit(struct ft_exec *x, bool peer)
{
	struct ft_err err = {0};
	int rc;

	if (x->step->as && ft_exec_become(0) < 0)
		return -errno;
	rc = ft_engine_visit(x->engine, x->run->place, peer, &err);
	if (x->step->as && ft_exec_become(x->step->uid) < 0 && rc == 0)
		return -errno;
	return rc;
}

static int open_socket(struct ft_exec *x, const struct ft_family_row *row)
{
	int fd, failed;

	if (!x->step->peer) {
		fd = socket(row->domain, row->type | SOCK_CLOEXEC, row->protocol);
		return fd < 0 ? -errno : fd;
	}
	if (visit(x, true) < 0)
		return -EBADF;
	fd = socket(row->domain, row->type | SOCK_CLOEXEC, row->protocol);
	failed = fd < 0 ? -errno : fd;
	if (visit(x, false) < 0)
		ft_run_end(x->run, FT_VERDICT_BROKEN, "cannot come back from the second host");
	return failed;
}

enum ft_next ft_exec_create(struct ft_exec *x)
{
	const struct ft_family_row *row = &ft_families[x->word->detail];
	int fd = open_socket(x, row);

	switch (fd) {
	case -EPROTONOSUPPORT:
	case -ESOCKTNOSUPPORT:
	case -EAFNOSUPPORT:
		return ft_run_end(x->run, FT_VERDICT_SKIPPED,
				  "%s: this kernel has none (socket: %s)", row->capability,
				  ft_errno_name(-fd));
	case -EMFILE:
	case -ENFILE:
		return ft_run_end(x->run, FT_VERDICT_SKIPPED,
				  "socket: %s: the case needs more descriptors (ulimit -Hn)",
				  ft_errno_name(-fd));
	case -ENOBUFS:
	case -ENOMEM:
		return ft_run_end(x->run, FT_VERDICT_BROKEN, "socket: %s", ft_errno_name(-fd));
	default:
		break;
	}
	if (fd < 0) {
		ft_exec_result(x, FT_END_ERROR, -fd, true);
		return FT_NEXT_STEP;
	}
	if (!leave_open(x->run, x->sock))
		return ft_run_end(x->run, FT_VERDICT_BROKEN, "no memory for a descriptor");
	*x->sock = (struct ft_sock){.fd = fd,
				    .family = x->word->detail,
				    .peer = x->step->peer,
				    .stepped = x->sock->stepped};
	ft_exec_result(x, FT_END_OK, 0, false);
	return FT_NEXT_WORD;
}

enum ft_next ft_exec_address(struct ft_exec *x, union ft_sockaddr *ret_address, socklen_t *ret_len)
{
	const struct ft_endpoint *at = &x->word->at;
	int rc = ft_address_of(x->run, x->sock->family, at, ret_address, ret_len);

	if (rc == -ENOENT)
		return ft_run_end(x->run, FT_VERDICT_SKIPPED,
				  "e%u is not known: the kernel chose fewer ports before this step",
				  at->number);
	if (rc < 0)
		return ft_run_end(x->run, FT_VERDICT_SKIPPED, "no device %s here", at->scope);
	return FT_NEXT_WORD;
}

enum ft_next ft_exec_bind(struct ft_exec *x)
{
	const struct ft_endpoint *at = &x->word->at;
	struct ft_result *result;
	union ft_sockaddr a;
	socklen_t len;

	if (ft_exec_address(x, &a, &len) != FT_NEXT_WORD)
		return FT_NEXT_END;
	if (bind(x->sock->fd, &a.any, len) < 0)
		return ft_exec_call(x, -1, errno);
	result = ft_exec_result(x, FT_END_OK, 0, true);
	x->sock->local = *at;
	x->sock->local_known = true;
	x->sock->explicit_port = !(at->port == FT_PORT_NUMBER && at->number == 0);
	if (!x->sock->explicit_port)
		ft_address_read_back(x, result);
	x->sock->bound = x->sock->local;
	x->sock->bound_known = true;
	return FT_NEXT_WORD;
}

enum ft_next ft_exec_listen(struct ft_exec *x)
{
	int backlog = x->word->value < 0 ? SOMAXCONN : (int)x->word->value;
	struct ft_result *result;

	if (listen(x->sock->fd, backlog) < 0)
		return ft_exec_call(x, -1, errno);
	result = ft_exec_result(x, FT_END_OK, 0, true);
	if (!x->sock->explicit_port) { /* listen(2) on an unbound socket binds it */
		ft_address_read_back(x, result);
		x->sock->bound = x->sock->local;
		x->sock->bound_known = true;
	}
	if (!x->sock->listening) {
		x->sock->listening = true;
		x->sock->queued = 0;
		x->state->n_listeners++;
	}
	return FT_NEXT_WORD;
}

static void stop_listening(struct ft_exec *x)
{
	if (!x->sock->listening)
		return;
	x->sock->listening = false;
	x->state->n_listeners--;
	x->state->queues_stale = true; /* with tcp_migrate_req others may inherit its queue */
}

/* A blocking descriptor would wait in accept(2) for ever, so it is asked without waiting. */
static int accept_now(int fd)
{
	int flags = fcntl(fd, F_GETFL);
	int accepted, failed;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return -errno;
	accepted = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	failed = -errno;
	fcntl(fd, F_SETFL, flags);
	return accepted < 0 ? failed : accepted;
}

enum ft_next ft_exec_accept(struct ft_exec *x)
{
	struct ft_sock *child = &x->state->socks[x->word->socket];
	struct ft_sock *listener = x->sock;
	struct ft_result *result;
	int fd = accept_now(listener->fd);

	if (fd < 0)
		return ft_exec_call(x, -1, -fd);
	if (!leave_open(x->run, child))
		return ft_run_end(x->run, FT_VERDICT_BROKEN, "no memory for a descriptor");
	*child = (struct ft_sock){.fd = fd,
				  .family = listener->family,
				  .connected = true,
				  .deaf = listener->deaf,
				  .peer = listener->peer,
				  .local = listener->local,
				  .local_known = listener->local_known,
				  .explicit_port = true,
				  .stepped = child->stepped};
	x->state->queues_stale = true; /* the same queue may be known by another name, too (dup) */
	result = ft_exec_result(x, FT_END_OK, 0, true);
	if (listener->local.host == FT_HOST_ANY || listener->local.host == FT_HOST_ANY4) {
		x->sock = child;
		ft_address_read_back(x, result);
		x->sock = listener;
	}
	child->bound = child->local;
	child->bound_known = child->local_known;
	return FT_NEXT_WORD;
}

enum ft_next ft_exec_recv(struct ft_exec *x)
{
	char bytes[2048];
	ssize_t n = recv(x->sock->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0)
		return ft_exec_call(x, -1, errno);
	if (n == 0 && ft_families[x->sock->family].type == SOCK_STREAM) {
		ft_exec_result(x, FT_END_EOF, 0, true);
		return FT_NEXT_WORD;
	}
	ft_exec_result(x, FT_END_VALUE, 0, true)->value = n;
	return FT_NEXT_WORD;
}

enum ft_next ft_exec_shutdown(struct ft_exec *x)
{
	static const int hows[] = {[FT_SHUTDOWN_RD] = SHUT_RD,
				   [FT_SHUTDOWN_WR] = SHUT_WR,
				   [FT_SHUTDOWN_RDWR] = SHUT_RDWR};
	int rc, failed;

	if (x->word->detail != FT_SHUTDOWN_RD)
		ft_settle_note(x);
	rc = shutdown(x->sock->fd, hows[x->word->detail]);
	failed = errno;
	x->sock->vague = true;
	if (rc == 0 && x->word->detail != FT_SHUTDOWN_WR)
		stop_listening(x);
	return ft_exec_call(x, rc, failed);
}

/* connect(2): an address of family AF_UNSPEC dissolves the association. */
enum ft_next ft_exec_disconnect(struct ft_exec *x)
{
	const struct sockaddr none = {.sa_family = AF_UNSPEC};

	if (x->sock->begun)
		ft_witness_begun(x->run, x->sock, x->step->subject);
	if (connect(x->sock->fd, &none, sizeof(none)) < 0)
		return ft_exec_call(x, -1, errno);
	stop_listening(x);
	x->sock->vague = true;
	x->sock->connected = false;
	x->sock->local = x->sock->bound;
	x->sock->local_known = x->sock->bound_known;
	return ft_exec_call(x, 0, 0);
}

enum ft_next ft_exec_close(struct ft_exec *x)
{
	int rc, failed;

	if (x->sock->begun)
		ft_witness_begun(x->run, x->sock, x->step->subject);
	ft_settle_note(x);
	rc = close(x->sock->fd);
	failed = errno;
	if (rc == 0)
		stop_listening(x);
	x->sock->fd = -1;
	return ft_exec_call(x, rc, failed);
}

enum ft_next ft_exec_fchown(struct ft_exec *x)
{
	int rc = fchown(x->sock->fd, (uid_t)x->word->value, (gid_t)-1);

	if (rc < 0 && errno == EINVAL)
		return ft_run_end(x->run, FT_VERDICT_SKIPPED,
				  "user %lld is not mapped here (fchown)",
				  (long long)x->word->value);
	return ft_exec_call(x, rc, errno);
}

enum ft_next ft_exec_dup(struct ft_exec *x)
{
	struct ft_sock *copy = &x->state->socks[x->word->socket];
	bool stepped = copy->stepped;
	int fd = fcntl(x->sock->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return ft_exec_call(x, -1, errno);
	if (!leave_open(x->run, copy))
		return ft_run_end(x->run, FT_VERDICT_BROKEN, "no memory for a descriptor");
	x->sock->duped = true;
	*copy = *x->sock;
	copy->fd = fd;
	copy->stepped = stepped;
	copy->begun = false;
	if (copy->listening)
		x->state->n_listeners++;
	return ft_exec_call(x, 0, 0);
}

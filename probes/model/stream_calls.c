/* SPDX-License-Identifier: MIT */
/*
 * What do accept, send, recv and shutdown return on a TCP socket, and what do deaf and hear do?
 *
 * An error that came by a segment is told once, by whichever call comes first. What was received
 * can be read whatever happened since.
 */
#include <errno.h>

#include "model/bucket.h"
#include "model/stream.h"

#define HEAR_NS (3000 * FT_MS_NS) /* FT_HEAR_LIMIT_NS of the engine */
enum { RECV_BYTES = 2048 };       /* the engine's buffer */

/* sock_error() */
static int32_t take_error(struct ft_model *model, struct ft_socket *s)
{
	int32_t error = s->error;

	if (ft_on(model, FT_RULE_ERROR_ONCE))
		s->error = 0;
	return error;
}

/* Refused by this rule: its errno; without it the call is granted. */
static int32_t because(struct ft_model *model, enum ft_rule rule, int32_t error)
{
	if (!ft_on(model, rule))
		return 0;
	ft_decided(model, rule);
	return error;
}

/* ---- accept ---- */

/* accept(2), and what the engine remembers of the new name (probes/engine/exec_socket.c). */
static enum ft_pace accepted(struct ft_model *model, struct ft_socket *child)
{
	struct ft_handle *listener = model->handle;
	struct ft_predicted *row;
	struct ft_handle *handle;

	model->queues_stale = true;
	child->associated = true;
	child->inode_uid = model->uid;
	if (ft_on(model, FT_RULE_CHILD_USER))
		child->uid = model->uid;
	handle = ft_handle_put(model, model->word->socket, child);
	handle->connected = handle->explicit_port = true;
	handle->deaf = listener->deaf;
	handle->local = listener->local;
	handle->local_known = listener->local_known;
	row = ft_say(model, FT_END_OK, 0);
	if (listener->local.host == FT_HOST_ANY || listener->local.host == FT_HOST_ANY4)
		ft_read_back(model, handle, row);
	handle->bound = handle->local;
	handle->bound_known = handle->local_known;
	return FT_PACE_WORD;
}

enum ft_pace ft_model_accept(struct ft_model *model)
{
	struct ft_socket *s = model->sock, *child;

	if (!s->stream)
		return ft_say_call(model, because(model, FT_RULE_ACCEPT_STATE, EOPNOTSUPP));
	if (s->state != TCP_LISTEN && ft_on(model, FT_RULE_ACCEPT_STATE))
		return ft_say_call(model, because(model, FT_RULE_ACCEPT_STATE, EINVAL));
	child = s->state == TCP_LISTEN ? ft_accept_take(model, s) : NULL;
	if (!child)
		return ft_say_call(model, EAGAIN);
	return accepted(model, child);
}

/* ---- send ---- */

/* tcp_sendmsg_locked(), sk_stream_wait_connect(), sk_stream_error(): the errno, or 0. */
static int32_t send_error(struct ft_model *model, struct ft_socket *s)
{
	bool open = s->state == TCP_ESTABLISHED || s->state == TCP_CLOSE_WAIT ||
		    (s->state == TCP_SYN_RECV && s->tcp.fast_child);
	int32_t error;

	if (s->untold)
		return because(model, FT_RULE_MPTCP_CROSS, EAGAIN);
	if (open && !s->error && (!(s->shut & 2) || !ft_on(model, FT_RULE_SEND_SHUT)))
		return 0;
	error = take_error(model, s);
	if (error)
		return because(model, FT_RULE_ERROR_ONCE, error);
	if ((s->state == TCP_SYN_SENT || s->state == TCP_SYN_RECV) &&
	    ft_on(model, FT_RULE_SEND_EARLY))
		return because(model, FT_RULE_SEND_EARLY, EAGAIN);
	return because(model, FT_RULE_SEND_SHUT, EPIPE);
}

enum ft_pace ft_model_send(struct ft_model *model)
{
	struct ft_socket *s = model->sock;
	int32_t error;

	if (!s->stream)
		return ft_udp_send(model);
	error = send_error(model, s);
	if (!error)
		ft_stream_write(model, s, 1);
	return ft_say_call(model, error);
}

/* ---- recv ---- */

/* tcp_cleanup_rbuf(): reading may be what an acknowledgement waits for. */
static void have_read(struct ft_model *model, struct ft_socket *s)
{
	if (!s->tcp.ack_due || s->state == TCP_CLOSE)
		return;
	if (s->tcp.pushed_twice || (s->tcp.pushed && !s->tcp.pingpong)) {
		ft_output_ack(model, s);
		ft_wire_run(model);
	}
}

static enum ft_pace say_read(struct ft_model *model, struct ft_socket *s)
{
	uint32_t n = s->unread < RECV_BYTES ? s->unread : RECV_BYTES;

	s->unread -= n;
	if (s->unread == 0)
		have_read(model, s);
	return ft_say_value(model, n);
}

static enum ft_pace say_end(struct ft_model *model)
{
	ft_say(model, FT_END_EOF, 0);
	return FT_PACE_WORD;
}

/* A reset of what had fallen back makes an end as by a DATA_FIN if MPTCP's worker comes first
 * (subflow_state_change()). */
static void note_end(struct ft_model *model, struct ft_socket *s)
{
	if (s->ragged && ft_choose(model, 2, FT_RULE_MPTCP_DONE))
		s->shut |= 1;
	s->ragged = false;
}

/* tcp_recvmsg_locked() */
enum ft_pace ft_model_recv(struct ft_model *model)
{
	struct ft_socket *s = model->sock;

	if (!s->stream)
		return ft_udp_recv(model);
	if (s->state == TCP_LISTEN && ft_on(model, FT_RULE_RECV_STATE))
		return ft_say_call(model, because(model, FT_RULE_RECV_STATE, ENOTCONN));
	if (s->untold)
		return ft_say_call(model, because(model, FT_RULE_MPTCP_CROSS, EAGAIN));
	if (s->unread)
		return say_read(model, s);
	if (s->fin_received && !s->mptcp && ft_on(model, FT_RULE_RECV_FIN))
		return say_end(model);
	if (s->error)
		return ft_say_call(model, because(model, FT_RULE_ERROR_ONCE, take_error(model, s)));
	note_end(model, s);
	if ((s->shut & 1) && ft_on(model, FT_RULE_RECV_SHUT))
		return say_end(model);
	if (s->state == TCP_CLOSE && ft_on(model, FT_RULE_RECV_STATE))
		return ft_say_call(model, because(model, FT_RULE_RECV_STATE, ENOTCONN));
	return ft_say_call(model, EAGAIN);
}

/* ---- shutdown ---- */

/* inet_shutdown() on a socket that listens or whose SYN has no answer. */
static int32_t stop(struct ft_model *model, struct ft_socket *s)
{
	if (s->state == TCP_LISTEN)
		ft_decided(model, FT_RULE_SHUTDOWN_LISTENER);
	ft_stream_disconnect(model, s);
	if (!s->address_explicit)
		ft_bucket_move(model, s, s->v6 ? &ft_ip_any6 : &ft_ip_any4);
	s->remote_port = 0;
	s->connecting = s->associated = s->severed = false;
	return 0;
}

static bool stops_listening(const struct ft_model *model, uint8_t how)
{
	if (how & 1)
		return ft_on(model, FT_RULE_SHUTDOWN_LISTENER);
	return !ft_on(model, FT_RULE_SHUTDOWN_WR_LISTENER);
}

static int32_t shut_down(struct ft_model *model, struct ft_socket *s, uint8_t how)
{
	bool early = s->state == TCP_SYN_SENT || s->state == TCP_SYN_RECV || s->state == TCP_CLOSE;

	if (s->connecting) {
		s->connecting = false;
		if (early)
			s->severed = true;
		else
			s->associated = true;
	}
	if (s->state == TCP_LISTEN && !stops_listening(model, how))
		return 0;
	if (s->state == TCP_LISTEN && !ft_on(model, FT_RULE_SHUTDOWN_LISTENER))
		return 0;
	if (how & 2)
		ft_mptcp_disturb(model, s);
	if (s->state == TCP_LISTEN || s->state == TCP_SYN_SENT)
		return stop(model, s);
	s->shut |= how;
	if (s->state == TCP_CLOSE)
		return ft_on(model, FT_RULE_SHUTDOWN_STATE)
			       ? because(model, FT_RULE_SHUTDOWN_STATE, ENOTCONN)
			       : 0;
	if ((how & 2) && ft_mptcp_is(model, s))
		ft_mptcp_finish(model, s);
	else if ((how & 2) && s->state != TCP_SYN_RECV)
		ft_stream_finish(model, s);
	ft_wire_run(model);
	return 0;
}

enum ft_pace ft_model_shutdown(struct ft_model *model)
{
	static const uint8_t hows[] = {
		[FT_SHUTDOWN_RD] = 1,
		[FT_SHUTDOWN_WR] = 2,
		[FT_SHUTDOWN_RDWR] = 3,
	};
	struct ft_socket *s = model->sock;
	int32_t error;

	if (!s->stream)
		return ft_udp_shutdown(model);
	if (model->word->detail != FT_SHUTDOWN_RD)
		ft_clock_note(model);
	error = shut_down(model, s, hows[model->word->detail]);
	if (!error && model->word->detail != FT_SHUTDOWN_WR)
		ft_receiver_forget(model, model->handle);
	return ft_say_call(model, error);
}

/* ---- deaf, hear ---- */

enum ft_pace ft_model_deaf(struct ft_model *model)
{
	int32_t error = ft_filter_error(model, model->sock, true);

	if (error)
		return ft_say_quiet(model, error);
	model->sock->deaf = model->handle->deaf = true;
	return FT_PACE_WORD;
}

static bool waits_for_other_end(const struct ft_socket *s)
{
	switch (s->state) {
	case TCP_SYN_SENT:
	case TCP_SYN_RECV:
	case TCP_FIN_WAIT1:
	case TCP_CLOSING:
	case TCP_LAST_ACK:
		return true;
	default:
		return false;
	}
}

/* The engine waits until what is sent again has arrived (probes/engine/exec_option.c). */
enum ft_pace ft_model_hear(struct ft_model *model)
{
	struct ft_socket *s = model->sock;
	int32_t error = ft_filter_error(model, s, false);

	if (!error && !s->deaf)
		error = ENOENT;
	if (error)
		return ft_say_quiet(model, error);
	s->deaf = model->handle->deaf = false;
	if (s->stream && model->handle->connected && waits_for_other_end(s))
		ft_stream_while(model, s, s->state, model->now_ns + HEAR_NS);
	return FT_PACE_WORD;
}

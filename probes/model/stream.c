/* SPDX-License-Identifier: MIT */
/*
 * What do open, listen, close and disconnect do to a TCP socket?
 *
 * A closed socket lives on as long as TCP needs it: until its FIN is acknowledged and, on the side
 * that closed first, as a timewait object after that. close() with unread data, or with a linger of
 * 0, resets the connection at once and leaves nothing.
 */
#include <errno.h>

#include "model/bucket.h"
#include "model/stream.h"

/* ---- leaving the tables ---- */

void ft_stream_unhash(struct ft_model *model, struct ft_socket *s)
{
	if (s->state == TCP_LISTEN) {
		ft_lookup_remove(model, s);
		ft_group_shut(model, s);
	}
	ft_tuple_remove(model, s);
	s->state = TCP_CLOSE;
	s->tcp.timer_ns = s->tcp.ack_ns = 0;
	if (!s->port_explicit && ft_on(model, FT_RULE_CONNECT_FAILED_PORT))
		ft_bucket_leave(model, s);
}

void ft_stream_destroy(struct ft_model *model, struct ft_socket *s)
{
	struct ft_socket *other = s->other == FT_NOBODY ? NULL : ft_socket_at(model, s->other);

	ft_stream_unhash(model, s);
	ft_bucket_leave(model, s);
	if (s->tcp.n_held == 0) /* else with the last of its requests */
		ft_group_leave(model, s);
	if (s->time_wait)
		model->n_time_wait[s->peer]--;
	s->time_wait = false;
	if (other && other->other == s->id)
		other->other = FT_NOBODY;
	s->other = FT_NOBODY;
}

void ft_stream_done(struct ft_model *model, struct ft_socket *s)
{
	if (!s->mptcp || !ft_on(model, FT_RULE_MPTCP_DONE))
		s->shut = 3; /* of MPTCP it is the subflow that is done */
	s->tcp.fin_queued = false;
	s->held = false;
	ft_stream_unhash(model, s);
	if (ft_is_dead(s))
		ft_stream_destroy(model, s);
}

/* ---- open ---- */

void ft_stream_open(struct ft_model *model, struct ft_socket *s)
{
	if (!s->mptcp) /* which has an error of its own */
		s->error = 0;
	s->fin_received = false;
	s->unread = 0;
	s->other = FT_NOBODY;
	model->any.n = 0;
	ft_handshake_begin(model, s);
	ft_wire_run(model);
}

/* ---- listen ---- */

static uint32_t limited(struct ft_model *model, const struct ft_socket *s, int32_t backlog)
{
	uint32_t most = model->sysctls[s->peer].somaxconn;

	return (uint32_t)backlog > most && ft_on(model, FT_RULE_SOMAXCONN) ? most
									   : (uint32_t)backlog;
}

int32_t ft_stream_listen(struct ft_model *model, struct ft_socket *s, int32_t backlog)
{
	bool listens = s->tcp.listens;
	int32_t error = 0;

	s->backlog = limited(model, s, backlog);
	if (listens)
		return 0;
	s->queued = 0;
	if (s->reuseport)
		error = ft_group_join(model, s);
	if (error)
		return error;
	ft_lookup_add(model, s);
	s->tcp.listens = true;
	return 0;
}

/* inet_child_forget() */
static void forget(struct ft_model *model, struct ft_socket *child)
{
	ft_stream_disconnect(model, child);
	ft_stream_destroy(model, child);
}

/* mptcp_subflow_queue_clean() closes the MPTCP side of what waits; the subflow does not know. */
static void forsake(struct ft_model *model, struct ft_socket *child)
{
	if (!child->mptcp || !ft_on(model, FT_RULE_MPTCP_QUEUE))
		return;
	ft_decided(model, FT_RULE_MPTCP_QUEUE);
	ft_output_reset(model, child);
	child->mptcp = false;
}

/* inet_csk_listen_stop() */
static void empty_queue(struct ft_model *model, struct ft_socket *s)
{
	struct ft_socket *child, *heir;

	while ((child = ft_accept_take(model, s)) != NULL) {
		struct ft_packet packet = ft_packet_to(child);

		heir = ft_group_migrate(model, s, &packet);
		if (heir && heir->state == TCP_LISTEN) {
			forsake(model, child);
			ft_accept_put(model, heir, child);
		} else if (ft_on(model, FT_RULE_QUEUE_RESET)) {
			forget(model, child);
		}
		ft_wire_run(model);
	}
}

void ft_stream_unlisten(struct ft_model *model, struct ft_socket *s)
{
	ft_stream_unhash(model, s);
	s->tcp.listens = false;
	empty_queue(model, s);
}

/* ---- the end ---- */

/* tcp_need_reset() */
static bool needs_reset(const struct ft_socket *s)
{
	switch (s->state) {
	case TCP_ESTABLISHED:
	case TCP_SYN_RECV:
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
	case TCP_CLOSE_WAIT:
		return true;
	case TCP_CLOSING:
	case TCP_LAST_ACK:
		return s->tcp.snd_nxt != s->tcp.write_seq;
	default:
		return false;
	}
}

void ft_stream_disconnect(struct ft_model *model, struct ft_socket *s)
{
	if (s->state == TCP_LISTEN) {
		ft_stream_unlisten(model, s);
	} else if (needs_reset(s)) {
		ft_output_reset(model, s);
		s->error = s->mptcp ? 0 : ECONNRESET; /* MPTCP's is that of the subflow */
	} else if (s->state == TCP_SYN_SENT) {
		s->error = ECONNRESET;
	}
	if (s->state != TCP_CLOSE) /* one that is closed keeps even a port of the kernel's choice */
		ft_stream_unhash(model, s);
	s->unread = 0;
	s->shut = 0;
	s->fin_received = false;
	s->tcp.fin_queued = false;
	s->tcp.write_seq += FT_WINDOW + 2;
	s->tcp.pingpong = s->tcp.ack_due = false; /* inet_csk_delack_init() */
	s->tcp.quick = 0;
	s->tcp.ato_ms = 0;
	ft_options_forget(model, s);
	ft_wire_run(model);
}

void ft_stream_finish(struct ft_model *model, struct ft_socket *s)
{
	switch (s->state) {
	case TCP_ESTABLISHED:
	case TCP_SYN_RECV:
		s->state = TCP_FIN_WAIT1;
		ft_output_fin(model, s);
		break;
	case TCP_CLOSE_WAIT:
		s->state = TCP_LAST_ACK;
		ft_output_fin(model, s);
		break;
	case TCP_SYN_SENT:
		ft_stream_unhash(model, s);
		break;
	default:
		break;
	}
}

static bool is_aborted(struct ft_model *model, struct ft_socket *s, bool unread)
{
	if (unread && !ft_mptcp_has_read(model, s) && ft_on(model, FT_RULE_CLOSE_UNREAD)) {
		ft_decided(model, FT_RULE_CLOSE_UNREAD);
		ft_output_reset(model, s);
		ft_stream_unhash(model, s);
		return true;
	}
	if (s->linger == 0 && ft_on(model, FT_RULE_LINGER_0)) {
		ft_decided(model, FT_RULE_LINGER_0);
		ft_stream_disconnect(model, s);
		return true;
	}
	return false;
}

static void end(struct ft_model *model, struct ft_socket *s)
{
	if (ft_mptcp_is(model, s))
		ft_mptcp_finish(model, s);
	else
		ft_stream_finish(model, s);
}

/* __tcp_close() */
void ft_stream_close(struct ft_model *model, struct ft_socket *s)
{
	bool unread = s->unread > 0;

	ft_mptcp_disturb(model, s);
	s->held = !unread && ft_mptcp_holds(model, s);
	s->unread = 0;
	s->shut = 3;
	if (s->state == TCP_LISTEN)
		ft_stream_unlisten(model, s);
	else if (s->state != TCP_CLOSE && !is_aborted(model, s, unread))
		end(model, s);
	ft_wire_run(model);
	if (s->state == TCP_FIN_WAIT2 && !s->time_wait && !s->held)
		ft_timewait_orphan(model, s);
	if (s->state == TCP_CLOSE)
		ft_stream_destroy(model, s);
}

void ft_stream_write(struct ft_model *model, struct ft_socket *s, uint32_t n)
{
	if (s->mptcp && s->other == s->id)
		ft_beyond(model, "MPTCP speaks to itself");
	s->tcp.write_seq += n;
	s->spoken = true;
	ft_output_push(model, s);
	ft_wire_run(model);
}

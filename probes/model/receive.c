/* SPDX-License-Identifier: MIT */
/*
 * What does a connection do with a segment?
 *
 * RFC 9293, section 3.10.7, as the kernel reads it: a SYN in a connection is answered by an
 * acknowledgement (RFC 5961), which makes its sender reset this connection; a reset counts only if
 * its number is exactly the expected one; data that comes after close() is answered by a reset.
 * Acknowledgements are delayed while both sides talk.
 */
#include <errno.h>

#include "model/stream.h"

/* ---- resets ---- */

/* tcp_reset() */
static void reset(struct ft_model *model, struct ft_socket *s)
{
	bool half_closed = s->state == TCP_CLOSE_WAIT ||
			   (ft_mptcp_is(model, s) && s->fin_received && !s->data_fin);

	if (s->state == TCP_CLOSE)
		return;
	s->error = half_closed ? EPIPE : ECONNRESET;
	if (ft_mptcp_is(model, s) && (s->served || s->spoken))
		ft_mptcp_fastclose(model, s);
	else if (s->mptcp && s->unread)
		s->ragged = true;
	if (s->mptcp && !s->spoken && s->associated)
		s->fallback = true; /* subflow_state_change(), mptcp_try_fallback() */
	ft_stream_done(model, s);
}

/* tcp_reset_check(): after a FIN the number before it is right, too. */
static bool is_reset_after_fin(const struct ft_socket *s, const struct ft_segment *g)
{
	return g->seq == s->tcp.rcv_nxt - 1 &&
	       (s->state == TCP_CLOSE_WAIT || s->state == TCP_LAST_ACK || s->state == TCP_CLOSING);
}

static bool is_in_sequence(const struct ft_socket *s, const struct ft_segment *g)
{
	return !ft_before(ft_segment_end(g), s->tcp.rcv_wup) &&
	       !ft_after(g->seq, s->tcp.rcv_nxt + FT_WINDOW);
}

/* The SYN-ACK of a simultaneous open passes. */
static bool is_crossing(const struct ft_socket *s, const struct ft_segment *g)
{
	return s->state == TCP_SYN_RECV && s->refs && (g->flags & FT_ACK) &&
	       g->seq + 1 == s->tcp.rcv_nxt && ft_segment_end(g) == s->tcp.rcv_nxt &&
	       g->ack == s->tcp.snd_nxt;
}

/* tcp_validate_incoming(): is there more in the segment than was dealt with here? */
static bool is_valid(struct ft_model *model, struct ft_socket *s, const struct ft_segment *g)
{
	if (!is_in_sequence(s, g)) {
		if (!(g->flags & FT_RST))
			ft_output_ack(model, s);
		else if (is_reset_after_fin(s, g))
			reset(model, s);
		return false;
	}
	if (g->flags & FT_RST) {
		if (g->seq == s->tcp.rcv_nxt || is_reset_after_fin(s, g))
			reset(model, s);
		else
			ft_output_ack(model, s);
		return false;
	}
	if ((g->flags & FT_SYN) && !is_crossing(s, g)) {
		ft_output_ack(model, s);
		return false;
	}
	return true;
}

/* ---- acknowledgements ---- */

/* tcp_ack(): 1, 0 for an old one, -1 for one of what was never sent. */
static int take_ack(struct ft_model *model, struct ft_socket *s, uint32_t ack)
{
	bool progress = ft_after(ack, s->tcp.snd_una);

	if (ft_before(ack, s->tcp.snd_una))
		return 0;
	if (ft_after(ack, s->tcp.snd_nxt))
		return -1;
	s->tcp.snd_una = ack;
	if (progress) {
		if (s->tcp.synack_due)
			ft_output_measure(s, s->tw_timestamps ? 0 : -1);
		s->tcp.synack_due = false;
		s->tcp.retries = 0;
		s->tcp.timer_ns = 0;
		s->tcp.rto_ms = s->tcp.rto_first_ms;
		ft_output_arm(model, s);
	}
	return 1;
}

/* tcp_event_data_recv(), tcp_measure_rcv_mss() */
static void note_data(struct ft_model *model, struct ft_socket *s)
{
	struct ft_tcp *tcp = &s->tcp;

	tcp->ack_due = true;
	tcp->pushed_twice = tcp->pushed_twice || tcp->pushed;
	tcp->pushed = true;
	if (tcp->ato_ms == 0) {
		tcp->quick = FT_QUICK_MAX;
		tcp->ato_ms = FT_ATO_MIN_MS;
	} else if (model->now_ns - tcp->data_ns > tcp->rto_ms * FT_MS_NS) {
		tcp->quick = FT_QUICK_MAX;
	}
	tcp->data_ns = model->now_ns;
}

/* tcp_ack_snd_check() */
static void answer(struct ft_model *model, struct ft_socket *s)
{
	if (!s->tcp.ack_due)
		return;
	if (s->tcp.quick && !s->tcp.pingpong)
		ft_output_ack(model, s);
	else
		ft_output_ack_later(model, s);
}

/* tcp_enter_quickack_mode() */
static void answer_now(struct ft_socket *s)
{
	s->tcp.quick = FT_QUICK_MAX;
	s->tcp.pingpong = false;
	s->tcp.ato_ms = FT_ATO_MIN_MS;
	s->tcp.ack_due = true;
}

/* ---- states ---- */

static bool all_acknowledged(const struct ft_socket *s)
{
	return s->tcp.snd_una == s->tcp.write_seq;
}

/* The handshake is over: SYN_RECV becomes ESTABLISHED. */
static void complete(struct ft_model *model, struct ft_socket *s, const struct ft_segment *g)
{
	s->state = TCP_ESTABLISHED;
	s->tcp.snd_una = g->ack;
	s->tcp.timer_ns = 0;
	s->tcp.retries = 0;
	ft_output_measure(s, s->tcp.resent && !s->tw_timestamps ? -1 : 0);
	s->tcp.fast_child = s->tcp.synack_due = false;
	ft_output_arm(model, s);
	if ((s->shut & 2) && !s->mptcp && ft_on(model, FT_RULE_SHUT_EARLY))
		ft_stream_finish(model, s);
}

static bool has_new_data(const struct ft_socket *s, const struct ft_segment *g)
{
	return g->len && ft_after(g->seq + g->len, s->tcp.rcv_nxt);
}

/* What an acknowledgement does to the state; false: the segment is dealt with. */
static bool advance(struct ft_model *model, struct ft_socket *s, const struct ft_segment *g)
{
	if (s->state == TCP_SYN_RECV) {
		complete(model, s, g);
		return true;
	}
	if (!all_acknowledged(s))
		return true;
	switch (s->state) {
	case TCP_FIN_WAIT1:
		s->state = TCP_FIN_WAIT2;
		s->shut |= 2;
		if (!ft_is_dead(s))
			return true;
		if (has_new_data(s, g)) {
			ft_wire_refuse(model, g, s);
			ft_stream_done(model, s);
			return false;
		}
		if ((g->flags & FT_FIN) && !ft_timewait_refused(model, s))
			return true; /* it goes on to TIME_WAIT at once */
		ft_timewait_orphan(model, s);
		return false;
	case TCP_CLOSING:
		ft_timewait_enter(model, s, TCP_TIME_WAIT, 0);
		return false;
	case TCP_LAST_ACK:
		ft_stream_done(model, s);
		return false;
	default:
		return true;
	}
}

/* tcp_fin() */
static void take_fin(struct ft_model *model, struct ft_socket *s)
{
	ft_mptcp_disturb(model, s);
	s->tcp.ack_due = true;
	s->shut |= 1;
	s->fin_received = true;
	switch (s->state) {
	case TCP_SYN_RECV:
	case TCP_ESTABLISHED:
		s->state = TCP_CLOSE_WAIT;
		s->tcp.pingpong = true;
		break;
	case TCP_FIN_WAIT1:
		ft_output_ack(model, s);
		s->state = TCP_CLOSING;
		break;
	case TCP_FIN_WAIT2:
		ft_output_ack(model, s);
		ft_timewait_enter(model, s, TCP_TIME_WAIT, 0);
		break;
	default:
		break;
	}
}

/* tcp_data_queue(). A segment behind a gap is not kept: its sender learns at once, by a selective
 * acknowledgement, that all before is lost, and sends everything again. */
static void take_data(struct ft_model *model, struct ft_socket *s, const struct ft_segment *g)
{
	uint32_t end = ft_segment_end(g);

	if (end == g->seq)
		return;
	if (!ft_after(end, s->tcp.rcv_nxt)) {
		answer_now(s);
	} else if (ft_after(g->seq, s->tcp.rcv_nxt)) {
		struct ft_socket *sender = g->sender == FT_NOBODY ? NULL
								  : ft_socket_at(model, g->sender);

		ft_output_ack(model, s);
		if (sender && sender->state != TCP_CLOSE)
			ft_output_again(model, sender);
	} else {
		uint32_t bytes = g->seq + g->len - s->tcp.rcv_nxt;

		s->tcp.rcv_nxt = end;
		if (g->len && (int32_t)bytes > 0) {
			s->unread += bytes;
			s->spoken = true;
			if (s->untold)
				ft_beyond(model, "data comes to an MPTCP socket that knows no "
						 "connection");
			note_data(model, s);
		}
		if (g->flags & FT_FIN)
			take_fin(model, s);
	}
}

/* It is MPTCP that is shut down for reading, and not its subflow. */
static bool takes_all(const struct ft_model *model, const struct ft_socket *s)
{
	return s->mptcp && (s->refs || s->held) && ft_on(model, FT_RULE_MPTCP_HOLD);
}

/* Data for a socket that cannot be read any more. */
static bool is_too_late(struct ft_model *model, const struct ft_socket *s,
			const struct ft_segment *g)
{
	bool waits = s->state == TCP_FIN_WAIT1 || s->state == TCP_FIN_WAIT2;
	bool closes = s->state == TCP_CLOSE_WAIT || s->state == TCP_CLOSING ||
		      s->state == TCP_LAST_ACK;

	if ((!waits && !(closes && ft_before(g->seq, s->tcp.rcv_nxt))) || takes_all(model, s))
		return false;
	return (s->shut & 1) && has_new_data(s, g) && ft_on(model, FT_RULE_DATA_TOO_LATE);
}

static void take_text(struct ft_model *model, struct ft_socket *s, const struct ft_segment *g)
{
	bool closes = s->state == TCP_CLOSE_WAIT || s->state == TCP_CLOSING ||
		      s->state == TCP_LAST_ACK;

	if (is_too_late(model, s, g)) {
		ft_decided(model, FT_RULE_DATA_TOO_LATE);
		ft_wire_refuse(model, g, s);
		reset(model, s);
		return;
	}
	if (!closes || ft_before(g->seq, s->tcp.rcv_nxt))
		take_data(model, s, g);
	if (s->state != TCP_CLOSE) {
		ft_output_push(model, s);
		answer(model, s);
	}
}

void ft_receive(struct ft_model *model, struct ft_socket *s, const struct ft_segment *g)
{
	int known;

	if (!(g->flags & (FT_ACK | FT_RST | FT_SYN)) || !is_valid(model, s, g))
		return;
	known = take_ack(model, s, g->ack);
	if (known <= 0 && s->state == TCP_SYN_RECV) {
		ft_wire_refuse(model, g, s);
		return;
	}
	if (known < 0) {
		if (s->state != TCP_ESTABLISHED)
			ft_output_ack(model, s);
		return;
	}
	if (!advance(model, s, g))
		return;
	if (s->state != TCP_CLOSE)
		take_text(model, s, g);
}

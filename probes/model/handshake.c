/* SPDX-License-Identifier: MIT */
/*
 * How does a socket come from SYN_SENT to a connection?
 *
 * By a SYN-ACK that acknowledges its SYN, and by a SYN: two that cross make a connection without a
 * listener. An acknowledgement of something else is from an older connection's other half: it is
 * reset, and the SYN sent again.
 */
#include <errno.h>

#include "model/stream.h"

/* TCP_TIMEOUT_MIN: so soon a SYN is sent again that met the other half of an older connection. */
enum { AGAIN_TICKS = 2 };
/* How long a client with TCP_DEFER_ACCEPT keeps its acknowledgement back (TCP_DELACK_MAX). */
#define DEFERRED_ACK_NS (200 * FT_MS_NS)
#define LONG_AGO_NS (3600 * 1000 * FT_MS_NS)
enum { SYN_RETRIES = 6, SYN_LINEAR = 4 }; /* the kernel's defaults */

void ft_handshake_begin(struct ft_model *model, struct ft_socket *s)
{
	struct ft_packet to = ft_packet_to(s);
	uint32_t isn = s->tcp.write_seq;

	/* A socket that was connected before goes on behind what it had: tcp_disconnect(). */
	if (!isn)
		isn = ft_isn_next(model, &to);
	s->tcp.snd_una = isn;
	s->tcp.snd_nxt = s->tcp.write_seq = isn + 1;
	s->tcp.fast_child = s->tcp.synack_due = s->tcp.fin_queued = false;
	s->tcp.rcv_nxt = s->tcp.rcv_wup = 0;
	s->tcp.rto_ms = FT_RTO_FIRST_MS;
	s->tcp.retries = 0;
	s->tcp.syn_ns = model->now_ns;
	s->tcp.data_ns = model->now_ns - LONG_AGO_NS;
	s->tcp.timer_ns = ft_clock_in(model, FT_RTO_FIRST_MS * FT_MS_NS);
	s->tw_timestamps = model->sysctls[s->peer].timestamps;
	if (s->fastopen_connect && !s->tcp.fast) {
		s->tcp.fast = FT_FAST_ASKS;
		if (ft_fastopen_has_cookie(model, s))
			ft_beyond(model, "a connect() that waits for data");
	} else if (s->tcp.fast && ft_fastopen_has_cookie(model, s)) {
		s->tcp.fast = FT_FAST_COOKIE;
		s->tcp.snd_nxt = ++s->tcp.write_seq;
	}
	ft_wire_send(model, s, FT_SYN, isn, 0, s->tcp.snd_nxt - isn - 1);
}

void ft_handshake_answer(struct ft_model *model, struct ft_socket *s)
{
	ft_wire_send(model, s, FT_SYN | FT_ACK, s->tcp.snd_una, s->tcp.rcv_nxt, 0);
	s->tcp.rcv_wup = s->tcp.rcv_nxt;
}

void ft_handshake_again(struct ft_model *model, struct ft_socket *s)
{
	bool first = s->state == TCP_SYN_SENT;

	if (s->tcp.retries >= (first ? SYN_RETRIES + SYN_LINEAR : SYN_RETRIES)) {
		s->error = ETIMEDOUT;
		ft_stream_done(model, s);
		return;
	}
	if (first)
		ft_wire_send(model, s, FT_SYN, s->tcp.snd_una, 0, 0);
	else
		ft_handshake_answer(model, s);
	s->tcp.retries++;
	if (!first || s->tcp.retries > SYN_LINEAR)
		s->tcp.rto_ms *= 2;
	s->tcp.timer_ns = ft_clock_in(model, s->tcp.rto_ms * FT_MS_NS);
}

/* By the time stamp that the SYN-ACK brings back, which is that of the SYN that made the request;
 * or by the time of the only SYN. */
static int64_t round_trip(const struct ft_model *model, const struct ft_socket *s,
			  const struct ft_segment *g)
{
	if (s->tw_timestamps)
		return (int64_t)(model->now_ns - g->echo_ns);
	return s->tcp.retries ? -1 : (int64_t)(model->now_ns - s->tcp.syn_ns);
}

static void established(struct ft_model *model, struct ft_socket *s, const struct ft_segment *g)
{
	s->state = TCP_ESTABLISHED;
	s->tuned = true;
	s->other = g->sender;
	s->tcp.snd_una = g->ack;
	s->tcp.rcv_nxt = s->tcp.rcv_wup = ft_segment_end(g);
	s->tcp.timer_ns = 0;
	ft_output_measure(s, round_trip(model, s, g));
	s->tcp.retries = 0;
	s->tcp.ato_ms = s->tcp.quick = 0;
	s->tcp.pingpong = s->tcp.ack_due = false;
	s->tcp.data_ns = model->now_ns;
}

/* tcp_rcv_synsent_state_process() with an ACK. */
static void take_answer(struct ft_model *model, struct ft_socket *s, const struct ft_segment *g)
{
	bool defer;

	if (!ft_after(g->ack, s->tcp.snd_una) || ft_after(g->ack, s->tcp.snd_nxt)) {
		if (s->tcp.retries == 0 && ft_on(model, FT_RULE_SYN_AGAIN))
			s->tcp.timer_ns = ft_clock_in(model, AGAIN_TICKS * ft_clock_tick(model));
		ft_wire_refuse(model, g, s);
		return;
	}
	if (g->flags & FT_RST) {
		s->error = ECONNREFUSED;
		ft_stream_done(model, s);
		return;
	}
	if (!(g->flags & FT_SYN))
		return;
	s->tw_timestamps = s->tw_timestamps && g->timestamps;
	if (g->fast)
		ft_fastopen_keep(model, s);
	defer = s->defer_accept || s->tcp.pingpong;
	established(model, s, g);
	if (s->tcp.snd_una != s->tcp.snd_nxt) { /* the data of the SYN was not taken */
		ft_output_again(model, s);
		ft_output_arm(model, s);
		return;
	}
	if (defer && ft_on(model, FT_RULE_DEFER_CLIENT) && s->tcp.snd_nxt == s->tcp.write_seq) {
		s->tcp.ack_due = true;
		s->tcp.ack_ns = ft_clock_in(model, DEFERRED_ACK_NS);
		return;
	}
	ft_output_ack(model, s);
	ft_output_push(model, s);
}

void ft_handshake_syn_sent(struct ft_model *model, struct ft_socket *s, const struct ft_segment *g)
{
	if (g->flags & FT_ACK) {
		take_answer(model, s, g);
	} else if ((g->flags & FT_SYN) && !(g->flags & FT_RST) &&
		   ft_on(model, FT_RULE_SIMULTANEOUS)) {
		s->state = TCP_SYN_RECV;
		s->other = g->sender;
		ft_mptcp_cross(model, s);
		s->tw_timestamps = s->tw_timestamps && g->timestamps;
		s->tcp.rcv_nxt = g->seq + 1;
		s->tcp.synack_due = true;
		s->tcp.syn_ns = model->now_ns;
		ft_handshake_answer(model, s);
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * What does a connection send, and when does it send it again?
 *
 * Everything that may be sent goes in one segment. Nagle's algorithm holds back a small segment
 * while one is not acknowledged. What stays without an answer is sent again after some 200 ms, once
 * as a loss probe, then in twice the time each.
 */
#include <errno.h>

#include "model/stream.h"

/* tcp_retries2; of an orphan tcp_orphan_retries(). */
enum { RETRIES = 15, ORPHAN_RETRIES = 8 };

/* Every segment acknowledges what has come (tcp_event_ack_sent()). */
static void send_segment(struct ft_model *model, struct ft_socket *s, uint8_t flags, uint32_t seq,
			 uint32_t len)
{
	struct ft_tcp *tcp = &s->tcp;

	if (tcp->quick && tcp->ack_due && --tcp->quick == 0)
		tcp->ato_ms = FT_ATO_MIN_MS;
	tcp->rcv_wup = tcp->rcv_nxt;
	tcp->ack_due = tcp->pushed = tcp->pushed_twice = false;
	tcp->ack_ns = 0;
	ft_wire_send(model, s, flags | FT_ACK, seq, tcp->rcv_nxt, len);
}

void ft_output_ack(struct ft_model *model, struct ft_socket *s)
{
	send_segment(model, s, 0, s->tcp.snd_nxt, 0);
}

void ft_output_ack_later(struct ft_model *model, struct ft_socket *s)
{
	uint64_t ato_ns = s->tcp.ato_ms * FT_MS_NS;
	uint64_t at_ns = ft_clock_in(model, ato_ns);

	if (s->tcp.ack_ns && s->tcp.ack_ns <= model->now_ns + ato_ns / 4) {
		ft_output_ack(model, s);
		return;
	}
	if (!s->tcp.ack_ns || at_ns < s->tcp.ack_ns)
		s->tcp.ack_ns = at_ns;
}

/* tcp_rtt_estimator() and tcp_set_rto() at their first sample; without one tcp_init_metrics() falls
 * back on three seconds. The probe comes after two round trips (tcp_schedule_loss_probe()). */
void ft_output_measure(struct ft_socket *s, int64_t ns)
{
	uint32_t ms = ns > 0 ? (uint32_t)((uint64_t)ns / FT_MS_NS) : 0;

	if (ns < 0) {
		s->tcp.rto_first_ms = FT_RTO_FALLBACK_MS;
		s->tcp.probe_ms = FT_RTO_FIRST_MS;
	} else {
		s->tcp.rto_first_ms = ms * 2 > FT_RTO_MIN_MS ? ms * 3 : ms + FT_RTO_MIN_MS;
		s->tcp.probe_ms = ms * 2 + FT_RTO_MIN_MS;
	}
	if (s->tcp.probe_ms > s->tcp.rto_first_ms)
		s->tcp.probe_ms = s->tcp.rto_first_ms;
	s->tcp.rto_ms = s->tcp.rto_first_ms;
}

void ft_output_arm(struct ft_model *model, struct ft_socket *s)
{
	if (s->tcp.snd_una == s->tcp.snd_nxt || s->tcp.timer_ns)
		return;
	s->tcp.probe = true;
	s->tcp.timer_ns = ft_clock_in(model, s->tcp.probe_ms * FT_MS_NS);
}

/* Data of the unacknowledged part, without the FIN. */
static uint32_t data_between(const struct ft_socket *s, uint32_t from)
{
	return s->tcp.write_seq - from - s->tcp.fin_queued;
}

static bool is_corked(struct ft_model *model, const struct ft_socket *s)
{
	return !s->tcp.fin_queued && s->options[FT_SLOT_CORK] && ft_on(model, FT_RULE_CORK);
}

static bool is_held_back(struct ft_model *model, const struct ft_socket *s)
{
	return !s->tcp.fin_queued && !s->options[FT_SLOT_NODELAY] &&
	       s->tcp.snd_una != s->tcp.snd_nxt && ft_on(model, FT_RULE_NAGLE);
}

/* After a loss the congestion window has room for one segment, which is on its way. */
static bool is_congested(struct ft_model *model, const struct ft_socket *s)
{
	return s->tcp.retries && s->tcp.snd_una != s->tcp.snd_nxt &&
	       ft_on(model, FT_RULE_CONGESTION);
}

static bool may_send(const struct ft_socket *s)
{
	if (s->state == TCP_SYN_RECV)
		return s->tcp.fast_child;
	return s->state != TCP_CLOSE && s->state != TCP_SYN_SENT && s->state != TCP_LISTEN;
}

/* tcp_event_data_sent(): an answer soon after data makes a conversation. */
static void note_data_sent(struct ft_model *model, struct ft_socket *s)
{
	if (model->now_ns - s->tcp.data_ns < s->tcp.ato_ms * FT_MS_NS)
		s->tcp.pingpong = true;
}

/* Where nothing else will push them, a window probe takes the bytes with it
 * (tcp_check_probe_timer()). */
static void uncork_later(struct ft_model *model, struct ft_socket *s)
{
	if (s->tcp.snd_una != s->tcp.snd_nxt || s->tcp.timer_ns)
		return;
	s->tcp.probe = true;
	s->tcp.timer_ns = model->now_ns + s->tcp.rto_ms * FT_MS_NS;
}

void ft_output_push(struct ft_model *model, struct ft_socket *s)
{
	uint32_t seq = s->tcp.snd_nxt, len;

	if (!may_send(s) || seq == s->tcp.write_seq)
		return;
	if (is_corked(model, s)) {
		uncork_later(model, s);
		return;
	}
	if (is_held_back(model, s) || is_congested(model, s))
		return;
	len = data_between(s, seq);
	if (len)
		note_data_sent(model, s);
	s->tcp.snd_nxt = s->tcp.write_seq;
	send_segment(model, s, s->tcp.fin_queued ? FT_FIN : 0, seq, len);
	ft_output_arm(model, s);
}

void ft_output_fin(struct ft_model *model, struct ft_socket *s)
{
	s->tcp.fin_queued = true;
	s->tcp.write_seq++;
	ft_output_push(model, s);
}

void ft_output_reset(struct ft_model *model, struct ft_socket *s)
{
	ft_wire_send(model, s, FT_RST | FT_ACK, s->tcp.snd_nxt, s->tcp.rcv_nxt, 0);
}

void ft_output_again(struct ft_model *model, struct ft_socket *s)
{
	if (!may_send(s) || s->tcp.snd_una == s->tcp.write_seq)
		return;
	s->tcp.snd_nxt = s->tcp.write_seq;
	send_segment(model, s, s->tcp.fin_queued ? FT_FIN : 0, s->tcp.snd_una,
		     data_between(s, s->tcp.snd_una));
}

/* tcp_send_loss_probe(), tcp_retransmit_timer() */
void ft_output_timer(struct ft_model *model, struct ft_socket *s)
{
	if (s->state == TCP_SYN_SENT || s->state == TCP_SYN_RECV || s->tcp.synack_due) {
		ft_handshake_again(model, s);
		return;
	}
	if (!s->tcp.probe) {
		if (s->tcp.retries++ >= (ft_is_dead(s) ? ORPHAN_RETRIES : RETRIES)) {
			s->error = ETIMEDOUT;
			ft_stream_done(model, s);
			return;
		}
		s->tcp.rto_ms *= 2;
	}
	s->tcp.probe = false;
	ft_output_again(model, s);
	s->tcp.timer_ns = ft_clock_in(model, s->tcp.rto_ms * FT_MS_NS);
}

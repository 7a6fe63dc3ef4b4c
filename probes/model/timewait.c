/* SPDX-License-Identifier: MIT */
/*
 * What remains of a connection that is over?
 *
 * A timewait object: the 4-tuple, its owner's share of the port with the flags of that moment, and
 * the last sequence numbers. It answers what is late, gives way to a new SYN if somebody listens,
 * and dies of a reset. An orphan in FIN_WAIT2 becomes such an object too. There are at most
 * tcp_max_tw_buckets of them.
 */
#include "model/bucket.h"
#include "model/stream.h"

static struct ft_socket *copy_of(struct ft_model *model, const struct ft_socket *s)
{
	struct ft_socket *tw = ft_socket_new(model, s->family, s->peer);

	if (!tw)
		return NULL;
	tw->name = s->name;
	tw->uid = s->uid;
	tw->reuseaddr = s->reuseaddr;
	tw->reuseport = s->reuseport;
	tw->v6only = s->v6only;
	tw->transparent = s->transparent;
	tw->device = s->device;
	tw->local = s->local;
	tw->remote = s->remote;
	tw->remote_port = s->remote_port;
	tw->port_by_connect = s->port_by_connect;
	tw->tw_timestamps = s->tw_timestamps;
	tw->lost = s->lost;
	tw->time_wait = true;
	tw->tcp.rcv_nxt = s->tcp.rcv_nxt;
	tw->tcp.snd_nxt = s->tcp.snd_nxt;
	return tw;
}

static bool has_room(struct ft_model *model, const struct ft_socket *s)
{
	if (model->n_time_wait[s->peer] < model->sysctls[s->peer].max_tw_buckets ||
	    !ft_on(model, FT_RULE_TW_LIMIT))
		return true;
	ft_decided(model, FT_RULE_TW_LIMIT);
	return false;
}

static void end_after(struct ft_model *model, struct ft_socket *tw, uint64_t ns)
{
	tw->tcp.timer_ns = ft_clock_in(model, ns);
}

void ft_timewait_enter(struct ft_model *model, struct ft_socket *s, uint8_t state, uint64_t ns)
{
	struct ft_socket *tw;

	if (has_room(model, s) && ft_on(model, FT_RULE_TIME_WAIT)) {
		tw = copy_of(model, s);
		if (!tw)
			return;
		model->n_time_wait[s->peer]++;
		tw->state = state;
		tw->since_ns = model->now_ns;
		end_after(model, tw, state == TCP_TIME_WAIT ? FT_TIMEWAIT_NS : ns);
		if (s->bucket != FT_NOBODY)
			ft_bucket_own(model, &model->buckets[s->bucket], tw);
		ft_tuple_remove(model, s);
		ft_tuple_add(model, tw);
	}
	ft_stream_done(model, s);
	if (ft_is_dead(s) && s->listener == FT_NOBODY && s->bucket == FT_NOBODY)
		ft_socket_retire(model, s);
}

/* tcp_fin_time() */
static uint64_t fin_time(const struct ft_model *model, const struct ft_socket *s)
{
	int32_t own = s->options[FT_SLOT_LINGER2];
	uint64_t seconds = own > 0 ? (uint64_t)own : model->sysctls[s->peer].fin_timeout_s;
	uint64_t ns = seconds * 1000 * FT_MS_NS;
	uint64_t least = s->tcp.rto_ms * FT_MS_NS * 7 / 2;

	return ns < least ? least : ns;
}

bool ft_timewait_refused(const struct ft_model *model, const struct ft_socket *s)
{
	return s->options[FT_SLOT_LINGER2] < 0 && ft_on(model, FT_RULE_LINGER2);
}

void ft_timewait_orphan(struct ft_model *model, struct ft_socket *s)
{
	uint64_t ns = fin_time(model, s);

	if (ft_timewait_refused(model, s)) {
		ft_decided(model, FT_RULE_LINGER2);
		ft_output_reset(model, s);
		ft_stream_done(model, s);
		ft_wire_run(model);
	} else if (ns > FT_TIMEWAIT_NS) /* stays a socket for what is more than that */
		s->tcp.timer_ns = ft_clock_in(model, ns - FT_TIMEWAIT_NS);
	else
		ft_timewait_enter(model, s, TCP_FIN_WAIT2, ns);
}

/* tcp_keepalive_timer(): the rest of the time is spent as a timewait object. */
void ft_timewait_orphan_again(struct ft_model *model, struct ft_socket *s)
{
	ft_timewait_enter(model, s, TCP_FIN_WAIT2, fin_time(model, s) - FT_TIMEWAIT_NS);
}

static void send_ack(struct ft_model *model, const struct ft_socket *tw)
{
	ft_wire_send(model, tw, FT_ACK, tw->tcp.snd_nxt, tw->tcp.rcv_nxt, 0);
}

/* Data for a socket that is closed. */
static bool is_too_late(struct ft_model *model, const struct ft_socket *tw,
			const struct ft_segment *g)
{
	bool data = !(g->flags & FT_FIN) || ft_segment_end(g) != tw->tcp.rcv_nxt + 1;

	if (!data || !ft_on(model, FT_RULE_DATA_TOO_LATE))
		return false;
	ft_decided(model, FT_RULE_DATA_TOO_LATE);
	return true;
}

/* The FIN that a closed socket in FIN_WAIT2 waits for, or what it does not wait for. */
static void in_fin_wait2(struct ft_model *model, struct ft_socket *tw, const struct ft_segment *g)
{
	uint32_t end = ft_segment_end(g);

	if (!ft_segment_in_window(model, g, tw->tcp.rcv_nxt)) {
		send_ack(model, tw);
		return;
	}
	if (g->flags & FT_RST) {
		ft_stream_destroy(model, tw);
		return;
	}
	if (!(g->flags & FT_SYN) &&
	    (!(g->flags & FT_ACK) || !ft_after(end, tw->tcp.rcv_nxt) || end == g->seq))
		return;
	if ((g->flags & FT_SYN) || is_too_late(model, tw, g)) {
		ft_wire_refuse(model, g, tw);
		ft_stream_destroy(model, tw);
		return;
	}
	tw->state = TCP_TIME_WAIT;
	tw->tcp.rcv_nxt = end;
	end_after(model, tw, FT_TIMEWAIT_NS);
	send_ack(model, tw);
}

/* A new SYN from the same 4-tuple. */
static bool gives_way(struct ft_model *model, struct ft_socket *tw, const struct ft_segment *g)
{
	struct ft_socket *listener;
	uint32_t isn = tw->tcp.snd_nxt + 65535 + 2;

	if (g->flags != FT_SYN || !ft_on(model, FT_RULE_TW_SYN))
		return false;
	if (!ft_after(g->seq, tw->tcp.rcv_nxt) && !(tw->tw_timestamps && g->timestamps))
		return false;
	listener = ft_lookup_listener(model, g, true);
	if (!listener)
		return false;
	ft_stream_destroy(model, tw);
	if (!listener->deaf || !ft_on(model, FT_RULE_DEAF))
		ft_request_listen(model, listener, g, isn ? isn : 1);
	else
		ft_decided(model, FT_RULE_DEAF);
	return true;
}

void ft_timewait_receive(struct ft_model *model, struct ft_socket *tw, const struct ft_segment *g)
{
	bool reset = g->flags & FT_RST;

	if (tw->state == TCP_FIN_WAIT2) {
		in_fin_wait2(model, tw, g);
		return;
	}
	if (g->seq == tw->tcp.rcv_nxt && (g->seq == ft_segment_end(g) || reset)) {
		if (reset)
			ft_stream_destroy(model, tw); /* tcp_rfc1337=0 */
		else
			end_after(model, tw, FT_TIMEWAIT_NS);
		return;
	}
	if (reset || gives_way(model, tw, g))
		return;
	if (g->flags & FT_ACK)
		end_after(model, tw, FT_TIMEWAIT_NS);
	send_ack(model, tw);
}

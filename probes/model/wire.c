/* SPDX-License-Identifier: MIT */
/*
 * Where does a segment go, and who receives it?
 *
 * Own addresses are reached over loopback, those of the other host over the wire. Segments arrive
 * in the order in which they were sent, before any time passes. A connection has its segments
 * first, TIME_WAIT included, then a request, then a listener; what is for nobody is answered by a
 * reset. A socket filter that drops everything makes its socket deaf; a timewait object has no
 * filter.
 */
#include "model/stream.h"

/* A storm of acknowledgements between two sockets that do not understand each other. */
enum { STORM = 1000 };

static bool in_storm(struct ft_model *model, unsigned n)
{
	if (n < STORM)
		return false;
	ft_beyond(model, "segments that answer each other without end");
	model->wire.n = 0;
	return true;
}

/* Where does a segment from a host to an address arrive, and on which interface? device: what its
 * socket is bound to. */
static bool find_way(const struct ft_model *model, bool peer, const struct ft_ip *from,
		     const struct ft_ip *to, uint8_t device, struct ft_segment *ret)
{
	uint8_t at = ft_device_of(model, peer, to), out;
	struct ft_ip source;

	ret->packet.peer = peer;
	ret->device = at;
	if (at != FT_DEV_NONE && device == FT_DEV_LO)
		ret->device = FT_DEV_LO; /* as the way that its sender asked for */
	if (at != FT_DEV_NONE)
		return !device || device == at || (device == FT_DEV_LO && ft_ip_is_v4(to));
	ret->packet.peer = !peer;
	ret->device = FT_DEV_ETH;
	return ft_route(model, peer, to, device, &out, &source) && out == FT_DEV_ETH &&
	       !ft_ip_is_loopback(from) && ft_device_of(model, !peer, to) != FT_DEV_NONE;
}

bool ft_wire_reaches(const struct ft_model *model, const struct ft_socket *s)
{
	struct ft_segment segment;

	return !s->lost && find_way(model, s->peer, &s->local, &s->remote, s->device, &segment);
}

static void put(struct ft_model *model, const struct ft_segment *g)
{
	struct ft_wire *wire = &model->wire;

	if (wire->n == FT_WIRE_MAX) {
		ft_beyond(model, "more segments on their way than the model carries");
		return;
	}
	wire->segments[(wire->first + wire->n++) % FT_WIRE_MAX] = *g;
}

/* What is not sent by a socket does not go to ::1 from the address of another interface than lo, as
 * the answer is to leave by that interface (tcp_v6_send_response()). */
static bool is_strict(const struct ft_ip *to, uint8_t device, uint8_t bound)
{
	return !bound && !ft_ip_is_v4(to) && ft_ip_is_loopback(to) && device != FT_DEV_LO;
}

static bool is_no_socket(const struct ft_socket *s, uint8_t flags)
{
	return s->time_wait || (s->tcp.request && !(flags & FT_SYN));
}

void ft_wire_send(struct ft_model *model, const struct ft_socket *s, uint8_t flags, uint32_t seq,
		  uint32_t ack, uint32_t len)
{
	struct ft_segment segment = {
		.packet = {.stream = true,
			   .payload = -1,
			   .from = s->local,
			   .to = s->remote,
			   .from_port = s->tuple_port,
			   .to_port = s->remote_port},
		.flags = flags,
		.timestamps = s->tw_timestamps,
		.echo_ns = s->tcp.syn_ns,
		.fast = flags & FT_SYN ? s->tcp.fast : FT_FAST_NONE,
		.sender = s->id,
		.seq = seq,
		.ack = ack,
		.len = len,
	};

	if (s->lost || !find_way(model, s->peer, &s->local, &s->remote, s->device, &segment))
		return;
	if (is_no_socket(s, flags) &&
	    is_strict(&s->remote, ft_device_of(model, s->peer, &s->local), s->device))
		return;
	segment.forced = s->device == FT_DEV_LO && segment.packet.peer == s->peer &&
			 ft_device_of(model, s->peer, &s->remote) != FT_DEV_LO;
	put(model, &segment);
}

/* Nobody's reset is not sent where the segment came by a route that is not local
 * (tcp_v4_send_reset()). */
static bool goes_unanswered(const struct ft_segment *g, const struct ft_socket *on)
{
	if (ft_ip_is_v4(&g->packet.to))
		return !on && g->forced;
	return is_strict(&g->packet.from, g->device, on ? on->device : FT_DEV_NONE);
}

void ft_wire_refuse(struct ft_model *model, const struct ft_segment *g, const struct ft_socket *on)
{
	struct ft_segment answer = {
		.packet = {.stream = true,
			   .payload = -1,
			   .from = g->packet.to,
			   .to = g->packet.from,
			   .from_port = g->packet.to_port,
			   .to_port = g->packet.from_port},
		.flags = FT_RST,
		.sender = FT_NOBODY,
		.seq = g->ack,
	};

	if ((g->flags & FT_RST) || goes_unanswered(g, on))
		return;
	if (!(g->flags & FT_ACK)) {
		answer.flags |= FT_ACK;
		answer.seq = 0;
		answer.ack = ft_segment_end(g);
	}
	if (find_way(model, g->packet.peer, &g->packet.to, &g->packet.from, on ? on->device : 0,
		     &answer))
		put(model, &answer);
}

bool ft_segment_in_window(struct ft_model *model, const struct ft_segment *g, uint32_t first)
{
	uint32_t end = ft_segment_end(g), last = first + FT_WINDOW;

	if (g->flags == FT_SYN && !ft_on(model, FT_RULE_SYN_WINDOW))
		return false;
	if (g->flags == FT_SYN && ft_after(g->seq, first + FT_WINDOW / 4) &&
	    ft_before(g->seq, first + FT_WINDOW * 4))
		return ft_choose(model, 2, FT_RULE_SYN_WINDOW) == ft_before(last, g->seq);
	if (g->seq == first || (ft_after(end, first) && ft_before(g->seq, last)))
		return true;
	return g->seq == last && g->seq == end;
}

static struct ft_socket *find_connection(struct ft_model *model, const struct ft_segment *g)
{
	return ft_tuple_find(model, g->packet.peer, &g->packet.to, g->packet.to_port,
			     &g->packet.from, g->packet.from_port, g->device);
}

static bool is_deaf(struct ft_model *model, const struct ft_socket *s)
{
	if (!s->deaf || !ft_on(model, FT_RULE_DEAF))
		return false;
	ft_decided(model, FT_RULE_DEAF);
	return true;
}

/* What the sender writes into a segment as its time to live (ip_select_ttl()). */
static int32_t ttl_of(const struct ft_model *model, const struct ft_segment *g)
{
	const struct ft_socket *s = g->sender == FT_NOBODY ? NULL : ft_socket_at(model, g->sender);
	int32_t own = 0;

	if (s && s->tcp.request && s->listener != FT_NOBODY)
		s = ft_socket_at(model, s->listener);
	if (s && !s->time_wait && ft_ip_is_v4(&g->packet.to))
		own = s->options[FT_SLOT_IP_TTL];
	else if (s && !s->time_wait)
		own = s->options[FT_SLOT_V6_UNICAST_HOPS]; /* 0 is what it begins with */
	if (!ft_ip_is_v4(&g->packet.to))
		return own ? ~own : FT_HOP_LIMIT;
	return own ? own : model->sysctls[s ? s->peer : g->packet.peer].default_ttl;
}

/* tcp_v4_rcv(), tcp_v6_rcv() */
static bool is_too_far(struct ft_model *model, const struct ft_socket *s,
		       const struct ft_segment *g)
{
	bool v4 = ft_ip_is_v4(&g->packet.to);
	int32_t least = s->options[v4 ? FT_SLOT_IP_MINTTL : FT_SLOT_V6_MINHOPCOUNT];

	if (!least || ttl_of(model, g) >= least || !ft_on(model, FT_RULE_OPTION_MINTTL))
		return false;
	ft_decided(model, FT_RULE_OPTION_MINTTL);
	return true;
}

static void to_listener(struct ft_model *model, const struct ft_segment *g)
{
	bool counts = g->flags == FT_SYN || ft_request_is_cookie(g);
	struct ft_socket *listener = ft_lookup_listener(model, g, counts);

	if (!listener) {
		if (g->flags == FT_SYN)
			ft_decided(model, FT_RULE_REFUSED);
		if (g->flags != FT_SYN || ft_on(model, FT_RULE_REFUSED))
			ft_wire_refuse(model, g, NULL);
	} else if (!is_deaf(model, listener) && !is_too_far(model, listener, g)) {
		ft_request_listen(model, listener, g, 0);
	}
}

static void to_connection(struct ft_model *model, struct ft_socket *s, const struct ft_segment *g)
{
	if (!s->mptcp) /* MPTCP's is that of the subflow */
		ft_note_cpu(model, s);
	if (s->state == TCP_SYN_SENT)
		ft_handshake_syn_sent(model, s, g);
	else if (s->tcp.fast_child && g->flags == FT_SYN && g->seq == s->tcp.syn_seq)
		ft_handshake_answer(model, s);
	else
		ft_receive(model, s, g);
}

/* tcp_v4_rcv(), tcp_v6_rcv() */
static void deliver(struct ft_model *model, const struct ft_segment *g)
{
	struct ft_socket *s = find_connection(model, g);

	while (s && s->tcp.request) {
		if (ft_request_receive(model, s, g))
			return;
		s = find_connection(model, g);
	}
	if (!s)
		to_listener(model, g);
	else if (s->time_wait)
		ft_timewait_receive(model, s, g);
	else if (!is_deaf(model, s) && !is_too_far(model, s, g))
		to_connection(model, s, g);
}

void ft_wire_run(struct ft_model *model)
{
	struct ft_wire *wire = &model->wire;
	unsigned n = 0;

	if (wire->running)
		return;
	wire->running = true;
	while (wire->n && !in_storm(model, n++)) {
		struct ft_segment segment = wire->segments[wire->first];

		wire->first = (wire->first + 1) % FT_WIRE_MAX;
		wire->n--;
		deliver(model, &segment);
	}
	wire->running = false;
}

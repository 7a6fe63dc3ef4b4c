/* SPDX-License-Identifier: MIT */
/*
 * How does a listener get a connection?
 *
 * A SYN becomes a request, which is a 4-tuple without a socket: no port is owned by it. The
 * client's acknowledgement makes it a child that waits in the listener's queue, with the listener's
 * options of that moment. A full queue takes no SYN, and leaves an acknowledgement without a child.
 */
#include "model/bucket.h"
#include "model/stream.h"

enum { SYNACK_RETRIES = 5 }; /* the kernel's default */

struct ft_packet ft_packet_to(const struct ft_socket *s)
{
	return (struct ft_packet){
		.peer = s->peer,
		.stream = true,
		.bare = true,
		.payload = -1,
		.from = s->remote,
		.to = s->local,
		.from_port = s->remote_port,
		.to_port = s->tuple_port,
	};
}

/* ---- the queue ---- */

void ft_accept_put(struct ft_model *model, struct ft_socket *listener, struct ft_socket *child)
{
	child->listener = listener->id;
	child->queue_next = FT_NOBODY;
	if (listener->queued++ == 0)
		listener->queue_next = child->id;
	else
		ft_socket_at(model, listener->tcp.queue_last)->queue_next = child->id;
	listener->tcp.queue_last = child->id;
}

struct ft_socket *ft_accept_take(struct ft_model *model, struct ft_socket *listener)
{
	struct ft_socket *child;

	if (listener->queued == 0)
		return NULL;
	child = ft_socket_at(model, listener->queue_next);
	listener->queue_next = child->queue_next;
	listener->queued--;
	child->listener = child->queue_next = FT_NOBODY;
	return child;
}

static bool is_full(struct ft_model *model, const struct ft_socket *listener)
{
	if (listener->queued <= listener->backlog || !ft_on(model, FT_RULE_QUEUE_FULL))
		return false;
	ft_decided(model, FT_RULE_QUEUE_FULL);
	return true;
}

/* ---- the listener ---- */

static struct ft_socket *new_request(struct ft_model *model, struct ft_socket *listener,
				     const struct ft_segment *g, uint32_t isn)
{
	const struct ft_packet *packet = &g->packet;
	struct ft_socket *request = ft_socket_new(model, listener->family, listener->peer);

	if (!request)
		return NULL;
	request->state = TCP_SYN_RECV;
	request->tcp.request = true;
	request->uid = listener->uid;
	request->device = listener->device;
	request->own_device = listener->own_device;
	request->local = packet->to;
	request->remote = packet->from;
	request->port = request->shown_port = packet->to_port;
	request->remote_port = packet->from_port;
	request->listener = listener->id;
	request->other = g->sender;
	/* A client that speaks TCP gets a TCP socket (mptcp_accept()). */
	if (g->sender != FT_NOBODY && !ft_socket_at(model, g->sender)->mptcp)
		request->mptcp = false;
	request->tw_timestamps = g->timestamps && model->sysctls[listener->peer].timestamps;
	request->tcp.syn_ns = model->now_ns;
	request->tcp.rcv_nxt = g->seq + 1;
	request->tcp.snd_una = isn;
	request->tcp.snd_nxt = request->tcp.write_seq = isn + 1;
	return request;
}

/* What a child has of its listener (inet_csk_clone_lock(), sk_clone_lock()). */
static void inherit(struct ft_model *model, struct ft_socket *child, struct ft_socket *listener)
{
	if (ft_on(model, FT_RULE_CHILD_FLAGS)) {
		child->reuseaddr = listener->reuseaddr;
		child->reuseport = listener->reuseport;
	}
	child->v6only = listener->v6only;
	child->mapped_ops = child->v6 && (ft_ip_is_v4(&child->remote) || listener->mapped_ops);
	child->lost = child->mapped_ops && !ft_ip_is_v4(&child->remote);
	child->freebind = listener->freebind;
	child->transparent = listener->transparent;
	child->no_port = listener->no_port;
	child->deaf = listener->deaf;
	ft_note_cpu(model, child);
	child->linger = listener->linger;
	child->range_low = listener->range_low;
	child->range_high = listener->range_high;
	child->shut = listener->shut;
	child->served = child->tuned = true;
	if (!listener->mptcp) /* one that it has migrated to */
		child->mptcp = false;
	child->uid = listener->uid;
	child->address_explicit = listener->address_explicit;
	ft_options_inherit(model, child, listener);
	ft_bucket_inherit(model, child, listener);
}

/* tcp_fastopen_create_child(): the data of the SYN makes a child at once. */
static void make_fast_child(struct ft_model *model, struct ft_socket *request,
			    struct ft_socket *listener, const struct ft_segment *g)
{
	ft_tuple_add(model, request);
	request->tcp.request = false;
	request->tcp.fast_child = request->tcp.synack_due = true;
	request->tcp.syn_seq = g->seq;
	request->tcp.rcv_nxt += g->len;
	request->tcp.rcv_wup = request->tcp.rcv_nxt;
	request->unread = g->len;
	request->tcp.rto_ms = FT_RTO_FIRST_MS;
	request->tcp.timer_ns = ft_clock_in(model, FT_RTO_FIRST_MS * FT_MS_NS);
	inherit(model, request, listener);
	ft_accept_put(model, listener, request);
	ft_handshake_answer(model, request);
}

/* reqsk_timeout() */
static void wait_for_ack(struct ft_model *model, struct ft_socket *request)
{
	uint64_t ms = (uint64_t)FT_RTO_FIRST_MS << request->tcp.retries;

	request->tcp.timer_ns = ft_clock_in(model, ms * FT_MS_NS);
}

static void count(struct ft_socket *listener)
{
	listener->tcp.n_requests++;
	listener->tcp.n_held++;
}

/* tcp_conn_request() */
static void take_syn(struct ft_model *model, struct ft_socket *listener, const struct ft_segment *g,
		     uint32_t isn)
{
	bool cookie = !isn && listener->tcp.n_requests > listener->backlog &&
		      ft_on(model, FT_RULE_SYN_COOKIE);
	struct ft_socket *request;

	if (is_full(model, listener))
		return;
	if (cookie)
		isn = ft_isn_cookie(&g->packet, g->seq);
	else if (!isn)
		isn = ft_isn_next(model, &g->packet);
	request = new_request(model, listener, g, isn);
	if (!request)
		return;
	request->tuple_port = request->port;
	if (request->v6 && !ft_ip_is_v4(&request->remote) && !ft_wire_reaches(model, request))
		return; /* inet6_csk_route_req(): there is no way back */
	if (!cookie && g->fast && ft_fastopen_serves(model, listener)) {
		if (g->fast == FT_FAST_COOKIE) {
			make_fast_child(model, request, listener, g);
			return;
		}
		request->tcp.fast = FT_FAST_COOKIE;
	}
	if (!cookie) {
		count(listener);
		ft_tuple_add(model, request);
		wait_for_ack(model, request);
	}
	ft_handshake_answer(model, request);
	if (cookie) {
		ft_decided(model, FT_RULE_SYN_COOKIE);
		request->listener = FT_NOBODY;
		request->tcp.request = false;
		ft_stream_destroy(model, request);
	}
}

/* tcp_v4_syn_recv_sock(): false if there is no room for it. */
static bool make_child(struct ft_model *model, struct ft_socket *request,
		       struct ft_socket *listener, const struct ft_segment *g)
{
	if (is_full(model, listener))
		return false;
	request->tcp.request = false;
	request->tcp.timer_ns = 0;
	request->tcp.retries = 0;
	request->tcp.snd_una = request->tcp.snd_nxt;
	request->tcp.rcv_wup = request->tcp.rcv_nxt;
	request->tcp.data_ns = model->now_ns;
	if (request->other != FT_NOBODY)
		ft_socket_at(model, request->other)->other = request->id;
	inherit(model, request, listener);
	ft_accept_put(model, listener, request);
	if (!ft_on(model, FT_RULE_CHILD_ADDRESS))
		request->local = listener->local;
	ft_receive(model, request, g);
	return true;
}

bool ft_request_is_cookie(const struct ft_segment *g)
{
	return !(g->flags & (FT_SYN | FT_RST)) && (g->flags & FT_ACK) &&
	       g->ack - 1 == ft_isn_cookie(&g->packet, g->seq - 1);
}

/* cookie_v4_check(): does the segment end a handshake that nobody remembers? */
static bool take_cookie(struct ft_model *model, struct ft_socket *listener,
			const struct ft_segment *g)
{
	struct ft_segment syn = *g;
	struct ft_socket *request;

	syn.seq = g->seq - 1;
	if (!ft_request_is_cookie(g))
		return false;
	if (is_full(model, listener))
		return true;
	request = new_request(model, listener, &syn, g->ack - 1);
	if (!request)
		return true;
	ft_tuple_add(model, request);
	make_child(model, request, listener, g);
	return true;
}

void ft_request_listen(struct ft_model *model, struct ft_socket *listener,
		       const struct ft_segment *g, uint32_t isn)
{
	if (take_cookie(model, listener, g))
		return;
	if (g->flags & FT_ACK)
		ft_wire_refuse(model, g, listener);
	else if (g->flags == FT_SYN)
		take_syn(model, listener, g, isn);
}

/* ---- the request ---- */

/* A listener loses a request. One that is closed stays in its group, aside, until the last of them
 * is gone. */
static void let_go(struct ft_model *model, struct ft_socket *listener)
{
	if (--listener->tcp.n_held == 0 && listener->state == TCP_CLOSE && listener->refs == 0)
		ft_group_leave(model, listener);
}

static struct ft_socket *first_listener(const struct ft_model *model,
					const struct ft_socket *request)
{
	return ft_socket_at(model, request->listener);
}

/* counted: the listener whose count is lowered, be it the one that the request was about to migrate
 * to, which has not counted it (tcp_check_req()). */
static void drop_request(struct ft_model *model, struct ft_socket *request,
			 struct ft_socket *counted)
{
	counted->tcp.n_requests--;
	let_go(model, first_listener(model, request));
	request->listener = FT_NOBODY;
	request->tcp.request = false;
	ft_stream_destroy(model, request);
}

/* The listener of a request, or the one that it migrates to; NULL: it is gone with its listener. */
static struct ft_socket *listener_of(struct ft_model *model, const struct ft_socket *request)
{
	struct ft_socket *listener = ft_socket_at(model, request->listener);
	struct ft_packet packet = ft_packet_to(request);

	if (listener->state == TCP_LISTEN)
		return listener;
	return ft_group_migrate(model, listener, &packet);
}

static bool is_deferred(struct ft_model *model, const struct ft_socket *request,
			const struct ft_socket *listener, const struct ft_segment *g)
{
	if (request->tcp.retries >= listener->defer_accept ||
	    ft_segment_end(g) != request->tcp.rcv_nxt || !ft_on(model, FT_RULE_DEFER_ACCEPT))
		return false;
	ft_decided(model, FT_RULE_DEFER_ACCEPT);
	return true;
}

/* The acknowledgement of a SYN-ACK. */
static void take_ack(struct ft_model *model, struct ft_socket *request, struct ft_socket *listener,
		     const struct ft_segment *g)
{
	struct ft_socket *first = first_listener(model, request);

	if (is_deferred(model, request, listener, g)) {
		request->tcp.acked = true;
	} else if (make_child(model, request, listener, g)) {
		first->tcp.n_requests--;
		let_go(model, first);
	} else if (model->sysctls[listener->peer].abort_on_overflow &&
		   ft_on(model, FT_RULE_OVERFLOW_ABORT)) {
		ft_decided(model, FT_RULE_OVERFLOW_ABORT);
		ft_wire_refuse(model, g, listener);
		drop_request(model, request, listener);
	} else {
		request->tcp.acked = true;
	}
}

/* tcp_check_req() */
static void check(struct ft_model *model, struct ft_socket *request, struct ft_socket *listener,
		  const struct ft_segment *g)
{
	uint8_t flags = g->flags & (FT_SYN | FT_ACK | FT_RST);
	uint32_t client_isn = request->tcp.rcv_nxt - 1;

	if (g->seq == client_isn && flags == FT_SYN) {
		request->tcp.resent = true;
		ft_handshake_answer(model, request);
		wait_for_ack(model, request);
		return;
	}
	if ((flags & FT_ACK) && !(flags & FT_RST) && g->ack != request->tcp.snd_nxt) {
		ft_request_listen(model, listener, g, 0);
		return;
	}
	if (!ft_segment_in_window(model, g, request->tcp.rcv_nxt)) {
		if (!(flags & FT_RST))
			ft_wire_send(model, request, FT_ACK, request->tcp.snd_nxt,
				     request->tcp.rcv_nxt, 0);
		return;
	}
	if (g->seq == client_isn)
		flags &= (uint8_t)~FT_SYN;
	if (flags & (FT_RST | FT_SYN)) {
		if ((flags & FT_RST) && g->seq != request->tcp.rcv_nxt) {
			ft_wire_send(model, request, FT_ACK, request->tcp.snd_nxt,
				     request->tcp.rcv_nxt, 0);
			return;
		}
		ft_wire_refuse(model, g, listener);
		drop_request(model, request, listener);
	} else if (flags & FT_ACK) {
		take_ack(model, request, listener, g);
	}
}

bool ft_request_receive(struct ft_model *model, struct ft_socket *request,
			const struct ft_segment *g)
{
	struct ft_socket *listener = listener_of(model, request);

	if (!listener) {
		drop_request(model, request, first_listener(model, request));
		return false;
	}
	if (listener->deaf && ft_on(model, FT_RULE_DEAF))
		ft_decided(model, FT_RULE_DEAF);
	else
		check(model, request, listener, g);
	return true;
}

/* reqsk_timer_handler(), syn_ack_recalc() */
void ft_request_timer(struct ft_model *model, struct ft_socket *request)
{
	struct ft_socket *listener = listener_of(model, request);
	int32_t deferred = listener ? listener->defer_accept : 0;
	int32_t n = request->tcp.retries;
	bool resend = !deferred || !request->tcp.acked || n + 1 >= deferred;

	if (!listener ||
	    (n >= SYNACK_RETRIES && (!deferred || !request->tcp.acked || n >= deferred))) {
		drop_request(model, request, first_listener(model, request));
		return;
	}
	if (listener->id != request->listener) {
		first_listener(model, request)->tcp.n_requests--;
		let_go(model, first_listener(model, request));
		count(listener);
		request->listener = listener->id;
	}
	if (resend) {
		request->tcp.resent = true;
		ft_handshake_answer(model, request);
	}
	request->tcp.retries++;
	wait_for_ack(model, request);
}

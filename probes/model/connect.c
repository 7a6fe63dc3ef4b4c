/* SPDX-License-Identifier: MIT */
/*
 * Which 4-tuple does a TCP connect() get, if any?
 *
 * The route gives the source address, then either the socket brings a port and only its 4-tuple is
 * checked, or connect() looks for a port that nobody bound and whose 4-tuple is free. TIME_WAIT may
 * hand its 4-tuple over. What is sent then is stream.c's.
 */
#include <errno.h>
#include <string.h>

#include "model/bucket.h"
#include "model/option.h"
#include "model/pick.h"
#include "model/stream.h"

/* What a connect without an answer costs in time (probes/engine/run.h). */
#define PENDING_NS UINT64_C(400000000)
/* The case's own clock does not count the microseconds of calls, nor the milliseconds in which a
 * closed connection settles: times closer than this are not told apart. */
#define BLUR_NS UINT64_C(40000000)
#define MS_NS UINT64_C(1000000)

/* ---- the table of 4-tuples ---- */

/* The addresses count, too: ten thousand connections may differ in one byte of them. */
static uint16_t *chain_of(struct ft_model *model, const struct ft_ip *local, uint32_t port,
			  const struct ft_ip *remote, uint32_t remote_port)
{
	uint64_t near, far, hash;

	memcpy(&near, local->bytes + 8, sizeof(near));
	memcpy(&far, remote->bytes + 8, sizeof(far));
	hash = (near ^ port) * UINT64_C(0x9e3779b97f4a7c15);
	hash = (hash ^ hash >> 32 ^ far ^ remote_port) * UINT64_C(0xbf58476d1ce4e5b9);
	return &model->tuple_heads[hash >> 54]; /* FT_TUPLE_HEADS: ten bits */
}

void ft_tuple_add(struct ft_model *model, struct ft_socket *s)
{
	uint16_t *head = chain_of(model, &s->local, s->port, &s->remote, s->remote_port);

	ft_tuple_remove(model, s);
	s->tuple_port = s->port;
	s->tuple_chain = (uint16_t)(head - model->tuple_heads);
	s->next_tuple = *head;
	s->in_tuples = true;
	*head = s->id;
}

void ft_tuple_remove(struct ft_model *model, struct ft_socket *s)
{
	uint16_t *link;

	if (!s->in_tuples)
		return;
	link = &model->tuple_heads[s->tuple_chain];
	while (*link != s->id)
		link = &ft_socket_at(model, *link)->next_tuple;
	*link = s->next_tuple;
	s->in_tuples = false;
}

/* inet_match(): is a segment that comes in by device for s? */
static bool is_for(const struct ft_model *model, const struct ft_socket *s, uint8_t device)
{
	return !s->device || s->device == device || !ft_on(model, FT_RULE_TUPLE_DEVICE);
}

struct ft_socket *ft_tuple_find(struct ft_model *model, bool peer, const struct ft_ip *local,
				uint32_t port, const struct ft_ip *remote, uint32_t remote_port,
				uint8_t device)
{
	for (uint16_t i = *chain_of(model, local, port, remote, remote_port); i != FT_NOBODY;) {
		struct ft_socket *s = ft_socket_at(model, i);

		i = s->next_tuple;
		if (s->tuple_port == port && s->remote_port == remote_port && s->peer == peer &&
		    ft_ip_equal(&s->local, local) && ft_ip_equal(&s->remote, remote) &&
		    is_for(model, s, device))
			return s;
	}
	return NULL;
}

/* ---- TIME_WAIT gives way ---- */

static bool touches_loopback(const struct ft_socket *tw)
{
	return tw->device == FT_DEV_LO || ft_ip_is_loopback(&tw->local) ||
	       ft_ip_is_loopback(&tw->remote);
}

/* Has this much time passed since tw came into its state? Not told apart: a choice. */
static bool has_waited(struct ft_model *model, const struct ft_socket *tw, uint64_t delay_ns)
{
	uint64_t age_ns = model->now_ns - tw->since_ns;

	if (age_ns > delay_ns + BLUR_NS)
		return true;
	if (age_ns + BLUR_NS < delay_ns)
		return false;
	return ft_choose(model, 2, FT_RULE_TW_REUSE_DELAY) == 0;
}

static bool delay_is_over(struct ft_model *model, const struct ft_socket *tw)
{
	const struct ft_sysctls *sysctls = &model->sysctls[tw->peer];
	uint64_t delay_ns = sysctls->tw_reuse_delay_ms * MS_NS;

	if (!ft_on(model, FT_RULE_TW_REUSE_DELAY))
		return true;
	if (ft_has(model, FT_TOGGLE_TW_REUSE_DELAY))
		return has_waited(model, tw, delay_ns);
	/* Before 6.14: another second of the clock must have begun, and one more passed. */
	if (model->now_ns - tw->since_ns >= 2000 * MS_NS)
		return true;
	return model->now_ns - tw->since_ns >= 1000 * MS_NS &&
	       ft_choose(model, 2, FT_RULE_TW_REUSE_DELAY) == 0;
}

/* tcp_twsk_unique() for a port of connect()'s choice. */
static bool gives_way_to_choice(struct ft_model *model, const struct ft_socket *tw)
{
	uint8_t mode = model->sysctls[tw->peer].tw_reuse;

	ft_decided(model, FT_RULE_TW_REUSE);
	if (!ft_on(model, FT_RULE_TW_REUSE))
		return false;
	if (tw->state == TCP_FIN_WAIT2 && ft_has(model, FT_TOGGLE_FIN_WAIT2_KEPT) &&
	    ft_on(model, FT_RULE_TW_REUSE_FIN_WAIT2)) {
		ft_decided(model, FT_RULE_TW_REUSE_FIN_WAIT2);
		return false;
	}
	if (mode == 2 && !touches_loopback(tw) && ft_on(model, FT_RULE_TW_REUSE_LOOPBACK)) {
		ft_decided(model, FT_RULE_TW_REUSE_LOOPBACK);
		return false;
	}
	if (mode == 0)
		return false;
	ft_decided(model, FT_RULE_TW_REUSE_DELAY);
	return delay_is_over(model, tw);
}

static bool gives_way(struct ft_model *model, const struct ft_socket *tw, bool chosen)
{
	ft_decided(model, FT_RULE_TUPLE_TIMESTAMPS);
	if (!tw->tw_timestamps && ft_on(model, FT_RULE_TUPLE_TIMESTAMPS))
		return false;
	if (chosen)
		return gives_way_to_choice(model, tw);
	ft_decided(model, FT_RULE_TUPLE_TIME_WAIT);
	return ft_on(model, FT_RULE_TUPLE_TIME_WAIT);
}

/* ---- ports and 4-tuples ---- */

/* Who has the 4-tuple that s would get with this port? A TIME_WAIT that gives way has it not, and
 * is *ret_tw. */
static struct ft_socket *owner_of(struct ft_model *model, const struct ft_socket *s, uint32_t port,
				  bool chosen, struct ft_socket **ret_tw)
{
	struct ft_socket *owner = ft_tuple_find(model, s->peer, &s->local, port, &s->remote,
						s->remote_port, s->device);

	*ret_tw = NULL;
	if (!owner || owner == s || !ft_on(model, FT_RULE_TUPLE_UNIQUE))
		return NULL;
	ft_decided(model, FT_RULE_TUPLE_UNIQUE);
	if (owner->time_wait && gives_way(model, owner, chosen)) {
		*ret_tw = owner;
		return NULL;
	}
	return owner;
}

static bool is_usable(struct ft_model *model, struct ft_socket *s, uint32_t port)
{
	const struct ft_bucket *bucket = ft_bucket_find(model, s->peer, port);
	struct ft_socket *tw;

	if (!bucket)
		return true;
	if (!bucket->connect_only && ft_on(model, FT_RULE_PORT_CONNECT_ONLY)) {
		ft_decided(model, FT_RULE_PORT_CONNECT_ONLY);
		ft_held(model, ft_socket_at(model, bucket->first));
		return false;
	}
	return !owner_of(model, s, port, true, &tw);
}

static int parity(const struct ft_model *model, const struct ft_socket *s)
{
	bool own_range = s->range_low || s->range_high;

	if (own_range && ft_has(model, FT_TOGGLE_RANGE_NO_PARITY) &&
	    ft_on(model, FT_RULE_PORT_NO_PARITY))
		return -1;
	return ft_on(model, FT_RULE_PORT_PARITY) ? 0 : -1;
}

/* connect() chooses: the port, and with it what is left of the former owner of the 4-tuple. */
static int32_t choose_port(struct ft_model *model, struct ft_socket *s)
{
	struct ft_bucket *bucket;
	uint32_t low, high, port;
	struct ft_socket *tw;

	ft_port_range(model, s, &low, &high);
	port = ft_port_pick(model, s, low, high, parity(model, s), is_usable, FT_RULE_PORT_PARITY);
	if (!port)
		return EADDRNOTAVAIL;
	owner_of(model, s, port, true, &tw);
	if (tw)
		ft_stream_destroy(model, tw);
	bucket = ft_bucket_get(model, s->peer, port);
	if (!bucket)
		return ENOMEM;
	ft_bucket_connect(model, bucket, s);
	return 0;
}

static int32_t claim_tuple(struct ft_model *model, struct ft_socket *s)
{
	struct ft_socket *owner, *tw;

	if (!s->port)
		return choose_port(model, s);
	owner = owner_of(model, s, s->port, false, &tw);
	if (owner) {
		ft_held(model, owner);
		return EADDRNOTAVAIL;
	}
	if (tw)
		ft_stream_destroy(model, tw);
	return 0;
}

/* inet_bhash2_reset_saddr() */
static void forget_address(struct ft_model *model, struct ft_socket *s)
{
	s->lost = false;
	s->remote_port = 0;
	if (!s->address_explicit && ft_on(model, FT_RULE_CONNECT_FAILED_ADDRESS))
		ft_bucket_move(model, s, s->v6 ? &ft_ip_any6 : &ft_ip_any4);
}

/* The connect() that found no 4-tuple: from SYN_SENT back to CLOSE. */
static void give_up(struct ft_model *model, struct ft_socket *s)
{
	if (!s->port_explicit && ft_on(model, FT_RULE_CONNECT_FAILED_PORT))
		ft_bucket_leave(model, s);
	forget_address(model, s);
}

/* tcp_disconnect() */
void ft_connect_dissolve(struct ft_model *model, struct ft_socket *s)
{
	ft_stream_disconnect(model, s);
	forget_address(model, s);
	s->connecting = s->associated = s->severed = false;
	s->fallback = s->spoken = s->data_fin = s->served = s->untold = s->held = s->ragged = false;
}

/* tcp_v6_connect(): a link-local destination means something by one device only, which s is bound
 * to from now on. */
static int32_t take_scope(struct ft_model *model, struct ft_socket *s, const struct ft_ip *dest)
{
	if (ft_ip_is_multicast(dest) || !ft_ip_needs_scope(dest))
		return 0;
	if (dest->scope && s->device && s->device != dest->scope) {
		ft_decided(model, FT_RULE_BIND_SCOPE);
		return EINVAL;
	}
	if (dest->scope)
		s->device = dest->scope;
	return 0;
}

/* From CLOSE to SYN_SENT and what the SYN leads to at once; a positive errno where there is no
 * SYN. */
static int32_t dial(struct ft_model *model, struct ft_socket *s, struct ft_ip dest, uint32_t port)
{
	struct ft_ip source;
	int32_t error = take_scope(model, s, &dest);

	if (!error)
		error = ft_route_connect(model, s, &dest, &source, &s->lost);
	if (error)
		return error;
	if (ft_ip_is_any(&s->local) || ft_ip_is_multicast(&s->local) ||
	    ft_ip_is_v4(&s->local) != ft_ip_is_v4(&dest)) {
		if (ft_on(model, FT_RULE_CONNECT_NARROWS))
			ft_bucket_move(model, s, &source);
	}
	s->remote = dest;
	s->remote_port = port;
	error = claim_tuple(model, s);
	if (error) {
		give_up(model, s);
		return error;
	}
	if (ft_ip_is_v4(&dest)) {
		s->mapped_ops = s->v6;
	} else if (s->mapped_ops && ft_on(model, FT_RULE_MAPPED_FOR_GOOD)) {
		ft_decided(model, FT_RULE_MAPPED_FOR_GOOD);
		s->lost = true;
	}
	s->state = TCP_SYN_SENT;
	s->connecting = true;
	ft_tuple_add(model, s);
	ft_stream_open(model, s);
	return 0;
}

/* ---- what is said of it ---- */

static bool reads_back(const struct ft_handle *handle)
{
	return !handle->explicit_port || handle->local.host == FT_HOST_ANY ||
	       handle->local.host == FT_HOST_ANY4;
}

static enum ft_pace say_established(struct ft_model *model, struct ft_socket *s)
{
	struct ft_predicted *row = ft_say(model, FT_END_OK, 0);

	model->handle->connected = true;
	s->connecting = false;
	s->associated = true;
	s->fallback = s->mptcp && ft_is_fallback(model, s);
	ft_say_receiver(model, row, s);
	if (reads_back(model->handle))
		ft_read_back(model, model->handle, row);
	return FT_PACE_WORD;
}

static enum ft_pace say_pending(struct ft_model *model)
{
	struct ft_predicted *row = ft_say(model, FT_END_PENDING, 0);

	model->handle->connected = model->handle->begun = true;
	model->queues_stale = true;
	if (reads_back(model->handle))
		ft_read_back(model, model->handle, row);
	return FT_PACE_STEP;
}

/* __inet_stream_connect() at its end: the answer to a connect() that blocks. */
static enum ft_pace answer(struct ft_model *model, struct ft_socket *s)
{
	int32_t error = s->error;

	if (s->state == TCP_SYN_SENT || s->state == TCP_SYN_RECV) {
		uint64_t limit_ns = model->now_ns + PENDING_NS;

		ft_stream_while(model, s, TCP_SYN_SENT, limit_ns);
		ft_stream_while(model, s, TCP_SYN_RECV, limit_ns);
		if (s->state == TCP_SYN_SENT || s->state == TCP_SYN_RECV)
			return say_pending(model);
		error = s->error;
	}
	if (s->untold) {
		ft_stream_until(model, model->now_ns + PENDING_NS);
		ft_decided(model, FT_RULE_MPTCP_CROSS);
		return say_pending(model);
	}
	if (s->state != TCP_CLOSE)
		return say_established(model, s);
	if (model->rule == FT_RULE_NONE)
		ft_decided(model, FT_RULE_CONNECT_ERROR_ONCE);
	s->error = 0;
	ft_connect_dissolve(model, s);
	if (!error)
		error = ft_on(model, FT_RULE_CONNECT_ERROR_ONCE) ? ECONNABORTED : ECONNREFUSED;
	return ft_say_call(model, error);
}

/* ---- words ---- */

/* Where the word's endpoint is; 0, or the errno of the call, or -1: the model has no word on it. */
static int32_t destination(struct ft_model *model, struct ft_ip *ip, uint32_t *port)
{
	int rc = ft_address_get(model, model->sock->family, &model->word->at, ip, port);

	if (rc == -ENOENT || rc == -ENODEV) {
		ft_beyond(model, "an address of the case is not there");
		return -1;
	}
	if (rc < 0)
		ft_decided(model, FT_RULE_BIND_FAMILY);
	return -rc;
}

/* Why s cannot be connected now, or 0. */
static int32_t refusal(struct ft_model *model, const struct ft_socket *s)
{
	if (!ft_on(model, FT_RULE_CONNECT_AGAIN))
		return 0;
	if (s->severed) {
		ft_decided(model, FT_RULE_CONNECT_AGAIN);
		return EINVAL;
	}
	if (s->associated || s->state != TCP_CLOSE) {
		ft_decided(model, FT_RULE_CONNECT_AGAIN);
		return EISCONN;
	}
	return 0;
}

/* fast: by MSG_FASTOPEN. */
static enum ft_pace connect_by(struct ft_model *model, bool fast)
{
	struct ft_socket *s = model->sock;
	struct ft_ip dest;
	uint32_t port;
	int32_t error;

	if (!s->stream)
		return ft_udp_connect(model);
	ft_receiver_refresh(model);
	if (s->connecting && !s->associated)
		return answer(model, s);
	error = refusal(model, s);
	if (!error)
		error = destination(model, &dest, &port);
	s->tcp.fast = fast ? FT_FAST_ASKS : FT_FAST_NONE;
	if (!error)
		error = dial(model, s, dest, port);
	if (error < 0)
		return FT_PACE_BEYOND;
	if (error && fast)
		ft_fastopen_failed(model, s);
	return error ? ft_say_call(model, error) : answer(model, s);
}

enum ft_pace ft_model_connect(struct ft_model *model)
{
	return connect_by(model, false);
}

enum ft_pace ft_connect_fast(struct ft_model *model)
{
	return connect_by(model, true);
}

/* A second connect() before the first has its answer. */
static enum ft_pace begin_again(struct ft_model *model, struct ft_socket *s)
{
	struct ft_predicted *row;

	if (s->state == TCP_SYN_SENT || s->state == TCP_SYN_RECV || s->untold)
		return ft_say_call(model, EALREADY);
	if (s->state == TCP_CLOSE)
		return answer(model, s);
	s->connecting = false;
	s->associated = true;
	row = ft_say(model, FT_END_OK, 0);
	model->handle->connected = model->handle->begun = true;
	model->queues_stale = true;
	if (reads_back(model->handle))
		ft_read_back(model, model->handle, row);
	return FT_PACE_WORD;
}

enum ft_pace ft_model_begin(struct ft_model *model)
{
	struct ft_socket *s = model->sock;
	struct ft_predicted *row;
	struct ft_ip dest;
	uint32_t port;
	int32_t error;

	if (!s->stream)
		return ft_udp_connect(model);
	if (s->connecting && !s->associated)
		return begin_again(model, s);
	error = refusal(model, s);
	if (!error)
		error = destination(model, &dest, &port);
	s->tcp.fast = FT_FAST_NONE;
	if (!error)
		error = dial(model, s, dest, port);
	if (error < 0)
		return FT_PACE_BEYOND;
	if (error)
		return ft_say_call(model, error);
	row = ft_say(model, FT_END_OK, 0);
	model->handle->connected = model->handle->begun = true;
	model->queues_stale = true;
	if (reads_back(model->handle))
		ft_read_back(model, model->handle, row);
	return FT_PACE_WORD;
}

enum ft_pace ft_model_disconnect(struct ft_model *model)
{
	struct ft_socket *s = model->sock;
	struct ft_handle *handle = model->handle;

	if (!s->stream)
		return ft_udp_disconnect(model);
	if (handle->begun && s->state == TCP_CLOSE)
		s->error = 0; /* the engine has asked what became of it */
	ft_connect_dissolve(model, s);
	ft_receiver_forget(model, handle);
	handle->connected = handle->begun = false;
	handle->local = handle->bound;
	handle->local_known = handle->bound_known;
	return ft_say_call(model, 0);
}

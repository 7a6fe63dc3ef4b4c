/* SPDX-License-Identifier: MIT */
/*
 * What do connect, disconnect, send, recv and shutdown do to a UDP socket?
 *
 * Each in the kernel's order of checks, since the first one that fails is the answer. An IPv6
 * socket does the work for v4-mapped addresses as an IPv4 socket would.
 */
#include <errno.h>
#include <linux/net_tstamp.h>
#include <string.h>

#include "model/datagram.h"

static int32_t refuse(struct ft_model *model, enum ft_rule rule, int32_t error)
{
	ft_decided(model, rule);
	return error;
}

/* The word's endpoint: 0, or the errno of an address of the wrong family, or -1: the model has no
 * word on it. A v4 literal is an address that an IPv6 socket can send to. */
static int32_t destination(struct ft_model *model, struct ft_ip *ip, uint32_t *port)
{
	int rc = ft_address_get(model, model->sock->family, &model->word->at, ip, port);

	if (rc == -ENOENT || rc == -ENODEV) {
		ft_beyond(model, "an address of the case is not there");
		return -1;
	}
	if (rc == -EAFNOSUPPORT)
		return refuse(model, FT_RULE_BIND_FAMILY, EAFNOSUPPORT);
	return 0;
}

/* :: is this host, to a socket on a mapped address by IPv4. */
static void find_host(const struct ft_model *model, const struct ft_ip *own, struct ft_ip *to)
{
	if (!ft_ip_equal(to, &ft_ip_any6) || !ft_on(model, FT_RULE_CONNECT_ANY))
		return;
	to->bytes[15] = 1;
	if (ft_ip_is_v4(own)) {
		to->bytes[10] = to->bytes[11] = 0xff;
		to->bytes[12] = 127;
	}
}

/* ---- connect(2) ---- */

/* The device by which IPv4 sends. An IPv6 socket has IP_MULTICAST_IF, too. */
static uint8_t device4(const struct ft_model *model, const struct ft_socket *s,
		       const struct ft_ip *to)
{
	if (s->device || !ft_ip_is_multicast(to) || !ft_on(model, FT_RULE_MCAST_IF))
		return s->device;
	return s->v6 ? (uint8_t)s->options[FT_SLOT_IP_MULTICAST_IF] : s->multicast_if;
}

static uint8_t device6(const struct ft_model *model, const struct ft_socket *s,
		       const struct ft_ip *to)
{
	if (s->device || !ft_ip_is_multicast(to) || !ft_on(model, FT_RULE_MCAST_IF))
		return s->device;
	return s->multicast_if;
}

/* ... and the address: that of IP_MULTICAST_IF, if it has none of its own. */
static struct ft_ip source4(const struct ft_socket *s, const struct ft_ip *to)
{
	struct ft_ip source = s->v6 ? s->udp.source4 : s->udp.source;

	if (ft_ip_is_any(&source)) {
		source = ft_ip_any4;
		if (ft_ip_is_multicast(to))
			memcpy(source.bytes + 12, &s->options[FT_SLOT_IP_MULTICAST_ADDRESS], 4);
	}
	return source;
}

static void narrow(struct ft_model *model, struct ft_socket *s, const struct ft_ip *source)
{
	if (!ft_on(model, FT_RULE_UDP_NARROWS))
		return;
	s->local = *source;
	ft_udp_rehash(model, s);
}

static void connected(struct ft_model *model, struct ft_socket *s)
{
	ft_group_connected(model, s);
	s->state = TCP_ESTABLISHED;
	s->udp.routed = true;
	ft_udp_hash4(model, s);
}

/* The way from s to an address by IPv4, as ip_route_connect() looks for it: once more when both
 * ends are known. What it wrote into the socket on its way stays there, also if it fails. */
static int32_t find_way4(struct ft_model *model, struct ft_socket *s, const struct ft_ip *to,
			 uint32_t port, struct ft_way *way)
{
	struct ft_ip source = source4(s, to);
	struct ft_way own;
	int32_t error;

	s->udp.routed = false;
	s->udp.tried_remote = *to;
	s->udp.tried_source = source;
	s->udp.tried_port = port;
	error = ft_way_find(model, s, to, &source, device4(model, s, to), way);
	if (!error && (ft_ip_is_any(to) || ft_ip_is_any(&source))) {
		own = *way;
		s->udp.tried_remote = own.to;
		s->udp.tried_source = own.source;
		error = ft_way_find(model, s, &own.to, &own.source, device4(model, s, to), way);
	}
	return error;
}

/* __ip4_datagram_connect() and what __ip6_datagram_connect() does after it */
static int32_t connect4(struct ft_model *model, struct ft_socket *s, const struct ft_ip *to,
			uint32_t port)
{
	struct ft_way way;
	int32_t error = find_way4(model, s, to, port, &way);

	if (error)
		return error;
	if (way.broadcast && !s->broadcast && ft_on(model, FT_RULE_UDP_BROADCAST))
		return refuse(model, FT_RULE_UDP_BROADCAST, EACCES);
	s->remote = s->udp.remote4 = way.to;
	s->remote_port = port;
	if (ft_ip_is_any(&s->udp.source4) && s->v6)
		s->udp.source4 = way.source;
	if (ft_ip_is_any(&s->udp.source))
		s->udp.source = s->v6 ? s->udp.source4 : way.source;
	if (ft_ip_is_any(&s->local))
		narrow(model, s, &way.source);
	connected(model, s);
	return 0;
}

/* The interface of a destination that means something on one only. */
static int32_t take_scope(struct ft_model *model, struct ft_socket *s, const struct ft_ip *to)
{
	if (!ft_ip_needs_scope(to))
		return 0;
	if (to->scope) {
		if (s->device && s->device != to->scope)
			return refuse(model, FT_RULE_BIND_SCOPE, EINVAL);
		s->device = to->scope;
	}
	if (!s->device && ft_ip_is_multicast(to))
		s->device = s->multicast_if;
	if (!s->device && ft_on(model, FT_RULE_BIND_SCOPE))
		return refuse(model, FT_RULE_BIND_SCOPE, EINVAL);
	return 0;
}

/* __ip6_datagram_connect() for an IPv6 destination */
static int32_t connect6(struct ft_model *model, struct ft_socket *s, const struct ft_ip *to,
			uint32_t port)
{
	int32_t error = take_scope(model, s, to);
	struct ft_way way;

	if (!error)
		error = ft_way_find(model, s, to, &s->udp.source, device6(model, s, to), &way);
	if (error)
		return error;
	s->remote = way.to;
	s->remote.scope = FT_DEV_NONE; /* from now on it is the socket's device */
	s->remote_port = port;
	if (ft_ip_equal(&s->udp.source, &ft_ip_any6))
		s->udp.source = way.source;
	if (ft_ip_equal(&s->local, &ft_ip_any6))
		narrow(model, s, &way.source);
	connected(model, s);
	return 0;
}

static int32_t connect_to(struct ft_model *model, struct ft_socket *s, struct ft_ip to,
			  uint32_t port)
{
	bool literal4 = model->word->at.host == FT_HOST_LITERAL4;

	if (s->v6)
		find_host(model, &s->local, &to);
	if (!ft_ip_is_v4(&to))
		return connect6(model, s, &to, port);
	if (s->v6 && s->v6only && ft_on(model, FT_RULE_ROUTE_FAMILY))
		return refuse(model, FT_RULE_ROUTE_FAMILY, literal4 ? EAFNOSUPPORT : ENETUNREACH);
	return connect4(model, s, &to, port);
}

static bool reads_back(const struct ft_handle *handle)
{
	return !handle->explicit_port || handle->local.host == FT_HOST_ANY ||
	       handle->local.host == FT_HOST_ANY4;
}

enum ft_pace ft_udp_connect(struct ft_model *model)
{
	struct ft_socket *s = model->sock;
	int32_t error = ft_udp_autobind(model, s);
	struct ft_predicted *row;
	struct ft_ip to;
	uint32_t port;

	if (!error)
		error = destination(model, &to, &port);
	if (!error)
		error = connect_to(model, s, to, port);
	if (error < 0)
		return FT_PACE_BEYOND;
	if (error)
		return ft_say_call(model, error);
	model->handle->connected = true;
	row = ft_say(model, FT_END_OK, 0);
	if (reads_back(model->handle))
		ft_read_back(model, model->handle, row);
	return FT_PACE_WORD;
}

enum ft_pace ft_udp_disconnect(struct ft_model *model)
{
	struct ft_handle *handle = model->handle;

	ft_udp_dissolve(model, model->sock);
	handle->connected = false;
	handle->local = handle->bound;
	handle->local_known = handle->bound_known;
	return ft_say_call(model, 0);
}

/* ---- send(2), sendto(2) ---- */

/* By a way that is kept goes what the last connect() wrote into the socket (inet->cork.fl): if that
 * failed, to where it did not connect. */
static void follow_last(struct ft_model *model, const struct ft_socket *s, struct ft_way *way,
			uint32_t *port)
{
	if ((*port == s->udp.tried_port && ft_ip_equal(&way->to, &s->udp.tried_remote)) ||
	    !ft_on(model, FT_RULE_UDP_CONNECT_FAILED))
		return;
	ft_decided(model, FT_RULE_UDP_CONNECT_FAILED);
	*port = s->udp.tried_port;
	way->to = s->udp.tried_remote;
	way->source = s->udp.tried_source;
	ft_way_divert(model, s->peer, way);
}

/* udp_sendmsg(); to NULL: where s is connected to */
static int32_t send4(struct ft_model *model, struct ft_socket *s, const struct ft_ip *to,
		     uint32_t *port, struct ft_way *way)
{
	bool kept = !to && s->udp.routed && !ft_ip_is_multicast(&s->udp.remote4);
	struct ft_ip source;
	int32_t error;

	if (to && *port == 0 && ft_on(model, FT_RULE_UDP_PORT0))
		return refuse(model, FT_RULE_UDP_PORT0, EINVAL);
	if (!to)
		to = &s->udp.remote4;
	source = source4(s, to);
	error = ft_way_find(model, s, to, &source, device4(model, s, to), way);
	if (error)
		return error;
	if (way->broadcast && !s->broadcast && !kept && ft_on(model, FT_RULE_UDP_BROADCAST))
		return refuse(model, FT_RULE_UDP_BROADCAST, EACCES);
	if (kept)
		follow_last(model, s, way, port);
	else if (to == &s->udp.remote4)
		s->udp.routed = true;
	return 0;
}

/* udpv6_sendmsg() for an IPv6 destination */
static int32_t send6(struct ft_model *model, struct ft_socket *s, const struct ft_ip *to,
		     uint32_t port, bool given, struct ft_way *way)
{
	uint8_t device = ft_ip_needs_scope(to) && to->scope ? to->scope : device6(model, s, to);

	if (given && port == 0 && ft_on(model, FT_RULE_UDP_PORT0))
		return refuse(model, FT_RULE_UDP_PORT0, EINVAL);
	return ft_way_find(model, s, to, &s->udp.source, device, way);
}

static int32_t find_way(struct ft_model *model, struct ft_socket *s, struct ft_ip *to,
			uint32_t *port, struct ft_way *way)
{
	bool given = model->word->has_at;

	if (!given) {
		if (s->state != TCP_ESTABLISHED && ft_on(model, FT_RULE_UDP_DESTINATION))
			return refuse(model, FT_RULE_UDP_DESTINATION, EDESTADDRREQ);
		*to = s->remote;
		*port = s->remote_port;
	} else if (s->v6) {
		find_host(model, &s->udp.source, to);
	}
	if (!s->v6)
		return send4(model, s, given ? to : NULL, port, way);
	if (!ft_ip_is_v4(to))
		return send6(model, s, to, *port, given, way);
	if (s->v6only && ft_on(model, FT_RULE_ROUTE_FAMILY))
		return refuse(model, FT_RULE_ROUTE_FAMILY, ENETUNREACH);
	return send4(model, s, to, port, way);
}

/* sock_alloc_send_pskb() */
static int32_t may_send(struct ft_model *model, struct ft_socket *s)
{
	int32_t error = s->error;

	if (error && ft_on(model, FT_RULE_UDP_ERROR)) {
		s->error = 0;
		return refuse(model, FT_RULE_UDP_ERROR, error);
	}
	if (s->shut & 2 && ft_on(model, FT_RULE_UDP_PIPE))
		return refuse(model, FT_RULE_UDP_PIPE, EPIPE);
	return 0;
}

/* A copy of what is sent comes back with its time, and waits in the same memory as what is received
 * (__skb_tstamp_tx()); what waits for its neighbour's address has no time yet. */
static bool is_stamped(const struct ft_socket *s, const struct ft_way *way)
{
	int32_t wanted = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_TX_SCHED;

	return (way->here || way->wire || way->multicast) &&
	       s->options[FT_SLOT_TIMESTAMPING] & wanted;
}

/* As the engine sees it: which sockets' receive memory has grown. */
static void say_receivers(struct ft_model *model, struct ft_predicted *row)
{
	row->got.known = true;
	for (size_t i = 0; i < model->n_handles; i++) {
		uint16_t id = model->handles[i].socket;

		if (id != FT_NOBODY && !ft_socket_at(model, id)->stream &&
		    ft_socket_at(model, id)->udp.got == model->datagrams)
			ft_say_got(model, &row->got, (uint16_t)i);
	}
}

static enum ft_pace send_off(struct ft_model *model, struct ft_socket *s, const struct ft_way *way,
			     uint32_t port)
{
	int payload = model->word->value < 0 ? 0 : (int)model->word->value;
	struct ft_receivers any = {.n = 0};
	struct ft_predicted *row;

	model->datagrams++;
	ft_deliver(model, s, way, port, payload, &any);
	if (is_stamped(s, way))
		s->udp.got = model->datagrams;
	row = ft_say(model, FT_END_OK, 0);
	row->any = any;
	say_receivers(model, row);
	if (!model->handle->local_known)
		ft_read_back(model, model->handle, row);
	return FT_PACE_WORD;
}

enum ft_pace ft_udp_send(struct ft_model *model)
{
	struct ft_socket *s = model->sock;
	int32_t error = ft_udp_autobind(model, s);
	uint32_t port = 0;
	struct ft_way way;
	struct ft_ip to;

	if (!error && model->word->has_at)
		error = destination(model, &to, &port);
	if (!error)
		error = find_way(model, s, &to, &port, &way);
	if (!error)
		error = may_send(model, s);
	if (error < 0)
		return FT_PACE_BEYOND;
	return error ? ft_say_call(model, error) : send_off(model, s, &way, port);
}

/* ---- recv(2), shutdown(2) ---- */

enum ft_pace ft_udp_recv(struct ft_model *model)
{
	struct ft_socket *s = model->sock;
	int32_t error = s->error;

	if (error) {
		s->error = 0;
		ft_decided(model, FT_RULE_UDP_ERROR);
		return ft_say_call(model, error);
	}
	if (s->unread == 0)
		return ft_say_call(model, EAGAIN);
	s->unread--;
	return ft_say_value(model, 1);
}

/* inet_shutdown(): refused without a peer, and done all the same. */
enum ft_pace ft_udp_shutdown(struct ft_model *model)
{
	struct ft_socket *s = model->sock;

	s->shut |= (uint8_t)(model->word->detail + 1);
	if (s->state != TCP_ESTABLISHED && ft_on(model, FT_RULE_UDP_SHUTDOWN)) {
		ft_decided(model, FT_RULE_UDP_SHUTDOWN);
		return ft_say_call(model, ENOTCONN);
	}
	return ft_say_call(model, 0);
}

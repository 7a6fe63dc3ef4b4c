/* SPDX-License-Identifier: MIT */
/*
 * Which way does a TCP connection go, from which address, and does anything come back?
 *
 * The layout is that of the sandbox: lo, and eth with one host at its other end. A socket that is
 * bound to a device sends by it even where the address lies elsewhere: IPv4 takes any destination
 * for a neighbour then, and the segments are lost; IPv6 finds no route.
 */
#include <errno.h>
#include <string.h>

#include "model/state.h"

/* What a way is: the source address, and whether anything comes back. */
struct way {
	struct ft_ip *source;
	bool *lost;
};

static int32_t no_way(struct ft_model *model, const struct ft_socket *s, enum ft_rule rule,
		      int32_t error, const struct way *way)
{
	ft_decided(model, rule);
	if (ft_on(model, rule))
		return error;
	*way->source = s->local;
	*way->lost = true;
	return 0;
}

static struct ft_ip loopback(bool v4)
{
	struct ft_ip ip = v4 ? ft_ip_any4 : ft_ip_any6;

	ip.bytes[15] = 1;
	if (v4)
		ip.bytes[12] = 127;
	return ip;
}

/* The address that s has, if it has one. */
static const struct ft_ip *given_source(const struct ft_socket *s, bool v4)
{
	/* what a socket on an IPv6 address has as inet_saddr (LOOPBACK4_IPV6) */
	static const struct ft_ip loopback6 = {.bytes = {[10] = 0xff, 0xff, 127, 0, 0, 6}};

	if (ft_ip_is_any(&s->local))
		return NULL;
	if (v4 && !ft_ip_is_v4(&s->local))
		return &loopback6;
	if (ft_ip_is_v4(&s->local) != v4)
		return NULL;
	return ft_ip_is_multicast(&s->local) ? NULL : &s->local;
}

/* 0.0.0.0 means the own address, or that of the socket's device, or loopback; :: means loopback,
 * mapped for a mapped socket. By whatever device, it is this host. */
static void find_host(const struct ft_socket *s, struct ft_ip *dest)
{
	const struct ft_ip *source;

	if (s->v6 && !ft_ip_is_v4(dest)) {
		*dest = loopback(ft_ip_is_v4(&s->local));
		return;
	}
	source = given_source(s, true);
	if (source)
		*dest = *source;
	else if (s->device == FT_DEV_ETH)
		memcpy(dest->bytes + 12, ft_hosts[s->peer ? FT_HOST_PEER : FT_HOST_ETH].v4, 4);
	else
		*dest = loopback(true);
}

/* IPv4 by a device that the destination does not lie on. */
static int32_t off_device(struct ft_model *model, const struct ft_socket *s,
			  const struct ft_ip *dest, const struct ft_ip *source,
			  const struct way *way)
{
	struct ft_ip eth;

	ft_decided(model, FT_RULE_ROUTE_DEVICE);
	if (s->device != FT_DEV_LO && source && ft_ip_is_loopback(source))
		return no_way(model, s, FT_RULE_ROUTE_SOURCE, EINVAL, way);
	eth = ft_ip_any4;
	memcpy(eth.bytes + 12, ft_hosts[s->peer ? FT_HOST_PEER : FT_HOST_ETH].v4, 4);
	*way->source = source ? *source : eth;
	/* By lo to another own address: that is delivered. */
	*way->lost = s->device != FT_DEV_LO || ft_device_of(model, s->peer, dest) == FT_DEV_NONE;
	return 0;
}

/* The device whose network a broadcast address is of; none for 255.255.255.255. */
static uint8_t net_of(const struct ft_ip *broadcast)
{
	switch (broadcast->bytes[12]) {
	case 127:
		return FT_DEV_LO;
	case 192:
		return FT_DEV_ETH;
	default:
		return FT_DEV_NONE;
	}
}

/* A group, or all; by another device than its own a broadcast address is a neighbour's. */
static bool is_for_many(const struct ft_model *model, const struct ft_socket *s,
			const struct ft_ip *dest)
{
	if (ft_ip_is_multicast(dest))
		return true;
	return ft_ip_is_broadcast(model, s->peer, dest) &&
	       !(s->device && net_of(dest) && net_of(dest) != s->device &&
		 ft_on(model, FT_RULE_ROUTE_DEVICE));
}

static int32_t route_v4(struct ft_model *model, const struct ft_socket *s, const struct ft_ip *dest,
			const struct way *way)
{
	const struct ft_ip *source = given_source(s, true);
	uint8_t at = ft_device_of(model, s->peer, dest), device;
	struct ft_ip usual;

	if (is_for_many(model, s, dest)) {
		bool leaves = s->device ? s->device != FT_DEV_LO : net_of(dest) == FT_DEV_ETH;

		if (leaves && source && ft_ip_is_loopback(source))
			return no_way(model, s, FT_RULE_ROUTE_SOURCE, EINVAL, way);
		return no_way(model, s, FT_RULE_ROUTE_MULTICAST, ENETUNREACH, way);
	}
	if (source && ft_device_of(model, s->peer, source) == FT_DEV_NONE) {
		*way->lost = true; /* what is answered goes to whose address it is */
		*way->source = *source;
		return s->transparent ? 0 : no_way(model, s, FT_RULE_ROUTE, ENETUNREACH, way);
	}
	if (s->device && ft_on(model, FT_RULE_ROUTE_DEVICE)) {
		bool wire = at == FT_DEV_NONE && s->device == FT_DEV_ETH &&
			    ft_route(model, s->peer, dest, FT_DEV_ETH, &device, &usual);

		if (at != s->device && !wire)
			return off_device(model, s, dest, source, way);
	}
	if (!ft_route(model, s->peer, dest, FT_DEV_NONE, &device, &usual))
		return no_way(model, s, FT_RULE_ROUTE, ENETUNREACH, way);
	if (source && ft_ip_is_loopback(source) && device != FT_DEV_LO)
		return no_way(model, s, FT_RULE_ROUTE_SOURCE, EINVAL, way);
	*way->source = source ? *source : usual;
	return 0;
}

static int32_t route_v6(struct ft_model *model, const struct ft_socket *s, const struct ft_ip *dest,
			const struct way *way)
{
	uint8_t at = ft_device_of(model, s->peer, dest), device;
	bool link_local = dest->bytes[0] == 0xfe && (dest->bytes[1] & 0xc0) == 0x80;
	struct ft_ip usual;

	if (ft_ip_is_multicast(dest))
		return no_way(model, s, FT_RULE_ROUTE_MULTICAST, ENETUNREACH, way);
	if (link_local && !dest->scope && !s->device)
		return no_way(model, s, FT_RULE_BIND_SCOPE, EINVAL, way);
	if (ft_ipv6_is_off(model, s->peer))
		return no_way(model, s, FT_RULE_IPV6_OFF, ft_ipv6_off_error(&s->local), way);
	if (!ft_route(model, s->peer, dest, s->device, &device, &usual))
		return no_way(model, s, FT_RULE_ROUTE, ENETUNREACH, way);
	if (s->device && at != FT_DEV_NONE && at != s->device && ft_on(model, FT_RULE_ROUTE_DEVICE))
		return no_way(model, s, FT_RULE_ROUTE_DEVICE, ENETUNREACH, way);
	if (ft_ip_is_v4(&s->local))
		return no_way(model, s, FT_RULE_ROUTE_FAMILY, EAFNOSUPPORT, way);
	*way->source = given_source(s, false) ? s->local : usual;
	return 0;
}

/* To this host under no name. A device without an address has that of lo, from which nothing
 * goes out by it. */
static int32_t route_here(struct ft_model *model, const struct ft_socket *s, struct ft_ip *dest,
			  const struct way *way)
{
	find_host(s, dest);
	ft_decided(model, FT_RULE_CONNECT_ANY);
	if (!ft_ip_is_v4(dest))
		return route_v6(model, s, dest, way);
	if (s->v6 && s->v6only)
		return no_way(model, s, FT_RULE_ROUTE_FAMILY, ENETUNREACH, way);
	if (s->device >= FT_DEV_LINKS && ft_ip_is_loopback(dest))
		return no_way(model, s, FT_RULE_ROUTE_SOURCE, EINVAL, way);
	return route_v4(model, s, dest, way);
}

int32_t ft_route_connect(struct ft_model *model, const struct ft_socket *s, struct ft_ip *dest,
			 struct ft_ip *ret_source, bool *ret_lost)
{
	const struct way way = {ret_source, ret_lost};

	*ret_lost = false;
	if (s->v6 && s->v6only && ft_ip_is_v4(dest))
		return no_way(model, s, FT_RULE_ROUTE_FAMILY, ENETUNREACH, &way);
	if (ft_ip_is_any(dest) && ft_on(model, FT_RULE_CONNECT_ANY))
		return route_here(model, s, dest, &way);
	if (!ft_ip_is_v4(dest))
		return route_v6(model, s, dest, &way);
	return route_v4(model, s, dest, &way);
}

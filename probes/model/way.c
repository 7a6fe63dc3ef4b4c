/* SPDX-License-Identifier: MIT */
/*
 * Which way does a datagram go, from which address, and where does it arrive?
 *
 * The layout is that of the sandbox: lo, eth with the second host at its other end, and devices
 * and addresses that the case adds. Unlike a connection a datagram needs no answer: IPv4 sends it
 * by the device that a socket is bound to, wherever the address lies, and whatever leaves by lo is
 * received on this host. Broadcasts and groups go to all.
 */
#include <errno.h>
#include <string.h>

#include "model/datagram.h"

/* 0 as it is kept, beside the 1 that IP_MULTICAST_TTL and IPV6_MULTICAST_HOPS begin with. */
enum { NO_HOPS = 0 ^ 1 };

static int32_t no_way(struct ft_model *model, enum ft_rule rule, int32_t error)
{
	ft_decided(model, rule);
	return error;
}

static bool has_eth(const struct ft_model *model)
{
	return model->c->needs & FT_NEED_ETH;
}

static struct ft_ip host_of(bool peer, bool v4)
{
	const struct ft_host_row *row = &ft_hosts[peer ? FT_HOST_PEER : FT_HOST_ETH];
	struct ft_ip ip = v4 ? ft_ip_any4 : ft_ip_any6;

	memcpy(ip.bytes + (v4 ? 12 : 0), v4 ? row->v4 : row->v6, v4 ? 4 : 16);
	return ip;
}

static struct ft_ip link_local_of(bool peer)
{
	return (struct ft_ip){.bytes = {0xfe, 0x80, [15] = peer ? 2 : 1}};
}

static bool is_link_local(const struct ft_ip *ip)
{
	return ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80;
}

/* Is it received at the other end of the wire? */
static bool is_across(const struct ft_model *model, bool peer, const struct ft_ip *ip)
{
	return has_eth(model) && ft_device_of(model, !peer, ip) == FT_DEV_ETH;
}

/* Is it filed under the network between the two hosts? */
static bool is_on_wire(const struct ft_model *model, const struct ft_ip *ip)
{
	struct ft_ip host = host_of(false, ft_ip_is_v4(ip));

	if (!has_eth(model))
		return false;
	return ft_ip_is_v4(ip) ? memcmp(ip->bytes + 12, host.bytes + 12, 3) == 0
			       : memcmp(ip->bytes, host.bytes, 8) == 0 || is_link_local(ip);
}

/* ---- IPv4 ---- */

static bool is_all(const struct ft_ip *ip)
{
	return ip->bytes[12] == 255 && ip->bytes[13] == 255 && ip->bytes[14] == 255 &&
	       ip->bytes[15] == 255;
}

/* 224.0.0.0/24: never routed, always by the device given. */
static bool is_local_group(const struct ft_ip *ip)
{
	return ip->bytes[12] == 224 && ip->bytes[13] == 0 && ip->bytes[14] == 0;
}

/* The first address of a device that is more than one of this host alone. */
static bool own_address(const struct ft_model *model, bool peer, uint8_t device, struct ft_ip *ret)
{
	if (device == FT_DEV_ETH) {
		*ret = host_of(peer, true);
		return true;
	}
	for (uint8_t i = 0; !peer && i < model->n_added; i++)
		if (model->added[i].device == device && ft_ip_is_v4(&model->added[i].ip) &&
		    !ft_ip_is_loopback(&model->added[i].ip)) {
			*ret = model->added[i].ip;
			return true;
		}
	return false;
}

/* inet_select_addr(): of the device, or else of any. */
static struct ft_ip address_of(const struct ft_model *model, bool peer, uint8_t device)
{
	struct ft_ip ip = ft_ip_any4;

	if (own_address(model, peer, device, &ip) ||
	    (device != FT_DEV_LO && own_address(model, peer, FT_DEV_LO, &ip)))
		return ip;
	if (has_eth(model))
		return host_of(peer, true);
	for (uint8_t on = FT_DEV_LINKS; on < model->n_devs; on++)
		if (own_address(model, peer, on, &ip))
			break;
	return ip;
}

/* The checks of a source address; *ret_device: by which a group or 255.255.255.255 is reached. */
static int32_t check_source(struct ft_model *model, const struct ft_socket *s,
			    const struct ft_way *way, uint8_t *ret_device)
{
	uint8_t owner = ft_device_of(model, s->peer, &way->source);

	if (ft_ip_is_multicast(&way->source) || is_all(&way->source) || way->source.bytes[12] == 0)
		return no_way(model, FT_RULE_ROUTE_SOURCE, EINVAL);
	if (!*ret_device && (ft_ip_is_multicast(&way->to) || is_all(&way->to))) {
		*ret_device = owner;
		return owner ? 0 : no_way(model, FT_RULE_ROUTE, ENETUNREACH);
	}
	if (!owner && !s->transparent)
		return no_way(model, FT_RULE_ROUTE, ENETUNREACH);
	return 0;
}

/* The device of the route to it, 0 if there is none (fib_lookup()); *ret_local: it is an address
 * of this host. */
static uint8_t look_up4(const struct ft_model *model, bool peer, const struct ft_ip *to,
			uint8_t device, bool *ret_local)
{
	uint8_t found = ft_device_of(model, peer, to);

	*ret_local = false;
	if (to->bytes[12] == 127 && to->bytes[13] == 255 && to->bytes[14] == 255 &&
	    to->bytes[15] == 255)
		found = FT_DEV_LO;
	else if (found)
		*ret_local = true;
	else if (has_eth(model) && (is_on_wire(model, to) || ft_ip_is_multicast(to)))
		found = FT_DEV_ETH;
	if (!device || device == found)
		return found;
	*ret_local = false;
	return FT_DEV_NONE;
}

static void keep_here(struct ft_model *model, enum ft_rule rule, struct ft_way *way)
{
	if (!way->wire || !ft_on(model, rule))
		return;
	ft_decided(model, rule);
	way->wire = false;
}

/* __mkroute_output() and what then becomes of the packet. routed: there is a route to it by that
 * device, else it is taken for a neighbour. */
static int32_t send_by(struct ft_model *model, const struct ft_socket *s, bool routed,
		       struct ft_way *way)
{
	bool joined;

	if (ft_ip_is_loopback(&way->source) && way->out != FT_DEV_LO &&
	    ft_on(model, FT_RULE_ROUTE_SOURCE))
		return no_way(model, FT_RULE_ROUTE_SOURCE, EINVAL);
	if (way->to.bytes[12] == 0)
		return no_way(model, FT_RULE_ROUTE, EINVAL);
	way->in = way->out;
	way->broadcast = is_all(&way->to) ||
			 (routed && ft_ip_is_broadcast(model, s->peer, &way->to));
	way->multicast = ft_ip_is_multicast(&way->to);
	if (way->multicast) {
		joined = ft_multicast_joined(model, s->peer, way->out, &way->to, &way->source);
		way->here = joined && (way->out == FT_DEV_LO || s->multicast_loop ||
				       !ft_on(model, FT_RULE_MCAST_LOOP));
		way->wire = way->out == FT_DEV_ETH;
		if (joined && s->options[FT_SLOT_IP_MULTICAST_TTL] == NO_HOPS)
			keep_here(model, FT_RULE_MCAST_TTL, way);
	} else if (way->broadcast) {
		way->here = true;
		way->wire = way->out == FT_DEV_ETH;
	} else {
		way->here = way->out == FT_DEV_LO;
		way->wire = way->out == FT_DEV_ETH && is_across(model, s->peer, &way->to);
	}
	return 0;
}

static void receive_here(struct ft_way *way, uint8_t device)
{
	way->out = FT_DEV_LO;
	way->in = device;
	way->here = true;
	if (ft_ip_is_any(&way->source)) {
		way->source = way->to;
		if (way->to.bytes[12] == 127)
			memcpy(way->source.bytes + 12, ft_hosts[FT_HOST_LO].v4, 4);
	}
}

/* 0.0.0.0 is the address that s sends from. */
static void this_host(const struct ft_model *model, const struct ft_socket *s, uint8_t device,
		      struct ft_way *way)
{
	if (ft_ip_is_any(&way->source) &&
	    (device == FT_DEV_LO || !own_address(model, s->peer, device, &way->source)))
		memcpy(way->source.bytes + 12, ft_hosts[FT_HOST_LO].v4, 4);
	way->to = way->source;
	way->out = FT_DEV_LO;
	way->in = device ? device : FT_DEV_LO;
	way->here = true;
}

static int32_t way4(struct ft_model *model, const struct ft_socket *s, uint8_t device,
		    struct ft_way *way)
{
	bool given = device, chosen = ft_ip_is_any(&way->source), local;
	int32_t error;
	uint8_t found;

	if (!chosen) {
		error = check_source(model, s, way, &device);
		if (error)
			return error;
	}
	way->out = device;
	if (device && (is_all(&way->to) || is_local_group(&way->to) ||
		       (!given && ft_ip_is_multicast(&way->to)))) {
		if (chosen)
			way->source = address_of(model, s->peer, device);
		return send_by(model, s, false, way);
	}
	if (ft_ip_is_any(&way->to) && ft_on(model, FT_RULE_CONNECT_ANY)) {
		this_host(model, s, device, way);
		return 0;
	}
	if (!ft_on(model, FT_RULE_ROUTE_DEVICE))
		device = FT_DEV_NONE;
	found = look_up4(model, s->peer, &way->to, device, &local);
	if (local) {
		receive_here(way, found);
		return 0;
	}
	if (!found && !device)
		return no_way(model, FT_RULE_ROUTE, ENETUNREACH);
	if (!found)
		ft_decided(model, FT_RULE_ROUTE_DEVICE);
	way->out = found ? found : device;
	if (chosen && found == FT_DEV_LO)
		memcpy(way->source.bytes + 12, ft_hosts[FT_HOST_LO].v4, 4);
	else if (chosen)
		way->source = address_of(model, s->peer, way->out);
	return send_by(model, s, found, way);
}

/* The host at the other end is found by the packet's address (ip_neigh_gw4()); on this one it was
 * the way that brought it here. */
void ft_way_divert(const struct ft_model *model, bool peer, struct ft_way *way)
{
	if (way->out != FT_DEV_ETH)
		return;
	way->multicast = ft_ip_is_multicast(&way->to);
	way->broadcast = ft_ip_is_broadcast(model, peer, &way->to) && !ft_ip_is_loopback(&way->to);
	way->wire = way->multicast || way->broadcast || is_across(model, peer, &way->to);
}

/* ---- IPv6 ---- */

/* How many leading bits do two addresses share, of at most so many? */
static unsigned common_bits(const struct ft_ip *a, const struct ft_ip *b, unsigned most)
{
	unsigned n = 0;

	while (n < most && !((a->bytes[n / 8] ^ b->bytes[n / 8]) >> (7 - n % 8) & 1))
		n++;
	return n;
}

/* ff00::/16, a scope that nothing may have (RFC 4291, 2.7) */
static bool has_no_scope(const struct ft_ip *ip)
{
	return ip->bytes[0] == 0xff && (ip->bytes[1] & 0xf) == 0;
}

/* ip6_finish_output2(), ip6_rcv_core(): the groups that leave no host, or no socket. */
static void limit_group6(struct ft_model *model, const struct ft_socket *s, struct ft_way *way)
{
	if (way->here && s->options[FT_SLOT_V6_MULTICAST_HOPS] == NO_HOPS)
		keep_here(model, FT_RULE_MCAST_TTL, way);
	if ((way->to.bytes[1] & 0xf) <= 1)
		keep_here(model, FT_RULE_MCAST_SCOPE, way);
	if (has_no_scope(&way->to) && ft_on(model, FT_RULE_MCAST_SCOPE))
		way->here = false;
}

/* ipv6_dev_get_saddr() for what leaves by a device: an address of that device whose scope is not
 * smaller, the most like the destination, and the newest of those that are alike. */
static bool find_source6(const struct ft_model *model, bool peer, uint8_t device,
			 const struct ft_ip *to, struct ft_ip *ret)
{
	struct ft_ip host = host_of(peer, false);
	unsigned best = 0, bits;
	bool found = false;

	if (device == FT_DEV_ETH && (ft_ip_needs_scope(to) || has_no_scope(to))) {
		*ret = link_local_of(peer);
		return true;
	}
	for (uint8_t i = peer ? 0 : model->n_added; i-- > 0;) {
		const struct ft_ip *ip = &model->added[i].ip;

		bits = common_bits(ip, to, 128);
		if (model->added[i].device != device || ft_ip_is_v4(ip) || (found && bits <= best))
			continue;
		*ret = *ip;
		best = bits;
		found = true;
	}
	if (device == FT_DEV_ETH && (!found || common_bits(&host, to, 64) > best)) {
		*ret = host;
		found = true;
	}
	return found;
}

static int32_t way6_out(struct ft_model *model, const struct ft_socket *s, uint8_t device,
			struct ft_way *way)
{
	bool joined, lost;

	way->multicast = ft_ip_is_multicast(&way->to);
	way->out = device ? device : FT_DEV_ETH;
	/* Every device but lo has a route to all groups. */
	if (way->out == FT_DEV_LO || (way->out == FT_DEV_ETH && !has_eth(model)) ||
	    (!way->multicast && (way->out != FT_DEV_ETH || !is_on_wire(model, &way->to))))
		return no_way(model, device ? FT_RULE_ROUTE_DEVICE : FT_RULE_ROUTE, ENETUNREACH);
	way->in = way->out;
	if (ft_ip_is_any(&way->source) &&
	    !find_source6(model, s->peer, way->out, &way->to, &way->source))
		return no_way(model, FT_RULE_ROUTE_SOURCE, EADDRNOTAVAIL);
	/* ipv6_rcv() drops what comes from ::1 by another device than lo. */
	lost = ft_ip_is_loopback(&way->source);
	joined = way->multicast &&
		 ft_multicast_joined(model, s->peer, way->out, &way->to, &way->source);
	way->here = joined && !lost && (s->multicast_loop || !ft_on(model, FT_RULE_MCAST_LOOP));
	way->wire = !lost && way->out == FT_DEV_ETH &&
		    (way->multicast || is_across(model, s->peer, &way->to));
	if (way->multicast)
		limit_group6(model, s, way);
	return 0;
}

static int32_t way6(struct ft_model *model, const struct ft_socket *s, uint8_t device,
		    struct ft_way *way)
{
	uint8_t owner = ft_device_of(model, s->peer, &way->to);

	if (ft_ipv6_is_off(model, s->peer))
		return no_way(model, FT_RULE_IPV6_OFF, ft_ipv6_off_error(&way->source));
	if (!owner)
		return way6_out(model, s, device, way);
	if (device && device != owner && ft_on(model, FT_RULE_ROUTE_DEVICE))
		return no_way(model, FT_RULE_ROUTE_DEVICE, ENETUNREACH);
	way->out = FT_DEV_LO;
	way->in = owner;
	way->here = true;
	if (ft_ip_is_any(&way->source))
		way->source = way->to;
	return 0;
}

int32_t ft_way_find(struct ft_model *model, const struct ft_socket *s, const struct ft_ip *to,
		    const struct ft_ip *source, uint8_t device, struct ft_way *ret)
{
	struct ft_way way = {.to = *to, .source = *source};
	bool v4 = ft_ip_is_v4(to);
	int32_t error;

	if (v4 && ft_ip_is_any(source))
		way.source = ft_ip_any4;
	error = v4 ? way4(model, s, device, &way) : way6(model, s, device, &way);
	/* ip6_dst_lookup_tail() asks last whether the source is of that family. */
	if (!error && !v4 && ft_ip_is_v4(source) && ft_on(model, FT_RULE_ROUTE_FAMILY))
		error = no_way(model, FT_RULE_ROUTE_FAMILY, EAFNOSUPPORT);
	if (!error)
		*ret = way;
	return error;
}

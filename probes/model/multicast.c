/* SPDX-License-Identifier: MIT */
/*
 * Who is in a multicast group, and who gets a copy of what is sent to many?
 *
 * A socket's membership has two effects: its interface takes the group's packets, and they are for
 * the socket although it may not want those of other groups. A copy goes to every socket on the
 * port that matches, with whatever flag it shares the port.
 */
#include <errno.h>
#include <stdlib.h>

#include "model/datagram.h"

static int32_t refuse(struct ft_model *model, enum ft_rule rule, int32_t error)
{
	ft_decided(model, rule);
	return ft_on(model, rule) ? error : 0;
}

/* ---- memberships ---- */

static struct ft_membership *at(const struct ft_model *model, uint16_t i)
{
	return &model->memberships[i];
}

/* The link to the membership of this group on this device (0: on any), NULL if there is none. */
static uint16_t *find(const struct ft_model *model, struct ft_socket *s, const struct ft_ip *group,
		      uint8_t device)
{
	uint16_t *link = &s->first_membership;

	for (; *link != FT_NOBODY; link = &at(model, *link)->next)
		if (ft_ip_equal(&at(model, *link)->ip, group) &&
		    (!device || at(model, *link)->device == device))
			return link;
	return NULL;
}

struct ft_membership *ft_membership_find(const struct ft_model *model, struct ft_socket *s,
					 const struct ft_ip *group, uint8_t device)
{
	uint16_t *link = find(model, s, group, device);

	return link ? at(model, *link) : NULL;
}

static int count(const struct ft_model *model, const struct ft_socket *s)
{
	int n = 0;

	for (uint16_t i = s->first_membership; i != FT_NOBODY; i = at(model, i)->next)
		n += ft_ip_is_v4(&at(model, i)->ip);
	return n;
}

static int32_t add(struct ft_model *model, struct ft_socket *s, const struct ft_ip *group,
		   uint8_t device)
{
	if (model->n_memberships == model->size_memberships) {
		size_t size = model->size_memberships ? 2 * model->size_memberships : 16;
		struct ft_membership *grown = NULL;

		if (size < FT_NOBODY)
			grown = reallocarray(model->memberships, size, sizeof(*grown));
		if (!grown) {
			model->failed = true;
			return ENOMEM;
		}
		model->memberships = grown;
		model->size_memberships = size;
	}
	model->memberships[model->n_memberships] =
		(struct ft_membership){.next = s->first_membership, .device = device, .ip = *group};
	s->first_membership = (uint16_t)model->n_memberships++;
	return 0;
}

uint8_t ft_multicast_device(const struct ft_model *model, uint8_t device)
{
	if (device)
		return device < model->n_devs ? device : FT_DEV_NONE;
	return model->c->needs & FT_NEED_ETH ? FT_DEV_ETH : FT_DEV_NONE;
}

/* ip_mc_find_dev() also routes to what is no group. */
static bool has_device(struct ft_model *model, struct ft_socket *s, const struct ft_ip *group)
{
	struct ft_way way;

	return ft_way_find(model, s, group, &ft_ip_any4, FT_DEV_NONE, &way) == 0;
}

/* Is anybody of this host in the group on this device? */
static bool has_member(const struct ft_model *model, bool peer, const struct ft_ip *group,
		       uint8_t device)
{
	for (size_t i = 0; i < model->n_sockets; i++) {
		struct ft_socket *s = ft_socket_at(model, (uint16_t)i);

		if (s->peer == peer && s->first_membership != FT_NOBODY &&
		    find(model, s, group, device))
			return true;
	}
	return false;
}

/* The first to join a group of IPv4 and the last to leave it make the kernel forget the ways that
 * sockets have kept (ip_rt_multicast_event()). */
static void forget_ways(const struct ft_model *model, bool peer, const struct ft_ip *group)
{
	for (size_t i = 0; ft_ip_is_v4(group) && i < model->n_sockets; i++) {
		struct ft_socket *s = ft_socket_at(model, (uint16_t)i);

		if (s->peer == peer)
			s->udp.routed = false;
	}
}

static int32_t join(struct ft_model *model, struct ft_socket *s, const struct ft_ip *group,
		    uint8_t device)
{
	int limit = model->sysctls[s->peer].max_memberships; /* IPv6 has none */
	uint8_t on = ft_multicast_device(model, device);

	if (!ft_ip_is_v4(group) && find(model, s, group, device) &&
	    ft_on(model, FT_RULE_MCAST_TWICE))
		return refuse(model, FT_RULE_MCAST_TWICE, EADDRINUSE);
	if (!on && ft_on(model, FT_RULE_MCAST_DEVICE))
		return refuse(model, FT_RULE_MCAST_DEVICE, ENODEV);
	if (ft_ip_is_v4(group) && find(model, s, group, on) && ft_on(model, FT_RULE_MCAST_TWICE))
		return refuse(model, FT_RULE_MCAST_TWICE, EADDRINUSE);
	if (ft_ip_is_v4(group) && count(model, s) >= limit && ft_on(model, FT_RULE_MCAST_LIMIT))
		return refuse(model, FT_RULE_MCAST_LIMIT, ENOBUFS);
	if (!has_member(model, s->peer, group, on))
		forget_ways(model, s->peer, group);
	return add(model, s, group, on);
}

static int32_t leave(struct ft_model *model, struct ft_socket *s, const struct ft_ip *group,
		     uint8_t device)
{
	uint16_t *link;
	uint8_t on;

	if (ft_ip_is_v4(group) && !device) {
		if (!has_device(model, s, group) && ft_on(model, FT_RULE_MCAST_DEVICE))
			return refuse(model, FT_RULE_MCAST_DEVICE, ENODEV);
		device = ft_multicast_device(model, device);
	}
	link = find(model, s, group, device);
	if (!link)
		return refuse(model, FT_RULE_MCAST_NONE, EADDRNOTAVAIL);
	on = at(model, *link)->device;
	*link = at(model, *link)->next;
	if (!has_member(model, s->peer, group, on))
		forget_ways(model, s->peer, group);
	return 0;
}

int32_t ft_multicast_set(struct ft_model *model, struct ft_socket *s, bool join_it,
			 const struct ft_ip *group, uint8_t device)
{
	if (!ft_ip_is_multicast(group) && (join_it || !ft_ip_is_v4(group)) &&
	    ft_on(model, FT_RULE_MCAST_ADDRESS))
		return refuse(model, FT_RULE_MCAST_ADDRESS, EINVAL);
	return join_it ? join(model, s, group, device) : leave(model, s, group, device);
}

void ft_multicast_leave_all(struct ft_model *model, struct ft_socket *s)
{
	uint16_t first = s->first_membership;

	s->first_membership = FT_NOBODY;
	for (uint16_t i = first; i != FT_NOBODY; i = at(model, i)->next)
		if (!has_member(model, s->peer, &at(model, i)->ip, at(model, i)->device))
			forget_ways(model, s->peer, &at(model, i)->ip);
}

/* 224.0.0.1, ff01::1 and ff02::1 are joined by every interface. */
static bool is_all_hosts(const struct ft_ip *group)
{
	static const struct ft_ip all[] = {
		{.bytes = {[10] = 0xff, 0xff, 224, 0, 0, 1}},
		{.bytes = {0xff, 1, [15] = 1}},
		{.bytes = {0xff, 2, [15] = 1}},
	};

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		if (ft_ip_equal(&all[i], group))
			return true;
	return false;
}

bool ft_multicast_joined(const struct ft_model *model, bool peer, uint8_t device,
			 const struct ft_ip *group, const struct ft_ip *from)
{
	const struct ft_membership *membership;

	if (is_all_hosts(group) || !ft_on(model, FT_RULE_MCAST_JOINED))
		return true;
	for (size_t i = 0; model->n_memberships && i < model->n_sockets; i++) {
		struct ft_socket *s = ft_socket_at(model, (uint16_t)i);

		if (s->peer != peer || s->first_membership == FT_NOBODY)
			continue;
		membership = ft_membership_find(model, s, group, device);
		if (membership && ft_source_wanted(model, membership, from))
			return true;
	}
	return false;
}

/* ---- copies ---- */

/* ip_mc_sf_allow(), inet6_mc_check(): IPv6 does not ask on which interface. */
static bool wants(const struct ft_model *model, struct ft_socket *s, const struct ft_packet *packet)
{
	const struct ft_membership *own;
	bool v4 = ft_ip_is_v4(&packet->to);

	if (!ft_ip_is_multicast(&packet->to))
		return true;
	own = ft_membership_find(model, s, &packet->to, v4 ? packet->device : 0);
	if (own)
		return ft_source_wanted(model, own, &packet->from);
	if (!ft_on(model, FT_RULE_MCAST_ALL))
		return true;
	/* An IPv6 socket has IP_MULTICAST_ALL, too, and begins with 0. */
	return s->v6 && v4 ? s->options[FT_SLOT_IP_MULTICAST_ALL] : s->multicast_all;
}

static bool matches_peer(const struct ft_model *model, const struct ft_socket *s,
			 const struct ft_packet *packet)
{
	const struct ft_ip *remote = ft_ip_is_v4(&packet->to) ? &s->udp.remote4 : &s->remote;

	if (!ft_on(model, FT_RULE_UDP_PEER_ONLY))
		return true;
	return (!s->remote_port || s->remote_port == packet->from_port) &&
	       (ft_ip_is_any(remote) || ft_ip_equal(remote, &packet->from));
}

/* __udp_is_mcast_sock(), __udp_v6_is_mcast_sock() */
static bool matches(const struct ft_model *model, struct ft_socket *s,
		    const struct ft_packet *packet)
{
	struct ft_ip local;

	if (ft_ip_is_v4(&packet->to)) {
		local = ft_udp_local4(s);
		if (s->v6 && s->v6only && ft_on(model, FT_RULE_BIND_V6ONLY))
			return false;
	} else {
		local = s->local;
		if (!s->v6 || ft_ip_equal(&local, &ft_ip_any4))
			return false;
	}
	if (!ft_ip_is_any(&local) && !ft_ip_equal(&local, &packet->to))
		return false;
	if (!ft_device_matches(s, packet->device) && ft_on(model, FT_RULE_UDP_DEVICE))
		return false;
	return matches_peer(model, s, packet) && wants(model, s, packet);
}

void ft_multicast_deliver(struct ft_model *model, const struct ft_packet *packet)
{
	const struct ft_udp_port *row = ft_udp_port_find(model, packet->peer, packet->to_port);
	uint16_t i = row ? row->first : FT_NOBODY;

	while (i != FT_NOBODY) {
		struct ft_socket *s = ft_socket_at(model, i);

		i = s->next_owner;
		if (!matches(model, s, packet))
			continue;
		ft_deliver_to(model, s, packet);
		ft_decided(model, FT_RULE_MCAST_COPIES);
		if (!ft_on(model, FT_RULE_MCAST_COPIES))
			return;
	}
}

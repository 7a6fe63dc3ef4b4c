/* SPDX-License-Identifier: MIT */
/*
 * Which socket gets a datagram, and who hears that nobody did?
 *
 * As __udp4_lib_lookup() and __udp6_lib_lookup() go about it: the table of 4-tuples, then the
 * sockets on the very address, then those on the wildcard; among these the one that fits best, the
 * first found where several fit alike, and instead of a group's socket the member that the group
 * picks. If nobody is there, the ICMP message finds its way back by the same look-up.
 */
#include <errno.h>

#include "model/datagram.h"

/* ---- scores ---- */

static int score_cpu(struct ft_model *model, const struct ft_socket *s)
{
	return ft_on(model, FT_RULE_UDP_SCORE_CPU) && ft_on_cpu(model, s);
}

static bool is_stranger(const struct ft_model *model, const struct ft_ip *remote,
			const struct ft_ip *from)
{
	return !ft_ip_equal(remote, from) && ft_on(model, FT_RULE_UDP_PEER_ONLY);
}

/* compute_score() of net/ipv4/udp.c; -1: not for s. */
static int score4(struct ft_model *model, const struct ft_socket *s, const struct ft_packet *packet,
		  const struct ft_ip *to)
{
	int weight = ft_on(model, FT_RULE_UDP_SCORE_CONNECTED) ? 4 : 0;
	struct ft_ip local = ft_udp_local4(s);
	int score = s->v6 || !ft_on(model, FT_RULE_UDP_SCORE_FAMILY) ? 1 : 2;

	if ((s->v6 && s->v6only && ft_on(model, FT_RULE_BIND_V6ONLY)) || !ft_ip_equal(&local, to))
		return -1;
	if (!ft_ip_is_any(&s->udp.remote4)) {
		if (is_stranger(model, &s->udp.remote4, &packet->from))
			return -1;
		score += weight;
	}
	if (s->remote_port) {
		if (s->remote_port != packet->from_port && ft_on(model, FT_RULE_UDP_PEER_ONLY))
			return -1;
		score += weight;
	}
	if (!ft_device_matches(s, packet->device) && ft_on(model, FT_RULE_UDP_DEVICE))
		return -1;
	if (s->device && ft_on(model, FT_RULE_UDP_SCORE_DEVICE))
		score += 4;
	return score + score_cpu(model, s);
}

/* compute_score() of net/ipv6/udp.c */
static int score6(struct ft_model *model, const struct ft_socket *s, const struct ft_packet *packet,
		  const struct ft_ip *to)
{
	int weight = ft_on(model, FT_RULE_UDP_SCORE_CONNECTED);
	int score = 0;

	if (!s->v6 || !ft_ip_equal(&s->local, to))
		return -1;
	if (s->remote_port) {
		if (s->remote_port != packet->from_port && ft_on(model, FT_RULE_UDP_PEER_ONLY))
			return -1;
		score += weight;
	}
	if (!ft_ip_equal(&s->remote, &ft_ip_any6)) {
		if (is_stranger(model, &s->remote, &packet->from))
			return -1;
		score += weight;
	}
	if (!ft_device_matches(s, packet->device) && ft_on(model, FT_RULE_UDP_DEVICE))
		return -1;
	if (s->device && ft_on(model, FT_RULE_UDP_SCORE_DEVICE))
		score++;
	return score + score_cpu(model, s);
}

static int score_of(struct ft_model *model, const struct ft_socket *s,
		    const struct ft_packet *packet, const struct ft_ip *to)
{
	return ft_ip_is_v4(&packet->to) ? score4(model, s, packet, to)
					: score6(model, s, packet, to);
}

/* ---- look-ups ---- */

/* inet_match(), inet6_match() */
static bool is_peer_of(const struct ft_socket *s, const struct ft_packet *packet)
{
	struct ft_ip local = ft_udp_local4(s);

	if (s->remote_port != packet->from_port || !ft_device_matches(s, packet->device))
		return false;
	if (ft_ip_is_v4(&packet->to))
		return ft_ip_equal(&local, &packet->to) &&
		       ft_ip_equal(&s->udp.remote4, &packet->from);
	return s->v6 && ft_ip_equal(&s->local, &packet->to) &&
	       ft_ip_equal(&s->remote, &packet->from);
}

static bool is_filed(const struct ft_socket *s, const struct ft_packet *packet)
{
	return s->udp.hashed4 && s->udp.hash_port == packet->from_port &&
	       ft_ip_equal(&s->udp.hash_remote, &packet->from) &&
	       ft_ip_equal(&s->udp.hash_local, &packet->to);
}

/* udp4_lib_lookup4(): the newest of those that are connected to the sender. */
static struct ft_socket *find_tuple(struct ft_model *model, const struct ft_udp_port *row,
				    const struct ft_packet *packet)
{
	struct ft_socket *found = NULL;

	if (!ft_on(model, FT_RULE_UDP_TUPLE))
		return NULL;
	for (uint16_t i = row->first; i != FT_NOBODY;) {
		struct ft_socket *s = ft_socket_at(model, i);

		i = s->next_owner;
		if (is_filed(s, packet) && is_peer_of(s, packet) &&
		    (!found || s->udp.hash_rank < found->udp.hash_rank))
			found = s;
	}
	if (found)
		ft_decided(model, FT_RULE_UDP_TUPLE);
	return found;
}

/* __udp4_lib_demux_lookup(): what comes by a wire goes to the first socket on the address at once
 * if it is connected to the sender. */
static struct ft_socket *find_early(struct ft_model *model, const struct ft_udp_port *row,
				    const struct ft_packet *packet)
{
	for (uint16_t i = row->head; i != FT_NOBODY;) {
		struct ft_socket *s = ft_socket_at(model, i);

		i = s->udp.next;
		if (!ft_ip_equal(&s->udp.slot, &packet->to))
			continue;
		if (!is_peer_of(s, packet) || (s->v6 && s->state != TCP_ESTABLISHED))
			return NULL;
		ft_decided(model, FT_RULE_UDP_EARLY);
		return s;
	}
	return NULL;
}

/* udp4_lib_lookup2() among the sockets on `to`. */
static struct ft_socket *find_best(struct ft_model *model, const struct ft_udp_port *row,
				   const struct ft_packet *packet, const struct ft_ip *to,
				   struct ft_receivers *ret_any)
{
	struct ft_ip slot = ft_udp_slot(to);
	struct ft_socket *result = NULL, *member;
	int best = -1;

	for (uint16_t i = row->head; i != FT_NOBODY;) {
		struct ft_socket *s = ft_socket_at(model, i);
		int score;

		i = s->udp.next;
		if (!ft_ip_equal(&s->udp.slot, &slot))
			continue;
		score = score_of(model, s, packet, to);
		if (score < 0 || (score == best && ft_on(model, FT_RULE_UDP_NEWEST)) ||
		    score < best)
			continue;
		ft_decided(model, FT_RULE_UDP_NEWEST);
		best = score;
		result = s;
		if (s->state == TCP_ESTABLISHED && ft_has(model, FT_TOGGLE_UDP_CONNECTED))
			continue;
		member = ft_group_select(model, s, packet, ret_any);
		if (!member)
			continue;
		result = member;
		if (!ft_group_has_connected(model, s) || !ft_on(model, FT_RULE_UDP_GROUP_SCORES) ||
		    !ft_has(model, FT_TOGGLE_UDP_CONNECTED))
			return result;
		score = score_of(model, member, packet, to);
		if (score > best)
			best = score;
	}
	return result;
}

static struct ft_socket *look_up(struct ft_model *model, const struct ft_packet *packet,
				 struct ft_receivers *ret_any)
{
	const struct ft_udp_port *row = ft_udp_port_find(model, packet->peer, packet->to_port);
	const struct ft_ip *any = ft_ip_is_v4(&packet->to) ? &ft_ip_any4 : &ft_ip_any6;
	bool exact_first = ft_on(model, FT_RULE_UDP_EXACT);
	struct ft_socket *found = NULL;

	if (!row)
		return NULL;
	if (packet->wire && !packet->bare && ft_on(model, FT_RULE_UDP_EARLY))
		found = find_early(model, row, packet);
	if (!found)
		found = find_tuple(model, row, packet);
	if (!found)
		found = find_best(model, row, packet, exact_first ? &packet->to : any, ret_any);
	if (!found)
		found = find_best(model, row, packet, exact_first ? any : &packet->to, ret_any);
	return found;
}

/* ---- what becomes of it ---- */

void ft_deliver_to(struct ft_model *model, struct ft_socket *s, const struct ft_packet *packet)
{
	bool has_peer = ft_ip_is_v4(&packet->to) ? !ft_ip_is_any(&s->udp.remote4)
						 : !ft_ip_is_any(&s->remote);

	if (s->deaf && ft_on(model, FT_RULE_UDP_DEAF)) {
		ft_decided(model, FT_RULE_UDP_DEAF);
		return;
	}
	s->unread++;
	s->udp.got = model->datagrams;
	if (has_peer)
		ft_note_cpu(model, s);
}

/* __udp4_lib_err(), __udp6_lib_err() */
static void report(struct ft_model *model, const struct ft_packet *back)
{
	struct ft_socket *s = look_up(model, back, NULL);
	bool recverr = s &&
		       s->options[ft_ip_is_v4(&back->to) ? FT_SLOT_IP_RECVERR : FT_SLOT_V6_RECVERR];

	if (!s || (!recverr && s->state != TCP_ESTABLISHED) ||
	    !ft_on(model, FT_RULE_UDP_UNREACHABLE))
		return;
	s->error = ECONNREFUSED;
	if (recverr) /* the message itself waits in the same memory */
		s->udp.got = model->datagrams;
}

/* icmp_send(): port unreachable, from the address that the packet was sent to. */
static void send_back(struct ft_model *model, const struct ft_packet *packet)
{
	const struct ft_socket host = {.peer = packet->peer, .multicast_loop = true};
	enum ft_rule rule = model->rule;
	struct ft_packet back = {
		.bare = true,
		.from = packet->to,
		.from_port = packet->to_port,
		.to_port = packet->from_port,
	};
	struct ft_way way;

	if (ft_ip_is_any(&packet->from) || ft_device_of(model, packet->peer, &packet->to) == 0 ||
	    ft_way_find(model, &host, &packet->from, &packet->to, 0, &way) != 0)
		return;
	back.to = way.to;
	back.peer = way.here ? packet->peer : !packet->peer;
	back.wire = way.wire;
	/* IPv4 asks with the device that the message really came by. */
	back.device = way.wire ? FT_DEV_ETH : ft_ip_is_v4(&way.to) ? FT_DEV_LO : way.in;
	if (way.here || way.wire)
		report(model, &back);
	model->rule = rule;
}

/* fib_validate_source() */
static bool is_martian(struct ft_model *model, const struct ft_packet *packet)
{
	if (!ft_ip_is_v4(&packet->from) || !ft_device_of(model, packet->peer, &packet->from) ||
	    !ft_on(model, FT_RULE_UDP_MARTIAN))
		return false;
	ft_decided(model, FT_RULE_UDP_MARTIAN);
	return true;
}

static void receive(struct ft_model *model, const struct ft_packet *packet, bool to_all,
		    struct ft_receivers *ret_any)
{
	struct ft_socket *s;

	if (to_all) {
		ft_multicast_deliver(model, packet);
		return;
	}
	s = look_up(model, packet, ret_any);
	if (s)
		ft_deliver_to(model, s, packet);
	else
		send_back(model, packet);
}

void ft_deliver(struct ft_model *model, const struct ft_socket *s, const struct ft_way *way,
		uint32_t port, int payload, struct ft_receivers *ret_any)
{
	struct ft_packet packet = {
		.peer = s->peer,
		.device = way->in,
		.from = way->source,
		.to = way->to,
		.from_port = s->port,
		.to_port = port,
		.payload = payload,
	};
	bool to_all = way->broadcast || way->multicast;

	if (way->here)
		receive(model, &packet, to_all, ret_any);
	if (!way->wire)
		return;
	packet.peer = !s->peer;
	packet.wire = true;
	packet.device = FT_DEV_ETH;
	if (is_martian(model, &packet))
		return;
	if (!way->multicast ||
	    ft_multicast_joined(model, packet.peer, FT_DEV_ETH, &way->to, &packet.from))
		receive(model, &packet, to_all, ret_any);
}

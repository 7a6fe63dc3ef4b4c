/* SPDX-License-Identifier: MIT */
/*
 * May a UDP socket have this port, and who has it?
 *
 * bind() and the kernel's own choice as udp_lib_get_port() decides. Of each port there are two
 * lists of its sockets: one that bind() goes through, and one that look-ups take. Both have the
 * newest first, but IPv6 sockets with SO_REUSEPORT at their tail; the second moves a socket to its
 * head whenever its address changes. Sockets that connected are in a table of 4-tuples besides.
 */
#include <errno.h>
#include <stdlib.h>

#include "model/datagram.h"
#include "model/pick.h"

/* A port with more sockets than this is looked at by address (udp_lib_get_port()). */
enum { MANY = 10 };

/* ---- ports ---- */

static struct ft_udp_port *find(const struct ft_model *model, bool peer, uint32_t port)
{
	for (size_t i = model->n_udp_ports; i-- > 0;)
		if (model->udp_ports[i].port == port && model->udp_ports[i].peer == peer)
			return &model->udp_ports[i];
	return NULL;
}

const struct ft_udp_port *ft_udp_port_find(const struct ft_model *model, bool peer, uint32_t port)
{
	return find(model, peer, port);
}

uint16_t ft_udp_first(const struct ft_model *model, bool peer, uint32_t port)
{
	const struct ft_udp_port *row = find(model, peer, port);

	return row ? row->first : FT_NOBODY;
}

static struct ft_udp_port *get(struct ft_model *model, bool peer, uint32_t port)
{
	struct ft_udp_port *row = find(model, peer, port);

	if (row)
		return row;
	if (model->n_udp_ports == model->size_udp_ports) {
		size_t size = model->size_udp_ports ? 2 * model->size_udp_ports : 16;
		struct ft_udp_port *grown = reallocarray(model->udp_ports, size, sizeof(*grown));

		if (!grown) {
			model->failed = true;
			return NULL;
		}
		model->udp_ports = grown;
		model->size_udp_ports = size;
	}
	row = &model->udp_ports[model->n_udp_ports++];
	*row = (struct ft_udp_port){.port = port,
				    .peer = peer,
				    .first = FT_NOBODY,
				    .head = FT_NOBODY};
	return row;
}

static struct ft_udp *udp_at(const struct ft_model *model, uint16_t id)
{
	return &ft_socket_at(model, id)->udp;
}

static void push_head(struct ft_udp_port *row, struct ft_socket *s)
{
	s->udp.next = row->head;
	row->head = s->id;
}

static void push_tail(const struct ft_model *model, struct ft_udp_port *row, struct ft_socket *s)
{
	uint16_t *link = &row->head;

	while (*link != FT_NOBODY)
		link = &udp_at(model, *link)->next;
	s->udp.next = FT_NOBODY;
	*link = s->id;
}

static void unlink_slot(const struct ft_model *model, struct ft_udp_port *row,
			const struct ft_socket *s)
{
	uint16_t *link = &row->head;

	while (*link != s->id)
		link = &udp_at(model, *link)->next;
	*link = s->udp.next;
}

static void push_owner_tail(const struct ft_model *model, struct ft_udp_port *row,
			    struct ft_socket *s)
{
	uint16_t *link = &row->first;

	while (*link != FT_NOBODY)
		link = &ft_socket_at(model, *link)->next_owner;
	s->next_owner = FT_NOBODY;
	*link = s->id;
}

static void unlink_owner(const struct ft_model *model, struct ft_udp_port *row,
			 const struct ft_socket *s)
{
	uint16_t *link = &row->first;

	while (*link != s->id)
		link = &ft_socket_at(model, *link)->next_owner;
	*link = s->next_owner;
}

struct ft_ip ft_udp_slot(const struct ft_ip *ip)
{
	return ft_ip_is_any(ip) ? ft_ip_any4 : *ip;
}

struct ft_ip ft_udp_local4(const struct ft_socket *s)
{
	static const struct ft_ip loopback6 = {.bytes = {[10] = 0xff, 0xff, 127, 0, 0, 6}};

	if (ft_ip_is_any(&s->local))
		return ft_ip_any4;
	return ft_ip_is_v4(&s->local) ? s->local : loopback6;
}

/* sk_add_node_rcu(), and the same for the other list */
static void enter(struct ft_model *model, struct ft_udp_port *row, struct ft_socket *s)
{
	row->n++;
	s->udp.slot = ft_udp_slot(&s->local);
	if (s->v6 && s->reuseport && ft_on(model, FT_RULE_UDP_ORDER6)) {
		push_owner_tail(model, row, s);
		push_tail(model, row, s);
	} else {
		s->next_owner = row->first;
		row->first = s->id;
		push_head(row, s);
	}
}

/* ---- the pair rule ---- */

enum verdict { APART, SHARES, CONFLICTS };

static bool share_reuseport(struct ft_model *model, const struct ft_socket *s,
			    const struct ft_socket *owner)
{
	ft_decided(model, FT_RULE_UDP_PLAIN);
	if (!s->reuseport || !owner->reuseport || !ft_on(model, FT_RULE_UDP_REUSEPORT))
		return false;
	if (s->group != FT_NOBODY && ft_on(model, FT_RULE_UDP_REUSEPORT_GROUP)) {
		ft_decided(model, FT_RULE_UDP_REUSEPORT_GROUP);
		return false;
	}
	if (s->uid != owner->uid && ft_on(model, FT_RULE_UDP_REUSEPORT_UID)) {
		ft_decided(model, FT_RULE_UDP_REUSEPORT_UID);
		return false;
	}
	ft_decided(model, FT_RULE_UDP_REUSEPORT);
	return true;
}

static enum verdict judge(struct ft_model *model, const struct ft_socket *s,
			  const struct ft_socket *owner)
{
	if (owner == s)
		return APART;
	if (s->reuseaddr && owner->reuseaddr && ft_on(model, FT_RULE_UDP_REUSEADDR))
		return APART;
	if (s->device && owner->device && s->device != owner->device &&
	    ft_on(model, FT_RULE_BIND_DEVICE))
		return APART;
	if (!ft_overlap(model, s, owner) && ft_on(model, FT_RULE_BIND_ADDRESS))
		return APART;
	if (share_reuseport(model, s, owner))
		return SHARES;
	return ft_on(model, FT_RULE_UDP_PLAIN) ? CONFLICTS : APART;
}

/* udp_lib_lport_inuse(): the first owner that is not apart decides. */
static const struct ft_socket *conflict(struct ft_model *model, const struct ft_socket *s,
					const struct ft_udp_port *row)
{
	for (uint16_t i = row->first; i != FT_NOBODY;) {
		const struct ft_socket *owner = ft_socket_at(model, i);
		enum verdict verdict = judge(model, s, owner);

		i = owner->next_owner;
		if (verdict == CONFLICTS)
			return owner;
		if (verdict == SHARES && ft_on(model, FT_RULE_UDP_FIRST)) {
			ft_decided(model, FT_RULE_UDP_FIRST);
			return NULL;
		}
	}
	return NULL;
}

/* udp_lib_lport_inuse2(): the same among those filed under one address. */
static const struct ft_socket *conflict_at(struct ft_model *model, const struct ft_socket *s,
					   const struct ft_udp_port *row, const struct ft_ip *slot)
{
	for (uint16_t i = row->head; i != FT_NOBODY;) {
		const struct ft_socket *owner = ft_socket_at(model, i);
		enum verdict verdict = APART;

		i = owner->udp.next;
		if (ft_ip_equal(&owner->udp.slot, slot))
			verdict = judge(model, s, owner);
		if (verdict == CONFLICTS)
			return owner;
		if (verdict == SHARES)
			return NULL;
	}
	return NULL;
}

static const struct ft_socket *conflict_of_many(struct ft_model *model, const struct ft_socket *s,
						const struct ft_udp_port *row)
{
	struct ft_ip slot = ft_udp_slot(&s->local);
	const struct ft_socket *owner = conflict_at(model, s, row, &slot);

	ft_decided(model, FT_RULE_UDP_MANY);
	if (!owner)
		owner = conflict_at(model, s, row, &ft_ip_any4);
	return owner;
}

static bool may_have(struct ft_model *model, const struct ft_socket *s, uint32_t port)
{
	const struct ft_udp_port *row = find(model, s->peer, port);
	const struct ft_socket *owner = NULL;

	if (row && row->n > MANY && !ft_ip_is_any(&s->local) && ft_on(model, FT_RULE_UDP_MANY))
		owner = conflict_of_many(model, s, row);
	else if (row)
		owner = conflict(model, s, row);
	if (owner)
		ft_held(model, owner);
	return !owner;
}

/* Of a port of its own choice the kernel asks every owner. */
static bool may_pick(struct ft_model *model, struct ft_socket *s, uint32_t port)
{
	for (uint16_t i = ft_udp_first(model, s->peer, port); i != FT_NOBODY;) {
		const struct ft_socket *owner = ft_socket_at(model, i);
		enum verdict verdict = judge(model, s, owner);

		i = owner->next_owner;
		if (verdict == CONFLICTS || (verdict == SHARES && !ft_on(model, FT_RULE_UDP_ANY)))
			return false;
	}
	return true;
}

static uint32_t pick(struct ft_model *model, struct ft_socket *s)
{
	uint32_t low, high;

	ft_port_range(model, s, &low, &high);
	return ft_port_pick(model, s, low, high, -1, may_pick, FT_RULE_UDP_ANY);
}

/* udp_lib_get_port() */
static int32_t get_port(struct ft_model *model, struct ft_socket *s, uint32_t port)
{
	struct ft_udp_port *row;

	if (!port)
		port = pick(model, s);
	else if (!may_have(model, s, port))
		return EADDRINUSE;
	if (!port)
		return EADDRINUSE;
	row = get(model, s->peer, port);
	if (!row)
		return ENOMEM;
	s->port = port;
	if (s->reuseport && ft_group_join(model, s) != 0) {
		s->port = 0;
		return EADDRINUSE;
	}
	enter(model, row, s);
	return 0;
}

int32_t ft_udp_autobind(struct ft_model *model, struct ft_socket *s)
{
	if (s->port)
		return 0;
	if (get_port(model, s, 0) != 0) {
		ft_decided(model, FT_RULE_UDP_AUTOBIND);
		return ft_on(model, FT_RULE_UDP_AUTOBIND) ? EAGAIN : EADDRINUSE;
	}
	s->shown_port = s->port;
	return 0;
}

/* ---- bind(2) ---- */

static void set_address(struct ft_socket *s, const struct ft_ip *ip)
{
	s->local = *ip;
	s->udp.source4 = ft_udp_local4(s);
	if (!s->v6)
		s->udp.source = *ip;
	else if (ft_ip_is_v4(ip) || !ft_ip_is_multicast(ip))
		s->udp.source = *ip;
}

static void reset_address(struct ft_socket *s)
{
	s->local = s->udp.source = s->v6 ? ft_ip_any6 : ft_ip_any4;
	s->udp.source4 = ft_ip_any4;
}

int32_t ft_udp_bind(struct ft_model *model, struct ft_socket *s, const struct ft_ip *ip,
		    uint32_t port)
{
	int32_t error = ft_bind_checks(model, s, ip, port);
	bool was_v6only = s->v6only;

	if (error)
		return error;
	set_address(s, ip);
	if (!s->v6 && (ft_ip_is_multicast(ip) || ft_ip_is_broadcast(model, s->peer, ip)))
		s->udp.source = s->udp.source4 = ft_ip_any4;
	if (s->v6 && !ft_ip_is_any(ip) && !ft_ip_is_v4(ip))
		s->v6only = true;
	if (port || !s->no_port || !ft_on(model, FT_RULE_BIND_NO_PORT)) {
		ft_udp_unhash(model, s); /* it has a port where bind.twice is left out */
		error = get_port(model, s, port);
		if (error) {
			s->v6only = was_v6only;
			reset_address(s);
			return error;
		}
	}
	s->address_explicit |= s->v6 ? !ft_ip_equal(ip, &ft_ip_any6) : !ft_ip_is_any(ip);
	s->port_explicit |= port != 0;
	s->shown_port = s->port;
	s->remote_port = 0;
	s->udp.remote4 = ft_ip_any4;
	if (!s->v6)
		s->remote = ft_ip_any4;
	return 0;
}

/* ---- leaving, moving ---- */

void ft_udp_unhash(struct ft_model *model, struct ft_socket *s)
{
	struct ft_udp_port *row;

	if (!s->port)
		return;
	row = find(model, s->peer, s->port);
	ft_group_leave(model, s);
	unlink_owner(model, row, s);
	unlink_slot(model, row, s);
	if (--row->n == 0)
		*row = model->udp_ports[--model->n_udp_ports];
	s->port = 0;
	s->udp.hashed4 = false;
}

static void set_tuple(struct ft_model *model, struct ft_socket *s)
{
	bool v4 = !s->v6 || ft_ip_is_v4(&s->local);

	s->udp.hash_local = s->local;
	s->udp.hash_remote = v4 ? s->udp.remote4 : s->remote;
	s->udp.hash_port = s->remote_port;
	s->udp.hash_rank = --model->rank_low;
}

static bool has_moved(const struct ft_socket *s)
{
	bool v4 = !s->v6 || ft_ip_is_v4(&s->local);

	return s->udp.hash_port != s->remote_port || !ft_ip_equal(&s->udp.hash_local, &s->local) ||
	       !ft_ip_equal(&s->udp.hash_remote, v4 ? &s->udp.remote4 : &s->remote);
}

void ft_udp_rehash(struct ft_model *model, struct ft_socket *s)
{
	struct ft_ip slot = ft_udp_slot(&s->local);
	struct ft_udp_port *row;

	s->udp.routed = false;
	if (!s->port)
		return;
	if (ft_on(model, FT_RULE_UDP_LEAVES_GROUP))
		ft_group_leave(model, s);
	if (!ft_ip_equal(&slot, &s->udp.slot)) {
		row = find(model, s->peer, s->port);
		unlink_slot(model, row, s);
		push_head(row, s);
		s->udp.slot = slot;
	}
	if (s->udp.hashed4 && ft_ip_is_any(&s->local))
		s->udp.hashed4 = false;
	else if (s->udp.hashed4 && has_moved(s))
		set_tuple(model, s);
}

void ft_udp_hash4(struct ft_model *model, struct ft_socket *s)
{
	if (!s->port || ft_ip_is_any(&s->local) || s->udp.hashed4 ||
	    !ft_has(model, FT_TOGGLE_UDP_TUPLES))
		return;
	if (ft_on(model, FT_RULE_UDP_LEAVES_GROUP))
		ft_group_leave(model, s);
	s->udp.hashed4 = true;
	set_tuple(model, s);
}

/* __udp_disconnect() */
void ft_udp_dissolve(struct ft_model *model, struct ft_socket *s)
{
	s->state = TCP_CLOSE;
	s->remote_port = 0;
	s->udp.remote4 = ft_ip_any4;
	s->udp.routed = false;
	if (!s->v6)
		s->remote = ft_ip_any4;
	else if (!ft_on(model, FT_RULE_UDP_DISCONNECT_PEER6))
		s->remote = ft_ip_any6;
	if (ft_on(model, FT_RULE_UDP_DISCONNECT_DEVICE))
		s->device = FT_DEV_NONE;
	if (!s->address_explicit && ft_on(model, FT_RULE_UDP_DISCONNECT_ADDRESS)) {
		reset_address(s);
		if (s->port_explicit)
			ft_udp_rehash(model, s);
	}
	if (!s->port_explicit && ft_on(model, FT_RULE_UDP_DISCONNECT_PORT)) {
		ft_udp_unhash(model, s);
		s->shown_port = 0;
	}
}

void ft_udp_close(struct ft_model *model, struct ft_socket *s)
{
	ft_udp_unhash(model, s);
	ft_group_leave(model, s);
	ft_multicast_leave_all(model, s);
}

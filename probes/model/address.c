/* SPDX-License-Identifier: MIT */
/*
 * Which addresses does a socket cover, whose address is it, and what is it called in an outcome?
 *
 * All addresses are 16 bytes, IPv4 as v4-mapped. The conflict checks of TCP and UDP ask whether the
 * sets of addresses that two sockets cover meet; the same question is asked of a packet.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "model/pick.h"
#include "model/state.h"

const struct ft_ip ft_ip_any4 = {.bytes = {[10] = 0xff, [11] = 0xff}};
const struct ft_ip ft_ip_any6 = {.bytes = {0}};

bool ft_ip_equal(const struct ft_ip *a, const struct ft_ip *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool ft_ip_is_v4(const struct ft_ip *ip)
{
	return memcmp(ip->bytes, ft_ip_any4.bytes, 12) == 0;
}

bool ft_ip_is_any(const struct ft_ip *ip)
{
	return ft_ip_equal(ip, &ft_ip_any4) || ft_ip_equal(ip, &ft_ip_any6);
}

bool ft_ip_is_loopback(const struct ft_ip *ip)
{
	static const struct ft_ip loopback6 = {.bytes = {[15] = 1}};

	return ft_ip_is_v4(ip) ? ip->bytes[12] == 127 : ft_ip_equal(ip, &loopback6);
}

bool ft_ip_is_multicast(const struct ft_ip *ip)
{
	return ft_ip_is_v4(ip) ? (ip->bytes[12] & 0xf0) == 0xe0 : ip->bytes[0] == 0xff;
}

bool ft_ip_needs_scope(const struct ft_ip *ip)
{
	if (ip->bytes[0] == 0xff)
		return (ip->bytes[1] & 0xf) == 1 || (ip->bytes[1] & 0xf) == 2;
	return ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80;
}

static void set_v4(struct ft_ip *ip, const uint8_t *bytes)
{
	*ip = ft_ip_any4;
	memcpy(ip->bytes + 12, bytes, 4);
}

static bool v4_is(const struct ft_ip *ip, uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	const uint8_t bytes[4] = {a, b, c, d};

	return ft_ip_is_v4(ip) && memcmp(ip->bytes + 12, bytes, 4) == 0;
}

/* 255.255.255.255, and that of each network of the layout (probes/engine/layout.c). */
bool ft_ip_is_broadcast(const struct ft_model *model, bool peer, const struct ft_ip *ip)
{
	(void)peer;
	if (v4_is(ip, 255, 255, 255, 255) || v4_is(ip, 127, 255, 255, 255))
		return true;
	return (model->c->needs & FT_NEED_ETH) && v4_is(ip, 192, 0, 2, 255);
}

static uint8_t device_index(const struct ft_model *model, const char *name)
{
	for (uint8_t i = 1; i < model->n_devs; i++)
		if (strcmp(model->devs[i], name) == 0)
			return i;
	return FT_DEV_NONE;
}

static uint32_t port_number(const struct ft_model *model, uint16_t index)
{
	/* In a namespace of its own a case gets the first ports of all (probes/engine/engine.c). */
	if (model->c->needs & FT_NEED_OWN_NAMESPACE)
		return 2000U + index;
	return FT_PORT_NAME_BASE + index;
}

static int get_port(const struct ft_model *model, const struct ft_endpoint *at, uint32_t *ret_port)
{
	switch (at->port) {
	case FT_PORT_NAMED:
		*ret_port = port_number(model, at->number);
		return 0;
	case FT_PORT_KERNEL:
		if (at->number == 0 || at->number > model->n_shown)
			return -ENOENT;
		*ret_port = model->shown[at->number - 1];
		return 0;
	default:
		*ret_port = at->number;
		return 0;
	}
}

static int get_host(struct ft_model *model, uint8_t family, const struct ft_endpoint *at,
		    struct ft_ip *ip)
{
	bool v6 = ft_families[family].domain == AF_INET6;

	*ip = (struct ft_ip){.scope = 0};
	switch (at->host) {
	case FT_HOST_LITERAL4:
		set_v4(ip, at->bytes);
		return v6 ? -EINVAL : 0;
	case FT_HOST_LITERAL6:
		memcpy(ip->bytes, at->bytes, 16);
		if (at->scope[0] && !(ip->scope = device_index(model, at->scope)))
			return -ENODEV;
		return v6 ? 0 : -EAFNOSUPPORT;
	default:
		if (v6)
			memcpy(ip->bytes, ft_hosts[at->host].v6, 16);
		else
			set_v4(ip, ft_hosts[at->host].v4);
		return 0;
	}
}

int ft_address_get(struct ft_model *model, uint8_t family, const struct ft_endpoint *at,
		   struct ft_ip *ret_ip, uint32_t *ret_port)
{
	int rc = get_port(model, at, ret_port);

	return rc < 0 ? rc : get_host(model, family, at, ret_ip);
}

/* ---- interfaces ---- */

bool ft_ipv6_is_off(const struct ft_model *model, bool peer)
{
	return model->sysctls[peer].ipv6 == FT_IPV6_OFF && ft_on(model, FT_RULE_IPV6_OFF);
}

int32_t ft_ipv6_off_error(const struct ft_ip *source)
{
	return ft_ip_equal(source, &ft_ip_any6) ? EADDRNOTAVAIL : ENETUNREACH;
}

/* An address that went with IPv6. */
static bool is_lost(const struct ft_model *model, bool peer, const struct ft_ip *ip)
{
	return ft_ipv6_is_off(model, peer) ||
	       (model->sysctls[peer].ipv6 == FT_IPV6_BACK && !ft_ip_is_loopback(ip));
}

/* What the sandbox puts on lo and on its end of the veth pair (probes/engine/layout.c). */
static uint8_t fixed_device(const struct ft_model *model, bool peer, const struct ft_ip *ip)
{
	static const uint8_t net6[8] = {0x20, 0x01, 0x0d, 0xb8};
	static const uint8_t local6[8] = {0xfe, 0x80};
	static const uint8_t zero[7];
	uint8_t last = peer ? 2 : 1;

	if (!ft_ip_is_v4(ip) && is_lost(model, peer, ip))
		return FT_DEV_NONE;
	if (ft_ip_is_loopback(ip))
		return FT_DEV_LO;
	if (ip->bytes[0] == 0xfd && ip->bytes[1] == 0 && memcmp(ip->bytes + 2, zero, 7) == 0 &&
	    memcmp(ip->bytes + 8, zero, 7) == 0 && (ip->bytes[15] == 2 || ip->bytes[15] == 3))
		return FT_DEV_LO;
	if (!(model->c->needs & FT_NEED_ETH))
		return FT_DEV_NONE;
	if (v4_is(ip, 192, 0, 2, last))
		return FT_DEV_ETH;
	if ((memcmp(ip->bytes, net6, 8) == 0 || memcmp(ip->bytes, local6, 8) == 0) &&
	    memcmp(ip->bytes + 8, zero, 7) == 0 && ip->bytes[15] == last)
		return FT_DEV_ETH;
	return FT_DEV_NONE;
}

uint8_t ft_device_of(const struct ft_model *model, bool peer, const struct ft_ip *ip)
{
	for (uint8_t i = 0; !peer && i < model->n_added; i++)
		if (ft_ip_equal(&model->added[i].ip, ip))
			return model->added[i].device;
	return fixed_device(model, peer, ip);
}

/* Is it on the network between the two hosts? */
static bool is_on_wire(const struct ft_model *model, const struct ft_ip *ip)
{
	static const uint8_t net6[8] = {0x20, 0x01, 0x0d, 0xb8};
	static const uint8_t net4[3] = {192, 0, 2};

	if (!(model->c->needs & FT_NEED_ETH))
		return false;
	return ft_ip_is_v4(ip) ? memcmp(ip->bytes + 12, net4, 3) == 0
			       : memcmp(ip->bytes, net6, 8) == 0;
}

static void wire_source(bool peer, bool v4, struct ft_ip *ret)
{
	*ret = v4 ? ft_ip_any4 : ft_ip_any6;
	memcpy(ret->bytes + (v4 ? 12 : 0),
	       v4 ? ft_hosts[peer ? FT_HOST_PEER : FT_HOST_ETH].v4
		  : ft_hosts[peer ? FT_HOST_PEER : FT_HOST_ETH].v6,
	       v4 ? 4 : 16);
}

/* An own address is reached over lo, from itself (for 127/8: from 127.0.0.1). */
static void local_source(const struct ft_ip *ip, struct ft_ip *ret)
{
	*ret = *ip;
	if (ft_ip_is_v4(ip) && ip->bytes[12] == 127) {
		const uint8_t lo[4] = {127, 0, 0, 1};

		set_v4(ret, lo);
	}
}

bool ft_route(const struct ft_model *model, bool peer, const struct ft_ip *ip, uint8_t device,
	      uint8_t *ret_device, struct ft_ip *ret_source)
{
	if (ft_device_of(model, peer, ip) != FT_DEV_NONE) {
		*ret_device = FT_DEV_LO;
		local_source(ip, ret_source);
		return true;
	}
	if (is_on_wire(model, ip) && (device == FT_DEV_NONE || device == FT_DEV_ETH)) {
		*ret_device = FT_DEV_ETH;
		wire_source(peer, ft_ip_is_v4(ip), ret_source);
		return true;
	}
	return false;
}

/* ---- overlap ---- */

/* sk_rcv_saddr of a socket: a v6 socket has one too, 127.0.0.6 (LOOPBACK4_IPV6) where its address
 * is a specific v6 one (__inet6_bind(), tcp_v6_connect(), ip6_datagram_dst_update()). */
static void v4_view(const struct ft_socket *s, uint8_t ret[4])
{
	static const uint8_t loopback6[4] = {127, 0, 0, 6};

	if (ft_ip_is_v4(&s->local) || ft_ip_is_any(&s->local))
		memcpy(ret, s->local.bytes + 12, 4);
	else
		memcpy(ret, loopback6, 4);
}

static bool is_zero4(const uint8_t v4[4])
{
	return !(v4[0] | v4[1] | v4[2] | v4[3]);
}

/* ipv4_rcv_saddr_equal() with both wildcards matching. */
static bool overlap_v4(const struct ft_socket *a, const struct ft_socket *b, bool v6only_counts)
{
	uint8_t x[4], y[4];

	if (b->v6 && b->v6only && v6only_counts)
		return false;
	v4_view(a, x);
	v4_view(b, y);
	return memcmp(x, y, 4) == 0 || is_zero4(x) || is_zero4(y);
}

/* ipv6_rcv_saddr_equal() (net/ipv6/inet6_hashtables.c); a is a v6 socket. */
static bool overlap_v6(const struct ft_socket *a, const struct ft_socket *b, bool v6only_counts)
{
	bool mapped_a = ft_ip_is_v4(&a->local), mapped_b = !b->v6 || ft_ip_is_v4(&b->local);
	bool any_a = ft_ip_equal(&a->local, &ft_ip_any6);
	bool any_b = b->v6 && ft_ip_equal(&b->local, &ft_ip_any6);

	if (mapped_a && mapped_b)
		return overlap_v4(a, b, v6only_counts);
	if (any_a && any_b)
		return true;
	if (any_b && !(b->v6only && v6only_counts && mapped_a))
		return true;
	if (any_a && !(a->v6only && v6only_counts && mapped_b))
		return true;
	return b->v6 && ft_ip_equal(&a->local, &b->local);
}

bool ft_overlap(const struct ft_model *model, const struct ft_socket *a, const struct ft_socket *b)
{
	bool v6only_counts = ft_on(model, FT_RULE_BIND_V6ONLY);

	return a->v6 ? overlap_v6(a, b, v6only_counts) : overlap_v4(a, b, v6only_counts);
}

bool ft_covers(const struct ft_socket *s, const struct ft_ip *ip)
{
	bool v4 = ft_ip_is_v4(ip);

	if (ft_ip_equal(&s->local, ip))
		return s->v6 || v4;
	if (!ft_ip_is_any(&s->local))
		return false;
	if (!s->v6)
		return v4;
	if (ft_ip_is_v4(&s->local)) /* ::ffff:0.0.0.0 */
		return v4;
	return v4 ? !s->v6only : true;
}

/* ---- names ---- */

static void name_number(struct ft_endpoint *at, uint32_t port)
{
	at->port = FT_PORT_NUMBER;
	at->number = port <= UINT16_MAX ? (uint16_t)port : 0;
}

/* Which of e1, e2, ... it is; 0: none yet. */
static size_t number_of(const struct ft_model *model, uint32_t port)
{
	size_t n = 0;

	if (port >= FT_PORT_PICK_BASE)
		return model->picks[port - FT_PORT_PICK_BASE].shown;
	while (n < model->n_shown && model->shown[n] != port)
		n++;
	return n < model->n_shown ? n + 1 : 0;
}

static bool grow_shown(struct ft_model *model)
{
	size_t size = model->size_shown ? 2 * model->size_shown : 32;
	uint32_t *grown;

	if (model->n_shown < model->size_shown)
		return true;
	grown = reallocarray(model->shown, size, sizeof(*grown));
	if (!grown) {
		model->failed = true;
		return false;
	}
	model->shown = grown;
	model->size_shown = size;
	return true;
}

/* The next of e1, e2, ...; 0 where the port is none of these. */
static size_t add_shown(struct ft_model *model, uint32_t port)
{
	bool pick = port >= FT_PORT_PICK_BASE;

	if (model->n_shown == FT_CASE_CHOSEN_MAX ||
	    (port < FT_PORT_NAME_BASE &&
	     ft_case_writes(model->c, &model->numbers, (uint16_t)port)) ||
	    !grow_shown(model))
		return 0;
	model->picks_in_order &= pick && port - FT_PORT_PICK_BASE == model->n_shown;
	model->shown[model->n_shown++] = port;
	if (pick)
		model->picks[port - FT_PORT_PICK_BASE].shown = (uint16_t)model->n_shown;
	return model->n_shown;
}

/* seen: an outcome shows it, so that a port of the kernel's choice gets its number now. */
static void name_port(struct ft_model *model, uint32_t port, bool seen, struct ft_endpoint *at)
{
	bool own = model->c->needs & FT_NEED_OWN_NAMESPACE;
	uint32_t first = own ? 2000 : FT_PORT_NAME_BASE;
	size_t n;

	name_number(at, port);
	if (port == 0)
		return;
	if (port >= first && port - first < model->c->names->n_ports) {
		at->port = FT_PORT_NAMED;
		at->number = (uint16_t)(port - first);
		return;
	}
	n = number_of(model, port);
	if (!n && seen)
		n = add_shown(model, port);
	if (!n)
		return;
	at->port = FT_PORT_KERNEL;
	at->number = (uint16_t)n;
}

static void name_v4(const uint8_t *bytes, struct ft_endpoint *at)
{
	for (unsigned host = 0; host < FT_HOST_LITERAL4; host++)
		if (host != FT_HOST_ANY4 && host != FT_HOST_LO4 &&
		    memcmp(ft_hosts[host].v4, bytes, 4) == 0) {
			at->host = (uint8_t)host;
			return;
		}
	at->host = FT_HOST_LITERAL4;
	memcpy(at->bytes, bytes, 4);
}

static void name_v6(const struct ft_model *model, const struct ft_ip *ip, struct ft_endpoint *at)
{
	for (unsigned host = 0; host < FT_HOST_LITERAL4; host++)
		if (memcmp(ft_hosts[host].v6, ip->bytes, 16) == 0) {
			at->host = (uint8_t)host;
			return;
		}
	at->host = FT_HOST_LITERAL6;
	memcpy(at->bytes, ip->bytes, 16);
	if (ip->scope && ft_ip_needs_scope(ip))
		strncpy(at->scope, model->devs[ip->scope], sizeof(at->scope) - 1);
}

static struct ft_endpoint endpoint(struct ft_model *model, bool v6, const struct ft_ip *ip,
				   uint32_t port, bool seen)
{
	struct ft_endpoint at;

	memset(&at, 0, sizeof(at));
	if (v6)
		name_v6(model, ip, &at);
	else
		name_v4(ip->bytes + 12, &at);
	name_port(model, port, seen, &at);
	return at;
}

struct ft_endpoint ft_endpoint_of(struct ft_model *model, bool v6, const struct ft_ip *ip,
				  uint32_t port)
{
	return endpoint(model, v6, ip, port, true);
}

struct ft_endpoint ft_endpoint_peek(struct ft_model *model, bool v6, const struct ft_ip *ip,
				    uint32_t port)
{
	return endpoint(model, v6, ip, port, false);
}

uint8_t ft_own_device(const struct ft_socket *s)
{
	return s->mptcp ? s->own_device : s->device;
}

static bool same_endpoint(const struct ft_endpoint *a, const struct ft_endpoint *b)
{
	return a->host == b->host && a->port == b->port && a->number == b->number &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

void ft_read_back(struct ft_model *model, struct ft_handle *handle, struct ft_predicted *row)
{
	const struct ft_socket *s = ft_socket_at(model, handle->socket);
	struct ft_ip shown = s->local;
	struct ft_endpoint now;

	if (s->v6)
		shown.scope = ft_own_device(s); /* inet6_getname() */
	now = ft_endpoint_of(model, s->v6, &shown, s->shown_port);
	if (row) {
		row->local = now;
		row->has_local = !handle->local_known || !same_endpoint(&now, &handle->local);
	}
	handle->local = now;
	handle->local_known = true;
}

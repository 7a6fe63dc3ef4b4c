/* SPDX-License-Identifier: MIT */
/*
 * What do the options of IPPROTO_IP and IPPROTO_IPV6 do, and what is read back?
 *
 * do_ip_setsockopt() (net/ipv4/ip_sockglue.c), do_ipv6_setsockopt() (net/ipv6/ipv6_sockglue.c),
 * ip(7), ipv6(7).
 */
#include <errno.h>
#include <string.h>

#include "case/constants.h"
#include "model/option.h"
#include "model/stream.h"

static int32_t invalid(const struct ft_option_call *call)
{
	return ft_refused(call, FT_RULE_OPTION_RANGE, EINVAL);
}

static int32_t too_short(const struct ft_option_call *call)
{
	return ft_refused(call, FT_RULE_OPTION_LENGTH, EINVAL);
}

/* What a stream cannot have; each option has an error of its own for it. */
static int32_t not_on_stream(const struct ft_option_call *call, int32_t error)
{
	return ft_refused(call, FT_RULE_OPTION_STREAM, error);
}

static bool is_stream(const struct ft_option_call *call)
{
	return call->s->stream && ft_on(call->model, FT_RULE_OPTION_STREAM);
}

/* ---- ports and addresses ---- */

int32_t ft_set_port_range(struct ft_option_call *call)
{
	uint16_t low = (uint16_t)call->number, high = (uint16_t)((uint32_t)call->number >> 16);

	if (call->value->len != sizeof(uint32_t))
		return too_short(call);
	if (low && high && low > high)
		return invalid(call);
	call->s->range_low = low;
	call->s->range_high = high;
	return 0;
}

int32_t ft_get_port_range(struct ft_option_call *call)
{
	call->read = (int64_t)call->s->range_high << 16 | call->s->range_low;
	return 0;
}

int32_t ft_set_transparent(struct ft_option_call *call)
{
	if (call->number && !ft_may_set(call->model))
		return EPERM;
	return ft_set_flag(call);
}

int32_t ft_set_v6only(struct ft_option_call *call)
{
	if (call->s->port && ft_on(call->model, FT_RULE_OPTION_V6ONLY_BOUND))
		return ft_refused(call, FT_RULE_OPTION_V6ONLY_BOUND, EINVAL);
	call->s->v6only_was_set = false;
	return ft_set_flag(call);
}

/* What bind() to an IPv6 address makes of it is the first subflow's with MPTCP. */
int32_t ft_get_v6only(struct ft_option_call *call)
{
	const struct ft_socket *s = call->s;
	bool subflows = s->mptcp && s->v6only_was_set && !ft_is_fallback(call->model, s);

	call->read = s->v6only && !subflows;
	return 0;
}

/* The socket becomes one of AF_INET. */
static int32_t become_v4(struct ft_model *model, struct ft_socket *s)
{
	int32_t error = 0;

	if (s->state != TCP_ESTABLISHED)
		error = ENOTCONN;
	else if (s->v6only || !ft_ip_is_v4(&s->remote))
		error = EADDRNOTAVAIL;
	if (error && ft_on(model, FT_RULE_OPTION_ADDRFORM)) {
		ft_decided(model, FT_RULE_OPTION_ADDRFORM);
		return error;
	}
	s->v6 = false;
	model->strange = "the family of a socket changed";
	return 0;
}

int32_t ft_set_addrform(struct ft_option_call *call)
{
	return call->number == AF_INET ? become_v4(call->model, call->s) : invalid(call);
}

int32_t ft_get_addrform(struct ft_option_call *call)
{
	if (call->s->state != TCP_ESTABLISHED && ft_on(call->model, FT_RULE_OPTION_ADDRFORM))
		return ft_refused(call, FT_RULE_OPTION_ADDRFORM, ENOTCONN);
	call->read = call->s->v6 ? AF_INET6 : AF_INET;
	return 0;
}

/* ---- what packets look like ---- */

/* include/net/route.h, rt_tos2priority(): the class of traffic that a type of service asks for. */
static int32_t priority_of(uint8_t tos)
{
	static const uint8_t classes[] = {0, 2, 6, 4};

	return classes[(tos & 0x1e) >> 3];
}

/* The two lowest bits are TCP's own (ECN). */
static int32_t keep_ecn(const struct ft_socket *s, int32_t number, int32_t old)
{
	return s->stream ? (number & ~3) | (old & 3) : number;
}

int32_t ft_set_tos(struct ft_option_call *call)
{
	int32_t old = ft_option_kept(call->s, call->row);

	call->number = keep_ecn(call->s, call->number, old);
	if (call->number == old)
		return 0;
	call->s->options[FT_SLOT_PRIORITY] = priority_of((uint8_t)call->number);
	ft_forget_way(call->s);
	return ft_keep(call, (uint8_t)call->number);
}

int32_t ft_set_tclass(struct ft_option_call *call)
{
	if (call->number < -1 || call->number > 255)
		return invalid(call);
	if (call->number == -1)
		call->number = 0;
	ft_forget_way(call->s);
	return ft_keep(call, keep_ecn(call->s, call->number, ft_option_kept(call->s, call->row)));
}

/* -1: the namespace's. */
int32_t ft_set_ttl(struct ft_option_call *call)
{
	if (call->number != -1 && (call->number < 1 || call->number > 255))
		return invalid(call);
	return ft_keep(call, call->number == -1 ? 0 : call->number);
}

int32_t ft_get_ttl(struct ft_option_call *call)
{
	int32_t kept = ft_option_kept(call->s, call->row);

	call->read = kept ? kept : call->model->sysctls[call->s->peer].default_ttl;
	return 0;
}

int32_t ft_get_hops(struct ft_option_call *call)
{
	int32_t kept = ft_option_kept(call->s, call->row);

	call->read = kept >= 0 ? kept : FT_HOP_LIMIT;
	return 0;
}

enum { LABEL_ON = 1, LABEL_OFF = 2 };

int32_t ft_set_autoflowlabel(struct ft_option_call *call)
{
	return ft_keep(call, call->number ? LABEL_ON : LABEL_OFF);
}

/* auto_flowlabels: 1 and 3 put labels on what does not say. */
int32_t ft_get_autoflowlabel(struct ft_option_call *call)
{
	int32_t kept = ft_option_kept(call->s, call->row);

	call->read = kept ? kept == LABEL_ON
			  : call->model->sysctls[call->s->peer].auto_flowlabels & 1;
	return 0;
}

int32_t ft_set_multicast_ttl(struct ft_option_call *call)
{
	if (is_stream(call))
		return not_on_stream(call, EINVAL);
	if (call->value->len < 1)
		return too_short(call);
	if (call->number == -1)
		call->number = 1;
	return ft_set_range(call);
}

int32_t ft_set_multicast_hops(struct ft_option_call *call)
{
	if (is_stream(call))
		return not_on_stream(call, ENOPROTOOPT);
	if (call->value->len < sizeof(call->number))
		return too_short(call);
	if (call->number == -1)
		call->number = 1;
	return ft_set_range(call);
}

/* An AF_INET6 stream has it under the name of its own level only. */
int32_t ft_set_datagram_flag(struct ft_option_call *call)
{
	if (is_stream(call))
		return not_on_stream(call, EINVAL);
	return ft_set_flag(call);
}

int32_t ft_set_mtu6(struct ft_option_call *call)
{
	return call->number && call->number < 1280 ? invalid(call) : 0;
}

enum { MTU_LO = 65536, MTU_ETH = 1500, MTU_MAX_V4 = 65535 };

/* That of the way the connection takes, which is kept also when it was reset. */
int32_t ft_get_mtu(struct ft_option_call *call)
{
	const struct ft_socket *s = call->s;
	bool was_reset = s->stream && s->state == TCP_CLOSE && s->associated;

	if ((s->state == TCP_CLOSE && !was_reset) || s->state == TCP_LISTEN)
		return ft_refused(call, FT_RULE_OPTION_ROUTED, ENOTCONN);
	if (call->s->options[FT_SLOT_REROUTED])
		return FT_OPTION_BEYOND;
	if (ft_device_of(call->model, call->s->peer, &call->s->remote) == FT_DEV_NONE)
		call->read = MTU_ETH;
	else
		call->read = ft_ip_is_v4(&call->s->remote) ? MTU_MAX_V4 : MTU_LO;
	return 0;
}

/* ---- source addresses (RFC 5014) ---- */

enum {
	PREFER_TMP = 0x1,
	PREFER_PUBLIC = 0x2,
	PREFER_COA = 0x4,
	PREFER_CGA = 0x8,
	PREFER_PUBTMP_DEFAULT = 0x100,
	PREFER_HOME = 0x400,
	PREFER_NONCGA = 0x800,
};

static bool at_most_one(int32_t bits)
{
	return (bits & (bits - 1)) == 0;
}

/* ip6_sock_set_addr_preferences(): of each kind one wish; earlier ones are forgotten. */
int32_t ft_set_addr_preferences(struct ft_option_call *call)
{
	int32_t public = call->number & (PREFER_TMP | PREFER_PUBLIC | PREFER_PUBTMP_DEFAULT);
	int32_t home = call->number & (PREFER_COA | PREFER_HOME);

	if (!at_most_one(public) || !at_most_one(home) ||
	    !at_most_one(call->number & (PREFER_CGA | PREFER_NONCGA)))
		return invalid(call);
	return ft_keep(call, call->number & (PREFER_TMP | PREFER_PUBLIC | PREFER_COA));
}

int32_t ft_get_addr_preferences(struct ft_option_call *call)
{
	int32_t kept = ft_option_kept(call->s, call->row);

	call->read = kept & (PREFER_TMP | PREFER_PUBLIC);
	if (!call->read)
		call->read = PREFER_PUBTMP_DEFAULT;
	call->read |= kept & PREFER_COA ? PREFER_COA : PREFER_HOME;
	return 0;
}

/* ---- multicast ---- */

/* IP_MULTICAST_IF takes an address, an ip_mreq or an ip_mreqn. */
static bool read_mreqn(const struct ft_option_value *value, struct ip_mreqn *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (value->len < sizeof(struct in_addr))
		return false;
	if (value->len >= sizeof(struct ip_mreq))
		memcpy(ret, value->bytes,
		       value->len >= sizeof(*ret) ? sizeof(*ret) : sizeof(struct ip_mreq));
	else
		memcpy(&ret->imr_address, value->bytes, sizeof(struct in_addr));
	return true;
}

static uint8_t device_of_address(const struct ft_option_call *call, const struct in_addr *address)
{
	struct ft_ip ip = ft_ip_any4;

	memcpy(ip.bytes + 12, address, 4);
	return ft_device_of(call->model, call->s->peer, &ip);
}

static void keep_multicast_if(struct ft_socket *s, const struct ft_option_row *row, uint8_t device,
			      const struct in_addr *address)
{
	if (s->v6)
		ft_option_keep(s, row, device);
	else
		s->multicast_if = device;
	memcpy(&s->options[FT_SLOT_IP_MULTICAST_ADDRESS], address, sizeof(*address));
}

static int32_t no_device(const struct ft_option_call *call, int32_t error)
{
	return ft_refused(call, FT_RULE_OPTION_DEVICE, error);
}

int32_t ft_set_multicast_if(struct ft_option_call *call)
{
	struct ip_mreqn wish;
	int index;

	if (is_stream(call))
		return not_on_stream(call, EINVAL);
	if (!read_mreqn(call->value, &wish))
		return too_short(call);
	index = wish.imr_ifindex;
	if (!index && wish.imr_address.s_addr) {
		index = device_of_address(call, &wish.imr_address);
		if (!index) /* eth may be there for another case */
			return call->model->c->needs & FT_NEED_OWN_NAMESPACE
				       ? no_device(call, EADDRNOTAVAIL)
				       : FT_OPTION_BEYOND;
	}
	if (index < 0 || index >= call->model->n_devs)
		return no_device(call, EADDRNOTAVAIL);
	if (index && call->s->device && call->s->device != index)
		return no_device(call, EINVAL);
	keep_multicast_if(call->s, call->row, (uint8_t)index, &wish.imr_address);
	return 0;
}

/* The address, not the device. */
int32_t ft_get_multicast_if(struct ft_option_call *call)
{
	call->read = call->s->options[FT_SLOT_IP_MULTICAST_ADDRESS];
	return 0;
}

int32_t ft_set_multicast_if6(struct ft_option_call *call)
{
	if (is_stream(call))
		return not_on_stream(call, ENOPROTOOPT);
	if (call->value->len < sizeof(call->number))
		return too_short(call);
	if (call->number < 0 || call->number >= call->model->n_devs)
		return no_device(call, ENODEV);
	if (call->number && call->s->device && call->s->device != call->number)
		return no_device(call, EINVAL);
	call->s->multicast_if = (uint8_t)call->number;
	return 0;
}

int32_t ft_get_multicast_if6(struct ft_option_call *call)
{
	call->read = call->s->multicast_if;
	return 0;
}

static int32_t change_membership(const struct ft_option_call *call, const struct ft_ip *group,
				 int64_t index)
{
	bool join = call->row->high;

	if (index < 0 || index > UINT8_MAX)
		return FT_OPTION_BEYOND;
	return ft_multicast_set(call->model, call->s, join, group, (uint8_t)index);
}

/* The interface is given by an address that is none of this host's. Whoever leaves is told that he
 * was no member (ip_mc_leave_group()). */
static int32_t not_there(const struct ft_option_call *call, const struct ft_ip *group)
{
	if (!call->row->high)
		return ft_refused(call, FT_RULE_MCAST_NONE, EADDRNOTAVAIL);
	if (!ft_ip_is_multicast(group))
		return ft_refused(call, FT_RULE_MCAST_ADDRESS, EINVAL);
	return no_device(call, ENODEV);
}

int32_t ft_set_membership(struct ft_option_call *call)
{
	struct ip_mreqn wish;
	struct ft_ip group = ft_ip_any4;

	if (is_stream(call))
		return not_on_stream(call, EPROTO);
	if (call->value->len < sizeof(struct ip_mreq))
		return too_short(call);
	read_mreqn(call->value, &wish);
	memcpy(group.bytes + 12, &wish.imr_multiaddr, 4);
	if (!wish.imr_ifindex && wish.imr_address.s_addr) {
		wish.imr_ifindex = device_of_address(call, &wish.imr_address);
		if (!wish.imr_ifindex)
			return not_there(call, &group);
	}
	return change_membership(call, &group, wish.imr_ifindex);
}

int32_t ft_set_membership6(struct ft_option_call *call)
{
	struct ipv6_mreq wish;
	struct ft_ip group = ft_ip_any6;

	if (call->value->len < sizeof(wish))
		return too_short(call);
	if (is_stream(call))
		return not_on_stream(call, EPROTO);
	memcpy(&wish, call->value->bytes, sizeof(wish));
	memcpy(group.bytes, &wish.ipv6mr_multiaddr, 16);
	if (ft_ip_is_v4(&group) && ft_on(call->model, FT_RULE_MCAST_ADDRESS))
		return ft_refused(call, FT_RULE_MCAST_ADDRESS, EINVAL);
	return change_membership(call, &group, wish.ipv6mr_interface);
}

/* A stream may do it, unlike joining for all sources. */
int32_t ft_set_source(struct ft_option_call *call)
{
	struct ft_ip group = ft_ip_any4, source = ft_ip_any4;
	struct ip_mreq_source wish;
	uint8_t device = 0;

	if (call->value->len != sizeof(wish))
		return too_short(call);
	memcpy(&wish, call->value->bytes, sizeof(wish));
	memcpy(group.bytes + 12, &wish.imr_multiaddr, 4);
	memcpy(source.bytes + 12, &wish.imr_sourceaddr, 4);
	if (!ft_ip_is_multicast(&group))
		return ft_refused(call, FT_RULE_MCAST_ADDRESS, EINVAL);
	if (wish.imr_interface.s_addr) {
		device = device_of_address(call, &wish.imr_interface);
		if (!device)
			return no_device(call, ENODEV);
	}
	return ft_source_set(call->model, call->s, (enum ft_source_call)call->row->high, &group,
			     &source, device);
}

int32_t ft_set_source6(struct ft_option_call *call)
{
	struct ft_ip group = ft_ip_any6, source = ft_ip_any6;
	const struct sockaddr_in6 *at;
	struct group_source_req wish;

	if (call->value->len < sizeof(wish))
		return too_short(call);
	memcpy(&wish, call->value->bytes, sizeof(wish));
	if (wish.gsr_group.ss_family != AF_INET6 || wish.gsr_source.ss_family != AF_INET6)
		return ft_refused(call, FT_RULE_MCAST_ADDRESS, EADDRNOTAVAIL);
	at = (const struct sockaddr_in6 *)&wish.gsr_group;
	memcpy(group.bytes, &at->sin6_addr, 16);
	at = (const struct sockaddr_in6 *)&wish.gsr_source;
	memcpy(source.bytes, &at->sin6_addr, 16);
	if (!ft_ip_is_multicast(&group) || ft_ip_is_v4(&group))
		return ft_refused(call, FT_RULE_MCAST_ADDRESS, EINVAL);
	if (wish.gsr_interface >= call->model->n_devs)
		return no_device(call, ENODEV);
	return ft_source_set(call->model, call->s, (enum ft_source_call)call->row->high, &group,
			     &source, (uint8_t)wish.gsr_interface);
}

/* SPDX-License-Identifier: MIT */
/*
 * What does getsockopt(2) read?
 */
#include <errno.h>

#include "case/constants.h"
#include "model/option.h"

static int32_t read_as(int64_t value, int64_t *ret)
{
	*ret = value;
	return 0;
}

/* SO_ERROR is cleared by reading. */
static int32_t take_error(struct ft_socket *s, int64_t *ret)
{
	*ret = s->error;
	s->error = 0;
	return 0;
}

static int32_t get_socket(struct ft_socket *s, int name, int64_t *ret)
{
	switch (name) {
	case SO_REUSEADDR:
		return read_as(s->reuseaddr, ret);
	case SO_REUSEPORT:
		return read_as(s->reuseport, ret);
	case SO_BROADCAST:
		return read_as(s->broadcast, ret);
	case SO_INCOMING_CPU:
		return read_as(s->incoming_cpu, ret);
	case SO_BINDTODEVICE:
	case SO_BINDTOIFINDEX:
		return read_as(s->device, ret);
	case SO_LINGER:
		return read_as(s->linger, ret);
	case SO_ERROR:
		return take_error(s, ret);
	case SO_ACCEPTCONN:
		return read_as(s->state == TCP_LISTEN, ret);
	case SO_TYPE:
		return read_as(ft_families[s->family].type, ret);
	case SO_DOMAIN:
		return read_as(ft_families[s->family].domain, ret);
	default:
		return FT_OPTION_BEYOND;
	}
}

static int32_t get_ip(const struct ft_socket *s, int name, int64_t *ret)
{
	switch (name) {
	case IP_BIND_ADDRESS_NO_PORT:
		return read_as(s->no_port, ret);
	case IP_LOCAL_PORT_RANGE:
		return read_as(s->range_low | (int64_t)s->range_high << 16, ret);
	case IP_FREEBIND:
		return read_as(s->freebind, ret);
	case IP_TRANSPARENT:
		return read_as(s->transparent, ret);
	case IP_MULTICAST_LOOP:
		return read_as(s->multicast_loop, ret);
	case IP_MULTICAST_ALL:
		return read_as(s->multicast_all, ret);
	default:
		return FT_OPTION_BEYOND;
	}
}

static int32_t get_ipv6(const struct ft_socket *s, int name, int64_t *ret)
{
	switch (name) {
	case IPV6_V6ONLY:
		return read_as(s->v6only, ret);
	case IPV6_FREEBIND:
		return read_as(s->freebind, ret);
	case IPV6_TRANSPARENT:
		return read_as(s->transparent, ret);
	case IPV6_MULTICAST_LOOP:
		return read_as(s->multicast_loop, ret);
	case IPV6_MULTICAST_ALL:
		return read_as(s->multicast_all, ret);
	case IPV6_MULTICAST_IF:
		return read_as(s->multicast_if, ret);
	default:
		return FT_OPTION_BEYOND;
	}
}

int32_t ft_option_get(struct ft_model *model, struct ft_socket *s, int level, int name,
		      int64_t *ret_value)
{
	(void)model;
	switch (level) {
	case SOL_SOCKET:
		return get_socket(s, name, ret_value);
	case IPPROTO_IP:
		return get_ip(s, name, ret_value);
	case IPPROTO_IPV6:
		return s->v6 ? get_ipv6(s, name, ret_value) : ENOPROTOOPT;
	default:
		return FT_OPTION_BEYOND;
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * What does setsockopt(2) do?
 *
 * In the kernel's order: the level must be one of the socket's, then the length, then the option's
 * own conditions.
 */
#include <errno.h>
#include <string.h>

#include "case/constants.h"
#include "model/option.h"

uint8_t ft_device_find(const struct ft_model *model, const char *name)
{
	for (uint8_t i = FT_DEV_LO; i < model->n_devs; i++)
		if (strcmp(model->devs[i], name) == 0)
			return i;
	return FT_DEV_NONE;
}

static int number_of(const struct ft_option_value *value)
{
	int number;

	memcpy(&number, value->bytes, sizeof(number));
	return number;
}

static bool may_change_device(const struct ft_model *model, const struct ft_socket *s)
{
	return model->uid == 0 || !s->device;
}

/* sock_bindtoindex_locked(). */
static int32_t set_device(struct ft_model *model, struct ft_socket *s, int index)
{
	if (index < 0 || index > UINT8_MAX)
		return EINVAL;
	if (!may_change_device(model, s) && ft_on(model, FT_RULE_OPTION_DEVICE_USER)) {
		ft_decided(model, FT_RULE_OPTION_DEVICE_USER);
		return EPERM;
	}
	s->device = (uint8_t)index;
	return 0;
}

static int32_t set_device_name(struct ft_model *model, struct ft_socket *s,
			       const struct ft_option_value *value)
{
	char name[16] = {0};
	uint8_t index;

	memcpy(name, value->bytes, value->len < 15 ? value->len : 15);
	index = ft_device_find(model, name);
	if (name[0] && !index)
		return ENODEV;
	return set_device(model, s, index);
}

static int32_t set_linger(struct ft_socket *s, const struct ft_option_value *value)
{
	struct linger linger;

	if (value->len < sizeof(linger))
		return EINVAL;
	memcpy(&linger, value->bytes, sizeof(linger));
	s->linger = linger.l_onoff ? linger.l_linger : -1;
	return 0;
}

static int32_t set_socket(struct ft_model *model, struct ft_socket *s, int name,
			  const struct ft_option_value *value)
{
	int number = number_of(value);

	if (name == SO_BINDTODEVICE)
		return set_device_name(model, s, value);
	if (value->len < sizeof(int))
		return EINVAL;
	switch (name) {
	case SO_REUSEADDR:
		s->reuseaddr = number;
		return 0;
	case SO_REUSEPORT:
		s->reuseport = number;
		return 0;
	case SO_BROADCAST:
		s->broadcast = number;
		return 0;
	case SO_INCOMING_CPU:
		s->incoming_cpu = number;
		return 0;
	case SO_BINDTOIFINDEX:
		return set_device(model, s, number);
	case SO_LINGER:
		return set_linger(s, value);
	case SO_KEEPALIVE:
		return 0;
	default:
		return FT_OPTION_BEYOND;
	}
}

static int32_t set_port_range(struct ft_socket *s, const struct ft_option_value *value)
{
	uint32_t range = (uint32_t)number_of(value);
	uint16_t low = (uint16_t)range, high = (uint16_t)(range >> 16);

	if (value->len != sizeof(range) || (low && high && low > high))
		return EINVAL;
	s->range_low = low;
	s->range_high = high;
	return 0;
}

static int32_t set_transparent(struct ft_model *model, struct ft_socket *s, int number)
{
	if (number && model->uid != 0 && ft_on(model, FT_RULE_OPTION_PRIVILEGE)) {
		ft_decided(model, FT_RULE_OPTION_PRIVILEGE);
		return EPERM;
	}
	s->transparent = number;
	return 0;
}

static int32_t set_multicast_if4(struct ft_socket *s, const struct ft_option_value *value)
{
	struct ip_mreqn request;

	if (s->stream)
		return EINVAL;
	if (value->len < sizeof(request))
		return FT_OPTION_BEYOND;
	memcpy(&request, value->bytes, sizeof(request));
	s->multicast_if = (uint8_t)request.imr_ifindex;
	return 0;
}

static int32_t set_ip(struct ft_model *model, struct ft_socket *s, int name,
		      const struct ft_option_value *value)
{
	int number = value->len >= sizeof(int) ? number_of(value) : value->bytes[0];

	switch (name) {
	case IP_BIND_ADDRESS_NO_PORT:
		s->no_port = number;
		return 0;
	case IP_LOCAL_PORT_RANGE:
		return set_port_range(s, value);
	case IP_FREEBIND:
		s->freebind = number;
		return 0;
	case IP_TRANSPARENT:
		return set_transparent(model, s, number);
	case IP_MULTICAST_LOOP:
		s->multicast_loop = number;
		return 0;
	case IP_MULTICAST_ALL:
		s->multicast_all = number;
		return 0;
	case IP_MULTICAST_IF:
		return set_multicast_if4(s, value);
	default:
		return FT_OPTION_BEYOND;
	}
}

static int32_t set_v6only(struct ft_model *model, struct ft_socket *s, int number)
{
	if (s->port && ft_on(model, FT_RULE_OPTION_V6ONLY_BOUND)) {
		ft_decided(model, FT_RULE_OPTION_V6ONLY_BOUND);
		return EINVAL;
	}
	s->v6only = number;
	return 0;
}

static int32_t set_ipv6(struct ft_model *model, struct ft_socket *s, int name,
			const struct ft_option_value *value)
{
	int number = number_of(value);

	if (value->len < sizeof(int))
		return EINVAL;
	switch (name) {
	case IPV6_V6ONLY:
		return set_v6only(model, s, number);
	case IPV6_FREEBIND:
		s->freebind = number;
		return 0;
	case IPV6_TRANSPARENT:
		return set_transparent(model, s, number);
	case IPV6_MULTICAST_LOOP:
		s->multicast_loop = number;
		return 0;
	case IPV6_MULTICAST_ALL:
		s->multicast_all = number;
		return 0;
	case IPV6_MULTICAST_IF:
		if (s->stream)
			return ENOPROTOOPT;
		s->multicast_if = (uint8_t)number;
		return 0;
	default:
		return FT_OPTION_BEYOND;
	}
}

static int32_t set_tcp(struct ft_socket *s, int name, const struct ft_option_value *value)
{
	int number = number_of(value);

	if (value->len < sizeof(int))
		return EINVAL;
	switch (name) {
	case TCP_NODELAY:
		return 0;
	case TCP_DEFER_ACCEPT:
		s->defer_accept = number;
		return 0;
	case TCP_FASTOPEN:
		s->fastopen_queue = number;
		return 0;
	case TCP_FASTOPEN_CONNECT:
		s->fastopen_connect = number;
		return 0;
	default:
		return FT_OPTION_BEYOND;
	}
}

int32_t ft_option_set(struct ft_model *model, struct ft_socket *s, int level, int name,
		      const struct ft_option_value *value)
{
	switch (level) {
	case SOL_SOCKET:
		return set_socket(model, s, name, value);
	case IPPROTO_IP:
		return set_ip(model, s, name, value);
	case IPPROTO_IPV6:
		return s->v6 ? set_ipv6(model, s, name, value) : ENOPROTOOPT;
	case IPPROTO_TCP:
		return s->stream ? set_tcp(s, name, value) : ENOPROTOOPT;
	default:
		return level == IPPROTO_UDP && !s->stream ? FT_OPTION_BEYOND : ENOPROTOOPT;
	}
}

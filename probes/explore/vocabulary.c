/* SPDX-License-Identifier: MIT */
#include "explore/vocabulary.h"

#include <string.h>

#include "case/words.h"

static const char *const names[FT_VOCABLE_COUNT] = {
	[FT_VOCABLE_REUSEADDR] = "reuseaddr",
	[FT_VOCABLE_REUSEPORT] = "reuseport",
	[FT_VOCABLE_V6ONLY] = "v6only",
	[FT_VOCABLE_NO_PORT] = "bind_address_no_port",
	[FT_VOCABLE_PORT_RANGE] = "local_port_range",
	[FT_VOCABLE_DEVICE] = "bindtodevice",
	[FT_VOCABLE_IFINDEX] = "bindtoifindex",
	[FT_VOCABLE_LINGER] = "linger",
	[FT_VOCABLE_CPU] = "incoming_cpu",
	[FT_VOCABLE_FREEBIND] = "freebind",
	[FT_VOCABLE_TRANSPARENT] = "transparent",
	[FT_VOCABLE_JOIN] = "add_membership",
	[FT_VOCABLE_LEAVE] = "drop_membership",
	[FT_VOCABLE_MULTICAST_IF] = "multicast_if",
	[FT_VOCABLE_MULTICAST_LOOP] = "multicast_loop",
	[FT_VOCABLE_MULTICAST_ALL] = "multicast_all",
	[FT_VOCABLE_BROADCAST] = "broadcast",
	[FT_VOCABLE_DEFER] = "defer_accept",
	[FT_VOCABLE_NODELAY] = "nodelay",
	[FT_VOCABLE_KEEPALIVE] = "keepalive",
	[FT_VOCABLE_PRIORITY] = "priority",
	[FT_VOCABLE_TOS] = "tos",
	[FT_VOCABLE_ERROR] = "error",
	[FT_VOCABLE_ACCEPTCONN] = "acceptconn",
	[FT_VOCABLE_TYPE] = "type",
	[FT_VOCABLE_DOMAIN] = "domain",
	[FT_VOCABLE_PROTOCOL] = "protocol",
};

void ft_vocabulary_init(struct ft_vocabulary *vocabulary)
{
	for (unsigned i = 0; i < FT_VOCABLE_COUNT; i++)
		for (size_t option = 0; option < ft_n_options; option++)
			if (strcmp(ft_options[option].word, names[i]) == 0)
				vocabulary->options[i] = (uint16_t)option;
}

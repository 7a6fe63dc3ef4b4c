/* SPDX-License-Identifier: MIT */
/*
 * Which options do random programs set and read? Private to probes/explore.
 */
#ifndef FT_EXPLORE_VOCABULARY_H
#define FT_EXPLORE_VOCABULARY_H

#include <stdint.h>

enum ft_vocable {
	FT_VOCABLE_REUSEADDR,
	FT_VOCABLE_REUSEPORT,
	FT_VOCABLE_V6ONLY,
	FT_VOCABLE_NO_PORT,
	FT_VOCABLE_PORT_RANGE,
	FT_VOCABLE_DEVICE,
	FT_VOCABLE_IFINDEX,
	FT_VOCABLE_LINGER,
	FT_VOCABLE_CPU,
	FT_VOCABLE_FREEBIND,
	FT_VOCABLE_TRANSPARENT,
	FT_VOCABLE_JOIN,
	FT_VOCABLE_LEAVE,
	FT_VOCABLE_MULTICAST_IF,
	FT_VOCABLE_MULTICAST_LOOP,
	FT_VOCABLE_MULTICAST_ALL,
	FT_VOCABLE_BROADCAST,
	FT_VOCABLE_DEFER,
	/* What follows is read, or set because it ought not to matter. */
	FT_VOCABLE_NODELAY,
	FT_VOCABLE_KEEPALIVE,
	FT_VOCABLE_PRIORITY,
	FT_VOCABLE_TOS,
	FT_VOCABLE_ERROR,
	FT_VOCABLE_ACCEPTCONN,
	FT_VOCABLE_TYPE,
	FT_VOCABLE_DOMAIN,
	FT_VOCABLE_PROTOCOL,
	FT_VOCABLE_COUNT
};

/* Indexes into ft_options. */
struct ft_vocabulary {
	uint16_t options[FT_VOCABLE_COUNT];
};

void ft_vocabulary_init(struct ft_vocabulary *vocabulary);

#endif

/* SPDX-License-Identifier: MIT */
/* What do the files of the probe `ephemeral` share? */
#ifndef FT_EPHEMERAL_H
#define FT_EPHEMERAL_H

#include "probe/probe.h"
#include "reports/record.h"

/* One port for the kernel's choice, two, and four. */
#define FT_ONE_PORT "sysctl ip_local_port_range=40000_40000; "
#define FT_TWO_PORTS "sysctl ip_local_port_range=40000_40001; "
#define FT_FOUR_PORTS "sysctl ip_local_port_range=40000_40003; "
/* Names these ports, so that the outcome shows them by their numbers. */
#define FT_BY_NUMBER "look lo:40000; look lo:40001; look lo:40002; look lo:40003; "
#define FT_FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
/* A listener at q for every destination. */
#define FT_LISTENER4 "l tcp4 bind any:q listen; "
#define FT_LISTENER6 "l tcp6 bind any:q listen; "

/* ephemeral_full.c: the same questions as larger products, for --full. */
extern const char *const ft_ephemeral_full[];

#endif

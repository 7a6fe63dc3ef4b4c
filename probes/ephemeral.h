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

/* ephemeral_draws.c: cases of many draws, and what their ports show. */
int ft_ephemeral_draws(struct ft_job *job, struct ft_err *err);
void ft_ephemeral_examine(struct ft_record *record);

/* ephemeral_sizes.c: ranges of many ports, used to the last one. */
int ft_ephemeral_sizes(struct ft_job *job, struct ft_err *err);

/* ephemeral.c: adds the case of this text; line is what an error is told by. */
int ft_ephemeral_add(struct ft_job *job, const struct ft_text *text, const char *origin,
		     unsigned line, struct ft_err *err);

#endif

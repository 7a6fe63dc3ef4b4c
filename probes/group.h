/* SPDX-License-Identifier: MIT */
/* What is the probe program `group` put together from? */
#ifndef FT_PROBES_GROUP_H
#define FT_PROBES_GROUP_H

#include "probe/probe.h"

/* group_full.c: larger products of the same questions. */
extern const char *const ft_group_full[];

/* group_sizes.c: groups of 2 to 64 members, and how evenly they share. */
int ft_group_generate(struct ft_job *job, struct ft_err *err);
void ft_group_examine(struct ft_record *record);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What do the files of the sandbox share about one network namespace?
 */
#ifndef FT_ENGINE_NETNS_H
#define FT_ENGINE_NETNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Was the present network namespace made here? The evidence lies in the namespace itself (see
 * layout.c): it holds in every thread and child, and cannot be stale after a setns(2). */
bool ft_netns_is_ours(void);

/* Sets up lo of the present, fresh namespace, and with it the mark. */
int ft_layout_loopback(struct ft_err *err);
/* Which of the pinned sysctls does the present, fresh namespace have by itself, and any other of
 * this boot as well? A bit for each. */
uint64_t ft_pinned_by_nature(void);
/* Writes the others to the present namespace, as far as it lets them be written. */
void ft_pinned_write(uint64_t as_pinned);
/* Makes the veth pair between two fresh namespaces; the caller is in near_fd afterwards. */
int ft_layout_eth(int near_fd, int far_fd, struct ft_err *err);

/* As ft_sysctl_write(), for a caller that knows that the namespace is a new one. */
int ft_sysctl_put(const char *name, const char *value, struct ft_err *err);

#endif

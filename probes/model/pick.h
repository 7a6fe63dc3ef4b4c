/* SPDX-License-Identifier: MIT */
/*
 * Which ports may the kernel choose? Private to probes/model; see pick.c.
 */
#ifndef FT_MODEL_PICK_H
#define FT_MODEL_PICK_H

#include "model/state.h"

/* A picked port: which alternatives there were is forgotten, only its range is kept. */
struct ft_pick {
	uint16_t low, high;
	uint16_t shown; /* as e1, e2, ...; 0: not yet */
};

/* Is a port kept from the kernel's own choice? */
bool ft_port_reserved(const struct ft_sysctls *sysctls, uint32_t port);
/* The range that a pick for s is made from (inet_sk_get_local_port_range()). */
void ft_port_range(struct ft_model *model, const struct ft_socket *s, uint32_t *ret_low,
		   uint32_t *ret_high);
/* A port of the kernel's choice. usable(arg, port) says whether it may be taken; parity: the
 * offsets from low that are tried first, 0 even, 1 odd, -1 no matter. Numbers where the range is
 * small, else a pick without a number. 0 if there is none. */
typedef bool ft_port_usable(struct ft_model *model, struct ft_socket *s, uint32_t port);
uint32_t ft_port_pick(struct ft_model *model, struct ft_socket *s, uint32_t low, uint32_t high,
		      int parity, ft_port_usable *usable, enum ft_rule rule);

#endif

/* SPDX-License-Identifier: MIT */
/* What is a reuseport group? For group.c and steer.c only. */
#ifndef FT_MODEL_GROUP_H
#define FT_MODEL_GROUP_H

#include "model/state.h"

struct ft_reuseport {
	uint16_t n, size;   /* members that can be picked; size of the array */
	uint16_t *members;  /* ids in the kernel's order; kept from case to case */
	uint16_t n_shut;    /* sockets that do not listen any more and stay aside */
	int n_cpu;          /* those with a CPU, as the kernel counts them: also below 0 */
	bool has_connected; /* one of them was connected once (UDP) */
	bool has_program;
	uint8_t program; /* enum ft_steer */
	uint32_t number; /* its K or N */
};

/* NULL if it is in none. */
struct ft_reuseport *ft_group_of(const struct ft_model *model, const struct ft_socket *s);
/* A group of its own (reuseport_alloc()), unless it has one. 0 or a positive errno. */
int32_t ft_group_form(struct ft_model *model, struct ft_socket *s);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which member of a reuseport group gets the next packet, when a program decides?
 *
 * The three programs of the language as classic and as extended BPF. Sources: socket(7) on
 * SO_ATTACH_REUSEPORT_CBPF and SO_ATTACH_REUSEPORT_EBPF; bpf(2).
 */
#ifndef FT_ENGINE_STEER_H
#define FT_ENGINE_STEER_H

#include <stdint.h>

#include "base/err.h"
#include "case/case.h"

/* Attaches the classic program. 0 or the negative errno of setsockopt(2). */
int ft_steer_attach(int fd, enum ft_steer kind, uint32_t number);
/* Attaches a loaded extended program. */
int ft_steer_attach_ebpf(int fd, int program_fd);
/* Takes either off again: SO_DETACH_REUSEPORT_BPF. */
int ft_steer_detach(int fd);

/* Extended programs have to be loaded before the sandbox is entered: a user namespace has no
 * CAP_BPF (capabilities(7)). One row per program that the cases name. */
struct ft_steer_programs {
	size_t n;
	struct ft_steer_program {
		uint8_t kind;
		uint32_t number;
		int fd; /* or a negative errno: why it could not be loaded */
	} rows[64];
};
/* Adds the programs that this case names and that are not there yet. */
void ft_steer_load(struct ft_steer_programs *programs, const struct ft_case *c);
void ft_steer_unload(struct ft_steer_programs *programs);
/* The descriptor, or a negative errno: as loading said, -ENOENT if it was never asked for. */
int ft_steer_find(const struct ft_steer_programs *programs, uint8_t kind, uint32_t number);

#endif

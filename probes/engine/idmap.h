/* SPDX-License-Identifier: MIT */
/*
 * Which users exist inside the sandbox? Writing the uid and gid map of a new user namespace.
 */
#ifndef FT_ENGINE_IDMAP_H
#define FT_ENGINE_IDMAP_H

#include <stdbool.h>
#include <sys/types.h>

#include "engine/sandbox.h"

/* A child that stays in the user namespace of before and writes from there; -1: none. */
struct ft_idmap {
	pid_t writer;
	int link; /* to the writer */
	uid_t uid;
	gid_t gid;
};

/* Before the user namespace is made: starts the writer if more than our own user can be mapped. */
void ft_idmap_start(struct ft_idmap *map);
/* Inside the new user namespace: has the maps written, ours alone if no more can be had. On
 * failure *ret_stage tells which of the three. */
int ft_idmap_finish(struct ft_idmap *map, bool *ret_many, enum ft_stage *ret_stage);
/* Ends the writer, if ft_idmap_finish() was not reached. */
void ft_idmap_abort(struct ft_idmap *map);

#endif

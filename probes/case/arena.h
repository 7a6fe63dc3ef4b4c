/* SPDX-License-Identifier: MIT */
/*
 * Where do the parsed steps of a matrix live? In blocks that are freed all at once.
 */
#ifndef FT_CASE_ARENA_H
#define FT_CASE_ARENA_H

#include <stddef.h>

struct ft_arena {
	struct ft_arena_block *last;
	size_t used; /* of the last block */
};

/* An arena whose bytes are all zero is empty. */
void ft_arena_fini(struct ft_arena *arena);

/* size zeroed bytes, aligned for anything; NULL without memory. */
void *ft_arena_get(struct ft_arena *arena, size_t size);

/* n elements of size bytes, checked for overflow; NULL without memory. */
void *ft_arena_array(struct ft_arena *arena, size_t n, size_t size);

/* A copy of len bytes with a NUL behind them; NULL without memory. */
char *ft_arena_bytes(struct ft_arena *arena, const void *bytes, size_t len);

#endif

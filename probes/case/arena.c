/* SPDX-License-Identifier: MIT */
/*
 * Where do the parsed steps of a matrix live? In blocks that are freed all at once.
 *
 * Blocks double from 2 KiB, so that one small case costs one small allocation, up to 1 MiB.
 */
#include "case/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_MIN = 2 << 10, BLOCK_MAX = 1 << 20 };

struct ft_arena_block {
	struct ft_arena_block *before;
	size_t size;
	alignas(max_align_t) unsigned char bytes[];
};

void ft_arena_fini(struct ft_arena *arena)
{
	while (arena->last) {
		struct ft_arena_block *block = arena->last;

		arena->last = block->before;
		free(block);
	}
	arena->used = 0;
}

static int add_block(struct ft_arena *arena, size_t need)
{
	size_t size = arena->last ? arena->last->size * 2 : BLOCK_MIN;
	struct ft_arena_block *block;

	if (size > BLOCK_MAX)
		size = BLOCK_MAX;
	if (size < need)
		size = need;
	block = calloc(1, sizeof(*block) + size);
	if (!block)
		return -1;
	block->size = size;
	block->before = arena->last;
	arena->last = block;
	arena->used = 0;
	return 0;
}

void *ft_arena_get(struct ft_arena *arena, size_t size)
{
	const size_t mask = alignof(max_align_t) - 1;
	void *bytes;

	if (size > SIZE_MAX / 4)
		return NULL;
	size = (size + mask) & ~mask;
	if (!arena->last || size > arena->last->size - arena->used)
		if (add_block(arena, size))
			return NULL;
	bytes = arena->last->bytes + arena->used;
	arena->used += size;
	return bytes;
}

void *ft_arena_array(struct ft_arena *arena, size_t n, size_t size)
{
	if (size && n > SIZE_MAX / 4 / size)
		return NULL;
	return ft_arena_get(arena, n * size);
}

char *ft_arena_bytes(struct ft_arena *arena, const void *bytes, size_t len)
{
	char *copy;

	if (len > SIZE_MAX / 4)
		return NULL;
	copy = ft_arena_get(arena, len + 1);
	if (copy && len)
		memcpy(copy, bytes, len);
	return copy;
}

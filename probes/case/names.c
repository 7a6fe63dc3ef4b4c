/* SPDX-License-Identifier: MIT */
/*
 * Which number has a socket's or a port's name? The order of first sight in the matrix.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "case/parse.h"

static size_t hash(struct ft_slice name)
{
	uint32_t h = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.at[i]) * 16777619u;
	return h ^ h >> 15;
}

/* The bucket of a name, or the free one where it belongs. */
static uint16_t *bucket(const struct ft_name_table *table, struct ft_slice name)
{
	for (size_t at = hash(name);; at++) {
		uint16_t *slot = &table->buckets[at & (table->n_buckets - 1)];

		if (!*slot || ft_slice_is(name, table->names[*slot - 1]))
			return slot;
	}
}

static int grow(struct ft_name_table *table)
{
	size_t size = table->size ? table->size * 2 : 16;
	const char **names = realloc(table->names, size * sizeof(*names));
	uint16_t *buckets;

	if (!names)
		return -ENOMEM;
	table->names = names;
	buckets = calloc(size * 2, sizeof(*buckets));
	if (!buckets)
		return -ENOMEM;
	free(table->buckets);
	table->buckets = buckets;
	table->n_buckets = size * 2;
	table->size = size;
	for (size_t i = 0; i < table->n; i++)
		*bucket(table, (struct ft_slice){names[i], strlen(names[i])}) = (uint16_t)(i + 1);
	return 0;
}

int ft_name_intern(struct ft_name_table *table, struct ft_arena *arena, struct ft_slice name,
		   size_t max, uint16_t *ret)
{
	uint16_t *slot;
	char *copy;

	if (table->n == table->size && grow(table))
		return -ENOMEM;
	slot = bucket(table, name);
	if (!*slot) {
		if (table->n >= max)
			return -E2BIG;
		copy = ft_arena_bytes(arena, name.at, name.len);
		if (!copy)
			return -ENOMEM;
		table->names[table->n++] = copy;
		*slot = (uint16_t)table->n;
	}
	*ret = (uint16_t)(*slot - 1);
	return 0;
}

void ft_name_table_fini(struct ft_name_table *table)
{
	free(table->names);
	free(table->buckets);
	*table = (struct ft_name_table){0};
}

/* SPDX-License-Identifier: MIT */
/*
 * Which word that is known here did the author mean?
 */
#ifndef FT_CASE_NEAREST_H
#define FT_CASE_NEAREST_H

#include <stddef.h>

struct ft_nearest {
	const char *word; /* what was written; borrowed */
	size_t len;
	const char *best; /* the nearest candidate so far; NULL: none is near enough */
	unsigned distance;
};

void ft_nearest_init(struct ft_nearest *nearest, const char *word, size_t len);
void ft_nearest_try(struct ft_nearest *nearest, const char *candidate);

/* "; did you mean 'X'?", or "" where nothing is near. */
struct ft_nearest_hint {
	char text[80];
};
struct ft_nearest_hint ft_nearest_hint(const struct ft_nearest *nearest);

#endif

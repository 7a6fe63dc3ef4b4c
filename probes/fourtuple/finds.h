/* SPDX-License-Identifier: MIT */
/*
 * What did a search find? Differences with the same least program are one.
 */
#ifndef FT_FOURTUPLE_FINDS_H
#define FT_FOURTUPLE_FINDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

struct ft_find {
	json_t *difference; /* as a process sent it; of the lowest program */
	uint64_t count;
};

struct ft_finds {
	size_t n, size;
	struct ft_find *rows;
	bool failed; /* no memory for one of them */
};

/* Adds a line that ft_difference_line() made. */
void ft_finds_add(struct ft_finds *finds, const char *line, size_t len);
void ft_finds_fini(struct ft_finds *finds);
/* Most frequent first, then by their text: the order does not depend on who found what when. */
void ft_finds_sort(struct ft_finds *finds);
/* How many of them are unstable (or are not). */
size_t ft_finds_count(const struct ft_finds *finds, bool unstable);

/* Prints each in a few lines: case, predicted, seen, rule. */
void ft_finds_print(const struct ft_finds *finds, FILE *file);
/* A new array of all, with their counts; NULL without memory. */
json_t *ft_finds_json(const struct ft_finds *finds);
/* Writes the least programs as a file of cases, each with what was predicted and seen in a comment.
 * Errors of open(2) and write(2). */
int ft_finds_write(const struct ft_finds *finds, const char *path, struct ft_err *err);

#endif

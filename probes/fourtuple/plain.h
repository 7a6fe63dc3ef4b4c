/* SPDX-License-Identifier: MIT */
/*
 * How is a text of somebody else printed, so that a terminal does not obey it?
 */
#ifndef FT_FOURTUPLE_PLAIN_H
#define FT_FOURTUPLE_PLAIN_H

#include <stdbool.h>
#include <stdio.h>

/* Prints text with its control characters (also those of U+0080 to U+009F) escaped, cut to about
 * max bytes and then ended by "..."; max 0: whole. */
void ft_plain(const char *text, size_t max, FILE *file);

/* A sum with an English plural: "1 case", "12 cases". */
void ft_plain_count(unsigned long long n, const char *what, FILE *file);

/* How text looks. Without colour, all are "". */
struct ft_look {
	const char *good, *bad, *dim, *strong, *end;
};
struct ft_look ft_look_of(FILE *file);
/* Of an outcome's word: good for ok, bad for an errno, dim for the rest. */
const char *ft_look_end(const struct ft_look *look, const char *end);

#endif

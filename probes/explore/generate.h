/* SPDX-License-Identifier: MIT */
/*
 * Which program has number i? A random one, weighted to what is rare.
 *
 * Sequences of independent calls would hardly ever find two sockets on one port. So a program has a
 * *theme* (reuseport groups, children and what is left of them, dialling, UDP lists, ...), few
 * ports, few addresses, a habit with its flags, and a walk through actions that the theme weights.
 * It has 2 to 12 calls; options, reads and engine words come on top.
 *
 * A program is a function of seed and number alone, on every machine.
 */
#ifndef FT_EXPLORE_GENERATE_H
#define FT_EXPLORE_GENERATE_H

#include "explore/program.h"
#include "explore/vocabulary.h"

enum { FT_GENERATE_CALLS_MIN = 2, FT_GENERATE_CALLS_MAX = 12 };

struct ft_generator {
	struct ft_vocabulary vocabulary;
	uint64_t seed;
};

void ft_generator_init(struct ft_generator *generator, uint64_t seed);
/* Fills ret with program number number; it is tidy. */
void ft_generate(const struct ft_generator *generator, uint64_t number, struct ft_program *ret);

#endif

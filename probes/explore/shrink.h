/* SPDX-License-Identifier: MIT */
/*
 * Which smaller program still does it?
 *
 * A shrinker proposes one smaller program after the other and is told of each whether it still
 * shows what is looked for; what still does is the new best. It runs nothing itself, so that the
 * one who asks may take his time, and a test may answer as it likes. It ends when no single edit is
 * left that helps: a socket, a step or a word less, one port or one user less, a plainer address,
 * family or value, two steps joined.
 */
#ifndef FT_EXPLORE_SHRINK_H
#define FT_EXPLORE_SHRINK_H

#include "explore/program.h"

struct ft_shrinker {
	struct ft_program best, proposed;
	unsigned edit;      /* the next one to be tried */
	unsigned fruitless; /* edits in a row that did not help */
	unsigned proposals;
};

/* Begins with a program that shows it. */
void ft_shrinker_begin(struct ft_shrinker *shrinker, const struct ft_program *program);
/* The next program to be tried, borrowed until ft_shrinker_tell(); NULL: best is the result. */
const struct ft_program *ft_shrinker_next(struct ft_shrinker *shrinker);
/* Does the one that was proposed last still show it? */
void ft_shrinker_tell(struct ft_shrinker *shrinker, bool still);

/* ---- edit.c ---- */

/* How many edits of this program are there? Some of them may change nothing. */
unsigned ft_edit_count(const struct ft_program *program);
/* Applies one to program, which is tidy before and after; false if nothing is changed by it. What
 * is changed is smaller: edits can be repeated only so often. */
bool ft_edit(struct ft_program *program, unsigned edit);

#endif

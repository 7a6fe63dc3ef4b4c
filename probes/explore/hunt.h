/* SPDX-License-Identifier: MIT */
/*
 * Is a difference real, and what is the least program that shows it?
 *
 * A hunt takes one program at which kernel and model differed. It asks for it to be run again,
 * twice: what does not differ then is *unstable*. Then it has it made smaller, where a smaller
 * program counts only if it differs twice, and at last has the least one run twice more. It runs
 * nothing itself: the search that it belongs to goes on meanwhile.
 */
#ifndef FT_EXPLORE_HUNT_H
#define FT_EXPLORE_HUNT_H

#include "explore/shrink.h"

enum ft_hunt_phase {
	FT_HUNT_IDLE,
	FT_HUNT_CONFIRM,
	FT_HUNT_SHRINK,
	FT_HUNT_FINAL,
};

struct ft_hunt {
	enum ft_hunt_phase phase;
	bool asked;    /* a run was asked for, and its result is still to be told */
	unsigned runs; /* of the present program, that differed */
	struct ft_program original;
	struct ft_shrinker shrinker;
	const struct ft_program *present;
};

enum ft_hunt_news {
	FT_HUNT_GOES_ON,
	FT_HUNT_UNSTABLE, /* it is over: the original did not differ again */
	FT_HUNT_CAUGHT,   /* it is over: shrinker.best differs, as in the run just told of */
};

/* Begins; the hunt must be idle. */
void ft_hunt_begin(struct ft_hunt *hunt, const struct ft_program *program);
/* A program to be run, borrowed until its result is told; NULL: none now, or idle. */
const struct ft_program *ft_hunt_next(struct ft_hunt *hunt);
/* The result of the program that was asked for. */
enum ft_hunt_news ft_hunt_tell(struct ft_hunt *hunt, bool differs);

#endif

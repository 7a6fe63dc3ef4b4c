/* SPDX-License-Identifier: MIT */
/*
 * Is a difference real, and what is the least program that shows it?
 *
 * A hunt takes one program at which kernel and model differed. It asks for it to be run again: if
 * it differs twice more it is *steady*, and a smaller program counts only if it differs twice. What
 * differs only at times (the kernel draws, and the model does not allow for one of the draws) is
 * tried up to FT_HUNT_TRIES times, and so is each smaller program. What never differs again is
 * *unstable*. A hunt runs nothing itself: the search that it belongs to goes on meanwhile.
 */
#ifndef FT_EXPLORE_HUNT_H
#define FT_EXPLORE_HUNT_H

#include "explore/shrink.h"

enum { FT_HUNT_SURE = 2, FT_HUNT_TRIES = 24 };

enum ft_hunt_phase {
	FT_HUNT_IDLE,
	FT_HUNT_CONFIRM,
	FT_HUNT_SHRINK,
	FT_HUNT_FINAL,
};

struct ft_hunt {
	enum ft_hunt_phase phase;
	bool asked;              /* a run was asked for, and its result is still to be told */
	bool sometimes;          /* not steady */
	bool hurried;            /* it must come to its end */
	unsigned runs, differed; /* of the present program */
	struct ft_program original;
	struct ft_shrinker shrinker;
	const struct ft_program *present;
};

enum ft_hunt_news {
	FT_HUNT_GOES_ON,
	FT_HUNT_UNSTABLE, /* it is over: it did not differ again */
	FT_HUNT_CAUGHT,   /* it is over: shrinker.best differs, as in the run just told of */
};

/* Begins; the hunt must be idle. */
void ft_hunt_begin(struct ft_hunt *hunt, const struct ft_program *program);
/* A program to be run, borrowed until its result is told; NULL: none now, or idle. */
const struct ft_program *ft_hunt_next(struct ft_hunt *hunt);
/* The result of the program that was asked for. */
enum ft_hunt_news ft_hunt_tell(struct ft_hunt *hunt, bool differs);
/* Time is up: what is the least so far is the result, if it still differs. */
void ft_hunt_hurry(struct ft_hunt *hunt);

#endif

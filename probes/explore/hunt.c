/* SPDX-License-Identifier: MIT */
#include "explore/hunt.h"

enum { RUNS = 2 };

static void go_to(struct ft_hunt *hunt, enum ft_hunt_phase phase, const struct ft_program *present)
{
	hunt->phase = phase;
	hunt->present = present;
	hunt->runs = 0;
}

void ft_hunt_begin(struct ft_hunt *hunt, const struct ft_program *program)
{
	ft_program_copy(&hunt->original, program);
	hunt->asked = false;
	go_to(hunt, FT_HUNT_CONFIRM, &hunt->original);
}

const struct ft_program *ft_hunt_next(struct ft_hunt *hunt)
{
	if (hunt->phase == FT_HUNT_IDLE || hunt->asked)
		return NULL;
	if (hunt->phase == FT_HUNT_SHRINK && hunt->runs == 0) {
		hunt->present = ft_shrinker_next(&hunt->shrinker);
		if (!hunt->present)
			go_to(hunt, FT_HUNT_FINAL, &hunt->shrinker.best);
	}
	hunt->asked = true;
	return hunt->present;
}

/* The original or the least program has done what it was run for. */
static enum ft_hunt_news tell_same(struct ft_hunt *hunt, bool differs)
{
	if (!differs) {
		hunt->phase = FT_HUNT_IDLE;
		return FT_HUNT_UNSTABLE;
	}
	if (++hunt->runs < RUNS)
		return FT_HUNT_GOES_ON;
	if (hunt->phase == FT_HUNT_FINAL) {
		hunt->phase = FT_HUNT_IDLE;
		return FT_HUNT_CAUGHT;
	}
	ft_shrinker_begin(&hunt->shrinker, &hunt->original);
	go_to(hunt, FT_HUNT_SHRINK, NULL);
	return FT_HUNT_GOES_ON;
}

enum ft_hunt_news ft_hunt_tell(struct ft_hunt *hunt, bool differs)
{
	hunt->asked = false;
	if (hunt->phase != FT_HUNT_SHRINK)
		return tell_same(hunt, differs);
	if (differs && ++hunt->runs < RUNS)
		return FT_HUNT_GOES_ON;
	ft_shrinker_tell(&hunt->shrinker, differs);
	hunt->runs = 0;
	return FT_HUNT_GOES_ON;
}

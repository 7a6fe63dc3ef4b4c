/* SPDX-License-Identifier: MIT */
#include "explore/hunt.h"

static void go_to(struct ft_hunt *hunt, enum ft_hunt_phase phase, const struct ft_program *present)
{
	hunt->phase = phase;
	hunt->present = present;
	hunt->runs = hunt->differed = 0;
}

void ft_hunt_begin(struct ft_hunt *hunt, const struct ft_program *program)
{
	ft_program_copy(&hunt->original, program);
	ft_shrinker_begin(&hunt->shrinker, program);
	hunt->asked = hunt->sometimes = hunt->hurried = false;
	go_to(hunt, FT_HUNT_CONFIRM, &hunt->original);
}

void ft_hunt_hurry(struct ft_hunt *hunt)
{
	hunt->hurried = true;
}

const struct ft_program *ft_hunt_next(struct ft_hunt *hunt)
{
	if (hunt->phase == FT_HUNT_IDLE || hunt->asked)
		return NULL;
	if (hunt->phase == FT_HUNT_SHRINK && hunt->runs == 0) {
		hunt->present = hunt->hurried ? NULL : ft_shrinker_next(&hunt->shrinker);
		if (!hunt->present)
			go_to(hunt, FT_HUNT_FINAL, &hunt->shrinker.best);
	}
	hunt->asked = true;
	return hunt->present;
}

enum answer { ANSWER_NOT_YET, ANSWER_YES, ANSWER_NO };

/* Does the present program differ, by the runs so far? */
static enum answer answer(const struct ft_hunt *hunt)
{
	if (hunt->sometimes && hunt->differed)
		return ANSWER_YES;
	if (hunt->sometimes)
		return hunt->runs < FT_HUNT_TRIES ? ANSWER_NOT_YET : ANSWER_NO;
	if (hunt->differed < hunt->runs)
		return ANSWER_NO;
	return hunt->runs < FT_HUNT_SURE ? ANSWER_NOT_YET : ANSWER_YES;
}

static enum ft_hunt_news shrunk(struct ft_hunt *hunt, bool still)
{
	ft_shrinker_tell(&hunt->shrinker, still);
	hunt->runs = hunt->differed = 0;
	return FT_HUNT_GOES_ON;
}

enum ft_hunt_news ft_hunt_tell(struct ft_hunt *hunt, bool differs)
{
	enum answer now;

	hunt->asked = false;
	hunt->runs++;
	hunt->differed += differs;
	/* What should have differed and did not is steady no more. At the end the line that is
	 * written of it wants a run that differs, so the runs are counted anew. */
	if (!differs && hunt->phase != FT_HUNT_SHRINK && !hunt->sometimes) {
		hunt->sometimes = true;
		if (hunt->phase == FT_HUNT_FINAL)
			hunt->runs = hunt->differed = 0;
	}
	now = answer(hunt);
	if (now == ANSWER_NOT_YET)
		return FT_HUNT_GOES_ON;
	if (hunt->phase == FT_HUNT_SHRINK)
		return shrunk(hunt, now == ANSWER_YES);
	if (now == ANSWER_YES && hunt->phase == FT_HUNT_CONFIRM) {
		go_to(hunt, FT_HUNT_SHRINK, NULL);
		return FT_HUNT_GOES_ON;
	}
	hunt->phase = FT_HUNT_IDLE;
	return now == ANSWER_YES ? FT_HUNT_CAUGHT : FT_HUNT_UNSTABLE;
}

/* SPDX-License-Identifier: MIT */
#include "explore/shrink.h"

enum { PROPOSALS_MAX = 4000 };

void ft_shrinker_begin(struct ft_shrinker *shrinker, const struct ft_program *program)
{
	ft_program_copy(&shrinker->best, program);
	shrinker->edit = shrinker->fruitless = shrinker->proposals = 0;
}

/* Goes round: after an edit that helped the others are tried again, until a whole round was in
 * vain. */
const struct ft_program *ft_shrinker_next(struct ft_shrinker *shrinker)
{
	unsigned n = ft_edit_count(&shrinker->best);

	while (shrinker->fruitless < n && shrinker->proposals < PROPOSALS_MAX) {
		ft_program_copy(&shrinker->proposed, &shrinker->best);
		if (ft_edit(&shrinker->proposed, shrinker->edit % n)) {
			shrinker->proposals++;
			return &shrinker->proposed;
		}
		shrinker->edit = (shrinker->edit + 1) % n;
		shrinker->fruitless++;
	}
	return NULL;
}

void ft_shrinker_tell(struct ft_shrinker *shrinker, bool still)
{
	if (still) {
		ft_program_copy(&shrinker->best, &shrinker->proposed);
		shrinker->fruitless = 0;
		return; /* the same edit again: its place is now taken by what came after it */
	}
	shrinker->edit++;
	shrinker->fruitless++;
}

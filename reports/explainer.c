/* SPDX-License-Identifier: MIT */
/*
 * Which known changes of the kernel explain an outcome that the model does not allow?
 *
 * Toggles of the profile are turned, one at a time, then two, then three: the first set with which
 * the model allows the outcome is the smallest. A distribution that ported one change back is found
 * so, and so is the profile of another release. A toggle that the model did not ask for cannot
 * matter, which leaves few sets. Sets of more than three are not tried: with enough toggles turned
 * nearly anything can be explained, and nothing is learned.
 */
#include "reports/match.h"

/* Sets of toggles, a bit each, with what the model asked for when they were turned. */
enum { SETS_MAX = 1 + FT_TOGGLE_COUNT + FT_TOGGLE_COUNT * (FT_TOGGLE_COUNT - 1) / 2 };
struct sets {
	size_t n;
	uint32_t turned[SETS_MAX], asked[SETS_MAX];
};

static bool is_tried(const struct sets *sets, uint32_t turned)
{
	for (size_t i = 0; i < sets->n; i++)
		if (sets->turned[i] == turned)
			return true;
	return false;
}

/* Tries base with one more toggle of these. Returns the set that explains it, 0: none. */
static uint32_t try_one_more(struct ft_match *match, const struct ft_record *record,
			     const struct ft_setting *setting, size_t base, uint32_t among,
			     struct sets *sets)
{
	for (unsigned toggle = 0; toggle < FT_TOGGLE_COUNT; toggle++) {
		uint32_t turned = sets->turned[base] | UINT32_C(1) << toggle;
		struct ft_setting other = *setting;

		if (!(sets->asked[base] & among & UINT32_C(1) << toggle) || is_tried(sets, turned))
			continue;
		other.profile.toggles ^= turned;
		if (ft_match_record(match, record, &other) == FT_AGREES)
			return turned;
		if (sets->n == SETS_MAX)
			continue; /* the last generation, nothing is built on it */
		sets->turned[sets->n] = turned;
		sets->asked[sets->n++] = match->asked;
	}
	return 0;
}

/* Tries all sets of one size, those built on sets number first to end - 1. */
static uint32_t try_size(struct ft_match *match, const struct ft_record *record,
			 const struct ft_kernels *kernels, size_t first, size_t end,
			 struct sets *sets)
{
	uint32_t likely = kernels->asked.profile.toggles ^ kernels->running.toggles;
	const uint32_t among[] = {likely, ~likely};
	uint32_t turned = 0;

	for (unsigned i = 0; !turned && i < 2; i++)
		for (size_t base = first; !turned && base < end; base++)
			turned = try_one_more(match, record, &kernels->asked, base, among[i], sets);
	return turned;
}

unsigned ft_match_explain(struct ft_match *match, const struct ft_record *record,
			  const struct ft_kernels *kernels, struct ft_change ret[FT_CHANGES_MAX])
{
	struct sets sets = {.n = 1, .asked[0] = match->asked};
	uint32_t turned = 0;
	size_t first = 0;
	unsigned n = 0;

	match->calls_left = FT_MATCH_EXPLAIN_CALLS;
	for (unsigned size = 1; !turned && size <= FT_CHANGES_MAX && first < sets.n; size++) {
		size_t end = sets.n;

		turned = try_size(match, record, kernels, first, end, &sets);
		first = end;
	}
	for (unsigned toggle = 0; turned >> toggle; toggle++)
		if (turned >> toggle & 1)
			ret[n++] = (struct ft_change){
				.toggle = (uint8_t)toggle,
				.before = ft_profile_has(&kernels->asked.profile,
							 (enum ft_toggle)toggle),
			};
	return n;
}

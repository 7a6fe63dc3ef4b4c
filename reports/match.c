/* SPDX-License-Identifier: MIT */
/*
 * Does the model allow what was measured?
 *
 * Where the kernel hashes or draws, the model has choices, and what it allows is a tree. The tree
 * is searched depth-first: the model is run with a list of choices, the first call that ends
 * otherwise is found, and the last choice made up to that call that has an alternative left is
 * taken back. Choices made later cannot mend it, so whole branches are left out. Most cases have no
 * choice, and are compared in one run.
 */
#include "reports/match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CHOICES = 64 };

int ft_match_init(struct ft_match *match)
{
	*match = (struct ft_match){.model = ft_model_new()};
	ft_prediction_init(&match->prediction);
	return match->model ? 0 : -ENOMEM;
}

void ft_match_fini(struct ft_match *match)
{
	ft_model_free(match->model);
	ft_prediction_fini(&match->prediction);
	free(match->choices);
	free(match->best);
}

/* ---- one call ---- */

static bool same_endpoint(const struct ft_endpoint *a, const struct ft_endpoint *b)
{
	return a->host == b->host && a->port == b->port && a->number == b->number &&
	       !memcmp(a->bytes, b->bytes, sizeof(a->bytes)) && !strcmp(a->scope, b->scope);
}

static bool contains(const uint16_t *sockets, uint32_t n, uint16_t socket)
{
	for (uint32_t i = 0; i < n; i++)
		if (sockets[i] == socket)
			return true;
	return false;
}

/* A set is no list: neither says in which order copies were delivered. */
static bool same_receivers(const struct ft_prediction *prediction, const struct ft_receivers *said,
			   const struct ft_record *record, const struct ft_got *got)
{
	if (said->known != got->known || said->n != got->n)
		return false;
	for (uint32_t i = 0; i < got->n; i++)
		if (!contains(prediction->got + said->first, said->n, record->got[got->first + i]))
			return false;
	return true;
}

static bool same_end(const struct ft_prediction *prediction, const struct ft_predicted *call,
		     const struct ft_record *record, const struct ft_result *result)
{
	if (call->end != result->end)
		return false;
	switch ((enum ft_end)call->end) {
	case FT_END_ERROR:
		return call->error == result->error;
	case FT_END_VALUE:
		return call->value == result->value;
	case FT_END_TEXT:
		return !strcmp(ft_text_get(&prediction->text) + call->text,
			       ft_result_text(record, result));
	case FT_END_OK:
	case FT_END_PENDING:
	case FT_END_EOF:
		break;
	}
	return true;
}

static bool same_call(const struct ft_prediction *prediction, const struct ft_predicted *call,
		      const struct ft_record *record, const struct ft_result *result)
{
	return call->step == result->step && call->word == result->word &&
	       same_end(prediction, call, record, result) && call->has_local == result->has_local &&
	       (!call->has_local || same_endpoint(&call->local, &result->local)) &&
	       same_receivers(prediction, &call->got, record, &result->got);
}

/* ---- one run ---- */

/* False where it cannot be run, or may not any more. */
static bool run(struct ft_match *match, const struct ft_case *c, const struct ft_setting *setting)
{
	size_t cost;

	if (!match->calls_left || ft_model_predict(match->model, c, setting, match->choices,
						   match->n_choices, &match->prediction) < 0)
		return false;
	cost = match->prediction.n + 1;
	match->asked |= match->prediction.asked;
	match->calls_left -= cost < match->calls_left ? cost : match->calls_left;
	return true;
}

/* As ft_match_difference(), and whether the record has more calls than were said. */
static size_t compare(const struct ft_prediction *prediction, const struct ft_record *record,
		      bool *ret_more)
{
	size_t said = 0;

	*ret_more = false;
	for (size_t i = 0; i < record->n_results; i++) {
		const struct ft_result *result = &record->results[i];

		if (!result->shown)
			continue;
		if (said == prediction->n) {
			*ret_more = true;
			return said;
		}
		if (!same_call(prediction, &prediction->calls[said], record, result))
			return said;
		said++;
	}
	return said;
}

size_t ft_match_difference(const struct ft_match *match, const struct ft_record *record)
{
	bool more;

	return compare(&match->prediction, record, &more);
}

/* ---- all runs ---- */

static bool make_room(struct ft_match *match, size_t n)
{
	size_t size = match->size ? match->size : FIRST_CHOICES;
	uint16_t *choices, *best;

	if (n <= match->size)
		return true;
	while (size < n)
		size *= 2;
	choices = reallocarray(match->choices, size, sizeof(*choices));
	if (choices)
		match->choices = choices;
	best = choices ? reallocarray(match->best, size, sizeof(*best)) : NULL;
	if (!best)
		return false;
	match->best = best;
	match->size = size;
	return true;
}

/* The next list of choices that differs within the first `limit` ones of the last run; false if
 * there is none. */
static bool next_choices(struct ft_match *match, size_t limit)
{
	const struct ft_choice *made = match->prediction.choices;

	while (limit && made[limit - 1].taken + 1U >= made[limit - 1].n)
		limit--;
	if (!limit)
		return false;
	for (size_t i = 0; i < limit; i++)
		match->choices[i] = made[i].taken;
	match->choices[limit - 1]++;
	match->n_choices = limit;
	return true;
}

static void keep_best(struct ft_match *match, size_t calls)
{
	if (calls <= match->best_calls)
		return;
	match->best_calls = calls;
	match->n_best = match->n_choices;
	if (match->n_best)
		memcpy(match->best, match->choices, match->n_best * sizeof(*match->best));
}

/* The search has failed: its best run once more. */
static enum ft_agreement return_best(struct ft_match *match, const struct ft_record *record,
				     const struct ft_setting *setting, enum ft_agreement why)
{
	if (ft_model_predict(match->model, record->c, setting, match->best, match->n_best,
			     &match->prediction) < 0)
		return FT_TOO_MANY;
	return why;
}

enum ft_agreement ft_match_record(struct ft_match *match, const struct ft_record *record,
				  const struct ft_setting *setting)
{
	const struct ft_prediction *prediction = &match->prediction;

	match->n_choices = match->n_best = match->best_calls = 0;
	match->asked = 0;
	while (run(match, record->c, setting)) {
		size_t first, limit;
		bool more;

		first = compare(prediction, record, &more);
		if (prediction->beyond && (more || first == prediction->n))
			return FT_NO_WORD;
		if (!more && first == prediction->n)
			return FT_AGREES;
		if (!make_room(match, prediction->n_choices))
			return FT_TOO_MANY;
		keep_best(match, first);
		limit = first < prediction->n ? prediction->calls[first].n_choices
					      : prediction->n_choices;
		if (!next_choices(match, limit))
			return return_best(match, record, setting, FT_DISAGREES);
	}
	return return_best(match, record, setting, FT_TOO_MANY);
}

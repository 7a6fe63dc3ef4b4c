/* SPDX-License-Identifier: MIT */
#include "fourtuple/agree.h"

#include <errno.h>
#include <string.h>

enum { CHOICES_MAX = 256, TRIES_MAX = 4096 };

int ft_agree_init(struct ft_agree *agree)
{
	ft_prediction_init(&agree->prediction);
	agree->tries = 0;
	agree->model = ft_model_new();
	return agree->model ? 0 : -ENOMEM;
}

void ft_agree_fini(struct ft_agree *agree)
{
	ft_model_free(agree->model);
	ft_prediction_fini(&agree->prediction);
	agree->model = NULL;
}

/* ---- one call ---- */

static bool same_endpoint(const struct ft_endpoint *a, const struct ft_endpoint *b)
{
	return a->host == b->host && a->port == b->port && a->number == b->number &&
	       !memcmp(a->bytes, b->bytes, sizeof(a->bytes)) && !strcmp(a->scope, b->scope);
}

/* Receivers are sets; each socket is in it once. */
static bool same_got(const struct ft_record *record, const struct ft_got *seen,
		     const struct ft_prediction *prediction, const struct ft_receivers *said)
{
	if (seen->known != said->known || seen->n != said->n)
		return false;
	for (uint32_t i = 0; i < seen->n; i++) {
		bool found = false;

		for (uint32_t j = 0; j < said->n && !found; j++)
			found = record->got[seen->first + i] == prediction->got[said->first + j];
		if (!found)
			return false;
	}
	return true;
}

static bool same_call(const struct ft_record *record, const struct ft_result *result,
		      const struct ft_prediction *prediction, const struct ft_predicted *call)
{
	if (result->step != call->step || result->word != call->word || result->end != call->end ||
	    result->has_local != call->has_local)
		return false;
	if (result->end == FT_END_ERROR && result->error != call->error)
		return false;
	if (result->end == FT_END_VALUE && result->value != call->value)
		return false;
	if (result->end == FT_END_TEXT && strcmp(ft_result_text(record, result),
						 ft_text_get(&prediction->text) + call->text) != 0)
		return false;
	if (result->has_local && !same_endpoint(&result->local, &call->local))
		return false;
	return same_got(record, &result->got, prediction, &call->got);
}

/* The number of calls that are the same from the beginning; all of both: *ret_whole. */
static size_t common(const struct ft_record *record, const struct ft_prediction *prediction,
		     bool *ret_whole)
{
	size_t n = 0;

	for (size_t i = 0; i < record->n_results; i++) {
		if (!record->results[i].shown)
			continue;
		if (n == prediction->n ||
		    !same_call(record, &record->results[i], prediction, &prediction->calls[n])) {
			*ret_whole = false;
			return n;
		}
		n++;
	}
	*ret_whole = n == prediction->n;
	return n;
}

/* ---- choices ---- */

/* The next list of choices, in the order of a depth-first search: only those before the first
 * difference can mend it. False where there is none left. */
static bool next_choices(const struct ft_prediction *prediction, size_t differing,
			 uint16_t *choices, size_t *n)
{
	size_t m = differing < prediction->n ? prediction->calls[differing].n_choices
					     : prediction->n_choices;

	if (m > CHOICES_MAX)
		m = CHOICES_MAX;
	while (m && prediction->choices[m - 1].taken + 1 >= prediction->choices[m - 1].n)
		m--;
	if (m == 0)
		return false;
	for (size_t i = 0; i < m; i++)
		choices[i] = prediction->choices[i].taken;
	choices[m - 1]++;
	*n = m;
	return true;
}

int ft_agree(struct ft_agree *agree, const struct ft_record *record,
	     const struct ft_setting *setting, size_t *ret_call)
{
	struct ft_prediction *prediction = &agree->prediction;
	uint16_t choices[CHOICES_MAX];
	size_t n = 0;

	*ret_call = 0;
	for (unsigned i = 0; i < TRIES_MAX; i++) {
		size_t same;
		bool whole;

		agree->tries++;
		if (ft_model_predict(agree->model, record->c, setting, choices, n, prediction) < 0)
			return -ENOMEM;
		if (prediction->beyond)
			return FT_BEYOND;
		same = common(record, prediction, &whole);
		if (whole)
			return FT_AGREES;
		if (same > *ret_call)
			*ret_call = same;
		if (!next_choices(prediction, same, choices, &n))
			return FT_DISAGREES;
	}
	return FT_UNDECIDED;
}

size_t ft_agree_explain(struct ft_agree *agree, const struct ft_record *record,
			const struct ft_setting *setting, enum ft_toggle ret[2])
{
	struct ft_setting other = *setting;
	size_t call;

	for (unsigned a = 0; a < FT_TOGGLE_COUNT; a++) {
		other.profile.toggles = setting->profile.toggles ^ UINT32_C(1) << a;
		ret[0] = a;
		if (ft_agree(agree, record, &other, &call) == FT_AGREES)
			return 1;
	}
	for (unsigned a = 0; a < FT_TOGGLE_COUNT; a++)
		for (unsigned b = a + 1; b < FT_TOGGLE_COUNT; b++) {
			other.profile.toggles = setting->profile.toggles ^ UINT32_C(1) << a ^
						UINT32_C(1) << b;
			ret[0] = a;
			ret[1] = b;
			if (ft_agree(agree, record, &other, &call) == FT_AGREES)
				return 2;
		}
	return 0;
}

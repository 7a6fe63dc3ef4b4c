/* SPDX-License-Identifier: MIT */
/*
 * Was it what was wanted, what was foreseen, and do its witnesses agree? See judge.h.
 *
 * A difference outweighs a contradiction of the witnesses: it is what was asked for. What the model
 * says of a call is noted as long as it goes along with the record, the first call included that it
 * says otherwise; what it says of later calls starts from something that did not happen.
 */
#include "reports/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/match.h"

struct ft_judge {
	bool has_model;
	struct ft_kernels kernels;
	struct ft_match match;
};

struct ft_judge *ft_judge_new(const struct ft_kernels *kernels)
{
	struct ft_judge *judge = calloc(1, sizeof(*judge));

	if (!judge)
		return NULL;
	judge->has_model = kernels != NULL;
	if (!kernels)
		return judge;
	judge->kernels = *kernels;
	if (ft_match_init(&judge->match) < 0) {
		ft_judge_free(judge);
		return NULL;
	}
	return judge;
}

void ft_judge_free(struct ft_judge *judge)
{
	if (judge && judge->has_model)
		ft_match_fini(&judge->match);
	free(judge);
}

static void note_holder(struct ft_record *record, struct ft_result *result,
			const struct ft_holder *holder)
{
	result->holder = ft_record_text_begin(record);
	ft_holder_print(holder, record->c->names, &record->text);
	ft_record_text_end(record);
}

/* Of the first n calls that were said, which rule decided each, and who was in the way. */
static void note_rules(struct ft_record *record, const struct ft_prediction *prediction, size_t n)
{
	size_t said = 0;

	for (size_t i = 0; i < record->n_results && said < n; i++) {
		struct ft_result *result = &record->results[i];
		const struct ft_predicted *call = &prediction->calls[said];

		if (!result->shown)
			continue;
		said++;
		if (call->step != result->step || call->word != result->word)
			continue; /* the first difference may be another call altogether */
		result->rule = call->rule;
		if (call->holder)
			note_holder(record, result, &prediction->holders[call->holder - 1]);
	}
}

/* Call number i would have been allowed to end so, had the choices before it been others. */
static bool is_candidate(const struct ft_record *record, const struct ft_prediction *prediction,
			 size_t i)
{
	const struct ft_receivers *any = &prediction->calls[i].any;
	const struct ft_result *result = NULL;
	size_t shown = 0;

	for (size_t r = 0; r < record->n_results && shown <= i; r++)
		if (record->results[r].shown && shown++ == i)
			result = &record->results[r];
	for (uint32_t a = 0; result && result->got.n == 1 && a < any->n; a++)
		if (prediction->got[any->first + a] == record->got[result->got.first])
			return true;
	return false;
}

/* All that receivers may be, but of the call where the record differs: if it is one of these, what
 * was told by the calls before it says which one it had to be. */
static void print_prediction(struct ft_record *record, const struct ft_prediction *prediction,
			     size_t first)
{
	for (size_t i = 0; i < prediction->n; i++) {
		const struct ft_predicted *call = &prediction->calls[i];

		if (i)
			ft_text_char(&record->text, ' ');
		if (i == first && is_candidate(record, prediction, i))
			ft_predicted_print_taken(prediction, record->c, call, &record->text);
		else
			ft_predicted_print(prediction, record->c, call, &record->text);
	}
}

static void note_difference(struct ft_judge *judge, struct ft_record *record)
{
	const struct ft_prediction *prediction = &judge->match.prediction;
	size_t first = ft_match_difference(&judge->match, record);

	note_rules(record, prediction, first < prediction->n ? first + 1 : first);
	record->predicted = ft_record_text_begin(record);
	print_prediction(record, prediction, first);
	ft_record_text_end(record);
	record->n_changes =
		(uint8_t)ft_match_explain(&judge->match, record, &judge->kernels, record->changes);
}

/* Why the outcome is only observed. */
static void say_why(struct ft_record *record, const char *why, const char *what)
{
	if (record->verdict == FT_VERDICT_OBSERVED)
		snprintf(record->reason, sizeof(record->reason), "%s%.200s", why, what ? what : "");
}

static void compare(struct ft_judge *judge, struct ft_record *record)
{
	const struct ft_prediction *prediction = &judge->match.prediction;

	judge->match.calls_left = FT_MATCH_CALLS + 4 * record->n_results;
	switch (ft_match_record(&judge->match, record, &judge->kernels.asked)) {
	case FT_AGREES:
		record->foreseen = true;
		if (record->verdict == FT_VERDICT_OBSERVED)
			record->verdict = FT_VERDICT_AS_EXPECTED;
		note_rules(record, prediction, prediction->n);
		break;
	case FT_DISAGREES:
		record->verdict = FT_VERDICT_DIFFERS;
		note_difference(judge, record);
		break;
	case FT_NO_WORD:
		note_rules(record, prediction, prediction->n);
		say_why(record, "not predicted: ", prediction->reason);
		break;
	case FT_TOO_MANY:
		say_why(record, "not predicted: too many outcomes are possible", NULL);
		break;
	}
}

void ft_judge_record(struct ft_judge *judge, struct ft_record *record)
{
	if (record->verdict == FT_VERDICT_SKIPPED || record->verdict == FT_VERDICT_BROKEN)
		return;
	ft_judge_expected(record, NULL);
	if (judge->has_model)
		compare(judge, record);
	if (record->verdict != FT_VERDICT_DIFFERS && !ft_judge_witnesses(record, record->reason))
		record->verdict = FT_VERDICT_UNPROVEN;
}

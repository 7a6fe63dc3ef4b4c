/* SPDX-License-Identifier: MIT */
/*
 * Did every call end as the author of the case said?
 *
 * An expectation finds its call by subject, name and occurrence; of what it says about that call
 * everything must hold, and what it leaves out is not compared. Errnos are compared as numbers.
 */
#include "reports/judge.h"

#include <string.h>

static bool is_named(const struct ft_record *record, const struct ft_result *result,
		     const struct ft_expectation *expected)
{
	const struct ft_step *step = record->c->steps[result->step];

	return step->subject == expected->subject &&
	       ft_word_same_name(&step->words[result->word], &expected->word) &&
	       ft_result_occurrence(record, result) == expected->occurrence;
}

static bool same_end(const struct ft_record *record, const struct ft_result *result,
		     const struct ft_expectation *expected)
{
	if (result->end != expected->end)
		return false;
	switch ((enum ft_end)expected->end) {
	case FT_END_ERROR:
		return result->error == expected->error;
	case FT_END_VALUE:
		return result->value == expected->value;
	case FT_END_TEXT:
		return expected->text && !strcmp(ft_result_text(record, result), expected->text);
	case FT_END_OK:
	case FT_END_PENDING:
	case FT_END_EOF:
		break;
	}
	return true;
}

/* The engine reads an address back only where the text does not say it; an author may say it all
 * the same. Then it is what was bound or dialled from. */
static const struct ft_endpoint *local_of(const struct ft_record *record, size_t index)
{
	const struct ft_result *result = &record->results[index];
	const struct ft_word *word = &record->c->steps[result->step]->words[result->word];

	if (result->has_local)
		return &result->local;
	if (word->op == FT_OP_BIND && result->end == FT_END_OK)
		return &word->at;
	for (size_t i = 0; i < record->n_tuples; i++)
		if (record->tuples[i].result == index)
			return &record->tuples[i].local;
	return NULL;
}

static bool same_endpoint(const struct ft_endpoint *a, const struct ft_endpoint *b)
{
	return a->host == b->host && a->port == b->port && a->number == b->number &&
	       !memcmp(a->bytes, b->bytes, sizeof(a->bytes)) && !strcmp(a->scope, b->scope);
}

static bool same_local(const struct ft_record *record, size_t index,
		       const struct ft_expectation *expected)
{
	const struct ft_endpoint *local = expected->has_local ? local_of(record, index) : NULL;

	return !expected->has_local || (local && same_endpoint(local, &expected->local));
}

static bool contains(const uint16_t *sockets, size_t n, uint16_t socket)
{
	for (size_t i = 0; i < n; i++)
		if (sockets[i] == socket)
			return true;
	return false;
}

static bool same_got(const struct ft_record *record, const struct ft_got *got,
		     const struct ft_expectation *expected)
{
	const uint16_t *actual = got->n ? &record->got[got->first] : NULL;

	if (!expected->has_got)
		return true;
	if (!got->known || (expected->got_any_of && got->n != 1))
		return false;
	for (uint32_t i = 0; i < got->n; i++)
		if (!contains(expected->got, expected->n_got, actual[i]))
			return false;
	for (uint8_t i = 0; i < expected->n_got && !expected->got_any_of; i++)
		if (!contains(actual, got->n, expected->got[i]))
			return false;
	return true;
}

static bool holds(const struct ft_record *record, const struct ft_expectation *expected)
{
	for (size_t i = 0; i < record->n_results; i++) {
		const struct ft_result *result = &record->results[i];

		if (is_named(record, result, expected))
			return same_end(record, result, expected) &&
			       same_local(record, i, expected) &&
			       same_got(record, &result->got, expected);
	}
	return false;
}

bool ft_judge_expected(struct ft_record *record, size_t *ret_first)
{
	const struct ft_case *c = record->c;

	if (record->verdict == FT_VERDICT_SKIPPED || record->verdict == FT_VERDICT_BROKEN)
		return true;
	record->verdict = c->has_expected ? FT_VERDICT_AS_EXPECTED : FT_VERDICT_OBSERVED;
	for (size_t i = 0; i < c->n_expected; i++) {
		if (holds(record, c->expected[i]))
			continue;
		record->verdict = FT_VERDICT_DIFFERS;
		if (ret_first)
			*ret_first = i;
		return false;
	}
	return true;
}

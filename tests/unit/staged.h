/* SPDX-License-Identifier: MIT */
/*
 * A record for tests, from text: what was run, what is expected, what came out.
 *
 * Outcomes and expectations share one notation, so the parser of expectations reads the outcome
 * that the test wants to have been measured.
 */
#ifndef FT_TESTS_UNIT_STAGED_H
#define FT_TESTS_UNIT_STAGED_H

#include <string.h>

#include "reports/record.h"

struct staged {
	struct ft_matrix *matrix;
	struct ft_case c;
	struct ft_record record;
	struct ft_err err;
};

static inline void staged_fini(struct staged *staged)
{
	ft_record_fini(&staged->record);
	ft_case_fini(&staged->c);
	ft_matrix_free(staged->matrix);
}

/* Parses "text => expected" (or text alone) as the only case of a matrix. */
static inline bool staged_parse(const char *text, const char *expected, struct ft_matrix **matrix,
				struct ft_case *c, struct ft_err *err)
{
	struct ft_text whole;
	bool done;

	ft_text_init(&whole, 1 << 20);
	ft_text_str(&whole, text);
	if (expected) {
		ft_text_str(&whole, " => ");
		ft_text_str(&whole, expected);
	}
	ft_case_init(c);
	done = !ft_matrix_parse(ft_text_get(&whole), whole.len, "staged", 1, matrix, err) &&
	       !ft_matrix_case(*matrix, 0, c);
	ft_text_fini(&whole);
	return done;
}

static inline bool staged_find(const struct ft_case *c, const struct ft_expectation *like,
			       struct ft_result *result)
{
	for (uint32_t s = 0; s < c->n_steps; s++)
		for (uint32_t w = 0; w < c->steps[s]->n_words; w++)
			if (c->steps[s]->subject == like->subject &&
			    ft_word_same_name(&c->steps[s]->words[w], &like->word) &&
			    ft_case_occurrence(c, s, w) == like->occurrence) {
				result->step = s;
				result->word = w;
				return true;
			}
	return false;
}

static inline bool staged_add(struct ft_record *record, const struct ft_expectation *like)
{
	struct ft_result *result = ft_record_add_result(record);

	if (!result || !staged_find(record->c, like, result))
		return false;
	result->end = like->end;
	result->shown = true;
	result->has_local = like->has_local;
	result->local = like->local;
	result->error = like->error;
	result->value = like->value;
	if (like->end == FT_END_TEXT) {
		result->text = (uint32_t)record->text.len;
		ft_text_bytes(&record->text, like->text, strlen(like->text) + 1);
	}
	result->got.known = like->has_got;
	for (uint8_t i = 0; i < like->n_got; i++)
		ft_record_add_got(record, &result->got, like->got[i]);
	return true;
}

/* False (with staged->err) where a text cannot be read. expected may be NULL. To be released with
 * staged_fini() in any case. */
static inline bool staged_init(struct staged *staged, const char *text, const char *expected,
			       const char *actual)
{
	struct ft_matrix *matrix = NULL;
	struct ft_case c;
	bool done;

	memset(staged, 0, sizeof(*staged));
	ft_record_init(&staged->record);
	ft_case_init(&staged->c);
	done = staged_parse(text, actual, &matrix, &c, &staged->err);
	ft_record_clear(&staged->record, &c, "staged");
	for (size_t i = 0; done && i < c.n_expected; i++)
		done = staged_add(&staged->record, c.expected[i]);
	ft_case_fini(&c);
	ft_matrix_free(matrix);
	staged->record.c = &staged->c;
	return done && staged_parse(text, expected, &staged->matrix, &staged->c, &staged->err);
}

#endif

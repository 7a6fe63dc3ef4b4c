/* SPDX-License-Identifier: MIT */
/*
 * Is a claim true on this kernel? Its expectations against what was measured.
 *
 * A record comes back as JSON, its outcome in the notation of expectations. So the case is parsed
 * twice, once with what was claimed and once with what was seen, and the judge of expectations
 * compares the two: a detail that the claim leaves out is not compared.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "claims/claims.h"
#include "reports/judge.h"

const char *const ft_claim_verdict_names[FT_CLAIM_VERDICT_COUNT] = {
	[FT_CLAIM_TRUE] = "true",
	[FT_CLAIM_FALSE] = "false",
	[FT_CLAIM_DEPENDS] = "depends",
	[FT_CLAIM_UNMEASURED] = "unmeasured",
};

enum ft_claim_verdict ft_claim_verdict(const struct ft_claim_tally *tally)
{
	if (tally->held && tally->refuted)
		return FT_CLAIM_DEPENDS;
	if (tally->unmeasured || (!tally->held && !tally->refuted))
		return FT_CLAIM_UNMEASURED;
	return tally->held ? FT_CLAIM_TRUE : FT_CLAIM_FALSE;
}

/* ---- making ---- */

static struct ft_claim_trial *add_trial(struct ft_claims *claims)
{
	if (claims->n_trials == claims->size_trials) {
		size_t size = claims->size_trials ? 2 * claims->size_trials : 256;
		struct ft_claim_trial *grown = realloc(claims->trials, size * sizeof(*grown));

		if (!grown)
			return NULL;
		claims->trials = grown;
		claims->size_trials = size;
	}
	claims->trials[claims->n_trials] = (struct ft_claim_trial){0};
	return &claims->trials[claims->n_trials];
}

static int add_case(struct ft_claims *claims, size_t claim, const struct ft_case *c,
		    struct ft_text *text)
{
	struct ft_claim_trial *trial = add_trial(claims);

	if (!trial)
		return -ENOMEM;
	ft_text_clear(text);
	ft_case_print(c, false, text);
	trial->case_len = text->len;
	ft_text_clear(text);
	ft_case_print(c, true, text);
	trial->claim = claim;
	trial->text = text->failed ? NULL : strdup(ft_text_get(text));
	if (!trial->text)
		return -ENOMEM;
	trial->claimed = trial->text + trial->case_len + strlen(" => ");
	claims->n_trials++;
	return 0;
}

/* An expectation that no outcome shows. */
static bool is_silent(const struct ft_expectation *expected)
{
	return expected->end == FT_END_OK && ft_op_is_quiet(expected->word.op);
}

static int check_case(const struct ft_claim *claim, const struct ft_case *c, struct ft_err *err)
{
	if (c->n_expected == 0)
		return ft_err_set(err, -EINVAL, "claim %s: a case that claims nothing", claim->id);
	for (size_t i = 0; i < c->n_expected; i++)
		if (is_silent(c->expected[i]))
			return ft_err_set(err, -EINVAL, "claim %s: no outcome shows this success",
					  claim->id);
	return 0;
}

static int add_matrix(struct ft_claims *claims, size_t claim, const struct ft_matrix *matrix,
		      struct ft_err *err)
{
	struct ft_text text;
	struct ft_case c;
	int rc = 0;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	ft_case_init(&c);
	for (size_t i = 0; rc == 0 && i < ft_matrix_size(matrix); i++) {
		rc = ft_matrix_case(matrix, i, &c);
		if (rc == 0)
			rc = check_case(claims->claims[claim], &c, err);
		if (rc == 0)
			rc = add_case(claims, claim, &c, &text);
	}
	ft_case_fini(&c);
	ft_text_fini(&text);
	return rc == -ENOMEM ? ft_err_set(err, rc, "no memory for a claim's cases") : rc;
}

static int add_claim(struct ft_claims *claims, size_t claim, struct ft_err *err)
{
	const struct ft_claim *from = claims->claims[claim];
	struct ft_matrix *matrix;
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < FT_CLAIM_CASES_MAX && from->cases[i]; i++) {
		rc = ft_matrix_parse(from->cases[i], strlen(from->cases[i]), from->id, i + 1,
				     &matrix, err);
		if (rc < 0)
			break;
		rc = add_matrix(claims, claim, matrix, err);
		ft_matrix_free(matrix);
	}
	return rc;
}

int ft_claims_init(struct ft_claims *claims, const struct ft_claim *const *chapters,
		   struct ft_err *err)
{
	size_t n = 0;
	int rc = 0;

	*claims = (struct ft_claims){0};
	for (size_t i = 0; chapters[i]; i++)
		for (const struct ft_claim *claim = chapters[i]; claim->id; claim++)
			n++;
	claims->claims = calloc(n ? n : 1, sizeof(*claims->claims));
	if (!claims->claims)
		return ft_err_set(err, -ENOMEM, "no memory for %zu claims", n);
	for (size_t i = 0; chapters[i]; i++)
		for (const struct ft_claim *claim = chapters[i]; claim->id; claim++)
			claims->claims[claims->n_claims++] = claim;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = add_claim(claims, i, err);
	if (rc < 0)
		ft_claims_fini(claims);
	return rc;
}

void ft_claims_fini(struct ft_claims *claims)
{
	for (size_t i = 0; i < claims->n_trials; i++) {
		free(claims->trials[i].text);
		free(claims->trials[i].seen);
	}
	free(claims->trials);
	free(claims->claims);
	*claims = (struct ft_claims){0};
}

/* ---- weighing ---- */

/* Finds the word that an outcome speaks of. */
static bool find_word(const struct ft_case *c, const struct ft_expectation *of,
		      struct ft_result *result)
{
	for (size_t s = 0; s < c->n_steps; s++) {
		const struct ft_step *step = c->steps[s];

		for (size_t w = 0; step->subject == of->subject && w < step->n_words; w++)
			if (ft_word_same_name(&step->words[w], &of->word) &&
			    ft_case_occurrence(c, s, w) == of->occurrence) {
				result->step = (uint32_t)s;
				result->word = (uint32_t)w;
				return true;
			}
	}
	return false;
}

static int fill_got(struct ft_record *record, const struct ft_expectation *of,
		    struct ft_result *result)
{
	struct ft_got got = {.known = of->has_got};
	int rc = 0;

	for (uint8_t i = 0; rc == 0 && i < of->n_got; i++)
		rc = ft_record_add_got(record, &got, of->got[i]);
	result->got = got;
	return rc;
}

/* What was seen, as the result that it was printed from. */
static int fill_result(struct ft_record *record, const struct ft_expectation *of)
{
	struct ft_result *result = ft_record_add_result(record);

	if (!result)
		return -ENOMEM;
	if (!find_word(record->c, of, result))
		return -EINVAL;
	result->occurrence = of->occurrence;
	result->shown = true;
	result->end = of->end;
	result->error = of->error;
	result->value = of->value;
	result->has_local = of->has_local;
	result->local = of->local;
	if (of->text) {
		result->text = (uint32_t)record->text.len;
		ft_text_str(&record->text, of->text);
		ft_text_char(&record->text, '\0');
	}
	return fill_got(record, of, result);
}

static int parse_case(const char *text, struct ft_matrix **ret, struct ft_case *c)
{
	struct ft_err err = {0};
	int rc = ft_matrix_parse(text, strlen(text), "claim", 1, ret, &err);

	if (rc < 0) {
		*ret = NULL;
		return rc;
	}
	return ft_matrix_case(*ret, 0, c);
}

/* 1: what was seen is what was claimed, 0: it is not, or a negative errno. */
static int compare(const char *claimed_text, const char *seen_text)
{
	struct ft_matrix *claimed_matrix = NULL, *seen_matrix = NULL;
	struct ft_case claimed, seen;
	struct ft_record record;
	int rc;

	ft_case_init(&claimed);
	ft_case_init(&seen);
	ft_record_init(&record);
	rc = parse_case(claimed_text, &claimed_matrix, &claimed);
	if (rc == 0)
		rc = parse_case(seen_text, &seen_matrix, &seen);
	if (rc == 0)
		ft_record_clear(&record, &claimed, "claims");
	for (size_t i = 0; rc == 0 && i < seen.n_expected; i++)
		rc = fill_result(&record, seen.expected[i]);
	if (rc == 0)
		rc = ft_judge_expected(&record, NULL);
	ft_record_fini(&record);
	ft_case_fini(&claimed);
	ft_case_fini(&seen);
	ft_matrix_free(claimed_matrix);
	ft_matrix_free(seen_matrix);
	return rc;
}

static int compare_outcome(const struct ft_claim_trial *trial, const char *outcome)
{
	struct ft_text text;
	int rc;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	ft_text_bytes(&text, trial->text, trial->case_len);
	ft_text_printf(&text, " => %s", outcome);
	rc = text.failed ? -ENOMEM : compare(trial->text, ft_text_get(&text));
	ft_text_fini(&text);
	return rc;
}

static const char *string(const json_t *record, const char *key)
{
	const char *value = json_string_value(json_object_get(record, key));

	return value ? value : "";
}

/* Only what the kernel certainly did can speak for or against a claim. */
static bool was_measured(const char *verdict)
{
	return !strcmp(verdict, "as-expected") || !strcmp(verdict, "observed") ||
	       !strcmp(verdict, "differs");
}

static void weigh(struct ft_claim_trial *trial, const json_t *record)
{
	const char *verdict = string(record, "verdict"), *seen = string(record, "outcome");
	int rc = -EINVAL;

	if (trial->outcome == FT_TRIAL_HELD || trial->outcome == FT_TRIAL_REFUTED)
		return;
	if (was_measured(verdict))
		rc = compare_outcome(trial, seen);
	else
		seen = string(record, "reason")[0] ? string(record, "reason") : verdict;
	free(trial->seen);
	trial->seen = strdup(seen);
	if (rc < 0 || !trial->seen)
		trial->outcome = FT_TRIAL_UNMEASURED;
	else
		trial->outcome = rc ? FT_TRIAL_HELD : FT_TRIAL_REFUTED;
}

void ft_claims_record(struct ft_claims *claims, const json_t *record)
{
	const char *text = string(record, "case");
	size_t len = strlen(text);

	for (size_t i = 0; i < claims->n_trials; i++) {
		struct ft_claim_trial *trial = &claims->trials[i];

		if (trial->case_len == len && !memcmp(trial->text, text, len))
			weigh(trial, record);
	}
}

/* ---- reading ---- */

struct ft_claim_tally ft_claims_tally(const struct ft_claims *claims, size_t claim)
{
	struct ft_claim_tally tally = {0};

	for (size_t i = 0; i < claims->n_trials; i++) {
		if (claims->trials[i].claim != claim)
			continue;
		switch (claims->trials[i].outcome) {
		case FT_TRIAL_HELD:
			tally.held++;
			break;
		case FT_TRIAL_REFUTED:
			tally.refuted++;
			break;
		case FT_TRIAL_NOT_RUN:
		case FT_TRIAL_UNMEASURED:
			tally.unmeasured++;
			break;
		}
	}
	return tally;
}

const struct ft_claim_trial *ft_claims_find(const struct ft_claims *claims, size_t claim,
					    enum ft_trial outcome)
{
	for (size_t i = 0; i < claims->n_trials; i++)
		if (claims->trials[i].claim == claim && claims->trials[i].outcome == outcome)
			return &claims->trials[i];
	return NULL;
}

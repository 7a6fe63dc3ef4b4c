/* SPDX-License-Identifier: MIT */
/*
 * Was it what was wanted, what was foreseen, and do its witnesses agree?
 *
 * The only part that holds a record and a prediction. The model never sees the record: it is asked
 * for its word on the case, and what it said is compared here.
 *
 *   skipped, broken  stay as they are
 *   differs          an expectation behind "=>" did not hold, or the model allows no such outcome
 *   unproven         the witnesses contradict each other; `reason` says which
 *   as-expected      all expectations held, and the model, where it has a word, allows the outcome
 *   observed         nobody expected anything: no "=>", and no word of the model
 */
#ifndef FT_REPORTS_JUDGE_H
#define FT_REPORTS_JUDGE_H

#include "model/model.h"
#include "reports/record.h"

/* Of which kernel the model speaks, and which one is taken to run: where several changes explain a
 * difference equally well, one in which the two differ is the likelier one. */
struct ft_kernels {
	struct ft_setting asked;
	struct ft_profile running;
};

struct ft_judge;

/* NULL without memory. kernels is copied; NULL: no model is asked. */
struct ft_judge *ft_judge_new(const struct ft_kernels *kernels);
void ft_judge_free(struct ft_judge *judge);

/* Sets the record's verdict, reason, foreseen, predicted and changes, and the rule and holder of
 * its results. Allocates nothing once the largest case was seen. */
void ft_judge_record(struct ft_judge *judge, struct ft_record *record);

/* The author's expectations alone: sets record->verdict from the case's own "=>". Skipped and
 * broken stay. Without "=>": observed. Returns false where an expectation did not hold, then
 * *ret_first (may be NULL) is the index of the first such expectation. An expectation of a call
 * that is not in the record does not hold. */
bool ft_judge_expected(struct ft_record *record, size_t *ret_first);

/* The witnesses alone: what the calls said of each 4-tuple, against what the wire and sock_diag
 * showed. Only what is certain is held against them, and only where nothing was lost. False, with
 * a sentence in reason, where two of them cannot both be right. */
bool ft_judge_witnesses(const struct ft_record *record, char reason[FT_REASON_MAX]);

#endif

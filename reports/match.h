/* SPDX-License-Identifier: MIT */
/*
 * Does the model allow what was measured? For the judge, and for a search that has no use for the
 * rest of a verdict.
 */
#ifndef FT_REPORTS_MATCH_H
#define FT_REPORTS_MATCH_H

#include "reports/judge.h"

enum ft_agreement {
	FT_AGREES,    /* some choices of the kernel lead to exactly these ends */
	FT_DISAGREES, /* none do */
	FT_NO_WORD,   /* the model goes along as far as it goes, and is silent on the rest */
	FT_TOO_MANY,  /* more possible outcomes than can be tried */
};

/* Working memory, kept from case to case. */
struct ft_match {
	struct ft_model *model;
	struct ft_prediction prediction; /* of the last run */
	uint16_t *choices;               /* to be taken in the next one */
	uint16_t *begun;                 /* ... and which ones were taken first in their places */
	uint16_t *best;                  /* that went along the furthest */
	size_t n_choices, n_best, size;
	size_t best_calls;
	uint32_t asked;    /* toggles that the model asked for in the last search: a bit each */
	size_t calls_left; /* how much may still be spent, in calls of all runs together */
};

/* What a comparison may spend before it gives up, and what the search for an explanation may: a
 * case of thousands of calls that all draw would otherwise be tried for hours. Set calls_left to
 * one of them first. */
enum { FT_MATCH_CALLS = 200000, FT_MATCH_EXPLAIN_CALLS = 400000 };

/* 0 or -ENOMEM; ft_match_fini() in any case. */
int ft_match_init(struct ft_match *match);
void ft_match_fini(struct ft_match *match);

/* Compares the record with all that the model allows in that setting. Afterwards match->prediction
 * is the one that agrees; where none does, that which goes along the furthest. */
enum ft_agreement ft_match_record(struct ft_match *match, const struct ft_record *record,
				  const struct ft_setting *setting);

/* The index of the first call of match->prediction that the record does not bear out; the number of
 * calls where it bears out all. */
size_t ft_match_difference(const struct ft_match *match, const struct ft_record *record);

/* explainer.c: the fewest toggles whose turning makes the model allow the record, at most
 * FT_CHANGES_MAX. Returns how many were found, 0: no such set. Leaves another prediction in match.
 */
unsigned ft_match_explain(struct ft_match *match, const struct ft_record *record,
			  const struct ft_kernels *kernels, struct ft_change ret[FT_CHANGES_MAX]);

#endif

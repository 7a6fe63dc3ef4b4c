/* SPDX-License-Identifier: MIT */
/*
 * Which cases are to be run? Matrices in a row, addressed by one number.
 *
 * A job is made before the workers are forked and is const from then on: every process expands
 * case number i by itself, so that no case text travels.
 */
#ifndef FT_PROBE_JOB_H
#define FT_PROBE_JOB_H

#include "case/case.h"

/* How much is to be run? */
enum ft_extent {
	FT_EXTENT_RUN,   /* every matrix that is cheap enough for each day */
	FT_EXTENT_QUICK, /* of these, the cases that carry most */
	FT_EXTENT_FULL,  /* everything */
};

struct ft_record;

struct ft_job {
	const char *probe; /* name in the records; borrowed */
	size_t n, size;
	struct ft_matrix **matrices;
	uint64_t *first; /* first[i]: number of the first case of matrices[i] */
	uint64_t cases;  /* all of them */
	uint64_t total;  /* how many to run: cases, or more: then it starts again (benchmarks) */
	uint64_t *only;  /* numbers of those that were chosen, total of them; NULL: all */
	uint32_t repeat; /* run each case so many times, at least 1 */
	unsigned needs;  /* OR over all cases */
	enum ft_extent extent;
	/* Asked of every record that the judge has seen, in the worker: may measure something about
	 * it, say it in record->measured, and make it FT_VERDICT_DIFFERS with a reason where a
	 * bound is broken. NULL: nothing. */
	void (*examine)(struct ft_record *record);
	const char *match; /* only cases whose text matches this pattern; NULL: all; borrowed */
};

void ft_job_init(struct ft_job *job, const char *probe);
void ft_job_fini(struct ft_job *job);

/* Parses text and adds it; origin and line are for errors. Errors as ft_matrix_parse(). */
int ft_job_add(struct ft_job *job, const char *text, size_t len, const char *origin, unsigned line,
	       struct ft_err *err);
/* Adds every case of a .cases file ("-" is stdin). Errors also of fopen(3). */
int ft_job_add_file(struct ft_job *job, const char *path, struct ft_err *err);

/* Fills c with case number index < total. 0 or -ENOMEM. */
int ft_job_case(const struct ft_job *job, uint64_t index, struct ft_case *c);
/* Leaves only the cases whose numbers are given, in rising order; takes ownership. */
void ft_job_choose(struct ft_job *job, uint64_t *only, uint64_t n);
/* The matrix in which case number index lies. */
size_t ft_job_matrix(const struct ft_job *job, uint64_t index);
/* Does the case belong to the job by its pattern? text is scratch space. A pattern without '*' or
 * '?' is looked for anywhere in the text; otherwise it is a glob(7) pattern over the whole text. */
bool ft_job_matches(const struct ft_job *job, const struct ft_case *c, struct ft_text *text);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What came of each case of a small job? Records in memory, in the order of the job.
 */
#ifndef FT_FOURTUPLE_GATHER_H
#define FT_FOURTUPLE_GATHER_H

#include "probe/session.h"

struct ft_gathered {
	const struct ft_job *job;
	json_t **records; /* job->cases of them; NULL: it did not run */
	struct ft_outcome outcome;
};

/* Runs the job with the session's workers and its savefile; writes no report. As
 * ft_session_run(). *ret is to be finished in any case. */
int ft_gather(const struct ft_session *session, const struct ft_job *job, struct ft_gathered *ret,
	      struct ft_err *err);
void ft_gathered_fini(struct ft_gathered *gathered);

/* A text of a record, "" where it has none. */
const char *ft_gathered_text(const json_t *record, const char *name);
/* How a call ended, by its name in the outcome ("b.bind"): "EADDRINUSE", appended to out. False if
 * the outcome does not have it. */
bool ft_outcome_find(const char *outcome, const char *call, struct ft_text *out);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * How are a job's cases spread over worker processes, and what if one of them dies?
 *
 * One worker per CPU takes cases that run back to back; some more take the cases that need a
 * namespace of their own or wait, because these leave the CPU alone. A worker that dies makes the
 * case that it was running `broken`; what else it had in hand is run again by another.
 */
#ifndef FT_PROBE_POOL_H
#define FT_PROBE_POOL_H

#include "capture/recorder.h"
#include "probe/job.h"
#include "reports/judge.h"
#include "reports/report.h"

struct ft_pool_options {
	unsigned workers; /* 0: one per CPU that we may use */
	bool here;        /* no sandbox */
	bool capture;
	struct ft_savefile *savefile; /* borrowed */
	/* For the judge, borrowed; NULL: nothing is predicted. */
	const struct ft_kernels *kernels;
	const char *note; /* a sentence for the outcome's notes, NULL */
	/* Complete record lines. A negative errno ends the run. */
	int (*lines)(void *arg, const char *lines, size_t len, struct ft_err *err);
	/* Every 100 ms, so that lines do not lie about; may be NULL. */
	int (*flush)(void *arg, struct ft_err *err);
	/* Now and then, for progress; may be NULL. */
	void (*progress)(void *arg, const struct ft_counts *counts, uint64_t total);
	void *arg;
};

enum { FT_POOL_NOTES = 8 };

/* What came of a run. */
struct ft_outcome {
	struct ft_counts counts;
	struct ft_capture_count capture;
	uint64_t elapsed_ns;
	int signal;        /* that ended it early, 0 */
	bool uncaptured;   /* packets were wanted and not permitted */
	bool unmeasurable; /* a worker could not enter its sandbox */
	bool failed;       /* a worker gave up: a note says why */
	unsigned deaths;   /* workers that died */
	size_t n_notes;
	char notes[FT_POOL_NOTES][sizeof(((struct ft_err *)0)->text)]; /* distinct sentences */
};

/* Runs the job. SIGINT and SIGTERM end it early, with what was measured delivered. 0, or a negative
 * errno: that of lines(), or of fork(2), socketpair(2), mmap(2). */
int ft_pool_run(const struct ft_job *job, const struct ft_pool_options *options,
		struct ft_outcome *ret, struct ft_err *err);

#endif

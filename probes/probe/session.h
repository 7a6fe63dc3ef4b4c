/* SPDX-License-Identifier: MIT */
/*
 * How does a job become a report, a savefile and an exit code?
 *
 * The part that probe programs and the driver's verbs share: options, head and tail of the report,
 * progress, summary. Results go to stdout, everything else to stderr.
 */
#ifndef FT_PROBE_SESSION_H
#define FT_PROBE_SESSION_H

#include <argp.h>
#include <jansson.h>

#include "probe/pool.h"
#include "reports/judge.h"

/* What the command line says about how to run. */
struct ft_session {
	const char *report; /* path; NULL: none */
	const char *pcap;   /* path; NULL: none */
	const char *match;
	enum ft_extent extent;
	unsigned workers; /* 0: one per CPU */
	uint32_t repeat;
	bool no_capture, here, json, quiet;
	bool records;              /* speak record lines on stdout, for the driver */
	int savefile_fd, count_fd; /* inherited from the driver, -1 */
	const char *profile;       /* as --profile says it; NULL: that of the running release */
	unsigned major, minor;     /* the running release, 0.0 where it is not known */
	bool unpredicted;          /* --profile none */
	struct ft_kernels kernels; /* for the judge */
	/* Told of every record, as it stands in the report; NULL: nobody. Not with `records`. */
	void (*record)(void *arg, const json_t *record);
	void *record_arg;
};
/* One worker per CPU, each case once, the profile of the running kernel. */
void ft_session_init(struct ft_session *session);

/* The options above for argp(3), as a child parser; its input is the struct ft_session. */
extern const struct argp ft_session_argp;

/* Usage errors exit with 2; --version prints this. Call first in every main(). */
void ft_session_set_up(void);

/* Fills the head of a report. New reference; NULL without memory. limits is a sentence per thing
 * that could not be measured here (the outcome's notes), and is also in the tail. */
json_t *ft_session_head(const struct ft_session *session);
/* {"counts..","capture":{..},"limits":[..],"elapsed_s":..,"interrupted":..} */
json_t *ft_session_tail(const struct ft_outcome *outcome);

/* What the workers of a session need for predicting. */
struct ft_foresight {
	struct ft_kernels kernels;
	char note[600];
};
/* Sets options->kernels; not where the user wants no prediction, nor where the present namespace
 * (--here) has other sysctls than the model presumes: then options->note says which. They lie in
 * *space, which must outlive the run. */
void ft_session_foresee(const struct ft_session *session, struct ft_foresight *space,
			struct ft_pool_options *options);

/* Creates or joins the savefile that the session asks for; numbers only without a path. */
int ft_session_savefile(const struct ft_session *session, struct ft_savefile **ret,
			struct ft_err *err);

/* Runs a job as the session says: report or record lines, savefile, progress. */
int ft_session_run(const struct ft_session *session, const struct ft_job *job,
		   struct ft_outcome *ret, struct ft_err *err);

/* The exit code of an outcome; rc is what the run returned. */
int ft_session_exit(const struct ft_outcome *outcome, int rc);

/* The closing lines, on file: cases and verdicts, 4-tuples, packets and completeness, time, where
 * the report is, the notes. */
void ft_session_summary(const struct ft_session *session, const struct ft_outcome *outcome,
			FILE *file);

/* Progress on a terminal's last line; does nothing where stderr is none. */
void ft_session_progress(void *arg, const struct ft_counts *counts, uint64_t total);
void ft_session_progress_clear(void);

/* May colour be used on this file? A terminal, and NO_COLOR is not set (no-color.org). */
bool ft_session_colour(FILE *file);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What is a probe program? A name, a question, and the matrices that answer it.
 *
 * A probe is one file in probes/: it fills a struct ft_probe and calls ft_probe_main(), which does
 * all the rest: sandbox, workers, capture, verdicts, the table on a terminal, the JSON report.
 */
#ifndef FT_PROBE_PROBE_H
#define FT_PROBE_PROBE_H

#include "probe/job.h"

struct ft_probe {
	const char *name;            /* "bind": the program is fourtuple-bind */
	const char *question;        /* one English sentence that ends with '?' */
	const char *const *matrices; /* cases or matrices, ended by NULL; may be NULL */
	/* Adds cases that no matrix can write (a sweep over N); may be NULL. 0 or a negative errno.
	 */
	int (*generate)(struct ft_job *job, struct ft_err *err);
};

/* The whole program; returns its exit code. */
int ft_probe_main(int argc, char **argv, const struct ft_probe *probe);

/* Adds all cases of a probe to a job. */
int ft_probe_cases(const struct ft_probe *probe, struct ft_job *job, struct ft_err *err);

/* The exit codes of every program of the suite. */
enum ft_exit {
	FT_EXIT_OK = 0,
	FT_EXIT_DIFFERS = 1,
	FT_EXIT_USAGE = 2,
	FT_EXIT_NOT_MEASURED = 3,
	FT_EXIT_BROKEN = 4,
};

#endif

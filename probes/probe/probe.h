/* SPDX-License-Identifier: MIT */
/*
 * What is a probe program? A name, a question, and the matrices that answer it.
 *
 * A probe is one file in probes/: it fills a struct ft_probe and calls ft_probe_main(), which does
 * all the rest: sandbox, workers, capture, verdicts, the table on a terminal, the JSON report.
 */
#ifndef FT_PROBE_PROBE_H
#define FT_PROBE_PROBE_H

#include <jansson.h>
#include <stdio.h>

#include "probe/job.h"

/* A table of its own, which a probe prints when it is run alone. */
struct ft_probe_table {
	void *(*open)(void); /* NULL without memory: the run goes on, and the table is left out */
	/* A record of the run, as it stands in the report; in no order. */
	void (*record)(void *table, const json_t *record);
	/* All records are in. json: as one JSON document. */
	void (*print)(void *table, bool json, FILE *file);
	void (*close)(void *table);
};

struct ft_probe {
	const char *name;            /* "bind": the program is fourtuple-bind */
	const char *question;        /* one English sentence that ends with '?' */
	const char *const *matrices; /* cases or matrices, ended by NULL; may be NULL */
	const char *const *full;     /* those that are only run with --full; may be NULL */
	/* Adds cases that no matrix can write (a sweep over N), as many as job->extent asks for;
	 * may be NULL. 0 or a negative errno. */
	int (*generate)(struct ft_job *job, struct ft_err *err);
	void (*examine)(struct ft_record *record); /* of struct ft_job */
	const struct ft_probe_table *table;        /* may be NULL */
};

/* The whole program; returns its exit code. */
int ft_probe_main(int argc, char **argv, const struct ft_probe *probe);

/* Adds the cases of a probe to a job, as many as job->extent asks for. */
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

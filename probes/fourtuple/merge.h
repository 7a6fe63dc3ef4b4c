/* SPDX-License-Identifier: MIT */
/*
 * How do the lines of several probes become one report and one outcome?
 *
 * Nothing that a probe prints is believed: a line that is no record is left out and makes the whole
 * run `broken`, the good lines stay.
 */
#ifndef FT_FOURTUPLE_MERGE_H
#define FT_FOURTUPLE_MERGE_H

#include "probe/pool.h"

enum { FT_DIFFERENCES_MAX = 50 };

/* A case that did not do as was wanted or predicted. What there is nothing to say of is NULL. */
struct ft_difference {
	char *probe, *text, *verdict, *wanted, *predicted, *seen, *explanation, *reason;
};

struct ft_differences {
	size_t n;
	uint64_t more; /* that were not kept */
	struct ft_difference rows[FT_DIFFERENCES_MAX];
};
/* Is a record with this verdict to be shown: differs, unstable, unproven? */
bool ft_differences_wants(const char *verdict);
void ft_differences_add(struct ft_differences *differences, const json_t *record);
void ft_differences_print(const struct ft_differences *differences, FILE *file);
void ft_differences_fini(struct ft_differences *differences);

struct ft_merge {
	struct ft_report *report; /* NULL: none */
	struct ft_outcome outcome;
	struct ft_differences differences;
	struct ft_err err; /* why the report could not be written */
	int rc;
};

/* What one probe contributed. */
struct ft_part {
	struct ft_merge *merge;
	const char *name;
	struct ft_counts counts;
	bool has_tail;
	int signal; /* that its tail names */
	bool uncaptured;
	bool unmeasurable;
	uint64_t packets; /* captured */
	uint64_t bad_lines;
};

void ft_merge_init(struct ft_merge *merge, struct ft_report *report);
void ft_merge_fini(struct ft_merge *merge);
/* A sentence about what limits the run; each only once. */
void ft_merge_note(struct ft_merge *merge, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A ft_child_line; arg is the part. */
void ft_merge_line(void *part, const char *line, size_t len);
/* The probe has ended, with the status of waitpid(2); stopped: because it was told to. */
void ft_merge_end(struct ft_part *part, int status, bool stopped);

#endif

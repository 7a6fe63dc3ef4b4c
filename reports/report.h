/* SPDX-License-Identifier: MIT */
/*
 * How do records become a report that survives being cut off, and how is it read back?
 *
 * report.json is one JSON document with one case a line:
 *
 *   {"fourtuple":1,"head":{...},"cases":[
 *   {"case":...},
 *   {"case":...}
 *   ],"tail":{...}}
 *
 * It is written as a stream in constant memory. Cut off anywhere, every complete line of it can
 * still be read. Jansson builds each line and reads it.
 */
#ifndef FT_REPORTS_REPORT_H
#define FT_REPORTS_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "base/err.h"
#include "reports/record.h"

/* Counts over a run; the tail of a report. */
struct ft_counts {
	uint64_t cases;
	uint64_t verdicts[FT_VERDICT_COUNT];
	uint64_t established, refused, pending; /* 4-tuples by result: ok, an errno, pending */
	uint64_t again;                         /* cases that were begun more than once */
};
void ft_counts_add(struct ft_counts *sum, const struct ft_counts *more);
void ft_counts_record(struct ft_counts *sum, const struct ft_record *record);

/* ---- one record <-> one line ---- */

struct ft_record_writer; /* keeps its JSON values from line to line, so that little is allocated */
struct ft_record_writer *ft_record_writer_new(void);
void ft_record_writer_free(struct ft_record_writer *writer);
/* Appends the record as one line of JSON with its newline. 0, or -ENOMEM / -EINVAL (a text that is
 * not UTF-8) with err. */
int ft_record_write(struct ft_record_writer *writer, const struct ft_record *record,
		    struct ft_text *out, struct ft_err *err);

/* ---- writing a report ---- */

struct ft_report;
/* Starts a report in path ("-" is stdout) with the given head; borrowed. Errors of open(2) and
 * write(2); -ENOSPC keeps what was written. */
int ft_report_create(const char *path, json_t *head, struct ft_report **ret, struct ft_err *err);
/* Adds complete record lines, each ended by a newline, as ft_record_write() makes them; takes care
 * of the commas. Written through at least every 100 ms or 64 KiB; it has no clock of its own, so a
 * caller that waits for longer than that flushes first. */
int ft_report_lines(struct ft_report *report, const char *lines, size_t len, struct ft_err *err);
/* Writes what is buffered. */
int ft_report_flush(struct ft_report *report, struct ft_err *err);
/* Ends it with the tail (borrowed) and closes. A report that had an error before is closed as it
 * is, and the first error is returned. */
int ft_report_finish(struct ft_report *report, json_t *tail, struct ft_err *err);

/* ---- reading a report ---- */

struct ft_report_read {
	bool complete; /* has its end: ]...} */
	uint64_t n_records;
	json_t *head, *tail; /* new references, NULL if absent */
};
/* Calls each() with every record (borrowed) of a complete, a reformatted (jq .) or a cut-off
 * report, in order; a non-zero return stops and is returned. A last line that is cut is left out
 * and complete is false. max_bytes bounds what is read (0: 4 GiB), a single record may have 64 MiB.
 * -EINVAL with "ORIGIN:LINE:COLUMN: ..." where the text is not a report: not JSON, wrong version,
 * records that lack "case", "outcome" or "verdict" or have them with wrong types. *ret is filled in
 * any case that returns 0; release with ft_report_read_fini(). */
typedef int ft_report_each(void *arg, json_t *record, struct ft_err *err);
int ft_report_parse(FILE *file, const char *origin, uint64_t max_bytes, ft_report_each *each,
		    void *arg, struct ft_report_read *ret, struct ft_err *err);
void ft_report_read_fini(struct ft_report_read *read);

/* Is this one line a valid record? Adds it to counts. For lines of programs that are not ours. */
int ft_record_line_check(const char *line, size_t len, struct ft_counts *counts,
			 struct ft_err *err);

/* ft_counts as the tail's object: {"cases":..,"verdicts":{..},"tuples":{..}}. */
json_t *ft_counts_json(const struct ft_counts *counts);

#endif

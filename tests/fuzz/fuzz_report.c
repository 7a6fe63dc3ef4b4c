/* SPDX-License-Identifier: MIT */
/*
 * Can any bytes bring the reader of reports down, and does a line that counts as a record make a
 * report that can be read?
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reports/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count(void *arg, json_t *record, struct ft_err *err)
{
	uint64_t *n = arg;

	(void)err;
	/* what every reader of records relies on */
	if (!json_string_value(json_object_get(record, "case")) ||
	    !json_string_value(json_object_get(record, "outcome")) ||
	    !json_string_value(json_object_get(record, "verdict")))
		abort();
	++*n;
	return 0;
}

/* Parses and checks what the contract says of any text. True if it is a complete report. */
static bool parse(const void *text, size_t len, uint64_t *n)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, len, "r");
	struct ft_report_read read = {0};
	struct ft_err err = {0};
	int code;
	bool complete;

	*n = 0;
	if (!file)
		return false;
	code = ft_report_parse(file, "fuzz", 0, count, n, &read, &err);
	fclose(file);
	if ((code != 0) != (err.code != 0) || (!code && read.n_records != *n))
		abort();
	complete = !code && read.complete;
	ft_report_read_fini(&read);
	return complete;
}

static void check_line(const char *line, size_t len)
{
	static const char head[] = "{\"fourtuple\":1,\"head\":{},\"cases\":[\n";
	static const char tail[] = "\n],\"tail\":{}}\n";
	struct ft_counts counts = {0};
	struct ft_text report;
	uint64_t n;

	if (ft_record_line_check(line, len, &counts, NULL)) {
		if (counts.cases)
			abort();
		return;
	}
	ft_text_init(&report, 2 * len + sizeof(head) + sizeof(tail));
	ft_text_str(&report, head);
	ft_text_bytes(&report, line, len);
	ft_text_str(&report, tail);
	if (counts.cases != 1 || !parse(report.bytes, report.len, &n) || n != 1)
		abort();
	ft_text_fini(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t n;

	if (!size)
		return 0;
	parse(data, size, &n);
	check_line((const char *)data, size);
	return 0;
}

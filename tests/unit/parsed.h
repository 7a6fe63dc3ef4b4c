/* SPDX-License-Identifier: MIT */
/*
 * A report in a test, read back, with everything that came of it; and the smallest one that is
 * worth reading.
 */
#ifndef FT_TESTS_UNIT_PARSED_H
#define FT_TESTS_UNIT_PARSED_H

#include <errno.h>
#include <stdio.h>

#include "reports/report.h"
#include "tests/support/suite.h"

#define HEAD "{\"fourtuple\":1,\"head\":{\"kernel\":\"6.18\"},\"cases\":["
#define ONE "{\"case\":\"a tcp4 bind lo:p\",\"outcome\":\"a.bind=ok\",\"verdict\":\"observed\"}"
#define TWO "{\"case\":\"a {x[\\\"\",\"outcome\":\"\",\"verdict\":\"skipped\",\"seen\":{\"\":1}}"
#define TAIL "],\"tail\":{\"cases\":2}}\n"

struct parsed {
	int code;
	struct ft_report_read read;
	struct ft_err err;
	uint64_t each; /* how often it was called */
	uint64_t stop_at;
};

static inline int parsed_each(void *arg, json_t *record, struct ft_err *err)
{
	struct parsed *parsed = arg;

	CHECK(json_is_string(json_object_get(record, "case")));
	if (++parsed->each != parsed->stop_at)
		return 0;
	ft_err_set(err, -ECANCELED, "stopped");
	return 42;
}

static inline struct parsed parse_file(FILE *file, uint64_t max_bytes, uint64_t stop_at)
{
	struct parsed parsed = {.stop_at = stop_at};

	parsed.code = ft_report_parse(file, "test.json", max_bytes, parsed_each, &parsed,
				      &parsed.read, &parsed.err);
	return parsed;
}

static inline struct parsed parse(const char *text, size_t len)
{
	/* fmemopen() refuses a size of 0 on some systems; an empty file is a case of its own */
	FILE *file = len ? fmemopen((void *)(uintptr_t)text, len, "r") : fopen("/dev/null", "r");
	struct parsed parsed = {.code = -ENOMEM};

	if (CHECK(file)) {
		parsed = parse_file(file, 0, 0);
		fclose(file);
	}
	return parsed;
}

static inline struct parsed parse_path(const char *path)
{
	struct parsed parsed = {.code = -ENOENT};
	FILE *file = fopen(path, "r");

	if (CHECK(file)) {
		parsed = parse_file(file, 0, 0);
		fclose(file);
	}
	return parsed;
}

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Is a report read whoever reformatted it and wherever it was cut, and is everything else refused
 * with its place?
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsed.h"
#include "reports/report.h"
#include "tests/support/suite.h"

struct read_row {
	const char *text;
	int64_t n_records; /* -1: refused */
	bool complete;
	const char *complaint;
};

static const struct read_row read_rows[] = {
	{HEAD "\n" TAIL, 0, true, NULL},
	{HEAD "\n" ONE "\n" TAIL, 1, true, NULL},
	{HEAD "\n" ONE ",\n" TWO "\n" TAIL, 2, true, NULL},
	{HEAD ONE "," TWO TAIL, 2, true, NULL},
	{"\r\n\t " HEAD " " ONE " ,\r\n " TWO " \t" TAIL "\n \n", 2, true, NULL},
	{HEAD ONE "]}", 1, true, NULL},
	{"{\"new\":[{},1,\"]\"],\"fourtuple\":1,\"cases\":[],\"newer\":null}", 0, true, NULL},
	{"{\"cases\":[" ONE "],\"fourtuple\":1,\"head\":{},\"tail\":{}}", 1, true, NULL},
	/* cut off */
	{HEAD, 0, false, NULL},
	{HEAD ONE, 1, false, NULL},
	{HEAD ONE ",", 1, false, NULL},
	{HEAD ONE ",\n{\"case\":\"a", 1, false, NULL},
	{HEAD ONE "],\"tail\":{", 1, false, NULL},
	{"{\"cases\":[" ONE ",", 1, false, NULL},
	/* no report */
	{"", -1, false, "test.json:1:1: not a report"},
	{" \n ", -1, false, "test.json:2:2: not a report"},
	{"\x7f"
	 "ELF\x02\x01",
	 -1, false, "test.json:1:1: not a report"},
	{"[]", -1, false, "test.json:1:1: not a report"},
	{"{}", -1, false, "test.json:1:2: not a report"},
	{"{\"fourtuple\":", -1, false, "ends without \"fourtuple\":1"},
	{"{\"head\":{},\"cases\":[]}", -1, false, "ends without \"fourtuple\":1"},
	{"{\"fourtuple\":1}", -1, false, "it has no \"cases\""},
	{"{\"fourtuple\":2,\"cases\":[]}", -1, false, "test.json:1:14: a report of version 2"},
	{"{\"fourtuple\":\"1\",\"cases\":[]}", -1, false, "is a number"},
	{"{\"fourtuple\":1.0,\"cases\":[]}", -1, false, "is a number"},
	{"{\"fourtuple\":01,\"cases\":[]}", -1, false, "test.json:1:1"},
	{"{\"fourtuple\":1,\"fourtuple\":1}", -1, false, "test.json:1:16: this member"},
	{"{\"fourtuple\":1,\"head\":[]}", -1, false, "head and tail are objects"},
	{"{\"fourtuple\":1,\"head\":{\"a\":1,\"a\":1}}", -1, false, "duplicate"},
	{"{\"fourtuple\":1,\"cases\":{}}", -1, false, "'[' is wanted here"},
	{"{\"fourtuple\":1,,}", -1, false, "test.json:1:16: not a report"},
	{"{\"fourtuple\" 1}", -1, false, "':' is wanted here"},
	{HEAD TAIL "x", -1, false, "test.json:2:1: the report was over"},
	{HEAD ONE " " TWO TAIL, -1, false, "',' or ']' is wanted here"},
	{HEAD ONE ",]}", -1, false, "test.json:1:"},
	{HEAD "\n" ONE ",\n1\n" TAIL, -1, false, "test.json:3:1: not a record"},
	{HEAD "\n" ONE ",\n{\"case\":1}\n" TAIL, -1, false,
	 "test.json:3:1: not a record: wrong type"},
	{HEAD "\n" ONE ",\n{\"case\":\"\x01\"}" TAIL, -1, false, "test.json:3:"},
	{HEAD "\n{\n\"case\":\n tru\n}" TAIL, -1, false, "test.json:4:"},
	{HEAD "{\"case\":]}" TAIL, -1, false, "test.json:1:"},
};

static void reading(void)
{
	for (size_t i = 0; i < sizeof(read_rows) / sizeof(*read_rows); i++) {
		const struct read_row *row = &read_rows[i];
		struct parsed parsed = parse(row->text, strlen(row->text));

		CHECK_INT(row->text, parsed.code, row->complaint ? -EINVAL : 0);
		if (row->complaint) {
			CHECK_ROW(row->text, strstr(parsed.err.text, row->complaint) != NULL,
				  "want \"%s\" in \"%s\"", row->complaint, parsed.err.text);
		} else {
			CHECK_INT(row->text, (int64_t)parsed.read.n_records, row->n_records);
			CHECK_INT(row->text, (int64_t)parsed.each, row->n_records);
			CHECK_INT(row->text, parsed.read.complete, row->complete);
		}
		ft_report_read_fini(&parsed.read);
	}
}

/* Every length of a small report, as it is and reformatted: exactly the complete records. */
static void check_prefixes(const char *text, size_t version_end, const size_t ends[2],
			   size_t document_end)
{
	for (size_t len = 0; len <= strlen(text); len++) {
		struct parsed parsed = parse(text, len);
		int64_t wanted = (len >= ends[0]) + (len >= ends[1]);

		CHECK_INT(text, parsed.code, len >= version_end ? 0 : -EINVAL);
		CHECK_INT(text, (int64_t)parsed.each, wanted);
		if (!parsed.code)
			CHECK_INT(text, parsed.read.complete, len >= document_end);
		ft_report_read_fini(&parsed.read);
	}
}

static void prefixes(void)
{
	static const char small[] = HEAD "\n" ONE ",\n" TWO "\n" TAIL;
	const size_t first = strlen(HEAD "\n" ONE), second = strlen(HEAD "\n" ONE ",\n" TWO);
	json_t *document = json_loads(small, 0, NULL);
	char *pretty = document ? json_dumps(document, JSON_INDENT(2)) : NULL;

	check_prefixes(small, strlen("{\"fourtuple\":1,"), (size_t[]){first, second},
		       strlen(small) - 1);
	if (CHECK(pretty)) {
		const char *end = strstr(strstr(pretty, "observed"), "}");
		const char *other = strstr(strstr(strstr(pretty, "skipped"), "}") + 1, "}");

		check_prefixes(pretty, (size_t)(strstr(pretty, ",") + 1 - pretty),
			       (size_t[]){(size_t)(end + 1 - pretty), (size_t)(other + 1 - pretty)},
			       strlen(pretty));
	}
	free(pretty);
	json_decref(document);
}

/* A non-zero return of each() stops and comes back; nothing is left behind. */
static void stopping(void)
{
	static const char text[] = HEAD ONE "," TWO TAIL;
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct parsed parsed;

	if (!CHECK(file))
		return;
	parsed = parse_file(file, 0, 1);
	CHECK_INT("code", parsed.code, 42);
	CHECK_INT("each", (int64_t)parsed.each, 1);
	CHECK_STR("text", parsed.err.text, "stopped");
	CHECK(!parsed.read.head);
	fclose(file);
}

static void bounds(void)
{
	static const char text[] = HEAD ONE "," TWO TAIL;

	for (int64_t spare = -1; spare <= 1; spare++) {
		FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
		struct parsed parsed;

		if (!CHECK(file))
			return;
		parsed = parse_file(file, (uint64_t)((int64_t)strlen(text) + spare), 0);
		CHECK_INT("bound", parsed.code, spare < 0 ? -EFBIG : 0);
		ft_report_read_fini(&parsed.read);
		fclose(file);
	}
}

/* Nesting and size without bound: jansson's limit and ours answer, not the stack or the memory. */
static void floods(void)
{
	enum { LONG = (64 << 20) + (256 << 10) };
	char *text = malloc(LONG + 1);
	size_t start = strlen(HEAD);

	if (!CHECK(text))
		return;
	for (int round = 0; round < 2; round++) {
		struct parsed parsed;

		memcpy(text, HEAD, start);
		memset(text + start, round ? '[' : 'x', LONG - start);
		if (!round)
			text[start] = '"';
		parsed = parse(text, LONG);
		CHECK_INT(round ? "nesting" : "string", parsed.code, -EINVAL);
		CHECK_ROW(parsed.err.text, strstr(parsed.err.text, "more than 64 MiB") != NULL,
			  "round %d", round);
	}
	memset(text + start, '[', 100000);
	memset(text + start + 100000, ']', 100000);
	CHECK_INT("balanced", parse(text, start + 200000).code, -EINVAL);
	free(text);
}

struct golden_row {
	const char *name;
	int64_t n_records;
	bool complete;
};

static void golden(void)
{
	static const struct golden_row rows[] = {
		{"complete.json", 9, true}, {"empty.json", 0, true}, {"pretty.json", 7, true},
		{"sorted.json", 7, true},   {"cut.json", 3, false},  {"pretty-cut.json", 2, false},
	};
	char path[4096];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct parsed parsed;

		snprintf(path, sizeof(path), FT_TESTS_DIR "/golden/%s", rows[i].name);
		parsed = parse_path(path);
		CHECK_INT(rows[i].name, parsed.code, 0);
		CHECK_INT(rows[i].name, (int64_t)parsed.read.n_records, rows[i].n_records);
		CHECK_INT(rows[i].name, parsed.read.complete, rows[i].complete);
		ft_report_read_fini(&parsed.read);
	}
}

static const struct ft_test tests[] = {
	{"reading", reading}, {"prefixes", prefixes}, {"stopping", stopping}, {"bounds", bounds},
	{"floods", floods},   {"golden", golden},     {NULL, NULL},
};

const struct ft_suite ft_suite_report_read = {"report_read", tests};

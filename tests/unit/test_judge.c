/* SPDX-License-Identifier: MIT */
/*
 * Does an expectation hold exactly where it should, and is the first one that does not named?
 */
#include "reports/judge.h"
#include "staged.h"
#include "tests/support/suite.h"

#define CONNECT "s tcp4 bind lo:p listen; c tcp4 bind lo:q connect lo:p"
#define COPIES "a udp4 bind any:p; b udp4 bind any:p; c udp4 send lo:p"

struct judge_row {
	const char *text, *expected, *actual;
	int first; /* index of the first expectation that must fail; -1: all hold */
};

static const struct judge_row judge_rows[] = {
	{"a tcp4 bind lo:p", "a.bind=ok", "a.bind=ok", -1},
	{"a tcp4 bind lo:p", "a.bind=ok", "a.bind=EADDRINUSE", 0},
	{"a tcp4 bind lo:p", "a.bind=EADDRINUSE", "a.bind=EADDRINUSE", -1},
	{"a tcp4 bind lo:p", "a.bind=EADDRINUSE", "a.bind=EACCES", 0},
	{"a tcp4 bind lo:p", "a.bind=ENOTSUP", "a.bind=EOPNOTSUPP", -1},
	{"a tcp4 bind lo:p", "a.bind=EAGAIN", "a.bind=EWOULDBLOCK", -1},
	{"a tcp4 bind lo:p", "a.bind=EADDRINUSE", "a.bind=ok", 0},
	/* the second of a name, the call of another socket, a call that never ran */
	{"a tcp4 bind lo:p; a bind lo:q", "a.bind.2=EINVAL", "a.bind=ok a.bind.2=EINVAL", -1},
	{"a tcp4 bind lo:p; a bind lo:q", "a.bind=EINVAL", "a.bind=ok a.bind.2=EINVAL", 0},
	{"a tcp4 bind lo:p listen", "a.bind=EINVAL a.listen=ok", "a.bind=EINVAL", 1},
	{"a tcp4 bind lo:p; b tcp4 bind lo:p", "a.bind=ok b.bind=ok", "a.bind=ok b.bind=EADDRINUSE",
	 1},
	/* values, texts, ends without a value */
	{"a tcp6 v6only?", "a.v6only?=1", "a.v6only?=1", -1},
	{"a tcp6 v6only?", "a.v6only?=1", "a.v6only?=0", 0},
	{"a tcp4 begin lo:p; look lo:p", "look=SYN_SENT", "look=SYN_SENT", -1},
	{"a tcp4 begin lo:p; look lo:p", "look=SYN_SENT", "look=SYN_RECV", 0},
	{"a tcp4 begin lo:p; look lo:p", "look=SYN_SENT", "look=SYN_SENT,LISTEN", 0},
	{"a tcp4 connect lo:p", "a.connect=pending", "a.connect=pending", -1},
	{"a tcp4 connect lo:p", "a.connect=ok", "a.connect=pending", 0},
	{"a udp4 bind lo:p recv", "a.recv=eof", "a.recv=EAGAIN", 0},
	/* the local address: left out, given, said by the text itself */
	{"a tcp4 bind lo:0", "a.bind=ok", "a.bind=ok(lo:e1)", -1},
	{"a tcp4 bind lo:0", "a.bind=ok(lo:e1)", "a.bind=ok(lo:e1)", -1},
	{"a tcp4 bind lo:0", "a.bind=ok(lo:e2)", "a.bind=ok(lo:e1)", 0},
	{"a tcp4 bind lo:0", "a.bind=ok(lo2:e1)", "a.bind=ok(lo:e1)", 0},
	{"a tcp4 bind lo:p", "a.bind=ok(lo:p)", "a.bind=ok", -1},
	{"a tcp4 bind lo:p; b tcp4 bind lo:q", "a.bind=ok(lo:q)", "a.bind=ok b.bind=ok", 0},
	{"a tcp6 bind [::1]:0", "a.bind=ok([::1]:e1)", "a.bind=ok([::1]:e1)", -1},
	{"a tcp6 bind [::1]:0", "a.bind=ok([::2]:e1)", "a.bind=ok([::1]:e1)", 0},
	/* who got it: left out, exactly, one of, nobody, not known */
	{CONNECT, "c.connect=ok", "s.bind=ok c.connect=ok>s", -1},
	{CONNECT, "c.connect=ok>s", "c.connect=ok>s", -1},
	{CONNECT, "c.connect=ok>s", "c.connect=ok>none", 0},
	{CONNECT, "c.connect=ok>s", "c.connect=ok", 0},
	{CONNECT, "c.connect=ok>none", "c.connect=ok", 0},
	{COPIES, "c.send=ok>a,b", "c.send=ok>a,b", -1},
	{COPIES, "c.send=ok>b,a", "c.send=ok>a,b", -1},
	{COPIES, "c.send=ok>a,b", "c.send=ok>a", 0},
	{COPIES, "c.send=ok>a", "c.send=ok>a,b", 0},
	{COPIES, "c.send=ok>a|b", "c.send=ok>b", -1},
	{COPIES, "c.send=ok>a|b", "c.send=ok>a,b", 0},
	{COPIES, "c.send=ok>a|b", "c.send=ok>none", 0},
	{COPIES, "c.send=ok>a|b", "c.send=ok>c", 0},
	{COPIES, "c.send=ok>none", "c.send=ok>none", -1},
	{COPIES, "c.send=ok>none", "c.send=ok>b", 0},
};

static void table(void)
{
	for (size_t i = 0; i < sizeof(judge_rows) / sizeof(*judge_rows); i++) {
		const struct judge_row *row = &judge_rows[i];
		struct staged staged;
		size_t first = SIZE_MAX;

		if (CHECK_ROW(row->expected,
			      staged_init(&staged, row->text, row->expected, row->actual), "%s",
			      staged.err.text)) {
			bool held = ft_judge_expected(&staged.record, &first);

			CHECK_ROW(row->expected, held == (row->first < 0), "against %s",
				  row->actual);
			CHECK_INT(row->expected, held ? -1 : (int64_t)first, row->first);
			CHECK_STR(row->expected, ft_verdict_names[staged.record.verdict],
				  held ? "as-expected" : "differs");
		}
		staged_fini(&staged);
	}
}

/* A bound dial: the text says where from, so the engine reads nothing back; the tuple knows. */
static void local_of_tuple(void)
{
	struct staged staged;
	struct ft_tuple *tuple;

	if (CHECK_ROW("parse",
		      staged_init(&staged, CONNECT, "c.connect=ok(lo:q)", "s.bind=ok c.connect=ok"),
		      "%s", staged.err.text)) {
		CHECK(!ft_judge_expected(&staged.record, NULL));
		tuple = ft_record_add_tuple(&staged.record);
		if (CHECK(tuple)) {
			tuple->result = 1;
			tuple->local = staged.c.steps[1]->words[1].at;
		}
		CHECK(ft_judge_expected(&staged.record, NULL));
	}
	staged_fini(&staged);
}

struct verdict_row {
	const char *expected;
	uint8_t before, after;
};

/* What could not be measured is not judged; what nobody expected is observed. */
static void verdicts(void)
{
	static const struct verdict_row rows[] = {
		{NULL, FT_VERDICT_OBSERVED, FT_VERDICT_OBSERVED},
		{NULL, FT_VERDICT_SKIPPED, FT_VERDICT_SKIPPED},
		{"a.bind=ok", FT_VERDICT_SKIPPED, FT_VERDICT_SKIPPED},
		{"a.bind=ok", FT_VERDICT_BROKEN, FT_VERDICT_BROKEN},
		{"a.bind=EACCES", FT_VERDICT_BROKEN, FT_VERDICT_BROKEN},
		{"a.bind=ok", FT_VERDICT_OBSERVED, FT_VERDICT_AS_EXPECTED},
		{"a.bind=EACCES", FT_VERDICT_OBSERVED, FT_VERDICT_DIFFERS},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct staged staged;

		if (CHECK_ROW("parse",
			      staged_init(&staged, "a tcp4 bind lo:p", rows[i].expected,
					  "a.bind=ok"),
			      "%s", staged.err.text)) {
			staged.record.verdict = rows[i].before;
			CHECK_INT(rows[i].expected, ft_judge_expected(&staged.record, NULL),
				  rows[i].after != FT_VERDICT_DIFFERS);
			CHECK_INT(rows[i].expected, staged.record.verdict, rows[i].after);
		}
		staged_fini(&staged);
	}
}

static const struct ft_test tests[] = {
	{"table", table},
	{"local_of_tuple", local_of_tuple},
	{"verdicts", verdicts},
	{NULL, NULL},
};

const struct ft_suite ft_suite_judge = {"judge", tests};

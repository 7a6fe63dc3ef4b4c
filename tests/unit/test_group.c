/* SPDX-License-Identifier: MIT */
/*
 * Does the examiner of groups see a share that no chance makes, and nothing in others?
 */
#include "probes/group.h"
#include "reports/record.h"
#include "staged.h"
#include "tests/support/suite.h"

enum { DRAWS = 240, FLOWS = 128 };

struct share_row {
	const char *name;
	char letter;     /* of who sends: 'c' once each, 'f' and 'g' twice */
	unsigned first;  /* every so many-th goes to a1, the others to a2; 0: all to a2 */
	unsigned second; /* the same for the second round of flows */
	uint8_t verdict;
	const char *measured; /* how it begins */
};

static const struct share_row share_rows[] = {
	{"even", 'c', 2, 0, FT_VERDICT_OBSERVED, "240 among 2: chi-squared 0.0 with 1 degree of "},
	{"a third", 'c', 3, 0, FT_VERDICT_OBSERVED, "240 among 2: chi-squared 26.7 with 1 degree"},
	{"one of six", 'c', 6, 0, FT_VERDICT_DIFFERS, "240 among 2: chi-squared 106.7 with 1 "},
	{"one has all", 'c', 0, 0, FT_VERDICT_DIFFERS, "240 among 2: chi-squared 240.0 with 1 "},
	{"half moves", 'f', 2, 0, FT_VERDICT_OBSERVED, "64 of 128 4-tuples moved: chi-squared 0.0"},
	{"none moves", 'f', 2, 2, FT_VERDICT_DIFFERS, "0 of 128 4-tuples moved: chi-squared 128.0"},
	{"all move", 'f', 1, 0, FT_VERDICT_DIFFERS, "128 of 128 4-tuples moved: chi-squared 128.0"},
	{"all may move", 'g', 1, 0, FT_VERDICT_OBSERVED, "128 of 128 4-tuples moved"},
};

static void print_sends(const struct share_row *row, unsigned n, unsigned every, bool again,
			struct ft_text *text, struct ft_text *outcome)
{
	for (unsigned i = 1; i <= n; i++) {
		ft_text_printf(text, "; %c%u %ssend lo:p", row->letter, i,
			       again ? "" : "udp4 bind lo:0 ");
		ft_text_printf(outcome, " %c%u.send%s=ok>a%u", row->letter, i, again ? ".2" : "",
			       every && i % every == 0 ? 1 : 2);
	}
}

static void check_row(const struct share_row *row)
{
	struct ft_text text, outcome;
	struct staged staged;
	const char *measured;

	ft_text_init(&text, 1 << 20);
	ft_text_init(&outcome, 1 << 20);
	ft_text_str(&text, "a1 udp4 reuseport bind lo:p; a2 udp4 reuseport bind lo:p");
	ft_text_str(&outcome, "a1.bind=ok a2.bind=ok");
	print_sends(row, row->letter == 'c' ? DRAWS : FLOWS, row->first, false, &text, &outcome);
	if (row->letter != 'c')
		print_sends(row, FLOWS, row->second, true, &text, &outcome);
	if (CHECK_ROW(row->name,
		      staged_init(&staged, ft_text_get(&text), NULL, ft_text_get(&outcome)), "%s",
		      staged.err.text)) {
		ft_group_examine(&staged.record);
		measured = ft_record_text(&staged.record, staged.record.measured);
		CHECK_STR(row->name, ft_verdict_names[staged.record.verdict],
			  ft_verdict_names[row->verdict]);
		CHECK_ROW(row->name, strncmp(measured, row->measured, strlen(row->measured)) == 0,
			  "%s", measured);
		CHECK_INT(row->name, staged.record.reason[0] != '\0',
			  row->verdict == FT_VERDICT_DIFFERS);
	}
	staged_fini(&staged);
	ft_text_fini(&text);
	ft_text_fini(&outcome);
}

static void shares(void)
{
	for (size_t i = 0; i < sizeof(share_rows) / sizeof(*share_rows); i++)
		check_row(&share_rows[i]);
}

/* Cases that count nothing are left alone. */
static void others(void)
{
	struct staged staged;

	if (CHECK(staged_init(&staged, "a udp4 bind lo:p; c udp4 send lo:p", NULL,
			      "a.bind=ok c.send=ok>a"))) {
		ft_group_examine(&staged.record);
		CHECK_INT("others", staged.record.measured, 0);
		CHECK_INT("others", staged.record.verdict, FT_VERDICT_OBSERVED);
	}
	staged_fini(&staged);
}

static const struct ft_test tests[] = {
	{"shares", shares},
	{"others", others},
	{NULL, NULL},
};

const struct ft_suite ft_suite_group = {"group", tests};

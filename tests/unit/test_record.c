/* SPDX-License-Identifier: MIT */
/*
 * Does a record keep what it is given, and does its outcome line say it in the notation?
 */
#include <stdlib.h>

#include "staged.h"
#include "tests/support/suite.h"

struct outcome_row {
	const char *text;
	const char *outcome; /* read into results, and wanted back */
};

static const struct outcome_row outcome_rows[] = {
	{"a tcp4 bind lo:p listen", "a.bind=ok a.listen=ok"},
	{"a tcp4 bind lo:p; b tcp4 bind lo:p", "a.bind=ok b.bind=EADDRINUSE"},
	{"s tcp4 bind lo:p listen; c tcp4 connect lo:p",
	 "s.bind=ok s.listen=ok c.connect=ok(lo:e1)>s"},
	{"a tcp4 bind lo:p; a bind lo:q", "a.bind=ok a.bind.2=EINVAL"},
	{"a udp4 bind any:p; b udp4 bind any:p; c udp4 send lo:p",
	 "a.bind=ok b.bind=ok c.send=ok(lo:e1)>a,b"},
	{"a udp4 bind lo:p; c udp4 send lo:q", "a.bind=ok c.send=ok>none"},
	{"a tcp6 v6only?", "a.v6only?=0"},
	{"a tcp4 bind lo:p; a recv", "a.bind=E#4000 a.recv=eof"},
	{"a tcp4 begin lo:p; look lo:p", "a.begin=ok look=SYN_SENT,LISTEN"},
	{"a tcp4 connect lo:p", "a.connect=pending"},
	{"a tcp4 reuseaddr|reuseport bind lo:0",
	 "a.reuseaddr|reuseport=ENOPROTOOPT a.bind=ok(lo:e1)"},
	{"a tcp6 bind [::1]:p connect [2001:db8::7]:q", "a.bind=ok a.connect=ok([::1]:p)"},
};

static void outcome(void)
{
	for (size_t i = 0; i < sizeof(outcome_rows) / sizeof(*outcome_rows); i++) {
		const struct outcome_row *row = &outcome_rows[i];
		struct staged staged;
		struct ft_text out;

		ft_text_init(&out, 1 << 16);
		if (CHECK_ROW(row->outcome, staged_init(&staged, row->text, NULL, row->outcome),
			      "%s", staged.err.text)) {
			ft_record_print_outcome(&staged.record, &out);
			CHECK_STR(row->text, ft_text_get(&out), row->outcome);
		}
		ft_text_fini(&out);
		staged_fini(&staged);
	}
}

/* An option that succeeded is no part of the outcome, and the blank before it neither. */
static void hidden(void)
{
	struct staged staged;
	struct ft_text out;

	ft_text_init(&out, 1 << 16);
	if (CHECK_ROW("parse",
		      staged_init(&staged, "a tcp4 reuseaddr bind lo:p listen", NULL,
				  "a.reuseaddr=ok a.bind=ok a.listen=ok"),
		      "%s", staged.err.text)) {
		staged.record.results[0].shown = false;
		staged.record.results[2].shown = false;
		ft_record_print_outcome(&staged.record, &out);
		CHECK_STR("hidden", ft_text_get(&out), "a.bind=ok");
	}
	ft_text_fini(&out);
	staged_fini(&staged);
}

/* The occurrence that the engine has computed is believed, an absent one is computed. */
static void occurrence(void)
{
	struct staged staged;
	struct ft_text out;

	ft_text_init(&out, 1 << 16);
	if (CHECK_ROW("parse",
		      staged_init(&staged, "a tcp4 bind lo:p; a bind lo:q", NULL,
				  "a.bind=ok a.bind.2=EINVAL"),
		      "%s", staged.err.text)) {
		CHECK_INT("computed",
			  ft_result_occurrence(&staged.record, &staged.record.results[1]), 2);
		staged.record.results[1].occurrence = 7;
		ft_result_print(&staged.record, &staged.record.results[1], &out);
		CHECK_STR("given", ft_text_get(&out), "a.bind.7=EINVAL");
	}
	ft_text_fini(&out);
	staged_fini(&staged);
}

enum { MANY = 10000 };

static void fill(struct ft_record *record)
{
	for (uint32_t i = 0; i < MANY; i++) {
		struct ft_result *result = ft_record_add_result(record);
		struct ft_tuple *tuple = ft_record_add_tuple(record);

		if (!CHECK(result && tuple))
			return;
		CHECK(!result->step && !result->shown && !tuple->by && !tuple->wire.captured);
		result->step = i;
		result->shown = true;
		tuple->by = (uint16_t)i;
		for (uint32_t n = 0; n < i % 3; n++)
			CHECK_INT("got", ft_record_add_got(record, &result->got, (uint16_t)(i + n)),
				  0);
	}
}

/* Growth moves the arrays and loses nothing; a second case starts empty in the same memory. */
static void growth(void)
{
	struct ft_record record;

	ft_record_init(&record);
	for (int round = 0; round < 2; round++) {
		const struct ft_result *before = record.results;

		ft_record_clear(&record, NULL, "growth");
		CHECK_INT("empty", (int64_t)(record.n_results + record.n_tuples + record.n_got), 0);
		fill(&record);
		CHECK_INT("results", (int64_t)record.n_results, MANY);
		CHECK(!round || before == record.results);
		for (uint32_t i = 0; i < record.n_results; i++) {
			const struct ft_got *got = &record.results[i].got;

			CHECK(record.results[i].step == i && record.tuples[i].by == i);
			CHECK(got->n == i % 3 && got->known == (got->n > 0));
			for (uint32_t n = 0; n < got->n; n++)
				CHECK(record.got[got->first + n] == i + n);
		}
	}
	ft_record_fini(&record);
}

/* Nothing of a case may show in the next one. */
static void clear(void)
{
	static const struct ft_record fresh = {.repeats = 1};
	struct ft_record record;

	ft_record_init(&record);
	record.verdict = FT_VERDICT_BROKEN;
	record.repeats = 5;
	record.packets_lost = true;
	record.start_ns = record.end_ns = record.elapsed_ns = 1;
	record.first_packet = record.last_packet = 1;
	memcpy(record.reason, "why", 4);
	record.seen = calloc(1, sizeof(*record.seen));
	if (CHECK(record.seen)) {
		record.n_seen = record.size_seen = 1;
		record.seen[0].outcome = strdup("a.bind=ok");
	}
	ft_text_str(&record.text, "LISTEN");
	ft_record_clear(&record, NULL, NULL);
	CHECK_STR("reason", record.reason, "");
	CHECK_INT("verdict", record.verdict, FT_VERDICT_OBSERVED);
	CHECK_INT("repeats", record.repeats, fresh.repeats);
	CHECK_INT("seen", (int64_t)record.n_seen, 0);
	CHECK_INT("text", (int64_t)record.text.len, 0);
	CHECK(!record.packets_lost && !record.start_ns && !record.end_ns && !record.elapsed_ns &&
	      !record.first_packet && !record.last_packet);
	ft_record_fini(&record);
}

static void verdicts(void)
{
	for (size_t i = 0; i < FT_VERDICT_COUNT; i++) {
		CHECK(ft_verdict_names[i] && ft_verdict_names[i][0]);
		for (size_t k = 0; k < i; k++)
			CHECK_ROW(ft_verdict_names[i],
				  strcmp(ft_verdict_names[i], ft_verdict_names[k]) != 0,
				  "%zu and %zu have one name", i, k);
	}
}

static const struct ft_test tests[] = {
	{"outcome", outcome}, {"hidden", hidden}, {"occurrence", occurrence},
	{"growth", growth},   {"clear", clear},   {"verdicts", verdicts},
	{NULL, NULL},
};

const struct ft_suite ft_suite_record = {"record", tests};

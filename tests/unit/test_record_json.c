/* SPDX-License-Identifier: MIT */
/*
 * Is the line of a record what the schema says, letter by letter, and is only such a line counted?
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>

#include "model/model.h"
#include "reports/quote.h"
#include "reports/report.h"
#include "staged.h"
#include "tests/support/suite.h"

#define DIAL "s tcp4 bind lo:p listen; c tcp4 bind lo:q connect lo:p"
#define DATAGRAM "a udp6 bind any:p; b udp6 bind lo:q send lo:p"

static void plain(struct ft_record *record)
{
	record->elapsed_ns = 15349;
}

static void skipped(struct ft_record *record)
{
	record->verdict = FT_VERDICT_SKIPPED;
	snprintf(record->reason, sizeof(record->reason), "no \"SCTP\" here\t\\");
}

static void repeated(struct ft_record *record)
{
	static const char *const outcomes[] = {"a.bind=ok", "a.bind=EADDRINUSE"};

	record->verdict = FT_VERDICT_UNSTABLE;
	record->seen = calloc(2, sizeof(*record->seen));
	if (!record->seen)
		return;
	record->n_seen = record->size_seen = 2;
	for (unsigned i = 0; i < 2; i++) {
		record->seen[i].outcome = strdup(outcomes[i]);
		record->seen[i].count = 3 + i;
	}
}

/* As the judge leaves it. */
static void predicted(struct ft_record *record)
{
	record->verdict = FT_VERDICT_DIFFERS;
	record->results[1].rule = FT_RULE_TCP_PLAIN;
	record->results[1].holder = ft_record_text_begin(record);
	ft_text_str(&record->text, "a (lo:p, \"BOUND\")");
	ft_record_text_end(record);
	record->predicted = ft_record_text_begin(record);
	ft_text_str(&record->text, "a.bind=ok b.bind=EADDRINUSE");
	ft_record_text_end(record);
	record->n_changes = 2;
	record->changes[0] = (struct ft_change){FT_TOGGLE_DUAL_WILDCARD, false};
	record->changes[1] = (struct ft_change){FT_TOGGLE_REUSEADDR_LIVE, true};
}

static void evidence(struct ft_record *record)
{
	struct ft_tuple *tuple = ft_record_add_tuple(record);
	const struct ft_case *c = record->c;

	if (!tuple)
		return;
	tuple->protocol = IPPROTO_TCP;
	tuple->has_diag = true;
	tuple->diag = TCP_ESTABLISHED;
	tuple->by = c->steps[1]->subject;
	tuple->local = c->steps[1]->words[1].at;
	tuple->remote = c->steps[1]->words[2].at;
	tuple->to = record->results[2].got;
	tuple->actual_local = (struct ft_address){AF_INET, 40002, {127, 0, 0, 1}};
	tuple->actual_remote = (struct ft_address){AF_INET, 40001, {127, 0, 0, 1}};
	tuple->wire = (struct ft_wire){.captured = true,
				       .syn = 1,
				       .synack = 1,
				       .ack = 1,
				       .first = 12,
				       .last = 18};
	record->first_packet = 10;
	record->last_packet = 20;
	record->verdict = FT_VERDICT_AS_EXPECTED;
}

static void datagram(struct ft_record *record)
{
	struct ft_tuple *tuple = ft_record_add_tuple(record);
	const struct ft_case *c = record->c;

	if (!tuple)
		return;
	tuple->protocol = IPPROTO_UDP;
	tuple->end = FT_END_ERROR;
	tuple->error = ECONNREFUSED;
	tuple->by = c->steps[1]->subject;
	tuple->local = c->steps[1]->words[1].at;
	tuple->remote = c->steps[1]->words[2].at;
	tuple->to.known = true;
	tuple->actual_remote = (struct ft_address){AF_INET6, 65535, {[15] = 1}};
	tuple->wire.captured = true;
	tuple->wire.datagrams = tuple->wire.icmp = 1;
	tuple->wire.first = 1;
	tuple->wire.last = 2;
	record->packets_lost = true;
}

struct line_row {
	const char *text, *expected, *outcome;
	void (*set)(struct ft_record *record);
	const char *line;
	struct ft_counts counts;
};

static const struct line_row line_rows[] = {
	{"a tcp4 bind lo:p; b tcp4 bind lo:p",
	 NULL,
	 "a.bind=ok b.bind=EADDRINUSE",
	 plain,
	 "{\"case\":\"a tcp4 bind lo:p; b tcp4 bind lo:p\",\"probe\":\"staged\","
	 "\"outcome\":\"a.bind=ok b.bind=EADDRINUSE\",\"verdict\":\"observed\",\"us\":15.3}\n",
	 {.cases = 1, .verdicts[FT_VERDICT_OBSERVED] = 1}},
	{"a tcp4 bind lo:p",
	 "a.bind=ok",
	 "",
	 skipped,
	 "{\"case\":\"a tcp4 bind lo:p\",\"probe\":\"staged\",\"outcome\":\"\","
	 "\"expected\":\"a.bind=ok\",\"verdict\":\"skipped\","
	 "\"reason\":\"no \\\"SCTP\\\" here\\t\\\\\",\"us\":0.0}\n",
	 {.cases = 1, .verdicts[FT_VERDICT_SKIPPED] = 1}},
	{"a tcp4 bind lo:p",
	 NULL,
	 "a.bind=ok",
	 repeated,
	 "{\"case\":\"a tcp4 bind lo:p\",\"probe\":\"staged\",\"outcome\":\"a.bind=ok\","
	 "\"verdict\":\"unstable\",\"seen\":{\"a.bind=ok\":3,\"a.bind=EADDRINUSE\":4},"
	 "\"us\":0.0}\n",
	 {.cases = 1, .verdicts[FT_VERDICT_UNSTABLE] = 1}},
	{"a tcp4 bind lo:p; b tcp4 bind lo:p",
	 NULL,
	 "a.bind=ok b.bind=ok",
	 predicted,
	 "{\"case\":\"a tcp4 bind lo:p; b tcp4 bind lo:p\",\"probe\":\"staged\","
	 "\"outcome\":\"a.bind=ok b.bind=ok\",\"verdict\":\"differs\","
	 "\"predicted\":\"a.bind=ok b.bind=EADDRINUSE\",\"rule\":{\"b.bind\":\"tcp.plain\"},"
	 "\"holder\":{\"b.bind\":\"a (lo:p, \\\"BOUND\\\")\"},\"explained_by\":["
	 "{\"toggle\":\"bind-dual-wildcard\",\"behaves\":\"after\","
	 "\"commit\":\"d9ba99342855\",\"first\":\"6.3\"},"
	 "{\"toggle\":\"reuseaddr-live\",\"behaves\":\"before\","
	 "\"commit\":\"8002d44fe84d\",\"first\":\"6.8\"}],\"us\":0.0}\n",
	 {.cases = 1, .verdicts[FT_VERDICT_DIFFERS] = 1}},
	{DIAL,
	 "c.connect=ok>s",
	 "s.bind=ok c.bind=ok c.connect=ok>s",
	 evidence,
	 "{\"case\":\"" DIAL "\",\"probe\":\"staged\","
	 "\"outcome\":\"s.bind=ok c.bind=ok c.connect=ok>s\",\"expected\":\"c.connect=ok>s\","
	 "\"verdict\":\"as-expected\",\"tuples\":[{\"proto\":\"tcp\",\"local\":\"lo:q\","
	 "\"remote\":\"lo:p\",\"by\":\"c\",\"result\":\"ok\",\"to\":\"s\",\"wire\":{\"syn\":1,"
	 "\"synack\":1,\"ack\":1,\"data\":0,\"fin\":0,\"rst\":0},\"diag\":\"ESTABLISHED\","
	 "\"packets\":[12,18],\"actual\":[\"127.0.0.1:40002\",\"127.0.0.1:40001\"]}],"
	 "\"packets\":[10,20],\"us\":0.0}\n",
	 {.cases = 1, .verdicts[FT_VERDICT_AS_EXPECTED] = 1, .established = 1}},
	{DATAGRAM,
	 NULL,
	 "b.send=ECONNREFUSED>none",
	 datagram,
	 "{\"case\":\"" DATAGRAM "\",\"probe\":\"staged\","
	 "\"outcome\":\"b.send=ECONNREFUSED>none\",\"verdict\":\"observed\",\"tuples\":[{"
	 "\"proto\":\"udp\",\"local\":\"lo:q\",\"remote\":\"lo:p\",\"by\":\"b\","
	 "\"result\":\"ECONNREFUSED\",\"to\":\"none\",\"wire\":{\"datagrams\":1,\"icmp\":1},"
	 "\"packets\":[1,2],\"actual\":[null,\"[::1]:65535\"]}],\"lost\":true,\"us\":0.0}\n",
	 {.cases = 1, .verdicts[FT_VERDICT_OBSERVED] = 1, .refused = 1}},
};

/* The record and its line must count the same. */
static void check_counts(const struct line_row *row, const struct ft_record *record,
			 const struct ft_text *line)
{
	struct ft_counts of_record = {0}, of_line = {0};
	struct ft_err err = {0};

	ft_counts_record(&of_record, record);
	CHECK_ROW(row->line, !ft_record_line_check(ft_text_get(line), line->len, &of_line, &err),
		  "%s", err.text);
	CHECK_ROW(row->line, !memcmp(&of_record, &row->counts, sizeof(of_record)), "of record");
	CHECK_ROW(row->line, !memcmp(&of_line, &row->counts, sizeof(of_line)), "of line");
}

static void line(void)
{
	struct ft_record_writer *writer = ft_record_writer_new();
	struct ft_text out;

	ft_text_init(&out, 1 << 20);
	/* twice: the second time every text has been seen before */
	for (size_t i = 0; i < 2 * sizeof(line_rows) / sizeof(*line_rows) && writer; i++) {
		const struct line_row *row =
			&line_rows[i % (sizeof(line_rows) / sizeof(*line_rows))];
		struct ft_err err = {0};
		struct staged staged;

		ft_text_clear(&out);
		if (CHECK_ROW(row->text,
			      staged_init(&staged, row->text, row->expected, row->outcome), "%s",
			      staged.err.text)) {
			row->set(&staged.record);
			CHECK_INT(row->text, ft_record_write(writer, &staged.record, &out, &err),
				  0);
			CHECK_STR(row->text, ft_text_get(&out), row->line);
			check_counts(row, &staged.record, &out);
		}
		staged_fini(&staged);
	}
	CHECK(writer);
	ft_text_fini(&out);
	ft_record_writer_free(writer);
}

/* Every byte at every place of texts of every length: as jansson has it. */
static void quoting(void)
{
	struct ft_quote quote;
	struct ft_text out;

	ft_text_init(&out, 1000);
	if (!CHECK_INT("init", ft_quote_init(&quote), 0))
		return;
	for (size_t len = 1; len <= 34; len++)
		for (size_t i = 0; i < len * 256; i++) {
			char text[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJ", *want;
			json_t *string;

			text[i / 256] = (char)(i % 256);
			string = json_stringn(text, len);
			want = json_dumps(string, JSON_ENCODE_ANY);
			ft_text_clear(&out);
			ft_text_char(&out, '"');
			ft_text_bytes(&out, text, len);
			CHECK_INT("code", ft_quote_since(&quote, &out, 1), string ? 0 : -EINVAL);
			ft_text_char(&out, '"');
			if (string)
				CHECK_STR("text", ft_text_get(&out), want);
			free(want);
			json_decref(string);
		}
	ft_quote_fini(&quote);
	ft_text_fini(&out);
}

/* Half a line must not stay behind a record that cannot be written. */
static void not_utf8(void)
{
	static const char *const texts[] = {"\xff",         "caf\xe9",          "\xc0\xaf",
					    "\xed\xa0\x80", "\xf4\x90\x80\x80", "a;\xe2\x82"};
	struct ft_record_writer *writer = ft_record_writer_new();
	struct staged staged;
	struct ft_text out;

	ft_text_init(&out, 1 << 16);
	ft_text_str(&out, "before\n");
	if (CHECK(writer) && CHECK(staged_init(&staged, "a tcp4 bind lo:p", NULL, "a.bind=ok"))) {
		for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
			struct ft_err err = {0};

			snprintf(staged.record.reason, FT_REASON_MAX, "%s", texts[i]);
			CHECK_INT(texts[i], ft_record_write(writer, &staged.record, &out, &err),
				  -EINVAL);
			CHECK_STR(texts[i], ft_text_get(&out), "before\n");
			CHECK_INT(texts[i], err.code, -EINVAL);
		}
		snprintf(staged.record.reason, FT_REASON_MAX,
			 "Gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80");
		CHECK_INT("UTF-8", ft_record_write(writer, &staged.record, &out, NULL), 0);
		staged_fini(&staged);
	}
	ft_text_fini(&out);
	ft_record_writer_free(writer);
}

static void no_room(void)
{
	struct ft_record_writer *writer = ft_record_writer_new();
	struct staged staged;
	struct ft_text out;

	ft_text_init(&out, 50);
	if (CHECK(writer) && CHECK(staged_init(&staged, "a tcp4 bind lo:p", NULL, "a.bind=ok"))) {
		CHECK_INT("50", ft_record_write(writer, &staged.record, &out, NULL), -ENOMEM);
		CHECK_INT("50", (int64_t)out.len, 0);
		staged_fini(&staged);
	}
	ft_text_fini(&out);
	ft_record_writer_free(writer);
}

#define RECORD(more) "{\"case\":\"a\",\"outcome\":\"\",\"verdict\":\"observed\"" more "}"
#define TUPLE(more)                                                                      \
	RECORD(",\"tuples\":[{\"proto\":\"tcp\",\"local\":\"lo:q\",\"remote\":\"lo:p\"," \
	       "\"by\":\"c\"" more "}]")

struct check_row {
	const char *line;
	const char *complaint; /* a part of the error; NULL: it is a record */
};

static const struct check_row check_rows[] = {
	{RECORD(""), NULL},
	{RECORD("") "\n", NULL},
	{RECORD(",\"colour\":\"green\""), NULL},
	{RECORD(",\"us\":1,\"lost\":true,\"packets\":[1,2],\"seen\":{\"x\":1}"), NULL},
	{TUPLE(",\"result\":\"ok\""), NULL},
	{TUPLE(",\"result\":\"ok\",\"actual\":[null,\"x\"],\"wire\":{\"syn\":1}"), NULL},
	{"", "not a record"},
	{"\n", "not a record"},
	{"null", "not a record"},
	{"[]", "object is wanted"},
	{"{}", "it lacks \"case\""},
	{"{\"case\":\"a\",\"verdict\":\"observed\"}", "it lacks \"outcome\""},
	{"{\"case\":\"a\",\"outcome\":\"\"}", "it lacks \"verdict\""},
	{"{\"case\":1,\"outcome\":\"\",\"verdict\":\"observed\"}", "wrong type of \"case\""},
	{"{\"case\":\"a\",\"outcome\":\"\",\"verdict\":\"good\"}", "unknown verdict \"good\""},
	{RECORD(",\"case\":\"b\""), "duplicate"},
	{RECORD(",\"us\":\"1\""), "wrong type of \"us\""},
	{RECORD(",\"lost\":1"), "wrong type of \"lost\""},
	{RECORD(",\"packets\":[1]"), "wrong pair in \"packets\""},
	{RECORD(",\"packets\":[1,\"2\"]"), "wrong pair in \"packets\""},
	{RECORD(",\"seen\":{\"x\":-1}"), "wrong count in \"seen\""},
	{RECORD(",\"rule\":{\"a.bind\":\"x\"},\"holder\":{},\"predicted\":\"\""), NULL},
	{RECORD(",\"rule\":\"x\""), "wrong type of \"rule\""},
	{RECORD(",\"rule\":{\"a.bind\":1}"), "wrong text in \"rule\""},
	{RECORD(",\"holder\":{\"a.bind\":[]}"), "wrong text in \"holder\""},
	{RECORD(",\"predicted\":1"), "wrong type of \"predicted\""},
	{RECORD(",\"explained_by\":[1]"), "wrong type in \"explained_by\""},
	{RECORD(",\"explained_by\":[{\"toggle\":\"x\"}]"), "it lacks \"behaves\""},
	{RECORD(",\"tuples\":{}"), "wrong type of \"tuples\""},
	{RECORD(",\"tuples\":[1]"), "wrong type in \"tuples\""},
	{TUPLE(""), "it lacks \"result\""},
	{TUPLE(",\"result\":\"ok\",\"wire\":{\"syn\":\"1\"}"), "wrong count in \"wire\""},
	{TUPLE(",\"result\":\"ok\",\"actual\":[1,2]"), "wrong pair in \"actual\""},
	{RECORD("") RECORD(""), "not a record"},
	{RECORD("\n"), "more than one line"},
	{RECORD("") "\r\n", "more than one line"},
	{RECORD(",\"probe\":\"\xff\""), "not a record"},
};

static void line_check(void)
{
	for (size_t i = 0; i < sizeof(check_rows) / sizeof(*check_rows); i++) {
		const struct check_row *row = &check_rows[i];
		struct ft_counts counts = {0};
		struct ft_err err = {0};
		int code = ft_record_line_check(row->line, strlen(row->line), &counts, &err);

		CHECK_INT(row->line, code, row->complaint ? -EINVAL : 0);
		CHECK_INT(row->line, (int64_t)counts.cases, !row->complaint);
		if (row->complaint)
			CHECK_ROW(row->line, strstr(err.text, row->complaint) != NULL,
				  "want \"%s\" in \"%s\"", row->complaint, err.text);
	}
}

static void counts(void)
{
	static const struct ft_counts more = {3, {1, 2, 3, 4, 5, 6, 7}, 8, 9, 10, 11};
	static const char wanted[] =
		"{\"cases\":6,\"verdicts\":{\"observed\":2,\"as-expected\":4,\"differs\":6,"
		"\"unproven\":8,\"unstable\":10,\"skipped\":12,\"broken\":14},"
		"\"tuples\":{\"ok\":16,\"refused\":18,\"pending\":20},\"again\":22}";
	struct ft_counts sum = {0};
	json_t *object;
	char *text;

	ft_counts_add(&sum, &more);
	ft_counts_add(&sum, &more);
	object = ft_counts_json(&sum);
	text = object ? json_dumps(object, JSON_COMPACT) : NULL;
	CHECK_STR("sum", text ? text : "", wanted);
	free(text);
	json_decref(object);
}

static const struct ft_test tests[] = {
	{"line", line},        {"quoting", quoting}, {"not_utf8", not_utf8}, {"no_room", no_room},
	{"check", line_check}, {"counts", counts},   {NULL, NULL},
};

const struct ft_suite ft_suite_record_json = {"record_json", tests};

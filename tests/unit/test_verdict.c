/* SPDX-License-Identifier: MIT */
/*
 * Does the judge agree with the model exactly where it should: over all choices, as far as the
 * model has a word, with the fewest known changes as an explanation?
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "reports/judge.h"
#include "reports/report.h"
#include "staged.h"
#include "tests/support/suite.h"

#define PAIR "a tcp4 bind lo:p; b tcp4 bind lo:p"
/* 6.8 forgot what a bucket remembered of SO_REUSEADDR; 6.3 mended what 6.1 had broken. */
#define ON_OFF "a tcp4 reuseaddr bind lo:p reuseaddr=0; b tcp4 reuseaddr bind lo:p"
#define DUAL "c tcp6 bind any:q; d tcp4 bind lo:q"
/* The kernel hashes the connection to a or to b. */
#define GROUP "a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen"
#define GROUP_UP "a.bind=ok a.listen=ok b.bind=ok b.listen=ok "

struct verdict_row {
	unsigned minor; /* of the profile linux-6.MINOR; 0: no model */
	const char *text, *expected, *outcome;
	uint8_t verdict;
	bool foreseen;
	const char *predicted; /* "" where nothing else was; NULL: something */
	const char *rule;      /* of the last call; NULL: no matter */
	const char *changes;   /* "before reuseaddr-live", "" */
};

/* clang-format off */
static const struct verdict_row verdict_rows[] = {
	{18, PAIR, NULL, "a.bind=ok b.bind=EADDRINUSE", FT_VERDICT_AS_EXPECTED, true,
	 "", "tcp.plain",
	 ""},
	{18, PAIR, NULL, "a.bind=ok b.bind=ok", FT_VERDICT_DIFFERS, false,
	 "a.bind=ok b.bind=EADDRINUSE", "tcp.plain", ""},
	{18, PAIR, NULL, "a.bind=ok b.bind=EACCES", FT_VERDICT_DIFFERS, false,
	 "a.bind=ok b.bind=EADDRINUSE", "tcp.plain", ""},
	/* a call too few, a call too many */
	{18, PAIR, NULL, "a.bind=ok", FT_VERDICT_DIFFERS, false, "a.bind=ok b.bind=EADDRINUSE", "",
	 ""},
	{18, "a tcp4 reuseaddr bind lo:p", NULL, "a.reuseaddr=ok a.bind=ok", FT_VERDICT_DIFFERS,
	 false, "a.bind=ok", "", ""},
	/* without a model; what the author wants counts besides what the model says */
	{0, PAIR, NULL, "a.bind=ok b.bind=ok", FT_VERDICT_OBSERVED, false, "", "", ""},
	{0, PAIR, "b.bind=ok", "a.bind=ok b.bind=ok", FT_VERDICT_AS_EXPECTED, false, "", "", ""},
	{18, PAIR, "b.bind=ok", "a.bind=ok b.bind=EADDRINUSE", FT_VERDICT_DIFFERS, true, "",
	 "tcp.plain", ""},
	{18, PAIR, "b.bind=ok", "a.bind=ok b.bind=ok", FT_VERDICT_DIFFERS, false,
	 "a.bind=ok b.bind=EADDRINUSE", "tcp.plain", ""},
	/* addresses that were read back */
	{18, "a tcp4 bind lo:0", NULL, "a.bind=ok(lo:e1)", FT_VERDICT_AS_EXPECTED, true,
	 "", NULL, ""},
	{18, "a tcp4 bind lo:0", NULL, "a.bind=ok(lo2:e1)", FT_VERDICT_DIFFERS, false,
	 "a.bind=ok(lo:e1)", NULL, ""},
	{18, "a tcp4 bind lo:0", NULL, "a.bind=ok", FT_VERDICT_DIFFERS, false, "a.bind=ok(lo:e1)",
	 NULL, ""},
	/* choices: each of them, two that were drawn apart, and what none of them leads to */
	{18, GROUP "; c tcp4 connect lo:p", NULL, GROUP_UP "c.connect=ok(lo:e1)>a",
	 FT_VERDICT_AS_EXPECTED, true, "", NULL, ""},
	{18, GROUP "; c tcp4 connect lo:p", NULL, GROUP_UP "c.connect=ok(lo:e1)>b",
	 FT_VERDICT_AS_EXPECTED, true, "", NULL, ""},
	{18, GROUP "; c tcp4 connect lo:p; d tcp4 connect lo:p", NULL,
	 GROUP_UP "c.connect=ok(lo:e1)>b d.connect=ok(lo:e2)>a", FT_VERDICT_AS_EXPECTED, true, "",
	 NULL, ""},
	{18, GROUP "; c tcp4 connect lo:p", NULL, GROUP_UP "c.connect=ok(lo:e1)>none",
	 FT_VERDICT_DIFFERS, false, NULL, NULL, ""},
	/* the same 4-tuple goes to the same one, whichever that is */
	{18, GROUP "; c tcp4 bind lo:q connect lo:p linger=0 close; d tcp4 bind lo:q connect lo:p",
	 NULL, GROUP_UP "c.bind=ok c.connect=ok>a c.close=ok d.bind=ok d.connect=ok>b",
	 FT_VERDICT_DIFFERS, false,
	 GROUP_UP "c.bind=ok c.connect=ok>a|b c.close=ok d.bind=ok d.connect=ok>a", NULL, ""},
	/* beyond the model: silent from there on, not before */
	{18, "a sctp4 bind lo:p", NULL, "a.bind=ok", FT_VERDICT_OBSERVED, false, "", "", ""},
	{18, "a sctp4 bind lo:p", "a.bind=ok", "a.bind=ok", FT_VERDICT_AS_EXPECTED, false,
	 "", "", ""},
	{18, PAIR "; s sctp4 bind lo:q", NULL, "a.bind=ok b.bind=EADDRINUSE s.bind=EACCES",
	 FT_VERDICT_OBSERVED, false, "", "", ""},
	{18, PAIR "; s sctp4 bind lo:q", NULL, "a.bind=ok b.bind=ok s.bind=ok", FT_VERDICT_DIFFERS,
	 false, "a.bind=ok b.bind=EADDRINUSE", "", ""},
	/* known changes, one way and the other, two at once */
	{18, ON_OFF, NULL, "a.bind=ok b.bind=EADDRINUSE", FT_VERDICT_AS_EXPECTED, true,
	 "", NULL, ""},
	{7, ON_OFF, NULL, "a.bind=ok b.bind=ok", FT_VERDICT_AS_EXPECTED, true, "", NULL, ""},
	{18, ON_OFF, NULL, "a.bind=ok b.bind=ok", FT_VERDICT_DIFFERS, false,
	 "a.bind=ok b.bind=EADDRINUSE", NULL, "before reuseaddr-live"},
	{7, ON_OFF, NULL, "a.bind=ok b.bind=EADDRINUSE", FT_VERDICT_DIFFERS, false,
	 "a.bind=ok b.bind=ok", NULL, "after reuseaddr-live"},
	{18, ON_OFF "; " DUAL, NULL, "a.bind=ok b.bind=ok c.bind=ok d.bind=ok", FT_VERDICT_DIFFERS,
	 false, "a.bind=ok b.bind=EADDRINUSE c.bind=ok d.bind=EADDRINUSE", NULL,
	 "before bind-dual-wildcard before reuseaddr-live"},
	/* the running kernel has mended it since, so that explains it, and not what 6.3 mended */
	{7, "c tcp6 v6only bind any:q; d tcp4 bind lo:q", NULL, "c.bind=ok d.bind=ok",
	 FT_VERDICT_DIFFERS, false, "c.bind=ok d.bind=EADDRINUSE", NULL,
	 "after bind-v6only-wildcard"},
	{18, ON_OFF, NULL, "a.bind=EACCES b.bind=ok", FT_VERDICT_DIFFERS, false,
	 "a.bind=ok b.bind=EADDRINUSE", NULL, ""},
};
/* clang-format on */

static void print_changes(const struct ft_record *record, struct ft_text *out)
{
	for (size_t i = 0; i < record->n_changes; i++)
		ft_text_printf(out, "%s%s %s", i ? " " : "",
			       record->changes[i].before ? "before" : "after",
			       ft_toggles[record->changes[i].toggle].name);
}

static void check_row(const struct verdict_row *row, struct ft_record *record)
{
	const struct ft_profile running = ft_profile_release(6, 18);
	const struct ft_kernels kernels = {{.profile = ft_profile_release(6, row->minor),
					    .cpus = 2,
					    .privileged = true},
					   running};
	struct ft_judge *judge = ft_judge_new(row->minor ? &kernels : NULL);
	struct ft_text changes;

	if (!CHECK(judge))
		return;
	ft_text_init(&changes, 1000);
	ft_judge_record(judge, record);
	CHECK_STR(row->outcome, ft_verdict_names[record->verdict], ft_verdict_names[row->verdict]);
	CHECK_INT(row->outcome, record->foreseen, row->foreseen);
	if (row->predicted)
		CHECK_STR(row->outcome, ft_record_text(record, record->predicted), row->predicted);
	else
		CHECK_ROW(row->outcome, record->predicted, "nothing else was predicted");
	if (row->rule)
		CHECK_STR(row->outcome, ft_rules[record->results[record->n_results - 1].rule].id,
			  row->rule);
	print_changes(record, &changes);
	CHECK_STR(row->outcome, ft_text_get(&changes), row->changes);
	ft_text_fini(&changes);
	ft_judge_free(judge);
}

static void table(void)
{
	for (size_t i = 0; i < sizeof(verdict_rows) / sizeof(*verdict_rows); i++) {
		const struct verdict_row *row = &verdict_rows[i];
		struct staged staged;

		if (CHECK_ROW(row->text,
			      staged_init(&staged, row->text, row->expected, row->outcome), "%s",
			      staged.err.text))
			check_row(row, &staged.record);
		staged_fini(&staged);
	}
}

/* Who was in the way is said of the refused call, and of no other. */
static void holder(void)
{
	const struct ft_profile running = ft_profile_release(6, 18);
	const struct ft_kernels kernels = {{.profile = running, .cpus = 2, .privileged = true},
					   running};
	struct ft_judge *judge = ft_judge_new(&kernels);
	struct staged staged;

	if (CHECK(judge) &&
	    CHECK_ROW(PAIR, staged_init(&staged, PAIR, NULL, "a.bind=ok b.bind=EADDRINUSE"), "%s",
		      staged.err.text)) {
		ft_judge_record(judge, &staged.record);
		CHECK_STR(PAIR, ft_record_text(&staged.record, staged.record.results[0].holder),
			  "");
		CHECK_STR(PAIR, ft_record_text(&staged.record, staged.record.results[1].holder),
			  "a (lo:p, BOUND, uid 0, no flag)");
		staged_fini(&staged);
	}
	ft_judge_free(judge);
}

/* ---- witnesses ---- */

#define DIAL "s tcp4 bind lo:p listen; c tcp4 bind lo:q connect lo:p"
#define DIALLED "s.bind=ok s.listen=ok c.bind=ok c.connect="
#define SEND "s udp4 bind lo:p; c udp4 bind lo:q send lo:p"

enum { NOT_LISTED = 255 };

struct witness_row {
	const char *text, *outcome;
	struct ft_wire wire;
	bool earlier; /* an attempt of the same socket before this one */
	bool lost, unknown;
	uint8_t diag;       /* 0: not asked */
	const char *reason; /* how it ends; "" where they agree */
};

/* clang-format off */
#define WIRE(...) {.captured = true, __VA_ARGS__}
#define UP DIALLED "ok>s"
static const struct witness_row witness_rows[] = {
	{.text = DIAL, .outcome = UP, .wire = WIRE(.syn = 1, .synack = 1), .reason = ""},
	{.text = DIAL, .outcome = UP, .wire = WIRE(.syn = 2), .reason = ""},
	{.text = DIAL, .outcome = UP, .wire = WIRE(.synack = 1), .reason = "no SYN"},
	{.text = DIAL, .outcome = UP, .wire = WIRE(.syn = 1), .reason = "no SYN-ACK"},
	{.text = DIAL, .outcome = UP, .wire = WIRE(.syn = 1, .synack = 1),
	 .diag = TCP_SYN_SENT, .reason = "not connected"},
	{.text = DIAL, .outcome = UP, .wire = WIRE(.syn = 1, .synack = 1),
	 .diag = TCP_ESTABLISHED, .reason = ""},
	{.text = DIAL, .outcome = UP, .wire = WIRE(.syn = 1, .synack = 1),
	 .diag = NOT_LISTED, .reason = "does not list it"},
	{.text = DIAL, .outcome = UP, .wire = WIRE(.syn = 1, .synack = 1, .rst = 1),
	 .diag = NOT_LISTED, .reason = ""},
	{.text = DIAL, .outcome = DIALLED "ECONNREFUSED", .wire = WIRE(.syn = 1, .rst = 1),
	 .diag = TCP_ESTABLISHED, .reason = "lists it as connected"},
	{.text = DIAL, .outcome = UP, .reason = ""},
	{.text = DIAL, .outcome = UP, .wire = WIRE(.syn = 0), .lost = true, .reason = ""},
	{.text = DIAL, .outcome = UP, .wire = WIRE(.syn = 0), .unknown = true,
	 .reason = ""},
	{.text = DIAL, .outcome = UP, .wire = WIRE(.syn = 0), .earlier = true,
	 .reason = ""},
	{.text = DIAL, .outcome = DIALLED "ECONNREFUSED", .wire = WIRE(.syn = 1, .rst = 1),
	 .reason = ""},
	{.text = DIAL, .outcome = DIALLED "ECONNREFUSED", .wire = WIRE(.syn = 1, .icmp = 1),
	 .reason = ""},
	{.text = DIAL, .outcome = DIALLED "ECONNREFUSED", .wire = WIRE(.syn = 1),
	 .reason = "no RST"},
	{.text = DIAL, .outcome = DIALLED "ECONNREFUSED", .wire = WIRE(.rst = 1),
	 .reason = "no SYN"},
	{.text = DIAL, .outcome = DIALLED "EADDRNOTAVAIL", .wire = WIRE(.ack = 1), .reason = ""},
	{.text = DIAL, .outcome = DIALLED "EADDRNOTAVAIL", .wire = WIRE(.syn = 1),
	 .reason = "a SYN"},
	{.text = DIAL, .outcome = DIALLED "EISCONN", .wire = WIRE(.syn = 1), .reason = "a SYN"},
	{.text = DIAL, .outcome = DIALLED "ETIMEDOUT", .wire = WIRE(.syn = 7), .reason = ""},
	{.text = DIAL, .outcome = DIALLED "pending", .wire = WIRE(.syn = 0), .reason = ""},
	{.text = SEND, .outcome = "c.send=ok>s", .wire = WIRE(.datagrams = 1), .reason = ""},
	{.text = SEND, .outcome = "c.send=ok>s", .wire = WIRE(.syn = 1),
	 .reason = "does not show it"},
	{.text = SEND, .outcome = "c.send=ok>none", .wire = WIRE(.syn = 1), .reason = ""},
	{.text = SEND, .outcome = "c.send=EPERM", .wire = WIRE(.syn = 0), .reason = ""},
};
/* clang-format on */

static bool add_tuple(const struct witness_row *row, struct ft_record *record)
{
	struct ft_tuple *tuple = ft_record_add_tuple(record);
	const struct ft_result *last = &record->results[record->n_results - 1];
	const struct ft_word *words = record->c->steps[1]->words;

	if (!tuple)
		return false;
	tuple->protocol = words[0].detail == FT_FAMILY_UDP4 ? IPPROTO_UDP : IPPROTO_TCP;
	tuple->by = record->c->steps[1]->subject;
	tuple->result = (uint32_t)(record->n_results - 1);
	tuple->end = last->end;
	tuple->error = last->error;
	tuple->local = words[1].at;
	tuple->remote = words[2].at;
	tuple->wire = row->wire;
	tuple->to = last->got;
	tuple->has_diag = row->diag != 0;
	tuple->diag = row->diag == NOT_LISTED ? 0 : row->diag;
	tuple->actual_local = (struct ft_address){AF_INET, 40002, {127, 0, 0, 1}};
	tuple->actual_remote = (struct ft_address){AF_INET, 40001, {127, 0, 0, 1}};
	if (row->unknown)
		tuple->actual_local.port = 0;
	return true;
}

static void check_witnesses(const struct witness_row *row, struct ft_record *record)
{
	char reason[FT_REASON_MAX] = "";
	size_t len, want = strlen(row->reason);
	struct ft_judge *judge = ft_judge_new(NULL);

	record->packets_lost = row->lost;
	if (!CHECK(judge) || !CHECK(add_tuple(row, record)) ||
	    (row->earlier && !CHECK(add_tuple(row, record)))) {
		ft_judge_free(judge);
		return;
	}
	CHECK_INT(row->outcome, ft_judge_witnesses(record, reason), !row->reason[0]);
	len = strlen(reason);
	CHECK_STR(row->outcome, len >= want ? reason + len - want : reason, row->reason);
	ft_judge_record(judge, record);
	CHECK_STR(row->outcome, ft_verdict_names[record->verdict],
		  row->reason[0] ? "unproven" : "observed");
	CHECK_STR(row->outcome, record->reason, reason);
	ft_judge_free(judge);
}

static void witnesses(void)
{
	for (size_t i = 0; i < sizeof(witness_rows) / sizeof(*witness_rows); i++) {
		const struct witness_row *row = &witness_rows[i];
		struct staged staged;

		if (CHECK_ROW(row->outcome, staged_init(&staged, row->text, NULL, row->outcome),
			      "%s", staged.err.text))
			check_witnesses(row, &staged.record);
		staged_fini(&staged);
	}
}

static const struct ft_test tests[] = {
	{"table", table},
	{"holder", holder},
	{"witnesses", witnesses},
	{NULL, NULL},
};

const struct ft_suite ft_suite_verdict = {"verdict", tests};

/* SPDX-License-Identifier: MIT */
/*
 * Is every case reported exactly once, whatever becomes of the workers?
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe/pool.h"
#include "probe/session.h"
#include "tests/support/suite.h"

enum { LINE_BYTES = 64 << 20 };

/* What the lines of a run said. */
struct seen {
	struct ft_text lines;
	struct ft_counts counts;
	uint64_t kills; /* how often progress() may still kill a worker */
};

static int take(void *arg, const char *lines, size_t len, struct ft_err *err)
{
	struct seen *seen = arg;
	const char *end = lines + len;

	(void)err;
	ft_text_bytes(&seen->lines, lines, len);
	for (const char *at = lines, *next; at < end; at = next + 1) {
		struct ft_err bad = {0};

		next = memchr(at, '\n', (size_t)(end - at));
		if (!CHECK(next != NULL))
			return -EINVAL;
		CHECK_ROW(bad.text,
			  ft_record_line_check(at, (size_t)(next - at), &seen->counts, &bad) == 0,
			  "%s", bad.text);
	}
	return 0;
}

/* A child of this process, from the kernel's own list; 0 if there is none. */
static pid_t some_child(void)
{
	char path[64];
	FILE *file;
	int child = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", getpid(), getpid());
	file = fopen(path, "r");
	if (!file || fscanf(file, "%d", &child) != 1)
		child = 0;
	if (file)
		fclose(file);
	return child;
}

static void kill_one(void *arg, const struct ft_counts *counts, uint64_t total)
{
	struct seen *seen = arg;
	pid_t child = some_child();

	(void)counts;
	(void)total;
	if (seen->kills && child > 0) {
		seen->kills--;
		kill(child, SIGKILL);
	}
}

/* Runs text; false where there can be no sandbox (the test is then skipped). */
static bool run(const char *text, uint64_t total, uint32_t repeat, struct seen *seen,
		struct ft_outcome *outcome)
{
	struct ft_pool_options options = {.workers = 2,
					  .capture = true,
					  .lines = take,
					  .progress = kill_one,
					  .arg = seen};
	struct ft_err err = {0};
	struct ft_job job;
	int rc;

	ft_text_init(&seen->lines, LINE_BYTES);
	ft_job_init(&job, "pool");
	rc = ft_job_add(&job, text, strlen(text), "test", 1, &err);
	job.repeat = repeat;
	if (total)
		job.total = total;
	if (rc == 0)
		rc = ft_savefile_create(NULL, &options.savefile, &err);
	if (rc == 0) {
		rc = ft_pool_run(&job, &options, outcome, &err);
		ft_savefile_close(options.savefile, &err);
	}
	ft_job_fini(&job);
	CHECK_ROW(err.text, rc == 0, "%s", err.text);
	if (outcome->unmeasurable || outcome->uncaptured) {
		ft_test_skip("%s", outcome->notes[0]);
		ft_text_fini(&seen->lines);
		return false;
	}
	CHECK_INT("lines agree with counts", (int64_t)seen->counts.cases,
		  (int64_t)outcome->counts.cases);
	return true;
}

static void matrix_once(void)
{
	struct seen seen = {0};
	struct ft_outcome outcome;

	if (!run("a tcp4 {,reuseaddr} bind {lo,any}:p {,listen}; b tcp4 {,reuseaddr} bind lo:p", 0,
		 1, &seen, &outcome))
		return;
	CHECK_INT("cases", (int64_t)outcome.counts.cases, 16);
	CHECK_INT("observed", (int64_t)outcome.counts.verdicts[FT_VERDICT_OBSERVED], 16);
	CHECK_INT("deaths", outcome.deaths, 0);
	ft_text_fini(&seen.lines);
}

static void packets_complete(void)
{
	struct seen seen = {0};
	struct ft_outcome outcome;
	int64_t more;

	if (!run("s tcp4 bind lo:p listen; c tcp4 bind lo:q connect lo:p", 3000, 1, &seen,
		 &outcome))
		return;
	more = (int64_t)outcome.capture.seen - 4 * 3000;
	CHECK_INT("established", (int64_t)outcome.counts.established, 3000);
	CHECK_INT("seen", (int64_t)outcome.capture.seen, (int64_t)outcome.capture.expected);
	CHECK_INT("dropped", (int64_t)outcome.capture.dropped, 0);
	/* a case that is begun anew has as many again, once or twice */
	CHECK_ROW("four packets each",
		  more % 4 == 0 && more >= 4 * (int64_t)outcome.counts.again &&
			  more <= 8 * (int64_t)outcome.counts.again,
		  "%" PRIi64 " more, %" PRIu64 " begun anew", more, outcome.counts.again);
	ft_text_fini(&seen.lines);
}

/* One case of many more packets than a capture ring holds, while it runs and when it is cleared up.
 */
static void long_case(void)
{
	enum { DIALS = 4000 };
	struct seen seen = {0};
	struct ft_outcome outcome;
	struct ft_text text;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	ft_text_str(&text, "l tcp4 bind any:q listen=20000");
	for (int i = 0; i < DIALS; i++)
		ft_text_printf(&text, "; d%d tcp4 reuseaddr bind lo:p connect 127.1.%d.%d:q", i,
			       i / 200, i % 200 + 1);
	if (run(ft_text_get(&text), 0, 1, &seen, &outcome)) {
		CHECK_INT("established", (int64_t)outcome.counts.established, DIALS);
		CHECK_INT("seen", (int64_t)outcome.capture.seen, (int64_t)outcome.capture.expected);
		CHECK_INT("dropped", (int64_t)outcome.capture.dropped, 0);
		ft_text_fini(&seen.lines);
	}
	ft_text_fini(&text);
}

/* Steps that are chains of many sends: each datagram, and where nobody has room for it any more,
 * the one by which that is known for sure. */
static void long_steps(void)
{
	enum { STEPS = 20, SENDS = 250 };
	struct seen seen = {0};
	struct ft_outcome outcome;
	struct ft_text text;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	ft_text_str(&text, "a udp4 bind lo:p; b udp4 bind lo:q");
	for (int i = 0; i < STEPS; i++) {
		ft_text_str(&text, "; b");
		for (int j = 0; j < SENDS; j++)
			ft_text_str(&text, " send lo:p");
	}
	if (run(ft_text_get(&text), 0, 1, &seen, &outcome)) {
		CHECK_INT("sent", (int64_t)outcome.counts.established, STEPS * SENDS);
		CHECK_ROW("seen", outcome.capture.seen >= STEPS * SENDS, "%" PRIu64,
			  outcome.capture.seen);
		CHECK_INT("seen", (int64_t)outcome.capture.seen, (int64_t)outcome.capture.expected);
		CHECK_INT("dropped", (int64_t)outcome.capture.dropped, 0);
		ft_text_fini(&seen.lines);
	}
	ft_text_fini(&text);
}

/* One namespace has some 30,000 fresh ports: this needs a second and a third for each worker. */
static void ports_run_out(void)
{
	struct seen seen = {0};
	struct ft_outcome outcome;

	if (!run("a tcp4 bind lo:p; b tcp4 bind lo:q; c tcp4 bind lo:r; d tcp4 bind lo:s; "
		 "e tcp4 bind lo:t; f tcp4 bind lo:u => a.bind=ok b.bind=ok c.bind=ok d.bind=ok "
		 "e.bind=ok f.bind=ok",
		 20000, 1, &seen, &outcome))
		return;
	CHECK_INT("as-expected", (int64_t)outcome.counts.verdicts[FT_VERDICT_AS_EXPECTED], 20000);
	ft_text_fini(&seen.lines);
}

/* More than the workers have in flight at a time. (That the waits overlap: test_engine.c.) */
static void waiting(void)
{
	struct seen seen = {0};
	struct ft_outcome outcome;

	if (!run("a tcp4 bind lo:p; wait 100ms; b tcp4 bind lo:p => b.bind=EADDRINUSE", 600, 1,
		 &seen, &outcome))
		return;
	CHECK_INT("as-expected", (int64_t)outcome.counts.verdicts[FT_VERDICT_AS_EXPECTED], 600);
	ft_text_fini(&seen.lines);
}

/* What was being run is broken, everything else is there, nothing twice. */
static void killed_worker(void)
{
	struct seen seen = {.kills = 2};
	struct ft_outcome outcome;
	uint64_t broken;

	if (!run("s tcp4 bind lo:p listen; c tcp4 bind lo:q connect lo:p", 40000, 1, &seen,
		 &outcome))
		return;
	broken = outcome.counts.verdicts[FT_VERDICT_BROKEN];
	CHECK_INT("deaths", outcome.deaths, 2 - (int64_t)seen.kills);
	CHECK_ROW("deaths", outcome.deaths > 0, "no worker was killed");
	CHECK_INT("cases", (int64_t)outcome.counts.cases, 40000);
	CHECK_ROW("broken", broken <= outcome.deaths, "%" PRIu64, broken);
	CHECK_INT("established", (int64_t)outcome.counts.established, (int64_t)(40000 - broken));
	ft_text_fini(&seen.lines);
}

static void repeated(void)
{
	struct seen seen = {0};
	struct ft_outcome outcome;

	if (!run("a tcp4 bind lo:p; b tcp4 bind lo:p => b.bind=EADDRINUSE", 0, 50, &seen, &outcome))
		return;
	CHECK_INT("one record", (int64_t)outcome.counts.cases, 1);
	CHECK_INT("as-expected", (int64_t)outcome.counts.verdicts[FT_VERDICT_AS_EXPECTED], 1);
	CHECK(strstr(ft_text_get(&seen.lines), "\"a.bind=ok b.bind=EADDRINUSE\":50") != NULL);
	ft_text_fini(&seen.lines);
}

/* Which member of a group gets a connection is drawn by a hash: repeats must show both. */
static void unstable(void)
{
	struct seen seen = {0};
	struct ft_outcome outcome;

	if (!run("a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen; "
		 "c tcp4 connect lo:p => c.connect=ok>a",
		 0, 64, &seen, &outcome))
		return;
	CHECK_INT("cases", (int64_t)outcome.counts.cases, 1);
	CHECK_INT("unstable", (int64_t)outcome.counts.verdicts[FT_VERDICT_UNSTABLE], 1);
	ft_text_fini(&seen.lines);
}

static const struct ft_test tests[] = {
	{"matrix-once", matrix_once},     {"packets-complete", packets_complete},
	{"long-case", long_case},         {"long-steps", long_steps},
	{"ports-run-out", ports_run_out}, {"waiting", waiting},
	{"killed-worker", killed_worker}, {"repeated", repeated},
	{"unstable", unstable},           {NULL, NULL},
};

const struct ft_suite ft_suite_pool = {"pool", tests};

/* SPDX-License-Identifier: MIT */
/*
 * Is a report complete when it can be, useful when it was killed, and honest when it cannot be
 * written: full disk, closed pipe, no memory?
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "parsed.h"
#include "reports/judge.h"
#include "reports/report.h"
#include "staged.h"
#include "tests/support/suite.h"

/* A scratch file; "" where none could be made. */
static void scratch_path(char path[64])
{
	const char *folder = getenv("TMPDIR");
	int fd;

	snprintf(path, 64, "%.40s/report-XXXXXX", folder ? folder : "/tmp");
	fd = mkstemp(path);
	if (CHECK(fd >= 0))
		close(fd);
	else
		path[0] = '\0';
}

static bool is_json(const char *path)
{
	json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
	bool is = document != NULL;

	json_decref(document);
	return is;
}

static void written(void)
{
	static const unsigned numbers[] = {0, 1, 2, 3, 5000};
	struct ft_err err = {0};
	char path[64];

	scratch_path(path);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		json_t *head = json_pack("{s:s}", "kernel", "6.18");
		struct ft_report *report;
		struct parsed parsed;

		if (!CHECK_INT(path, ft_report_create(path, head, &report, &err), 0)) {
			json_decref(head);
			break;
		}
		for (unsigned n = 0; n < numbers[i]; n++)
			CHECK_INT(path, ft_report_lines(report, ONE "\n", strlen(ONE "\n"), &err),
				  0);
		CHECK_INT(path, ft_report_finish(report, head, &err), 0);
		CHECK(is_json(path));
		parsed = parse_path(path);
		CHECK_INT(path, (int64_t)parsed.read.n_records, numbers[i]);
		CHECK(parsed.read.complete && json_equal(parsed.read.head, head) &&
		      json_equal(parsed.read.tail, head));
		ft_report_read_fini(&parsed.read);
		json_decref(head);
	}
	unlink(path);
}

/* Many lines at once, some longer than the buffer. */
static void blocks(void)
{
	enum { SIZE = 300000 };
	struct ft_report *report;
	struct ft_err err = {0};
	struct parsed parsed;
	char path[64];
	struct ft_text lines;

	scratch_path(path);
	ft_text_init(&lines, 4 << 20);
	for (int i = 0; i < 3; i++) {
		ft_text_str(&lines, ONE "\n{\"x\":\"");
		for (int n = 0; n < SIZE / 10; n++)
			ft_text_str(&lines, "0123456789");
		ft_text_str(&lines, "\",");
		ft_text_str(&lines, &TWO "\n"[1]);
	}
	if (CHECK_INT(path, ft_report_create(path, NULL, &report, &err), 0)) {
		CHECK_INT(path, ft_report_lines(report, lines.bytes, lines.len, &err), 0);
		CHECK_INT(path, ft_report_finish(report, NULL, &err), 0);
		parsed = parse_path(path);
		CHECK_INT(parsed.err.text, parsed.code, 0);
		CHECK_INT(path, (int64_t)parsed.read.n_records, 6);
		ft_report_read_fini(&parsed.read);
	}
	ft_text_fini(&lines);
	unlink(path);
}

/* What a killed run leaves: lines are through after a flush, and after 100 ms with the next one. */
static void unfinished(void)
{
	const struct timespec pause = {.tv_nsec = 120000000};
	struct ft_report *report;
	struct ft_err err = {0};
	struct parsed parsed;
	char path[64];

	scratch_path(path);
	if (!CHECK_INT(path, ft_report_create(path, NULL, &report, &err), 0))
		return;
	for (int round = 0; round < 2; round++) {
		ft_report_lines(report, ONE "\n", strlen(ONE "\n"), &err);
		if (round)
			CHECK_INT(path, ft_report_flush(report, &err), 0);
		nanosleep(&pause, NULL);
		ft_report_lines(report, TWO "\n", strlen(TWO "\n"), &err);
		parsed = parse_path(path);
		CHECK_INT("lines", (int64_t)parsed.read.n_records, 2 + 2 * round);
		CHECK(!parsed.code && !parsed.read.complete);
		ft_report_read_fini(&parsed.read);
	}
	ft_report_finish(report, NULL, &err);
	unlink(path);
}

/* Lets descriptor 1 be another file, or none, while a test needs it. */
static void set_stdout(int fd)
{
	if (fd >= 0)
		dup2(fd, STDOUT_FILENO);
	else
		close(STDOUT_FILENO);
}

struct broken_row {
	const char *name;
	int error;
};

/* A descriptor that fails with that error when it is written to; -1: none at all. */
static int broken_fd(int error)
{
	int ends[2];

	if (error == ENOSPC)
		return open("/dev/full", O_WRONLY);
	if (error != EPIPE || pipe(ends))
		return -1;
	close(ends[0]);
	return ends[1];
}

/* Goes wrong midway; the first error is kept and comes back from every later call. */
static void breaking(void)
{
	static const struct broken_row rows[] = {{"full disk", ENOSPC},
						 {"closed pipe", EPIPE},
						 {"closed stdout", EBADF}};
	void (*handler)(int) = signal(SIGPIPE, SIG_IGN);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int null = open("/dev/null", O_WRONLY), broken = broken_fd(rows[i].error);
		int saved = dup(STDOUT_FILENO), codes[4];
		struct ft_report *report = NULL;
		struct ft_err err = {0};

		fflush(stdout);
		set_stdout(null);
		codes[0] = ft_report_create("-", NULL, &report, &err);
		ft_report_lines(report, ONE "\n", strlen(ONE "\n"), &err);
		set_stdout(broken);
		codes[1] = ft_report_flush(report, NULL);
		set_stdout(null);
		codes[2] = ft_report_lines(report, ONE "\n", strlen(ONE "\n"), NULL);
		codes[3] = ft_report_finish(report, NULL, &err);
		set_stdout(saved);
		close(saved);
		close(null);
		if (broken >= 0)
			close(broken);
		CHECK_INT(rows[i].name, codes[0], 0);
		for (int k = 1; k < 4; k++)
			CHECK_INT(rows[i].name, codes[k], -rows[i].error);
		CHECK_ROW(err.text, strstr(err.text, "standard output") != NULL, "its text");
	}
	signal(SIGPIPE, handler);
}

static void not_created(void)
{
	struct ft_report *report = NULL;
	struct ft_err err = {0};

	CHECK_INT("full", ft_report_create("/dev/full", NULL, &report, &err), -ENOSPC);
	CHECK_ROW(err.text, strstr(err.text, "/dev/full") && strstr(err.text, "ENOSPC"), "text");
	err.code = 0;
	CHECK_INT("folder", ft_report_create("/", NULL, &report, &err), -EISDIR);
	err.code = 0;
	CHECK_INT("nowhere", ft_report_create("/nowhere/at/all", NULL, &report, &err), -ENOENT);
	CHECK(!report);
}

/* ---- a sample for validators ---- */

static void add_sample(struct ft_report *report, struct ft_record_writer *writer, const char *text,
		       const char *expected, const char *outcome)
{
	struct ft_text line;
	const struct ft_kernels kernels = {{.profile = ft_profile_release(6, 18)},
					   ft_profile_release(6, 18)};
	struct ft_judge *judge = ft_judge_new(&kernels);
	struct staged staged;
	struct ft_tuple *tuple;

	ft_text_init(&line, 1 << 20);
	if (CHECK(judge) &&
	    CHECK_ROW(text, staged_init(&staged, text, expected, outcome), "%s", staged.err.text)) {
		ft_judge_record(judge, &staged.record);
		tuple = ft_record_add_tuple(&staged.record);
		if (CHECK(tuple)) {
			tuple->protocol = expected ? IPPROTO_TCP : IPPROTO_UDP;
			tuple->end = expected ? FT_END_OK : FT_END_PENDING;
			tuple->wire = (struct ft_wire){.captured = true,
						       .syn = 1,
						       .icmp = 1,
						       .first = 3,
						       .last = 4};
			tuple->actual_local.family = expected ? AF_INET : AF_INET6;
			tuple->actual_local.port = 40001;
			tuple->to.known = expected != NULL;
		}
		staged.record.first_packet = 1;
		staged.record.last_packet = 9;
		CHECK_INT(text, ft_record_write(writer, &staged.record, &line, NULL), 0);
		CHECK_INT(text, ft_report_lines(report, line.bytes, line.len, NULL), 0);
	}
	staged_fini(&staged);
	ft_judge_free(judge);
	ft_text_fini(&line);
}

/* With FT_REPORT_SAMPLE=FILE the report stays there, for schema_check.py. */
static void sample(void)
{
	struct ft_record_writer *writer = ft_record_writer_new();
	const char *kept = getenv("FT_REPORT_SAMPLE");
	static const struct ft_counts counts = {.cases = 4};
	json_t *tail = ft_counts_json(&counts);
	struct ft_report *report;
	struct parsed parsed;
	char path[64];

	scratch_path(path);
	if (CHECK(writer && tail) &&
	    CHECK_INT(path, ft_report_create(kept ? kept : path, tail, &report, NULL), 0)) {
		add_sample(report, writer, "s tcp4 bind lo:p listen; c tcp4 connect lo:p",
			   "c.connect=ok>s", "s.bind=ok c.connect=ok(lo:e1)>s");
		add_sample(report, writer, "a tcp4 bind lo:p; b tcp4 bind lo:p", "b.bind=ok",
			   "a.bind=ok b.bind=EADDRINUSE");
		add_sample(report, writer, "a udp6 bind lo:p recv", NULL,
			   "a.bind=ok a.recv=EAGAIN");
		/* as it was before 6.8: with a prediction, a rule and an explanation */
		add_sample(report, writer,
			   "a tcp4 reuseaddr bind lo:p reuseaddr=0; b tcp4 reuseaddr bind lo:p",
			   NULL, "a.bind=ok b.bind=ok");
		CHECK_INT(path, ft_report_finish(report, tail, NULL), 0);
		parsed = parse_path(kept ? kept : path);
		CHECK_INT(parsed.err.text, parsed.code, 0);
		CHECK_INT("records", (int64_t)parsed.read.n_records, 4);
		ft_report_read_fini(&parsed.read);
	}
	json_decref(tail);
	ft_record_writer_free(writer);
	unlink(path);
}

/* ---- without memory ---- */

static long allocation, fail_at, living;
static char scratch[64];

static void *failing_malloc(size_t size)
{
	void *memory = ++allocation == fail_at ? NULL : malloc(size);

	living += memory != NULL;
	return memory;
}

static void counting_free(void *memory)
{
	living -= memory != NULL;
	free(memory);
}

static int try_reading(void)
{
	static const char text[] = HEAD ONE "," TWO TAIL;
	struct parsed parsed = parse(text, strlen(text));

	/* a failed allocation may be made good, but not at the price of what was written */
	if (!parsed.code)
		CHECK(parsed.each == 2 && parsed.read.complete &&
		      json_integer_value(json_object_get(parsed.read.tail, "cases")) == 2);
	ft_report_read_fini(&parsed.read);
	return parsed.code;
}

static int try_checking(void)
{
	struct ft_counts counts = {0};

	return ft_record_line_check(TWO, strlen(TWO), &counts, NULL);
}

static int try_writing(void)
{
	static const struct ft_counts some = {.cases = 3};
	json_t *tail = ft_counts_json(&some);
	struct ft_report *report = NULL;
	long failing = fail_at;
	int code = tail ? ft_report_create(scratch, tail, &report, NULL) : -ENOMEM;

	if (!code)
		code = ft_report_finish(report, tail, NULL);
	json_decref(tail);
	fail_at = 0;
	CHECK(code || is_json(scratch));
	fail_at = failing;
	return code;
}

static int try_record(void)
{
	static const struct ft_names names = {0};
	static const struct ft_case c = {.names = &names};
	struct ft_record_writer *writer = ft_record_writer_new();
	struct ft_record record;
	struct ft_text out;
	int code = -ENOMEM;

	ft_record_init(&record);
	ft_record_clear(&record, &c, "probe \"quoted\"");
	ft_text_init(&out, 1 << 16);
	if (writer)
		code = ft_record_write(writer, &record, &out, NULL);
	CHECK(!code == (out.len > 0));
	ft_text_fini(&out);
	ft_record_fini(&record);
	ft_record_writer_free(writer);
	return code;
}

/* The n-th allocation fails, for every n, until nothing fails any more. */
static void check_without_memory(const char *name, int (*try)(void))
{
	json_malloc_t old_malloc;
	json_free_t old_free;
	int code, failures = 0;

	json_get_alloc_funcs(&old_malloc, &old_free);
	json_set_alloc_funcs(failing_malloc, counting_free);
	fail_at = 0;
	do {
		allocation = living = 0;
		fail_at++;
		code = try();
		CHECK_INT(name, living, 0);
		if (allocation >= fail_at && code)
			CHECK_INT(name, code, -ENOMEM);
		failures += code != 0;
	} while (allocation >= fail_at && fail_at < 10000);
	CHECK_INT(name, code, 0);
	CHECK_ROW(name, failures > 0, "nothing was allocated");
	json_set_alloc_funcs(old_malloc, old_free);
}

static void no_memory(void)
{
	scratch_path(scratch);
	check_without_memory("reading", try_reading);
	check_without_memory("checking", try_checking);
	check_without_memory("writing", try_writing);
	check_without_memory("record", try_record);
	unlink(scratch);
}

static const struct ft_test tests[] = {
	{"written", written},         {"blocks", blocks},
	{"unfinished", unfinished},   {"breaking", breaking},
	{"not_created", not_created}, {"sample", sample},
	{"no_memory", no_memory},     {NULL, NULL},
};

const struct ft_suite ft_suite_report = {"report", tests};

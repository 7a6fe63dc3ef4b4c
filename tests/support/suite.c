/* SPDX-License-Identifier: MIT */
/*
 * How does a table of tests run under CUnit without losing a failure?
 *
 * CUnit has four holes that this file closes. It cannot skip. A check in a forked child changes
 * only the child's copy of the registry; here failures are counted in shared memory and charged to
 * the test that forked. A test that calls exit() would end the whole run with success; here that
 * is a failure. And a test that checks nothing passes; here it fails.
 */
#include "tests/support/suite.h"

#include <CUnit/Basic.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/junit.h"

enum { EXIT_PASSED = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_SKIPPED = 77 };

/* Written by the runner and its children alike. */
struct shared {
	atomic_uint checks;
	atomic_uint child_failures;
	atomic_bool skip;
	char reason[200];
};

/* CUnit keeps its registry in globals, and its call-backs carry no argument: so must this. */
static struct {
	pid_t pid;
	bool running;
	struct shared *shared;
	unsigned selected, skipped;
	struct ft_junit_skip skips[FT_JUNIT_SKIPS_MAX];
} runner;

static void note_check(bool cond, const char *file, int line, const char *text)
{
	atomic_fetch_add(&runner.shared->checks, 1);
	if (getpid() == runner.pid) {
		CU_assertImplementation(cond, (unsigned)line, text, file, "", CU_FALSE);
	} else if (!cond) {
		atomic_fetch_add(&runner.shared->child_failures, 1);
		fprintf(stderr, "\n    (child process) %s:%d  - %s\n", file, line, text);
	}
}

bool ft_check(bool cond, const char *file, int line, const char *text, const char *row,
	      const char *format, ...)
{
	char detail[600] = "", message[1400];
	va_list args;

	if (cond || (!row && !format)) {
		note_check(cond, file, line, text);
		return cond;
	}
	if (format) {
		va_start(args, format);
		vsnprintf(detail, sizeof(detail), format, args);
		va_end(args);
	}
	snprintf(message, sizeof(message), "%s%s%s%s%s", row ? row : "", row ? ": " : "", text,
		 format ? ": " : "", detail);
	note_check(false, file, line, message);
	return false;
}

bool ft_check_int(int64_t got, int64_t want, const char *file, int line, const char *text,
		  const char *row)
{
	return ft_check(got == want, file, line, text, row, "got %" PRId64 ", want %" PRId64, got,
			want);
}

bool ft_check_str(const char *got, const char *want, const char *file, int line, const char *text,
		  const char *row)
{
	bool same = got && want ? !strcmp(got, want) : got == want;

	return ft_check(same, file, line, text, row, "got \"%s\", want \"%s\"",
			got ? got : "(null)", want ? want : "(null)");
}

void ft_test_skip(const char *format, ...)
{
	va_list args;

	if (atomic_exchange(&runner.shared->skip, true))
		return;
	va_start(args, format);
	vsnprintf(runner.shared->reason, sizeof(runner.shared->reason), format, args);
	va_end(args);
}

/* Around every test; CUnit calls it before the test's function. */
static void before_test(void)
{
	atomic_store(&runner.shared->checks, 0);
	atomic_store(&runner.shared->child_failures, 0);
	atomic_store(&runner.shared->skip, false);
}

static void note_skip(void)
{
	struct ft_junit_skip *skip;

	printf("skipped (%s) ... ", runner.shared->reason);
	if (runner.skipped < FT_JUNIT_SKIPS_MAX) {
		skip = &runner.skips[runner.skipped];
		skip->test = CU_get_current_test();
		snprintf(skip->reason, sizeof(skip->reason), "%s", runner.shared->reason);
	}
	runner.skipped++;
}

/* What is asserted here still counts for the test that has just run. */
static void after_test(void)
{
	unsigned child_failures = atomic_load(&runner.shared->child_failures);
	char message[80];

	if (getpid() != runner.pid) { /* a child came back from the test function */
		atomic_fetch_add(&runner.shared->child_failures, 1);
		_exit(EXIT_FAILED);
	}
	snprintf(message, sizeof(message), "%u checks failed in child processes", child_failures);
	if (child_failures)
		CU_assertImplementation(CU_FALSE, 0, message, "", "", CU_FALSE);
	if (atomic_load(&runner.shared->skip))
		note_skip();
	else if (!atomic_load(&runner.shared->checks))
		CU_assertImplementation(CU_FALSE, 0, "the test checked nothing", "", "", CU_FALSE);
}

/* A test must come back: exit(0) in its middle would look like success. */
static void at_exit(void)
{
	if (!runner.running || getpid() != runner.pid)
		return;
	fprintf(stderr, "\nA test ended the program before its suite was through.\n");
	_exit(EXIT_FAILED);
}

/* ---- command line ---- */

struct selection {
	const char *suite, *test, *junit;
	bool list;
};

static int usage(FILE *stream, const char *program, int code)
{
	fprintf(stream, "Usage: %s [-l] [-s SUITE] [-t TEST] [--junit FILE]\n", program);
	return code;
}

/* -1: go on; else the exit code. */
static int parse(int argc, char **argv, struct selection *selection)
{
	static const struct option longs[] = {{"list", no_argument, NULL, 'l'},
					      {"suite", required_argument, NULL, 's'},
					      {"test", required_argument, NULL, 't'},
					      {"junit", required_argument, NULL, 'j'},
					      {"help", no_argument, NULL, 'h'},
					      {NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "ls:t:h", longs, NULL)) != -1) {
		switch (c) {
		case 'l':
			selection->list = true;
			break;
		case 's':
			selection->suite = optarg;
			break;
		case 't':
			selection->test = optarg;
			break;
		case 'j':
			selection->junit = optarg;
			break;
		case 'h':
			return usage(stdout, argv[0], EXIT_PASSED);
		default:
			return usage(stderr, argv[0], EXIT_USAGE);
		}
	}
	return optind < argc ? usage(stderr, argv[0], EXIT_USAGE) : -1;
}

static bool selects(const char *pattern, const char *name)
{
	return !pattern || !strcmp(pattern, name);
}

/* Adds the selected tests of one suite to the registry, or lists them. */
static bool add_suite(const struct ft_suite *suite, const struct selection *selection)
{
	CU_pSuite added = NULL;

	for (const struct ft_test *test = suite->tests; test->name; test++) {
		if (!selects(selection->test, test->name))
			continue;
		runner.selected++;
		if (selection->list) {
			printf("%s %s\n", suite->name, test->name);
			continue;
		}
		if (!added)
			added = CU_add_suite_with_setup_and_teardown(suite->name, NULL, NULL,
								     before_test, after_test);
		if (!added || !CU_add_test(added, test->name, test->run))
			return false;
	}
	return true;
}

/* -1: go on; else the exit code. */
static int select_tests(const struct ft_suite *const *suites, const struct selection *selection)
{
	for (; *suites; suites++) {
		if (!selects(selection->suite, (*suites)->name) || add_suite(*suites, selection))
			continue;
		fprintf(stderr, "suite %s: %s\n", (*suites)->name, CU_get_error_msg());
		return EXIT_FAILED;
	}
	if (!runner.selected) {
		fprintf(stderr, "No test has this name; -l lists them.\n");
		return EXIT_USAGE;
	}
	return selection->list ? EXIT_PASSED : -1;
}

static int run_selected(const struct selection *selection)
{
	bool failed;

	CU_basic_set_mode(CU_BRM_VERBOSE);
	runner.running = true;
	failed = CU_basic_run_tests() != CUE_SUCCESS || CU_get_number_of_failures() > 0 ||
		 CU_get_number_of_tests_run() != runner.selected;
	runner.running = false;
	if (runner.skipped)
		printf("\nSkipped: %u of %u tests\n", runner.skipped, runner.selected);
	if (selection->junit && ft_junit_write(selection->junit, runner.skips, runner.skipped)) {
		perror(selection->junit);
		failed = true;
	}
	if (failed)
		return EXIT_FAILED;
	return runner.skipped == runner.selected ? EXIT_SKIPPED : EXIT_PASSED;
}

int ft_suites_main(int argc, char **argv, const struct ft_suite *const *suites)
{
	struct selection selection = {.list = false};
	int code = parse(argc, argv, &selection);

	if (code >= 0)
		return code;
	runner.pid = getpid();
	runner.shared = mmap(NULL, sizeof(*runner.shared), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (runner.shared == MAP_FAILED || atexit(at_exit) ||
	    CU_initialize_registry() != CUE_SUCCESS) {
		fprintf(stderr, "%s: no memory\n", argv[0]);
		return EXIT_FAILED;
	}
	code = select_tests(suites, &selection);
	if (code < 0)
		code = run_selected(&selection);
	CU_cleanup_registry();
	munmap(runner.shared, sizeof(*runner.shared));
	return code;
}

/* SPDX-License-Identifier: MIT */
/*
 * Suites that fail, skip or pass on purpose: what does the runner make of them? See selftest.sh.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/suite.h"

static void passes(void)
{
	CHECK(1 + 1 == 2);
	CHECK_INT("row", 1 + 1, 2);
	CHECK_STR("row", "a", "a");
	CHECK_STR("row", NULL, NULL);
	CHECK_ROW("row", 1 + 1 == 2, "want %d", 2);
}

static void fails_int(void)
{
	CHECK_INT("row one", 1 + 1, 3);
	CHECK(1 + 1 == 2);
}

static void fails_str(void)
{
	CHECK_STR("row <two>", "a", NULL);
}

static void fails_in_child(void)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (!pid) {
		CHECK(1 + 1 == 3);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
}

static void child_returns(void)
{
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static void checks_nothing(void)
{
}

static void exits(void)
{
	CHECK(1 + 1 == 2);
	exit(0);
}

static void skips(void)
{
	ft_test_skip("no %s here", "luck");
}

static void skips_and_fails(void)
{
	ft_test_skip("no luck");
	CHECK(1 + 1 == 3);
}

#define ONE(function)                                                                           \
	static const struct ft_test function##_tests[] = {{#function, function}, {NULL, NULL}}; \
	static const struct ft_suite function##_suite = {#function, function##_tests}

ONE(passes);
ONE(fails_int);
ONE(fails_str);
ONE(fails_in_child);
ONE(child_returns);
ONE(checks_nothing);
ONE(exits);
ONE(skips);
ONE(skips_and_fails);

static const struct ft_test mixed_tests[] = {{"passes", passes}, {"skips", skips}, {NULL, NULL}};
static const struct ft_suite mixed_suite = {"mixed", mixed_tests};

int main(int argc, char **argv)
{
	static const struct ft_suite *const suites[] = {&passes_suite,
							&fails_int_suite,
							&fails_str_suite,
							&fails_in_child_suite,
							&child_returns_suite,
							&checks_nothing_suite,
							&exits_suite,
							&skips_suite,
							&skips_and_fails_suite,
							&mixed_suite,
							NULL};

	return ft_suites_main(argc, argv, suites);
}

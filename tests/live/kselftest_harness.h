/* SPDX-License-Identifier: MIT */
/*
 * How much of the kernel's kselftest_harness.h do the tests need that `fourtuple repro` prints?
 *
 * Of the kernel's file (tools/testing/selftests) only the names are taken: enough to compile such a
 * test and see whether each of its expectations holds.
 */
#ifndef FT_TESTS_KSELFTEST_HARNESS_H
#define FT_TESTS_KSELFTEST_HARNESS_H

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define KSFT_SKIP 4

static int expectations_failed;

#define FIXTURE(name) struct name
#define FIXTURE_SETUP(name) static void name##_setup(void)
#define FIXTURE_TEARDOWN(name) static void name##_teardown(void)

#define TEST_F(fixture, test)               \
	static void test(void);             \
	int main(void)                      \
	{                                   \
		fixture##_setup();          \
		test();                     \
		fixture##_teardown();       \
		return expectations_failed; \
	}                                   \
	static void test(void)
#define TEST_HARNESS_MAIN

#define COMPARE(expected, seen, operator, text)                                    \
	do {                                                                       \
		__typeof__(expected) expected_ = (expected);                       \
		__typeof__(seen) seen_ = (seen);                                   \
		if (!(expected_ operator seen_)) {                                 \
			printf("line %d: %s (errno %d)\n", __LINE__, text, errno); \
			expectations_failed = 1;                                   \
		}                                                                  \
	} while (0)
#define EXPECT_EQ(expected, seen) COMPARE(expected, seen, ==, #expected " == " #seen)
#define ASSERT_LE(expected, seen) COMPARE(expected, seen, <=, #expected " <= " #seen)
#define EXPECT_STREQ(expected, seen)                                                           \
	do {                                                                                   \
		const char *seen_ = (seen);                                                    \
		if (strcmp(expected, seen_) != 0) {                                            \
			printf("line %d: %s: wanted %s, seen %s\n", __LINE__, #seen, expected, \
			       seen_);                                                         \
			expectations_failed = 1;                                               \
		}                                                                              \
	} while (0)

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The one place that knows CUnit: suites as tables, failures that carry their row.
 *
 * A test file defines one `const struct ft_suite ft_suite_NAME`; its executable lists the suites.
 * The runner takes -l (list), -s SUITE, -t TEST, --junit FILE; it exits 0, 1 (failures) or 77 when
 * every selected test was skipped.
 */
#ifndef FT_TESTS_SUPPORT_SUITE_H
#define FT_TESTS_SUPPORT_SUITE_H

#include <stdbool.h>
#include <stdint.h>

struct ft_test {
	const char *name;
	void (*run)(void);
};

struct ft_suite {
	const char *name;
	const struct ft_test *tests; /* ended by a NULL name */
};

/* Runs what the command line selects. suites is ended by NULL. Returns the exit code. */
int ft_suites_main(int argc, char **argv, const struct ft_suite *const *suites);

/* Says that the running test could not be made here; it then counts as skipped. Return after it. */
void ft_test_skip(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Fails the running test, and goes on, unless cond holds. The row names the table row. */
#define CHECK(cond) ft_check((cond), __FILE__, __LINE__, #cond, NULL, NULL)
#define CHECK_ROW(row, cond, ...) ft_check((cond), __FILE__, __LINE__, #cond, (row), __VA_ARGS__)
#define CHECK_INT(row, got, want) ft_check_int((got), (want), __FILE__, __LINE__, #got, (row))
#define CHECK_STR(row, got, want) ft_check_str((got), (want), __FILE__, __LINE__, #got, (row))

bool ft_check(bool cond, const char *file, int line, const char *text, const char *row,
	      const char *format, ...) __attribute__((format(printf, 6, 7)));
bool ft_check_int(int64_t got, int64_t want, const char *file, int line, const char *text,
		  const char *row);
bool ft_check_str(const char *got, const char *want, const char *file, int line, const char *text,
		  const char *row);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The last run as JUnit XML. (CUnit's own JUnit mode aborts at the first failed assertion.)
 */
#ifndef FT_TESTS_SUPPORT_JUNIT_H
#define FT_TESTS_SUPPORT_JUNIT_H

#include <CUnit/Basic.h>

enum { FT_JUNIT_SKIPS_MAX = 256 };

struct ft_junit_skip {
	CU_pTest test;
	char reason[200];
};

/* Writes what CUnit's registry holds after a run. Skips past FT_JUNIT_SKIPS_MAX are written as
 * passed. 0, or -1 with errno. */
int ft_junit_write(const char *path, const struct ft_junit_skip *skips, unsigned n_skips);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * How does another tool read what the tests said? As JUnit XML, from CUnit's list of failures.
 */
#include "tests/support/junit.h"

#include <stdbool.h>
#include <stdio.h>

/* XML 1.0 has no way to write most control characters: they become '?'. */
static void put_escaped(FILE *out, const char *text)
{
	for (; text && *text; text++) {
		switch (*text) {
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '&':
			fputs("&amp;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc((unsigned char)*text < ' ' ? '?' : *text, out);
		}
	}
}

static void put_failures(FILE *out, const struct CU_Test *test)
{
	for (CU_pFailureRecord f = CU_get_failure_list(); f; f = f->pNext) {
		if (f->pTest != test)
			continue;
		fputs("      <failure message=\"", out);
		put_escaped(out, f->strCondition);
		fputs("\">", out);
		put_escaped(out, f->strFileName);
		fprintf(out, ":%u</failure>\n", f->uiLineNumber);
	}
}

static void put_skip(FILE *out, const struct CU_Test *test, const struct ft_junit_skip *skips,
		     unsigned n_skips)
{
	for (unsigned i = 0; i < n_skips && i < FT_JUNIT_SKIPS_MAX; i++) {
		if (skips[i].test != test)
			continue;
		fputs("      <skipped message=\"", out);
		put_escaped(out, skips[i].reason);
		fputs("\"/>\n", out);
	}
}

static void put_suite(FILE *out, const struct CU_Suite *suite, const struct ft_junit_skip *skips,
		      unsigned n_skips)
{
	fputs("  <testsuite name=\"", out);
	put_escaped(out, suite->pName);
	fprintf(out, "\" tests=\"%u\">\n", suite->uiNumberOfTests);
	for (CU_pTest test = suite->pTest; test; test = test->pNext) {
		fputs("    <testcase classname=\"", out);
		put_escaped(out, suite->pName);
		fputs("\" name=\"", out);
		put_escaped(out, test->pName);
		fputs("\">\n", out);
		put_failures(out, test);
		put_skip(out, test, skips, n_skips);
		fputs("    </testcase>\n", out);
	}
	fputs("  </testsuite>\n", out);
}

int ft_junit_write(const char *path, const struct ft_junit_skip *skips, unsigned n_skips)
{
	FILE *out = fopen(path, "we");
	bool failed;

	if (!out)
		return -1;
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
	for (CU_pSuite suite = CU_get_registry()->pSuite; suite; suite = suite->pNext)
		put_suite(out, suite, skips, n_skips);
	fputs("</testsuites>\n", out);
	failed = ferror(out);
	return fclose(out) || failed ? -1 : 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Which cases add something to those before them, and whose functions do their rules name?
 */
#include <string.h>

#include "case/case.h"
#include "reports/coverage.h"
#include "tests/support/suite.h"

static const struct ft_setting setting = {.cpus = 2, .hz = 1000, .privileged = true};

struct row {
	const char *text;
	bool adds;
};

/* In order. */
static const struct row rows[] = {
	{"a tcp4 bind lo:p", false}, /* no rule is needed for it */
	{"a tcp4 bind lo:p; b tcp4 bind lo:p", true},
	{"a tcp4 bind lo:p; b tcp4 bind lo:p", false},
	{"a tcp4 bind lo2:p; b tcp4 bind any:p", false},
	{"a tcp4 bind lo:p listen; b tcp4 bind lo:p", true}, /* the owner listens */
	{"a tcp4 reuseaddr bind lo:p; b tcp4 reuseaddr bind lo:p", true},
	{"a udp4 bind lo:p; b udp4 bind lo:p", true},
};

static bool add(struct ft_coverage *coverage, const char *text)
{
	struct ft_matrix *matrix = NULL;
	struct ft_err err = {0};
	struct ft_case c;
	bool adds = false;

	ft_case_init(&c);
	if (CHECK_ROW(text,
		      ft_matrix_parse(text, strlen(text), NULL, 1, &matrix, &err) == 0 &&
			      ft_matrix_case(matrix, 0, &c) == 0,
		      "%s", err.text))
		adds = ft_coverage_add(coverage, &c);
	ft_case_fini(&c);
	ft_matrix_free(matrix);
	return adds;
}

static void cases(void)
{
	struct ft_coverage *coverage = ft_coverage_new(&setting);

	if (!CHECK(coverage))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		CHECK_INT(rows[i].text, add(coverage, rows[i].text), rows[i].adds);
	CHECK(ft_coverage_has(coverage, FT_RULE_TCP_PLAIN));
	CHECK(!ft_coverage_has(coverage, FT_RULE_TCP_REUSEPORT_UID));
	CHECK(!ft_coverage_has(coverage, FT_RULE_NONE));
	ft_coverage_free(coverage);
}

static void note(void *arg, const char *name)
{
	ft_text_printf(arg, "%s ", name);
}

static void functions(void)
{
	struct ft_coverage *coverage = ft_coverage_new(&setting);
	struct ft_text names;

	ft_text_init(&names, 1 << 10);
	if (CHECK(coverage)) {
		ft_coverage_functions(coverage, note, &names);
		CHECK_STR("no case", ft_text_get(&names), "");
		add(coverage, "a tcp4 bind lo:p; b tcp4 bind lo:p");
		add(coverage, "a tcp4 bind lo:p listen; b tcp4 bind lo:p");
		ft_coverage_functions(coverage, note, &names);
		/* bind(2) is no function of the kernel, and each is named once */
		CHECK_STR("conflicts", ft_text_get(&names), "inet_csk_bind_conflict ");
	}
	ft_text_fini(&names);
	ft_coverage_free(coverage);
}

static const struct ft_test tests[] = {
	{"cases", cases},
	{"functions", functions},
	{NULL, NULL},
};

const struct ft_suite ft_suite_coverage = {"coverage", tests};

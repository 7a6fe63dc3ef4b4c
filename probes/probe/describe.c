/* SPDX-License-Identifier: MIT */
#include "probe/describe.h"

#include <jansson.h>
#include <stdlib.h>

#include "probe/probe.h"
#include "reports/coverage.h"

int ft_describe_cases(const struct ft_job *job, FILE *file)
{
	struct ft_text text;
	struct ft_case c;
	bool ok = true;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	ft_case_init(&c);
	for (uint64_t i = 0; ok && i < job->total; i++) {
		ok = ft_job_case(job, i, &c) == 0;
		if (!ok || !ft_job_matches(job, &c, &text))
			continue;
		ft_text_clear(&text);
		ft_case_print(&c, true, &text);
		ok = !text.failed && fprintf(file, "%s\n", ft_text_get(&text)) > 0;
	}
	ft_case_fini(&c);
	ft_text_fini(&text);
	return ok && fflush(file) == 0 ? FT_EXIT_OK : FT_EXIT_BROKEN;
}

static void add_function(void *arg, const char *name)
{
	json_array_append_new(arg, json_string(name));
}

/* The rules and functions of all cases, into two arrays. */
static bool cover(const struct ft_job *job, const struct ft_setting *setting, json_t *rules,
		  json_t *functions)
{
	struct ft_coverage *coverage = ft_coverage_new(setting);
	struct ft_case c;
	bool ok = coverage != NULL;

	ft_case_init(&c);
	for (uint64_t i = 0; ok && i < job->cases; i++) {
		ok = ft_job_case(job, i, &c) == 0;
		if (ok)
			ft_coverage_add(coverage, &c);
	}
	for (unsigned rule = FT_RULE_NONE + 1; ok && rule < FT_RULE_COUNT; rule++)
		if (ft_coverage_has(coverage, (enum ft_rule)rule))
			json_array_append_new(rules, json_string(ft_rules[rule].id));
	if (ok)
		ft_coverage_functions(coverage, add_function, functions);
	ft_case_fini(&c);
	ft_coverage_free(coverage);
	return ok;
}

int ft_describe_probe(const char *name, const char *question, uint64_t cases,
		      const struct ft_job *full, const struct ft_setting *setting, FILE *file)
{
	json_t *matrices = json_array(), *rules = json_array(), *functions = json_array(), *line;
	bool ok = cover(full, setting, rules, functions);

	for (size_t i = 0; i < full->n; i++)
		json_array_append_new(matrices, json_string(ft_matrix_text(full->matrices[i])));
	line = json_pack("{s:s,s:s,s:I,s:I,s:o,s:o,s:o}", "name", name, "question", question,
			 "cases", (json_int_t)cases, "full", (json_int_t)full->cases, "rules",
			 rules, "functions", functions, "matrices", matrices);
	ok = ok && line && json_dumpf(line, file, JSON_COMPACT) == 0 && fputc('\n', file) != EOF &&
	     fflush(file) == 0;
	json_decref(line);
	return ok ? FT_EXIT_OK : FT_EXIT_BROKEN;
}

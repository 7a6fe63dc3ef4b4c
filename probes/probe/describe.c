/* SPDX-License-Identifier: MIT */
#include "probe/describe.h"

#include <jansson.h>
#include <stdlib.h>

#include "probe/probe.h"

int ft_describe_cases(const struct ft_job *job, FILE *file)
{
	struct ft_text text;
	struct ft_case c;
	bool ok = true;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	ft_case_init(&c);
	for (uint64_t i = 0; ok && i < job->cases; i++) {
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

int ft_describe_probe(const char *name, const char *question, const struct ft_job *job, FILE *file)
{
	json_t *matrices = json_array(), *line;
	bool ok;

	for (size_t i = 0; i < job->n; i++)
		json_array_append_new(matrices, json_string(ft_matrix_text(job->matrices[i])));
	line = json_pack("{s:s,s:s,s:I,s:o}", "name", name, "question", question, "cases",
			 (json_int_t)job->cases, "matrices", matrices);
	ok = line && json_dumpf(line, file, JSON_COMPACT) == 0 && fputc('\n', file) != EOF &&
	     fflush(file) == 0;
	json_decref(line);
	return ok ? FT_EXIT_OK : FT_EXIT_BROKEN;
}

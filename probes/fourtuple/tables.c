/* SPDX-License-Identifier: MIT */
/*
 * How are several cases and matrices shown together? In the order in which they were given: a table
 * for each matrix, a list for the single cases between two of them.
 */
#include <errno.h>
#include <string.h>

#include "fourtuple/plain.h"
#include "fourtuple/show.h"

enum { SHOWN_MAX = 4000 };

static void print_case(const struct ft_case *c, const json_t *record, size_t column,
		       struct ft_text *text, FILE *file)
{
	const char *verdict = ft_gathered_text(record, "verdict");
	const char *reason = ft_gathered_text(record, "reason");
	struct ft_look look = ft_look_of(file);
	bool bad = strcmp(verdict, "observed") != 0 && strcmp(verdict, "as-expected") != 0;

	ft_text_clear(text);
	ft_case_print(c, false, text);
	ft_plain(ft_text_get(text), SHOWN_MAX, file);
	fprintf(file, "%*s", text->len < column ? (int)(column - text->len) : 0, "");
	fputs("  ", file);
	ft_plain(ft_gathered_text(record, "outcome"), SHOWN_MAX, file);
	fprintf(file, "%s%s%s%s%s%s%s\n", ft_gathered_text(record, "outcome")[0] ? "  " : "",
		bad ? look.bad : look.dim, record ? verdict : "not run", look.end,
		reason[0] ? " (" : "", reason, reason[0] ? ")" : "");
}

/* Cases of the job from first to end - 1. */
static int print_cases(const struct ft_gathered *gathered, uint64_t first, uint64_t end, FILE *file)
{
	struct ft_text text;
	struct ft_case c;
	size_t column = 0;
	int rc = 0;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	ft_case_init(&c);
	for (int pass = 0; pass < 2; pass++) {
		for (uint64_t i = first; rc == 0 && i < end; i++) {
			rc = ft_job_case(gathered->job, i, &c);
			if (rc < 0)
				break;
			ft_text_clear(&text);
			ft_case_print(&c, false, &text);
			if (pass == 1)
				print_case(&c, gathered->records[i], column, &text, file);
			else if (text.len > column && text.len <= 72)
				column = text.len;
		}
	}
	ft_case_fini(&c);
	ft_text_fini(&text);
	return rc;
}

int ft_show_tables(const struct ft_gathered *gathered, size_t width, FILE *file)
{
	const struct ft_job *job = gathered->job;
	int rc = 0;

	for (size_t i = 0, end; rc == 0 && i < job->n; i = end) {
		const struct ft_matrix *matrix = job->matrices[i];

		if (i)
			fputc('\n', file);
		end = i + 1;
		if (ft_matrix_size(matrix) > 1) {
			if (job->n > 1) {
				ft_plain(ft_matrix_text(matrix), SHOWN_MAX, file);
				fputs("\n\n", file);
			}
			rc = ft_show_table(gathered, matrix, job->first[i], width, file);
			continue;
		}
		while (end < job->n && ft_matrix_size(job->matrices[end]) == 1)
			end++;
		rc = print_cases(gathered, job->first[i],
				 end < job->n ? job->first[end] : job->cases, file);
	}
	return rc;
}

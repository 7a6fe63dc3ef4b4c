/* SPDX-License-Identifier: MIT */
/*
 * Does any text crash the parser, and is what it accepts printed so that it reads the same?
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case/case.h"

enum { CASES_MAX = 64 };

static void die(const char *what, const char *text, const char *other)
{
	fprintf(stderr, "%s\n first: %s\nsecond: %s\n", what, text, other);
	abort();
}

/* A printed case is one case, and prints as itself. */
static void round_trip(const struct ft_case *c, struct ft_text *first, struct ft_text *second)
{
	struct ft_matrix *again = NULL;
	struct ft_err err = {0};
	struct ft_case d;

	ft_text_clear(first);
	ft_text_clear(second);
	ft_case_print(c, true, first);
	if (first->failed)
		return;
	if (ft_matrix_parse(ft_text_get(first), first->len, "printed", 1, &again, &err))
		die("a printed case does not parse", ft_text_get(first), err.text);
	if (ft_matrix_size(again) != 1)
		die("a printed case is a matrix", ft_text_get(first), "");
	ft_case_init(&d);
	if (!ft_matrix_case(again, 0, &d)) {
		ft_case_print(&d, true, second);
		if (strcmp(ft_text_get(first), ft_text_get(second)) != 0)
			die("a case prints in two ways", ft_text_get(first), ft_text_get(second));
		if (c->needs != d.needs || c->n_steps != d.n_steps)
			die("a case changes by being printed", ft_text_get(first), "");
	}
	ft_case_fini(&d);
	ft_matrix_free(again);
}

static void check_matrix(const struct ft_matrix *matrix)
{
	size_t n = ft_matrix_size(matrix), step = n / CASES_MAX + 1;
	struct ft_text first, second;
	struct ft_case c;

	ft_text_init(&first, FT_CASE_TEXT_MAX);
	ft_text_init(&second, FT_CASE_TEXT_MAX);
	ft_case_init(&c);
	for (size_t i = 0; i < n; i += step)
		if (!ft_matrix_case(matrix, i, &c))
			round_trip(&c, &first, &second);
	for (size_t g = 0; g < ft_matrix_groups(matrix); g++)
		if (ft_matrix_choice(matrix, n - 1, g) !=
		    ft_matrix_group(matrix, g).n_alternatives - 1)
			die("the last case is not the last of each group", ft_matrix_text(matrix),
			    "");
	ft_case_fini(&c);
	ft_text_fini(&first);
	ft_text_fini(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ft_matrix *matrix = NULL;
	struct ft_err err = {0};
	int r = ft_matrix_parse((const char *)data, size, "fuzz", 1, &matrix, &err);

	if (!r)
		check_matrix(matrix);
	else if (err.code != r || !err.text[0])
		die("an error without a text", err.text, "");
	ft_matrix_free(matrix);
	return 0;
}

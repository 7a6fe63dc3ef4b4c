/* SPDX-License-Identifier: MIT */
/*
 * Which cases did not do as was wanted, and what did they do? Three lines for each.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fourtuple/merge.h"
#include "fourtuple/plain.h"

enum { TEXT_MAX = 4 << 20, SHOWN_MAX = 2000 };

static const char *string_of(const json_t *record, const char *name)
{
	const char *text = json_string_value(json_object_get(record, name));

	return text ? text : "";
}

/* The outcomes of a repeated case: "997x a.bind=ok; 3x a.bind=EADDRINUSE". */
static char *outcomes_of(json_t *record)
{
	json_t *seen = json_object_get(record, "seen"), *count;
	struct ft_text text;
	const char *outcome;
	char *copy;

	ft_text_init(&text, TEXT_MAX);
	json_object_foreach(seen, outcome, count)
	{
		ft_text_str(&text, text.len ? "; " : "");
		ft_text_printf(&text, "%" JSON_INTEGER_FORMAT "x ", json_integer_value(count));
		ft_text_str(&text, outcome);
	}
	copy = strdup(text.len ? ft_text_get(&text) : string_of(record, "outcome"));
	ft_text_fini(&text);
	return copy;
}

void ft_differences_add(struct ft_differences *differences, const json_t *record)
{
	const char *wanted = string_of(record, "expected");
	struct ft_difference *row;

	if (differences->n == FT_DIFFERENCES_MAX) {
		differences->more++;
		return;
	}
	row = &differences->rows[differences->n++];
	*row = (struct ft_difference){
		.probe = strdup(string_of(record, "probe")),
		.text = strdup(string_of(record, "case")),
		.verdict = strdup(string_of(record, "verdict")),
		.wanted = strdup(wanted[0] ? wanted : "the same each time"),
		.seen = outcomes_of((json_t *)record),
	};
}

static void print_line(const char *what, const char *text, FILE *file)
{
	fprintf(file, "  %-7s ", what);
	ft_plain(text ? text : "", SHOWN_MAX, file);
	fputc('\n', file);
}

void ft_differences_print(const struct ft_differences *differences, FILE *file)
{
	struct ft_look look = ft_look_of(file);

	for (size_t i = 0; i < differences->n; i++) {
		const struct ft_difference *row = &differences->rows[i];

		fprintf(file, "\n%s%s%s", look.bad, row->verdict ? row->verdict : "", look.end);
		if (row->probe && row->probe[0]) {
			fputs(" in ", file);
			ft_plain(row->probe, 60, file);
		}
		fputc('\n', file);
		print_line("case", row->text, file);
		print_line("wanted", row->wanted, file);
		print_line("seen", row->seen, file);
	}
	if (differences->more)
		fprintf(file, "\nand %" PRIu64 " more; the report has them all\n",
			differences->more);
	if (differences->n)
		fputc('\n', file);
}

void ft_differences_fini(struct ft_differences *differences)
{
	for (size_t i = 0; i < differences->n; i++) {
		struct ft_difference *row = &differences->rows[i];

		free(row->probe);
		free(row->text);
		free(row->verdict);
		free(row->wanted);
		free(row->seen);
	}
	*differences = (struct ft_differences){0};
}

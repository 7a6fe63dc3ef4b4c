/* SPDX-License-Identifier: MIT */
/*
 * Which cases did not do as was wanted or predicted, and what did they do? Three lines for each:
 * the case, what was wanted or predicted, what was seen; and a fourth where known changes of the
 * kernel explain it, or where the witnesses disagree.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fourtuple/merge.h"
#include "fourtuple/plain.h"
#include "fourtuple/show.h"

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

/* "as before 8002d44fe84d (6.8): subject of the commit", the fewest changes that explain it. */
void ft_explanation_print(const json_t *record, struct ft_text *out)
{
	json_t *changes = json_object_get(record, "explained_by"), *change;
	size_t i;

	json_array_foreach(changes, i, change)
	{
		const char *name = string_of(change, "toggle");

		ft_text_str(out, i ? ", and as " : "as ");
		ft_text_printf(out, "%s %s (%s)", string_of(change, "behaves"),
			       string_of(change, "commit"), string_of(change, "first"));
		for (unsigned t = 0; t < FT_TOGGLE_COUNT; t++)
			if (ft_toggles[t].name && strcmp(ft_toggles[t].name, name) == 0)
				ft_text_printf(out, ": %s", ft_toggles[t].subject);
	}
}

static char *explanation_of(const json_t *record)
{
	struct ft_text text;
	char *copy;

	ft_text_init(&text, TEXT_MAX);
	ft_explanation_print(record, &text);
	copy = text.len ? strdup(ft_text_get(&text)) : NULL;
	ft_text_fini(&text);
	return copy;
}

/* A field's text, NULL where the record has none. The caller's to free. */
static char *copy_of(const json_t *record, const char *name)
{
	const char *text = json_string_value(json_object_get(record, name));

	return text ? strdup(text) : NULL;
}

bool ft_differences_wants(const char *verdict)
{
	return strcmp(verdict, ft_verdict_names[FT_VERDICT_DIFFERS]) == 0 ||
	       strcmp(verdict, ft_verdict_names[FT_VERDICT_UNSTABLE]) == 0 ||
	       strcmp(verdict, ft_verdict_names[FT_VERDICT_UNPROVEN]) == 0;
}

void ft_differences_add(struct ft_differences *differences, const json_t *record)
{
	struct ft_difference *row;

	if (differences->n == FT_DIFFERENCES_MAX) {
		differences->more++;
		return;
	}
	row = &differences->rows[differences->n++];
	*row = (struct ft_difference){
		.probe = copy_of(record, "probe"),
		.text = copy_of(record, "case"),
		.verdict = copy_of(record, "verdict"),
		.wanted = copy_of(record, "expected"),
		.predicted = copy_of(record, "predicted"),
		.seen = outcomes_of((json_t *)record),
		.explanation = explanation_of(record),
		.reason = copy_of(record, "reason"),
	};
}

/* A line, if there is something to say. */
static void print_line(const char *what, const char *text, FILE *file)
{
	if (!text || !text[0])
		return;
	fprintf(file, "  %-9s ", what);
	ft_plain(text, SHOWN_MAX, file);
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
		print_line("predicted", row->predicted, file);
		print_line("seen", row->seen, file);
		print_line("explained", row->explanation, file);
		print_line("reason", row->reason, file);
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
		free(row->predicted);
		free(row->seen);
		free(row->explanation);
		free(row->reason);
	}
	*differences = (struct ft_differences){0};
}

/* SPDX-License-Identifier: MIT */
/*
 * Why did a call end as it did? The rule that decided it as a sentence, its source, and who was in
 * the way.
 */
#include <string.h>

#include "fourtuple/plain.h"
#include "fourtuple/show.h"

enum { INDENT = 8, WIDTH = 96, SOURCE_MAX = 600 };

const struct ft_rule_row *ft_rule_find(const char *id)
{
	for (size_t i = 1; i < FT_RULE_COUNT; i++)
		if (strcmp(ft_rules[i].id, id) == 0)
			return &ft_rules[i];
	return NULL;
}

/* Words of text from column on, broken before WIDTH. Returns the column behind them. */
static size_t put_wrapped(const char *text, size_t column, FILE *file)
{
	while (*text) {
		size_t len = strcspn(text, " ");
		char word[256];

		snprintf(word, sizeof(word), "%.*s", (int)(len < 255 ? len : 255), text);
		if (column + 1 + len > WIDTH && column > INDENT) {
			fprintf(file, "\n%*s", INDENT, "");
			column = INDENT;
		} else if (column > INDENT) {
			fputc(' ', file);
			column++;
		}
		ft_plain(word, 0, file);
		column += len;
		text += len + (text[len] == ' ');
	}
	return column;
}

void ft_why_print(const json_t *record, const char *call, const struct ft_look *look, FILE *file)
{
	const char *id = ft_gathered_text(json_object_get(record, "rule"), call);
	const char *holder = ft_gathered_text(json_object_get(record, "holder"), call);
	const struct ft_rule_row *row = ft_rule_find(id);
	char source[SOURCE_MAX];

	if (!id[0])
		return;
	snprintf(source, sizeof(source), "[%s: %s]", id, row ? row->source : "unknown here");
	fprintf(file, "%*s%s", INDENT, "", look->dim);
	put_wrapped(source, put_wrapped(row ? row->sentence : "", INDENT, file), file);
	fprintf(file, "%s\n", look->end);
	if (!holder[0])
		return;
	fprintf(file, "%*sin the way: ", INDENT, "");
	ft_plain(holder, 0, file);
	fputc('\n', file);
}

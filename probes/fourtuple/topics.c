/* SPDX-License-Identifier: MIT */
/*
 * Which rules and which changes of the kernel does the model know? `fourtuple help rules` and
 * `fourtuple help toggles`, from the model's own tables, so that the documentation cannot drift.
 */
#include "fourtuple/topics.h"

#include <string.h>

#include "model/profile.h"
#include "model/rules.h"

enum { WIDTH = 96 };

/* A paragraph, broken between words, every line indented. */
static void print_paragraph(const char *text, FILE *file)
{
	size_t column = 0;

	while (*text) {
		size_t word = strcspn(text, " ");

		if (column && column + 1 + word > WIDTH) {
			fputc('\n', file);
			column = 0;
		}
		fputs(column ? " " : "    ", file);
		fwrite(text, 1, word, file);
		column += word + 1;
		text += word;
		text += strspn(text, " ");
	}
	fputc('\n', file);
}

static void print_rules(FILE *file)
{
	for (unsigned i = FT_RULE_NONE + 1; i < FT_RULE_COUNT; i++) {
		fprintf(file, "%s\n", ft_rules[i].id);
		print_paragraph(ft_rules[i].sentence, file);
		fprintf(file, "    [%s]\n", ft_rules[i].source);
	}
}

static void print_toggles(FILE *file)
{
	for (unsigned i = 0; i < FT_TOGGLE_COUNT; i++) {
		const struct ft_toggle_row *row = &ft_toggles[i];

		fprintf(file, "%s, since %u.%u\n    %s (\"%s\")\n", row->name, row->major,
			row->minor, row->commit, row->subject);
		fputs("    before:\n", file);
		print_paragraph(row->before, file);
		fputs("    after:\n", file);
		print_paragraph(row->after, file);
	}
}

static const struct topic {
	const char *name;
	void (*print)(FILE *file);
} topics[] = {
	{"rules", print_rules},
	{"toggles", print_toggles},
};

bool ft_topic_print(const char *name, FILE *file)
{
	for (size_t i = 0; i < sizeof(topics) / sizeof(*topics); i++)
		if (strcmp(topics[i].name, name) == 0) {
			topics[i].print(file);
			return true;
		}
	return false;
}

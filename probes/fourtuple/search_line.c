/* SPDX-License-Identifier: MIT */
#include "fourtuple/search_line.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

enum { TEXT_MAX = 1 << 20 };

/* Takes the reference; without memory nothing is said. */
static void put_line(json_t *object, struct ft_text *out)
{
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

	if (text) {
		ft_text_str(out, text);
		ft_text_char(out, '\n');
	}
	free(text);
	json_decref(object);
}

void ft_note_line(const char *note, struct ft_text *out)
{
	put_line(json_pack("{s:s}", "note", note), out);
}

static void put_text(json_t *object, const char *key, struct ft_text *text)
{
	json_object_set_new(object, key, json_string(ft_text_get(text)));
	ft_text_clear(text);
}

/* What decided the first call that differs, in the model's eyes. */
static void put_rule(json_t *object, const struct ft_difference_line *line, struct ft_text *text)
{
	const struct ft_prediction *prediction = &line->match->prediction;
	size_t first = ft_match_difference(line->match, line->record);
	const struct ft_predicted *call;

	if (first >= prediction->n)
		return;
	call = &prediction->calls[first];
	if (call->rule != FT_RULE_NONE)
		json_object_set_new(object, "rule", json_string(ft_rules[call->rule].id));
	if (!call->holder)
		return;
	ft_holder_print(&prediction->holders[call->holder - 1], line->record->c->names, text);
	put_text(object, "holder", text);
}

/* As records have it. */
static void put_changes(json_t *object, const struct ft_difference_line *line)
{
	struct ft_change changes[FT_CHANGES_MAX];
	const struct ft_kernels kernels = {*line->setting, line->setting->profile};
	unsigned n = ft_match_explain(line->match, line->record, &kernels, changes);
	json_t *array;

	if (n == 0)
		return;
	array = json_array();
	for (unsigned i = 0; i < n; i++) {
		const struct ft_toggle_row *row = &ft_toggles[changes[i].toggle];
		char first[16];

		snprintf(first, sizeof(first), "%u.%u", row->major, row->minor);
		json_array_append_new(array,
				      json_pack("{s:s,s:s,s:s,s:s}", "toggle", row->name, "commit",
						row->commit, "first", first, "behaves",
						changes[i].before ? "before" : "after"));
	}
	json_object_set_new(object, "explained_by", array);
}

void ft_difference_line(const struct ft_difference_line *line, struct ft_text *out)
{
	const struct ft_case *c = line->record->c;
	json_t *object = json_object();
	struct ft_text text;

	ft_text_init(&text, TEXT_MAX);
	ft_program_print(line->original, &text);
	put_text(object, "from", &text);
	ft_case_print(c, false, &text);
	put_text(object, "case", &text);
	ft_record_print_outcome(line->record, &text);
	put_text(object, "seen", &text);
	ft_prediction_print(&line->match->prediction, c, &text);
	put_text(object, "predicted", &text);
	json_object_set_new(object, "program", json_integer((json_int_t)line->number));
	if (*line->sometimes)
		json_object_set_new(object, "sometimes", json_true());
	put_rule(object, line, &text);
	put_changes(object, line);
	ft_text_fini(&text);
	put_line(object, out);
}

void ft_unstable_line(const struct ft_unstable_line *line, struct ft_text *out)
{
	struct ft_text text;

	ft_text_init(&text, TEXT_MAX);
	ft_program_print(line->original, &text);
	put_line(json_pack("{s:s,s:s?,s:s?,s:I,s:b}", "case", ft_text_get(&text), "seen",
			   line->seen, "predicted", line->predicted, "program",
			   (json_int_t)line->number, "unstable", true),
		 out);
	ft_text_fini(&text);
}

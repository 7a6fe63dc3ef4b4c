/* SPDX-License-Identifier: MIT */
#include "fourtuple/search_line.h"

#include <jansson.h>
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

/* What decided the call that differs, in the model's eyes. */
static void put_rule(json_t *object, const struct ft_difference_line *line, struct ft_text *text)
{
	const struct ft_prediction *prediction = &line->agree->prediction;
	const struct ft_predicted *call;

	if (line->call >= prediction->n)
		return;
	call = &prediction->calls[line->call];
	if (call->rule != FT_RULE_NONE)
		json_object_set_new(object, "rule", json_string(ft_rules[call->rule].id));
	if (!call->holder)
		return;
	ft_holder_print(&prediction->holders[call->holder - 1], line->record->c->names, text);
	put_text(object, "holder", text);
}

static void put_toggles(json_t *object, const struct ft_difference_line *line)
{
	enum ft_toggle toggles[2];
	size_t n = ft_agree_explain(line->agree, line->record, line->setting, toggles);
	json_t *names;

	if (n == 0)
		return;
	names = json_array();
	for (size_t i = 0; i < n; i++)
		json_array_append_new(names, json_string(ft_toggles[toggles[i]].name));
	json_object_set_new(object, "explained_by", names);
}

void ft_difference_line(const struct ft_difference_line *line, struct ft_text *out)
{
	struct ft_agree *agree = line->agree;
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
	json_object_set_new(object, "program", json_integer((json_int_t)line->number));
	json_object_set_new(object, "unstable", json_boolean(line->unstable));
	if (ft_model_predict(agree->model, c, line->setting, NULL, 0, &agree->prediction) == 0) {
		ft_prediction_print(&agree->prediction, c, &text);
		put_text(object, "predicted", &text);
		put_rule(object, line, &text);
		put_toggles(object, line);
	}
	ft_text_fini(&text);
	put_line(object, out);
}

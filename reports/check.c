/* SPDX-License-Identifier: MIT */
/*
 * Has a JSON value the shape of a record? See check.h; the schema in schema/ says the same in the
 * language of validators, and a test holds the two together.
 */
#include "reports/check.h"

#include <errno.h>
#include <string.h>

enum {
	STRING = 1 << JSON_STRING,
	OBJECT = 1 << JSON_OBJECT,
	ARRAY = 1 << JSON_ARRAY,
	INTEGER = 1 << JSON_INTEGER,
	NUMBER = 1 << JSON_INTEGER | 1 << JSON_REAL,
	BOOLEAN = 1 << JSON_TRUE | 1 << JSON_FALSE,
	TEXT_OR_NULL = 1 << JSON_STRING | 1 << JSON_NULL,
};

struct field {
	const char *name;
	unsigned types;
	bool required;
};

static const struct field record_fields[] = {
	{"case", STRING, true},
	{"outcome", STRING, true},
	{"verdict", STRING, true},
	{"probe", STRING, false},
	{"expected", STRING, false},
	{"reason", STRING, false},
	{"predicted", STRING, false},
	{"rule", OBJECT, false},
	{"measured", STRING, false},
	{"holder", OBJECT, false},
	{"explained_by", ARRAY, false},
	{"tuples", ARRAY, false},
	{"packets", ARRAY, false},
	{"lost", BOOLEAN, false},
	{"unlisted", BOOLEAN, false},
	{"tries", NUMBER, false},
	{"seen", OBJECT, false},
	{"us", NUMBER, false},
	{NULL, 0, false},
};

static const struct field tuple_fields[] = {
	{"proto", STRING, true},  {"local", STRING, true},  {"remote", STRING, true},
	{"by", STRING, true},     {"result", STRING, true}, {"to", STRING, false},
	{"wire", OBJECT, false},  {"diag", STRING, false},  {"packets", ARRAY, false},
	{"actual", ARRAY, false}, {NULL, 0, false},
};

/* Where a complaint goes, and what it is about. */
struct complaint {
	const char *place;
	struct ft_err *err;
};

static int complain(const struct complaint *to, const char *what, const char *name)
{
	return ft_err_set(to->err, -EINVAL, "%s%snot a record: %s \"%s\"",
			  to->place ? to->place : "", to->place ? ": " : "", what, name);
}

static bool has_type(const json_t *value, unsigned types)
{
	return value && (types >> json_typeof(value) & 1);
}

static int check_fields(const json_t *object, const struct field *fields,
			const struct complaint *to)
{
	for (; fields->name; fields++) {
		const json_t *value = json_object_get(object, fields->name);

		if (!value && fields->required)
			return complain(to, "it lacks", fields->name);
		if (value && !has_type(value, fields->types))
			return complain(to, "wrong type of", fields->name);
	}
	return 0;
}

static int check_pair(const json_t *object, const char *name, unsigned types,
		      const struct complaint *to)
{
	const json_t *pair = json_object_get(object, name);

	if (pair && (json_array_size(pair) != 2 || !has_type(json_array_get(pair, 0), types) ||
		     !has_type(json_array_get(pair, 1), types)))
		return complain(to, "wrong pair in", name);
	return 0;
}

static int check_counts(const json_t *object, const char *name, const struct complaint *to)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		if (!json_is_integer(value) || json_integer_value(value) < 0)
			return complain(to, "wrong count in", name);
	}
	return 0;
}

static int check_texts(const json_t *object, const char *name, const struct complaint *to)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value)
	{
		if (!json_is_string(value))
			return complain(to, "wrong text in", name);
	}
	return 0;
}

static const struct field change_fields[] = {
	{"toggle", STRING, true}, {"behaves", STRING, true}, {"commit", STRING, true},
	{"first", STRING, true},  {NULL, 0, false},
};

static int check_changes(const json_t *changes, const struct complaint *to)
{
	const json_t *change;
	size_t i;

	json_array_foreach(changes, i, change)
	{
		if (!json_is_object(change))
			return complain(to, "wrong type in", "explained_by");
		if (check_fields(change, change_fields, to))
			return -EINVAL;
	}
	return 0;
}

static int check_tuple(const json_t *tuple, const struct complaint *to)
{
	int code;

	if (!json_is_object(tuple))
		return complain(to, "wrong type in", "tuples");
	code = check_fields(tuple, tuple_fields, to);
	if (!code)
		code = check_counts(json_object_get(tuple, "wire"), "wire", to);
	if (!code)
		code = check_pair(tuple, "packets", INTEGER, to);
	if (!code)
		code = check_pair(tuple, "actual", TEXT_OR_NULL, to);
	return code;
}

static size_t verdict_of(const json_t *record)
{
	const char *name = json_string_value(json_object_get(record, "verdict"));
	size_t i = 0;

	while (i < FT_VERDICT_COUNT && strcmp(ft_verdict_names[i], name))
		i++;
	return i;
}

int ft_record_check(const json_t *record, const char *place, struct ft_err *err)
{
	const struct complaint to = {place, err};
	const json_t *tuple;
	size_t i;
	int code;

	if (!json_is_object(record))
		return ft_err_set(err, -EINVAL, "%s%snot a record: a JSON object is wanted",
				  place ? place : "", place ? ": " : "");
	code = check_fields(record, record_fields, &to);
	if (code)
		return code;
	if (verdict_of(record) == FT_VERDICT_COUNT)
		return complain(&to, "unknown verdict",
				json_string_value(json_object_get(record, "verdict")));
	code = check_pair(record, "packets", INTEGER, &to);
	if (!code)
		code = check_counts(json_object_get(record, "seen"), "seen", &to);
	if (!code)
		code = check_texts(json_object_get(record, "rule"), "rule", &to);
	if (!code)
		code = check_texts(json_object_get(record, "holder"), "holder", &to);
	if (!code)
		code = check_changes(json_object_get(record, "explained_by"), &to);
	json_array_foreach(json_object_get(record, "tuples"), i, tuple)
	{
		if (code)
			break;
		code = check_tuple(tuple, &to);
	}
	return code;
}

static void count_tuple(struct ft_counts *sum, const json_t *tuple)
{
	const char *result = json_string_value(json_object_get(tuple, "result"));

	if (!strcmp(result, "ok"))
		sum->established++;
	else if (!strcmp(result, "pending"))
		sum->pending++;
	else
		sum->refused++;
}

void ft_counts_json_record(struct ft_counts *sum, const json_t *record)
{
	const json_t *tuple;
	size_t i;

	sum->cases++;
	sum->verdicts[verdict_of(record)]++;
	sum->again += json_integer_value(json_object_get(record, "tries")) > 1;
	json_array_foreach(json_object_get(record, "tuples"), i, tuple) count_tuple(sum, tuple);
}

json_t *ft_json_load(const char *text, size_t len, size_t flags, json_error_t *error)
{
	json_t *value = json_loadb(text, len, flags | JSON_REJECT_DUPLICATES, error);

	/* Where jansson 2.14 runs out of memory within a string it complains of its syntax. A text
	 * that is really wrong is so the second time too. */
	if (!value && error->text[0])
		value = json_loadb(text, len, flags | JSON_REJECT_DUPLICATES, error);
	return value;
}

int ft_json_error(const json_error_t *error, const char *place, struct ft_err *err)
{
	if (!error->text[0] || json_error_code(error) == json_error_out_of_memory)
		return ft_err_set(err, -ENOMEM, "%s: no memory to read it", place);
	return ft_err_set(err, -EINVAL, "%s: %s", place, error->text);
}

/* SPDX-License-Identifier: MIT */
#include "fourtuple/finds.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fourtuple/show.h"
#include "model/rules.h"

enum { EXPLANATION_MAX = 1 << 16 };

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static json_int_t number_of(const json_t *difference)
{
	return json_integer_value(json_object_get(difference, "program"));
}

static bool is_unstable(const struct ft_find *find)
{
	return json_is_true(json_object_get(find->difference, "unstable"));
}

static struct ft_find *find_row(struct ft_finds *finds, const json_t *difference)
{
	bool unstable = json_is_true(json_object_get(difference, "unstable"));

	for (size_t i = 0; i < finds->n; i++)
		if (is_unstable(&finds->rows[i]) == unstable &&
		    strcmp(text_of(finds->rows[i].difference, "case"),
			   text_of(difference, "case")) == 0)
			return &finds->rows[i];
	return NULL;
}

static struct ft_find *new_row(struct ft_finds *finds)
{
	if (finds->n == finds->size) {
		size_t size = finds->size ? 2 * finds->size : 16;
		struct ft_find *grown = reallocarray(finds->rows, size, sizeof(*grown));

		if (!grown)
			return NULL;
		finds->rows = grown;
		finds->size = size;
	}
	finds->rows[finds->n] = (struct ft_find){.difference = NULL};
	return &finds->rows[finds->n++];
}

void ft_finds_add(struct ft_finds *finds, const char *line, size_t len)
{
	json_t *difference = json_loadb(line, len, 0, NULL);
	struct ft_find *row = difference ? find_row(finds, difference) : NULL;

	if (difference && !row)
		row = new_row(finds);
	if (!row) {
		finds->failed = true;
		json_decref(difference);
		return;
	}
	row->count++;
	if (row->difference && number_of(row->difference) <= number_of(difference)) {
		json_decref(difference);
		return;
	}
	json_decref(row->difference);
	row->difference = difference;
}

void ft_finds_fini(struct ft_finds *finds)
{
	for (size_t i = 0; i < finds->n; i++)
		json_decref(finds->rows[i].difference);
	free(finds->rows);
	*finds = (struct ft_finds){0};
}

static int by_count(const void *a, const void *b)
{
	const struct ft_find *x = a, *y = b;

	if (is_unstable(x) != is_unstable(y))
		return is_unstable(x) - is_unstable(y);
	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return strcmp(text_of(x->difference, "case"), text_of(y->difference, "case"));
}

void ft_finds_sort(struct ft_finds *finds)
{
	if (finds->n)
		qsort(finds->rows, finds->n, sizeof(*finds->rows), by_count);
}

size_t ft_finds_count(const struct ft_finds *finds, bool unstable)
{
	size_t n = 0;

	for (size_t i = 0; i < finds->n; i++)
		n += is_unstable(&finds->rows[i]) == unstable;
	return n;
}

/* ---- for people ---- */

static const struct ft_rule_row *rule_of(const json_t *difference)
{
	const char *id = text_of(difference, "rule");

	for (unsigned i = FT_RULE_NONE + 1; i < FT_RULE_COUNT; i++)
		if (strcmp(ft_rules[i].id, id) == 0)
			return &ft_rules[i];
	return NULL;
}

static void print_line(const char *name, const char *text, FILE *file)
{
	if (*text)
		fprintf(file, "  %-10s %s\n", name, text);
}

static void print_changes(const json_t *difference, FILE *file)
{
	struct ft_text text;

	ft_text_init(&text, EXPLANATION_MAX);
	ft_explanation_print(difference, &text);
	print_line("explained", ft_text_get(&text), file);
	ft_text_fini(&text);
}

static void print_find(const struct ft_find *find, FILE *file)
{
	const json_t *difference = find->difference;
	const struct ft_rule_row *rule = rule_of(difference);

	fprintf(file, "\n%s%s", is_unstable(find) ? "unstable" : "differs",
		json_is_true(json_object_get(difference, "sometimes")) ? " at times" : "");
	if (find->count > 1)
		fprintf(file, ", %" PRIu64 " programs", find->count);
	fprintf(file, "; program %lld\n", (long long)number_of(difference));
	print_line("case", text_of(difference, "case"), file);
	print_line("predicted", text_of(difference, "predicted"), file);
	print_line("seen", text_of(difference, "seen"), file);
	if (rule)
		fprintf(file, "  rule       %s: %s (%s)\n", rule->id, rule->sentence, rule->source);
	print_line("holder", text_of(difference, "holder"), file);
	print_changes(difference, file);
}

void ft_finds_print(const struct ft_finds *finds, FILE *file)
{
	for (size_t i = 0; i < finds->n; i++)
		print_find(&finds->rows[i], file);
}

/* ---- for programs ---- */

json_t *ft_finds_json(const struct ft_finds *finds)
{
	json_t *array = json_array();

	for (size_t i = 0; array && i < finds->n; i++) {
		json_t *row = json_deep_copy(finds->rows[i].difference);

		if (!row ||
		    json_object_set_new(row, "count",
					json_integer((json_int_t)finds->rows[i].count)) < 0 ||
		    json_array_append_new(array, row) < 0) {
			json_decref(array);
			return NULL;
		}
	}
	return array;
}

int ft_finds_write(const struct ft_finds *finds, const char *path, struct ft_err *err)
{
	FILE *file = fopen(path, "we");
	int failed;

	if (!file)
		return ft_err_errno(err, -errno, "open %s", path);
	for (size_t i = 0; i < finds->n; i++) {
		const json_t *difference = finds->rows[i].difference;

		fprintf(file, "# predicted %s\n# seen      %s%s\n%s\n\n",
			text_of(difference, "predicted"), text_of(difference, "seen"),
			is_unstable(&finds->rows[i]) ? "  (unstable)" : "",
			text_of(difference, "case"));
	}
	failed = ferror(file) ? EIO : 0;
	if (fclose(file) != 0)
		failed = errno;
	return failed ? ft_err_errno(err, -failed, "write %s", path) : 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * How are the cells filled from the records of a run, and the tables printed?
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "recipes.h"

enum { WIDTH = 100, LABEL = 5 };

struct entry {
	struct ft_recipe_case about;
	char *text;
	char verdict[16]; /* "" while not measured */
	struct ft_recipe_cell cell;
};

struct table {
	size_t n, size;
	struct entry *entries;  /* in the order of ft_recipes_cases() */
	struct entry **by_text; /* the same, sorted */
};

/* ---- filling it ---- */

static int add_entry(void *arg, const struct ft_recipe_case *about, const char *text,
		     struct ft_err *err)
{
	struct table *table = arg;

	if (table->n == table->size) {
		size_t size = table->size ? 2 * table->size : 1024;
		struct entry *entries = realloc(table->entries, size * sizeof(*entries));

		if (!entries)
			return ft_err_set(err, -ENOMEM, "no memory for a table");
		table->entries = entries;
		table->size = size;
	}
	table->entries[table->n] = (struct entry){.about = *about, .text = strdup(text)};
	if (!table->entries[table->n].text)
		return ft_err_set(err, -ENOMEM, "no memory for a table");
	table->n++;
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp((*(struct entry *const *)a)->text, (*(struct entry *const *)b)->text);
}

static void close_table(void *arg)
{
	struct table *table = arg;

	for (size_t i = 0; i < table->n; i++)
		free(table->entries[i].text);
	free(table->entries);
	free(table->by_text);
	free(table);
}

static void *open_table(void)
{
	struct table *table = calloc(1, sizeof(*table));
	struct ft_err err;

	if (!table)
		return NULL;
	if (ft_recipes_cases(add_entry, table, &err) == 0)
		table->by_text = calloc(table->n, sizeof(*table->by_text));
	if (!table->by_text) {
		close_table(table);
		return NULL;
	}
	for (size_t i = 0; i < table->n; i++)
		table->by_text[i] = &table->entries[i];
	qsort(table->by_text, table->n, sizeof(*table->by_text), by_text);
	return table;
}

static void take_record(void *arg, const json_t *record)
{
	struct table *table = arg;
	const char *text = json_string_value(json_object_get(record, "case"));
	const char *outcome = json_string_value(json_object_get(record, "outcome"));
	const char *verdict = json_string_value(json_object_get(record, "verdict"));
	struct entry key = {.text = (char *)text}, *wanted = &key, **found;

	if (!text || !verdict)
		return;
	found = bsearch(&wanted, table->by_text, table->n, sizeof(*found), by_text);
	if (!found)
		return;
	snprintf((*found)->verdict, sizeof((*found)->verdict), "%s", verdict);
	if (outcome && strcmp(verdict, "skipped") != 0 && strcmp(verdict, "broken") != 0)
		ft_recipe_cell_read(outcome, &ft_recipes[(*found)->about.b], &(*found)->cell);
}

/* ---- as text ---- */

static const struct entry *find_pair(const struct table *table, size_t a, size_t b)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct ft_recipe_case *about = &table->entries[i].about;

		if (!about->restart && about->a == a && about->b == b)
			return &table->entries[i];
	}
	return NULL;
}

static const struct entry *find_restart(const struct table *table, size_t a, unsigned left,
					unsigned family)
{
	for (size_t i = 0; i < table->n; i++) {
		const struct ft_recipe_case *about = &table->entries[i].about;

		if (about->restart && about->a == a && about->left == left &&
		    about->family == family)
			return &table->entries[i];
	}
	return NULL;
}

/* A part of the table: rows first to last - 1, columns from to - 1. */
struct block {
	size_t first, last, from, to;
	int width;
};

static void print_row(const struct table *table, const struct block *block, size_t a, FILE *file)
{
	char text[8];

	fprintf(file, "\n%-*s", LABEL, ft_recipes[a].code);
	for (size_t b = block->from; b < block->to; b++) {
		const struct entry *entry = find_pair(table, a, b);
		bool multicast = ft_recipe_multicast(&ft_recipes[a], &ft_recipes[b]);

		ft_recipe_cell_text(&entry->cell, multicast, text);
		fprintf(file, "%-*s", b + 1 < block->to ? block->width : 0, text);
	}
}

static void print_block(const struct table *table, const struct block *block, FILE *file)
{
	fprintf(file, "\n%-*s", LABEL, "A\\B");
	for (size_t b = block->from; b < block->to; b++)
		fprintf(file, "%-*s", b + 1 < block->to ? block->width : 0, ft_recipes[b].code);
	for (size_t a = block->first; a < block->last; a++)
		print_row(table, block, a, file);
	fputc('\n', file);
}

/* In as few blocks as the width allows, all about as wide. */
static void print_pairs(const struct table *table, size_t first, size_t last, int width, FILE *file)
{
	size_t n = last - first, fit = (size_t)((WIDTH - LABEL) / width);
	size_t blocks = (n + fit - 1) / fit, columns = (n + blocks - 1) / blocks;

	for (size_t from = first; from < last; from += columns) {
		struct block block = {first, last, from, from + columns, width};

		if (block.to > last)
			block.to = last;
		print_block(table, &block, file);
	}
}

static const char *restart_word(const struct entry *entry)
{
	static const char *const words[] =
		{[FT_UP_NONE] = "refused", [FT_UP_PART] = "part", [FT_UP_ALL] = "ok"};

	if (!entry)
		return "";
	return entry->cell.measured ? words[entry->cell.up] : "?";
}

static void print_restarts(const struct table *table, FILE *file)
{
	fprintf(file, "\n%-*s%-13s", LABEL, "", "client");
	for (unsigned left = 0; left < FT_LEFT_COUNT; left++)
		fprintf(file, "%-*s", left + 1 < FT_LEFT_COUNT ? 13 : 0, ft_left_names[left]);
	for (size_t i = 0; ft_recipes[i].code; i++)
		for (unsigned family = 4; family <= 6; family += 2) {
			if (!find_restart(table, i, 0, family))
				continue;
			fprintf(file, "\n%-*sIPv%-10u", LABEL, ft_recipes[i].code, family);
			for (unsigned left = 0; left < FT_LEFT_COUNT; left++)
				fprintf(file, "%-*s", left + 1 < FT_LEFT_COUNT ? 13 : 0,
					restart_word(find_restart(table, i, left, family)));
		}
	fputc('\n', file);
}

/* A program's name and its source, on a line if they fit. */
static void print_program(const struct ft_recipe_program *program, FILE *file)
{
	bool fits = LABEL + 2 + strlen(program->name) + 2 + strlen(program->source) <= WIDTH;

	fprintf(file, "%*s%s", LABEL + 2, "", program->name);
	if (fits)
		fprintf(file, ": %s\n", program->source);
	else
		fprintf(file, ":\n%*s%s\n", LABEL + 6, "", program->source);
}

/* The words, a socket of a program on a line. */
static void print_words(const struct ft_recipe *recipe, FILE *file)
{
	const char *second = strstr(recipe->words, "; $6 ");
	int first = second ? (int)(second - recipe->words) : (int)strlen(recipe->words);

	fprintf(file, "\n%-*s%.*s\n", LABEL, recipe->code, first, recipe->words);
	if (second)
		fprintf(file, "%*s%s\n", LABEL, "", second + 2);
}

static void print_legend(FILE *file)
{
	for (size_t i = 0; ft_recipes[i].code; i++) {
		print_words(&ft_recipes[i], file);
		for (const struct ft_recipe_program *p = ft_recipes[i].programs; p->name; p++)
			print_program(p, file);
	}
}

static void print_text(const struct table *table, FILE *file)
{
	size_t udp = 0, n = 0;

	for (; ft_recipes[n].code; n++)
		if (ft_recipes[n].kind != FT_RECIPE_UDP)
			udp = n + 1;
	fputs("Two programs on one port: row A is up, then column B comes.\n"
	      "  -    B is refused\n"
	      "  xy   both are up: who gets connections of IPv4 (x) and of IPv6 (y):\n"
	      "       A, B, * both in turn, . nobody\n"
	      "  xy'  a part of B is refused (one of its two sockets)\n"
	      "An empty field was not measured.\n",
	      file);
	print_pairs(table, 0, udp, 4, file);
	fputs("\nUDP: the same with datagrams; a third letter says who gets multicast to\n"
	      "224.0.0.251, where one of the two has joined it (* is a copy to each).\n",
	      file);
	print_pairs(table, udp, n, 5, file);
	fputs("\nA server that is started again over what it left: a connection in that state\n"
	      "(QUEUED: it was never accepted), by the client's family.\n",
	      file);
	print_restarts(table, file);
	fputs("\nThe calls ($ is the socket), and the programs that make them:\n", file);
	print_legend(file);
	fputc('\n', file);
}

/* ---- as JSON ---- */

static json_t *json_recipes(void)
{
	static const char *const kinds[] = {[FT_RECIPE_SERVER] = "tcp server",
					    [FT_RECIPE_CLIENT] = "tcp client",
					    [FT_RECIPE_UDP] = "udp"};
	json_t *recipes = json_array();

	for (size_t i = 0; ft_recipes[i].code; i++) {
		const struct ft_recipe *recipe = &ft_recipes[i];
		json_t *programs = json_array();

		for (const struct ft_recipe_program *p = recipe->programs; p->name; p++)
			json_array_append_new(programs, json_pack("{s:s,s:s}", "name", p->name,
								  "source", p->source));
		json_array_append_new(recipes, json_pack("{s:s,s:s,s:s,s:o}", "code", recipe->code,
							 "kind", kinds[recipe->kind], "words",
							 recipe->words, "programs", programs));
	}
	return recipes;
}

static json_t *json_got(unsigned bits)
{
	json_t *got = json_array();

	if (bits & FT_GOT_A)
		json_array_append_new(got, json_string("a"));
	if (bits & FT_GOT_B)
		json_array_append_new(got, json_string("b"));
	return got;
}

static void set_cell(json_t *json, const struct entry *entry)
{
	static const char *const ups[] =
		{[FT_UP_NONE] = "none", [FT_UP_PART] = "part", [FT_UP_ALL] = "all"};
	const struct ft_recipe_cell *cell = &entry->cell;

	json_object_set_new(json, "verdict",
			    json_string(entry->verdict[0] ? entry->verdict : "not run"));
	json_object_set_new(json, "up", cell->measured ? json_string(ups[cell->up]) : json_null());
	if (cell->refused[0])
		json_object_set_new(json, "refused", json_string(cell->refused));
	if (cell->measured) {
		json_object_set_new(json, "v4", json_got(cell->v4));
		json_object_set_new(json, "v6", json_got(cell->v6));
	}
	json_object_set_new(json, "case", json_string(entry->text));
}

static json_t *json_entry(const struct entry *entry)
{
	const struct ft_recipe *a = &ft_recipes[entry->about.a], *b = &ft_recipes[entry->about.b];
	const char *family = entry->about.family == 4 ? "v4" : "v6";
	json_t *json = json_object();

	json_object_set_new(json, entry->about.restart ? "recipe" : "a", json_string(a->code));
	if (entry->about.restart) {
		json_object_set_new(json, "left", json_string(ft_left_names[entry->about.left]));
		json_object_set_new(json, "family", json_string(family));
	} else {
		json_object_set_new(json, "b", json_string(b->code));
	}
	set_cell(json, entry);
	if (!entry->about.restart && entry->cell.measured && ft_recipe_multicast(a, b))
		json_object_set_new(json, "multicast", json_got(entry->cell.multicast));
	return json;
}

static void print_json(const struct table *table, FILE *file)
{
	json_t *pairs = json_array(), *restarts = json_array();
	json_t *json = json_pack("{s:o,s:o,s:o}", "recipes", json_recipes(), "pairs", pairs,
				 "restarts", restarts);

	for (size_t i = 0; json && i < table->n; i++)
		json_array_append_new(table->entries[i].about.restart ? restarts : pairs,
				      json_entry(&table->entries[i]));
	if (json && json_dumpf(json, file, JSON_COMPACT) == 0)
		fputc('\n', file);
	else
		fputs("fourtuple-recipes: the table could not be written\n", stderr);
	json_decref(json);
}

static void print_table(void *table, bool json, FILE *file)
{
	if (json)
		print_json(table, file);
	else
		print_text(table, file);
}

const struct ft_probe_table ft_recipes_table = {
	.open = open_table,
	.record = take_record,
	.print = print_table,
	.close = close_table,
};

/* SPDX-License-Identifier: MIT */
/*
 * fourtuple list: what is there to run? Every probe program is asked itself.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fourtuple/child.h"
#include "fourtuple/plain.h"
#include "fourtuple/source.h"
#include "fourtuple/verbs.h"
#include "probe/probe.h"

enum { OPT_CASES = 256, OPT_JSON, OPT_QUICK, OPT_FULL, ANSWER_MS = 30000 };

struct arguments {
	bool cases, json;
	bool columns;       /* programs are listed, which say more than files */
	const char *extent; /* "--quick", "--full" or NULL */
	const char *match;
	size_t n;
	char **sources;
};

static const struct argp_option options[] = {
	{"cases", OPT_CASES, NULL, 0, "print the text of every case", 1},
	{"quick", OPT_QUICK, NULL, 0, "with --cases: those that run --quick runs", 1},
	{"full", OPT_FULL, NULL, 0, "with --cases: those that run --full runs", 1},
	{"match", 'm', "PATTERN", 0,
	 "only cases whose text contains PATTERN (or matches it as a "
	 "whole, if it has * or ?)",
	 1},
	{"json", OPT_JSON, NULL, 0, "print JSON", 1},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case OPT_CASES:
		arguments->cases = true;
		return 0;
	case OPT_JSON:
		arguments->json = true;
		return 0;
	case OPT_QUICK:
		arguments->extent = "--quick";
		return 0;
	case OPT_FULL:
		arguments->extent = "--full";
		return 0;
	case 'm':
		arguments->match = arg;
		return 0;
	case ARGP_KEY_ARGS:
		arguments->sources = state->argv + state->next;
		arguments->n = (size_t)(state->argc - state->next);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char doc[] =
	"Lists probe programs and files of cases: name, number of cases and of those "
	"that only --full runs, rules of the model that decide them, functions of "
	"the kernel that these speak of, and the question that each answers.";

/* ---- one source ---- */

/* What is known of a source. */
struct entry {
	const struct arguments *arguments;
	json_t *about; /* what the program says of itself */
	uint64_t cases;
	json_t *texts; /* with --cases --json, else NULL */
};

static void take_description(void *arg, const char *line, size_t len)
{
	struct entry *entry = arg;

	if (!entry->about)
		entry->about = json_loadb(line, len, 0, NULL);
}

static void take_case(void *arg, const char *line, size_t len)
{
	struct entry *entry = arg;
	char *text = strndup(line, len && line[len - 1] == '\n' ? len - 1 : len);

	entry->cases++;
	if (text && entry->texts) {
		json_array_append_new(entry->texts, json_string(text));
	} else if (text && entry->arguments->cases) {
		ft_plain(text, 0, stdout);
		putchar('\n');
	}
	free(text);
}

static int ask(const char *path, const struct arguments *arguments, bool cases, struct entry *entry,
	       struct ft_err *err)
{
	static char list[] = "--list", describe[] = "--describe", match[] = "--match";
	char *argv[] = {(char *)path, cases ? list : describe, NULL, NULL, NULL, NULL};
	unsigned n = 2;
	int code;

	if (cases && arguments->extent)
		argv[n++] = (char *)arguments->extent;
	if (cases && arguments->match) {
		argv[n++] = match;
		argv[n] = (char *)arguments->match;
	}
	code = ft_child_ask(path, argv, ANSWER_MS, cases ? take_case : take_description, entry,
			    err);
	if (code <= 0)
		return code;
	return ft_err_set(err, -EIO, "%s %s ended with exit code %d", path, argv[1], code);
}

static int describe_file(const struct ft_source *source, struct entry *entry, struct ft_err *err)
{
	struct ft_text text;
	struct ft_case c;
	int rc = 0;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	ft_case_init(&c);
	for (uint64_t i = 0; rc == 0 && i < source->job.cases; i++) {
		rc = ft_job_case(&source->job, i, &c);
		if (rc < 0 || !ft_job_matches(&source->job, &c, &text))
			continue;
		ft_text_clear(&text);
		ft_case_print(&c, true, &text);
		take_case(entry, ft_text_get(&text), text.len);
	}
	ft_case_fini(&c);
	ft_text_fini(&text);
	return rc < 0 ? ft_err_set(err, rc, "no memory for the cases of %s", source->name) : 0;
}

static const char *question_of(const struct ft_source *source, const struct entry *entry)
{
	const char *question = json_string_value(json_object_get(entry->about, "question"));

	if (question)
		return question;
	return source->path ? "(says nothing about itself)" : "a file of cases";
}

static json_t *entry_json(const struct ft_source *source, const struct entry *entry)
{
	json_t *row = json_pack("{s:s,s:s,s:I}", "name", source->name, "question",
				question_of(source, entry), "cases", (json_int_t)entry->cases);
	static const char *const fields[] = {"full", "rules", "functions", "matrices"};

	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (json_object_get(entry->about, fields[i]))
			json_object_set(row, fields[i], json_object_get(entry->about, fields[i]));
	if (source->path)
		json_object_set_new(row, "program", json_string(source->path));
	if (entry->texts)
		json_object_set(row, "list", entry->texts);
	return row;
}

static void print_entry(const struct ft_source *source, const struct entry *entry)
{
	const json_t *about = entry->about;

	printf("%-12s %8" PRIu64, source->name, entry->cases);
	if (!entry->arguments->columns)
		fputs("  ", stdout);
	else if (entry->arguments->match || !json_object_get(about, "full"))
		printf(" %8s %6s %10s  ", "", "", "");
	else
		printf(" %8" JSON_INTEGER_FORMAT " %6zu %10zu  ",
		       json_integer_value(json_object_get(about, "full")),
		       json_array_size(json_object_get(about, "rules")),
		       json_array_size(json_object_get(about, "functions")));
	ft_plain(question_of(source, entry), 200, stdout);
	putchar('\n');
}

static int list_one(const struct arguments *arguments, struct ft_source *source, json_t *rows,
		    struct ft_err *err)
{
	struct entry entry = {.arguments = arguments};
	bool cases = arguments->cases || arguments->match;
	int rc = 0;

	if (arguments->cases && arguments->json)
		entry.texts = json_array();
	if (!source->path) {
		source->job.match = arguments->match;
		rc = describe_file(source, &entry, err);
	} else {
		struct ft_err silent = {0}; /* a program of another origin need not answer this */

		ask(source->path, arguments, false, &entry, &silent);
		entry.cases = (uint64_t)json_integer_value(json_object_get(entry.about, "cases"));
		if (cases)
			entry.cases = 0;
		if (cases && entry.about)
			rc = ask(source->path, arguments, true, &entry, err);
	}
	if (rc == 0 && arguments->json)
		json_array_append_new(rows, entry_json(source, &entry));
	else if (rc == 0 && !arguments->cases)
		print_entry(source, &entry);
	json_decref(entry.about);
	json_decref(entry.texts);
	return rc;
}

static bool has_program(const struct ft_sources *sources)
{
	for (size_t i = 0; i < sources->n; i++)
		if (sources->rows[i].path)
			return true;
	return false;
}

static int list(struct arguments *arguments, struct ft_sources *sources)
{
	json_t *rows = json_array(), *whole;
	struct ft_err err = {0};
	int rc = 0;

	arguments->columns = has_program(sources);
	if (arguments->columns && !arguments->json && !arguments->cases)
		printf("%-12s %8s %8s %6s %10s  %s\n", "probe", "cases", "in full", "rules",
		       "functions", "question");
	for (size_t i = 0; rc == 0 && i < sources->n; i++)
		rc = list_one(arguments, &sources->rows[i], rows, &err);
	whole = json_pack("{s:i,s:o}", "fourtuple", 1, "probes", rows);
	if (rc == 0 && arguments->json && whole && json_dumpf(whole, stdout, JSON_INDENT(2)) == 0)
		putchar('\n');
	json_decref(whole);
	if (rc < 0)
		fprintf(stderr, "fourtuple: %s\n", err.text);
	return rc < 0 ? FT_EXIT_BROKEN : FT_EXIT_OK;
}

int ft_verb_list(int argc, char **argv)
{
	const struct argp argp = {options, parse, "[PROBE|FILE.cases ...]", doc, NULL, NULL, NULL};
	struct arguments arguments = {0};
	struct ft_sources sources;
	struct ft_err err = {0};
	int code;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (ft_sources_find(arguments.n, arguments.sources, &sources, &err) < 0) {
		fprintf(stderr, "fourtuple: %s\n", err.text);
		return err.code == -ENOMEM ? FT_EXIT_BROKEN : FT_EXIT_USAGE;
	}
	code = list(&arguments, &sources);
	ft_sources_fini(&sources);
	return code;
}

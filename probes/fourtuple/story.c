/* SPDX-License-Identifier: MIT */
/*
 * What happened in one case? Calls, outcome, verdict, 4-tuples, packets.
 */
#include <inttypes.h>
#include <string.h>

#include "fourtuple/plain.h"
#include "fourtuple/show.h"

enum { TEXT_MAX = 64 << 10 };

static void print_line(const char *what, const char *text, FILE *file)
{
	fprintf(file, "%-8s ", what);
	ft_plain(text, 0, file);
	fputc('\n', file);
}

static const char *verdict_look(const struct ft_look *look, const char *verdict)
{
	if (strcmp(verdict, "as-expected") == 0)
		return look->good;
	if (strcmp(verdict, "observed") == 0)
		return "";
	return look->bad;
}

static void print_seen(const json_t *record, FILE *file)
{
	json_t *seen = json_object_get(record, "seen"), *count;
	const char *outcome;

	json_object_foreach(seen, outcome, count)
	{
		fprintf(file, "%-8s %" JSON_INTEGER_FORMAT "x ", "outcome",
			json_integer_value(count));
		ft_plain(outcome, 0, file);
		fputc('\n', file);
	}
	if (!json_object_size(seen))
		print_line("outcome", ft_gathered_text(record, "outcome"), file);
}

/* What was wanted or foreseen instead of what was seen. */
static void print_difference(const json_t *record, FILE *file)
{
	bool expected = json_object_get(record, "expected") != NULL;
	bool predicted = json_object_get(record, "predicted") != NULL;
	struct ft_text why;

	if (!expected && !predicted)
		return;
	ft_text_init(&why, TEXT_MAX);
	ft_explanation_print(record, &why);
	if (expected)
		print_line("wanted", ft_gathered_text(record, "expected"), file);
	if (predicted)
		print_line("predicted", ft_gathered_text(record, "predicted"), file);
	print_line("seen", ft_gathered_text(record, "outcome"), file);
	if (why.len)
		print_line("explained", ft_text_get(&why), file);
	ft_text_fini(&why);
}

static void print_verdict(const json_t *record, FILE *file)
{
	const char *verdict = ft_gathered_text(record, "verdict");
	const char *reason = ft_gathered_text(record, "reason");
	struct ft_look look = ft_look_of(file);

	fprintf(file, "verdict  %s%s%s", verdict_look(&look, verdict), verdict, look.end);
	if (reason[0]) {
		fputs(": ", file);
		ft_plain(reason, 0, file);
	}
	fputc('\n', file);
	print_difference(record, file);
}

static const char *actual(const json_t *tuple, size_t side)
{
	const char *text =
		json_string_value(json_array_get(json_object_get(tuple, "actual"), side));

	return text ? text : "?";
}

static void print_tuple(const json_t *tuple, const struct ft_look *look, FILE *file)
{
	const char *result = ft_gathered_text(tuple, "result"), *to = ft_gathered_text(tuple, "to");
	const char *diag = ft_gathered_text(tuple, "diag");

	fprintf(file, "  %-5s %s -> %s  %s%s%s", ft_gathered_text(tuple, "proto"), actual(tuple, 0),
		actual(tuple, 1), ft_look_end(look, result), result, look->end);
	fprintf(file, "  by %s, %s -> %s", ft_gathered_text(tuple, "by"),
		ft_gathered_text(tuple, "local"), ft_gathered_text(tuple, "remote"));
	if (to[0])
		fprintf(file, ", got by %s", to);
	if (diag[0])
		fprintf(file, ", %s", diag);
	fputc('\n', file);
}

static void print_tuples(const json_t *record, FILE *file)
{
	json_t *tuples = json_object_get(record, "tuples"), *tuple;
	struct ft_look look = ft_look_of(file);
	size_t i;

	fputs("\n4-tuples\n", file);
	json_array_foreach(tuples, i, tuple) print_tuple(tuple, &look, file);
	if (!json_array_size(tuples))
		fputs("  none attempted\n", file);
}

int ft_show_story(const struct ft_case *c, const json_t *record, bool why, const char *savefile,
		  FILE *file, struct ft_err *err)
{
	int rc = ft_show_calls(c, record, why, file);

	if (rc < 0)
		return ft_err_set(err, rc, "no memory to show the calls");
	fputc('\n', file);
	print_seen(record, file);
	print_verdict(record, file);
	print_tuples(record, file);
	fputs("\npackets", file);
	if (json_is_true(json_object_get(record, "lost")))
		fputs(" (some were lost)", file);
	fputc('\n', file);
	if (savefile)
		return ft_show_ladder(record, savefile, file, err);
	fputs("  not captured\n", file);
	return 0;
}

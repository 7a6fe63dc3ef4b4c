/* SPDX-License-Identifier: MIT */
/*
 * fourtuple explain: why does a case end as it does, and what would have to be different?
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fourtuple/flips.h"
#include "fourtuple/plain.h"
#include "fourtuple/show.h"
#include "fourtuple/verbs.h"
#include "probe/probe.h"

/* So many flips are shown, and so many of one place: twenty addresses teach nothing new. */
enum { SHOWN_MAX = 12, OF_ONE_PLACE = 2, TEXT_SHOWN = 2000 };

struct arguments {
	struct ft_session session;
	const char *text;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->session;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->text)
			argp_error(state, "one case at a time; '%.60s' is one too many", arg);
		arguments->text = arg;
		return 0;
	case ARGP_KEY_END:
		if (!arguments->text)
			argp_error(state, "no case; for example: fourtuple explain 'a tcp4 bind "
					  "lo:p; b tcp4 bind lo:p'");
		if (arguments->session.report)
			argp_error(state, "-o: explain writes no report; --json prints one");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char doc[] =
	"Runs one case and says why each call ends as it does: the rule, its source, and the "
	"socket that is in the way. Then single changes of the case are run, and those that "
	"change the end of the first refused call (of the last call, if none was refused) are "
	"shown, smallest first.";

/* What is explained: the case as it was run, and what was run for comparison. */
struct explanation {
	const struct ft_session *session;
	struct ft_case c;
	struct ft_gathered gathered;
	bool has_call;
	struct ft_asked asked;
	struct ft_flips flips;
};

/* ---- for people ---- */

static size_t column_of(const struct ft_flips *flips)
{
	size_t column = 0;

	for (size_t i = 0; i < flips->n; i++) {
		size_t len = strlen(flips->rows[i].variant->change);

		column = len > column && len <= 60 ? len : column;
	}
	return column;
}

/* Is it the third of its place? Those before it have been shown. */
static bool is_enough(const struct ft_flips *flips, size_t index)
{
	const struct ft_alteration *what = &flips->rows[index].variant->what;
	unsigned n = 0;

	for (size_t i = 0; i < index; i++) {
		const struct ft_alteration *other = &flips->rows[i].variant->what;

		n += other->kind == what->kind && other->step == what->step &&
		     other->word == what->word;
	}
	return n >= OF_ONE_PLACE;
}

static void print_flip(const struct ft_flip *flip, size_t column, const struct ft_look *look,
		       FILE *file)
{
	const char *verdict = ft_gathered_text(flip->record, "verdict");

	fputs("  ", file);
	ft_plain(flip->variant->change, TEXT_SHOWN, file);
	for (size_t len = strlen(flip->variant->change); len < column; len++)
		fputc(' ', file);
	fprintf(file, "  %s", ft_look_end(look, flip->end));
	ft_plain(flip->end, TEXT_SHOWN, file);
	fprintf(file, "%s%s%s\n      %s", look->end,
		flip->disturbs ? ", and calls before it end otherwise" : "",
		strcmp(verdict, "differs") == 0 ? ", which differs from what is predicted" : "",
		look->dim);
	ft_plain(ft_gathered_text(flip->record, "case"), TEXT_SHOWN, file);
	fprintf(file, "%s\n", look->end);
}

static void print_flips(const struct explanation *e, FILE *file)
{
	const struct ft_flips *flips = &e->flips;
	struct ft_look look = ft_look_of(file);
	size_t column = column_of(flips), shown = 0, left_out = 0;

	fprintf(file, "\nwhat would flip %s=%s\n", ft_text_get(&e->asked.name),
		ft_text_get(&e->asked.end));
	for (size_t i = 0; i < flips->n; i++) {
		if (shown == SHOWN_MAX || is_enough(flips, i)) {
			left_out++;
			continue;
		}
		print_flip(&flips->rows[i], column, &look, file);
		shown++;
	}
	fputs(flips->n ? "  " : "  nothing that was tried; ", file);
	ft_plain_count(flips->n_tried, "single change", file);
	fputs(" run", file);
	if (left_out)
		fprintf(file, "; %zu more flip it (--json has them all)", left_out);
	fputc('\n', file);
}

/* ---- as JSON ---- */

static json_t *why_json(const json_t *record)
{
	json_t *why = json_array(), *id;
	const char *call;

	json_object_foreach(json_object_get(record, "rule"), call, id)
	{
		const struct ft_rule_row *row = ft_rule_find(json_string_value(id));
		const json_t *holder = json_object_get(json_object_get(record, "holder"), call);

		json_array_append_new(why,
				      json_pack("{s:s,s:O,s:s,s:s,s:O?}", "call", call, "rule", id,
						"sentence", row ? row->sentence : "", "source",
						row ? row->source : "", "holder", holder));
	}
	return why;
}

static json_t *flips_json(const struct ft_flips *flips)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < flips->n; i++) {
		const struct ft_flip *flip = &flips->rows[i];

		json_array_append_new(
			rows,
			json_pack("{s:s,s:i,s:b,s:s,s:s,s:s,s:s}", "change", flip->variant->change,
				  "size", (int)flip->variant->what.size, "disturbs", flip->disturbs,
				  "end", flip->end, "case", ft_gathered_text(flip->record, "case"),
				  "outcome", ft_gathered_text(flip->record, "outcome"), "verdict",
				  ft_gathered_text(flip->record, "verdict")));
	}
	return rows;
}

static int print_json(const struct explanation *e, struct ft_err *err)
{
	json_t *record = e->gathered.records[0];
	json_t *whole = json_pack("{s:O,s:s?,s:s?,s:o,s:I,s:o}", "record", record, "call",
				  e->has_call ? ft_text_get(&e->asked.name) : NULL, "end",
				  e->has_call ? ft_text_get(&e->asked.end) : NULL, "why",
				  why_json(record), "tried", (json_int_t)e->flips.n_tried, "flips",
				  flips_json(&e->flips));
	int rc = whole && json_dumpf(whole, stdout, JSON_COMPACT) == 0 ? 0 : -ENOMEM;

	json_decref(whole);
	putchar('\n');
	return rc < 0 ? ft_err_set(err, rc, "no memory for the explanation") : 0;
}

/* ---- the work ---- */

static int show(struct explanation *e, const char *savefile, struct ft_err *err)
{
	int rc;

	if (e->session->quiet)
		return 0;
	if (e->session->json)
		return print_json(e, err);
	rc = ft_show_story(&e->c, e->gathered.records[0], true, savefile, stdout, err);
	if (rc == 0 && e->has_call)
		print_flips(e, stdout);
	return rc;
}

/* The case was run; finds what would flip it. A case that could not be run has nothing to flip. */
static int look_further(struct explanation *e, struct ft_err *err)
{
	const json_t *record = e->gathered.records[0];
	const char *verdict = ft_gathered_text(record, "verdict");

	if (strcmp(verdict, "skipped") == 0 || strcmp(verdict, "broken") == 0)
		return 0;
	e->has_call = ft_asked_find(&e->c, ft_gathered_text(record, "outcome"), &e->asked);
	if (!e->has_call)
		return 0;
	return ft_flips_find(e->session, &e->c, &e->asked, &e->flips, err);
}

static int explain(const struct ft_session *session, const struct ft_job *job)
{
	struct explanation e = {.session = session};
	struct ft_session kept = *session;
	struct ft_err err = {0};
	char path[32];
	int memory = -1, rc, code;

	if (session->no_capture) {
		kept.pcap = NULL;
	} else if (!session->pcap) { /* as try does */
		memory = memfd_create("fourtuple-explain", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
		kept.pcap = memory < 0 ? NULL : path;
	}
	ft_case_init(&e.c);
	rc = ft_gather(&kept, job, &e.gathered, &err);
	if (rc == 0 && e.gathered.records[0])
		rc = ft_job_case(job, 0, &e.c);
	if (rc == 0 && e.gathered.records[0])
		rc = look_further(&e, &err);
	if (rc == 0 && e.gathered.records[0])
		rc = show(&e, e.gathered.outcome.uncaptured ? NULL : kept.pcap, &err);
	for (size_t i = 0; i < e.gathered.outcome.n_notes; i++)
		fprintf(stderr, "fourtuple: %s\n", e.gathered.outcome.notes[i]);
	if (rc < 0)
		fprintf(stderr, "fourtuple: %s\n", err.text);
	code = ft_session_exit(&e.gathered.outcome, rc);
	ft_flips_fini(&e.flips);
	ft_asked_fini(&e.asked);
	ft_gathered_fini(&e.gathered);
	ft_case_fini(&e.c);
	if (memory >= 0)
		close(memory);
	return code;
}

static int read_case(const char *text, struct ft_job *job, struct ft_err *err)
{
	int rc = ft_job_add(job, text, strlen(text), "case", 1, err);

	if (rc == 0 && job->cases > 1)
		rc = ft_err_set(err, -EINVAL,
				"this is a matrix of %llu cases, and one case is explained; see: "
				"fourtuple try",
				(unsigned long long)job->cases);
	return rc;
}

int ft_verb_explain(int argc, char **argv)
{
	const struct argp_child children[] = {{&ft_session_argp, 0, NULL, 0}, {0}};
	const struct argp argp = {.parser = parse,
				  .children = children,
				  .args_doc = "CASE",
				  .doc = doc};
	struct arguments arguments = {0};
	struct ft_err err = {0};
	struct ft_job job;
	int code;

	ft_session_init(&arguments.session);
	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	ft_job_init(&job, "explain");
	job.repeat = arguments.session.repeat;
	if (read_case(arguments.text, &job, &err) < 0) {
		fprintf(stderr, "fourtuple: %s\n", err.text);
		code = err.code == -ENOMEM ? FT_EXIT_BROKEN : FT_EXIT_USAGE;
	} else {
		code = explain(&arguments.session, &job);
	}
	ft_job_fini(&job);
	return code;
}

/* SPDX-License-Identifier: MIT */
/*
 * fourtuple run: what do all probes together find?
 *
 * The probe programs run as children, what they print is merged into one report, and their packets
 * lie in one savefile, which the driver creates and they inherit.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fourtuple/crew.h"
#include "fourtuple/plain.h"
#include "fourtuple/verbs.h"
#include "probe/probe.h"

struct arguments {
	struct ft_session session;
	size_t n;
	char **sources;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->session;
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
	"Runs probe programs and files of cases, two at a time, and merges what they find into one "
	"report. Without arguments: every program fourtuple-NAME beside this one and on PATH."
	"\vA FILE.cases has a case or a matrix a line; - is standard input. See: fourtuple list";

/* report.json -> report.pcap, where both would be ordinary files; else NULL. The caller's to free.
 */
static char *savefile_beside(const char *report)
{
	size_t len = strlen(report);
	struct stat st;
	char *path;

	if (strcmp(report, "-") == 0 || (stat(report, &st) == 0 && !S_ISREG(st.st_mode)))
		return NULL;
	if (len > 5 && strcmp(report + len - 5, ".json") == 0)
		len -= 5;
	return asprintf(&path, "%.*s.pcap", (int)len, report) < 0 ? NULL : path;
}

/* Where the lines for people go. */
static FILE *text_file(const struct ft_session *session)
{
	return strcmp(session->report, "-") == 0 ? stderr : stdout;
}

static void print_part(void *arg, const struct ft_part *part, uint64_t elapsed_ns)
{
	const struct ft_crew *crew = arg;
	const struct ft_counts *counts = &part->counts;
	FILE *file = text_file(crew->session);
	size_t width = 0;

	if (crew->session->quiet || crew->session->json)
		return;
	ft_session_progress_clear();
	for (size_t i = 0; i < crew->sources->n; i++)
		if (strlen(crew->sources->rows[i].name) > width)
			width = strlen(crew->sources->rows[i].name);
	fprintf(file, "%-*s %7" PRIu64 " %s", width > 40 ? 40 : (int)width, part->name,
		counts->cases, counts->cases == 1 ? "case" : "cases");
	for (unsigned i = 0; i < FT_VERDICT_COUNT; i++)
		if (counts->verdicts[i])
			fprintf(file, ", %" PRIu64 " %s", counts->verdicts[i], ft_verdict_names[i]);
	fprintf(file, "; 4-tuples %" PRIu64 " established, %" PRIu64 " refused; ",
		counts->established, counts->refused);
	ft_plain_count(part->packets, "packet", file);
	fprintf(file, "; %.2f s\n", (double)elapsed_ns / 1e9);
	fflush(file);
}

static void print_end(const struct ft_crew *crew)
{
	const struct ft_session *session = crew->session;
	FILE *file = text_file(session);

	if (session->quiet)
		return;
	if (session->json) {
		json_t *tail = file == stdout ? ft_session_tail(&crew->merge->outcome) : NULL;

		if (tail && json_dumpf(tail, stdout, JSON_COMPACT) == 0)
			putchar('\n');
		json_decref(tail);
		return;
	}
	ft_differences_print(&crew->merge->differences, file);
	ft_session_summary(session, &crew->merge->outcome, file);
}

static int open_report(const struct ft_session *session, struct ft_report **ret, struct ft_err *err)
{
	json_t *head = ft_session_head(session);
	int rc = head ? 0 : ft_err_set(err, -ENOMEM, "no memory for the report's head");

	if (rc == 0)
		rc = ft_report_create(session->report, head, ret, err);
	json_decref(head);
	return rc;
}

static int close_report(struct ft_report *report, const struct ft_outcome *outcome,
			struct ft_err *err)
{
	json_t *tail = ft_session_tail(outcome);
	int rc = ft_report_finish(report, tail, err);

	json_decref(tail);
	return rc;
}

static int measure(struct ft_crew *crew, struct ft_err *err)
{
	struct ft_report *report = NULL;
	struct ft_err later = {0};
	int rc = 0, closed;

	if (!crew->session->no_capture)
		rc = ft_savefile_create(crew->session->pcap, &crew->savefile, err);
	if (rc == 0)
		rc = open_report(crew->session, &report, err);
	if (rc == 0) {
		crew->merge->report = report;
		rc = ft_crew_run(crew, err);
	}
	if (report) {
		closed = close_report(report, &crew->merge->outcome, rc < 0 ? &later : err);
		rc = rc < 0 ? rc : closed;
	}
	closed = ft_savefile_close(crew->savefile, rc < 0 ? &later : err);
	return rc < 0 ? rc : closed;
}

static void say_why(const struct ft_session *session, const struct ft_outcome *outcome)
{
	if (session->match && outcome->counts.cases == 0 && !outcome->unmeasurable)
		fputs("fourtuple: no case matches; see: fourtuple list --cases\n", stderr);
	else
		fputs("fourtuple: not everything could be measured here; see: fourtuple doctor\n",
		      stderr);
}

static int run(const struct ft_session *session, const struct ft_sources *sources)
{
	struct ft_merge *merge = malloc(sizeof(*merge));
	struct ft_crew crew = {.session = session,
			       .sources = sources,
			       .merge = merge,
			       .ended = print_part};
	struct ft_err err = {0};
	int rc, code;

	if (!merge)
		return FT_EXIT_BROKEN;
	ft_merge_init(merge, NULL);
	crew.arg = &crew;
	rc = measure(&crew, &err);
	if (merge->report)
		print_end(&crew);
	if (rc < 0)
		fprintf(stderr, "fourtuple: %s%s\n", err.text,
			rc == -ENOSPC ? "; what was written before can be read" : "");
	code = ft_session_exit(&merge->outcome, rc);
	if (code == FT_EXIT_NOT_MEASURED)
		say_why(session, &merge->outcome);
	ft_merge_fini(merge);
	free(merge);
	return code;
}

int ft_verb_run(int argc, char **argv)
{
	const struct argp_child children[] = {{&ft_session_argp, 0, NULL, 0}, {0}};
	const struct argp argp = {.parser = parse,
				  .children = children,
				  .args_doc = "[PROBE|FILE.cases ...]",
				  .doc = doc};
	struct arguments arguments = {0};
	struct ft_sources sources;
	struct ft_err err = {0};
	char *beside = NULL;
	int code;

	ft_session_init(&arguments.session);
	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	if (!arguments.session.report)
		arguments.session.report = "report.json";
	if (!arguments.session.pcap && !arguments.session.no_capture)
		arguments.session.pcap = beside = savefile_beside(arguments.session.report);
	if (ft_sources_find(arguments.n, arguments.sources, &sources, &err) < 0) {
		fprintf(stderr, "fourtuple: %s\n", err.text);
		code = err.code == -ENOMEM ? FT_EXIT_BROKEN : FT_EXIT_USAGE;
	} else if (sources.n == 0) {
		fputs("fourtuple: no probe program fourtuple-NAME beside this one or on PATH\n",
		      stderr);
		code = FT_EXIT_NOT_MEASURED;
		ft_sources_fini(&sources);
	} else {
		code = run(&arguments.session, &sources);
		ft_sources_fini(&sources);
	}
	free(beside);
	return code;
}

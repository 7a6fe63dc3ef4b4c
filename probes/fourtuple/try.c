/* SPDX-License-Identifier: MIT */
/*
 * fourtuple try: what does the kernel do with this case?
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fourtuple/merge.h"
#include "fourtuple/plain.h"
#include "fourtuple/show.h"
#include "fourtuple/verbs.h"
#include "probe/probe.h"

enum { FILES_MAX = 64, SHOWN_MAX = 16384, WIDTH = 100 };

struct arguments {
	struct ft_session session;
	size_t n_files;
	const char *files[FILES_MAX];
	size_t n;
	char **cases;
};

static const struct argp_option options[] = {
	{"file", 'f', "FILE", 0, "try the cases of FILE too (- is standard input)", 1},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->session;
		return 0;
	case 'f':
		if (arguments->n_files == FILES_MAX)
			argp_error(state, "more than %d files", FILES_MAX);
		arguments->files[arguments->n_files++] = arg;
		return 0;
	case ARGP_KEY_END:
		if (arguments->session.report)
			argp_error(state, "-o: the report of try is printed by --json; see: "
					  "fourtuple run FILE.cases -o FILE");
		return 0;
	case ARGP_KEY_ARGS:
		arguments->cases = state->argv + state->next;
		arguments->n = (size_t)(state->argc - state->next);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char doc[] =
	"Runs cases in a network namespace of their own. One case: its calls with their results, "
	"its 4-tuples, its packets. A matrix: a table with the first groups as rows."
	"\vA CASE is a line of calls, such as\n"
	"  'a tcp4 reuseaddr bind lo:p listen; b tcp4 reuseaddr bind lo:p => b.bind=EADDRINUSE'\n"
	"See: fourtuple list --cases";

static int read_cases(const struct arguments *arguments, struct ft_job *job, struct ft_err *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < arguments->n; i++)
		rc = ft_job_add(job, arguments->cases[i], strlen(arguments->cases[i]), "case",
				(unsigned)i + 1, err);
	for (size_t i = 0; rc == 0 && i < arguments->n_files; i++)
		rc = ft_job_add_file(job, arguments->files[i], err);
	if (rc == 0 && job->cases == 0)
		rc = ft_err_set(err, -EINVAL,
				"no case; for example: fourtuple try 'a tcp4 bind lo:p; b tcp4 "
				"bind lo:p'");
	return rc;
}

static size_t terminal_width(void)
{
	struct winsize size;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return WIDTH;
}

static void show_differences(const struct ft_gathered *gathered)
{
	struct ft_differences *differences = calloc(1, sizeof(*differences));

	for (uint64_t i = 0; differences && i < gathered->job->cases; i++) {
		const char *verdict = ft_gathered_text(gathered->records[i], "verdict");

		if (ft_differences_wants(verdict))
			ft_differences_add(differences, gathered->records[i]);
	}
	if (!differences || !differences->n)
		putchar('\n');
	if (differences) {
		ft_differences_print(differences, stdout);
		ft_differences_fini(differences);
	}
	free(differences);
}

static int show(const struct ft_session *session, const struct ft_gathered *gathered,
		struct ft_err *err)
{
	struct ft_case c;
	int rc;

	if (gathered->job->cases > 1) {
		if (ft_show_tables(gathered, terminal_width(), stdout) < 0)
			return ft_err_set(err, -ENOMEM, "no memory for the table");
		show_differences(gathered);
		ft_session_summary(session, &gathered->outcome, stdout);
		return 0;
	}
	if (!gathered->records[0])
		return 0;
	ft_case_init(&c);
	rc = ft_job_case(gathered->job, 0, &c);
	if (rc == 0)
		rc = ft_show_story(&c, gathered->records[0], false,
				   gathered->outcome.uncaptured ? NULL : session->pcap, stdout,
				   err);
	ft_case_fini(&c);
	return rc;
}

/* A savefile that nobody asked to keep lies in memory, and leaves nothing behind. */
static int try_shown(struct ft_session *session, const struct ft_job *job)
{
	struct ft_session kept = *session;
	struct ft_gathered gathered;
	struct ft_err err = {0};
	char path[32];
	int memory = -1, rc, shown;

	if (!session->pcap && !session->no_capture && job->cases == 1) {
		memory = memfd_create("fourtuple-try", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
		kept.pcap = memory < 0 ? NULL : path;
	}
	if (session->no_capture)
		kept.pcap = NULL;
	rc = ft_gather(&kept, job, &gathered, &err);
	if (gathered.records && !session->quiet) {
		struct ft_err later = {0};

		if (job->cases > 1)
			kept.pcap = session->pcap;
		shown = show(&kept, &gathered, rc < 0 ? &later : &err);
		rc = rc < 0 ? rc : shown;
	}
	for (size_t i = 0; job->cases == 1 && i < gathered.outcome.n_notes; i++)
		fprintf(stderr, "fourtuple: %s\n", gathered.outcome.notes[i]);
	if (rc < 0)
		fprintf(stderr, "fourtuple: %s\n", err.text);
	ft_gathered_fini(&gathered);
	if (memory >= 0)
		close(memory);
	return ft_session_exit(&gathered.outcome, rc);
}

static int try_json(struct ft_session *session, const struct ft_job *job)
{
	struct ft_outcome outcome;
	struct ft_err err = {0};
	int rc;

	session->report = "-";
	session->quiet = true;
	rc = ft_session_run(session, job, &outcome, &err);
	if (rc < 0)
		fprintf(stderr, "fourtuple: %s\n", err.text);
	return ft_session_exit(&outcome, rc);
}

int ft_verb_try(int argc, char **argv)
{
	const struct argp_child children[] = {{&ft_session_argp, 0, NULL, 0}, {0}};
	const struct argp argp = {.options = options,
				  .parser = parse,
				  .children = children,
				  .args_doc = "CASE ...",
				  .doc = doc};
	struct arguments arguments = {0};
	struct ft_err err = {0};
	struct ft_job job;
	int code;

	ft_session_init(&arguments.session);
	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	ft_job_init(&job, "try");
	if (read_cases(&arguments, &job, &err) == 0 && job.cases > SHOWN_MAX &&
	    !arguments.session.json)
		ft_err_set(&err, -E2BIG,
			   "%llu cases are too many for a table; put them into a file: fourtuple "
			   "run FILE.cases",
			   (unsigned long long)job.cases);
	job.repeat = arguments.session.repeat;
	job.match = arguments.session.match;
	if (err.code) {
		fprintf(stderr, "fourtuple: %s\n", err.text);
		code = err.code == -ENOMEM ? FT_EXIT_BROKEN : FT_EXIT_USAGE;
	} else {
		code = arguments.session.json ? try_json(&arguments.session, &job)
					      : try_shown(&arguments.session, &job);
	}
	ft_job_fini(&job);
	return code;
}

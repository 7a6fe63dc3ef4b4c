/* SPDX-License-Identifier: MIT */
/*
 * What is a probe program, complete alone? Options, a job, a run, a table and a report.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/choose.h"
#include "probe/describe.h"
#include "probe/probe.h"
#include "probe/session.h"

enum { OPT_LIST = 512, OPT_DESCRIBE };

struct arguments {
	struct ft_session session;
	bool list, describe;
};

static const struct argp_option options[] = {
	{"list", OPT_LIST, NULL, 0, "print the cases and run none", 1},
	{"describe", OPT_DESCRIBE, NULL, OPTION_HIDDEN, NULL, 2},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &arguments->session;
		return 0;
	case OPT_LIST:
		arguments->list = true;
		return 0;
	case OPT_DESCRIBE:
		arguments->describe = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is one argument too many", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int add_matrices(const char *const *matrices, struct ft_job *job, const char *origin,
			struct ft_err *err)
{
	int rc = 0;

	for (unsigned i = 0; rc == 0 && matrices && matrices[i]; i++)
		rc = ft_job_add(job, matrices[i], strlen(matrices[i]), origin, i + 1, err);
	return rc;
}

int ft_probe_cases(const struct ft_probe *probe, struct ft_job *job, struct ft_err *err)
{
	char origin[64];
	int rc;

	snprintf(origin, sizeof(origin), "probe %s", probe->name);
	rc = add_matrices(probe->matrices, job, origin, err);
	if (rc == 0 && job->extent == FT_EXTENT_FULL)
		rc = add_matrices(probe->full, job, origin, err);
	job->examine = probe->examine;
	if (rc == 0 && probe->generate)
		rc = probe->generate(job, err);
	return rc;
}

/* Where it goes what is not the report. */
static FILE *text_file(const struct ft_session *session)
{
	return session->report && strcmp(session->report, "-") == 0 ? stderr : stdout;
}

static int run(const struct ft_probe *probe, struct ft_session *session, const struct ft_job *job)
{
	const struct ft_probe_table *row = probe->table;
	void *table = row && !session->records ? row->open() : NULL;
	struct ft_outcome outcome;
	struct ft_err err = {0};
	int rc;

	if (table) {
		session->record = row->record;
		session->record_arg = table;
	}
	rc = ft_session_run(session, job, &outcome, &err);
	if (table) {
		row->print(table, session->json, text_file(session));
		row->close(table);
	}
	if (!session->records && !session->quiet) {
		FILE *file = table && session->json ? stderr : text_file(session);

		fprintf(file, "%s: %s\n", probe->name, probe->question);
		ft_session_summary(session, &outcome, file);
	}
	if (rc < 0)
		fprintf(stderr, "fourtuple-%s: %s\n", probe->name, err.text);
	return ft_session_exit(&outcome, rc);
}

static int describe(const struct ft_probe *probe, const struct ft_session *session, uint64_t cases)
{
	struct ft_err err = {0};
	struct ft_job full;
	int code = FT_EXIT_BROKEN;

	ft_job_init(&full, probe->name);
	full.extent = FT_EXTENT_FULL;
	if (ft_probe_cases(probe, &full, &err) == 0)
		code = ft_describe_probe(probe->name, probe->question, cases, &full,
					 &session->kernels.asked, stdout);
	else
		fprintf(stderr, "fourtuple-%s: %s\n", probe->name, err.text);
	ft_job_fini(&full);
	return code;
}

int ft_probe_main(int argc, char **argv, const struct ft_probe *probe)
{
	const struct argp_child children[] = {{&ft_session_argp, 0, NULL, 0}, {0}};
	const struct argp argp = {.options = options,
				  .parser = parse,
				  .children = children,
				  .doc = probe->question};
	struct arguments arguments = {0};
	struct ft_err err = {0};
	struct ft_job job;
	int code;

	ft_session_init(&arguments.session);
	ft_session_set_up();
	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	ft_job_init(&job, probe->name);
	job.repeat = arguments.session.repeat;
	job.match = arguments.session.match;
	job.extent = arguments.session.extent;
	if (ft_probe_cases(probe, &job, &err) < 0) {
		fprintf(stderr, "fourtuple-%s: %s\n", probe->name, err.text);
		code = FT_EXIT_BROKEN; /* its own cases: a fault of ours */
	} else if (arguments.describe) {
		code = describe(probe, &arguments.session, job.cases);
	} else if (ft_choose_cases(&arguments.session, &job, &err) < 0) {
		fprintf(stderr, "fourtuple-%s: %s\n", probe->name, err.text);
		code = FT_EXIT_BROKEN;
	} else if (arguments.list) {
		code = ft_describe_cases(&job, stdout);
	} else {
		code = run(probe, &arguments.session, &job);
	}
	ft_job_fini(&job);
	return code;
}

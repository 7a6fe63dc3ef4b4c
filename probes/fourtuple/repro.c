/* SPDX-License-Identifier: MIT */
/*
 * fourtuple repro: which program shows this case without us?
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "case/nearest.h"
#include "fourtuple/gather.h"
#include "fourtuple/plain.h"
#include "fourtuple/repro.h"
#include "fourtuple/verbs.h"
#include "probe/probe.h"

/* A draw among two shows both but once in ten thousand times. */
enum { REPEAT = 2, REPEAT_DRAWN = 16 };

const struct ft_repro_target ft_repro_targets[] = {
	{"c", "C", false, ft_repro_c},
	{"python", "Python", false, ft_repro_python},
	{"go", "Go", false, ft_repro_go},
	{"packetdrill", "packetdrill", true, ft_repro_packetdrill},
	{"kselftest", "C with kselftest_harness.h", true, ft_repro_kselftest},
};
const size_t ft_n_repro_targets = sizeof(ft_repro_targets) / sizeof(ft_repro_targets[0]);

struct arguments {
	const struct ft_repro_target *target;
	const char *text;
	const char *output;
	bool seen;
};

static const struct argp_option options[] = {
	{"as", 'a', "TARGET", 0, "c, python, go, packetdrill or kselftest", 0},
	{"output", 'o', "FILE", 0, "write the program to FILE", 0},
	{"seen", 's', NULL, 0,
	 "run the case now, and say in the program's head what was seen (packetdrill and kselftest "
	 "always do: they expect it)",
	 0},
	{0},
};

static void unknown_target(const struct argp_state *state, const char *name)
{
	struct ft_nearest nearest;

	ft_nearest_init(&nearest, name, strlen(name));
	for (size_t i = 0; i < ft_n_repro_targets; i++)
		ft_nearest_try(&nearest, ft_repro_targets[i].name);
	argp_error(state,
		   "--as: no target '%.40s'%s (c, python, go, packetdrill, kselftest are there)",
		   name, ft_nearest_hint(&nearest).text);
}

static const struct ft_repro_target *find_target(const struct argp_state *state, const char *name)
{
	for (size_t i = 0; i < ft_n_repro_targets; i++)
		if (strcmp(ft_repro_targets[i].name, name) == 0)
			return &ft_repro_targets[i];
	unknown_target(state, name);
	return NULL;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *arguments = state->input;

	switch (key) {
	case 'a':
		arguments->target = find_target(state, arg);
		return 0;
	case 'o':
		arguments->output = arg;
		return 0;
	case 's':
		arguments->seen = true;
		return 0;
	case ARGP_KEY_ARG:
		if (arguments->text)
			argp_error(state, "one case, please: its text is one argument, in quotes");
		arguments->text = arg;
		return 0;
	case ARGP_KEY_END:
		if (!arguments->text)
			argp_error(state, "no case; for example: fourtuple repro 'a tcp4 bind "
					  "lo:p; b tcp4 bind lo:p' --as c");
		if (!arguments->target)
			argp_error(state, "--as is missing: c, python, go, packetdrill or "
					  "kselftest");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const char doc[] =
	"Prints a program that shows what the kernel does with a case, to be compiled and run "
	"without fourtuple. It prints the outcome line that fourtuple try shows, and exits with 77 "
	"where the machine cannot show it. What a target cannot express is refused with the word. "
	"CASE may be - for a case on standard input."
	"\vExamples:\n"
	"  fourtuple repro 'a tcp4 bind lo:p; b tcp4 bind lo:p' --as c >repro.c\n"
	"  fourtuple repro 'l tcp4 bind any:p listen; c tcp4 connect lo:p' --as python | python3 -";

/* Who of several gets something may be drawn at random: then a record has all outcomes. */
static int take_outcomes(const json_t *record, bool one, struct ft_text *all, struct ft_err *err)
{
	json_t *seen = json_object_get(record, "seen"), *count;
	const char *outcome;

	if (json_object_size(seen) < 2) {
		ft_text_str(all, ft_gathered_text(record, "outcome"));
		return 0;
	}
	json_object_foreach(seen, outcome, count)
	{
		ft_text_printf(all, "%s%s (%" JSON_INTEGER_FORMAT " times)",
			       all->len ? "; or " : "", outcome, json_integer_value(count));
	}
	return one ? ft_err_set(err, -EOPNOTSUPP,
				"a test expects one outcome, and this case has several: %.400s",
				ft_text_get(all))
		   : 0;
}

/* Who of a reuseport group gets something is drawn by a hash. */
static bool is_drawn(const struct ft_case *c)
{
	unsigned n = 0;

	for (size_t s = 0; s < c->n_steps; s++)
		for (size_t w = 0; w < c->steps[s]->n_words; w++) {
			const struct ft_word *word = &c->steps[s]->words[w];

			for (unsigned i = 0; word->op == FT_OP_SET && i < word->n_options; i++)
				n += strcmp(ft_options[word->options[i]].word, "reuseport") == 0;
		}
	return n > 1;
}

/* Runs the case as `fourtuple try` does, more than once. */
static int measure(struct ft_job *job, const struct ft_case *c, bool one, struct ft_text *all,
		   struct ft_err *err)
{
	struct ft_gathered gathered;
	struct ft_session session;
	const char *verdict;
	int rc;

	ft_session_init(&session);
	session.quiet = true;
	session.no_capture = true;
	session.workers = 1;
	job->repeat = is_drawn(c) ? REPEAT_DRAWN : REPEAT;
	rc = ft_gather(&session, job, &gathered, err);
	verdict = rc == 0 && gathered.records[0] ? ft_gathered_text(gathered.records[0], "verdict")
						 : "";
	if (rc == 0 && (gathered.outcome.unmeasurable || !verdict[0]))
		rc = ft_err_set(err, -EPERM, "the case could not be run here: %.400s",
				gathered.outcome.n_notes ? gathered.outcome.notes[0] : "");
	if (strcmp(verdict, "skipped") == 0 || strcmp(verdict, "broken") == 0)
		rc = ft_err_set(err, -EPERM, "the case was %s here: %.400s", verdict,
				ft_gathered_text(gathered.records[0], "reason"));
	if (rc == 0)
		rc = take_outcomes(gathered.records[0], one, all, err);
	ft_gathered_fini(&gathered);
	return rc;
}

static int write_program(const struct ft_text *program, const char *output, struct ft_err *err)
{
	FILE *file = output ? fopen(output, "we") : stdout;
	bool failed;

	if (!file)
		return ft_err_errno(err, -errno, "write %s", output);
	failed = fwrite(program->bytes, 1, program->len, file) != program->len;
	if (output && (fclose(file) != 0 || failed))
		return ft_err_set(err, -EIO, "write %s: failed", output);
	return 0;
}

/* What the engine answers to a name that leaves /proc/sys/net is nothing that a kernel would. */
static int check_sysctls(const struct ft_repro *repro, const char *target, struct ft_err *err)
{
	const struct ft_case *c = repro->c;
	struct ft_text path;
	int rc = 0;

	ft_text_init(&path, FT_CASE_TEXT_MAX);
	for (size_t s = 0; rc == 0 && s < c->n_steps; s++) {
		const struct ft_word *word = c->steps[s]->words;

		if (word->op == FT_OP_SYSCTL && !ft_repro_sysctl_path(word->text, &path))
			rc = ft_repro_refuse(repro, target, s, 0, "no name below /proc/sys/net",
					     err);
	}
	ft_text_fini(&path);
	return rc;
}

static int print(const struct arguments *arguments, struct ft_job *job, const struct ft_case *c,
		 struct ft_err *err)
{
	struct ft_repro repro;
	struct ft_text program, outcome;
	struct utsname system;
	int rc = ft_repro_plan(c, NULL, &repro);

	if (rc < 0)
		return ft_err_set(err, rc, "no memory for the plan of a program");
	ft_text_init(&program, FT_REPRO_TEXT_MAX);
	rc = check_sysctls(&repro, arguments->target->name, err);
	ft_text_init(&outcome, FT_REPRO_TEXT_MAX);
	if (rc == 0 && (arguments->seen || arguments->target->measured)) {
		rc = measure(job, c, arguments->target->measured, &outcome, err);
		uname(&system);
		repro.release = system.release;
		repro.outcome = ft_text_get(&outcome);
	}
	if (rc == 0)
		rc = arguments->target->print(&repro, &program, err);
	if (rc == 0 && program.failed)
		rc = ft_err_set(err, -ENOMEM, "no memory for the program");
	if (rc == 0)
		rc = write_program(&program, arguments->output, err);
	ft_text_fini(&program);
	ft_text_fini(&outcome);
	ft_repro_fini(&repro);
	return rc;
}

static int exit_code(int rc)
{
	switch (rc) {
	case 0:
		return FT_EXIT_OK;
	case -EINVAL:
	case -E2BIG:
	case -EOPNOTSUPP:
		return FT_EXIT_USAGE;
	case -EPERM:
		return FT_EXIT_NOT_MEASURED;
	default:
		return FT_EXIT_BROKEN;
	}
}

int ft_verb_repro(int argc, char **argv)
{
	const struct argp argp = {.options = options,
				  .parser = parse,
				  .args_doc = "CASE",
				  .doc = doc};
	struct arguments arguments = {0};
	struct ft_err err = {0};
	struct ft_job job;
	struct ft_case c;
	int rc;

	argp_parse(&argp, argc, argv, 0, NULL, &arguments);
	ft_job_init(&job, "repro");
	ft_case_init(&c);
	if (strcmp(arguments.text, "-") == 0)
		rc = ft_job_add_file(&job, "-", &err);
	else
		rc = ft_job_add(&job, arguments.text, strlen(arguments.text), "case", 1, &err);
	if (rc == 0 && job.cases == 0)
		rc = ft_err_set(&err, -EINVAL, "no case on standard input");
	if (rc == 0 && job.cases > 1)
		rc = ft_err_set(&err, -EINVAL,
				"a matrix of %llu cases: a program shows one; fourtuple try shows "
				"which there are",
				(unsigned long long)job.cases);
	if (rc == 0)
		rc = ft_job_case(&job, 0, &c);
	if (rc == 0)
		rc = print(&arguments, &job, &c, &err);
	if (rc < 0)
		fprintf(stderr, "fourtuple: %s\n", err.text);
	ft_case_fini(&c);
	ft_job_fini(&job);
	return exit_code(rc);
}

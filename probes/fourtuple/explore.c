/* SPDX-License-Identifier: MIT */
/*
 * fourtuple explore: does the kernel do what the model says, in programs that nobody wrote?
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/tick.h"
#include "case/nearest.h"
#include "fourtuple/finds.h"
#include "fourtuple/plain.h"
#include "fourtuple/squad.h"
#include "fourtuple/verbs.h"
#include "probe/probe.h"
#include "probe/session.h"

enum {
	OPT_RANDOM = 256,
	OPT_SEED,
	OPT_ALL,
	OPT_SOCKETS,
	OPT_CALLS,
	OPT_FROM,
	OPT_OFF,
	OPT_PROFILE,
	OPT_SHRINK,
	OPT_LIST,
	OPT_JSON,
	OPT_QUIET,
};

enum { RANDOM_DEFAULT = 100000, HUNTS_DEFAULT = 100 };

struct arguments {
	struct ft_search_plan plan;
	struct ft_enumeration *enumeration;
	uint64_t random, seed;
	unsigned sockets, calls, workers;
	bool all, list, json, quiet;
	const char *profile;
	const char *cases; /* path for the least programs */
};

static const struct argp_option options[] = {
	{"random", OPT_RANDOM, "N", 0, "random programs number 0 to N-1 (default: 100000)", 1},
	{"seed", OPT_SEED, "S", 0, "of the random programs (default 1); same seed, same programs",
	 1},
	{"all", OPT_ALL, NULL, 0, "instead every program of the size given by the next two", 1},
	{"sockets", OPT_SOCKETS, "K", 0, "of at most K sockets, 1 to 4 (default 2)", 1},
	{"calls", OPT_CALLS, "M", 0, "of M calls, 1 to 12 (default 3)", 1},
	{"from", OPT_FROM, "I", 0, "begin with program number I: goes on where a run was stopped",
	 1},
	{"output", 'o', "FILE.cases", 0, "write the least programs that differ to FILE.cases", 2},
	{"workers", 'w', "N", 0, "N processes (default: one per CPU)", 2},
	{"shrink", OPT_SHRINK, "N", 0, "each process makes at most N differences small (100)", 2},
	{"list", OPT_LIST, NULL, 0, "print the programs, run nothing", 2},
	{"json", OPT_JSON, NULL, 0, "print JSON on stdout", 2},
	{"quiet", OPT_QUIET, NULL, 0, "no progress, no summary", 2},
	{"profile", OPT_PROFILE, "NAME", 0,
	 "what the model takes the kernel for, as linux-6.7 (default: the running release)", 3},
	{"off", OPT_OFF, "RULE", 0,
	 "leave a rule out of the model: shows that the search would find its loss; may be given "
	 "again",
	 3},
	{0},
};

static const char doc[] =
	"Runs programs that nobody wrote and compares every call with what the model predicts. A "
	"difference is run again, made as small as it can be, and printed; equal ones are counted "
	"together."
	"\v"
	"Random programs have 2 to 12 calls and are weighted to what is rare. With --all every "
	"program of that size is run, up to the names of sockets and ports: sockets tcp4 and tcp6 "
	"without a flag, with reuseaddr, reuseport or both; calls bind (lo, any, on tcp6 lo4), "
	"listen, accept, connect (lo, on tcp6 lo4) and close, with up to two ports. A shorter "
	"program is the beginning of a longer one, and is compared with it.\n\n"
	"SIGINT ends the search with what was found, and says how to go on; a second one ends it "
	"at once. Program I is the same on every machine, so parts of one search may be run "
	"anywhere: --from I and --random N run programs I to N-1.\n\n"
	"Exit code 1: something differs.";

/* ---- the command line ---- */

static uint64_t number(struct argp_state *state, const char *text, const char *what, uint64_t min,
		       uint64_t max)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(text, &end, 10);
	if (errno || end == text || *end || text[0] == '-' || n < min || n > max)
		argp_error(state, "%s: '%s' is not a number from %" PRIu64 " to %" PRIu64, what,
			   text, min, max);
	return n;
}

static void leave_out(struct argp_state *state, struct ft_setting *setting, const char *id)
{
	struct ft_nearest nearest;

	ft_nearest_init(&nearest, id, strlen(id));
	for (unsigned i = FT_RULE_NONE + 1; i < FT_RULE_COUNT; i++) {
		if (strcmp(ft_rules[i].id, id) == 0) {
			setting->off[i / 64] |= UINT64_C(1) << i % 64;
			return;
		}
		ft_nearest_try(&nearest, ft_rules[i].id);
	}
	argp_error(state, "--off: no rule '%s'%s", id, ft_nearest_hint(&nearest).text);
}

static error_t parse_how(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case 'o':
		a->cases = arg;
		return 0;
	case 'w':
		a->workers = (unsigned)number(state, arg, "--workers", 1, FT_SEARCH_WORKERS_MAX);
		return 0;
	case OPT_SHRINK:
		a->plan.hunts_max = (unsigned)number(state, arg, "--shrink", 0, 1000000);
		return 0;
	case OPT_LIST:
		a->list = true;
		return 0;
	case OPT_JSON:
		a->json = true;
		return 0;
	case OPT_QUIET:
		a->quiet = true;
		return 0;
	case OPT_PROFILE:
		a->profile = arg;
		return 0;
	case OPT_OFF:
		leave_out(state, &a->plan.setting, arg);
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is one argument too many", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct arguments *a = state->input;

	switch (key) {
	case OPT_RANDOM:
		a->random = number(state, arg, "--random", 1, INT64_MAX);
		return 0;
	case OPT_SEED:
		a->seed = number(state, arg, "--seed", 0, UINT64_MAX);
		return 0;
	case OPT_ALL:
		a->all = true;
		return 0;
	case OPT_SOCKETS:
		a->sockets = (unsigned)number(state, arg, "--sockets", 1, FT_ENUMERATE_SOCKETS_MAX);
		return 0;
	case OPT_CALLS:
		a->calls = (unsigned)number(state, arg, "--calls", 1, FT_ENUMERATE_CALLS_MAX);
		return 0;
	case OPT_FROM:
		a->plan.from = number(state, arg, "--from", 0, INT64_MAX);
		return 0;
	case ARGP_KEY_END:
		if (a->all && a->random)
			argp_error(state, "--all and --random: one of them");
		if (!a->all && (a->sockets || a->calls))
			argp_error(state, "--sockets and --calls belong to --all");
		return 0;
	default:
		return parse_how(key, arg, state);
	}
}

/* ---- the plan ---- */

/* What the command line says, or the running release. */
static int plan_profile(const struct arguments *a, struct ft_profile *ret, struct ft_err *err)
{
	unsigned major = 0, minor = 0;
	struct utsname name;

	if (a->profile)
		return ft_profile_parse(a->profile, ret, err);
	if (uname(&name) == 0 && !ft_release_parse(name.release, &major, &minor))
		major = minor = 0;
	*ret = ft_profile_release(major, minor);
	return 0;
}

static int make_plan(struct arguments *a, struct ft_err *err)
{
	struct ft_search_plan *plan = &a->plan;
	int rc = plan_profile(a, &plan->setting.profile, err);

	if (rc < 0)
		return rc;
	plan->setting.cpus = (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
	plan->setting.hz = ft_tick_hz();
	plan->setting.privileged = true;
	ft_generator_init(&plan->generator, a->seed);
	plan->to = a->random ? a->random : RANDOM_DEFAULT;
	if (a->all) {
		a->enumeration = calloc(1, sizeof(*a->enumeration));
		if (!a->enumeration)
			return ft_err_set(err, -ENOMEM, "no memory for the enumeration");
		rc = ft_enumeration_init(a->enumeration, a->sockets ? a->sockets : 2,
					 a->calls ? a->calls : 3, err);
		if (rc < 0)
			return rc;
		plan->enumeration = a->enumeration;
		plan->to = a->enumeration->total;
	}
	if (plan->from > plan->to)
		return ft_err_set(err, -EINVAL,
				  "--from %" PRIu64 ": there are only %" PRIu64 " programs",
				  plan->from, plan->to);
	return 0;
}

static int list(const struct ft_search_plan *plan)
{
	struct ft_program program;
	struct ft_text text;
	int code = FT_EXIT_OK;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	for (uint64_t i = plan->from; i < plan->to && code == FT_EXIT_OK; i++) {
		ft_text_clear(&text);
		ft_search_program(plan, i, &program);
		ft_program_print(&program, &text);
		if (text.failed)
			code = FT_EXIT_BROKEN;
		else if (puts(ft_text_get(&text)) < 0)
			break; /* main() says why */
	}
	ft_text_fini(&text);
	return code;
}

/* ---- what is said ---- */

static void take_line(void *arg, const char *line, size_t len)
{
	ft_finds_add(arg, line, len);
}

static void progress(void *arg, const uint64_t counts[FT_SEARCH_COUNTS], double rate)
{
	(void)arg;
	fprintf(stderr, "\r\033[K%" PRIu64 " programs, %.0f a second, %" PRIu64 " differ",
		counts[FT_SEARCH_PROGRAMS], rate, counts[FT_SEARCH_DIFFER]);
}

static const char *const count_names[FT_SEARCH_COUNTS] = {
	[FT_SEARCH_PROGRAMS] = "programs",   [FT_SEARCH_CALLS] = "calls",
	[FT_SEARCH_EQUAL] = "equal",         [FT_SEARCH_DIFFER] = "differ",
	[FT_SEARCH_UNSTABLE] = "unstable",   [FT_SEARCH_BEYOND] = "beyond",
	[FT_SEARCH_SKIPPED] = "skipped",     [FT_SEARCH_BROKEN] = "broken",
	[FT_SEARCH_UNHUNTED] = "not_shrunk",
};

static void print_reasons(const struct ft_squad_result *result)
{
	for (size_t i = 0; i < result->n_reasons; i++)
		printf("  %-9s %" PRIu64 ": %s\n", count_names[result->reasons[i].of],
		       result->reasons[i].n, result->reasons[i].text);
}

static void print_plan(const struct arguments *a)
{
	if (a->all)
		printf("every program of %u calls on at most %u sockets, up to renaming: %" PRIu64,
		       a->enumeration->calls, a->enumeration->sockets, a->enumeration->total);
	else
		printf("random programs of %d to %d calls, seed %" PRIu64, FT_GENERATE_CALLS_MIN,
		       FT_GENERATE_CALLS_MAX, a->seed);
	putchar('\n');
}

static void print_summary(const struct arguments *a, const struct ft_squad_result *result,
			  const struct ft_finds *finds)
{
	const uint64_t *counts = result->counts;

	print_plan(a);
	printf("  programs  %" PRIu64 ": %" PRIu64 " equal, %" PRIu64 " differ",
	       counts[FT_SEARCH_PROGRAMS], counts[FT_SEARCH_EQUAL],
	       counts[FT_SEARCH_DIFFER] - counts[FT_SEARCH_UNSTABLE]);
	for (unsigned i = FT_SEARCH_UNSTABLE; i <= FT_SEARCH_BROKEN; i++)
		if (counts[i])
			printf(", %" PRIu64 " %s", counts[i],
			       i == FT_SEARCH_BEYOND ? "beyond the model" : count_names[i]);
	printf("\n  calls     %" PRIu64 " compared\n", counts[FT_SEARCH_CALLS]);
	printf("  time      %.2f s, %.0f programs a second\n", result->seconds,
	       (double)counts[FT_SEARCH_PROGRAMS] / result->seconds);
	print_reasons(result);
	if (counts[FT_SEARCH_UNHUNTED])
		printf("  note      %" PRIu64 " that differ were not made small\n",
		       counts[FT_SEARCH_UNHUNTED]);
	if (finds->n)
		printf("  least     %zu different programs%s%s\n", ft_finds_count(finds, false),
		       a->cases ? ", in " : "", a->cases ? a->cases : "");
	if (result->note[0])
		printf("  note      %s\n", result->note);
	if (result->lost)
		printf("  note      %" PRIu64 " programs were lost with it\n", result->lost);
	if (result->signal)
		printf("  stopped   before program %" PRIu64 "; go on with: --from %" PRIu64 "\n",
		       result->next, result->next);
}

static json_t *reasons_json(const struct ft_squad_result *result)
{
	json_t *array = json_array();

	for (size_t i = 0; i < result->n_reasons; i++)
		json_array_append_new(array, json_pack("{s:s,s:s,s:I}", "of",
						       count_names[result->reasons[i].of], "reason",
						       result->reasons[i].text, "count",
						       (json_int_t)result->reasons[i].n));
	return array;
}

static int print_json(const struct arguments *a, const struct ft_squad_result *result,
		      const struct ft_finds *finds)
{
	json_t *counts = json_object(), *whole;

	for (unsigned i = 0; i < FT_SEARCH_COUNTS; i++)
		if (count_names[i])
			json_object_set_new(counts, count_names[i],
					    json_integer((json_int_t)result->counts[i]));
	whole = json_pack("{s:i,s:s,s:I,s:I,s:I,s:I,s:f,s:b,s:o,s:o,s:o}", "explore", 1, "mode",
			  a->all ? "all" : "random", "from", (json_int_t)a->plan.from, "to",
			  (json_int_t)a->plan.to, "next", (json_int_t)result->next, "lost",
			  (json_int_t)result->lost, "elapsed_s", result->seconds, "interrupted",
			  result->signal != 0, "counts", counts, "reasons", reasons_json(result),
			  "differences", ft_finds_json(finds));
	if (whole && a->all)
		json_object_update_new(whole,
				       json_pack("{s:i,s:i}", "sockets", a->enumeration->sockets,
						 "calls", a->enumeration->calls));
	else if (whole)
		json_object_set_new(whole, "seed", json_integer((json_int_t)a->seed));
	if (whole && result->note[0])
		json_object_set_new(whole, "note", json_string(result->note));
	if (!whole || json_dumpf(whole, stdout, JSON_INDENT(1)) < 0) {
		json_decref(whole);
		return -ENOMEM;
	}
	putchar('\n');
	json_decref(whole);
	return 0;
}

static int exit_code(const struct ft_squad_result *result, const struct ft_finds *finds)
{
	const uint64_t *counts = result->counts;

	if (result->signal)
		return 128 + result->signal;
	if (result->failed || result->deaths || finds->failed || counts[FT_SEARCH_BROKEN])
		return FT_EXIT_BROKEN;
	if (counts[FT_SEARCH_DIFFER] > counts[FT_SEARCH_UNSTABLE])
		return FT_EXIT_DIFFERS;
	if (result->refused ||
	    (counts[FT_SEARCH_PROGRAMS] && counts[FT_SEARCH_SKIPPED] == counts[FT_SEARCH_PROGRAMS]))
		return FT_EXIT_NOT_MEASURED;
	return FT_EXIT_OK;
}

static int search(const struct arguments *a)
{
	struct ft_finds finds = {0};
	const struct ft_squad_options squad = {
		.plan = &a->plan,
		.workers = a->workers,
		.line = take_line,
		.progress = a->quiet || !isatty(STDERR_FILENO) ? NULL : progress,
		.arg = &finds,
	};
	struct ft_squad_result result;
	struct ft_err err = {0};
	int code = FT_EXIT_BROKEN, rc = ft_squad_run(&squad, &result, &err);

	if (squad.progress)
		fputs("\r\033[K", stderr);
	ft_finds_sort(&finds);
	if (rc == 0 && a->cases)
		rc = ft_finds_write(&finds, a->cases, &err);
	if (rc == 0 && a->json)
		rc = print_json(a, &result, &finds);
	if (rc == 0 && !a->json) {
		if (!a->quiet)
			print_summary(a, &result, &finds);
		ft_finds_print(&finds, stdout);
	}
	if (rc == 0)
		code = exit_code(&result, &finds);
	else
		fprintf(stderr, "fourtuple: %s\n", err.text);
	if (result.refused)
		fprintf(stderr, "fourtuple: %s\n", result.note);
	ft_squad_result_fini(&result);
	ft_finds_fini(&finds);
	return code;
}

int ft_verb_explore(int argc, char **argv)
{
	const struct argp argp = {.options = options, .parser = parse, .doc = doc};
	struct arguments a = {.seed = 1, .plan.hunts_max = HUNTS_DEFAULT};
	struct ft_err err = {0};
	int code;

	argp_parse(&argp, argc, argv, 0, NULL, &a);
	if (make_plan(&a, &err) < 0) {
		fprintf(stderr, "fourtuple: %s\n", err.text);
		code = err.code == -ENOMEM ? FT_EXIT_BROKEN : FT_EXIT_USAGE;
	} else {
		code = a.list ? list(&a.plan) : search(&a);
	}
	free(a.enumeration);
	return code;
}

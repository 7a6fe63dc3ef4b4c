/* SPDX-License-Identifier: MIT */
/*
 * fourtuple doctor: what can be measured here, and what would allow the rest?
 *
 * The main job is what most cases need: a user and a network namespace with loopback up. Everything
 * else limits some cases only, which are then skipped by that reason.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "engine/sandbox.h"
#include "fourtuple/findings.h"
#include "fourtuple/plain.h"
#include "fourtuple/verbs.h"
#include "probe/probe.h"

enum { OPT_JSON = 256, EXPLANATION_MAX = 16384 };

static const struct argp_option options[] = {
	{"json", OPT_JSON, NULL, 0, "print JSON", 1},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	switch (key) {
	case OPT_JSON:
		*(bool *)state->input = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s' is one argument too many", arg);
		return EINVAL;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* ---- the whole ---- */

static bool main_job(const int results[FT_STAGE_COUNT])
{
	return results[FT_STAGE_NETWORK_NAMESPACE] == 0 && results[FT_STAGE_LOOPBACK] == 0;
}

static const char *conclusion(const int results[FT_STAGE_COUNT])
{
	if (!main_job(results))
		return "namespaces are refused, so cases cannot be isolated; --here measures in "
		       "the present namespace, on loopback only";
	if (results[FT_STAGE_PACKET_SOCKET])
		return "calls can be measured here, packets cannot be captured";
	return "calls and packets can be measured here; cases that need what is marked `no` are "
	       "skipped";
}

static void print_json(json_t *findings, const int results[FT_STAGE_COUNT], const char *explanation,
		       const struct utsname *name)
{
	json_t *whole = json_pack("{s:i,s:s,s:b,s:s,s:s,s:O}", "fourtuple", 1, "kernel",
				  name->release, "ok", main_job(results), "conclusion",
				  conclusion(results), "explanation", explanation, "findings",
				  findings);

	if (whole && json_dumpf(whole, stdout, JSON_INDENT(2)) == 0)
		putchar('\n');
	json_decref(whole);
}

static void print_text(json_t *findings, const int results[FT_STAGE_COUNT], const char *explanation,
		       const struct utsname *name)
{
	struct ft_look look = ft_look_of(stdout);
	json_t *row;
	size_t i;

	printf("%s %s, %s, uid %u\n\n", name->sysname, name->release, name->machine,
	       (unsigned)geteuid());
	json_array_foreach(findings, i, row)
	{
		bool ok = json_is_true(json_object_get(row, "ok"));
		const char *note = json_string_value(json_object_get(row, "note"));

		printf("  %s%-4s%s %s%s%s\n", ok ? look.good : look.bad, ok ? "ok" : "no", look.end,
		       json_string_value(json_object_get(row, "name")), note && note[0] ? ": " : "",
		       note ? note : "");
	}
	if (explanation[0])
		printf("\n%s", explanation);
	printf("\n%s\n", conclusion(results));
}

int ft_verb_doctor(int argc, char **argv)
{
	const struct argp argp = {
		options,
		parse,
		NULL,
		"Says what can be measured on this machine by this user, and what would allow the "
		"rest. Exit code 3 where not even loopback in a namespace works.",
		NULL,
		NULL,
		NULL};
	int results[FT_STAGE_COUNT];
	struct ft_sandbox sandbox;
	struct ft_text explanation;
	struct ft_err err = {0};
	struct utsname name;
	json_t *findings;
	bool json = false;

	argp_parse(&argp, argc, argv, 0, NULL, &json);
	ft_text_init(&explanation, EXPLANATION_MAX);
	findings = json_array();
	if (ft_sandbox_examine(results, &sandbox, &explanation, &err) < 0 || uname(&name) < 0 ||
	    !findings) {
		fprintf(stderr, "fourtuple: %s\n", err.code ? err.text : "no memory");
		json_decref(findings);
		ft_text_fini(&explanation);
		return FT_EXIT_BROKEN;
	}
	ft_findings_add(findings, results, &sandbox);
	(json ? print_json : print_text)(findings, results, ft_text_get(&explanation), &name);
	json_decref(findings);
	ft_text_fini(&explanation);
	return main_job(results) ? FT_EXIT_OK : FT_EXIT_NOT_MEASURED;
}

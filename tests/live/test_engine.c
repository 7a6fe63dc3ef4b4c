/* SPDX-License-Identifier: MIT */
/*
 * What else does the engine do while a case waits?
 *
 * No clock is looked at: which case ended first, and how many were parked then, says it all.
 */
#include "child.h"
#include "engine/engine.h"
#include "tests/support/suite.h"

/* Far longer than any machine takes to start the others; nobody waits for their end. */
static const char waits_long[] = "a tcp4 bind lo:p; wait 10000s; b tcp4 bind lo:p";
static const char waits_little[] = "a tcp4 bind lo:p; wait 1ms; b tcp4 bind lo:p";

enum { N_LONG = 400, IN_FLIGHT = N_LONG + 1 };

struct scene {
	struct ft_engine *engine;
	struct ft_matrix *of_long, *of_little;
	uint64_t given;   /* the last is the one that waits little */
	bool idled;       /* although not all were given */
	uint64_t ended;   /* before the end of the work was asked for */
	uint64_t first;   /* the case that ended first */
	uint64_t parked;  /* when it did */
	int bind_error;   /* how its second bind ended */
	uint64_t skipped; /* what was interrupted */
};

static int next(void *arg, struct ft_run *run)
{
	struct scene *scene = arg;
	const struct ft_matrix *matrix;

	if (scene->given > N_LONG)
		return 0;
	matrix = scene->given == N_LONG ? scene->of_little : scene->of_long;
	run->id = scene->given++;
	return ft_matrix_case(matrix, 0, &run->c) < 0 ? -ENOMEM : 1;
}

static void done(void *arg, struct ft_run *run)
{
	const struct ft_record *record = &run->record;
	struct scene *scene = arg;

	if (record->verdict == FT_VERDICT_SKIPPED) {
		scene->skipped++;
	} else if (scene->ended++ == 0) {
		scene->first = run->id;
		scene->parked = scene->given - 1;
		if (record->n_results > 0)
			scene->bind_error = record->results[record->n_results - 1].error;
	}
	ft_engine_release(scene->engine, run);
}

/* Idle while there are cases to start? Then they are not started because of one that waits. */
static void place_turn(void *arg, struct ft_place *place, bool idle)
{
	struct scene *scene = arg;

	(void)place;
	scene->idled |= idle && scene->given <= N_LONG;
}

static bool stop(void *arg)
{
	const struct scene *scene = arg;

	return scene->ended > 0 || scene->idled;
}

static void work(struct scene *scene, const struct ft_sandbox *sandbox, struct ft_err *err)
{
	const struct ft_engine_options options = {.sandbox = sandbox,
						  .cpu = -1,
						  .in_flight_max = IN_FLIGHT};
	const struct ft_engine_hooks hooks = {.arg = scene,
					      .next = next,
					      .done = done,
					      .place_turn = place_turn,
					      .stop = stop};

	if (ft_engine_new(&options, &hooks, &scene->engine, err) < 0)
		return;
	ft_engine_work(scene->engine, err);
	ft_engine_free(scene->engine);
}

static void overlap(const void *arg, struct ft_text *complaints)
{
	struct ft_sandbox sandbox = {0};
	struct scene scene = {0};
	struct ft_err err = {0};

	(void)arg;
	if (ft_matrix_parse(waits_long, strlen(waits_long), NULL, 1, &scene.of_long, &err) == 0 &&
	    ft_matrix_parse(waits_little, strlen(waits_little), NULL, 1, &scene.of_little, &err) ==
		    0 &&
	    ft_sandbox_enter(&sandbox, NULL, &err) == 0)
		work(&scene, &sandbox, &err);
	ft_matrix_free(scene.of_long);
	ft_matrix_free(scene.of_little);
	if (err.code)
		ft_text_printf(complaints, "%s\n", err.text);
	if (scene.given != N_LONG + 1 || scene.ended != 1 || scene.first != N_LONG)
		ft_text_printf(complaints, "%llu were started, %llu ended, first number %llu\n",
			       (unsigned long long)scene.given, (unsigned long long)scene.ended,
			       (unsigned long long)scene.first);
	if (scene.parked != N_LONG || scene.skipped != N_LONG)
		ft_text_printf(complaints, "%llu were parked, %llu interrupted\n",
			       (unsigned long long)scene.parked, (unsigned long long)scene.skipped);
	if (scene.bind_error != EADDRINUSE)
		ft_text_printf(complaints, "its second bind said %d\n", scene.bind_error);
}

/* 400 cases that wait for hours do not keep the last one waiting. */
static void waits_overlap(void)
{
	char complaints[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	ft_child_run(overlap, NULL, complaints);
	CHECK_STR("waits", complaints, "");
}

static const struct ft_test tests[] = {
	{"waits-overlap", waits_overlap},
	{NULL, NULL},
};

const struct ft_suite ft_suite_engine = {"engine", tests};

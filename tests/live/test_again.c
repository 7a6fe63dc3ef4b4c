/* SPDX-License-Identifier: MIT */
/*
 * Is a case begun anew where luck decided in it, and only there?
 *
 * The machine may take the CPU away from this test, too, and then a case is rightly begun once more
 * than the row says: so rows of cases that take some microseconds say "fewer than three", which
 * three accidents in a row would break, and rows of longer ones do not say how often at most.
 */
#include <time.h>

#include "child.h"
#include "engine/engine.h"
#include "tests/support/suite.h"

#define TWICE(x) x x
#define EIGHT(x) TWICE(TWICE(TWICE(x)))
/* So many packets that a capture gets its turn in the middle of the case. */
#define DIAL "connect lo:p disconnect "
#define DIALS                                                                    \
	"l tcp4 bind lo:p listen=4096; c tcp4 " EIGHT(EIGHT(DIAL)) "; c " EIGHT( \
		EIGHT(DIAL)) "connect lo:p"
#define ENDS(option)                                                                               \
	"l tcp4 bind lo:p listen; c tcp4 " option " bind lo:q connect lo:p; l accept s; c close; " \
	"b tcp4 bind lo:q"

static const struct row {
	const char *what, *text;
	unsigned slow; /* turns in the middle of the case that take longer than it bears */
	unsigned least, most;
} rows[] = {
	{"nothing happens", "a tcp4 bind lo:p; b tcp4 bind lo:p", 0, 1, 2},
	{"one turn is slow", DIALS, 1, 2, 3},
	{"every turn is slow", DIALS, 100, 3, 3},
	{"many steps", DIALS "; " EIGHT(EIGHT("c nodelay; ")) "c close", 100, 1, 1},
	/* An orphan of more than a minute is a full socket in FIN_WAIT2: asked for by name that is
	 * the case's own wish; by number it looks like an acknowledgement that overtook the close.
	 */
	{"a wish", ENDS("linger2=100"), 0, 1, 2},
	{"overtaken", ENDS("sockopt=6:8:64000000"), 0, 3, 3},
};

struct scene {
	struct ft_engine *engine;
	struct ft_matrix *matrix;
	bool given, working;
	unsigned slow, tries;
	size_t calls; /* in the record */
};

static int next(void *arg, struct ft_run *run)
{
	struct scene *scene = arg;

	if (scene->given)
		return 0;
	scene->given = true;
	return ft_matrix_case(scene->matrix, 0, &run->c) < 0 ? -ENOMEM : 1;
}

static void working(void *arg, const struct ft_run *run, bool now)
{
	(void)run;
	((struct scene *)arg)->working = now;
}

static void done(void *arg, struct ft_run *run)
{
	struct scene *scene = arg;

	scene->tries = run->record.tries;
	scene->calls = run->record.n_results;
	ft_engine_release(scene->engine, run);
}

static void place_turn(void *arg, struct ft_place *place, bool idle)
{
	const struct timespec long_time = {.tv_nsec = 5000000};
	struct scene *scene = arg;

	(void)place;
	(void)idle;
	if (!scene->working || !scene->slow)
		return;
	scene->slow--;
	nanosleep(&long_time, NULL);
}

static void work(struct scene *scene, const struct ft_sandbox *sandbox, struct ft_err *err)
{
	const struct ft_engine_options options = {.sandbox = sandbox, .cpu = -1};
	const struct ft_engine_hooks hooks = {.arg = scene,
					      .next = next,
					      .working = working,
					      .done = done,
					      .place_turn = place_turn};

	if (ft_engine_new(&options, &hooks, &scene->engine, err) < 0)
		return;
	ft_engine_work(scene->engine, err);
	ft_engine_free(scene->engine);
}

static void check_row(const void *arg, struct ft_text *complaints)
{
	const struct row *row = arg;
	struct ft_sandbox sandbox = {0};
	struct scene scene = {.slow = row->slow};
	struct ft_err err = {0};

	if (ft_matrix_parse(row->text, strlen(row->text), NULL, 1, &scene.matrix, &err) == 0 &&
	    ft_sandbox_enter(&sandbox, NULL, &err) == 0)
		work(&scene, &sandbox, &err);
	ft_matrix_free(scene.matrix);
	if (err.code)
		ft_text_printf(complaints, "%s\n", err.text);
	if (scene.tries < row->least || scene.tries > row->most || scene.calls == 0)
		ft_text_printf(complaints, "begun %u times, %zu calls\n", scene.tries, scene.calls);
}

static void tries(void)
{
	char complaints[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ft_child_run(check_row, &rows[i], complaints);
		CHECK_STR(rows[i].what, complaints, "");
	}
}

static const struct ft_test tests[] = {
	{"tries", tries},
	{NULL, NULL},
};

const struct ft_suite ft_suite_again = {"again", tests};

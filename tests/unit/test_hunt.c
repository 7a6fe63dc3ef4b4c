/* SPDX-License-Identifier: MIT */
/*
 * Does a hunt believe only what is seen again, and does it end?
 */
#include <string.h>

#include "explore/generate.h"
#include "explore/hunt.h"
#include "tests/support/suite.h"

enum { TEXT_MAX = 1 << 14, RUNS_MAX = 20000 };

/* A kernel for tests: differs if the program has the word, but only in every period-th run. */
struct kernel {
	const char *word;
	unsigned period, runs, steady; /* so many runs at first always differ */
	struct ft_text text;
};

static bool differs(struct kernel *kernel, const struct ft_program *program)
{
	ft_text_clear(&kernel->text);
	ft_program_print(program, &kernel->text);
	kernel->runs++;
	return strstr(ft_text_get(&kernel->text), kernel->word) &&
	       (kernel->runs <= kernel->steady || kernel->runs % kernel->period == 0);
}

static enum ft_hunt_news run(struct ft_hunt *hunt, struct kernel *kernel,
			     const struct ft_program *program)
{
	enum ft_hunt_news news = FT_HUNT_GOES_ON;

	ft_hunt_begin(hunt, program);
	while (news == FT_HUNT_GOES_ON && kernel->runs < RUNS_MAX) {
		const struct ft_program *next = ft_hunt_next(hunt);

		if (!CHECK(next != NULL))
			break;
		CHECK_ROW("asked", ft_hunt_next(hunt) == NULL, "asks again before it was told");
		news = ft_hunt_tell(hunt, differs(kernel, next));
	}
	CHECK_INT("idle", hunt->phase, FT_HUNT_IDLE);
	CHECK_ROW("idle", ft_hunt_next(hunt) == NULL, "an idle hunt asks");
	return news;
}

static const struct {
	const char *name;
	unsigned period, steady;
	enum ft_hunt_news news;
	bool sometimes;
	const char *least; /* NULL: not compared */
} rows[] = {
	{"always", 1, 0, FT_HUNT_CAUGHT, false, "a tcp4 listen"},
	{"never again", RUNS_MAX, 0, FT_HUNT_UNSTABLE, true, NULL},
	{"every other time", 2, 0, FT_HUNT_CAUGHT, true, "a tcp4 listen"},
	{"every fifth time", 5, 0, FT_HUNT_CAUGHT, true, "a tcp4 listen"},
	/* it passes for steady until a smaller one is asked for, and is only seen in the end */
	{"every third time", 3, 2, FT_HUNT_CAUGHT, true, NULL},
	{"twice, then never", RUNS_MAX, 2, FT_HUNT_UNSTABLE, true, NULL},
};

static void test_news(void)
{
	struct ft_generator generator;
	struct ft_program program;
	struct ft_hunt hunt = {.phase = FT_HUNT_IDLE};
	uint64_t number = 0;

	ft_generator_init(&generator, 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct kernel kernel = {.word = "listen",
					.period = rows[i].period,
					.steady = rows[i].steady};

		ft_text_init(&kernel.text, TEXT_MAX);
		do {
			ft_generate(&generator, number++, &program);
			ft_text_clear(&kernel.text);
			ft_program_print(&program, &kernel.text);
		} while (!strstr(ft_text_get(&kernel.text), "listen"));
		CHECK_INT(rows[i].name, run(&hunt, &kernel, &program), rows[i].news);
		CHECK_INT(rows[i].name, hunt.sometimes, rows[i].sometimes);
		ft_text_clear(&kernel.text);
		ft_program_print(&hunt.shrinker.best, &kernel.text);
		if (rows[i].least)
			CHECK_STR(rows[i].name, ft_text_get(&kernel.text), rows[i].least);
		ft_text_fini(&kernel.text);
	}
}

/* In a hurry nothing is made smaller any more; what is there is confirmed. */
static void test_hurry(void)
{
	struct ft_hunt hunt = {.phase = FT_HUNT_IDLE};
	struct ft_generator generator;
	struct ft_program program;
	unsigned runs = 0;

	ft_generator_init(&generator, 1);
	ft_generate(&generator, 0, &program);
	ft_hunt_begin(&hunt, &program);
	ft_hunt_hurry(&hunt);
	for (; hunt.phase != FT_HUNT_IDLE && CHECK(ft_hunt_next(&hunt) != NULL); runs++)
		ft_hunt_tell(&hunt, true);
	CHECK_INT("runs", runs, 2 * FT_HUNT_SURE);
	CHECK_INT("words", hunt.shrinker.best.n_words, program.n_words);
}

static const struct ft_test tests[] = {
	{"news", test_news},
	{"hurry", test_hurry},
	{NULL, NULL},
};

const struct ft_suite ft_suite_hunt = {"hunt", tests};

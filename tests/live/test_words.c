/* SPDX-License-Identifier: MIT */
/*
 * Does every word of the language do what it says, and is no word left out?
 *
 * The cases are tests/cases/words.cases, each with what it expects; this test runs them and checks
 * that together they use every op of the language.
 */
#include <stdio.h>
#include <string.h>

#include "probe/session.h"
#include "tests/support/suite.h"

static const char words_file[] = FT_TESTS_DIR "/cases/words.cases";

static void every_op_is_used(void)
{
	bool used[FT_OP_COUNT] = {false};
	struct ft_err err = {0};
	struct ft_job job;
	struct ft_case c;

	ft_job_init(&job, "words");
	ft_case_init(&c);
	CHECK_ROW(err.text, ft_job_add_file(&job, words_file, &err) == 0, "%s", err.text);
	for (uint64_t i = 0; i < job.cases; i++) {
		CHECK_INT("case", ft_job_case(&job, i, &c), 0);
		CHECK_ROW(words_file, c.has_expected, "case %llu expects nothing",
			  (unsigned long long)i);
		for (size_t s = 0; s < c.n_steps; s++)
			for (size_t w = 0; w < c.steps[s]->n_words; w++)
				used[c.steps[s]->words[w].op] = true;
	}
	for (unsigned op = 0; op < FT_OP_COUNT; op++)
		CHECK_ROW(ft_op_words[op] ? ft_op_words[op] : "?", used[op], "op %u", op);
	ft_case_fini(&c);
	ft_job_fini(&job);
}

static void every_word_holds(void)
{
	struct ft_session session;
	struct ft_outcome outcome;
	struct ft_err err = {0};
	struct ft_job job;
	uint64_t held, impossible;

	ft_session_init(&session);
	session.quiet = true;
	ft_job_init(&job, "words");
	CHECK_ROW(err.text, ft_job_add_file(&job, words_file, &err) == 0, "%s", err.text);
	CHECK_ROW(err.text, ft_session_run(&session, &job, &outcome, &err) == 0, "%s", err.text);
	held = outcome.counts.verdicts[FT_VERDICT_AS_EXPECTED];
	impossible = outcome.counts.verdicts[FT_VERDICT_SKIPPED];
	if (outcome.unmeasurable)
		ft_test_skip("%s", outcome.notes[0]);
	else if (CHECK(held > 0))
		CHECK_INT("held or skipped", (int64_t)(held + impossible), (int64_t)job.cases);
	ft_job_fini(&job);
}

static const struct ft_test tests[] = {
	{"every-op-is-used", every_op_is_used},
	{"every-word-holds", every_word_holds},
	{NULL, NULL},
};

const struct ft_suite ft_suite_words = {"words", tests};

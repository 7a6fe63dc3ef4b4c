/* SPDX-License-Identifier: MIT */
/*
 * Does everything that tests/cases claims of the kernel hold, and did the model know it?
 *
 * facts.cases are surprising facts about socket reuse, stream.cases the rules of TCP's connections,
 * rules.cases the other rules of the model that no probe asks about; each line says what must come
 * out. twenty.cases is not among them: two of its lines are wrong on purpose.
 */
#include <stdio.h>
#include <string.h>

#include "probe/session.h"
#include "tests/support/suite.h"

static void check_claims(const char *name, const struct ft_job *job,
			 const struct ft_outcome *outcome)
{
	const uint64_t *verdicts = outcome->counts.verdicts;

	for (unsigned verdict = 0; verdict < FT_VERDICT_COUNT; verdict++)
		if (verdict != FT_VERDICT_AS_EXPECTED && verdict != FT_VERDICT_SKIPPED)
			CHECK_INT(ft_verdict_names[verdict], (int64_t)verdicts[verdict], 0);
	CHECK_ROW(name, verdicts[FT_VERDICT_AS_EXPECTED] > 0, "nothing was measured");
	CHECK_INT(name, (int64_t)outcome->counts.cases, (int64_t)job->cases);
}

static void hold(const char *name)
{
	struct ft_session session;
	struct ft_outcome outcome;
	struct ft_err err = {0};
	struct ft_job job;
	char path[4096];

	snprintf(path, sizeof(path), FT_TESTS_DIR "/cases/%s", name);
	ft_session_init(&session);
	session.quiet = true;
	ft_job_init(&job, name);
	if (CHECK_ROW(name, ft_job_add_file(&job, path, &err) == 0, "%s", err.text) &&
	    CHECK_ROW(name, ft_session_run(&session, &job, &outcome, &err) == 0, "%s", err.text)) {
		if (outcome.unmeasurable)
			ft_test_skip("%s", outcome.notes[0]);
		else
			check_claims(name, &job, &outcome);
	}
	ft_job_fini(&job);
}

static void facts(void)
{
	hold("facts.cases");
}

static void rules(void)
{
	hold("rules.cases");
}

static void stream(void)
{
	hold("stream.cases");
}

static const struct ft_test tests[] = {
	{"facts", facts},
	{"rules", rules},
	{"stream", stream},
	{NULL, NULL},
};

const struct ft_suite ft_suite_claims = {"claims", tests};

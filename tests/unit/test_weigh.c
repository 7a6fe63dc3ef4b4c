/* SPDX-License-Identifier: MIT */
/*
 * Is the verdict on a claim the one that its cases give, whatever was measured of them, and can
 * every claim of the book be weighed and read?
 */
#include "claims/claims.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "case/case.h"
#include "tests/support/suite.h"

enum { COLUMNS = 100 };

/* ---- the verdict ---- */

static const struct {
	const char *name;
	struct ft_claim_tally tally; /* held, refuted, unmeasured */
	enum ft_claim_verdict verdict;
} tally_rows[] = {
	{"all came out", {3, 0, 0}, FT_CLAIM_TRUE},
	{"none came out", {0, 2, 0}, FT_CLAIM_FALSE},
	{"some came out", {1, 2, 0}, FT_CLAIM_DEPENDS},
	{"no case at all", {0, 0, 0}, FT_CLAIM_UNMEASURED},
	{"none was run", {0, 0, 4}, FT_CLAIM_UNMEASURED},
	{"the missing one might refute", {2, 0, 1}, FT_CLAIM_UNMEASURED},
	{"the missing one might hold", {0, 2, 1}, FT_CLAIM_UNMEASURED},
	{"certain whatever the missing one says", {1, 1, 5}, FT_CLAIM_DEPENDS},
};

static void verdicts(void)
{
	for (size_t i = 0; i < sizeof(tally_rows) / sizeof(*tally_rows); i++)
		CHECK_INT(tally_rows[i].name, ft_claim_verdict(&tally_rows[i].tally),
			  tally_rows[i].verdict);
}

/* ---- one case against what was seen ---- */

#define PAIR "a tcp4 bind lo:p; b tcp4 bind lo:p"
#define GROUP "a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p; c udp4 send lo:p"
#define LOOK "a tcp4 bind lo:p; look lo:p"
#define READ "a tcp4 reuseaddr=2 reuseaddr? reuseaddr=0 reuseaddr?"

static const struct {
	const char *text, *claimed, *outcome, *verdict;
	enum ft_trial trial;
} trial_rows[] = {
	{PAIR, "b.bind=EADDRINUSE", "a.bind=ok b.bind=EADDRINUSE", "as-expected", FT_TRIAL_HELD},
	{PAIR, "b.bind=ok", "a.bind=ok b.bind=EADDRINUSE", "as-expected", FT_TRIAL_REFUTED},
	{PAIR, "b.bind=EACCES", "a.bind=ok b.bind=EADDRINUSE", "as-expected", FT_TRIAL_REFUTED},
	{PAIR, "a.bind=ok b.bind=ok", "a.bind=ok b.bind=EADDRINUSE", "observed", FT_TRIAL_REFUTED},
	/* The model was wrong: the kernel did it all the same. */
	{PAIR, "b.bind=ok", "a.bind=ok b.bind=ok", "differs", FT_TRIAL_HELD},
	/* A call that was not made did not end as claimed. */
	{PAIR, "b.bind=ok", "a.bind=ok", "as-expected", FT_TRIAL_REFUTED},
	/* Who got it: exactly these, or one of them; and what is not claimed is not compared. */
	{GROUP, "c.send=ok>a|b", "a.bind=ok b.bind=ok c.send=ok>b", "as-expected", FT_TRIAL_HELD},
	{GROUP, "c.send=ok>a", "a.bind=ok b.bind=ok c.send=ok>b", "as-expected", FT_TRIAL_REFUTED},
	{GROUP, "c.send=ok>a,b", "a.bind=ok b.bind=ok c.send=ok>b,a", "observed", FT_TRIAL_HELD},
	{GROUP, "c.send=ok>a|b", "a.bind=ok b.bind=ok c.send=ok>a,b", "observed", FT_TRIAL_REFUTED},
	{GROUP, "c.send=ok>none", "a.bind=ok b.bind=ok c.send=ok>none", "observed", FT_TRIAL_HELD},
	{GROUP, "c.send=ok>a", "a.bind=ok b.bind=ok c.send=ok>none", "observed", FT_TRIAL_REFUTED},
	{GROUP, "c.send=ok", "a.bind=ok b.bind=ok c.send=ok(any:e1)>a", "observed", FT_TRIAL_HELD},
	{GROUP, "c.send=ok>a", "a.bind=ok b.bind=ok c.send=ok", "observed", FT_TRIAL_REFUTED},
	/* Words, values, later occurrences, addresses that were read back. */
	{LOOK, "look=BOUND", "a.bind=ok look=BOUND", "as-expected", FT_TRIAL_HELD},
	{LOOK, "look=none", "a.bind=ok look=BOUND", "as-expected", FT_TRIAL_REFUTED},
	{READ, "a.reuseaddr?=1 a.reuseaddr?.2=0", "a.reuseaddr?=1 a.reuseaddr?.2=0", "observed",
	 FT_TRIAL_HELD},
	{READ, "a.reuseaddr?.2=1", "a.reuseaddr?=1 a.reuseaddr?.2=0", "observed", FT_TRIAL_REFUTED},
	{"a tcp4 listen", "a.listen=ok(any:e1)", "a.listen=ok(any:e1)", "observed", FT_TRIAL_HELD},
	{"a tcp4 listen", "a.listen=ok(lo:e1)", "a.listen=ok(any:e1)", "observed",
	 FT_TRIAL_REFUTED},
	/* Nothing certain is known of these. */
	{PAIR, "b.bind=ok", "a.bind=ok b.bind=ok", "unproven", FT_TRIAL_UNMEASURED},
	{PAIR, "b.bind=ok", "a.bind=ok b.bind=ok", "unstable", FT_TRIAL_UNMEASURED},
	{PAIR, "b.bind=ok", "", "skipped", FT_TRIAL_UNMEASURED},
	{PAIR, "b.bind=ok", "", "broken", FT_TRIAL_UNMEASURED},
	/* No outcome of this case. */
	{PAIR, "b.bind=ok", "a.bind=ok z.bind=ok", "as-expected", FT_TRIAL_UNMEASURED},
};

static void tell(struct ft_claims *claims, const char *text, const char *outcome,
		 const char *verdict, const char *reason)
{
	json_t *record = json_pack("{s:s,s:s,s:s,s:s*}", "case", text, "outcome", outcome,
				   "verdict", verdict, "reason", reason);

	if (CHECK(record))
		ft_claims_record(claims, record);
	json_decref(record);
}

static void trials(void)
{
	for (size_t i = 0; i < sizeof(trial_rows) / sizeof(*trial_rows); i++) {
		char text[256];
		const struct ft_claim chapter[] =
			{{"one", "A sentence.", "somewhere", NULL, {text}}, {0}};
		const struct ft_claim *const chapters[] = {chapter, NULL};
		struct ft_claims claims;
		struct ft_err err = {0};

		snprintf(text, sizeof(text), "%s => %s", trial_rows[i].text, trial_rows[i].claimed);
		if (!CHECK_ROW(text, ft_claims_init(&claims, chapters, &err) == 0, "%s", err.text))
			continue;
		tell(&claims, trial_rows[i].text, trial_rows[i].outcome, trial_rows[i].verdict,
		     NULL);
		if (CHECK_INT(text, (int64_t)claims.n_trials, 1))
			CHECK_INT(text, claims.trials[0].outcome, trial_rows[i].trial);
		ft_claims_fini(&claims);
	}
}

/* ---- whole claims ---- */

static const struct ft_claim small_chapter[] = {
	{"matrix",
	 "Two sockets never share.",
	 "somewhere",
	 "the flags",
	 {"a tcp4 {,reuseaddr} bind lo:p; b tcp4 {1} bind lo:p => b.bind=EADDRINUSE",
	  "a tcp4 bind lo:p; b tcp4 bind lo2:p => b.bind=EADDRINUSE"}},
	{"other", "Two plain sockets share.", "elsewhere", NULL, {PAIR " => b.bind=ok"}},
	{0},
};
static const struct ft_claim *const small_book[] = {small_chapter, NULL};

/* One record may speak to several claims; the first that was measured counts. */
static void several(void)
{
	struct ft_claims claims;
	struct ft_err err = {0};
	struct ft_claim_tally tally;
	const struct ft_claim_trial *trial;

	if (!CHECK_ROW("init", ft_claims_init(&claims, small_book, &err) == 0, "%s", err.text))
		return;
	CHECK_INT("claims", (int64_t)claims.n_claims, 2);
	CHECK_INT("trials", (int64_t)claims.n_trials, 4);

	tell(&claims, PAIR, "", "skipped", "no second user");
	trial = ft_claims_find(&claims, 1, FT_TRIAL_UNMEASURED);
	if (CHECK(trial))
		CHECK_STR("reason", trial->seen, "no second user");

	tell(&claims, PAIR, "a.bind=ok b.bind=EADDRINUSE", "as-expected", NULL);
	tell(&claims, PAIR, "a.bind=ok b.bind=ok", "as-expected", NULL);
	tell(&claims, "a tcp4 reuseaddr bind lo:p; b tcp4 reuseaddr bind lo:p",
	     "a.bind=ok b.bind=ok", "as-expected", NULL);
	tell(&claims, "a tcp4 bind any:p", "a.bind=ok", "as-expected", NULL);

	tally = ft_claims_tally(&claims, 0);
	CHECK_INT("held", tally.held, 1);
	CHECK_INT("refuted", tally.refuted, 1);
	CHECK_INT("unmeasured", tally.unmeasured, 1);
	CHECK_INT("depends", ft_claim_verdict(&tally), FT_CLAIM_DEPENDS);
	tally = ft_claims_tally(&claims, 1);
	CHECK_INT("false", ft_claim_verdict(&tally), FT_CLAIM_FALSE);
	ft_claims_fini(&claims);
}

static const struct {
	const char *name, *text;
} bad_rows[] = {
	{"it is no case", "a tcp4 bind"},
	{"it claims nothing", PAIR},
	{"no outcome shows that an option was set", "a tcp4 reuseaddr => a.reuseaddr=ok"},
	{"... nor that a program was attached", "a tcp4 reuseport steer=0 => a.steer=ok"},
};

static void bad(void)
{
	for (size_t i = 0; i < sizeof(bad_rows) / sizeof(*bad_rows); i++) {
		const struct ft_claim chapter[] =
			{{"bad", "A sentence.", "somewhere", NULL, {bad_rows[i].text}}, {0}};
		const struct ft_claim *const chapters[] = {chapter, NULL};
		struct ft_claims claims;
		struct ft_err err = {0};

		CHECK_INT(bad_rows[i].name, ft_claims_init(&claims, chapters, &err), -EINVAL);
		CHECK_ROW(bad_rows[i].name, strstr(err.text, "bad") != NULL, "%s", err.text);
	}
}

/* ---- the book ---- */

static bool is_id(const char *id)
{
	for (const char *c = id; *c; c++)
		if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '-')
			return false;
	return id[0] != '\0';
}

static void check_claim(const struct ft_claims *claims, size_t i)
{
	const struct ft_claim *claim = claims->claims[i];
	const size_t len = strlen(claim->sentence);
	const struct ft_claim_tally tally = ft_claims_tally(claims, i);

	CHECK_ROW(claim->id, is_id(claim->id), "letters, digits and '-'");
	CHECK_ROW(claim->id, len && claim->sentence[len - 1] == '.', "'%s'", claim->sentence);
	CHECK_ROW(claim->id, claim->source && claim->source[0], "from where?");
	CHECK_ROW(claim->id, !claim->depends || claim->depends[0], "on what?");
	CHECK_ROW(claim->id, tally.unmeasured > 0, "it has no case");
	for (size_t j = 0; j < i; j++)
		CHECK_ROW(claim->id, strcmp(claims->claims[j]->id, claim->id) != 0, "twice");
}

static void check_table(const struct ft_claims *claims)
{
	char *text = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&text, &len);

	if (!CHECK(file))
		return;
	CHECK_INT("print", ft_claims_print(claims, file), 0);
	fclose(file);
	for (char *line = text, *next; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		CHECK_ROW(line, strlen(line) <= COLUMNS, "%zu columns", strlen(line));
	}
	free(text);
}

static void check_json(const struct ft_claims *claims)
{
	char *text = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&text, &len);
	json_t *json;

	if (!CHECK(file))
		return;
	CHECK_INT("print", ft_claims_print_json(claims, file), 0);
	fclose(file);
	json = json_loadb(text, len, 0, NULL);
	CHECK_INT("claims", (int64_t)json_array_size(json_object_get(json, "claims")),
		  (int64_t)claims->n_claims);
	json_decref(json);
	free(text);
}

static void book(void)
{
	struct ft_claims claims;
	struct ft_err err = {0};

	if (!CHECK_ROW("book", ft_claims_init(&claims, ft_claim_chapters, &err) == 0, "%s",
		       err.text))
		return;
	CHECK_ROW("book", claims.n_claims >= 80, "%zu claims", claims.n_claims);
	for (size_t i = 0; i < claims.n_claims; i++)
		check_claim(&claims, i);
	check_table(&claims);
	check_json(&claims);
	ft_claims_fini(&claims);
}

static const struct ft_test tests[] = {
	{"verdicts", verdicts}, {"trials", trials}, {"several", several},
	{"bad", bad},           {"book", book},     {NULL, NULL},
};

const struct ft_suite ft_suite_weigh = {"weigh", tests};

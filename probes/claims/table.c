/* SPDX-License-Identifier: MIT */
/*
 * How does a reader see which sentences to believe? A table of 100 columns, and the same as JSON.
 */
#include <errno.h>
#include <string.h>

#include "claims/claims.h"

enum { COLUMNS = 100, LABEL = 12, CASE_INDENT = 2, SOURCE_MAX = 512 };

/* Prints len bytes of a text behind its label, wrapped at blanks, each further line indented by
 * `indent` more. A word longer than a line has a line of its own. */
static void put(FILE *file, const char *label, int indent, const char *text, size_t len)
{
	const char *end = text + len;
	size_t column = LABEL;
	bool first = true;

	fprintf(file, "%-*s", LABEL, label);
	while (text < end) {
		const char *blank = memchr(text, ' ', (size_t)(end - text));
		size_t n = (size_t)((blank ? blank : end) - text);

		if (!first && column + 1 + n > COLUMNS) {
			fprintf(file, "\n%*s", LABEL + indent, "");
			column = (size_t)(LABEL + indent);
		} else if (!first) {
			fputc(' ', file);
			column++;
		}
		fwrite(text, 1, n, file);
		column += n;
		first = false;
		text += n + 1;
	}
	fputc('\n', file);
}

static void put_string(FILE *file, const char *label, const char *text)
{
	put(file, label, 0, text, strlen(text));
}

static void put_source(FILE *file, const struct ft_claim *claim)
{
	char text[SOURCE_MAX];
	int n = snprintf(text, sizeof(text), "%s [%s]", claim->source, claim->id);

	put(file, "  from", 0, text, n < SOURCE_MAX ? (size_t)n : SOURCE_MAX - 1);
}

static void put_trial(FILE *file, const char *label, const struct ft_claim_trial *trial)
{
	if (!trial)
		return;
	put(file, label, CASE_INDENT, trial->text, trial->case_len);
	put_string(file, "    claimed", trial->claimed);
	if (trial->seen)
		put_string(file, trial->outcome == FT_TRIAL_UNMEASURED ? "    but" : "    seen",
			   trial->seen);
}

static void put_evidence(FILE *file, const struct ft_claims *claims, size_t i,
			 enum ft_claim_verdict verdict)
{
	const struct ft_claim_trial *missing;

	switch (verdict) {
	case FT_CLAIM_TRUE:
		break;
	case FT_CLAIM_DEPENDS:
		if (claims->claims[i]->depends)
			put_string(file, "  on", claims->claims[i]->depends);
		put_trial(file, "  holds", ft_claims_find(claims, i, FT_TRIAL_HELD));
		put_trial(file, "  fails", ft_claims_find(claims, i, FT_TRIAL_REFUTED));
		break;
	case FT_CLAIM_FALSE:
		put_trial(file, "  fails", ft_claims_find(claims, i, FT_TRIAL_REFUTED));
		break;
	case FT_CLAIM_UNMEASURED:
	case FT_CLAIM_VERDICT_COUNT:
		missing = ft_claims_find(claims, i, FT_TRIAL_UNMEASURED);
		put_trial(file, "  not run",
			  missing ? missing : ft_claims_find(claims, i, FT_TRIAL_NOT_RUN));
		break;
	}
}

/* With --match most are not: they are counted, and have no row. */
static bool was_not_asked(const struct ft_claims *claims, size_t i,
			  const struct ft_claim_tally *tally)
{
	return !tally->held && !tally->refuted && !ft_claims_find(claims, i, FT_TRIAL_UNMEASURED);
}

int ft_claims_print(const struct ft_claims *claims, FILE *file)
{
	unsigned counts[FT_CLAIM_VERDICT_COUNT] = {0};

	for (size_t i = 0; i < claims->n_claims; i++) {
		const struct ft_claim_tally tally = ft_claims_tally(claims, i);
		const enum ft_claim_verdict verdict = ft_claim_verdict(&tally);

		counts[verdict]++;
		if (was_not_asked(claims, i, &tally))
			continue;
		put_string(file, ft_claim_verdict_names[verdict], claims->claims[i]->sentence);
		put_source(file, claims->claims[i]);
		put_evidence(file, claims, i, verdict);
	}
	fprintf(file, "\n%zu claims", claims->n_claims);
	for (unsigned i = 0; i < FT_CLAIM_VERDICT_COUNT; i++)
		fprintf(file, ", %u %s", counts[i], ft_claim_verdict_names[i]);
	fprintf(file, "; by %zu cases\n\n", claims->n_trials);
	return ferror(file) ? -EIO : 0;
}

/* ---- JSON ---- */

static json_t *trial_json(const struct ft_claim_trial *trial)
{
	const bool measured = trial->outcome == FT_TRIAL_HELD || trial->outcome == FT_TRIAL_REFUTED;
	json_t *json = json_pack("{s:s%,s:s}", "case", trial->text, trial->case_len, "claimed",
				 trial->claimed);

	if (measured) {
		json_object_set_new(json, "outcome", json_string(trial->seen));
		json_object_set_new(json, "holds", json_boolean(trial->outcome == FT_TRIAL_HELD));
	} else {
		json_object_set_new(json, "reason",
				    json_string(trial->seen ? trial->seen : "not run"));
	}
	return json;
}

static json_t *claim_json(const struct ft_claims *claims, size_t i)
{
	const struct ft_claim *claim = claims->claims[i];
	const struct ft_claim_tally tally = ft_claims_tally(claims, i);
	const enum ft_claim_verdict verdict = ft_claim_verdict(&tally);
	json_t *cases = json_array();
	json_t *json;

	for (size_t t = 0; t < claims->n_trials; t++)
		if (claims->trials[t].claim == i)
			json_array_append_new(cases, trial_json(&claims->trials[t]));
	json = json_pack("{s:s,s:s,s:s,s:s,s:i,s:i,s:i,s:o}", "id", claim->id, "claim",
			 claim->sentence, "source", claim->source, "verdict",
			 ft_claim_verdict_names[verdict], "held", (int)tally.held, "refuted",
			 (int)tally.refuted, "unmeasured", (int)tally.unmeasured, "cases", cases);
	if (json && verdict == FT_CLAIM_DEPENDS && claim->depends)
		json_object_set_new(json, "depends", json_string(claim->depends));
	return json;
}

int ft_claims_print_json(const struct ft_claims *claims, FILE *file)
{
	json_t *array = json_array(), *document;
	bool ok = array != NULL;

	for (size_t i = 0; ok && i < claims->n_claims; i++)
		ok = json_array_append_new(array, claim_json(claims, i)) == 0;
	document = json_pack("{s:o}", "claims", array);
	ok = ok && document && json_dumpf(document, file, JSON_INDENT(1)) == 0 &&
	     fputc('\n', file) != EOF;
	json_decref(document);
	return ok ? 0 : -EIO;
}

/* SPDX-License-Identifier: MIT */
/*
 * Which rules of the model do cases exercise, and which of the cases add something?
 *
 * What a call shows is the rule that decided it, how it ended, and in which state the socket was
 * that stood in the way: a rule that refuses and one that allows are two things. Where the kernel
 * draws, the first alternative stands for all.
 */
#include "reports/coverage.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Two things that a call shows may share a bit of so many: one of them is shown once less then. */
enum { STEPS_MAX = 1000, SHOWN_BITS = 16, NAME_SIZE = 64 };

struct ft_coverage {
	struct ft_setting setting;
	struct ft_model *model;
	struct ft_prediction prediction;
	bool rules[FT_RULE_COUNT];
	bool shown[1 << SHOWN_BITS];
};

struct ft_coverage *ft_coverage_new(const struct ft_setting *setting)
{
	struct ft_coverage *coverage = calloc(1, sizeof(*coverage));

	if (!coverage)
		return NULL;
	coverage->setting = *setting;
	ft_prediction_init(&coverage->prediction);
	coverage->model = ft_model_new();
	if (coverage->model)
		return coverage;
	ft_coverage_free(coverage);
	return NULL;
}

void ft_coverage_free(struct ft_coverage *coverage)
{
	if (!coverage)
		return;
	ft_model_free(coverage->model);
	ft_prediction_fini(&coverage->prediction);
	free(coverage);
}

static bool *shown_by(struct ft_coverage *coverage, const struct ft_case *c,
		      const struct ft_predicted *call)
{
	const struct ft_holder *holder =
		call->holder ? &coverage->prediction.holders[call->holder - 1] : NULL;
	const uint32_t parts[] = {
		call->rule,
		c->steps[call->step]->words[call->word].op,
		call->end,
		call->end == FT_END_ERROR ? (uint32_t)call->error : 0,
		holder ? 1U + holder->state : 0,
	};
	uint32_t hash = 2166136261U; /* FNV-1a over the parts */

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		hash = (hash ^ parts[i]) * 16777619U;
	return &coverage->shown[(hash ^ hash >> SHOWN_BITS) & ((1U << SHOWN_BITS) - 1)];
}

bool ft_coverage_add(struct ft_coverage *coverage, const struct ft_case *c)
{
	const struct ft_prediction *prediction = &coverage->prediction;
	bool adds = false;

	if (c->n_steps > STEPS_MAX || ft_model_predict(coverage->model, c, &coverage->setting, NULL,
						       0, &coverage->prediction) < 0)
		return false;
	for (size_t i = 0; i < prediction->n; i++) {
		const struct ft_predicted *call = &prediction->calls[i];
		bool *shown = shown_by(coverage, c, call);

		adds |= call->rule != FT_RULE_NONE && !*shown;
		*shown = true;
		coverage->rules[call->rule] = true;
	}
	return adds;
}

bool ft_coverage_has(const struct ft_coverage *coverage, enum ft_rule rule)
{
	return rule != FT_RULE_NONE && coverage->rules[rule];
}

/* The names that are followed by "()" in a source; the others are commits and man pages. */
struct names {
	size_t n;
	char (*rows)[NAME_SIZE];
	void (*each)(void *arg, const char *name);
	void *arg;
};

static void take_name(struct names *names, const char *name, size_t len)
{
	char(*grown)[NAME_SIZE];

	if (len == 0 || len >= NAME_SIZE)
		return;
	for (size_t i = 0; i < names->n; i++)
		if (strncmp(names->rows[i], name, len) == 0 && !names->rows[i][len])
			return;
	grown = realloc(names->rows, (names->n + 1) * sizeof(*grown));
	if (!grown)
		return;
	names->rows = grown;
	memcpy(grown[names->n], name, len);
	grown[names->n][len] = '\0';
	names->each(names->arg, grown[names->n++]);
}

static void take_names(struct names *names, const char *source)
{
	const char *at = source;

	while ((at = strstr(at, "()"))) {
		const char *start = at;

		while (start > source && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
			start--;
		take_name(names, start, (size_t)(at - start));
		at += 2;
	}
}

void ft_coverage_functions(const struct ft_coverage *coverage,
			   void (*each)(void *arg, const char *name), void *arg)
{
	struct names names = {.each = each, .arg = arg};

	for (unsigned rule = FT_RULE_NONE + 1; rule < FT_RULE_COUNT; rule++)
		if (coverage->rules[rule])
			take_names(&names, ft_rules[rule].source);
	free(names.rows);
}

/* SPDX-License-Identifier: MIT */
/*
 * Would anybody notice if the model lost a rule?
 *
 * Every rule is left out in turn, and every known change of the kernel is turned, and all cases of
 * the probe programs and of tests/cases, and random programs of a fixed seed, are predicted again:
 * at least one of them must come out otherwise. A rule that nobody notices is wrong or untested.
 * What only an older kernel does is looked for in an older profile. The model is compared with
 * itself, so no kernel is needed; that the cases hold is for the runs to show.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explore/generate.h"
#include "model/model.h"
#include "tests/support/suite.h"

/* Cases of thousands of sockets take seconds and show nothing that smaller ones do not; so many
 * witnesses are enough for one rule. */
enum { TEXT_MAX = 2000, WITNESSES_MAX = 20, STRIDE = 7919, RANDOM = 20000, SEED = 1 };

/* All cases, with what is predicted of each while nothing is left out; behind those that somebody
 * wrote come RANDOM programs, each made when it is asked for. */
struct deck {
	size_t n, size;
	struct entry {
		struct ft_matrix *matrix; /* of its first case only, which frees it */
		struct ft_case c;
		uint64_t expected;
	} * rows;
	struct ft_generator generator;
	struct ft_program program;
	struct ft_case random;
	uint64_t random_expected[RANDOM];
	struct ft_model *model;
	struct ft_prediction prediction;
	struct ft_setting setting;
};

/* ---- reading ---- */

static bool add_case(struct deck *deck, struct ft_matrix *matrix, size_t index)
{
	struct entry *row;

	if (deck->n == deck->size) {
		size_t size = deck->size ? 2 * deck->size : 4096;
		struct entry *grown = reallocarray(deck->rows, size, sizeof(*grown));

		if (!grown)
			return false;
		deck->rows = grown;
		deck->size = size;
	}
	row = &deck->rows[deck->n++];
	*row = (struct entry){.matrix = index ? NULL : matrix};
	ft_case_init(&row->c);
	return ft_matrix_case(matrix, index, &row->c) == 0;
}

static int add_text(void *arg, const char *text, size_t len, unsigned line, struct ft_err *err)
{
	struct ft_matrix *matrix;
	struct deck *deck = arg;

	if (len > TEXT_MAX)
		return 0;
	if (ft_matrix_parse(text, len, NULL, line, &matrix, err) < 0)
		return err->code;
	for (size_t i = 0; i < ft_matrix_size(matrix); i++)
		if (!add_case(deck, matrix, i))
			return ft_err_set(err, -ENOMEM, "no memory for the cases");
	return 0;
}

static void add_stream(struct deck *deck, FILE *file, const char *name)
{
	struct ft_err err = {0};

	if (CHECK_ROW(name, file, "cannot be read"))
		CHECK_ROW(name, ft_cases_read(file, name, add_text, deck, &err) == 0, "%s",
			  err.text);
}

/* The probe programs print their cases in the format of .cases files. */
static void add_programs(struct deck *deck)
{
	DIR *folder = opendir(FT_PROGRAMS_DIR);
	struct dirent *found;
	char command[4096];

	if (!CHECK_ROW(FT_PROGRAMS_DIR, folder, "cannot be read"))
		return;
	while ((found = readdir(folder))) {
		FILE *file;

		if (strncmp(found->d_name, "fourtuple-", 10) != 0)
			continue;
		snprintf(command, sizeof(command), "%s/%s --list", FT_PROGRAMS_DIR, found->d_name);
		file = popen(command, "r");
		add_stream(deck, file, found->d_name);
		if (file)
			CHECK_INT(found->d_name, pclose(file), 0);
	}
	closedir(folder);
}

static void add_files(struct deck *deck)
{
	DIR *folder = opendir(FT_TESTS_DIR "/cases");
	struct dirent *found;
	char path[4096];

	if (!CHECK(folder))
		return;
	while ((found = readdir(folder))) {
		size_t len = strlen(found->d_name);
		FILE *file;

		if (len < 7 || strcmp(found->d_name + len - 6, ".cases") != 0)
			continue;
		snprintf(path, sizeof(path), FT_TESTS_DIR "/cases/%s", found->d_name);
		file = fopen(path, "r");
		add_stream(deck, file, path);
		if (file)
			fclose(file);
	}
	closedir(folder);
}

/* ---- what is predicted, in one number ---- */

static uint64_t mix(uint64_t sum, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len--)
		sum = (sum ^ *at++) * UINT64_C(0x100000001b3); /* FNV-1a */
	return sum;
}

static uint64_t mix_number(uint64_t sum, uint64_t number)
{
	return mix(sum, &number, sizeof(number));
}

static uint64_t mix_receivers(uint64_t sum, const struct ft_prediction *p,
			      const struct ft_receivers *got)
{
	sum = mix_number(sum, got->known + 2 * (uint64_t)got->n);
	for (uint32_t i = 0; i < got->n; i++)
		sum = mix_number(sum, p->got[got->first + i]);
	return sum;
}

static uint64_t mix_call(uint64_t sum, const struct ft_prediction *p,
			 const struct ft_predicted *call)
{
	sum = mix_number(sum, (uint64_t)call->step << 32 | call->word);
	sum = mix_number(sum, call->end);
	sum = mix_number(sum, (uint64_t)call->error);
	sum = mix_number(sum, (uint64_t)call->value);
	if (call->end == FT_END_TEXT)
		sum = mix(sum, ft_text_get(&p->text) + call->text,
			  strlen(ft_text_get(&p->text) + call->text));
	if (call->has_local) {
		sum = mix(sum, &call->local, offsetof(struct ft_endpoint, scope));
		sum = mix(sum, call->local.scope, strlen(call->local.scope));
	}
	sum = mix_receivers(sum, p, &call->got);
	/* The number of alternatives is part of what is said: a choice less is another word. */
	return mix_number(mix_receivers(sum, p, &call->any), call->n_choices);
}

static const struct ft_case *case_at(struct deck *deck, size_t i)
{
	if (i < deck->n)
		return &deck->rows[i].c;
	ft_generate(&deck->generator, i - deck->n, &deck->program);
	ft_program_case(&deck->program, &deck->random);
	return &deck->random;
}

/* Rules and holders are left out: a rule is noticed where an end changes, not its reason. */
static uint64_t predict(struct deck *deck, size_t i)
{
	const struct ft_prediction *p = &deck->prediction;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	if (ft_model_predict(deck->model, case_at(deck, i), &deck->setting, NULL, 0,
			     &deck->prediction) < 0)
		return 0;
	sum = mix_number(sum, p->beyond);
	for (size_t i = 0; i < p->n; i++)
		sum = mix_call(sum, p, &p->calls[i]);
	for (size_t i = 0; i < p->n_choices; i++)
		sum = mix_number(sum, p->choices[i].n);
	return sum;
}

/* ---- the decks ---- */

static void expect(struct deck *deck, unsigned major, unsigned minor)
{
	deck->setting = (struct ft_setting){.profile = ft_profile_release(major, minor),
					    .cpus = 2,
					    .privileged = true};
	for (size_t i = 0; i < deck->n; i++)
		deck->rows[i].expected = predict(deck, i);
	for (size_t i = 0; i < RANDOM; i++)
		deck->random_expected[i] = predict(deck, deck->n + i);
}

/* NULL, and the test has failed, where there are too few cases. */
static struct deck *deck_new(void)
{
	struct deck *deck = calloc(1, sizeof(*deck));

	if (!CHECK(deck) || !CHECK(deck->model = ft_model_new())) {
		free(deck);
		return NULL;
	}
	ft_prediction_init(&deck->prediction);
	ft_generator_init(&deck->generator, SEED);
	ft_case_init(&deck->random);
	add_programs(deck);
	add_files(deck);
	expect(deck, 6, 18);
	printf("\n%zu cases and %d random programs\n", deck->n, RANDOM);
	CHECK(deck->n > 10000);
	return deck;
}

static void deck_free(struct deck *deck)
{
	if (!deck)
		return;
	for (size_t i = 0; i < deck->n; i++)
		ft_case_fini(&deck->rows[i].c);
	for (size_t i = 0; i < deck->n; i++)
		ft_matrix_free(deck->rows[i].matrix);
	free(deck->rows);
	ft_prediction_fini(&deck->prediction);
	ft_model_free(deck->model);
	ft_case_fini(&deck->random);
	free(deck);
}

/* How many cases come out otherwise in the deck's present setting? */
struct witnesses {
	unsigned written, random; /* up to WITNESSES_MAX; random programs are asked if none is */
};

/* Neighbours are alike, so the deck is walked through in strides. */
static struct witnesses count_witnesses(struct deck *deck)
{
	struct witnesses n = {0, 0};

	for (size_t i = 0, at = 0; i < deck->n && n.written < WITNESSES_MAX; i++) {
		n.written += predict(deck, at) != deck->rows[at].expected;
		at = (at + STRIDE) % deck->n;
	}
	for (size_t i = 0; i < RANDOM && !n.written && n.random < WITNESSES_MAX; i++)
		n.random += predict(deck, deck->n + i) != deck->random_expected[i];
	return n;
}

/* ---- the tests ---- */

/* Older kernels, for rules that do not decide any more. */
static const struct {
	unsigned major, minor;
} releases[] = {{6, 18}, {6, 7}, {6, 1}, {5, 4}, {4, 4}, {3, 2}};
enum { N_RELEASES = sizeof(releases) / sizeof(*releases) };

/* Were there any? Prints their number. */
static bool print_witnesses(const char *name, struct witnesses n, size_t release)
{
	unsigned sum = n.written + n.random;

	if (!sum)
		return false;
	printf("  %-28s %3u%s%s", name, sum, sum == WITNESSES_MAX ? " and more" : "",
	       n.random ? ", random ones" : "");
	if (release)
		printf(", in linux-%u.%u", releases[release].major, releases[release].minor);
	putchar('\n');
	return true;
}

static bool is_noticed(struct deck *deck, unsigned rule, size_t release)
{
	struct witnesses n;

	deck->setting.off[rule / 64] |= UINT64_C(1) << rule % 64;
	n = count_witnesses(deck);
	deck->setting.off[rule / 64] = 0;
	return print_witnesses(ft_rules[rule].id, n, release);
}

static void every_rule(void)
{
	bool noticed[FT_RULE_COUNT] = {false};
	unsigned left = FT_RULE_COUNT - 1;
	struct deck *deck = deck_new();

	for (size_t r = 0; deck && left && r < N_RELEASES; r++) {
		if (r) /* the first is what a new deck expects */
			expect(deck, releases[r].major, releases[r].minor);
		for (unsigned rule = 1; rule < FT_RULE_COUNT; rule++) {
			if (noticed[rule])
				continue;
			noticed[rule] = is_noticed(deck, rule, r);
			left -= noticed[rule];
		}
	}
	for (unsigned rule = 1; rule < FT_RULE_COUNT; rule++)
		CHECK_ROW(ft_rules[rule].id, noticed[rule], "no case notices its loss: %s",
			  ft_rules[rule].sentence);
	deck_free(deck);
}

static void every_toggle(void)
{
	struct deck *deck = deck_new();

	for (unsigned toggle = 0; deck && toggle < FT_TOGGLE_COUNT; toggle++) {
		struct witnesses n;

		deck->setting.profile.toggles ^= UINT32_C(1) << toggle;
		n = count_witnesses(deck);
		deck->setting.profile.toggles ^= UINT32_C(1) << toggle;
		CHECK_ROW(ft_toggles[toggle].name, print_witnesses(ft_toggles[toggle].name, n, 0),
			  "no case notices it: %s", ft_toggles[toggle].subject);
	}
	deck_free(deck);
}

static const struct ft_test tests[] = {
	{"every-rule", every_rule},
	{"every-toggle", every_toggle},
	{NULL, NULL},
};

const struct ft_suite ft_suite_rules = {"rules", tests};

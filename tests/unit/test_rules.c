/* SPDX-License-Identifier: MIT */
/*
 * Would any probe notice if the model lost a rule?
 *
 * Every rule is left out in turn, and every known change of the kernel is turned, and the cases of
 * all probe programs, in their full extent, are predicted again: at least one must come out
 * otherwise. A rule that no probe notices is wrong, or belongs to a question that nobody asks. What
 * only an older kernel does is looked for in an older profile. The model is compared with itself,
 * so no kernel is needed; that the cases hold is for the runs to show.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "tests/support/suite.h"

/* Cases of thousands of sockets take seconds and show nothing that smaller ones do not. */
enum { TEXT_MAX = 2000, NAME_SIZE = 32, PROGRAMS_MAX = 64 };

/* What is changed in the model: a rule left out, or, behind the rules, a known change turned. */
enum { CHANGES = FT_RULE_COUNT + FT_TOGGLE_COUNT };

struct program {
	char name[NAME_SIZE];
	FILE *out; /* a case a line */
	char *line;
	size_t size;
	unsigned n_lines;
};

/* The cases pass by once a release, and those changes that nobody has noticed yet are tried on each
 * of them: so nothing but the present case need be kept. */
struct search {
	char by[CHANGES][NAME_SIZE]; /* the probe that noticed it first, and the release */
	unsigned left[CHANGES];      /* changes that nobody has noticed */
	size_t n_left;
	const char *probe;
	char release[NAME_SIZE]; /* " in linux-5.4", or nothing for the newest */
	unsigned long n_cases;
	struct ft_case c;
	struct ft_model *model;
	struct ft_prediction prediction;
	struct ft_setting setting;
};

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

/* Rules and holders are left out: a rule is noticed where an end changes, not its reason. */
static uint64_t predict(struct search *search)
{
	const struct ft_prediction *p = &search->prediction;
	uint64_t sum = UINT64_C(0xcbf29ce484222325);

	if (ft_model_predict(search->model, &search->c, &search->setting, NULL, 0,
			     &search->prediction) < 0)
		return 0;
	sum = mix_number(sum, p->beyond);
	for (size_t i = 0; i < p->n; i++)
		sum = mix_call(sum, p, &p->calls[i]);
	for (size_t i = 0; i < p->n_choices; i++)
		sum = mix_number(sum, p->choices[i].n);
	return sum;
}

/* ---- the search ---- */

static void turn(struct ft_setting *setting, unsigned change)
{
	if (change < FT_RULE_COUNT)
		setting->off[change / 64] ^= UINT64_C(1) << change % 64;
	else
		setting->profile.toggles ^= UINT32_C(1) << (change - FT_RULE_COUNT);
}

static bool is_noticed(struct search *search, unsigned change, uint64_t expected)
{
	uint64_t seen;

	turn(&search->setting, change);
	seen = predict(search);
	turn(&search->setting, change);
	return seen != expected;
}

static void try_case(struct search *search)
{
	uint64_t expected = predict(search);

	search->n_cases++;
	for (size_t i = 0; i < search->n_left;) {
		unsigned change = search->left[i];

		if (is_noticed(search, change, expected)) {
			snprintf(search->by[change], NAME_SIZE, "%s%s", search->probe,
				 search->release);
			search->left[i] = search->left[--search->n_left];
		} else {
			i++;
		}
	}
}

/* A line that a program printed: a case. */
static int try_line(struct search *search, const char *text, size_t len, unsigned line,
		    struct ft_err *err)
{
	struct ft_matrix *matrix;
	int rc;

	if (len > TEXT_MAX)
		return 0;
	rc = ft_matrix_parse(text, len, search->probe, line, &matrix, err);
	if (rc < 0)
		return rc;
	rc = ft_matrix_case(matrix, 0, &search->c);
	if (rc == 0)
		try_case(search);
	ft_matrix_free(matrix);
	return rc;
}

/* ---- the programs ---- */

static void program_open(struct program *program, const char *file_name)
{
	char command[4096];

	snprintf(program->name, sizeof(program->name), "%s", file_name + strlen("fourtuple-"));
	snprintf(command, sizeof(command), "%s/%s --list --full", FT_PROGRAMS_DIR, file_name);
	program->out = popen(command, "r");
	CHECK_ROW(program->name, program->out, "cannot be started");
}

/* One case; false: there is no other. */
static bool program_step(struct search *search, struct program *program)
{
	ssize_t len = program->out ? getline(&program->line, &program->size, program->out) : -1;
	struct ft_err err = {0};

	if (len <= 0)
		return false;
	search->probe = program->name;
	return try_line(search, program->line, (size_t)len, ++program->n_lines, &err) == 0 ||
	       CHECK_ROW(program->name, false, "%s", err.text);
}

static void program_close(struct program *program)
{
	char rest[4096];

	if (!program->out)
		return;
	while (fread(rest, 1, sizeof(rest), program->out) > 0)
		; /* a program whose reader goes would end with an error */
	CHECK_INT(program->name, pclose(program->out), 0);
	free(program->line);
}

static size_t open_programs(struct program *programs)
{
	struct dirent **found;
	int n = scandir(FT_PROGRAMS_DIR, &found, NULL, alphasort);
	size_t n_programs = 0;

	if (!CHECK_ROW(FT_PROGRAMS_DIR, n >= 0, "cannot be read"))
		return 0;
	for (int i = 0; i < n; i++) {
		if (strncmp(found[i]->d_name, "fourtuple-", 10) == 0 &&
		    CHECK_ROW(found[i]->d_name, n_programs < PROGRAMS_MAX, "one too many"))
			program_open(&programs[n_programs++], found[i]->d_name);
		free(found[i]);
	}
	free(found);
	return n_programs;
}

/* A case of each in turn, because the cases of one program are alike. */
static void try_programs(struct search *search)
{
	struct program programs[PROGRAMS_MAX] = {0};
	size_t n = open_programs(programs);
	bool more = true;

	while (more && search->n_left) {
		more = false;
		for (size_t i = 0; i < n; i++)
			more |= program_step(search, &programs[i]);
	}
	for (size_t i = 0; i < n; i++)
		program_close(&programs[i]);
}

/* Older kernels, for rules that do not decide any more. */
static void try_releases(struct search *search)
{
	static const struct {
		unsigned major, minor;
	} releases[] = {{6, 18}, {6, 7}, {6, 1}, {5, 4}, {4, 4}, {3, 2}};

	for (size_t r = 0; r < sizeof(releases) / sizeof(*releases) && search->n_left; r++) {
		unsigned major = releases[r].major, minor = releases[r].minor;

		search->setting = (struct ft_setting){.profile = ft_profile_release(major, minor),
						      .cpus = 2,
						      .privileged = true};
		if (r > 0)
			snprintf(search->release, NAME_SIZE, " in linux-%u.%u", major, minor);
		try_programs(search);
		if (r == 0)
			CHECK(search->n_cases > 50000 || search->n_left == 0);
	}
}

/* ---- the test ---- */

static const char *name_of(unsigned change)
{
	return change < FT_RULE_COUNT ? ft_rules[change].id
				      : ft_toggles[change - FT_RULE_COUNT].name;
}

static const char *sentence_of(unsigned change)
{
	return change < FT_RULE_COUNT ? ft_rules[change].sentence
				      : ft_toggles[change - FT_RULE_COUNT].subject;
}

static void every_rule(void)
{
	struct search *search = calloc(1, sizeof(*search));

	if (!CHECK(search) || !CHECK(search->model = ft_model_new())) {
		free(search);
		return;
	}
	ft_prediction_init(&search->prediction);
	ft_case_init(&search->c);
	for (unsigned change = 1; change < CHANGES; change++)
		search->left[search->n_left++] = change;
	try_releases(search);
	printf("\n%lu cases\n", search->n_cases);
	for (unsigned change = 1; change < CHANGES; change++)
		if (CHECK_ROW(name_of(change), search->by[change][0],
			      "no probe notices its loss: %s", sentence_of(change)))
			printf("  %-28s %s\n", name_of(change), search->by[change]);
	ft_case_fini(&search->c);
	ft_prediction_fini(&search->prediction);
	ft_model_free(search->model);
	free(search);
}

static const struct ft_test tests[] = {
	{"every-rule", every_rule},
	{NULL, NULL},
};

const struct ft_suite ft_suite_rules = {"rules", tests};

/* SPDX-License-Identifier: MIT */
/*
 * Does a program shrink to what matters, and does the shrinking end?
 */
#include <errno.h>
#include <string.h>

#include "explore/generate.h"
#include "explore/shrink.h"
#include "tests/support/suite.h"

enum { TEXT_MAX = 1 << 14, PROPOSALS_MAX = 1500 };

/* What is looked for: every word of it occurs, in this order. */
static bool has_all(const char *text, const char *const *words)
{
	for (; *words; words++) {
		text = strstr(text, *words);
		if (!text)
			return false;
		text += strlen(*words);
	}
	return true;
}

static void shrink(struct ft_shrinker *shrinker, const struct ft_program *program,
		   const char *const *words, struct ft_text *text)
{
	const struct ft_program *proposed;

	ft_shrinker_begin(shrinker, program);
	while ((proposed = ft_shrinker_next(shrinker))) {
		ft_text_clear(text);
		ft_program_print(proposed, text);
		ft_shrinker_tell(shrinker, has_all(ft_text_get(text), words));
	}
	ft_text_clear(text);
	ft_program_print(&shrinker->best, text);
}

static const struct {
	const char *text;
	const char *words[6];
	const char *least;
} rows[] = {
	{"a tcp4 reuseaddr bind lo:p listen; b tcp4 reuseaddr bind lo:p",
	 {"listen"},
	 "a tcp4 listen"},
	{"a tcp6 v6only bind any:p listen; b tcp6 connect lo:p; a accept c; c close; b close",
	 {"accept", "close"},
	 "a tcp4 accept b; b close"},
	{"a udp6 bind any:p; b udp6 connect lo:q; b bind lo2:r; a send=3 lo:q",
	 {"bind", "bind"},
	 "a tcp4 bind lo:p bind lo:p"},
	{"as 1000 a tcp4 bind any:p; as 1000 b tcp4 bind any:p; c tcp4 close; b dup d; d listen=7",
	 {"as 1000", "listen"},
	 "as 1000 a tcp4; a listen"},
	{"a@peer mptcp6 bindtodevice=eth bind eth:p; b tcp4 bindtodevice=eth connect peer:q",
	 {"bindtodevice", "connect"},
	 "a tcp4 bindtodevice=lo connect lo:p"},
	{"sysctl tcp_tw_reuse=0; a tcp4 bind lo:40000; look lo:40000; wait 1s; cpu 1",
	 {"look", ":40000"},
	 "look lo:40000"},
	{"a tcp4 steer_ebpf=mod:3 reuseaddr|reuseport linger=4 begin [::1]:e2",
	 {"steer", "e2"},
	 "a tcp4 steer=0 connect lo:e2"},
	{"a tcp4 bind lo:p; b tcp4 bind lo:q; a close; b close",
	 {":p", ":q"},
	 "a tcp4 bind lo:p bind lo:q"},
	{"a udp4 add_membership=mcast@eth multicast_if=eth send mcast:p",
	 {"add_membership", "send"},
	 "a tcp4 add_membership=mcast send"},
};

static void test_least(void)
{
	struct ft_shrinker shrinker;
	struct ft_text text;

	ft_text_init(&text, TEXT_MAX);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ft_matrix *matrix = NULL;
		struct ft_program program;
		struct ft_err err = {0};
		struct ft_case c;

		if (!CHECK_ROW(rows[i].text,
			       ft_matrix_parse(rows[i].text, strlen(rows[i].text), NULL, 1, &matrix,
					       &err) == 0,
			       "%s", err.text))
			continue;
		ft_case_init(&c);
		CHECK_INT(rows[i].text, ft_matrix_case(matrix, 0, &c), 0);
		CHECK_INT(rows[i].text, ft_program_from_case(&program, &c), 0);
		shrink(&shrinker, &program, rows[i].words, &text);
		CHECK_STR(rows[i].text, ft_text_get(&text), rows[i].least);
		ft_case_fini(&c);
		ft_matrix_free(matrix);
	}
	ft_text_fini(&text);
}

/* Whatever is proposed is a sound case, and whoever always says yes or no comes to an end. */
static void test_ends(void)
{
	static const char *const nothing[] = {NULL}, *const never[] = {"\n", NULL};
	struct ft_generator generator;
	struct ft_shrinker shrinker;
	struct ft_program program;
	struct ft_text text;

	ft_text_init(&text, TEXT_MAX);
	ft_generator_init(&generator, 3);
	for (uint64_t i = 0; i < 2000; i++) {
		ft_generate(&generator, i, &program);
		shrink(&shrinker, &program, nothing, &text);
		CHECK_INT(ft_text_get(&text), shrinker.best.n_words, 1);
		shrink(&shrinker, &program, never, &text);
		CHECK_ROW(ft_text_get(&text), shrinker.proposals < PROPOSALS_MAX, "%u proposals",
			  shrinker.proposals);
		CHECK_INT(ft_text_get(&text), shrinker.best.n_words, program.n_words);
	}
	ft_text_fini(&text);
}

static bool is_sound(const struct ft_program *program, struct ft_text *text)
{
	struct ft_matrix *matrix = NULL;
	struct ft_err err = {0};

	ft_text_clear(text);
	ft_program_print(program, text);
	if (!CHECK_ROW(ft_text_get(text),
		       ft_matrix_parse(ft_text_get(text), text->len, NULL, 1, &matrix, &err) == 0,
		       "%s", err.text))
		return false;
	ft_matrix_free(matrix);
	return true;
}

static void test_sound(void)
{
	struct ft_generator generator;
	struct ft_program program, edited;
	struct ft_text text;
	bool good = true;

	ft_text_init(&text, TEXT_MAX);
	ft_generator_init(&generator, 4);
	for (uint64_t i = 0; good && i < 300; i++) {
		ft_generate(&generator, i, &program);
		for (unsigned edit = 0; good && edit < ft_edit_count(&program); edit++) {
			ft_program_copy(&edited, &program);
			if (ft_edit(&edited, edit))
				good = is_sound(&edited, &text);
		}
	}
	ft_text_fini(&text);
}

static void test_too_large(void)
{
	static const char text[] =
		"a tcp4; b tcp4; c tcp4; d tcp4; e tcp4; f tcp4; g tcp4; h tcp4; "
		"i tcp4; j tcp4; k tcp4; l tcp4; m tcp4; n tcp4; o tcp4; x tcp4; "
		"y tcp4";
	struct ft_matrix *matrix = NULL;
	struct ft_program program;
	struct ft_err err = {0};
	struct ft_case c;

	if (!CHECK_INT("parse", ft_matrix_parse(text, strlen(text), NULL, 1, &matrix, &err), 0))
		return;
	ft_case_init(&c);
	CHECK_INT("case", ft_matrix_case(matrix, 0, &c), 0);
	CHECK_INT("17 sockets", ft_program_from_case(&program, &c), -E2BIG);
	ft_case_fini(&c);
	ft_matrix_free(matrix);
}

static const struct ft_test tests[] = {
	{"least", test_least},         {"ends", test_ends}, {"sound", test_sound},
	{"too_large", test_too_large}, {NULL, NULL},
};

const struct ft_suite ft_suite_shrink = {"shrink", tests};

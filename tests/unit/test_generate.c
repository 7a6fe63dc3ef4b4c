/* SPDX-License-Identifier: MIT */
/*
 * Is a random program a function of its seed and number, and a case like any other?
 */
#include <stdlib.h>
#include <string.h>

#include "explore/generate.h"
#include "explore/random.h"
#include "tests/support/suite.h"

enum { PROGRAMS = 20000, TEXT_MAX = 1 << 16 };

static void print(const struct ft_generator *generator, uint64_t number, struct ft_text *out)
{
	struct ft_program program;

	ft_text_clear(out);
	ft_generate(generator, number, &program);
	ft_program_print(&program, out);
}

/* Written down once: a change of the generator changes them, a change of the machine must not. */
static void test_same_everywhere(void)
{
	struct ft_random random;

	ft_random_seed(&random, 1, 0);
	CHECK_INT("first", (int64_t)(ft_random_next(&random) >> 1), INT64_C(8577457278375016217));
	CHECK_INT("second", (int64_t)(ft_random_next(&random) >> 1), INT64_C(7740962535516158581));
}

static void test_independent(void)
{
	struct ft_generator one, two;
	struct ft_text a, b;

	ft_text_init(&a, TEXT_MAX);
	ft_text_init(&b, TEXT_MAX);
	ft_generator_init(&one, 7);
	ft_generator_init(&two, 7);
	for (uint64_t i = 0; i < 1000; i++) { /* the other way round, and every third only */
		uint64_t number = 3 * (999 - i);

		print(&one, number, &a);
		print(&two, number / 2, &b);
		print(&two, number, &b);
		if (!CHECK_STR("same number", ft_text_get(&a), ft_text_get(&b)))
			break;
	}
	ft_generator_init(&two, 8);
	print(&one, 0, &a);
	print(&two, 0, &b);
	CHECK_ROW("another seed", strcmp(ft_text_get(&a), ft_text_get(&b)) != 0, "the same text");
	ft_text_fini(&a);
	ft_text_fini(&b);
}

static bool same_word(const struct ft_word *a, const struct ft_word *b)
{
	bool texts = (!a->text && !b->text) || (a->text && b->text && a->text_len == b->text_len &&
						memcmp(a->text, b->text, a->text_len) == 0);

	return texts && a->op == b->op && a->detail == b->detail && a->n_options == b->n_options &&
	       a->has_at == b->has_at && a->socket == b->socket && a->value == b->value &&
	       memcmp(a->options, b->options, sizeof(a->options)) == 0 &&
	       memcmp(&a->at, &b->at, sizeof(a->at)) == 0;
}

static bool same_step(const struct ft_step *a, const struct ft_step *b)
{
	if (a->subject != b->subject || a->peer != b->peer || a->as != b->as || a->uid != b->uid ||
	    a->n_words != b->n_words)
		return false;
	for (size_t w = 0; w < a->n_words; w++)
		if (!same_word(&a->words[w], &b->words[w]))
			return false;
	return true;
}

static bool same_case(const struct ft_case *a, const struct ft_case *b)
{
	if (a->n_steps != b->n_steps || a->needs != b->needs ||
	    a->names->n_sockets != b->names->n_sockets || a->names->n_ports != b->names->n_ports)
		return false;
	for (size_t i = 0; i < a->n_steps; i++)
		if (!same_step(a->steps[i], b->steps[i]))
			return false;
	return true;
}

/* Its text means the same to the parser, which also says that it is sound. */
static bool reads_back(const struct ft_program *program, const char *text)
{
	struct ft_case made, read;
	struct ft_matrix *matrix = NULL;
	struct ft_err err = {0};
	bool same;

	if (!CHECK_ROW(text, ft_matrix_parse(text, strlen(text), NULL, 1, &matrix, &err) == 0, "%s",
		       err.text))
		return false;
	ft_case_init(&made);
	ft_case_init(&read);
	same = CHECK_INT(text, ft_program_case(program, &made), 0) &&
	       CHECK_INT(text, ft_matrix_case(matrix, 0, &read), 0) &&
	       CHECK_ROW(text, same_case(&made, &read), "reads back as another case");
	ft_case_fini(&made);
	ft_case_fini(&read);
	ft_matrix_free(matrix);
	return same;
}

static void test_sound(void)
{
	struct ft_generator generator;
	struct ft_program program;
	struct ft_text text;
	bool good = true;

	ft_text_init(&text, TEXT_MAX);
	ft_generator_init(&generator, 1);
	for (uint64_t i = 0; good && i < PROGRAMS; i++) {
		unsigned calls;

		ft_generate(&generator, i, &program);
		calls = ft_program_calls(&program);
		ft_text_clear(&text);
		ft_program_print(&program, &text);
		good = CHECK_ROW(ft_text_get(&text), calls >= 1 && calls <= FT_GENERATE_CALLS_MAX,
				 "%u calls", calls) &&
		       reads_back(&program, ft_text_get(&text));
	}
	ft_text_fini(&text);
}

/* Of what the search is weighted to, how often is each in so many programs? */
static const struct {
	const char *word;
	unsigned least;
} rows[] = {
	{" tcp4", 5000},
	{" tcp6", 4000},
	{" udp4", 1000},
	{" udp6", 1000},
	{" mptcp4", 10},
	{" reuseaddr", 5000},
	{" reuseaddr=0", 500},
	{" reuseport", 5000},
	{" v6only", 500},
	{" listen", 5000},
	{" accept", 1000},
	{" connect", 5000},
	{" begin", 100},
	{" fastopen", 20},
	{" send", 1000},
	{" recv", 300},
	{" shutdown=", 500},
	{" disconnect", 500},
	{" close", 2000},
	{" fchown=", 20},
	{" dup ", 100},
	{" deaf", 50},
	{" hear", 3},
	{" steer=", 1000},
	{" unsteer", 200},
	{"as 1000 ", 100},
	{"@peer", 5},
	{":0", 500},
	{":e1", 200},
	{"linger=0", 200},
	{"bindtodevice=eth", 50},
	{"bind_address_no_port", 100},
	{"local_port_range=", 5},
	{"incoming_cpu=", 100},
	{"add_membership=", 100},
	{"look ", 2},
	{"sysctl ", 20},
	{"any4:", 100},
	{"lo4:", 1000},
	{"mcast:", 50},
	{"wait ", 1},
};

static void test_varied(void)
{
	enum { N = sizeof(rows) / sizeof(*rows) };
	unsigned counts[N] = {0};
	struct ft_generator generator;
	struct ft_text text;

	ft_text_init(&text, TEXT_MAX);
	ft_generator_init(&generator, 1);
	for (uint64_t i = 0; i < PROGRAMS; i++) {
		print(&generator, i, &text);
		for (size_t k = 0; k < N; k++)
			counts[k] += strstr(ft_text_get(&text), rows[k].word) != NULL;
	}
	for (size_t k = 0; k < N; k++)
		CHECK_ROW(rows[k].word, counts[k] >= rows[k].least, "in %u programs, wanted %u",
			  counts[k], rows[k].least);
	ft_text_fini(&text);
}

/* What takes a namespace of its own or real time must stay rare. */
static void test_cheap(void)
{
	unsigned own = 0, waits = 0, hears = 0;
	struct ft_generator generator;
	struct ft_program program;
	struct ft_case c;

	ft_case_init(&c);
	ft_generator_init(&generator, 1);
	for (uint64_t i = 0; i < PROGRAMS; i++) {
		ft_generate(&generator, i, &program);
		CHECK_INT("case", ft_program_case(&program, &c), 0);
		own += (c.needs & FT_NEED_OWN_NAMESPACE) != 0;
		waits += (c.needs & FT_NEED_WAIT) != 0;
		for (size_t w = 0; w < program.n_words; w++)
			hears += program.words[w].op == FT_OP_HEAR;
	}
	CHECK_ROW("own namespace", own < PROGRAMS / 100, "%u of %d", own, PROGRAMS);
	CHECK_ROW("wait", waits < PROGRAMS / 1000, "%u of %d", waits, PROGRAMS);
	CHECK_ROW("hear", hears < PROGRAMS / 500, "%u of %d", hears, PROGRAMS);
	ft_case_fini(&c);
}

static const struct ft_test tests[] = {
	{"same_everywhere", test_same_everywhere},
	{"independent", test_independent},
	{"sound", test_sound},
	{"varied", test_varied},
	{"cheap", test_cheap},
	{NULL, NULL},
};

const struct ft_suite ft_suite_generate = {"generate", tests};

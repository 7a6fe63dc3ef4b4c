/* SPDX-License-Identifier: MIT */
/*
 * Are all programs of a size there, each once up to its names?
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explore/enumerate.h"
#include "tests/support/suite.h"

enum { TEXT_MAX = 1 << 12, TEXTS_MAX = 400000 };

/* All texts that were met, sorted to be counted. */
struct texts {
	size_t n;
	char **rows;
};

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add(struct texts *texts, const struct ft_program *program)
{
	struct ft_text text;

	ft_text_init(&text, TEXT_MAX);
	ft_program_print(program, &text);
	if (CHECK(texts->n < TEXTS_MAX))
		texts->rows[texts->n++] = strdup(ft_text_get(&text));
	ft_text_fini(&text);
}

static size_t distinct(struct texts *texts)
{
	size_t n = 0;

	qsort(texts->rows, texts->n, sizeof(*texts->rows), compare);
	for (size_t i = 0; i < texts->n; i++)
		n += i == 0 || strcmp(texts->rows[i], texts->rows[i - 1]) != 0;
	return n;
}

static void empty(struct texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		free(texts->rows[i]);
	texts->n = 0;
}

/* ---- the long way: any call of any socket, with any names, and then tidied ---- */

struct brute {
	struct ft_vocabulary vocabulary;
	unsigned sockets, calls;
	struct texts *texts;
};

/* The state of the sockets, by name. */
struct state {
	bool made[3], open[3], v6[3];
};

static void flag(const struct brute *b, struct ft_program *program, enum ft_vocable vocable)
{
	struct ft_word *word = ft_program_word(program, FT_OP_SET);

	word->n_options = 1;
	word->value = 1;
	word->options[0] = b->vocabulary.options[vocable];
}

static void go_on(const struct brute *b, const struct ft_program *program, struct state state,
		  unsigned calls);

/* Every call that a socket can make; the step is begun. */
static void every_call(const struct brute *b, const struct ft_program *begun, struct state state,
		       uint16_t socket, unsigned calls)
{
	static const enum ft_op addressed[] = {FT_OP_BIND, FT_OP_BIND, FT_OP_BIND, FT_OP_CONNECT,
					       FT_OP_CONNECT};
	static const enum ft_host hosts[] = {FT_HOST_LO, FT_HOST_ANY, FT_HOST_LO4, FT_HOST_LO,
					     FT_HOST_LO4};
	struct ft_program program;

	for (unsigned i = 0; i < 5; i++)
		for (uint16_t port = 0; port < FT_ENUMERATE_PORTS; port++) {
			struct ft_word *word;

			if (hosts[i] == FT_HOST_LO4 && !state.v6[socket])
				continue;
			ft_program_copy(&program, begun);
			word = ft_program_word(&program, addressed[i]);
			word->has_at = true;
			word->at = (struct ft_endpoint){.host = (uint8_t)hosts[i],
							.port = FT_PORT_NAMED,
							.number = port};
			go_on(b, &program, state, calls);
		}
	ft_program_copy(&program, begun);
	ft_program_word(&program, FT_OP_LISTEN);
	go_on(b, &program, state, calls);
	for (uint16_t child = 0; child < b->sockets; child++) {
		struct state after = state;

		if (state.made[child])
			continue;
		after.made[child] = after.open[child] = true;
		after.v6[child] = state.v6[socket];
		ft_program_copy(&program, begun);
		ft_program_word(&program, FT_OP_ACCEPT)->socket = child;
		go_on(b, &program, after, calls);
	}
	ft_program_copy(&program, begun);
	ft_program_word(&program, FT_OP_CLOSE);
	state.open[socket] = false;
	go_on(b, &program, state, calls);
}

static void go_on(const struct brute *b, const struct ft_program *program, struct state state,
		  unsigned calls)
{
	struct ft_program next;

	if (calls == b->calls) {
		ft_program_copy(&next, program);
		ft_program_tidy(&next);
		add(b->texts, &next);
		return;
	}
	for (uint16_t socket = 0; socket < b->sockets; socket++) {
		struct state fresh = state;

		if (state.open[socket]) {
			ft_program_copy(&next, program);
			ft_program_step(&next, socket);
			every_call(b, &next, state, socket, calls + 1);
		}
		if (state.made[socket])
			continue;
		fresh.made[socket] = fresh.open[socket] = true;
		for (unsigned kind = 0; kind < 8; kind++) {
			ft_program_copy(&next, program);
			ft_program_step(&next, socket);
			ft_program_word(&next, FT_OP_CREATE)->detail = kind & 4 ? FT_FAMILY_TCP6
										: FT_FAMILY_TCP4;
			if (kind & 1)
				flag(b, &next, FT_VOCABLE_REUSEADDR);
			if (kind & 2)
				flag(b, &next, FT_VOCABLE_REUSEPORT);
			fresh.v6[socket] = kind & 4;
			every_call(b, &next, fresh, socket, calls + 1);
		}
	}
}

static const struct {
	const char *name;
	unsigned sockets, calls;
} sizes[] = {
	{"1 socket, 1 call", 1, 1},  {"1 socket, 2 calls", 1, 2},  {"1 socket, 3 calls", 1, 3},
	{"2 sockets, 1 call", 2, 1}, {"2 sockets, 2 calls", 2, 2}, {"3 sockets, 2 calls", 3, 2},
};

static void test_counts(void)
{
	struct ft_enumeration *e = calloc(1, sizeof(*e));
	struct texts texts = {.rows = calloc(TEXTS_MAX, sizeof(*texts.rows))};

	for (size_t i = 0; e && texts.rows && i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct brute b = {.sockets = sizes[i].sockets,
				  .calls = sizes[i].calls,
				  .texts = &texts};
		struct ft_program program;
		struct ft_err err = {0};
		size_t brute;

		ft_vocabulary_init(&b.vocabulary);
		ft_program_clear(&program);
		program.names.n_sockets = 3;
		program.names.n_ports = FT_ENUMERATE_PORTS;
		go_on(&b, &program, (struct state){0}, 0);
		brute = distinct(&texts);
		empty(&texts);
		CHECK_INT(sizes[i].name,
			  ft_enumeration_init(e, sizes[i].sockets, sizes[i].calls, &err), 0);
		CHECK_INT(sizes[i].name, (int64_t)e->total, (int64_t)brute);
		for (uint64_t k = 0; k < e->total; k++) {
			ft_enumerate(e, k, &program);
			add(&texts, &program);
		}
		CHECK_INT(sizes[i].name, (int64_t)distinct(&texts), (int64_t)e->total);
		empty(&texts);
	}
	free(texts.rows);
	free(e);
}

/* Each is tidy, that is: named in order of first sight, and sound; and has the calls it should. */
static void test_tidy(void)
{
	struct ft_enumeration *e = calloc(1, sizeof(*e));
	struct ft_program program, tidied;
	struct ft_text a, b;
	struct ft_err err = {0};

	ft_text_init(&a, TEXT_MAX);
	ft_text_init(&b, TEXT_MAX);
	if (e && CHECK_INT("init", ft_enumeration_init(e, 4, 6, &err), 0))
		for (uint64_t i = 0; i < 5000; i++) {
			ft_enumerate(e, e->total / 5000 * i + i, &program);
			ft_program_copy(&tidied, &program);
			ft_program_tidy(&tidied);
			ft_text_clear(&a);
			ft_text_clear(&b);
			ft_program_print(&program, &a);
			ft_program_print(&tidied, &b);
			CHECK_INT(ft_text_get(&a), ft_program_calls(&program), 6);
			if (!CHECK_STR("tidy", ft_text_get(&a), ft_text_get(&b)))
				break;
		}
	ft_text_fini(&a);
	ft_text_fini(&b);
	free(e);
}

static void test_too_many(void)
{
	struct ft_enumeration *e = calloc(1, sizeof(*e));
	struct ft_err err = {0};

	if (e) {
		CHECK_INT("4, 12", ft_enumeration_init(e, 4, 12, &err), -E2BIG);
		CHECK(strstr(err.text, "2^63") != NULL);
	}
	free(e);
}

static const struct ft_test tests[] = {
	{"counts", test_counts},
	{"tidy", test_tidy},
	{"too_many", test_too_many},
	{NULL, NULL},
};

const struct ft_suite ft_suite_enumerate = {"enumerate", tests};

/* SPDX-License-Identifier: MIT */
/*
 * What do the files of the parser share? Nothing outside this folder includes this header.
 */
#ifndef FT_CASE_PARSE_H
#define FT_CASE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "case/arena.h"
#include "case/case.h"

/* A piece of the text that is being read. */
struct ft_slice {
	const char *at;
	size_t len;
};

/* Names in order of first sight, found by hash. */
struct ft_name_table {
	const char **names; /* the strings are the arena's */
	size_t n, size;
	uint16_t *buckets; /* index + 1; 0: free */
	size_t n_buckets;
};

struct ft_parsed_step {
	struct ft_step step;
	uint32_t column; /* of the subject, in the source */
};

/* What a run of steps asks of one socket, and what it leaves. */
struct ft_life_change {
	uint16_t socket;
	bool wants_open; /* else: must not be open */
	bool leaves_open;
};

/* One slot (the text between two semicolons) with one choice of its groups. */
struct ft_variant {
	const struct ft_parsed_step *steps;
	const struct ft_expectation *expected;
	const uint32_t *expected_columns;
	const struct ft_life_change *changes;
	uint32_t n_steps, n_expected, n_changes;
	uint32_t needs, n_words;
};

/* Everything that lives only while one matrix is parsed. */
struct ft_parser {
	const char *origin;
	unsigned line;
	struct ft_err *err;
	struct ft_arena *arena;
	struct ft_name_table sockets, ports;

	/* The variant that is being read: its text, and the source column of each byte. */
	const char *text;
	const uint32_t *columns;
	size_t text_len;

	struct ft_slice subject; /* of the step that is being read */

	/* Steps or expectations of this variant, before they move to the arena. */
	struct ft_parsed_step *steps;
	size_t n_steps, size_steps;
	struct ft_expectation *expected;
	uint32_t *expected_columns;
	size_t n_expected, size_expected;
	uint32_t needs, n_words;
	struct ft_text step_text;
	struct ft_word words[FT_CASE_WORDS_MAX];
};

/* An error text's copy of a word: quoted, unprintable bytes escaped, cut when long. */
struct ft_quoted {
	char text[80];
};
struct ft_quoted ft_parse_quote(struct ft_slice slice);

/* "ORIGIN:LINE:COLUMN: ..."; at points into the parser's present text. Returns code. */
int ft_parse_error(const struct ft_parser *p, int code, const char *at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
int ft_parse_error_column(const struct ft_parser *p, int code, size_t column, const char *format,
			  ...) __attribute__((format(printf, 4, 5)));
uint32_t ft_parse_column(const struct ft_parser *p, const char *at);

/* lex.c: slices. */
bool ft_is_blank(char c);
bool ft_slice_is(struct ft_slice slice, const char *word);
bool ft_slice_find(struct ft_slice slice, char c, size_t *ret_at);
/* As ft_slice_find() from the end. */
bool ft_slice_find_last(struct ft_slice slice, char c, size_t *ret_at);
struct ft_slice ft_slice_from(struct ft_slice slice, size_t start);
struct ft_slice ft_slice_to(struct ft_slice slice, size_t len);
/* Takes the next blank-separated token off rest; its len is 0 at the end. */
struct ft_slice ft_slice_token(struct ft_slice *rest);
/* Decimal or 0x; false unless all of it is a number <= max. */
bool ft_slice_number(struct ft_slice slice, uint64_t max, uint64_t *ret);
/* Likewise with an optional '-'. */
bool ft_slice_signed(struct ft_slice slice, int64_t min, int64_t max, int64_t *ret);
/* "1.1s" in nanoseconds; false unless it is a whole number of them up to FT_DURATION_MAX. */
bool ft_slice_duration(struct ft_slice slice, int64_t *ret_ns);
#define FT_DURATION_MAX INT64_C(1000000000000000)

/* lex.c: values with an error text of their own. 0 or a negative errno. */
/* what: "socket" or "port". Checks the form only. */
int ft_parse_name(struct ft_parser *p, struct ft_slice name, const char *what);
int ft_parse_socket(struct ft_parser *p, struct ft_slice name, uint16_t *ret);
int ft_parse_device(struct ft_parser *p, struct ft_slice name, const char **ret_text,
		    uint16_t *ret_len);
bool ft_is_scene_word(struct ft_slice slice, enum ft_op *ret_op);

/* endpoint.c */
int ft_parse_endpoint(struct ft_parser *p, struct ft_slice slice, struct ft_endpoint *ret);
/* Without the port. bare_v6: a v6 literal needs no brackets. */
int ft_parse_host(struct ft_parser *p, struct ft_slice slice, bool bare_v6,
		  struct ft_endpoint *ret);
unsigned ft_endpoint_needs(const struct ft_endpoint *at);
unsigned ft_device_needs(const char *device);

/* names.c */
int ft_name_intern(struct ft_name_table *table, struct ft_arena *arena, struct ft_slice name,
		   size_t max, uint16_t *ret); /* -E2BIG past max names, -ENOMEM */
void ft_name_table_fini(struct ft_name_table *table);

/* setopt.c: NAME, NAME=VALUE, NAME?, NAME|NAME. */
bool ft_option_find(struct ft_slice name, uint16_t *ret);
/* The names only (of an expectation or before '=' and '?'). */
int ft_parse_option_names(struct ft_parser *p, struct ft_slice names, struct ft_word *word);
int ft_parse_option(struct ft_parser *p, struct ft_slice token, struct ft_word *word);

/* word.c */
bool ft_family_find(struct ft_slice name, uint8_t *ret);
/* A call of a socket by its name alone; scene words are not found. */
bool ft_call_find(struct ft_slice name, enum ft_op *ret);
/* rest is what follows in the step: a word may take its argument from it. */
int ft_parse_word(struct ft_parser *p, struct ft_slice token, struct ft_slice *rest,
		  struct ft_word *word);
int ft_parse_scene_word(struct ft_parser *p, enum ft_op op, struct ft_slice token,
			struct ft_slice *rest, struct ft_word *word);
/* "unknown word 'X'; did you mean 'Y'?" at a place where a word of a chain may stand. */
int ft_parse_unknown_word(struct ft_parser *p, struct ft_slice token);

/* step.c, expect.c: append to p->steps, p->expected. */
int ft_parse_step(struct ft_parser *p, struct ft_slice text);
int ft_parse_expectations(struct ft_parser *p, struct ft_slice text);

/* A word's name in an outcome as a number: equal names, equal keys. */
uint64_t ft_word_key(const struct ft_word *word);

/* print.c */
void ft_duration_print(int64_t ns, struct ft_text *out);

#endif

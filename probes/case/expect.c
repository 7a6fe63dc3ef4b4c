/* SPDX-License-Identifier: MIT */
/*
 * What does the author of a case expect of it?
 *
 * SUBJECT.WORD[.N]=END[(A:P)][>got], separated by blanks; a scene word has no subject. Whether the
 * named call occurs in the case is asked when whole cases are checked (check.c).
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "case/nearest.h"
#include "case/parse.h"

enum { OCCURRENCE_MAX = UINT16_MAX };

static bool is_option_names(struct ft_slice name)
{
	size_t bar;
	uint16_t option;

	return ft_slice_find(name, '|', &bar) || ft_option_find(name, &option);
}

/* The name a word has in an outcome, as ft_word_print_name() writes it. */
static int parse_word_name(struct ft_parser *p, struct ft_slice name, struct ft_word *word)
{
	enum ft_op op;

	if (ft_family_find(name, &word->detail)) {
		word->op = FT_OP_CREATE;
		return 0;
	}
	if (ft_call_find(name, &op)) {
		word->op = (uint8_t)op;
		return 0;
	}
	word->op = FT_OP_SET;
	if (name.len && name.at[name.len - 1] == '?') {
		word->op = FT_OP_GET;
		name = ft_slice_to(name, name.len - 1);
	}
	if (!is_option_names(name))
		return ft_parse_unknown_word(p, name);
	return ft_parse_option_names(p, name, word);
}

/* SUBJECT.WORD[.N] or SCENEWORD[.N] */
static int parse_left(struct ft_parser *p, struct ft_slice left, struct ft_expectation *e)
{
	struct ft_slice first = left, name;
	bool has_dot;
	uint64_t occurrence = 1;
	enum ft_op op;
	size_t dot;
	int r;

	has_dot = ft_slice_find(left, '.', &dot);
	if (has_dot) {
		first = ft_slice_to(left, dot);
		left = ft_slice_from(left, dot + 1);
	}
	if (ft_is_scene_word(first, &op)) {
		e->subject = FT_NO_SOCKET;
		e->word.op = (uint8_t)op;
	} else {
		if (!has_dot)
			return ft_parse_error(p, -EINVAL, first.at, "%s is not SOCKET.WORD=...",
					      ft_parse_quote(first).text);
		r = ft_parse_socket(p, first, &e->subject);
		if (r)
			return r;
		name = left;
		has_dot = ft_slice_find(left, '.', &dot);
		if (has_dot) {
			name = ft_slice_to(left, dot);
			left = ft_slice_from(left, dot + 1);
		}
		r = parse_word_name(p, name, &e->word);
		if (r)
			return r;
	}
	if (has_dot && (!ft_slice_number(left, OCCURRENCE_MAX, &occurrence) || !occurrence))
		return ft_parse_error(p, -EINVAL, left.at, "%s is no occurrence from 1 to %d",
				      ft_parse_quote(left).text, OCCURRENCE_MAX);
	e->occurrence = (uint16_t)occurrence;
	return 0;
}

/* look lists states, and options that hold no int read back as text. */
static bool may_be_text(const struct ft_expectation *e, struct ft_slice end)
{
	if (e->word.op != FT_OP_LOOK &&
	    (e->word.op != FT_OP_GET || ft_options[e->word.options[0]].value == FT_VALUE_INT))
		return false;
	for (size_t i = 0; i < end.len; i++)
		if (!isalnum((unsigned char)end.at[i]) && !strchr("_,.-", end.at[i]))
			return false;
	return end.len > 0 && end.len <= UINT16_MAX;
}

/* Tried on every END that is not a fixed word or a number. 0 if it is no errno's name. */
static int errno_of(struct ft_slice end)
{
	char name[32];
	uint64_t number;

	if (end.len > 2 && !memcmp(end.at, "E#", 2))
		return ft_slice_number(ft_slice_from(end, 2), INT32_MAX, &number) ? (int)number : 0;
	if (!end.len || end.len >= sizeof(name))
		return 0;
	memcpy(name, end.at, end.len);
	name[end.len] = '\0';
	return ft_errno_number(name);
}

static int unknown_end(struct ft_parser *p, struct ft_slice end)
{
	enum { NUMBERS = 200 };
	struct ft_nearest nearest;

	ft_nearest_init(&nearest, end.at, end.len);
	ft_nearest_try(&nearest, "ok");
	ft_nearest_try(&nearest, "pending");
	ft_nearest_try(&nearest, "eof");
	for (int i = 1; i < NUMBERS; i++)
		if (ft_errno_name(i))
			ft_nearest_try(&nearest, ft_errno_name(i));
	return ft_parse_error(p, -EINVAL, end.at, "unknown outcome %s%s", ft_parse_quote(end).text,
			      ft_nearest_hint(&nearest).text);
}

static int parse_end(struct ft_parser *p, struct ft_slice end, struct ft_expectation *e)
{
	static const struct {
		const char *word;
		uint8_t end;
	} fixed[] = {{"ok", FT_END_OK}, {"pending", FT_END_PENDING}, {"eof", FT_END_EOF}};

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
		if (ft_slice_is(end, fixed[i].word)) {
			e->end = fixed[i].end;
			return 0;
		}
	}
	if (ft_slice_signed(end, INT64_MIN, INT64_MAX, &e->value)) {
		e->end = FT_END_VALUE;
		return 0;
	}
	e->error = errno_of(end);
	if (e->error > 0) {
		e->end = FT_END_ERROR;
		return 0;
	}
	e->error = 0;
	if (!may_be_text(e, end))
		return unknown_end(p, end);
	e->end = FT_END_TEXT;
	e->text = ft_arena_bytes(p->arena, end.at, end.len);
	return e->text ? 0 : ft_parse_error(p, -ENOMEM, end.at, "out of memory");
}

static int parse_got(struct ft_parser *p, struct ft_slice got, struct ft_expectation *e)
{
	size_t at = 0;
	bool more;

	e->has_got = true;
	if (ft_slice_is(got, "none"))
		return 0;
	e->got_any_of = ft_slice_find(got, '|', &at);
	if (e->got_any_of && ft_slice_find(got, ',', &at))
		return ft_parse_error(p, -EINVAL, got.at + at,
				      "',' (all of them) and '|' (one of them) do not mix");
	do {
		struct ft_slice name = got;
		int r;

		more = ft_slice_find(got, e->got_any_of ? '|' : ',', &at);
		if (more) {
			name = ft_slice_to(got, at);
			got = ft_slice_from(got, at + 1);
		}
		if (e->n_got == FT_CASE_GOT_MAX)
			return ft_parse_error(p, -E2BIG, name.at,
					      "more than %d sockets after '>' (FT_CASE_GOT_MAX)",
					      FT_CASE_GOT_MAX);
		r = ft_parse_socket(p, name, &e->got[e->n_got]);
		if (r)
			return r;
		e->n_got++;
	} while (more);
	return 0;
}

/* END[(A:P)][>got] */
static int parse_right(struct ft_parser *p, struct ft_slice right, struct ft_expectation *e)
{
	struct ft_slice end = right;
	size_t at, close;
	int r;

	if (ft_slice_find(right, '>', &at)) {
		r = parse_got(p, ft_slice_from(right, at + 1), e);
		if (r)
			return r;
		end = ft_slice_to(right, at);
	}
	if (ft_slice_find(end, '(', &at)) {
		struct ft_slice local = ft_slice_from(end, at + 1);

		if (!ft_slice_find(local, ')', &close) || close + 1 != local.len)
			return ft_parse_error(p, -EINVAL, end.at + at,
					      "'(' without ')' at the end");
		r = ft_parse_endpoint(p, ft_slice_to(local, close), &e->local);
		if (r)
			return r;
		e->has_local = true;
		end = ft_slice_to(end, at);
	}
	return parse_end(p, end, e);
}

static int keep(struct ft_parser *p, const struct ft_expectation *e, const char *at)
{
	size_t size = p->size_expected ? p->size_expected * 2 : 16;

	if (p->n_expected == p->size_expected) {
		struct ft_expectation *more = realloc(p->expected, size * sizeof(*more));
		uint32_t *columns;

		if (!more)
			return ft_parse_error(p, -ENOMEM, at, "out of memory");
		p->expected = more;
		columns = realloc(p->expected_columns, size * sizeof(*columns));
		if (!columns)
			return ft_parse_error(p, -ENOMEM, at, "out of memory");
		p->expected_columns = columns;
		p->size_expected = size;
	}
	p->expected_columns[p->n_expected] = ft_parse_column(p, at);
	p->expected[p->n_expected++] = *e;
	return 0;
}

int ft_parse_expectations(struct ft_parser *p, struct ft_slice text)
{
	for (;;) {
		struct ft_slice token = ft_slice_token(&text);
		struct ft_expectation e = {0};
		size_t equals;
		int r;

		if (!token.len)
			return 0;
		p->subject = (struct ft_slice){token.at, 0};
		if (!ft_slice_find(token, '=', &equals))
			return ft_parse_error(p, -EINVAL, token.at, "%s is not SOCKET.WORD=OUTCOME",
					      ft_parse_quote(token).text);
		r = parse_left(p, ft_slice_to(token, equals), &e);
		if (!r)
			r = parse_right(p, ft_slice_from(token, equals + 1), &e);
		if (!r)
			r = keep(p, &e, token.at);
		if (r)
			return r;
	}
}

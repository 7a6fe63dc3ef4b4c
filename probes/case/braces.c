/* SPDX-License-Identifier: MIT */
/*
 * What do the braces of a matrix say, before anybody knows what the words mean?
 *
 * A text of a few bytes can stand for more than a computer holds, so every product and sum here
 * saturates and is compared with its limit before anything is built from it. Recursion is as deep
 * as braces nest, which is limited too.
 */
#include "case/braces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	DEPTH_MAX = 32,
	PIECES_MAX = 1 << 20, /* of memory per byte of hostile text */
};

static uint64_t plus(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

struct scan {
	struct ft_parser *p;
	struct ft_braces *braces;
	size_t at;
};

static char peek(const struct scan *s)
{
	return s->at < s->braces->len ? s->braces->text[s->at] : '\0';
}

static bool at_arrow(const struct scan *s)
{
	return peek(s) == '=' && s->at + 1 < s->braces->len && s->braces->text[s->at + 1] == '>';
}

static int add_piece(struct scan *s, struct ft_sequence *sequence, const struct ft_piece *made)
{
	struct ft_piece *piece;

	if (s->braces->n_pieces++ == PIECES_MAX)
		return ft_parse_error_column(s->p, -E2BIG, s->at + 1,
					     "more than %d braces and texts between them",
					     PIECES_MAX);
	piece = ft_arena_get(s->p->arena, sizeof(*piece));
	if (!piece)
		return ft_parse_error_column(s->p, -ENOMEM, s->at + 1, "out of memory");
	*piece = *made;
	if (sequence->last)
		sequence->last->next = piece;
	else
		sequence->first = piece;
	sequence->last = piece;
	return 0;
}

/* Plain text up to a brace, the end, or what ends a sequence of this depth. */
static int scan_literal(struct scan *s, unsigned depth, struct ft_sequence *sequence)
{
	struct ft_piece piece = {.kind = FT_PIECE_LITERAL, .at = (uint32_t)s->at};

	while (s->at < s->braces->len && !strchr("{}", peek(s)) && !at_arrow(s) &&
	       !(depth ? peek(s) == ',' : peek(s) == ';'))
		s->at++;
	piece.len = (uint32_t)s->at - piece.at;
	sequence->cost = plus(sequence->cost, (uint64_t)piece.len + 1);
	return add_piece(s, sequence, &piece);
}

/* {N} at s->at? If so *ret is N and *ret_len its bytes with the braces. */
static bool is_reference(const struct scan *s, uint64_t *ret, size_t *ret_len)
{
	struct ft_slice rest = {s->braces->text + s->at + 1, s->braces->len - s->at - 1};
	size_t len = 0;

	while (len < rest.len && rest.at[len] >= '0' && rest.at[len] <= '9')
		len++;
	if (!len || len == rest.len || rest.at[len] != '}')
		return false;
	*ret_len = len + 2;
	if (!ft_slice_number(ft_slice_to(rest, len), UINT64_MAX, ret))
		*ret = UINT64_MAX;
	return true;
}

static int add_group(struct scan *s, struct ft_sequence *sequence, size_t group)
{
	const struct ft_group_source *source = &s->braces->groups[group];

	sequence->groups |= source->groups;
	sequence->cost = plus(sequence->cost, plus(source->choice->cost, 1));
	return add_piece(s, sequence,
			 &(struct ft_piece){.kind = FT_PIECE_GROUP, .group = (uint8_t)group});
}

static int scan_reference(struct scan *s, struct ft_sequence *sequence, uint64_t number, size_t len)
{
	if (!number || number > s->braces->n_groups)
		return ft_parse_error_column(s->p, -EINVAL, s->at + 1,
					     "no group %llu before this reference (there %s %zu)",
					     (unsigned long long)number,
					     s->braces->n_groups == 1 ? "is" : "are",
					     s->braces->n_groups);
	s->at += len;
	return add_group(s, sequence, (size_t)number - 1);
}

static int scan_choice(struct scan *s, unsigned depth, struct ft_choice **ret);

static int scan_group(struct scan *s, unsigned depth, struct ft_sequence *sequence)
{
	struct ft_group_source *source = &s->braces->groups[s->braces->n_groups];
	struct ft_choice *choice = NULL;
	int r;

	if (!depth && s->braces->n_groups == FT_MATRIX_GROUPS_MAX)
		return ft_parse_error_column(s->p, -E2BIG, s->at + 1,
					     "more than %d groups (FT_MATRIX_GROUPS_MAX)",
					     FT_MATRIX_GROUPS_MAX);
	r = scan_choice(s, depth + 1, &choice);
	if (r)
		return r;
	if (!depth) {
		*source = (struct ft_group_source){choice, (uint32_t)s->braces->n_slots - 1,
						   choice->groups | UINT64_C(1)
									    << s->braces->n_groups};
		return add_group(s, sequence, s->braces->n_groups++);
	}
	sequence->groups |= choice->groups;
	sequence->cost = plus(sequence->cost, plus(choice->cost, 1));
	sequence->n = times(sequence->n, choice->n);
	return add_piece(s, sequence,
			 &(struct ft_piece){.kind = FT_PIECE_NESTED, .choice = choice});
}

/* Up to ',' or '}' inside braces, up to ';', "=>" or the end outside. */
static int scan_sequence(struct scan *s, unsigned depth, struct ft_sequence *sequence)
{
	sequence->n = 1;
	while (s->at < s->braces->len) {
		uint64_t number;
		size_t len;
		int r;

		if (at_arrow(s)) {
			if (depth)
				return ft_parse_error_column(s->p, -EINVAL, s->at + 1,
							     "'=>' inside braces");
			return 0;
		}
		if (depth ? peek(s) == ',' || peek(s) == '}' : peek(s) == ';')
			return 0;
		if (peek(s) == '}')
			return ft_parse_error_column(s->p, -EINVAL, s->at + 1, "'}' without '{'");
		if (peek(s) != '{')
			r = scan_literal(s, depth, sequence);
		else if (is_reference(s, &number, &len))
			r = scan_reference(s, sequence, number, len);
		else
			r = scan_group(s, depth, sequence);
		if (r)
			return r;
	}
	return 0;
}

/* Turns the list of alternatives into what ft_sequence_expand() can search by halves. */
static int close_choice(struct scan *s, struct ft_choice *choice, const struct ft_sequence *first)
{
	choice->sequences =
		ft_arena_array(s->p->arena, choice->n_sequences, sizeof(struct ft_sequence *));
	choice->before = ft_arena_array(s->p->arena, choice->n_sequences, sizeof(uint32_t));
	if (!choice->sequences || !choice->before)
		return ft_parse_error_column(s->p, -ENOMEM, s->at + 1, "out of memory");
	for (size_t i = 0; first; first = first->next, i++) {
		choice->sequences[i] = first;
		choice->before[i] = (uint32_t)choice->n;
		choice->n = plus(choice->n, first->n);
		choice->groups |= first->groups;
		if (first->cost > choice->cost)
			choice->cost = first->cost;
		if (choice->n > FT_MATRIX_VARIANTS_MAX)
			return ft_parse_error_column(
				s->p, -E2BIG, s->at + 1,
				"more than %d alternatives in one group (FT_MATRIX_VARIANTS_MAX)",
				FT_MATRIX_VARIANTS_MAX);
	}
	return 0;
}

/* From '{' to behind '}'. */
static int scan_choice(struct scan *s, unsigned depth, struct ft_choice **ret)
{
	struct ft_choice *choice = ft_arena_get(s->p->arena, sizeof(*choice));
	struct ft_sequence *first = NULL, **next = &first;
	size_t open = s->at;
	int r;

	if (depth > DEPTH_MAX)
		return ft_parse_error_column(s->p, -E2BIG, s->at + 1,
					     "braces nest deeper than %d levels", DEPTH_MAX);
	do {
		struct ft_sequence *sequence = ft_arena_get(s->p->arena, sizeof(*sequence));

		s->at++; /* '{' or ',' */
		if (!choice || !sequence)
			return ft_parse_error_column(s->p, -ENOMEM, open + 1, "out of memory");
		*next = sequence;
		next = &sequence->next;
		if (choice->n_sequences++ == FT_MATRIX_VARIANTS_MAX)
			return ft_parse_error_column(
				s->p, -E2BIG, s->at,
				"more than %d alternatives in one group (FT_MATRIX_VARIANTS_MAX)",
				FT_MATRIX_VARIANTS_MAX);
		r = scan_sequence(s, depth, sequence);
		if (r)
			return r;
	} while (peek(s) == ',');
	if (peek(s) != '}')
		return ft_parse_error_column(s->p, -EINVAL, open + 1, "'{' without '}'");
	r = close_choice(s, choice, first);
	s->at++;
	*ret = choice;
	return r;
}

static int add_slot(struct scan *s)
{
	struct ft_braces *b = s->braces;
	size_t size = b->size_slots ? b->size_slots * 2 : 8;

	if (b->n_slots == FT_CASE_STEPS_MAX)
		return ft_parse_error_column(s->p, -E2BIG, s->at + 1,
					     "more than %d steps (FT_CASE_STEPS_MAX)",
					     FT_CASE_STEPS_MAX);
	if (b->n_slots == b->size_slots) {
		struct ft_sequence *slots = realloc(b->slots, size * sizeof(*slots));

		if (!slots)
			return ft_parse_error_column(s->p, -ENOMEM, s->at + 1, "out of memory");
		b->slots = slots;
		b->size_slots = size;
	}
	b->slots[b->n_slots++] = (struct ft_sequence){0};
	return 0;
}

/* A step that is blank in the source was forgotten; one that a group leaves blank is meant. */
static int check_blank(const struct scan *s, const struct ft_sequence *slot, size_t start)
{
	const struct ft_piece *piece = slot->first;

	if (slot->groups || (piece && piece->kind != FT_PIECE_LITERAL))
		return 0;
	for (size_t i = start; i < s->at; i++)
		if (!ft_is_blank(s->braces->text[i]))
			return 0;
	return ft_parse_error_column(s->p, -EINVAL, start + 1, "empty step");
}

int ft_braces_scan(struct ft_parser *p, struct ft_braces *braces)
{
	struct scan s = {.p = p, .braces = braces};

	for (;;) {
		size_t start = s.at;
		int r = add_slot(&s);

		if (!r)
			r = scan_sequence(&s, 0, &braces->slots[braces->n_slots - 1]);
		if (!r && !braces->has_expected)
			r = check_blank(&s, &braces->slots[braces->n_slots - 1], start);
		if (r)
			return r;
		if (s.at == braces->len)
			return 0;
		if (braces->has_expected)
			return ft_parse_error_column(p, -EINVAL, s.at + 1,
						     "'%s' after '=>': expectations come last",
						     at_arrow(&s) ? "=>" : ";");
		braces->has_expected = at_arrow(&s);
		s.at += braces->has_expected ? 2 : 1;
	}
}

/* Which of its sequences holds text k? */
static size_t sequence_of(const struct ft_choice *choice, uint64_t k)
{
	size_t low = 0, high = choice->n_sequences;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (choice->before[middle] <= k)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void expand_choice(const struct ft_braces *braces, const struct ft_choice *choice,
			  uint64_t k, const uint32_t *chosen, struct ft_expansion *out)
{
	size_t i = sequence_of(choice, k);

	ft_sequence_expand(braces, choice->sequences[i], k - choice->before[i], chosen, out);
}

void ft_sequence_expand(const struct ft_braces *braces, const struct ft_sequence *sequence,
			uint64_t k, const uint32_t *chosen, struct ft_expansion *out)
{
	uint64_t n = sequence->n;

	for (const struct ft_piece *piece = sequence->first; piece; piece = piece->next) {
		switch ((enum ft_piece_kind)piece->kind) {
		case FT_PIECE_LITERAL:
			memcpy(out->bytes + out->len, braces->text + piece->at, piece->len);
			for (uint32_t i = 0; i < piece->len; i++)
				out->columns[out->len + i] = piece->at + i + 1;
			out->len += piece->len;
			break;
		case FT_PIECE_GROUP:
			expand_choice(braces, braces->groups[piece->group].choice,
				      chosen[piece->group], chosen, out);
			break;
		case FT_PIECE_NESTED: /* the last one varies fastest */
			n /= piece->choice->n;
			expand_choice(braces, piece->choice, k / n, chosen, out);
			k %= n;
			break;
		}
	}
}

void ft_choice_print(const struct ft_braces *braces, const struct ft_choice *choice, uint64_t k,
		     struct ft_text *out)
{
	size_t i = sequence_of(choice, k);
	const struct ft_sequence *sequence = choice->sequences[i];
	uint64_t n = sequence->n;

	k -= choice->before[i];
	for (const struct ft_piece *piece = sequence->first; piece; piece = piece->next) {
		if (piece->kind == FT_PIECE_LITERAL) {
			ft_text_bytes(out, braces->text + piece->at, piece->len);
		} else if (piece->kind == FT_PIECE_GROUP) {
			ft_text_printf(out, "{%d}", piece->group + 1);
		} else {
			n /= piece->choice->n;
			ft_choice_print(braces, piece->choice, k / n, out);
			k %= n;
		}
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * How is a parsed matrix stored, so that a case is nothing but choices among parsed steps?
 */
#ifndef FT_CASE_MATRIX_H
#define FT_CASE_MATRIX_H

#include "case/braces.h"

/* Neighbouring groups that the same slots depend on count as one digit of a case's number. */
struct ft_digit {
	uint32_t size; /* product of its groups' alternatives */
	uint32_t first_group;
};

/* The part of a slot's variant number that one digit contributes. */
struct ft_stride {
	uint32_t digit, stride;
};

struct ft_slot {
	const struct ft_variant *variants;
	const struct ft_stride *strides;
	uint32_t n_variants, n_strides;
};

struct ft_matrix {
	struct ft_arena arena;
	char *text;
	struct ft_names names;
	struct ft_name_table sockets, ports; /* hold the arrays that names points to */
	struct ft_slot *slots;
	size_t n_slots; /* of steps; the expectations' slot follows if has_expected */
	bool has_expected;
	struct ft_digit digits[FT_MATRIX_GROUPS_MAX];
	size_t n_digits;
	size_t n_cases, max_steps, max_expected, max_words;
	unsigned needs;
	struct ft_group groups[FT_MATRIX_GROUPS_MAX];
	uint32_t group_stride[FT_MATRIX_GROUPS_MAX]; /* in a case's number */
	size_t n_groups;
};

/* Which variant of each slot case number index is made of: digits first, then per slot. */
void ft_matrix_digits(const struct ft_matrix *matrix, size_t index,
		      uint32_t digits[FT_MATRIX_GROUPS_MAX]);

static inline const struct ft_variant *ft_slot_variant(const struct ft_slot *slot,
						       const uint32_t *digits)
{
	uint32_t variant = 0;

	for (uint32_t i = 0; i < slot->n_strides; i++)
		variant += digits[slot->strides[i].digit] * slot->strides[i].stride;
	return &slot->variants[variant];
}

/* check.c: what one variant asks of its sockets; then whether every case is sound. */
struct ft_lives;
struct ft_lives *ft_lives_new(size_t n_sockets); /* NULL without memory */
void ft_lives_free(struct ft_lives *lives);
int ft_variant_summarize(struct ft_parser *p, struct ft_lives *lives, struct ft_variant *variant);
int ft_matrix_check(struct ft_parser *p, struct ft_lives *lives, const struct ft_matrix *matrix);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What is case number N of a matrix? This is what runs once per case: no text, no allocation.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "case/matrix.h"

size_t ft_matrix_size(const struct ft_matrix *matrix)
{
	return matrix->n_cases;
}

unsigned ft_matrix_needs(const struct ft_matrix *matrix)
{
	return matrix->needs;
}

const char *ft_matrix_text(const struct ft_matrix *matrix)
{
	return matrix->text;
}

size_t ft_matrix_groups(const struct ft_matrix *matrix)
{
	return matrix->n_groups;
}

struct ft_group ft_matrix_group(const struct ft_matrix *matrix, size_t group)
{
	return matrix->groups[group];
}

size_t ft_matrix_choice(const struct ft_matrix *matrix, size_t index, size_t group)
{
	return index / matrix->group_stride[group] % matrix->groups[group].n_alternatives;
}

void ft_matrix_digits(const struct ft_matrix *matrix, size_t index,
		      uint32_t digits[FT_MATRIX_GROUPS_MAX])
{
	/* 32 bits hold every index, and divide several times faster than 64. */
	uint32_t rest = (uint32_t)index;

	for (size_t d = matrix->n_digits; d-- > 1;) {
		uint32_t size = matrix->digits[d].size;

		digits[d] = rest % size;
		rest /= size;
	}
	digits[0] = rest;
}

void ft_case_init(struct ft_case *c)
{
	*c = (struct ft_case){0};
}

void ft_case_fini(struct ft_case *c)
{
	free(c->steps);
	free(c->expected);
	ft_case_init(c);
}

/* Makes the arrays as long as any case of the matrix needs them. */
static int reserve(const struct ft_matrix *matrix, struct ft_case *c)
{
	if (matrix->max_steps > c->size_steps) {
		const struct ft_step **steps =
			realloc(c->steps, matrix->max_steps * sizeof(struct ft_step *));

		if (!steps)
			return -ENOMEM;
		c->steps = steps;
		c->size_steps = matrix->max_steps;
	}
	if (matrix->max_expected > c->size_expected) {
		const struct ft_expectation **expected =
			realloc(c->expected,
				matrix->max_expected * sizeof(struct ft_expectation *));

		if (!expected)
			return -ENOMEM;
		c->expected = expected;
		c->size_expected = matrix->max_expected;
	}
	return 0;
}

static bool has_type(const struct ft_case *c, int type)
{
	for (size_t s = 0; s < c->n_steps; s++)
		for (size_t w = 0; w < c->steps[s]->n_words; w++) {
			const struct ft_word *word = &c->steps[s]->words[w];

			if (word->op == FT_OP_CREATE && ft_families[word->detail].type == type)
				return true;
		}
	return false;
}

/* Only a datagram socket can join, and no call on one is ever waited for. */
void ft_case_settle_needs(struct ft_case *c)
{
	if (c->needs & FT_NEED_GROUP && has_type(c, SOCK_DGRAM) &&
	    (c->needs & FT_NEED_WAIT || has_type(c, SOCK_STREAM)))
		c->needs |= FT_NEED_OWN_NAMESPACE;
}

int ft_matrix_case(const struct ft_matrix *matrix, size_t index, struct ft_case *c)
{
	uint32_t digits[FT_MATRIX_GROUPS_MAX];
	const struct ft_variant *variant;
	size_t n = 0;

	if ((matrix->max_steps > c->size_steps || matrix->max_expected > c->size_expected) &&
	    reserve(matrix, c))
		return -ENOMEM;
	ft_matrix_digits(matrix, index, digits);
	c->needs = 0;
	for (size_t i = 0; i < matrix->n_slots; i++) {
		variant = ft_slot_variant(&matrix->slots[i], digits);
		c->needs |= variant->needs;
		for (uint32_t s = 0; s < variant->n_steps; s++)
			c->steps[n++] = &variant->steps[s].step;
	}
	c->n_steps = n;
	ft_case_settle_needs(c);
	c->n_expected = 0;
	c->has_expected = matrix->has_expected;
	if (matrix->has_expected) {
		variant = ft_slot_variant(&matrix->slots[matrix->n_slots], digits);
		for (uint32_t e = 0; e < variant->n_expected; e++)
			c->expected[e] = &variant->expected[e];
		c->n_expected = variant->n_expected;
	}
	c->names = &matrix->names;
	return 0;
}

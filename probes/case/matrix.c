/* SPDX-License-Identifier: MIT */
/*
 * How does a matrix become cases without any text being touched again?
 *
 * Each slot is written out and parsed once per combination of the groups it depends on. A case's
 * number is then a number in mixed radix whose digits are the groups' choices, and each slot's
 * variant a sum of digits times strides.
 */
#include "case/matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of all variants written out: what bounds the memory of a matrix. */
enum { EXPANDED_MAX = 32 << 20 };

/* Bytes that no text of ours has; the control bytes of a terminal among them. */
static int check_bytes(struct ft_parser *p, const char *text, size_t len)
{
	if (len > FT_CASE_TEXT_MAX)
		return ft_parse_error_column(p, -E2BIG, 1,
					     "the text is longer than %d bytes (FT_CASE_TEXT_MAX)",
					     FT_CASE_TEXT_MAX);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < ' ' && !ft_is_blank(text[i])) || c == 0x7f)
			return ft_parse_error_column(p, -EINVAL, i + 1,
						     "control byte 0x%02x in the text", c);
	}
	return 0;
}

/* How many combinations do the groups of a set have? Saturates. */
static uint64_t combinations(const struct ft_braces *braces, uint64_t groups)
{
	uint64_t n = 1;

	for (size_t g = 0; g < braces->n_groups; g++)
		if (groups >> g & 1 && __builtin_mul_overflow(n, braces->groups[g].choice->n, &n))
			return UINT64_MAX;
	return n;
}

static int too_many(struct ft_parser *p, const char *what, int max, const char *name)
{
	return ft_parse_error_column(p, -E2BIG, 1, "more than %d %s (%s)", max, what, name);
}

/* Everything that multiplies, before anything is built. */
static int check_sizes(struct ft_parser *p, const struct ft_braces *braces,
		       struct ft_matrix *matrix)
{
	uint64_t cases = combinations(braces, UINT64_MAX), expanded = 0, part;

	if (cases > FT_MATRIX_CASES_MAX)
		return too_many(p, "cases in one matrix", FT_MATRIX_CASES_MAX,
				"FT_MATRIX_CASES_MAX");
	for (size_t i = 0; i < braces->n_slots; i++) {
		uint64_t variants = combinations(braces, braces->slots[i].groups);

		if (variants > FT_MATRIX_VARIANTS_MAX)
			return too_many(p, "variants of one step", FT_MATRIX_VARIANTS_MAX,
					"FT_MATRIX_VARIANTS_MAX");
		if (__builtin_mul_overflow(variants, braces->slots[i].cost, &part) ||
		    __builtin_add_overflow(expanded, part, &expanded))
			expanded = UINT64_MAX;
		if (expanded > EXPANDED_MAX)
			return too_many(p, "bytes when all steps are written out", EXPANDED_MAX,
					"EXPANDED_MAX");
	}
	for (size_t g = 0; g < braces->n_groups; g++) {
		const struct ft_choice *choice = braces->groups[g].choice;

		if (__builtin_mul_overflow(choice->n, choice->cost, &part) || part > EXPANDED_MAX)
			return too_many(p, "bytes when a group is written out", EXPANDED_MAX,
					"EXPANDED_MAX");
	}
	matrix->n_cases = (size_t)cases;
	return 0;
}

/* Digits are runs of groups that every slot treats alike. */
static void find_digits(const struct ft_braces *braces, struct ft_matrix *matrix)
{
	uint64_t starts = 1;
	uint32_t stride = 1;

	for (size_t i = 0; i < braces->n_slots; i++)
		starts |= braces->slots[i].groups ^ braces->slots[i].groups << 1;
	for (size_t g = 0; g < braces->n_groups; g++) {
		uint32_t n = (uint32_t)braces->groups[g].choice->n;

		if (starts >> g & 1)
			matrix->digits[matrix->n_digits++] = (struct ft_digit){1, (uint32_t)g};
		matrix->digits[matrix->n_digits - 1].size *= n;
	}
	for (size_t g = braces->n_groups; g-- > 0;) {
		matrix->group_stride[g] = stride;
		stride *= (uint32_t)braces->groups[g].choice->n;
	}
}

static int find_strides(const struct ft_matrix *matrix, uint64_t groups, struct ft_slot *slot,
			struct ft_arena *arena)
{
	uint32_t stride = 1, n = 0;
	struct ft_stride *strides;

	for (size_t d = 0; d < matrix->n_digits; d++)
		n += (uint32_t)(groups >> matrix->digits[d].first_group & 1);
	strides = ft_arena_array(arena, n, sizeof(*strides));
	if (!strides)
		return -ENOMEM;
	slot->strides = strides;
	slot->n_strides = n;
	for (size_t d = matrix->n_digits; d-- > 0;) {
		if (!(groups >> matrix->digits[d].first_group & 1))
			continue;
		strides[--n] = (struct ft_stride){(uint32_t)d, stride};
		stride *= matrix->digits[d].size;
	}
	slot->n_variants = stride;
	return 0;
}

/* The choices of a slot's groups in its variant number v, the last group fastest. */
static void choose(const struct ft_braces *braces, uint64_t groups, uint32_t v, uint32_t *chosen)
{
	for (size_t g = braces->n_groups; g-- > 0;) {
		uint32_t n = (uint32_t)braces->groups[g].choice->n;

		if (!(groups >> g & 1))
			continue;
		chosen[g] = v % n;
		v /= n;
	}
}

static int parse_variant_steps(struct ft_parser *p)
{
	struct ft_slice rest = {p->text, p->text_len};
	bool more = true;

	while (more) {
		struct ft_slice step = rest;
		size_t end;
		int r;

		more = ft_slice_find(rest, ';', &end);
		if (more) {
			step = ft_slice_to(rest, end);
			rest = ft_slice_from(rest, end + 1);
		}
		r = ft_parse_step(p, step);
		if (r)
			return r;
	}
	return 0;
}

static void *keep(struct ft_parser *p, const void *from, size_t n, size_t size)
{
	void *to = ft_arena_array(p->arena, n, size);

	if (to && n)
		memcpy(to, from, n * size);
	return to;
}

/* Parses p->text into *variant. */
static int parse_variant(struct ft_parser *p, bool expectations, struct ft_variant *variant)
{
	int r;

	p->n_steps = p->n_expected = 0;
	p->needs = p->n_words = 0;
	if (expectations)
		r = ft_parse_expectations(p, (struct ft_slice){p->text, p->text_len});
	else
		r = parse_variant_steps(p);
	if (r)
		return r;
	*variant = (struct ft_variant){
		.steps = keep(p, p->steps, p->n_steps, sizeof(*p->steps)),
		.expected = keep(p, p->expected, p->n_expected, sizeof(*p->expected)),
		.expected_columns = keep(p, p->expected_columns, p->n_expected, sizeof(uint32_t)),
		.n_steps = (uint32_t)p->n_steps,
		.n_expected = (uint32_t)p->n_expected,
		.needs = p->needs,
		.n_words = p->n_words,
	};
	if (!variant->steps || !variant->expected || !variant->expected_columns)
		return ft_parse_error_column(p, -ENOMEM, 1, "out of memory");
	return 0;
}

/* All variants of one slot; room holds the longest of them. */
static int parse_slot(struct ft_parser *p, const struct ft_braces *braces, size_t i,
		      struct ft_matrix *matrix, struct ft_expansion *room)
{
	const struct ft_sequence *sequence = &braces->slots[i];
	bool expectations = i == matrix->n_slots;
	struct ft_slot *slot = &matrix->slots[i];
	uint32_t chosen[FT_MATRIX_GROUPS_MAX] = {0};
	struct ft_variant *variants, most = {0};
	int r = find_strides(matrix, sequence->groups, slot, p->arena);

	variants = r ? NULL : ft_arena_array(p->arena, slot->n_variants, sizeof(*variants));
	if (!variants)
		return ft_parse_error_column(p, -ENOMEM, 1, "out of memory");
	slot->variants = variants;
	for (uint32_t v = 0; v < slot->n_variants; v++) {
		choose(braces, sequence->groups, v, chosen);
		room->len = 0;
		ft_sequence_expand(braces, sequence, 0, chosen, room);
		p->text = room->bytes;
		p->columns = room->columns;
		p->text_len = room->len;
		r = parse_variant(p, expectations, &variants[v]);
		if (r)
			return r;
		matrix->needs |= variants[v].needs;
		if (variants[v].n_steps > most.n_steps)
			most.n_steps = variants[v].n_steps;
		if (variants[v].n_words > most.n_words)
			most.n_words = variants[v].n_words;
		if (variants[v].n_expected > most.n_expected)
			most.n_expected = variants[v].n_expected;
	}
	matrix->max_steps += most.n_steps;
	matrix->max_words += most.n_words;
	matrix->max_expected += most.n_expected;
	if (matrix->max_steps > FT_CASE_STEPS_MAX)
		return too_many(p, "steps", FT_CASE_STEPS_MAX, "FT_CASE_STEPS_MAX");
	return 0;
}

static int parse_slots(struct ft_parser *p, const struct ft_braces *braces,
		       struct ft_matrix *matrix)
{
	struct ft_expansion room = {0};
	uint64_t cost = 1;
	int r = 0;

	matrix->has_expected = braces->has_expected;
	matrix->n_slots = braces->n_slots - braces->has_expected;
	matrix->slots = ft_arena_array(p->arena, braces->n_slots, sizeof(*matrix->slots));
	for (size_t i = 0; i < braces->n_slots; i++)
		if (braces->slots[i].cost > cost)
			cost = braces->slots[i].cost;
	room.bytes = malloc((size_t)cost);
	room.columns = malloc((size_t)cost * sizeof(*room.columns));
	if (!matrix->slots || !room.bytes || !room.columns)
		r = ft_parse_error_column(p, -ENOMEM, 1, "out of memory");
	for (size_t i = 0; !r && i < braces->n_slots; i++)
		r = parse_slot(p, braces, i, matrix, &room);
	free(room.bytes);
	free(room.columns);
	return r;
}

/* The alternatives of one group as texts that lie one after another in the arena. */
static int keep_group(struct ft_parser *p, const struct ft_braces *braces, size_t g,
		      struct ft_group *ret, struct ft_text *text)
{
	const struct ft_group_source *source = &braces->groups[g];
	size_t n = (size_t)source->choice->n;
	const char **alternatives = ft_arena_array(p->arena, n, sizeof(*alternatives));

	for (size_t k = 0; alternatives && k < n; k++) {
		ft_text_clear(text);
		ft_choice_print(braces, source->choice, k, text);
		alternatives[k] = ft_arena_bytes(p->arena, ft_text_get(text), text->len);
		if (text->failed || !alternatives[k])
			alternatives = NULL;
	}
	if (!alternatives)
		return ft_parse_error_column(p, -ENOMEM, 1, "out of memory");
	*ret = (struct ft_group){n, alternatives, source->slot};
	return 0;
}

static int keep_groups(struct ft_parser *p, const struct ft_braces *braces,
		       struct ft_matrix *matrix)
{
	struct ft_text text;
	int r = 0;

	ft_text_init(&text, EXPANDED_MAX);
	for (size_t g = 0; !r && g < braces->n_groups; g++)
		r = keep_group(p, braces, g, &matrix->groups[g], &text);
	matrix->n_groups = braces->n_groups;
	ft_text_fini(&text);
	return r;
}

static int check(struct ft_parser *p, struct ft_matrix *matrix)
{
	struct ft_lives *lives = ft_lives_new(p->sockets.n);
	int r = 0;

	if (!lives)
		return ft_parse_error_column(p, -ENOMEM, 1, "out of memory");
	for (size_t i = 0; i < matrix->n_slots; i++) {
		/* Made here and const only for its readers. */
		struct ft_variant *variants = (struct ft_variant *)matrix->slots[i].variants;

		for (uint32_t v = 0; !r && v < matrix->slots[i].n_variants; v++)
			r = ft_variant_summarize(p, lives, &variants[v]);
	}
	if (!r)
		r = ft_matrix_check(p, lives, matrix);
	ft_lives_free(lives);
	return r;
}

static int build(struct ft_parser *p, const char *text, size_t text_len, struct ft_matrix *matrix,
		 struct ft_braces *braces)
{
	int r = check_bytes(p, text, text_len);

	if (r)
		return r;
	matrix->text = ft_arena_bytes(&matrix->arena, text, text_len);
	if (!matrix->text)
		return ft_parse_error_column(p, -ENOMEM, 1, "out of memory");
	braces->text = matrix->text;
	braces->len = text_len;
	r = ft_braces_scan(p, braces);
	if (!r)
		r = check_sizes(p, braces, matrix);
	if (r)
		return r;
	find_digits(braces, matrix);
	r = parse_slots(p, braces, matrix);
	if (!r)
		r = keep_groups(p, braces, matrix);
	/* The names are needed to print a case in an error text, too. */
	matrix->names =
		(struct ft_names){p->sockets.n, p->ports.n, p->sockets.names, p->ports.names};
	return r ? r : check(p, matrix);
}

int ft_matrix_parse(const char *text, size_t text_len, const char *origin, unsigned line,
		    struct ft_matrix **ret_matrix, struct ft_err *err)
{
	struct ft_parser *p = calloc(1, sizeof(*p));
	struct ft_matrix *matrix = calloc(1, sizeof(*matrix));
	struct ft_braces *braces = calloc(1, sizeof(*braces));
	int r;

	if (!p || !matrix || !braces) {
		r = ft_err_set(err, -ENOMEM, "out of memory while reading a case");
		goto out;
	}
	p->origin = origin;
	p->line = line;
	p->err = err;
	p->arena = &matrix->arena;
	ft_text_init(&p->step_text, FT_CASE_TEXT_MAX);
	r = build(p, text, text_len, matrix, braces);
	matrix->sockets = p->sockets;
	matrix->ports = p->ports;
	if (!r) {
		*ret_matrix = matrix;
		matrix = NULL;
	}
out:
	ft_matrix_free(matrix);
	if (p) {
		free(p->steps);
		free(p->expected);
		free(p->expected_columns);
		ft_text_fini(&p->step_text);
	}
	if (braces)
		free(braces->slots);
	free(braces);
	free(p);
	return r;
}

void ft_matrix_free(struct ft_matrix *matrix)
{
	if (!matrix)
		return;
	ft_name_table_fini(&matrix->sockets);
	ft_name_table_fini(&matrix->ports);
	ft_arena_fini(&matrix->arena);
	free(matrix);
}

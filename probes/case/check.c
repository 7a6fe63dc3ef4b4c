/* SPDX-License-Identifier: MIT */
/*
 * Is every case of a matrix sound: does each socket exist where it is used, and can each
 * expectation be met by a word that is there?
 *
 * A matrix may have millions of cases, so each variant is reduced once to what it asks of its
 * sockets and what it leaves; a case is then a handful of comparisons. Only a case that is found
 * unsound is walked word by word, for its message.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "case/matrix.h"
#include "case/nearest.h"

/* Comparisons for one whole matrix: a few seconds. Hostile text could ask for years. */
#define WORK_MAX (UINT64_C(1) << 31)

/* From this many pairs of words and expectations on, words are counted in a table. */
enum { PAIRS_MAX = 4096 };

struct count {
	const struct ft_word *word;
	uint16_t subject;
	uint16_t n; /* stays at UINT16_MAX, which no expectation passes */
};

struct ft_lives {
	uint32_t now;     /* a socket with another stamp was not met yet */
	uint32_t *stamps; /* by socket */
	bool *open;
	uint32_t *change; /* by socket: its place in changes */
	struct ft_life_change *changes;
	uint32_t n_changes;
	size_t n_counts; /* a power of 2; 0: no table */
	struct count *counts;
};

struct ft_lives *ft_lives_new(size_t n_sockets)
{
	struct ft_lives *lives = calloc(1, sizeof(*lives));
	size_t n = n_sockets + 1; /* never 0 bytes */

	if (!lives)
		return NULL;
	lives->stamps = calloc(n, sizeof(*lives->stamps));
	lives->open = calloc(n, sizeof(*lives->open));
	lives->change = calloc(n, sizeof(*lives->change));
	lives->changes = calloc(n, sizeof(*lives->changes));
	if (lives->stamps && lives->open && lives->change && lives->changes)
		return lives;
	ft_lives_free(lives);
	return NULL;
}

void ft_lives_free(struct ft_lives *lives)
{
	free(lives->stamps);
	free(lives->open);
	free(lives->change);
	free(lives->changes);
	free(lives->counts);
	free(lives);
}

/* A walk word by word: through one variant, whose past is unknown, or through a whole case. */
struct walk {
	struct ft_parser *p;
	struct ft_lives *lives;
	const struct ft_matrix *matrix; /* NULL: one variant */
	size_t index;
};

/* " (in case '...')", where the matrix has more than one. */
struct place {
	char text[200];
};

static struct place place_of(const struct ft_matrix *matrix, size_t index)
{
	struct place place = {""};
	struct ft_text text;
	struct ft_case c;

	if (!matrix || matrix->n_cases == 1)
		return place;
	ft_case_init(&c);
	ft_text_init(&text, sizeof(place.text) - sizeof(" (in case '...')"));
	if (!ft_matrix_case(matrix, index, &c)) {
		ft_case_print(&c, false, &text);
		snprintf(place.text, sizeof(place.text), " (in case '%s%s')", ft_text_get(&text),
			 text.failed ? "..." : "");
	}
	ft_text_fini(&text);
	ft_case_fini(&c);
	return place;
}

static int not_open(const struct walk *w, uint16_t socket, uint32_t column, bool closed)
{
	const char *name = w->p->sockets.names[socket];
	struct ft_nearest nearest;

	if (closed)
		return ft_parse_error_column(w->p, -EINVAL, column,
					     "socket '%s' is closed before this%s", name,
					     place_of(w->matrix, w->index).text);
	/* A scene word that is misspelt looks like a socket. */
	ft_nearest_init(&nearest, name, strlen(name));
	for (enum ft_op op = FT_OP_SYSCTL; op <= FT_OP_LOOK; op++)
		ft_nearest_try(&nearest, ft_op_words[op]);
	return ft_parse_error_column(w->p, -EINVAL, column, "no socket '%s' before this step%s%s",
				     name, ft_nearest_hint(&nearest).text,
				     place_of(w->matrix, w->index).text);
}

static int touch(const struct walk *w, uint16_t socket, bool wants_open, bool leaves_open,
		 uint32_t column)
{
	struct ft_lives *lives = w->lives;
	bool met = lives->stamps[socket] == lives->now;

	if (!met && !w->matrix) {
		lives->change[socket] = lives->n_changes;
		lives->changes[lives->n_changes++] =
			(struct ft_life_change){socket, wants_open, leaves_open};
	} else if (wants_open && !(met && lives->open[socket])) {
		return not_open(w, socket, column, met);
	} else if (!wants_open && met && lives->open[socket]) {
		return ft_parse_error_column(w->p, -EINVAL, column,
					     "socket '%s' exists already; close it first%s",
					     w->p->sockets.names[socket],
					     place_of(w->matrix, w->index).text);
	}
	lives->stamps[socket] = lives->now;
	lives->open[socket] = leaves_open;
	if (!w->matrix)
		lives->changes[lives->change[socket]].leaves_open = leaves_open;
	return 0;
}

static int walk_step(const struct walk *w, const struct ft_parsed_step *parsed)
{
	const struct ft_step *step = &parsed->step;
	int r = 0;

	if (step->subject == FT_NO_SOCKET)
		return 0;
	for (size_t i = 0; !r && i < step->n_words; i++) {
		const struct ft_word *word = &step->words[i];
		bool create = word->op == FT_OP_CREATE;

		r = touch(w, step->subject, !create, word->op != FT_OP_CLOSE,
			  i || create ? word->column : parsed->column);
		if (!r && word->socket != FT_NO_SOCKET)
			r = touch(w, word->socket, false, true, word->column);
	}
	return r;
}

int ft_variant_summarize(struct ft_parser *p, struct ft_lives *lives, struct ft_variant *variant)
{
	struct walk w = {.p = p, .lives = lives};
	struct ft_life_change *changes;

	lives->now++;
	lives->n_changes = 0;
	for (uint32_t i = 0; i < variant->n_steps; i++) {
		int r = walk_step(&w, &variant->steps[i]);

		if (r)
			return r;
	}
	changes = ft_arena_array(p->arena, lives->n_changes, sizeof(*changes));
	if (!changes)
		return ft_parse_error_column(p, -ENOMEM, 1, "out of memory");
	memcpy(changes, lives->changes, lives->n_changes * sizeof(*changes));
	variant->changes = changes;
	variant->n_changes = lives->n_changes;
	return 0;
}

/* The slow way through a case that is unsound. */
static int explain(struct ft_parser *p, struct ft_lives *lives, const struct ft_matrix *matrix,
		   size_t index, const uint32_t *digits)
{
	struct walk w = {p, lives, matrix, index};

	lives->now++;
	for (size_t i = 0; i < matrix->n_slots; i++) {
		const struct ft_variant *variant = ft_slot_variant(&matrix->slots[i], digits);

		for (uint32_t s = 0; s < variant->n_steps; s++) {
			int r = walk_step(&w, &variant->steps[s]);

			if (r)
				return r;
		}
	}
	return ft_parse_error_column(p, -EINVAL, 1, "a socket is used where it does not exist%s",
				     place_of(matrix, index).text);
}

static int check_lives(struct ft_parser *p, struct ft_lives *lives, const struct ft_matrix *matrix,
		       size_t index, const uint32_t *digits)
{
	size_t n_steps = 0;

	lives->now++;
	for (size_t i = 0; i < matrix->n_slots; i++) {
		const struct ft_variant *variant = ft_slot_variant(&matrix->slots[i], digits);

		n_steps += variant->n_steps;
		for (uint32_t j = 0; j < variant->n_changes; j++) {
			struct ft_life_change change = variant->changes[j];
			bool open = lives->stamps[change.socket] == lives->now &&
				    lives->open[change.socket];

			if (open != change.wants_open)
				return explain(p, lives, matrix, index, digits);
			lives->stamps[change.socket] = lives->now;
			lives->open[change.socket] = change.leaves_open;
		}
	}
	if (!n_steps)
		return ft_parse_error_column(p, -EINVAL, 1, "no step%s",
					     place_of(matrix, index).text);
	return 0;
}

static struct count *count_of(const struct ft_lives *lives, uint16_t subject,
			      const struct ft_word *word)
{
	uint64_t key = ft_word_key(word);
	uint64_t at = (key ^ (uint64_t)subject << 48) * UINT64_C(0x9e3779b97f4a7c15) >> 20;

	for (;; at++) {
		struct count *count = &lives->counts[at & (lives->n_counts - 1)];

		if (!count->word || (count->subject == subject && ft_word_key(count->word) == key))
			return count;
	}
}

static void count_words(struct ft_lives *lives, const struct ft_matrix *matrix,
			const uint32_t *digits)
{
	memset(lives->counts, 0, lives->n_counts * sizeof(*lives->counts));
	for (size_t i = 0; i < matrix->n_slots; i++) {
		const struct ft_variant *variant = ft_slot_variant(&matrix->slots[i], digits);

		for (uint32_t s = 0; s < variant->n_steps; s++) {
			const struct ft_step *step = &variant->steps[s].step;

			for (size_t w = 0; w < step->n_words; w++) {
				struct count *count =
					count_of(lives, step->subject, &step->words[w]);

				count->word = &step->words[w];
				count->subject = step->subject;
				if (count->n < UINT16_MAX)
					count->n++;
			}
		}
	}
}

/* How often does the case have the word that is expected? At least up to what is wanted. */
static unsigned occurrences(const struct ft_lives *lives, const struct ft_matrix *matrix,
			    const uint32_t *digits, const struct ft_expectation *e)
{
	uint64_t key = ft_word_key(&e->word);
	unsigned n = 0;

	if (lives->n_counts)
		return count_of(lives, e->subject, &e->word)->n;
	for (size_t i = 0; i < matrix->n_slots; i++) {
		const struct ft_variant *variant = ft_slot_variant(&matrix->slots[i], digits);

		for (uint32_t s = 0; s < variant->n_steps; s++) {
			const struct ft_step *step = &variant->steps[s].step;

			for (size_t w = 0; step->subject == e->subject && w < step->n_words; w++)
				n += ft_word_key(&step->words[w]) == key;
		}
	}
	return n;
}

static int never_holds(struct ft_parser *p, const struct ft_matrix *matrix, size_t index,
		       uint32_t column, const struct ft_expectation *e, unsigned n)
{
	struct ft_text name;
	int r;

	ft_text_init(&name, 120);
	ft_word_print_name(&e->word, &name);
	if (n)
		r = ft_parse_error_column(p, -EINVAL, column,
					  "'%s.%d' is expected, but the case has only %u '%s'%s",
					  ft_text_get(&name), e->occurrence, n, ft_text_get(&name),
					  place_of(matrix, index).text);
	else
		r = ft_parse_error_column(
			p, -EINVAL, column, "'%s' is expected, but %s%s%s never does that%s",
			ft_text_get(&name), e->subject == FT_NO_SOCKET ? "the case" : "socket '",
			e->subject == FT_NO_SOCKET ? "" : p->sockets.names[e->subject],
			e->subject == FT_NO_SOCKET ? "" : "'", place_of(matrix, index).text);
	ft_text_fini(&name);
	return r;
}

static int check_expected_sockets(struct ft_parser *p, const struct ft_lives *lives,
				  const struct ft_matrix *matrix, size_t index, uint32_t column,
				  const struct ft_expectation *e)
{
	for (int i = -1; i < e->n_got; i++) {
		uint16_t socket = i < 0 ? e->subject : e->got[i];

		if (socket != FT_NO_SOCKET && lives->stamps[socket] != lives->now)
			return ft_parse_error_column(p, -EINVAL, column,
						     "the case has no socket '%s'%s",
						     p->sockets.names[socket],
						     place_of(matrix, index).text);
	}
	return 0;
}

/* After check_lives(): the stamps say which sockets this case has. */
static int check_expected(struct ft_parser *p, struct ft_lives *lives,
			  const struct ft_matrix *matrix, size_t index, const uint32_t *digits)
{
	const struct ft_variant *variant = ft_slot_variant(&matrix->slots[matrix->n_slots], digits);

	if (lives->n_counts && variant->n_expected)
		count_words(lives, matrix, digits);
	for (uint32_t i = 0; i < variant->n_expected; i++) {
		const struct ft_expectation *e = &variant->expected[i];
		uint32_t column = variant->expected_columns[i];
		int r = check_expected_sockets(p, lives, matrix, index, column, e);
		unsigned n;

		if (r)
			return r;
		n = occurrences(lives, matrix, digits, e);
		if (n < e->occurrence)
			return never_holds(p, matrix, index, column, e, n);
	}
	return 0;
}

/* Makes the table of counts if it pays; refuses what would take too long. */
static int prepare(struct ft_parser *p, struct ft_lives *lives, const struct ft_matrix *matrix)
{
	uint64_t words = matrix->max_words, expected = matrix->max_expected, work;
	size_t n = 16;

	work = matrix->max_steps + matrix->n_slots + matrix->n_digits + words * expected;
	if (words * expected > PAIRS_MAX) {
		while (n < words * 2)
			n *= 2;
		lives->counts = calloc(n, sizeof(*lives->counts));
		if (!lives->counts)
			return ft_parse_error_column(p, -ENOMEM, 1, "out of memory");
		lives->n_counts = n;
		work = matrix->max_steps + n + expected;
	}
	if (__builtin_mul_overflow(work, matrix->n_cases, &work) || work > WORK_MAX)
		return ft_parse_error_column(
			p, -E2BIG, 1,
			"%zu cases of up to %zu steps are too many to be checked; "
			"make several matrices of it",
			matrix->n_cases, matrix->max_steps);
	return 0;
}

int ft_matrix_check(struct ft_parser *p, struct ft_lives *lives, const struct ft_matrix *matrix)
{
	uint32_t digits[FT_MATRIX_GROUPS_MAX];
	int r = prepare(p, lives, matrix);

	for (size_t i = 0; !r && i < matrix->n_cases; i++) {
		ft_matrix_digits(matrix, i, digits);
		r = check_lives(p, lives, matrix, i, digits);
		if (!r && matrix->has_expected)
			r = check_expected(p, lives, matrix, i, digits);
	}
	return r;
}

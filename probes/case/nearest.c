/* SPDX-License-Identifier: MIT */
/*
 * Which word that is known here did the author mean?
 *
 * The distance counts letters that were added, lost, replaced, or swapped with their neighbour. A
 * third of the letters may be wrong; beyond that a suggestion would be a guess.
 */
#include "case/nearest.h"

#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 40 };

void ft_nearest_init(struct ft_nearest *nearest, const char *word, size_t len)
{
	*nearest = (struct ft_nearest){.word = word,
				       .len = len,
				       .distance = (unsigned)(len > WORD_MAX ? 0 : len + 5) / 3};
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment, three rows. Both lengths are at most WORD_MAX. */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned rows[3][WORD_MAX + 1];

	for (size_t j = 0; j <= b_len; j++)
		rows[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned *now = rows[i % 3];
		const unsigned *last = rows[(i + 2) % 3];
		const unsigned *before = rows[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			unsigned best = last[j - 1] + (a[i - 1] != b[j - 1]);

			best = least(best, least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				best = least(best, before[j - 2] + 1);
			now[j] = best;
		}
	}
	return rows[a_len % 3][b_len];
}

void ft_nearest_try(struct ft_nearest *nearest, const char *candidate)
{
	size_t len = strlen(candidate);
	unsigned found;

	if (!nearest->len || nearest->len > WORD_MAX || len > WORD_MAX)
		return;
	found = distance(nearest->word, nearest->len, candidate, len);
	/* Not one letter in common is no likeness, however short the words are. */
	if (found >= nearest->distance || (found >= len && found >= nearest->len))
		return;
	nearest->distance = found;
	nearest->best = candidate;
}

struct ft_nearest_hint ft_nearest_hint(const struct ft_nearest *nearest)
{
	struct ft_nearest_hint hint = {""};

	if (nearest->best)
		snprintf(hint.text, sizeof(hint.text), "; did you mean '%.40s'?", nearest->best);
	return hint;
}

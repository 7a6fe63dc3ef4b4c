/* SPDX-License-Identifier: MIT */
/*
 * Which word of a case does a name in an outcome mean?
 */
#include "case/parse.h"

uint64_t ft_word_key(const struct ft_word *word)
{
	uint64_t key = word->op;
	uint16_t option;

	switch (word->op) {
	case FT_OP_CREATE:
		return key | (uint64_t)word->detail << 8;
	case FT_OP_FASTOPEN:
		/* The call and the option are both called "fastopen". */
		if (!ft_option_find((struct ft_slice){"fastopen", 8}, &option))
			return key;
		return FT_OP_SET | UINT64_C(1) << 16 | (uint64_t)option << 24;
	case FT_OP_SET:
	case FT_OP_GET:
		key |= (uint64_t)word->n_options << 16;
		for (int i = 0; i < word->n_options; i++)
			key |= (uint64_t)word->options[i] << (24 + 10 * i);
		return key;
	default:
		return key;
	}
}

bool ft_word_same_name(const struct ft_word *a, const struct ft_word *b)
{
	return ft_word_key(a) == ft_word_key(b);
}

unsigned ft_case_occurrence(const struct ft_case *c, size_t s, size_t w)
{
	uint16_t subject = c->steps[s]->subject;
	uint64_t key = ft_word_key(&c->steps[s]->words[w]);
	unsigned n = 0;

	for (size_t i = 0; i <= s; i++) {
		const struct ft_step *step = c->steps[i];
		size_t end = i < s ? step->n_words : w + 1;

		if (step->subject != subject)
			continue;
		for (size_t j = 0; j < end; j++)
			n += ft_word_key(&step->words[j]) == key;
	}
	return n;
}

/* SPDX-License-Identifier: MIT */
/*
 * How is a case with one change written, and how is the change called?
 */
#include "fourtuple/variants.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { VARIANTS_MAX = 4096, BYTES_MAX = 2 << 20 };

/* ---- the text ---- */

struct writing {
	const struct ft_variants *variants;
	const struct ft_alteration *what;
	struct ft_text *out;
	uint32_t n_steps, n_words; /* written so far; words: of the present step */
	struct ft_variant *ret;
};

static bool is_at(const struct writing *w, enum ft_alter kind, size_t step, size_t word)
{
	return w->what->kind == kind && w->what->step == step && w->what->word == word;
}

static void begin_step(struct writing *w)
{
	ft_text_str(w->out, w->n_steps ? "; " : "");
	w->n_steps++;
	w->n_words = 0;
}

static void put_head(const struct writing *w, const struct ft_step *step, bool other_user)
{
	bool as = other_user ? w->what->as : step->as;

	if (as)
		ft_text_printf(w->out, "as %" PRIu32 " ", other_user ? w->what->uid : step->uid);
	if (step->subject == FT_NO_SOCKET)
		return;
	ft_text_str(w->out, w->variants->c->names->socket[step->subject]);
	ft_text_str(w->out, step->peer ? "@peer" : "");
}

static void put_word(struct writing *w, size_t s, size_t n)
{
	const struct ft_step *step = w->variants->c->steps[s];

	if (s == w->variants->step && n == w->variants->word) {
		w->ret->step = w->n_steps - 1;
		w->ret->word = w->n_words;
	}
	ft_text_str(w->out, w->n_words || step->subject != FT_NO_SOCKET ? " " : "");
	if (is_at(w, FT_ALTER_REPLACE, s, n))
		ft_text_str(w->out, w->what->text);
	else
		ft_word_print(&step->words[n], w->variants->c->names, w->out);
	w->n_words++;
	if (!is_at(w, FT_ALTER_BEHIND, s, n))
		return;
	ft_text_printf(w->out, " %s", w->what->text);
	w->n_words++;
}

static void put_step(struct writing *w, size_t s)
{
	const struct ft_step *step = w->variants->c->steps[s];

	if (w->what->kind == FT_ALTER_STEP && w->what->step == s) {
		begin_step(w);
		ft_text_str(w->out, w->what->text);
	}
	if (step->n_words == 1 && is_at(w, FT_ALTER_DROP, s, 0))
		return;
	begin_step(w);
	put_head(w, step, w->what->kind == FT_ALTER_USER && w->what->step == s);
	for (size_t n = 0; n < step->n_words; n++)
		if (!is_at(w, FT_ALTER_DROP, s, n))
			put_word(w, s, n);
}

static void put_case(struct writing *w)
{
	size_t swapped = w->what->kind == FT_ALTER_SWAP ? w->what->step : SIZE_MAX - 1;

	for (size_t i = 0; i < w->variants->c->n_steps; i++)
		put_step(w, i == swapped ? i + 1 : i == swapped + 1 ? i - 1 : i);
}

/* ---- its name ---- */

static const char *subject(const struct ft_variants *variants, size_t s)
{
	uint16_t name = variants->c->steps[s]->subject;

	return name == FT_NO_SOCKET ? "the scene" : variants->c->names->socket[name];
}

static void put_change(const struct ft_variants *variants, const struct ft_alteration *what,
		       struct ft_text *out)
{
	const struct ft_step *step = variants->c->steps[what->step];
	const struct ft_word *word = &step->words[what->word];

	switch (what->kind) {
	case FT_ALTER_DROP:
		ft_text_printf(out, "%s without ", subject(variants, what->step));
		ft_word_print(word, variants->c->names, out);
		break;
	case FT_ALTER_REPLACE:
		ft_text_printf(out, "%s %s instead of ", subject(variants, what->step), what->text);
		ft_word_print(word, variants->c->names, out);
		break;
	case FT_ALTER_BEHIND:
		ft_text_printf(out, "%s with %s", subject(variants, what->step), what->text);
		break;
	case FT_ALTER_STEP:
		ft_text_printf(out, "%s before %s", what->text,
			       what->step == variants->step ? "it" : "all");
		break;
	case FT_ALTER_SWAP:
		ft_text_printf(out, "step %zu before step %zu (%s's before %s's)", what->step + 2,
			       what->step + 1, subject(variants, what->step + 1),
			       subject(variants, what->step));
		break;
	case FT_ALTER_USER:
		if (what->as)
			ft_text_printf(out, "%s by user %" PRIu32, subject(variants, what->step),
				       what->uid);
		else
			ft_text_printf(out, "%s not by user %" PRIu32,
				       subject(variants, what->step), step->uid);
		break;
	}
}

/* ---- the list ---- */

static char *taken(struct ft_text *text)
{
	char *copy = text->failed ? NULL : strdup(ft_text_get(text));

	ft_text_clear(text);
	return copy;
}

static bool make_room(struct ft_variants *variants)
{
	size_t size = variants->size ? 2 * variants->size : 64;
	struct ft_variant *rows;

	if (variants->n < variants->size)
		return true;
	rows = reallocarray(variants->rows, size, sizeof(*rows));
	if (!rows)
		return false;
	variants->rows = rows;
	variants->size = size;
	return true;
}

void ft_variants_add(struct ft_variants *variants, const struct ft_alteration *what)
{
	struct ft_variant *row;
	struct writing writing = {.variants = variants, .what = what};
	struct ft_text text;

	if (variants->n == VARIANTS_MAX || variants->bytes > BYTES_MAX || variants->failed)
		return;
	if (!make_room(variants)) {
		variants->failed = true;
		return;
	}
	row = &variants->rows[variants->n++];
	*row = (struct ft_variant){.what = *what};
	ft_text_init(&text, 2 * FT_CASE_TEXT_MAX);
	writing.out = &text;
	writing.ret = row;
	put_case(&writing);
	variants->bytes += text.len;
	row->text = taken(&text);
	put_change(variants, what, &text);
	row->change = taken(&text);
	row->what.text = NULL; /* it was borrowed */
	variants->failed = !row->text || !row->change;
	ft_text_fini(&text);
}

static int by_size(const void *a, const void *b)
{
	const struct ft_variant *x = a, *y = b;

	if (x->what.size != y->what.size)
		return x->what.size < y->what.size ? -1 : 1;
	/* what is nearer to the call that is asked about first; a text's order decides the rest */
	if (x->what.step != y->what.step)
		return x->what.step > y->what.step ? -1 : 1;
	if (x->what.kind != y->what.kind)
		return x->what.kind < y->what.kind ? -1 : 1;
	if (x->what.word != y->what.word)
		return x->what.word < y->what.word ? -1 : 1;
	return strcmp(x->text, y->text);
}

int ft_variants_make(const struct ft_case *c, size_t step, size_t word, struct ft_variants *ret)
{
	*ret = (struct ft_variants){.c = c, .step = step, .word = word};
	ft_variants_fill(ret);
	if (ret->failed)
		return -ENOMEM;
	if (ret->n)
		qsort(ret->rows, ret->n, sizeof(*ret->rows), by_size);
	return 0;
}

void ft_variants_fini(struct ft_variants *variants)
{
	for (size_t i = 0; i < variants->n; i++) {
		free(variants->rows[i].text);
		free(variants->rows[i].change);
	}
	free(variants->rows);
	*variants = (struct ft_variants){0};
}

/* SPDX-License-Identifier: MIT */
/*
 * Whose step is it, and which words does it chain?
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "case/parse.h"

static int parse_subject(struct ft_parser *p, struct ft_slice token, struct ft_step *step)
{
	size_t sign;

	if (ft_slice_find(token, '@', &sign)) {
		struct ft_slice place = ft_slice_from(token, sign + 1);

		if (!ft_slice_is(place, "peer"))
			return ft_parse_error(p, -EINVAL, place.at,
					      "unknown place %s; the only one is 'peer'",
					      ft_parse_quote(place).text);
		step->peer = true;
		token = ft_slice_to(token, sign);
	}
	return ft_parse_socket(p, token, &step->subject);
}

/* `as UID` in front of the subject, if it is there; token is then the subject. */
static int parse_as(struct ft_parser *p, struct ft_slice *token, struct ft_slice *rest,
		    struct ft_step *step)
{
	struct ft_slice as = *token, uid;
	uint64_t number;

	if (!ft_slice_is(as, "as"))
		return 0;
	uid = ft_slice_token(rest);
	/* UINT32_MAX is (uid_t)-1, "no user". */
	if (!ft_slice_number(uid, UINT32_MAX - 1, &number))
		return ft_parse_error(p, -EINVAL, uid.len ? uid.at : as.at + as.len,
				      "'as' needs a user ID, not %s", ft_parse_quote(uid).text);
	step->as = true;
	step->uid = (uint32_t)number;
	*token = ft_slice_token(rest);
	if (!token->len)
		return ft_parse_error(p, -EINVAL, uid.at + uid.len,
				      "'as UID' needs a socket's step after it");
	return 0;
}

static int parse_chain(struct ft_parser *p, struct ft_slice *rest, struct ft_step *step)
{
	for (;;) {
		struct ft_slice token = ft_slice_token(rest);
		int r;

		if (!token.len)
			return 0;
		if (step->n_words == FT_CASE_WORDS_MAX)
			return ft_parse_error(p, -E2BIG, token.at,
					      "more than %d words in one step (FT_CASE_WORDS_MAX)",
					      FT_CASE_WORDS_MAX);
		r = ft_parse_word(p, token, rest, &p->words[step->n_words]);
		if (r)
			return r;
		step->n_words++;
	}
}

static int parse_socket_step(struct ft_parser *p, struct ft_slice token, struct ft_slice *rest,
			     struct ft_step *step)
{
	enum ft_op op;
	int r = parse_as(p, &token, rest, step);

	if (!r && step->as && ft_is_scene_word(token, &op))
		return ft_parse_error(p, -EINVAL, token.at,
				      "'as UID' is for a socket's step, not %s",
				      ft_parse_quote(token).text);
	if (!r)
		r = parse_subject(p, token, step);
	if (!r)
		r = parse_chain(p, rest, step);
	if (r)
		return r;
	if (!step->n_words)
		return ft_parse_error(p, -EINVAL, token.at,
				      "socket %s has nothing to do in this step",
				      ft_parse_quote(token).text);
	if (step->peer && p->words[0].op != FT_OP_CREATE)
		return ft_parse_error(p, -EINVAL, token.at,
				      "'@peer' stands only where the socket is created");
	return 0;
}

static int parse_scene_step(struct ft_parser *p, enum ft_op op, struct ft_slice token,
			    struct ft_slice *rest, struct ft_step *step)
{
	struct ft_slice more;
	int r = ft_parse_scene_word(p, op, token, rest, &p->words[0]);

	if (r)
		return r;
	step->subject = FT_NO_SOCKET;
	step->n_words = 1;
	more = ft_slice_token(rest);
	if (more.len)
		return ft_parse_error(p, -EINVAL, more.at,
				      "%s follows '%s': the next step needs a ';'",
				      ft_parse_quote(more).text, ft_op_words[op]);
	return 0;
}

/* Makes room for one more step. */
static int grow(struct ft_parser *p)
{
	size_t size = p->size_steps ? p->size_steps * 2 : 16;
	struct ft_parsed_step *steps;

	if (p->n_steps < p->size_steps)
		return 0;
	steps = realloc(p->steps, size * sizeof(*steps));
	if (!steps)
		return -ENOMEM;
	p->steps = steps;
	p->size_steps = size;
	return 0;
}

/* What p->step_text holds, in the arena; NULL without memory. */
static const char *keep_text(struct ft_parser *p)
{
	return p->step_text.failed
		       ? NULL
		       : ft_arena_bytes(p->arena, ft_text_get(&p->step_text), p->step_text.len);
}

/* Of word w among those before it, which have theirs. */
static uint16_t nth_of_name(const struct ft_word *words, size_t w)
{
	for (size_t i = w; i-- > 0;)
		if (ft_word_same_name(&words[i], &words[w]))
			return (uint16_t)(words[i].nth + 1);
	return 1;
}

/* A case's text is that of its steps, and its outcome names their words: both are printed once,
 * here. step->words are the words. */
static bool keep_texts(struct ft_parser *p, struct ft_step *step, struct ft_word *words)
{
	const struct ft_names names = {p->sockets.n, p->ports.n, p->sockets.names, p->ports.names};

	for (size_t i = 0; i < step->n_words; i++) {
		ft_text_clear(&p->step_text);
		ft_label_print(step, i, &names, &p->step_text);
		words[i].label = keep_text(p);
		words[i].label_len = (uint16_t)p->step_text.len;
		words[i].nth = nth_of_name(words, i);
		if (!words[i].label)
			return false;
	}
	ft_text_clear(&p->step_text);
	ft_step_print(step, &names, &p->step_text);
	step->text = keep_text(p);
	step->text_len = (uint32_t)p->step_text.len;
	return step->text != NULL;
}

static int keep_step(struct ft_parser *p, struct ft_step *step, const char *at)
{
	size_t size = step->n_words * sizeof(struct ft_word);
	struct ft_word *words;

	if (p->n_steps == FT_CASE_STEPS_MAX)
		return ft_parse_error(p, -E2BIG, at, "more than %d steps (FT_CASE_STEPS_MAX)",
				      FT_CASE_STEPS_MAX);
	words = ft_arena_get(p->arena, size);
	if (!words || grow(p))
		return ft_parse_error(p, -ENOMEM, at, "out of memory");
	memcpy(words, p->words, size);
	step->words = words;
	if (!keep_texts(p, step, words))
		return ft_parse_error(p, -ENOMEM, at, "out of memory");
	for (size_t i = 0; i < step->n_words; i++)
		p->needs |= ft_word_needs(&words[i]);
	if (step->peer)
		p->needs |= FT_NEED_ETH;
	if (step->as)
		p->needs |= FT_NEED_UIDS;
	p->n_words += step->n_words;
	p->steps[p->n_steps++] = (struct ft_parsed_step){*step, ft_parse_column(p, at)};
	return 0;
}

int ft_parse_step(struct ft_parser *p, struct ft_slice text)
{
	struct ft_slice token = ft_slice_token(&text);
	struct ft_step step = {0};
	enum ft_op op;
	int r;

	if (!token.len)
		return 0;
	p->subject = token;
	if (ft_is_scene_word(token, &op))
		r = parse_scene_step(p, op, token, &text, &step);
	else
		r = parse_socket_step(p, token, &text, &step);
	return r ? r : keep_step(p, &step, token.at);
}

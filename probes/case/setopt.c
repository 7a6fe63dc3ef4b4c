/* SPDX-License-Identifier: MIT */
/*
 * Which socket option is set or read, and to what?
 *
 * NAME, NAME=VALUE, NAME?, and two to four names OR-ed by '|', which only makes sense for int
 * options of one level. How a value is written depends on the option's kind.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "case/nearest.h"
#include "case/parse.h"

enum { OR_MAX = sizeof(((struct ft_word *)0)->options) / sizeof(uint16_t) };

bool ft_option_find(struct ft_slice name, uint16_t *ret)
{
	size_t low = 0, high = ft_n_options;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const char *word = ft_options[middle].word;
		int order = strncmp(name.at, word, name.len);

		if (!order && word[name.len])
			order = -1;
		if (!order) {
			*ret = (uint16_t)middle;
			return true;
		}
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return false;
}

int ft_parse_option_names(struct ft_parser *p, struct ft_slice names, struct ft_word *word)
{
	struct ft_slice rest = names;
	bool more = true;

	word->n_options = 0;
	while (more) {
		struct ft_slice name = rest;
		size_t bar;

		more = ft_slice_find(rest, '|', &bar);
		if (more) {
			name = ft_slice_to(rest, bar);
			rest = ft_slice_from(rest, bar + 1);
		}
		if (word->n_options == OR_MAX)
			return ft_parse_error(p, -E2BIG, name.at,
					      "more than %d options in one word", OR_MAX);
		if (!ft_option_find(name, &word->options[word->n_options]))
			return ft_parse_unknown_word(p, name);
		word->n_options++;
	}
	for (int i = 0; word->n_options > 1 && i < word->n_options; i++) {
		const struct ft_option *option = &ft_options[word->options[i]];

		if (option->value != FT_VALUE_INT)
			return ft_parse_error(p, -EINVAL, names.at,
					      "'%s' is not an int option: '|' cannot join it",
					      option->word);
		if (option->level != ft_options[word->options[0]].level ||
		    option->v6_level != ft_options[word->options[0]].v6_level)
			return ft_parse_error(
				p, -EINVAL, names.at,
				"'%s' and '%s' are of different levels: '|' cannot join them",
				ft_options[word->options[0]].word, option->word);
	}
	return 0;
}

static int parse_range(struct ft_parser *p, struct ft_slice value, struct ft_word *word)
{
	uint64_t low, high;
	size_t dash;

	if (ft_slice_is(value, "none"))
		return 0;
	if (!ft_slice_find(value, '-', &dash) ||
	    !ft_slice_number(ft_slice_to(value, dash), UINT16_MAX, &low) ||
	    !ft_slice_number(ft_slice_from(value, dash + 1), UINT16_MAX, &high))
		return ft_parse_error(p, -EINVAL, value.at, "%s is no LOW-HIGH range of ports",
				      ft_parse_quote(value).text);
	word->value = (int64_t)(high << 16 | low);
	return 0;
}

static int parse_interface(struct ft_parser *p, struct ft_slice value, struct ft_word *word)
{
	word->text = "";
	if (ft_slice_is(value, "none"))
		return 0;
	return ft_parse_device(p, value, &word->text, &word->text_len);
}

static int parse_linger(struct ft_parser *p, struct ft_slice value, struct ft_word *word)
{
	if (ft_slice_is(value, "off")) {
		word->value = -1;
		return 0;
	}
	if (!ft_slice_signed(value, 0, INT_MAX, &word->value))
		return ft_parse_error(p, -EINVAL, value.at, "%s is neither seconds nor 'off'",
				      ft_parse_quote(value).text);
	return 0;
}

static int parse_membership(struct ft_parser *p, struct ft_slice value, struct ft_word *word)
{
	size_t sign;

	word->text = "";
	if (ft_slice_find(value, '@', &sign)) {
		int r = ft_parse_device(p, ft_slice_from(value, sign + 1), &word->text,
					&word->text_len);

		if (r)
			return r;
		value = ft_slice_to(value, sign);
	}
	return ft_parse_host(p, value, false, &word->at);
}

/* Some masks (SO_MARK) use all 32 bits, so the unsigned half is good too. */
static int parse_int(struct ft_parser *p, struct ft_slice value, struct ft_word *word)
{
	if (!ft_slice_signed(value, INT32_MIN, UINT32_MAX, &word->value))
		return ft_parse_error(p, -EINVAL, value.at, "%s is no 32-bit number",
				      ft_parse_quote(value).text);
	return 0;
}

static int parse_seconds(struct ft_parser *p, struct ft_slice value, struct ft_word *word)
{
	if (ft_slice_is(value, "0") || ft_slice_duration(value, &word->value))
		return 0;
	return ft_parse_error(p, -EINVAL, value.at, "%s is no duration (as 1.5s, 20ms)",
			      ft_parse_quote(value).text);
}

static int parse_value(struct ft_parser *p, struct ft_slice value, struct ft_word *word)
{
	switch (ft_options[word->options[0]].value) {
	case FT_VALUE_RANGE:
		return parse_range(p, value, word);
	case FT_VALUE_DEVICE:
	case FT_VALUE_IFINDEX:
	case FT_VALUE_INTERFACE:
		return parse_interface(p, value, word);
	case FT_VALUE_LINGER:
		return parse_linger(p, value, word);
	case FT_VALUE_MEMBERSHIP:
		return parse_membership(p, value, word);
	case FT_VALUE_SECONDS:
		return parse_seconds(p, value, word);
	case FT_VALUE_INT:
	case FT_VALUE_COUNT:
		break;
	}
	return parse_int(p, value, word);
}

int ft_parse_option(struct ft_parser *p, struct ft_slice token, struct ft_word *word)
{
	struct ft_slice names = token;
	size_t equals;
	bool has_value = ft_slice_find(token, '=', &equals);
	bool get = !has_value && token.len && token.at[token.len - 1] == '?';
	enum ft_value kind;
	int r;

	if (has_value)
		names = ft_slice_to(token, equals);
	else if (get)
		names = ft_slice_to(token, token.len - 1);
	r = ft_parse_option_names(p, names, word);
	if (r)
		return r;
	word->op = get ? FT_OP_GET : FT_OP_SET;
	kind = ft_options[word->options[0]].value;
	if (has_value)
		return parse_value(p, ft_slice_from(token, equals + 1), word);
	if (get && kind == FT_VALUE_MEMBERSHIP)
		return ft_parse_error(p, -EINVAL, token.at, "'%s' cannot be read back",
				      ft_options[word->options[0]].word);
	if (!get && kind != FT_VALUE_INT)
		return ft_parse_error(p, -EINVAL, token.at, "'%s' needs a value: %s=...",
				      ft_options[word->options[0]].word,
				      ft_options[word->options[0]].word);
	if (!get)
		word->value = 1;
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * How is a text cut to words, numbers and names, and where in the source does an error stand?
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "case/nearest.h"
#include "case/parse.h"

struct ft_quoted ft_parse_quote(struct ft_slice slice)
{
	struct ft_quoted quoted;
	size_t len = 0, i = 0;

	quoted.text[len++] = '\'';
	/* Room for the longest escape, the dots, the quote and the NUL. */
	for (; i < slice.len && len < sizeof(quoted.text) - 10; i++) {
		unsigned char c = (unsigned char)slice.at[i];

		if (c >= ' ' && c < 0x7f)
			quoted.text[len++] = (char)c;
		else
			len += (size_t)snprintf(quoted.text + len, 5, "\\x%02x", c);
	}
	snprintf(quoted.text + len, sizeof(quoted.text) - len, "%s'", i < slice.len ? "..." : "");
	return quoted;
}

uint32_t ft_parse_column(const struct ft_parser *p, const char *at)
{
	size_t offset = (size_t)(at - p->text);

	if (offset < p->text_len)
		return p->columns[offset];
	return p->text_len ? p->columns[p->text_len - 1] + 1 : 1;
}

static int error(const struct ft_parser *p, int code, size_t column, const char *format,
		 va_list args)
{
	char text[400];

	vsnprintf(text, sizeof(text), format, args);
	return ft_err_set(p->err, code, "%.100s%s%u:%zu: %s", p->origin ? p->origin : "",
			  p->origin ? ":" : "", p->line, column, text);
}

int ft_parse_error(const struct ft_parser *p, int code, const char *at, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	code = error(p, code, ft_parse_column(p, at), format, args);
	va_end(args);
	return code;
}

int ft_parse_error_column(const struct ft_parser *p, int code, size_t column, const char *format,
			  ...)
{
	va_list args;

	va_start(args, format);
	code = error(p, code, column, format, args);
	va_end(args);
	return code;
}

bool ft_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool ft_slice_is(struct ft_slice slice, const char *word)
{
	return !strncmp(slice.at, word, slice.len) && !word[slice.len];
}

bool ft_slice_find(struct ft_slice slice, char c, size_t *ret_at)
{
	const char *found = slice.len ? memchr(slice.at, c, slice.len) : NULL;

	if (!found)
		return false;
	*ret_at = (size_t)(found - slice.at);
	return true;
}

bool ft_slice_find_last(struct ft_slice slice, char c, size_t *ret_at)
{
	for (size_t i = slice.len; i-- > 0;) {
		if (slice.at[i] == c) {
			*ret_at = i;
			return true;
		}
	}
	return false;
}

struct ft_slice ft_slice_from(struct ft_slice slice, size_t start)
{
	return (struct ft_slice){slice.at + start, slice.len - start};
}

struct ft_slice ft_slice_to(struct ft_slice slice, size_t len)
{
	return (struct ft_slice){slice.at, len};
}

struct ft_slice ft_slice_token(struct ft_slice *rest)
{
	struct ft_slice token;
	size_t len = 0;

	while (rest->len && ft_is_blank(*rest->at))
		*rest = ft_slice_from(*rest, 1);
	while (len < rest->len && !ft_is_blank(rest->at[len]))
		len++;
	token = ft_slice_to(*rest, len);
	*rest = ft_slice_from(*rest, len);
	return token;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;
}

bool ft_slice_number(struct ft_slice slice, uint64_t max, uint64_t *ret)
{
	unsigned base = 10;
	uint64_t number = 0;

	if (slice.len > 2 && slice.at[0] == '0' && (slice.at[1] | 0x20) == 'x') {
		base = 16;
		slice = ft_slice_from(slice, 2);
	}
	if (!slice.len)
		return false;
	for (size_t i = 0; i < slice.len; i++) {
		unsigned digit = (unsigned)digit_value(slice.at[i]);

		if (digit >= base || digit > max || number > (max - digit) / base)
			return false;
		number = number * base + digit;
	}
	*ret = number;
	return true;
}

bool ft_slice_signed(struct ft_slice slice, int64_t min, int64_t max, int64_t *ret)
{
	uint64_t number;

	if (!slice.len || *slice.at != '-') {
		if (!ft_slice_number(slice, (uint64_t)max, &number))
			return false;
		*ret = (int64_t)number;
		return true;
	}
	/* -(min + 1) + 1, since INT64_MIN has no counterpart. */
	if (!ft_slice_number(ft_slice_from(slice, 1), (uint64_t) - (min + 1) + 1, &number))
		return false;
	*ret = number ? -(int64_t)(number - 1) - 1 : 0;
	return true;
}

static int64_t unit_ns(struct ft_slice unit)
{
	static const struct {
		const char *word;
		int64_t ns;
	} units[] = {{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (ft_slice_is(unit, units[i].word))
			return units[i].ns;
	return 0;
}

bool ft_slice_duration(struct ft_slice slice, int64_t *ret_ns)
{
	uint64_t whole, fraction = 0;
	size_t len = 0, dot;
	int64_t unit, place;

	while (len < slice.len && (isdigit((unsigned char)slice.at[len]) || slice.at[len] == '.'))
		len++;
	unit = unit_ns(ft_slice_from(slice, len));
	slice = ft_slice_to(slice, len);
	if (!unit)
		return false;
	place = unit;
	if (ft_slice_find(slice, '.', &dot)) {
		for (size_t i = dot + 1; i < len; i++) {
			if (slice.at[i] == '.' || place % 10)
				return false;
			place /= 10;
			fraction += (uint64_t)(slice.at[i] - '0') * (uint64_t)place;
		}
		if (dot + 1 == len)
			return false;
		slice = ft_slice_to(slice, dot);
	}
	if (!ft_slice_number(slice, (uint64_t)(FT_DURATION_MAX / unit), &whole))
		return false;
	whole = whole * (uint64_t)unit + fraction;
	if (whole > (uint64_t)FT_DURATION_MAX)
		return false;
	*ret_ns = (int64_t)whole;
	return true;
}

bool ft_is_scene_word(struct ft_slice slice, enum ft_op *ret_op)
{
	for (enum ft_op op = FT_OP_SYSCTL; op <= FT_OP_LOOK; op++) {
		if (ft_slice_is(slice, ft_op_words[op])) {
			*ret_op = op;
			return true;
		}
	}
	return false;
}

/* [A-Za-z][A-Za-z0-9_]* */
static bool is_name(struct ft_slice slice)
{
	if (!slice.len || !isalpha((unsigned char)*slice.at) || (unsigned char)*slice.at > 0x7f)
		return false;
	for (size_t i = 0; i < slice.len; i++) {
		unsigned char c = (unsigned char)slice.at[i];

		if (c > 0x7f || (!isalnum(c) && c != '_'))
			return false;
	}
	return true;
}

/* The language's own use of a word comes first; `none` is what nobody is called in `>none`. */
static bool is_reserved(struct ft_slice name)
{
	enum ft_op op;

	return ft_is_scene_word(name, &op) || ft_slice_is(name, "as") || ft_slice_is(name, "none");
}

int ft_parse_name(struct ft_parser *p, struct ft_slice name, const char *what)
{
	if (name.len > FT_CASE_NAME_MAX)
		return ft_parse_error(p, -E2BIG, name.at, "%s name %s is longer than %d bytes",
				      what, ft_parse_quote(name).text, FT_CASE_NAME_MAX);
	if (!is_name(name))
		return ft_parse_error(p, -EINVAL, name.at,
				      "%s is no %s name (a letter, then letters, digits, '_')",
				      ft_parse_quote(name).text, what);
	if (is_reserved(name))
		return ft_parse_error(p, -EINVAL, name.at,
				      "%s has a meaning of its own and cannot name a %s",
				      ft_parse_quote(name).text, what);
	return 0;
}

int ft_parse_socket(struct ft_parser *p, struct ft_slice name, uint16_t *ret)
{
	int r = ft_parse_name(p, name, "socket");

	if (r)
		return r;
	r = ft_name_intern(&p->sockets, p->arena, name, FT_CASE_SOCKETS_MAX, ret);
	if (r == -E2BIG)
		return ft_parse_error(p, r, name.at, "more than %d sockets (FT_CASE_SOCKETS_MAX)",
				      FT_CASE_SOCKETS_MAX);
	return r ? ft_parse_error(p, r, name.at, "out of memory") : 0;
}

int ft_parse_device(struct ft_parser *p, struct ft_slice name, const char **ret_text,
		    uint16_t *ret_len)
{
	const char *copy;

	if (name.len > FT_CASE_NAME_MAX)
		return ft_parse_error(p, -E2BIG, name.at, "device name %s is longer than %d bytes",
				      ft_parse_quote(name).text, FT_CASE_NAME_MAX);
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = (unsigned char)name.at[i];

		if (c > 0x7f || (!isalnum(c) && !strchr("_.-", c)))
			return ft_parse_error(p, -EINVAL, name.at + i, "%s is no device name",
					      ft_parse_quote(name).text);
	}
	if (!name.len)
		return ft_parse_error(p, -EINVAL, name.at, "a device name is missing");
	copy = ft_arena_bytes(p->arena, name.at, name.len);
	if (!copy)
		return ft_parse_error(p, -ENOMEM, name.at, "out of memory");
	*ret_text = copy;
	*ret_len = (uint16_t)name.len;
	return 0;
}

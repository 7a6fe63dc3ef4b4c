/* SPDX-License-Identifier: MIT */
/*
 * How does a text grow without ever passing its maximum?
 *
 * Capacity doubles from 256 bytes. An append either goes in whole or not at all, and after one that
 * did not go in nothing else does: a text never has a hole in its middle.
 */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_SIZE = 256 };

void ft_text_init(struct ft_text *text, size_t max)
{
	*text = (struct ft_text){.max = max};
}

void ft_text_fini(struct ft_text *text)
{
	free(text->bytes);
	*text = (struct ft_text){.max = text->max};
}

/* size is above max only by rounding up. */
static void set_room(struct ft_text *text)
{
	text->room = text->size <= text->max ? text->size : text->max + 1;
}

static bool fail(struct ft_text *text)
{
	text->failed = true;
	text->room = 0;
	return false;
}

void ft_text_clear(struct ft_text *text)
{
	text->len = 0;
	text->failed = false;
	set_room(text);
	if (text->bytes)
		text->bytes[0] = '\0';
}

bool ft_text_grow(struct ft_text *text, size_t more)
{
	size_t need, size;
	char *bytes;

	if (text->failed || text->len > text->max || more > text->max - text->len ||
	    more >= SIZE_MAX - text->len)
		return fail(text);
	need = text->len + more + 1;
	if (need <= text->size)
		return true;
	size = text->size ? text->size : FIRST_SIZE;
	while (size < need)
		size = size > SIZE_MAX / 2 ? need : size * 2;
	bytes = realloc(text->bytes, size);
	if (!bytes)
		return fail(text);
	text->bytes = bytes;
	text->size = size;
	set_room(text);
	return true;
}

char *ft_uint_write(char *at, uint64_t number)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324252627282930"
				    "31323334353637383940414243444546474849505152535455565758596061"
				    "62636465666768697071727374757677787980818283848586878889909192"
				    "93949596979899";
	uint64_t rest = number;
	char *end = at + 1, *to;

	for (uint64_t most = 9; most < number && end - at < FT_UINT_DIGITS; most = most * 10 + 9)
		end++;
	for (to = end; to - at >= 2; rest /= 100) {
		to -= 2;
		memcpy(to, pairs + rest % 100 * 2, 2);
	}
	if (to > at)
		*at = (char)('0' + rest);
	return end;
}

void ft_text_int(struct ft_text *text, int64_t number)
{
	char digits[1 + FT_UINT_DIGITS];
	bool in_place = text->len + sizeof(digits) < text->room;
	char *begin = in_place ? text->bytes + text->len : digits, *end = begin;
	/* Unsigned, since -INT64_MIN has no int64_t. */
	uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

	if (number < 0)
		*end++ = '-';
	end = ft_uint_write(end, magnitude);
	if (in_place)
		ft_text_wrote(text, end);
	else
		ft_text_bytes(text, begin, (size_t)(end - begin));
}

void ft_text_printf(struct ft_text *text, const char *format, ...)
{
	va_list args, again;
	size_t space;
	int len;

	if (!ft_text_room(text, 0))
		return;
	space = text->size - text->len;
	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(text->bytes + text->len, space, format, args);
	if (len < 0) {
		fail(text);
		text->bytes[text->len] = '\0';
	} else if (ft_text_room(text, (size_t)len)) {
		if ((size_t)len >= space)
			vsnprintf(text->bytes + text->len, (size_t)len + 1, format, again);
		text->len += (size_t)len;
	} else {
		text->bytes[text->len] = '\0';
	}
	va_end(again);
	va_end(args);
}

const char *ft_text_get(const struct ft_text *text)
{
	return text->bytes ? text->bytes : "";
}

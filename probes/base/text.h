/* SPDX-License-Identifier: MIT */
/*
 * A growing text buffer with a mandatory maximum.
 *
 * Appending past the maximum, or without memory, sets `failed` and keeps what is there: writers
 * append freely and check once at the end. The buffer is reused by ft_text_clear(), so that a
 * loop over a million cases allocates only while it meets a longer text than before.
 */
#ifndef FT_BASE_TEXT_H
#define FT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct ft_text {
	char *bytes; /* always NUL-terminated once something was appended; NULL before */
	size_t len;
	size_t room; /* up to where it may be written without asking, the NUL included; 0: ask */
	size_t size;
	size_t max;
	bool failed;
};

/* An empty buffer that never grows past max bytes. Owns nothing yet. */
void ft_text_init(struct ft_text *text, size_t max);
void ft_text_fini(struct ft_text *text);
/* Empties it, forgets a failure, keeps the memory. */
void ft_text_clear(struct ft_text *text);

/* Makes room for more bytes and the final NUL. False, with `failed` set, where that cannot be. */
bool ft_text_grow(struct ft_text *text, size_t more);

/* The same for the common case, a short append with room: no call, one comparison. */
static inline bool ft_text_room(struct ft_text *text, size_t more)
{
	return text->len + more < text->room || ft_text_grow(text, more);
}

/* Records are made of a hundred short appends each, hence in line. */
static inline void ft_text_bytes(struct ft_text *text, const void *bytes, size_t len)
{
	if (!ft_text_room(text, len))
		return;
	if (len)
		memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
	text->bytes[text->len] = '\0';
}

/* For who writes many short pieces in a row: room for at most `most` bytes behind the text, written
 * by the caller, who says by ft_text_wrote() where they end. NULL, with `failed` set, where there
 * cannot be as much. */
static inline char *ft_text_reserve(struct ft_text *text, size_t most)
{
	return ft_text_room(text, most) ? text->bytes + text->len : NULL;
}

static inline void ft_text_wrote(struct ft_text *text, char *end)
{
	text->len = (size_t)(end - text->bytes);
	*end = '\0';
}

static inline void ft_text_str(struct ft_text *text, const char *string)
{
	ft_text_bytes(text, string, strlen(string));
}

static inline void ft_text_char(struct ft_text *text, char c)
{
	if (!ft_text_room(text, 1))
		return;
	text->bytes[text->len++] = c;
	text->bytes[text->len] = '\0';
}

void ft_text_int(struct ft_text *text, int64_t number);
/* Writes number in decimal, without a NUL, and returns its end. */
enum { FT_UINT_DIGITS = 20 };
char *ft_uint_write(char *at, uint64_t number);
void ft_text_printf(struct ft_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The content as a string; "" while empty. Borrowed, valid until the next append. */
const char *ft_text_get(const struct ft_text *text);

#endif

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

struct ft_text {
	char *bytes; /* always NUL-terminated once something was appended; NULL before */
	size_t len;
	size_t size;
	size_t max;
	bool failed;
};

/* An empty buffer that never grows past max bytes. Owns nothing yet. */
void ft_text_init(struct ft_text *text, size_t max);
void ft_text_fini(struct ft_text *text);
/* Empties it, forgets a failure, keeps the memory. */
void ft_text_clear(struct ft_text *text);

void ft_text_bytes(struct ft_text *text, const void *bytes, size_t len);
void ft_text_str(struct ft_text *text, const char *string);
void ft_text_char(struct ft_text *text, char c);
void ft_text_int(struct ft_text *text, int64_t number);
void ft_text_printf(struct ft_text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The content as a string; "" while empty. Borrowed, valid until the next append. */
const char *ft_text_get(const struct ft_text *text);

#endif

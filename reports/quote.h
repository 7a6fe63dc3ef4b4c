/* SPDX-License-Identifier: MIT */
/*
 * How does a text become a JSON string, a million times over, at the price of a copy?
 *
 * Jansson does the quoting, at about 7 ns a character. The texts of a run repeat without end (the
 * steps of a matrix, a few outcomes, the names of sockets and errnos), so a text that jansson has
 * once given back unchanged is remembered and next time copied. A text that needs escapes, or a
 * long one, goes through jansson each time.
 */
#ifndef FT_REPORTS_QUOTE_H
#define FT_REPORTS_QUOTE_H

#include <jansson.h>
#include <stdint.h>

#include "base/text.h"

enum {
	FT_QUOTE_SLOTS = 1024, /* a power of two */
	FT_QUOTE_TEXT_MAX = 110,
};

/* A text that stands for itself between quotes. */
struct ft_quote_slot {
	uint8_t len; /* 0: free */
	char text[FT_QUOTE_TEXT_MAX];
};

struct ft_quote {
	json_t *string; /* what jansson is asked to print, its text replaced each time */
	struct ft_text raw;
	struct ft_quote_slot slots[FT_QUOTE_SLOTS];
};

int ft_quote_init(struct ft_quote *quote); /* 0 or -ENOMEM */
void ft_quote_fini(struct ft_quote *quote);

/* Appends text as a JSON string, quotes included. 0, -ENOMEM, or -EINVAL where text is not UTF-8;
 * then out may hold a part of it. */
int ft_quote_text(struct ft_quote *quote, const char *text, size_t len, struct ft_text *out);

#endif

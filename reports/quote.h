/* SPDX-License-Identifier: MIT */
/*
 * How does a text become the inside of a JSON string at the price of looking through it?
 *
 * It is printed where it shall stay, then looked through. Nearly always it consists of printable
 * ASCII without '"' and '\', which stands for itself (RFC 8259, section 7), and stays as it is. Any
 * other text is taken out again and given to jansson, where the rules are: what is escaped and how,
 * and what is not UTF-8 and so no text.
 */
#ifndef FT_REPORTS_QUOTE_H
#define FT_REPORTS_QUOTE_H

#include <jansson.h>

#include "base/text.h"

struct ft_quote {
	json_t *string; /* what jansson is asked to print, its text replaced each time */
	struct ft_text raw;
};

int ft_quote_init(struct ft_quote *quote); /* 0 or -ENOMEM */
void ft_quote_fini(struct ft_quote *quote);

/* Makes what was appended to out since it was begin bytes long the inside of a JSON string; the
 * quotes around it are the caller's. 0, -ENOMEM, or -EINVAL where it is not UTF-8; then out may
 * hold a part of it. */
int ft_quote_since(struct ft_quote *quote, struct ft_text *out, size_t begin);

#endif

/* SPDX-License-Identifier: MIT */
#include "fourtuple/plain.h"

#include <string.h>

#include "probe/session.h"

void ft_plain(const char *text, size_t max, FILE *file)
{
	const unsigned char *at = (const unsigned char *)text;

	for (size_t n = 0; *at; at++, n++) {
		/* Not in the middle of a UTF-8 character. */
		if (max && n >= max && (*at & 0xc0) != 0x80) {
			fputs("...", file);
			return;
		}
		if (*at < ' ' || *at == 0x7f) {
			fprintf(file, "\\x%02x", *at);
		} else if (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0) {
			fprintf(file, "\\u%04x", at[1]);
			at++;
		} else {
			fputc(*at, file);
		}
	}
}

void ft_plain_count(unsigned long long n, const char *what, FILE *file)
{
	fprintf(file, "%llu %s%s", n, what, n == 1 ? "" : "s");
}

struct ft_look ft_look_of(FILE *file)
{
	if (!ft_session_colour(file))
		return (struct ft_look){"", "", "", "", ""};
	return (struct ft_look){"\033[32m", "\033[31m", "\033[2m", "\033[1m", "\033[0m"};
}

const char *ft_look_end(const struct ft_look *look, const char *end)
{
	if (strncmp(end, "ok", 2) == 0)
		return look->good;
	if (end[0] == 'E' || strncmp(end, "pending", 7) == 0)
		return look->bad;
	return look->dim;
}

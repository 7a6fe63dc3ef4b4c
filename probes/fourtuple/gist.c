/* SPDX-License-Identifier: MIT */
/*
 * What does an outcome come down to? The first call that failed; else ok, and who got it.
 */
#include <string.h>

#include "fourtuple/show.h"

static bool is_failure(const char *end)
{
	return end[0] == 'E' || strncmp(end, "pending", 7) == 0;
}

/* "b.bind=EADDRINUSE" -> "b.bind EADDRINUSE" */
static void put_token(const char *token, size_t len, struct ft_text *out)
{
	const char *equals = memchr(token, '=', len);
	size_t name = equals ? (size_t)(equals - token) : len;

	ft_text_bytes(out, token, name);
	ft_text_char(out, ' ');
	ft_text_bytes(out, token + name + 1, len - name - 1);
}

static void put_outcome(const char *outcome, struct ft_text *out)
{
	const char *got = NULL;
	size_t got_len = 0;

	for (const char *at = outcome; *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");
		const char *equals = memchr(at, '=', len);
		const char *who = memchr(at, '>', len);

		if (equals && is_failure(equals + 1)) {
			put_token(at, len, out);
			return;
		}
		if (who) {
			got = who;
			got_len = len - (size_t)(who - at);
		}
		at += len;
	}
	ft_text_str(out, "ok");
	ft_text_bytes(out, got ? got : "", got_len);
}

void ft_show_gist(const json_t *record, struct ft_text *out)
{
	const char *verdict = ft_gathered_text(record, "verdict");

	if (!record) {
		ft_text_char(out, '.');
		return;
	}
	if (strcmp(verdict, "skipped") == 0 || strcmp(verdict, "broken") == 0 ||
	    strcmp(verdict, "unstable") == 0) {
		ft_text_str(out, verdict);
		return;
	}
	put_outcome(ft_gathered_text(record, "outcome"), out);
	if (strcmp(verdict, "differs") == 0)
		ft_text_char(out, '!');
	if (strcmp(verdict, "unproven") == 0)
		ft_text_char(out, '?');
}

/* SPDX-License-Identifier: MIT */
/*
 * Who is up and who received, read from an outcome?
 */
#include <stdlib.h>
#include <string.h>

#include "recipes.h"

/* The two sockets that a program may have: "b" and "b6". */
struct progress {
	bool bound, listens, connected;
	char failed[64]; /* the first call that did not go well */
};

struct token {
	const char *subject, *call, *result, *got; /* got: behind '>', NULL without */
	size_t subject_len, call_len, result_len, got_len;
};

/* SUBJECT.CALL[.N]=RESULT[(ADDRESS)][>WHO]; a look has no subject. */
static bool parse(const char *at, size_t len, struct token *token)
{
	const char *end = at + len;
	const char *equals = memchr(at, '=', len);
	const char *dot = equals ? memchr(at, '.', (size_t)(equals - at)) : NULL;
	const char *got;

	if (!dot)
		return false;
	got = memchr(equals, '>', (size_t)(end - equals));
	*token = (struct token){.subject = at, .subject_len = (size_t)(dot - at)};
	token->call = dot + 1;
	token->call_len = (size_t)(equals - token->call);
	token->result = equals + 1;
	token->result_len = strcspn(token->result, "(> ");
	if (got) {
		token->got = got + 1;
		token->got_len = (size_t)(end - token->got);
	}
	return true;
}

static bool is(const char *text, size_t len, const char *word)
{
	return len == strlen(word) && memcmp(text, word, len) == 0;
}

/* "bind", "bind.2" */
static bool is_call(const struct token *token, const char *call)
{
	size_t len = strlen(call);

	return token->call_len >= len && memcmp(token->call, call, len) == 0 &&
	       (token->call_len == len || token->call[len] == '.');
}

static void note_progress(const struct token *token, struct progress *progress)
{
	bool ok = is(token->result, token->result_len, "ok");
	size_t len;

	if (ok && is_call(token, "bind"))
		progress->bound = true;
	else if (ok && is_call(token, "listen"))
		progress->listens = true;
	else if (ok && is_call(token, "connect"))
		progress->connected = true;
	if (ok || progress->failed[0] || is_call(token, "steer"))
		return;
	len = (size_t)(token->result + token->result_len - token->subject);
	if (len >= sizeof(progress->failed))
		len = sizeof(progress->failed) - 1;
	memcpy(progress->failed, token->subject, len);
	progress->failed[len] = '\0';
}

/* "a", "b6", "a,b", "none": a name's first letter says whose it is. */
static unsigned receivers(const struct token *token)
{
	unsigned got = 0;
	bool begins = true;

	for (size_t i = 0; token->got && i < token->got_len; i++) {
		if (begins && token->got[i] == 'a')
			got |= FT_GOT_A;
		else if (begins && token->got[i] == 'b')
			got |= FT_GOT_B;
		begins = token->got[i] == ',';
	}
	return got;
}

static void take(const struct token *token, struct progress progress[2],
		 struct ft_recipe_cell *cell)
{
	if (is(token->subject, token->subject_len, "b"))
		note_progress(token, &progress[0]);
	else if (is(token->subject, token->subject_len, "b6"))
		note_progress(token, &progress[1]);
	else if (token->subject[0] == 'v' && token->subject[1] == '4')
		cell->v4 |= receivers(token);
	else if (token->subject[0] == 'v' && token->subject[1] == '6')
		cell->v6 |= receivers(token);
	else if (token->subject[0] == 'm' && token->subject[1] == '4')
		cell->multicast |= receivers(token);
}

static bool is_up(const struct progress *progress, enum ft_recipe_kind kind)
{
	if (kind == FT_RECIPE_SERVER)
		return progress->listens;
	return kind == FT_RECIPE_CLIENT ? progress->connected : progress->bound;
}

void ft_recipe_cell_read(const char *outcome, const struct ft_recipe *b,
			 struct ft_recipe_cell *cell)
{
	unsigned sockets = strstr(b->words, "$6 ") ? 2 : 1, up = 0;
	struct progress progress[2] = {0};
	struct token token;

	memset(cell, 0, sizeof(*cell));
	cell->measured = true;
	for (const char *at = outcome; *at; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");

		if (parse(at, len, &token))
			take(&token, progress, cell);
		at += len;
	}
	for (unsigned i = 0; i < sockets; i++) {
		if (is_up(&progress[i], b->kind))
			up++;
		else if (!cell->refused[0])
			memcpy(cell->refused, progress[i].failed, sizeof(cell->refused));
	}
	cell->up = up == sockets ? FT_UP_ALL : up ? FT_UP_PART : FT_UP_NONE;
}

/* By the option's name, or by its number on an IPv6 socket. */
static bool joins(const struct ft_recipe *recipe)
{
	return strstr(recipe->words, "add_membership") || strstr(recipe->words, "sockopt=0:35:");
}

bool ft_recipe_multicast(const struct ft_recipe *a, const struct ft_recipe *b)
{
	return joins(a) || joins(b);
}

void ft_recipe_cell_text(const struct ft_recipe_cell *cell, bool multicast, char text[8])
{
	static const char who[] = ".AB*";
	unsigned n = 0;

	if (cell->measured && cell->up == FT_UP_NONE) {
		text[n++] = '-';
	} else if (cell->measured) {
		text[n++] = who[cell->v4 & 3];
		text[n++] = who[cell->v6 & 3];
		if (multicast)
			text[n++] = who[cell->multicast & 3];
		if (cell->up == FT_UP_PART)
			text[n++] = '\'';
	}
	text[n] = '\0';
}

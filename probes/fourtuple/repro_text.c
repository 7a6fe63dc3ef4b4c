/* SPDX-License-Identifier: MIT */
/*
 * How is a program's text put together? Literals, comments, lines of code, sections of support
 * files.
 *
 * A case is somebody's text, and parts of it (the values of sysctls above all) hold any byte but
 * blanks: nothing of it may end the comment or the literal that it stands in.
 */
#include <errno.h>
#include <string.h>

#include "fourtuple/repro.h"

enum { LINE_MAX_COLUMNS = 98, COMMENT_COLUMNS = 96, TAB = 8, TEXT_MAX = 1 << 20 };

/* ---- literals, comments, lines ---- */

void ft_repro_quoted(const char *bytes, size_t len, struct ft_text *out)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		/* octal, always of three digits: the same in C, Python and Go. '?' because of the
		 * trigraphs of C. */
		if (c < ' ' || c >= 0x7f || strchr("\\\"'?", c))
			ft_text_printf(out, "\\%03o", c);
		else
			ft_text_char(out, (char)c);
	}
}

static void put_comment_byte(const char *at, const char *text, struct ft_text *out)
{
	unsigned char c = (unsigned char)*at;

	if (at > text && ((at[-1] == '*' && c == '/') || (at[-1] == '/' && c == '*')))
		ft_text_char(out, ' ');
	if (c < ' ' || c >= 0x7f)
		ft_text_printf(out, "\\x%02x", c);
	else
		ft_text_char(out, (char)c);
}

void ft_repro_comment(const char *text, const char *prefix, struct ft_text *out)
{
	size_t column = 0;

	for (const char *at = text; *at; at++) {
		size_t word = strcspn(at + 1, " ") + 1;

		if (column == 0 || (*at == ' ' && column + word > COMMENT_COLUMNS)) {
			ft_text_printf(out, "%s%s", column ? "\n" : "", prefix);
			column = strlen(prefix);
			if (*at == ' ')
				continue;
		}
		put_comment_byte(at, text, out);
		column++;
	}
	ft_text_char(out, '\n');
}

void ft_repro_head(const struct ft_repro *repro, const char *prefix, struct ft_text *out)
{
	static const char *const lines[] = {
		"Each step is a chain of calls on one socket; where a call fails, the rest of its "
		"chain is skipped. The program prints every call with how it ended, behind '>' who "
		"got a connection or a datagram, and in parentheses the local address where the "
		"kernel chose it.",
		"It runs in a user and network namespace of its own. Exit code 77: this machine "
		"cannot show it.",
	};
	struct ft_text text;

	ft_text_init(&text, 2 * FT_CASE_TEXT_MAX);
	ft_case_print(repro->c, false, &text);
	ft_repro_comment(ft_text_get(&text), prefix, out);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		ft_text_printf(out, "%.*s\n", (int)strcspn(prefix, " ") + (prefix[0] == ' ') * 2,
			       prefix);
		ft_repro_comment(lines[i], prefix, out);
	}
	if (repro->outcome) {
		ft_text_clear(&text);
		ft_text_printf(&text, "Seen on Linux %s: %s", repro->release, repro->outcome);
		ft_text_printf(out, "%.*s\n", (int)strcspn(prefix, " ") + (prefix[0] == ' ') * 2,
			       prefix);
		ft_repro_comment(ft_text_get(&text), prefix, out);
	}
	ft_text_fini(&text);
}

void ft_repro_text_fini(struct ft_text *text, struct ft_text *out)
{
	out->failed = out->failed || text->failed;
	ft_text_fini(text);
}

/* The last comma before the limit at which a line may be continued: outside of literals. */
static size_t break_point(const char *text, size_t limit)
{
	bool quoted = false;
	size_t best = 0;

	for (size_t i = 0; text[i] && (i < limit || best == 0); i++) {
		if (text[i] == '"')
			quoted = !quoted;
		if (!quoted && text[i] == ',' && text[i + 1] == ' ')
			best = i + 1;
	}
	return best;
}

static size_t columns_of(const char *indent)
{
	size_t n = 0;

	for (; *indent; indent++)
		n += *indent == '\t' ? TAB : 1;
	return n;
}

void ft_repro_line(const char *indent, const char *further, const char *text, struct ft_text *out)
{
	for (;;) {
		size_t limit = LINE_MAX_COLUMNS - columns_of(indent), cut = 0;

		ft_text_str(out, indent);
		if (strlen(text) > limit)
			cut = break_point(text, limit);
		if (cut == 0)
			break;
		ft_text_bytes(out, text, cut);
		ft_text_char(out, '\n');
		text += cut + 1;
		indent = further;
	}
	ft_text_str(out, text);
	ft_text_char(out, '\n');
}

/* ---- sections ---- */

static const char *const feature_names[FT_REPRO_COUNT] = {
#define X(name, word) [FT_REPRO_##name] = word,
	FT_REPRO_FEATURES(X)
#undef X
};

static bool has_feature(const struct ft_repro *repro, const char *name, size_t len)
{
	bool wanted = true;

	if (*name == '!') {
		wanted = false;
		name++;
		len--;
	}
	for (unsigned i = 0; i < FT_REPRO_COUNT; i++)
		if (strlen(feature_names[i]) == len && memcmp(feature_names[i], name, len) == 0)
			return ft_repro_has(repro, i) == wanted;
	return false;
}

/* "a&b c": both of a and b, or c. */
static bool is_wanted(const struct ft_repro *repro, const char *condition)
{
	while (*condition) {
		bool all = true;

		while (*condition && *condition != ' ') {
			size_t len = strcspn(condition, "& ");

			all = all && has_feature(repro, condition, len);
			condition += len + (condition[len] == '&');
		}
		if (all)
			return true;
		condition += strspn(condition, " ");
	}
	return false;
}

void ft_repro_support(const struct ft_repro *repro, const char *const *lines, ft_repro_put *put,
		      struct ft_text *out)
{
	bool wanted = false; /* what stands before the first mark is about the file itself */
	unsigned blank = 0, blank_max = (*lines)[0] == '#' ? 2 : 1;

	for (; *lines; lines++) {
		const char *line = *lines;
		const char *mark = line + (line[0] == '/' ? 2 : 1);

		if ((strncmp(line, "//@", 3) != 0 && strncmp(line, "#@", 2) != 0)) {
			blank = !wanted ? blank : *line ? 0 : blank + 1;
			if (wanted && blank <= blank_max)
				ft_text_printf(out, "%s\n", line);
		} else if (mark[1] == '@' && !wanted) {
			continue;
		} else if (mark[1] == '@') {
			put(repro, mark + sizeof("@@ ") - 1, out);
			blank = 0;
		} else {
			wanted = is_wanted(repro, mark + sizeof("@ ") - 1);
		}
	}
}

/* ---- refusals ---- */

int ft_repro_refuse_op(const struct ft_repro *repro, const char *target, enum ft_op op,
		       const char *why, struct ft_err *err)
{
	size_t s, w;

	return ft_repro_uses(repro, op, &s, &w) ? ft_repro_refuse(repro, target, s, w, why, err)
						: 0;
}

int ft_repro_refuse(const struct ft_repro *repro, const char *target, size_t s, size_t w,
		    const char *why, struct ft_err *err)
{
	struct ft_text word, safe;

	ft_text_init(&word, TEXT_MAX);
	ft_text_init(&safe, TEXT_MAX);
	ft_word_print(&repro->c->steps[s]->words[w], repro->c->names, &word);
	ft_repro_comment(ft_text_get(&word), "", &safe);
	if (safe.len)
		safe.bytes[--safe.len] = '\0';
	ft_err_set(err, -EOPNOTSUPP, "%s cannot say '%.100s' (step %zu): %s", target,
		   ft_text_get(&safe), s + 1, why);
	ft_text_fini(&word);
	ft_text_fini(&safe);
	return -EOPNOTSUPP;
}

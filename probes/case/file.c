/* SPDX-License-Identifier: MIT */
/*
 * Which cases does a file hold?
 *
 * One case or matrix a line; an indented line continues the last one; '#' at the start of a line or
 * after a blank starts a comment; lines that are blank without their comment do not count.
 */
#include <errno.h>
#include <string.h>

#include "case/case.h"

struct reader {
	FILE *file;
	const char *origin;
	struct ft_err *err;
	struct ft_text line, entry;
	unsigned number, first; /* of the line, of the entry's first line */
};

static int fail(const struct reader *reader, int code, unsigned line, const char *what)
{
	return ft_err_set(reader->err, code, "%.100s%s%u:1: %s",
			  reader->origin ? reader->origin : "", reader->origin ? ":" : "", line,
			  what);
}

/* Reads one line without its newline. 1, 0 at the end of the file, or a negative errno. */
static int read_line(struct reader *reader)
{
	int c;

	ft_text_clear(&reader->line);
	reader->number++;
	while ((c = getc(reader->file)) != EOF && c != '\n') {
		if (!c)
			return fail(reader, -EINVAL, reader->number, "NUL byte in the file");
		ft_text_char(&reader->line, (char)c);
		if (reader->line.failed)
			return fail(reader, reader->line.len < reader->line.max ? -ENOMEM : -E2BIG,
				    reader->number, "the line is too long (FT_CASE_TEXT_MAX)");
	}
	if (ferror(reader->file))
		return fail(reader, -EIO, reader->number, "read error");
	return c == '\n' || reader->line.len > 0;
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The line's length without its comment and what is blank before that. */
static size_t content_len(const char *line, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (line[i] == '#' && (!i || is_blank(line[i - 1]))) {
			len = i;
			break;
		}
	}
	while (len && is_blank(line[len - 1]))
		len--;
	return len;
}

/* Hands over what was collected, if anything. */
static int finish(struct reader *reader, ft_cases_each *each, void *arg)
{
	int r = 0;

	if (reader->entry.len)
		r = each(arg, ft_text_get(&reader->entry), reader->entry.len, reader->first,
			 reader->err);
	ft_text_clear(&reader->entry);
	return r;
}

static int take_line(struct reader *reader, ft_cases_each *each, void *arg)
{
	const char *line = ft_text_get(&reader->line);
	size_t len = content_len(line, reader->line.len), start = 0;
	int r;

	if (!len)
		return 0;
	while (is_blank(line[start]))
		start++;
	if (!start) {
		r = finish(reader, each, arg);
		if (r)
			return r;
		reader->first = reader->number;
	} else if (!reader->entry.len) {
		return fail(reader, -EINVAL, reader->number,
			    "an indented line continues the one before it, and there is none");
	} else {
		ft_text_char(&reader->entry, ' ');
	}
	ft_text_bytes(&reader->entry, line + start, len - start);
	if (reader->entry.failed)
		return fail(reader, reader->entry.len < reader->entry.max / 2 ? -ENOMEM : -E2BIG,
			    reader->first, "the case is too long (FT_CASE_TEXT_MAX)");
	return 0;
}

int ft_cases_read(FILE *file, const char *origin, ft_cases_each *each, void *arg,
		  struct ft_err *err)
{
	struct reader reader = {.file = file, .origin = origin, .err = err};
	int r;

	ft_text_init(&reader.line, FT_CASE_TEXT_MAX);
	ft_text_init(&reader.entry, FT_CASE_TEXT_MAX);
	while ((r = read_line(&reader)) > 0) {
		r = take_line(&reader, each, arg);
		if (r)
			break;
	}
	if (!r)
		r = finish(&reader, each, arg);
	ft_text_fini(&reader.line);
	ft_text_fini(&reader.entry);
	return r;
}

/* SPDX-License-Identifier: MIT */
/*
 * What does a report say, whoever wrote or reformatted it and wherever it was cut?
 *
 * Only the outermost layer is read here: the members of the document, and where each record
 * begins and ends. Jansson reads what stands between, one record at a time, so that memory depends
 * on the largest record and not on the report, and our layout, `jq .`, `jq -c` and `jq -S` are the
 * same thing. A report that ends too early is what a killed run leaves: its complete records count.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/check.h"

enum {
	VERSION = 1,
	BUFFER_SIZE = 64 << 10,
	VALUE_MAX = 64 << 20,
	PLACE_MAX = 200,
};
#define FILE_MAX ((uint64_t)4 << 30)

/* Beyond 0 and negative errnos: no error, but no more to read either. */
enum { ENDED = 1, STOPPED = 2 };

/* Members of the document that were there already. */
enum { SEEN_VERSION = 1, SEEN_HEAD = 2, SEEN_CASES = 4, SEEN_TAIL = 8 };

struct place {
	uint64_t line, column;
};

struct reader {
	FILE *file;
	const char *origin;
	uint64_t max_bytes;
	uint64_t offset, line, line_offset; /* of the next byte, of its line's first */
	size_t at, n;
	struct ft_text value; /* the text of one member or record */
	struct place value_place;
	unsigned seen;
	ft_report_each *each;
	void *arg;
	int each_code;
	struct ft_report_read read;
	struct ft_err *err;
	char buffer[BUFFER_SIZE];
};

static struct place here(const struct reader *reader)
{
	return (struct place){reader->line, reader->offset - reader->line_offset + 1};
}

static void place_print(const struct reader *reader, struct place place, char out[PLACE_MAX])
{
	snprintf(out, PLACE_MAX, "%.120s:%" PRIu64 ":%" PRIu64,
		 reader->origin ? reader->origin : "report", place.line, place.column);
}

static int refuse(struct reader *reader, struct place place, const char *why)
{
	char text[PLACE_MAX];

	place_print(reader, place, text);
	return ft_err_set(reader->err, -EINVAL, "%s: %s", text, why);
}

/* Makes sure that buffer[at] is there. 0, ENDED or a negative errno. */
static int fill(struct reader *reader)
{
	if (reader->at < reader->n)
		return 0;
	if (reader->offset >= reader->max_bytes) {
		/* exactly so long, or longer? */
		return getc(reader->file) == EOF
			       ? ENDED
			       : ft_err_set(reader->err, -EFBIG,
					    "%s: longer than %" PRIu64 " bytes",
					    reader->origin ? reader->origin : "report",
					    reader->max_bytes);
	}
	errno = 0;
	reader->at = 0;
	reader->n = fread(reader->buffer, 1,
			  reader->max_bytes - reader->offset < BUFFER_SIZE
				  ? (size_t)(reader->max_bytes - reader->offset)
				  : BUFFER_SIZE,
			  reader->file);
	if (reader->n)
		return 0;
	if (ferror(reader->file))
		return ft_err_errno(reader->err, errno ? -errno : -EIO, "read %s",
				    reader->origin ? reader->origin : "report");
	return ENDED;
}

/* Steps over the byte at hand. */
static void pass(struct reader *reader)
{
	bool newline = reader->buffer[reader->at++] == '\n';

	reader->offset++;
	if (newline) {
		reader->line++;
		reader->line_offset = reader->offset;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

/* The next byte that is no blank, not stepped over: 0, ENDED or a negative errno. */
static int look(struct reader *reader, char *ret)
{
	int code;

	while (!(code = fill(reader)) && is_blank(reader->buffer[reader->at]))
		pass(reader);
	if (!code)
		*ret = reader->buffer[reader->at];
	return code;
}

/* Where in a value are we? */
struct extent {
	enum { SCALAR, STRING, NESTED } kind;
	uint64_t depth; /* of braces and brackets; whether they match is jansson's business */
	bool in_string, escaped, over;
};

/* Takes one byte of the value in; false if it is the first that does not belong to it. */
static bool take(struct extent *extent, char c)
{
	if (extent->escaped) {
		extent->escaped = false;
	} else if (extent->in_string) {
		extent->escaped = c == '\\';
		extent->in_string = c != '"';
		extent->over = !extent->in_string && extent->kind == STRING;
	} else if (c == '"') {
		extent->in_string = true;
	} else if (c == '{' || c == '[') {
		extent->depth++;
	} else if ((c == '}' || c == ']') && extent->kind == NESTED) {
		extent->over = !--extent->depth;
	} else if (extent->kind == SCALAR && (is_blank(c) || strchr(",}]", c))) {
		return false;
	}
	return true;
}

/* As much of the value as the buffer holds. True once the value is complete. */
static bool scan(struct reader *reader, struct extent *extent)
{
	size_t start = reader->at;
	bool complete = false;

	while (!complete && reader->at < reader->n) {
		complete = !take(extent, reader->buffer[reader->at]);
		if (complete)
			break;
		pass(reader);
		complete = extent->over;
	}
	ft_text_bytes(&reader->value, reader->buffer + start, reader->at - start);
	return complete;
}

/* The text of the value at hand, up to its end, into reader->value. */
static int gather(struct reader *reader, char first)
{
	struct extent extent = {.kind = first == '"'                   ? STRING
					: first == '{' || first == '[' ? NESTED
								       : SCALAR};
	char text[PLACE_MAX];
	int code;

	ft_text_clear(&reader->value);
	reader->value_place = here(reader);
	do {
		code = fill(reader);
	} while (!code && !scan(reader, &extent) && !reader->value.failed);
	if (code || !reader->value.failed)
		return code;
	place_print(reader, reader->value_place, text);
	if (reader->value.len + BUFFER_SIZE > VALUE_MAX)
		return ft_err_set(reader->err, -EINVAL, "%s: a value of more than %d MiB", text,
				  VALUE_MAX >> 20);
	return ft_err_set(reader->err, -ENOMEM, "%s: no memory to read it", text);
}

/* Reads reader->value. NULL with the error that is returned through *ret_code. */
static json_t *load(struct reader *reader, int *ret_code)
{
	json_error_t error = {.line = 1};
	json_t *value = ft_json_load(ft_text_get(&reader->value), reader->value.len,
				     JSON_DECODE_ANY, &error);
	struct place place = reader->value_place;
	char text[PLACE_MAX];

	if (value)
		return value;
	if (error.line > 1)
		place = (struct place){place.line + (uint64_t)error.line - 1,
				       (uint64_t)error.column};
	else if (error.column > 0)
		place.column += (uint64_t)error.column - 1;
	place_print(reader, place, text);
	*ret_code = ft_json_error(&error, text, reader->err);
	return NULL;
}

static int read_value(struct reader *reader, json_t **ret)
{
	char first;
	int code = look(reader, &first);

	if (!code)
		code = gather(reader, first);
	if (code)
		return code;
	*ret = load(reader, &code);
	return code;
}

/* One of two punctuation marks, which is stepped over. */
static int read_mark(struct reader *reader, const char *marks, char *ret)
{
	char why[40];
	char c;
	int code = look(reader, &c);

	if (code)
		return code;
	if (!c || !strchr(marks, c)) {
		if (!marks[1])
			snprintf(why, sizeof(why), "'%c' is wanted here", marks[0]);
		else
			snprintf(why, sizeof(why), "'%c' or '%c' is wanted here", marks[0],
				 marks[1]);
		return refuse(reader, here(reader), why);
	}
	pass(reader);
	*ret = c;
	return 0;
}

static int read_record(struct reader *reader)
{
	json_t *record;
	char place[PLACE_MAX];
	int code = read_value(reader, &record);

	if (code)
		return code;
	place_print(reader, reader->value_place, place);
	code = ft_record_check(record, place, reader->err);
	if (!code) {
		reader->read.n_records++;
		if (reader->each)
			reader->each_code = reader->each(reader->arg, record, reader->err);
		code = reader->each_code ? STOPPED : 0;
	}
	json_decref(record);
	return code;
}

static int read_cases(struct reader *reader)
{
	char c;
	int code = read_mark(reader, "[", &c);

	if (!code)
		code = look(reader, &c);
	if (!code && c == ']') {
		pass(reader);
		return 0;
	}
	while (!code && c != ']') {
		code = read_record(reader);
		if (!code)
			code = read_mark(reader, ",]", &c);
	}
	return code;
}

static int read_version(struct reader *reader)
{
	json_t *version;
	int code = read_value(reader, &version);
	char why[120];

	if (code)
		return code;
	if (!json_is_integer(version)) {
		code = refuse(reader, reader->value_place, "the version of a report is a number");
	} else if (json_integer_value(version) != VERSION) {
		snprintf(why, sizeof(why),
			 "a report of version %" JSON_INTEGER_FORMAT "; only %d is known here",
			 json_integer_value(version), VERSION);
		code = refuse(reader, reader->value_place, why);
	}
	json_decref(version);
	return code;
}

static int read_object(struct reader *reader, json_t **ret)
{
	json_t *value;
	int code = read_value(reader, &value);

	if (code)
		return code;
	if (!json_is_object(value)) {
		json_decref(value);
		return refuse(reader, reader->value_place, "head and tail are objects");
	}
	*ret = value;
	return 0;
}

static int read_unknown(struct reader *reader)
{
	json_t *value;
	int code = read_value(reader, &value);

	if (!code)
		json_decref(value);
	return code;
}

static unsigned member_of(const char *key)
{
	static const struct {
		const char *key;
		unsigned member;
	} members[] = {
		{"fourtuple", SEEN_VERSION},
		{"head", SEEN_HEAD},
		{"cases", SEEN_CASES},
		{"tail", SEEN_TAIL},
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (!strcmp(members[i].key, key))
			return members[i].member;
	return 0;
}

/* The name of a member and its colon. */
static int read_key(struct reader *reader, unsigned *ret)
{
	json_t *key;
	unsigned member;
	char c;
	int code = look(reader, &c);

	if (!code && c != '"')
		return refuse(reader, here(reader), "not a report: a member's name is wanted here");
	if (!code)
		code = read_value(reader, &key);
	if (code)
		return code;
	member = member_of(json_string_value(key));
	json_decref(key);
	if (reader->seen & member)
		return refuse(reader, reader->value_place, "this member stands here twice");
	*ret = member;
	return read_mark(reader, ":", &c);
}

static int read_member(struct reader *reader)
{
	unsigned member = 0;
	int code = read_key(reader, &member);

	if (code)
		return code;
	switch (member) {
	case SEEN_VERSION:
		code = read_version(reader);
		break;
	case SEEN_HEAD:
		code = read_object(reader, &reader->read.head);
		break;
	case SEEN_CASES:
		code = read_cases(reader);
		break;
	case SEEN_TAIL:
		code = read_object(reader, &reader->read.tail);
		break;
	default:
		code = read_unknown(reader);
	}
	if (!code)
		reader->seen |= member;
	return code;
}

static int read_document(struct reader *reader)
{
	char c;
	int code = look(reader, &c);

	if (code == ENDED || (!code && c != '{'))
		return refuse(reader, here(reader), "not a report: it does not begin with '{'");
	if (!code)
		pass(reader);
	do {
		if (!code)
			code = read_member(reader);
		if (!code)
			code = read_mark(reader, ",}", &c);
	} while (!code && c != '}');
	if (code)
		return code;
	reader->read.complete = true;
	code = look(reader, &c);
	return code ? code : refuse(reader, here(reader), "the report was over before this");
}

/* The text is read as far as it goes: is it a report? */
static int judge(struct reader *reader)
{
	unsigned wanted = SEEN_VERSION | SEEN_CASES;

	/* cut off before its version, because its members were sorted: the records speak for it */
	if (!reader->read.complete)
		wanted = reader->read.n_records ? 0 : SEEN_VERSION;
	if ((reader->seen & wanted) == wanted)
		return 0;
	return refuse(reader, here(reader),
		      wanted & ~reader->seen & SEEN_VERSION
			      ? "not a report: it ends without \"fourtuple\":1"
			      : "not a report: it has no \"cases\"");
}

int ft_report_parse(FILE *file, const char *origin, uint64_t max_bytes, ft_report_each *each,
		    void *arg, struct ft_report_read *ret, struct ft_err *err)
{
	struct reader *reader = calloc(1, sizeof(*reader));
	int code;

	if (!reader)
		return ft_err_set(err, -ENOMEM, "no memory to read a report");
	reader->file = file;
	reader->origin = origin;
	reader->max_bytes = max_bytes ? max_bytes : FILE_MAX;
	reader->line = 1;
	reader->each = each;
	reader->arg = arg;
	reader->err = err;
	ft_text_init(&reader->value, VALUE_MAX);
	code = read_document(reader);
	if (code == ENDED)
		code = judge(reader);
	if (code == STOPPED)
		code = reader->each_code;
	if (code)
		ft_report_read_fini(&reader->read);
	else
		*ret = reader->read;
	ft_text_fini(&reader->value);
	free(reader);
	return code;
}

void ft_report_read_fini(struct ft_report_read *read)
{
	json_decref(read->head);
	json_decref(read->tail);
	memset(read, 0, sizeof(*read));
}

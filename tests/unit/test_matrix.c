/* SPDX-License-Identifier: MIT */
/*
 * Does a matrix stand for the cases that a shell would make of it, and for no more than can be
 * paid?
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "case/case.h"
#include "tests/support/suite.h"

static int parse(const char *text, struct ft_matrix **ret, struct ft_err *err)
{
	return ft_matrix_parse(text, strlen(text), NULL, 1, ret, err);
}

/* cases: all of them, '\n' between. */
static const struct {
	const char *text, *cases;
} rows[] = {
	{"a {tcp4,tcp6} {,v6only}", "a tcp4\na tcp4 v6only\na tcp6\na tcp6 v6only"},
	{"a {tcp4}", "a tcp4"},
	{"a tcp4{}", "a tcp4"},
	{"a tcp{4,6}; b {1} tcp4", NULL},
	{"a {tcp4,udp4}; b {1}", "a tcp4; b tcp4\na udp4; b udp4"},
	{"a {tcp4,udp{4,6}}", "a tcp4\na udp4\na udp6"},
	{"a {tcp4 bind {lo,any}:{p,q},udp4}",
	 "a tcp4 bind lo:p\na tcp4 bind lo:q\na tcp4 bind any:p\na tcp4 bind any:q\na udp4"},
	{"a {tcp,udp}{4,6}; b {1}{2}",
	 "a tcp4; b tcp4\na tcp6; b tcp6\na udp4; b udp4\na udp6; b udp6"},
	{"a {tcp4,udp4} {reuseaddr,bind {lo,any}:p}; b {1} {{2},close}",
	 "a tcp4 reuseaddr; b tcp4 reuseaddr\na tcp4 reuseaddr; b tcp4 close\n"
	 "a tcp4 bind lo:p; b tcp4 bind lo:p\na tcp4 bind lo:p; b tcp4 close\n"
	 "a tcp4 bind any:p; b tcp4 bind any:p\na tcp4 bind any:p; b tcp4 close\n"
	 "a udp4 reuseaddr; b udp4 reuseaddr\na udp4 reuseaddr; b udp4 close\n"
	 "a udp4 bind lo:p; b udp4 bind lo:p\na udp4 bind lo:p; b udp4 close\n"
	 "a udp4 bind any:p; b udp4 bind any:p\na udp4 bind any:p; b udp4 close"},
	{"a tcp4 {bind lo:p; b udp4,listen} recv",
	 "a tcp4 bind lo:p; b udp4 recv\na tcp4 listen recv"},
	{"{,wait 1s}; a tcp4", "a tcp4\nwait 1s; a tcp4"},
	{"a tcp4 {bind lo:p,} => {a.bind=ok,}", NULL},
	{"a tcp4 {listen,recv} => a.{1}={ok,E{PERM,IO}}",
	 "a tcp4 listen => a.listen=ok\na tcp4 listen => a.listen=EPERM\n"
	 "a tcp4 listen => a.listen=EIO\n"
	 "a tcp4 recv => a.recv=ok\na tcp4 recv => a.recv=EPERM\na tcp4 recv => a.recv=EIO"},
	{"a {tcp4 ;; ,udp4;}; b {1}", "a tcp4; b tcp4\na udp4; b udp4"},
	{"{a tcp4,a udp4 ;;}; b tcp4", "a tcp4; b tcp4\na udp4; b tcp4"},
};

static void print_all(const struct ft_matrix *matrix, struct ft_text *out)
{
	struct ft_case c;

	ft_case_init(&c);
	for (size_t i = 0; i < ft_matrix_size(matrix); i++) {
		CHECK_INT(ft_matrix_text(matrix), ft_matrix_case(matrix, i, &c), 0);
		if (i)
			ft_text_char(out, '\n');
		ft_case_print(&c, true, out);
	}
	ft_case_fini(&c);
}

static void expansion(void)
{
	struct ft_text out;

	ft_text_init(&out, 1 << 20);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ft_matrix *matrix = NULL;
		struct ft_err err = {0};

		if (!rows[i].cases) {
			CHECK_INT(rows[i].text, parse(rows[i].text, &matrix, &err), -EINVAL);
			ft_matrix_free(matrix);
			continue;
		}
		if (!CHECK_ROW(rows[i].text, !parse(rows[i].text, &matrix, &err), "%s", err.text))
			continue;
		ft_text_clear(&out);
		print_all(matrix, &out);
		CHECK_STR(rows[i].text, ft_text_get(&out), rows[i].cases);
		CHECK_STR(rows[i].text, ft_matrix_text(matrix), rows[i].text);
		ft_matrix_free(matrix);
	}
	ft_text_fini(&out);
}

/* Every error names the column of the source, wherever the text of the case has it. */
static const struct {
	const char *text;
	int code;
	const char *error;
} errors[] = {
	{"a {tcp4,tcp6} {,reusadr}", -EINVAL,
	 "1:17: unknown option 'reusadr'; did you mean 'reuseaddr'?"},
	{"a {tcp4,tcp7} recv; b {1}", -EINVAL, "1:9: unknown word 'tcp7'; did you mean 'tcp4'?"},
	{"a {tcp4,udp4} bind {lo,any}:p lstn", -EINVAL,
	 "1:31: unknown word 'lstn'; did you mean 'listen'?"},
	{"a {1}", -EINVAL, "1:3: no group 1 before this reference (there are 0)"},
	{"a {tcp4,{1}}", -EINVAL, "1:9: no group 1 before this reference (there are 0)"},
	{"a {tcp4,udp4} {2}", -EINVAL, "1:15: no group 2 before this reference (there is 1)"},
	{"a {0}", -EINVAL, "1:3: no group 0 before this reference (there are 0)"},
	{"a {99999999999999999999999}", -EINVAL,
	 "1:3: no group 18446744073709551615 before this reference (there are 0)"},
	{"a tcp4}", -EINVAL, "1:7: '}' without '{'"},
	{"a {b{c,d}", -EINVAL, "1:3: '{' without '}'"},
	{"a {tcp4 => a.tcp4=ok,udp4}", -EINVAL, "1:9: '=>' inside braces"},
	{"{,a tcp4}", -EINVAL, "1:1: no step (in case '')"},
	{"{,a tcp4}; b tcp4; a recv", -EINVAL,
	 "1:20: no socket 'a' before this step (in case 'b tcp4; a recv')"},
	{"a tcp4 {,close}; a {,tcp4} recv", -EINVAL,
	 "1:22: socket 'a' exists already; close it first (in case 'a tcp4; a tcp4 recv')"},
	{"a tcp4 {,close}; a recv", -EINVAL,
	 "1:18: socket 'a' is closed before this (in case 'a tcp4 close; a recv')"},
	{"a tcp4 {,listen} => a.listen=ok", -EINVAL,
	 "1:21: 'listen' is expected, but socket 'a' never does that (in case 'a tcp4')"},
};

static void refusals(void)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct ft_matrix *matrix = NULL;
		struct ft_err err = {0};

		CHECK_INT(errors[i].text, parse(errors[i].text, &matrix, &err), errors[i].code);
		CHECK_STR(errors[i].text, err.text, errors[i].error);
		ft_matrix_free(matrix);
	}
}

#define FOUR_TO_6 "{,,,}{,,,}{,,,}{,,,}{,,,}{,,,}"

/* head, then n times unit, then tail: texts that are small, or stand for much, or both. */
static const struct {
	const char *name, *head, *unit, *tail;
	size_t n;
	int code;
} hostile[] = {
	{"2^24 cases", "a tcp4 {" FOUR_TO_6 "}; a recv {", "{,,,}", "}", 6, 0},
	{"2^26 cases", "a tcp4 {" FOUR_TO_6 "}; a recv {", "{,,,}", "}", 7, -E2BIG},
	{"16 groups in one step", "a tcp4 ", "{, recv}", "", 16, 0},
	{"17 groups in one step", "a tcp4 ", "{, recv}", "", 17, -E2BIG},
	{"2^16 cases in steps", "a tcp4 ", "; a recv {, recv}", "", 16, 0},
	{"2^25 cases in steps", "a tcp4 ", "; a recv {, recv}", "", 25, -E2BIG},
	{"64 groups of one", "a tcp4 ", "{}", "", 64, 0},
	{"65 groups", "a tcp4 ", "{}", "", 65, -E2BIG},
	{"8 MiB of open braces", "", "{", "", 8 << 20, -E2BIG},
	{"8 MiB of pairs", "a tcp4 {", "{}", "}", (4 << 20) - 8, -E2BIG},
	{"8 MiB of commas", "a tcp4 {", ",", "}", (8 << 20) - 9, -E2BIG},
	{"nested 32", "a tcp4 ", "{", "}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}", 32, 0},
	{"nested 33", "a tcp4 ", "{", "}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}}", 33, -E2BIG},
	{"doubling inside a group", "a tcp4 {", "{,}", "}", 60, -E2BIG},
	{"long name", "", "x", " tcp4", 10000, -E2BIG},
	{"long option", "a tcp4 ", "x", "", 10000, -EINVAL},
	{"long option list", "a tcp4 reuseaddr", "|reuseaddr", "", 10000, -E2BIG},
	{"256 words", "a tcp4", " recv", "", 255, 0},
	{"257 words", "a tcp4", " recv", "", 256, -E2BIG},
	{"65536 steps", "a tcp4", ";a recv", "", 65535, 0},
	{"65537 steps", "a tcp4", ";a recv", "", 65536, -E2BIG},
	{"years of checking", "a tcp4 {" FOUR_TO_6 "{,,,}{,,,}}", ";a recv", "", 60000, -E2BIG},
	{"65537 steps in a group", "a tcp4{", ";a recv", "}", 65536, -E2BIG},
	{"text too long", "a tcp4", " ", "", 8 << 20, -E2BIG},
	{"longest text", "a tcp4", " ", "", (8 << 20) - 6, 0},
};

static char *repeated(const char *head, const char *unit, size_t n, const char *tail,
		      size_t *ret_len)
{
	size_t unit_len = strlen(unit), head_len = strlen(head);
	char *text = malloc(head_len + n * unit_len + strlen(tail) + 1);

	if (!text)
		return NULL;
	memcpy(text, head, head_len);
	for (size_t i = 0; i < n; i++)
		memcpy(text + head_len + i * unit_len, unit, unit_len);
	memcpy(text + head_len + n * unit_len, tail, strlen(tail) + 1);
	*ret_len = head_len + n * unit_len + strlen(tail);
	return text;
}

static void limits(void)
{
	for (size_t i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		struct ft_matrix *matrix = NULL;
		struct ft_err err = {0};
		size_t len = 0;
		char *text = repeated(hostile[i].head, hostile[i].unit, hostile[i].n,
				      hostile[i].tail, &len);
		int r;

		if (!CHECK(text != NULL))
			return;
		r = ft_matrix_parse(text, len, NULL, 1, &matrix, &err);
		CHECK_ROW(hostile[i].name, r == hostile[i].code, "got %d: %s", r, err.text);
		CHECK_ROW(hostile[i].name, !r || err.text[0], "an error without a text");
		ft_matrix_free(matrix);
		free(text);
	}
}

/* Each group doubles the one before: 64 groups of a few bytes would be 2^63 pieces of text. */
static void doubling(void)
{
	for (int empty = 0; empty < 2; empty++) {
		struct ft_matrix *matrix = NULL;
		struct ft_err err = {0};
		struct ft_text text;

		ft_text_init(&text, 4096);
		ft_text_str(&text, empty ? "a tcp4 {}" : "a tcp4 { recv}");
		for (int i = 1; i < 60; i++)
			ft_text_printf(&text, "{{%d}{%d}}", i, i);
		CHECK_INT("doubling", parse(ft_text_get(&text), &matrix, &err), -E2BIG);
		ft_text_fini(&text);
	}
}

/* More names than a hash table starts with, and one more than is allowed. */
static void many_sockets(void)
{
	for (int n = FT_CASE_SOCKETS_MAX; n <= FT_CASE_SOCKETS_MAX + 1; n++) {
		struct ft_matrix *matrix = NULL;
		struct ft_err err = {0};
		struct ft_text text;
		struct ft_case c;

		ft_text_init(&text, FT_CASE_TEXT_MAX);
		for (int i = 0; i < n; i++)
			ft_text_printf(&text, "%ss%d tcp4", i ? ";" : "", i);
		CHECK_INT("sockets", parse(ft_text_get(&text), &matrix, &err),
			  n > FT_CASE_SOCKETS_MAX ? -E2BIG : 0);
		if (matrix) {
			ft_case_init(&c);
			CHECK_INT("case", ft_matrix_case(matrix, 0, &c), 0);
			CHECK_INT("steps", (int64_t)c.n_steps, n);
			CHECK_STR("last", c.names->socket[c.steps[n - 1]->subject], "s39999");
			ft_case_fini(&c);
		}
		ft_matrix_free(matrix);
		ft_text_fini(&text);
	}
}

/* A big case whose expectations are counted in a table agrees with the plain way. */
static void many_expectations(void)
{
	for (int extra = 0; extra < 2; extra++) {
		struct ft_matrix *matrix = NULL;
		struct ft_err err = {0};
		struct ft_text text;

		ft_text_init(&text, FT_CASE_TEXT_MAX);
		ft_text_str(&text, "a tcp4; b tcp4");
		for (int i = 0; i < 200; i++)
			ft_text_str(&text, "; a recv; b recv recv v6only?");
		ft_text_str(&text, " =>");
		for (int i = 0; i < 200 + extra; i++)
			ft_text_printf(&text, " a.recv.%d=EAGAIN b.recv.%d=EAGAIN", i + 1,
				       2 * i + 1);
		CHECK_INT("expectations", parse(ft_text_get(&text), &matrix, &err),
			  extra ? -EINVAL : 0);
		ft_matrix_free(matrix);
		ft_text_fini(&text);
	}
}

static void groups(void)
{
	static const char source[] = "a {tcp4,udp{4,6}} recv; {b {1},} => {a.recv=ok,}";
	struct ft_matrix *matrix = NULL;
	struct ft_err err = {0};
	struct ft_group group;

	if (!CHECK_ROW(source, !parse(source, &matrix, &err), "%s", err.text))
		return;
	CHECK_INT("size", (int64_t)ft_matrix_size(matrix), 12);
	CHECK_INT("groups", (int64_t)ft_matrix_groups(matrix), 3);
	group = ft_matrix_group(matrix, 0);
	CHECK_INT("first", (int64_t)group.n_alternatives, 3);
	CHECK_STR("first", group.alternatives[2], "udp6");
	CHECK_INT("first", (int64_t)group.step, 0);
	group = ft_matrix_group(matrix, 1);
	CHECK_STR("second", group.alternatives[0], "b {1}");
	CHECK_STR("second", group.alternatives[1], "");
	CHECK_INT("second", (int64_t)group.step, 1);
	CHECK_INT("third", (int64_t)ft_matrix_group(matrix, 2).step, 2);
	for (size_t i = 0; i < 12; i++) {
		CHECK_INT("choice 1", (int64_t)ft_matrix_choice(matrix, i, 0), (int64_t)i / 4);
		CHECK_INT("choice 2", (int64_t)ft_matrix_choice(matrix, i, 1), (int64_t)i / 2 % 2);
		CHECK_INT("choice 3", (int64_t)ft_matrix_choice(matrix, i, 2), (int64_t)i % 2);
	}
	ft_matrix_free(matrix);
}

/* Case number N is the text that its groups' choices make of the source. */
static void choices_agree(void)
{
	static const char source[] =
		"a {tcp4,udp4} {,reuseaddr} {,reuseport}; b {1} {2} {,freebind,mark}; "
		"c {3}{tcp4,tcp6} {,v6only}";
	struct ft_text want, got;
	struct ft_matrix *matrix = NULL;
	struct ft_err err = {0};
	struct ft_case c;

	ft_text_init(&want, 4096);
	ft_text_init(&got, 4096);
	ft_case_init(&c);
	/* {3} glued to a family is no word. */
	CHECK_INT("glued", parse(source, &matrix, &err), -EINVAL);
	err = (struct ft_err){0};
	if (!CHECK(!parse("a {tcp4,udp4} {,reuseaddr} {,reuseport}; b {1} {2} {,freebind,mark}; "
			  "c {tcp4,tcp6} {3} {,v6only}",
			  &matrix, &err)))
		goto out;
	for (size_t i = 0; i < ft_matrix_size(matrix); i++) {
		const char *g[6];

		for (size_t k = 0; k < 6; k++)
			g[k] = ft_matrix_group(matrix, k)
				       .alternatives[ft_matrix_choice(matrix, i, k)];
		ft_text_clear(&want);
		ft_text_printf(&want, "a %s%s%s%s%s; b %s%s%s%s%s; c %s%s%s%s%s", g[0],
			       *g[1] ? " " : "", g[1], *g[2] ? " " : "", g[2], g[0],
			       *g[1] ? " " : "", g[1], *g[3] ? " " : "", g[3], g[4],
			       *g[2] ? " " : "", g[2], *g[5] ? " " : "", g[5]);
		CHECK_INT("case", ft_matrix_case(matrix, i, &c), 0);
		ft_text_clear(&got);
		ft_case_print(&c, true, &got);
		CHECK_STR("case", ft_text_get(&got), ft_text_get(&want));
	}
	CHECK_INT("size", (int64_t)ft_matrix_size(matrix), 96);
out:
	ft_matrix_free(matrix);
	ft_case_fini(&c);
	ft_text_fini(&want);
	ft_text_fini(&got);
}

static const struct ft_test tests[] = {
	{"expansion", expansion},
	{"refusals", refusals},
	{"limits", limits},
	{"doubling", doubling},
	{"many sockets", many_sockets},
	{"many expectations", many_expectations},
	{"groups", groups},
	{"choices agree", choices_agree},
	{0},
};

const struct ft_suite ft_suite_matrix = {"matrix", tests};

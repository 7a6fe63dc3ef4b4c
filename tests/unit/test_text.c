/* SPDX-License-Identifier: MIT */
/*
 * Do texts grow to their maximum and no further, and are errors told once, whole and by name?
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "tests/support/suite.h"

static void appends(void)
{
	struct ft_text text;

	ft_text_init(&text, 1000);
	CHECK_STR("empty", ft_text_get(&text), "");
	ft_text_str(&text, "a");
	ft_text_char(&text, 'b');
	ft_text_bytes(&text, "cde", 2);
	ft_text_printf(&text, "%d-%s", 7, "x");
	CHECK_STR("mixed", ft_text_get(&text), "abcd7-x");
	CHECK_INT("mixed", (int64_t)text.len, 7);
	ft_text_clear(&text);
	CHECK_STR("cleared", ft_text_get(&text), "");
	CHECK(text.bytes != NULL);
	ft_text_fini(&text);
	CHECK(text.bytes == NULL && text.max == 1000);
}

static void numbers(void)
{
	static const struct {
		int64_t number;
		const char *text;
	} rows[] = {{0, "0"},
		    {7, "7"},
		    {-1, "-1"},
		    {1234567890, "1234567890"},
		    {INT64_MAX, "9223372036854775807"},
		    {INT64_MIN, "-9223372036854775808"}};
	struct ft_text text;

	ft_text_init(&text, 100);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ft_text_clear(&text);
		ft_text_int(&text, rows[i].number);
		CHECK_STR(rows[i].text, ft_text_get(&text), rows[i].text);
	}
	ft_text_fini(&text);
}

/* Every number of digits, from both sides; and a number that fits into the last bytes exactly. */
static void digits(void)
{
	char text[FT_UINT_DIGITS + 1], want[FT_UINT_DIGITS + 2];
	struct ft_text tight;

	for (uint64_t power = 1, last = 0; power > last; last = power, power *= 10)
		for (uint64_t number = power - 1; number <= power + 1; number++) {
			*ft_uint_write(text, number) = '\0';
			snprintf(want, sizeof(want), "%" PRIu64, number);
			CHECK_STR(want, text, want);
		}
	*ft_uint_write(text, UINT64_MAX) = '\0';
	CHECK_STR("largest", text, "18446744073709551615");
	ft_text_init(&tight, 4);
	ft_text_int(&tight, -123);
	CHECK_STR("tight", ft_text_get(&tight), "-123");
	ft_text_int(&tight, 1);
	CHECK(tight.failed && tight.len == 4);
	ft_text_fini(&tight);
}

/* What is reserved may be written in part. */
static void reserved(void)
{
	struct ft_text text;
	char *at;

	ft_text_init(&text, 300);
	ft_text_str(&text, "a");
	at = ft_text_reserve(&text, 299);
	if (!CHECK(at != NULL))
		return;
	*at++ = 'b';
	ft_text_wrote(&text, at);
	CHECK_STR("content", ft_text_get(&text), "ab");
	CHECK(!ft_text_reserve(&text, 299) && text.failed);
	ft_text_str(&text, "c");
	CHECK_STR("content", ft_text_get(&text), "ab");
	ft_text_fini(&text);
}

/* Every maximum around the first sizes: exactly max bytes go in, one more does not. */
static void maximum(void)
{
	for (size_t max = 0; max < 600; max += 7) {
		struct ft_text text;

		ft_text_init(&text, max);
		for (size_t i = 0; i < max; i++)
			ft_text_char(&text, 'x');
		CHECK(!text.failed && text.len == max && strlen(ft_text_get(&text)) == max);
		ft_text_printf(&text, "%s", "");
		CHECK(!text.failed);
		ft_text_char(&text, 'y');
		CHECK(text.failed && text.len == max);
		ft_text_clear(&text);
		CHECK(!text.failed && text.len == 0);
		ft_text_fini(&text);
	}
}

static void no_holes(void)
{
	struct ft_text text;

	ft_text_init(&text, 10);
	ft_text_str(&text, "12345");
	ft_text_printf(&text, "%s", "678901");
	CHECK(text.failed);
	CHECK_STR("what did not fit", ft_text_get(&text), "12345");
	ft_text_char(&text, 'x');
	CHECK_STR("nor what follows", ft_text_get(&text), "12345");
	ft_text_fini(&text);
}

static void long_printf(void)
{
	char big[3001];
	struct ft_text text;

	memset(big, 'z', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	ft_text_init(&text, 10000);
	ft_text_str(&text, "a");
	ft_text_printf(&text, "%s", big);
	CHECK_INT("length", (int64_t)text.len, 3001);
	CHECK_STR("content", ft_text_get(&text) + 1, big);
	ft_text_fini(&text);
}

static void first_error_wins(void)
{
	struct ft_err err = {0};

	CHECK_INT("first", ft_err_set(&err, -EINVAL, "bad %s", "word"), -EINVAL);
	CHECK_INT("second", ft_err_errno(&err, -EIO, "later"), -EIO);
	CHECK_INT("kept", err.code, -EINVAL);
	CHECK_STR("kept", err.text, "bad word");
	CHECK_INT("no struct", ft_err_set(NULL, -EIO, "x"), -EIO);
}

static void errno_texts(void)
{
	struct ft_err err = {0}, unknown = {0};

	ft_err_errno(&err, -EADDRINUSE, "bind %s", "lo:p");
	CHECK_STR("known", err.text, "bind lo:p: EADDRINUSE (Address already in use)");
	ft_err_errno(&unknown, -524, "bind");
	CHECK_STR("unknown", unknown.text, "bind: E#524");
}

static void errno_survives(void)
{
	struct ft_err err = {0};

	errno = EBUSY;
	ft_err_errno(&err, -524, "x");
	CHECK_INT("errno", errno, EBUSY);
}

static void long_error(void)
{
	char big[2000];
	struct ft_err err = {0};

	memset(big, 'z', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	ft_err_set(&err, -EINVAL, "%s", big);
	CHECK_INT("length", (int64_t)strlen(err.text), (int64_t)sizeof(err.text) - 1);
	CHECK_STR("mark", err.text + strlen(err.text) - 4, "z...");
}

static void errno_names(void)
{
	static const struct {
		const char *name;
		int number;
	} rows[] = {{"EPERM", EPERM},
		    {"EAGAIN", EAGAIN},
		    {"EADDRINUSE", EADDRINUSE},
		    {"EOPNOTSUPP", EOPNOTSUPP},
		    {"ECONNREFUSED", ECONNREFUSED},
		    {"EHWPOISON", EHWPOISON}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_INT(rows[i].name, ft_errno_number(rows[i].name), rows[i].number);
		CHECK_STR(rows[i].name, ft_errno_name(rows[i].number), rows[i].name);
	}
	CHECK_INT("second name", ft_errno_number("ENOTSUP"), EOPNOTSUPP);
	CHECK_INT("second name", ft_errno_number("EWOULDBLOCK"), EAGAIN);
	CHECK_INT("unknown", ft_errno_number("ENONSENSE"), 0);
	CHECK(!ft_errno_name(0) && !ft_errno_name(-1) && !ft_errno_name(41) &&
	      !ft_errno_name(9999));
	for (int i = 1; i < 200; i++)
		if (ft_errno_name(i))
			CHECK_INT(ft_errno_name(i), ft_errno_number(ft_errno_name(i)), i);
}

static const struct ft_test tests[] = {
	{"appends", appends},
	{"numbers", numbers},
	{"digits", digits},
	{"reserved", reserved},
	{"maximum", maximum},
	{"no holes", no_holes},
	{"long printf", long_printf},
	{"first error wins", first_error_wins},
	{"errno texts", errno_texts},
	{"errno survives", errno_survives},
	{"long error", long_error},
	{"errno names", errno_names},
	{0},
};

const struct ft_suite ft_suite_text = {"text", tests};

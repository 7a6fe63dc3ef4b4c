/* SPDX-License-Identifier: MIT */
/*
 * Which changes has a release, and what does a profile's text mean?
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "model/profile.h"
#include "tests/support/suite.h"

static void releases(void)
{
	static const struct {
		const char *text;
		unsigned major, minor;
		enum ft_toggle toggle;
		bool has;
	} rows[] = {
		{"newest has all", 6, 18, FT_TOGGLE_BUCKET_REOPENS, true},
		{"newer than all", 7, 3, FT_TOGGLE_BUCKET_REOPENS, true},
		{"one before", 6, 17, FT_TOGGLE_BUCKET_REOPENS, false},
		{"its own", 6, 17, FT_TOGGLE_ORPHAN_UID, true},
		{"6.7 remembers", 6, 7, FT_TOGGLE_REUSEADDR_LIVE, false},
		{"6.8 does not", 6, 8, FT_TOGGLE_REUSEADDR_LIVE, true},
		{"6.10 is newer than 6.9", 6, 10, FT_TOGGLE_V6ONLY_WILDCARD, true},
		{"a younger major", 7, 0, FT_TOGGLE_FIN_WAIT2_KEPT, true},
		{"before it was broken", 6, 0, FT_TOGGLE_MAPPED_CONFLICT, true},
		{"broken", 6, 1, FT_TOGGLE_MAPPED_CONFLICT, false},
		{"still broken", 6, 5, FT_TOGGLE_MAPPED_CONFLICT, false},
		{"mended", 6, 6, FT_TOGGLE_MAPPED_CONFLICT, true},
		{"broken for one release", 6, 2, FT_TOGGLE_DUAL_WILDCARD, false},
		{"... not before", 6, 1, FT_TOGGLE_DUAL_WILDCARD, true},
		{"... nor after", 6, 3, FT_TOGGLE_DUAL_WILDCARD, true},
		{"an old one", 2, 6, FT_TOGGLE_STRICT_BIND_CONFLICT, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ft_profile profile = ft_profile_release(rows[i].major, rows[i].minor);

		CHECK_ROW(rows[i].text, ft_profile_has(&profile, rows[i].toggle) == rows[i].has,
			  "want %d", rows[i].has);
	}
}

/* Each row changes at its release and, if it mends something, at the one that broke it. */
static void steps(void)
{
	for (unsigned i = 0; i < FT_TOGGLE_COUNT; i++) {
		const struct ft_toggle_row *row = &ft_toggles[i];
		struct ft_profile at = ft_profile_release(row->major, row->minor);
		struct ft_profile before = ft_profile_release(row->major, row->minor - 1U);
		struct ft_profile broken = ft_profile_release(row->broken_major, row->broken_minor);

		CHECK_ROW(row->name, ft_profile_has(&at, i), "in its release");
		CHECK_ROW(row->name, row->minor == 0 || !ft_profile_has(&before, i),
			  "in the release before");
		CHECK_ROW(row->name, row->broken_major == 0 || !ft_profile_has(&broken, i),
			  "in the release that broke it");
	}
}

/* Every row is complete, and its name alone adds and takes away this change and no other. */
static void names(void)
{
	for (unsigned i = 0; i < FT_TOGGLE_COUNT; i++) {
		const struct ft_toggle_row *row = &ft_toggles[i];
		struct ft_profile none = ft_profile_release(1, 0), all = ft_profile_release(99, 0);
		struct ft_profile got;
		char text[80];

		CHECK_ROW(row->name,
			  strspn(row->commit, "0123456789abcdef") == 12 &&
				  strlen(row->commit) == 12,
			  "commit '%s'", row->commit);
		CHECK_ROW(row->name, row->subject[0] && row->before[0] && row->after[0], "a text");
		snprintf(text, sizeof(text), "linux-1.0+%s", row->name);
		CHECK_INT(text, ft_profile_parse(text, &got, NULL), 0);
		CHECK_INT(text, got.toggles ^ none.toggles,
			  (none.toggles >> i & 1) ? 0 : INT64_C(1) << i);
		snprintf(text, sizeof(text), "linux-99.0-%s", row->name);
		CHECK_INT(text, ft_profile_parse(text, &got, NULL), 0);
		CHECK_INT(text, got.toggles ^ all.toggles, INT64_C(1) << i);
	}
}

static void texts(void)
{
	const uint32_t live = UINT32_C(1) << FT_TOGGLE_REUSEADDR_LIVE;
	const uint32_t uid = UINT32_C(1) << FT_TOGGLE_ORPHAN_UID;
	const struct {
		const char *text;
		unsigned major, minor;
		uint32_t in, out;
	} rows[] = {
		{"linux-6.18", 6, 18, 0, 0},
		{"linux-6.1.192", 6, 1, 0, 0},
		{"linux-6.7+reuseaddr-live", 6, 7, live, 0},
		{"linux-6.18-orphan-uid", 6, 18, 0, uid},
		{"linux-6.18-orphan-uid-reuseaddr-live", 6, 18, 0, uid | live},
		{"linux-6.7+reuseaddr-live+orphan-uid", 6, 7, live | uid, 0},
		{"linux-6.7+reuseaddr-live-reuseaddr-live", 6, 7, 0, 0},
		{"linux-6.7.3+reuseaddr-live-orphan-uid", 6, 7, live, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ft_profile want = ft_profile_release(rows[i].major, rows[i].minor);
		struct ft_profile got = {0};

		CHECK_INT(rows[i].text, ft_profile_parse(rows[i].text, &got, NULL), 0);
		want.toggles = (want.toggles | rows[i].in) & ~rows[i].out;
		CHECK_INT(rows[i].text, got.toggles, want.toggles);
	}
}

static void mistakes(void)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"", "not a release"},
		{"6.18", "not a release"},
		{"linux", "not a release"},
		{"linux-", "not a release"},
		{"linux-6", "not a release"},
		{"linux-6.", "not a release"},
		{"linux-6.18.", "not a release"},
		{"linux-6.18x", "not a release"},
		{"linux-99999.1", "not a release"},
		{"freebsd-14.0", "not a release"},
		{"linux-6.18+", "'' is no change that is known"},
		{"linux-6.18+reuseaddr-alive", "did you mean 'reuseaddr-live'?"},
		{"linux-6.18-orphanuid", "did you mean 'orphan-uid'?"},
		{"linux-6.18+orphan-uid+nothing", "'nothing' is no change that is known"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ft_profile got = {.toggles = 12345};
		struct ft_err err = {0};

		CHECK_INT(rows[i].text, ft_profile_parse(rows[i].text, &got, &err), -EINVAL);
		CHECK_INT(rows[i].text, got.toggles, 12345);
		CHECK_ROW(rows[i].text, strstr(err.text, rows[i].says) != NULL, "got '%s'",
			  err.text);
	}
}

static void uname_releases(void)
{
	static const struct {
		const char *text;
		bool is;
		unsigned major, minor;
	} rows[] = {
		{"6.18.44-cloud", true, 6, 18},
		{"6.19-rc2", true, 6, 19},
		{"5.10.0-28-amd64", true, 5, 10},
		{"6.12", true, 6, 12},
		{"6.1.0", true, 6, 1},
		{"", false, 0, 0},
		{"linux", false, 0, 0},
		{"6", false, 0, 0},
		{"6.x", false, 0, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned major = 0, minor = 0;

		CHECK_INT(rows[i].text, ft_release_parse(rows[i].text, &major, &minor), rows[i].is);
		CHECK_INT(rows[i].text, major, rows[i].major);
		CHECK_INT(rows[i].text, minor, rows[i].minor);
	}
}

static const struct ft_test tests[] = {
	{"releases", releases},
	{"steps", steps},
	{"names", names},
	{"texts", texts},
	{"mistakes", mistakes},
	{"uname", uname_releases},
	{0},
};

const struct ft_suite ft_suite_profile = {"profile", tests};

/* SPDX-License-Identifier: MIT */
/*
 * Does reading a savefile back give its packets, numbered and timed, and stop where the file is
 * cut?
 */
#include "capture/readback.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/suite.h"

enum { FILE_MAX = 1 << 16, PATH_LEN = 512, STOPPED = 7 };

struct seen {
	uint64_t n, last_ns, stop_at;
	uint64_t by_decoded[FT_DECODED_COUNT];
	uint8_t first_flags;
};

static int take(void *arg, uint64_t number, uint64_t ts_ns, enum ft_decoded decoded,
		const struct ft_packet *packet)
{
	struct seen *seen = arg;

	seen->n++;
	CHECK_INT("number", (int64_t)number, (int64_t)seen->n);
	CHECK_ROW("packet", (decoded == FT_DECODED_OK) == (packet != NULL), "packet %d",
		  (int)number);
	CHECK_ROW("time", ts_ns >= seen->last_ns, "packet %d", (int)number);
	seen->last_ns = ts_ns;
	seen->by_decoded[decoded]++;
	if (number == 1 && packet)
		seen->first_flags = packet->tcp_flags;
	return seen->n == seen->stop_at ? STOPPED : 0;
}

static size_t load(const char *name, char *bytes)
{
	char path[PATH_LEN];
	FILE *file;
	size_t len;

	snprintf(path, sizeof(path), "%s/pcaps/%s.pcap", FT_TESTS_DIR, name);
	file = fopen(path, "rb");
	if (!CHECK_ROW(name, file != NULL, "cannot open %s", path))
		return 0;
	len = fread(bytes, 1, FILE_MAX, file);
	fclose(file);
	return len;
}

/* Reads the first len bytes of a savefile as a file of their own. */
static int read_part(const char *bytes, size_t len, struct seen *seen, struct ft_err *err)
{
	char path[PATH_LEN];
	int fd = memfd_create("part", MFD_CLOEXEC), rc;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	CHECK(fd >= 0 && write(fd, bytes, len) == (ssize_t)len);
	rc = ft_savefile_read(path, take, seen, err);
	close(fd);
	return rc;
}

/* Where each packet of a savefile ends; host byte order, as the files of this test are. */
static size_t packet_ends(const char *bytes, size_t len, size_t *ends, size_t max)
{
	size_t n = 0;

	for (size_t at = 24; at + 16 <= len && n < max;) {
		uint32_t captured;

		memcpy(&captured, bytes + at + 8, sizeof(captured));
		at += 16 + captured;
		ends[n++] = at;
	}
	return n;
}

static void test_cut(void)
{
	static char bytes[FILE_MAX];
	size_t ends[64], len = load("tcp-lo", bytes), n = packet_ends(bytes, len, ends, 64);

	CHECK_INT("packets", (int64_t)n, 28);
	for (size_t cut = 0; cut <= len; cut++) {
		struct seen seen = {0};
		struct ft_err err = {0};
		int rc = read_part(bytes, cut, &seen, &err);
		size_t whole = 0;
		char row[32];

		while (whole < n && ends[whole] <= cut)
			whole++;
		snprintf(row, sizeof(row), "cut to %zu", cut);
		CHECK_INT(row, (int64_t)seen.n, (int64_t)whole);
		CHECK_INT(row, rc, cut == 24 || (whole && ends[whole - 1] == cut) ? 0 : -EINVAL);
		CHECK_ROW(row, (rc == 0) == (err.text[0] == '\0'), "text: %s", err.text);
	}
}

static void test_packets(void)
{
	static char bytes[FILE_MAX];
	struct seen seen = {0};
	struct ft_err err = {0};

	CHECK_INT("tcp-lo", read_part(bytes, load("tcp-lo", bytes), &seen, &err), 0);
	CHECK_INT("tcp-lo", seen.first_flags, FT_TCP_SYN);
	CHECK_INT("tcp-lo", (int64_t)seen.by_decoded[FT_DECODED_OK], (int64_t)seen.n);
	/* nanoseconds since 1970, not microseconds taken for them */
	CHECK(seen.last_ns > UINT64_C(1000000000) * 1000000000);
	seen = (struct seen){0};
	CHECK_INT("malformed", read_part(bytes, load("malformed", bytes), &seen, &err), 0);
	CHECK(seen.by_decoded[FT_DECODED_MALFORMED] > 0);
}

static void test_stop(void)
{
	static char bytes[FILE_MAX];
	struct seen seen = {.stop_at = 3};
	struct ft_err err = {0};

	CHECK_INT("stop", read_part(bytes, load("tcp-lo", bytes), &seen, &err), STOPPED);
	CHECK_INT("stop", (int64_t)seen.n, 3);
}

static void test_no_savefile(void)
{
	struct seen seen = {0};
	struct ft_err missing = {0}, text = {0};

	CHECK_INT("missing", ft_savefile_read("/nonexistent/x.pcap", take, &seen, &missing),
		  -ENOENT);
	CHECK_INT("text", read_part("no savefile at all, but long enough", 34, &seen, &text),
		  -EINVAL);
	CHECK_INT("nothing", (int64_t)seen.n, 0);
}

static const struct ft_test tests[] = {
	{"cut", test_cut},   {"packets", test_packets},
	{"stop", test_stop}, {"no-savefile", test_no_savefile},
	{NULL, NULL},
};

const struct ft_suite ft_suite_readback = {"readback", tests};

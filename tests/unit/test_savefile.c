/* SPDX-License-Identifier: MIT */
/*
 * Is the savefile what its packets' numbers say, whoever writes, dies or finds the disk full?
 *
 * Packets of these tests carry their writer's tag in their first bytes, so that a reader can tell
 * whose packet has a number.
 */
#include "capture/savefile.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/support/suite.h"

enum { N_MAX = 1 << 20, BLOCK_MAX = 3000, PACKET_LEN = 60 };

struct tagged {
	uint32_t seconds, nanoseconds, captured, wire;
	uint32_t tag;
	uint8_t rest[PACKET_LEN - sizeof(uint32_t)];
};

static size_t make_block(struct tagged *block, size_t n, uint32_t tag)
{
	memset(block, 0, n * sizeof(*block));
	for (size_t i = 0; i < n; i++) {
		block[i].seconds = 1700000000;
		block[i].nanoseconds = 999999999;
		block[i].captured = block[i].wire = PACKET_LEN;
		block[i].tag = tag;
	}
	return n * sizeof(*block);
}

/* A path of our own that is removed at the end of the test. */
static bool scratch_open(char path[64])
{
	int fd;

	snprintf(path, 64, "%s", "/tmp/test_savefile.XXXXXX");
	fd = mkstemp(path);
	if (fd >= 0)
		close(fd);
	return CHECK(fd >= 0);
}

/* The packets libpcap reads, their tags in tags[0...]; -1 if the file is broken. */
static int64_t read_back(const char *path, uint32_t *tags, size_t max)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap =
		pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, text);
	struct pcap_pkthdr *header;
	const uint8_t *bytes;
	int64_t n = 0;
	int rc;

	if (!CHECK_ROW(path, pcap, "%s", text))
		return -1;
	CHECK_INT("link type", pcap_datalink(pcap), DLT_EN10MB);
	CHECK_INT("snapshot length", pcap_snapshot(pcap), FT_SAVEFILE_SNAPLEN);
	while ((rc = pcap_next_ex(pcap, &header, &bytes)) == 1) {
		if (header->caplen != PACKET_LEN || header->ts.tv_usec != 999999999)
			break;
		if ((size_t)n < max)
			memcpy(&tags[n], bytes, sizeof(tags[n]));
		n++;
	}
	CHECK_ROW(path, rc == PCAP_ERROR_BREAK, "after %lld packets: %s", (long long)n,
		  rc == 1 ? "strange packet" : pcap_geterr(pcap));
	pcap_close(pcap);
	return rc == PCAP_ERROR_BREAK ? n : -1;
}

static void append_and_read(void)
{
	static const size_t sizes[] = {1, 3, 2000, 1};
	static struct tagged block[BLOCK_MAX];
	static uint32_t tags[4096];
	struct ft_err err = {.code = 0};
	struct ft_savefile *file;
	uint64_t first, next = 1;
	char path[64];

	if (!scratch_open(path) || !CHECK_INT(path, ft_savefile_create(path, &file, &err), 0))
		return;
	CHECK_INT("empty file", read_back(path, tags, 4096), 0);
	for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t len = make_block(block, sizes[i], i);

		CHECK_INT("append", ft_savefile_append(file, block, len, sizes[i], &first, &err),
			  0);
		CHECK_INT("first", (int64_t)first, (int64_t)next);
		next += sizes[i];
		CHECK_INT("packets", (int64_t)ft_savefile_packets(file), (int64_t)next - 1);
	}
	CHECK_INT("close", ft_savefile_close(file, &err), 0);
	CHECK_INT("read back", read_back(path, tags, 4096), 2005);
	CHECK_INT("number 1", tags[0], 0);
	CHECK_INT("number 2", tags[1], 1);
	CHECK_INT("number 2004", tags[2003], 2);
	CHECK_INT("number 2005", tags[2004], 3);
	CHECK_STR("no error", err.text, "");
	unlink(path);
}

/* The same through the descriptors, as a program that was executed has them. */
static void join(void)
{
	static struct tagged block[3];
	struct ft_savefile *file, *joined;
	struct ft_err err = {.code = 0};
	int file_fd, count_fd;
	uint64_t first = 0;
	uint32_t tags[4] = {0};
	char path[64];

	if (!scratch_open(path) || !CHECK_INT(path, ft_savefile_create(path, &file, &err), 0))
		return;
	ft_savefile_fds(file, &file_fd, &count_fd);
	CHECK(fcntl(file_fd, F_GETFD) & FD_CLOEXEC);
	CHECK(fcntl(count_fd, F_GETFD) & FD_CLOEXEC);
	if (CHECK_INT("join", ft_savefile_join(file_fd, count_fd, &joined, &err), 0)) {
		ft_savefile_append(joined, block, make_block(block, 3, 7), 3, &first, &err);
		CHECK_INT("joiner's first", (int64_t)first, 1);
		CHECK_INT("joiner closes", ft_savefile_close(joined, &err), 0);
	}
	ft_savefile_append(file, block, make_block(block, 1, 8), 1, &first, &err);
	CHECK_INT("creator's first", (int64_t)first, 4);
	CHECK_INT("close", ft_savefile_close(file, &err), 0);
	CHECK_INT("read back", read_back(path, tags, 4), 4);
	CHECK_INT("number 3", tags[2], 7);
	CHECK_INT("number 4", tags[3], 8);
	unlink(path);
}

static void join_refused(void)
{
	static const struct {
		const char *text;
		off_t size;
		int want;
	} rows[] = {{"empty object", 0, -EINVAL}, {"zeroes", 4096, -EINVAL}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ft_err err = {.code = 0};
		struct ft_savefile *file = NULL;
		int fd = memfd_create("test", MFD_CLOEXEC);

		if (!CHECK(fd >= 0 && ftruncate(fd, rows[i].size) == 0))
			continue;
		CHECK_INT(rows[i].text, ft_savefile_join(-1, fd, &file, &err), rows[i].want);
		CHECK_ROW(rows[i].text, !file && err.text[0], "nothing returned, a reason given");
		close(fd);
	}
}

static void numbers_only(void)
{
	struct ft_err err = {.code = 0};
	struct ft_savefile *file;
	uint64_t first = 0;
	int file_fd, count_fd;

	if (!CHECK_INT("create", ft_savefile_create(NULL, &file, &err), 0))
		return;
	ft_savefile_fds(file, &file_fd, &count_fd);
	CHECK_INT("no file", file_fd, -1);
	CHECK_INT("append", ft_savefile_append(file, "", 0, 5, &first, &err), 0);
	CHECK_INT("append", ft_savefile_append(file, "", 0, 5, &first, &err), 0);
	CHECK_INT("first", (int64_t)first, 6);
	CHECK_INT("close", ft_savefile_close(file, &err), 0);
}

static void create_refused(void)
{
	static const struct {
		const char *path;
		int want;
	} rows[] = {
		{"/nonexistent/a.pcap", -ENOENT},
		{"/tmp", -EISDIR},
		{"/dev/full", -ENOSPC},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ft_err err = {.code = 0};
		struct ft_savefile *file;

		CHECK_INT(rows[i].path, ft_savefile_create(rows[i].path, &file, &err),
			  rows[i].want);
		CHECK_ROW(rows[i].path, strstr(err.text, rows[i].path), "%s", err.text);
	}
}

/* A file size limit makes pwrite() write a part, then fail, as a full disk does. */
static void disk_full(void)
{
	static struct tagged block[100];
	struct rlimit former, limit;
	struct ft_err err = {.code = 0};
	struct ft_savefile *file;
	void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
	uint64_t first = 0;
	uint32_t tags[256];
	struct stat stat_buffer;
	char path[64];

	if (!scratch_open(path) || !CHECK_INT(path, ft_savefile_create(path, &file, &err), 0))
		return;
	getrlimit(RLIMIT_FSIZE, &former);
	limit = former;
	limit.rlim_cur = 24 + 150 * sizeof(struct tagged) + 10;
	CHECK_INT("fits",
		  ft_savefile_append(file, block, make_block(block, 100, 1), 100, &first, &err), 0);
	setrlimit(RLIMIT_FSIZE, &limit);
	CHECK_INT("does not fit",
		  ft_savefile_append(file, block, make_block(block, 100, 2), 100, &first, &err),
		  -EFBIG);
	CHECK_INT("its numbers are taken", (int64_t)first, 101);
	setrlimit(RLIMIT_FSIZE, &former);
	CHECK_INT("nothing is left of it", stat(path, &stat_buffer), 0);
	CHECK_INT("nothing is left of it", stat_buffer.st_size, 24 + 100 * sizeof(struct tagged));
	CHECK_INT("room again",
		  ft_savefile_append(file, block, make_block(block, 10, 3), 10, &first, NULL), 0);
	CHECK_INT("later numbers", (int64_t)first, 201);
	CHECK_INT("close", ft_savefile_close(file, NULL), 0);
	CHECK_INT("read back", read_back(path, tags, 256), 110);
	CHECK_INT("whose", tags[100], 3);
	signal(SIGXFSZ, handler);
	unlink(path);
}

/* ---- writers that are killed ---- */

enum { N_WRITERS = 4, N_KILLS = 150 };

/* Shared with the writers: whose packet has which number, as each was told. */
struct claims {
	uint32_t twice;
	uint32_t tags[N_MAX];
};

static void write_on(struct ft_savefile *file, struct claims *claims, uint32_t tag)
{
	static struct tagged block[BLOCK_MAX];
	unsigned int state = tag;
	uint64_t first;

	for (;;) {
		size_t n = 1 + (size_t)rand_r(&state) % BLOCK_MAX;

		if (ft_savefile_append(file, block, make_block(block, n, tag), n, &first, NULL) < 0)
			_exit(1);
		for (uint64_t i = first; i < first + n && i < N_MAX; i++)
			if (__atomic_exchange_n(&claims->tags[i], tag, __ATOMIC_RELAXED))
				__atomic_fetch_add(&claims->twice, 1, __ATOMIC_RELAXED);
		if (first > N_MAX)
			pause();
	}
}

static pid_t start_writer(struct ft_savefile *file, struct claims *claims, uint32_t tag)
{
	pid_t pid = fork();

	if (pid == 0)
		write_on(file, claims, tag);
	return pid;
}

static void kill_writer(pid_t pid)
{
	int status = 0;

	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	CHECK_ROW("writer", WIFSIGNALED(status), "it ended by itself, status %x", (unsigned)status);
}

static void kill_many(struct ft_savefile *file, struct claims *claims)
{
	pid_t pids[N_WRITERS];
	uint32_t tag = 1;
	unsigned int state = 4;

	for (int i = 0; i < N_WRITERS; i++)
		pids[i] = start_writer(file, claims, tag++);
	for (int i = 0; i < N_KILLS; i++) {
		struct timespec pause_ns = {.tv_nsec = rand_r(&state) % 3000000};

		nanosleep(&pause_ns, NULL);
		kill_writer(pids[i % N_WRITERS]);
		pids[i % N_WRITERS] = start_writer(file, claims, tag++);
	}
	for (int i = 0; i < N_WRITERS; i++)
		kill_writer(pids[i]);
}

/* A packet nobody claims is that of a writer that died after its append was complete. */
static void check_claims(const char *path, const struct claims *claims, int64_t n_packets)
{
	uint32_t *tags = calloc(N_MAX, sizeof(*tags));
	int64_t n = tags ? read_back(path, tags, N_MAX) : -1, wrong = 0, claimed = 0;

	CHECK_INT("packets in the file", n, n_packets);
	for (int64_t i = 1; i < N_MAX; i++) {
		if (!claims->tags[i])
			continue;
		claimed++;
		wrong += i > n || tags[i - 1] != claims->tags[i];
	}
	CHECK_INT("claimed numbers that are another's packets", wrong, 0);
	CHECK_INT("numbers given twice", claims->twice, 0);
	CHECK_ROW("claims", claimed > 1000, "only %lld numbers were claimed", (long long)claimed);
	free(tags);
}

static void killed_writers(void)
{
	struct claims *claims = mmap(NULL, sizeof(*claims), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct ft_err err = {.code = 0};
	struct ft_savefile *file;
	int64_t n_packets;
	char path[64];

	if (!CHECK(claims != MAP_FAILED) || !scratch_open(path) ||
	    !CHECK_INT(path, ft_savefile_create(path, &file, &err), 0))
		return;
	kill_many(file, claims);
	n_packets = (int64_t)ft_savefile_packets(file);
	CHECK_INT("close", ft_savefile_close(file, &err), 0);
	check_claims(path, claims, n_packets);
	munmap(claims, sizeof(*claims));
	unlink(path);
}

static const struct ft_test tests[] = {
	{"append-and-read", append_and_read}, {"join", join},
	{"join-refused", join_refused},       {"numbers-only", numbers_only},
	{"create-refused", create_refused},   {"disk-full", disk_full},
	{"killed-writers", killed_writers},   {NULL, NULL},
};

const struct ft_suite ft_suite_savefile = {"savefile", tests};

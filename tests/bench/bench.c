/* SPDX-License-Identifier: MIT */
/*
 * What does a case cost beside the bare C loop of the same system calls?
 *
 * Both are run in turns (floor, engine alone, with capture, savefile and JSON, and with the model's
 * prediction as well), each in a process of its own and in namespaces of its own, nine rounds; the
 * figures are medians of CPU time per case over the whole process tree, and the ratios are taken
 * against the floor of the same round. With --sizes the engine runs 10,000, 100,000 and 1,000,000
 * cases: time must grow linearly, peak memory not at all. Nothing is asserted here: these are
 * figures, not tests.
 *
 * The floor makes the calls that the text of the case names, and closes a connection with a reset
 * as the engine does; what the engine asks beyond that (who got it) is its own cost.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <jansson.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/sandbox.h"
#include "probe/session.h"

enum { ROUNDS = 9, FIRST_PORT = 2000, LAST_PORT = 32000, CASES = 50000 };

enum kind { KIND_PAIR, KIND_CONNECTION, KIND_COUNT };

static const struct {
	const char *name, *text;
} kinds[KIND_COUNT] = {
	[KIND_PAIR] = {"pair", "a tcp4 reuseaddr bind lo:p listen; b tcp4 reuseaddr bind lo:p"},
	[KIND_CONNECTION] = {"connection", "s tcp4 bind lo:p listen; "
					   "c tcp4 reuseaddr bind lo:q connect lo:p"},
};

/* What one process tree cost. */
struct cost {
	double cpu, wall; /* seconds */
	long peak_kib;    /* the largest process of it */
	uint64_t packets, expected, dropped;
};

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- the floor ---- */

static int bound(uint16_t port, int reuse)
{
	const struct sockaddr_in a = {.sin_family = AF_INET,
				      .sin_port = htons(port),
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (reuse)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof(reuse));
	if (bind(fd, (const struct sockaddr *)&a, sizeof(a)) < 0 && errno != EADDRINUSE)
		exit(1);
	return fd;
}

static void bare_pair(uint16_t port)
{
	int a = bound(port, 1), b;

	listen(a, SOMAXCONN);
	b = bound(port, 1);
	close(a);
	close(b);
}

static void bare_connection(uint16_t port)
{
	const struct sockaddr_in to = {.sin_family = AF_INET,
				       .sin_port = htons(port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	const struct linger reset = {1, 0};
	int s = bound(port, 0), c;

	listen(s, SOMAXCONN);
	c = bound((uint16_t)(port + 1), 1);
	if (connect(c, (const struct sockaddr *)&to, sizeof(to)) < 0)
		exit(1);
	setsockopt(c, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(c);
	close(s);
}

/* The engine pins its workers; so is the floor, lest it pays for migrations that the other does
 * not. */
static void pin(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static int run_floor(enum kind kind, uint64_t cases)
{
	struct ft_sandbox sandbox = {0};
	struct ft_err err = {0};
	enum ft_stage stage;
	struct ft_netns ns;
	unsigned port = LAST_PORT;

	pin();
	if (ft_sandbox_enter(&sandbox, &stage, &err) < 0) {
		fprintf(stderr, "bench: %s\n", err.text);
		return 1;
	}
	for (uint64_t i = 0; i < cases; i++, port += 2) {
		if (port >= LAST_PORT) {
			if (ft_netns_new(&sandbox, false, &ns, &err) < 0)
				return 1;
			port = FIRST_PORT;
		}
		if (kind == KIND_PAIR)
			bare_pair((uint16_t)port);
		else
			bare_connection((uint16_t)port);
	}
	return 0;
}

/* ---- the engine ---- */

enum mode { MODE_FLOOR, MODE_PLAIN, MODE_FULL, MODE_MODEL, MODE_COUNT };

/* What a run leaves behind. Making room for it and taking it away again is not the run's work. */
struct files {
	char folder[32], report[64], pcap[64];
};

static void make_files(struct files *files)
{
	strcpy(files->folder, "/tmp/ft-bench-XXXXXX");
	if (!mkdtemp(files->folder)) {
		perror("bench: mkdtemp");
		exit(1);
	}
	snprintf(files->report, sizeof(files->report), "%s/report.json", files->folder);
	snprintf(files->pcap, sizeof(files->pcap), "%s/report.pcap", files->folder);
}

static void remove_files(const struct files *files)
{
	unlink(files->report);
	unlink(files->pcap);
	rmdir(files->folder);
}

static int run_engine(enum kind kind, enum mode mode, uint64_t cases, const struct files *files,
		      int figures)
{
	struct ft_session session;
	struct ft_outcome outcome;
	struct ft_err err = {0};
	struct ft_job job;
	int rc;

	ft_session_init(&session);
	session.workers = 1;
	session.quiet = true;
	session.no_capture = mode == MODE_PLAIN;
	session.report = mode == MODE_PLAIN ? NULL : files->report;
	session.pcap = mode == MODE_PLAIN ? NULL : files->pcap;
	session.unpredicted = mode != MODE_MODEL;
	ft_job_init(&job, "bench");
	rc = ft_job_add(&job, kinds[kind].text, strlen(kinds[kind].text), "bench", 1, &err);
	job.total = cases;
	if (rc == 0)
		rc = ft_session_run(&session, &job, &outcome, &err);
	ft_job_fini(&job);
	if (rc < 0 || outcome.counts.cases != cases || outcome.counts.verdicts[FT_VERDICT_BROKEN]) {
		fprintf(stderr, "bench: %s\n", rc < 0 ? err.text : "cases are missing");
		return 1;
	}
	if (write(figures, &outcome.capture, sizeof(outcome.capture)) < 0)
		return 1;
	return 0;
}

/* ---- measuring ---- */

static struct cost measure(enum kind kind, enum mode mode, uint64_t cases)
{
	struct ft_capture_count capture = {0};
	struct cost cost = {0};
	struct rusage usage;
	struct files files;
	int status, ends[2];
	double began;
	pid_t child;

	make_files(&files);
	if (pipe(ends) < 0)
		exit(1);
	began = now();
	child = fork();
	if (child == 0)
		exit(mode == MODE_FLOOR ? run_floor(kind, cases)
					: run_engine(kind, mode, cases, &files, ends[1]));
	close(ends[1]);
	if (mode != MODE_FLOOR && read(ends[0], &capture, sizeof(capture)) < 0)
		exit(1);
	close(ends[0]);
	if (wait4(child, &status, 0, &usage) < 0)
		status = -1;
	cost.wall = now() - began;
	remove_files(&files);
	if (status != 0) {
		fprintf(stderr, "bench: a run of %s failed\n", kinds[kind].name);
		exit(1);
	}
	cost.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
	cost.peak_kib = usage.ru_maxrss;
	cost.packets = capture.seen;
	cost.expected = capture.expected;
	cost.dropped = capture.dropped;
	return cost;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), by_value);
	return values[n / 2];
}

static json_t *compare(enum kind kind)
{
	static const char *const names[MODE_COUNT] = {"floor", "engine", "engine+capture+json",
						      "engine+capture+json+model"};
	double cpu[MODE_COUNT][ROUNDS], ratio[MODE_COUNT][ROUNDS];
	json_t *row = json_pack("{s:s,s:i}", "kind", kinds[kind].name, "cases", CASES);

	for (unsigned round = 0; round < ROUNDS; round++)
		for (unsigned mode = 0; mode < MODE_COUNT; mode++) {
			struct cost cost = measure(kind, (enum mode)mode, CASES);

			cpu[mode][round] = cost.cpu / CASES * 1e6;
			ratio[mode][round] = cpu[mode][round] / cpu[MODE_FLOOR][round];
		}
	for (unsigned mode = 0; mode < MODE_COUNT; mode++) {
		double us = median(cpu[mode], ROUNDS), r = median(ratio[mode], ROUNDS);

		fprintf(stderr, "%-12s %-26s %8.2f us of CPU a case, %5.2f of the floor\n",
			kinds[kind].name, names[mode], us, r);
		json_object_set_new(row, names[mode],
				    json_pack("{s:f,s:f}", "cpu_us", us, "ratio", r));
	}
	return row;
}

static json_t *grow(enum kind kind)
{
	static const uint64_t sizes[] = {10000, 100000, 1000000};
	json_t *rows = json_array();

	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct cost cost = measure(kind, MODE_MODEL, sizes[i]);

		fprintf(stderr,
			"%-12s %8llu cases %8.2f s of CPU %8.2f s, peak %ld KiB, %llu of %llu "
			"packets, %llu dropped\n",
			kinds[kind].name, (unsigned long long)sizes[i], cost.cpu, cost.wall,
			cost.peak_kib, (unsigned long long)cost.packets,
			(unsigned long long)cost.expected, (unsigned long long)cost.dropped);
		json_array_append_new(rows,
				      json_pack("{s:s,s:I,s:f,s:f,s:I,s:I,s:I,s:I}", "kind",
						kinds[kind].name, "cases", (json_int_t)sizes[i],
						"cpu_s", cost.cpu, "wall_s", cost.wall, "peak_kib",
						(json_int_t)cost.peak_kib, "packets",
						(json_int_t)cost.packets, "expected",
						(json_int_t)cost.expected, "dropped",
						(json_int_t)cost.dropped));
	}
	return rows;
}

int main(int argc, char **argv)
{
	bool sizes = argc > 1 && strcmp(argv[1], "--sizes") == 0;
	json_t *figures = json_object();
	double load[3] = {0};

	getloadavg(load, 3);
	json_object_set_new(figures, "load", json_real(load[0]));
	json_object_set_new(figures, "costs", json_array());
	for (unsigned kind = 0; kind < KIND_COUNT; kind++)
		json_array_append_new(json_object_get(figures, "costs"), compare((enum kind)kind));
	for (unsigned kind = 0; sizes && kind < KIND_COUNT; kind++)
		json_object_set_new(figures, kinds[kind].name, grow((enum kind)kind));
	fprintf(stderr, "load average while it ran: %.2f before", load[0]);
	getloadavg(load, 3);
	fprintf(stderr, ", %.2f after\n", load[0]);
	json_dumpf(figures, stdout, JSON_INDENT(1));
	putchar('\n');
	json_decref(figures);
	return 0;
}

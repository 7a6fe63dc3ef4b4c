/* SPDX-License-Identifier: MIT */
/*
 * How do several processes search together? They share a counter in memory, and each has a pipe on
 * which it sends what it finds. A process that dies is replaced: the program that it was running is
 * named, what else it had in hand is counted as lost.
 */
#include "fourtuple/squad.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "probe/frame.h"

enum { LINE_MAX_BYTES = 4 << 20, DEATHS_MAX = 20, TICK_MS = 100 };
#define HANG_S 20.0
#define PROGRESS_S 0.2

struct member {
	pid_t pid; /* 0: none */
	int input; /* -1: none */
	unsigned cpu;
	uint64_t beats;
	double beat_s; /* for telling that it hangs */
	struct ft_text in;
};

struct squad {
	const struct ft_squad_options *options;
	struct ft_squad_result *result;
	struct ft_search_shared *shared;
	unsigned n;
	struct member members[FT_SEARCH_WORKERS_MAX];
	double progress_s;
	uint64_t progress_programs;
	int signals; /* that were acted on */
	struct ft_err *err;
};

static volatile sig_atomic_t caught, caught_times;

static void on_signal(int number)
{
	caught = number;
	caught_times++;
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- starting ---- */

static void become_member(const struct squad *squad, unsigned i, int output)
{
	const struct ft_search_options options = {
		.plan = squad->options->plan,
		.shared = squad->shared,
		.tally = &squad->shared->tallies[i],
		.output = output,
		.cpu = (int)squad->members[i].cpu,
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned k = 0; k < squad->n; k++)
		if (squad->members[k].input >= 0)
			close(squad->members[k].input);
	exit(ft_search_main(&options));
}

static int start_member(struct squad *squad, unsigned i)
{
	struct member *m = &squad->members[i];
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return ft_err_errno(squad->err, -errno, "pipe");
	fflush(NULL);
	m->pid = fork();
	if (m->pid == 0) {
		close(ends[0]);
		become_member(squad, i, ends[1]);
	}
	close(ends[1]);
	if (m->pid < 0) {
		int failed = -errno;

		m->pid = 0;
		close(ends[0]);
		return ft_err_errno(squad->err, failed, "fork a process that searches");
	}
	m->input = ends[0];
	m->beat_s = now_s();
	ft_text_clear(&m->in);
	return 0;
}

static unsigned nth_cpu(const cpu_set_t *set, unsigned n)
{
	n %= (unsigned)CPU_COUNT(set);
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set) && n-- == 0)
			return cpu;
	return 0;
}

static int start_all(struct squad *squad)
{
	cpu_set_t set;
	int rc = 0;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) < 0 || CPU_COUNT(&set) == 0)
		CPU_SET(0, &set);
	squad->n = squad->options->workers ? squad->options->workers : (unsigned)CPU_COUNT(&set);
	if (squad->n > FT_SEARCH_WORKERS_MAX)
		squad->n = FT_SEARCH_WORKERS_MAX;
	for (unsigned i = 0; i < squad->n; i++) {
		squad->members[i] = (struct member){.input = -1, .cpu = nth_cpu(&set, i)};
		ft_text_init(&squad->members[i].in, LINE_MAX_BYTES);
	}
	for (unsigned i = 0; rc == 0 && i < squad->n; i++)
		rc = start_member(squad, i);
	return rc;
}

/* ---- hearing ---- */

static void note(struct squad *squad, const char *text)
{
	if (!squad->result->note[0])
		snprintf(squad->result->note, sizeof(squad->result->note), "%s", text);
}

static void take_line(struct squad *squad, const char *line, size_t len)
{
	json_t *object = json_loadb(line, len, 0, NULL);
	const char *text = json_string_value(json_object_get(object, "note"));

	if (text)
		note(squad, text);
	else
		squad->options->line(squad->options->arg, line, len);
	json_decref(object);
}

static void take_lines(struct squad *squad, struct member *m)
{
	size_t at = 0;
	char *end;

	while ((end = memchr(m->in.bytes + at, '\n', m->in.len - at))) {
		size_t len = (size_t)(end - (m->in.bytes + at));

		take_line(squad, m->in.bytes + at, len);
		at += len + 1;
	}
	memmove(m->in.bytes, m->in.bytes + at, m->in.len - at);
	m->in.len -= at;
}

static uint64_t count_of(const struct squad *squad, unsigned i, enum ft_search_count count)
{
	return atomic_load(&squad->shared->tallies[i].counts[count]);
}

/* What it had taken and did not finish is lost; the next process in its place starts from the
 * counter. Its tally goes on, so the loss is noted in it. */
static void died(struct squad *squad, unsigned i, int number)
{
	struct ft_search_tally *tally = &squad->shared->tallies[i];
	uint64_t working = atomic_exchange(&tally->working, 0);
	uint64_t done = count_of(squad, i, FT_SEARCH_PROGRAMS);
	char why[160];

	snprintf(why, sizeof(why),
		 "a process was killed by signal %d (%s) while it ran program %" PRIu64, number,
		 sigabbrev_np(number), working ? working - 1 : 0);
	note(squad, why);
	squad->result->deaths++;
	squad->result->lost += count_of(squad, i, FT_SEARCH_GIVEN) - done;
	atomic_store(&tally->counts[FT_SEARCH_GIVEN], done);
	if (!squad->signals && squad->result->deaths < DEATHS_MAX)
		start_member(squad, i);
}

static void bury(struct squad *squad, unsigned i)
{
	struct member *m = &squad->members[i];
	int status = 0;

	close(m->input);
	m->input = -1;
	while (waitpid(m->pid, &status, 0) < 0 && errno == EINTR)
		;
	m->pid = 0;
	if (WIFSIGNALED(status))
		died(squad, i, WTERMSIG(status));
	else if (WEXITSTATUS(status) == FT_WORKER_REFUSED)
		squad->result->refused = true;
	else if (WEXITSTATUS(status) != 0)
		squad->result->failed = true;
}

static void read_member(struct squad *squad, unsigned i)
{
	static char bytes[64 << 10];
	struct member *m = &squad->members[i];
	ssize_t n = read(m->input, bytes, sizeof(bytes));

	if (n < 0 && errno == EINTR)
		return;
	if (n <= 0) {
		bury(squad, i);
		return;
	}
	ft_text_bytes(&m->in, bytes, (size_t)n);
	if (m->in.failed)
		kill(m->pid, SIGKILL);
	else
		take_lines(squad, m);
}

/* ---- the loop ---- */

static void sum_up(const struct squad *squad, uint64_t counts[FT_SEARCH_COUNTS])
{
	memset(counts, 0, FT_SEARCH_COUNTS * sizeof(*counts));
	for (unsigned i = 0; i < squad->n; i++)
		for (unsigned count = 0; count < FT_SEARCH_COUNTS; count++)
			counts[count] += count_of(squad, i, count);
}

static void show_progress(struct squad *squad, double now)
{
	uint64_t counts[FT_SEARCH_COUNTS];
	double rate;

	if (!squad->options->progress || now - squad->progress_s < PROGRESS_S)
		return;
	sum_up(squad, counts);
	rate = (double)(counts[FT_SEARCH_PROGRAMS] - squad->progress_programs) /
	       (now - squad->progress_s);
	squad->progress_s = now;
	squad->progress_programs = counts[FT_SEARCH_PROGRAMS];
	squad->options->progress(squad->options->arg, counts, rate);
}

/* The first signal ends the taking of new programs; the second everything. */
static void obey(struct squad *squad)
{
	if (!caught_times || squad->signals == caught_times)
		return;
	squad->signals = caught_times;
	atomic_store(&squad->shared->stop, true);
	for (unsigned i = 0; squad->signals > 1 && i < squad->n; i++)
		if (squad->members[i].pid)
			kill(squad->members[i].pid, SIGTERM);
}

static void watch(struct squad *squad)
{
	double now = now_s();

	for (unsigned i = 0; i < squad->n; i++) {
		const struct ft_search_tally *tally = &squad->shared->tallies[i];
		struct member *m = &squad->members[i];
		uint64_t beats = atomic_load(&tally->beats);

		if (beats != m->beats || !atomic_load(&tally->working)) {
			m->beats = beats;
			m->beat_s = now;
		}
		if (m->pid && now - m->beat_s > HANG_S)
			kill(m->pid, SIGKILL);
	}
	obey(squad);
	show_progress(squad, now);
}

static void loop(struct squad *squad)
{
	for (;;) {
		struct pollfd fds[FT_SEARCH_WORKERS_MAX];
		bool any = false;
		int n;

		for (unsigned i = 0; i < squad->n; i++) {
			fds[i] = (struct pollfd){.fd = squad->members[i].input, .events = POLLIN};
			any = any || squad->members[i].pid;
		}
		if (!any)
			return;
		n = poll(fds, squad->n, TICK_MS);
		for (unsigned i = 0; n > 0 && i < squad->n; i++)
			if (fds[i].revents)
				read_member(squad, i);
		watch(squad);
	}
}

/* ---- the result ---- */

static struct ft_squad_reason *reason_row(struct ft_squad_result *result,
					  const struct ft_search_reason *reason)
{
	for (size_t i = 0; i < result->n_reasons; i++)
		if (result->reasons[i].of == reason->of &&
		    strcmp(result->reasons[i].text, reason->text) == 0)
			return &result->reasons[i];
	result->reasons[result->n_reasons].of = reason->of;
	result->reasons[result->n_reasons].n = 0;
	memcpy(result->reasons[result->n_reasons].text, reason->text, sizeof(reason->text));
	return &result->reasons[result->n_reasons++];
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = ((const struct ft_squad_reason *)a)->n;
	uint64_t y = ((const struct ft_squad_reason *)b)->n;

	return (x < y) - (x > y);
}

static int collect(struct squad *squad)
{
	struct ft_squad_result *result = squad->result;
	size_t n = 0;

	sum_up(squad, result->counts);
	result->next = atomic_load(&squad->shared->next);
	if (result->next > squad->options->plan->to)
		result->next = squad->options->plan->to;
	for (unsigned i = 0; i < squad->n; i++)
		n += squad->shared->tallies[i].n_reasons;
	result->reasons = calloc(n + 1, sizeof(*result->reasons));
	if (!result->reasons)
		return ft_err_set(squad->err, -ENOMEM, "no memory for the reasons");
	for (unsigned i = 0; i < squad->n; i++)
		for (unsigned k = 0; k < squad->shared->tallies[i].n_reasons; k++) {
			const struct ft_search_reason *reason =
				&squad->shared->tallies[i].reasons[k];

			reason_row(result, reason)->n += reason->n;
		}
	qsort(result->reasons, result->n_reasons, sizeof(*result->reasons), by_number);
	return 0;
}

static int run(struct squad *squad)
{
	int rc = start_all(squad), collected;

	if (rc < 0)
		atomic_store(&squad->shared->stop, true);
	loop(squad);
	collected = collect(squad);
	for (unsigned i = 0; i < squad->n; i++)
		ft_text_fini(&squad->members[i].in);
	return rc < 0 ? rc : collected;
}

int ft_squad_run(const struct ft_squad_options *options, struct ft_squad_result *ret,
		 struct ft_err *err)
{
	struct sigaction action = {.sa_handler = on_signal}, old[2];
	struct squad *squad = calloc(1, sizeof(*squad));
	double began = now_s();
	int rc;

	*ret = (struct ft_squad_result){.next = options->plan->from};
	if (!squad)
		return ft_err_set(err, -ENOMEM, "no memory for the processes");
	squad->options = options;
	squad->result = ret;
	squad->err = err;
	squad->progress_s = began;
	squad->shared = mmap(NULL, sizeof(*squad->shared), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (squad->shared == MAP_FAILED) {
		free(squad);
		return ft_err_errno(err, -errno, "mmap the memory that the processes share");
	}
	atomic_store(&squad->shared->next, options->plan->from);
	caught = caught_times = 0;
	sigaction(SIGINT, &action, &old[0]);
	sigaction(SIGTERM, &action, &old[1]);
	rc = run(squad);
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGTERM, &old[1], NULL);
	ret->signal = caught;
	ret->seconds = now_s() - began;
	munmap(squad->shared, sizeof(*squad->shared));
	free(squad);
	return rc;
}

void ft_squad_result_fini(struct ft_squad_result *result)
{
	free(result->reasons);
	result->reasons = NULL;
	result->n_reasons = 0;
}

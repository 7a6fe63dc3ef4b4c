/* SPDX-License-Identifier: MIT */
#include "fourtuple/crew.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fourtuple/child.h"
#include "probe/choose.h"

/* At a time; more of them where each has little to do but to wait for what a case waits for. */
enum { AT_ONCE = 2, AT_ONCE_QUICK = 6, ARGUMENTS_MAX = 16 };
/* Longer than a probe's own patience with its workers. */
#define STOP_NS 6000000000ULL
#define PROGRESS_NS 200000000ULL
#define FLUSH_NS 100000000ULL

/* A place for a running probe. */
struct seat {
	bool taken;
	struct ft_child child;
	struct ft_part part;
	uint64_t started_ns;
};

struct floor {
	struct ft_crew *crew;
	size_t next; /* source */
	size_t n_seats;
	struct seat seats[AT_ONCE_QUICK];
	uint64_t stopped_ns; /* when they were told to stop, 0 */
	uint64_t progress_ns, flushed_ns;
	struct ft_err *err;
	int rc;
};

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

/* ---- starting ---- */

/* The options that a probe program shares with us. */
struct arguments {
	char *argv[ARGUMENTS_MAX];
	char workers[32], repeat[32], fds[48], profile[600];
};

static void fill_arguments(struct arguments *a, const struct ft_source *source,
			   const struct ft_crew *crew)
{
	static char records[] = "--records", here[] = "--here", bare[] = "--no-capture",
		    match[] = "--match", quick[] = "--quick", full[] = "--full";
	const struct ft_session *session = crew->session;
	size_t n = 0;

	a->argv[n++] = (char *)source->path;
	a->argv[n++] = records;
	if (crew->savefile) {
		int file, count;

		ft_savefile_fds(crew->savefile, &file, &count);
		snprintf(a->fds, sizeof(a->fds), "--savefile-fds=%d,%d", file, count);
		a->argv[n++] = a->fds;
	} else {
		a->argv[n++] = bare;
	}
	if (session->workers) {
		snprintf(a->workers, sizeof(a->workers), "--workers=%u", session->workers);
		a->argv[n++] = a->workers;
	}
	if (session->repeat > 1) {
		snprintf(a->repeat, sizeof(a->repeat), "--repeat=%" PRIu32, session->repeat);
		a->argv[n++] = a->repeat;
	}
	if (session->here)
		a->argv[n++] = here;
	if (session->extent != FT_EXTENT_RUN)
		a->argv[n++] = session->extent == FT_EXTENT_FULL ? full : quick;
	if (session->profile) {
		snprintf(a->profile, sizeof(a->profile), "--profile=%s", session->profile);
		a->argv[n++] = a->profile;
	}
	if (session->match) {
		a->argv[n++] = match;
		a->argv[n++] = (char *)session->match;
	}
	a->argv[n] = NULL;
}

struct file_run {
	const struct ft_crew *crew;
	const struct ft_source *source;
};

/* In a child of ours: what a probe program would do. */
static int run_file(void *arg)
{
	const struct file_run *run = arg;
	struct ft_session session = *run->crew->session;
	struct ft_job job = run->source->job;
	struct ft_outcome outcome = {0};
	struct ft_err err = {0};
	int rc;

	session.records = true;
	session.report = session.pcap = NULL;
	if (run->crew->savefile)
		ft_savefile_fds(run->crew->savefile, &session.savefile_fd, &session.count_fd);
	job.repeat = session.repeat;
	job.match = session.match;
	rc = ft_choose_cases(&session, &job, &err);
	if (rc == 0)
		rc = ft_session_run(&session, &job, &outcome, &err);
	if (rc < 0)
		fprintf(stderr, "fourtuple: %s: %s\n", run->source->name, err.text);
	return ft_session_exit(&outcome, rc);
}

static void start(struct floor *floor, struct seat *seat)
{
	const struct ft_source *source = &floor->crew->sources->rows[floor->next++];
	struct file_run run = {floor->crew, source};
	struct ft_child_plan plan = {.path = source->path, .keep = {-1, -1}};
	struct arguments arguments;

	if (source->path) {
		fill_arguments(&arguments, source, floor->crew);
		plan.argv = arguments.argv;
		if (floor->crew->savefile)
			ft_savefile_fds(floor->crew->savefile, &plan.keep[0], &plan.keep[1]);
	} else {
		plan.function = run_file;
		plan.arg = &run;
	}
	seat->part = (struct ft_part){.merge = floor->crew->merge, .name = source->name};
	seat->started_ns = ft_child_now_ns();
	floor->rc = ft_child_start(&seat->child, &plan, floor->err);
	seat->taken = floor->rc == 0;
}

/* ---- the loop ---- */

static void finish(struct floor *floor, struct seat *seat)
{
	bool stopped = floor->stopped_ns != 0;

	ft_child_end(&seat->child);
	seat->taken = false;
	ft_merge_end(&seat->part, seat->child.status, stopped);
	if (floor->crew->ended)
		floor->crew->ended(floor->crew->arg, &seat->part,
				   ft_child_now_ns() - seat->started_ns);
}

static void tell_to_stop(struct floor *floor, int number)
{
	for (size_t i = 0; i < floor->n_seats; i++)
		if (floor->seats[i].taken && floor->seats[i].child.pid)
			kill(floor->seats[i].child.pid, number);
}

/* While no line comes, nobody else writes what the report still holds back. */
static void flush_report(struct floor *floor, uint64_t now)
{
	struct ft_merge *merge = floor->crew->merge;

	if (!merge->report || merge->rc < 0 || now - floor->flushed_ns < FLUSH_NS)
		return;
	floor->flushed_ns = now;
	merge->rc = ft_report_flush(merge->report, &merge->err);
}

/* A signal is passed on as it is; a report that cannot be written ends the work just as well. */
static void watch(struct floor *floor)
{
	uint64_t now = ft_child_now_ns();

	flush_report(floor, now);
	if (floor->rc == 0 && floor->crew->merge->rc < 0)
		floor->rc = ft_err_set(floor->err, floor->crew->merge->rc, "%s",
				       floor->crew->merge->err.text);
	if (!floor->stopped_ns && (caught || floor->rc < 0)) {
		floor->stopped_ns = now;
		tell_to_stop(floor, caught ? caught : SIGTERM);
	} else if (floor->stopped_ns && now - floor->stopped_ns > STOP_NS) {
		tell_to_stop(floor, SIGKILL);
	}
	if (!floor->crew->session->quiet && now - floor->progress_ns > PROGRESS_NS &&
	    isatty(STDERR_FILENO)) {
		floor->progress_ns = now;
		fprintf(stderr, "\r\033[K%" PRIu64 " cases, probe %zu of %zu",
			floor->crew->merge->outcome.counts.cases, floor->next,
			floor->crew->sources->n);
	}
}

static void wait_for_lines(struct floor *floor)
{
	struct pollfd fds[AT_ONCE_QUICK];
	int timeout = 100;

	for (size_t i = 0; i < floor->n_seats; i++) {
		const struct seat *seat = &floor->seats[i];

		fds[i] = (struct pollfd){.fd = seat->taken ? seat->child.fd : -1, .events = POLLIN};
		if (seat->taken && seat->child.fd < 0)
			timeout = 2; /* its end is near */
	}
	if (poll(fds, floor->n_seats, timeout) <= 0)
		return;
	for (size_t i = 0; i < floor->n_seats; i++) {
		struct seat *seat = &floor->seats[i];

		if (!fds[i].revents || ft_child_read(&seat->child, ft_merge_line, &seat->part))
			continue;
		ft_merge_note(seat->part.merge, "probe %s printed a line of more than 64 MiB",
			      seat->part.name);
		seat->part.merge->outcome.failed = true;
		kill(seat->child.pid, SIGKILL);
		ft_text_clear(&seat->child.in);
	}
}

/* True while anything runs or is to be run. */
static bool turn(struct floor *floor)
{
	bool any = false;

	for (size_t i = 0; i < floor->n_seats; i++) {
		struct seat *seat = &floor->seats[i];

		if (seat->taken && ft_child_done(&seat->child))
			finish(floor, seat);
		if (!seat->taken && !floor->stopped_ns && !caught && floor->rc == 0 &&
		    floor->next < floor->crew->sources->n)
			start(floor, seat);
		any |= seat->taken;
	}
	return any || (floor->next < floor->crew->sources->n && !floor->stopped_ns && !caught &&
		       floor->rc == 0);
}

int ft_crew_run(struct ft_crew *crew, struct ft_err *err)
{
	struct sigaction action = {.sa_handler = on_signal}, old[2];
	bool quick = crew->session->extent == FT_EXTENT_QUICK;
	struct floor floor = {.crew = crew, .n_seats = quick ? AT_ONCE_QUICK : AT_ONCE, .err = err};
	uint64_t began = ft_child_now_ns();

	caught = 0;
	sigaction(SIGINT, &action, &old[0]);
	sigaction(SIGTERM, &action, &old[1]);
	while (turn(&floor)) {
		wait_for_lines(&floor);
		watch(&floor);
	}
	watch(&floor);
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGTERM, &old[1], NULL);
	crew->merge->outcome.signal = caught;
	crew->merge->outcome.elapsed_ns = ft_child_now_ns() - began;
	ft_session_progress_clear();
	return floor.rc;
}

/* SPDX-License-Identifier: MIT */
#include "probe/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "probe/packets.h"
#include "probe/repeat.h"

enum { LINES_MAX = 512 << 20, LINES_FLUSH = 64 << 10, TICK_US = 10000 };

struct worker {
	const struct ft_worker_options *options;
	struct ft_sandbox sandbox;
	struct ft_engine *engine;
	struct ft_record_writer *writer;
	struct ft_judge *judge;
	struct ft_repeats *repeats; /* NULL unless cases are repeated */
	struct ft_text lines;
	struct ft_counts counts; /* since the last frame of records */
	struct ft_capture_count capture;
	size_t n_ids, size_ids;
	uint64_t *ids;
	struct ft_chunk chunk; /* being worked on */
	uint32_t repetition;   /* of its first case */
	bool requested, no_more;
	bool unlisted;        /* told once */
	bool capturing;       /* until it turned out not to be permitted */
	struct ft_batch bare; /* ended without packets to wait for */
	struct ft_text scratch;
	uint64_t flushed_ns;
	struct ft_err err; /* the first error that ends the work */
};

static volatile sig_atomic_t stopping;

static void on_stop(int number)
{
	(void)number;
	stopping = 1;
}

/* The tick. Only there to interrupt a call that sleeps: connect(2) to somebody who does not answer,
 * close(2) with SO_LINGER. */
static void on_tick(int number)
{
	(void)number;
}

/* ---- the socket ---- */

static int send_all(int fd, struct iovec *iov, int n)
{
	while (n) {
		ssize_t sent = writev(fd, iov, n);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return -errno;
		while (n && (size_t)sent >= iov->iov_len) {
			sent -= (ssize_t)iov->iov_len;
			iov++;
			n--;
		}
		if (n) {
			iov->iov_base = (char *)iov->iov_base + sent;
			iov->iov_len -= (size_t)sent;
		}
	}
	return 0;
}

/* Copies record lines to a free slot. Returns which, + 1; 0 where there is none for them. */
static uint16_t fill_slot(struct ft_shared *shared, const char *text, size_t len)
{
	for (uint16_t i = 0; len <= FT_SLOT_BYTES && i < FT_SLOTS; i++) {
		if (atomic_load_explicit(&shared->filled[i], memory_order_acquire))
			continue;
		memcpy(shared->slots[i], text, len);
		atomic_store_explicit(&shared->filled[i], true, memory_order_release);
		return (uint16_t)(i + 1);
	}
	return 0;
}

/* Counts travel with the records that they count: what a dying worker did not deliver was not
 * counted either. */
static int send_frame(struct worker *w, enum ft_frame_kind kind, int64_t code, const char *text,
		      size_t len)
{
	struct ft_frame frame = {.magic = FT_FRAME_MAGIC,
				 .kind = (uint16_t)kind,
				 .len = len,
				 .code = code};
	struct iovec iov[3] = {{&frame, sizeof(frame)},
			       {w->ids, 0},
			       {(void *)(uintptr_t)text, len}};

	if (kind == FT_FRAME_RECORDS) {
		frame.n_ids = w->n_ids;
		frame.counts = w->counts;
		frame.capture = w->capture;
		frame.slot = fill_slot(w->options->shared, text, len);
		iov[1].iov_len = w->n_ids * sizeof(*w->ids);
		if (frame.slot)
			iov[2].iov_len = 0;
		w->n_ids = 0;
		w->counts = (struct ft_counts){0};
		w->capture = (struct ft_capture_count){0};
	}
	return send_all(w->options->socket, iov, 3);
}

static void tell(struct worker *w, enum ft_frame_kind kind, const struct ft_err *err)
{
	send_frame(w, kind, err->code, err->text, strlen(err->text));
}

static void note(struct worker *w, const struct ft_err *err)
{
	tell(w, FT_FRAME_NOTE, err);
}

static void flush_lines(struct worker *w)
{
	struct timespec t;

	if (w->n_ids || w->lines.len)
		send_frame(w, FT_FRAME_RECORDS, 0, ft_text_get(&w->lines), w->lines.len);
	ft_text_clear(&w->lines);
	clock_gettime(CLOCK_MONOTONIC, &t);
	w->flushed_ns = (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

/* ---- reporting ---- */

static bool add_id(struct worker *w, uint64_t id)
{
	if (w->n_ids == w->size_ids) {
		size_t size = w->size_ids ? 2 * w->size_ids : 1024;
		uint64_t *grown = realloc(w->ids, size * sizeof(*grown));

		if (!grown)
			return false;
		w->ids = grown;
		w->size_ids = size;
	}
	w->ids[w->n_ids++] = id;
	return true;
}

static void report(struct worker *w, struct ft_run *run)
{
	struct ft_record *record = &run->record;
	struct ft_err err;

	ft_err_clear(&err);
	record->probe = w->options->job->probe;
	if (record->unlisted && !w->unlisted) {
		ft_err_set(&err, -EPROTONOSUPPORT,
			   "sock_diag is not to be had here: 4-tuples have two witnesses");
		note(w, &err);
		w->unlisted = true;
	}
	ft_judge_record(w->judge, record);
	if (w->options->job->examine)
		w->options->job->examine(record);
	if (w->repeats && !ft_repeats_complete(w->repeats, run->id, record))
		return;
	ft_counts_record(&w->counts, record);
	if (ft_record_write(w->writer, record, &w->lines, &err) < 0) {
		note(w, &err);
		return;
	}
	if (!add_id(w, run->id))
		ft_err_set(&w->err, -ENOMEM, "no memory for case numbers");
}

static void report_batch(struct worker *w, const struct ft_batch *batch)
{
	for (struct ft_run *run = batch->first, *next; run; run = next) {
		next = run->next;
		report(w, run);
		ft_engine_release(w->engine, run);
		if (w->lines.len >= LINES_FLUSH)
			flush_lines(w);
	}
}

static void report_bare(struct worker *w)
{
	report_batch(w, &w->bare);
	w->bare = (struct ft_batch){0};
}

/* ---- the engine's hooks ---- */

/* Asks for the next chunk ahead of time, so that its arrival is not waited for. */
static int take_chunk(struct worker *w)
{
	ssize_t n;

	if (!w->requested && send_frame(w, FT_FRAME_REQUEST, 0, "", 0) < 0)
		return 0;
	w->requested = false;
	do {
		n = recv(w->options->socket, &w->chunk, sizeof(w->chunk), MSG_WAITALL);
	} while (n < 0 && errno == EINTR && !stopping);
	if (n != sizeof(w->chunk) || w->chunk.n == 0) {
		w->no_more = true;
		return 0;
	}
	w->repetition = 0;
	w->requested = send_frame(w, FT_FRAME_REQUEST, 0, "", 0) == 0;
	return 1;
}

/* One case is done with: all its repetitions were given out, or it does not match. */
static void next_number(struct worker *w)
{
	w->repetition = 0;
	w->chunk.first++;
	w->chunk.n--;
}

static int next_case(void *arg, struct ft_run *run)
{
	struct worker *w = arg;
	const struct ft_job *job = w->options->job;
	int rc;

	for (;;) {
		if (stopping || w->err.code || w->no_more)
			return 0;
		if (w->chunk.n == 0 && !take_chunk(w))
			return 0;
		run->id = w->chunk.first;
		rc = ft_job_case(job, run->id, &run->c);
		if (rc < 0)
			return rc;
		if (ft_job_matches(job, &run->c, &w->scratch))
			break;
		next_number(w);
		if (!add_id(w, run->id))
			return -ENOMEM;
	}
	if (++w->repetition == job->repeat)
		next_number(w);
	return 1;
}

static void working(void *arg, const struct ft_run *run, bool now)
{
	struct ft_shared *shared = ((struct worker *)arg)->options->shared;

	atomic_store_explicit(&shared->working, now ? run->id + 1 : 0, memory_order_relaxed);
	/* Nobody else writes it: no locked instruction is needed. */
	atomic_store_explicit(&shared->beats,
			      atomic_load_explicit(&shared->beats, memory_order_relaxed) + 1,
			      memory_order_relaxed);
}

static void done(void *arg, struct ft_run *run)
{
	struct worker *w = arg;

	if (run->place && run->place->capture)
		ft_packets_add(run->place->capture, run);
	else
		ft_batch_add(&w->bare, run);
}

/* Without permission to capture, the calls are still measured; the pool is told once. */
static int place_open(void *arg, struct ft_place *place, struct ft_err *err)
{
	struct worker *w = arg;
	struct ft_err why = {0};
	int rc;

	if (!w->capturing)
		return 0;
	rc = ft_packets_open(w->engine, place, w->options->savefile, w->options->ring_bytes, &why);
	if (rc == -EPERM || rc == -EACCES) {
		w->capturing = false;
		tell(w, FT_FRAME_UNCAPTURED, &why);
		ft_packets_close(w->engine, place, &w->capture, &why);
		return 0;
	}
	if (rc < 0)
		return ft_err_set(err, rc, "%s", why.text);
	return 0;
}

static void place_turn(void *arg, struct ft_place *place, bool idle)
{
	struct worker *w = arg;
	struct ft_err err = {0};
	struct ft_batch batch;

	if (!place->capture)
		return;
	batch = ft_packets_turn(w->engine, place, idle || place->retired, &err);
	report_batch(w, &batch);
	if (err.code && !w->err.code) {
		note(w, &err);
		w->err = err; /* told once; ends the work: the proof is no longer complete */
	}
}

static bool place_close(void *arg, struct ft_place *place)
{
	struct worker *w = arg;
	struct ft_err err = {0};

	if (!place->capture)
		return true;
	if (!ft_packets_idle(place->capture))
		return false;
	ft_packets_close(w->engine, place, &w->capture, &err);
	if (err.code)
		note(w, &err);
	return true;
}

static void turn(void *arg)
{
	struct worker *w = arg;
	struct timespec t;

	if (w->bare.n)
		report_bare(w);
	clock_gettime(CLOCK_MONOTONIC, &t);
	if ((uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec > w->flushed_ns + 100000000U)
		flush_lines(w);
}

static bool stop(void *arg)
{
	return stopping || ((struct worker *)arg)->err.code;
}

/* ---- the process ---- */

static int set_signals(void)
{
	const struct itimerval tick = {{0, TICK_US}, {0, TICK_US}};
	struct sigaction action = {.sa_handler = on_stop};

	sigaction(SIGTERM, &action, NULL);
	action.sa_handler = SIG_IGN; /* a terminal's ^C goes to all: the pool decides */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGPIPE, &action, NULL);
	action.sa_handler = on_tick;
	sigaction(SIGALRM, &action, NULL);
	return setitimer(ITIMER_REAL, &tick, NULL);
}

/* A case may need thousands of descriptors; the soft limit is ours to raise (getrlimit(2)). */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int set_up(struct worker *w)
{
	const struct ft_worker_options *options = w->options;
	const struct ft_engine_options engine_options = {
		.sandbox = &w->sandbox,
		.cpu = options->cpu,
		.in_flight_max = options->in_flight,
		.steer = options->steer,
		.listed = true,
	};
	const struct ft_engine_hooks hooks = {
		.arg = w,
		.next = next_case,
		.working = working,
		.done = done,
		.place_open = place_open,
		.place_turn = place_turn,
		.place_close = place_close,
		.turn = turn,
		.stop = stop,
	};

	set_signals();
	raise_descriptors();
	if (options->job->repeat > 1 && !(w->repeats = ft_repeats_new(options->job->repeat)))
		return ft_err_set(&w->err, -ENOMEM, "no memory for repeated outcomes");
	w->writer = ft_record_writer_new();
	w->judge = ft_judge_new(options->kernels);
	if (!w->writer || !w->judge)
		return ft_err_set(&w->err, -ENOMEM, "no memory for a record writer and a judge");
	return ft_engine_new(&engine_options, &hooks, &w->engine, &w->err);
}

int ft_worker_main(const struct ft_worker_options *options)
{
	struct worker w = {.options = options, .capturing = options->capture};
	struct ft_err err = {0};
	enum ft_stage stage;
	int rc;

	w.sandbox.here = options->here;
	if (ft_sandbox_enter(&w.sandbox, &stage, &w.err) < 0) {
		w.err.code = -EPERM; /* a namespace limit says ENOSPC: that is no full disk */
		note(&w, &w.err);
		return FT_WORKER_REFUSED;
	}
	ft_text_init(&w.lines, LINES_MAX);
	ft_text_init(&w.scratch, FT_CASE_TEXT_MAX);
	rc = set_up(&w);
	if (rc == 0)
		rc = ft_engine_work(w.engine, &err);
	if (rc < 0 && rc != -EINTR)
		note(&w, w.err.code ? &w.err : &err);
	report_bare(&w);
	flush_lines(&w);
	send_frame(&w, FT_FRAME_RECORDS, 0, "", 0); /* what was counted since */
	ft_engine_free(w.engine);
	ft_record_writer_free(w.writer);
	ft_judge_free(w.judge);
	ft_repeats_free(w.repeats);
	ft_text_fini(&w.lines);
	ft_text_fini(&w.scratch);
	free(w.ids);
	return rc < 0 && rc != -EINTR ? FT_WORKER_FAILED : 0;
}

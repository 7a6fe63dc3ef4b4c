/* SPDX-License-Identifier: MIT */
#include "probe/pool.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/steer.h"
#include "probe/chunks.h"
#include "probe/frame.h"
#include "probe/worker.h"

enum { WORKERS_MAX = 64, OWN_PER_CPU = 3, OWN_MAX = 12, OWN_IN_FLIGHT = 48 };
/* Room for some 640 and 2,500 packets. The engine makes at most FT_TURN_PACKETS_MOST by its calls
 * before the ring is emptied, and a ring that is no larger stays in the CPU's cache. Where cases
 * wait, the timers of their sockets send, too, also while the worker gets no CPU. */
enum { RING = 128 << 10, OWN_RING = 512 << 10 };
enum { RECEIVE = 128 << 10, FLUSH_MS = 100 };
enum { FRAME_MAX = 600 << 20, DEATHS_MAX = 1000 };
#define NS_PER_MS 1000000ULL
#define HANG_NS 20000000000ULL
#define STOP_NS 3000000000ULL

/* A worker process as the pool sees it. */
struct worker {
	pid_t pid; /* 0: none */
	int socket;
	bool own;     /* takes the cases of the second queue */
	bool wants;   /* has asked for a chunk and waits */
	bool retired; /* was told that there is no more */
	bool entered; /* has delivered something */
	unsigned cpu;
	struct ft_shared *shared;
	uint64_t beats, beat_ns; /* for telling that it hangs */
	struct ft_text in;       /* what has arrived of a frame */
};

struct pool {
	const struct ft_job *job;
	const struct ft_pool_options *options;
	struct ft_outcome *outcome;
	struct ft_steer_programs steer;
	struct ft_queue queues[2]; /* back to back; of their own */
	unsigned n_workers;
	struct worker workers[WORKERS_MAX];
	struct ft_shared *shared;
	struct ft_record_writer *writer;
	struct ft_record record;
	struct ft_case c;
	uint64_t stopped_ns; /* when the workers were told to stop, 0 */
	uint64_t progress_ns;
	uint64_t flush_ns; /* when it is time again */
	struct ft_err *err;
	int rc;
};

static volatile sig_atomic_t caught;

static void on_signal(int number)
{
	caught = number;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static void add_note(struct ft_outcome *outcome, const char *text)
{
	for (size_t i = 0; i < outcome->n_notes; i++)
		if (strcmp(outcome->notes[i], text) == 0)
			return;
	if (outcome->n_notes < FT_POOL_NOTES)
		snprintf(outcome->notes[outcome->n_notes++], sizeof(outcome->notes[0]), "%s", text);
}

/* ---- starting workers ---- */

static void become_worker(struct pool *pool, struct worker *w, int socket)
{
	const struct ft_worker_options options = {
		.job = pool->job,
		.savefile = pool->options->savefile,
		.steer = &pool->steer,
		.shared = w->shared,
		.socket = socket,
		.cpu = (int)w->cpu,
		.here = pool->options->here,
		.kernels = pool->options->kernels,
		.capture = pool->options->capture,
		.in_flight = w->own ? OWN_IN_FLIGHT : 0,
		.ring_bytes = w->own ? OWN_RING : RING,
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned i = 0; i < pool->n_workers; i++)
		if (pool->workers[i].socket >= 0)
			close(pool->workers[i].socket);
	exit(ft_worker_main(&options));
}

static int start_worker(struct pool *pool, struct worker *w)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return ft_err_errno(pool->err, -errno, "socketpair");
	atomic_store(&w->shared->working, 0);
	for (unsigned i = 0; i < FT_SLOTS; i++)
		atomic_store(&w->shared->filled[i], false);
	fflush(NULL);
	w->pid = fork();
	if (w->pid < 0) {
		int failed = -errno;

		w->pid = 0;
		close(pair[0]);
		close(pair[1]);
		return ft_err_errno(pool->err, failed, "fork a worker");
	}
	if (w->pid == 0) {
		close(pair[0]);
		become_worker(pool, w, pair[1]);
	}
	close(pair[1]);
	w->socket = pair[0];
	w->wants = w->retired = w->entered = false;
	w->beat_ns = now_ns();
	ft_text_clear(&w->in);
	return 0;
}

/* The CPUs that we may use, in turn. */
static unsigned nth_cpu(const cpu_set_t *set, unsigned n)
{
	unsigned count = (unsigned)CPU_COUNT(set);

	n %= count;
	for (unsigned cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set) && n-- == 0)
			return cpu;
	return 0;
}

static int start_workers(struct pool *pool)
{
	unsigned n = pool->options->workers, own;
	cpu_set_t set;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) < 0 || CPU_COUNT(&set) == 0)
		CPU_SET(0, &set);
	if (n == 0)
		n = (unsigned)CPU_COUNT(&set);
	if (n > WORKERS_MAX - OWN_MAX)
		n = WORKERS_MAX - OWN_MAX;
	own = n * OWN_PER_CPU > OWN_MAX ? OWN_MAX : n * OWN_PER_CPU;
	n = ft_queue_left(&pool->queues[0]) ? n : 0;
	if (!ft_queue_left(&pool->queues[1]))
		own = 0;
	pool->n_workers = n + own;
	for (unsigned i = 0; i < pool->n_workers; i++)
		pool->workers[i] = (struct worker){.socket = -1,
						   .own = i >= n,
						   .cpu = nth_cpu(&set, i),
						   .shared = &pool->shared[i]};
	for (unsigned i = 0; i < pool->n_workers; i++)
		ft_text_init(&pool->workers[i].in, FRAME_MAX);
	for (unsigned i = 0; i < pool->n_workers && pool->rc >= 0; i++)
		pool->rc = start_worker(pool, &pool->workers[i]);
	return pool->rc;
}

/* ---- what workers say ---- */

static void give_chunk(struct pool *pool, struct worker *w)
{
	struct ft_chunk chunk = {0};

	w->wants = false;
	if (!pool->stopped_ns)
		ft_queue_take(&pool->queues[w->own], (unsigned)(w - pool->workers), &chunk);
	w->retired = chunk.n == 0;
	if (send(w->socket, &chunk, sizeof(chunk), MSG_NOSIGNAL) < 0)
		w->retired = true; /* it is dying: its end is seen elsewhere */
}

static void add_capture(struct ft_capture_count *sum, const struct ft_capture_count *more)
{
	sum->expected += more->expected;
	sum->seen += more->seen;
	sum->dropped += more->dropped;
	sum->bytes += more->bytes;
	sum->undecoded += more->undecoded;
}

static void deliver(struct pool *pool, const char *lines, size_t len)
{
	if (len && pool->rc >= 0)
		pool->rc = pool->options->lines(pool->options->arg, lines, len, pool->err);
}

static void take_note(struct pool *pool, const struct ft_frame *frame, const char *text)
{
	char note[sizeof(pool->err->text)];

	snprintf(note, sizeof(note), "%.*s",
		 (int)(frame->len < sizeof(note) ? frame->len : sizeof(note) - 1), text);
	add_note(pool->outcome, note);
	if (frame->kind == FT_FRAME_UNCAPTURED)
		pool->outcome->uncaptured = true;
	else if (pool->rc >= 0 && frame->code == -ENOSPC)
		pool->rc = ft_err_set(pool->err, (int)frame->code, "%s", note);
}

static void take_frame(struct pool *pool, struct worker *w, const struct ft_frame *frame,
		       const char *body)
{
	const char *text = frame->slot ? w->shared->slots[frame->slot - 1]
				       : body + frame->n_ids * sizeof(uint64_t);

	w->entered = true;
	ft_counts_add(&pool->outcome->counts, &frame->counts);
	add_capture(&pool->outcome->capture, &frame->capture);
	switch (frame->kind) {
	case FT_FRAME_REQUEST:
		give_chunk(pool, w);
		break;
	case FT_FRAME_NOTE:
	case FT_FRAME_UNCAPTURED:
		take_note(pool, frame, text);
		break;
	default:
		for (uint64_t i = 0; i < frame->n_ids; i++) {
			uint64_t id;

			memcpy(&id, body + i * sizeof(id), sizeof(id));
			ft_queue_done(&pool->queues[w->own], (unsigned)(w - pool->workers), id);
		}
		deliver(pool, text, frame->len);
		if (frame->slot)
			atomic_store_explicit(&w->shared->filled[frame->slot - 1], false,
					      memory_order_release);
		break;
	}
}

static bool is_frame(const struct ft_frame *frame)
{
	if (frame->magic != FT_FRAME_MAGIC || frame->n_ids > FRAME_MAX / sizeof(uint64_t))
		return false;
	return frame->slot ? frame->slot <= FT_SLOTS && frame->len <= FT_SLOT_BYTES
			   : frame->len <= FRAME_MAX;
}

/* Takes the complete frames out of what has arrived. False: this is no frame. */
static bool take_frames(struct pool *pool, struct worker *w)
{
	size_t at = 0;

	while (w->in.len - at >= sizeof(struct ft_frame)) {
		struct ft_frame frame;
		uint64_t size;

		memcpy(&frame, w->in.bytes + at, sizeof(frame));
		if (!is_frame(&frame))
			return false;
		size = sizeof(frame) + frame.n_ids * sizeof(uint64_t) +
		       (frame.slot ? 0 : frame.len);
		if (w->in.len - at < size)
			break;
		take_frame(pool, w, &frame, w->in.bytes + at + sizeof(frame));
		at += size;
	}
	w->in.len -= at;
	if (at && w->in.len)
		memmove(w->in.bytes, w->in.bytes + at, w->in.len);
	return true;
}

/* ---- the end of a worker ---- */

/* The case that was being run when its worker died, as a record. */
static void report_broken(struct pool *pool, uint64_t id, const char *why)
{
	struct ft_text line;

	ft_text_init(&line, FT_CASE_TEXT_MAX);
	if (ft_job_case(pool->job, id, &pool->c) == 0) {
		ft_record_clear(&pool->record, &pool->c, pool->job->probe);
		pool->record.verdict = FT_VERDICT_BROKEN;
		snprintf(pool->record.reason, sizeof(pool->record.reason), "%s", why);
		ft_counts_record(&pool->outcome->counts, &pool->record);
		if (ft_record_write(pool->writer, &pool->record, &line, pool->err) == 0)
			deliver(pool, line.bytes, line.len);
	}
	ft_text_fini(&line);
}

static void bury(struct pool *pool, struct worker *w)
{
	struct ft_queue *queue = &pool->queues[w->own];
	unsigned number = (unsigned)(w - pool->workers);
	uint64_t working = atomic_load(&w->shared->working);
	char why[96];
	int status = 0;

	close(w->socket);
	w->socket = -1;
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	w->pid = 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return;
	if (WIFEXITED(status)) { /* it has said why in a note */
		pool->outcome->unmeasurable |= WEXITSTATUS(status) == FT_WORKER_REFUSED;
		pool->outcome->failed |= WEXITSTATUS(status) != FT_WORKER_REFUSED;
		w->retired = true;
		return;
	}
	if (pool->stopped_ns) /* it was told to stop, and killed where it did not */
		return;
	pool->outcome->deaths++;
	snprintf(why, sizeof(why), "the worker was killed by signal %d (%s) while it ran this case",
		 WTERMSIG(status), sigabbrev_np(WTERMSIG(status)));
	if (working && ft_queue_done(queue, number, working - 1))
		report_broken(pool, working - 1, why);
	ft_queue_give_back(queue, number);
	if (pool->rc >= 0 && pool->outcome->deaths < DEATHS_MAX && ft_queue_left(queue))
		pool->rc = start_worker(pool, w);
}

static void read_worker(struct pool *pool, struct worker *w)
{
	char *at = ft_text_reserve(&w->in, RECEIVE);
	ssize_t n = at ? recv(w->socket, at, RECEIVE, 0) : -1;

	if (at && n < 0 && errno == EINTR)
		return;
	if (n > 0) {
		ft_text_wrote(&w->in, at + n);
		if (take_frames(pool, w))
			return;
	}
	if (n > 0 || !at)
		kill(w->pid, SIGKILL);
	bury(pool, w);
}

/* ---- the loop ---- */

static void tell_to_stop(struct pool *pool)
{
	pool->stopped_ns = now_ns();
	for (unsigned i = 0; i < pool->n_workers; i++)
		if (pool->workers[i].pid)
			kill(pool->workers[i].pid, SIGTERM);
}

/* A worker whose case shows no life is killed; so are those that do not stop when told. */
static void watch(struct pool *pool)
{
	uint64_t now = now_ns();

	for (unsigned i = 0; i < pool->n_workers; i++) {
		struct worker *w = &pool->workers[i];
		uint64_t beats = atomic_load(&w->shared->beats);

		if (!w->pid)
			continue;
		if (beats != w->beats || !atomic_load(&w->shared->working)) {
			w->beats = beats;
			w->beat_ns = now;
		}
		if (now - w->beat_ns > HANG_NS ||
		    (pool->stopped_ns && now - pool->stopped_ns > STOP_NS))
			kill(w->pid, SIGKILL);
	}
	if ((caught || pool->rc < 0) && !pool->stopped_ns)
		tell_to_stop(pool);
	if (now >= pool->flush_ns) {
		pool->flush_ns = now + FLUSH_MS * NS_PER_MS;
		if (pool->options->flush && pool->rc >= 0)
			pool->rc = pool->options->flush(pool->options->arg, pool->err);
	}
	if (pool->options->progress && now - pool->progress_ns > 200000000U) {
		pool->progress_ns = now;
		pool->options->progress(pool->options->arg, &pool->outcome->counts,
					pool->job->total);
	}
}

static bool any_alive(const struct pool *pool)
{
	for (unsigned i = 0; i < pool->n_workers; i++)
		if (pool->workers[i].pid)
			return true;
	return false;
}

/* At most until the next flush; rounded up, lest the last part of a millisecond is polled away. */
static int wait_ms(const struct pool *pool)
{
	uint64_t now = now_ns();

	return now < pool->flush_ns ? (int)((pool->flush_ns - now) / NS_PER_MS) + 1 : 0;
}

static void loop(struct pool *pool)
{
	while (any_alive(pool)) {
		struct pollfd fds[WORKERS_MAX];
		int n;

		for (unsigned i = 0; i < pool->n_workers; i++)
			fds[i] = (struct pollfd){.fd = pool->workers[i].socket, .events = POLLIN};
		n = poll(fds, pool->n_workers, wait_ms(pool));
		for (unsigned i = 0; n > 0 && i < pool->n_workers; i++)
			if (fds[i].revents)
				read_worker(pool, &pool->workers[i]);
		watch(pool);
	}
}

/* Extended BPF programs cannot be loaded inside of the sandbox, so all that the job names are
 * loaded before it is entered. */
static void load_programs(struct pool *pool)
{
	if (!(pool->job->needs & FT_NEED_PRIVILEGED_BPF))
		return;
	for (uint64_t i = 0; i < pool->job->cases; i++)
		if (ft_job_case(pool->job, i, &pool->c) == 0)
			ft_steer_load(&pool->steer, &pool->c);
}

static int prepare(struct pool *pool)
{
	unsigned workers = pool->options->workers ? pool->options->workers : 2;

	pool->shared = mmap(NULL, WORKERS_MAX * sizeof(*pool->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (pool->shared == MAP_FAILED)
		return ft_err_errno(pool->err, -errno, "mmap the workers' shared memory");
	pool->writer = ft_record_writer_new();
	if (!pool->writer)
		return ft_err_set(pool->err, -ENOMEM, "no memory for a record writer");
	return ft_queues_fill(pool->queues, pool->job, workers, pool->err);
}

int ft_pool_run(const struct ft_job *job, const struct ft_pool_options *options,
		struct ft_outcome *ret, struct ft_err *err)
{
	struct sigaction action = {.sa_handler = on_signal}, old[2];
	struct pool *pool = calloc(1, sizeof(*pool));
	uint64_t began = now_ns();
	int rc;

	memset(ret, 0, sizeof(*ret));
	if (!pool)
		return ft_err_set(err, -ENOMEM, "no memory for the workers");
	pool->job = job;
	pool->options = options;
	pool->outcome = ret;
	pool->err = err;
	if (options->note)
		add_note(ret, options->note);
	ft_case_init(&pool->c);
	ft_record_init(&pool->record);
	caught = 0;
	sigaction(SIGINT, &action, &old[0]);
	sigaction(SIGTERM, &action, &old[1]);
	pool->rc = prepare(pool);
	load_programs(pool);
	if (pool->rc >= 0 && start_workers(pool) < 0)
		tell_to_stop(pool);
	loop(pool);
	sigaction(SIGINT, &old[0], NULL);
	sigaction(SIGTERM, &old[1], NULL);
	ret->elapsed_ns = now_ns() - began;
	ret->signal = caught;
	rc = pool->rc;
	for (unsigned i = 0; i < pool->n_workers; i++)
		ft_text_fini(&pool->workers[i].in);
	ft_queues_free(pool->queues);
	ft_steer_unload(&pool->steer);
	ft_record_writer_free(pool->writer);
	ft_record_fini(&pool->record);
	ft_case_fini(&pool->c);
	if (pool->shared && pool->shared != MAP_FAILED)
		munmap(pool->shared, WORKERS_MAX * sizeof(*pool->shared));
	free(pool);
	return rc;
}

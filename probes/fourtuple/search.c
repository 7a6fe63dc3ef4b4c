/* SPDX-License-Identifier: MIT */
/*
 * How does one process search? The engine asks for the next program, and hands back what came of
 * it; programs of a hunt come first, then the next number.
 */
#include "fourtuple/search.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "engine/engine.h"
#include "explore/hunt.h"
#include "fourtuple/search_line.h"
#include "probe/frame.h"
#include "reports/match.h"

enum { CHUNK = 64, IN_FLIGHT = 256, HUNTS = 16, PENDING_MAX = 64, TICK_US = 1000 };
#define HUNT_NS 60000000000ULL /* then what is the least so far must do */

/* A program that differed, with what was seen then: it may not be seen again. */
struct suspect {
	uint64_t number;
	char *seen, *predicted;
};

/* A difference that is being made small. Several at a time: one whose program waits for an answer
 * that does not come takes minutes. */
struct quarry {
	struct ft_hunt hunt;
	struct suspect suspect;
	uint64_t began_ns;
};

/* A program that is being run; lent to a run until it is done. */
struct slot {
	struct ft_program program;
	struct slot *next;
	uint64_t number;
	struct quarry *quarry; /* NULL: it comes from the plan */
};

struct search {
	const struct ft_search_options *options;
	const struct ft_search_plan *plan;
	struct ft_search_tally *tally;
	struct ft_sandbox sandbox;
	struct ft_engine *engine;
	struct slot *free;
	uint64_t next, end; /* of the chunk in hand */
	struct ft_match match;
	struct quarry quarries[HUNTS];
	unsigned n_hunts, hunts_begun;
	size_t n_pending;
	struct suspect pending[PENDING_MAX]; /* wait to be hunted */
	struct ft_text line;
	struct ft_err err;
};

static volatile sig_atomic_t stopping;

static void on_stop(int number)
{
	(void)number;
	stopping = 1;
}

/* Interrupts calls that sleep; see the worker of probe programs. */
static void on_tick(int number)
{
	(void)number;
}

void ft_search_program(const struct ft_search_plan *plan, uint64_t number,
		       struct ft_program *program)
{
	if (plan->enumeration)
		ft_enumerate(plan->enumeration, number, program);
	else
		ft_generate(&plan->generator, number, program);
}

/* ---- counting ---- */

static void add(struct search *s, enum ft_search_count count, uint64_t n)
{
	atomic_fetch_add_explicit(&s->tally->counts[count], n, memory_order_relaxed);
}

/* The last row takes what has no row of its own. */
static void count_reason(struct search *s, enum ft_search_count of, const char *text)
{
	unsigned n = atomic_load_explicit(&s->tally->n_reasons, memory_order_relaxed), i = 0;
	struct ft_search_reason *row;

	add(s, of, 1);
	while (i < n && (s->tally->reasons[i].of != of ||
			 strncmp(s->tally->reasons[i].text, text, FT_SEARCH_REASON_MAX - 1) != 0))
		i++;
	if (i == FT_SEARCH_REASONS_MAX)
		i--;
	row = &s->tally->reasons[i];
	if (i == n) {
		row->of = of;
		strncpy(row->text, i + 1 < FT_SEARCH_REASONS_MAX ? text : "other reasons",
			FT_SEARCH_REASON_MAX - 1);
		atomic_store(&s->tally->n_reasons, n + 1);
	}
	atomic_fetch_add_explicit(&row->n, 1, memory_order_relaxed);
}

/* ---- what differs ---- */

static void send_line(struct search *s)
{
	const char *at = ft_text_get(&s->line);
	size_t left = s->line.len;

	while (left) {
		ssize_t n = write(s->options->output, at, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		at += n;
		left -= (size_t)n;
	}
	ft_text_clear(&s->line);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static void begin_hunt(struct search *s, struct quarry *quarry)
{
	struct ft_program program;

	quarry->suspect = s->pending[--s->n_pending];
	ft_search_program(s->plan, quarry->suspect.number, &program);
	ft_hunt_begin(&quarry->hunt, &program);
	quarry->began_ns = now_ns();
	s->n_hunts++;
}

static void forget(struct suspect *suspect)
{
	free(suspect->seen);
	free(suspect->predicted);
	*suspect = (struct suspect){0};
}

static void hunt_later(struct search *s, const struct ft_record *record, uint64_t number)
{
	struct suspect *suspect = &s->pending[s->n_pending];

	if (s->hunts_begun == s->plan->hunts_max || s->n_pending == PENDING_MAX) {
		add(s, FT_SEARCH_UNHUNTED, 1);
		return;
	}
	suspect->number = number;
	ft_text_clear(&s->line);
	ft_record_print_outcome(record, &s->line);
	suspect->seen = strdup(ft_text_get(&s->line));
	ft_text_clear(&s->line);
	ft_prediction_print(&s->match.prediction, record->c, &s->line);
	suspect->predicted = strdup(ft_text_get(&s->line));
	ft_text_clear(&s->line);
	if (!suspect->seen || !suspect->predicted)
		ft_err_set(&s->err, -ENOMEM, "no memory for a difference");
	s->hunts_begun++;
	s->n_pending++;
}

/* What a run of a hunt's has shown. */
static void tell_hunt(struct search *s, const struct ft_run *run, struct quarry *quarry,
		      bool differs)
{
	const struct ft_difference_line line = {
		.number = quarry->suspect.number,
		.original = &quarry->hunt.original,
		.record = &run->record,
		.match = &s->match,
		.setting = &s->plan->setting,
		.sometimes = &quarry->hunt.sometimes,
	};
	const struct ft_unstable_line unstable = {
		.number = line.number,
		.original = line.original,
		.seen = quarry->suspect.seen,
		.predicted = quarry->suspect.predicted,
	};

	switch (ft_hunt_tell(&quarry->hunt, differs)) {
	case FT_HUNT_GOES_ON:
		if (now_ns() - quarry->began_ns > HUNT_NS)
			ft_hunt_hurry(&quarry->hunt);
		return;
	case FT_HUNT_UNSTABLE:
		add(s, FT_SEARCH_UNSTABLE, 1);
		ft_unstable_line(&unstable, &s->line);
		break;
	case FT_HUNT_CAUGHT:
		ft_difference_line(&line, &s->line);
		break;
	}
	s->n_hunts--;
	forget(&quarry->suspect);
	send_line(s);
}

static void drop_pending(struct search *s)
{
	add(s, FT_SEARCH_UNHUNTED, s->n_pending);
	while (s->n_pending)
		forget(&s->pending[--s->n_pending]);
}

/* The next program of any hunt; the slot is its. */
static const struct ft_program *next_hunted(struct search *s, struct slot *slot)
{
	const struct ft_program *program = NULL;

	for (size_t i = 0; !program && i < HUNTS; i++) {
		struct quarry *quarry = &s->quarries[i];

		if (quarry->hunt.phase == FT_HUNT_IDLE && s->n_pending)
			begin_hunt(s, quarry);
		program = ft_hunt_next(&quarry->hunt);
		slot->quarry = program ? quarry : NULL;
		slot->number = quarry->suspect.number;
	}
	return program;
}

/* What may be one of too many outcomes is not compared; it is counted among what the model has no
 * word on. */
static void judge(struct search *s, const struct ft_run *run, struct slot *slot)
{
	enum ft_agreement agreement;

	s->match.calls_left = FT_MATCH_CALLS;
	agreement = ft_match_record(&s->match, &run->record, &s->plan->setting);
	if (slot->quarry) { /* smaller programs may come to nothing: then they do not differ */
		tell_hunt(s, run, slot->quarry,
			  agreement == FT_DISAGREES && run->record.verdict == FT_VERDICT_OBSERVED);
		return;
	}
	switch (agreement) {
	case FT_AGREES:
		add(s, FT_SEARCH_EQUAL, 1);
		add(s, FT_SEARCH_CALLS, s->match.prediction.n);
		break;
	case FT_DISAGREES:
		add(s, FT_SEARCH_DIFFER, 1);
		hunt_later(s, &run->record, slot->number);
		break;
	case FT_NO_WORD:
		count_reason(s, FT_SEARCH_BEYOND, s->match.prediction.reason);
		break;
	case FT_TOO_MANY:
		count_reason(s, FT_SEARCH_BEYOND, "too many outcomes are possible");
		break;
	}
}

/* ---- the engine's hooks ---- */

static struct slot *take_slot(struct search *s)
{
	struct slot *slot = s->free;

	if (!slot)
		return malloc(sizeof(*slot));
	s->free = slot->next;
	return slot;
}

static void put_slot(struct search *s, struct slot *slot)
{
	slot->next = s->free;
	s->free = slot;
}

static bool take_chunk(struct search *s)
{
	if (atomic_load_explicit(&s->options->shared->stop, memory_order_relaxed)) {
		drop_pending(s);
		return false;
	}
	s->next = atomic_fetch_add(&s->options->shared->next, CHUNK);
	s->end = s->next + CHUNK < s->plan->to ? s->next + CHUNK : s->plan->to;
	if (s->next >= s->plan->to)
		s->next = s->end = s->plan->to;
	add(s, FT_SEARCH_GIVEN, s->end - s->next);
	return s->next < s->end;
}

/* The program that is to be run next. 1, 0: there are no more, -EAGAIN: hunts wait. */
static int choose(struct search *s, struct slot *slot)
{
	const struct ft_program *hunted = NULL;

	slot->quarry = NULL;
	if (s->n_hunts || s->n_pending)
		hunted = next_hunted(s, slot);
	if (hunted) {
		ft_program_copy(&slot->program, hunted);
		return 1;
	}
	if (s->next == s->end && !take_chunk(s))
		return s->n_hunts ? -EAGAIN : 0;
	slot->number = s->next++;
	ft_search_program(s->plan, slot->number, &slot->program);
	return 1;
}

static int next_program(void *arg, struct ft_run *run)
{
	struct search *s = arg;
	struct slot *slot;
	int rc;

	if (stopping || s->err.code)
		return 0;
	slot = take_slot(s);
	if (!slot)
		return -ENOMEM;
	rc = choose(s, slot);
	if (rc > 0 && ft_program_case(&slot->program, &run->c) < 0)
		rc = -ENOMEM;
	if (rc > 0)
		run->id = slot->number;
	else
		put_slot(s, slot);
	return rc;
}

static void working(void *arg, const struct ft_run *run, bool now)
{
	struct ft_search_tally *tally = ((struct search *)arg)->tally;

	atomic_store_explicit(&tally->working, now ? run->id + 1 : 0, memory_order_relaxed);
	atomic_fetch_add_explicit(&tally->beats, 1, memory_order_relaxed);
}

static void done(void *arg, struct ft_run *run)
{
	struct search *s = arg;
	struct slot *slot = (struct slot *)((char *)(uintptr_t)run->c.names -
					    offsetof(struct slot, program.names));

	working(s, run, true);
	if (slot->quarry || run->record.verdict == FT_VERDICT_OBSERVED)
		judge(s, run, slot);
	else
		count_reason(s,
			     run->record.verdict == FT_VERDICT_SKIPPED ? FT_SEARCH_SKIPPED
								       : FT_SEARCH_BROKEN,
			     run->record.reason);
	if (!slot->quarry)
		add(s, FT_SEARCH_PROGRAMS, 1);
	working(s, run, false);
	put_slot(s, slot);
	ft_engine_release(s->engine, run);
}

static bool stop(void *arg)
{
	return stopping || ((struct search *)arg)->err.code;
}

/* ---- the process ---- */

static void set_signals(void)
{
	struct sigaction action = {.sa_handler = on_stop};

	sigaction(SIGTERM, &action, NULL);
	action.sa_handler = SIG_IGN; /* a terminal's ^C goes to all: the parent decides */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGPIPE, &action, NULL);
}

/* Once the sandbox is entered: what it asks of the kernel and of its child must not be disturbed.
 */
static void start_tick(void)
{
	const struct itimerval tick = {{0, TICK_US}, {0, TICK_US}};
	struct sigaction action = {.sa_handler = on_tick};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &tick, NULL);
}

static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

static int work(struct search *s)
{
	const struct ft_engine_options engine_options = {.sandbox = &s->sandbox,
							 .cpu = s->options->cpu,
							 .in_flight_max = IN_FLIGHT};
	const struct ft_engine_hooks hooks = {.arg = s,
					      .next = next_program,
					      .working = working,
					      .done = done,
					      .stop = stop};
	struct ft_err err = {0};
	int rc;

	start_tick();
	raise_descriptors();
	rc = ft_engine_new(&engine_options, &hooks, &s->engine, &s->err);

	/* What was parked when the numbers ran out may have left something to hunt. */
	do {
		if (rc == 0)
			rc = ft_engine_work(s->engine, &err);
	} while (rc == 0 && !stopping && (s->n_pending || s->n_hunts));
	if (rc < 0 && rc != -EINTR)
		ft_err_set(&s->err, rc, "%s", err.text);
	return rc == -EINTR && !s->err.code ? 0 : s->err.code;
}

static void free_all(struct search *s)
{
	ft_engine_free(s->engine);
	for (size_t i = 0; i < HUNTS; i++)
		forget(&s->quarries[i].suspect);
	while (s->free) {
		struct slot *slot = s->free;

		s->free = slot->next;
		free(slot);
	}
	ft_match_fini(&s->match);
	ft_text_fini(&s->line);
	free(s);
}

int ft_search_main(const struct ft_search_options *options)
{
	struct search *s = calloc(1, sizeof(*s));
	enum ft_stage stage;
	int status = 0;

	if (!s)
		return FT_WORKER_FAILED;
	s->options = options;
	s->plan = options->plan;
	s->tally = options->tally;
	ft_text_init(&s->line, FT_CASE_TEXT_MAX);
	set_signals();
	if (ft_sandbox_enter(&s->sandbox, &stage, &s->err) < 0)
		status = FT_WORKER_REFUSED;
	else if (ft_match_init(&s->match) < 0)
		ft_err_set(&s->err, -ENOMEM, "no memory for the model");
	else
		work(s);
	if (s->err.code && status == 0)
		status = FT_WORKER_FAILED;
	if (s->err.code) {
		ft_note_line(s->err.text, &s->line);
		send_line(s);
	}
	add(s, FT_SEARCH_UNHUNTED, s->n_hunts);
	drop_pending(s);
	free_all(s);
	return status;
}

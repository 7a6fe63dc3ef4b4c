/* SPDX-License-Identifier: MIT */
/*
 * What happens when a case is run? Its steps in order, each a chain of calls.
 *
 * When a call fails the rest of its chain is skipped, as a program would do; the next step runs.
 * A word that has to wait parks the run and is entered again later. Whatever way a run ends, its
 * sockets are closed here, connections with a reset, so that nothing lingers that the case did not
 * ask for.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "engine/run.h"

enum { BEAT_STEPS = 256 };

/* packets: how many a word puts on one device at most, while it runs or soon after. Three make a
 * connection, one answers a datagram, and either may need the barrier's; an end is acknowledged; an
 * option may join a group or let go of what was held back; who hears again answers what was sent
 * again. */
static const struct {
	ft_exec_word *run;
	uint8_t packets;
} words[FT_OP_COUNT] = {
	[FT_OP_CREATE] = {ft_exec_create, 0},
	[FT_OP_SET] = {ft_exec_set, 1},
	[FT_OP_GET] = {ft_exec_get, 0},
	[FT_OP_SOCKOPT] = {ft_exec_sockopt, 1},
	[FT_OP_BIND] = {ft_exec_bind, 0},
	[FT_OP_LISTEN] = {ft_exec_listen, 0},
	[FT_OP_CONNECT] = {ft_exec_connect, 4},
	[FT_OP_BEGIN] = {ft_exec_begin, 4},
	[FT_OP_ACCEPT] = {ft_exec_accept, 0},
	[FT_OP_SEND] = {ft_exec_send, 3},
	[FT_OP_RECV] = {ft_exec_recv, 1},
	[FT_OP_FASTOPEN] = {ft_exec_fastopen, 4},
	[FT_OP_SHUTDOWN] = {ft_exec_shutdown, 2},
	[FT_OP_DISCONNECT] = {ft_exec_disconnect, 1},
	[FT_OP_CLOSE] = {ft_exec_close, 2},
	[FT_OP_FCHOWN] = {ft_exec_fchown, 0},
	[FT_OP_DUP] = {ft_exec_dup, 0},
	[FT_OP_DEAF] = {ft_exec_deaf, 0},
	[FT_OP_HEAR] = {ft_exec_hear, 4},
	[FT_OP_STEER] = {ft_exec_steer, 0},
	[FT_OP_STEER_EBPF] = {ft_exec_steer_ebpf, 0},
	[FT_OP_UNSTEER] = {ft_exec_unsteer, 0},
	[FT_OP_SYSCTL] = {ft_exec_sysctl, 0},
	[FT_OP_WAIT] = {ft_exec_wait, 0},
	[FT_OP_CPU] = {ft_exec_cpu, 0},
	[FT_OP_ADDR] = {ft_exec_addr, 0},
	[FT_OP_LINK] = {ft_exec_link, 0},
	[FT_OP_LOOK] = {ft_exec_look, 0},
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

uint64_t ft_clock_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

uint64_t ft_realtime_ns(void)
{
	return clock_ns(CLOCK_REALTIME);
}

enum ft_next ft_run_end(struct ft_run *run, enum ft_verdict verdict, const char *format, ...)
{
	va_list args;

	if (run->record.verdict == FT_VERDICT_SKIPPED || run->record.verdict == FT_VERDICT_BROKEN)
		return FT_NEXT_END; /* the first reason stands */
	run->record.verdict = (uint8_t)verdict;
	va_start(args, format);
	vsnprintf(run->record.reason, sizeof(run->record.reason), format, args);
	va_end(args);
	return FT_NEXT_END;
}

enum ft_next ft_run_park(struct ft_run *run, uint64_t for_ns)
{
	run->state->wake_ns = ft_clock_ns() + for_ns;
	return FT_NEXT_PARK;
}

struct ft_result *ft_exec_result(const struct ft_exec *x, enum ft_end end, int error, bool shown)
{
	struct ft_result *result;

	/* What is neither shown nor compared with an expectation need not be kept. */
	if (end == FT_END_OK && !shown && !x->run->c.has_expected)
		return &x->state->scratch;
	result = ft_record_add_result(&x->run->record);

	if (!result) {
		ft_run_end(x->run, FT_VERDICT_BROKEN, "no memory for the results of this case");
		result = &x->state->scratch;
		memset(result, 0, sizeof(*result));
	}
	result->step = (uint32_t)x->state->step;
	result->word = (uint32_t)x->state->word;
	result->end = (uint8_t)end;
	result->error = error;
	result->shown = shown;
	if (x->first_step) /* else ft_case_occurrence() must walk the steps before */
		result->occurrence = x->word->nth;
	return result;
}

enum ft_next ft_exec_call(const struct ft_exec *x, int rc, int errno_value)
{
	if (rc < 0) {
		ft_exec_result(x, FT_END_ERROR, errno_value, true);
		return FT_NEXT_STEP;
	}
	ft_exec_result(x, FT_END_OK, 0, true);
	return FT_NEXT_WORD;
}

/* The effective uid decides about capabilities and the uid that a new socket gets; the raw call
 * changes this thread alone (credentials(7)). */
int ft_exec_become(uid_t uid)
{
	return (int)syscall(SYS_setresuid, -1, uid, -1);
}

/* In the middle of a case, which may take longer than its outcome bears. */
static void take_turn(struct ft_engine *engine, struct ft_place *place)
{
	uint64_t began = ft_clock_ns();

	engine->hooks.place_turn(engine->hooks.arg, place, false);
	if (engine->current)
		ft_again_turned(engine->current, began, ft_clock_ns());
}

void ft_run_make_room(struct ft_engine *engine, struct ft_place *place, unsigned packets)
{
	if (place->packets + packets > FT_TURN_PACKETS_MOST) {
		if (engine->hooks.place_turn)
			take_turn(engine, place);
		place->packets = 0;
	}
	place->packets += packets;
}

/* The turn is not taken by the step's user, who may do little. */
static enum ft_next make_room_for_word(struct ft_exec *x)
{
	struct ft_place *place = x->run->place;
	unsigned packets = words[x->word->op].packets;
	bool full = place->packets + packets > FT_TURN_PACKETS_MOST;

	if (full && x->step->as && ft_exec_become(0) < 0)
		return ft_run_end(x->run, FT_VERDICT_BROKEN, "setresuid back to 0: %s",
				  ft_errno_name(errno));
	ft_run_make_room(x->engine, place, packets);
	if (full && x->step->as && ft_exec_become(x->step->uid) < 0)
		return ft_run_end(x->run, FT_VERDICT_BROKEN, "setresuid to %u again: %s",
				  x->step->uid, ft_errno_name(errno));
	return FT_NEXT_WORD;
}

/* Runs the words of the present step from state->word on. */
static enum ft_next run_chain(struct ft_exec *x)
{
	struct ft_run_state *state = x->state;
	enum ft_next next = FT_NEXT_WORD;

	for (; state->word < x->step->n_words && next == FT_NEXT_WORD; state->word++) {
		x->word = &x->step->words[state->word];
		if (state->n_unsettled && !state->in_word) {
			next = ft_settle(x);
			if (next != FT_NEXT_WORD)
				return next;
		}
		if (x->run->record.n_tuples)
			ft_listed_before(x);
		if (!state->in_word && make_room_for_word(x) == FT_NEXT_END)
			return FT_NEXT_END;
		next = words[x->word->op].run(x);
		if (next == FT_NEXT_PARK) {
			state->in_word = true;
			return next;
		}
		state->in_word = false;
		state->phase = 0;
		if (x->run->record.verdict == FT_VERDICT_BROKEN)
			return FT_NEXT_END;
	}
	return next;
}

static enum ft_next run_step(struct ft_exec *x)
{
	enum ft_next next;

	if (!x->step->as)
		return run_chain(x);
	if (ft_exec_become(x->step->uid) < 0)
		return ft_run_end(x->run, FT_VERDICT_SKIPPED,
				  "user %u is not mapped here (setresuid: %s)", x->step->uid,
				  ft_errno_name(errno));
	next = run_chain(x);
	if (ft_exec_become(0) < 0)
		return ft_run_end(x->run, FT_VERDICT_BROKEN, "setresuid back to 0: %s",
				  ft_errno_name(errno));
	return next;
}

void ft_run_start(struct ft_engine *engine, struct ft_run *run)
{
	struct ft_run_state *state = run->state;
	size_t n = run->c.names->n_sockets;

	state->engine = engine;
	state->step = state->word = 0;
	state->in_word = false;
	state->phase = 0;
	state->cpu = -1;
	state->n_socks = 0;
	state->n_left = 0;
	state->n_listeners = 0;
	state->queues_stale = false;
	run->n_kernel_ports = 0;
	run->numbers.known = false;
	state->n_unsettled = 0;
	state->leaves = state->begins = false;
	state->by_luck = false;
	state->n_listed = 0;
	if (n > state->size_socks) {
		struct ft_sock *grown = realloc(state->socks, n * sizeof(*grown));

		if (!grown) {
			ft_run_end(run, FT_VERDICT_BROKEN, "no memory for %zu sockets", n);
			return;
		}
		state->socks = grown;
		state->size_socks = n;
	}
	if (n) /* a case may have a scene only, and no socket yet */
		memset(state->socks, 0, n * sizeof(*state->socks));
	for (size_t i = 0; i < n; i++)
		state->socks[i].fd = -1;
	state->n_socks = n;
}

/* Pins the thread where this run wants it: `cpu N`, else where the engine started. */
static void take_cpu(struct ft_engine *engine, int cpu)
{
	cpu_set_t set;

	if (cpu < 0)
		cpu = engine->options.cpu;
	if (cpu < 0 || cpu == engine->cpu_now)
		return;
	CPU_ZERO(&set);
	CPU_SET((unsigned)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) == 0)
		engine->cpu_now = cpu;
}

/* A case of thousands of sockets takes its time: it does not hang. */
static void beat(const struct ft_engine *engine, const struct ft_run *run)
{
	if (run->state->step % BEAT_STEPS == 0 && engine->hooks.working)
		engine->hooks.working(engine->hooks.arg, run, true);
}

bool ft_run_continue(struct ft_engine *engine, struct ft_run *run)
{
	struct ft_run_state *state = run->state;
	struct ft_exec x = {.engine = engine, .run = run, .state = state};
	uint64_t began = ft_clock_ns(), since = began, now;
	enum ft_next next = FT_NEXT_WORD;
	struct ft_err err;

	ft_err_clear(&err);
	if (run->record.start_ns == 0)
		run->record.start_ns = ft_realtime_ns();
	if (run->record.verdict != FT_VERDICT_OBSERVED)
		next = FT_NEXT_END;
	else if (ft_engine_visit(engine, run->place, false, &err) < 0)
		next = ft_run_end(run, FT_VERDICT_BROKEN, "%s", err.text);
	take_cpu(engine, state->cpu);
	while (next != FT_NEXT_END && next != FT_NEXT_PARK && state->step < run->c.n_steps) {
		x.step = run->c.steps[state->step];
		x.sock = x.step->subject == FT_NO_SOCKET ? NULL : &state->socks[x.step->subject];
		x.first_step = x.sock && !x.sock->stepped;
		next = run_step(&x);
		if (next == FT_NEXT_PARK || next == FT_NEXT_END)
			break;
		if (x.sock)
			x.sock->stepped = true;
		else /* to change a namespace takes milliseconds by itself */
			since = ft_clock_ns();
		state->step++;
		state->word = 0;
		engine->steps++;
		beat(engine, run);
	}
	now = ft_clock_ns();
	run->record.elapsed_ns += now - began;
	ft_again_executed(engine, run, since, now);
	return next != FT_NEXT_PARK || ft_again_due(run);
}

/* A connection is closed with a reset (socket(7) SO_LINGER, 0 seconds), which leaves no TIME_WAIT
 * behind and costs one segment instead of four. Connections first: a listener that closes resets
 * what is still in its queue, and the reset of a client has emptied that before. */
static void close_socket(struct ft_run *run, size_t i)
{
	static const struct linger reset = {.l_onoff = 1, .l_linger = 0};
	struct ft_sock *sock = &run->state->socks[i];

	if (sock->begun)
		ft_witness_begun(run, sock, (uint16_t)i);
	if (sock->connected)
		setsockopt(sock->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
	close(sock->fd);
	sock->fd = -1;
}

void ft_run_cleanup(struct ft_engine *engine, struct ft_run *run)
{
	struct ft_run_state *state = run->state;

	if (state->cpu >= 0)
		take_cpu(engine, -1);
	ft_listed_ask(engine, run, true);
	for (size_t i = 0; i < state->n_socks; i++)
		if (state->socks[i].fd >= 0 && state->socks[i].connected) {
			ft_run_make_room(engine, run->place, 1);
			close_socket(run, i);
		}
	if (state->leaves && run->record.n_tuples > FT_TURN_PACKETS)
		ft_clear_one_by_one(engine, run);
	for (size_t i = 0; i < state->n_socks; i++)
		if (state->socks[i].fd >= 0)
			close_socket(run, i);
	for (size_t i = 0; i < state->n_left; i++)
		close(state->left[i]);
	state->n_left = 0;
	if (state->leaves)
		ft_clear_leavings(engine, run);
	run->record.end_ns = ft_realtime_ns();
}

size_t ft_run_ports(const struct ft_run *run, uint16_t *ports, size_t max)
{
	size_t n = 0;

	if (!run->place)
		return 0;
	for (size_t i = 0; i < run->c.names->n_ports && n < max; i++)
		ports[n++] = (uint16_t)(run->first_port + i);
	for (size_t i = 0; i < run->n_kernel_ports && n < max; i++)
		ports[n++] = run->kernel_ports[i];
	return n;
}

/* SPDX-License-Identifier: MIT */
/*
 * Which case runs next, where, and what happens while others wait?
 *
 * The loop: wake what is due, start another case if there is room, else sleep until the next is
 * due. Cases are executed to their end or to their next pause without interruption, so between two
 * pauses nothing else of ours touches the namespace.
 */
#include "engine/engine.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/run.h"

/* Named ports: outside of ip_local_port_range as the sandbox pins it, above the privileged ones. */
enum { FIRST_PORT = 2000, LAST_PORT = 32767 };
enum { IN_FLIGHT = 2048 };

int ft_engine_new(const struct ft_engine_options *options, const struct ft_engine_hooks *hooks,
		  struct ft_engine **ret, struct ft_err *err)
{
	struct ft_engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		return ft_err_set(err, -ENOMEM, "no memory for the engine");
	engine->options = *options;
	engine->hooks = *hooks;
	engine->cpu_now = -1;
	if (engine->options.in_flight_max == 0)
		engine->options.in_flight_max = IN_FLIGHT;
	if (options->cpu >= 0) {
		cpu_set_t set;

		CPU_ZERO(&set);
		CPU_SET((unsigned)options->cpu, &set);
		if (sched_setaffinity(0, sizeof(set), &set) == 0)
			engine->cpu_now = options->cpu;
	}
	*ret = engine;
	return 0;
}

/* ---- runs ---- */

static struct ft_run_state *take_state(struct ft_engine *engine)
{
	struct ft_run_state *state = engine->free_states;

	if (!state)
		return calloc(1, sizeof(*state));
	engine->free_states = state->next;
	return state;
}

static void give_state_back(struct ft_engine *engine, struct ft_run *run)
{
	run->state->next = engine->free_states;
	engine->free_states = run->state;
	run->state = NULL;
}

static struct ft_run *take_run(struct ft_engine *engine)
{
	struct ft_run *run = engine->free_runs;

	if (run) {
		engine->free_runs = run->next;
		run->next = NULL;
	} else {
		run = calloc(1, sizeof(*run));
		if (!run)
			return NULL;
		ft_case_init(&run->c);
		ft_record_init(&run->record);
	}
	run->state = take_state(engine);
	if (run->state)
		return run;
	ft_engine_release(engine, run);
	return NULL;
}

void ft_engine_release(struct ft_engine *engine, struct ft_run *run)
{
	run->next = engine->free_runs;
	engine->free_runs = run;
}

static void free_runs(struct ft_engine *engine)
{
	struct ft_run *run;
	struct ft_run_state *state;

	while ((run = engine->free_runs) != NULL) {
		engine->free_runs = run->next;
		ft_case_fini(&run->c);
		ft_record_fini(&run->record);
		free(run->kernel_ports);
		free(run);
	}
	while ((state = engine->free_states) != NULL) {
		engine->free_states = state->next;
		free(state->socks);
		free(state->left);
		free(state);
	}
}

/* ---- places ---- */

int ft_engine_visit(struct ft_engine *engine, const struct ft_place *place, bool peer,
		    struct ft_err *err)
{
	int rc;

	if (engine->visiting == place && engine->visiting_peer == peer)
		return 0;
	rc = ft_netns_switch(&place->ns, peer, err);
	if (rc < 0)
		return rc;
	engine->visiting = place;
	engine->visiting_peer = peer;
	return 0;
}

int ft_engine_diag(struct ft_engine *engine, struct ft_run *run, struct ft_err *err)
{
	struct ft_netns *ns = &run->place->ns;
	int rc;

	if (ns->diag_fd >= 0)
		return ns->diag_fd;
	rc = ft_engine_visit(engine, run->place, false, err);
	if (rc < 0)
		return rc;
	ns->diag_fd = ft_diag_open(err);
	return ns->diag_fd;
}

static int add_place(struct ft_engine *engine, struct ft_place *place)
{
	if (engine->n_places == engine->size_places) {
		size_t size = engine->size_places ? 2 * engine->size_places : 16;
		struct ft_place **grown = realloc(engine->places, size * sizeof(struct ft_place *));

		if (!grown)
			return -ENOMEM;
		engine->places = grown;
		engine->size_places = size;
	}
	engine->places[engine->n_places++] = place;
	return 0;
}

static void free_place(struct ft_engine *engine, struct ft_place *place)
{
	if (place->barrier_fd >= 0)
		close(place->barrier_fd);
	ft_netns_close(&place->ns);
	if (engine->visiting == place)
		engine->visiting = NULL;
	free(place);
}

static struct ft_place *open_place(struct ft_engine *engine, bool own, bool eth, struct ft_err *err)
{
	struct ft_place *place = calloc(1, sizeof(*place));

	if (!place) {
		ft_err_set(err, -ENOMEM, "no memory for a namespace");
		return NULL;
	}
	place->own = own;
	place->next_port = FIRST_PORT;
	place->barrier_fd = -1;
	if (ft_netns_new(engine->options.sandbox, eth, &place->ns, err) < 0) {
		engine->visiting = NULL;
		free(place);
		return NULL;
	}
	engine->visiting = place;
	engine->visiting_peer = false;
	if (engine->options.listed) { /* by root: whose it is decides about SOCK_DESTROY */
		place->ns.diag_fd = ft_diag_open(err);
		place->walkable = !own && !engine->options.sandbox->here && ft_held_walkable();
	}
	if ((engine->hooks.place_open &&
	     engine->hooks.place_open(engine->hooks.arg, place, err) < 0) ||
	    add_place(engine, place) < 0) {
		free_place(engine, place);
		return NULL;
	}
	return place;
}

/* Closes the places that are done, as far as the hooks let them go. */
static void close_places(struct ft_engine *engine)
{
	struct ft_err err = {0};

	for (size_t i = 0; i < engine->n_places;) {
		struct ft_place *place = engine->places[i];

		if (!place->retired || place->n_running ||
		    ft_engine_visit(engine, place, false, &err) < 0 ||
		    (engine->hooks.place_close &&
		     !engine->hooks.place_close(engine->hooks.arg, place))) {
			i++;
			continue;
		}
		engine->places[i] = engine->places[--engine->n_places];
		free_place(engine, place);
	}
}

static void turn(struct ft_engine *engine, bool idle)
{
	engine->steps = 0;
	engine->turn_due = false;
	for (size_t i = 0; i < engine->n_places; i++) {
		engine->places[i]->packets = 0;
		if (engine->hooks.place_turn)
			engine->hooks.place_turn(engine->hooks.arg, engine->places[i], idle);
	}
	if (engine->hooks.turn)
		engine->hooks.turn(engine->hooks.arg);
	close_places(engine);
}

static int give_eth(struct ft_engine *engine, struct ft_place *place, struct ft_err *err)
{
	int rc = ft_engine_visit(engine, place, false, err);

	if (rc < 0)
		return rc;
	rc = ft_netns_add_eth(&place->ns, err);
	engine->visiting = place;
	if (rc == 0 && engine->hooks.place_open)
		rc = engine->hooks.place_open(engine->hooks.arg, place, err);
	return rc;
}

/* Gives the stream's place up. Where no parked case still lives in it, it is closed before there is
 * another one: two captures at a time are twice the memory. */
static void retire_stream(struct ft_engine *engine)
{
	uint64_t limit = ft_clock_ns() + 100 * FT_MS;
	size_t others = engine->n_places - 1;
	bool lonely;

	ft_held_release(engine);
	lonely = engine->stream->n_running == 0;
	engine->stream->retired = true;
	engine->stream = NULL;
	while (lonely && engine->n_places > others && ft_clock_ns() < limit)
		turn(engine, true);
}

/* A place for one case, which gets its first ports. */
static struct ft_place *find_own_place(struct ft_engine *engine, bool eth, struct ft_err *err)
{
	struct ft_place *place = eth ? NULL : ft_spare_take(engine);

	if (!place)
		place = open_place(engine, true, eth, err);
	if (!place)
		return NULL;
	place->retired = true;
	place->next_port = FIRST_PORT;
	return place;
}

/* A place with enough fresh ports; NULL with err where none can be made. */
static struct ft_place *find_place(struct ft_engine *engine, const struct ft_case *c,
				   struct ft_err *err)
{
	bool eth = c->needs & FT_NEED_ETH;
	struct ft_place *place = engine->stream;

	if (c->needs & FT_NEED_OWN_NAMESPACE)
		return find_own_place(engine, eth, err);
	if (place && (place->spoilt || place->next_port + c->names->n_ports > LAST_PORT + 1U)) {
		retire_stream(engine);
		place = NULL;
	}
	if (!place)
		place = engine->stream = open_place(engine, false, eth, err);
	else if (eth && !place->ns.eth && give_eth(engine, place, err) < 0)
		return NULL;
	return place;
}

/* ---- the loop ---- */

static void leave_place(struct ft_engine *engine, struct ft_run *run)
{
	if (run->place) {
		run->place->n_running--;
		ft_spare_keep(engine, run);
	}
	engine->n_running--;
}

/* Hands a run whose sockets are closed to the sink. */
static void deliver(struct ft_engine *engine, struct ft_run *run)
{
	leave_place(engine, run);
	give_state_back(engine, run);
	engine->hooks.done(engine->hooks.arg, run);
}

static void set_current(struct ft_engine *engine, struct ft_run *run)
{
	engine->current = run;
	if (engine->hooks.working)
		engine->hooks.working(engine->hooks.arg, run, true);
}

static void unset_current(struct ft_engine *engine)
{
	struct ft_run *run = engine->current;

	engine->turn_due |= run->place->packets >= FT_TURN_PACKETS;
	engine->current = NULL;
	if (engine->hooks.working)
		engine->hooks.working(engine->hooks.arg, run, false);
}

void ft_engine_finish(struct ft_engine *engine, struct ft_run *run)
{
	set_current(engine, run);
	ft_run_cleanup(engine, run);
	unset_current(engine);
	deliver(engine, run);
}

static void start(struct ft_engine *engine, struct ft_run *run, uint8_t tries);

/* The current run has ended, or is not to be gone on with. */
static void end(struct ft_engine *engine, struct ft_run *run)
{
	bool again = ft_again_due(run);

	if (!again && ft_held_suits(engine, run)) {
		unset_current(engine);
		ft_held_add(engine, run);
		return;
	}
	ft_run_cleanup(engine, run);
	unset_current(engine);
	if (again) {
		leave_place(engine, run);
		start(engine, run, (uint8_t)(run->record.tries + 1));
	} else {
		deliver(engine, run);
	}
}

static void go_on(struct ft_engine *engine, struct ft_run *run)
{
	bool over;

	set_current(engine, run);
	over = ft_run_continue(engine, run);
	if (!over && ft_parked_push(engine, run) < 0) {
		ft_run_end(run, FT_VERDICT_BROKEN, "no memory to park this case");
		over = true;
	}
	if (over)
		end(engine, run);
	else
		unset_current(engine);
}

/* --here: moves to ports that nobody else has, from the first one again when the last is reached.
 */
static bool take_free_ports(struct ft_run *run)
{
	size_t n = run->c.names->n_ports;
	uint16_t port = ft_here_ports(run->place->next_port, LAST_PORT, n);

	if (port == 0)
		port = ft_here_ports(FIRST_PORT, LAST_PORT, n);
	run->place->next_port = port ? port : FIRST_PORT;
	return port != 0;
}

static void start(struct ft_engine *engine, struct ft_run *run, uint8_t tries)
{
	struct ft_err err;
	char reason[FT_REASON_MAX];

	ft_err_clear(&err);
	engine->n_running++;
	run->place = NULL;
	ft_record_clear(&run->record, &run->c, run->record.probe);
	run->record.repeats = 1;
	run->record.tries = tries;
	if (ft_case_impossible(engine->options.sandbox, &run->c, reason)) {
		ft_run_end(run, FT_VERDICT_SKIPPED, "%s", reason);
		deliver(engine, run);
		return;
	}
	run->place = find_place(engine, &run->c, &err);
	if (!run->place) {
		ft_run_end(run, FT_VERDICT_BROKEN, "%s", err.text);
		deliver(engine, run);
		return;
	}
	run->place->n_running++;
	if (engine->options.sandbox->here && !take_free_ports(run))
		ft_run_end(run, FT_VERDICT_SKIPPED, "free ports: none left here");
	run->first_port = run->place->next_port;
	run->place->next_port = (uint16_t)(run->place->next_port + run->c.names->n_ports);
	ft_run_start(engine, run);
	go_on(engine, run);
}

/* Starts the next case of the source. 1: started, 0: none left, negative errno. */
static int start_next(struct ft_engine *engine, struct ft_err *err)
{
	struct ft_run *run = take_run(engine);
	int rc;

	if (!run)
		return ft_err_set(err, -ENOMEM, "no memory for another case");
	rc = engine->hooks.next(engine->hooks.arg, run);
	if (rc <= 0) {
		give_state_back(engine, run);
		ft_engine_release(engine, run);
		if (rc == -EAGAIN)
			return 0;
		engine->source_empty = true;
		return rc;
	}
	start(engine, run, 1);
	return 1;
}

/* Ends what is still parked, after a stop. */
static void abandon(struct ft_engine *engine)
{
	ft_held_release(engine);
	while (engine->n_heap) {
		struct ft_run *run = ft_parked_pop(engine);

		ft_run_end(run, FT_VERDICT_SKIPPED, "interrupted");
		ft_engine_finish(engine, run);
	}
}

static void close_all(struct ft_engine *engine)
{
	for (size_t i = 0; i < engine->n_places; i++)
		engine->places[i]->retired = true;
	engine->stream = NULL;
	engine->n_spares = 0;
	while (engine->n_places) {
		turn(engine, true);
		if (engine->n_places)
			ft_parked_sleep(engine, ft_clock_ns() + FT_MS);
	}
}

static bool is_turn_due(const struct ft_engine *engine)
{
	return engine->turn_due || engine->steps >= FT_TURN_STEPS;
}

int ft_engine_work(struct ft_engine *engine, struct ft_err *err)
{
	bool stopped = false;
	int rc = 0;

	engine->source_empty = false;
	while (!stopped && rc >= 0 && (!engine->source_empty || engine->n_heap || engine->n_held)) {
		bool idle = true;

		while (!is_turn_due(engine) && ft_parked_due(engine)) {
			go_on(engine, ft_parked_pop(engine));
			idle = false;
		}
		if (!engine->source_empty && engine->n_heap < engine->options.in_flight_max) {
			rc = start_next(engine, err);
			idle = idle && rc == 0;
		}
		if (idle && engine->n_held) {
			ft_held_release(engine);
			idle = false;
		}
		if (idle)
			ft_parked_sleep(engine, engine->n_heap ? engine->heap[0]->state->wake_ns
							       : ft_clock_ns() + FT_MS);
		if (idle || is_turn_due(engine))
			turn(engine, idle);
		stopped = engine->hooks.stop && engine->hooks.stop(engine->hooks.arg);
	}
	abandon(engine);
	close_all(engine);
	return rc < 0 ? rc : stopped ? -EINTR : 0;
}

void ft_engine_free(struct ft_engine *engine)
{
	if (!engine)
		return;
	free_runs(engine);
	free(engine->places);
	free(engine->heap);
	free(engine);
}

uint64_t ft_engine_oldest(const struct ft_engine *engine, const struct ft_place *place)
{
	uint64_t oldest = UINT64_MAX;

	if (engine->current && engine->current->place == place)
		oldest = engine->current->record.start_ns;
	for (size_t i = 0; i < engine->n_heap; i++)
		if (engine->heap[i]->place == place && engine->heap[i]->record.start_ns < oldest)
			oldest = engine->heap[i]->record.start_ns;
	for (size_t i = 0; i < engine->n_held; i++)
		if (engine->held[i]->place == place && engine->held[i]->record.start_ns < oldest)
			oldest = engine->held[i]->record.start_ns;
	return oldest;
}

bool ft_case_impossible(const struct ft_sandbox *sandbox, const struct ft_case *c,
			char reason[FT_REASON_MAX])
{
	const char *why = NULL;

	if (sandbox->here && (c->needs & (FT_NEED_OWN_NAMESPACE | FT_NEED_ETH | FT_NEED_UIDS)))
		why = "a namespace of its own: --here changes nothing and has loopback only";
	else if ((c->needs & FT_NEED_UIDS) && !sandbox->many_uids)
		why = "more than one mapped user: run as root, or install newuidmap (package "
		      "uidmap) with a range in /etc/subuid";
	if (!why)
		return false;
	snprintf(reason, FT_REASON_MAX, "%s", why);
	return true;
}

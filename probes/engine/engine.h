/* SPDX-License-Identifier: MIT */
/*
 * How are cases run on the kernel? One engine per worker process, one thread, many cases in flight.
 *
 * The engine takes cases from a source, runs the calls of each in a network namespace (a *place*),
 * and hands every finished run, with its record filled, to a sink. A case that waits is parked and
 * others run meanwhile. The engine knows no libpcap and no JSON: whoever wants packets is told of
 * every place through the hooks.
 *
 * Ports: each case of a place gets named ports that no other case of it used; when they run out
 * the engine takes a new place. Cases that need a namespace of their own get a place of their own.
 */
#ifndef FT_ENGINE_ENGINE_H
#define FT_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "case/case.h"
#include "engine/sandbox.h"
#include "reports/record.h"

struct ft_engine;

/* A network namespace in use. */
struct ft_place {
	struct ft_netns ns;
	bool own;           /* of one case */
	bool retired;       /* takes no new cases */
	bool spoilt;        /* something was left in it that could not be cleared away */
	bool walkable;      /* its connections can be listed often, see held.c */
	uint32_t n_running; /* runs that were started here and are not finished */
	uint16_t next_port; /* the next fresh one */
	unsigned packets;   /* at most so many since its last turn */
	int barrier_fd;     /* see ft_engine's barrier; -1 until used */
	void *capture;      /* of whoever set the hooks */
};

/* One run of one case. The sink owns it until ft_engine_release(). */
struct ft_run {
	uint64_t id; /* as the source gave it */
	struct ft_case c;
	struct ft_record record;
	struct ft_place *place;     /* NULL where the case never started */
	uint16_t first_port;        /* named port number k is first_port + k */
	struct ft_run *next;        /* for the sink's lists */
	struct ft_run_state *state; /* the engine's own, NULL once the run has ended */
	size_t n_kernel_ports;      /* e1, e2, ... */
	size_t size_kernel_ports;
	uint16_t *kernel_ports;    /* grown as they come */
	struct ft_numbers numbers; /* what the text writes as ports */
};

/* The ports of a run for finding its packets: named ones and those the kernel chose, host order.
 * Returns how many were written to ports (at most max). */
size_t ft_run_ports(const struct ft_run *run, uint16_t *ports, size_t max);

struct ft_engine_hooks {
	void *arg;
	/* Fills run->c (ft_matrix_case) and run->id. 1: done; 0: no more cases; -EAGAIN: none now,
	 * ask again; other negative errno: the work ends. */
	int (*next)(void *arg, struct ft_run *run);
	/* A run begins or goes on (true), pauses or ends (false): for telling who was at work when
	 * a worker dies. */
	void (*working)(void *arg, const struct ft_run *run, bool now);
	/* A run has ended; its sockets are closed. Never fails; keeps the run until release. */
	void (*done)(void *arg, struct ft_run *run);
	/* A place was made (the thread is in it), or got eth later; is about to go (the thread is
	 * in it, no run is left). open may fail: then the cases are broken. close returns false to
	 * keep the place a while and be asked again at the next turn. NULL hooks are skipped. */
	int (*place_open)(void *arg, struct ft_place *place, struct ft_err *err);
	bool (*place_close)(void *arg, struct ft_place *place);
	/* Called for every place, then once for all, at least every 64 cases and every 20 ms while
	 * the engine waits (idle); for one place also in the middle of a case of many packets. */
	void (*place_turn)(void *arg, struct ft_place *place, bool idle);
	void (*turn)(void *arg);
	/* Asked between cases: true ends the run early (a signal). */
	bool (*stop)(void *arg);
};

struct ft_engine_options {
	const struct ft_sandbox *sandbox;      /* entered by the caller; borrowed */
	int cpu;                               /* pin to this CPU, -1: leave it */
	size_t in_flight_max;                  /* runs parked at the same time; 0: 2048 */
	const struct ft_steer_programs *steer; /* preloaded extended BPF; may be NULL */
	bool listed;                           /* ask sock_diag for the 4-tuples of each case */
};

/* ret is the caller's to free. -ENOMEM or what the timer and descriptor limits say. */
int ft_engine_new(const struct ft_engine_options *options, const struct ft_engine_hooks *hooks,
		  struct ft_engine **ret, struct ft_err *err);
void ft_engine_free(struct ft_engine *engine);

/* Runs cases until the source has no more and every run is done, or until stop. 0, -EINTR after
 * stop, or a negative errno where not even a namespace could be made. */
int ft_engine_work(struct ft_engine *engine, struct ft_err *err);

/* Gives a finished run back for reuse. */
void ft_engine_release(struct ft_engine *engine, struct ft_run *run);

/* Moves the thread into a place's namespace (a no-op when it is there). */
int ft_engine_visit(struct ft_engine *engine, const struct ft_place *place, bool peer,
		    struct ft_err *err);

/* CLOCK_REALTIME at which the oldest run of this place that is parked or being executed started;
 * UINT64_MAX if there is none. */
uint64_t ft_engine_oldest(const struct ft_engine *engine, const struct ft_place *place);

/* What this kernel cannot do of the case here, as skipped's reason: "many uids (...)". Returns true
 * and fills reason if something is missing that is known before running it. */
bool ft_case_impossible(const struct ft_sandbox *sandbox, const struct ft_case *c,
			char reason[FT_REASON_MAX]);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What does the engine remember of a case while it runs? Private to probes/engine.
 *
 * A run is a program counter over the case's steps and words, a descriptor per socket name, and the
 * reason why it is parked, if it is. Every function that executes a word returns an enum ft_next.
 */
#ifndef FT_ENGINE_RUN_H
#define FT_ENGINE_RUN_H

#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>

#include "engine/diag.h"
#include "engine/engine.h"
#include "engine/steer.h"

/* Times, in nanoseconds. */
#define FT_MS 1000000ULL
#define FT_CONNECT_LIMIT_NS (400 * FT_MS) /* then it is `pending` */
#define FT_SETTLE_LIMIT_NS (1000 * FT_MS) /* for a close that the other end must acknowledge */
#define FT_HEAR_LIMIT_NS (3000 * FT_MS)   /* for a retransmission to arrive */
#define FT_QUEUE_LIMIT_NS (20 * FT_MS)    /* for a connection to reach its accept queue */

/* The hooks get their turn between two cases after so many steps or packets of one place, and
 * within a case before the packets become so many that a capture's ring could overflow. */
enum { FT_TURN_STEPS = 128, FT_TURN_PACKETS = 384, FT_TURN_PACKETS_MOST = 448 };

/* What the executor does after a word. */
enum ft_next {
	FT_NEXT_WORD, /* go on */
	FT_NEXT_STEP, /* the call failed: the rest of the chain is skipped */
	FT_NEXT_PARK, /* come back to this word at state->wake_ns */
	FT_NEXT_END,  /* the case ends here: skipped or broken */
};

union ft_sockaddr {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* One socket of a case. Zeroed, fd -1, when the case starts. */
struct ft_sock {
	int fd;
	uint8_t family; /* enum ft_family */
	bool listening;
	bool connected; /* TCP: a connection was attempted or accepted; close must not linger */
	bool begun;     /* connect not waited for: its tuple is completed later */
	bool deaf;
	bool peer;          /* lives on the second host */
	bool duped;         /* another name is, or was, the same socket (dup) */
	bool stepped;       /* a step of this name was begun before */
	bool explicit_port; /* the port stands in the text of its bind */
	bool bound_known, local_known;
	bool vague; /* was dissolved or shut down: it may have given its port up, see 4-tuples */
	struct ft_endpoint bound; /* by bind or listen, what a disconnect goes back to */
	struct ft_endpoint local; /* as last bound or read back */
	uint32_t queued;          /* accept queue when last looked at */
	uint32_t memory;          /* receive queue bytes when last looked at (UDP) */
	uint32_t tuple;           /* index + 1 of its tuple in the record */
};

/* A connection whose end is under way: wait until its state is one that lasts. */
struct ft_unsettled {
	struct ft_address local, remote;
	bool peer; /* it lives on the second host */
};

enum { FT_UNSETTLED_MAX = 16, FT_SPARES_MAX = 4, FT_HELD_MAX = 32, FT_HELD_TUPLES_MAX = 128 };

/* Only while a run is executed or parked: the next run takes it over, still warm in the cache. */
struct ft_run_state {
	struct ft_run_state *next; /* of those that nobody has */
	struct ft_engine *engine;
	size_t step, word;
	bool in_word;      /* the present word was begun and parked */
	uint64_t phase;    /* of a parked word: what it waits for */
	uint64_t wake_ns;  /* CLOCK_MONOTONIC */
	uint64_t limit_ns; /* when the parked word gives up */
	size_t heap_index;
	int cpu;           /* `cpu N`, -1 */
	bool diag_missing; /* sock_diag could not be asked: settling is by time only */
	size_t n_socks, size_socks;
	struct ft_sock *socks;
	size_t n_left, size_left;
	int *left;           /* descriptors whose name was taken by a newer socket */
	size_t n_listeners;  /* sockets that listen now */
	bool queues_stale;   /* accept queues may have changed without a connect of ours */
	uint64_t attempt_ns; /* CLOCK_REALTIME at which the present connect or send was begun */
	size_t n_listed;     /* tuples that sock_diag was asked for */
	bool begins;         /* a connect was begun, or is pending */
	bool leaves;         /* a connection was closed or shut down: something may be left of it */
	bool by_luck;        /* its outcome may be: see again.c */
	struct ft_result scratch; /* where results go that nobody needs or has memory for */
	size_t n_unsettled;
	struct ft_unsettled unsettled[FT_UNSETTLED_MAX];
};

struct ft_engine {
	struct ft_engine_options options;
	struct ft_engine_hooks hooks;
	struct ft_place *stream;  /* where cases without a place of their own run */
	struct ft_place **places; /* all that are open */
	size_t n_places, size_places;
	struct ft_place *spares[FT_SPARES_MAX]; /* of these, those that wait for a next case */
	size_t n_spares;
	const struct ft_place *visiting; /* where the thread is */
	bool visiting_peer;
	int cpu_now;
	struct ft_run *held[FT_HELD_MAX]; /* ended, their sockets open: see held.c */
	size_t n_held, n_held_tuples;
	struct ft_run **heap; /* parked runs, earliest first */
	size_t n_heap, size_heap;
	struct ft_run *current; /* the one that is being executed, or NULL */
	struct ft_run *free_runs;
	struct ft_run_state *free_states;
	size_t n_running;
	unsigned steps;     /* executed since the last turn */
	long interruptions; /* of this thread, when last asked (getrusage(2), ru_nivcsw) */
	bool turn_due;      /* some place has had many packets since */
	bool source_empty;
};

uint64_t ft_clock_ns(void);    /* CLOCK_MONOTONIC */
uint64_t ft_realtime_ns(void); /* CLOCK_REALTIME, as packets are stamped */

/* ---- exec.c ---- */
void ft_run_start(struct ft_engine *engine, struct ft_run *run);
/* Executes until the run ends (true) or is parked (false). */
bool ft_run_continue(struct ft_engine *engine, struct ft_run *run);
/* After its end: the last questions, then its sockets are closed. */
void ft_run_cleanup(struct ft_engine *engine, struct ft_run *run);
enum ft_next ft_run_end(struct ft_run *run, enum ft_verdict verdict, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
enum ft_next ft_run_park(struct ft_run *run, uint64_t for_ns);
/* Before so many more packets: a turn in the middle of a case, if the capture's ring could else
 * overflow. */
void ft_run_make_room(struct ft_engine *engine, struct ft_place *place, unsigned packets);

/* What a word's function works on. */
struct ft_exec {
	struct ft_engine *engine;
	struct ft_run *run;
	struct ft_run_state *state;
	const struct ft_step *step;
	const struct ft_word *word;
	struct ft_sock *sock; /* of the subject; NULL for scene words */
	bool first_step;      /* the subject's first: its words are counted from here */
};

/* Appends the word's result. ok: shown only if calls are. error is a positive errno. */
struct ft_result *ft_exec_result(const struct ft_exec *x, enum ft_end end, int error, bool shown);
/* Makes this thread's effective user uid; 0 or -1 with errno. */
int ft_exec_become(uid_t uid);
/* Records rc (0 or -1 with errno_value) of a call: FT_NEXT_WORD or FT_NEXT_STEP. */
enum ft_next ft_exec_call(const struct ft_exec *x, int rc, int errno_value);

/* ---- one function per op; exec_socket.c, exec_connect.c, exec_option.c, exec_scene.c ---- */
typedef enum ft_next ft_exec_word(struct ft_exec *x);
ft_exec_word ft_exec_create, ft_exec_set, ft_exec_get, ft_exec_sockopt, ft_exec_bind,
	ft_exec_listen, ft_exec_connect, ft_exec_begin, ft_exec_accept, ft_exec_send, ft_exec_recv,
	ft_exec_fastopen, ft_exec_shutdown, ft_exec_disconnect, ft_exec_close, ft_exec_fchown,
	ft_exec_dup, ft_exec_deaf, ft_exec_hear, ft_exec_steer, ft_exec_steer_ebpf, ft_exec_unsteer,
	ft_exec_sysctl, ft_exec_wait, ft_exec_cpu, ft_exec_addr, ft_exec_link, ft_exec_look;

/* The address a word names, for a call on its subject; FT_NEXT_END where it has none (the run was
 * ended with the reason). exec_socket.c */
enum ft_next ft_exec_address(struct ft_exec *x, union ft_sockaddr *ret_address, socklen_t *ret_len);

/* ---- address.c ---- */
/* The kernel's form of at for a socket of this family; -ENOENT if it names an eN not seen yet,
 * -EAFNOSUPPORT if a v6 literal meets a v4 socket, -ENODEV for an unknown scope. */
int ft_address_of(const struct ft_run *run, enum ft_family family, const struct ft_endpoint *at,
		  union ft_sockaddr *ret_address, socklen_t *ret_len);
/* The symbolic form of what the kernel said; new ports become e1 e2 ... */
struct ft_endpoint ft_address_name(struct ft_run *run, const union ft_sockaddr *address);
/* For tuples: v4-mapped becomes AF_INET. */
struct ft_address ft_address_plain(const union ft_sockaddr *address);
bool ft_address_equal(const struct ft_address *a, const struct ft_address *b);
/* getsockname/getpeername into plain form; family 0 where it fails. */
struct ft_address ft_address_local(int fd);
struct ft_address ft_address_remote(int fd);
/* Reads back the local address: into sock->local and, unless the text says it, the result. */
void ft_address_read_back(struct ft_exec *x, struct ft_result *result);

/* ---- witness.c: who got it ---- */
void ft_witness_refresh(struct ft_run *run); /* before a connect, if the queues are stale */
/* Who got the connection that sock has just made. False: not yet in any queue. */
bool ft_witness_connection(struct ft_exec *x, struct ft_got *ret_got);
/* Remembers the receive queues; then says which have grown. */
void ft_witness_memory(struct ft_run *run);
void ft_witness_datagram(struct ft_exec *x, struct ft_got *ret_got);
/* Waits until everything sent before on this CPU's loopback was delivered. */
void ft_witness_barrier(struct ft_engine *engine, struct ft_run *run);
/* Completes the tuple of a begun socket with what became of it. */
void ft_witness_begun(struct ft_run *run, struct ft_sock *sock, uint16_t index);

/* ---- again.c ---- */
/* Has luck decided in this run, so that it is to be ended and begun anew? Its outcome is not looked
 * at. */
bool ft_again_due(const struct ft_run *run);
/* What was noticed. Times are CLOCK_MONOTONIC's, in nanoseconds. The run was executed without a
 * pause from since to now. */
void ft_again_executed(struct ft_engine *engine, struct ft_run *run, uint64_t since, uint64_t now);
/* A turn of the hooks in the middle of the run lasted from since to now. */
void ft_again_turned(struct ft_run *run, uint64_t since, uint64_t now);
/* The engine slept, was to wake at wake_ns, and did at now. */
void ft_again_woke(struct ft_engine *engine, uint64_t wake_ns, uint64_t now);
/* sock_diag lists a connection that the run has ended so. */
void ft_again_listed(struct ft_run *run, const struct ft_diag_row *row);

/* ---- settle.c ---- */
void ft_settle_note(struct ft_exec *x); /* before a close or shutdown of the subject */
/* FT_NEXT_PARK while a connection is still on its way; FT_NEXT_END where luck decided and the case
 * is to be run anew; else FT_NEXT_WORD. */
enum ft_next ft_settle(struct ft_exec *x);
/* The TCP state of an open socket, 0 if it has none. */
unsigned ft_settle_state(int fd);

/* ---- listed.c: the third witness ---- */
/* Asks sock_diag for the tuples that were added since, at last also for those still pending; sets
 * record->unlisted where it cannot. */
void ft_listed_ask(struct ft_engine *engine, struct ft_run *run, bool last);
/* The same before a word, if it may end a connection. */
void ft_listed_before(struct ft_exec *x);
/* What to ask for this tuple; false where no socket can be listed. */
bool ft_listed_question(const struct ft_run *run, const struct ft_tuple *tuple,
			struct ft_diag_question *ret_question);

/* ---- held.c ---- */
/* Is the table of connections of the present namespace small enough to be walked often? */
bool ft_held_walkable(void);
/* May this run, which has ended, be held? */
bool ft_held_suits(const struct ft_engine *engine, const struct ft_run *run);
/* Holds it; releases all when enough are held. */
void ft_held_add(struct ft_engine *engine, struct ft_run *run);
/* Lists the connections of all that are held, and finishes them. */
void ft_held_release(struct ft_engine *engine);

/* ---- clear.c ---- */
/* Resets the connections that were closed with an end still in a queue: of thousands, the listener
 * that goes would send the resets in one burst, too many for a capture. */
void ft_clear_one_by_one(struct ft_engine *engine, struct ft_run *run);
/* Takes away what closed connections of this case have left in a namespace that others use too. */
void ft_clear_leavings(struct ft_engine *engine, struct ft_run *run);

/* ---- parked.c ---- */
int ft_parked_push(struct ft_engine *engine, struct ft_run *run); /* 0 or -ENOMEM */
/* Takes the earliest, of which there must be one. */
struct ft_run *ft_parked_pop(struct ft_engine *engine);
/* Is it time for the earliest? */
bool ft_parked_due(const struct ft_engine *engine);
/* Sleeps until then (CLOCK_MONOTONIC), or until a turn is due; notices if it became much later. */
void ft_parked_sleep(struct ft_engine *engine, uint64_t wake_ns);

/* ---- spare.c ---- */
/* Can the place of this run, which is its own, be made as new again after it? */
bool ft_spare_suits(const struct ft_engine *engine, const struct ft_run *run);
/* Makes it so and keeps it, if it can: the run has ended and nobody else is there. */
void ft_spare_keep(struct ft_engine *engine, const struct ft_run *run);
/* One that was kept, or NULL. */
struct ft_place *ft_spare_take(struct ft_engine *engine);

/* ---- here.c ---- */
/* The first of n free ports in a row, from `from` on and below last; 0 if there are none. */
uint16_t ft_here_ports(uint16_t from, uint16_t last, size_t n);

/* ---- engine.c ---- */
/* Closes what a run that is not executed any more has left open, and hands it to the sink. */
void ft_engine_finish(struct ft_engine *engine, struct ft_run *run);
/* The place's sock_diag socket, opened on first use; -errno. */
int ft_engine_diag(struct ft_engine *engine, struct ft_run *run, struct ft_err *err);

#endif

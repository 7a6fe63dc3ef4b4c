/* SPDX-License-Identifier: MIT */
/*
 * What does the generator remember of the program that it is writing? Private to probes/explore.
 *
 * It keeps a rough idea of every socket (bound where, listening, connected) so that the next action
 * is likely to mean something. The idea may be wrong: a call may fail when the program is run, and
 * what follows then is a program too.
 */
#ifndef FT_EXPLORE_WALK_H
#define FT_EXPLORE_WALK_H

#include "explore/generate.h"
#include "explore/random.h"

/* One step of a walk. */
enum ft_act {
	FT_ACT_SERVE, /* a new socket: options, bind, perhaps listen */
	FT_ACT_DIAL,  /* a new socket: options, perhaps bind, connect or send */
	FT_ACT_OPEN,  /* a new socket: options */
	FT_ACT_BIND,  /* and so on: one call of a socket that is there */
	FT_ACT_LISTEN,
	FT_ACT_CONNECT,
	FT_ACT_BEGIN,
	FT_ACT_ACCEPT,
	FT_ACT_SEND,
	FT_ACT_RECV,
	FT_ACT_SHUTDOWN,
	FT_ACT_DISCONNECT,
	FT_ACT_CLOSE,
	FT_ACT_FLAG,   /* reuseaddr, reuseport: on or off */
	FT_ACT_OPTION, /* another option that matters */
	FT_ACT_READ,   /* NAME? */
	FT_ACT_STEER,
	FT_ACT_OWNER, /* fchown */
	FT_ACT_DUP,
	FT_ACT_HEARING, /* deaf, hear */
	FT_ACT_MEMBERSHIP,
	FT_ACT_FASTOPEN,
	FT_ACT_LOOK,
	FT_ACT_COUNT
};

/* What a program begins with. */
enum ft_opening {
	FT_OPENING_NONE,
	FT_OPENING_SERVER,    /* one listener */
	FT_OPENING_GROUP,     /* two or three listeners with reuseport */
	FT_OPENING_PAIR,      /* a listener, a connection, accepted */
	FT_OPENING_TRANSIENT, /* a connection in one of the states that only a deaf socket holds */
	FT_OPENING_LIST,      /* two or three bound sockets */
	FT_OPENING_CROWD,     /* ten of them */
	FT_OPENING_RANGE,     /* scene: few ports for the kernel to choose from */
	FT_OPENING_WAIT,      /* a TIME_WAIT that is waited for */
	FT_OPENING_COUNT
};

enum ft_families { FT_FAMILIES_TCP, FT_FAMILIES_UDP, FT_FAMILIES_MIXED, FT_FAMILIES_COUNT };

struct ft_theme {
	uint16_t weight;
	uint8_t opening, families;
	uint16_t devices, users, listens, zeros, eths; /* thousandths: how often at each chance */
	uint16_t acts[FT_ACT_COUNT];
};

/* theme.c */
extern const struct ft_theme ft_themes[];
extern const unsigned ft_n_themes;

/* How this program handles its flags. */
enum ft_habit {
	FT_HABIT_NONE,
	FT_HABIT_REUSEADDR,
	FT_HABIT_REUSEPORT,
	FT_HABIT_BOTH,
	FT_HABIT_MIXED,
	FT_HABIT_COUNT
};

struct ft_plan {
	uint8_t family;
	bool open, v6, stream, bound, listening, connected, begun, deaf;
	bool on_eth;           /* bound to that device */
	struct ft_endpoint at; /* where it is bound; at least what was asked for */
	uint8_t waiting;       /* connections in its queue */
};

enum { FT_WALK_PORTS_MAX = 3 };

struct ft_walk {
	const uint16_t *options; /* of the vocabulary */
	const struct ft_theme *theme;
	struct ft_program *program;
	struct ft_random random;
	unsigned n_calls, calls_max;
	unsigned n_ports;     /* how many named ports there may be */
	unsigned families[8]; /* that new sockets are made of, with repetitions */
	unsigned n_families;
	enum ft_habit habit;
	bool eth, users, devices; /* may occur */
	bool tiny;                /* the scene has few ports: numbers are used, too */
	unsigned n_kernel_ports;  /* that the kernel has probably chosen so far */
	struct ft_plan plans[FT_PROGRAM_SOCKETS_MAX];
};

static inline unsigned ft_walk_below(struct ft_walk *walk, unsigned n)
{
	return ft_random_below(&walk->random, n);
}
static inline bool ft_walk_chance(struct ft_walk *walk, unsigned thousandths)
{
	return ft_random_chance(&walk->random, thousandths);
}

/* ---- place.c: which address? ---- */

/* To bind a socket to. */
struct ft_endpoint ft_walk_place(struct ft_walk *walk, const struct ft_plan *plan);
/* To connect or send to: mostly where another socket of the kind can be reached. */
struct ft_endpoint ft_walk_target(struct ft_walk *walk, const struct ft_plan *plan);

/* ---- options.c: words that are no calls ---- */

struct ft_word *ft_walk_set(struct ft_walk *walk, enum ft_vocable vocable, int64_t value);
/* reuseaddr or reuseport, on or off. */
void ft_walk_flag(struct ft_walk *walk);
/* The options of a new socket before (or after) its bind, as habit and theme have it. */
void ft_walk_options(struct ft_walk *walk, struct ft_plan *plan, bool after);
/* One more option of a socket that is there. */
void ft_walk_option(struct ft_walk *walk, struct ft_plan *plan);
void ft_walk_read(struct ft_walk *walk, const struct ft_plan *plan);
void ft_walk_membership(struct ft_walk *walk, bool join);
void ft_walk_steer(struct ft_walk *walk, const struct ft_plan *plan);

/* ---- act.c ---- */

/* Is there room for another action, whatever it is? */
bool ft_walk_room(const struct ft_walk *walk);
/* Does it; false if there is no socket that it could be done to. */
bool ft_walk_act(struct ft_walk *walk, enum ft_act act);
/* A new socket of the theme in a step of its own; its name. */
uint16_t ft_walk_open(struct ft_walk *walk, bool user);
struct ft_word *ft_walk_call(struct ft_walk *walk, enum ft_op op);
void ft_walk_bind(struct ft_walk *walk, uint16_t name);
void ft_walk_listen(struct ft_walk *walk, uint16_t name);
void ft_walk_connect(struct ft_walk *walk, uint16_t name, enum ft_op op);
void ft_walk_accept(struct ft_walk *walk, uint16_t listener);

/* ---- opening.c ---- */
void ft_walk_opening(struct ft_walk *walk);

#endif

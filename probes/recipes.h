/* SPDX-License-Identifier: MIT */
/*
 * What do real programs do before bind(), and which cases follow from it?
 *
 * A recipe is a sequence of calls that decides with whom a port can be shared, and the programs
 * that make just these calls. Options without influence on that (buffers, keepalive, TCP_NODELAY,
 * IP_PKTINFO, deferred accept, fast open) are left out, and so is the backlog.
 */
#ifndef FT_RECIPES_H
#define FT_RECIPES_H

#include <jansson.h>
#include <stdio.h>

#include "probe/probe.h"

enum ft_recipe_kind { FT_RECIPE_SERVER, FT_RECIPE_CLIENT, FT_RECIPE_UDP };

struct ft_recipe_program {
	const char *name;
	const char *source; /* repository, file and function; "traced": also seen with strace(1) */
};

struct ft_recipe {
	const char *code; /* at most three letters and digits: row and column of the table */
	enum ft_recipe_kind kind;
	/* Steps of the case language, separated by "; ". '$' stands for the socket's name, so "$6"
	 * is a second socket of the same program. A client dials lo:q or lo4:q. */
	const char *words;
	const struct ft_recipe_program *programs; /* ended by a name of NULL */
};

/* Ended by a code of NULL: servers, then clients, then UDP. */
extern const struct ft_recipe ft_recipes[];
enum { FT_RECIPES_MAX = 64, FT_RECIPE_CODE_MAX = 3 };

/* What is left of a server that has ended, when it is started again. */
enum ft_left {
	FT_LEFT_TIME_WAIT,   /* it closed the connection first */
	FT_LEFT_ESTABLISHED, /* a worker still serves it */
	FT_LEFT_CLOSE_WAIT,  /* a worker has not noticed yet that the client has gone */
	FT_LEFT_FIN_WAIT2,   /* it closed, the client did not */
	FT_LEFT_QUEUED,      /* nobody had accepted it */
	FT_LEFT_COUNT
};
extern const char *const ft_left_names[FT_LEFT_COUNT];

/* Which entry of the table does a case fill? */
struct ft_recipe_case {
	bool restart;
	size_t a, b;       /* a pair: first a, then b, on one port; a restart: b is a again */
	enum ft_left left; /* of a restart */
	unsigned family;   /* of a restart: the client's, 4 or 6 */
};

/* Is called with each case, whose text is spelled as a record spells it. 0, or a negative errno
 * that ends the walk. */
typedef int (*ft_recipe_case_fn)(void *arg, const struct ft_recipe_case *about, const char *text,
				 struct ft_err *err);
/* Every case of the table, always in the same order. -ENOMEM, or what the callback returned. */
int ft_recipes_cases(ft_recipe_case_fn each, void *arg, struct ft_err *err);
/* The further cases of --full: the second program is another user's, one of them serves on loopback
 * only, a server is started over what another one left. No table shows them. */
int ft_recipes_more(ft_recipe_case_fn each, void *arg, struct ft_err *err);

/* Does a client of that family (4 or 6), on loopback, reach the recipe when it is alone? By which
 * of its sockets: "" or "6"; NULL: it does not. */
const char *ft_recipe_serves(const struct ft_recipe *recipe, unsigned family);

/* What became of the second program, and who received. */
enum ft_up { FT_UP_NONE, FT_UP_PART, FT_UP_ALL };
enum { FT_GOT_A = 1, FT_GOT_B = 2 }; /* both: shared, each gets some */

struct ft_recipe_cell {
	bool measured;
	enum ft_up up;
	unsigned v4, v6;    /* FT_GOT_ bits over all clients of the family */
	unsigned multicast; /* likewise; both: each gets a copy */
	char refused[64];   /* "b.bind=EADDRINUSE": the first call that failed, if not all is up */
};
/* From the outcome of a case, as a record has it; b is the second program's recipe. */
void ft_recipe_cell_read(const char *outcome, const struct ft_recipe *b,
			 struct ft_recipe_cell *cell);
/* Three characters: "-" refused, "" not measured; else who got the connections or datagrams of v4
 * and of v6 (A, B, * for both, . for nobody), and of multicast where some is sent, or ' where a
 * part of the second program was refused. */
void ft_recipe_cell_text(const struct ft_recipe_cell *cell, bool multicast, char text[8]);
/* Is multicast sent in a pair of these? */
bool ft_recipe_multicast(const struct ft_recipe *a, const struct ft_recipe *b);

extern const struct ft_probe_table ft_recipes_table;

#endif

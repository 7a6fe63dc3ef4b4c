/* SPDX-License-Identifier: MIT */
/*
 * What do the processes of a search share, and what does one of them do?
 *
 * Each takes the numbers of programs in chunks from one counter, makes the programs by itself, runs
 * them, and compares every call with what the model allows. What differs is made small on the spot
 * and sent to the parent as a line of JSON; what is equal leaves nothing but a count.
 */
#ifndef FT_FOURTUPLE_SEARCH_H
#define FT_FOURTUPLE_SEARCH_H

#include <stdatomic.h>

#include "explore/enumerate.h"
#include "explore/generate.h"
#include "model/model.h"

enum { FT_SEARCH_WORKERS_MAX = 48, FT_SEARCH_REASONS_MAX = 48, FT_SEARCH_REASON_MAX = 240 };

/* What is searched: programs from .. to - 1. */
struct ft_search_plan {
	const struct ft_enumeration *enumeration; /* NULL: random ones */
	struct ft_generator generator;
	uint64_t from, to;
	struct ft_setting setting;
	unsigned hunts_max; /* differences that each process makes small; others are counted */
};

/* Fills program with number number of the plan. */
void ft_search_program(const struct ft_search_plan *plan, uint64_t number,
		       struct ft_program *program);

enum ft_search_count {
	FT_SEARCH_PROGRAMS, /* that ended, whatever the result */
	FT_SEARCH_CALLS,    /* that were compared, in programs that are equal */
	FT_SEARCH_EQUAL,
	FT_SEARCH_DIFFER,
	FT_SEARCH_UNSTABLE, /* of those that differ: not when they were run again */
	FT_SEARCH_BEYOND,
	FT_SEARCH_SKIPPED,
	FT_SEARCH_BROKEN,
	FT_SEARCH_UNHUNTED, /* of those that differ: not made small */
	FT_SEARCH_GIVEN,    /* taken from the counter */
	FT_SEARCH_COUNTS
};

/* Why a program was beyond the model, skipped or broken. */
struct ft_search_reason {
	_Atomic uint64_t n;
	enum ft_search_count of;
	char text[FT_SEARCH_REASON_MAX];
};

/* Of one process; written by it alone. */
struct ft_search_tally {
	_Atomic uint64_t counts[FT_SEARCH_COUNTS];
	_Atomic uint64_t working; /* number of the program that is being run + 1, 0: none */
	_Atomic uint64_t beats;
	_Atomic unsigned n_reasons;
	struct ft_search_reason reasons[FT_SEARCH_REASONS_MAX];
};

struct ft_search_shared {
	_Atomic uint64_t next; /* the first program that no process has taken */
	_Atomic bool stop;     /* take no more */
	struct ft_search_tally tallies[FT_SEARCH_WORKERS_MAX];
};

struct ft_search_options {
	const struct ft_search_plan *plan;
	struct ft_search_shared *shared;
	struct ft_search_tally *tally;
	int output; /* lines of JSON go there */
	int cpu;
};

/* The exit status of the process: 0, FT_WORKER_REFUSED or FT_WORKER_FAILED (probe/frame.h); why is
 * in a line {"note":...}. */
int ft_search_main(const struct ft_search_options *options);

#endif

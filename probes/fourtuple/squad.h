/* SPDX-License-Identifier: MIT */
/*
 * Who searches? One process per CPU, and this one, which hears what they find.
 */
#ifndef FT_FOURTUPLE_SQUAD_H
#define FT_FOURTUPLE_SQUAD_H

#include "base/err.h"
#include "fourtuple/search.h"

enum { FT_SQUAD_NOTE_MAX = 600 };

struct ft_squad_options {
	const struct ft_search_plan *plan;
	unsigned workers; /* 0: one per CPU that we may use */
	/* A line of JSON that a process sent: a difference. */
	void (*line)(void *arg, const char *line, size_t len);
	/* Now and then. rate: programs a second, lately. May be NULL. */
	void (*progress)(void *arg, const uint64_t counts[FT_SEARCH_COUNTS], double rate);
	void *arg;
};

struct ft_squad_result {
	uint64_t counts[FT_SEARCH_COUNTS];
	size_t n_reasons, size_reasons;
	struct ft_squad_reason {
		enum ft_search_count of;
		uint64_t n;
		char text[FT_SEARCH_REASON_MAX];
	} * reasons;   /* most frequent first */
	uint64_t next; /* all programs of the plan before this one are done, or lost */
	uint64_t lost; /* in the hands of processes that died */
	unsigned deaths;
	int signal;   /* that ended it early, 0 */
	bool refused; /* a process could not enter its sandbox */
	bool failed;  /* a process gave up */
	double seconds;
	char note[FT_SQUAD_NOTE_MAX]; /* the first sentence about what went wrong, or "" */
};

/* Searches. On the first SIGINT or SIGTERM no more programs are begun, those begun are finished; on
 * the second everything ends at once. 0, or the negative errno of mmap(2), pipe(2), fork(2). */
int ft_squad_run(const struct ft_squad_options *options, struct ft_squad_result *ret,
		 struct ft_err *err);
void ft_squad_result_fini(struct ft_squad_result *result);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What does a process of a search say to its parent? A line of JSON for each thing.
 */
#ifndef FT_FOURTUPLE_SEARCH_LINE_H
#define FT_FOURTUPLE_SEARCH_LINE_H

#include "explore/program.h"
#include "reports/match.h"

struct ft_difference_line {
	uint64_t number; /* of the program it came from */
	const struct ft_program *original;
	const struct ft_record *record; /* of the least program; its case is the record's */
	struct ft_match *match;         /* the record was just compared by it */
	const struct ft_setting *setting;
	const bool *sometimes; /* known when the hunt is over: does it differ at times only? */
};

/* What differed, and did not when it was run again. */
struct ft_unstable_line {
	uint64_t number;
	const struct ft_program *original;
	const char *seen, *predicted;
};

/* Appends {"case","predicted","seen","rule",...} with its newline. */
void ft_difference_line(const struct ft_difference_line *line, struct ft_text *out);
void ft_unstable_line(const struct ft_unstable_line *line, struct ft_text *out);
/* Appends {"note":...}. */
void ft_note_line(const char *note, struct ft_text *out);

#endif

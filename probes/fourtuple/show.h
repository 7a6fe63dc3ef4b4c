/* SPDX-License-Identifier: MIT */
/*
 * How is a measured case shown to a person? One as a story, many as a table.
 */
#ifndef FT_FOURTUPLE_SHOW_H
#define FT_FOURTUPLE_SHOW_H

#include "fourtuple/gather.h"
#include "fourtuple/plain.h"
#include "model/model.h"

/* Appends a word as the system call that it is: "bind(127.0.0.1:p)". families: of each socket of
 * the case, by its index in the names. */
void ft_call_print(const struct ft_step *step, const struct ft_word *word,
		   const struct ft_names *names, const uint8_t *families, struct ft_text *out);
/* Prints the calls of a case one a line, each with how it ended and, if why, by which rule. 0 or
 * -ENOMEM. */
int ft_show_calls(const struct ft_case *c, const json_t *record, bool why, FILE *file);
/* Below a call: the sentence and the source of its rule, and who was in the way; nothing where the
 * record tells no rule. */
void ft_why_print(const json_t *record, const char *call, const struct ft_look *look, FILE *file);
/* The rule of that ID, NULL if there is none. */
const struct ft_rule_row *ft_rule_find(const char *id);

/* Calls, outcome, verdict, 4-tuples and packets of one case. why: with the rules. savefile: path to
 * read the packets from, NULL: none were captured. 0, -ENOMEM, or as ft_savefile_read(). */
int ft_show_story(const struct ft_case *c, const json_t *record, bool why, const char *savefile,
		  FILE *file, struct ft_err *err);
/* The packets of a record in order. */
int ft_show_ladder(const json_t *record, const char *savefile, FILE *file, struct ft_err *err);

/* Which known changes of the kernel explain what the model did not allow: "as before 8002d44fe84d
 * (6.8): subject", appended to out; nothing where there are none. */
void ft_explanation_print(const json_t *record, struct ft_text *out);

/* What an outcome comes down to: "ok", "ok>a", "b.bind EADDRINUSE", "skipped"; with '!' behind it
 * where something else was wanted. Appended to out. */
void ft_show_gist(const json_t *record, struct ft_text *out);

/* Everything that was gathered: matrices as tables, the cases between them as a list. width:
 * columns of the terminal. 0 or -ENOMEM. */
int ft_show_tables(const struct ft_gathered *gathered, size_t width, FILE *file);
/* One matrix, whose first case is number first of the job. 0 or -ENOMEM. */
int ft_show_table(const struct ft_gathered *gathered, const struct ft_matrix *matrix,
		  uint64_t first, size_t width, FILE *file);

#endif

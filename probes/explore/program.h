/* SPDX-License-Identifier: MIT */
/*
 * What is a case that was not read but made? Steps and words in arrays of fixed size.
 *
 * A search makes a million of them a minute, so a program is written in place, without text and
 * without allocation, and lends what it holds to a struct ft_case. Its sockets are called a b c ...
 * and its ports p q r ..., in order of first sight, so that programs that differ in names alone
 * are the same program.
 */
#ifndef FT_EXPLORE_PROGRAM_H
#define FT_EXPLORE_PROGRAM_H

#include "case/case.h"

enum {
	FT_PROGRAM_STEPS_MAX = 64,
	FT_PROGRAM_WORDS_MAX = 128,
	FT_PROGRAM_SOCKETS_MAX = 16,
	FT_PROGRAM_PORTS_MAX = 8,
};

struct ft_program {
	uint16_t n_steps, n_words;
	struct ft_names names;
	struct ft_step steps[FT_PROGRAM_STEPS_MAX];
	struct ft_word words[FT_PROGRAM_WORDS_MAX]; /* those of the first step, of the second, ...
						     */
};

/* Makes it empty. What it held before need not have been anything. */
void ft_program_clear(struct ft_program *program);
void ft_program_copy(struct ft_program *to, const struct ft_program *from);

/* The name of another socket or port. There must be room. */
uint16_t ft_program_socket(struct ft_program *program);
uint16_t ft_program_port(struct ft_program *program);

/* Begins a step of a socket, or of the scene (FT_NO_SOCKET). NULL if there is no room. */
struct ft_step *ft_program_step(struct ft_program *program, uint16_t subject);
/* Appends a word to the last step, as the parser would leave one without arguments. NULL if there
 * is no room. */
struct ft_word *ft_program_word(struct ft_program *program, enum ft_op op);

/* Makes it sound and canonical: words that ask for a socket that is not open there are dropped, so
 * are steps without words, and the names are those of first sight. */
void ft_program_tidy(struct ft_program *program);

/* How many of its words are calls (bind, listen, ...), the rest being options, reads, engine and
 * scene words. */
unsigned ft_program_calls(const struct ft_program *program);

/* Fills c, which was prepared by ft_case_init(), with pointers into the program. 0 or -ENOMEM. */
int ft_program_case(const struct ft_program *program, struct ft_case *c);
/* The other way: a copy of c, tidied. Texts (devices, sysctls) stay borrowed. -E2BIG if it is
 * larger than a program can be. Expectations are left behind. */
int ft_program_from_case(struct ft_program *program, const struct ft_case *c);

/* Appends the text of the case. */
void ft_program_print(const struct ft_program *program, struct ft_text *out);

#endif

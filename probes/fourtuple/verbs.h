/* SPDX-License-Identifier: MIT */
/*
 * Which verbs does the driver have? One table, for dispatch, help and the search for typing errors.
 */
#ifndef FT_FOURTUPLE_VERBS_H
#define FT_FOURTUPLE_VERBS_H

#include <argp.h>
#include <stddef.h>

struct ft_verb {
	const char *name;
	const char *arguments; /* as in a usage line */
	const char *summary;   /* a few words */
	/* argv[0] is "fourtuple VERB". Returns an exit code, or exits with 2 where the command line
	 * is wrong; answers --help itself. */
	int (*run)(int argc, char **argv);
};
extern const struct ft_verb ft_verbs[];
extern const size_t ft_n_verbs;

int ft_verb_run(int argc, char **argv);
int ft_verb_try(int argc, char **argv);
int ft_verb_explore(int argc, char **argv);
int ft_verb_explain(int argc, char **argv);
int ft_verb_list(int argc, char **argv);
int ft_verb_repro(int argc, char **argv);
int ft_verb_doctor(int argc, char **argv);
int ft_verb_help(int argc, char **argv);

/* NULL if there is none. */
const struct ft_verb *ft_verb_find(const char *name);
/* Says on stderr that there is no such verb, and which is meant; returns the exit code. */
int ft_verb_unknown(const char *name);
/* The overview: usage, verbs, examples, exit codes. */
void ft_verb_overview(FILE *file);

#endif

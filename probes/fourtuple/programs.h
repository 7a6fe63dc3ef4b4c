/* SPDX-License-Identifier: MIT */
/*
 * Which probe programs are there? Executables fourtuple-NAME: beside our own, then on PATH.
 */
#ifndef FT_FOURTUPLE_PROGRAMS_H
#define FT_FOURTUPLE_PROGRAMS_H

#include <stddef.h>

#include "base/err.h"

struct ft_program {
	char *name; /* without "fourtuple-" */
	char *path;
};

struct ft_programs {
	size_t n, size;
	struct ft_program *rows; /* sorted by name, each name once */
};

/* Folders that cannot be read are passed over. 0 or -ENOMEM. */
int ft_programs_find(struct ft_programs *ret, struct ft_err *err);
void ft_programs_fini(struct ft_programs *programs);

/* NULL if there is none; then err says so with the nearest name and the list. */
const struct ft_program *ft_programs_get(const struct ft_programs *programs, const char *name,
					 struct ft_err *err);

/* Is an argument of run and list a file of cases, not the name of a probe? "-" is stdin. */
int ft_is_cases_file(const char *argument);
/* A file's base name, "stdin" for "-": what its records call their probe. */
const char *ft_cases_file_name(const char *path);

#endif

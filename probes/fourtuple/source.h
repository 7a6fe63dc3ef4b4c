/* SPDX-License-Identifier: MIT */
/*
 * What do the arguments of run and list name? Probe programs and files of cases, each once.
 */
#ifndef FT_FOURTUPLE_SOURCE_H
#define FT_FOURTUPLE_SOURCE_H

#include "fourtuple/programs.h"
#include "probe/job.h"

struct ft_source {
	const char *name;  /* in the records; borrowed */
	const char *path;  /* of the program; NULL: it is a file, see job */
	struct ft_job job; /* of a file */
};

struct ft_sources {
	struct ft_programs programs;
	size_t n;
	struct ft_source *rows;
};

/* Finds what n arguments name, without arguments every program; parses all files. The names of
 * arguments are borrowed. -ENOENT (no such probe), or as ft_job_add_file(). */
int ft_sources_find(size_t n, char *const *arguments, struct ft_sources *ret, struct ft_err *err);
void ft_sources_fini(struct ft_sources *sources);

#endif

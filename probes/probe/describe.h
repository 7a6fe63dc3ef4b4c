/* SPDX-License-Identifier: MIT */
/*
 * What would a job run? For `list`, without running anything.
 */
#ifndef FT_PROBE_DESCRIBE_H
#define FT_PROBE_DESCRIBE_H

#include <stdio.h>

#include "probe/job.h"

/* Prints the canonical text of every case that matches, a line each, with its expectations. Returns
 * an exit code. */
int ft_describe_cases(const struct ft_job *job, FILE *file);

/* Prints {"name","question","cases","matrices":[..]} on one line. Returns an exit code. */
int ft_describe_probe(const char *name, const char *question, const struct ft_job *job, FILE *file);

#endif

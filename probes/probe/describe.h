/* SPDX-License-Identifier: MIT */
/*
 * What would a job run? For `list`, without running anything.
 */
#ifndef FT_PROBE_DESCRIBE_H
#define FT_PROBE_DESCRIBE_H

#include <stdio.h>

#include "probe/job.h"
#include "reports/judge.h"

/* Prints the canonical text of every case that matches, a line each, with its expectations. Returns
 * an exit code. */
int ft_describe_cases(const struct ft_job *job, FILE *file);

/* Prints {"name","question","cases","full","rules":[..],"functions":[..],"matrices":[..]} on one
 * line: how many cases there are, and with --full; which rules of the model decide them, and the
 * kernel functions that these speak of. full has all cases. Returns an exit code. */
int ft_describe_probe(const char *name, const char *question, uint64_t cases,
		      const struct ft_job *full, const struct ft_setting *setting, FILE *file);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which rules of the model do cases exercise, and which of the cases add something?
 */
#ifndef FT_REPORTS_COVERAGE_H
#define FT_REPORTS_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "case/case.h"
#include "model/model.h"

struct ft_coverage;

/* NULL without memory. setting is copied. */
struct ft_coverage *ft_coverage_new(const struct ft_setting *setting);
void ft_coverage_free(struct ft_coverage *coverage);

/* Predicts c and notes by which rule each of its calls is decided, how the call ends, and because
 * of a socket in which state. Returns whether one of these was not seen in a case before. A case of
 * more than 1,000 steps is left out: it says the same often. */
bool ft_coverage_add(struct ft_coverage *coverage, const struct ft_case *c);

/* Was this rule seen? */
bool ft_coverage_has(const struct ft_coverage *coverage, enum ft_rule rule);

/* Calls each() once for every kernel function that the sources of the seen rules name,
 * "tcp_v4_rcv", in the order of the rules; name is borrowed for the call. */
void ft_coverage_functions(const struct ft_coverage *coverage,
			   void (*each)(void *arg, const char *name), void *arg);

#endif

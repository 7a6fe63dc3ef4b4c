/* SPDX-License-Identifier: MIT */
/*
 * What does `fourtuple help` know beside the verbs?
 */
#ifndef FT_FOURTUPLE_TOPICS_H
#define FT_FOURTUPLE_TOPICS_H

#include <stdbool.h>
#include <stdio.h>

/* Prints the topic of that name; false if there is none. */
bool ft_topic_print(const char *name, FILE *file);

#endif

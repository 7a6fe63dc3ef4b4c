/* SPDX-License-Identifier: MIT */
/*
 * Do the repetitions of a case agree? Gathers their outcomes until the last one is in.
 */
#ifndef FT_PROBE_REPEAT_H
#define FT_PROBE_REPEAT_H

#include "reports/record.h"

struct ft_repeats;

struct ft_repeats *ft_repeats_new(uint32_t times); /* NULL without memory */
void ft_repeats_free(struct ft_repeats *repeats);

/* One more repetition of case number id has this (judged) record. True with the last one: record
 * then holds the distinct outcomes with their counts, and its verdict is `unstable` if there are
 * several, unless the model allows every one of them: then the kernel draws, and that was foreseen.
 * A repetition that was skipped or broken decides the verdict; what was predicted of one that
 * differs is kept. */
bool ft_repeats_complete(struct ft_repeats *repeats, uint64_t id, struct ft_record *record);

#endif

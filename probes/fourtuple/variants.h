/* SPDX-License-Identifier: MIT */
/*
 * Which cases differ from a given one in one thing?
 *
 * Each variant is a text with one change: a flag more or less, another address, another family, two
 * steps exchanged, a socket closed before, a sysctl, a user, some time. Whether it is a case at all
 * and what it does is for others to find out.
 */
#ifndef FT_FOURTUPLE_VARIANTS_H
#define FT_FOURTUPLE_VARIANTS_H

#include "case/case.h"

enum ft_alter {
	FT_ALTER_DROP,    /* a word less */
	FT_ALTER_REPLACE, /* text instead of a word */
	FT_ALTER_BEHIND,  /* text behind a word */
	FT_ALTER_STEP,    /* the step `text` before a step */
	FT_ALTER_SWAP,    /* a step and the next one exchanged */
	FT_ALTER_USER,    /* a step by another user */
};

/* One change of a case. */
struct ft_alteration {
	enum ft_alter kind;
	unsigned size; /* how much is changed: 1 a flag, 2 an address or a call, 3 more */
	size_t step, word;
	const char *text; /* borrowed */
	bool as;          /* USER: by this one; false: by the first one */
	uint32_t uid;
};

struct ft_variant {
	char *text;   /* the changed case */
	char *change; /* "a without listen" */
	struct ft_alteration what;
	uint32_t step, word; /* where the call that is asked about stands in it */
};

struct ft_variants {
	const struct ft_case *c; /* borrowed */
	size_t step, word;       /* the call that is asked about */
	size_t n, size;
	struct ft_variant *rows;
	size_t bytes; /* of all texts; there is a limit, for cases of thousands of steps */
	bool failed;  /* no memory */
};

/* All single changes up to word number `word` of step number `step`, smallest first. 0 or -ENOMEM;
 * ft_variants_fini() in any case. */
int ft_variants_make(const struct ft_case *c, size_t step, size_t word, struct ft_variants *ret);
void ft_variants_fini(struct ft_variants *variants);

/* variants.c, for changes.c: appends the case with this change. */
void ft_variants_add(struct ft_variants *variants, const struct ft_alteration *what);
/* changes.c: appends all of them, in no particular order. */
void ft_variants_fill(struct ft_variants *variants);

#endif

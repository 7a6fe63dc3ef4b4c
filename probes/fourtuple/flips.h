/* SPDX-License-Identifier: MIT */
/*
 * Which single changes of a case change the end of one of its calls? Found by running them.
 */
#ifndef FT_FOURTUPLE_FLIPS_H
#define FT_FOURTUPLE_FLIPS_H

#include "fourtuple/gather.h"
#include "fourtuple/variants.h"

/* A call of a case that was measured. */
struct ft_asked {
	size_t step, word;
	struct ft_text name, end; /* "b.bind", "EADDRINUSE" */
};
/* The first call of the outcome that was refused; if there is none, the last one. False where the
 * outcome has no call. To be released with ft_asked_fini() in any case. */
bool ft_asked_find(const struct ft_case *c, const char *outcome, struct ft_asked *ret);
void ft_asked_fini(struct ft_asked *asked);

/* A change that was run and did change it. */
struct ft_flip {
	const struct ft_variant *variant;
	const json_t *record; /* borrowed from ft_flips.gathered */
	char *end;            /* of the call that is asked about */
	bool disturbs;        /* a call before it ends otherwise, too */
};

struct ft_flips {
	struct ft_variants variants;
	struct ft_job job;
	struct ft_gathered gathered;
	size_t n_tried; /* those that are cases, and in which the call was made */
	size_t n;
	struct ft_flip *rows; /* smallest first */
};

/* Runs all variants of c on the kernel, without capture, in one go. 0, or as ft_gather(); *ret is
 * to be finished in any case, and is emptied by it. c and asked must outlive it. */
int ft_flips_find(const struct ft_session *session, const struct ft_case *c,
		  const struct ft_asked *asked, struct ft_flips *ret, struct ft_err *err);
void ft_flips_fini(struct ft_flips *flips);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What is a claim? A sentence that somebody wrote about sockets, and the cases that test it.
 *
 * Each case says behind "=>" what must come out if the sentence is right. The case is run without
 * it: the model says what the kernel does, the claim only what somebody said that it does. Which of
 * the two was right is weighed afterwards, from what was measured.
 *
 *   true        all of its cases came out as claimed
 *   false       none did
 *   depends     some did; `depends` says on what
 *   unmeasured  neither of these is certain, for at least one case could not be run
 */
#ifndef FT_CLAIMS_CLAIMS_H
#define FT_CLAIMS_CLAIMS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"

enum { FT_CLAIM_CASES_MAX = 8 };

struct ft_claim {
	const char *id;       /* letters, digits and '-'; unique */
	const char *sentence; /* in our words */
	const char *source;   /* page and section, RFC and section, function, or URL */
	const char *depends;  /* on what it depends whether it holds; NULL: it always or never does
			       */
	/* Cases or matrices with their "=>", ended by NULL. */
	const char *cases[FT_CLAIM_CASES_MAX];
};

enum ft_claim_verdict {
	FT_CLAIM_TRUE,
	FT_CLAIM_FALSE,
	FT_CLAIM_DEPENDS,
	FT_CLAIM_UNMEASURED,
	FT_CLAIM_VERDICT_COUNT
};
extern const char *const ft_claim_verdict_names[FT_CLAIM_VERDICT_COUNT]; /* "true", ... */

/* The chapters of the book: each ended by a claim without an id, all of them by NULL. */
extern const struct ft_claim *const ft_claim_chapters[];
extern const struct ft_claim ft_claims_manual[];   /* the manual pages of sections 2 and 7 */
extern const struct ft_claim ft_claims_standard[]; /* POSIX, the RFCs */
extern const struct ft_claim ft_claims_kernel[];   /* the kernel's own documentation */
extern const struct ft_claim ft_claims_folklore[]; /* books, articles, answers */
extern const struct ft_claim ft_claims_runtime[];  /* languages and servers */

/* How many of a claim's cases came out how. */
struct ft_claim_tally {
	unsigned held, refuted, unmeasured;
};
enum ft_claim_verdict ft_claim_verdict(const struct ft_claim_tally *tally);

/* One case of a claim. */
enum ft_trial { FT_TRIAL_NOT_RUN, FT_TRIAL_HELD, FT_TRIAL_REFUTED, FT_TRIAL_UNMEASURED };

struct ft_claim_trial {
	size_t claim;          /* index into ft_claims.claims */
	char *text;            /* canonical, with its "=>" */
	size_t case_len;       /* of the text, without the "=>" */
	const char *claimed;   /* what stands behind it */
	enum ft_trial outcome; /* of the first record of this case that was measured */
	char *seen;            /* the outcome line, or why there is none; NULL before */
};

/* All claims of some chapters, weighed. */
struct ft_claims {
	size_t n_claims, n_trials, size_trials;
	const struct ft_claim **claims;
	struct ft_claim_trial *trials; /* those of one claim stand together, in order */
};

/* -EINVAL with the parser's text where a case cannot be read, -ENOMEM. */
int ft_claims_init(struct ft_claims *claims, const struct ft_claim *const *chapters,
		   struct ft_err *err);
void ft_claims_fini(struct ft_claims *claims);

/* Takes what was measured of a case: a record as it stands in a report. Cases of no claim are
 * passed over. */
void ft_claims_record(struct ft_claims *claims, const json_t *record);

struct ft_claim_tally ft_claims_tally(const struct ft_claims *claims, size_t claim);
/* The first trial of a claim with that outcome; NULL: there is none. */
const struct ft_claim_trial *ft_claims_find(const struct ft_claims *claims, size_t claim,
					    enum ft_trial outcome);

/* As text of at most 100 columns; as one JSON document. 0 or -EIO. */
int ft_claims_print(const struct ft_claims *claims, FILE *file);
int ft_claims_print_json(const struct ft_claims *claims, FILE *file);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * How do several probes run at the same time? Two of them always; each has its own workers.
 */
#ifndef FT_FOURTUPLE_CREW_H
#define FT_FOURTUPLE_CREW_H

#include "capture/savefile.h"
#include "fourtuple/merge.h"
#include "fourtuple/source.h"
#include "probe/session.h"

struct ft_crew {
	const struct ft_session *session;
	const struct ft_sources *sources;
	struct ft_savefile *savefile; /* NULL: no capture */
	struct ft_merge *merge;
	/* A probe has ended; may be NULL. */
	void (*ended)(void *arg, const struct ft_part *part, uint64_t elapsed_ns);
	void *arg;
};

/* Runs all sources. SIGINT and SIGTERM are passed on, and what was measured until then is merged;
 * the outcome has the signal. 0, or the negative errno of pipe(2), fork(2), or of the report. */
int ft_crew_run(struct ft_crew *crew, struct ft_err *err);

#endif

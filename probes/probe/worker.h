/* SPDX-License-Identifier: MIT */
/*
 * What does one worker process do? Takes chunks of cases, runs them, delivers their record lines.
 */
#ifndef FT_PROBE_WORKER_H
#define FT_PROBE_WORKER_H

#include "engine/engine.h"
#include "engine/steer.h"
#include "probe/frame.h"
#include "probe/job.h"
#include "reports/judge.h"

struct ft_worker_options {
	const struct ft_job *job;
	struct ft_savefile *savefile;
	const struct ft_steer_programs *steer;
	struct ft_shared *shared;
	int socket; /* to the pool */
	int cpu;    /* to be pinned to, -1 */
	bool here;  /* no sandbox: the present namespace */
	bool capture;
	const struct ft_kernels *kernels; /* for the judge; NULL: nothing is predicted */
	size_t in_flight;                 /* parked runs at most, 0: the engine's own limit */
	size_t ring_bytes;                /* of the capture, for each device */
};

/* Never returns to the caller's work: the exit status of the worker process. */
int ft_worker_main(const struct ft_worker_options *options);

#endif

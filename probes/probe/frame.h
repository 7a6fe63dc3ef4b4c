/* SPDX-License-Identifier: MIT */
/*
 * What do a worker and its pool say to each other? Private to probes/probe.
 *
 * Over one SOCK_STREAM pair. The pool sends chunks of case numbers, each on request; the worker
 * sends frames: record lines with the numbers of their cases, notes, and requests. The pool counts
 * a case as done only when its whole frame arrived, so a worker that dies costs no record and
 * leaves no half line: what it had not delivered is run again, what it was running is `broken`.
 *
 * Lines go beside the socket, through a slot of memory that both share, where one is free and large
 * enough: the kernel would copy them twice. Else they follow their frame, so nobody ever waits for
 * a slot.
 */
#ifndef FT_PROBE_FRAME_H
#define FT_PROBE_FRAME_H

#include <stdatomic.h>
#include <stdbool.h>

#include "capture/recorder.h"
#include "reports/report.h"

/* Pool to worker. n 0: no more. */
struct ft_chunk {
	uint64_t first;
	uint64_t n;
};

enum ft_frame_kind {
	FT_FRAME_REQUEST,    /* another chunk, please */
	FT_FRAME_RECORDS,    /* n_ids case numbers, then len bytes of record lines */
	FT_FRAME_NOTE,       /* len bytes: a sentence about what limits this worker */
	FT_FRAME_UNCAPTURED, /* the same: why it may not capture packets */
	FT_FRAME_KIND_COUNT
};

enum { FT_SLOTS = 3, FT_SLOT_BYTES = 80 << 10 };

/* Worker to pool; followed by n_ids uint64_t and len bytes, unless these are in a slot. counts and
 * capture are what came since the last frame. */
struct ft_frame {
	uint32_t magic;
	uint16_t kind;
	uint16_t slot; /* + 1; 0: none */
	uint64_t n_ids;
	uint64_t len;
	int64_t code; /* of a note: the negative errno */
	struct ft_counts counts;
	struct ft_capture_count capture;
};

enum { FT_FRAME_MAGIC = 0x34545546 };

/* Exit status of a worker that could not enter its sandbox, and of one that failed otherwise. */
enum { FT_WORKER_REFUSED = 3, FT_WORKER_FAILED = 4 };

/* One per worker. The first two are what it tells by memory alone, because it may have no time to
 * say it. */
struct ft_shared {
	_Atomic uint64_t working;      /* case number + 1, 0: none */
	_Atomic uint64_t beats;        /* grows with every start and pause */
	_Atomic bool filled[FT_SLOTS]; /* by the worker; the pool has not read it yet */
	char slots[FT_SLOTS][FT_SLOT_BYTES];
};

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which case numbers are still to be run, and which has which worker in hand? Private to the pool.
 */
#ifndef FT_PROBE_CHUNKS_H
#define FT_PROBE_CHUNKS_H

#include "probe/frame.h"
#include "probe/job.h"

/* Each one costs two messages and a wake-up of the pool. */
enum { FT_CHUNK_MAX = 1024 };

/* A chunk that was given out. */
struct ft_given {
	struct ft_given *next;
	unsigned worker;
	uint64_t first, n, left;
	uint64_t done[FT_CHUNK_MAX / 64]; /* a bit per case */
};

struct ft_queue {
	size_t n, size;
	struct ft_chunk *ranges; /* still to be given out; the last one first */
	uint64_t chunk;          /* how many at a time */
	struct ft_given *given, *spare;
};

/* Splits the job's cases: [0] back to back, [1] those of matrices that need namespaces of their own
 * or wait. */
int ft_queues_fill(struct ft_queue queues[2], const struct ft_job *job, unsigned workers,
		   struct ft_err *err);
void ft_queues_free(struct ft_queue queues[2]);

/* Gives out a chunk; n 0 where none is left (or no memory). */
void ft_queue_take(struct ft_queue *queue, unsigned worker, struct ft_chunk *ret);
/* That case is done; false if the worker did not have it in hand. */
bool ft_queue_done(struct ft_queue *queue, unsigned worker, uint64_t id);
/* What a worker had in hand and did not do comes back. */
void ft_queue_give_back(struct ft_queue *queue, unsigned worker);
bool ft_queue_left(const struct ft_queue *queue);

#endif

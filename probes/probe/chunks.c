/* SPDX-License-Identifier: MIT */
#include "probe/chunks.h"

#include <errno.h>
#include <stdlib.h>

static int push(struct ft_queue *queue, uint64_t first, uint64_t n)
{
	if (queue->n == queue->size) {
		size_t size = queue->size ? 2 * queue->size : 64;
		struct ft_chunk *grown = realloc(queue->ranges, size * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		queue->ranges = grown;
		queue->size = size;
	}
	queue->ranges[queue->n++] = (struct ft_chunk){first, n};
	return 0;
}

static void reverse(struct ft_queue *queue)
{
	for (size_t i = 0; i < queue->n / 2; i++) {
		struct ft_chunk swapped = queue->ranges[i];

		queue->ranges[i] = queue->ranges[queue->n - 1 - i];
		queue->ranges[queue->n - 1 - i] = swapped;
	}
}

/* Small enough that all workers end together, large enough that asking costs nothing. */
static uint64_t chunk_size(const struct ft_queue *queue, unsigned workers)
{
	uint64_t cases = 0, n;

	for (size_t i = 0; i < queue->n; i++)
		cases += queue->ranges[i].n;
	n = cases / (8ULL * workers);
	if (n < 1)
		return 1;
	return n > FT_CHUNK_MAX ? FT_CHUNK_MAX : n;
}

int ft_queues_fill(struct ft_queue queues[2], const struct ft_job *job, unsigned workers,
		   struct ft_err *err)
{
	uint64_t done = 0;

	while (done < job->total) {
		size_t i = ft_job_matrix(job, done);
		unsigned needs = ft_matrix_needs(job->matrices[i]);
		uint64_t n = ft_matrix_size(job->matrices[i]);
		bool own = needs & (FT_NEED_OWN_NAMESPACE | FT_NEED_WAIT);

		/* A job of one kind that is run over and over is one range; of chosen cases each is
		 * one. */
		if (job->only)
			n = 1;
		else if (job->n == 1 || n > job->total - done)
			n = job->total - done;
		if (push(&queues[own], done, n) < 0)
			return ft_err_set(err, -ENOMEM, "no memory for the queue of cases");
		done += n;
	}
	for (unsigned i = 0; i < 2; i++) {
		reverse(&queues[i]);
		queues[i].chunk = chunk_size(&queues[i], i ? 4 * workers : workers);
	}
	return 0;
}

void ft_queues_free(struct ft_queue queues[2])
{
	for (unsigned i = 0; i < 2; i++) {
		struct ft_given *lists[] = {queues[i].given, queues[i].spare};

		for (unsigned k = 0; k < 2; k++)
			while (lists[k]) {
				struct ft_given *first = lists[k];

				lists[k] = first->next;
				free(first);
			}
		free(queues[i].ranges);
		queues[i] = (struct ft_queue){0};
	}
}

void ft_queue_take(struct ft_queue *queue, unsigned worker, struct ft_chunk *ret)
{
	struct ft_given *given = queue->spare;
	struct ft_chunk *range;

	*ret = (struct ft_chunk){0};
	if (queue->n == 0)
		return;
	if (given)
		queue->spare = given->next;
	else if (!(given = malloc(sizeof(*given))))
		return;
	range = &queue->ranges[queue->n - 1];
	ret->first = range->first;
	ret->n = range->n < queue->chunk ? range->n : queue->chunk;
	range->first += ret->n;
	range->n -= ret->n;
	if (range->n == 0)
		queue->n--;
	*given = (struct ft_given){.next = queue->given,
				   .worker = worker,
				   .first = ret->first,
				   .n = ret->n,
				   .left = ret->n};
	queue->given = given;
}

bool ft_queue_done(struct ft_queue *queue, unsigned worker, uint64_t id)
{
	for (struct ft_given **link = &queue->given; *link; link = &(*link)->next) {
		struct ft_given *given = *link;
		uint64_t bit = id - given->first;

		if (given->worker != worker || id < given->first || bit >= given->n)
			continue;
		if (given->done[bit / 64] & 1ULL << bit % 64)
			return false;
		given->done[bit / 64] |= 1ULL << bit % 64;
		if (--given->left == 0) {
			*link = given->next;
			given->next = queue->spare;
			queue->spare = given;
		}
		return true;
	}
	return false;
}

void ft_queue_give_back(struct ft_queue *queue, unsigned worker)
{
	for (struct ft_given **link = &queue->given; *link;) {
		struct ft_given *given = *link;

		if (given->worker != worker) {
			link = &given->next;
			continue;
		}
		for (uint64_t i = 0; i < given->n; i++)
			if (!(given->done[i / 64] & 1ULL << i % 64))
				push(queue, given->first + i, 1);
		*link = given->next;
		given->next = queue->spare;
		queue->spare = given;
	}
}

bool ft_queue_left(const struct ft_queue *queue)
{
	return queue->n != 0;
}

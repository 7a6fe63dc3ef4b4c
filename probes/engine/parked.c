/* SPDX-License-Identifier: MIT */
/*
 * Whose time has come? The parked runs, a heap with the earliest first, and the engine's sleep.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "engine/run.h"

/* The longest sleep: captures and records want their turn. */
#define TURN_NS (20 * FT_MS)

static void put(struct ft_engine *engine, size_t i, struct ft_run *run)
{
	engine->heap[i] = run;
	run->state->heap_index = i;
}

int ft_parked_push(struct ft_engine *engine, struct ft_run *run)
{
	size_t i = engine->n_heap;

	if (engine->n_heap == engine->size_heap) {
		size_t size = engine->size_heap ? 2 * engine->size_heap : 64;
		struct ft_run **grown = realloc(engine->heap, size * sizeof(struct ft_run *));

		if (!grown)
			return -ENOMEM;
		engine->heap = grown;
		engine->size_heap = size;
	}
	engine->n_heap++;
	while (i && engine->heap[(i - 1) / 2]->state->wake_ns > run->state->wake_ns) {
		put(engine, i, engine->heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	put(engine, i, run);
	return 0;
}

struct ft_run *ft_parked_pop(struct ft_engine *engine)
{
	struct ft_run *first = engine->heap[0], *last = engine->heap[--engine->n_heap];
	size_t i = 0, n = engine->n_heap;

	for (size_t child = 1; child < n; child = 2 * i + 1) {
		if (child + 1 < n &&
		    engine->heap[child + 1]->state->wake_ns < engine->heap[child]->state->wake_ns)
			child++;
		if (engine->heap[child]->state->wake_ns >= last->state->wake_ns)
			break;
		put(engine, i, engine->heap[child]);
		i = child;
	}
	if (n)
		put(engine, i, last);
	return first;
}

bool ft_parked_due(const struct ft_engine *engine)
{
	return engine->n_heap && engine->heap[0]->state->wake_ns <= ft_clock_ns();
}

void ft_parked_sleep(struct ft_engine *engine, uint64_t wake_ns)
{
	uint64_t now = ft_clock_ns();
	struct timespec t = {0};

	if (wake_ns <= now)
		return;
	if (wake_ns - now > TURN_NS)
		wake_ns = now + TURN_NS;
	t.tv_nsec = (long)(wake_ns - now);
	nanosleep(&t, NULL);
	ft_again_woke(engine, wake_ns, ft_clock_ns());
}

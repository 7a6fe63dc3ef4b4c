/* SPDX-License-Identifier: MIT */
/*
 * What is left of a case's closed connections, and how does it not disturb the next case?
 *
 * TIME_WAIT, FIN_WAIT2 and the orphans of deaf peers hold ports for a minute. Ports that are named
 * in a case are nobody else's, but those that the kernel chooses may be chosen again, and then the
 * next case meets an owner that it did not make. So the kernel is told to destroy what is left of
 * every 4-tuple of the case; where a kernel cannot (before 4.5, or without
 * CONFIG_INET_DIAG_DESTROY), the next case gets another namespace. A namespace of one case's own
 * goes as a whole, or is emptied in the same way for the next (spare.c).
 */
#include <unistd.h>

#include "engine/run.h"

/* False where it cannot. */
static bool destroy_all(int fd, const struct ft_record *record)
{
	for (size_t i = 0; i < record->n_tuples; i++) {
		const struct ft_tuple *tuple = &record->tuples[i];

		if (tuple->end != FT_END_ERROR &&
		    ft_diag_destroy(fd, &tuple->actual_local, &tuple->actual_remote) < 0)
			return false;
	}
	return true;
}

void ft_clear_one_by_one(struct ft_engine *engine, struct ft_run *run)
{
	struct ft_err err = {0};
	int fd = engine->options.sandbox->here ? -1 : ft_engine_diag(engine, run, &err);

	for (size_t i = 0; fd >= 0 && i < run->record.n_tuples; i++) {
		const struct ft_tuple *tuple = &run->record.tuples[i];

		ft_run_make_room(engine, run->place, 1);
		if (tuple->end != FT_END_ERROR &&
		    ft_diag_destroy_local(fd, &tuple->actual_local, &tuple->actual_remote) < 0)
			return;
	}
}

static bool has_peer(const struct ft_run *run)
{
	for (size_t i = 0; i < run->c.n_steps; i++)
		if (run->c.steps[i]->peer)
			return true;
	return false;
}

static bool clear_peer(struct ft_engine *engine, struct ft_run *run)
{
	struct ft_err err = {0};
	bool cleared;
	int fd;

	if (ft_engine_visit(engine, run->place, true, &err) < 0)
		return false;
	fd = ft_diag_open(&err);
	cleared = fd >= 0 && destroy_all(fd, &run->record);
	if (fd >= 0)
		close(fd);
	return ft_engine_visit(engine, run->place, false, &err) == 0 && cleared;
}

void ft_clear_leavings(struct ft_engine *engine, struct ft_run *run)
{
	struct ft_err err = {0};
	int fd;

	if (engine->options.sandbox->here || (run->place->own && !ft_spare_suits(engine, run)))
		return;
	fd = ft_engine_diag(engine, run, &err);
	if (fd < 0 || !destroy_all(fd, &run->record) || (has_peer(run) && !clear_peer(engine, run)))
		run->place->spoilt = true;
}

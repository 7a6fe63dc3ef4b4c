/* SPDX-License-Identifier: MIT */
/*
 * Has luck decided, so that a case is to be begun anew?
 *
 * Three accidents change what a case finds, and none of them is its question.
 *
 * - A timer that expires while close(2) leaves the kernel sends the peer's delayed acknowledgement
 *   so early that the closing process still owns the socket. Then tcp_rcv_state_process() keeps the
 *   orphan as a full socket in FIN_WAIT2 (sock_owned_by_user()), where else a TIME_WAIT takes its
 *   place, and of a full socket the user counts and not even tcp_tw_reuse gets past it. It befalls
 *   one close in some thousand; sock_diag shows it.
 * - The CPU was taken away in the middle, or the captures had a long turn there, for nearly as long
 *   as the shortest time on which an outcome depends: a SYN within 4 ms of another one is in its
 *   window.
 * - The machine stood still while a wait was to end, and with it the kernel's own workers.
 *
 * This is decided before the outcome is looked at: otherwise a case would be run until it fits.
 * What has befallen the last try, too, is no accident. Cases of many steps take longer than anybody
 * is left alone.
 */
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "engine/run.h"

#define STALL_NS (3 * FT_MS)
#define LATE_NS (20 * FT_MS)
enum { TRIES_MAX = 3, STEPS_MAX = 64, TIME_WAIT_S = 60 };

bool ft_again_due(const struct ft_run *run)
{
	return run->state->by_luck && run->record.tries < TRIES_MAX &&
	       run->c.n_steps <= STEPS_MAX && run->record.verdict == FT_VERDICT_OBSERVED;
}

/* Was the CPU taken away? A call that sleeps gives it away by itself. What was taken since the last
 * question, between two cases, is not told apart: then one is run anew without need. */
static bool was_interrupted(struct ft_engine *engine)
{
	struct rusage usage;
	long before = engine->interruptions;

	if (getrusage(RUSAGE_THREAD, &usage) == 0)
		engine->interruptions = usage.ru_nivcsw;
	return engine->interruptions != before;
}

void ft_again_executed(struct ft_engine *engine, struct ft_run *run, uint64_t since, uint64_t now)
{
	if (now - since > STALL_NS && was_interrupted(engine))
		run->state->by_luck = true;
}

void ft_again_turned(struct ft_run *run, uint64_t since, uint64_t now)
{
	if (now - since > STALL_NS)
		run->state->by_luck = true;
}

/* Whose time has come meanwhile did not wait for anything. */
void ft_again_woke(struct ft_engine *engine, uint64_t wake_ns, uint64_t now)
{
	if (now <= wake_ns + LATE_NS)
		return;
	for (size_t i = 0; i < engine->n_heap; i++)
		if (engine->heap[i]->state->wake_ns <= now)
			engine->heap[i]->state->by_luck = true;
}

/* A FIN_WAIT2 that is to last for longer than a minute is a full socket's
 * (tcp_rcv_state_process(), TCP_TIMEWAIT_LEN). */
static bool lengthens_fin_wait2(const struct ft_word *word)
{
	if (word->op == FT_OP_SYSCTL)
		return strstr(word->text, "tcp_fin_timeout") &&
		       strtol(word->value_text, NULL, 10) > TIME_WAIT_S;
	return word->op == FT_OP_SET && word->value > TIME_WAIT_S &&
	       strcmp(ft_options[word->options[0]].word, "linger2") == 0;
}

static bool has_long_fin_wait2(const struct ft_case *c)
{
	for (size_t i = 0; i < c->n_steps; i++)
		for (size_t w = 0; w < c->steps[i]->n_words; w++)
			if (lengthens_fin_wait2(&c->steps[i]->words[w]))
				return true;
	return false;
}

/* An orphan that would be a TIME_WAIT, had its acknowledgement not overtaken its close. */
void ft_again_listed(struct ft_run *run, const struct ft_diag_row *row)
{
	if (row->state == TCP_FIN_WAIT2 && row->timer == FT_DIAG_TIMER_KEEPALIVE &&
	    row->inode == 0 && !has_long_fin_wait2(&run->c))
		run->state->by_luck = true;
}

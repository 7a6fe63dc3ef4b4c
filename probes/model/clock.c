/* SPDX-License-Identifier: MIT */
/*
 * What happens while time passes?
 *
 * Timers fire in order: what has no answer is sent again, delayed acknowledgements go out, requests
 * and TIME_WAIT end. The clock is that of the case: calls take no time, only waiting does. Before a
 * word that is neither close nor shutdown the engine waits until the connections that were closed
 * have got as far as they get by themselves (probes/engine/settle.c); so does the model.
 */
#include <stdlib.h>

#include "model/stream.h"

#define POLL_NS (2 * FT_MS_NS)      /* how often it looks */
#define TICK_NS (1 * FT_MS_NS)      /* timers that are closer than this fire in one tick */
#define SETTLE_NS (1000 * FT_MS_NS) /* FT_SETTLE_LIMIT_NS of the engine */

/* ---- timers ---- */

enum { USUAL_HZ = 250 }; /* as distributions configure it */

uint64_t ft_clock_tick(const struct ft_model *model)
{
	return 1000 * FT_MS_NS / (model->setting->hz ? model->setting->hz : USUAL_HZ);
}

/* The wheel of timers has coarser slots for later times, and none fires early (calc_index()): on
 * the average it is late by half a slot. */
static uint64_t slot_of(const struct ft_model *model, uint64_t ns)
{
	uint64_t slot = ft_clock_tick(model);

	for (uint64_t ticks = ns / slot; ticks >= 64; ticks /= 8)
		slot *= 8;
	return slot;
}

/* Of timers that end in one tick the one that was set last fires first (enqueue_timer()). */
uint64_t ft_clock_in(struct ft_model *model, uint64_t ns)
{
	return model->now_ns + ns + slot_of(model, ns) / 2 - model->n_timers++;
}

static uint64_t due_at(const struct ft_socket *s)
{
	if (s->tcp.ack_ns && (!s->tcp.timer_ns || s->tcp.ack_ns < s->tcp.timer_ns))
		return s->tcp.ack_ns;
	return s->tcp.timer_ns;
}

/* The socket whose timer is the first to fire; NULL: no timer runs. */
static struct ft_socket *next_due(const struct ft_model *model)
{
	struct ft_socket *next = NULL;

	for (size_t i = 0; i < model->n_sockets; i++) {
		struct ft_socket *s = ft_socket_at(model, (uint16_t)i);
		uint64_t at = due_at(s);

		if (at && (!next || at < due_at(next)))
			next = s;
	}
	return next;
}

/* tcp_delack_timer_handler() */
static void ack_timer(struct ft_model *model, struct ft_socket *s)
{
	s->tcp.ack_ns = 0;
	if (s->tcp.pingpong) {
		s->tcp.pingpong = false;
		s->tcp.ato_ms = FT_ATO_MIN_MS;
	} else if (s->tcp.ato_ms * 2 < s->tcp.rto_ms) {
		s->tcp.ato_ms *= 2;
	}
	if (s->tcp.ack_due)
		ft_output_ack(model, s);
}

static void fire(struct ft_model *model, struct ft_socket *s)
{
	if (s->tcp.ack_ns && s->tcp.ack_ns <= model->now_ns) {
		ack_timer(model, s);
		return;
	}
	s->tcp.timer_ns = 0;
	if (s->tcp.request)
		ft_request_timer(model, s);
	else if (s->time_wait)
		ft_stream_destroy(model, s);
	else if (s->state == TCP_FIN_WAIT2)
		ft_timewait_orphan_again(model, s);
	else
		ft_output_timer(model, s);
}

/* A timer that ends in a tick. */
struct ft_due {
	uint64_t at_ns;
	uint16_t socket;
};

static int by_time(const void *left, const void *right)
{
	const struct ft_due *a = left, *b = right;

	return a->at_ns < b->at_ns ? -1 : a->at_ns > b->at_ns;
}

static bool grow_due(struct ft_model *model)
{
	size_t size = model->size_due ? 2 * model->size_due : 16;
	struct ft_due *grown = reallocarray(model->due, size, sizeof(*grown));

	if (!grown) {
		model->failed = true;
		return false;
	}
	model->due = grown;
	model->size_due = size;
	return true;
}

/* The timers that end until then, in order; how many there are. */
static size_t find_due(struct ft_model *model, uint64_t ns)
{
	size_t n = 0;

	for (size_t i = 0; i < model->n_sockets; i++) {
		uint64_t at = due_at(ft_socket_at(model, (uint16_t)i));

		if (!at || at > ns)
			continue;
		if (n == model->size_due && !grow_due(model))
			break;
		model->due[n++] = (struct ft_due){at, (uint16_t)i};
	}
	qsort(model->due, n, sizeof(*model->due), by_time);
	return n;
}

/* All timers of one tick fire before anything that they send is delivered. */
static void fire_tick(struct ft_model *model, uint64_t ns)
{
	size_t n;

	while (!model->out->beyond && !model->failed && (n = find_due(model, ns)))
		for (size_t i = 0; i < n && !model->out->beyond; i++) {
			struct ft_socket *s = ft_socket_at(model, model->due[i].socket);

			if (due_at(s) != model->due[i].at_ns)
				continue;
			if (due_at(s) > model->now_ns)
				model->now_ns = due_at(s);
			fire(model, s);
		}
	ft_wire_run(model);
}

static void pass(struct ft_model *model, const struct ft_socket *watched, uint8_t state,
		 uint64_t ns)
{
	struct ft_socket *s;

	ft_wire_run(model);
	if (watched && watched->state != state)
		return;
	while ((s = next_due(model)) != NULL && due_at(s) <= ns && !model->out->beyond) {
		fire_tick(model, due_at(s) + TICK_NS < ns ? due_at(s) + TICK_NS : ns);
		if (watched && watched->state != state && ns > model->now_ns + POLL_NS)
			ns = model->now_ns + POLL_NS;
	}
	if (ns > model->now_ns)
		model->now_ns = ns;
}

void ft_stream_until(struct ft_model *model, uint64_t ns)
{
	pass(model, NULL, 0, ns);
}

void ft_stream_while(struct ft_model *model, const struct ft_socket *s, uint8_t state, uint64_t ns)
{
	pass(model, s, state, ns);
}

/* ---- settling ---- */

static bool is_other_end(const struct ft_socket *s, const struct ft_unsettled *noted)
{
	return s->peer == noted->peer && ft_socket_has_remote(s) &&
	       s->shown_port == noted->remote_port && s->remote_port == noted->port &&
	       ft_ip_equal(&s->local, &noted->remote) && ft_ip_equal(&s->remote, &noted->local);
}

/* Is a deaf socket of the case the other end? */
static bool is_deaf(const struct ft_model *model, const struct ft_unsettled *noted)
{
	for (size_t i = 0; i < model->n_handles; i++) {
		const struct ft_handle *handle = &model->handles[i];

		if (handle->socket == FT_NOBODY || !handle->deaf || !handle->connected)
			continue;
		if (is_other_end(ft_socket_at(model, handle->socket), noted))
			return true;
	}
	return false;
}

void ft_clock_note(struct ft_model *model)
{
	const struct ft_socket *s = model->sock;
	struct ft_unsettled *noted = &model->unsettled[model->n_unsettled];

	if (!s->stream || !model->handle->connected || model->handle->deaf ||
	    model->n_unsettled == FT_UNSETTLED_MAX || !ft_socket_has_remote(s))
		return;
	*noted = (struct ft_unsettled){
		.peer = s->peer,
		.local = s->local,
		.remote = s->remote,
		.port = s->shown_port,
		.remote_port = s->remote_port,
	};
	if (!is_deaf(model, noted) && model->n_unsettled++ == 0)
		model->settle_limit_ns = model->now_ns + SETTLE_NS;
}

/* The state of a connection that is on its way, TCP_CLOSE if it lasts or is gone. */
static struct ft_socket *on_its_way(struct ft_model *model, const struct ft_unsettled *noted)
{
	struct ft_socket *s = ft_tuple_find(model, noted->peer, &noted->local, noted->port,
					    &noted->remote, noted->remote_port, FT_DEV_NONE);

	for (uint8_t device = FT_DEV_LO; !s && device < model->n_devs; device++)
		s = ft_tuple_find(model, noted->peer, &noted->local, noted->port, &noted->remote,
				  noted->remote_port, device);
	if (!s ||
	    (s->state != TCP_FIN_WAIT1 && s->state != TCP_CLOSING && s->state != TCP_LAST_ACK))
		return NULL;
	return s;
}

void ft_clock_settle(struct ft_model *model)
{
	const struct ft_socket *s;

	if (model->word->op == FT_OP_CLOSE || model->word->op == FT_OP_SHUTDOWN)
		return;
	for (size_t i = 0; i < model->n_unsettled; i++) {
		while ((s = on_its_way(model, &model->unsettled[i])) != NULL &&
		       model->now_ns < model->settle_limit_ns)
			ft_stream_while(model, s, s->state, model->settle_limit_ns);
		if (s)
			break;
	}
	model->n_unsettled = 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Who got a connection, as the engine finds it (probes/engine/witness.c)?
 *
 * It reads the lengths of the accept queues and compares them with what it read before: the first
 * listener by name whose queue has grown got it. What it has not read yet is news to it, also a
 * connection that came up in between. Without such a listener the other end may be a socket of the
 * case itself. For a connection that is in nobody's queue it waits a moment.
 */
#include "model/state.h"

#define QUEUE_NS UINT64_C(20000000) /* FT_QUEUE_LIMIT_NS of the engine */

static uint32_t length_of(const struct ft_model *model, const struct ft_handle *handle)
{
	const struct ft_socket *s = ft_socket_at(model, handle->socket);

	return s->state == TCP_LISTEN ? s->queued : 0;
}

void ft_receiver_forget(struct ft_model *model, struct ft_handle *handle)
{
	if (!handle->listening)
		return;
	handle->listening = false;
	model->n_listening--;
	model->queues_stale = true;
}

void ft_receiver_refresh(struct ft_model *model)
{
	if (!model->queues_stale)
		return;
	for (size_t i = 0; i < model->n_handles; i++)
		if (model->handles[i].socket != FT_NOBODY && model->handles[i].listening)
			model->handles[i].queued = length_of(model, &model->handles[i]);
	model->queues_stale = false;
}

static uint16_t grown_listener(struct ft_model *model)
{
	size_t left = model->n_listening;
	uint16_t found = FT_NO_SOCKET;

	for (size_t i = 0; i < model->n_handles && left; i++) {
		struct ft_handle *handle = &model->handles[i];
		uint32_t before = handle->queued;

		if (handle->socket == FT_NOBODY || !handle->listening)
			continue;
		left--;
		handle->queued = length_of(model, handle);
		if (handle->queued > before && found == FT_NO_SOCKET)
			found = (uint16_t)i;
	}
	return found;
}

bool ft_socket_has_remote(const struct ft_socket *s)
{
	return s->remote_port && s->state != TCP_CLOSE && s->state != TCP_SYN_SENT && !s->untold;
}

static uint16_t other_end(const struct ft_model *model, const struct ft_socket *s)
{
	if (!ft_socket_has_remote(s))
		return FT_NO_SOCKET;
	for (size_t i = 0; i < model->n_handles; i++) {
		const struct ft_handle *handle = &model->handles[i];
		const struct ft_socket *other;

		if (handle->socket == FT_NOBODY || !handle->connected || handle->listening)
			continue;
		other = ft_socket_at(model, handle->socket);
		if (ft_socket_has_remote(other) && other->shown_port == s->remote_port &&
		    other->remote_port == s->shown_port && ft_ip_equal(&other->local, &s->remote) &&
		    ft_ip_equal(&other->remote, &s->local))
			return (uint16_t)i;
	}
	return FT_NO_SOCKET;
}

void ft_say_receiver(struct ft_model *model, struct ft_predicted *row, const struct ft_socket *s)
{
	uint16_t name = grown_listener(model);

	if (name == FT_NO_SOCKET)
		name = other_end(model, s);
	if (name == FT_NO_SOCKET) {
		ft_stream_until(model, model->now_ns + QUEUE_NS);
		name = grown_listener(model);
	}
	row->got = (struct ft_receivers){.known = true};
	if (name != FT_NO_SOCKET)
		ft_say_got(model, &row->got, name);
	if (model->any.n > 1)
		row->any = model->any;
	row->n_choices = (uint32_t)model->out->n_choices;
}

/* SPDX-License-Identifier: MIT */
/*
 * How does an MPTCP connection end that has not fallen back to TCP?
 *
 * By a DATA_FIN in each direction, which is an option in an acknowledgement (RFC 8684, 3.3.3): the
 * subflow knows nothing of it and stays ESTABLISHED until both are there. Then each side shuts its
 * subflow down, first the one that closed first, and the rest is TCP's. Much of this is done by a
 * worker (mptcp_worker()), also where a connection has fallen back, so that nothing is certain
 * until some time has passed.
 */
#include "model/option.h"
#include "model/stream.h"

#define WORKER_NS (90 * FT_MS_NS)

bool ft_mptcp_is(const struct ft_model *model, const struct ft_socket *s)
{
	return s->mptcp && s->state == TCP_ESTABLISHED && !ft_is_fallback(model, s) &&
	       ft_on(model, FT_RULE_MPTCP_FIN);
}

void ft_mptcp_disturb(struct ft_model *model, const struct ft_socket *s)
{
	if (s->mptcp && s->state != TCP_CLOSE && s->state != TCP_LISTEN)
		model->worker_ns = model->now_ns + WORKER_NS;
}

/* mptcp_shutdown_subflows() on both sides. */
static void end_subflow(struct ft_model *model, struct ft_socket *first, struct ft_socket *second)
{
	ft_stream_finish(model, first);
	ft_wire_run(model);
	ft_stream_finish(model, second);
	ft_wire_run(model);
}

void ft_mptcp_finish(struct ft_model *model, struct ft_socket *s)
{
	struct ft_socket *other = s->other == FT_NOBODY ? NULL : ft_socket_at(model, s->other);

	if (s->data_fin)
		return;
	if (!other || s->deaf || other->deaf || s->lost) {
		ft_beyond(model, "an MPTCP connection ends, and one side does not hear of it");
		return;
	}
	ft_decided(model, FT_RULE_MPTCP_FIN);
	s->data_fin = s->spoken = true;
	other->fin_received = true;
	other->shut |= 1;
	if (other->data_fin)
		end_subflow(model, other, s);
}

void ft_mptcp_cross(struct ft_model *model, struct ft_socket *s)
{
	s->untold = s->mptcp && s->other != s->id && ft_on(model, FT_RULE_MPTCP_CROSS);
}

void ft_mptcp_fastclose(struct ft_model *model, struct ft_socket *s)
{
	s->shut = 3;
	ft_mptcp_disturb(model, s);
}

bool ft_mptcp_holds(const struct ft_model *model, const struct ft_socket *s)
{
	return s->mptcp && s->state != TCP_CLOSE && s->state != TCP_LISTEN &&
	       ft_is_fallback(model, s) && ft_on(model, FT_RULE_MPTCP_HOLD);
}

bool ft_mptcp_has_read(const struct ft_model *model, const struct ft_socket *s)
{
	return s->mptcp && ft_is_fallback(model, s) && ft_on(model, FT_RULE_MPTCP_HOLD);
}

const char *ft_mptcp_busy(const struct ft_model *model)
{
	uint8_t op = model->word->op;

	if (model->now_ns < model->worker_ns && op != FT_OP_WAIT)
		return "MPTCP ends connections when its worker gets round to it";
	if (model->sock && model->sock->untold &&
	    (op == FT_OP_CLOSE || op == FT_OP_SHUTDOWN || op == FT_OP_DISCONNECT))
		return "MPTCP ends a connection that it does not know of";
	return NULL;
}

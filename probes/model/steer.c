/* SPDX-License-Identifier: MIT */
/*
 * When can a program be attached to a reuseport group, or detached?
 *
 * SO_ATTACH_REUSEPORT_CBPF, SO_ATTACH_REUSEPORT_EBPF and SO_DETACH_REUSEPORT_BPF of socket(7).
 * Before a socket is bound (UDP) or listens (TCP) the program makes a group of its own for it.
 */
#include <errno.h>

#include "model/group.h"

/* sk_unhashed() the other way round */
static bool is_hashed(const struct ft_socket *s)
{
	return s->stream ? s->state != TCP_CLOSE : s->port != 0;
}

static int32_t refuse(struct ft_model *model, enum ft_rule rule, int32_t error)
{
	ft_decided(model, rule);
	return error;
}

/* sk_reuseport_attach_filter(), reuseport_attach_prog() */
static int32_t attach(struct ft_model *model, struct ft_socket *s)
{
	struct ft_reuseport *group;
	int32_t error;

	if (s->mptcp && ft_on(model, FT_RULE_STEER_MPTCP))
		return refuse(model, FT_RULE_STEER_MPTCP, EOPNOTSUPP);
	if (s->options[FT_SLOT_LOCK_FILTER] && ft_on(model, FT_RULE_STEER_LOCKED))
		return refuse(model, FT_RULE_STEER_LOCKED, EPERM);
	if (!is_hashed(s)) {
		if (!s->reuseport && ft_on(model, FT_RULE_STEER_FLAG))
			return refuse(model, FT_RULE_STEER_FLAG, EINVAL);
		error = ft_group_form(model, s);
		if (error)
			return error;
	} else if (s->group == FT_NOBODY) {
		if (ft_on(model, FT_RULE_STEER_GROUP))
			return refuse(model, FT_RULE_STEER_GROUP, EINVAL);
		return 0;
	}
	group = ft_group_of(model, s);
	group->has_program = true;
	group->program = model->word->detail;
	group->number = (uint32_t)model->word->value;
	return 0;
}

/* reuseport_detach_prog() */
static int32_t detach(struct ft_model *model, const struct ft_socket *s)
{
	struct ft_reuseport *group = ft_group_of(model, s);

	if (s->mptcp && ft_on(model, FT_RULE_STEER_MPTCP))
		return refuse(model, FT_RULE_STEER_MPTCP, EOPNOTSUPP);
	if (!ft_on(model, FT_RULE_STEER_NONE))
		return 0;
	if (!group)
		return refuse(model, FT_RULE_STEER_NONE, s->reuseport ? ENOENT : EINVAL);
	if (!group->has_program || (!is_hashed(s) && group->n_shut))
		return refuse(model, FT_RULE_STEER_NONE, ENOENT);
	group->has_program = false;
	return 0;
}

enum ft_pace ft_model_steer(struct ft_model *model)
{
	return ft_say_quiet(model, attach(model, model->sock));
}

/* The extended program is one of the same kind, a socket filter. */
enum ft_pace ft_model_steer_ebpf(struct ft_model *model)
{
	return ft_say_quiet(model, attach(model, model->sock));
}

enum ft_pace ft_model_unsteer(struct ft_model *model)
{
	return ft_say_quiet(model, detach(model, model->sock));
}

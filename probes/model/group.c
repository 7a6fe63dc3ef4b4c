/* SPDX-License-Identifier: MIT */
/* Not written yet. */
#include "model/state.h"

enum ft_pace ft_model_steer(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_steer_ebpf(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_unsteer(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

bool ft_group_blocks(const struct ft_model *model, const struct ft_socket *s)
{
	(void)model;
	return s->group != FT_NOBODY;
}

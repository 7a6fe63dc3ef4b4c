/* SPDX-License-Identifier: MIT */
/* Not written yet. */
#include "model/state.h"

enum ft_pace ft_model_sysctl(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_wait(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_cpu(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_addr(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_link(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_look(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

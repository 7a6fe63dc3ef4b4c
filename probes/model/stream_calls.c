/* SPDX-License-Identifier: MIT */
/* Not written yet. */
#include "model/state.h"

enum ft_pace ft_model_accept(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_send(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_recv(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_shutdown(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_deaf(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_hear(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

/* SPDX-License-Identifier: MIT */
/* Not written yet. */
#include "model/state.h"

enum ft_pace ft_model_set(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_get(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_sockopt(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

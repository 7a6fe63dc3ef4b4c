/* SPDX-License-Identifier: MIT */
/* Not written yet. */
#include "model/state.h"

enum ft_pace ft_model_connect(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_begin(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_fastopen(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

enum ft_pace ft_model_disconnect(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

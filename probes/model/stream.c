/* SPDX-License-Identifier: MIT */
/* Not written yet. */
#include "model/state.h"

void ft_stream_open(struct ft_model *model, struct ft_socket *s, uint16_t *ret_got)
{
	(void)model;
	(void)s;
	*ret_got = FT_NOBODY;
}

void ft_stream_until(struct ft_model *model, uint64_t ns)
{
	model->now_ns = ns;
}

void ft_stream_close(struct ft_model *model, struct ft_socket *s)
{
	ft_bucket_leave(model, s);
	s->state = TCP_CLOSE;
}

int32_t ft_stream_listen(struct ft_model *model, struct ft_socket *s, int32_t backlog)
{
	(void)model;
	s->backlog = (uint32_t)backlog;
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* Not written yet. */
#include "model/state.h"

int32_t ft_udp_bind(struct ft_model *model, struct ft_socket *s, const struct ft_ip *ip,
		    uint32_t port)
{
	(void)model;
	(void)s;
	(void)ip;
	(void)port;
	return 0;
}

void ft_udp_close(struct ft_model *model, struct ft_socket *s)
{
	(void)model;
	(void)s;
}

uint16_t ft_udp_first(const struct ft_model *model, bool peer, uint32_t port)
{
	(void)model;
	(void)peer;
	(void)port;
	return FT_NOBODY;
}

/* SPDX-License-Identifier: MIT */
/* What other files of this folder will define: until they do, a prediction ends here. */
#include "model/state.h"

__attribute__((weak)) int32_t ft_multicast_set(struct ft_model *model, struct ft_socket *s,
					       bool join, const struct ft_ip *group, uint8_t device)
{
	(void)model;
	(void)s;
	(void)join;
	(void)group;
	(void)device;
	return 0;
}
__attribute__((weak)) enum ft_pace ft_udp_connect(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_udp_disconnect(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_udp_send(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_udp_recv(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_udp_shutdown(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}

/* SPDX-License-Identifier: MIT */
/* What other files of this folder will define: until they do, a prediction ends here. */
#include "model/state.h"

/* clang-format off */
__attribute__((weak)) void ft_stream_open(struct ft_model *model, struct ft_socket *s, uint16_t *ret_got)
{
	(void)model; (void)s; *ret_got = FT_NOBODY;
}
__attribute__((weak)) void ft_stream_until(struct ft_model *model, uint64_t ns)
{
	model->now_ns = ns;
}
__attribute__((weak)) void ft_stream_close(struct ft_model *model, struct ft_socket *s)
{
	ft_bucket_leave(model, s); s->state = TCP_CLOSE;
}
__attribute__((weak)) int32_t ft_stream_listen(struct ft_model *model, struct ft_socket *s, int32_t backlog)
{
	(void)model; s->backlog = (uint32_t)backlog; return 0;
}
__attribute__((weak)) void ft_stream_unlisten(struct ft_model *model, struct ft_socket *s)
{
	(void)model; (void)s;
}
__attribute__((weak)) void ft_stream_disconnect(struct ft_model *model, struct ft_socket *s)
{
	(void)model; (void)s;
}
__attribute__((weak)) void ft_stream_destroy(struct ft_model *model, struct ft_socket *s)
{
	(void)model; (void)s;
}
__attribute__((weak)) void ft_stream_hear(struct ft_model *model, struct ft_socket *s)
{
	(void)model; (void)s;
}
__attribute__((weak)) int32_t ft_group_join(struct ft_model *model, struct ft_socket *s)
{
	(void)model; (void)s; return 0;
}
__attribute__((weak)) void ft_group_leave(struct ft_model *model, struct ft_socket *s)
{
	(void)model; (void)s;
}
__attribute__((weak)) void ft_group_shut(struct ft_model *model, struct ft_socket *s)
{
	(void)model; (void)s;
}
__attribute__((weak)) bool ft_group_blocks(const struct ft_model *model, const struct ft_socket *s)
{
	(void)model; return s->group != FT_NOBODY;
}
__attribute__((weak)) struct ft_socket * ft_group_select(struct ft_model *model, struct ft_socket *found, int payload, bool v6_packet, struct ft_receivers *ret_any)
{
	(void)model; (void)payload; (void)v6_packet; (void)ret_any; return found;
}
__attribute__((weak)) struct ft_socket * ft_group_migrate(struct ft_model *model, struct ft_socket *from)
{
	(void)model; (void)from; return NULL;
}
__attribute__((weak)) int ft_cpu(struct ft_model *model)
{
	(void)model; return 0;
}
__attribute__((weak)) int32_t ft_udp_bind(struct ft_model *model, struct ft_socket *s, const struct ft_ip *ip, uint32_t port)
{
	(void)model; (void)s; (void)ip; (void)port; return 0;
}
__attribute__((weak)) void ft_udp_close(struct ft_model *model, struct ft_socket *s)
{
	(void)model; (void)s;
}
__attribute__((weak)) int32_t ft_multicast_set(struct ft_model *model, struct ft_socket *s, bool join, const struct ft_ip *group, uint8_t device)
{
	(void)model; (void)s; (void)join; (void)group; (void)device; return 0;
}
__attribute__((weak)) enum ft_pace ft_model_accept(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_send(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_recv(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_shutdown(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_deaf(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_hear(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_set(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_get(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_sockopt(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_sysctl(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_wait(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_cpu(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_addr(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_link(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_look(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_steer(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_steer_ebpf(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
}
__attribute__((weak)) enum ft_pace ft_model_unsteer(struct ft_model *model)
{
	return ft_beyond(model, "not written yet");
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

/* SPDX-License-Identifier: MIT */
/*
 * What do the steps without a subject do: time, CPU, addresses, devices? And what does sock_diag
 * list?
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/state.h"

enum ft_pace ft_model_wait(struct ft_model *model)
{
	ft_stream_until(model, model->now_ns + (uint64_t)model->word->value);
	return FT_PACE_WORD;
}

enum ft_pace ft_model_cpu(struct ft_model *model)
{
	model->cpu = (int)model->word->value;
	return FT_PACE_WORD;
}

/* ---- addresses and devices ---- */

static uint8_t find_device(const struct ft_model *model, const char *name)
{
	bool no_eth = !(model->c->needs & FT_NEED_ETH);

	for (uint8_t i = FT_DEV_LO; i < model->n_devs; i++)
		if (strcmp(model->devs[i], name) == 0)
			return i == FT_DEV_ETH && no_eth ? FT_DEV_NONE : i;
	return FT_DEV_NONE;
}

static int32_t refuse(struct ft_model *model, int32_t error)
{
	if (!ft_on(model, FT_RULE_SCENE_DEVICE))
		return 0;
	ft_decided(model, FT_RULE_SCENE_DEVICE);
	return error;
}

/* inet6_rtm_newaddr() takes no multicast address and no wildcard; inet_rtm_newaddr() takes all. */
static int32_t add_address(struct ft_model *model, const struct ft_ip *ip, uint8_t device)
{
	if (!device)
		return refuse(model, ENODEV);
	if (!ft_ip_is_v4(ip) && (ft_ip_is_multicast(ip) || ft_ip_is_any(ip)))
		return refuse(model, EADDRNOTAVAIL);
	if (ft_ip_is_any(ip) || ft_device_of(model, false, ip) == device)
		return 0;
	model->added[model->n_added].ip = *ip;
	model->added[model->n_added++].device = device;
	return 0;
}

enum ft_pace ft_model_addr(struct ft_model *model)
{
	const struct ft_endpoint *at = &model->word->at;
	struct ft_ip ip = ft_ip_any4;

	if (model->n_added == FT_ADDED_ADDRESSES_MAX)
		return ft_beyond(model, "more addresses than the model keeps");
	if (at->host == FT_HOST_LITERAL4)
		memcpy(ip.bytes + 12, at->bytes, 4);
	else
		memcpy(ip.bytes, at->bytes, 16);
	return ft_say_quiet(model, add_address(model, &ip, find_device(model, model->word->text)));
}

/* Kinds that need nothing but a name. Of others one must know what they do to packets. */
static bool is_plain_kind(const char *kind)
{
	static const char *const kinds[] = {"bridge", "dummy", "ifb", "veth"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kind, kinds[i]) == 0)
			return true;
	return false;
}

enum ft_pace ft_model_link(struct ft_model *model)
{
	const char *name = model->word->text;

	if (!is_plain_kind(model->word->value_text) || model->n_devs == FT_DEVS_MAX ||
	    strcmp(name, model->devs[FT_DEV_ETH]) == 0)
		return ft_beyond(model, "a device that the model does not know");
	if (find_device(model, name))
		return ft_say_call(model, refuse(model, EEXIST));
	model->devs[model->n_devs++] = name;
	return FT_PACE_WORD;
}

/* ---- look ---- */

enum { ROWS_MAX = 64 }; /* that the engine takes (probes/engine/exec_scene.c) */

struct look {
	struct ft_ip ip;
	uint32_t port; /* 0: any */
	bool any;
	size_t n;
	const char *names[ROWS_MAX + 1];
};

static const char *tcp_name(const struct ft_socket *s)
{
	static const char *const names[] = {
		[TCP_ESTABLISHED] = "ESTABLISHED", [TCP_SYN_SENT] = "SYN_SENT",
		[TCP_SYN_RECV] = "SYN_RECV",       [TCP_FIN_WAIT1] = "FIN_WAIT1",
		[TCP_FIN_WAIT2] = "FIN_WAIT2",     [TCP_TIME_WAIT] = "TIME_WAIT",
		[TCP_CLOSE_WAIT] = "CLOSE_WAIT",   [TCP_LAST_ACK] = "LAST_ACK",
		[TCP_LISTEN] = "LISTEN",           [TCP_CLOSING] = "CLOSING",
	};

	if (s->state == TCP_CLOSE)
		return s->port && s->bucket != FT_NOBODY ? "BOUND" : NULL;
	return s->in_tuples || s->state == TCP_LISTEN ? names[s->state] : NULL;
}

/* A UDP socket is listed as long as it has a port. */
static const char *listed_as(const struct ft_socket *s)
{
	if (s->stream)
		return tcp_name(s);
	return s->port && s->refs ? "UDP" : NULL;
}

static void look_at(struct look *look, const struct ft_socket *s)
{
	uint32_t port = s->in_tuples ? s->tuple_port : s->port;
	const char *name = s->peer ? NULL : listed_as(s);

	if (!name || look->n > ROWS_MAX || (look->port && port != look->port))
		return;
	if (look->any || ft_ip_equal(&s->local, &look->ip))
		look->names[look->n++] = name;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum ft_pace say_look(struct ft_model *model, struct look *look)
{
	char text[ROWS_MAX * 12 + 8] = "";
	size_t len = 0;

	qsort(look->names, look->n, sizeof(look->names[0]), by_name);
	for (size_t i = 0; i < look->n; i++) {
		if (i)
			text[len++] = ',';
		len = (size_t)(stpcpy(text + len, look->names[i]) - text);
	}
	return ft_say_text(model, look->n ? text : "none");
}

enum ft_pace ft_model_look(struct ft_model *model)
{
	const struct ft_endpoint *at = &model->word->at;
	struct look look = {.any = at->host == FT_HOST_ANY};

	/* A v6 literal is one of the other family, and set nevertheless. */
	if (ft_address_get(model, FT_FAMILY_TCP4, at, &look.ip, &look.port) == -ENOENT)
		return ft_beyond(model, "a port of the case is not there");
	model->n_isn += FT_ISN_LOOK;
	for (size_t i = 0; i < model->n_sockets; i++)
		look_at(&look, ft_socket_at(model, (uint16_t)i));
	if (look.n > ROWS_MAX)
		return ft_beyond(model, "more sockets than a look takes");
	return say_look(model, &look);
}

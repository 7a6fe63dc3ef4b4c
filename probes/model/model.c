/* SPDX-License-Identifier: MIT */
/*
 * How is a case walked through, and where does its prediction go?
 *
 * As the engine walks: steps in order, each a chain of words, and when a call fails the rest of the
 * chain is skipped. Memory is kept from case to case; nothing is allocated in a loop over cases
 * once the largest was seen.
 */
#include "model/model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "model/state.h"

/* Identifiers have 16 bits: beyond so many sockets those that are gone are had again. */
enum { TEXT_MAX = 1 << 20, FIRST_SIZE = 16, MANY_SOCKETS = 8192 };

static ft_model_word *const words[FT_OP_COUNT] = {
	[FT_OP_CREATE] = ft_model_create,
	[FT_OP_SET] = ft_model_set,
	[FT_OP_GET] = ft_model_get,
	[FT_OP_SOCKOPT] = ft_model_sockopt,
	[FT_OP_BIND] = ft_model_bind,
	[FT_OP_LISTEN] = ft_model_listen,
	[FT_OP_CONNECT] = ft_model_connect,
	[FT_OP_BEGIN] = ft_model_begin,
	[FT_OP_ACCEPT] = ft_model_accept,
	[FT_OP_SEND] = ft_model_send,
	[FT_OP_RECV] = ft_model_recv,
	[FT_OP_FASTOPEN] = ft_model_fastopen,
	[FT_OP_SHUTDOWN] = ft_model_shutdown,
	[FT_OP_DISCONNECT] = ft_model_disconnect,
	[FT_OP_CLOSE] = ft_model_close,
	[FT_OP_FCHOWN] = ft_model_fchown,
	[FT_OP_DUP] = ft_model_dup,
	[FT_OP_DEAF] = ft_model_deaf,
	[FT_OP_HEAR] = ft_model_hear,
	[FT_OP_STEER] = ft_model_steer,
	[FT_OP_STEER_EBPF] = ft_model_steer_ebpf,
	[FT_OP_UNSTEER] = ft_model_unsteer,
	[FT_OP_SYSCTL] = ft_model_sysctl,
	[FT_OP_WAIT] = ft_model_wait,
	[FT_OP_CPU] = ft_model_cpu,
	[FT_OP_ADDR] = ft_model_addr,
	[FT_OP_LINK] = ft_model_link,
	[FT_OP_LOOK] = ft_model_look,
};

/* As the sandbox pins them (probes/engine/pinned.c). */
static const struct ft_sysctls pinned = {
	.port_low = 32768,
	.port_high = 60999,
	.unprivileged_port = 1024,
	.timestamps = true,
	.tw_reuse = 2,
	.fastopen = 3,
	.default_ttl = 64,
	.keepalive_probes = 9,
	.syn_retries = 6,
	.keepalive_time_s = 7200,
	.keepalive_intvl_s = 75,
	.max_memberships = 20,
	.rto_min_us = 200000,
	.rto_max_ms = 120000,
	.tcp_rmem = {4096, 131072, 32 << 20},
	.tcp_wmem = {4096, 16384, 4 << 20},
	.txrehash = true,
	.auto_flowlabels = 1,
	.tw_reuse_delay_ms = 1000,
	.max_tw_buckets = 262144,
	.fin_timeout_s = 60,
	.somaxconn = 65535,
};

/* Where results go when there is no memory for them. */
static struct ft_predicted *no_room(struct ft_model *model)
{
	model->failed = true;
	return memset(&model->lost, 0, sizeof(model->lost));
}

struct ft_model *ft_model_new(void)
{
	return calloc(1, sizeof(struct ft_model));
}

void ft_model_free(struct ft_model *model)
{
	if (!model)
		return;
	for (size_t i = 0; i < model->size_blocks; i++)
		free(model->blocks[i]);
	free(model->blocks);
	free(model->handles);
	free(model->buckets);
	free(model->bucket_heads);
	free(model->picks);
	free(model->due);
	free(model->shown);
	ft_groups_free(model);
	free(model->flows);
	free(model->memberships);
	free(model->udp_ports);
	free(model);
}

void ft_prediction_init(struct ft_prediction *prediction)
{
	memset(prediction, 0, sizeof(*prediction));
	ft_text_init(&prediction->text, TEXT_MAX);
}

void ft_prediction_fini(struct ft_prediction *prediction)
{
	free(prediction->calls);
	free(prediction->got);
	free(prediction->holders);
	free(prediction->choices);
	free(prediction->names);
	ft_text_fini(&prediction->text);
	memset(prediction, 0, sizeof(*prediction));
}

/* Makes room for one more element; the array, moved or not, or NULL without memory. */
static void *grow(void *array, size_t n, size_t *size, size_t element)
{
	size_t wanted = *size ? *size * 2 : FIRST_SIZE;
	void *moved;

	if (n < *size)
		return array;
	moved = reallocarray(array, wanted, element);
	if (moved)
		*size = wanted;
	return moved;
}

/* ---- saying ---- */

unsigned ft_choose(struct ft_model *model, unsigned n, enum ft_rule rule)
{
	struct ft_prediction *out = model->out;
	struct ft_choice *choices;
	unsigned taken = 0;

	if (n <= 1 || !ft_on(model, rule))
		return 0;
	if (out->n_choices < model->n_choices)
		taken = model->choices[out->n_choices];
	if (taken >= n)
		taken = n - 1;
	choices = grow(out->choices, out->n_choices, &out->size_choices, sizeof(*choices));
	if (!choices) {
		model->failed = true;
		return taken;
	}
	out->choices = choices;
	choices[out->n_choices++] = (struct ft_choice){.n = (uint16_t)n,
						       .taken = (uint16_t)taken,
						       .rule = (uint16_t)rule};
	return taken;
}

void ft_choice_name(struct ft_model *model, uint16_t name)
{
	struct ft_prediction *out = model->out;
	struct ft_choice *last = &out->choices[out->n_choices - 1];
	uint16_t *names = grow(out->names, out->n_names, &out->size_names, sizeof(*names));

	if (!names) {
		model->failed = true;
		return;
	}
	out->names = names;
	names[out->n_names++] = name;
	if (!last->names)
		last->names = (uint32_t)out->n_names;
}

void ft_choice_of_ports(struct ft_model *model)
{
	if (model->out->n_choices)
		model->out->choices[model->out->n_choices - 1].ports = true;
}

void ft_held(struct ft_model *model, const struct ft_socket *holder)
{
	struct ft_prediction *out = model->out;
	struct ft_holder *holders =
		grow(out->holders, out->n_holders, &out->size_holders, sizeof(*holders));

	if (!holders) {
		model->failed = true;
		return;
	}
	out->holders = holders;
	holders[out->n_holders++] = (struct ft_holder){
		.socket = holder->name,
		.state = !holder->stream              ? 0
			 : holder->state == TCP_CLOSE ? FT_TCP_BOUND
						      : holder->state,
		.orphan = holder->refs == 0,
		.reuseaddr = holder->reuseaddr,
		.reuseport = holder->reuseport,
		.v6only = holder->v6 && holder->v6only,
		.uid = holder->uid,
		.device = holder->device ? model->devs[holder->device] : NULL,
		.has_remote = holder->remote_port != 0,
	};
	holders[out->n_holders - 1].local =
		ft_endpoint_peek(model, holder->v6, &holder->local, holder->shown_port);
	holders[out->n_holders - 1].remote =
		ft_endpoint_peek(model, holder->v6, &holder->remote, holder->remote_port);
	model->holder = (uint32_t)out->n_holders;
}

struct ft_predicted *ft_say(struct ft_model *model, enum ft_end end, int32_t error)
{
	struct ft_prediction *out = model->out;
	struct ft_predicted *calls = grow(out->calls, out->n, &out->size, sizeof(*calls));

	if (!calls)
		return no_room(model);
	out->calls = calls;
	calls += out->n++;
	*calls = (struct ft_predicted){
		.step = (uint32_t)model->step_index,
		.word = (uint32_t)model->word_index,
		.end = (uint8_t)end,
		.error = error,
		.rule = (uint16_t)model->rule,
		.holder = end == FT_END_ERROR ? model->holder : 0,
		.n_choices = (uint32_t)out->n_choices,
	};
	return calls;
}

enum ft_pace ft_say_call(struct ft_model *model, int32_t error)
{
	ft_say(model, error ? FT_END_ERROR : FT_END_OK, error);
	return error ? FT_PACE_STEP : FT_PACE_WORD;
}

enum ft_pace ft_say_quiet(struct ft_model *model, int32_t error)
{
	return error ? ft_say_call(model, error) : FT_PACE_WORD;
}

enum ft_pace ft_say_value(struct ft_model *model, int64_t value)
{
	ft_say(model, FT_END_VALUE, 0)->value = value;
	return FT_PACE_WORD;
}

enum ft_pace ft_say_text(struct ft_model *model, const char *text)
{
	struct ft_predicted *row = ft_say(model, FT_END_TEXT, 0);

	row->text = (uint32_t)model->out->text.len;
	ft_text_bytes(&model->out->text, text, strlen(text) + 1);
	return FT_PACE_WORD;
}

enum ft_pace ft_beyond(struct ft_model *model, const char *reason)
{
	model->out->beyond = true;
	model->out->reason = reason;
	return FT_PACE_BEYOND;
}

void ft_say_got(struct ft_model *model, struct ft_receivers *got, uint16_t name)
{
	struct ft_prediction *out = model->out;
	uint16_t *all = grow(out->got, out->n_got, &out->size_got, sizeof(*all));

	if (!all) {
		model->failed = true;
		return;
	}
	out->got = all;
	if (got->n == 0)
		got->first = (uint32_t)out->n_got;
	all[out->n_got++] = name;
	got->n++;
	got->known = true;
}

/* ---- sockets and handles ---- */

void ft_socket_retire(struct ft_model *model, struct ft_socket *s)
{
	if (model->n_sockets < MANY_SOCKETS)
		return;
	s->next_owner = model->retired;
	model->retired = s->id;
}

/* The word in which they retired is over: nothing is under way from them or to them. */
static void reuse_retired(struct ft_model *model)
{
	while (model->retired != FT_NOBODY) {
		struct ft_socket *s = ft_socket_at(model, model->retired);

		model->retired = s->next_owner;
		s->next_owner = model->unused;
		model->unused = s->id;
	}
}

static struct ft_socket *new_socket(struct ft_model *model)
{
	struct ft_socket *s = ft_socket_at(model, (uint16_t)model->n_sockets);

	s->id = (uint16_t)model->n_sockets++;
	return s;
}

static struct ft_socket *next_socket(struct ft_model *model)
{
	size_t block = model->n_sockets / FT_SOCKETS_BLOCK;

	if (model->unused != FT_NOBODY) {
		struct ft_socket *s = ft_socket_at(model, model->unused);

		model->unused = s->next_owner;
		return s;
	}
	if (model->n_sockets >= FT_NOBODY)
		return NULL;
	if (block == model->size_blocks) {
		struct ft_socket **grown =
			reallocarray(model->blocks, block + 1, sizeof(struct ft_socket *));

		if (!grown)
			return NULL;
		model->blocks = grown;
		grown[block] = malloc(FT_SOCKETS_BLOCK * sizeof(struct ft_socket));
		if (!grown[block])
			return NULL;
		model->size_blocks++;
	}
	return new_socket(model);
}

struct ft_socket *ft_socket_new(struct ft_model *model, uint8_t family, bool peer)
{
	struct ft_socket *s = next_socket(model);
	const struct ft_family_row *row = &ft_families[family];

	if (!s) {
		model->failed = true;
		return NULL;
	}
	*s = (struct ft_socket){
		.id = s->id,
		.family = family,
		.v6 = row->domain == AF_INET6,
		.stream = row->type == SOCK_STREAM,
		.mptcp = family == FT_FAMILY_MPTCP4 || family == FT_FAMILY_MPTCP6,
		.peer = peer,
		.name = FT_NO_SOCKET,
		.uid = model->uid,
		.inode_uid = model->uid,
		.multicast_loop = true,
		.multicast_all = true,
		.incoming_cpu = -1,
		.linger = -1,
		.state = TCP_CLOSE,
		.bucket = FT_NOBODY,
		.next_owner = FT_NOBODY,
		.other = FT_NOBODY,
		.listener = FT_NOBODY,
		.next_tuple = FT_NOBODY,
		.queue_next = FT_NOBODY,
		.group = FT_NOBODY,
		.first_membership = FT_NOBODY,
	};
	s->v6only = s->v6 && model->sysctls[peer].bindv6only;
	ft_options_start(model, s);
	s->local = s->remote = s->udp.source = s->v6 ? ft_ip_any6 : ft_ip_any4;
	s->udp.source4 = s->udp.remote4 = ft_ip_any4;
	return s;
}

struct ft_handle *ft_handle_put(struct ft_model *model, uint16_t name, struct ft_socket *s)
{
	struct ft_handle *handle = &model->handles[name];

	*handle = (struct ft_handle){.socket = s->id};
	s->refs++;
	if (s->name == FT_NO_SOCKET)
		s->name = name;
	return handle;
}

/* The name of its only descriptor, FT_NO_SOCKET if it has several. */
static uint16_t only_name(const struct ft_model *model, const struct ft_socket *s)
{
	bool has = s->refs == 1 && s->name != FT_NO_SOCKET &&
		   model->handles[s->name].socket == s->id;

	return has ? s->name : FT_NO_SOCKET;
}

uint16_t ft_listening_name(const struct ft_model *model, const struct ft_socket *s)
{
	uint16_t name = only_name(model, s);

	if (name != FT_NO_SOCKET)
		return model->handles[name].listening ? name : FT_NO_SOCKET;
	for (size_t i = 0; i < model->n_handles; i++)
		if (model->handles[i].socket == s->id && model->handles[i].listening)
			return (uint16_t)i;
	return FT_NO_SOCKET;
}

uint16_t ft_open_name(const struct ft_model *model, const struct ft_socket *s)
{
	uint16_t name = only_name(model, s);

	if (name != FT_NO_SOCKET)
		return name;
	for (size_t i = 0; i < model->n_handles; i++)
		if (model->handles[i].socket == s->id)
			return (uint16_t)i;
	return FT_NO_SOCKET;
}

/* ---- the walk ---- */

static bool set_up_handles(struct ft_model *model, size_t n)
{
	if (n > model->size_handles) {
		struct ft_handle *grown = reallocarray(model->handles, n, sizeof(*grown));

		if (!grown)
			return false;
		model->handles = grown;
		model->size_handles = n;
	}
	model->n_handles = n;
	for (size_t i = 0; i < n; i++)
		model->handles[i].socket = FT_NOBODY;
	return true;
}

static bool set_up(struct ft_model *model, const struct ft_case *c,
		   const struct ft_setting *setting, struct ft_prediction *out)
{
	model->c = c;
	model->setting = setting;
	model->out = out;
	model->failed = false;
	model->now_ns = 0;
	model->sysctls[0] = model->sysctls[1] = pinned;
	model->cpu = model->first_cpu = -1;
	model->uid = 0;
	model->n_devs = FT_DEV_LINKS;
	model->devs[FT_DEV_NONE] = "";
	model->devs[FT_DEV_LO] = "lo";
	model->devs[FT_DEV_ETH] = "eth";
	model->n_added = 0;
	model->n_sockets = model->n_buckets = model->n_picks = model->n_shown = 0;
	model->n_bucket_heads = 0;
	model->next_pick = 0;
	model->retired = model->unused = FT_NOBODY;
	model->picks_in_order = true;
	model->numbers.known = false;
	model->n_groups = model->n_flows = model->n_memberships = 0;
	model->n_udp_ports = 0;
	model->datagrams = 0;
	model->rank_low = model->rank_high = 0;
	model->first_listener = FT_NOBODY;
	model->n_time_wait[0] = model->n_time_wait[1] = model->n_isn = model->n_timers = 0;
	model->wire.n = 0;
	model->n_cookies = 0;
	model->any.n = 0;
	model->n_unsettled = model->n_listening = 0;
	model->worker_ns = 0;
	model->queues_stale = false;
	memset(model->tuple_heads, 0xff, sizeof(model->tuple_heads));
	model->strange = model->strange_in_time = NULL;
	out->beyond = false;
	out->reason = NULL;
	out->asked = 0;
	out->n = out->n_got = out->n_holders = out->n_choices = out->n_names = 0;
	ft_text_clear(&out->text);
	return set_up_handles(model, c->names->n_sockets);
}

/* Why the model cannot say what the present word does, NULL if it can. */
static const char *strange_word(const struct ft_model *model)
{
	switch (model->word->op) {
	case FT_OP_WAIT:
		return model->strange ? model->strange : model->strange_in_time;
	case FT_OP_CONNECT:
	case FT_OP_BEGIN:
	case FT_OP_FASTOPEN:
	case FT_OP_SEND:
	case FT_OP_HEAR:
		return model->strange;
	default:
		return NULL;
	}
}

static bool wants_subflow(uint8_t op)
{
	return op == FT_OP_BIND || op == FT_OP_LISTEN || op == FT_OP_CONNECT || op == FT_OP_BEGIN;
}

/* A name whose accept or dup failed has no descriptor; the engine makes the calls with -1. */
static enum ft_pace run_word(struct ft_model *model)
{
	const char *reason = strange_word(model);

	if (!reason)
		reason = ft_mptcp_busy(model);
	if (reason)
		return ft_beyond(model, reason);
	if (model->sock && wants_subflow(model->word->op))
		ft_options_subflow(model, model->sock);
	if (model->handle && !model->sock && model->word->op != FT_OP_CREATE)
		return ft_say_call(model, EBADF);
	return words[model->word->op](model);
}

static enum ft_pace run_chain(struct ft_model *model)
{
	const struct ft_step *step = model->step;
	enum ft_pace pace = FT_PACE_WORD;

	for (size_t w = 0; w < step->n_words && pace == FT_PACE_WORD; w++) {
		model->word_index = w;
		model->word = &step->words[w];
		model->sock = model->handle && model->handle->socket != FT_NOBODY
				      ? ft_socket_at(model, model->handle->socket)
				      : NULL;
		if (model->retired != FT_NOBODY)
			reuse_retired(model);
		ft_clock_settle(model);
		model->rule = FT_RULE_NONE;
		model->holder = 0;
		pace = run_word(model);
		if (model->out->beyond)
			return FT_PACE_BEYOND;
	}
	return pace;
}

int ft_model_predict(struct ft_model *model, const struct ft_case *c,
		     const struct ft_setting *setting, const uint16_t *choices, size_t n_choices,
		     struct ft_prediction *ret)
{
	enum ft_pace pace = FT_PACE_WORD;

	model->choices = choices;
	model->n_choices = n_choices;
	if (!set_up(model, c, setting, ret))
		return -ENOMEM;
	for (size_t s = 0; s < c->n_steps && pace != FT_PACE_BEYOND && !model->failed; s++) {
		model->step_index = s;
		model->step = c->steps[s];
		model->handle = model->step->subject == FT_NO_SOCKET
					? NULL
					: &model->handles[model->step->subject];
		model->uid = model->step->as ? model->step->uid : 0;
		pace = run_chain(model);
	}
	return model->failed || ret->text.failed ? -ENOMEM : 0;
}

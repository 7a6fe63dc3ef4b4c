/* SPDX-License-Identifier: MIT */
/*
 * Which sockets form a reuseport group, and which member gets a packet?
 *
 * A group is an array of sockets in the order in which they joined, and perhaps a program. The
 * array is compacted when one leaves: the last takes its place. Sockets that stopped listening may
 * stay in the group, aside, so that their connections can migrate. Whatever picks a member picks an
 * index: the program's result, or the hash of the 4-tuple scaled to the number of members.
 *
 * The hash is not known, but it is the same whenever the same 4-tuple comes by. What a choice has
 * said of it is therefore kept, as the interval that the hash must lie in, and later choices, also
 * those among fewer or more members, are made within.
 */
#include <errno.h>
#include <stdlib.h>

#include "model/bucket.h"
#include "model/group.h"

#define HASH_END (UINT64_C(1) << 32)

/* ---- groups ---- */

struct ft_reuseport *ft_group_of(const struct ft_model *model, const struct ft_socket *s)
{
	return s->group == FT_NOBODY ? NULL : &model->groups[s->group];
}

void ft_groups_free(struct ft_model *model)
{
	for (size_t i = 0; i < model->size_groups; i++)
		free(model->groups[i].members);
	free(model->groups);
}

/* A group without members, its array kept from an earlier case. */
static struct ft_reuseport *new_group(struct ft_model *model)
{
	struct ft_reuseport *group;

	if (model->n_groups == model->size_groups) {
		size_t size = model->size_groups ? 2 * model->size_groups : 8;
		struct ft_reuseport *grown = NULL;

		if (model->n_groups < FT_NOBODY / 2)
			grown = reallocarray(model->groups, size, sizeof(*grown));
		if (!grown) {
			model->failed = true;
			return NULL;
		}
		for (size_t i = model->size_groups; i < size; i++)
			grown[i] = (struct ft_reuseport){.members = NULL};
		model->groups = grown;
		model->size_groups = size;
	}
	group = &model->groups[model->n_groups++];
	*group = (struct ft_reuseport){.members = group->members, .size = group->size};
	return group;
}

/* The kernel counts members with a CPU when they come and go and when the option is set, but not
 * when what a socket receives sets it. */
static void count_cpu(struct ft_reuseport *group, const struct ft_socket *s, int by)
{
	if (s->incoming_cpu != -1)
		group->n_cpu += by;
}

static void add(struct ft_model *model, struct ft_reuseport *group, struct ft_socket *s)
{
	if (group->n == group->size) {
		uint16_t size = group->size ? (uint16_t)(2 * group->size) : 8;
		uint16_t *grown = reallocarray(group->members, size, sizeof(*grown));

		if (!grown) {
			model->failed = true;
			return;
		}
		group->members = grown;
		group->size = size;
	}
	group->members[group->n++] = s->id;
	s->group = (uint16_t)(group - model->groups);
	count_cpu(group, s, 1);
}

/* __reuseport_detach_sock(): false if s is not among those that can be picked. */
static bool take_out(const struct ft_model *model, struct ft_reuseport *group,
		     const struct ft_socket *s)
{
	uint16_t i = 0;

	while (i < group->n && group->members[i] != s->id)
		i++;
	if (i == group->n)
		return false;
	count_cpu(group, s, -1);
	group->n--;
	if (ft_on(model, FT_RULE_GROUP_COMPACT))
		group->members[i] = group->members[group->n];
	else
		for (; i < group->n; i++)
			group->members[i] = group->members[i + 1];
	return true;
}

/* ---- joining ---- */

static bool is_alike(const struct ft_model *model, const struct ft_socket *s,
		     const struct ft_socket *other)
{
	if (other == s || !other->reuseport || other->stream != s->stream)
		return false;
	if (s->stream && other->state != TCP_LISTEN)
		return false;
	if (ft_on(model, FT_RULE_GROUP_ADDRESS) &&
	    (other->v6 != s->v6 || (s->v6 && other->v6only != s->v6only) ||
	     !ft_ip_equal(&other->local, &s->local)))
		return false;
	if (other->device != s->device && ft_on(model, FT_RULE_GROUP_DEVICE))
		return false;
	return other->uid == s->uid || !ft_on(model, FT_RULE_GROUP_USER);
}

/* The socket whose group s joins: the first of its port, in look-up order (TCP) or the newest
 * (UDP), that is alike. */
static struct ft_socket *partner_of(const struct ft_model *model, const struct ft_socket *s)
{
	uint16_t i = !s->stream               ? ft_udp_first(model, s->peer, s->port)
		     : s->bucket == FT_NOBODY ? FT_NOBODY
					      : model->buckets[s->bucket].first;
	struct ft_socket *found = NULL;

	while (i != FT_NOBODY) {
		struct ft_socket *other = ft_socket_at(model, i);

		i = other->next_owner;
		if (!is_alike(model, s, other))
			continue;
		if (!s->stream)
			return other;
		if (!found || other->rank < found->rank)
			found = other;
	}
	return found;
}

/* __reuseport_detach_closed_sock() */
static void take_from_shut(struct ft_reuseport *group, const struct ft_socket *s)
{
	group->n_shut--;
	count_cpu(group, s, -1);
}

/* reuseport_alloc(): a group of one's own, unless there is one already. A socket that was put aside
 * in one leaves it. */
static int32_t form(struct ft_model *model, struct ft_socket *s)
{
	struct ft_reuseport *group = ft_group_of(model, s);

	if (group && group->n_shut == 0)
		return 0;
	if (group)
		take_from_shut(group, s);
	group = new_group(model);
	if (!group)
		return ENOMEM;
	add(model, group, s);
	return 0;
}

int32_t ft_group_form(struct ft_model *model, struct ft_socket *s)
{
	return form(model, s);
}

/* reuseport_add_sock(). A socket that brings a group has attached a program before, and is alone in
 * it. */
static int32_t join(struct ft_model *model, struct ft_socket *s, struct ft_socket *partner)
{
	struct ft_reuseport *group, *old;

	if (partner->group == FT_NOBODY && form(model, partner) != 0)
		return ENOMEM;
	group = ft_group_of(model, partner);
	old = ft_group_of(model, s);
	if (old && old->n_shut) {
		take_from_shut(old, s);
	} else if (old) {
		take_out(model, old, s);
	}
	add(model, group, s);
	return 0;
}

int32_t ft_group_join(struct ft_model *model, struct ft_socket *s)
{
	struct ft_socket *partner = ft_on(model, FT_RULE_GROUP_JOIN) ? partner_of(model, s) : NULL;

	return partner ? join(model, s, partner) : form(model, s);
}

/* ---- leaving ---- */

void ft_group_leave(struct ft_model *model, struct ft_socket *s)
{
	struct ft_reuseport *group = ft_group_of(model, s);

	if (!group)
		return;
	if (!take_out(model, group, s))
		take_from_shut(group, s);
	s->group = FT_NOBODY;
	if (!ft_on(model, FT_RULE_GROUP_STAYS))
		group->has_program = false;
}

void ft_group_shut(struct ft_model *model, struct ft_socket *s)
{
	struct ft_reuseport *group = ft_group_of(model, s);

	if (!group)
		return;
	if (!model->sysctls[s->peer].migrate_req || !ft_has(model, FT_TOGGLE_MIGRATE_REQ) ||
	    !ft_on(model, FT_RULE_GROUP_SHUT))
		ft_group_leave(model, s);
	else if (take_out(model, group, s)) {
		group->n_shut++;
		count_cpu(group, s, 1);
	}
}

bool ft_group_blocks(const struct ft_model *model, const struct ft_socket *s)
{
	const struct ft_reuseport *group = ft_group_of(model, s);

	return group && group->n_shut == 0;
}

void ft_group_connected(struct ft_model *model, const struct ft_socket *s)
{
	struct ft_reuseport *group = ft_group_of(model, s);

	if (group)
		group->has_connected = true;
}

bool ft_group_has_connected(const struct ft_model *model, const struct ft_socket *s)
{
	const struct ft_reuseport *group = ft_group_of(model, s);

	return group && group->has_connected;
}

/* ---- the hash ---- */

/* inet6_ehashfn() and udp6_ehashfn() take the last 32 bits of the local address only. */
static bool same_local(const struct ft_ip *a, const struct ft_ip *b)
{
	if (ft_ip_is_v4(a) != ft_ip_is_v4(b))
		return false;
	for (unsigned i = 12; i < 16; i++)
		if (a->bytes[i] != b->bytes[i])
			return false;
	return true;
}

/* to: the local address as it goes into the hash */
static struct ft_flow *flow_of(struct ft_model *model, const struct ft_packet *packet,
			       const struct ft_ip *to)
{
	struct ft_flow *flow;

	for (size_t i = 0; i < model->n_flows; i++) {
		flow = &model->flows[i];
		if (flow->from_port == packet->from_port && flow->to_port == packet->to_port &&
		    flow->stream == packet->stream && flow->peer == packet->peer &&
		    ft_ip_equal(&flow->from, &packet->from) && same_local(&flow->to, to))
			return flow;
	}
	if (model->n_flows == model->size_flows) {
		size_t size = model->size_flows ? 2 * model->size_flows : 16;
		struct ft_flow *grown = reallocarray(model->flows, size, sizeof(*grown));

		if (!grown) {
			model->failed = true;
			return NULL;
		}
		model->flows = grown;
		model->size_flows = size;
	}
	flow = &model->flows[model->n_flows++];
	*flow = (struct ft_flow){.peer = packet->peer,
				 .stream = packet->stream,
				 .from = packet->from,
				 .to = *to,
				 .from_port = packet->from_port,
				 .to_port = packet->to_port,
				 .high = HASH_END};
	return flow;
}

/* Did a member say which CPU it wants packets of? */
static bool wants_cpu(const struct ft_model *model, const struct ft_reuseport *group)
{
	return group->n_cpu && ft_has(model, FT_TOGGLE_INCOMING_CPU_GROUP) &&
	       ft_on(model, FT_RULE_GROUP_CPU);
}

/* reuseport_select_sock_by_hash() with a hash that leads to place i. */
static struct ft_socket *from_place(struct ft_model *model, const struct ft_reuseport *group,
				    uint16_t i, bool by_cpu)
{
	struct ft_socket *first = NULL;

	for (uint16_t left = group->n; left > 0; left--) {
		struct ft_socket *s = ft_socket_at(model, group->members[i]);

		if (s->state != TCP_ESTABLISHED || !ft_has(model, FT_TOGGLE_UDP_CONNECTED) ||
		    !ft_on(model, FT_RULE_GROUP_CONNECTED)) {
			if (!by_cpu || ft_on_cpu(model, s))
				return s;
			if (!first)
				first = s;
		}
		i = (uint16_t)(i + 1) == group->n ? 0 : (uint16_t)(i + 1);
	}
	return first;
}

static uint16_t name_of(const struct ft_model *model, const struct ft_socket *s)
{
	if (!s)
		return FT_NO_SOCKET;
	return s->stream ? ft_listening_name(model, s) : ft_open_name(model, s);
}

static void say_candidate(struct ft_model *model, struct ft_receivers *any, uint16_t name,
			  bool again)
{
	if (name == FT_NO_SOCKET)
		return;
	for (uint32_t i = 0; again && i < any->n; i++)
		if (model->out->got[any->first + i] == name)
			return;
	ft_say_got(model, any, name);
}

/* Everyone whom the hash may pick, whatever is known of it: what is known was a choice. */
static void say_candidates(struct ft_model *model, const struct ft_reuseport *group, bool by_cpu,
			   struct ft_receivers *any)
{
	bool again = by_cpu || group->has_connected || any->n;

	for (uint16_t i = 0; i < group->n; i++)
		say_candidate(model, any, name_of(model, from_place(model, group, i, by_cpu)),
			      again);
}

/* The places among n that the hash may lead to. */
static void places(const struct ft_flow *flow, uint16_t n, uint16_t *ret_first, uint16_t *ret_last)
{
	*ret_first = (uint16_t)(flow->low * n >> 32);
	*ret_last = (uint16_t)((flow->high - 1) * n >> 32);
}

/* From now on the hash is known to lead to this place among n. */
static void narrow(struct ft_flow *flow, uint16_t n, uint16_t place)
{
	uint64_t low = (place * HASH_END + n - 1) / n;
	uint64_t high = ((place + UINT64_C(1)) * HASH_END + n - 1) / n;

	if (low > flow->low)
		flow->low = low;
	if (high < flow->high)
		flow->high = high;
}

/* Will the outcome show it if s is picked? Not for certain if it may not take the packet, if it
 * has several names, or if the engine has not read its queue yet. */
static bool is_shown(const struct ft_model *model, const struct ft_socket *s)
{
	uint16_t name = name_of(model, s);

	if (name == FT_NO_SOCKET || s->refs != 1 || s->deaf || s->options[FT_SLOT_IP_MINTTL] ||
	    s->options[FT_SLOT_V6_MINHOPCOUNT])
		return false;
	return !s->stream || (s->queued == model->handles[name].queued && s->queued < s->backlog &&
			      !s->defer_accept);
}

/* Names the alternatives of the choice that was made among these places. */
static void name_places(struct ft_model *model, const struct ft_reuseport *group, uint16_t first,
			uint16_t last, bool by_cpu)
{
	if (group->has_connected) /* the look-up may still find another one */
		return;
	for (uint16_t i = first; i <= last; i++)
		if (!is_shown(model, from_place(model, group, i, by_cpu)))
			return;
	for (uint16_t i = first; i <= last; i++)
		ft_choice_name(model, name_of(model, from_place(model, group, i, by_cpu)));
}

static struct ft_socket *by_hash(struct ft_model *model, const struct ft_reuseport *group,
				 const struct ft_packet *packet, const struct ft_ip *to,
				 struct ft_receivers *ret_any)
{
	bool by_cpu = wants_cpu(model, group);
	struct ft_flow *flow = flow_of(model, packet, to);
	struct ft_socket *one;
	uint16_t first, last, i;

	if (!flow)
		return NULL;
	places(flow, group->n, &first, &last);
	if (!ft_on(model, FT_RULE_GROUP_HASH))
		last = first;
	ft_decided(model, by_cpu ? FT_RULE_GROUP_CPU : FT_RULE_GROUP_HASH);
	if (ret_any && ft_on(model, FT_RULE_GROUP_HASH))
		say_candidates(model, group, by_cpu, ret_any);
	one = from_place(model, group, first, by_cpu);
	for (i = first; i < last && from_place(model, group, (uint16_t)(i + 1), by_cpu) == one; i++)
		;
	if (i == last)
		return one;
	i = (uint16_t)(first + ft_choose(model, last + 1U - first, FT_RULE_GROUP_HASH));
	if (ret_any)
		name_places(model, group, first, last, by_cpu);
	narrow(flow, group->n, i);
	return from_place(model, group, i, by_cpu);
}

/* ---- selection ---- */

/* What the program returns. A load beyond the end of a packet ends it with 0. */
static uint32_t run_program(struct ft_model *model, const struct ft_reuseport *group, int payload)
{
	switch (group->program) {
	case FT_STEER_MOD:
		return payload < 0 ? 0 : (uint32_t)payload % group->number;
	case FT_STEER_CPU:
		return (uint32_t)ft_cpu(model);
	default:
		return group->number;
	}
}

struct ft_socket *ft_group_select(struct ft_model *model, const struct ft_socket *found,
				  const struct ft_packet *packet, struct ft_receivers *ret_any)
{
	const struct ft_reuseport *group = ft_group_of(model, found);
	const struct ft_ip *to = &packet->to;
	uint32_t index;

	if (!found->reuseport && ft_on(model, FT_RULE_GROUP_FLAG))
		return NULL;
	if (!group || group->n == 0)
		return NULL;
	/* Among wildcard sockets the wildcard is what is looked for, and what is hashed. */
	if (ft_ip_is_any(&found->local))
		to = ft_ip_is_v4(&packet->to) ? &ft_ip_any4 : &ft_ip_any6;
	if (!group->has_program || packet->bare || !ft_on(model, FT_RULE_GROUP_PROGRAM))
		return by_hash(model, group, packet, to, ret_any);
	index = run_program(model, group, packet->payload);
	if (index < group->n) {
		ft_decided(model, FT_RULE_GROUP_PROGRAM);
		return ft_socket_at(model, group->members[index]);
	}
	if (!ft_on(model, FT_RULE_GROUP_RANGE))
		return NULL;
	return by_hash(model, group, packet, to, ret_any);
}

struct ft_socket *ft_group_migrate(struct ft_model *model, const struct ft_socket *from,
				   const struct ft_packet *packet)
{
	const struct ft_reuseport *group = ft_group_of(model, from);

	if (!group || group->n == 0 || !model->sysctls[from->peer].migrate_req ||
	    !ft_has(model, FT_TOGGLE_MIGRATE_REQ) || !ft_on(model, FT_RULE_GROUP_MIGRATE))
		return NULL;
	return by_hash(model, group, packet, &packet->to, NULL);
}

/* ---- CPUs ---- */

static int first_cpu(struct ft_model *model)
{
	if (!ft_on(model, FT_RULE_CPU))
		return 0;
	if (model->first_cpu < 0)
		model->first_cpu = (int)ft_choose(model, model->setting->cpus, FT_RULE_CPU);
	return model->first_cpu;
}

int ft_cpu(struct ft_model *model)
{
	return model->cpu < 0 ? first_cpu(model) : model->cpu;
}

int32_t ft_incoming_cpu(struct ft_model *model, const struct ft_socket *s)
{
	return s->incoming_cpu == FT_CPU_FIRST ? first_cpu(model) : s->incoming_cpu;
}

bool ft_on_cpu(struct ft_model *model, const struct ft_socket *s)
{
	if (s->incoming_cpu == -1)
		return false;
	if (s->incoming_cpu == FT_CPU_FIRST && model->cpu < 0)
		return true;
	return ft_incoming_cpu(model, s) == ft_cpu(model);
}

void ft_note_cpu(const struct ft_model *model, struct ft_socket *s)
{
	s->incoming_cpu = model->cpu < 0 ? FT_CPU_FIRST : model->cpu;
}

void ft_incoming_cpu_set(struct ft_model *model, struct ft_socket *s, int32_t cpu)
{
	struct ft_reuseport *group = ft_group_of(model, s);

	if (cpu < 0)
		cpu = -1;
	if (group)
		count_cpu(group, s, -1);
	s->incoming_cpu = cpu;
	if (group)
		count_cpu(group, s, 1);
}

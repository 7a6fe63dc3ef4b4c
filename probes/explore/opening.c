/* SPDX-License-Identifier: MIT */
/*
 * With what does a random program begin, so that the rest finds something worth its while?
 */
#include <string.h>

#include "explore/walk.h"

static uint16_t server(struct ft_walk *walk)
{
	uint16_t name = ft_walk_open(walk, true);

	ft_walk_options(walk, &walk->plans[name], false);
	ft_walk_bind(walk, name);
	ft_walk_listen(walk, name);
	return name;
}

static uint16_t client(struct ft_walk *walk, enum ft_op op)
{
	uint16_t name = ft_walk_open(walk, false);

	if (ft_walk_chance(walk, 500)) {
		ft_walk_options(walk, &walk->plans[name], false);
		ft_walk_bind(walk, name);
	}
	ft_walk_connect(walk, name, op);
	return name;
}

static void in_step(struct ft_walk *walk, uint16_t name)
{
	ft_program_step(walk->program, name);
}

/* Returns the child. */
static uint16_t accepted(struct ft_walk *walk, uint16_t listener)
{
	struct ft_step *step = ft_program_step(walk->program, listener);

	if (walk->users && ft_walk_chance(walk, 300)) {
		step->as = true;
		step->uid = 1000;
	}
	ft_walk_accept(walk, listener);
	return (uint16_t)(walk->program->names.n_sockets - 1);
}

static void call(struct ft_walk *walk, uint16_t name, enum ft_op op)
{
	in_step(walk, name);
	ft_walk_call(walk, op);
	if (op == FT_OP_CLOSE)
		walk->plans[name].open = false;
}

static void deafen(struct ft_walk *walk, uint16_t name)
{
	in_step(walk, name);
	ft_program_word(walk->program, FT_OP_DEAF);
	walk->plans[name].deaf = true;
}

static void group(struct ft_walk *walk)
{
	unsigned n = 2 + ft_walk_below(walk, 2);

	walk->habit = ft_walk_chance(walk, 800) ? FT_HABIT_REUSEPORT : FT_HABIT_BOTH;
	for (unsigned i = 0; i < n; i++)
		ft_walk_act(walk, FT_ACT_SERVE);
}

/* The same 4-tuple once more, while something of the first one is left. */
static void again(struct ft_walk *walk, uint16_t from, uint16_t child)
{
	const struct ft_program *program = walk->program;
	uint16_t name = ft_program_socket(walk->program);

	call(walk, ft_walk_chance(walk, 600) ? child : from, FT_OP_CLOSE);
	if (ft_walk_chance(walk, 600))
		call(walk, walk->plans[child].open ? child : from, FT_OP_CLOSE);
	walk->plans[name] = walk->plans[from];
	walk->plans[name].open = true;
	in_step(walk, name);
	ft_program_word(walk->program, FT_OP_CREATE)->detail = walk->plans[name].family;
	ft_walk_set(walk, FT_VOCABLE_REUSEADDR, 1);
	for (unsigned i = 0; i < program->n_steps; i++) {
		const struct ft_step *step = &program->steps[i];

		for (unsigned w = 0; step->subject == from && w < step->n_words; w++)
			if (step->words[w].op == FT_OP_BIND || step->words[w].op == FT_OP_CONNECT)
				*ft_walk_call(walk, step->words[w].op) = step->words[w];
	}
}

static void pair(struct ft_walk *walk)
{
	uint16_t listener = server(walk), from = client(walk, FT_OP_CONNECT), child;
	bool bound = walk->program->steps[walk->program->n_steps - 1].n_words > 2;

	if (!ft_walk_chance(walk, 850))
		return;
	child = accepted(walk, listener);
	if (ft_walk_chance(walk, walk->tiny ? 600 : bound ? 200 : 60))
		again(walk, from, child);
	else if (ft_walk_chance(walk, 500))
		call(walk, listener, FT_OP_CLOSE);
}

/* See the table of states in the language's description: a deaf socket drops every segment. */
static void transient(struct ft_walk *walk)
{
	enum { SYN_SENT, SYN_RECV, FIN_WAIT1, LAST_ACK, CLOSING, N };
	unsigned state = ft_walk_below(walk, N);
	uint16_t listener = server(walk), from, to;

	if (state == SYN_SENT)
		deafen(walk, listener);
	from = ft_walk_open(walk, false);
	if (state == SYN_RECV)
		ft_program_word(walk->program, FT_OP_DEAF);
	walk->plans[from].deaf = state == SYN_RECV;
	if (ft_walk_chance(walk, 600))
		ft_walk_bind(walk, from);
	ft_walk_connect(walk, from, state <= SYN_RECV ? FT_OP_BEGIN : FT_OP_CONNECT);
	if (state <= SYN_RECV)
		return;
	to = accepted(walk, listener);
	if (ft_walk_chance(walk, 500)) { /* whose end is it? */
		uint16_t other = from;

		from = to;
		to = other;
	}
	if (state == LAST_ACK)
		call(walk, to, FT_OP_CLOSE);
	else
		deafen(walk, to);
	if (state != FIN_WAIT1)
		deafen(walk, from);
	call(walk, from, FT_OP_CLOSE);
	if (state == CLOSING)
		call(walk, to, FT_OP_CLOSE);
}

static void sysctl(struct ft_walk *walk, const char *name, const char *value)
{
	struct ft_word *word;

	ft_program_step(walk->program, FT_NO_SOCKET);
	word = ft_program_word(walk->program, FT_OP_SYSCTL);
	word->text = name;
	word->text_len = (uint16_t)strlen(name);
	word->value_text = value;
}

static void range(struct ft_walk *walk)
{
	static const char *const ranges[] = {"40000_40000", "40000_40001", "40000_40003"};
	static const char *const others[][2] = {
		{"ip_autobind_reuse", "1"},
		{"tcp_tw_reuse", "0"},
		{"tcp_tw_reuse", "1"},
		{"tcp_timestamps", "0"},
		{"tcp_tw_reuse_delay", "20"},
		{"ip_local_reserved_ports", "40001"},
		{"tcp_migrate_req", "1"},
		{"ip_nonlocal_bind", "1"},
		{"ipv6.bindv6only", "1"},
		{"ip_autobind_reuse", "1"},
		{"tcp_migrate_req", "1"},
		{"tcp_abort_on_overflow", "1"},
		{"ip_unprivileged_port_start", "0"},
	};
	unsigned n = sizeof(others) / sizeof(*others);

	walk->tiny = true;
	sysctl(walk, "ip_local_port_range", ranges[ft_walk_below(walk, 3)]);
	if (ft_walk_chance(walk, 600)) {
		unsigned which = ft_walk_below(walk, n);

		sysctl(walk, others[which][0], others[which][1]);
	}
	if (walk->theme->families == FT_FAMILIES_UDP)
		return;
	if (ft_walk_chance(walk, 350))
		pair(walk);
	else if (ft_walk_chance(walk, 250))
		group(walk);
}

/* More than ten sockets on a port of UDP are looked up in another way. */
static void crowd(struct ft_walk *walk)
{
	walk->n_ports = 1;
	walk->calls_max = FT_GENERATE_CALLS_MAX;
	for (unsigned i = 0; i < 10 && ft_walk_room(walk); i++)
		ft_walk_act(walk, FT_ACT_SERVE);
}

/* A TIME_WAIT of either end, then a second. */
static void wait(struct ft_walk *walk)
{
	uint16_t listener = server(walk), from = client(walk, FT_OP_CONNECT), to;
	bool swap = ft_walk_chance(walk, 500);

	to = accepted(walk, listener);
	call(walk, swap ? to : from, FT_OP_CLOSE);
	call(walk, swap ? from : to, FT_OP_CLOSE);
	ft_program_step(walk->program, FT_NO_SOCKET);
	ft_program_word(walk->program, FT_OP_WAIT)->value = INT64_C(1100000000);
}

void ft_walk_opening(struct ft_walk *walk)
{
	switch ((enum ft_opening)walk->theme->opening) {
	case FT_OPENING_SERVER:
		server(walk);
		break;
	case FT_OPENING_GROUP:
		group(walk);
		break;
	case FT_OPENING_PAIR:
		pair(walk);
		break;
	case FT_OPENING_TRANSIENT:
		transient(walk);
		break;
	case FT_OPENING_LIST:
		ft_walk_act(walk, FT_ACT_SERVE);
		ft_walk_act(walk, FT_ACT_SERVE);
		break;
	case FT_OPENING_CROWD:
		crowd(walk);
		break;
	case FT_OPENING_RANGE:
		range(walk);
		break;
	case FT_OPENING_WAIT:
		wait(walk);
		break;
	case FT_OPENING_NONE:
	case FT_OPENING_COUNT:
		break;
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * What does each action of a random program write, and to which of its sockets is it done?
 */
#include "explore/walk.h"

enum { ACT_WORDS = 24, ACT_STEPS = 4 }; /* what one action needs at most */

bool ft_walk_room(const struct ft_walk *walk)
{
	const struct ft_program *program = walk->program;

	return program->n_words + ACT_WORDS <= FT_PROGRAM_WORDS_MAX &&
	       program->n_steps + ACT_STEPS <= FT_PROGRAM_STEPS_MAX &&
	       program->names.n_sockets + 2 <= FT_PROGRAM_SOCKETS_MAX;
}

struct ft_word *ft_walk_call(struct ft_walk *walk, enum ft_op op)
{
	walk->n_calls++;
	return ft_program_word(walk->program, op);
}

static bool is_full(const struct ft_walk *walk)
{
	return walk->n_calls >= walk->calls_max;
}

/* ---- which socket ---- */

typedef bool plan_is(const struct ft_plan *plan);

static bool is_unbound(const struct ft_plan *plan)
{
	return !plan->bound;
}
static bool is_bound_only(const struct ft_plan *plan)
{
	return plan->stream && plan->bound && !plan->listening && !plan->connected;
}
static bool is_idle(const struct ft_plan *plan)
{
	return !plan->listening && (!plan->connected || !plan->stream);
}
static bool is_idle_stream(const struct ft_plan *plan)
{
	return plan->stream && is_idle(plan);
}
static bool is_waited_for(const struct ft_plan *plan)
{
	return plan->listening && plan->waiting;
}
static bool is_listening(const struct ft_plan *plan)
{
	return plan->listening;
}
static bool is_connected(const struct ft_plan *plan)
{
	return plan->connected || plan->begun;
}
static bool can_send(const struct ft_plan *plan)
{
	return plan->connected || !plan->stream;
}
static bool is_used(const struct ft_plan *plan)
{
	return plan->bound || plan->connected;
}
static bool is_datagram(const struct ft_plan *plan)
{
	return !plan->stream;
}
static bool is_any(const struct ft_plan *plan)
{
	return plan->open;
}

/* An open socket, one of the kind that is asked for unless there is none or chance has it so.
 * FT_NO_SOCKET if none is open. */
static uint16_t some(struct ft_walk *walk, plan_is *is, unsigned thousandths)
{
	uint16_t found[FT_PROGRAM_SOCKETS_MAX];
	bool any = !ft_walk_chance(walk, thousandths);
	unsigned n = 0;

	for (uint16_t i = 0; i < walk->program->names.n_sockets; i++)
		if (walk->plans[i].open && (any || is(&walk->plans[i])))
			found[n++] = i;
	return n ? found[ft_walk_below(walk, n)] : FT_NO_SOCKET;
}

/* ---- the parts of actions ---- */

uint16_t ft_walk_open(struct ft_walk *walk, bool user)
{
	uint16_t name = ft_program_socket(walk->program);
	unsigned family = walk->families[ft_walk_below(walk, walk->n_families)];
	struct ft_step *step = ft_program_step(walk->program, name);

	walk->plans[name] = (struct ft_plan){.family = (uint8_t)family,
					     .open = true,
					     .v6 = family % 2,
					     .stream = family / 2 != FT_FAMILY_UDP4 / 2};
	if (user && walk->users && ft_walk_chance(walk, 550)) {
		step->as = true;
		step->uid = ft_walk_chance(walk, 750) ? 1000 : 2000;
	}
	step->peer = walk->eth && !step->as && ft_walk_chance(walk, 25);
	ft_program_word(walk->program, FT_OP_CREATE)->detail = (uint8_t)family;
	return name;
}

/* The kernel chooses a port, and says which if all goes well. */
static void kernel_port(struct ft_walk *walk, struct ft_plan *plan)
{
	walk->n_kernel_ports++;
	plan->at.port = FT_PORT_KERNEL;
	plan->at.number = (uint16_t)walk->n_kernel_ports;
}

void ft_walk_bind(struct ft_walk *walk, uint16_t name)
{
	struct ft_plan *plan = &walk->plans[name];
	struct ft_word *word = ft_walk_call(walk, FT_OP_BIND);

	word->has_at = true;
	word->at = ft_walk_place(walk, plan);
	if (plan->bound)
		return;
	plan->bound = true;
	plan->at = word->at;
	if (word->at.port == FT_PORT_NUMBER && word->at.number == 0)
		kernel_port(walk, plan);
}

void ft_walk_listen(struct ft_walk *walk, uint16_t name)
{
	struct ft_plan *plan = &walk->plans[name];
	struct ft_word *word = ft_walk_call(walk, FT_OP_LISTEN);

	if (ft_walk_chance(walk, 20))
		word->value = ft_walk_below(walk, 3);
	if (!plan->bound && plan->stream) {
		plan->bound = true;
		plan->at = (struct ft_endpoint){.host = FT_HOST_ANY};
		kernel_port(walk, plan);
	}
	plan->listening = plan->stream && !plan->connected;
}

/* A connection comes to whoever listens on the port. Does anybody? */
static bool queue_up(struct ft_walk *walk, const struct ft_endpoint *at)
{
	bool found = false;

	for (unsigned i = 0; i < walk->program->names.n_sockets; i++) {
		struct ft_plan *plan = &walk->plans[i];

		if (plan->listening && plan->at.port == at->port && plan->at.number == at->number) {
			plan->waiting++;
			found = true;
		}
	}
	return found;
}

void ft_walk_connect(struct ft_walk *walk, uint16_t name, enum ft_op op)
{
	struct ft_plan *plan = &walk->plans[name];
	struct ft_word *word = ft_walk_call(walk, op);
	bool heard;

	word->has_at = true;
	word->at = ft_walk_target(walk, plan);
	heard = !plan->stream || queue_up(walk, &word->at);
	if (!plan->bound && heard) {
		plan->at = (struct ft_endpoint){.host = FT_HOST_LO};
		kernel_port(walk, plan);
	}
	plan->bound = plan->bound || heard;
	plan->connected = true;
	plan->begun = op == FT_OP_BEGIN;
}

void ft_walk_accept(struct ft_walk *walk, uint16_t listener)
{
	struct ft_plan *plan = &walk->plans[listener];
	uint16_t name = ft_program_socket(walk->program);
	struct ft_plan *child = &walk->plans[name];

	ft_walk_call(walk, FT_OP_ACCEPT)->socket = name;
	*child = *plan;
	child->listening = false;
	child->connected = true;
	child->waiting = 0;
	if (plan->waiting)
		plan->waiting--;
}

static void send(struct ft_walk *walk, uint16_t name)
{
	const struct ft_plan *plan = &walk->plans[name];
	struct ft_word *word = ft_walk_call(walk, FT_OP_SEND);

	if (ft_walk_chance(walk, plan->stream ? 50 : 300))
		word->value = ft_walk_below(walk, 4);
	if (plan->stream || (plan->connected && ft_walk_chance(walk, 700)))
		return;
	word->has_at = true;
	word->at = ft_walk_target(walk, plan);
}

/* ---- actions that make a socket ---- */

static bool serve(struct ft_walk *walk)
{
	uint16_t name = ft_walk_open(walk, true);
	struct ft_plan *plan = &walk->plans[name];

	ft_walk_options(walk, plan, false);
	if (walk->theme->acts[FT_ACT_STEER] > 2 && ft_walk_chance(walk, 60))
		ft_walk_steer(walk, plan);
	ft_walk_bind(walk, name);
	ft_walk_options(walk, plan, true);
	if (!is_full(walk) && plan->stream && ft_walk_chance(walk, walk->theme->listens))
		ft_walk_listen(walk, name);
	if (walk->theme->acts[FT_ACT_STEER] > 2 && ft_walk_chance(walk, 100))
		ft_walk_steer(walk, plan);
	if (walk->theme->acts[FT_ACT_MEMBERSHIP] > 2 && ft_walk_chance(walk, 600))
		ft_walk_membership(walk, true);
	return true;
}

static bool dial(struct ft_walk *walk)
{
	uint16_t name = ft_walk_open(walk, false);
	struct ft_plan *plan = &walk->plans[name];
	bool bind = walk->n_calls + 2 <= walk->calls_max && ft_walk_chance(walk, 450);

	if (bind || ft_walk_chance(walk, 200))
		ft_walk_options(walk, plan, false);
	if (bind)
		ft_walk_bind(walk, name);
	if (!plan->stream && ft_walk_chance(walk, 600))
		send(walk, name);
	else
		ft_walk_connect(walk, name, FT_OP_CONNECT);
	return true;
}

/* ---- actions on a socket that is there ---- */

static void shutdown(struct ft_walk *walk, struct ft_plan *plan)
{
	struct ft_word *word = ft_walk_call(walk, FT_OP_SHUTDOWN);

	word->detail = (uint8_t)ft_walk_below(walk, 3);
	plan->listening = plan->listening && word->detail == FT_SHUTDOWN_WR;
}

static void duplicate(struct ft_walk *walk, const struct ft_plan *plan)
{
	struct ft_word *word = ft_walk_call(walk, FT_OP_DUP);

	word->socket = ft_program_socket(walk->program);
	walk->plans[word->socket] = *plan;
}

static void own(struct ft_walk *walk)
{
	static const uint16_t users[] = {0, 1000, 2000};

	ft_walk_call(walk, FT_OP_FCHOWN)->value = users[ft_walk_below(walk, 3)];
}

static void change_hearing(struct ft_walk *walk, struct ft_plan *plan)
{
	ft_program_word(walk->program, plan->deaf ? FT_OP_HEAR : FT_OP_DEAF);
	plan->deaf = !plan->deaf;
}

/* What is no call. */
static void act_word(struct ft_walk *walk, enum ft_act act, struct ft_plan *plan)
{
	switch (act) {
	case FT_ACT_HEARING:
		change_hearing(walk, plan);
		break;
	case FT_ACT_FLAG:
		ft_walk_flag(walk);
		break;
	case FT_ACT_OPTION:
		ft_walk_option(walk, plan);
		break;
	case FT_ACT_READ:
		ft_walk_read(walk, plan);
		break;
	case FT_ACT_STEER:
		ft_walk_steer(walk, plan);
		break;
	case FT_ACT_MEMBERSHIP:
		ft_walk_membership(walk, ft_walk_chance(walk, 700));
		break;
	default:
		break;
	}
}

static void act_socket(struct ft_walk *walk, enum ft_act act, uint16_t name)
{
	struct ft_plan *plan = &walk->plans[name];

	switch (act) {
	case FT_ACT_BIND:
		ft_walk_bind(walk, name);
		break;
	case FT_ACT_LISTEN:
		ft_walk_listen(walk, name);
		break;
	case FT_ACT_CONNECT:
		ft_walk_connect(walk, name, FT_OP_CONNECT);
		break;
	case FT_ACT_BEGIN:
		ft_walk_connect(walk, name, FT_OP_BEGIN);
		break;
	case FT_ACT_FASTOPEN:
		ft_walk_connect(walk, name, FT_OP_FASTOPEN);
		break;
	case FT_ACT_ACCEPT:
		ft_walk_accept(walk, name);
		break;
	case FT_ACT_SEND:
		send(walk, name);
		break;
	case FT_ACT_RECV:
		ft_walk_call(walk, FT_OP_RECV);
		break;
	case FT_ACT_SHUTDOWN:
		shutdown(walk, plan);
		break;
	case FT_ACT_DISCONNECT:
		ft_walk_call(walk, FT_OP_DISCONNECT);
		plan->listening = plan->connected = false;
		break;
	case FT_ACT_CLOSE:
		ft_walk_call(walk, FT_OP_CLOSE);
		*plan = (struct ft_plan){.open = false};
		break;
	case FT_ACT_OWNER:
		own(walk);
		break;
	case FT_ACT_DUP:
		duplicate(walk, plan);
		break;
	default:
		act_word(walk, act, plan);
		break;
	}
}

/* To whom it is mostly done. */
static const struct {
	plan_is *is;
	unsigned thousandths;
} whom[FT_ACT_COUNT] = {
	[FT_ACT_BIND] = {is_unbound, 800},
	[FT_ACT_LISTEN] = {is_bound_only, 900},
	[FT_ACT_CONNECT] = {is_idle, 930},
	[FT_ACT_BEGIN] = {is_idle, 950},
	[FT_ACT_FASTOPEN] = {is_idle_stream, 1000}, /* what it is on UDP nobody knows */
	[FT_ACT_ACCEPT] = {is_waited_for, 930},
	[FT_ACT_SEND] = {can_send, 950},
	[FT_ACT_RECV] = {can_send, 950},
	[FT_ACT_SHUTDOWN] = {is_used, 950},
	[FT_ACT_DISCONNECT] = {is_connected, 800},
	[FT_ACT_CLOSE] = {is_used, 950},
	[FT_ACT_FLAG] = {is_used, 800},
	[FT_ACT_OPTION] = {is_used, 600},
	[FT_ACT_READ] = {is_any, 1000},
	[FT_ACT_STEER] = {is_listening, 600},
	[FT_ACT_OWNER] = {is_used, 800},
	[FT_ACT_DUP] = {is_used, 900},
	[FT_ACT_HEARING] = {is_connected, 900},
	[FT_ACT_MEMBERSHIP] = {is_datagram, 980},
};

/* Rarely: to list sockets, sock_diag goes through all of the host's hash tables (milliseconds). And
 * only at a port that no other program of the namespace can have had. */
static bool look(struct ft_walk *walk)
{
	uint16_t name = some(walk, is_used, 1000);
	const struct ft_plan *plan = &walk->plans[name == FT_NO_SOCKET ? 0 : name];
	struct ft_word *word;

	if (name == FT_NO_SOCKET || !plan->stream || !ft_walk_chance(walk, 30))
		return false;
	ft_program_step(walk->program, FT_NO_SOCKET);
	word = ft_program_word(walk->program, FT_OP_LOOK);
	word->has_at = true;
	word->at = ft_walk_chance(walk, 700) ? plan->at : ft_walk_place(walk, plan);
	if (word->at.port != FT_PORT_NAMED && walk->program->names.n_ports == 0)
		ft_program_port(walk->program);
	if (word->at.port != FT_PORT_NAMED)
		word->at.number = 0;
	word->at.port = FT_PORT_NAMED;
	return true;
}

bool ft_walk_act(struct ft_walk *walk, enum ft_act act)
{
	uint16_t name;

	switch (act) {
	case FT_ACT_SERVE:
		return serve(walk);
	case FT_ACT_DIAL:
		return dial(walk);
	case FT_ACT_OPEN:
		name = ft_walk_open(walk, true);
		ft_walk_options(walk, &walk->plans[name], false);
		return true;
	case FT_ACT_LOOK:
		return look(walk);
	default:
		break;
	}
	if ((act == FT_ACT_OWNER && !walk->users) || (act == FT_ACT_MEMBERSHIP && !walk->eth))
		return false;
	name = some(walk, whom[act].is, whom[act].thousandths);
	if (name == FT_NO_SOCKET)
		return false;
	ft_program_step(walk->program, name);
	act_socket(walk, act, name);
	return true;
}

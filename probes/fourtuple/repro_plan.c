/* SPDX-License-Identifier: MIT */
/*
 * What does a program need that shows this case?
 *
 * The walk follows the case as the engine would run it, without knowing how the calls end. It errs
 * on the side of asking the kernel: a local address is read back unless the same chain has bound
 * the socket to a port and a concrete address before, because then, and only then, it is known.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fourtuple/repro.h"

/* More descriptors than this are asked for with setrlimit(2). */
enum { FEW_SOCKETS = 500 };

_Static_assert(FT_REPRO_COUNT <= 64, "a bit of a uint64_t for each feature");

/* What is known of a socket's name at a place of the case. */
struct socket {
	uint8_t family;
	bool fixed;         /* bound to a port and a concrete address of the text */
	bool known;         /* its local address was told before */
	bool connected;     /* a connection may have been made or accepted */
	bool listens;       /* a listen stands before */
	bool listens_fixed; /* ... and where each of them stands, the socket is fixed */
	bool reads_back;    /* some word of it reads the local address back */
};

struct walk {
	struct ft_repro *repro;
	const bool *reached;
	struct socket *sockets;
	const struct ft_step *step;
	size_t s;
	struct ft_repro_word *plan;
	bool closing; /* a connection may be closing */
	bool closes;  /* there is a close(2) */
	bool copies;  /* there is a dup(2): any name may be that of a listener */
	size_t last_settle;
};

static void need(struct walk *walk, enum ft_repro_feature feature)
{
	walk->repro->features |= UINT64_C(1) << feature;
}

static bool is_stream(uint8_t family)
{
	return ft_families[family].type == SOCK_STREAM;
}

static bool is_wildcard(const struct ft_endpoint *at)
{
	return at->host == FT_HOST_ANY || at->host == FT_HOST_ANY4;
}

static bool is_zero_port(const struct ft_endpoint *at)
{
	return at->port == FT_PORT_NUMBER && at->number == 0;
}

/* ---- addresses ---- */

static bool is_multicast4(const struct ft_endpoint *at)
{
	return at->host == FT_HOST_LITERAL4 && (at->bytes[0] & 0xf0) == 0xe0;
}

static void meet_address(struct walk *walk, const struct ft_endpoint *at, uint8_t family)
{
	static const uint8_t lo[15] = {0xfd};
	bool v6 = ft_repro_is_v6(at, family);

	need(walk, !v6 ? FT_REPRO_V4 : at->scope[0] ? FT_REPRO_SCOPE : FT_REPRO_V6);
	if (v6 != (ft_families[family].domain == AF_INET6))
		need(walk, FT_REPRO_FOREIGN);
	if (v6 && (at->host == FT_HOST_LO2 || at->host == FT_HOST_LO3 ||
		   (at->host == FT_HOST_LITERAL6 && memcmp(at->bytes, lo, sizeof(lo)) == 0)))
		need(walk, FT_REPRO_LO2);
	if (at->host == FT_HOST_MCAST || is_multicast4(at))
		need(walk, FT_REPRO_MCAST);
	if (at->port == FT_PORT_KERNEL)
		need(walk, FT_REPRO_KPORT);
}

/* ---- options ---- */

static void meet_level(struct walk *walk, int level)
{
	if (level == IPPROTO_TCP)
		need(walk, FT_REPRO_TCP_OPTIONS);
	if (level == IPPROTO_UDP)
		need(walk, FT_REPRO_UDP_OPTIONS);
}

static void meet_set(struct walk *walk, const struct ft_word *word)
{
	const struct ft_option *option = &ft_options[word->options[0]];
	bool v6 = ft_families[walk->plan->family].domain == AF_INET6;

	need(walk, FT_REPRO_QUIET);
	meet_level(walk, option->level);
	if (option->value == FT_VALUE_IFINDEX || option->value == FT_VALUE_INTERFACE ||
	    option->value == FT_VALUE_MEMBERSHIP)
		need(walk, FT_REPRO_INDEX);
	switch (option->value) {
	case FT_VALUE_INT:
	case FT_VALUE_RANGE:
	case FT_VALUE_IFINDEX:
		need(walk, FT_REPRO_SET);
		if (strcmp(option->word, "fastopen") == 0 ||
		    strcmp(option->word, "fastopen_connect") == 0)
			need(walk, FT_REPRO_TCP_OPTIONS);
		break;
	case FT_VALUE_INTERFACE:
		if (v6)
			need(walk, FT_REPRO_SET);
		break;
	case FT_VALUE_LINGER:
		need(walk, FT_REPRO_LINGER);
		if (word->value > 0)
			need(walk, FT_REPRO_LINGER_CLOSE);
		break;
	case FT_VALUE_MEMBERSHIP:
		need(walk, v6 ? FT_REPRO_IN6 : FT_REPRO_MEMBERSHIP4);
		need(walk, FT_REPRO_MCAST);
		break;
	case FT_VALUE_SECONDS:
		need(walk, FT_REPRO_TIMES);
		break;
	case FT_VALUE_DEVICE:
	case FT_VALUE_COUNT:
		break;
	}
}

static void meet_get(struct walk *walk, const struct ft_word *word)
{
	const struct ft_option *option = &ft_options[word->options[0]];
	bool v6 = ft_families[walk->plan->family].domain == AF_INET6;

	meet_level(walk, option->level);
	switch (option->value) {
	case FT_VALUE_RANGE:
		need(walk, FT_REPRO_GET_RANGE);
		break;
	case FT_VALUE_DEVICE:
		need(walk, FT_REPRO_GET_DEVICE);
		break;
	case FT_VALUE_IFINDEX:
		need(walk, FT_REPRO_GET_INDEX);
		break;
	case FT_VALUE_INTERFACE:
		need(walk, v6 ? FT_REPRO_GET_INDEX : FT_REPRO_GET_INT);
		break;
	case FT_VALUE_LINGER:
		need(walk, FT_REPRO_GET_LINGER);
		break;
	case FT_VALUE_SECONDS:
		need(walk, FT_REPRO_GET_TIME);
		need(walk, FT_REPRO_TIMES);
		break;
	default:
		need(walk, FT_REPRO_GET_INT);
		break;
	}
}

/* ---- calls ---- */

static void read_back(struct walk *walk, enum ft_repro_feature how)
{
	walk->plan->back = true;
	need(walk, FT_REPRO_LOCAL);
	if (how != FT_REPRO_COUNT)
		need(walk, how);
}

static void meet_bind(struct walk *walk, struct socket *socket, const struct ft_word *word)
{
	if (is_zero_port(&word->at))
		read_back(walk, FT_REPRO_BIND0);
	socket->fixed = !is_zero_port(&word->at) && !is_wildcard(&word->at);
	socket->known = true;
}

static void meet_listen(struct walk *walk, struct socket *socket)
{
	if (!is_stream(socket->family))
		return;
	walk->repro->listens[walk->step->subject] = true;
	if (!socket->fixed) {
		read_back(walk, FT_REPRO_SHOW_LISTEN);
		socket->reads_back = true;
	}
	socket->listens_fixed = socket->fixed && (!socket->listens || socket->listens_fixed);
	socket->listens = true;
}

static void meet_connect(struct walk *walk, struct socket *socket, enum ft_op op)
{
	if (op == FT_OP_BEGIN)
		need(walk, FT_REPRO_BEGIN);
	if (op == FT_OP_FASTOPEN)
		need(walk, FT_REPRO_FASTOPEN);
	if (op == FT_OP_CONNECT && is_stream(socket->family))
		need(walk, FT_REPRO_DIAL);
	socket->reads_back = true;
	socket->connected = true;
	if (!socket->fixed)
		read_back(walk, FT_REPRO_COUNT);
	socket->known = true;
}

static void meet_accept(struct walk *walk, struct socket *socket, const struct ft_word *word)
{
	struct socket *child = &walk->sockets[word->socket];

	need(walk, FT_REPRO_ACCEPT);
	*child = (struct socket){.family = socket->family,
				 .fixed = true,
				 .known = true,
				 .connected = true,
				 .reads_back = child->reads_back};
	socket->reads_back = true;
	if (!socket->listens || !socket->listens_fixed)
		read_back(walk, FT_REPRO_SHOW_ACCEPT);
}

static void meet_send(struct walk *walk, struct socket *socket)
{
	if (is_stream(socket->family))
		return;
	need(walk, FT_REPRO_DATAGRAM);
	socket->reads_back = true;
	if (!socket->known)
		read_back(walk, FT_REPRO_COUNT);
	socket->known = true;
}

static void meet_dup(struct walk *walk, struct socket *socket, const struct ft_word *word)
{
	struct socket *copy = &walk->sockets[word->socket];
	bool reads_back = copy->reads_back;

	*copy = *socket;
	copy->reads_back |= reads_back;
	/* what one of the two names reads back, both have bound */
	socket->reads_back = true;
	walk->copies = true;
}

static void meet_create(struct walk *walk, struct socket *socket, const struct ft_word *word)
{
	need(walk, FT_REPRO_MADE);
	*socket = (struct socket){.family = word->detail, .reads_back = socket->reads_back};
	if (walk->step->peer)
		need(walk, FT_REPRO_FAR);
}

/* A close that others wait for: of a TCP connection, of which this end may be the first. */
static void meet_closing(struct walk *walk, const struct socket *socket, const struct ft_word *word)
{
	if (!socket->connected || ft_families[socket->family].wire != IPPROTO_TCP ||
	    (word->op == FT_OP_SHUTDOWN && word->detail == FT_SHUTDOWN_RD))
		return;
	walk->plan->closing = true;
	walk->closing = true;
}

static void meet_call(struct walk *walk, struct socket *socket, const struct ft_word *word)
{
	static const uint8_t features[FT_OP_COUNT] = {
		[FT_OP_RECV] = FT_REPRO_RECV,     [FT_OP_DISCONNECT] = FT_REPRO_DISCONNECT,
		[FT_OP_DEAF] = FT_REPRO_DEAF,     [FT_OP_HEAR] = FT_REPRO_HEAR,
		[FT_OP_STEER] = FT_REPRO_STEER,   [FT_OP_STEER_EBPF] = FT_REPRO_EBPF,
		[FT_OP_FCHOWN] = FT_REPRO_FCHOWN,
	};

	if (features[word->op])
		need(walk, features[word->op]);
	switch ((enum ft_op)word->op) {
	case FT_OP_CREATE:
		meet_create(walk, socket, word);
		break;
	case FT_OP_SET:
		meet_set(walk, word);
		break;
	case FT_OP_GET:
		meet_get(walk, word);
		break;
	case FT_OP_BIND:
		meet_bind(walk, socket, word);
		break;
	case FT_OP_LISTEN:
		meet_listen(walk, socket);
		break;
	case FT_OP_CONNECT:
	case FT_OP_BEGIN:
	case FT_OP_FASTOPEN:
		meet_connect(walk, socket, word->op);
		break;
	case FT_OP_ACCEPT:
		meet_accept(walk, socket, word);
		break;
	case FT_OP_SEND:
		meet_send(walk, socket);
		break;
	case FT_OP_SHUTDOWN:
	case FT_OP_CLOSE:
		walk->closes |= word->op == FT_OP_CLOSE;
		meet_closing(walk, socket, word);
		break;
	case FT_OP_DUP:
		meet_dup(walk, socket, word);
		break;
	case FT_OP_HEAR:
		need(walk, FT_REPRO_TCP_STATE);
		need(walk, FT_REPRO_QUIET);
		break;
	case FT_OP_SOCKOPT:
	case FT_OP_DEAF:
	case FT_OP_STEER:
	case FT_OP_STEER_EBPF:
	case FT_OP_UNSTEER:
		need(walk, FT_REPRO_QUIET);
		break;
	default:
		break;
	}
}

static void meet_scene(struct walk *walk, const struct ft_word *word)
{
	switch ((enum ft_op)word->op) {
	case FT_OP_SYSCTL:
		need(walk, FT_REPRO_SYSCTL);
		need(walk, FT_REPRO_QUIET);
		break;
	case FT_OP_WAIT:
		need(walk, FT_REPRO_WAIT);
		break;
	case FT_OP_CPU:
		need(walk, FT_REPRO_CPU);
		break;
	case FT_OP_ADDR:
		need(walk, FT_REPRO_ADDRESS);
		need(walk, FT_REPRO_QUIET);
		break;
	case FT_OP_LINK:
		need(walk, FT_REPRO_LINK);
		need(walk, FT_REPRO_QUIET);
		break;
	default:
		need(walk, FT_REPRO_LOOK);
		if (word->at.port == FT_PORT_KERNEL)
			need(walk, FT_REPRO_KPORT);
		break;
	}
}

static void meet_word(struct walk *walk, const struct ft_word *word)
{
	bool scene = walk->step->subject == FT_NO_SOCKET;
	struct socket *socket = scene ? NULL : &walk->sockets[walk->step->subject];

	if (walk->closing && word->op != FT_OP_CLOSE && word->op != FT_OP_SHUTDOWN) {
		walk->plan->settle = true;
		walk->closing = false;
		walk->last_settle = (size_t)(walk->plan - walk->repro->words) + 1;
	}
	if (word->op == FT_OP_CREATE)
		walk->plan->family = word->detail;
	else
		walk->plan->family = scene ? (uint8_t)FT_FAMILY_COUNT : socket->family;
	if (!scene && word->has_at)
		meet_address(walk, &word->at, walk->plan->family);
	if (scene)
		meet_scene(walk, word);
	else
		meet_call(walk, socket, word);
}

static void meet_step(struct walk *walk)
{
	const struct ft_step *step = walk->step;
	struct socket *socket = NULL;
	bool fixed = true, known = true;

	if (step->as)
		need(walk, FT_REPRO_AS);
	if (step->subject != FT_NO_SOCKET)
		socket = &walk->sockets[step->subject];
	for (size_t w = 0; w < step->n_words; w++) {
		/* the chain may end before any of its words */
		fixed = socket && fixed && socket->fixed;
		known = socket && known && socket->known;
		walk->plan = &walk->repro->words[walk->repro->first[walk->s] + w];
		if (!walk->reached || walk->reached[walk->repro->first[walk->s] + w])
			meet_word(walk, &step->words[w]);
	}
	if (socket) {
		socket->fixed = socket->fixed && fixed;
		socket->known = socket->known && known;
	}
}

/* ---- what follows from the whole ---- */

/* Which binds must be remembered, and which closings does a later word wait for? */
static void finish_word(struct walk *walk, const struct ft_word *word)
{
	struct ft_repro *repro = walk->repro;

	if ((size_t)(walk->plan - repro->words) >= walk->last_settle)
		walk->plan->closing = false;
	if (!ft_repro_has(repro, FT_REPRO_LOCAL))
		return;
	/* an accepted socket may connect again after a disconnect */
	if (word->op == FT_OP_ACCEPT && ft_repro_has(repro, FT_REPRO_DISCONNECT))
		read_back(walk, FT_REPRO_SHOW_ACCEPT);
	if (word->op != FT_OP_BIND || is_zero_port(&word->at) ||
	    !walk->sockets[walk->step->subject].reads_back)
		return;
	walk->plan->remember = true;
	need(walk, FT_REPRO_REMEMBER);
}

static void finish_words(struct walk *walk)
{
	const struct ft_case *c = walk->repro->c;

	for (size_t s = 0; s < c->n_steps; s++) {
		walk->step = c->steps[s];
		for (size_t w = 0; w < walk->step->n_words; w++) {
			size_t i = walk->repro->first[s] + w;

			walk->plan = &walk->repro->words[i];
			if (!walk->reached || walk->reached[i])
				finish_word(walk, &walk->step->words[w]);
		}
	}
}

static void finish_features(struct walk *walk)
{
	static const struct {
		uint8_t has, needs;
	} follow[] = {
		{FT_REPRO_FASTOPEN, FT_REPRO_AWAIT}, {FT_REPRO_DIAL, FT_REPRO_AWAIT},
		{FT_REPRO_AWAIT, FT_REPRO_STREAM},   {FT_REPRO_STREAM, FT_REPRO_GOT},
		{FT_REPRO_GOT, FT_REPRO_SIDES},      {FT_REPRO_SETTLE, FT_REPRO_SIDES},
		{FT_REPRO_SETTLE, FT_REPRO_DIAG},    {FT_REPRO_LOOK, FT_REPRO_DIAG},
		{FT_REPRO_STREAM, FT_REPRO_PIN},     {FT_REPRO_DATAGRAM, FT_REPRO_PIN},
		{FT_REPRO_ETH, FT_REPRO_RTNL},       {FT_REPRO_ETH, FT_REPRO_ADDRESS},
		{FT_REPRO_LO2, FT_REPRO_ADDRESS},    {FT_REPRO_ADDRESS, FT_REPRO_RTNL},
		{FT_REPRO_LINK, FT_REPRO_RTNL},
	};
	const struct ft_case *c = walk->repro->c;

	need(walk, FT_REPRO_ALWAYS);
	if (walk->last_settle)
		need(walk, FT_REPRO_SETTLE);
	if (c->needs & FT_NEED_ETH || ft_repro_has(walk->repro, FT_REPRO_FAR))
		need(walk, FT_REPRO_ETH);
	else
		walk->repro->features &= ~(UINT64_C(1) << FT_REPRO_MCAST);
	if (!walk->closes)
		walk->repro->features &= ~(UINT64_C(1) << FT_REPRO_LINGER_CLOSE);
	if (c->needs & FT_NEED_UIDS)
		need(walk, FT_REPRO_UIDS);
	if (c->names->n_sockets > FEW_SOCKETS)
		need(walk, FT_REPRO_MANY);
	for (size_t i = 0; i < sizeof(follow) / sizeof(follow[0]); i++)
		if (ft_repro_has(walk->repro, follow[i].has))
			need(walk, follow[i].needs);
}

int ft_repro_plan(const struct ft_case *c, const bool *reached, struct ft_repro *ret)
{
	struct walk walk = {.repro = ret, .reached = reached};

	*ret = (struct ft_repro){.c = c};
	for (size_t s = 0; s < c->n_steps; s++)
		ret->n_words += c->steps[s]->n_words;
	ret->words = calloc(ret->n_words + 1, sizeof(*ret->words));
	ret->first = calloc(c->n_steps + 1, sizeof(*ret->first));
	ret->listens = calloc(c->names->n_sockets + 1, sizeof(*ret->listens));
	walk.sockets = calloc(c->names->n_sockets + 1, sizeof(*walk.sockets));
	if (!ret->words || !ret->first || !ret->listens || !walk.sockets) {
		free(walk.sockets);
		ft_repro_fini(ret);
		return -ENOMEM;
	}
	for (size_t s = 0; s < c->n_steps; s++) {
		walk.step = c->steps[s];
		walk.s = s;
		ret->first[s + 1] = ret->first[s] + walk.step->n_words;
		meet_step(&walk);
	}
	for (size_t i = 0; walk.copies && i < c->names->n_sockets; i++)
		ret->listens[i] = true;
	finish_words(&walk);
	finish_features(&walk);
	free(walk.sockets);
	return 0;
}

void ft_repro_fini(struct ft_repro *repro)
{
	free(repro->words);
	free(repro->first);
	free(repro->listens);
	*repro = (struct ft_repro){0};
}

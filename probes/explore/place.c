/* SPDX-License-Identifier: MIT */
/*
 * Which address and port does a random call name? Few different ones, so that sockets meet.
 */
#include <string.h>

#include "explore/walk.h"

/* The ports of a namespace that has only these; see opening.c. */
enum { TINY_FIRST = 40000, TINY_COUNT = 3, LOW_PORT = 80 };

static const uint8_t nobodys4[4] = {192, 0, 2, 77};
static const uint8_t nobodys6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x77};
static const uint8_t eth6[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
static const uint8_t broadcast4[4] = {192, 0, 2, 255};
static const uint8_t link_local[16] = {0xfe, 0x80, [15] = 9};
static const uint8_t mapped_lo2[16] = {[10] = 0xff, 0xff, 127, 0, 0, 2};

static struct ft_endpoint literal(const struct ft_plan *plan, const uint8_t *v4, const uint8_t *v6)
{
	struct ft_endpoint at = {.host = plan->v6 ? FT_HOST_LITERAL6 : FT_HOST_LITERAL4};

	memcpy(at.bytes, plan->v6 ? v6 : v4, plan->v6 ? 16 : 4);
	return at;
}

/* A host to bind to, or to connect to. What nobody has is only bound: what comes of a connection
 * there depends on how long ago somebody else has looked for it (neigh(7)). */
static struct ft_endpoint own_host(struct ft_walk *walk, const struct ft_plan *plan, bool bind)
{
	static const uint8_t hosts[2][6] = {
		{FT_HOST_LO, FT_HOST_ANY, FT_HOST_LO2, FT_HOST_LO3, FT_HOST_LO, FT_HOST_LO},
		{FT_HOST_LO, FT_HOST_ANY, FT_HOST_LO4, FT_HOST_ANY4, FT_HOST_LO2, FT_HOST_LO3},
	};
	static const uint16_t weights[2][6] = {{50, 36, 10, 2, 0, 0}, {26, 36, 18, 9, 4, 1}};

	if (walk->eth && ft_walk_chance(walk, 350))
		return (struct ft_endpoint){.host = FT_HOST_ETH};
	if (walk->eth && ft_walk_chance(walk, plan->stream ? 15 : 120))
		return (struct ft_endpoint){.host = FT_HOST_MCAST};
	if (walk->eth && bind && ft_walk_chance(walk, 40))
		return literal(plan, nobodys4, nobodys6);
	if (plan->v6 && ft_walk_chance(walk, 15))
		return literal(plan, nobodys4, ft_walk_chance(walk, 900) ? mapped_lo2 : link_local);
	if (ft_walk_chance(walk, 1)) { /* of the other family */
		struct ft_plan other = {.v6 = !plan->v6};

		return literal(&other, (const uint8_t[]){127, 0, 0, 2}, mapped_lo2);
	}
	return (struct ft_endpoint){
		.host = hosts[plan->v6][ft_random_weighted(&walk->random, weights[plan->v6], 6)]};
}

static void named_port(struct ft_walk *walk, struct ft_endpoint *at)
{
	static const uint16_t weights[FT_WALK_PORTS_MAX] = {70, 20, 10};
	unsigned port = ft_random_weighted(&walk->random, weights, walk->n_ports);

	while (walk->program->names.n_ports <= port)
		ft_program_port(walk->program);
	at->port = FT_PORT_NAMED;
	at->number = (uint16_t)port;
}

/* chosen: how often one that the kernel chose, in thousandths. */
static void some_port(struct ft_walk *walk, struct ft_endpoint *at, unsigned chosen)
{
	if (walk->n_kernel_ports && ft_walk_chance(walk, chosen)) {
		at->port = FT_PORT_KERNEL;
		/* Each may have failed to come, so the first one is the surest. */
		at->number = (uint16_t)(1 + ft_walk_below(walk, walk->n_kernel_ports));
		if (ft_walk_chance(walk, 600))
			at->number = 1;
	} else if (walk->tiny && ft_walk_chance(walk, 400)) {
		at->port = FT_PORT_NUMBER;
		at->number = (uint16_t)(TINY_FIRST + ft_walk_below(walk, TINY_COUNT));
		if (ft_walk_chance(walk, 30))
			at->number = LOW_PORT;
	} else {
		named_port(walk, at);
	}
}

struct ft_endpoint ft_walk_place(struct ft_walk *walk, const struct ft_plan *plan)
{
	struct ft_endpoint at = own_host(walk, plan, true);

	if (walk->theme->zeros && ft_walk_chance(walk, walk->theme->zeros)) {
		at.port = FT_PORT_NUMBER;
		at.number = 0;
		return at;
	}
	some_port(walk, &at, walk->theme->zeros > 500 ? 30 : 6); /* takes a namespace of its own */
	return at;
}

/* ---- targets ---- */

static bool is_v4_host(const struct ft_plan *other)
{
	return !other->v6 || other->at.host == FT_HOST_LO4 || other->at.host == FT_HOST_ANY4;
}

/* How a socket of the plan's family would write the address at which the other can be reached. */
static struct ft_endpoint reach(struct ft_walk *walk, const struct ft_plan *plan,
				const struct ft_plan *other)
{
	static const uint8_t anywhere[4] = {FT_HOST_LO, FT_HOST_LO, FT_HOST_LO2, FT_HOST_LO3};
	struct ft_endpoint at = other->at;

	if (at.host == FT_HOST_ANY || at.host == FT_HOST_ANY4)
		at.host = walk->eth && ft_walk_chance(walk, 400) ? FT_HOST_ETH
								 : anywhere[ft_walk_below(walk, 4)];
	if (at.host == FT_HOST_LO4)
		at.host = FT_HOST_LO;
	if (at.host == FT_HOST_LITERAL4 || at.host == FT_HOST_LITERAL6) {
		memset(at.bytes, 0, sizeof(at.bytes));
		at.host = FT_HOST_LO2;
	}
	/* v6 sockets reach v4 ones by the mapped form; a dual one is reached by either. */
	if (plan->v6 &&
	    (is_v4_host(other) || (other->at.host == FT_HOST_ANY && ft_walk_chance(walk, 350))))
		at.host = FT_HOST_LO4;
	return at;
}

/* Who could be meant? Sockets of the kind that listen (TCP) or are bound (UDP). */
static const struct ft_plan *some_other(struct ft_walk *walk, const struct ft_plan *plan)
{
	const struct ft_plan *found[FT_PROGRAM_SOCKETS_MAX];
	unsigned n = 0;

	for (unsigned i = 0; i < walk->program->names.n_sockets; i++) {
		const struct ft_plan *other = &walk->plans[i];

		if (other == plan || other->stream != plan->stream || !other->bound)
			continue;
		if (other->listening || !plan->stream || ft_walk_chance(walk, 80))
			found[n++] = other;
	}
	return n ? found[ft_walk_below(walk, n)] : NULL;
}

struct ft_endpoint ft_walk_target(struct ft_walk *walk, const struct ft_plan *plan)
{
	const struct ft_plan *other = some_other(walk, plan);
	struct ft_endpoint at;

	if (!plan->stream && walk->eth && ft_walk_chance(walk, 200)) {
		at = ft_walk_chance(walk, 800) ? (struct ft_endpoint){.host = FT_HOST_MCAST}
					       : literal(plan, broadcast4, eth6);
		named_port(walk, &at);
		return at;
	}
	if (plan->on_eth) { /* nobody answers there for another address, now or soon (arp(7)) */
		at = (struct ft_endpoint){.host = FT_HOST_ETH};
		some_port(walk, &at, 120);
		return at;
	}
	if (other && ft_walk_chance(walk, 930))
		at = reach(walk, plan, other);
	else
		at = own_host(walk, plan, false);
	if (ft_walk_chance(walk, 3)) { /* nobody's port */
		at.port = FT_PORT_NUMBER;
		at.number = 0;
	} else if (!other || (at.port == FT_PORT_NUMBER && at.number == 0) ||
		   ft_walk_chance(walk, 40)) {
		some_port(walk, &at, 120);
	}
	return at;
}

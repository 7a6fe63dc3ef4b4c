/* SPDX-License-Identifier: MIT */
/*
 * Which port does the kernel take where it may choose?
 *
 * It starts at a random place of the range and goes round, first over the offsets of one parity,
 * then over the others. Of a small range every candidate is an alternative, by its number. Of a
 * large one the port is a *pick*, a port that nobody else has, since a collision is improbable; it
 * is possible all the same, so every earlier pick that could be shared is an alternative too.
 */
#include "model/state.h"

enum { SMALL_RANGE = 64 };

static bool may_be(struct ft_model *model, struct ft_socket *s, uint32_t port,
		   ft_port_usable *usable)
{
	enum ft_rule rule = model->rule;
	uint32_t holder = model->holder;
	bool yes = usable(model, s, port);

	if (yes) { /* of a port that is taken nobody is in the way */
		model->rule = rule;
		model->holder = holder;
	}
	return yes;
}

static bool is_kept(const struct ft_model *model, const struct ft_socket *s, uint32_t port)
{
	return ft_on(model, FT_RULE_PORT_RESERVED) &&
	       ft_port_reserved(&model->sysctls[s->peer], port);
}

/* The usable ports low + offset of one parity (-1: of both). */
static size_t usable_ports(struct ft_model *model, struct ft_socket *s, uint32_t low, uint32_t n,
			   int parity, ft_port_usable *usable, uint32_t *ports)
{
	size_t found = 0;

	for (uint32_t offset = 0; offset < n; offset++) {
		if (parity >= 0 && (int)(offset & 1) != parity)
			continue;
		if (!is_kept(model, s, low + offset) && may_be(model, s, low + offset, usable))
			ports[found++] = low + offset;
	}
	return found;
}

static uint32_t pick_small(struct ft_model *model, struct ft_socket *s, uint32_t low, uint32_t n,
			   int parity, ft_port_usable *usable, enum ft_rule rule)
{
	uint32_t ports[SMALL_RANGE];
	size_t found = usable_ports(model, s, low, n, n > 1 ? parity : -1, usable, ports);

	if (found == 0 && parity >= 0 && n > 1)
		found = usable_ports(model, s, low, n, !parity, usable, ports);
	return found ? ports[ft_choose(model, (unsigned)found, rule)] : 0;
}

static uint32_t pick_large(struct ft_model *model, struct ft_socket *s, uint32_t low, uint32_t high,
			   ft_port_usable *usable, enum ft_rule rule)
{
	uint32_t ports[FT_CASE_PORTS_MAX + 1];
	size_t found = 0;
	uint32_t taken = 0;

	ports[found++] = 0;
	for (size_t i = 0; i < model->n_picks; i++) {
		const struct ft_pick *pick = &model->picks[i];

		if (pick->low > high || pick->high < low)
			continue;
		if (may_be(model, s, FT_PORT_PICK_BASE + (uint32_t)i, usable))
			ports[found++] = FT_PORT_PICK_BASE + (uint32_t)i;
		else
			taken++;
	}
	if (taken > high - low)
		return 0;
	ports[0] = ports[ft_choose(model, (unsigned)found, rule)];
	if (ports[0] || model->n_picks == FT_CASE_PORTS_MAX)
		return ports[0] ? ports[0] : FT_PORT_PICK_BASE + FT_CASE_PORTS_MAX;
	model->picks[model->n_picks] = (struct ft_pick){(uint16_t)low, (uint16_t)high};
	return FT_PORT_PICK_BASE + (uint32_t)model->n_picks++;
}

uint32_t ft_port_pick(struct ft_model *model, struct ft_socket *s, uint32_t low, uint32_t high,
		      int parity, ft_port_usable *usable, enum ft_rule rule)
{
	uint32_t n = high + 1 - low;

	if (parity >= 0 && n > 1)
		n &= ~UINT32_C(1); /* the last port of an odd range is never tried */
	if (n <= SMALL_RANGE)
		return pick_small(model, s, low, n, parity, usable, rule);
	return pick_large(model, s, low, high, usable, rule);
}

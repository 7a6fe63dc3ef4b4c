/* SPDX-License-Identifier: MIT */
/*
 * Which port does the kernel take where it may choose?
 *
 * It starts at a random place of the range and goes round, first over the offsets of one parity,
 * then over the others. Of a small range every candidate is an alternative, by its number. Of a
 * large one the port is a *pick*, a port that nobody else has, since a collision is improbable; it
 * is possible all the same, so every earlier pick that could be shared is an alternative too.
 * Parity shows in numbers only.
 */
#include <stdlib.h>

#include "model/pick.h"

enum { SMALL_RANGE = 64, FEW_PICKS = 256 };

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

/* ---- of many ---- */

static uint32_t n_kept(const struct ft_model *model, const struct ft_socket *s, uint32_t low,
		       uint32_t n)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; model->sysctls[s->peer].n_reserved && i < n; i++)
		kept += is_kept(model, s, low + i);
	return kept;
}

/* Ports that the text names by number are nobody's pick. */
static uint32_t n_named(struct ft_model *model, struct ft_socket *s, uint32_t low, uint32_t n,
			ft_port_usable *usable)
{
	uint32_t taken = 0;

	ft_case_writes(model->c, &model->numbers, 0);
	for (size_t i = 0; i < model->numbers.n && i < FT_CASE_NUMBERS_KEPT; i++) {
		uint32_t port = model->numbers.ports[i];

		if (port >= low && port - low < n && !is_kept(model, s, port) &&
		    !may_be(model, s, port, usable))
			taken++;
	}
	return taken;
}

/* Is there a port in the range that was not picked yet? */
static bool has_new(struct ft_model *model, struct ft_socket *s, uint32_t low, uint32_t n,
		    ft_port_usable *usable)
{
	uint32_t seen = (uint32_t)model->n_picks + FT_CASE_NUMBERS_KEPT;

	n -= n_kept(model, s, low, n);
	if (seen < n)
		return true;
	seen = n_named(model, s, low, n, usable);
	for (size_t i = 0; i < model->n_picks; i++)
		seen += model->picks[i].low >= low && model->picks[i].high < low + n;
	return seen < n;
}

static uint32_t new_pick(struct ft_model *model, uint32_t low, uint32_t n)
{
	if (model->n_picks == model->size_picks) {
		size_t size = model->size_picks ? 2 * model->size_picks : 32;
		struct ft_pick *grown = reallocarray(model->picks, size, sizeof(*grown));

		if (!grown) {
			model->failed = true;
			return 0;
		}
		model->picks = grown;
		model->size_picks = size;
	}
	model->picks[model->n_picks] =
		(struct ft_pick){.low = (uint16_t)low, .high = (uint16_t)(low + n - 1)};
	return FT_PORT_PICK_BASE + (uint32_t)model->n_picks++;
}

static bool may_be_pick(struct ft_model *model, struct ft_socket *s, size_t i, uint32_t low,
			uint32_t n, ft_port_usable *usable)
{
	return model->picks[i].low < low + n && model->picks[i].high >= low &&
	       may_be(model, s, FT_PORT_PICK_BASE + (uint32_t)i, usable);
}

/* The next former pick that can be shared, from the i-th on and round. */
static uint32_t shared_pick(struct ft_model *model, struct ft_socket *s, size_t i, uint32_t low,
			    uint32_t n, ft_port_usable *usable)
{
	for (size_t tried = 0; tried < model->n_picks; tried++, i++) {
		i = i < model->n_picks ? i : 0;
		if (may_be_pick(model, s, i, low, n, usable)) {
			model->next_pick = i + 1;
			return FT_PORT_PICK_BASE + (uint32_t)i;
		}
	}
	return 0;
}

/* Which of the picks can be shared? Their number; *ret_shown: an outcome has shown all of them. */
static size_t find_shared(struct ft_model *model, struct ft_socket *s, uint32_t low, uint32_t n,
			  ft_port_usable *usable, bool shared[FEW_PICKS], bool *ret_shown)
{
	size_t found = 0;

	*ret_shown = true;
	for (size_t i = 0; i < model->n_picks; i++) {
		shared[i] = may_be_pick(model, s, i, low, n, usable);
		found += shared[i];
		if (shared[i] && !model->picks[i].shown)
			*ret_shown = false;
	}
	return found;
}

/* The judge need not try all alternatives where it is known which number each one stands for. */
static void name_alternatives(struct ft_model *model, const bool shared[FEW_PICKS], bool fresh)
{
	ft_choice_name(model, fresh ? 0 : FT_CHOICE_NONE);
	for (size_t i = 0; i < model->n_picks; i++)
		ft_choice_name(model, shared[i] ? model->picks[i].shown : FT_CHOICE_NONE);
	ft_choice_name(model, FT_CHOICE_NONE);
	ft_choice_of_ports(model);
}

/* The i-th of those that can be shared. */
static size_t nth_shared(const bool shared[FEW_PICKS], size_t nth)
{
	size_t i = 0;

	while (!shared[i] || nth--)
		i++;
	return i;
}

/* Every former pick that can be shared is an alternative, and a new one the first. Where they have
 * numbers each has its place whether it can be shared or not, so that what the judge takes from a
 * record fits whatever was taken before. */
static uint32_t pick_of_few(struct ft_model *model, struct ft_socket *s, uint32_t low, uint32_t n,
			    ft_port_usable *usable, enum ft_rule rule)
{
	bool shared[FEW_PICKS], shown, fresh = has_new(model, s, low, n, usable);
	size_t found = find_shared(model, s, low, n, usable, shared, &shown);
	size_t before = model->out->n_choices, taken = 0;

	if (!fresh && !found)
		return 0;
	if (!shown) {
		taken = ft_choose(model, (unsigned)(found + fresh), rule);
		return fresh && !taken
			       ? new_pick(model, low, n)
			       : FT_PORT_PICK_BASE + (uint32_t)nth_shared(shared, taken - fresh);
	}
	if (found + fresh > 1)
		taken = ft_choose(model, (unsigned)model->n_picks + 2, rule);
	if (model->out->n_choices > before)
		name_alternatives(model, shared, fresh);
	if (fresh && (!found || taken == 0 || taken == model->n_picks + 1))
		return new_pick(model, low, n);
	return shared_pick(model, s, taken ? taken - 1 : 0, low, n, usable);
}

/* Of thousands not each is asked whether it can be shared: all of them are alternatives, the last
 * one is a new port as is the first, and one that cannot be shared stands for the next that can. */
static uint32_t pick_of_many(struct ft_model *model, struct ft_socket *s, uint32_t low, uint32_t n,
			     ft_port_usable *usable, enum ft_rule rule)
{
	bool fresh = has_new(model, s, low, n, usable);
	size_t before = model->out->n_choices;
	uint32_t port = fresh ? 0 : shared_pick(model, s, model->next_pick, low, n, usable);
	size_t taken;

	if (!fresh && !port)
		return 0;
	taken = ft_choose(model, (unsigned)model->n_picks + 2, rule);
	if (model->out->n_choices > before && model->picks_in_order &&
	    model->n_shown == model->n_picks)
		ft_choice_of_ports(model);
	if (taken && (taken <= model->n_picks || !fresh))
		port = shared_pick(model, s, taken - 1, low, n, usable);
	return port ? port : new_pick(model, low, n);
}

uint32_t ft_port_pick(struct ft_model *model, struct ft_socket *s, uint32_t low, uint32_t high,
		      int parity, ft_port_usable *usable, enum ft_rule rule)
{
	uint32_t n = high + 1 - low;

	if (parity >= 0 && n > 1)
		n &= ~UINT32_C(1); /* the last port of an odd range is never tried */
	if (n <= SMALL_RANGE || n - n_kept(model, s, low, n) <= SMALL_RANGE)
		return pick_small(model, s, low, n, parity, usable, rule);
	if (model->n_picks <= FEW_PICKS)
		return pick_of_few(model, s, low, n, usable, rule);
	return pick_of_many(model, s, low, n, usable, rule);
}

/* SPDX-License-Identifier: MIT */
/*
 * Which ports does a case write as numbers?
 *
 * Such a port is shown as it is written, also where the kernel chose it.
 */
#include "case/case.h"

static bool contains(const uint16_t *ports, size_t n, uint16_t port)
{
	for (size_t i = 0; i < n; i++)
		if (ports[i] == port)
			return true;
	return false;
}

size_t ft_case_numbers(const struct ft_case *c, uint16_t *ports, size_t max)
{
	size_t n = 0;

	for (size_t s = 0; s < c->n_steps; s++)
		for (size_t w = 0; w < c->steps[s]->n_words; w++) {
			const struct ft_endpoint *at = &c->steps[s]->words[w].at;

			if (at->port != FT_PORT_NUMBER || at->number == 0 ||
			    contains(ports, n < max ? n : max, at->number))
				continue;
			if (n < max)
				ports[n] = at->number;
			n++;
		}
	return n;
}

static bool is_written(const struct ft_case *c, uint16_t port)
{
	for (size_t s = 0; s < c->n_steps; s++)
		for (size_t w = 0; w < c->steps[s]->n_words; w++) {
			const struct ft_endpoint *at = &c->steps[s]->words[w].at;

			if (at->port == FT_PORT_NUMBER && at->number == port)
				return true;
		}
	return false;
}

bool ft_case_writes(const struct ft_case *c, struct ft_numbers *numbers, uint16_t port)
{
	if (!(c->needs & FT_NEED_OWN_NAMESPACE)) /* only those that do have one */
		return false;
	if (!numbers->known) {
		numbers->n = ft_case_numbers(c, numbers->ports, FT_CASE_NUMBERS_KEPT);
		numbers->known = true;
	}
	if (numbers->n > FT_CASE_NUMBERS_KEPT)
		return is_written(c, port);
	return contains(numbers->ports, numbers->n, port);
}

/* SPDX-License-Identifier: MIT */
/*
 * Which listener is a segment for that belongs to no connection?
 *
 * Those on the exact address are asked first, then those on the wildcard. Within each of the two
 * the list is walked from its head, and the highest score wins, the first found where scores are
 * equal; but a socket with reuseport that scores higher than all before it ends the walk, and its
 * group picks the member. The interface is the one to whose address the segment goes, also where it
 * came over loopback.
 */
#include "model/stream.h"

/* ---- the list ---- */

/* __inet_hash(): at the head; of IPv6 sockets those with reuseport at the tail. */
void ft_lookup_add(struct ft_model *model, struct ft_socket *s)
{
	bool tail = s->v6 && s->reuseport && ft_on(model, FT_RULE_LOOKUP_TAIL);
	uint16_t *link = &model->first_listener;

	s->rank = tail || !ft_on(model, FT_RULE_LOOKUP_NEWEST) ? ++model->rank_high
							       : --model->rank_low;
	while (*link != FT_NOBODY && ft_socket_at(model, *link)->rank < s->rank)
		link = &ft_socket_at(model, *link)->tcp.next_listener;
	s->tcp.next_listener = *link;
	*link = s->id;
}

void ft_lookup_remove(struct ft_model *model, struct ft_socket *s)
{
	uint16_t *link = &model->first_listener;

	while (*link != FT_NOBODY && *link != s->id)
		link = &ft_socket_at(model, *link)->tcp.next_listener;
	if (*link == s->id)
		*link = s->tcp.next_listener;
}

/* ---- the score ---- */

static bool covers(const struct ft_model *model, const struct ft_socket *s,
		   const struct ft_packet *packet, bool wildcard)
{
	bool v4 = ft_ip_is_v4(&packet->to);

	if (v4 && s->v6 && s->v6only && ft_on(model, FT_RULE_LOOKUP_V6ONLY))
		return false;
	if (!v4 && !s->v6)
		return false;
	if (!wildcard)
		return ft_ip_equal(&s->local, &packet->to);
	return v4 ? ft_ip_is_any(&s->local) : ft_ip_equal(&s->local, &ft_ip_any6);
}

static bool on_device(const struct ft_model *model, const struct ft_socket *s,
		      const struct ft_segment *g)
{
	return !s->device || s->device == g->device || !ft_on(model, FT_RULE_LOOKUP_DEVICE);
}

/* compute_score(); 0: not for s. */
static int score_of(struct ft_model *model, const struct ft_socket *s, const struct ft_segment *g,
		    bool wildcard)
{
	int score = 1;

	if (s->peer != g->packet.peer || s->port != g->packet.to_port ||
	    !covers(model, s, &g->packet, wildcard) || !on_device(model, s, g))
		return 0;
	if (s->device && ft_on(model, FT_RULE_LOOKUP_DEVICE_SCORE))
		score++;
	if (!s->v6 && ft_on(model, FT_RULE_LOOKUP_FAMILY_SCORE))
		score++;
	if (ft_on(model, FT_RULE_LOOKUP_CPU_SCORE) && ft_on_cpu(model, s))
		score++;
	return score;
}

/* What made s be found before best? */
static void say_why(struct ft_model *model, const struct ft_socket *s,
		    const struct ft_socket *other)
{
	if (!s->device != !other->device)
		ft_decided(model, FT_RULE_LOOKUP_DEVICE_SCORE);
	else if (s->v6 != other->v6)
		ft_decided(model, FT_RULE_LOOKUP_FAMILY_SCORE);
	else if (s->incoming_cpu != other->incoming_cpu)
		ft_decided(model, FT_RULE_LOOKUP_CPU_SCORE);
	else
		ft_decided(model,
			   s->v6 && s->reuseport ? FT_RULE_LOOKUP_TAIL : FT_RULE_LOOKUP_NEWEST);
}

/* inet_lhash2_lookup(), inet6_lhash2_lookup() */
static struct ft_socket *walk(struct ft_model *model, const struct ft_segment *g, bool wildcard,
			      bool choose)
{
	struct ft_socket *best = NULL;
	int highest = 0;

	for (uint16_t i = model->first_listener; i != FT_NOBODY;) {
		struct ft_socket *s = ft_socket_at(model, i), *member = NULL;
		int score = score_of(model, s, g, wildcard);

		i = s->tcp.next_listener;
		if (score && best)
			say_why(model, score > highest ? s : best, score > highest ? best : s);
		if (score <= highest)
			continue;
		if (choose)
			member = ft_group_select(model, s, &g->packet, &model->any);
		if (member && ft_on(model, FT_RULE_LOOKUP_GROUP))
			return member;
		best = member ? member : s;
		highest = score;
	}
	return best;
}

struct ft_socket *ft_lookup_listener(struct ft_model *model, const struct ft_segment *g,
				     bool choose)
{
	struct ft_socket *found = NULL, *exact;

	if (choose)
		model->any.n = 0;
	exact = walk(model, g, false, choose);
	if (exact && ft_on(model, FT_RULE_LOOKUP_EXACT))
		return exact;
	found = walk(model, g, true, choose);
	return found ? found : exact;
}

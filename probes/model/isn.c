/* SPDX-License-Identifier: MIT */
/*
 * With which number does a connection begin?
 *
 * The kernel adds a secret of the 4-tuple to a clock that makes a step every 64 ns. What matters is
 * the distance between two connections of one 4-tuple: how much time, and how many calls, lie
 * between them. A cookie is recomputed from the segments of the handshake.
 */
#include "model/stream.h"

/* How far the clock gets from call to call, and in a time. */
enum { ISN_CALL = 500, ISN_NS = 64 };

static uint32_t mix(uint32_t hash, uint32_t value)
{
	return (hash ^ value) * 0x01000193U;
}

static uint32_t hash_of(const struct ft_packet *packet)
{
	uint32_t hash = mix(mix(0x811c9dc5U, packet->from_port), packet->to_port);

	for (unsigned i = 0; i < 16; i++)
		hash = mix(mix(hash, packet->from.bytes[i]), packet->to.bytes[i]);
	return hash;
}

/* secure_tcp_seq(): a secret of the 4-tuple, and a clock. */
uint32_t ft_isn_next(struct ft_model *model, const struct ft_packet *packet)
{
	return hash_of(packet) + ++model->n_isn * ISN_CALL + (uint32_t)(model->now_ns / ISN_NS);
}

uint32_t ft_isn_cookie(const struct ft_packet *packet, uint32_t client_isn)
{
	return mix(hash_of(packet), client_isn);
}

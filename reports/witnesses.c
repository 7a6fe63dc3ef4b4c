/* SPDX-License-Identifier: MIT */
/*
 * Can the witnesses of a 4-tuple all be right?
 *
 * What must hold, whatever the rules of ports are (RFC 9293 section 3.5, tcp(7), udp(7)):
 *  1. A TCP connection that came up was asked for by a SYN and granted by a SYN-ACK, or by a
 *     second SYN that crossed the first.
 *  2. One that was refused with ECONNREFUSED was asked for by a SYN and refused by a RST (or an
 *     ICMP error).
 *  3. One that was refused before anything is sent (EADDRNOTAVAIL, EADDRINUSE, EISCONN, EINVAL,
 *     EACCES) has no SYN.
 *  4. A datagram that somebody received was seen.
 *  5. A connection that came up is listed by sock_diag in a state that it can be in.
 *
 * Packets are attributed by 4-tuple and time. Where both ends are not known by number, or an
 * earlier attempt may have sent what counts here, nothing is held against anybody.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "reports/judge.h"

/* A destination that is the wildcard means this host (RFC 1122, 3.2.1.3 (a)); the packets have
 * another address. */
static bool is_wildcard(const struct ft_address *address)
{
	static const uint8_t zero[sizeof(address->bytes)];

	return !memcmp(address->bytes, zero, sizeof(zero));
}

/* A socket that is bound to a group sends from another address. */
static bool is_unicast(const struct ft_address *address)
{
	if (address->family == AF_INET)
		return (address->bytes[0] & 0xf0) != 0xe0 && address->bytes[0] != 0xff;
	return address->bytes[0] != 0xff;
}

static bool is_known(const struct ft_tuple *tuple)
{
	return tuple->actual_local.family && tuple->actual_local.port &&
	       tuple->actual_local.family == tuple->actual_remote.family &&
	       tuple->actual_remote.port && !is_wildcard(&tuple->actual_remote) &&
	       is_unicast(&tuple->actual_local);
}

static bool same_address(const struct ft_address *a, const struct ft_address *b)
{
	return a->family == b->family && a->port == b->port &&
	       !memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

/* Did an earlier attempt of the case, of the same socket or on the same 4-tuple, leave something
 * behind: an error to be told later, packets still under way? Only asked where something is wrong,
 * so that cases of thousands of 4-tuples are not searched. */
static bool may_be_of_another(const struct ft_record *record, size_t index)
{
	const struct ft_tuple *tuple = &record->tuples[index];

	for (size_t i = 0; i < record->n_tuples; i++) {
		const struct ft_tuple *other = &record->tuples[i];

		if (i != index && (other->by == tuple->by ||
				   (same_address(&other->actual_local, &tuple->actual_local) &&
				    same_address(&other->actual_remote, &tuple->actual_remote))))
			return true;
	}
	return false;
}

/* What is missing or too much, NULL: nothing. */
static const char *check_connection(const struct ft_tuple *tuple)
{
	const struct ft_wire *wire = &tuple->wire;

	if (!wire->syn)
		return "it came up, and the wire shows no SYN";
	if (!wire->synack && wire->syn < 2)
		return "it came up, and the wire shows no SYN-ACK";
	if (tuple->has_diag && (tuple->diag == TCP_SYN_SENT || tuple->diag == TCP_LISTEN))
		return "it came up, and sock_diag lists it as not connected";
	if (tuple->has_diag && !tuple->diag && !wire->rst)
		return "it came up, and sock_diag does not list it";
	return NULL;
}

static const char *check_refusal(const struct ft_tuple *tuple)
{
	const struct ft_wire *wire = &tuple->wire;

	switch (tuple->error) {
	case ECONNREFUSED:
		if (tuple->has_diag && tuple->diag == TCP_ESTABLISHED)
			return "it was refused, and sock_diag lists it as connected";
		if (!wire->syn)
			return "it was refused by the other end, and the wire shows no SYN";
		return wire->rst || wire->icmp
			       ? NULL
			       : "it was refused by the other end, and the wire shows no RST";
	case EADDRNOTAVAIL:
	case EADDRINUSE:
	case EISCONN:
	case EINVAL:
	case EACCES:
		return wire->syn ? "it was refused before it began, and the wire shows a SYN"
				 : NULL;
	default:
		return NULL;
	}
}

static const char *check_datagram(const struct ft_record *record, const struct ft_tuple *tuple)
{
	const struct ft_result *result = &record->results[tuple->result];
	const struct ft_step *step = record->c->steps[result->step];

	/* Others than unicast leave by a device that need not be watched. */
	if (step->words[result->word].op != FT_OP_SEND || !tuple->to.n ||
	    !is_unicast(&tuple->actual_remote))
		return NULL;
	return tuple->wire.datagrams ? NULL : "it was received, and the wire does not show it";
}

static const char *check_tuple(const struct ft_record *record, const struct ft_tuple *tuple)
{
	bool tcp = tuple->protocol == IPPROTO_TCP;

	if (tuple->end == FT_END_ERROR)
		return tcp ? check_refusal(tuple) : NULL;
	if (tuple->end != FT_END_OK)
		return NULL;
	return tcp ? check_connection(tuple) : check_datagram(record, tuple);
}

static void say(const struct ft_record *record, const struct ft_tuple *tuple, const char *what,
		char reason[FT_REASON_MAX])
{
	struct ft_text local, remote;

	ft_text_init(&local, FT_REASON_MAX);
	ft_text_init(&remote, FT_REASON_MAX);
	ft_endpoint_print(&tuple->local, record->c->names, &local);
	ft_endpoint_print(&tuple->remote, record->c->names, &remote);
	snprintf(reason, FT_REASON_MAX, "%s, %.60s -> %.60s: %s",
		 record->c->names->socket[tuple->by], ft_text_get(&local), ft_text_get(&remote),
		 what);
	ft_text_fini(&local);
	ft_text_fini(&remote);
}

bool ft_judge_witnesses(const struct ft_record *record, char reason[FT_REASON_MAX])
{
	if (record->packets_lost)
		return true;
	for (size_t i = 0; i < record->n_tuples; i++) {
		const struct ft_tuple *tuple = &record->tuples[i];
		const char *what;

		if (!tuple->wire.captured || !is_known(tuple))
			continue;
		what = check_tuple(record, tuple);
		if (!what || may_be_of_another(record, i))
			continue;
		say(record, tuple, what, reason);
		return false;
	}
	return true;
}

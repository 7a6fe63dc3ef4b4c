/* SPDX-License-Identifier: MIT */
/*
 * What did the wire show of a 4-tuple, in a given time?
 *
 * The ledger keeps the decoded packets of one namespace that are recent enough to be asked for,
 * findable by 4-tuple (either direction) and time. It is asked once per claimed 4-tuple when its
 * case is over, and forgets what no open case can ask for any more: its size depends on the cases
 * in flight, not on the length of the run.
 */
#ifndef FT_CAPTURE_LEDGER_H
#define FT_CAPTURE_LEDGER_H

#include "capture/packet.h"

struct ft_ledger;

/* What was seen of one 4-tuple, both directions. */
struct ft_sighting {
	uint32_t syn;    /* SYN without ACK */
	uint32_t synack; /* SYN with ACK */
	uint32_t ack;    /* ACK alone: no payload, no SYN, FIN or RST */
	uint32_t data;   /* segments with payload (SYN data included) */
	uint32_t fin, rst;
	uint32_t datagrams;   /* UDP */
	uint32_t icmp;        /* ICMP errors that quote it */
	uint64_t first, last; /* packet numbers; 0 if none */
};

struct ft_ledger *ft_ledger_new(void); /* NULL without memory */
void ft_ledger_free(struct ft_ledger *ledger);

/* Adds a packet. number is its number in the savefile, ts_ns its capture time; both never
 * decrease from call to call by more than what reordering between devices brings (milliseconds).
 * 0 or -ENOMEM. */
int ft_ledger_add(struct ft_ledger *ledger, const struct ft_packet *packet, uint64_t number,
		  uint64_t ts_ns);

/* All packets of flow or its reverse with from_ns <= ts <= to_ns. A zero source address stands for
 * any (a socket bound to the wildcard), with source_port 0 also for any port (a refused dial of an
 * unbound socket). */
struct ft_sighting ft_ledger_find(struct ft_ledger *ledger, const struct ft_flow_key *flow,
				  uint64_t from_ns, uint64_t to_ns);

/* Calls each() for every packet in that time, in the order in which they were added. */
typedef void ft_ledger_each(void *arg, const struct ft_packet *packet, uint64_t number,
			    uint64_t ts_ns);
void ft_ledger_visit(struct ft_ledger *ledger, uint64_t from_ns, uint64_t to_ns,
		     ft_ledger_each *each, void *arg);

/* First and last packet in the given time that has one of the n ports on either side (any port if n
 * is 0): "the packets of a case". Both 0 if there is none. */
void ft_ledger_range(struct ft_ledger *ledger, const uint16_t *ports, size_t n, uint64_t from_ns,
		     uint64_t to_ns, uint64_t *ret_first, uint64_t *ret_last);

/* Drops every packet older than before_ns. */
void ft_ledger_forget(struct ft_ledger *ledger, uint64_t before_ns);

size_t ft_ledger_size(const struct ft_ledger *ledger); /* packets kept */

#endif

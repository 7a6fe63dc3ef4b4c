/* SPDX-License-Identifier: MIT */
/*
 * What did the wire show of a 4-tuple, in a given time?
 *
 * Packets lie in a ring, in the order in which they were added; a packet's place never changes and
 * is named by a running number, its position.
 *
 * Most cases run to their end without a pause, so that few packets lie between their two times and
 * a look at each of these finds what was asked. Only a case that has waited, while hundreds of
 * others ran, needs more: three hash chains through the ring, from newer to older positions, by
 * 4-tuple without direction, by source port and by target port. Packets enter them when such a
 * question comes, and not before. A chain ends where it meets a position that was forgotten, so
 * forgetting is nothing but moving the ring's start: no chain is ever unlinked.
 *
 * Time is almost sorted: two devices are drained one after the other. How late the latest packet
 * was is measured (slack), and every search in time stops only when it is that much further.
 */
#include "capture/ledger.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* NEAR: a look at so many packets costs no more than entering them into the chains would. STEPS:
 * how far the next search by time goes on foot before it halves. */
enum { SIZE_MIN = 256, NEAR = 64, STEPS = 16 };

/* Distances backwards in a chain, 0 at its end; a port chain counts in half positions (a packet has
 * two ports, the odd half is its target's). */
struct entry {
	struct ft_packet packet;
	uint32_t flow_back;
	uint32_t port_back[2];
	uint64_t number;
	uint64_t ts_ns;
};

struct ft_ledger {
	struct entry *entries; /* a power of two, as are both tables of heads */
	uint64_t *flow_heads;  /* position + 1 */
	uint64_t *port_heads;  /* position * 2 + half + 1 */
	uint64_t mask;
	uint64_t start, end; /* positions: the kept ones are start <= i < end */
	uint64_t chained;    /* those before it are in the chains */
	uint64_t found;      /* where the last search by time ended */
	uint64_t newest_ns;
	/* Slack of the packets before and from `split` on, so that one stall does not slow all
	 * later searches: it is dropped when the packets it concerned are. */
	uint64_t slack_ns[2];
	uint64_t split;
};

static uint64_t hash_end(const uint8_t address[16], uint16_t port)
{
	uint64_t words[2];

	memcpy(words, address, sizeof(words));
	words[0] = (words[0] ^ port) * 0x9e3779b97f4a7c15u;
	words[1] = (words[1] ^ words[0] >> 29) * 0xbf58476d1ce4e5b9u;
	return words[1] ^ words[1] >> 32;
}

/* The sum of both ends: equal for both directions. */
static uint64_t hash_flow(const struct ft_flow_key *flow)
{
	uint64_t hash = hash_end(flow->source, flow->source_port) +
			hash_end(flow->target, flow->target_port) + flow->protocol;

	hash *= 0x94d049bb133111ebu;
	return hash >> 32;
}

static uint64_t hash_port(uint16_t port)
{
	return port * 0x9e3779b97f4a7c15u >> 40;
}

static struct entry *entry_at(const struct ft_ledger *ledger, uint64_t position)
{
	return &ledger->entries[position & ledger->mask];
}

static uint64_t slack(const struct ft_ledger *ledger)
{
	return ledger->slack_ns[0] > ledger->slack_ns[1] ? ledger->slack_ns[0]
							 : ledger->slack_ns[1];
}

static uint64_t minus(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

/* Makes position the head of a chain; returns the way back to the former head. Both are counted
 * in the chain's unit, oldest is the first that is still kept. */
static uint32_t chain(uint64_t *head, uint64_t position, uint64_t oldest)
{
	uint64_t former = *head;

	*head = position + 1;
	return former > oldest ? (uint32_t)(position + 1 - former) : 0;
}

static void chain_entry(struct ft_ledger *ledger, uint64_t position)
{
	struct entry *entry = entry_at(ledger, position);
	const struct ft_flow_key *flow = &entry->packet.flow;
	uint64_t oldest = ledger->start * 2;

	entry->flow_back =
		chain(&ledger->flow_heads[hash_flow(flow) & ledger->mask], position, ledger->start);
	entry->port_back[0] =
		chain(&ledger->port_heads[hash_port(flow->source_port) & ledger->mask],
		      position * 2, oldest);
	if (flow->source_port != flow->target_port)
		entry->port_back[1] =
			chain(&ledger->port_heads[hash_port(flow->target_port) & ledger->mask],
			      position * 2 + 1, oldest);
}

/* Enters into the chains what is not there yet. */
static void chain_all(struct ft_ledger *ledger)
{
	if (ledger->chained < ledger->start)
		ledger->chained = ledger->start;
	while (ledger->chained < ledger->end)
		chain_entry(ledger, ledger->chained++);
}

/* The next older position of a chain, or UINT64_MAX. */
static uint64_t older(uint64_t position, uint32_t back, uint64_t oldest)
{
	return back && position - back >= oldest ? position - back : UINT64_MAX;
}

static int resize(struct ft_ledger *ledger, size_t size)
{
	struct ft_ledger new = *ledger;

	new.entries = malloc(size * sizeof(*new.entries));
	new.flow_heads = calloc(size, sizeof(*new.flow_heads));
	new.port_heads = calloc(size, sizeof(*new.port_heads));
	new.mask = size - 1;
	if (!new.entries || !new.flow_heads || !new.port_heads) {
		free(new.entries);
		free(new.flow_heads);
		free(new.port_heads);
		return -ENOMEM;
	}
	for (uint64_t i = ledger->start; i != ledger->end; i++)
		*entry_at(&new, i) = *entry_at(ledger, i);
	new.chained = new.start;
	free(ledger->entries);
	free(ledger->flow_heads);
	free(ledger->port_heads);
	*ledger = new;
	return 0;
}

struct ft_ledger *ft_ledger_new(void)
{
	struct ft_ledger *ledger = calloc(1, sizeof(*ledger));

	if (ledger && resize(ledger, SIZE_MIN) < 0) {
		free(ledger);
		return NULL;
	}
	return ledger;
}

void ft_ledger_free(struct ft_ledger *ledger)
{
	if (!ledger)
		return;
	free(ledger->entries);
	free(ledger->flow_heads);
	free(ledger->port_heads);
	free(ledger);
}

int ft_ledger_add(struct ft_ledger *ledger, const struct ft_packet *packet, uint64_t number,
		  uint64_t ts_ns)
{
	uint64_t late_ns = minus(ledger->newest_ns, ts_ns);
	struct entry *entry;
	int rc;

	if (ledger->end - ledger->start > ledger->mask) {
		rc = resize(ledger, (ledger->mask + 1) * 2);
		if (rc < 0)
			return rc;
	}
	if (late_ns > ledger->slack_ns[1])
		ledger->slack_ns[1] = late_ns;
	if (ts_ns > ledger->newest_ns)
		ledger->newest_ns = ts_ns;
	entry = entry_at(ledger, ledger->end++);
	entry->packet = *packet;
	entry->number = number;
	entry->ts_ns = ts_ns;
	return 0;
}

static bool same_end(const uint8_t a[16], uint16_t a_port, const uint8_t b[16], uint16_t b_port)
{
	uint64_t x[2], y[2];

	memcpy(x, a, sizeof(x));
	memcpy(y, b, sizeof(y));
	return a_port == b_port && x[0] == y[0] && x[1] == y[1];
}

/* Is the source of flow there? With wildcard its address may be any, and its port too if it is 0.
 */
static bool same_source(const struct ft_flow_key *flow, const uint8_t address[16], uint16_t port,
			bool wildcard)
{
	if (wildcard)
		return flow->source_port == 0 || flow->source_port == port;
	return same_end(flow->source, flow->source_port, address, port);
}

static bool flow_matches(const struct ft_flow_key *flow, const struct ft_flow_key *seen,
			 bool wildcard)
{
	if (flow->protocol != seen->protocol || flow->family != seen->family)
		return false;
	if (same_end(flow->target, flow->target_port, seen->target, seen->target_port) &&
	    same_source(flow, seen->source, seen->source_port, wildcard))
		return true;
	return same_end(flow->target, flow->target_port, seen->source, seen->source_port) &&
	       same_source(flow, seen->target, seen->target_port, wildcard);
}

static void widen(uint64_t number, uint64_t *first, uint64_t *last)
{
	if (*first == 0 || number < *first)
		*first = number;
	if (number > *last)
		*last = number;
}

static void sight(struct ft_sighting *sighting, const struct entry *entry)
{
	const struct ft_packet *packet = &entry->packet;
	uint8_t flags = packet->tcp_flags;
	bool syn = flags & FT_TCP_SYN, fin = flags & FT_TCP_FIN, rst = flags & FT_TCP_RST;

	widen(entry->number, &sighting->first, &sighting->last);
	if (packet->icmp_error) {
		sighting->icmp++;
	} else if (packet->flow.protocol == IPPROTO_UDP) {
		sighting->datagrams++;
	} else {
		sighting->syn += syn && !(flags & FT_TCP_ACK);
		sighting->synack += syn && (flags & FT_TCP_ACK);
		sighting->fin += fin;
		sighting->rst += rst;
		sighting->data += packet->payload_len > 0;
		sighting->ack += (flags & FT_TCP_ACK) && !syn && !fin && !rst &&
				 packet->payload_len == 0;
	}
}

/* ---- by time ---- */

static uint64_t halve(const struct ft_ledger *ledger, uint64_t low, uint64_t high,
		      uint64_t bound_ns)
{
	while (low < high) {
		uint64_t middle = low + (high - low) / 2;

		if (entry_at(ledger, middle)->ts_ns < bound_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A position before which nothing has ts >= ts_ns: a packet that is older by more than the slack
 * has only older ones before it. Cases are asked for in the order in which they ended, so this is
 * near the one that was found before. */
static uint64_t search_time(struct ft_ledger *ledger, uint64_t ts_ns)
{
	uint64_t bound_ns = minus(ts_ns, slack(ledger));
	uint64_t at = ledger->found > ledger->start ? ledger->found : ledger->start;
	int steps = STEPS;

	while (at > ledger->start && steps && entry_at(ledger, at - 1)->ts_ns >= bound_ns) {
		at--;
		steps--;
	}
	if (!steps)
		at = halve(ledger, ledger->start, at, bound_ns);
	for (steps = STEPS; at < ledger->end && steps; steps--, at++)
		if (entry_at(ledger, at)->ts_ns >= bound_ns)
			break;
	if (!steps)
		at = halve(ledger, at, ledger->end, bound_ns);
	ledger->found = at;
	return at;
}

/* Are no more than NEAR packets of that time? Then they are among first <= i < last. */
static bool is_near(struct ft_ledger *ledger, uint64_t from_ns, uint64_t to_ns, uint64_t *ret_first,
		    uint64_t *ret_last)
{
	uint64_t stop_ns = plus(to_ns, slack(ledger));
	uint64_t first = search_time(ledger, from_ns), last = first;

	while (last < ledger->end && entry_at(ledger, last)->ts_ns <= stop_ns)
		if (++last - first > NEAR)
			return false;
	*ret_first = first;
	*ret_last = last;
	return true;
}

static bool is_within(const struct entry *entry, uint64_t from_ns, uint64_t to_ns)
{
	return entry->ts_ns >= from_ns && entry->ts_ns <= to_ns;
}

/* ---- by port ---- */

/* A walk along the chain of one port, newest first, as far as time from_ns. */
struct port_walk {
	const struct ft_ledger *ledger;
	uint64_t half, oldest_ns;
	uint16_t port;
};

static void port_walk_start(struct port_walk *walk, const struct ft_ledger *ledger, uint16_t port,
			    uint64_t from_ns)
{
	uint64_t head = ledger->port_heads[hash_port(port) & ledger->mask];

	walk->ledger = ledger;
	walk->port = port;
	walk->oldest_ns = minus(from_ns, slack(ledger));
	walk->half = head > ledger->start * 2 ? head - 1 : UINT64_MAX;
}

static const struct entry *port_walk_next(struct port_walk *walk)
{
	while (walk->half != UINT64_MAX) {
		const struct entry *entry = entry_at(walk->ledger, walk->half / 2);
		bool target = walk->half & 1;
		const struct ft_flow_key *flow = &entry->packet.flow;

		if (entry->ts_ns < walk->oldest_ns)
			return NULL;
		walk->half = older(walk->half, entry->port_back[target], walk->ledger->start * 2);
		if ((target ? flow->target_port : flow->source_port) == walk->port)
			return entry;
	}
	return NULL;
}

/* ---- what is asked ---- */

static void find_by_port(const struct ft_ledger *ledger, const struct ft_flow_key *flow,
			 uint64_t from_ns, uint64_t to_ns, struct ft_sighting *sighting)
{
	const struct entry *entry;
	struct port_walk walk;

	port_walk_start(&walk, ledger, flow->target_port, from_ns);
	while ((entry = port_walk_next(&walk)) != NULL)
		if (is_within(entry, from_ns, to_ns) &&
		    flow_matches(flow, &entry->packet.flow, true))
			sight(sighting, entry);
}

static void find_by_flow(const struct ft_ledger *ledger, const struct ft_flow_key *flow,
			 uint64_t from_ns, uint64_t to_ns, struct ft_sighting *sighting)
{
	uint64_t oldest_ns = minus(from_ns, slack(ledger));
	uint64_t head = ledger->flow_heads[hash_flow(flow) & ledger->mask];
	uint64_t at = head > ledger->start ? head - 1 : UINT64_MAX;

	while (at != UINT64_MAX) {
		const struct entry *entry = entry_at(ledger, at);

		if (entry->ts_ns < oldest_ns)
			break;
		if (is_within(entry, from_ns, to_ns) &&
		    flow_matches(flow, &entry->packet.flow, false))
			sight(sighting, entry);
		at = older(at, entry->flow_back, ledger->start);
	}
}

struct ft_sighting ft_ledger_find(struct ft_ledger *ledger, const struct ft_flow_key *flow,
				  uint64_t from_ns, uint64_t to_ns)
{
	static const uint8_t zero[16];
	struct ft_sighting sighting = {.first = 0};
	bool wildcard = same_end(flow->source, 0, zero, 0);
	uint64_t at, last;

	if (is_near(ledger, from_ns, to_ns, &at, &last)) {
		for (; at < last; at++) {
			const struct entry *entry = entry_at(ledger, at);

			if (is_within(entry, from_ns, to_ns) &&
			    flow_matches(flow, &entry->packet.flow, wildcard))
				sight(&sighting, entry);
		}
		return sighting;
	}
	chain_all(ledger);
	if (wildcard)
		find_by_port(ledger, flow, from_ns, to_ns, &sighting);
	else
		find_by_flow(ledger, flow, from_ns, to_ns, &sighting);
	return sighting;
}

void ft_ledger_visit(struct ft_ledger *ledger, uint64_t from_ns, uint64_t to_ns,
		     ft_ledger_each *each, void *arg)
{
	uint64_t stop_ns = plus(to_ns, slack(ledger));

	for (uint64_t i = search_time(ledger, from_ns); i < ledger->end; i++) {
		const struct entry *entry = entry_at(ledger, i);

		if (entry->ts_ns > stop_ns)
			break;
		if (is_within(entry, from_ns, to_ns))
			each(arg, &entry->packet, entry->number, entry->ts_ns);
	}
}

struct range {
	uint64_t first, last;
};

static void widen_range(void *arg, const struct ft_packet *packet, uint64_t number, uint64_t ts_ns)
{
	struct range *range = arg;

	(void)packet;
	(void)ts_ns;
	widen(number, &range->first, &range->last);
}

static bool has_port(const struct ft_flow_key *flow, const uint16_t *ports, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (flow->source_port == ports[i] || flow->target_port == ports[i])
			return true;
	return false;
}

static void range_by_port(const struct ft_ledger *ledger, uint16_t port, uint64_t from_ns,
			  uint64_t to_ns, struct range *range)
{
	const struct entry *entry;
	struct port_walk walk;

	port_walk_start(&walk, ledger, port, from_ns);
	while ((entry = port_walk_next(&walk)) != NULL)
		if (is_within(entry, from_ns, to_ns))
			widen(entry->number, &range->first, &range->last);
}

void ft_ledger_range(struct ft_ledger *ledger, const uint16_t *ports, size_t n, uint64_t from_ns,
		     uint64_t to_ns, uint64_t *ret_first, uint64_t *ret_last)
{
	struct range range = {0, 0};
	uint64_t at, last;

	if (n == 0) {
		ft_ledger_visit(ledger, from_ns, to_ns, widen_range, &range);
	} else if (is_near(ledger, from_ns, to_ns, &at, &last)) {
		for (; at < last; at++) {
			const struct entry *entry = entry_at(ledger, at);

			if (is_within(entry, from_ns, to_ns) &&
			    has_port(&entry->packet.flow, ports, n))
				widen(entry->number, &range.first, &range.last);
		}
	} else {
		chain_all(ledger);
		for (size_t i = 0; i < n; i++)
			range_by_port(ledger, ports[i], from_ns, to_ns, &range);
	}
	*ret_first = range.first;
	*ret_last = range.last;
}

void ft_ledger_forget(struct ft_ledger *ledger, uint64_t before_ns)
{
	uint64_t kept;
	size_t size = (size_t)ledger->mask + 1;

	/* A late packet behind a newer one is kept as long as that one: nobody asks for it. */
	while (ledger->start < ledger->end && entry_at(ledger, ledger->start)->ts_ns < before_ns)
		ledger->start++;
	if (ledger->start >= ledger->split) {
		ledger->slack_ns[0] = ledger->slack_ns[1];
		ledger->slack_ns[1] = 0;
		ledger->split = ledger->end;
	}
	kept = ledger->end - ledger->start;
	if (size > SIZE_MIN && kept < size / 8) {
		while (size > SIZE_MIN && kept < size / 4)
			size /= 2;
		resize(ledger, size); /* without memory the large one stays */
	}
}

size_t ft_ledger_size(const struct ft_ledger *ledger)
{
	return (size_t)(ledger->end - ledger->start);
}

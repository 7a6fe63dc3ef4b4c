/* SPDX-License-Identifier: MIT */
/*
 * Does the ledger find what was put into it, and nothing else?
 *
 * First by rows that a reader can check, then against a plain list over many random packets: few
 * addresses and ports so that flows meet, times that go back a little, and forgetting in between.
 */
#include "capture/ledger.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"

static struct ft_packet tcp(uint8_t from, uint16_t from_port, uint8_t to, uint16_t to_port,
			    uint8_t flags)
{
	struct ft_packet packet = {
		.flow = {.family = 4,
			 .protocol = IPPROTO_TCP,
			 .source_port = from_port,
			 .target_port = to_port,
			 .source = {127, 0, 0, from},
			 .target = {127, 0, 0, to}},
		.tcp_flags = flags,
	};

	return packet;
}

/* A connection from 127.0.0.1:40001 to 127.0.0.1:80, its refused twin to port 81, a datagram and
 * the ICMP error it got; packet i has number i + 1 and time 1000 * (i + 1). */
static struct ft_ledger *small_ledger(void)
{
	struct ft_packet packets[] = {
		tcp(1, 40001, 1, 80, FT_TCP_SYN),
		tcp(1, 80, 1, 40001, FT_TCP_SYN | FT_TCP_ACK),
		tcp(1, 40001, 1, 80, FT_TCP_ACK),
		tcp(1, 40001, 1, 80, FT_TCP_ACK | FT_TCP_PSH),
		tcp(1, 80, 1, 40001, FT_TCP_ACK | FT_TCP_FIN),
		tcp(1, 40001, 1, 80, FT_TCP_ACK | FT_TCP_RST),
		tcp(1, 40001, 1, 81, FT_TCP_SYN),
		tcp(1, 81, 1, 40001, FT_TCP_ACK | FT_TCP_RST),
		tcp(1, 5000, 2, 53, 0),
		tcp(1, 5000, 2, 53, 0),
		tcp(1, 7, 1, 7, FT_TCP_SYN), /* connected to itself */
	};
	struct ft_ledger *ledger = ft_ledger_new();

	packets[3].payload_len = 10;
	packets[8].flow.protocol = packets[9].flow.protocol = IPPROTO_UDP;
	packets[9].icmp_error = true;
	for (size_t i = 0; ledger && i < sizeof(packets) / sizeof(packets[0]); i++)
		CHECK_INT("add", ft_ledger_add(ledger, &packets[i], i + 1, 1000 * (i + 1)), 0);
	return ledger;
}

struct find_row {
	const char *text;
	uint8_t from;
	uint16_t from_port;
	uint8_t to;
	uint16_t to_port;
	uint8_t protocol;
	uint64_t from_ns, to_ns;
	struct ft_sighting want;
};

static const struct find_row find_rows[] = {
	{"all of a connection",
	 1,
	 40001,
	 1,
	 80,
	 IPPROTO_TCP,
	 0,
	 UINT64_MAX,
	 {.syn = 1, .synack = 1, .ack = 1, .data = 1, .fin = 1, .rst = 1, .first = 1, .last = 6}},
	{"asked the other way round",
	 1,
	 80,
	 1,
	 40001,
	 IPPROTO_TCP,
	 0,
	 UINT64_MAX,
	 {.syn = 1, .synack = 1, .ack = 1, .data = 1, .fin = 1, .rst = 1, .first = 1, .last = 6}},
	{"both times belong to it",
	 1,
	 40001,
	 1,
	 80,
	 IPPROTO_TCP,
	 2000,
	 4000,
	 {.synack = 1, .ack = 1, .data = 1, .first = 2, .last = 4}},
	{"between two packets", 1, 40001, 1, 80, IPPROTO_TCP, 2001, 2999, {.first = 0}},
	{"refused",
	 1,
	 40001,
	 1,
	 81,
	 IPPROTO_TCP,
	 0,
	 UINT64_MAX,
	 {.syn = 1, .rst = 1, .first = 7, .last = 8}},
	{"another address", 1, 40001, 2, 80, IPPROTO_TCP, 0, UINT64_MAX, {.first = 0}},
	{"another port", 1, 40002, 1, 80, IPPROTO_TCP, 0, UINT64_MAX, {.first = 0}},
	{"another protocol", 1, 40001, 1, 80, IPPROTO_UDP, 0, UINT64_MAX, {.first = 0}},
	{"a datagram and its error",
	 1,
	 5000,
	 2,
	 53,
	 IPPROTO_UDP,
	 0,
	 UINT64_MAX,
	 {.datagrams = 1, .icmp = 1, .first = 9, .last = 10}},
	{"itself", 1, 7, 1, 7, IPPROTO_TCP, 0, UINT64_MAX, {.syn = 1, .first = 11, .last = 11}},
	{"any source",
	 0,
	 0,
	 1,
	 81,
	 IPPROTO_TCP,
	 0,
	 UINT64_MAX,
	 {.syn = 1, .rst = 1, .first = 7, .last = 8}},
	{"any source, but later",
	 0,
	 0,
	 1,
	 81,
	 IPPROTO_TCP,
	 7001,
	 UINT64_MAX,
	 {.rst = 1, .first = 8, .last = 8}},
	{"any source, itself counts once",
	 0,
	 0,
	 1,
	 7,
	 IPPROTO_TCP,
	 0,
	 UINT64_MAX,
	 {.syn = 1, .first = 11, .last = 11}},
	{"any source, another address", 0, 0, 2, 81, IPPROTO_TCP, 0, UINT64_MAX, {.first = 0}},
	{"port 0 of an address is no wildcard",
	 1,
	 0,
	 1,
	 81,
	 IPPROTO_TCP,
	 0,
	 UINT64_MAX,
	 {.first = 0}},
};

static void check_sighting(const char *row, const struct ft_sighting *got,
			   const struct ft_sighting *want)
{
	CHECK_INT(row, got->syn, want->syn);
	CHECK_INT(row, got->synack, want->synack);
	CHECK_INT(row, got->ack, want->ack);
	CHECK_INT(row, got->data, want->data);
	CHECK_INT(row, got->fin, want->fin);
	CHECK_INT(row, got->rst, want->rst);
	CHECK_INT(row, got->datagrams, want->datagrams);
	CHECK_INT(row, got->icmp, want->icmp);
	CHECK_INT(row, (int64_t)got->first, (int64_t)want->first);
	CHECK_INT(row, (int64_t)got->last, (int64_t)want->last);
}

static void find(void)
{
	struct ft_ledger *ledger = small_ledger();

	if (!CHECK(ledger))
		return;
	for (size_t i = 0; i < sizeof(find_rows) / sizeof(find_rows[0]); i++) {
		const struct find_row *row = &find_rows[i];
		struct ft_packet asked = tcp(row->from, row->from_port, row->to, row->to_port, 0);
		struct ft_sighting got;

		asked.flow.protocol = row->protocol;
		if (row->from == 0)
			memset(asked.flow.source, 0, sizeof(asked.flow.source));
		got = ft_ledger_find(ledger, &asked.flow, row->from_ns, row->to_ns);
		check_sighting(row->text, &got, &row->want);
	}
	ft_ledger_free(ledger);
}

static void range(void)
{
	static const struct {
		const char *text;
		uint16_t ports[3];
		size_t n;
		uint64_t from_ns, to_ns, first, last;
	} rows[] = {
		{"one port", {80}, 1, 0, UINT64_MAX, 1, 6},
		{"two ports", {81, 80}, 2, 0, UINT64_MAX, 1, 8},
		{"as target only", {53}, 1, 0, UINT64_MAX, 9, 10},
		{"in a time", {40001}, 1, 3000, 7999, 3, 7},
		{"no such port", {82}, 1, 0, UINT64_MAX, 0, 0},
		{"none there at that time", {53}, 1, 0, 8999, 0, 0},
		{"any port", {80}, 0, 2000, 4999, 2, 4},
		{"all", {7, 53, 80}, 3, 0, UINT64_MAX, 1, 11},
	};
	struct ft_ledger *ledger = small_ledger();
	uint64_t first, last;

	for (size_t i = 0; CHECK(ledger) && i < sizeof(rows) / sizeof(rows[0]); i++) {
		ft_ledger_range(ledger, rows[i].ports, rows[i].n, rows[i].from_ns, rows[i].to_ns,
				&first, &last);
		CHECK_INT(rows[i].text, (int64_t)first, (int64_t)rows[i].first);
		CHECK_INT(rows[i].text, (int64_t)last, (int64_t)rows[i].last);
	}
	ft_ledger_free(ledger);
}

/* ---- against a plain list ---- */

enum { N_RANDOM = 20000, ASK_EVERY = 50, LATE_NS = 5000 };

struct listed {
	struct ft_packet packet;
	uint64_t number, ts_ns;
};

struct list {
	struct listed items[N_RANDOM];
	size_t start, end;
};

/* xorshift: the same packets in every run. */
static uint32_t draw(uint32_t *state, uint32_t below)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state % below;
}

static struct ft_packet draw_packet(uint32_t *state)
{
	struct ft_packet packet = tcp((uint8_t)(1 + draw(state, 2)),
				      (uint16_t)(1 + draw(state, 12)),
				      (uint8_t)(1 + draw(state, 2)),
				      (uint16_t)(1 + draw(state, 12)), (uint8_t)draw(state, 32));

	packet.payload_len = draw(state, 2);
	if (draw(state, 4) == 0)
		packet.flow.protocol = IPPROTO_UDP;
	if (draw(state, 4) == 0)
		packet.flow.family = 6;
	packet.icmp_error = draw(state, 8) == 0;
	return packet;
}

static bool is_end(const uint8_t *address, uint16_t port, const uint8_t *of, uint16_t of_port)
{
	return port == of_port && memcmp(address, of, 16) == 0;
}

static bool concerns(const struct ft_flow_key *asked, const struct ft_flow_key *flow, bool any)
{
	bool forth =
		is_end(asked->target, asked->target_port, flow->target, flow->target_port) &&
		(any || is_end(asked->source, asked->source_port, flow->source, flow->source_port));
	bool back =
		is_end(asked->target, asked->target_port, flow->source, flow->source_port) &&
		(any || is_end(asked->source, asked->source_port, flow->target, flow->target_port));

	return asked->family == flow->family && asked->protocol == flow->protocol &&
	       (forth || back);
}

static void expect_one(struct ft_sighting *want, const struct listed *item)
{
	const struct ft_packet *packet = &item->packet;
	bool syn = packet->tcp_flags & FT_TCP_SYN, ack = packet->tcp_flags & FT_TCP_ACK;
	bool end = packet->tcp_flags & (FT_TCP_FIN | FT_TCP_RST);

	if (want->first == 0 || item->number < want->first)
		want->first = item->number;
	if (item->number > want->last)
		want->last = item->number;
	if (packet->icmp_error)
		want->icmp++;
	else if (packet->flow.protocol == IPPROTO_UDP)
		want->datagrams++;
	else {
		want->syn += syn && !ack;
		want->synack += syn && ack;
		want->ack += ack && !syn && !end && !packet->payload_len;
		want->data += packet->payload_len != 0;
		want->fin += (packet->tcp_flags & FT_TCP_FIN) != 0;
		want->rst += (packet->tcp_flags & FT_TCP_RST) != 0;
	}
}

static void compare_find(struct ft_ledger *ledger, const struct list *list,
			 const struct ft_flow_key *asked, bool any, uint64_t from_ns,
			 uint64_t to_ns)
{
	struct ft_sighting got, want = {.first = 0};

	for (size_t i = list->start; i < list->end; i++) {
		const struct listed *item = &list->items[i];

		if (item->ts_ns >= from_ns && item->ts_ns <= to_ns &&
		    concerns(asked, &item->packet.flow, any))
			expect_one(&want, item);
	}
	got = ft_ledger_find(ledger, asked, from_ns, to_ns);
	check_sighting(any ? "random, any source" : "random", &got, &want);
}

static void compare_range(struct ft_ledger *ledger, const struct list *list, uint16_t port,
			  uint64_t from_ns, uint64_t to_ns)
{
	struct ft_sighting want = {.first = 0};
	uint64_t first, last;

	for (size_t i = list->start; i < list->end; i++) {
		const struct listed *item = &list->items[i];

		if (item->ts_ns >= from_ns && item->ts_ns <= to_ns &&
		    (item->packet.flow.source_port == port ||
		     item->packet.flow.target_port == port))
			expect_one(&want, item);
	}
	ft_ledger_range(ledger, &port, 1, from_ns, to_ns, &first, &last);
	CHECK_INT("random range", (int64_t)first, (int64_t)want.first);
	CHECK_INT("random range", (int64_t)last, (int64_t)want.last);
}

struct visited {
	const struct list *list;
	uint64_t from_ns, to_ns;
	size_t at;
	bool right;
};

static void visit_one(void *arg, const struct ft_packet *packet, uint64_t number, uint64_t ts_ns)
{
	struct visited *visited = arg;
	const struct list *list = visited->list;

	while (visited->at < list->end && (list->items[visited->at].ts_ns < visited->from_ns ||
					   list->items[visited->at].ts_ns > visited->to_ns))
		visited->at++;
	if (visited->at == list->end || list->items[visited->at].number != number ||
	    list->items[visited->at].ts_ns != ts_ns ||
	    memcmp(&list->items[visited->at].packet, packet, sizeof(*packet)) != 0)
		visited->right = false;
	else
		visited->at++;
}

static void compare_visit(struct ft_ledger *ledger, const struct list *list, uint64_t from_ns,
			  uint64_t to_ns)
{
	struct visited visited = {list, from_ns, to_ns, list->start, true};

	ft_ledger_visit(ledger, from_ns, to_ns, visit_one, &visited);
	for (; visited.at < list->end; visited.at++)
		if (list->items[visited.at].ts_ns >= from_ns &&
		    list->items[visited.at].ts_ns <= to_ns)
			visited.right = false; /* one that was not visited */
	CHECK_ROW("random visit", visited.right, "from %llu to %llu", (unsigned long long)from_ns,
		  (unsigned long long)to_ns);
}

static void compare(struct ft_ledger *ledger, const struct list *list, uint32_t *state)
{
	struct ft_flow_key asked = draw_packet(state).flow;
	uint64_t newest_ns = list->items[list->end - 1].ts_ns;
	uint64_t from_ns = newest_ns - draw(state, 400000) % newest_ns;
	/* of few packets, or of hundreds */
	uint64_t to_ns = from_ns + draw(state, draw(state, 2) ? 300000 : 30000);

	compare_find(ledger, list, &asked, false, from_ns, to_ns);
	compare_range(ledger, list, asked.target_port, from_ns, to_ns);
	compare_visit(ledger, list, from_ns, to_ns);
	memset(asked.source, 0, sizeof(asked.source));
	asked.source_port = 0;
	compare_find(ledger, list, &asked, true, from_ns, to_ns);
}

static void forget(struct ft_ledger *ledger, struct list *list, uint64_t before_ns)
{
	while (list->start < list->end && list->items[list->start].ts_ns < before_ns)
		list->start++;
	ft_ledger_forget(ledger, before_ns);
	CHECK_INT("forget", (int64_t)ft_ledger_size(ledger), (int64_t)(list->end - list->start));
}

static void against_list(void)
{
	struct ft_ledger *ledger = ft_ledger_new();
	struct list *list = calloc(1, sizeof(*list));
	uint32_t state = 20260101;
	uint64_t ts_ns = 1000000;

	while (CHECK(ledger) && CHECK(list) && list->end < N_RANDOM) {
		struct listed *item = &list->items[list->end++];

		ts_ns += draw(&state, 1000);
		*item = (struct listed){draw_packet(&state), list->end, ts_ns};
		if (draw(&state, 10) == 0)
			item->ts_ns -= draw(&state, LATE_NS);
		CHECK_INT("add", ft_ledger_add(ledger, &item->packet, item->number, item->ts_ns),
			  0);
		if (list->end % ASK_EVERY == 0)
			compare(ledger, list, &state);
		if (draw(&state, 500) == 0)
			forget(ledger, list, ts_ns - draw(&state, 600000));
	}
	ft_ledger_free(ledger);
	free(list);
}

/* Grows far, forgets all, and still works: positions are not those of an empty ledger then. */
static void grow_and_shrink(void)
{
	struct ft_ledger *ledger = ft_ledger_new();
	struct ft_packet packet = tcp(1, 40001, 1, 80, FT_TCP_SYN);
	struct ft_sighting sighting;

	if (!CHECK(ledger))
		return;
	for (uint64_t round = 0; round < 3; round++) {
		for (uint64_t i = 1; i <= 100000; i++) {
			packet.flow.source_port = (uint16_t)i;
			ft_ledger_add(ledger, &packet, round * 100000 + i, round * 1000000 + i);
		}
		CHECK_INT("grown", (int64_t)ft_ledger_size(ledger), 100000);
		packet.flow.source_port = 777;
		sighting = ft_ledger_find(ledger, &packet.flow, 0, UINT64_MAX);
		CHECK_INT("grown", sighting.syn, 2); /* 777 and 777 + 65536 */
		ft_ledger_forget(ledger, round * 1000000 + 100000);
		CHECK_INT("shrunk", (int64_t)ft_ledger_size(ledger), 1);
		sighting = ft_ledger_find(ledger, &packet.flow, 0, UINT64_MAX);
		CHECK_INT("shrunk", sighting.syn, 0);
		ft_ledger_forget(ledger, UINT64_MAX);
		CHECK_INT("empty", (int64_t)ft_ledger_size(ledger), 0);
	}
	ft_ledger_free(ledger);
}

static const struct ft_test tests[] = {
	{"find", find},
	{"range", range},
	{"against-list", against_list},
	{"grow-and-shrink", grow_and_shrink},
	{NULL, NULL},
};

const struct ft_suite ft_suite_ledger = {"ledger", tests};

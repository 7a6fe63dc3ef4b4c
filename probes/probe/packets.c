/* SPDX-License-Identifier: MIT */
#include "probe/packets.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A sentinel that takes longer than this was lost, and with it perhaps packets. */
#define SENTINEL_LIMIT_NS 2000000000ULL
/* How far behind an attempt another one of the same 4-tuple is looked for: cases of thousands of
 * tuples have no such pair. */
enum { SAME_TUPLE_WITHIN = 64 };

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

void ft_batch_add(struct ft_batch *batch, struct ft_run *run)
{
	run->next = NULL;
	if (batch->last)
		batch->last->next = run;
	else
		batch->first = run;
	batch->last = run;
	batch->n++;
}

void ft_packets_add(struct ft_packets *packets, struct ft_run *run)
{
	ft_batch_add(&packets->filling, run);
}

bool ft_packets_idle(const struct ft_packets *packets)
{
	return packets->filling.n == 0 && packets->marked.n == 0;
}

/* ---- opening ---- */

static int add_recorder(struct ft_packets *packets, const char *device, bool in_peer,
			struct ft_err *err)
{
	const struct ft_recorder_options options = {
		.device = device,
		.loopback = strcmp(device, "lo") == 0,
		.ring_bytes = packets->ring_bytes,
		.savefile = packets->savefile,
		.ledger = packets->ledger,
	};
	int rc = ft_recorder_open(&options, &packets->recorders[packets->n_recorders], err);

	if (rc == 0)
		packets->in_peer[packets->n_recorders++] = in_peer;
	return rc;
}

int ft_packets_open(struct ft_engine *engine, struct ft_place *place, struct ft_savefile *savefile,
		    size_t ring_bytes, struct ft_err *err)
{
	struct ft_packets *packets = place->capture;
	int rc = 0;

	if (!packets) {
		packets = place->capture = calloc(1, sizeof(*packets));
		if (!packets || !(packets->ledger = ft_ledger_new()))
			return ft_err_set(err, -ENOMEM, "no memory for a capture");
		packets->savefile = savefile;
		packets->ring_bytes = ring_bytes;
	}
	if (packets->n_recorders == 0)
		rc = add_recorder(packets, "lo", false, err);
	if (rc < 0 || !place->ns.eth || packets->n_recorders > 1)
		return rc;
	rc = add_recorder(packets, "eth", false, err);
	if (rc == 0)
		rc = ft_engine_visit(engine, place, true, err);
	if (rc == 0)
		rc = add_recorder(packets, "lo", true, err);
	if (rc == 0)
		rc = ft_engine_visit(engine, place, false, err);
	return rc;
}

/* ---- from ledger to record ---- */

/* The parts of the ledger's key that come from one address. The wildcard is left zero. */
static void key_side(const struct ft_address *address, uint8_t bytes[16], uint16_t *ret_port)
{
	memcpy(bytes, address->bytes, 16);
	*ret_port = address->port;
}

static bool same_address(const struct ft_address *a, const struct ft_address *b)
{
	return a->family == b->family && a->port == b->port &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* Until when packets of this 4-tuple belong to this attempt: to its end, or to the next attempt
 * that had the same 4-tuple and was not refused. */
static uint64_t end_of(const struct ft_record *record, size_t i)
{
	const struct ft_tuple *tuple = &record->tuples[i];

	if (tuple->end_ns)
		return tuple->end_ns;
	for (size_t next = i + 1; next < record->n_tuples && next < i + SAME_TUPLE_WITHIN; next++) {
		const struct ft_tuple *other = &record->tuples[next];

		if (other->protocol == tuple->protocol && !other->end_ns &&
		    same_address(&other->actual_local, &tuple->actual_local) &&
		    same_address(&other->actual_remote, &tuple->actual_remote))
			return other->start_ns;
	}
	return record->end_ns;
}

static void fill_tuple(struct ft_record *record, size_t i, const struct ft_packets *packets)
{
	struct ft_tuple *tuple = &record->tuples[i];
	struct ft_flow_key key = {.protocol = tuple->protocol};
	struct ft_sighting seen;

	key.family = tuple->actual_remote.family == AF_INET6 ? 6 : 4;
	key_side(&tuple->actual_remote, key.target, &key.target_port);
	if (tuple->actual_local.family == tuple->actual_remote.family)
		key_side(&tuple->actual_local, key.source, &key.source_port);
	seen = ft_ledger_find(packets->ledger, &key, tuple->start_ns, end_of(record, i));
	tuple->wire = (struct ft_wire){
		.captured = true,
		.syn = seen.syn,
		.synack = seen.synack,
		.ack = seen.ack,
		.data = seen.data,
		.fin = seen.fin,
		.rst = seen.rst,
		.datagrams = seen.datagrams,
		.icmp = seen.icmp,
		.first = seen.first,
		.last = seen.last,
	};
}

static void fill_run(struct ft_run *run, const struct ft_packets *packets, bool lost)
{
	struct ft_record *record = &run->record;
	uint16_t ports[2 * FT_CASE_PORTS_MAX];
	size_t n = ft_run_ports(run, ports, sizeof(ports) / sizeof(ports[0]));

	record->packets_lost = lost;
	for (size_t i = 0; i < record->n_tuples; i++)
		fill_tuple(record, i, packets);
	if (run->place->own) /* also of ports that the text names by number */
		n = 0;
	ft_ledger_range(packets->ledger, n ? ports : NULL, n, record->start_ns, record->end_ns,
			&record->first_packet, &record->last_packet);
}

/* ---- batches ---- */

static void mark(struct ft_engine *engine, const struct ft_place *place, struct ft_err *err)
{
	struct ft_packets *packets = place->capture;

	packets->marked = packets->filling;
	packets->filling = (struct ft_batch){0};
	packets->marked_at_ns = now_ns();
	for (size_t i = 0; i < packets->n_recorders; i++) {
		packets->marks[i] = 0;
		if (ft_engine_visit(engine, place, packets->in_peer[i], err) == 0)
			packets->marks[i] = ft_recorder_mark(packets->recorders[i], err);
	}
	ft_engine_visit(engine, place, false, err);
}

static bool reached(struct ft_packets *packets, struct ft_err *err)
{
	bool all = true;

	for (size_t i = 0; i < packets->n_recorders; i++)
		if (packets->marks[i] > 0 &&
		    !ft_recorder_reached(packets->recorders[i], packets->marks[i], err))
			all = false;
	return all;
}

/* Has the kernel told of drops since records were last told? */
static bool newly_dropped(struct ft_packets *packets)
{
	uint64_t dropped = 0;
	bool newly;

	for (size_t i = 0; i < packets->n_recorders; i++)
		dropped += ft_recorder_dropped(packets->recorders[i]);
	newly = dropped > packets->dropped;
	packets->dropped = dropped;
	return newly;
}

static struct ft_batch take_marked(struct ft_engine *engine, struct ft_place *place, bool late)
{
	struct ft_packets *packets = place->capture;
	struct ft_batch batch = packets->marked;
	bool lost = newly_dropped(packets) || late;
	uint64_t oldest = ft_engine_oldest(engine, place);

	packets->marked = (struct ft_batch){0};
	for (struct ft_run *run = batch.first; run; run = run->next)
		fill_run(run, packets, lost);
	for (const struct ft_run *run = packets->filling.first; run; run = run->next)
		if (run->record.start_ns < oldest)
			oldest = run->record.start_ns;
	if (oldest == UINT64_MAX && batch.last)
		oldest = batch.last->record.end_ns;
	ft_ledger_forget(packets->ledger, oldest);
	return batch;
}

struct ft_batch ft_packets_turn(struct ft_engine *engine, struct ft_place *place, bool flush,
				struct ft_err *err)
{
	struct ft_packets *packets = place->capture;
	struct ft_batch done = {0};
	bool all, late;

	if (packets->marked.n == 0 &&
	    (packets->filling.n >= FT_PACKETS_BATCH || (flush && packets->filling.n)))
		mark(engine, place, err);
	if (packets->marked.n) {
		all = reached(packets, err);
		late = !all && now_ns() - packets->marked_at_ns > SENTINEL_LIMIT_NS;
		if (all || late)
			done = take_marked(engine, place, late);
	} else {
		for (size_t i = 0; i < packets->n_recorders; i++)
			ft_recorder_drain(packets->recorders[i], err);
	}
	return done;
}

void ft_packets_close(struct ft_engine *engine, struct ft_place *place,
		      struct ft_capture_count *count, struct ft_err *err)
{
	struct ft_packets *packets = place->capture;

	for (size_t i = 0; i < packets->n_recorders; i++) {
		if (ft_engine_visit(engine, place, packets->in_peer[i], err) == 0)
			ft_recorder_count(packets->recorders[i], count, err);
		ft_recorder_close(packets->recorders[i]);
	}
	ft_engine_visit(engine, place, false, err);
	ft_ledger_free(packets->ledger);
	free(packets);
	place->capture = NULL;
}

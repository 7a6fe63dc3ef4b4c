/* SPDX-License-Identifier: MIT */
/*
 * Which packets belong to which run? The capture of one place, and the runs that wait for it.
 *
 * A finished run is not reported at once: first a sentinel sent after it must have come back, so
 * that every packet of it is in the ledger. Runs therefore wait in batches: one batch is filled
 * while the sentinel of the one before is under way.
 */
#ifndef FT_PROBE_PACKETS_H
#define FT_PROBE_PACKETS_H

#include "capture/recorder.h"
#include "engine/engine.h"

enum { FT_PACKETS_BATCH = 64, FT_PACKETS_DEVICES = 3 };

struct ft_batch {
	struct ft_run *first, *last;
	size_t n;
};

/* One per place. recorders: lo, eth, and the second host's lo. */
struct ft_packets {
	struct ft_ledger *ledger;
	struct ft_savefile *savefile; /* borrowed */
	size_t ring_bytes;
	size_t n_recorders;
	struct ft_recorder *recorders[FT_PACKETS_DEVICES];
	bool in_peer[FT_PACKETS_DEVICES];
	int64_t marks[FT_PACKETS_DEVICES];
	struct ft_batch filling, marked;
	uint64_t marked_at_ns; /* CLOCK_MONOTONIC */
	uint64_t dropped;      /* as far as records were told of it */
};

/* Opens recorders for the devices the place has now and had no recorder for. savefile is borrowed;
 * ring_bytes are for each device. */
int ft_packets_open(struct ft_engine *engine, struct ft_place *place, struct ft_savefile *savefile,
		    size_t ring_bytes, struct ft_err *err);
/* A run of this place ended. */
void ft_packets_add(struct ft_packets *packets, struct ft_run *run);
/* Drains; returns the batch whose packets are complete (empty if none is), its wire fields filled.
 * With flush a batch is marked even if it is small. */
struct ft_batch ft_packets_turn(struct ft_engine *engine, struct ft_place *place, bool flush,
				struct ft_err *err);
bool ft_packets_idle(const struct ft_packets *packets);
/* Adds the completeness figures and closes; the thread is in the place. */
void ft_packets_close(struct ft_engine *engine, struct ft_place *place,
		      struct ft_capture_count *count, struct ft_err *err);

/* Appends to a batch. */
void ft_batch_add(struct ft_batch *batch, struct ft_run *run);

#endif

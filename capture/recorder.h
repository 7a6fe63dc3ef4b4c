/* SPDX-License-Identifier: MIT */
/*
 * Which packets passed one device, and were that all of them?
 *
 * A recorder listens on one device of the network namespace in which it was opened (with libpcap),
 * keeps a ledger, appends to the savefile, and accounts for completeness three ways: a sentinel
 * frame that must come back before a batch counts as captured, the device's own packet counters
 * (expected) against what was delivered (seen), and pcap_stats' drops.
 *
 * Nothing here blocks longer than it says, and nothing here creates a thread.
 */
#ifndef FT_CAPTURE_RECORDER_H
#define FT_CAPTURE_RECORDER_H

#include <stdbool.h>

#include "capture/ledger.h"
#include "capture/savefile.h"

struct ft_recorder;

/* What was captured, summed over recorders by the caller. */
struct ft_capture_count {
	uint64_t expected;  /* packets the device counted while we listened, sentinels excluded */
	uint64_t seen;      /* packets that we were given, sentinels excluded */
	uint64_t dropped;   /* pcap_stats: ps_drop + ps_ifdrop */
	uint64_t bytes;     /* of savefile */
	uint64_t undecoded; /* truncated, malformed or fragments */
};

struct ft_recorder_options {
	const char *device; /* "lo", "eth" */
	bool loopback;      /* each packet passes twice: only the incoming copy is wanted */
	size_t ring_bytes;  /* 0: 16 MiB; small for namespaces of one case (256 KiB) */
	struct ft_savefile *savefile; /* borrowed */
	struct ft_ledger *ledger;     /* borrowed; recorders of one namespace share one */
};

/* Opens in the calling thread's present network namespace. Costs about 10 ms, closing about 30.
 * *ret is the caller's to close. Errors: -EPERM/-EACCES (not permitted: text says what would allow
 * it), -ENODEV, -ENOMEM, -EIO with libpcap's text. */
int ft_recorder_open(const struct ft_recorder_options *options, struct ft_recorder **ret,
		     struct ft_err *err);

/* Takes what the ring holds, without waiting. 0 or a negative errno (-ENOSPC from the savefile: the
 * ledger still has the packets). */
int ft_recorder_drain(struct ft_recorder *recorder, struct ft_err *err);

/* Sends a sentinel frame through the device; everything that passed before it on this CPU comes
 * out of the ring before it. Returns its number (> 0) or a negative errno. */
int64_t ft_recorder_mark(struct ft_recorder *recorder, struct ft_err *err);

/* Has that sentinel come back? (Drains first.) */
bool ft_recorder_reached(struct ft_recorder *recorder, int64_t mark, struct ft_err *err);

/* Drains until the sentinel came back or timeout_ms passed. 0, -ETIMEDOUT or another errno. */
int ft_recorder_wait(struct ft_recorder *recorder, int64_t mark, int timeout_ms,
		     struct ft_err *err);

/* For poll(2): readable when the ring has something. */
int ft_recorder_fd(const struct ft_recorder *recorder);

/* Adds this recorder's figures since it was opened. Must be called in the recorder's namespace (it
 * reads the device's counters), when no traffic is under way: it waits up to 200 ms until seen
 * reaches expected. */
int ft_recorder_count(struct ft_recorder *recorder, struct ft_capture_count *add,
		      struct ft_err *err);

/* Packets that pcap_stats says were dropped since the recorder was opened. */
uint64_t ft_recorder_dropped(struct ft_recorder *recorder);

void ft_recorder_close(struct ft_recorder *recorder);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which packets passed one device, and were that all of them?
 *
 * A packet goes from the kernel's ring into the current block (in savefile format) and, decoded,
 * into the list of pending ones; when a drain ends or the block is full, the block is appended to
 * the savefile, and the pending packets enter the ledger under the numbers that the append gave
 * them.
 *
 * Listening begins with a sentinel: what came out of the ring before it was not counted yet.
 */
#include "capture/recorder.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "capture/device.h"
#include "capture/sentinel.h"

enum {
	RING_BYTES = 16 << 20,
	WAIT_STEP_MS = 5,
	BLOCK_BYTES = 256 << 10,
	BLOCK_PACKETS = 4096,
	COUNT_WAIT_MS = 200,
	BEGIN_TRIES = 16,
};

/* One packet as a nanosecond savefile has it, in this host's byte order (pcap-savefile(5)). */
struct saved_header {
	uint32_t seconds, nanoseconds, captured, wire;
};

struct pending {
	struct ft_packet packet;
	uint32_t index; /* in the block */
	uint64_t ts_ns;
};

struct ft_recorder {
	pcap_t *pcap;
	int fd, sentinel_fd;
	struct ft_savefile *savefile;
	struct ft_ledger *ledger;
	char device[IF_NAMESIZE];
	bool loopback;

	uint64_t owner;            /* marks our sentinels */
	int64_t sent, came, began; /* sentinels: last sent, last back, first that counts */
	uint64_t base;             /* what the device had counted when listening began */
	uint64_t foreign;          /* sentinels of others */
	uint64_t seen, undecoded, bytes;

	size_t block_len, n_block, n_pending;
	int failure; /* the first of the present drain */
	struct ft_err *err;
	struct pending pending[BLOCK_PACKETS];
	uint8_t block[BLOCK_BYTES];
};

/* The ledger gets the packets even if the savefile is full: their numbers are taken. */
static void flush(struct ft_recorder *recorder)
{
	uint64_t first = 0;
	int rc;

	if (recorder->n_block == 0)
		return;
	rc = ft_savefile_append(recorder->savefile, recorder->block, recorder->block_len,
				recorder->n_block, &first, recorder->err);
	if (rc == 0)
		recorder->bytes += recorder->block_len;
	for (size_t i = 0; i < recorder->n_pending; i++) {
		const struct pending *pending = &recorder->pending[i];
		int added = ft_ledger_add(recorder->ledger, &pending->packet,
					  first + pending->index, pending->ts_ns);

		if (added < 0 && rc == 0)
			rc = ft_err_errno(recorder->err, added, "keep a captured packet");
	}
	if (recorder->failure == 0)
		recorder->failure = rc;
	recorder->block_len = recorder->n_block = recorder->n_pending = 0;
}

static void note_sentinel(struct ft_recorder *recorder, uint64_t owner, uint64_t counter)
{
	if (owner == recorder->owner)
		recorder->came = (int64_t)counter;
	else if (recorder->came >= recorder->began)
		recorder->foreign++;
}

static void save(struct ft_recorder *recorder, const struct pcap_pkthdr *header, uint32_t captured,
		 const uint8_t *bytes)
{
	struct saved_header saved = {
		.seconds = (uint32_t)header->ts.tv_sec,
		.nanoseconds = (uint32_t)header->ts.tv_usec, /* by the precision asked for */
		.captured = captured,
		.wire = header->len,
	};
	uint8_t *at = recorder->block + recorder->block_len;

	memcpy(at, &saved, sizeof(saved));
	memcpy(at + sizeof(saved), bytes, captured);
	recorder->block_len += sizeof(saved) + captured;
	recorder->n_block++;
}

static void take(u_char *arg, const struct pcap_pkthdr *header, const u_char *bytes)
{
	struct ft_recorder *recorder = (struct ft_recorder *)(void *)arg;
	uint32_t captured = header->caplen < FT_SAVEFILE_SNAPLEN ? header->caplen
								 : FT_SAVEFILE_SNAPLEN;
	struct pending *pending;
	enum ft_decoded decoded;
	uint64_t owner, counter;

	if (ft_sentinel_parse(bytes, captured, &owner, &counter)) {
		note_sentinel(recorder, owner, counter);
		return;
	}
	if (recorder->came < recorder->began)
		return;
	if (recorder->n_block == BLOCK_PACKETS ||
	    recorder->block_len + sizeof(struct saved_header) + captured > BLOCK_BYTES)
		flush(recorder);
	recorder->seen++;
	pending = &recorder->pending[recorder->n_pending];
	decoded = ft_packet_decode(DLT_EN10MB, bytes, captured, header->len, &pending->packet);
	if (decoded == FT_DECODED_OK) {
		pending->index = (uint32_t)recorder->n_block;
		pending->ts_ns =
			(uint64_t)header->ts.tv_sec * 1000000000u + (uint64_t)header->ts.tv_usec;
		recorder->n_pending++;
	} else if (decoded != FT_DECODED_OTHER) {
		recorder->undecoded++;
	}
	save(recorder, header, captured, bytes);
}

int ft_recorder_drain(struct ft_recorder *recorder, struct ft_err *err)
{
	recorder->failure = 0;
	recorder->err = err;
	if (pcap_dispatch(recorder->pcap, -1, take, (u_char *)recorder) < 0)
		recorder->failure = ft_err_set(err, -EIO, "capture on device %s: %s",
					       recorder->device, pcap_geterr(recorder->pcap));
	flush(recorder);
	recorder->err = NULL;
	return recorder->failure;
}

int64_t ft_recorder_mark(struct ft_recorder *recorder, struct ft_err *err)
{
	int rc = ft_sentinel_send(recorder->sentinel_fd, recorder->owner,
				  (uint64_t)recorder->sent + 1, err);

	return rc < 0 ? rc : ++recorder->sent;
}

bool ft_recorder_reached(struct ft_recorder *recorder, int64_t mark, struct ft_err *err)
{
	if (recorder->came < mark)
		ft_recorder_drain(recorder, err);
	return recorder->came >= mark;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void wait_readable(const struct ft_recorder *recorder, int timeout_ms)
{
	struct pollfd poller = {.fd = recorder->fd, .events = POLLIN};

	poll(&poller, 1, timeout_ms); /* woken early by a signal: the caller looks at the clock */
}

int ft_recorder_wait(struct ft_recorder *recorder, int64_t mark, int timeout_ms, struct ft_err *err)
{
	int64_t end_ms = now_ms() + timeout_ms, left_ms;

	for (;;) {
		int rc = recorder->came < mark ? ft_recorder_drain(recorder, err) : 0;

		if (rc < 0)
			return rc;
		if (recorder->came >= mark)
			return 0;
		left_ms = end_ms - now_ms();
		if (left_ms <= 0)
			return ft_err_errno(err, -ETIMEDOUT, "wait for sentinel %lld of device %s",
					    (long long)mark, recorder->device);
		wait_readable(recorder, (int)left_ms);
	}
}

int ft_recorder_fd(const struct ft_recorder *recorder)
{
	return recorder->fd;
}

/* What the device counted since listening began, without sentinels. */
static int expect(const struct ft_recorder *recorder, uint64_t *ret, struct ft_err *err)
{
	uint64_t sentinels = (uint64_t)(recorder->sent - recorder->began) + recorder->foreign;
	uint64_t counted;
	int rc = ft_device_packets(recorder->device, recorder->loopback, &counted, err);

	if (rc < 0)
		return rc;
	counted -= recorder->base;
	*ret = counted > sentinels ? counted - sentinels : 0;
	return 0;
}

/* Drains until as much was seen as the device counted. What the savefile refuses is an error, but
 * the figures are still to be had: *ret_expected is set with a failed drain, too. */
static int settle(struct ft_recorder *recorder, uint64_t *ret_expected, struct ft_err *err)
{
	int64_t end_ms = now_ms() + COUNT_WAIT_MS;
	int drained = 0, rc;

	for (;;) {
		rc = ft_recorder_drain(recorder, err);
		if (drained == 0)
			drained = rc;
		rc = expect(recorder, ret_expected, err);
		if (rc < 0)
			return rc;
		if (recorder->came >= recorder->began && recorder->seen >= *ret_expected)
			return drained;
		if (now_ms() >= end_ms)
			return drained;
		wait_readable(recorder, WAIT_STEP_MS);
	}
}

int ft_recorder_count(struct ft_recorder *recorder, struct ft_capture_count *add,
		      struct ft_err *err)
{
	struct pcap_stat stat = {0};
	uint64_t expected = 0;
	int rc = settle(recorder, &expected, err);

	if (pcap_stats(recorder->pcap, &stat) < 0 && rc == 0)
		rc = ft_err_set(err, -EIO, "ask for the drops of device %s: %s", recorder->device,
				pcap_geterr(recorder->pcap));
	add->expected += expected;
	add->seen += recorder->seen;
	add->dropped += (uint64_t)stat.ps_drop + stat.ps_ifdrop;
	add->undecoded += recorder->undecoded;
	add->bytes += recorder->bytes;
	return rc;
}

uint64_t ft_recorder_dropped(struct ft_recorder *recorder)
{
	struct pcap_stat stat = {0};

	if (pcap_stats(recorder->pcap, &stat) < 0)
		return 0;
	return (uint64_t)stat.ps_drop + stat.ps_ifdrop;
}

static int activate_error(const struct ft_recorder *recorder, int status, struct ft_err *err)
{
	const char *text = pcap_geterr(recorder->pcap);

	if (!text[0])
		text = pcap_statustostr(status);
	switch (status) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		return ft_err_set(err, -EPERM,
				  "capture on device %s: %s; it takes CAP_NET_RAW over the network "
				  "namespace: run in the sandbox or as root",
				  recorder->device, text);
	case PCAP_ERROR_NO_SUCH_DEVICE:
		return ft_err_set(err, -ENODEV, "capture on device %s: there is no such device",
				  recorder->device);
	default:
		return ft_err_set(err, -EIO, "capture on device %s: %s", recorder->device, text);
	}
}

/* On lo the outgoing copy of a packet is not even made, for which a filter would come too late; a
 * kernel before 4.20 makes it, and libpcap drops it. (A filter by pcap_setfilter(3PCAP) would lose
 * packets: libpcap 1.10 filters the ring's next block again in user space, where it cannot know the
 * direction, and so discards all of it without counting a drop.) */
static int ignore_outgoing(struct ft_recorder *recorder, struct ft_err *err)
{
	int yes = 1;

	if (setsockopt(pcap_fileno(recorder->pcap), SOL_PACKET, PACKET_IGNORE_OUTGOING, &yes,
		       sizeof(yes)) < 0 &&
	    errno != ENOPROTOOPT)
		return ft_err_errno(err, -errno, "ignore outgoing packets on device %s",
				    recorder->device);
	return 0;
}

/* In immediate mode libpcap takes a TPACKET_V2 ring, whose units are single packets of the snapshot
 * length: a sentinel is back at once, and nothing is lost for lack of time. The blocks of a V3 ring
 * are handed over every few milliseconds however little they hold, so that a reader who is kept
 * from reading for a fraction of a second would lose packets in an almost empty ring. */
static int open_pcap(struct ft_recorder *recorder, size_t ring_bytes, struct ft_err *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	int rc;

	recorder->pcap = pcap_create(recorder->device, text);
	if (!recorder->pcap)
		return ft_err_set(err, -EIO, "capture on device %s: %s", recorder->device, text);
	pcap_set_snaplen(recorder->pcap, FT_SAVEFILE_SNAPLEN);
	pcap_set_buffer_size(recorder->pcap, (int)ring_bytes);
	pcap_set_immediate_mode(recorder->pcap, 1);
	rc = pcap_set_tstamp_precision(recorder->pcap, PCAP_TSTAMP_PRECISION_NANO);
	if (rc == 0)
		rc = pcap_activate(recorder->pcap);
	if (rc < 0)
		return activate_error(recorder, rc, err);
	if (pcap_datalink(recorder->pcap) != DLT_EN10MB)
		return ft_err_set(err, -EIO, "capture on device %s: its frames are not Ethernet",
				  recorder->device);
	if (pcap_setnonblock(recorder->pcap, 1, text) < 0)
		return ft_err_set(err, -EIO, "capture on device %s: %s", recorder->device, text);
	recorder->fd = pcap_get_selectable_fd(recorder->pcap);
	return recorder->loopback ? ignore_outgoing(recorder, err) : 0;
}

/* Finds a sentinel with no other packet beside it between two looks at the counters. Something is
 * always under way only if the caller opens us amid traffic; then the last try must do. */
static int begin(struct ft_recorder *recorder, struct ft_err *err)
{
	uint64_t before, after;

	for (int i = 0; i < BEGIN_TRIES; i++) {
		int rc = ft_device_packets(recorder->device, recorder->loopback, &before, err);
		int64_t mark = rc < 0 ? rc : ft_recorder_mark(recorder, err);

		if (mark < 0)
			return (int)mark;
		rc = ft_device_packets(recorder->device, recorder->loopback, &after, err);
		if (rc < 0)
			return rc;
		recorder->began = mark;
		recorder->base = after;
		if (after - before == 1)
			break;
	}
	return 0;
}

static int open_all(struct ft_recorder *recorder, size_t ring_bytes, struct ft_err *err)
{
	int rc = open_pcap(recorder, ring_bytes ? ring_bytes : RING_BYTES, err);

	if (rc < 0)
		return rc;
	recorder->sentinel_fd = ft_sentinel_open(recorder->device, err);
	if (recorder->sentinel_fd < 0)
		return recorder->sentinel_fd;
	if (getrandom(&recorder->owner, sizeof(recorder->owner), GRND_NONBLOCK) < 0)
		recorder->owner = (uint64_t)(uintptr_t)recorder ^ (uint64_t)getpid() << 48;
	return begin(recorder, err);
}

int ft_recorder_open(const struct ft_recorder_options *options, struct ft_recorder **ret,
		     struct ft_err *err)
{
	struct ft_recorder *recorder = malloc(sizeof(*recorder));
	int rc;

	if (!recorder)
		return ft_err_errno(err, -ENOMEM, "open a recorder on device %s", options->device);
	/* Not the two large arrays: their pages are first touched when they are needed. */
	memset(recorder, 0, offsetof(struct ft_recorder, pending));
	recorder->fd = recorder->sentinel_fd = -1;
	recorder->savefile = options->savefile;
	recorder->ledger = options->ledger;
	recorder->loopback = options->loopback;
	snprintf(recorder->device, sizeof(recorder->device), "%s", options->device);
	rc = open_all(recorder, options->ring_bytes, err);
	if (rc < 0) {
		ft_recorder_close(recorder);
		return rc;
	}
	*ret = recorder;
	return 0;
}

void ft_recorder_close(struct ft_recorder *recorder)
{
	if (!recorder)
		return;
	if (recorder->sentinel_fd >= 0)
		close(recorder->sentinel_fd);
	if (recorder->pcap)
		pcap_close(recorder->pcap);
	free(recorder);
}

/* SPDX-License-Identifier: MIT */
/*
 * Does the decoder survive any bytes, under any link type and wire length?
 *
 * Input: a byte that chooses the link type, two bytes of how much longer the frame was on the wire
 * than what was captured (high byte first), then the captured bytes.
 */
#include <pcap/pcap.h>
#include <stdlib.h>

#include "capture/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const int linktypes[] = {
	DLT_EN10MB, DLT_NULL, DLT_LOOP, DLT_RAW, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_PPP,
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct ft_packet packet;
	enum ft_decoded decoded;
	size_t captured, wire;
	char flags[32];

	if (len < 3)
		return 0;
	captured = len - 3;
	wire = captured + (size_t)(bytes[1] << 8 | bytes[2]) * 3; /* also beyond 16 bits */
	decoded = ft_packet_decode(linktypes[bytes[0] % (sizeof(linktypes) / sizeof(linktypes[0]))],
				   bytes + 3, captured, wire, &packet);
	if (decoded != FT_DECODED_OK)
		return 0;
	ft_packet_flags(packet.tcp_flags, flags);
	/* The shortest frame with ports in it: raw IPv4, and four bytes. */
	if (captured < 24 || packet.payload_len > wire ||
	    (packet.flow.family != 4 && packet.flow.family != 6))
		abort();
	return 0;
}

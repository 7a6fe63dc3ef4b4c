/* SPDX-License-Identifier: MIT */
/*
 * What does a captured frame say?
 *
 * Two lengths go through every layer: what was captured (may be read) and what was on the wire (may
 * be believed in). A header that was on the wire but not captured makes the packet TRUNCATED; one
 * that does not even fit into the wire length contradicts it and makes it MALFORMED. All fields are
 * fetched byte by byte behind one of the two checks, so neither alignment nor byte order matters.
 *
 * Sources: RFC 791, 768, 9293, 792 (and 1122, 3.2.2: which ICMP messages are errors), 8200, 4302,
 * 4443, 2675; the link types: https://www.tcpdump.org/linktypes.html.
 */
#include "capture/packet.h"

#include <netinet/in.h>
#include <pcap/pcap.h>
#include <string.h>

enum {
	ETHERTYPE_V4 = 0x0800,
	ETHERTYPE_V6 = 0x86dd,
	ETHERTYPE_CVLAN = 0x8100,
	ETHERTYPE_SVLAN = 0x88a8,
	ETHERTYPE_QINQ = 0x9100,
	SIXTEEN_BITS = 0xffff,
};

/* What is left of a frame; captured never exceeds wire. */
struct rest {
	const uint8_t *at;
	size_t captured, wire;
	bool quoted; /* inside an ICMP error, whose sender may have cut it anywhere */
};

/* What the IP layer found for the layer above. */
struct upper {
	uint8_t protocol;
	bool more_fragments; /* the first of several: the wire length ends before the datagram does
			      */
};

static uint16_t get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

/* A header does not fit into the wire length. */
static enum ft_decoded too_short(const struct rest *rest)
{
	return rest->quoted ? FT_DECODED_OTHER : FT_DECODED_MALFORMED;
}

/* Are n bytes there to be read? OK, or why not. */
static enum ft_decoded need(const struct rest *rest, size_t n)
{
	if (rest->captured >= n)
		return FT_DECODED_OK;
	return rest->wire >= n ? FT_DECODED_TRUNCATED : too_short(rest);
}

/* Skips n bytes that the wire had, captured or not. */
static void skip(struct rest *rest, size_t n)
{
	size_t captured = n < rest->captured ? n : rest->captured;

	rest->at += captured;
	rest->captured -= captured;
	rest->wire -= n;
}

/* Cuts what follows the wire_len bytes: link-layer padding must never be read as a header. */
static void limit(struct rest *rest, size_t wire_len)
{
	rest->wire = wire_len;
	if (rest->captured > wire_len)
		rest->captured = wire_len;
}

static enum ft_decoded decode_tcp(struct rest *rest, const struct upper *upper,
				  struct ft_packet *packet)
{
	enum ft_decoded decoded = need(rest, 14);
	size_t header_len;

	if (decoded == FT_DECODED_MALFORMED && upper->more_fragments)
		return FT_DECODED_FRAGMENT; /* RFC 1858's tiny fragment: the flags are in the next
					     */
	if (decoded != FT_DECODED_OK)
		return decoded;
	header_len = (size_t)(rest->at[12] >> 4) * 4;
	if (header_len < 20 || (header_len > rest->wire && !upper->more_fragments))
		return FT_DECODED_MALFORMED;
	packet->flow.source_port = get16(rest->at);
	packet->flow.target_port = get16(rest->at + 2);
	packet->seq = get32(rest->at + 4);
	packet->ack = get32(rest->at + 8);
	packet->tcp_flags = rest->at[13];
	packet->payload_len = header_len < rest->wire ? (uint32_t)(rest->wire - header_len) : 0;
	return FT_DECODED_OK;
}

static enum ft_decoded decode_udp(struct rest *rest, const struct upper *upper,
				  struct ft_packet *packet)
{
	enum ft_decoded decoded;
	uint16_t udp_len;

	if (rest->wire < 8)
		return upper->more_fragments ? FT_DECODED_FRAGMENT : FT_DECODED_MALFORMED;
	decoded = need(rest, 4);
	if (decoded != FT_DECODED_OK)
		return decoded;
	if (rest->captured >= 6) {
		udp_len = get16(rest->at + 4);
		/* 0: a datagram longer than 16 bits can say (RFC 2675, 4) */
		if ((udp_len < 8 && !(udp_len == 0 && rest->wire > SIXTEEN_BITS)) ||
		    (udp_len > rest->wire && !upper->more_fragments))
			return FT_DECODED_MALFORMED;
	}
	packet->flow.source_port = get16(rest->at);
	packet->flow.target_port = get16(rest->at + 2);
	packet->payload_len = (uint32_t)(rest->wire - 8);
	return FT_DECODED_OK;
}

/* The four bytes of ports are all that every quotation has (RFC 792: 64 bits of the datagram). */
static enum ft_decoded decode_quoted_ports(struct rest *rest, struct ft_packet *packet)
{
	enum ft_decoded decoded = need(rest, 4);

	if (decoded != FT_DECODED_OK)
		return decoded;
	packet->flow.source_port = get16(rest->at);
	packet->flow.target_port = get16(rest->at + 2);
	return FT_DECODED_OK;
}

static enum ft_decoded decode_ip(struct rest *rest, uint8_t family, struct ft_packet *packet);

static bool icmp_is_error(uint8_t family, uint8_t type)
{
	if (family == 6)
		return type >= 1 && type <= 4;
	return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

static enum ft_decoded decode_icmp(struct rest *rest, uint8_t family, struct ft_packet *packet)
{
	enum ft_decoded decoded = need(rest, 1);

	if (decoded != FT_DECODED_OK)
		return decoded;
	if (!icmp_is_error(family, rest->at[0]))
		return FT_DECODED_OTHER;
	decoded = need(rest, 8);
	if (decoded != FT_DECODED_OK)
		return decoded;
	packet->icmp_error = true;
	packet->icmp_type = rest->at[0];
	packet->icmp_code = rest->at[1];
	skip(rest, 8);
	rest->quoted = true;
	packet->flow = (struct ft_flow_key){.family = 0};
	return decode_ip(rest, family, packet);
}

static enum ft_decoded decode_upper(struct rest *rest, const struct upper *upper,
				    struct ft_packet *packet)
{
	bool ported = upper->protocol == IPPROTO_TCP || upper->protocol == IPPROTO_UDP;
	bool icmp = upper->protocol == (packet->flow.family == 4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);

	packet->flow.protocol = upper->protocol;
	if (ported && rest->quoted)
		return decode_quoted_ports(rest, packet);
	if (upper->protocol == IPPROTO_TCP)
		return decode_tcp(rest, upper, packet);
	if (upper->protocol == IPPROTO_UDP)
		return decode_udp(rest, upper, packet);
	/* An error is never sent about an error (RFC 1122, 3.2.2): no second quotation. */
	if (icmp && !rest->quoted)
		return decode_icmp(rest, packet->flow.family, packet);
	return FT_DECODED_OTHER;
}

static enum ft_decoded decode_v4(struct rest *rest, struct ft_packet *packet)
{
	struct upper upper = {.more_fragments = false};
	enum ft_decoded decoded = need(rest, 20);
	size_t header_len, total_len;
	uint16_t fragment;

	if (decoded != FT_DECODED_OK)
		return decoded;
	header_len = (size_t)(rest->at[0] & 15) * 4;
	total_len = get16(rest->at + 2);
	if (total_len == 0 && rest->wire > SIXTEEN_BITS)
		total_len = rest->wire; /* "BIG TCP": a frame that segmentation would cut later */
	if (rest->at[0] >> 4 != 4 || header_len < 20 || total_len < header_len)
		return FT_DECODED_MALFORMED;
	if (total_len > rest->wire) {
		if (!rest->quoted)
			return FT_DECODED_MALFORMED;
		total_len = rest->wire;
	}
	if (header_len > total_len)
		return FT_DECODED_OTHER; /* the quotation ends within the options */
	memcpy(packet->flow.source, rest->at + 12, 4);
	memcpy(packet->flow.target, rest->at + 16, 4);
	upper.protocol = rest->at[9];
	fragment = get16(rest->at + 6);
	upper.more_fragments = fragment & 0x2000;
	limit(rest, total_len);
	skip(rest, header_len);
	return fragment & 0x1fff ? FT_DECODED_FRAGMENT : decode_upper(rest, &upper, packet);
}

/* Length in bytes of extension header type, 0 if it is none. Its first two bytes are there. */
static size_t extension_len(uint8_t type, const uint8_t *at)
{
	switch (type) {
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_DSTOPTS:
	case IPPROTO_MH:
		return ((size_t)at[1] + 1) * 8;
	case IPPROTO_FRAGMENT:
		return 8;
	case IPPROTO_AH:
		return ((size_t)at[1] + 2) * 4;
	default:
		return 0;
	}
}

static bool is_extension(uint8_t type)
{
	return type == IPPROTO_HOPOPTS || type == IPPROTO_ROUTING || type == IPPROTO_DSTOPTS ||
	       type == IPPROTO_MH || type == IPPROTO_FRAGMENT || type == IPPROTO_AH;
}

/* Walks to the upper layer; each header is at least 8 bytes, so that the frame's length ends it. */
static enum ft_decoded skip_extensions(struct rest *rest, struct upper *upper)
{
	while (is_extension(upper->protocol)) {
		enum ft_decoded decoded = need(rest, 2);
		uint8_t next;
		size_t len;

		if (decoded != FT_DECODED_OK)
			return decoded;
		next = rest->at[0];
		len = extension_len(upper->protocol, rest->at);
		if (len > rest->wire)
			return too_short(rest);
		if (upper->protocol == IPPROTO_FRAGMENT) {
			uint16_t fragment;

			decoded = need(rest, 4);
			if (decoded != FT_DECODED_OK)
				return decoded;
			fragment = get16(rest->at + 2);
			if (fragment & 0xfff8)
				return FT_DECODED_FRAGMENT;
			upper->more_fragments = fragment & 1;
		}
		skip(rest, len);
		upper->protocol = next;
	}
	return FT_DECODED_OK;
}

static enum ft_decoded decode_v6(struct rest *rest, struct ft_packet *packet)
{
	struct upper upper = {.more_fragments = false};
	enum ft_decoded decoded = need(rest, 40);
	size_t len;

	if (decoded != FT_DECODED_OK)
		return decoded;
	if (rest->at[0] >> 4 != 6)
		return FT_DECODED_MALFORMED;
	len = get16(rest->at + 4);
	if (len == 0 && rest->wire - 40 > SIXTEEN_BITS)
		len = rest->wire - 40; /* a jumbogram (RFC 2675), or "BIG TCP" without that option
					*/
	if (len > rest->wire - 40) {
		if (!rest->quoted)
			return FT_DECODED_MALFORMED;
		len = rest->wire - 40;
	}
	upper.protocol = rest->at[6];
	memcpy(packet->flow.source, rest->at + 8, 16);
	memcpy(packet->flow.target, rest->at + 24, 16);
	skip(rest, 40);
	limit(rest, len);
	decoded = skip_extensions(rest, &upper);
	return decoded != FT_DECODED_OK ? decoded : decode_upper(rest, &upper, packet);
}

/* family 0: as the version field says. */
static enum ft_decoded decode_ip(struct rest *rest, uint8_t family, struct ft_packet *packet)
{
	enum ft_decoded decoded = need(rest, 1);

	if (decoded != FT_DECODED_OK)
		return decoded;
	if (family == 0)
		family = rest->at[0] >> 4;
	packet->flow.family = family;
	if (family == 4)
		return decode_v4(rest, packet);
	return family == 6 ? decode_v6(rest, packet) : FT_DECODED_MALFORMED;
}

static enum ft_decoded decode_ethertype(struct rest *rest, uint16_t type, struct ft_packet *packet)
{
	while (type == ETHERTYPE_CVLAN || type == ETHERTYPE_SVLAN || type == ETHERTYPE_QINQ) {
		enum ft_decoded decoded = need(rest, 4);

		if (decoded != FT_DECODED_OK)
			return decoded;
		type = get16(rest->at + 2);
		skip(rest, 4);
	}
	if (type == ETHERTYPE_V4)
		return decode_ip(rest, 4, packet);
	return type == ETHERTYPE_V6 ? decode_ip(rest, 6, packet) : FT_DECODED_OTHER;
}

/* A link header of header_len bytes with the ethertype at type_at. */
static enum ft_decoded decode_typed(struct rest *rest, size_t header_len, size_t type_at,
				    struct ft_packet *packet)
{
	enum ft_decoded decoded = need(rest, header_len);
	uint16_t type;

	if (decoded != FT_DECODED_OK)
		return decoded;
	type = get16(rest->at + type_at);
	skip(rest, header_len);
	return decode_ethertype(rest, type, packet);
}

/* The address family is a number of the system that captured, in its byte order (DLT_NULL); no
 * family has a number above 255, so that the order shows. 24, 28 and 30 are the BSDs' AF_INET6. */
static enum ft_decoded decode_family(struct rest *rest, struct ft_packet *packet)
{
	enum ft_decoded decoded = need(rest, 4);
	uint32_t family;

	if (decoded != FT_DECODED_OK)
		return decoded;
	family = get32(rest->at);
	if (family > SIXTEEN_BITS)
		family = __builtin_bswap32(family);
	skip(rest, 4);
	if (family == 2)
		return decode_ip(rest, 4, packet);
	if (family == 10 || family == 24 || family == 28 || family == 30)
		return decode_ip(rest, 6, packet);
	return FT_DECODED_OTHER;
}

static enum ft_decoded decode_link(int linktype, struct rest *rest, struct ft_packet *packet)
{
	switch (linktype) {
	case DLT_EN10MB:
		return decode_typed(rest, 14, 12, packet);
	case DLT_LINUX_SLL:
		return decode_typed(rest, 16, 14, packet);
	case DLT_LINUX_SLL2:
		return decode_typed(rest, 20, 0, packet);
	case DLT_NULL:
	case DLT_LOOP:
		return decode_family(rest, packet);
	case DLT_RAW:
		return decode_ip(rest, 0, packet);
	default:
		return FT_DECODED_LINKTYPE;
	}
}

enum ft_decoded ft_packet_decode(int linktype, const uint8_t *bytes, size_t len, size_t wire_len,
				 struct ft_packet *ret_packet)
{
	struct rest rest = {.at = bytes, .captured = len, .wire = wire_len};
	struct ft_packet packet = {.icmp_error = false};
	enum ft_decoded decoded;

	if (len > wire_len)
		return FT_DECODED_MALFORMED;
	decoded = decode_link(linktype, &rest, &packet);
	if (decoded == FT_DECODED_OK)
		*ret_packet = packet;
	return decoded;
}

const char *ft_decoded_name(enum ft_decoded decoded)
{
	static const char *const names[FT_DECODED_COUNT] = {
		[FT_DECODED_OK] = "ok",
		[FT_DECODED_OTHER] = "other",
		[FT_DECODED_FRAGMENT] = "fragment",
		[FT_DECODED_TRUNCATED] = "truncated",
		[FT_DECODED_MALFORMED] = "malformed",
		[FT_DECODED_LINKTYPE] = "linktype",
	};

	return (unsigned int)decoded < FT_DECODED_COUNT ? names[decoded] : "unknown";
}

/* All eight bits joined take exactly 31 characters. */
void ft_packet_flags(uint8_t tcp_flags, char out[32])
{
	static const struct {
		uint8_t bit;
		char name[4];
	} flags[] = {{FT_TCP_SYN, "SYN"}, {FT_TCP_FIN, "FIN"}, {FT_TCP_RST, "RST"},
		     {FT_TCP_PSH, "PSH"}, {FT_TCP_ACK, "ACK"}, {32, "URG"},
		     {64, "ECE"},         {128, "CWR"}};
	char *at = out;

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (!(tcp_flags & flags[i].bit))
			continue;
		if (at != out)
			*at++ = '-';
		memcpy(at, flags[i].name, 3);
		at += 3;
	}
	if (at == out)
		at = stpcpy(out, "none");
	*at = 0;
}

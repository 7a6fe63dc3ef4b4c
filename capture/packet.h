/* SPDX-License-Identifier: MIT */
/*
 * What does a captured frame say? Bytes in, a decoded packet out; nothing is believed.
 *
 * The decoder never reads past the captured length, allocates nothing and keeps no state. A frame
 * cut by the snapshot length still decodes as far as its ports; anything shorter says so.
 */
#ifndef FT_CAPTURE_PACKET_H
#define FT_CAPTURE_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum ft_decoded {
	FT_DECODED_OK,       /* TCP, UDP, or an ICMP error that quotes one of them */
	FT_DECODED_OTHER,    /* well-formed, but nothing that concerns a 4-tuple (ARP, ICMP echo) */
	FT_DECODED_FRAGMENT, /* a later IP fragment: no ports in it */
	FT_DECODED_TRUNCATED, /* the captured bytes end before the ports (or TCP flags) */
	FT_DECODED_MALFORMED, /* lengths that contradict each other */
	FT_DECODED_LINKTYPE,  /* a link type that is not known here */
	FT_DECODED_COUNT
};

/* Segment flags as in the TCP header. */
enum { FT_TCP_FIN = 1, FT_TCP_SYN = 2, FT_TCP_RST = 4, FT_TCP_PSH = 8, FT_TCP_ACK = 16 };

/* One direction of a 4-tuple. A v4 address takes the first four bytes, the rest is zero. */
struct ft_flow_key {
	uint8_t family;                    /* 4 or 6 */
	uint8_t protocol;                  /* IPPROTO_TCP or IPPROTO_UDP */
	uint16_t source_port, target_port; /* host order */
	uint8_t source[16], target[16];
};

struct ft_packet {
	struct ft_flow_key flow; /* of an ICMP error: the flow of the quoted packet */
	bool icmp_error;
	uint8_t icmp_type, icmp_code;
	uint8_t tcp_flags;
	uint32_t seq, ack;    /* TCP, host order */
	uint32_t payload_len; /* by the IP length, not by what was captured */
};

/* Decodes one frame of pcap link type linktype (DLT_EN10MB, DLT_NULL, DLT_LOOP, DLT_RAW,
 * DLT_LINUX_SLL, DLT_LINUX_SLL2). len bytes were captured of a frame of wire_len bytes.
 * *ret_packet is written only with FT_DECODED_OK. */
enum ft_decoded ft_packet_decode(int linktype, const uint8_t *bytes, size_t len, size_t wire_len,
				 struct ft_packet *ret_packet);

/* A name for tests and messages: "ok", "truncated", ... */
const char *ft_decoded_name(enum ft_decoded decoded);

/* The flags in the order people say them: "SYN", "SYN-ACK", "RST-ACK", "FIN-ACK", "PSH-ACK",
 * "ACK"; NUL-terminated in out (at least 32 bytes). */
void ft_packet_flags(uint8_t tcp_flags, char out[32]);

#endif

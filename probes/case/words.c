/* SPDX-License-Identifier: MIT */
/*
 * Which calls, families and hosts does the language have?
 */
#include "case/words.h"

#include <netinet/in.h>
#include <sys/socket.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

/* MPTCP is TCP to whoever looks at the wire. */
const struct ft_family_row ft_families[FT_FAMILY_COUNT] = {
	[FT_FAMILY_TCP4] = {"tcp4", "TCP", AF_INET, SOCK_STREAM, IPPROTO_TCP, IPPROTO_TCP},
	[FT_FAMILY_TCP6] = {"tcp6", "IPv6", AF_INET6, SOCK_STREAM, IPPROTO_TCP, IPPROTO_TCP},
	[FT_FAMILY_UDP4] = {"udp4", "UDP", AF_INET, SOCK_DGRAM, IPPROTO_UDP, IPPROTO_UDP},
	[FT_FAMILY_UDP6] = {"udp6", "IPv6", AF_INET6, SOCK_DGRAM, IPPROTO_UDP, IPPROTO_UDP},
	[FT_FAMILY_MPTCP4] = {"mptcp4", "MPTCP", AF_INET, SOCK_STREAM, IPPROTO_MPTCP, IPPROTO_TCP},
	[FT_FAMILY_MPTCP6] = {"mptcp6", "MPTCP", AF_INET6, SOCK_STREAM, IPPROTO_MPTCP, IPPROTO_TCP},
	[FT_FAMILY_SCTP4] = {"sctp4", "SCTP", AF_INET, SOCK_STREAM, IPPROTO_SCTP, IPPROTO_SCTP},
	[FT_FAMILY_SCTP6] = {"sctp6", "SCTP", AF_INET6, SOCK_STREAM, IPPROTO_SCTP, IPPROTO_SCTP},
};

const char *const ft_op_words[FT_OP_COUNT] = {
	[FT_OP_SOCKOPT] = "sockopt",
	[FT_OP_BIND] = "bind",
	[FT_OP_LISTEN] = "listen",
	[FT_OP_CONNECT] = "connect",
	[FT_OP_BEGIN] = "begin",
	[FT_OP_ACCEPT] = "accept",
	[FT_OP_SEND] = "send",
	[FT_OP_RECV] = "recv",
	[FT_OP_FASTOPEN] = "fastopen",
	[FT_OP_SHUTDOWN] = "shutdown",
	[FT_OP_DISCONNECT] = "disconnect",
	[FT_OP_CLOSE] = "close",
	[FT_OP_FCHOWN] = "fchown",
	[FT_OP_DUP] = "dup",
	[FT_OP_DEAF] = "deaf",
	[FT_OP_HEAR] = "hear",
	[FT_OP_STEER] = "steer",
	[FT_OP_STEER_EBPF] = "steer_ebpf",
	[FT_OP_UNSTEER] = "unsteer",
	[FT_OP_SYSCTL] = "sysctl",
	[FT_OP_WAIT] = "wait",
	[FT_OP_CPU] = "cpu",
	[FT_OP_ADDR] = "addr",
	[FT_OP_LINK] = "link",
	[FT_OP_LOOK] = "look",
};

/* ::ffff:a.b.c.d */
#define MAPPED(a, b, c, d)                                   \
	{                                                    \
		[10] = 0xff, [11] = 0xff, (a), (b), (c), (d) \
	}

const struct ft_host_row ft_hosts[FT_HOST_LITERAL4] = {
	[FT_HOST_ANY] = {"any", {0}, {0}},
	[FT_HOST_ANY4] = {"any4", {0}, MAPPED(0, 0, 0, 0)},
	[FT_HOST_LO] = {"lo", {127, 0, 0, 1}, {[15] = 1}},
	[FT_HOST_LO2] = {"lo2", {127, 0, 0, 2}, {0xfd, [15] = 2}},
	[FT_HOST_LO3] = {"lo3", {127, 0, 0, 3}, {0xfd, [15] = 3}},
	[FT_HOST_LO4] = {"lo4", {127, 0, 0, 1}, MAPPED(127, 0, 0, 1)},
	[FT_HOST_ETH] = {"eth", {192, 0, 2, 1}, {0x20, 0x01, 0x0d, 0xb8, [15] = 1}},
	[FT_HOST_PEER] = {"peer", {192, 0, 2, 2}, {0x20, 0x01, 0x0d, 0xb8, [15] = 2}},
	[FT_HOST_MCAST] = {"mcast", {239, 255, 0, 1}, {0xff, 0x15, [13] = 4, [15] = 4}},
};

bool ft_op_is_quiet(enum ft_op op)
{
	switch (op) {
	case FT_OP_CREATE:
	case FT_OP_SET:
	case FT_OP_SOCKOPT:
	case FT_OP_DEAF:
	case FT_OP_HEAR:
	case FT_OP_STEER:
	case FT_OP_STEER_EBPF:
	case FT_OP_UNSTEER:
	case FT_OP_SYSCTL:
	case FT_OP_WAIT:
	case FT_OP_CPU:
	case FT_OP_ADDR:
	case FT_OP_LINK:
		return true;
	default:
		return false;
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * Which options does a kernel know, which values do they take, and where are they kept?
 *
 * A table for each level, by the option's number (net/core/sock.c, net/ipv4/ip_sockglue.c,
 * net/ipv6/ipv6_sockglue.c, net/ipv4/tcp.c, net/ipv4/udp.c). A number without a row is an option
 * that the kernel lacks, or one of those below the tables: it has them, the model does not.
 */
#include <stddef.h>

#include "case/constants.h"
#include "model/option.h"

enum { NAMES = 128 };

#define FIELD(field) offsetof(struct ft_socket, field)
#define SLOT(slot) offsetof(struct ft_socket, options[slot])

/* A flag of struct ft_socket, and one that is only kept. */
#define FLAG(field, bytes, how)                                                            \
	{                                                                                  \
		.known = true, .set = ft_set_flag, .get = ft_get_kept, .at = FIELD(field), \
		.least = bytes, .mptcp = FT_MPTCP_##how,                                   \
	}
#define KEPT_FLAG(slot, bytes, how)                                                      \
	{                                                                                \
		.known = true, .set = ft_set_flag, .get = ft_get_kept, .at = SLOT(slot), \
		.wide = true, .least = bytes, .mptcp = FT_MPTCP_##how,                   \
	}
/* A number that is only kept: any, or one of a range. */
#define KEPT(slot, bytes, first, how)                                                      \
	{                                                                                  \
		.known = true, .set = ft_set_number, .get = ft_get_kept, .at = SLOT(slot), \
		.wide = true, .least = bytes, .initial = first, .mptcp = FT_MPTCP_##how,   \
	}
#define RANGE(slot, bytes, from, to, first, how)                                          \
	{                                                                                 \
		.known = true, .set = ft_set_range, .get = ft_get_kept, .at = SLOT(slot), \
		.wide = true, .least = bytes, .low = from, .high = to, .initial = first,  \
		.mptcp = FT_MPTCP_##how,                                                  \
	}
/* With functions of their own. */
#define OWN(setter, getter, slot, bytes, how)                                                \
	{                                                                                    \
		.known = true, .set = setter, .get = getter, .at = SLOT(slot), .wide = true, \
		.least = bytes, .mptcp = FT_MPTCP_##how,                                     \
	}
#define CALLS(setter, getter, bytes, how)                                    \
	{                                                                    \
		.known = true, .set = setter, .get = getter, .least = bytes, \
		.mptcp = FT_MPTCP_##how,                                     \
	}
/* Of a v4 socket a flag or number of struct ft_socket; a v6 socket keeps it beside its own, where
 * it may begin otherwise: inet6_create() leaves IP_MULTICAST_ALL off. */
#define V4_FLAG(setter, field, slot, bytes, first)                                    \
	{                                                                             \
		.known = true, .set = setter, .get = ft_get_kept, .at = FIELD(field), \
		.at6 = SLOT(slot), .least = bytes, .high = 1, .initial = first,       \
	}

static const struct ft_option_row socket_rows[NAMES] = {
	[SO_ACCEPTCONN] = CALLS(NULL, ft_get_state, 4, NONE),
	[SO_BINDTODEVICE] = CALLS(ft_set_device_name, ft_get_device, 0, FIRST),
	[SO_BINDTOIFINDEX] = CALLS(ft_set_ifindex, ft_get_ifindex, 4, FIRST),
	[SO_BROADCAST] = FLAG(broadcast, 4, IGNORED),
	[SO_BUF_LOCK] = RANGE(FT_SLOT_BUF_LOCK, 4, 0, 3, 0, NONE),
	[SO_BUSY_POLL] = RANGE(FT_SLOT_BUSY_POLL, 4, 0, INT32_MAX, 0, PLAIN),
	[SO_BUSY_POLL_BUDGET] = {.known = true,
				 .set = ft_set_busy_poll_budget,
				 .at = SLOT(FT_SLOT_BUSY_POLL_BUDGET),
				 .wide = true,
				 .least = 4,
				 .high = 65535,

				 .mptcp = FT_MPTCP_PLAIN},
	[SO_DEBUG] = OWN(ft_set_debug, ft_get_kept, FT_SLOT_DEBUG, 4, PLAIN),
	[SO_DOMAIN] = CALLS(NULL, ft_get_domain, 4, NONE),
	[SO_DONTROUTE] = OWN(ft_set_dontroute, ft_get_kept, FT_SLOT_DONTROUTE, 4, IGNORED),
	[SO_ERROR] = CALLS(NULL, ft_get_error, 4, NONE),
	[SO_INCOMING_CPU] = CALLS(ft_set_incoming_cpu, ft_get_incoming_cpu, 4, PLAIN),
	[SO_INCOMING_NAPI_ID] = CALLS(NULL, ft_get_zero, 4, NONE),
	[SO_KEEPALIVE] = KEPT_FLAG(FT_SLOT_KEEPALIVE, 4, PLAIN),
	[SO_LINGER] = CALLS(ft_set_linger, ft_get_linger, 4, PLAIN),
	[SO_LOCK_FILTER] = OWN(ft_set_lock_filter, ft_get_kept, FT_SLOT_LOCK_FILTER, 4, NONE),
	[SO_MARK] = OWN(ft_set_mark, ft_get_kept, FT_SLOT_MARK, 4, PLAIN),
	[SO_NO_CHECK] = KEPT_FLAG(FT_SLOT_NO_CHECK, 4, IGNORED),
	[SO_OOBINLINE] = KEPT_FLAG(FT_SLOT_OOBINLINE, 4, NONE),
	[SO_PASSCRED] = CALLS(ft_set_unsupported, ft_get_unsupported, 4, IGNORED),
	[SO_PEEK_OFF] = {.known = true,
			 .set = ft_set_number,
			 .get = ft_get_peek_off,
			 .at = SLOT(FT_SLOT_PEEK_OFF),
			 .wide = true,
			 .least = 4,
			 .initial = -1},
	[SO_PREFER_BUSY_POLL] =
		OWN(ft_set_prefer_busy_poll, ft_get_kept, FT_SLOT_PREFER_BUSY_POLL, 4, PLAIN),
	[SO_PRIORITY] = OWN(ft_set_priority, ft_get_kept, FT_SLOT_PRIORITY, 4, PLAIN),
	[SO_PROTOCOL] = CALLS(NULL, ft_get_protocol, 4, NONE),
	[SO_RCVBUF] = OWN(ft_set_buffer, ft_get_buffer, FT_SLOT_RCVBUF, 4, PLAIN),
	[SO_RCVBUFFORCE] = CALLS(ft_set_force, NULL, 4, PLAIN),
	[SO_RCVLOWAT] = {.known = true,
			 .set = ft_set_rcvlowat,
			 .get = ft_get_kept,
			 .at = SLOT(FT_SLOT_RCVLOWAT),
			 .wide = true,
			 .least = 4,
			 .initial = 1,
			 .mptcp = FT_MPTCP_PLAIN},
	[SO_RCVMARK] = KEPT_FLAG(FT_SLOT_RCVMARK, 4, NONE),
	[SO_RCVTIMEO] = OWN(ft_set_timeout, ft_get_timeout, FT_SLOT_RCVTIMEO, 4, PLAIN),
	[SO_RESERVE_MEM] = CALLS(ft_set_reserve_mem, ft_get_zero, 4, NONE),
	[SO_REUSEADDR] = FLAG(reuseaddr, 4, FIRST),
	[SO_REUSEPORT] = FLAG(reuseport, 4, FIRST),
	[SO_RXQ_OVFL] = KEPT_FLAG(FT_SLOT_RXQ_OVFL, 4, IGNORED),
	[SO_SELECT_ERR_QUEUE] = KEPT_FLAG(FT_SLOT_SELECT_ERR_QUEUE, 4, IGNORED),
	[SO_SNDBUF] = OWN(ft_set_buffer, ft_get_buffer, FT_SLOT_SNDBUF, 4, PLAIN),
	[SO_SNDBUFFORCE] = CALLS(ft_set_force, NULL, 4, PLAIN),
	[SO_SNDLOWAT] = CALLS(NULL, ft_get_one, 4, NONE),
	[SO_SNDTIMEO] = OWN(ft_set_timeout, ft_get_timeout, FT_SLOT_SNDTIMEO, 4, PLAIN),
	[SO_TIMESTAMP] = {.known = true,
			  .set = ft_set_timestamp,
			  .get = ft_get_timestamp,
			  .at = SLOT(FT_SLOT_TIMESTAMP),
			  .wide = true,
			  .least = 4,
			  .high = 1,
			  .mptcp = FT_MPTCP_PLAIN},
	[SO_TIMESTAMPING] = OWN(ft_set_timestamping, ft_get_kept, FT_SLOT_TIMESTAMPING, 4, PLAIN),
	[SO_TIMESTAMPNS] = {.known = true,
			    .set = ft_set_timestamp,
			    .get = ft_get_timestamp,
			    .at = SLOT(FT_SLOT_TIMESTAMP),
			    .wide = true,
			    .least = 4,
			    .high = 2,
			    .mptcp = FT_MPTCP_PLAIN},
	[SO_TXREHASH] = {.known = true,
			 .set = ft_set_txrehash,
			 .get = ft_get_txrehash,
			 .at = SLOT(FT_SLOT_TXREHASH),
			 .wide = true,
			 .least = 4,
			 .low = -1,
			 .high = 1,
			 .initial = 1},
	[SO_TYPE] = CALLS(NULL, ft_get_type, 4, NONE),
	[SO_ZEROCOPY] = RANGE(FT_SLOT_ZEROCOPY, 4, 0, 1, 0, NONE),
};

#define SOURCE(what)                                                          \
	{                                                                     \
		.known = true, .set = ft_set_source, .high = FT_SOURCE_##what \
	}

static const struct ft_option_row ip_rows[NAMES] = {
	[IP_ADD_MEMBERSHIP] = {.known = true, .set = ft_set_membership, .high = 1},
	[IP_ADD_SOURCE_MEMBERSHIP] = SOURCE(ADD),
	[IP_BLOCK_SOURCE] = SOURCE(BLOCK),
	[IP_BIND_ADDRESS_NO_PORT] = FLAG(no_port, 0, FIRST),
	[IP_CHECKSUM] = KEPT_FLAG(FT_SLOT_IP_CHECKSUM, 0, LISTED),
	[IP_DROP_MEMBERSHIP] = CALLS(ft_set_membership, NULL, 0, NONE),
	[IP_DROP_SOURCE_MEMBERSHIP] = SOURCE(DROP),
	[IP_FREEBIND] = FLAG(freebind, 1, FIRST),
	[IP_HDRINCL] = CALLS(NULL, ft_get_zero, 0, NONE),
	[IP_LOCAL_PORT_RANGE] = CALLS(ft_set_port_range, ft_get_port_range, 0, FIRST),
	[IP_MINTTL] = RANGE(FT_SLOT_IP_MINTTL, 1, 0, 255, 0, LISTED),
	[IP_MTU] = CALLS(NULL, ft_get_mtu, 0, NONE),
	[IP_MTU_DISCOVER] = RANGE(FT_SLOT_IP_MTU_DISCOVER, 0, IP_PMTUDISC_DONT, IP_PMTUDISC_OMIT,
				  IP_PMTUDISC_WANT, LISTED),
	[IP_MULTICAST_ALL] = V4_FLAG(ft_set_range, multicast_all, FT_SLOT_IP_MULTICAST_ALL, 1, 0),
	[IP_MULTICAST_IF] =
		OWN(ft_set_multicast_if, ft_get_multicast_if, FT_SLOT_IP_MULTICAST_IF, 0, NONE),
	[IP_MULTICAST_LOOP] = V4_FLAG(ft_set_flag, multicast_loop, FT_SLOT_IP_MULTICAST_LOOP, 1, 1),
	[IP_MULTICAST_TTL] = {.known = true,
			      .set = ft_set_multicast_ttl,
			      .get = ft_get_kept,
			      .at = SLOT(FT_SLOT_IP_MULTICAST_TTL),
			      .wide = true,
			      .high = 255,
			      .initial = 1},
	[IP_NODEFRAG] = CALLS(NULL, ft_get_zero, 0, NONE),
	[IP_PASSSEC] = KEPT_FLAG(FT_SLOT_IP_PASSSEC, 0, LISTED),
	[IP_PKTINFO] = KEPT_FLAG(FT_SLOT_IP_PKTINFO, 0, LISTED),
	[IP_RECVERR] = KEPT_FLAG(FT_SLOT_IP_RECVERR, 0, LISTED),
	[IP_RECVERR_RFC4884] = RANGE(FT_SLOT_IP_RECVERR_RFC4884, 0, 0, 1, 0, LISTED),
	[IP_RECVFRAGSIZE] =
		OWN(ft_set_datagram_flag, ft_get_kept, FT_SLOT_IP_RECVFRAGSIZE, 0, LISTED),
	[IP_RECVOPTS] = KEPT_FLAG(FT_SLOT_IP_RECVOPTS, 0, LISTED),
	[IP_RECVORIGDSTADDR] = KEPT_FLAG(FT_SLOT_IP_RECVORIGDSTADDR, 0, LISTED),
	[IP_RECVTOS] = KEPT_FLAG(FT_SLOT_IP_RECVTOS, 0, LISTED),
	[IP_RECVTTL] = KEPT_FLAG(FT_SLOT_IP_RECVTTL, 0, LISTED),
	[IP_RETOPTS] = KEPT_FLAG(FT_SLOT_IP_RETOPTS, 0, LISTED),
	[IP_TOS] = OWN(ft_set_tos, ft_get_kept, FT_SLOT_IP_TOS, 0, PLAIN),
	[IP_TRANSPARENT] = {.known = true,
			    .set = ft_set_transparent,
			    .get = ft_get_kept,
			    .at = FIELD(transparent),
			    .least = 1,
			    .mptcp = FT_MPTCP_FIRST},
	[IP_TTL] = OWN(ft_set_ttl, ft_get_ttl, FT_SLOT_IP_TTL, 1, LISTED),
	[IP_UNBLOCK_SOURCE] = SOURCE(UNBLOCK),
};

#define SOURCE6(what)                                                          \
	{                                                                      \
		.known = true, .set = ft_set_source6, .high = FT_SOURCE_##what \
	}

static const struct ft_option_row ipv6_rows[NAMES] = {
	[IPV6_ADDRFORM] = CALLS(ft_set_addrform, ft_get_addrform, 4, NONE),
	[IPV6_ADDR_PREFERENCES] = OWN(ft_set_addr_preferences, ft_get_addr_preferences,
				      FT_SLOT_V6_ADDR_PREFERENCES, 4, NONE),
	[IPV6_ADD_MEMBERSHIP] = {.known = true, .set = ft_set_membership6, .high = 1},
	[IPV6_AUTOFLOWLABEL] = OWN(ft_set_autoflowlabel, ft_get_autoflowlabel,
				   FT_SLOT_V6_AUTOFLOWLABEL, 0, LISTED),
	[IPV6_DONTFRAG] = KEPT_FLAG(FT_SLOT_V6_DONTFRAG, 0, LISTED),
	[IPV6_DROP_MEMBERSHIP] = CALLS(ft_set_membership6, NULL, 0, NONE),
	[MCAST_BLOCK_SOURCE] = SOURCE6(BLOCK),
	[MCAST_JOIN_SOURCE_GROUP] = SOURCE6(ADD),
	[MCAST_LEAVE_SOURCE_GROUP] = SOURCE6(DROP),
	[MCAST_UNBLOCK_SOURCE] = SOURCE6(UNBLOCK),
	[IPV6_FLOWINFO_SEND] = KEPT_FLAG(FT_SLOT_V6_FLOWINFO_SEND, 4, LISTED),
	[IPV6_FREEBIND] = FLAG(freebind, 4, FIRST),
	[IPV6_MINHOPCOUNT] = RANGE(FT_SLOT_V6_MINHOPCOUNT, 4, 0, 255, 0, LISTED),
	[IPV6_MTU] = CALLS(ft_set_mtu6, ft_get_mtu, 4, LISTED),
	[IPV6_MTU_DISCOVER] = RANGE(FT_SLOT_V6_MTU_DISCOVER, 4, IPV6_PMTUDISC_DONT,
				    IPV6_PMTUDISC_OMIT, IPV6_PMTUDISC_WANT, LISTED),
	[IPV6_MULTICAST_ALL] = {.known = true,
				.set = ft_set_flag,
				.get = ft_get_kept,
				.at = FIELD(multicast_all),
				.least = 4},
	[IPV6_MULTICAST_HOPS] = {.known = true,
				 .set = ft_set_multicast_hops,
				 .get = ft_get_kept,
				 .at = SLOT(FT_SLOT_V6_MULTICAST_HOPS),
				 .wide = true,
				 .low = -1,
				 .high = 255,
				 .initial = 1},
	[IPV6_MULTICAST_IF] = CALLS(ft_set_multicast_if6, ft_get_multicast_if6, 0, NONE),
	[IPV6_MULTICAST_LOOP] = {.known = true,
				 .set = ft_set_range,
				 .get = ft_get_kept,
				 .at = FIELD(multicast_loop),
				 .least = 4,
				 .high = 1},
	[IPV6_RECVERR] = KEPT_FLAG(FT_SLOT_V6_RECVERR, 4, LISTED),
	[IPV6_RECVERR_RFC4884] = RANGE(FT_SLOT_V6_RECVERR_RFC4884, 4, 0, 1, 0, LISTED),
	[IPV6_RECVFRAGSIZE] = KEPT_FLAG(FT_SLOT_V6_RECVFRAGSIZE, 0, LISTED),
	[IPV6_RECVHOPLIMIT] = KEPT_FLAG(FT_SLOT_V6_RECVHOPLIMIT, 4, LISTED),
	[IPV6_RECVORIGDSTADDR] = KEPT_FLAG(FT_SLOT_V6_RECVORIGDSTADDR, 4, LISTED),
	[IPV6_RECVPATHMTU] = KEPT_FLAG(FT_SLOT_V6_RECVPATHMTU, 4, LISTED),
	[IPV6_RECVPKTINFO] = KEPT_FLAG(FT_SLOT_V6_RECVPKTINFO, 4, LISTED),
	[IPV6_RECVTCLASS] = KEPT_FLAG(FT_SLOT_V6_RECVTCLASS, 4, LISTED),
	[IPV6_ROUTER_ALERT_ISOLATE] = KEPT_FLAG(FT_SLOT_V6_ROUTER_ALERT_ISOLATE, 4, NONE),
	[IPV6_TCLASS] = OWN(ft_set_tclass, ft_get_kept, FT_SLOT_V6_TCLASS, 4, LISTED),
	[IPV6_TRANSPARENT] = {.known = true,
			      .set = ft_set_transparent,
			      .get = ft_get_kept,
			      .at = FIELD(transparent),
			      .least = 4,
			      .mptcp = FT_MPTCP_FIRST},
	[IPV6_UNICAST_HOPS] = {.known = true,
			       .set = ft_set_range,
			       .get = ft_get_hops,
			       .at = SLOT(FT_SLOT_V6_UNICAST_HOPS),
			       .wide = true,
			       .least = 4,
			       .low = -1,
			       .high = 255,
			       .initial = -1,
			       .mptcp = FT_MPTCP_LISTED},
	[IPV6_V6ONLY] = {.known = true,
			 .set = ft_set_v6only,
			 .get = ft_get_v6only,
			 .at = FIELD(v6only),
			 .least = 4,
			 .mptcp = FT_MPTCP_FIRST},
};

enum { KEEP_MAX = 32767, KEEPCNT_MAX = 127, SYNCNT_MAX = 127, TX_DELAY_MAX = (1 << 28) - 1 };

/* A number of TCP's that is the namespace's as long as it is not set. */
#define KEEP(slot, to, how)                                                              \
	{                                                                                \
		.known = true, .set = ft_set_keep, .get = ft_get_keep, .at = SLOT(slot), \
		.wide = true, .least = 4, .low = 1, .high = to, .mptcp = FT_MPTCP_##how, \
	}
#define TICKS(setter, slot, from, to, first)                                                      \
	{                                                                                         \
		.known = true, .set = setter, .get = ft_get_kept, .at = SLOT(slot), .wide = true, \
		.least = 4, .low = from, .high = to, .initial = first,                            \
	}

static const struct ft_option_row tcp_rows[NAMES] = {
	[TCP_CORK] = OWN(ft_set_cork, ft_get_kept, FT_SLOT_CORK, 4, PLAIN),
	[TCP_DEFER_ACCEPT] = CALLS(ft_set_defer_accept, ft_get_defer_accept, 4, TRIED),
	[TCP_DELACK_MAX_US] = TICKS(ft_set_ticks_us, FT_SLOT_DELACK_MAX_US, 2, 200000, 200000),
	[TCP_FASTOPEN] = {.known = true,
			  .set = ft_set_fastopen,
			  .get = ft_get_kept,
			  .at = FIELD(fastopen_queue),
			  .wide = true,
			  .least = 4,
			  .mptcp = FT_MPTCP_FIRST},
	[TCP_FASTOPEN_CONNECT] = {.known = true,
				  .set = ft_set_fastopen_connect,
				  .get = ft_get_kept,
				  .at = FIELD(fastopen_connect),
				  .least = 4,
				  .high = 1,
				  .mptcp = FT_MPTCP_FIRST},
	[TCP_FASTOPEN_NO_COOKIE] = {.known = true,
				    .set = ft_set_fastopen_no_cookie,
				    .get = ft_get_kept,
				    .at = SLOT(FT_SLOT_FASTOPEN_NO_COOKIE),
				    .wide = true,
				    .least = 4,
				    .high = 1,
				    .mptcp = FT_MPTCP_FIRST},
	[TCP_INQ] = RANGE(FT_SLOT_INQ, 4, 0, 1, 0, PLAIN),
	[TCP_KEEPCNT] = KEEP(FT_SLOT_KEEPCNT, KEEPCNT_MAX, PLAIN),
	[TCP_KEEPIDLE] = KEEP(FT_SLOT_KEEPIDLE, KEEP_MAX, PLAIN),
	[TCP_KEEPINTVL] = KEEP(FT_SLOT_KEEPINTVL, KEEP_MAX, PLAIN),
	[TCP_LINGER2] = OWN(ft_set_linger2, ft_get_linger2, FT_SLOT_LINGER2, 4, LISTED),
	[TCP_MAXSEG] = {.known = true,
			.set = ft_set_maxseg,
			.get = ft_get_maxseg,
			.at = SLOT(FT_SLOT_MAXSEG),
			.wide = true,
			.least = 4,
			.low = 88,
			.high = 32767,
			.mptcp = FT_MPTCP_PLAIN},
	[TCP_NODELAY] = OWN(ft_set_nodelay, ft_get_kept, FT_SLOT_NODELAY, 4, PLAIN),
	[TCP_NOTSENT_LOWAT] = KEPT(FT_SLOT_NOTSENT_LOWAT, 4, 0, PLAIN),
	[TCP_QUEUE_SEQ] = CALLS(ft_set_queue_seq, ft_get_not_in_repair, 4, NONE),
	[TCP_QUICKACK] = CALLS(ft_set_quickack, ft_get_quickack, 4, LISTED),
	[TCP_REPAIR] = CALLS(ft_set_repair, ft_get_zero, 4, NONE),
	[TCP_REPAIR_QUEUE] = CALLS(ft_set_repair_queue, ft_get_not_in_repair, 4, NONE),
	[TCP_RTO_MAX_MS] = TICKS(ft_set_ticks_ms, FT_SLOT_RTO_MAX_MS, 1000, 120000, 120000),
	[TCP_RTO_MIN_US] = TICKS(ft_set_ticks_us, FT_SLOT_RTO_MIN_US, 2, 200000, 200000),
	[TCP_SAVE_SYN] = RANGE(FT_SLOT_SAVE_SYN, 4, 0, 2, 0, LISTED),
	[TCP_SYNCNT] = KEEP(FT_SLOT_SYNCNT, SYNCNT_MAX, LISTED),
	[TCP_THIN_DUPACK] = {.known = true,
			     .set = ft_set_nothing,
			     .get = ft_get_zero,
			     .least = 4,
			     .mptcp = FT_MPTCP_LISTED,
			     .high = 1},
	[TCP_THIN_LINEAR_TIMEOUTS] = RANGE(FT_SLOT_THIN_LINEAR_TIMEOUTS, 4, 0, 1, 0, LISTED),
	[TCP_TX_DELAY] = {.known = true,
			  .set = ft_set_strange_range,
			  .get = ft_get_kept,
			  .at = SLOT(FT_SLOT_TX_DELAY),
			  .wide = true,
			  .least = 4,
			  .low = 0,
			  .high = TX_DELAY_MAX,
			  .mptcp = FT_MPTCP_LISTED},
	[TCP_USER_TIMEOUT] = {.known = true,
			      .set = ft_set_timer,
			      .get = ft_get_kept,
			      .at = SLOT(FT_SLOT_USER_TIMEOUT),
			      .wide = true,
			      .least = 4,
			      .low = 0,
			      .high = INT32_MAX,
			      .mptcp = FT_MPTCP_LISTED},
	[TCP_WINDOW_CLAMP] =
		OWN(ft_set_window_clamp, ft_get_window_clamp, FT_SLOT_WINDOW_CLAMP, 4, LISTED),
};

static const struct ft_option_row udp_rows[NAMES] = {
	[UDP_CORK] = OWN(ft_set_strange, ft_get_kept, FT_SLOT_UDP_CORK, 4, NONE),
	[UDP_ENCAP] = OWN(ft_set_encap, ft_get_kept, FT_SLOT_ENCAP, 4, NONE),
	[UDP_GRO] = KEPT_FLAG(FT_SLOT_GRO, 4, NONE),
	[UDP_NO_CHECK6_RX] = KEPT_FLAG(FT_SLOT_NO_CHECK6_RX, 4, NONE),
	[UDP_NO_CHECK6_TX] = OWN(ft_set_strange, ft_get_kept, FT_SLOT_NO_CHECK6_TX, 4, NONE),
	[UDP_SEGMENT] = RANGE(FT_SLOT_SEGMENT, 4, 0, 65535, 0, NONE),
};

/* Numbers that a kernel has an option for and the tables do not, one bit each. */
struct others {
	uint64_t bits[2];
};
#define BIT(n) (UINT64_C(1) << (n))

static bool is_other(const struct others *others, int name)
{
	return name >= 0 && name < NAMES && (others->bits[name / 64] >> name % 64 & 1);
}

static bool exists(int level, int name)
{
	/* SO_BSDCOMPAT, PEERCRED, ATTACH_FILTER, DETACH_FILTER, PEERNAME, PEERSEC, PASSSEC,
	 * WIFI_STATUS, NOFCS, MAX_PACING_RATE to ATTACH_REUSEPORT_EBPF, CNX_ADVICE, MEMINFO,
	 * COOKIE, PEERGROUPS, TXTIME and what is younger. */
	static const struct others socket = {
		{BIT(14) | BIT(17) | BIT(26) | BIT(27) | BIT(28) | BIT(31) | BIT(34) | BIT(41) |
			 BIT(43) | BIT(47) | BIT(48) | BIT(50) | BIT(51) | BIT(52) | BIT(53) |
			 BIT(55) | BIT(57) | BIT(59) | BIT(61) | BIT(63),
		 BIT(0) | BIT(1) | BIT(2) | BIT(3) | BIT(4) | BIT(7) | BIT(12) | BIT(13) | BIT(14) |
			 BIT(15) | BIT(16) | BIT(18) | BIT(19) | BIT(20)}};
	/* IP_OPTIONS, ROUTER_ALERT, PKTOPTIONS, IPSEC_POLICY, XFRM_POLICY, MSFILTER to
	 * MCAST_MSFILTER, UNICAST_IF, IP_PROTOCOL, netfilter's. */
	static const struct others ip = {{BIT(4) | BIT(5) | BIT(9) | BIT(16) | BIT(17) |
						  UINT64_C(0xff) << 41 | BIT(50) | BIT(52),
					  ~UINT64_C(0)}};

	switch (level) {
	case SOL_SOCKET:
		return is_other(&socket, name);
	case IPPROTO_IP:
		return is_other(&ip, name) || name >= NAMES;
	case IPPROTO_IPV6: /* many, of which no case has a word */
	case IPPROTO_TCP:
	case IPPROTO_UDP:
		return true;
	default:
		return false;
	}
}

const struct ft_option_row *ft_option_row(int level, int name, bool *ret_exists)
{
	const struct ft_option_row *rows = NULL;

	*ret_exists = exists(level, name);
	switch (level) {
	case SOL_SOCKET:
		rows = socket_rows;
		break;
	case IPPROTO_IP:
		rows = ip_rows;
		break;
	case IPPROTO_IPV6:
		rows = ipv6_rows;
		break;
	case IPPROTO_TCP:
		rows = tcp_rows;
		break;
	case IPPROTO_UDP:
		rows = udp_rows;
		break;
	default:
		return NULL;
	}
	return name >= 0 && name < NAMES && rows[name].known ? &rows[name] : NULL;
}

/* SPDX-License-Identifier: MIT */
/*
 * Which socket options does the language know, and which constants are they?
 *
 * Sorted by word, since the parser searches by halves (a test checks the order). Where an AF_INET6
 * socket takes another constant for the same thing, the row has both; IP_BIND_ADDRESS_NO_PORT and
 * IP_LOCAL_PORT_RANGE are IPPROTO_IP on both kinds of socket. Two constants that would get the same
 * word (SO_TIMESTAMP and TCP_TIMESTAMP, TCP_CORK and UDP_CORK) leave the second one to `sockopt=`.
 */
#include "case/constants.h"
#include "case/words.h"

#define BOTH(word, level, name, kind)                                 \
	{                                                             \
		word, #name, level, name, 0, 0, FT_VALUE_##kind, NULL \
	}
/* An option of the v4 level, and the other constant that an AF_INET6 socket takes. */
#define PAIR(word, name, v6, kind)                                                    \
	{                                                                             \
		word, #name, IPPROTO_IP, name, IPPROTO_IPV6, v6, FT_VALUE_##kind, #v6 \
	}

/* clang-format off */
const struct ft_option ft_options[] = {
	BOTH("acceptconn", SOL_SOCKET, SO_ACCEPTCONN, INT),
	PAIR("add_membership", IP_ADD_MEMBERSHIP, IPV6_ADD_MEMBERSHIP, MEMBERSHIP),
	BOTH("addr_preferences", IPPROTO_IPV6, IPV6_ADDR_PREFERENCES, INT),
	BOTH("addrform", IPPROTO_IPV6, IPV6_ADDRFORM, INT),
	BOTH("autoflowlabel", IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, INT),
	BOTH("bind_address_no_port", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, INT),
	BOTH("bindtodevice", SOL_SOCKET, SO_BINDTODEVICE, DEVICE),
	BOTH("bindtoifindex", SOL_SOCKET, SO_BINDTOIFINDEX, IFINDEX),
	BOTH("broadcast", SOL_SOCKET, SO_BROADCAST, INT),
	BOTH("buf_lock", SOL_SOCKET, SO_BUF_LOCK, INT),
	BOTH("busy_poll", SOL_SOCKET, SO_BUSY_POLL, INT),
	BOTH("busy_poll_budget", SOL_SOCKET, SO_BUSY_POLL_BUDGET, INT),
	BOTH("checksum", IPPROTO_IP, IP_CHECKSUM, INT),
	BOTH("cork", IPPROTO_TCP, TCP_CORK, INT),
	BOTH("debug", SOL_SOCKET, SO_DEBUG, INT),
	BOTH("defer_accept", IPPROTO_TCP, TCP_DEFER_ACCEPT, INT),
	BOTH("delack_max_us", IPPROTO_TCP, TCP_DELACK_MAX_US, INT),
	BOTH("domain", SOL_SOCKET, SO_DOMAIN, INT),
	BOTH("dontfrag", IPPROTO_IPV6, IPV6_DONTFRAG, INT),
	BOTH("dontroute", SOL_SOCKET, SO_DONTROUTE, INT),
	PAIR("drop_membership", IP_DROP_MEMBERSHIP, IPV6_DROP_MEMBERSHIP, MEMBERSHIP),
	BOTH("encap", IPPROTO_UDP, UDP_ENCAP, INT),
	BOTH("error", SOL_SOCKET, SO_ERROR, INT),
	BOTH("fastopen", IPPROTO_TCP, TCP_FASTOPEN, INT),
	BOTH("fastopen_connect", IPPROTO_TCP, TCP_FASTOPEN_CONNECT, INT),
	BOTH("fastopen_no_cookie", IPPROTO_TCP, TCP_FASTOPEN_NO_COOKIE, INT),
	BOTH("flowinfo_send", IPPROTO_IPV6, IPV6_FLOWINFO_SEND, INT),
	PAIR("freebind", IP_FREEBIND, IPV6_FREEBIND, INT),
	BOTH("gro", IPPROTO_UDP, UDP_GRO, INT),
	BOTH("incoming_cpu", SOL_SOCKET, SO_INCOMING_CPU, INT),
	BOTH("incoming_napi_id", SOL_SOCKET, SO_INCOMING_NAPI_ID, INT),
	BOTH("inq", IPPROTO_TCP, TCP_INQ, INT),
	BOTH("keepalive", SOL_SOCKET, SO_KEEPALIVE, INT),
	BOTH("keepcnt", IPPROTO_TCP, TCP_KEEPCNT, INT),
	BOTH("keepidle", IPPROTO_TCP, TCP_KEEPIDLE, INT),
	BOTH("keepintvl", IPPROTO_TCP, TCP_KEEPINTVL, INT),
	BOTH("linger", SOL_SOCKET, SO_LINGER, LINGER),
	BOTH("linger2", IPPROTO_TCP, TCP_LINGER2, INT),
	BOTH("local_port_range", IPPROTO_IP, IP_LOCAL_PORT_RANGE, RANGE),
	BOTH("lock_filter", SOL_SOCKET, SO_LOCK_FILTER, INT),
	BOTH("mark", SOL_SOCKET, SO_MARK, INT),
	BOTH("maxseg", IPPROTO_TCP, TCP_MAXSEG, INT),
	PAIR("minttl", IP_MINTTL, IPV6_MINHOPCOUNT, INT),
	PAIR("mtu", IP_MTU, IPV6_MTU, INT),
	PAIR("mtu_discover", IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, INT),
	PAIR("multicast_all", IP_MULTICAST_ALL, IPV6_MULTICAST_ALL, INT),
	BOTH("multicast_hops", IPPROTO_IPV6, IPV6_MULTICAST_HOPS, INT),
	PAIR("multicast_if", IP_MULTICAST_IF, IPV6_MULTICAST_IF, INTERFACE),
	PAIR("multicast_loop", IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, INT),
	PAIR("multicast_ttl", IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, INT),
	BOTH("no_check", SOL_SOCKET, SO_NO_CHECK, INT),
	BOTH("no_check6_rx", IPPROTO_UDP, UDP_NO_CHECK6_RX, INT),
	BOTH("no_check6_tx", IPPROTO_UDP, UDP_NO_CHECK6_TX, INT),
	BOTH("nodefrag", IPPROTO_IP, IP_NODEFRAG, INT),
	BOTH("nodelay", IPPROTO_TCP, TCP_NODELAY, INT),
	BOTH("notsent_lowat", IPPROTO_TCP, TCP_NOTSENT_LOWAT, INT),
	BOTH("oobinline", SOL_SOCKET, SO_OOBINLINE, INT),
	BOTH("passcred", SOL_SOCKET, SO_PASSCRED, INT),
	BOTH("passsec", IPPROTO_IP, IP_PASSSEC, INT),
	BOTH("peek_off", SOL_SOCKET, SO_PEEK_OFF, INT),
	PAIR("pktinfo", IP_PKTINFO, IPV6_RECVPKTINFO, INT),
	BOTH("prefer_busy_poll", SOL_SOCKET, SO_PREFER_BUSY_POLL, INT),
	BOTH("priority", SOL_SOCKET, SO_PRIORITY, INT),
	BOTH("protocol", SOL_SOCKET, SO_PROTOCOL, INT),
	BOTH("queue_seq", IPPROTO_TCP, TCP_QUEUE_SEQ, INT),
	BOTH("quickack", IPPROTO_TCP, TCP_QUICKACK, INT),
	BOTH("rcvbuf", SOL_SOCKET, SO_RCVBUF, INT),
	BOTH("rcvbufforce", SOL_SOCKET, SO_RCVBUFFORCE, INT),
	BOTH("rcvlowat", SOL_SOCKET, SO_RCVLOWAT, INT),
	BOTH("rcvmark", SOL_SOCKET, SO_RCVMARK, INT),
	BOTH("rcvtimeo", SOL_SOCKET, SO_RCVTIMEO, SECONDS),
	PAIR("recverr", IP_RECVERR, IPV6_RECVERR, INT),
	PAIR("recverr_rfc4884", IP_RECVERR_RFC4884, IPV6_RECVERR_RFC4884, INT),
	PAIR("recvfragsize", IP_RECVFRAGSIZE, IPV6_RECVFRAGSIZE, INT),
	BOTH("recvhoplimit", IPPROTO_IPV6, IPV6_RECVHOPLIMIT, INT),
	BOTH("recvopts", IPPROTO_IP, IP_RECVOPTS, INT),
	PAIR("recvorigdstaddr", IP_RECVORIGDSTADDR, IPV6_RECVORIGDSTADDR, INT),
	BOTH("recvpathmtu", IPPROTO_IPV6, IPV6_RECVPATHMTU, INT),
	BOTH("recvpktinfo", IPPROTO_IPV6, IPV6_RECVPKTINFO, INT),
	BOTH("recvtclass", IPPROTO_IPV6, IPV6_RECVTCLASS, INT),
	PAIR("recvtos", IP_RECVTOS, IPV6_RECVTCLASS, INT),
	PAIR("recvttl", IP_RECVTTL, IPV6_RECVHOPLIMIT, INT),
	BOTH("repair", IPPROTO_TCP, TCP_REPAIR, INT),
	BOTH("repair_queue", IPPROTO_TCP, TCP_REPAIR_QUEUE, INT),
	BOTH("reserve_mem", SOL_SOCKET, SO_RESERVE_MEM, INT),
	BOTH("retopts", IPPROTO_IP, IP_RETOPTS, INT),
	BOTH("reuseaddr", SOL_SOCKET, SO_REUSEADDR, INT),
	BOTH("reuseport", SOL_SOCKET, SO_REUSEPORT, INT),
	BOTH("router_alert_isolate", IPPROTO_IPV6, IPV6_ROUTER_ALERT_ISOLATE, INT),
	BOTH("rto_max_ms", IPPROTO_TCP, TCP_RTO_MAX_MS, INT),
	BOTH("rto_min_us", IPPROTO_TCP, TCP_RTO_MIN_US, INT),
	BOTH("rxq_ovfl", SOL_SOCKET, SO_RXQ_OVFL, INT),
	BOTH("save_syn", IPPROTO_TCP, TCP_SAVE_SYN, INT),
	BOTH("segment", IPPROTO_UDP, UDP_SEGMENT, INT),
	BOTH("select_err_queue", SOL_SOCKET, SO_SELECT_ERR_QUEUE, INT),
	BOTH("sndbuf", SOL_SOCKET, SO_SNDBUF, INT),
	BOTH("sndbufforce", SOL_SOCKET, SO_SNDBUFFORCE, INT),
	BOTH("sndlowat", SOL_SOCKET, SO_SNDLOWAT, INT),
	BOTH("sndtimeo", SOL_SOCKET, SO_SNDTIMEO, SECONDS),
	BOTH("syncnt", IPPROTO_TCP, TCP_SYNCNT, INT),
	BOTH("tclass", IPPROTO_IPV6, IPV6_TCLASS, INT),
	BOTH("thin_dupack", IPPROTO_TCP, TCP_THIN_DUPACK, INT),
	BOTH("thin_linear_timeouts", IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS, INT),
	BOTH("timestamp", SOL_SOCKET, SO_TIMESTAMP, INT),
	BOTH("timestamping", SOL_SOCKET, SO_TIMESTAMPING, INT),
	BOTH("timestampns", SOL_SOCKET, SO_TIMESTAMPNS, INT),
	PAIR("tos", IP_TOS, IPV6_TCLASS, INT),
	PAIR("transparent", IP_TRANSPARENT, IPV6_TRANSPARENT, INT),
	PAIR("ttl", IP_TTL, IPV6_UNICAST_HOPS, INT),
	BOTH("tx_delay", IPPROTO_TCP, TCP_TX_DELAY, INT),
	BOTH("txrehash", SOL_SOCKET, SO_TXREHASH, INT),
	BOTH("type", SOL_SOCKET, SO_TYPE, INT),
	BOTH("unicast_hops", IPPROTO_IPV6, IPV6_UNICAST_HOPS, INT),
	BOTH("user_timeout", IPPROTO_TCP, TCP_USER_TIMEOUT, INT),
	BOTH("v6only", IPPROTO_IPV6, IPV6_V6ONLY, INT),
	BOTH("window_clamp", IPPROTO_TCP, TCP_WINDOW_CLAMP, INT),
	BOTH("zerocopy", SOL_SOCKET, SO_ZEROCOPY, INT),
};
/* clang-format on */

const size_t ft_n_options = sizeof(ft_options) / sizeof(ft_options[0]);

/* ft_word_key() packs an option's index into ten bits. */
_Static_assert(sizeof(ft_options) / sizeof(ft_options[0]) <= 1024, "ten bits are not enough");

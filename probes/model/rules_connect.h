/* SPDX-License-Identifier: MIT */
/* Which rules decide in connect.c and route.c? See rules.h. */
#ifndef FT_MODEL_RULES_CONNECT_H
#define FT_MODEL_RULES_CONNECT_H

#define FT_RULES_CONNECT(X)                                                                        \
	X(TUPLE_UNIQUE, "tuple.unique",                                                            \
	  "No two TCP sockets of a host have one 4-tuple; IPv4 and v4-mapped are one space, and "  \
	  "the server's side of a connection counts too.",                                         \
	  "__inet_check_established(), __inet6_check_established()")                               \
	X(TUPLE_DEVICE, "tuple.device",                                                            \
	  "An owner of the 4-tuple that is bound to a device is overlooked by a newcomer that is " \
	  "not bound to it.",                                                                      \
	  "inet_match(), inet_sk_bound_dev_eq()")                                                  \
	X(TUPLE_TIME_WAIT, "tuple.time-wait",                                                      \
	  "A TIME_WAIT that has seen timestamps gives its 4-tuple to a socket that brings its "    \
	  "port, at once and whatever tcp_tw_reuse says.",                                         \
	  "tcp_twsk_unique()")                                                                     \
	X(TUPLE_TIMESTAMPS, "tuple.time-wait.timestamps",                                          \
	  "A TIME_WAIT without timestamps gives its 4-tuple to nobody.", "tcp_twsk_unique()")      \
	X(TW_REUSE, "tw-reuse",                                                                    \
	  "With tcp_tw_reuse=1, connect() may choose a port whose 4-tuple is in TIME_WAIT.",       \
	  "tcp_twsk_unique(), ip-sysctl")                                                          \
	X(TW_REUSE_LOOPBACK, "tw-reuse.loopback",                                                  \
	  "tcp_tw_reuse=2 is for loopback addresses and sockets on lo only.",                      \
	  "tcp_twsk_unique(), 79e9fed46038")                                                       \
	X(TW_REUSE_DELAY, "tw-reuse.delay",                                                        \
	  "... and only when tcp_tw_reuse_delay has passed since it came into that state.",        \
	  "tcp_twsk_unique(), ca6a6f93867a")                                                       \
	X(TW_REUSE_FIN_WAIT2, "tw-reuse.fin-wait2",                                                \
	  "A closed socket in FIN_WAIT2 does not give its 4-tuple to a port of connect()'s "       \
	  "choice (6.12).",                                                                        \
	  "tcp_twsk_unique(), 0d9e5df4a257")                                                       \
	X(PORT_CONNECT_ONLY, "port.connect-only",                                                  \
	  "connect() only chooses ports whose owners all got them from connect(): one bind() of "  \
	  "the port, on whatever address, takes it away.",                                         \
	  "__inet_hash_connect()")                                                                 \
	X(PORT_PARITY, "port.parity", "connect() tries the even offsets of the range first.",      \
	  "__inet_hash_connect(), 1580ab63fc9a")                                                   \
	X(PORT_NO_PARITY, "port.no-parity", "... unless the socket has a range of its own (6.8).", \
	  "__inet_hash_connect(), 207184853dbd")                                                   \
	X(CONNECT_AGAIN, "connect.again",                                                          \
	  "A socket that is connected, or listens, cannot be connected.",                          \
	  "__inet_stream_connect(), connect(2)")                                                   \
	X(CONNECT_FAILED_PORT, "connect.failed.port",                                              \
	  "A connection that fails, or is dissolved, gives up a port that was not asked for by "   \
	  "number.",                                                                               \
	  "tcp_set_state(), inet_put_port()")                                                      \
	X(CONNECT_FAILED_ADDRESS, "connect.failed.address",                                        \
	  "... and an address that was not asked for.", "inet_bhash2_reset_saddr()")               \
	X(CONNECT_NARROWS, "connect.narrows",                                                      \
	  "A wildcard socket has its concrete address only, from connect() on.",                   \
	  "inet_bhash2_update_saddr()")                                                            \
	X(CONNECT_ERROR_ONCE, "connect.error-once",                                                \
	  "What became of a connect() that was not waited for is said once: by SO_ERROR, and "     \
	  "then the next connect() says ECONNABORTED, or by that connect().",                      \
	  "__inet_stream_connect()")                                                               \
	X(CONNECT_ANY, "connect.any", "0.0.0.0 and :: as a destination are this host.",            \
	  "ip_route_output_key_hash_rcu(), tcp_v6_connect()")                                      \
	X(ROUTE, "route", "There is no way to that address.",                                      \
	  "ip_route_connect(), ip6_dst_lookup_flow()")                                             \
	X(ROUTE_SOURCE, "route.source", "A loopback address is no source for another host.",       \
	  "__mkroute_output()")                                                                    \
	X(ROUTE_DEVICE, "route.device",                                                            \
	  "A socket bound to a device sends by that device, even to where nobody answers.",        \
	  "ip_route_output_key_hash_rcu(), SO_BINDTODEVICE in socket(7)")                          \
	X(ROUTE_FAMILY, "route.family",                                                            \
	  "A socket on a v4-mapped address reaches IPv4 only, a v6only one IPv6 only.",            \
	  "tcp_v6_connect()")                                                                      \
	X(IPV6_OFF, "ipv6.off",                                                                    \
	  "Where IPv6 is switched off nothing goes to an address of it: there is no source for "   \
	  "it (EADDRNOTAVAIL), and from a given one there is no way.",                             \
	  "addrconf_ifdown(), ip6_dst_lookup_tail(), ip-sysctl")                                   \
	X(MAPPED_FOR_GOOD, "mapped.for-good",                                                      \
	  "An IPv6 socket that was once connected over IPv4 sends as IPv4 for good: a later "      \
	  "connection to an IPv6 address gets no answer.",                                         \
	  "tcp_v6_connect(), ipv6_mapped")                                                         \
	X(ROUTE_MULTICAST, "route.multicast", "TCP cannot connect to a group or to all.",          \
	  "tcp_v4_connect(), tcp_v6_connect()")                                                    \
	X(FASTOPEN_CLIENT, "fastopen.client", "MSG_FASTOPEN takes bit 0 of tcp_fastopen.",         \
	  "tcp_sendmsg_fastopen(), ip-sysctl")

#endif

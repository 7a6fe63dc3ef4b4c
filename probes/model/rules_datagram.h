/* SPDX-License-Identifier: MIT */
/* Which rules decide in udp.c, udp_calls.c, way.c, deliver.c and multicast.c? See rules.h. */
#ifndef FT_MODEL_RULES_DATAGRAM_H
#define FT_MODEL_RULES_DATAGRAM_H

#define FT_RULES_DATAGRAM(X)                                                                       \
	X(UDP_REUSEADDR, "udp.reuseaddr",                                                          \
	  "UDP sockets that both have SO_REUSEADDR share a port, whatever their users.",           \
	  "udp_lib_lport_inuse(), socket(7)")                                                      \
	X(UDP_REUSEPORT, "udp.reuseport", "UDP sockets that both have SO_REUSEPORT share a port.", \
	  "udp_lib_lport_inuse(), socket(7)")                                                      \
	X(UDP_REUSEPORT_UID, "udp.reuseport.uid", "... if they belong to one user.",               \
	  "udp_lib_lport_inuse(), sk_uid()")                                                       \
	X(UDP_REUSEPORT_GROUP, "udp.reuseport.own-group",                                          \
	  "A UDP socket that already has a reuseport group of its own shares by SO_REUSEPORT "     \
	  "with nobody.",                                                                          \
	  "udp_lib_lport_inuse()")                                                                 \
	X(UDP_PLAIN, "udp.plain",                                                                  \
	  "Without a flag that both share, two UDP sockets on meeting addresses conflict.",        \
	  "udp_lib_lport_inuse(), bind(2)")                                                        \
	X(UDP_FIRST, "udp.first",                                                                  \
	  "bind() goes through a UDP port's sockets from the newest on, and the first that "       \
	  "SO_REUSEPORT shares with grants the port, whoever comes behind it.",                    \
	  "udp_lib_lport_inuse()")                                                                 \
	X(UDP_MANY, "udp.many",                                                                    \
	  "On a UDP port with more than ten sockets, bind() to a specific address goes "           \
	  "through those on that address and then through those on the wildcard, and in each "     \
	  "the first decides.",                                                                    \
	  "udp_lib_get_port(), udp_lib_lport_inuse2()")                                            \
	X(UDP_ORDER6, "udp.order6",                                                                \
	  "An IPv6 socket that is bound with SO_REUSEPORT comes after all others of its "          \
	  "port.",                                                                                 \
	  "udp_lib_get_port()")                                                                    \
	X(UDP_ANY, "udp.port-0",                                                                   \
	  "A UDP port of the kernel's own choice may be one that all its owners share.",           \
	  "udp_lib_get_port()")                                                                    \
	X(UDP_AUTOBIND, "udp.autobind",                                                            \
	  "If there is no port left, connect() and send() say EAGAIN.", "inet_autobind()")         \
	X(UDP_NARROWS, "udp.connect.narrows",                                                      \
	  "A wildcard UDP socket has its concrete address only, from connect() on.",               \
	  "__ip4_datagram_connect(), ip6_datagram_dst_update()")                                   \
	X(UDP_CONNECT_FAILED, "udp.connect.failed",                                                \
	  "After a connect() that failed, a connected IPv4 socket sends one datagram to its "      \
	  "peer and all others to where it could not connect.",                                    \
	  "udp_sendmsg() and ip_route_connect() share inet->cork.fl")                              \
	X(UDP_LEAVES_GROUP, "udp.group.left",                                                      \
	  "A UDP socket leaves its reuseport group when it connects, and when its address or "     \
	  "device changes.",                                                                       \
	  "udp_lib_hash4(), udp_lib_rehash(), 78c91ae2c6de")                                       \
	X(UDP_DISCONNECT_PORT, "udp.disconnect.port",                                              \
	  "Dissolving a UDP association gives up a port that was not asked for by number.",        \
	  "__udp_disconnect()")                                                                    \
	X(UDP_DISCONNECT_ADDRESS, "udp.disconnect.address",                                        \
	  "... and an address that was not asked for.", "__udp_disconnect(), inet_reset_saddr()")  \
	X(UDP_DISCONNECT_DEVICE, "udp.disconnect.device",                                          \
	  "... and the device that the socket was bound to.", "__udp_disconnect()")                \
	X(UDP_DISCONNECT_PEER6, "udp.disconnect.peer6",                                            \
	  "An IPv6 socket keeps the address of its former peer, and gets nothing from "            \
	  "others.",                                                                               \
	  "__udp_disconnect(), compute_score() in net/ipv6/udp.c")                                 \
	X(UDP_DESTINATION, "udp.destination",                                                      \
	  "send() without an address needs a connected socket.",                                   \
	  "udp_sendmsg(), udpv6_sendmsg(), send(2)")                                               \
	X(UDP_PORT0, "udp.destination.port", "Nothing can be sent to port 0.",                     \
	  "udp_sendmsg(), udpv6_sendmsg()")                                                        \
	X(UDP_BROADCAST, "udp.broadcast", "Sending to all takes SO_BROADCAST.",                    \
	  "udp_sendmsg(), __ip4_datagram_connect(), socket(7)")                                    \
	X(UDP_ERROR, "udp.error",                                                                  \
	  "An error that an ICMP message brought is told by the next send() or recv(), once.",     \
	  "sock_error(), sock_alloc_send_pskb(), __skb_recv_udp(), udp(7)")                        \
	X(UDP_PIPE, "udp.pipe", "After shutdown() for writing nothing can be sent.",               \
	  "sock_alloc_send_pskb()")                                                                \
	X(UDP_SHUTDOWN, "udp.shutdown",                                                            \
	  "shutdown() of a UDP socket without a peer is refused, and takes effect all the "        \
	  "same.",                                                                                 \
	  "inet_shutdown()")                                                                       \
	X(UDP_TUPLE, "udp.lookup.tuple",                                                           \
	  "A datagram goes to the socket that is connected to its sender, to the latest of "       \
	  "several.",                                                                              \
	  "udp4_lib_lookup4(), udp6_lib_lookup4(), 78c91ae2c6de")                                  \
	X(UDP_MARTIAN, "udp.martian",                                                              \
	  "IPv4 takes nothing by a wire that says it comes from an address of this host.",         \
	  "fib_validate_source()")                                                                 \
	X(UDP_EARLY, "udp.lookup.early",                                                           \
	  "What comes by a wire goes to the first socket on the address if it is connected "       \
	  "to the sender.",                                                                        \
	  "udp_v4_early_demux(), udp_v6_early_demux()")                                            \
	X(UDP_EXACT, "udp.lookup.exact",                                                           \
	  "A UDP socket on the very address is found before one on the wildcard.",                 \
	  "__udp4_lib_lookup(), __udp6_lib_lookup()")                                              \
	X(UDP_NEWEST, "udp.lookup.newest",                                                         \
	  "Of UDP sockets that fit alike the first in the list gets the datagram: the one "        \
	  "that was bound, or moved to the address, last.",                                        \
	  "udp4_lib_lookup2(), udp6_lib_lookup2()")                                                \
	X(UDP_SCORE_CONNECTED, "udp.score.connected",                                              \
	  "A socket that is connected to the sender fits better than others.",                     \
	  "compute_score() in net/ipv4/udp.c and net/ipv6/udp.c")                                  \
	X(UDP_SCORE_DEVICE, "udp.score.device",                                                    \
	  "A socket that is bound to the device fits better than one without a device.",           \
	  "compute_score() in net/ipv4/udp.c and net/ipv6/udp.c")                                  \
	X(UDP_SCORE_FAMILY, "udp.score.family",                                                    \
	  "For IPv4 a socket of IPv4 fits better than one of IPv6.",                               \
	  "compute_score() in net/ipv4/udp.c")                                                     \
	X(UDP_SCORE_CPU, "udp.score.cpu",                                                          \
	  "A socket whose SO_INCOMING_CPU is this CPU, by option or by what it received "          \
	  "last, fits better.",                                                                    \
	  "compute_score(), sk_incoming_cpu_update()")                                             \
	X(UDP_PEER_ONLY, "udp.peer-only", "A connected socket gets what its peer sends only.",     \
	  "compute_score(), __udp_is_mcast_sock(), udp(7)")                                        \
	X(UDP_DEVICE, "udp.device",                                                                \
	  "A socket bound to a device gets what comes in by it only; what this host sends to "     \
	  "itself comes in by the device that has the address.",                                   \
	  "udp_sk_bound_dev_eq(), inet_iif()")                                                     \
	X(UDP_GROUP_SCORES, "udp.group.scores",                                                    \
	  "Once a member of a group has connected, the group's pick ends the look-up no "          \
	  "more: sockets behind it that fit better win.",                                          \
	  "udp4_lib_lookup2(), reuseport_has_conns(), acdcecc61285")                               \
	X(UDP_DEAF, "udp.deaf",                                                                    \
	  "A filter that drops the datagram drops it silently: nobody else gets it.",              \
	  "udp_queue_rcv_one_skb()")                                                               \
	X(UDP_UNREACHABLE, "udp.unreachable",                                                      \
	  "If nobody is on the port, the sender is told if it is connected, or wants to be "       \
	  "told by IP_RECVERR.",                                                                   \
	  "__udp4_lib_err(), __udp6_lib_err(), udp(7)")                                            \
	X(MCAST_COPIES, "multicast.copies",                                                        \
	  "Multicast and broadcast go to every socket that matches, not to one of them.",          \
	  "__udp4_lib_mcast_deliver(), __udp6_lib_mcast_deliver()")                                \
	X(MCAST_JOINED, "multicast.joined",                                                        \
	  "A host takes the packets of a group on an interface that some socket has joined "       \
	  "it on.",                                                                                \
	  "ip_check_mc_rcu(), ipv6_chk_mcast_addr(), ip(7)")                                       \
	X(MCAST_ALL, "multicast.all",                                                              \
	  "A socket gets the packets of groups that others joined, unless IP_MULTICAST_ALL "       \
	  "is 0.",                                                                                 \
	  "ip_mc_sf_allow(), inet6_mc_check(), ip(7)")                                             \
	X(MCAST_LOOP, "multicast.loop",                                                            \
	  "IP_MULTICAST_LOOP of the sender says whether its own host gets what it sends to a "     \
	  "group by a wire.",                                                                      \
	  "sk_mc_loop(), ip(7)")                                                                   \
	X(MCAST_TTL, "multicast.ttl",                                                              \
	  "Multicast that is sent with no hop at all stays on the host if the host is in the "     \
	  "group, for IPv6 if it gets a copy; else it goes out by the wire.",                      \
	  "ip_mc_output(), __mkroute_output(), ip6_finish_output2()")                              \
	X(MCAST_SCOPE, "multicast.scope",                                                          \
	  "An IPv6 group of interface-local scope is for the own host only, and one of scope "     \
	  "0 for nobody.",                                                                         \
	  "ip6_finish_output2(), ip6_rcv_core(), RFC 4291 (2.7)")                                  \
	X(MCAST_IF, "multicast.if",                                                                \
	  "IP_MULTICAST_IF names the interface for groups if the socket is not bound to a "        \
	  "device.",                                                                               \
	  "udp_sendmsg(), udpv6_sendmsg(), ip(7)")                                                 \
	X(MCAST_TWICE, "multicast.join.twice",                                                     \
	  "A socket can join a group on an interface only once.",                                  \
	  "ip_mc_join_group(), ipv6_sock_mc_join()")                                               \
	X(MCAST_SOURCE, "multicast.source",                                                        \
	  "A membership in a group may be for some sources only, or for all but some: the "        \
	  "socket gets what those send, and the host if one of its members wants it.",             \
	  "ip_mc_sf_allow(), inet6_mc_check(), ip_check_mc_rcu(), ip(7)")                          \
	X(MCAST_SOURCE_MODE, "multicast.source.mode",                                              \
	  "Blocking a source takes a membership, and one that has had a source listed stays "      \
	  "what it is: for those listed, or for all but those.",                                   \
	  "ip_mc_source(), ip6_mc_source()")                                                       \
	X(MCAST_SOURCE_TWICE, "multicast.source.twice",                                            \
	  "A source is listed once, and only one that is listed can be removed.",                  \
	  "ip_mc_source(), ip6_mc_source()")                                                       \
	X(MCAST_SOURCE_LIMIT, "multicast.source.limit",                                            \
	  "A membership of IPv4 lists at most 10 sources.", "ip_mc_source(), igmp_max_msf")        \
	X(MCAST_NONE, "multicast.leave.none", "A group that was not joined cannot be left.",       \
	  "ip_mc_leave_group(), ipv6_sock_mc_drop()")                                              \
	X(MCAST_DEVICE, "multicast.join.device",                                                   \
	  "Joining a group takes an interface: the one named, or that of the route to it.",        \
	  "ip_mc_find_dev(), ipv6_sock_mc_join()")                                                 \
	X(MCAST_ADDRESS, "multicast.join.address", "What is no group cannot be joined.",           \
	  "ip_mc_join_group(), ipv6_sock_mc_join()")                                               \
	X(MCAST_LIMIT, "multicast.join.limit", "An IPv4 socket joins at most 20 groups.",          \
	  "ip_mc_join_group(), igmp_max_memberships")

#endif

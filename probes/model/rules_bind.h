/* SPDX-License-Identifier: MIT */
/* Which rules decide in bind.c? See rules.h. */
#ifndef FT_MODEL_RULES_BIND_H
#define FT_MODEL_RULES_BIND_H

#define FT_RULES_BIND(X)                                                                           \
	X(BIND_DEVICE, "bind.device",                                                              \
	  "Sockets bound to different devices never conflict; one without a device meets all.",    \
	  "inet_bind_conflict(), udp_lib_lport_inuse()")                                           \
	X(BIND_ADDRESS, "bind.address",                                                            \
	  "Two sockets conflict only if the sets of addresses that they cover meet.",              \
	  "inet_rcv_saddr_equal(), inet_bhash2_addr_any_conflict()")                               \
	X(BIND_V6ONLY, "bind.v6only",                                                              \
	  "[::] covers all IPv4 addresses too, unless the socket is v6only.",                      \
	  "ipv6_rcv_saddr_equal(), RFC 3493 section 5.3")                                          \
	X(TCP_REUSEADDR, "tcp.reuseaddr",                                                          \
	  "A TCP port is shared if both sockets have SO_REUSEADDR now and the owner does not "     \
	  "listen.",                                                                               \
	  "inet_bind_conflict(), socket(7)")                                                       \
	X(TCP_REUSEADDR_LISTEN, "tcp.reuseaddr.listen",                                            \
	  "SO_REUSEADDR does not share with an owner that listens.", "inet_bind_conflict()")       \
	X(TCP_REUSEPORT, "tcp.reuseport",                                                          \
	  "A TCP port is shared if both sockets have SO_REUSEPORT now.",                           \
	  "inet_bind_conflict(), socket(7)")                                                       \
	X(TCP_REUSEPORT_UID, "tcp.reuseport.uid",                                                  \
	  "SO_REUSEPORT shares only between sockets of one user, root being no exception.",        \
	  "inet_bind_conflict(), sk_uid()")                                                        \
	X(TCP_REUSEPORT_TW, "tcp.reuseport.time-wait",                                             \
	  "For SO_REUSEPORT the user of a TIME_WAIT does not count.", "inet_bind_conflict()")      \
	X(TCP_REUSEPORT_GROUP, "tcp.reuseport.own-group",                                          \
	  "A socket that already has a reuseport group of its own cannot join another one.",       \
	  "inet_csk_bind_conflict(), sk_reuseport_match()")                                        \
	X(TCP_PLAIN, "tcp.plain",                                                                  \
	  "Without a flag that both share, two sockets on meeting addresses conflict.",            \
	  "inet_csk_bind_conflict(), bind(2)")                                                     \
	X(TCP_RECORD, "tcp.record",                                                                \
	  "A port whose reuseport record leads to the newcomer's address and user is granted "     \
	  "without a look at its owners.",                                                         \
	  "sk_reuseport_match(), 637bc8bbe6c0")                                                    \
	X(TCP_RECORD_CLEARED, "tcp.record.cleared",                                                \
	  "Every successful bind() or listen() without SO_REUSEPORT empties the port's reuseport " \
	  "record.",                                                                               \
	  "inet_csk_update_fastreuse()")                                                           \
	X(TCP_RECORD_KEPT, "tcp.record.kept",                                                      \
	  "The reuseport record stays until the port has no owner, whoever left it.",              \
	  "inet_csk_update_fastreuse(), inet_bind_bucket_destroy()")                               \
	X(TCP_FAST_REUSE, "tcp.fast-reuse",                                                        \
	  "A port whose owners all had SO_REUSEADDR when they were bound is granted to another "   \
	  "such socket without a look at their flags (before 6.8).",                               \
	  "inet_csk_get_port(), 8002d44fe84d")                                                     \
	X(TCP_LISTEN_AGAIN, "tcp.listen.check",                                                    \
	  "listen() checks the port again, with the flags of that moment.",                        \
	  "inet_csk_listen_start()")                                                               \
	X(TCP_ANY_PORT, "tcp.port-0",                                                              \
	  "bind() to port 0 never shares a port with a socket on a meeting address, whatever the " \
	  "flags.",                                                                                \
	  "inet_csk_find_open_port(), aacd9289af8b")                                               \
	X(TCP_ANY_PORT_PARITY, "tcp.port-0.parity",                                                \
	  "bind() to port 0 tries the odd offsets of the range first.",                            \
	  "inet_csk_find_open_port(), ea8add2b1903")                                               \
	X(TCP_ANY_PORT_HALF, "tcp.port-0.half",                                                    \
	  "With SO_REUSEADDR, bind() to port 0 tries the lower half of the range first.",          \
	  "inet_csk_find_open_port()")                                                             \
	X(TCP_AUTOBIND_REUSE, "tcp.autobind-reuse",                                                \
	  "With ip_autobind_reuse=1 a second pass lets bind() to port 0 share between sockets "    \
	  "that all have SO_REUSEADDR and none listens.",                                          \
	  "inet_csk_find_open_port(), 4b01a9674231")                                               \
	X(TCP_AUTOBIND_UID, "tcp.autobind-reuse.user",                                             \
	  "... but not between two sockets of one user that have SO_REUSEPORT as well.",           \
	  "inet_bind_conflict(), 335759211a32")                                                    \
	X(PORT_RESERVED, "port.reserved",                                                          \
	  "ip_local_reserved_ports keeps ports from the kernel's own choice only.",                \
	  "inet_is_local_reserved_port(), ip-sysctl")                                              \
	X(PORT_RANGE, "port.range",                                                                \
	  "IP_LOCAL_PORT_RANGE narrows the range of the kernel's choice; a bound outside of the "  \
	  "namespace's range does not count.",                                                     \
	  "inet_sk_get_local_port_range(), 91d0b78c5177, ip(7)")                                   \
	X(BIND_NO_PORT, "bind.no-port",                                                            \
	  "With IP_BIND_ADDRESS_NO_PORT, bind() to port 0 takes the address only.",                \
	  "__inet_bind(), 90c337da1524, ip(7)")                                                    \
	X(BIND_LOCAL, "bind.address.local",                                                        \
	  "An address that is none of this host's cannot be bound, unless freebind, transparent "  \
	  "or ip_nonlocal_bind say so.",                                                           \
	  "inet_addr_valid_or_nonlocal(), __inet6_bind(), ip(7)")                                  \
	X(BIND_LOCAL_DEVICE, "bind.address.device",                                                \
	  "An IPv6 socket that is bound to a device cannot have ::1 or a link-local address of "   \
	  "another device.",                                                                       \
	  "__inet6_bind(), ipv6_chk_addr()")                                                       \
	X(BIND_PRIVILEGE, "bind.privilege",                                                        \
	  "A port below ip_unprivileged_port_start takes CAP_NET_BIND_SERVICE; this is asked "     \
	  "before any conflict.",                                                                  \
	  "__inet_bind(), 4548b683b781")                                                           \
	X(BIND_TWICE, "bind.twice", "A socket that holds a port cannot be bound again.",           \
	  "__inet_bind(), __inet6_bind(), bind(2)")                                                \
	X(BIND_FAMILY, "bind.family", "The address must be of the socket's family.",               \
	  "__inet_bind(), inet6_bind_sk()")                                                        \
	X(BIND_MAPPED_V6ONLY, "bind.mapped-v6only", "A v6only socket has no v4-mapped address.",   \
	  "__inet6_bind()")                                                                        \
	X(BIND_MULTICAST6, "bind.multicast6",                                                      \
	  "A TCP socket of IPv6 cannot be bound to a multicast address; one of IPv4 can.",         \
	  "__inet6_bind()")                                                                        \
	X(BIND_SCOPE, "bind.scope", "A link-local address needs an interface.", "__inet6_bind()")  \
	X(LISTEN_STATE, "listen.state",                                                            \
	  "Only a TCP socket that is neither connected nor connecting can listen.",                \
	  "__inet_listen_sk(), listen(2)")                                                         \
	X(BUCKET_REOPENS, "bucket.reopens",                                                        \
	  "When the last owner leaves that was bound explicitly, the port is open to connect() "   \
	  "again although connections hold it (6.18).",                                            \
	  "inet_bind_bucket_destroy(), d57f4b874946")                                              \
	X(BUCKET_ADDRESS, "bucket.reopens.address",                                                \
	  "... or although an explicit owner does, if it came, or its connect() moved it from "    \
	  "the wildcard, to an address where only connect() had given the port out.",              \
	  "__inet_bhash2_update_saddr(), __inet_inherit_port(), inet_bind2_bucket_destroy()")

#endif

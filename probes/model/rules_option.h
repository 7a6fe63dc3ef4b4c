/* SPDX-License-Identifier: MIT */
/* Which rules decide about options and the scene? See rules.h. */
#ifndef FT_MODEL_RULES_OPTION_H
#define FT_MODEL_RULES_OPTION_H

#define FT_RULES_OPTION(X)                                                                        \
	X(OPTION_LEVEL, "option.level",                                                           \
	  "A socket has the options of its own protocols: an IPv4 socket none of IPPROTO_IPV6, "  \
	  "a stream none of IPPROTO_UDP, a datagram socket none of IPPROTO_TCP.",                 \
	  "ip_setsockopt(), ipv6_setsockopt(), tcp_setsockopt(), udp_setsockopt()")               \
	X(OPTION_LENGTH, "option.length", "A value that is too short for the option is refused.", \
	  "sk_setsockopt(), do_ipv6_setsockopt(), do_tcp_setsockopt(), setsockopt(2)")            \
	X(OPTION_RANGE, "option.range", "A value outside of the option's range is refused.",      \
	  "sk_setsockopt(), do_ip_setsockopt(), do_ipv6_setsockopt(), do_tcp_setsockopt()")       \
	X(OPTION_DOMAIN, "option.time", "A time-out's microseconds must be less than a second.",  \
	  "sock_set_timeout()")                                                                   \
	X(OPTION_PROTOCOL, "option.protocol",                                                     \
	  "Some options of SOL_SOCKET are for other kinds of sockets.", "sk_setsockopt()")        \
	X(OPTION_STREAM, "option.stream",                                                         \
	  "A stream has no multicast interface, TTL or membership.",                              \
	  "do_ip_setsockopt(), do_ipv6_setsockopt()")                                             \
	X(OPTION_STATE, "option.state",                                                           \
	  "What decides how a connection is made cannot be set once it is there.",                \
	  "do_tcp_setsockopt(), tcp_set_window_clamp()")                                          \
	X(OPTION_ROUTED, "option.mtu", "The path MTU can be read of a socket that is connected.", \
	  "do_ip_getsockopt(), do_ipv6_getsockopt(), ip(7)")                                      \
	X(OPTION_ADDRFORM, "option.addrform",                                                     \
	  "Only a socket connected to a v4-mapped address can become an IPv4 socket.",            \
	  "do_ipv6_setsockopt(), ipv6(7)")                                                        \
	X(OPTION_FASTOPEN, "option.fastopen",                                                     \
	  "TCP_FASTOPEN_CONNECT takes the client bit of tcp_fastopen.", "do_tcp_setsockopt()")    \
	X(OPTION_REPAIR, "option.repair", "What TCP_REPAIR is for can only be set under it.",     \
	  "do_tcp_setsockopt()")                                                                  \
	X(OPTION_MPTCP, "option.mptcp",                                                           \
	  "MPTCP has a list of the options that it knows; some it only takes before a "           \
	  "connection.",                                                                          \
	  "mptcp_setsockopt(), mptcp_getsockopt(), __mptcp_nmpc_sk()")                            \
	X(MPTCP_OWNER, "mptcp.owner",                                                             \
	  "The subflow of an MPTCP socket, which holds the port, keeps the owner that the "       \
	  "socket had when it was made: fchown() comes too late then.",                           \
	  "mptcp_sock_graft(), sockfs_setattr()")                                                 \
	X(MPTCP_FIRST, "mptcp.first",                                                             \
	  "bind() and MSG_FASTOPEN of an MPTCP socket that is connected or connecting are "       \
	  "refused before anything else is looked at.",                                           \
	  "mptcp_bind(), mptcp_sendmsg_fastopen(), __mptcp_nmpc_sk()")                            \
	X(OPTION_V6ONLY_BOUND, "option.v6only.bound",                                             \
	  "IPV6_V6ONLY cannot be changed while the socket holds a port.",                         \
	  "do_ipv6_setsockopt(), ipv6(7)")                                                        \
	X(OPTION_DEVICE, "option.device", "The device must exist.",                               \
	  "sock_setbindtodevice(), do_ip_setsockopt(), do_ipv6_setsockopt()")                     \
	X(OPTION_DEVICE_USER, "option.device.user",                                               \
	  "Without CAP_NET_RAW a socket may be bound to a device once, and not to another one "   \
	  "then.",                                                                                \
	  "sock_bindtoindex_locked(), c427bfec18f2")                                              \
	X(OPTION_DEVICE_GROUP, "option.device.group",                                             \
	  "A UDP socket leaves its reuseport group when its device is set.",                      \
	  "sock_bindtoindex_locked(), udp_lib_rehash()")                                          \
	X(OPTION_LOCKED, "option.lock-filter", "A locked socket filter stays locked.",            \
	  "sk_setsockopt(), socket(7)")                                                           \
	X(OPTION_MINTTL, "option.minttl",                                                         \
	  "A TCP socket drops segments whose TTL is below its IP_MINTTL or IPV6_MINHOPCOUNT.",    \
	  "tcp_v4_rcv(), tcp_v6_rcv(), RFC 5082")                                                 \
	X(OPTION_FILTER, "option.filter",                                                         \
	  "A TCP socket takes a socket filter from an administrator only.", "sk_setsockopt()")    \
	X(OPTION_PRIVILEGE, "option.privilege",                                                   \
	  "Transparent, mark, a priority above 6 and repair take a capability in the namespace.", \
	  "sk_setsockopt(), do_ip_setsockopt(), tcp_can_repair_sock(), socket(7), ip(7)")         \
	X(OPTION_CAPABLE, "option.capability",                                                    \
	  "Debug, busy polling and forced buffers take a capability of the whole machine, which " \
	  "a namespace does not give.",                                                           \
	  "sk_setsockopt(), sockopt_capable()")                                                   \
	X(SCENE_SYSCTL, "sysctl.range", "A sysctl takes the values of its range.",                \
	  "proc_dointvec_minmax(), proc_dou8vec_minmax(), ipv4_local_port_range(), "              \
	  "ipv4_privileged_ports(), proc_do_large_bitmap(), ip-sysctl")                           \
	X(SCENE_DEVICE, "scene.device",                                                           \
	  "An address goes to a device that is there; a device's name is taken once.",            \
	  "inet_rtm_newaddr(), inet6_rtm_newaddr(), rtnl_newlink()")

#endif

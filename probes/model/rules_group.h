/* SPDX-License-Identifier: MIT */
/* Which rules decide in group.c and steer.c? See rules.h. */
#ifndef FT_MODEL_RULES_GROUP_H
#define FT_MODEL_RULES_GROUP_H

#define FT_RULES_GROUP(X)                                                                        \
	X(GROUP_JOIN, "group.join",                                                              \
	  "A socket with SO_REUSEPORT joins, at listen() (TCP) or bind() (UDP), the group of "   \
	  "a socket that has it too.",                                                           \
	  "inet_reuseport_add_sock(), udp_reuseport_add_sock()")                                 \
	X(GROUP_ADDRESS, "group.address",                                                        \
	  "Members of a group have one family, one address and the same v6only; wildcards do "   \
	  "not match others.",                                                                   \
	  "inet_rcv_saddr_equal(), inet_reuseport_add_sock()")                                   \
	X(GROUP_DEVICE, "group.device",                                                          \
	  "Members of a group have the same device, or none, when they join.",                   \
	  "inet_reuseport_add_sock(), udp_reuseport_add_sock()")                                 \
	X(GROUP_USER, "group.user", "Members of a group belong to one user.",                    \
	  "inet_reuseport_add_sock(), udp_reuseport_add_sock()")                                 \
	X(GROUP_FLAG, "group.flag",                                                              \
	  "A member that is found first gets the packet itself if its SO_REUSEPORT is off "      \
	  "now.",                                                                                \
	  "inet_lookup_reuseport()")                                                             \
	X(GROUP_HASH, "group.hash",                                                              \
	  "The hash of the 4-tuple picks a member of the group; the same 4-tuple always "        \
	  "picks the same one.",                                                                 \
	  "reuseport_select_sock(), socket(7)")                                                  \
	X(GROUP_CONNECTED, "group.connected",                                                    \
	  "The hash passes over members that are connected (UDP).",                              \
	  "reuseport_select_sock_by_hash(), acdcecc61285")                                       \
	X(GROUP_CPU, "group.cpu",                                                                \
	  "If a member has SO_INCOMING_CPU set, the first one from the hash's place on that "    \
	  "is set to this CPU gets the packet (6.2).",                                           \
	  "reuseport_select_sock_by_hash(), b261eda84ec1")                                       \
	X(GROUP_PROGRAM, "group.program",                                                        \
	  "The program attached to a group picks the member by its index: members are "          \
	  "numbered in the order in which they joined.",                                         \
	  "run_bpf_filter(), socket(7)")                                                         \
	X(GROUP_RANGE, "group.program.range",                                                    \
	  "An index that no member has means the hash; nothing is dropped.",                     \
	  "reuseport_select_sock()")                                                             \
	X(GROUP_COMPACT, "group.compact", "When a member leaves, the last one takes its index.", \
	  "__reuseport_detach_sock()")                                                           \
	X(GROUP_STAYS, "group.program.stays",                                                    \
	  "The program belongs to the group and outlives the socket that attached it.",          \
	  "reuseport_detach_sock()")                                                             \
	X(GROUP_SHUT, "group.shut",                                                              \
	  "With tcp_migrate_req a listener that is shut down stays in its group, aside, and "    \
	  "comes back with its next listen().",                                                  \
	  "reuseport_stop_listen_sock(), reuseport_resurrect(), 333bb73f620e")                   \
	X(GROUP_MIGRATE, "group.migrate",                                                        \
	  "With tcp_migrate_req the connections in the queue of a listener that goes move to "   \
	  "the member that the hash picks.",                                                     \
	  "reuseport_migrate_sock(), f9ac779f881c")                                              \
	X(STEER_FLAG, "steer.reuseport", "A program can be attached only with SO_REUSEPORT on.", \
	  "reuseport_attach_prog()")                                                             \
	X(STEER_GROUP, "steer.group",                                                            \
	  "A socket that is bound (UDP) or listens or is connected (TCP) takes a program "       \
	  "only if it has a group.",                                                             \
	  "reuseport_attach_prog()")                                                             \
	X(STEER_LOCKED, "steer.locked", "With SO_LOCK_FILTER no program can be attached.",       \
	  "__get_filter(), socket(7)")                                                           \
	X(STEER_NONE, "steer.none",                                                              \
	  "Where no program is attached, none can be detached: ENOENT with SO_REUSEPORT, "       \
	  "else EINVAL.",                                                                        \
	  "reuseport_detach_prog(), 99f3a064bc2e")                                               \
	X(STEER_MPTCP, "steer.mptcp", "MPTCP has no programs for groups.",                       \
	  "mptcp_setsockopt_sol_socket()")                                                       \
	X(CPU, "cpu", "Packets over lo and veth are handled on the CPU that sent them.",         \
	  "netif_rx(), loopback_xmit()")

#endif

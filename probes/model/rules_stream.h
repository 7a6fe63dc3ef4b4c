/* SPDX-License-Identifier: MIT */
/* Which rules decide in the files that stream.h names, and in stream_calls.c? See rules.h. */
#ifndef FT_MODEL_RULES_STREAM_H
#define FT_MODEL_RULES_STREAM_H

#define FT_RULES_STREAM(X)                                                                      \
	X(LOOKUP_EXACT, "lookup.exact",                                                         \
	  "A listener on the very address is preferred to one on the wildcard, whatever "       \
	  "else they have.",                                                                    \
	  "__inet_lookup_listener(), inet6_lookup_listener(), d9fbc7f6431f")                    \
	X(LOOKUP_V6ONLY, "lookup.v6only", "A v6only listener gets no connection by IPv4.",      \
	  "compute_score(), RFC 3493 section 5.3")                                              \
	X(LOOKUP_DEVICE, "lookup.device",                                                       \
	  "A listener bound to a device gets only what goes to an address of that device, "     \
	  "also by loopback.",                                                                  \
	  "inet_sk_bound_dev_eq(), inet_iif(), socket(7)")                                      \
	X(LOOKUP_DEVICE_SCORE, "lookup.score.device",                                           \
	  "Of two listeners on one address the one that is bound to the device is "             \
	  "preferred.",                                                                         \
	  "compute_score()")                                                                    \
	X(LOOKUP_FAMILY_SCORE, "lookup.score.family",                                           \
	  "For IPv4 an IPv4 listener is preferred to one of IPv6.", "compute_score()")          \
	X(LOOKUP_CPU_SCORE, "lookup.score.cpu",                                                 \
	  "A listener whose SO_INCOMING_CPU is the present CPU is preferred.",                  \
	  "compute_score(), 70da268b569d")                                                      \
	X(LOOKUP_NEWEST, "lookup.newest",                                                       \
	  "Of listeners that score alike the newest is found first.", "__inet_hash()")          \
	X(LOOKUP_TAIL, "lookup.tail",                                                           \
	  "IPv6 listeners with SO_REUSEPORT are found last, and the oldest of them first.",     \
	  "__inet_hash()")                                                                      \
	X(LOOKUP_GROUP, "lookup.group",                                                         \
	  "A listener with SO_REUSEPORT that is found ends the search: its group gets the "     \
	  "connection, scores of later ones do not count.",                                     \
	  "inet_lhash2_lookup(), inet6_lhash2_lookup()")                                        \
	X(REFUSED, "stream.refused", "A SYN that nobody listens for is answered by a reset.",   \
	  "tcp_v4_rcv(), RFC 9293 section 3.10.7.1")                                            \
	X(DEAF, "stream.deaf",                                                                  \
	  "A socket filter that drops everything keeps segments from its socket and, on a "     \
	  "listener, from its requests; a timewait object has no filter.",                      \
	  "tcp_filter(), socket(7) SO_ATTACH_FILTER")                                           \
	X(SIMULTANEOUS, "stream.simultaneous",                                                  \
	  "Two SYNs that cross make one connection, without a listener; so does a SYN to "      \
	  "oneself.",                                                                           \
	  "tcp_rcv_synsent_state_process(), RFC 9293 section 3.5")                              \
	X(SYN_AGAIN, "stream.syn.again",                                                        \
	  "A SYN that meets the other half of an older connection is answered by an "           \
	  "acknowledgement; the reset of that half clears the way, and the SYN is sent "        \
	  "again after a few milliseconds.",                                                    \
	  "tcp_rcv_synsent_state_process(), RFC 5961 section 4")                                \
	X(SYN_WINDOW, "stream.syn.window",                                                      \
	  "A SYN that meets a request, or FIN_WAIT2 of a closed socket, is answered by a "      \
	  "reset if it comes within some four milliseconds after the SYN of the older "         \
	  "connection, later by an acknowledgement.",                                           \
	  "tcp_check_req(), tcp_timewait_state_process(), secure_tcp_seq()")                    \
	X(SYN_COOKIE, "stream.syn.cookie",                                                      \
	  "When more requests wait than the backlog has room for, a SYN is answered by a "      \
	  "cookie and not remembered.",                                                         \
	  "tcp_conn_request(), ip-sysctl tcp_syncookies")                                       \
	X(QUEUE_FULL, "queue.full",                                                             \
	  "A listener's queue takes one connection more than its backlog; then SYNs are "       \
	  "dropped.",                                                                           \
	  "sk_acceptq_is_full(), listen(2)")                                                    \
	X(SOMAXCONN, "queue.somaxconn", "A backlog is at most somaxconn.",                      \
	  "__inet_listen_sk(), listen(2)")                                                      \
	X(OVERFLOW_ABORT, "queue.overflow",                                                     \
	  "With tcp_abort_on_overflow a client whose connection finds the queue full is "       \
	  "reset; else it believes to be connected, and the handshake goes on later.",          \
	  "tcp_check_req(), ip-sysctl")                                                         \
	X(DEFER_ACCEPT, "defer-accept",                                                         \
	  "With TCP_DEFER_ACCEPT a connection without data stays a request, until the "         \
	  "time is over.",                                                                      \
	  "tcp_check_req(), tcp(7)")                                                            \
	X(DEFER_CLIENT, "defer-accept.client",                                                  \
	  "A client with TCP_DEFER_ACCEPT, or with TCP_QUICKACK off, delays the "               \
	  "acknowledgement that ends the handshake.",                                           \
	  "tcp_rcv_synsent_state_process()")                                                    \
	X(FASTOPEN_SERVER, "fastopen.server",                                                   \
	  "A listener with TCP_FASTOPEN, and bit 1 of tcp_fastopen, gives cookies, and "        \
	  "takes data that comes with one in the SYN: the connection is in its queue at "       \
	  "once.",                                                                              \
	  "tcp_try_fastopen(), RFC 7413, ip-sysctl")                                            \
	X(FASTOPEN_COOKIE, "fastopen.cookie",                                                   \
	  "A host keeps cookies by the two addresses, also those of earlier cases.",            \
	  "tcp_fastopen_cookie_check(), tcp_fastopen_cache_get()")                              \
	X(QUEUE_RESET, "queue.reset",                                                           \
	  "A listener that goes resets the connections in its queue, unless they migrate.",     \
	  "inet_csk_listen_stop()")                                                             \
	X(MPTCP_QUEUE, "mptcp.queue",                                                           \
	  "An MPTCP listener that goes resets the MPTCP connections in its queue, also those "  \
	  "that migrate: their heir accepts a TCP socket that has no other end.",               \
	  "mptcp_subflow_queue_clean()")                                                        \
	X(MPTCP_FIN, "mptcp.fin",                                                               \
	  "An MPTCP connection is closed by a DATA_FIN: its subflow stays ESTABLISHED until "   \
	  "both sides have sent one.",                                                          \
	  "__mptcp_wr_shutdown(), RFC 8684 section 3.3.3")                                      \
	X(MPTCP_HOLD, "mptcp.hold",                                                             \
	  "MPTCP that has fallen back keeps its subflow when it is closed: FIN_WAIT2 is no "    \
	  "TIME_WAIT, and data that comes is taken. With unread data it closes it, by a FIN.",  \
	  "__mptcp_close(), __mptcp_close_ssk()")                                               \
	X(MPTCP_DONE, "mptcp.done",                                                             \
	  "An MPTCP socket whose subflow was reset or refused, and that knew no MPTCP peer "    \
	  "yet, is not connected; its end was not reached.",                                    \
	  "mptcp_recvmsg(), mptcp_check_fastclose()")                                           \
	X(MPTCP_FASTOPEN, "mptcp.fastopen",                                                     \
	  "A MSG_FASTOPEN that is refused dissolves an MPTCP socket, whatever it was: a "       \
	  "listener listens no more, and its queue is reset.",                                  \
	  "mptcp_sendmsg_fastopen(), mptcp_disconnect()")                                       \
	X(MPTCP_CROSS, "mptcp.cross",                                                           \
	  "An MPTCP socket that answers a SYN which crosses its own falls back, and is never "  \
	  "told that its subflow is connected.",                                                \
	  "mptcp_syn_options(), 71154bbe4942")                                                  \
	X(CHILD_FLAGS, "child.flags",                                                           \
	  "An accepted socket has the listener's SO_REUSEADDR and SO_REUSEPORT of the "         \
	  "moment in which the connection came up.",                                            \
	  "inet_csk_clone_lock(), sk_clone_lock()")                                             \
	X(CHILD_ADDRESS, "child.address",                                                       \
	  "An accepted socket has its concrete address, also where the listener has the "       \
	  "wildcard.",                                                                          \
	  "tcp_v4_syn_recv_sock(), tcp_v6_syn_recv_sock()")                                     \
	X(CHILD_USER, "child.user",                                                             \
	  "An accepted socket belongs to the user who accepts it; until then to the "           \
	  "listener's.",                                                                        \
	  "sock_graft(), accept(2)")                                                            \
	X(SHUT_EARLY, "stream.shut-early",                                                      \
	  "A socket that was shut down for writing before it was connected sends its FIN "      \
	  "when the connection comes up, if it did not ask for it itself.",                     \
	  "tcp_rcv_state_process()")                                                            \
	X(CLOSE_UNREAD, "close.unread",                                                         \
	  "close() with data that was not read resets the connection.",                         \
	  "__tcp_close(), RFC 2525 section 2.17")                                               \
	X(LINGER_0, "close.linger-0",                                                           \
	  "close() with a linger of 0 seconds resets the connection and leaves no "             \
	  "TIME_WAIT.",                                                                         \
	  "__tcp_close(), socket(7) SO_LINGER")                                                 \
	X(LINGER2, "close.linger2",                                                             \
	  "With TCP_LINGER2 below 0 a closed socket does not wait in FIN_WAIT2: it "            \
	  "resets.",                                                                            \
	  "__tcp_close(), tcp(7)")                                                              \
	X(TIME_WAIT, "time-wait",                                                               \
	  "The side that closes first keeps its 4-tuple and its share of the port in "          \
	  "TIME_WAIT, with the flags that it had then.",                                        \
	  "tcp_time_wait(), RFC 9293 section 3.6")                                              \
	X(TW_LIMIT, "time-wait.limit",                                                          \
	  "There are at most tcp_max_tw_buckets of them: one more connection just ends.",       \
	  "tcp_time_wait(), ip-sysctl")                                                         \
	X(TW_SYN, "time-wait.syn",                                                              \
	  "A new SYN from the 4-tuple of a TIME_WAIT is taken, if somebody listens, and "       \
	  "ends it.",                                                                           \
	  "tcp_timewait_state_process(), RFC 9293 section 3.6.1")                               \
	X(DATA_TOO_LATE, "close.data", "Data that comes after close() is answered by a reset.", \
	  "tcp_rcv_state_process(), RFC 1122 section 4.2.2.13")                                 \
	X(NAGLE, "stream.nagle",                                                                \
	  "A second small segment waits until the first is acknowledged, unless "               \
	  "TCP_NODELAY is on.",                                                                 \
	  "tcp_nagle_check(), RFC 896")                                                         \
	X(CONGESTION, "stream.congestion",                                                      \
	  "After a segment was sent again for want of an answer nothing new is sent, not "      \
	  "even a FIN, until the answer comes.",                                                \
	  "tcp_enter_loss(), RFC 5681 section 3.1")                                             \
	X(CORK, "stream.cork",                                                                  \
	  "With TCP_CORK less than a full segment waits, for 200 ms at most.",                  \
	  "tcp_nagle_check(), tcp_check_probe_timer(), tcp(7)")                                 \
	X(ACCEPT_STATE, "accept.state", "Only a listening TCP socket accepts.",                 \
	  "inet_csk_accept(), accept(2)")                                                       \
	X(ERROR_ONCE, "stream.error-once",                                                      \
	  "What ended a connection is told once, by the first call that asks.",                 \
	  "sock_error(), sk_stream_error()")                                                    \
	X(SEND_EARLY, "send.early", "A connection that is not up takes no data yet.",           \
	  "sk_stream_wait_connect()")                                                           \
	X(SEND_SHUT, "send.shut",                                                               \
	  "Nothing can be sent on a socket that is shut down or not connected.",                \
	  "tcp_sendmsg_locked(), send(2)")                                                      \
	X(RECV_FIN, "recv.fin",                                                                 \
	  "After the other side's FIN all that remains to be read is the end.",                 \
	  "tcp_recvmsg_locked()")                                                               \
	X(RECV_SHUT, "recv.shut",                                                               \
	  "A socket that was shut down for reading has reached the end, unless something "      \
	  "came.",                                                                              \
	  "tcp_recvmsg_locked(), shutdown(2)")                                                  \
	X(RECV_STATE, "recv.state", "A socket that is not connected has nothing to read.",      \
	  "tcp_recvmsg_locked(), recv(2)")                                                      \
	X(SHUTDOWN_STATE, "shutdown.state",                                                     \
	  "Only a connected socket can be shut down; but the attempt is remembered.",           \
	  "inet_shutdown(), shutdown(2)")                                                       \
	X(SHUTDOWN_LISTENER, "shutdown.listener",                                               \
	  "A listener that is shut down for reading stops listening.", "inet_shutdown()")       \
	X(SHUTDOWN_WR_LISTENER, "shutdown.listener.wr", "... for writing only, it goes on.",    \
	  "inet_shutdown()")

#endif

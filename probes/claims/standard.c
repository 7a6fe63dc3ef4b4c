/* SPDX-License-Identifier: MIT */
/*
 * What do the standards say: POSIX (The Open Group Base Specifications, Issue 8), and the RFCs
 * where they speak of ports, of connections and of TIME-WAIT?
 */
#include "claims/claims.h"

#define EVEN_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40001; "
/* A connection from c at lo:q to s at lo:p. */
#define UP "l tcp4 bind lo:p listen; c tcp4 bind lo:q connect lo:p; l accept s; "

/* A case begins at the margin, as in a .cases file. */
/* clang-format off */
const struct ft_claim ft_claims_standard[] = {
	/* ---- POSIX ---- */
	{"posix-bind-bound",
	 "bind() of a socket that already has an address fails with EINVAL.",
	 "POSIX, bind(), ERRORS, EINVAL",
	 NULL,
	 {"a {tcp4,tcp6,udp4,udp6} bind lo:p bind lo:q => a.bind.2=EINVAL",
	  "a udp4 connect lo:p bind lo:q => a.bind=EINVAL"}},
	{"posix-bind-connected",
	 "bind() of a connected socket fails with EISCONN.",
	 "POSIX, bind(), ERRORS (may fail), EISCONN",
	 NULL,
	 {"l tcp4 bind lo:p listen; c tcp4 connect lo:p bind lo:q => c.bind=EISCONN",
	  "c udp4 connect lo:p bind lo:q => c.bind=EISCONN"}},
	{"posix-connect-unused",
	 "connect() binds a socket without an address to one that is not in use.",
	 "POSIX, connect(), DESCRIPTION",
	 "who uses it: another connect() of TCP shares its port, an explicit bind() does not",
	 {EVEN_PORT "l tcp4 bind any:q listen; x tcp4 bind 127.0.0.5:40000; a tcp4 connect lo:q "
	  "=> a.connect=EADDRNOTAVAIL",
	  EVEN_PORT "l tcp4 bind any:q listen; a tcp4 connect lo:q; b tcp4 connect lo2:q "
	  "=> b.connect=EADDRNOTAVAIL"}},
	{"posix-connect-in-use",
	 "To connect by addresses that a connection already uses fails with EADDRINUSE.",
	 "POSIX, connect(), ERRORS (may fail), EADDRINUSE",
	 NULL,
	 {"l {tcp4,tcp6} bind lo:q listen; a {1} reuseaddr bind lo:p; b {1} reuseaddr bind lo:p; "
	  "a connect lo:q; b connect lo:q => b.connect=EADDRINUSE"}},
	{"posix-connect-listening",
	 "connect() of a listening socket fails with EOPNOTSUPP.",
	 "POSIX, connect(), ERRORS (may fail), EOPNOTSUPP",
	 NULL,
	 {"l tcp4 bind lo:p listen; m tcp4 bind lo:q listen; l connect lo:q "
	  "=> l.connect=EOPNOTSUPP"}},
	{"posix-connect-twice",
	 "connect() fails with EISCONN while connected, with EALREADY while it is under way.",
	 "POSIX, connect(), ERRORS, EISCONN and EALREADY",
	 NULL,
	 {"l tcp4 bind lo:q listen; a tcp4 connect lo:q connect lo:q => a.connect.2=EISCONN",
	  "l tcp4 deaf bind lo:q listen; a tcp4 begin lo:q begin lo:q => a.begin.2=EALREADY"}},
	{"posix-connect-failed",
	 "After a failed connect() a socket is of no use: a new one must be made.",
	 "POSIX, connect(), APPLICATION USAGE; Stevens, UNIX Network Programming 1, 4.3",
	 NULL,
	 {"a {tcp4,tcp6} connect lo:r; m {1} bind lo:r listen; a connect lo:r "
	  "=> a.connect=ECONNREFUSED a.connect.2=EINVAL",
	  "a tcp4 bind lo:p connect lo:r; m tcp4 bind lo:r listen; a connect lo:r "
	  "=> a.connect.2=EINVAL"}},
	{"posix-listen-connected",
	 "listen() of a connected socket fails with EINVAL.",
	 "POSIX, listen(), ERRORS, EINVAL",
	 NULL,
	 {"l {tcp4,tcp6} bind lo:q listen; a {1} connect lo:q; a listen => a.listen=EINVAL"}},
	{"posix-listen-shut-down",
	 "listen() of a socket that was shut down fails with EINVAL.",
	 "POSIX, listen(), ERRORS (may fail), EINVAL",
	 NULL,
	 {"l tcp4 bind lo:p listen shutdown=rd listen; c tcp4 connect lo:p "
	  "=> l.listen.2=EINVAL c.connect=ECONNREFUSED",
	  "l tcp4 bind lo:p listen shutdown=rdwr listen => l.listen.2=EINVAL"}},
	{"posix-listen-zero",
	 "With a backlog of 0 a socket may still accept connections.",
	 "POSIX, listen(), DESCRIPTION",
	 NULL,
	 {"l tcp4 bind lo:p listen=0; c tcp4 connect lo:p; l accept s => c.connect=ok>l "
	  "l.accept=ok"}},
	{"posix-shutdown-unconnected",
	 "shutdown() of a socket that is not connected fails with ENOTCONN.",
	 "POSIX, shutdown(), ERRORS, ENOTCONN",
	 "the socket: a listener stops listening",
	 {"a tcp4 bind lo:p shutdown=rd => a.shutdown=ENOTCONN",
	  "l tcp4 bind lo:p listen shutdown=rd => l.shutdown=ENOTCONN"}},

	/* ---- TCP ---- */
	{"rfc793-many-connections",
	 "One local socket may be used in many connections, to different foreign sockets.",
	 "RFC 793, 1.5 and 2.7",
	 "SO_REUSEADDR or SO_REUSEPORT, for the one who dials; an accepting port needs neither",
	 {"l tcp4 bind lo:p listen; c tcp4 connect lo:p; d tcp4 connect lo:p "
	  "=> c.connect=ok>l d.connect=ok>l",
	  "l tcp4 bind any:q listen; a tcp4 {,reuseaddr,reuseport} bind lo:p connect lo:q; "
	  "b tcp4 {1} bind lo:p connect lo2:q => b.connect=ok>l"}},
	{"rfc793-pair",
	 "A pair of sockets is one connection: the same pair cannot be connected twice.",
	 "RFC 793, 1.5 and 2.7; RFC 9293, 4, connection",
	 "SO_BINDTODEVICE: a connection that is bound to a device does not stop one that is not",
	 {"l tcp4 bind lo:q listen; a tcp4 {reuseaddr,reuseport} bind lo:p connect lo:q; "
	  "b tcp4 {1} bind lo:p connect lo:q => b.connect=EADDRNOTAVAIL",
	  "l tcp4 bind lo:q listen; a tcp4 reuseaddr bindtodevice=lo bind lo:p connect lo:q; "
	  "b tcp4 reuseaddr bind lo:p begin lo:q => b.begin=EADDRNOTAVAIL"}},
	{"rfc9293-simultaneous",
	 "Two that dial each other at the same time get one connection, and need no listener.",
	 "RFC 9293, 3.5 (MUST-10)",
	 NULL,
	 {"l {tcp4,tcp6} deaf bind lo:q listen; a {1} bind lo:p begin lo:q; l close; "
	  "b {1} bind lo:q connect lo:p; a send; b recv => b.connect=ok>a b.recv=1"}},
	{"rfc9293-no-connection",
	 "A SYN to a port where nobody listens is answered by a reset.",
	 "RFC 9293, 3.5.2, group 1",
	 NULL,
	 {"c {tcp4,tcp6} connect lo:p => c.connect=ECONNREFUSED",
	  "a {tcp4,tcp6} bind lo:p; c {1} connect lo:p => c.connect=ECONNREFUSED"}},
	{"rfc9293-listen-beside-syn",
	 "One may listen on a port from which a connection is being opened.",
	 "RFC 9293, 3.9.1.1 (MUST-42); RFC 1122, 4.2.2.18",
	 "the flags: both sockets have SO_REUSEADDR, or both SO_REUSEPORT",
	 {"l tcp4 deaf bind lo:p listen; c tcp4 {,reuseaddr,reuseport} bind lo:q begin lo:p; "
	  "n tcp4 {1} bind lo:q listen => n.listen=ok"}},
	{"rfc9293-time-wait",
	 "Who closes actively lingers in TIME-WAIT, and the other end in no state at all.",
	 "RFC 9293, 3.6, figure 12, and 3.6.1 (MUST-13)",
	 NULL,
	 {UP "c close; s close; look lo:q => look=TIME_WAIT",
	  UP "s close; c close; look lo:q => look=none"}},
	{"rfc9293-time-wait-both",
	 "If both ends close at the same time, both end in TIME-WAIT.",
	 "RFC 9293, 3.6, case 3, figure 13",
	 NULL,
	 {UP "l close; c deaf; s deaf; c shutdown=wr; s shutdown=wr; c hear; s hear; wait 1.5s; "
	  "c close; s close; look lo:q; look lo:p => look=TIME_WAIT look.2=TIME_WAIT"}},
	{"rfc9293-reopen",
	 "A new SYN from the same peer may reopen a connection directly from TIME-WAIT.",
	 "RFC 9293, 3.6.1 (MAY-2); RFC 6191, 2",
	 NULL,
	 {"l tcp4 bind lo:p listen; c tcp4 reuseaddr bind lo:q connect lo:p; l accept s; s close; "
	  "c close; look lo:p; n tcp4 reuseaddr bind lo:q connect lo:p; look lo:p"
	  " => look=LISTEN,TIME_WAIT n.connect=ok>l look.2=ESTABLISHED,LISTEN"}},
	{"rfc6191-timestamps",
	 "It takes timestamps to use a 4-tuple again that is in TIME-WAIT.",
	 "common belief, against RFC 6191, 2, which has rules for both",
	 "the end: who dials out of his TIME-WAIT needs them, who is dialled there does not",
	 {"sysctl tcp_timestamps=0; l tcp4 bind lo:p listen; c tcp4 reuseaddr bind lo:q connect "
	  "lo:p; l accept s; s close; c close; n tcp4 reuseaddr bind lo:q connect lo:p "
	  "=> n.bind=ok n.connect=EADDRNOTAVAIL",
	  "l tcp4 bind lo:p listen; c tcp4 reuseaddr bind lo:q connect lo:p; l accept s; c close; "
	  "s close; n tcp4 reuseaddr bind lo:q connect lo:p => n.connect=ok>l",
	  "sysctl tcp_timestamps=0; l tcp4 bind lo:p listen; c tcp4 reuseaddr bind lo:q connect "
	  "lo:p; l accept s; c close; s close; n tcp4 reuseaddr bind lo:q connect lo:p "
	  "=> n.connect=EADDRNOTAVAIL"}},
	{"rfc1122-multicast-open",
	 "TCP refuses to connect to a multicast address.",
	 "RFC 9293, 3.9.1.1 (MUST-46); RFC 1122, 4.2.3.10",
	 NULL,
	 {"c tcp4 bind eth:0 connect 239.255.0.1:p => c.connect=ENETUNREACH",
	  "c tcp6 connect [ff15::4:4]:p => c.connect=ENETUNREACH"}},
	{"rfc1122-loopback",
	 "All of 127.0.0.0/8 is this host.",
	 "RFC 1122, 3.2.1.3 (g)",
	 NULL,
	 {"l tcp4 bind {127.0.0.9,127.1.2.3}:p listen; c tcp4 connect {1}:p => c.connect=ok>l",
	  "l tcp4 bind any:p listen; c tcp4 connect 127.250.250.250:p => c.connect=ok>l"}},
	{"rfc1122-this-host",
	 "0.0.0.0 cannot be the destination of a connection or a datagram.",
	 "RFC 1122, 3.2.1.3 (a)",
	 NULL,
	 {"l tcp4 bind lo:q listen; a tcp4 connect any:q => a.connect=EADDRNOTAVAIL",
	  "l udp4 bind lo:q; a udp4 send any:q => a.send=EADDRNOTAVAIL"}},

	/* ---- UDP, IPv6, MPTCP ---- */
	{"rfc1122-udp-unreachable",
	 "A program is told when its datagram reached nobody.",
	 "RFC 1122, 4.1.3.1 and 4.1.3.3",
	 "whether the socket is connected",
	 {"a udp4 connect lo:q send send => a.send=ok a.send.2=ECONNREFUSED",
	  "a udp4 send lo:q send lo:q => a.send=ok a.send.2=ECONNREFUSED"}},
	{"rfc768-own-ports",
	 "TCP and UDP have ports of their own.",
	 "common belief; RFC 768, Fields, has ports without a word of TCP",
	 NULL,
	 {"a {tcp4,tcp6} bind any:p; b {udp4,udp6} bind any:p => b.bind=ok"}},
	{"rfc3493-v6only-off",
	 "IPV6_V6ONLY is off by default, and a socket bound to :: takes both families.",
	 "RFC 3493, 5.3",
	 NULL,
	 {"a tcp6 v6only? bind any:p listen; c tcp4 connect lo:p => a.v6only?=0 c.connect=ok>a"}},
	{"ipv6-v6only-late",
	 "IPV6_V6ONLY must be set before bind().",
	 "Linux, do_ipv6_setsockopt(), IPV6_V6ONLY",
	 NULL,
	 {"a {tcp6,udp6} bind any:p v6only => a.v6only=EINVAL"}},
	{"rfc8684-fallback",
	 "MPTCP and TCP can be connected with each other: MPTCP falls back.",
	 "RFC 8684, 3.7",
	 NULL,
	 {"l tcp4 bind lo:p listen; c mptcp4 connect lo:p => c.connect=ok>l",
	  "l mptcp4 bind lo:p listen; c tcp4 connect lo:p => c.connect=ok>l"}},
	{0},
};
/* clang-format on */

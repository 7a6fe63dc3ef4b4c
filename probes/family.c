/* SPDX-License-Identifier: MIT */
/*
 * Who shares a port and who receives, when IPv4, IPv6, v4-mapped and dual-stack sockets meet?
 *
 * The rules, as the kernel has them today:
 *  1. [::] without IPV6_V6ONLY covers all of IPv4 too; ::ffff:0.0.0.0 and ::ffff:a.b.c.d cover what
 *     0.0.0.0 and a.b.c.d cover, and nothing of IPv6. Everything else of IPv6 never meets IPv4
 *     (RFC 3493, 3.7 and 5.3, ipv6(7), ipv6_rcv_saddr_equal()).
 *  2. Hence [::] and 0.0.0.0 cannot be had together without a flag that both share, in neither
 *     order, unless the first of them is v6only. TCP, UDP and MPTCP alike, and TCP against MPTCP:
 *     the subflow of an MPTCP socket is a TCP socket.
 *  3. An IPv4 client goes to the most specific address, a.b.c.d in either family, then to a
 *     wildcard; of two wildcards IPv4 fits better than dual-stack, whatever the order, unless a
 *     reuseport group comes first (compute_score() in inet_hashtables.c and udp.c). An IPv6
 *     client is for IPv6 sockets only.
 *  4. Sockets of different families are never one reuseport group, not even 0.0.0.0 and
 *     ::ffff:0.0.0.0 (inet_reuseport_add_sock(), udp_reuseport_add_sock()).
 *  5. The default of IPV6_V6ONLY is what the sysctl bindv6only is when the socket is made. It can
 *     be changed as long as the socket holds no port: before bind(), after one that failed, and
 *     when a port of the kernel's choice has been given up. bind() to an IPv6 address sets it
 *     (do_ipv6_setsockopt(), __inet6_bind()); switched off after that, ::1 meets 0.0.0.0.
 *  6. What a dual-stack listener accepts from an IPv4 client covers the IPv4 address alone, and so
 *     does its TIME_WAIT: it meets IPv4 and dual-stack sockets, none that is v6only. What it
 *     accepts from an IPv6 client is no more v6only than it is, and still meets 0.0.0.0, though
 *     no address of IPv4 (tcp_v6_syn_recv_sock(), tcp_time_wait(), inet_rcv_saddr_equal()).
 *  7. A client is bound to one family by the address that it was bound to: from a mapped one to an
 *     IPv6 destination is EAFNOSUPPORT, from an IPv6 one or with v6only to a mapped destination
 *     is ENETUNREACH. TCP that dialled a mapped address once, be it in vain, speaks IPv4 for
 *     good: its SYN to an IPv6 address is lost (tcp_v6_connect(), ip6_datagram_connect()).
 *  8. IPv4 and mapped connections are one space of 4-tuples: the other family's is taken,
 *     EADDRNOTAVAIL (__inet_check_established(), __inet6_check_established()).
 *  9. With IPv6 switched off (disable_ipv6) ::1 cannot be bound, EADDRNOTAVAIL, nor reached; [::]
 *     can be bound and serves IPv4, unless it is v6only (ip-sysctl, addrconf_ifdown()).
 */
#include "probe/probe.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define SHARE "{reuseaddr,reuseport,reuseaddr reuseport}"
/* The kinds of address that a port can be had on, with flags F. */
#define KINDS(P, F)                                                                       \
	"{" P "4 " F "bind any," P "4 " F "bind lo," P "6 " F "bind any," P "6 v6only " F \
	"bind any," P "6 " F "bind lo," P "6 " F "bind lo4," P "6 " F "bind any4}:"
#define ALL(P) KINDS(P, FLAGS " ")
/* The three kinds of client. */
#define DIAL(P) "; c " P "4 connect lo:p; d " P "6 connect lo:p; f " P "6 connect lo4:p"
#define SEND "; c udp4 send lo:p; d udp6 send lo:p; f udp6 send lo4:p"
/* The ways to choose a source, and a destination on this host. */
#define SOURCES4 "{,bind any:p,bind lo:p}"
#define SOURCES6 "{,v6only,bind any:p,v6only bind any:p,bind lo:p,bind lo4:p,bind any4:p}"
#define TARGETS4 "{any,lo,eth}:q"
#define TARGETS6 "{any,any4,lo,lo4,eth,[::ffff:192.0.2.1]}:q"
/* The three wildcards. */
#define WILD "{4,6 v6only,6}"
/* The switch of IPv6. */
#define OFF "sysctl ipv6.conf.all.disable_ipv6=1; "
#define ON_AGAIN "sysctl ipv6.conf.all.disable_ipv6=0; "
#define ONE_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40000; "
/* What is left of a connection at p when the server has closed it first, and its listener. */
#define SERVED "; l accept s; l close; s close; c close; "

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
static const char *const matrices[] = {
	/* Every kind against every other in both orders, TCP: who may listen, and who gets the
	 * client over IPv4, over IPv6, and over a mapped address? */
	"a " KINDS("tcp", "") "p listen; b " KINDS("tcp", "") "p listen" DIAL("tcp"),
	"a " KINDS("tcp", "reuseport ") "p listen; b " KINDS("tcp", "reuseport ") "p listen"
	DIAL("tcp"),
	"a " KINDS("tcp", "reuseaddr ") "p; b " KINDS("tcp", "reuseaddr ") "p; a listen; b listen"
	DIAL("tcp"),
	"a " KINDS("tcp", "reuseaddr ") "p; b " KINDS("tcp", "reuseaddr ") "p; b listen; a listen; "
	"b close; a listen" DIAL("tcp"),
	/* The same for UDP: who gets the datagram? Then with a first socket that is connected. */
	"a " KINDS("udp", "") "p; b " KINDS("udp", "") "p" SEND,
	"a " KINDS("udp", "{reuseaddr,reuseport} ") "p; b " KINDS("udp", "{reuseaddr,reuseport} ")
	"p" SEND,
	"a " KINDS("udp", "reuseaddr ") "p connect {lo,lo4}:q; b " KINDS("udp", "reuseaddr ") "p; "
	"c udp4 bind lo:q send lo:p; d udp6 bind lo:q send lo:p; f udp4 send lo:p",
	/* ... and for MPTCP, alone and against TCP. */
	"a " KINDS("mptcp", "") "p listen; b " KINDS("mptcp", "") "p listen" DIAL("mptcp"),
	"a " KINDS("mptcp", "reuseport ") "p listen; b " KINDS("tcp", "reuseport ") "p listen"
	DIAL("tcp"),
	"a " KINDS("tcp", "reuseaddr ") "p; b " KINDS("mptcp", "reuseaddr ") "p; a listen; b listen"
	DIAL("mptcp"),
	/* Three wildcards in every order. */
	"a {tcp,udp,mptcp}" WILD " {,reuseaddr,reuseport} bind any:p; b {1}" WILD " {3} bind "
	"any:p; c {1}" WILD " {3} bind any:p",
	"a tcp" WILD " reuseport bind any:p listen; b tcp" WILD " reuseport bind any:p listen; "
	"e tcp" WILD " reuseport bind any:p listen" DIAL("tcp"),
	"a udp" WILD " {reuseaddr,reuseport} bind any:p; b udp" WILD " {2} bind any:p; e udp" WILD
	" {2} bind any:p" SEND,

	/* Rules 1 and 2, said in full. */
	"a {tcp,udp,mptcp}6 bind any:p; b {1}{4 bind any,4 bind lo,6 bind lo4,6 bind any4,6 bind "
	"lo,6 v6only bind any}:p => b.bind=EADDRINUSE",
	"a {tcp,udp,mptcp}{4 bind any,4 bind lo,6 bind lo4,6 bind any4,6 bind lo,6 v6only bind "
	"any}:p; b {1}6 bind any:p => b.bind=EADDRINUSE",
	"a {tcp,udp,mptcp}6 {v6only bind any,bind lo}:p; b {1}{4 bind any,4 bind lo,6 bind lo4,"
	"6 bind any4}:p => b.bind=ok",
	"a {tcp,udp,mptcp}{4 bind any,4 bind lo,6 bind lo4,6 bind any4}:p; b {1}6 {v6only bind any,"
	"bind lo}:p => b.bind=ok",
	"a {tcp,udp,mptcp}{4 bind lo,6 bind lo4}:p; b {1}{4 bind any,4 bind lo,6 bind lo4,"
	"6 bind any4}:p => b.bind=EADDRINUSE",
	"a {tcp,udp,mptcp}{4 bind lo,6 bind lo4}:p; b {1}{4 bind lo2,6 bind [::ffff:127.0.0.2]}:p"
	" => b.bind=ok",
	"a tcp6 bind any:p listen; b {tcp4 bind any,tcp4 bind lo,mptcp4 bind lo,mptcp6 bind any}:p"
	" => b.bind=EADDRINUSE",
	/* Rule 3: whatever the order, and whoever goes. */
	"a tcp4 reuseport bind any:p listen; b tcp6 reuseport bind any:p listen; c tcp4 connect "
	"lo:p; d tcp6 connect lo:p; a close; f tcp4 connect lo:p => d.connect=ok>b f.connect=ok>b",
	"a {tcp4 reuseport bind lo,tcp6 reuseport bind lo4}:p listen; b {tcp4 reuseport bind any,"
	"tcp6 reuseport bind any,tcp6 reuseport bind any4}:p listen; c tcp4 connect lo:p; "
	"d tcp4 connect lo2:p => c.connect=ok>a d.connect=ok>b",
	"b tcp6 reuseport bind any:p listen; a {tcp4 reuseport bind lo,tcp6 reuseport bind lo4}:p "
	"listen; c tcp4 connect lo:p; d tcp4 connect lo2:p => c.connect=ok>a d.connect=ok>b",
	"a tcp4 bindtodevice=eth bind any:p listen; b tcp6 bindtodevice=lo bind any:p listen; "
	"a bindtodevice=none; b bindtodevice=none; c tcp4 connect lo:p; d tcp6 connect lo:p"
	" => c.connect=ok>a d.connect=ok>b",
	"b tcp6 bindtodevice=lo bind any:p listen; a tcp4 bindtodevice=eth bind any:p listen; "
	"a bindtodevice=none; b bindtodevice=none; c tcp4 connect lo:p => c.connect=ok>a",
	"a udp4 reuseaddr bind any:p; b udp6 reuseaddr bind {any,any4}:p; c udp4 send lo:p; "
	"d udp6 send lo4:p => c.send=ok>a d.send=ok>a",
	"b udp6 reuseaddr bind {any,any4}:p; a udp4 reuseaddr bind any:p; c udp4 send lo:p; "
	"d udp6 send lo4:p => c.send=ok>a d.send=ok>a",
	"a udp4 reuseaddr bind any:p; b udp6 reuseaddr bind any4:p send lo4:p => b.send=ok>a",
	"a udp4 reuseaddr bind any:p; b udp6 reuseaddr reuseport bind any:p; a send lo:p"
	" => a.send=ok>a",
	/* A server on ::1 and a stranger on 127.0.0.1: "localhost" is either of them. */
	"a tcp6 {bind lo,v6only bind any}:p listen; x tcp4 bind {any,lo}:p listen; "
	"c tcp6 connect lo:p; d tcp4 connect lo:p => c.connect=ok>a d.connect=ok>x",

	/* Rule 4: a group would be steered. */
	"a " KINDS("tcp", "reuseport ") "p listen; b " KINDS("tcp", "reuseport ") "p listen "
	"steer={0,1}" DIAL("tcp"),
	"a " KINDS("udp", "reuseport ") "p; b " KINDS("udp", "reuseport ") "p steer={0,1}" SEND,
	"a {tcp4 reuseport bind any,tcp6 reuseport bind any}:p listen; b tcp6 reuseport bind "
	"any4:p listen steer=0; c tcp4 connect lo:p; d tcp4 connect lo:p",

	/* Rule 5: before bind(), after it, after one that failed. */
	"a {tcp6,udp6,mptcp6} {,v6only,v6only=0} bind {any,lo,lo4,any4}:{p,0} v6only?; "
	"a {v6only,v6only=0}; a v6only?",
	"b {tcp,udp}4 bind {any,lo}:p; a {1}6 bind any:p; a v6only; a bind any:p v6only?"
	" => a.bind=EADDRINUSE a.bind.2=ok a.v6only?=1",
	"b {tcp,udp}4 bind any:p; a {1}6 bind any:p; a v6only; b close; a bind any:p; "
	"c {1}4 bind any:p => a.bind=EADDRINUSE a.bind.2=ok c.bind=ok",
	/* ... by the sysctl, when the socket is made. */
	"sysctl ipv6.bindv6only={0,1}; a {tcp,udp,mptcp}6 {,v6only,v6only=0} v6only? bind "
	"{any,lo4}:p; b {2}4 bind any:p",
	"sysctl ipv6.bindv6only=1; a {tcp,udp}6 bind any:p v6only?; b {1}4 bind any:p"
	" => a.v6only?=1 b.bind=ok",
	"sysctl ipv6.bindv6only=1; a {tcp,udp}6 v6only=0 bind any:p; b {1}4 bind any:p"
	" => b.bind=EADDRINUSE",
	"a {tcp,udp}6; sysctl ipv6.bindv6only=1; a v6only? bind any:p; b {1}6 v6only? bind any:q; "
	"l {1}4 bind any:p; m {1}4 bind any:q"
	" => a.v6only?=0 b.v6only?=1 l.bind=EADDRINUSE m.bind=ok",
	"sysctl ipv6.bindv6only=1; l tcp6 bind any:p listen; c tcp4 connect lo:p; d tcp6 connect "
	"lo:p; f tcp6 connect lo4:p => c.connect=ECONNREFUSED d.connect=ok>l f.connect=ENETUNREACH",
	/* ... with a port that comes later, and one that has been given up. */
	"a {tcp,udp}6 {,v6only} bind_address_no_port bind {any,lo,lo4,any4}:0 v6only? "
	"{v6only,v6only=0} v6only?; a bind {any,lo,lo4,any4}:p; b {1}4 bind any:p",
	"l tcp6 bind any:q listen; a tcp6 {,v6only} bind {any,lo,lo4,any4}:{0,p} connect "
	"{lo,lo4}:q; a disconnect; a v6only?; a v6only={0,1}; a v6only?",
	"l tcp6 bind any:q listen; a tcp6 bind lo:0 connect lo:q disconnect v6only=0 v6only? "
	"listen; b tcp4 bind any:e2 => a.v6only?=0 a.listen=ok(lo:e2) b.bind=EADDRINUSE",
	"a tcp6 bind_address_no_port bind lo:0 v6only=0 listen; b tcp4 bind any:e1"
	" => b.bind=EADDRINUSE",
	"a tcp6 bind lo:0 listen; b tcp4 bind any:e1 => b.bind=ok",
	"a tcp6 {,v6only} connect {lo,lo4}:q; a v6only={0,1}; a v6only?",
	"a udp6 {,v6only} connect {lo,lo4}:q; a v6only={0,1}; a disconnect; a v6only={0,1}; a "
	"v6only?; a bind any:p; b udp4 bind any:p",
	"a tcp6 {,v6only} bind any:{p,0} listen shutdown=rd; a v6only={0,1}; a v6only?; a listen",

	/* One port for the kernel's choice: a kind that meets it gets none. */
	ONE_PORT "a {tcp,udp}{4 bind any,4 bind lo,6 bind any,6 bind lo4,6 bind any4,6 bind lo,"
	"6 v6only bind any}:0; b {1}{4 bind any,4 bind lo,6 bind any,6 bind lo4,6 bind lo,"
	"6 v6only bind any}:0",

	/* Rule 6, TIME_WAIT on the server's side, of a connection over either family. */
	"l {tcp4 bind {any,lo},tcp6 bind {any,lo4,any4}}:p listen; c tcp4 connect lo:p" SERVED
	"n " KINDS("tcp", "{,reuseaddr} ") "p listen",
	"l tcp{4,6} " SHARE " bind any:p listen; c tcp4 connect lo:p" SERVED
	"n " KINDS("tcp", "{2} ") "p listen",
	"l tcp6 {,v6only} " SHARE " bind any:p listen; c tcp6 connect lo:p" SERVED
	"n " KINDS("tcp", "{2} ") "p listen",
	"l tcp6 {,reuseaddr} bind any:p listen; c tcp6 bind lo4:q connect lo4:p" SERVED
	"n tcp6 {1} v6only bind any:p listen => n.listen=ok",
	"l tcp6 bind any:p listen; c tcp4 connect lo:p" SERVED
	"n {tcp4 bind any,tcp4 bind lo,tcp6 bind any,tcp6 bind lo4,tcp6 bind any4}:p"
	" => n.bind=EADDRINUSE",
	"l tcp6 bind any:p listen; c tcp4 connect lo:p" SERVED
	"n {tcp4 bind lo2,tcp6 v6only bind any,tcp6 bind lo}:p => n.bind=ok",
	"l tcp6 bind any:p listen; c tcp6 connect lo:p" SERVED
	"n {tcp4 bind lo,tcp6 bind lo4}:p => n.bind=ok",
	/* ... but an IPv6 connection of a dual-stack listener is not v6only, and meets 0.0.0.0; not
	 * ::ffff:0.0.0.0, which is compared as an IPv6 address with it. */
	"l tcp6 bind any:p listen; c tcp6 connect lo:p" SERVED "n tcp4 bind any:p => "
	"n.bind=EADDRINUSE",
	"l tcp6 bind any:p listen; c tcp6 connect lo:p" SERVED "n tcp6 bind any4:p => n.bind=ok",
	"l tcp6 v6only bind any:p listen; c tcp6 connect lo:p" SERVED
	"n {tcp4 bind any,tcp6 bind any4}:p => n.bind=ok",
	"l tcp4 bind any:p listen; c tcp4 connect lo:p" SERVED "n tcp6 bind {any,lo4,any4}:p"
	" => n.bind=EADDRINUSE",
	"l tcp4 reuseaddr bind any:p listen; c tcp4 connect lo:p" SERVED
	"n tcp6 reuseaddr bind {any,any4,lo4}:p listen; d tcp4 connect lo:p => n.listen=ok "
	"d.connect=ok>n",
	/* ... on the client's side, and taken over by the other family: one 4-tuple. */
	"l tcp6 bind any:q listen; c {tcp4 bind lo:p connect lo,tcp6 bind lo4:p connect lo4}:q; "
	"l accept s; c close; s close; n " KINDS("tcp", "") "p",
	"l tcp6 bind any:q listen; c {tcp4 reuseaddr bind lo:p connect lo,tcp6 reuseaddr bind "
	"lo4:p connect lo4}:q; l accept s; c close; s close; n {tcp4 reuseaddr bind lo:p connect "
	"lo,tcp6 reuseaddr bind lo4:p connect lo4}:q => n.bind=ok n.connect=ok>l",
	/* A child that lives, and one that waits. */
	"l tcp6 bind any:p listen; c {tcp4 connect lo,tcp6 connect lo4,tcp6 connect lo}:p; l "
	"accept s; l close; n " KINDS("tcp", "") "p",
	"l tcp6 bind any:p listen; c {tcp4 connect lo,tcp6 connect lo4,tcp6 connect lo}:p; l "
	"close; n " KINDS("tcp", "") "p => n.bind=ok",

	/* Rule 7: from every source to every destination on this host. */
	"l " KINDS("tcp", "") "q listen; c tcp4 " SOURCES4 " connect " TARGETS4,
	"l " KINDS("tcp", "") "q listen; c tcp6 " SOURCES6 " connect " TARGETS6,
	"l " KINDS("udp", "") "q; c udp4 " SOURCES4 " {send,connect} " TARGETS4 "; c send",
	"l " KINDS("udp", "") "q; c udp6 " SOURCES6 " {send,connect} " TARGETS6 "; c send",
	"l tcp6 bind any:q listen; c tcp6 bind {lo4,any4}:p connect lo:q => c.connect=EAFNOSUPPORT",
	"l tcp6 bind any:q listen; c tcp6 {v6only,bind lo:p} connect lo4:q => "
	"c.connect=ENETUNREACH",
	"l {tcp,udp}6 bind any:q; c {1}{4,6} {connect,begin} "
	"{127.0.0.1,[::1],[::ffff:127.0.0.1]}:q",
	"l udp6 bind any:q; c udp{4,6} send {127.0.0.1,[::1],[::ffff:127.0.0.1]}:q",
	/* ... and one after the other. */
	"a tcp6 connect lo4:p; a connect lo:p => a.connect=ECONNREFUSED a.connect.2=pending",
	"l tcp6 bind any:q listen; c tcp6 {,bind any:p,v6only} connect {lo,lo4}:r; c connect "
	"{lo,lo4}:q; c disconnect; c connect {lo,lo4}:q",
	"l udp6 bind any:q; c udp6 {,bind any:p,v6only} connect {lo,lo4}:q; c send; c connect "
	"{lo,lo4}:q; c send; c disconnect; c connect {lo,lo4}:q; c send",
	"a tcp6 addrform=2; d tcp4 bind [::1]:p; b tcp6 bind 127.0.0.1:p; c udp4 bind [::1]:p"
	" => a.addrform=ENOTCONN d.bind=EAFNOSUPPORT b.bind=EINVAL c.bind=EAFNOSUPPORT",
	"a {tcp,udp}6 bind [fe80::1]:p => a.bind=EINVAL",
	/* IPV6_ADDRFORM makes an IPv4 socket of it; its port stays. */
	"l tcp6 bind any:q listen; c tcp6 {,bind any:p,bind lo4:p} connect {lo,lo4}:q; c "
	"addrform=2; c domain?; b tcp4 bind {any,lo}:p; l accept s; s addrform=2; s domain?",
	"l tcp6 bind any:q listen; c tcp6 bind any:p connect lo4:q addrform=2 domain?; "
	"b tcp4 bind lo:p; d tcp6 v6only bind any:p => c.domain?=2 b.bind=EADDRINUSE d.bind=ok",

	/* Rule 8. */
	"l tcp6 bind any:q listen; a {tcp4 " SHARE " bind lo:p connect lo,tcp6 " SHARE " bind "
	"lo4:p connect lo4}:q; b {tcp4 " SHARE " bind lo:p connect lo,tcp6 " SHARE " bind lo4:p "
	"connect lo4,tcp6 " SHARE " bind lo:p connect lo}:q",
	"l tcp6 bind any:q listen; a tcp4 reuseaddr bind {any,lo}:p connect lo:q; b tcp6 reuseaddr "
	"bind {any,lo4,any4}:p connect lo4:q => b.bind=ok b.connect=EADDRNOTAVAIL",
	"l tcp6 bind any:q listen; a tcp6 reuseaddr bind {any,lo4,any4}:p connect lo4:q; b tcp4 "
	"reuseaddr bind {any,lo}:p connect lo:q => b.bind=ok b.connect=EADDRNOTAVAIL",
	"l tcp6 bind any:q listen; a tcp4 reuseaddr bind any:p connect lo:q; b tcp6 reuseaddr bind "
	"any:p connect lo:q => a.connect=ok>l b.connect=ok>l",
	"sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40001; "
	"l tcp6 bind any:q listen; a {tcp4 connect lo,tcp6 connect lo4}:q; b {tcp4 connect lo,"
	"tcp6 connect lo4}:q; d tcp6 connect lo:q"
	" => a.connect=ok>l b.connect=EADDRNOTAVAIL d.connect=ok>l",
	/* Both SYNs at once, one of either family; a socket that dials itself. */
	"l tcp4 deaf bind lo:q listen; a tcp4 bind lo:p begin lo:q; l close; b tcp6 bind lo4:q "
	"connect lo4:p => b.connect=ok>a",
	"l tcp6 deaf bind any:q listen; a tcp6 bind lo4:p begin lo4:q; l close; b tcp4 bind lo:q "
	"connect lo:p => b.connect=ok>a",
	"a tcp6 bind {any,any4,lo4}:p connect lo4:p => a.connect=ok>a",

	/* A wildcard socket that is connected covers its address only; but a dual-stack one that is
	 * connected over IPv6 is still not v6only, and meets 0.0.0.0. */
	"l tcp6 bind any:q listen; a {tcp6 bind any,tcp6 v6only bind any,tcp6 bind any4}:p connect "
	"{lo,lo4}:q; b " KINDS("tcp", "") "p",
	"a {udp6 bind any,udp6 v6only bind any,udp6 bind any4}:p connect {lo,lo4}:q; b "
	KINDS("udp", "") "p",
	"l tcp6 bind any:q listen; a tcp6 bind any:p connect lo4:q; b tcp6 {v6only bind any,bind "
	"lo}:p => b.bind=ok",

	/* Rule 9, as in many containers. */
	"sysctl ipv6.conf.{all,lo}.disable_ipv6=1; a {tcp,udp,mptcp}6 bind "
	"{any,lo,lo2,lo4,any4}:p; b {2}4 bind lo:p",
	OFF "l tcp6 bind any:q listen; c {tcp,mptcp}6 " SOURCES6 " connect {any,any4,lo,lo4}:q",
	OFF "l udp6 bind any:q; c udp6 " SOURCES6 " {send,connect} {any,any4,lo,lo4}:q",
	OFF "a {tcp,udp}6 bind lo:p; b {1}6 freebind bind lo:p; c {1}6 bind any:p"
	" => a.bind=EADDRNOTAVAIL b.bind=ok c.bind=EADDRINUSE",
	OFF "l tcp6 bind any:p listen; c tcp4 connect lo:p; d tcp6 connect lo4:p; f tcp6 connect "
	"lo:p => l.listen=ok c.connect=ok>l d.connect=ok>l f.connect=EADDRNOTAVAIL",
	OFF "l tcp6 v6only bind any:p listen; c tcp4 connect lo:p; d tcp6 connect lo:p"
	" => l.listen=ok c.connect=ECONNREFUSED d.connect=EADDRNOTAVAIL",
	OFF "a tcp4 bind any:p; b tcp6 bind any:p => b.bind=EADDRINUSE",
	/* ... a server that was there before is there again after it, but on ::1 only. */
	"l tcp6 bind {any,lo,lo2}:p listen; " OFF "c tcp6 connect lo:p; " ON_AGAIN "d tcp6 "
	"connect lo:p; f tcp6 connect lo2:p",
	"a tcp6 bind lo:p; " OFF "a connect lo:q; a connect lo4:q; b tcp6 bind lo:r; " ON_AGAIN
	"b bind lo:r => a.connect=ENETUNREACH a.connect.2=ENETUNREACH b.bind=EADDRNOTAVAIL "
	"b.bind.2=ok",

	/* What users ran into. Node.js and libuv: [::], dual-stack, with SO_REUSEADDR; then a
	 * server on 0.0.0.0, or the other way round (nodejs/node 7200, reactphp/socket 58). */
	"a tcp6 v6only=0 reuseaddr bind any:p listen; b tcp4 reuseaddr bind {any,lo}:p"
	" => b.bind=EADDRINUSE",
	"a tcp4 reuseaddr bind {any,lo}:p listen; b tcp6 v6only=0 reuseaddr bind any:p"
	" => b.bind=EADDRINUSE",
	"a tcp6 reuseaddr bind any:p; b tcp4 reuseaddr bind any:p; a listen; b listen"
	" => b.bind=ok a.listen=ok b.listen=EADDRINUSE",
	/* ... which falls back to 0.0.0.0 where there is no [::], and not where it is taken. */
	"x tcp4 bind any:p listen; a tcp6 v6only=0 reuseaddr bind any:p; b tcp4 reuseaddr bind "
	"any:p => a.bind=EADDRINUSE b.bind=EADDRINUSE",
	/* Docker's proxy: 0.0.0.0 and [::] v6only, Go's net.Listen("tcp4") and ("tcp6"); the host
	 * has a dual-stack server on that port, or gets one (moby/moby 47793). */
	"a tcp4 reuseaddr bind any:p listen; b tcp6 v6only reuseaddr bind any:p listen" DIAL("tcp")
	" => b.listen=ok c.connect=ok>a d.connect=ok>b f.connect=ok>a",
	"a tcp4 reuseaddr bind any:p listen; b tcp6 v6only reuseaddr bind any:p listen; "
	"x tcp6 v6only=0 reuseaddr bind any:p => x.bind=EADDRINUSE",
	"x tcp6 v6only=0 reuseaddr bind any:p listen; a tcp4 reuseaddr bind any:p; "
	"b tcp6 v6only reuseaddr bind any:p => a.bind=EADDRINUSE b.bind=EADDRINUSE",
	"a udp4 bind any:p; b udp6 v6only bind any:p; c udp4 send lo:p; d udp6 send lo:p"
	" => c.send=ok>a d.send=ok>b",
	/* Java: IPv4 addresses are mapped ones of an IPv6 socket, unless preferIPv4Stack is set. */
	"a tcp6 v6only=0 reuseaddr bind {lo4,any4}:p listen; b tcp4 reuseaddr bind lo:p"
	" => b.bind=EADDRINUSE",
	"a tcp4 reuseaddr bind lo:p listen; b tcp6 v6only=0 reuseaddr bind {any,any4,lo4}:p"
	" => b.bind=EADDRINUSE",
	"a tcp6 v6only=0 reuseaddr bind any:p listen; c tcp4 connect lo:p; d tcp6 connect lo4:p; "
	"f tcp6 connect lo:p => c.connect=ok>a d.connect=ok>a f.connect=ok>a",
	/* asyncio's create_server() without a host: two sockets, the second v6only. */
	"a tcp4 reuseaddr bind any:p listen; b tcp6 reuseaddr v6only bind any:p listen; b close; "
	"a close; n tcp6 reuseaddr bind any:p listen" DIAL("tcp")
	" => n.listen=ok c.connect=ok>n d.connect=ok>n f.connect=ok>n",
	/* ... the second without v6only is the mistake of many servers. */
	"a tcp4 reuseaddr bind any:p; b tcp6 reuseaddr bind any:p; a listen; b listen"
	" => b.bind=ok b.listen=EADDRINUSE",
	/* nginx: listen 80 and listen [::]:80, with ipv6only=off, reuseport on both or not. */
	"a tcp4 reuseaddr bind any:p listen; b tcp6 reuseaddr v6only=0 bind any:p => "
	"b.bind=EADDRINUSE",
	"a tcp4 reuseaddr reuseport bind any:p listen; b tcp6 reuseaddr reuseport v6only=0 bind "
	"any:p listen" DIAL("tcp") " => b.listen=ok d.connect=ok>b",
	/* Who listens on *:p beside 127.0.0.1:p (containers/podman 17719)? */
	"a tcp6 {,reuseaddr,reuseport} bind any:p listen; b tcp4 {,reuseaddr,reuseport} bind lo:p "
	"listen; c tcp4 connect lo:p",
	/* A listener on 127.0.0.1 shadows one on every address (nodejs/node 14618). */
	"a {tcp4,tcp6} reuseport bind any:p listen; b tcp4 reuseport bind lo:p listen; c tcp4 "
	"connect lo:p; d tcp4 connect lo2:p => c.connect=ok>b d.connect=ok>a",
	NULL,
};

/* Bigger products of the same questions. */
static const char *const full[] = {
	/* All flags of both, in the three orders of bind() and listen(), with the three clients. */
	"a " ALL("tcp") "p listen; b " ALL("tcp") "p listen" DIAL("tcp"),
	"a " ALL("tcp") "p; b " ALL("tcp") "p; b listen; a listen" DIAL("tcp"),
	"a " ALL("udp") "p; b " ALL("udp") "p" SEND,
	"a " ALL("mptcp") "p listen; b " ALL("mptcp") "p listen" DIAL("mptcp"),
	"a " ALL("tcp") "p listen; b " KINDS("mptcp", SHARE " ") "p listen" DIAL("tcp"),
	/* Three listeners in every order; who is there when one after the other goes. */
	"a " KINDS("tcp", "reuseport ") "p listen; b " KINDS("tcp", "reuseport ") "p listen; "
	"e " KINDS("tcp", "reuseport ") "p listen" DIAL("tcp") "; e close; g tcp4 connect lo:p; "
	"h tcp6 connect lo:p; b close; i tcp4 connect lo:p; j tcp6 connect lo:p",
	"a " KINDS("udp", "reuseaddr ") "p; b " KINDS("udp", "reuseaddr ") "p; e "
	KINDS("udp", "reuseaddr ") "p" SEND "; e close; c send lo:p; d send lo:p; b close; c send "
	"lo:p; d send lo:p",
	/* One of two that is connected, all flags. */
	"a " ALL("udp") "p connect {lo,lo4}:q; b " ALL("udp") "p; c udp4 bind lo:q send lo:p; "
	"d udp6 bind lo:q send lo:p; f udp4 send lo:p; g udp6 send lo:p",
	/* Over the wire, to an address of either family and to the wildcards. */
	"a {tcp4 reuseport bind any,tcp4 reuseport bind eth,tcp6 reuseport bind any,"
	"tcp6 v6only reuseport bind any,tcp6 reuseport bind eth,tcp6 reuseport bind "
	"[::ffff:192.0.2.1],tcp6 reuseport bind any4}:p listen; b {tcp4 reuseport bind any,"
	"tcp4 reuseport bind eth,tcp6 reuseport bind any,tcp6 v6only reuseport bind any,"
	"tcp6 reuseport bind eth,tcp6 reuseport bind [::ffff:192.0.2.1],tcp6 reuseport bind "
	"any4}:p listen; c@peer tcp4 connect eth:p; d@peer tcp6 connect eth:p; f@peer tcp6 connect "
	"[::ffff:192.0.2.1]:p",
	"a {udp4 reuseaddr bind any,udp4 reuseaddr bind eth,udp6 reuseaddr bind any,"
	"udp6 v6only reuseaddr bind any,udp6 reuseaddr bind eth,udp6 reuseaddr bind "
	"[::ffff:192.0.2.1],udp6 reuseaddr bind any4}:p; b {udp4 reuseaddr bind any,"
	"udp4 reuseaddr bind eth,udp6 reuseaddr bind any,udp6 v6only reuseaddr bind any,"
	"udp6 reuseaddr bind eth,udp6 reuseaddr bind [::ffff:192.0.2.1],udp6 reuseaddr bind "
	"any4}:p; c@peer udp4 send eth:p; d@peer udp6 send eth:p; f@peer udp6 send "
	"[::ffff:192.0.2.1]:p",
	/* Rule 6, all flags: TIME_WAIT, and a child that lives. */
	"l tcp4 " FLAGS " bind any:p listen; c tcp4 connect lo:p" SERVED "n " ALL("tcp") "p listen",
	"l tcp6 " FLAGS " bind any:p listen; c {tcp4 connect lo,tcp6 connect lo}:p" SERVED
	"n " ALL("tcp") "p listen",
	"l tcp6 v6only " FLAGS " bind any:p listen; c tcp6 connect lo:p" SERVED "n " ALL("tcp")
	"p listen",
	"l tcp6 " FLAGS " bind any:p listen; c {tcp4 connect lo,tcp6 connect lo,tcp6 connect "
	"lo4}:p; l accept s; l close; n " ALL("tcp") "p listen",
	/* Rule 8, from every source that two sockets can share, to both forms of two addresses. */
	"l tcp6 bind any:q listen; a " KINDS("tcp", SHARE " ") "p connect {lo,lo4}:q; b "
	KINDS("tcp", SHARE " ") "p connect {lo,lo4}:q",
	NULL,
};
/* clang-format on */

static const struct ft_probe probe = {
	.name = "family",
	.question = "Who shares a port and who receives, when IPv4, IPv6 and dual-stack sockets "
		    "meet?",
	.matrices = matrices,
	.full = full,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}

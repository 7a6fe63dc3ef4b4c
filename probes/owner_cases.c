/* SPDX-License-Identifier: MIT */
/*
 * By which programs does another user try to take or join the port of a server?
 *
 * The rules meant here are numbered in owner.c. s is the server of user 1000, x the other's socket,
 * y one that he needs first, n the server when it comes again; c, d and f are clients.
 */
#include <stddef.h>

#include "owner.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define PORT_FLAGS "{reuseport,reuseaddr reuseport}"
/* Who is x: the server's user, another one, root? */
#define WHO "{as 1000,as 2000,} x "
#define OTHERS "{as 2000,} x "
#define V4(proto) proto "4 " FLAGS " bind {any,lo}:p"
#define V6(proto) \
	"{" proto "6 " FLAGS " bind {any,lo4,any4}," proto "6 v6only " FLAGS " bind any}:p"
#define DEVICES "{,bindtodevice=lo,bindtodevice=eth}"
#define DIAL "; c tcp4 connect lo:p"
#define DIAL_BOTH "; c tcp4 connect lo:p; d tcp6 connect lo:p"
#define SEND "; c udp4 bind lo:q send lo:p"
#define SEND_BOTH "; c udp4 bind lo:q send lo:p; d udp6 bind lo:r send lo:p"

/* A server of user 1000 that has accepted one connection, by a process of the user WHO, and has
 * closed its listener; then what becomes of the connection. The port's reuseport record would hide
 * the rule, so z empties it: see tcp.record.cleared. */
#define SERVED(F, WHO)                                                               \
	"as 1000 l tcp4 " F " bind lo:p listen; c tcp4 bind lo:q connect lo:p; " WHO \
	" l accept s; l close; z tcp4 bind lo2:p; "
#define OPEN ""
#define CLOSE_WAIT "c close; "
#define FIN_WAIT1 "c deaf; s close; "
#define FIN_WAIT2 "s close; "
#define LAST_ACK "c close; s deaf close; "
#define CLOSING "s deaf; c deaf; s shutdown=wr; c shutdown=wr; s hear close; "
#define TIME_WAIT "s close; c close; "
/* Who comes then, and gets the next connection? */
#define SUCCESSOR(F) "{as 1000,as 2000,} n tcp4 " F " bind lo:p listen; d tcp4 connect lo:p"

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
const char *const ft_owner_matrices[] = {
	/* A listener: x tries the same address, the wildcard, one of its own, a device. */
	"as 1000 s " V4("tcp") " listen; " WHO "tcp4 " FLAGS " {,bindtodevice=lo} bind {any,lo}:p "
	"listen" DIAL,
	/* ... over the other family. */
	"as 1000 s " V4("tcp") " listen; as 2000 x " V6("tcp") " listen" DIAL_BOTH,
	"as 1000 s " V6("tcp") " listen; as 2000 x " V4("tcp") " listen" DIAL_BOTH,
	/* ... between the server's bind() and its listen(): x listens before it, and after. */
	"as 1000 s " V4("tcp") "; " WHO V4("tcp") " listen; s listen" DIAL,
	"as 1000 s " V4("tcp") "; as 2000 x " V4("tcp") "; s listen; x listen" DIAL,
	/* ... while it restarts: x waits beside it, listens once s is gone, and the new n comes. */
	"as 1000 s tcp4 " FLAGS " bind {any,lo}:p; " OTHERS "tcp4 " FLAGS " bind lo:p; s listen; "
	"s close; x listen; as 1000 n tcp4 " FLAGS " bind {2}:p listen" DIAL,

	/* Rule 2, said in full. */
	"as 1000 s {tcp4,udp4} bind {any,lo}:p; " WHO "{1} " FLAGS " bind {any,lo}:p"
	" => x.bind=EADDRINUSE",
	"as 1000 s {tcp6,udp6} bind any:p; " WHO "{{1} " FLAGS " bind {any,lo,lo4,any4},"
	"{1} v6only " FLAGS " bind any}:p => x.bind=EADDRINUSE",
	"as 1000 s {tcp,udp}6 v6only bind any:p; " WHO "{1}4 " FLAGS " bind {any,lo}:p"
	" => x.bind=ok",
	/* Rule 3. */
	"as 1000 s tcp4 reuseport bind {any,lo}:p listen; " OTHERS "tcp4 " FLAGS " bind {any,lo}:p"
	" => x.bind=EADDRINUSE",
	"s tcp4 reuseport bind {any,lo}:p listen; as 1000 x tcp4 reuseport bind {any,lo}:p"
	" => x.bind=EADDRINUSE",
	"as 1000 s tcp4 reuseport bind lo:p listen; as 1000 x tcp4 reuseport bind lo:p listen" DIAL
	" => x.listen=ok c.connect=ok>s|x",
	/* A process of the same user takes all by a more specific address. */
	"as 1000 s tcp4 reuseport bind any:p listen; as 1000 x tcp4 reuseport bind lo:p listen" DIAL
	" => x.listen=ok c.connect=ok>x",
	/* ... or by a program that steers the group, which every member may attach. */
	"as 1000 s tcp4 reuseport bind lo:p listen; as 1000 x tcp4 reuseport bind lo:p listen "
	"steer=1" DIAL " => c.connect=ok>x",
	"as 1000 s udp4 reuseport bind lo:p; as 1000 x udp4 reuseport bind lo:p steer=1" SEND
	" => c.send=ok>x",
	/* Rule 4. */
	"as 1000 s tcp4 reuseaddr bind {any,lo}:p listen; " OTHERS "tcp4 " FLAGS " bind {any,lo}:p"
	" => x.bind=EADDRINUSE",
	"as 1000 s tcp4 reuseaddr bind {any,lo}:p; " OTHERS "tcp4 reuseaddr bind {any,lo}:p "
	"listen; s listen" DIAL " => x.listen=ok s.listen=EADDRINUSE c.connect=ok>x",
	"as 1000 s tcp4 reuseaddr bind lo:p; " OTHERS "tcp4 reuseaddr bind lo:p; s listen; x listen"
	DIAL " => s.listen=ok x.listen=EADDRINUSE c.connect=ok>s",
	"as 1000 s tcp4 reuseaddr bind lo:p; " OTHERS "tcp4 reuseaddr bind lo:p; s listen; "
	"m tcp4 bind lo:q listen; x connect lo:q => x.connect=ok(lo:p)>m",
	/* ... and a server that starts beside a sleeping x, which nothing shows, falls to him the
	 * next time that it restarts. */
	OTHERS "tcp4 reuseaddr bind any:p; as 1000 s tcp4 reuseaddr bind lo:p listen; s close; "
	"x listen; as 1000 n tcp4 reuseaddr bind lo:p" DIAL " => n.bind=EADDRINUSE c.connect=ok>x",
	/* SO_REUSEADDR switched off after bind() closes the window between bind() and listen(). */
	"as 1000 s tcp4 reuseaddr bind lo:p reuseaddr=0; " OTHERS "tcp4 reuseaddr bind lo:p; "
	"s listen => x.bind=EADDRINUSE s.listen=ok",
	/* ... and who is bound beside a listener may dial the client: the client's SYN meets that
	 * of x, and the two are connected. He has to know the client's port, and his own SYN must
	 * be lost, as it is to k here. */
	"as 1000 s tcp4 reuseaddr bind lo:p; " OTHERS "tcp4 reuseaddr bind lo:p; s listen; "
	"k tcp4 deaf bind lo:q listen; x begin lo:q; k close; c tcp4 bind lo:q connect lo:p"
	" => s.listen=ok c.connect=ok>x",

	/* The same for datagrams. */
	"as 1000 s " V4("udp") "; " WHO "udp4 " FLAGS " {,bindtodevice=lo} bind {any,lo}:p" SEND,
	"as 1000 s " V4("udp") "; as 2000 x " V6("udp") SEND_BOTH,
	"as 1000 s " V6("udp") "; as 2000 x " V4("udp") SEND_BOTH,
	/* One of the two is connected to the client. */
	"as 1000 s " V4("udp") "; as 2000 x " V4("udp") " connect lo:q" SEND,
	"as 1000 s " V4("udp") " connect lo:q; as 2000 x " V4("udp") SEND "; f udp4 send lo:p",

	"as 1000 s udp4 reuseaddr bind lo:p; " OTHERS "udp4 reuseaddr bind lo:p" SEND
	" => x.bind=ok c.send=ok>x",
	"as 1000 s udp4 reuseaddr bind any:p; " OTHERS "udp4 reuseaddr bind lo:p" SEND
	" => x.bind=ok c.send=ok>x",
	OTHERS "udp4 reuseaddr bind lo:p; as 1000 s udp4 reuseaddr bind any:p" SEND
	" => s.bind=ok c.send=ok>x",
	OTHERS "udp4 reuseaddr bind lo:p connect lo:q; as 1000 s udp4 reuseaddr bind lo:p" SEND
	" => s.bind=ok c.send=ok>x",
	OTHERS "udp4 reuseaddr bind any:p; as 1000 s udp4 reuseaddr bind lo:p" SEND
	" => x.bind=ok c.send=ok>s",
	"as 1000 s udp4 reuseport bind {any,lo}:p; " OTHERS "udp4 reuseport bind {any,lo}:p" SEND
	" => x.bind=EADDRINUSE c.send=ok>s",
	"as 1000 s udp4 reuseaddr reuseport bind lo:p; " OTHERS "udp4 reuseaddr reuseport bind lo:p"
	SEND " => x.bind=ok c.send=ok>x",
	/* Datagrams that wait in s are its own; what comes later is not. */
	"as 1000 s udp4 reuseaddr bind lo:p; c udp4 send lo:p; as 2000 x udp4 reuseaddr bind lo:p; "
	"c send lo:p; s recv; x recv; s recv => c.send=ok>s c.send.2=ok>x s.recv=1 x.recv=1 "
	"s.recv.2=EAGAIN",
	/* A reuseport pair of two users that came in by SO_REUSEADDR is no group. */
	"a udp4 reuseaddr reuseport bind lo:p; as 1000 b udp4 reuseaddr reuseport bind lo:p; "
	"c udp4 send lo:p => c.send=ok>b",
	"as 1000 a udp4 reuseaddr reuseport bind lo:p; as 1000 b udp4 reuseaddr reuseport bind "
	"lo:p; c udp4 send lo:p => c.send=ok>a|b",
	/* A group of one user, and the newcomer of another who has no more than SO_REUSEADDR. */
	"as 1000 a udp4 reuseaddr reuseport bind lo:p; as 1000 b udp4 reuseaddr reuseport bind "
	"lo:p; as 2000 x udp4 reuseaddr bind lo:p" SEND " => x.bind=ok c.send=ok>x",

	/* A client's port of the kernel's choice: who gets its answers? */
	"s udp4 bind lo:q; as 1000 c udp4 " FLAGS " {connect,send} lo:q; as 2000 x udp4 " FLAGS
	" bind {any,lo}:e1; s send lo:e1",
	"s udp4 bind lo:q; as 1000 c udp4 send lo:q; as 2000 x udp4 " FLAGS " bind {any,lo}:e1; "
	"s send lo:e1 => x.bind=EADDRINUSE s.send=ok>c",
	"s udp4 bind lo:q; as 1000 c udp4 reuseaddr {connect,send} lo:q; as 2000 x udp4 reuseaddr "
	"bind lo:e1 connect lo:q; s send lo:e1 => x.connect=ok s.send=ok>x",
	"s tcp4 bind any:q listen; as 1000 c tcp4 " FLAGS " connect lo:q; as 2000 x tcp4 " FLAGS
	" bind {any,lo}:e1 {listen,connect lo:q}; d tcp4 connect lo:e1",

	/* Rule 1: whose is a socket? fchown(), for every pair of owners and kinds of socket. */
	"as 1000 s {tcp4,udp4} reuseport bind lo:p; x {1} reuseport {,fchown=1000,fchown=2000} "
	"bind lo:p",
	"s {tcp4,udp4} reuseport {,fchown=1000} bind lo:p {,fchown=1000,fchown=2000}; "
	"{as 1000,as 2000,} x {1} reuseport bind lo:p",
	"as 1000 s tcp4 reuseport bind lo:p listen; x tcp4 reuseport fchown=1000 bind lo:p listen"
	DIAL
	" => x.bind=ok x.listen=ok c.connect=ok>s|x",
	/* A server that gives up its privileges between socket() and bind() stays root's: the
	 * workers that it starts as another user cannot join, unless the socket is given away. */
	"s tcp4 reuseport; as 1000 s bind lo:p listen; as 1000 x tcp4 reuseport bind lo:p; "
	"s fchown=1000; as 1000 x bind lo:p => x.bind=EADDRINUSE x.bind.2=ok",
	/* The supervisor's socket (systemd's, user root) and the service's (User=1000). */
	"s tcp4 reuseport bind any:p listen; as 1000 s accept k; as 1000 x tcp4 reuseport bind "
	"any:p => x.bind=EADDRINUSE",
	"s tcp4 reuseport fchown=1000 bind any:p listen; as 1000 x tcp4 reuseport bind any:p listen"
	" => x.listen=ok",
	/* Nobody can give away, or take, what is not his. */
	"as 1000 s {tcp4,tcp6,udp4,udp6} fchown={1000,2000,0}",
	"as 1000 s {tcp4,udp4}; as 2000 s fchown=2000 => s.fchown=EPERM",
	"s {tcp4,udp4}; as 1000 s fchown=1000 => s.fchown=EPERM",
	"s {tcp4,udp4} fchown=1000; as 1000 s fchown=1000; as 1000 s fchown=2000"
	" => s.fchown=ok s.fchown.2=ok s.fchown.3=EPERM",
	/* The uid between bind() and listen(): both calls compare. */
	"as 1000 s tcp4 reuseport bind lo:p; as 1000 x tcp4 reuseport bind lo:p; s fchown=2000; "
	"z tcp4 bind lo2:p; x listen; s listen",
	"as 1000 s tcp4 reuseport bind lo:p; as 1000 x tcp4 reuseport bind lo:p; "
	"x fchown={1000,2000} listen; s listen" DIAL,
	/* An MPTCP socket's subflow holds the port; it keeps the user that it was made with. */
	"a tcp4 reuseport bind lo:p; b mptcp4 fchown=1000 reuseport bind lo:p => b.bind=EADDRINUSE",
	"a tcp4 reuseport bind lo:p; b mptcp4 reuseport fchown=1000 bind lo:p => b.bind=ok",
	"as 1000 s {mptcp4,tcp4} " FLAGS " bind lo:p listen; as 2000 x {mptcp4,tcp4} " FLAGS
	" bind lo:p listen" DIAL,

	/* Rule 3: what is left of a connection, by the user who accepted it. */
	SERVED(PORT_FLAGS, "{as 1000,as 2000,}") "{" OPEN "," CLOSE_WAIT "," FIN_WAIT1 "," LAST_ACK
	"} " SUCCESSOR("reuseport"),
	SERVED("reuseport", "{as 1000,as 2000}") "{" FIN_WAIT2 "," CLOSING "," TIME_WAIT "} "
	SUCCESSOR("reuseport"),
	SERVED("reuseaddr", "{as 1000,as 2000}") "{" OPEN "," FIN_WAIT1 "," FIN_WAIT2 "," TIME_WAIT
	"} " SUCCESSOR("reuseaddr") " => n.listen=ok d.connect=ok>n",
	SERVED("", "{as 1000,as 2000}") "{" OPEN "," FIN_WAIT1 "," FIN_WAIT2 "," TIME_WAIT "} "
	SUCCESSOR(FLAGS) " => n.bind=EADDRINUSE",
	SERVED("reuseport", "as 1000") "{" OPEN "," CLOSE_WAIT "," FIN_WAIT1 "," LAST_ACK "} "
	"as 1000 n tcp4 reuseport bind lo:p => n.bind=ok",
	SERVED("reuseport", "{as 2000,}") "{" OPEN "," CLOSE_WAIT "," FIN_WAIT1 "," LAST_ACK "} "
	"as 1000 n tcp4 reuseport bind lo:p => n.bind=EADDRINUSE",
	SERVED("reuseport", "{as 1000,as 2000}") "{" FIN_WAIT2 "," TIME_WAIT "} "
	"{as 1000,as 2000,} n tcp4 reuseport bind lo:p listen => n.listen=ok",
	/* Not accepted yet it is the listener's user's; it is reset with the listener. */
	"as 1000 l tcp4 reuseport bind lo:p listen; as 2000 c tcp4 bind lo:q connect lo:p; l "
	"close; z tcp4 bind lo2:p; {as 1000,as 2000} n tcp4 reuseport bind lo:p => n.bind=ok",
	/* With the record alive, its own user passes over everybody else's connection. */
	"as 1000 l tcp4 reuseport bind lo:p listen; c tcp4 bind lo:q connect lo:p; l accept s; "
	"l close; {as 1000,as 2000,} n tcp4 reuseport bind lo:p listen",
	/* A client's socket is its user's. */
	"l tcp4 bind lo:q listen; as 1000 c tcp4 reuseport bind lo:p connect lo:q; "
	"{as 1000,as 2000,} n tcp4 reuseport bind lo:p listen",

	/* Rule 5: holes of the record. y comes in by SO_REUSEADDR, z by the record. */
	"as 1000 s tcp4 reuseaddr bind lo:p; {as 1000,as 2000} y tcp4 reuseaddr reuseport bind "
	"any:p; {as 1000,as 2000} x tcp4 reuseport bind lo:p listen; s listen" DIAL,
	"as 1000 s tcp4 reuseaddr bind lo:p; as 2000 y tcp4 reuseaddr reuseport bind any:p; "
	"as 2000 x tcp4 reuseport bind lo:p listen; s listen" DIAL
	" => x.listen=ok s.listen=EADDRINUSE c.connect=ok>x",
	"as 1000 s tcp4 bind lo:p; as 2000 y tcp6 v6only reuseport bind any:p; "
	"as {1000,2000} x tcp6 reuseport bind any:p listen; s listen" DIAL_BOTH,
	/* From the family that the server has not: between bind() and listen() of a server without
	 * any flag, or beside it until it restarts. A dual-stack server leaves no such room. */
	"as 1000 s tcp4 " FLAGS " bind {any,lo}:p; as 2000 y tcp6 v6only reuseport bind any:p; "
	"as 2000 x tcp6 reuseport bind any:p listen; s listen" DIAL_BOTH
	" => x.listen=ok s.listen=EADDRINUSE c.connect=ok>x d.connect=ok>x",
	"as 1000 s tcp4 " FLAGS " bind {any,lo}:p listen; as 2000 y tcp6 v6only reuseport bind "
	"any:p; as 2000 x tcp6 reuseport bind any:p listen" DIAL "; s close; as 1000 n tcp4 {1} "
	"bind {2}:p; d tcp4 connect lo:p"
	" => x.listen=ok c.connect=ok>s n.bind=EADDRINUSE d.connect=ok>x",
	"as 1000 s tcp6 " FLAGS " bind any:p listen; as 2000 y tcp6 v6only reuseport bind any:p; "
	"as 2000 x tcp6 reuseport bind any:p => y.bind=EADDRINUSE x.bind=EADDRINUSE",
	/* The same the other way round: a server with IPv6 only, x by IPv4. */
	"as 1000 s tcp6 " FLAGS " {bind lo,v6only bind any}:p; as 2000 y tcp4 reuseport bind "
	"any:p; as 2000 x tcp6 reuseport bind any:p listen; s listen; c tcp6 connect lo:p"
	" => x.listen=ok s.listen=EADDRINUSE c.connect=ok>x",
	"as 1000 s tcp6 " FLAGS " {bind lo,v6only bind any}:p listen; as 2000 y tcp4 reuseport "
	"bind any:p; as 2000 x tcp6 reuseport bind any:p listen; s close; as 1000 n tcp6 {1} "
	"{2}:p; c tcp6 connect lo:p => x.listen=ok n.bind=EADDRINUSE c.connect=ok>x",
	/* A pair of servers, one a family, leaves none, as a dual-stack one. */
	"as 1000 s tcp4 bind any:p listen; as 1000 t tcp6 v6only bind any:p listen; "
	"as 2000 y tcp6 v6only reuseport bind {any,lo}:p; as 2000 x tcp6 reuseport bind any:p"
	" => y.bind=EADDRINUSE x.bind=EADDRINUSE",
	/* From a device that the server has not. x is found first, having SO_REUSEPORT. */
	"as 1000 s tcp4 bindtodevice=lo " FLAGS " bind {any,lo}:p listen; as 2000 y tcp4 "
	"bindtodevice=eth reuseport bind {any,lo}:p; {as 1000,as 2000} x tcp4 reuseport bind "
	"{any,lo}:p listen" DIAL "; s close; d tcp4 connect lo:p",
	"as 1000 s tcp4 bindtodevice=lo bind {any,lo}:p listen; as 2000 y tcp4 bindtodevice=eth "
	"reuseport bind {1}:p; as 2000 x tcp4 reuseport bind lo:p listen" DIAL
	" => y.bind=ok x.listen=ok c.connect=ok>x",
	"as 1000 s tcp4 bindtodevice=lo bind lo:p; as 2000 y tcp4 bindtodevice=eth reuseport bind "
	"lo:p; as 2000 x tcp4 reuseport bind lo:p listen; s listen" DIAL
	" => x.listen=ok s.listen=EADDRINUSE c.connect=ok>x",
	"as 1000 s tcp6 bindtodevice=lo bind any:p listen; as 2000 y tcp6 bindtodevice=eth "
	"reuseport bind any:p; as 2000 x tcp6 reuseport bind {any,lo,lo4}:p listen" DIAL_BOTH,
	"as 1000 s udp4 bindtodevice=lo " FLAGS " bind {any,lo}:p; as 2000 y udp4 bindtodevice=eth "
	"reuseport bind {any,lo}:p; {as 1000,as 2000} x udp4 reuseport bind {any,lo}:p "
	"{,bindtodevice=lo}" SEND,
	"as 1000 s udp4 bindtodevice=lo bind {any,lo}:p; as 2000 y udp4 bindtodevice=eth reuseport "
	"bind {1}:p; as 2000 x udp4 reuseport bind lo:p bindtodevice=lo" SEND
	" => y.bind=ok x.bind=ok c.send=ok>x",
	/* UDP: the newest that x meets grants, so an old server is passed over, and x gets what it
	 * leaves. */
	"as 1000 s udp4 bind lo:p; as 2000 y udp4 reuseport bind lo2:p; as 2000 x udp4 reuseport "
	"bind any:p" SEND "; s close; as 1000 n udp4 bind lo:p; c send lo:p"
	" => x.bind=ok c.send=ok>s n.bind=EADDRINUSE c.send.2=ok>x",
	"as 1000 s udp4 bind any:p; as 2000 y udp4 reuseport bind lo2:p => y.bind=EADDRINUSE",
	"as 1000 s udp4 " FLAGS " bind {any,lo}:p; as 2000 y udp4 reuseport bind {lo2,lo}:p; "
	"{as 1000,as 2000} x udp4 reuseport bind {any,lo}:p" SEND,
	"as 1000 s udp4 reuseaddr bind lo:p; {as 1000,as 2000} y udp4 reuseaddr reuseport bind "
	"any:p; {as 1000,as 2000} x udp4 reuseport bind lo:p" SEND,

	/* Rule 6: on both protocols, both families, for all kinds of users. */
	"{as 1000,} a {tcp4,tcp6,udp4,udp6} bind any:{1,80,1023,1024}",
	"sysctl ip_unprivileged_port_start={0,80,81,1025,65535}; as 1000 a {tcp4,tcp6,udp4,udp6} "
	"bind lo:{79,80,1024,65534}",
	"sysctl ip_unprivileged_port_start=65535; a {tcp4,tcp6,udp4,udp6} bind lo:{79,65534}"
	" => a.bind=ok",
	"sysctl ip_unprivileged_port_start=80; as 1000 a {tcp4,udp4} bind lo:79; "
	"as 1000 b {1} bind lo:80 => a.bind=EACCES b.bind=ok",
	"as 1000 a {tcp4,mptcp4,udp4,tcp6,udp6} bind lo:1023 => a.bind=EACCES",
	/* ... before a conflict, and before "already bound"; after the address on v4. */
	"a {tcp4,udp4} reuseaddr bind lo:80; as 1000 b {1} reuseaddr bind lo:80 => b.bind=EACCES",
	"as 1000 a {tcp4,tcp6} bind lo:p bind lo:80 => a.bind.2=EACCES",
	"as 1000 a {tcp4,udp4} bind 198.51.100.1:80; as 1000 b {tcp6,udp6} bind [2001:db8:1::1]:80"
	" => a.bind=EADDRNOTAVAIL b.bind=EACCES",
	/* A port that others hold, and what was bound in time, may be used by everybody. */
	"a tcp4 bind lo:80; as 1000 a listen; as 1000 c tcp4 connect lo:80; as 1000 a accept b"
	" => a.listen=ok c.connect=ok>a a.accept=ok",
	"as 1000 a tcp4; a bind lo:80; as 1000 a listen => a.bind=ok a.listen=ok",
	"a udp4 bind lo:80; as 1000 a send lo:p; as 1000 c udp4 send lo:80 => c.send=ok>a",
	/* The kernel's choice asks nobody; but a range below the border is refused, and a border
	 * inside of the range. */
	"sysctl ip_unprivileged_port_start=0; sysctl ip_local_port_range=80_81; "
	"as 1000 a {tcp4,udp4} bind lo:0; as 1000 b {1} bind lo:0",
	"sysctl ip_local_port_range={80_81,1023_1030,1024_1030}",
	"sysctl ip_unprivileged_port_start={32767,32768,32769,40000,65535,65536}",
	"sysctl ip_unprivileged_port_start=0; sysctl ip_local_port_range=80_81; "
	"sysctl ip_unprivileged_port_start={0,80,81}",
	"sysctl ip_unprivileged_port_start={0,1024}; as 1000 a {tcp4,udp4} local_port_range=80-81 "
	"bind lo:0",
	/* The server of a privileged port: ordinary users do not reach it, root does. */
	"a {tcp4,udp4} reuseaddr bind any:80; {as 1000,} x {1} reuseaddr bind lo:80",

	/* Rule 7: devices, first and second, with a client on lo and one on the wire. */
	"s tcp4 {,bindtodevice=lo,bindtodevice=eth} {,reuseport} bind any:p listen; "
	"x tcp4 {,bindtodevice=lo,bindtodevice=eth} {,reuseport} bind {any,lo,eth}:p listen; "
	"c tcp4 connect lo:p; d tcp4 connect eth:p; f@peer tcp4 connect eth:p",
	"s tcp6 {,bindtodevice=lo,bindtodevice=eth} {,reuseport} bind any:p listen; "
	"x tcp{4,6} {,bindtodevice=lo,bindtodevice=eth} {,reuseport} bind any:p listen; "
	"c tcp4 connect lo:p; d tcp6 connect lo:p; f@peer tcp6 connect eth:p",
	"s udp4 {,bindtodevice=lo,bindtodevice=eth} {,reuseport,reuseaddr} bind any:p; "
	"x udp4 {,bindtodevice=lo,bindtodevice=eth} {,reuseport,reuseaddr} bind {any,lo,eth}:p; "
	"c udp4 send lo:p; d udp4 send eth:p; f@peer udp4 send eth:p",
	"s udp6 {,bindtodevice=lo,bindtodevice=eth} {,reuseport} bind any:p; "
	"x udp{4,6} {,bindtodevice=lo,bindtodevice=eth} {,reuseport} bind any:p; "
	"c udp4 send lo:p; d udp6 send lo:p; f@peer udp6 send eth:p",
	"as 1000 s {tcp4,tcp6,udp4,udp6} bindtodevice=lo bind any:p; as 2000 x {1} "
	"bindtodevice=eth bind any:p; as 2000 y {1} bind any:p => x.bind=ok y.bind=EADDRINUSE",
	/* Who may: as often as he likes, once, by name or by index. */
	"{as 1000,} a {tcp4,tcp6,udp4,udp6,mptcp4} {bindtodevice=lo,bindtoifindex=lo} "
	"bindtodevice? {,bind any:p} "
	"{bindtodevice=lo,bindtodevice=eth,bindtodevice=none,bindtoifindex=eth,"
	"bindtoifindex=none} bindtodevice?",
	"as 1000 a {tcp4,udp4} bindtodevice=lo bindtodevice=eth; a bindtodevice=eth; "
	"as 1000 a bindtodevice=none"
	" => a.bindtodevice=ok a.bindtodevice.2=EPERM a.bindtodevice.3=ok a.bindtodevice.4=EPERM",
	"{as 1000,} a tcp4 bindtodevice=eth7; b {tcp6,udp6} bindtodevice=eth bind lo:p"
	" => a.bindtodevice=ENODEV b.bind=EADDRNOTAVAIL",
	/* The device comes after bind(), when nobody asks: from the other device to that of s. */
	"as 1000 s {tcp4,udp4} bindtodevice=lo bind any:p; as 2000 x {1} bindtodevice=eth bind "
	"{any,lo}:p; {as 2000,} x bindtodevice={none,lo}",
	/* A listener goes by the device it has now. */
	"as 1000 s tcp4 bindtodevice=lo bind any:p listen; as 2000 x tcp4 bindtodevice=eth bind "
	"{any,lo}:p listen; c tcp4 connect lo:p; x bindtodevice={none,lo}; d tcp4 connect lo:p"
	" => x.listen=ok c.connect=ok>s",
	/* UDP sheds it without privileges, and a specific address then goes before the server. */
	"as 1000 s udp4 bindtodevice=lo bind {any,lo}:p; as 2000 x udp4 bindtodevice=eth bind "
	"{any,lo}:p; c udp4 send lo:p; as 2000 x disconnect bindtodevice?; c send lo:p; "
	"as 2000 x bindtodevice={lo,eth}; c send lo:p",
	"as 1000 s udp4 bindtodevice=lo bind any:p; as 2000 x udp4 bindtodevice=eth bind lo:p; "
	"c udp4 send lo:p; as 2000 x disconnect; c send lo:p"
	" => x.bind=ok c.send=ok>s x.disconnect=ok c.send.2=ok>x",
	"as 1000 s udp6 bindtodevice=lo bind any:p; as 2000 x udp6 bindtodevice=eth bind lo4:p; "
	"as 2000 x disconnect; c udp4 send lo:p",
	"as 1000 s udp4 bindtodevice=eth bind any:p; as 2000 x udp4 bindtodevice=lo bind eth:p; "
	"as 2000 x disconnect; c@peer udp4 send eth:p => x.bind=ok c.send=ok>x",
	/* ... TCP does not: connect(AF_UNSPEC) leaves the device. */
	"as 1000 s tcp4 bindtodevice=lo bind any:p listen; as 2000 x tcp4 bindtodevice=eth bind "
	"lo:p disconnect bindtodevice? listen" DIAL " => x.bindtodevice?=eth c.connect=ok>s",
	/* The device of a listener is that of the sockets it accepts, and they keep it. */
	"as 1000 l tcp4 bindtodevice=lo bind any:p listen; c tcp4 connect lo:p; l accept s; l "
	"close; as 2000 x tcp4 {,bindtodevice=lo,bindtodevice=eth} bind {any,lo}:p listen",
	/* Score: the listener on the device is found first; see listen. */
	"a tcp4 reuseport bindtodevice=lo bind lo:p listen reuseport=0; b tcp4 reuseport bind lo:p "
	"listen reuseport=0" DIAL " => b.listen=ok c.connect=ok>a",
	"a udp4 reuseaddr bindtodevice=lo bind lo:p; b udp4 reuseaddr bind lo:p; a send lo:p"
	" => a.send=ok>a",
	"a udp4 bindtodevice=eth bind lo:p; b udp4 send lo:p => b.send=ok>none",
	/* ... so x loses against a server with a device, and wins by one if the server has none. */
	"as 1000 s udp4 reuseaddr bind {any,lo}:p; as 2000 x udp4 reuseaddr bindtodevice=lo bind "
	"{1}:p; as 1000 n udp4 reuseaddr bind {1}:p" SEND " => x.bind=ok n.bind=ok c.send=ok>x",
	"as 1000 s udp4 reuseaddr bindtodevice=lo bind {any,lo}:p; as 2000 x udp4 reuseaddr bind "
	"{1}:p"
	SEND " => x.bind=ok c.send=ok>s",
	/* A group has one device; setting another one leaves it (UDP). */
	"as 1000 a udp4 reuseport bind lo:p; as 1000 b udp4 reuseport bind lo:p bindtodevice=lo"
	SEND " => c.send=ok>b",
	"as 1000 a udp4 reuseport bind lo:p; as 1000 b udp4 reuseport bindtodevice={lo,eth} bind "
	"lo:p" SEND,
	"a udp4 reuseport bind lo:p bindtodevice=lo steer=0 => a.steer=EINVAL",

	/* Rule 8. */
	"{as 1000,} a {tcp4,tcp6,udp4,udp6} {freebind,transparent} bind {lo,eth}:p",
	"{as 1000,} a {tcp4,udp4} {,freebind,transparent} bind {198.51.100.1,lo}:p; "
	"{as 1000,} b {2} {,freebind,transparent} bind {4}:p",
	"as 1000 a tcp4 transparent => a.transparent=EPERM",
	"as 1000 a {tcp4,udp4} freebind bind 198.51.100.1:p freebind? => a.bind=ok a.freebind?=1",
	"as 1000 s {tcp4,udp4} bind any:p; {as 2000 x {1} freebind,x {1} transparent} bind "
	"{198.51.100.1,lo}:p => x.bind=EADDRINUSE",
	"a tcp4 transparent=0; as 1000 a transparent={0,1}",
	/* What else asks who sets it: a socket filter (TCP), marks, high priorities, TCP_REPAIR;
	 * and what a namespace's root may not. */
	"{as 1000,} a {tcp4,udp4} deaf",
	"{as 1000,} a {tcp4,udp4} {mark=1,priority=6,priority=7,debug,rcvbufforce=5000}",
	"as 1000 a {tcp4,udp4} repair",
	"sysctl ip_nonlocal_bind=1; as 1000 a {tcp4,udp4} bind 198.51.100.1:p; as 2000 b {1} bind "
	"198.51.100.1:p => a.bind=ok b.bind=EADDRINUSE",
	NULL,
};

/* Every kind of server, without a device and with one; every step the other may take first, and
 * every kind of socket that he may then try. */
#define SERVERS(P) \
	"{" P "4 bind any," P "4 bind lo," P "6 bind any," P "6 v6only bind any," P "6 bind lo," P \
	"6 bind lo4," P "6 bind any4," P "4 bindtodevice=lo bind any," P \
	"4 bindtodevice=lo bind lo," P "6 bindtodevice=lo bind any}:p"
#define STEPS(P) \
	"{" P "4 " DEVICES " reuseport bind {any,lo,lo2}," P "6 " DEVICES \
	" reuseport bind {any,lo,lo2,lo4,any4}," P "6 " DEVICES " reuseport v6only bind any}:p"
#define TRIES(P) \
	"{" P "4 reuseport bind {any,lo}," P "6 reuseport bind {any,lo,lo4,any4}," P \
	"6 reuseport v6only bind any}:p"

const char *const ft_owner_full[] = {
	/* Rule 5: all ways into the port of a server by one step before. */
	"as 1000 s " SERVERS("tcp") " listen; as 2000 y " STEPS("tcp") "; as 2000 x " TRIES("tcp")
	" listen" DIAL_BOTH,
	"as 1000 s " SERVERS("udp") "; as 2000 y " STEPS("udp") "; as 2000 x " TRIES("udp")
	SEND_BOTH,

	/* All kinds and flags, with the server's user, another one, and root. */
	"as 1000 s " V6("tcp") " listen; " WHO V6("tcp") " listen" DIAL_BOTH,
	"as 1000 s " V6("udp") "; " WHO V6("udp") SEND_BOTH,
	"as 1000 s " V6("tcp") "; as 2000 x " V6("tcp") " listen; s listen" DIAL_BOTH,
	"as 1000 s " V4("mptcp") " listen; as 2000 x {" V4("mptcp") "," V4("tcp") "} listen" DIAL,

	/* Rule 3: what is left of a connection, for every pair of flags and three users. */
	SERVED("reuseport", "{as 1000,as 2000,}") "{" OPEN "," CLOSE_WAIT "," FIN_WAIT1 ","
	FIN_WAIT2 "," LAST_ACK "," CLOSING "," TIME_WAIT "} "
	SUCCESSOR("{,reuseaddr,reuseaddr reuseport}"),
	SERVED("{reuseaddr,reuseaddr reuseport}", "{as 1000,as 2000}") "{" OPEN "," CLOSE_WAIT ","
	FIN_WAIT1 "," FIN_WAIT2 "," LAST_ACK "," CLOSING "," TIME_WAIT "} " SUCCESSOR(FLAGS),

	/* Rule 7: devices, with all flags and another user. */
	"as 1000 s tcp4 " DEVICES " " FLAGS " bind {any,lo}:p listen; as 2000 x tcp4 " DEVICES " "
	FLAGS
	" bind {any,lo}:p listen" DIAL "; d tcp4 connect eth:p",
	"as 1000 s udp4 " DEVICES " " FLAGS " bind {any,lo}:p; as 2000 x udp4 " DEVICES " " FLAGS
	" bind {any,lo}:p" SEND "; d udp4 send eth:p",
	NULL,
};
/* clang-format on */

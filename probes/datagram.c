/* SPDX-License-Identifier: MIT */
/*
 * Who may bind a UDP port, and which of its sockets gets a datagram?
 *
 * The rules, as the kernel has them today:
 *  1. Two sockets conflict if their addresses meet and neither is bound to another device. Both
 *     with SO_REUSEADDR they never do, whatever their users; of the other owners the first one
 *     from the newest on decides, and shares if both have SO_REUSEPORT and one user
 *     (udp_lib_lport_inuse()). IPv6 sockets with SO_REUSEPORT stand at the end of that list
 *     (udp_lib_get_port()). The probe `bind` asks for all pairs.
 *  2. A datagram goes to one socket: to one that is connected to the very sender; else to one on
 *     the very address; else to one on the wildcard (__udp4_lib_lookup(), 78c91ae2c6de).
 *  3. Among those of one class the score decides: connected to the sender, bound to the device,
 *     IPv4 before IPv6, SO_INCOMING_CPU (compute_score()). What scores alike goes to the socket
 *     that was bound last: with SO_REUSEADDR the newcomer takes all that its elders got, and when
 *     it goes they get it again (udp4_lib_lookup2(), socket(7)).
 *  4. Sockets with SO_REUSEPORT that are bound to one address, device and family by one user are a
 *     group: the hash of the 4-tuple picks a member, or a program does. A socket on top of the
 *     group that is no member takes all (reuseport_select_sock()). A member that connects leaves
 *     it (udp_lib_hash4(), udp_lib_rehash()).
 *  5. A connected socket gets nothing but what its peer sends. Several may be connected to the
 *     same peer: the later has it all (udp(7), compute_score()).
 *  6. connect() gives a wildcard socket the address that it sends from, and only that; AF_UNSPEC
 *     takes away what was not asked for by bind(): the address, and a port that the kernel chose,
 *     and the device in any case (__udp_disconnect()).
 *  7. Without bind(), send() and connect() take a port for good; no port left is EAGAIN
 *     (inet_autobind()). A port of the kernel's choice may be a shared one (udp_lib_get_port()).
 *  8. If nobody is on the port, a connected sender is told at its next send() or recv(), once; an
 *     unconnected one only if it has asked by IP_RECVERR (__udp4_lib_err(), udp(7)). Of several on
 *     one 4-tuple the one that would have got the answer is told, not the one that sent.
 *  9. With more than ten sockets on a port bind() looks at the address first, and then at the
 *     wildcard (udp_lib_lport_inuse2()). Look-ups always do.
 */
#include <errno.h>

#include "probe/probe.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define SHARE "{reuseaddr,reuseport,reuseaddr reuseport}"
#define REUSEPORT "{reuseport,reuseaddr reuseport}"
/* What becomes of the flags later. */
#define CHANGES "reuseaddr,reuseport,reuseaddr=0,reuseport=0,reuseaddr=0 reuseport=0"
#define LATER "{," CHANGES "}"
/* Every kind of address with all flags, as in the probe `bind`. */
#define V4 "udp4 " FLAGS " bind {any,lo,lo2}"
#define V6 "udp6 " FLAGS " bind {any,lo,lo2,lo4,any4}"
#define V6ONLY "udp6 v6only " FLAGS " bind any"
#define SOCKET "{" V4 "," V6 "," V6ONLY "}:p"
#define DEVICE "{,bindtodevice=lo,bindtodevice=eth}"
#define CPU "{,incoming_cpu=0,incoming_cpu=1}"
/* A peer at q and one at r; who gets what each sends to lo:p, and what later, without b? */
#define PEERS4 "q udp4 bind lo:q; r udp4 bind lo:r; "
#define PEERS6 "q udp6 bind lo:q; r udp6 bind lo:r; "
#define BOTH_SEND "; q send lo:p; r send lo:p; b close; q send lo:p; r send lo:p"
#define PEER "{,connect lo:q,connect lo:r}"
/* Ten sockets on lo2: with those on lo and any it is more than ten on the port. */
#define TEN(flags)                                                                                \
	"f1 udp4 " flags " bind lo2:p; f2 udp4 " flags " bind lo2:p; f3 udp4 " flags              \
	" bind lo2:p; f4 udp4 " flags " bind lo2:p; f5 udp4 " flags " bind lo2:p; f6 udp4 " flags \
	" bind lo2:p; f7 udp4 " flags " bind lo2:p; f8 udp4 " flags " bind lo2:p; f9 udp4 " flags \
	" bind lo2:p; f10 udp4 " flags " bind lo2:p; "
#define ONE_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40001; "
#define TWO_PORTS "sysctl ip_local_port_range=40000_40001; "
/* The ways to come by a port of the kernel's choice. */
#define CHOSEN "{bind any:0,bind lo:0,send lo:q,connect lo:q}"

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
static const char *const matrices[] = {
	/* Every kind of address beside every other: who gets what, by IPv4 and IPv6, and who when
	 * the second one has gone? */
	"a " SOCKET "; b " SOCKET "; c udp4 send lo:p; d udp6 send lo:p; b close; c send lo:p; "
	"d send lo:p",
	/* Three of a kind, with every way to share; then one of them goes. */
	"a udp{4,6} " SHARE " bind lo:p; b udp{1} " SHARE " bind lo:p; c udp{1} " SHARE " bind "
	"lo:p; d udp{1} send lo:p; {a,b,c} close; d send lo:p; f udp{1} send lo:p",
	/* One leaves and comes back, to the same address or to another: it is the newest now. */
	"a udp{4,6} {reuseaddr,reuseport} bind {any,lo}:p; b udp{1} {2} bind {any,lo}:p; "
	"d udp{1} send lo:p; a close; d send lo:p; a udp{1} {2} bind {any,lo}:p; d send lo:p",

	/* Rule 1, said in full. */
	"a {udp4,udp6} bind lo:p; b {1} " FLAGS " bind lo:p => b.bind=EADDRINUSE",
	"a {udp4,udp6} reuseaddr bind {any,lo}:p; b {1} reuseaddr bind {any,lo}:p; "
	"c {1} bind lo:p; d {1} reuseport bind lo:p"
	" => b.bind=ok c.bind=EADDRINUSE d.bind=EADDRINUSE",
	"as 1000 a {udp4,udp6} " FLAGS " bind lo:p; {as 1000,as 1001,} b {1} " FLAGS
	" bind lo:p; c {1} send lo:p",
	"as 1000 a udp4 reuseport bind lo:p; as 1001 b udp4 reuseport bind lo:p"
	" => b.bind=EADDRINUSE",
	"as 1000 a udp4 reuseport bind lo:p; b udp4 reuseport fchown=1000 bind lo:p; "
	"c udp4 send lo:p => b.bind=ok c.send=ok>a|b",
	"x udp6 reuseaddr reuseport bind lo:p; y udp6 reuseaddr bind lo:p; z udp6 reuseport bind "
	"lo:p"
	" => y.bind=ok z.bind=EADDRINUSE",
	"y udp6 reuseaddr bind lo:p; x udp6 reuseaddr reuseport bind lo:p; z udp6 reuseport bind "
	"lo:p"
	" => x.bind=ok z.bind=EADDRINUSE",
	"a udp4 reuseport {,steer=0} bind lo:p; b udp4 reuseport steer=0 bind lo:p"
	" => b.bind=EADDRINUSE",
	/* envoyproxy/envoy#20584: TCP and UDP have ports of their own. */
	"t tcp{4,6} bind {any,lo}:p listen; a udp{1} bind {any,lo}:p; c udp{1} send lo:p; "
	"d tcp{1} connect lo:p => a.bind=ok c.send=ok>a d.connect=ok>t",

	/* The flags change after bind(), on either socket. */
	"a udp4 " FLAGS " bind lo:p " LATER "; b udp4 " FLAGS " bind lo:p; c udp4 send lo:p; "
	"b {" CHANGES "}; c send lo:p",
	"a udp4 bind lo:p; b udp4 reuseaddr bind lo:p; a reuseaddr; b bind lo:p; c udp4 send lo:p"
	" => b.bind=EADDRINUSE b.bind.2=ok c.send=ok>b",
	"a udp4 reuseaddr bind lo:p reuseaddr=0; b udp4 reuseaddr bind lo:p => b.bind=EADDRINUSE",
	"a udp4 reuseport bind lo:p reuseport=0; b udp4 reuseport bind lo:p => b.bind=EADDRINUSE",
	"a udp4 bind lo:p reuseport; b udp4 reuseport bind lo:p; b steer={0,1}; c udp4 send lo:p"
	" => b.bind=ok c.send=ok>a|b",
	"a udp4 reuseaddr bind lo:p reuseport; b udp4 reuseaddr reuseport bind lo:p; "
	"c udp4 send lo:p",
	"a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p; {a,b} reuseport=0; a steer=0; "
	"c udp4 send lo:p",

	/* Rule 3: stolen, and given back. Users do not matter. */
	"a {udp4,udp6} reuseaddr bind {any,lo}:p; b {1} reuseaddr bind {2}:p; c {1} send lo:p; b "
	"close; c send lo:p => c.send=ok>b c.send.2=ok>a",
	"as 1000 a udp4 reuseaddr bind lo:p; as 1001 b udp4 reuseaddr bind lo:p; c udp4 send lo:p"
	" => b.bind=ok c.send=ok>b",
	/* python/cpython#81409: asyncio set it for every datagram endpoint, until 3.8.1. */
	"as 1000 a udp4 reuseaddr bind any:p; as 1001 b udp4 reuseaddr bind lo:p; c udp4 send "
	"lo:p; d udp4 send lo2:p => c.send=ok>b d.send=ok>a",
	"a {udp4,udp6} reuseaddr bind lo:p; b {1} reuseaddr bind any:p; c {1} send lo:p; "
	"d {1} send lo2:p => c.send=ok>a d.send=ok>b",
	"a {udp4,udp6} reuseport bind lo:p; b {1} reuseport bind any:p send lo:p => b.send=ok>a",
	/* The program that was there first gets nothing, and no error tells it. */
	"a udp4 reuseaddr bind any:p; b udp4 reuseaddr bind any:p; c udp4 send lo:p send lo:p; "
	"a recv; b recv => c.send=ok>b c.send.2=ok>b a.recv=EAGAIN b.recv=1",
	/* IPv4 before IPv6, whoever is older. */
	"a udp4 reuseaddr bind any:p; b udp6 reuseaddr bind any:p; c udp4 send lo:p; d udp6 send "
	"lo:p; a close; c send lo:p => c.send=ok>a d.send=ok>b c.send.2=ok>b",
	"b udp6 reuseaddr bind any:p; a udp4 reuseaddr bind any:p; c udp4 send lo:p; d udp6 send "
	"lo:p"
	" => c.send=ok>a d.send=ok>b",
	"a udp4 reuseaddr bind any:p; b udp6 reuseaddr reuseport bind any:p; a send lo:p"
	" => a.send=ok>a",
	"a udp4 reuseaddr bind any:p; b udp6 reuseaddr bind any4:p send lo4:p => b.send=ok>a",
	/* ... but the very address comes before the family. */
	"b udp6 reuseaddr bind lo4:p; a udp4 reuseaddr bind any:p; c udp4 send lo:p; d udp6 send "
	"lo4:p"
	" => c.send=ok>b d.send=ok>b",

	/* The device: of the wildcard, of the address, of both, connected or not, from here and by
	 * the wire. */
	"a udp4 reuseaddr " DEVICE " bind {any,lo,eth}:p; b udp4 reuseaddr " DEVICE
	" bind {any,lo,eth}:p; c udp4 send lo:p send eth:p; d@peer udp4 send eth:p",
	"a udp6 reuseaddr " DEVICE " bind {any,lo,eth}:p; b udp6 reuseaddr " DEVICE
	" bind {any,lo,eth}:p; c udp6 send lo:p send eth:p; d@peer udp6 send eth:p",
	"a {udp4,udp6} bindtodevice=eth bind any:p; b {1} send lo:p; c {1} send eth:p; "
	"d@peer {1} send eth:p => b.send=ok>none c.send=ok>a d.send=ok>a",
	"a udp4 bindtodevice=eth bind lo:p; b udp4 send lo:p => b.send=ok>none",
	"a udp4 reuseaddr bind lo:p; b udp4 reuseaddr bindtodevice=lo bind any:p; c udp4 send lo:p"
	" => c.send=ok>a",
	"a udp4 reuseaddr bindtodevice=lo bind lo:p; b udp4 reuseaddr bind lo:p; a send lo:p"
	" => a.send=ok>a",
	"a udp4 reuseaddr bindtodevice=lo bind any:p; b udp4 reuseaddr bind any:p; c udp4 send "
	"lo:p; a bindtodevice=none; c send lo:p; b bindtodevice=eth; c send lo:p"
	" => c.send=ok>a c.send.2=ok>b c.send.3=ok>a",
	"a udp4 bindtodevice=eth bind any:p; b udp4 bindtodevice=lo bind any:p; c udp4 bind any:p; "
	"d udp4 send lo:p send eth:p; f@peer udp4 send eth:p"
	" => b.bind=ok c.bind=EADDRINUSE d.send=ok>b d.send.2=ok>a f.send=ok>a",
	/* The CPU that a datagram is handled on, among those that share by either flag. */
	"cpu 0; a udp{4,6} {reuseaddr,reuseport} " CPU " bind {any,lo}:p; b udp{1} {2} " CPU
	" bind {any,lo}:p; c udp{1} send lo:p",
	"cpu 0; a udp{4,6} reuseaddr incoming_cpu=0 bind any:p; b udp{1} reuseaddr bind any:p; "
	"c udp{1} send lo:p => c.send=ok>a",
	/* A connected socket remembers the CPU by itself (sk_incoming_cpu_update()). */
	"cpu 0; a udp4 reuseaddr bind lo:p connect lo:q; q udp4 bind lo:q send lo:p; a disconnect; "
	"b udp4 reuseaddr bind lo:p; d udp4 send lo:p",
	/* By the wire the first socket on the address has it if it is connected to the sender. */
	"a udp{4,6} reuseaddr bind {any,eth}:p; b udp{1} reuseaddr bind {any,eth}:p; "
	"{b connect peer:q;,} a connect peer:q; c@peer udp{1} bind peer:q send eth:p; "
	"d@peer udp{1} send eth:p",
	"a udp4 reuseaddr bind eth:p; b udp4 reuseaddr bind eth:p; b connect peer:q; "
	"a connect peer:q; c@peer udp4 bind peer:q; c send eth:p => c.send=ok>b",
	/* Nothing comes by the wire from an address of this host. */
	"addr eth=192.0.2.2; a udp4 bind eth:p; c@peer udp4 bind peer:q; c send eth:p"
	" => c.send=ok>none",
	/* A socket filter that drops it drops it for all. */
	"a {udp4,udp6} reuseaddr bind lo:p; b {1} reuseaddr deaf bind lo:p; c {1} send lo:p; b "
	"hear; c send lo:p => c.send=ok>none c.send.2=ok>b",

	/* Rule 4: groups. */
	"a udp{4,6} " REUSEPORT " bind {any,lo}:p; b udp{1} " REUSEPORT " bind {any,lo}:p; "
	"b steer={0,1,2}; c udp{1} send lo:p; a close; c send lo:p",
	"a udp{4,6} reuseport bind lo:p; b udp{1} reuseport bind lo:p; c udp{1} reuseport bind "
	"lo:p steer={0,1,2}; d udp{1} send lo:p; {a,b} connect lo:q; d send lo:p; {a,c} close; d "
	"send lo:p",
	"a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p; c udp4 bind lo:q send lo:p send "
	"lo:p"
	" => c.send=ok>a|b c.send.2=ok>a|b",
	"a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p steer=mod:2; c udp4 bind lo:q "
	"send=8 lo:p send=9 lo:p; a close; c send=8 lo:p send=9 lo:p"
	" => c.send=ok>a c.send.2=ok>b c.send.3=ok>b c.send.4=ok>b",
	/* A newcomer that only has SO_REUSEADDR takes all; an older one gets nothing. */
	"a udp4 reuseaddr reuseport bind lo:p; b udp4 reuseaddr reuseport bind lo:p; "
	"x udp4 reuseaddr bind lo:p; c udp4 send lo:p; x close; c send lo:p"
	" => c.send=ok>x c.send.2=ok>a|b",
	"x udp4 reuseaddr bind lo:p; a udp4 reuseaddr reuseport bind lo:p; "
	"b udp4 reuseaddr reuseport bind lo:p; c udp4 send lo:p => c.send=ok>a|b",
	/* Groups of two users on one address: the newer has it all. */
	"a udp4 reuseaddr reuseport bind lo:p; as 1000 b udp4 reuseaddr reuseport bind lo:p; "
	"c udp4 send lo:p => c.send=ok>b",
	/* Rule 4 and 5: a member that serves one peer is passed over for the others. Once one has
	 * connected, those behind the group that fit better are found. */
	"a udp4 reuseaddr bindtodevice=lo bind lo:p; b udp4 reuseaddr reuseport bind lo:p; "
	"c udp4 reuseaddr reuseport bind lo:p; c connect lo:q; d udp4 send lo:p => d.send=ok>a",
	"a udp4 reuseport connect lo:p steer=0 => a.steer=EINVAL",
	"a udp4 reuseport bind lo:p bindtodevice=lo steer=0 => a.steer=EINVAL",
	/* wlanslovenija/tunneldigger#115: a server with a socket for each client. Strangers reach
	 * the first one, and did reach the others before 5.4 (acdcecc61285). */
	"s udp4 " REUSEPORT " bind lo:p; t udp4 {1} bind lo:p connect lo:q; "
	"u udp4 {1} bind lo:p connect lo2:q; c udp4 bind lo:q send lo:p; d udp4 bind lo2:q send "
	"lo:p; x udp4 bind lo:r send lo:p => c.send=ok>t d.send=ok>u x.send=ok>s",
	/* nginx/nginx#1399: a reload of a QUIC server, the new workers join, the old ones drain. */
	"a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p; c udp4 reuseport bind lo:p; "
	"d udp4 reuseport bind lo:p; k udp4 bind lo:q send lo:p; a close; k send lo:p; b close; "
	"k send lo:p => k.send=ok>a|b|c|d k.send.2=ok>b|c|d k.send.3=ok>c|d",

	/* Rule 5: both sockets with each peer or none, on each address. */
	PEERS4 "a udp4 " SHARE " bind {any,lo}:p " PEER "; b udp4 " SHARE " bind {any,lo}:p " PEER
	BOTH_SEND,
	PEERS6 "a udp6 " SHARE " bind {any,lo}:p " PEER "; b udp6 " SHARE " bind {any,lo}:p " PEER
	BOTH_SEND,
	/* ... both bound before either connects, either first. */
	PEERS4 "a udp4 " SHARE " bind {any,lo}:p; b udp4 {1} bind {any,lo}:p; "
	"{a connect lo:q; b connect lo:q,b connect lo:q; a connect lo:q,a connect lo:q; "
	"b connect lo:r,b connect lo:q; a connect lo:r}" BOTH_SEND,
	"a udp{4,6} reuseaddr bind lo:p connect lo:q; b udp{1} reuseaddr bind lo:p connect lo:q; "
	"q udp{1} bind lo:q send lo:p; b disconnect; q send lo:p => b.connect=ok q.send=ok>b "
	"q.send.2=ok>a",
	"a udp{4,6} reuseport bind lo:p connect lo:p; b udp{1} reuseport bind lo:p; a send"
	" => a.send=ok>a",
	"a udp4 reuseaddr bind lo:p connect lo:q; b udp4 reuseaddr bind lo:p; q udp4 bind lo:q "
	"send lo:p; r udp4 bind lo:r send lo:p => q.send=ok>a r.send=ok>b",
	/* A connected socket is deaf to strangers; alone it leaves them without an answer. */
	"a udp{4,6} bind lo:p connect lo:q; r udp{1} bind lo:r send lo:p connect lo:p send recv"
	" => r.send=ok>none r.send.2=ok>none r.recv=ECONNREFUSED",
	/* dotnet/runtime#30782: a connected socket without the answers of its peer. A server on the
	 * wildcard answers from another address than it was asked on. */
	"s udp4 bind any:q; c udp4 bind lo:p connect lo2:q send; s send lo:p"
	" => c.send=ok>s s.send=ok>none",
	"s udp4 bind lo2:q; c udp4 bind lo:p connect lo2:q send; s send lo:p"
	" => c.send=ok>s s.send=ok>c",

	/* Rule 6: connect(), AF_UNSPEC, and what is left of the address and the port. */
	"q udp{4,6} bind any:q; a udp{1} {,bind any:0,bind lo:0,bind any:p,bind lo:p} connect lo:q "
	"disconnect {,send lo2:q,connect lo2:q,connect lo2:q disconnect,bind lo:r}; "
	"b udp{1} bind {any,lo,lo2}:p; q send lo:p send lo2:p",
	"q udp4 bind any:q; a udp6 {,bind any:p,bind any4:p,bind lo4:p,bind lo:p} connect "
	"{lo4,lo}:q disconnect {,send lo4:q,connect lo:q,bind lo:r}; b udp{4,6} bind any:p; "
	"q send lo:p",
	"a udp4 bind any:p; b udp4 bind lo2:p; a connect lo:q; b bind lo2:p close; a disconnect; "
	"c udp4 bind lo2:p => b.bind=EADDRINUSE b.bind.2=ok c.bind=EADDRINUSE",
	"a udp4 connect lo:p disconnect connect lo:p => a.connect=ok(lo:e1) a.connect.2=ok(lo:e2)",
	"a udp4 connect lo:p disconnect send lo:p => a.send=ok(any:e2)>none",
	"a udp{4,6} bindtodevice=lo bind lo:p connect lo:q disconnect bindtodevice?"
	" => a.bindtodevice?=none",
	/* An IPv6 socket is left with the address of its former peer. */
	"a udp6 bind any:p connect lo:p disconnect send lo2:p => a.send=ok>none",
	"a udp6 reuseaddr bind lo:p; b udp6 reuseaddr bind lo:p; a connect lo:p disconnect send "
	"lo:p"
	" => a.send=ok>a",
	/* To one after another: the last peer counts, the address stays that of the first. */
	"q udp{4,6} bind any:q; r udp{1} bind any:r; a udp{1} {,bind any:p,bind lo:p} connect "
	"{lo,lo2,eth}:q connect {lo,lo2,eth,peer}:r send; q send lo:p; r send lo:p",
	"q udp4 bind any:q; r udp4 bind any:r; a udp4 bind lo:p connect lo:q connect lo:r send; "
	"q send lo:p; r send lo:p => a.send=ok>r q.send=ok>none r.send=ok>a",
	/* A connect() that fails leaves the peer, and a way that goes elsewhere once. */
	"b udp4 bind lo:p; a udp4 connect lo:p; a connect 203.0.113.1:q; a send; a send"
	" => a.connect.2=ENETUNREACH a.send=ok>b a.send.2=ok>none",
	/* connect(), send() and a second bind() after the first: the port is taken for good. */
	"a udp{4,6} {connect lo:q,send lo:q,bind lo:p,bind any:0} bind {lo,any}:r",
	"a udp4 connect lo:q bind lo:p => a.bind=EINVAL",
	"a udp4 send lo:q bind lo:p => a.bind=EINVAL",
	"a udp4 bind lo:p; b udp4 bind lo:p connect lo:q bind lo:r"
	" => b.bind=EADDRINUSE",
	"a udp4 bind lo:p; b udp4 bind lo:p; b connect lo:p send; a recv"
	" => b.bind=EADDRINUSE b.connect=ok(lo:e1) b.send=ok>a a.recv=1",

	/* Rule 7: ports of the kernel's choice. */
	"a udp{4,6} {,reuseaddr} " CHOSEN "; b udp{1} {2} bind {any,lo,lo2}:e1; q udp{1} send "
	"lo:e1",
	ONE_PORT "a udp4 " FLAGS " {bind lo:0,send lo:q,connect lo:q}; b udp4 " FLAGS
	" {bind lo:0,send lo:q,connect lo:q}; c udp4 send lo:40000",
	/* mullvad/gotatun#175: two devices get one port, and the last that came has the
	 * datagrams. TCP never does. */
	ONE_PORT "a udp4 reuseaddr bind any:0; b udp4 reuseaddr bind any:0; c udp4 reuseaddr "
	"send lo:40000 => b.bind=ok c.send=ok(any:40000)>c",
	ONE_PORT "a udp4 {reuseaddr,reuseport} bind lo:0; b udp4 bind lo:0; c udp4 {1} bind lo:0"
	" => b.bind=EADDRINUSE c.bind=ok",
	ONE_PORT "a udp4 bind {any,lo}:0; b udp4 {connect,send} lo:q; c udp4 bind lo2:0"
	" => b.{2}=EAGAIN",
	TWO_PORTS "a udp4 {send,connect} lo:q; b udp4 {1} lo:q; c udp4 {1} lo:q => c.{1}=EAGAIN",
	ONE_PORT "a udp{4,6} bind_address_no_port bind lo:0 bind lo2:0 {send lo:q,connect lo:q}; "
	"b udp{1} bind {lo,lo2}:40000",
	"a udp4 local_port_range=40000-40000 {bind lo:0,send lo:q,connect lo:q}; "
	"b udp4 local_port_range=40000-40000 {1}",
	ONE_PORT "a udp4 bind lo:40001; b udp4 bind any:0; look any:40000 => a.bind=ok b.bind=ok "
	"look=UDP",
	"a udp{4,6} send; b udp{1} send lo:0 => a.send=EDESTADDRREQ b.send=EINVAL",

	/* Rule 8: nobody is there. */
	"a udp{4,6} {,recverr} bind lo:p {,connect lo:q} send lo:q; {a recv; ,a error?; ,"
	"a connect lo:r; ,a disconnect; ,q udp{1} bind lo:q; }a send lo:q; a recv",
	"a udp{4,6} connect lo:q send send recv => a.send=ok>none a.send.2=ECONNREFUSED",
	"a udp{4,6} connect lo:q send recv; a recv => a.recv=ECONNREFUSED a.recv.2=EAGAIN",
	"a udp{4,6} send lo:q recv; a send lo:q => a.recv=EAGAIN a.send.2=ok>none",
	"a udp{4,6} connect lo:q send error? error?; a recv => a.error?.2=0 a.recv=EAGAIN",
	"a udp4 connect lo:q send; q udp4 bind lo:q; a send; a send => a.send.2=ECONNREFUSED "
	"a.send.3=ok>q",
	"a udp6 connect lo4:q send recv => a.recv=ECONNREFUSED",
	"a udp{4,6} connect {peer,eth}:q send recv",
	/* Two on one 4-tuple: the later one gets the answers, and the errors. */
	"a udp{4,6} reuseaddr bind lo:p connect lo:q; b udp{1} reuseaddr bind lo:p connect lo:q; "
	"a send; a recv; b recv => a.recv=EAGAIN b.recv=ECONNREFUSED",
	"a udp{4,6} reuseaddr {,recverr} bind lo:p {,connect lo:q}; b udp{1} reuseaddr {,recverr} "
	"bind lo:p {,connect lo:q}; a send lo:q; a recv; b recv",

	/* shutdown(): refused without a peer, and done all the same. */
	"q udp{4,6} bind lo:q; a udp{1} bind lo:p {,connect lo:q}; a shutdown={rd,wr,rdwr}; "
	"a {send,send lo:q}; q send lo:p; a recv recv",
	"a udp4 shutdown=wr; a send lo:p => a.shutdown=ENOTCONN a.send=EPIPE",
	"q udp4 bind lo:q; a udp4 bind lo:p connect lo:q shutdown=rd; q send lo:p; a recv; a send"
	" => a.shutdown=ok q.send=ok>a a.recv=1 a.send=ok>q",

	/* To itself: alone, with an elder, with a newer one, connected to itself. */
	"a udp{4,6} bind {any,lo}:p {send lo:p,connect lo:p send} recv => a.send=ok>a a.recv=1",
	"a udp{4,6} reuseaddr bind lo:p; b udp{1} reuseaddr bind lo:p; {a,b} {send lo:p,connect "
	"lo:p send}",
	/* v4-mapped: one socket for both families, narrowed to one by connect(). */
	"a udp6 bind any:p; b udp4 send lo:p; c udp6 send lo:p send lo4:p"
	" => b.send=ok>a c.send=ok>a c.send.2=ok>a",
	"a udp6 bind any:p connect lo4:q; b udp4 bind lo:q send lo:p; c udp6 send lo:p; "
	"d udp6 bind lo:p => b.send=ok>a c.send=ok>none d.bind=ok",
	"a udp6 bind any:p connect lo:q; b udp4 send lo:p; c udp6 bind lo:q send lo:p; "
	"d udp4 bind lo:p => b.send=ok>none c.send=ok>a d.bind=ok",
	"a udp6 v6only {,bind any:p} {connect,send} lo4:q => a.{2}=ENETUNREACH",
	"a udp6 {,bind lo:p,bind lo4:p,bind any4:p,bind any:p} {connect,send} {lo,lo4,any,any4}:q "
	"{,send lo:q,send lo4:q}",
	"a udp4 {connect,send} [::1]:q => a.{1}=EAFNOSUPPORT",

	/* Rule 9: more than ten on the port, by flags and addresses. */
	TEN("reuseaddr") "x udp4 reuseaddr {,reuseport} bind {any,lo}:p; w udp4 reuseaddr "
	"{,reuseport} bind {any,lo}:p; s udp4 " FLAGS " bind {any,lo}:p; c udp4 send lo:p send "
	"lo2:p",
	"x udp4 reuseaddr bind lo:p; w udp4 reuseaddr reuseport bind any:p; s udp4 reuseport bind "
	"lo:p"
	" => s.bind=ok",
	"x udp4 reuseaddr bind lo:p; " TEN("reuseaddr")
	"w udp4 reuseaddr reuseport bind any:p; s udp4 reuseport bind lo:p"
	" => w.bind=ok s.bind=EADDRINUSE",

	/* dotnet/corefx#32046: two programs on one port, one sets SO_REUSEADDR, the other
	 * SO_REUSEPORT; both need both. */
	"a udp4 reuseaddr bind any:p; b udp4 reuseport bind any:p => b.bind=EADDRINUSE",
	"a udp4 reuseaddr reuseport bind any:p; b udp4 reuseaddr bind any:p; c udp4 reuseaddr "
	"reuseport bind any:p; d udp4 send lo:p => b.bind=ok c.bind=ok d.send=ok>a|c",
	/* Fantom-foundation/go-ethereum#12: bind() succeeds, and no data arrives, for somebody
	 * else's SO_REUSEPORT socket has it. */
	"a udp4 reuseport bind any:p; b udp4 reuseport bind any:p; a steer=0; c udp4 send lo:p; "
	"b recv => b.bind=ok c.send=ok>a b.recv=EAGAIN",
	/* anza-xyz/agave#620: a port that bind() found free, which is another's when it is used. */
	"a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p close; c udp4 reuseport bind lo:p"
	" => b.bind=ok c.bind=ok",
	/* FRRouting/frr#5390: one port on two devices for two programs. */
	"a udp4 bindtodevice=eth bind any:p; b udp4 bindtodevice=lo bind any:p; c udp4 send lo:p; "
	"d@peer udp4 send eth:p => b.bind=ok c.send=ok>b d.send=ok>a",
	NULL,
};

static const char *const full[] = {
	/* Three sockets, of both families and all addresses. */
	"a {udp4 " SHARE " bind {any,lo},udp6 " SHARE " bind {any,lo4}}:p; "
	"b {udp4 " SHARE " bind {any,lo},udp6 " SHARE " bind {any,lo4}}:p; "
	"c {udp4 " SHARE " bind {any,lo},udp6 " SHARE " bind {any,lo4}}:p; "
	"d udp4 send lo:p; c close; d send lo:p",
	/* The device and the flags of a pair. */
	"a udp{4,6} " DEVICE " " FLAGS " bind {any,lo}:p; b udp{1} " DEVICE " " FLAGS
	" bind {any,lo}:p; c udp{1} send lo:p; a close; c send lo:p",
	"a udp4 reuseaddr " DEVICE " bind {any,lo,eth}:p {,connect lo:q,connect eth:q}; "
	"b udp4 reuseaddr " DEVICE " bind {any,lo,eth}:p {,connect lo:q,connect eth:q}; "
	"q udp4 bind any:q send lo:p send eth:p",
	/* Each peer for each of two sockets, of different families. */
	PEERS4 "a udp4 " SHARE " bind {any,lo}:p " PEER "; b udp6 " SHARE
	" bind {any,lo4,any4}:p {,connect lo4:q,connect lo4:r}" BOTH_SEND,
	PEERS4 "a udp6 " SHARE " bind {any,lo4,any4}:p {,connect lo4:q,connect lo4:r}; b udp4 "
	SHARE
	" bind {any,lo}:p " PEER BOTH_SEND,
	/* Flags that change, of both, and a third socket that comes after. */
	"a udp4 " FLAGS " bind lo:p " LATER "; b udp4 " FLAGS " bind lo:p; b {" CHANGES
	"}; c udp4 reuseaddr reuseport bind lo:p; d udp4 send lo:p",
	"a udp6 " FLAGS " bind lo:p " LATER "; b udp6 " FLAGS " bind lo:p; c udp6 send lo:p",
	/* Every flag and address with more than ten on the port. */
	TEN("reuseaddr reuseport") "x udp4 " FLAGS " bind {any,lo}:p; w udp4 " FLAGS
	" bind {any,lo}:p; s udp4 " FLAGS " bind {any,lo}:p; c udp4 send lo:p",
	/* Ports of the kernel's choice and who may have them, too. */
	"a udp{4,6} " FLAGS " " CHOSEN "; b udp{1} " FLAGS " bind {any,lo,lo2}:e1; "
	"q udp{1} send lo:e1",
	NULL,
};
/* clang-format on */

/* s1..sn share lo:p; who gets a datagram, who when half of them have gone, who after a newcomer? */
static void print_sweep(unsigned n, const char *proto, struct ft_text *out)
{
	for (unsigned i = 1; i <= n; i++)
		ft_text_printf(out, "%ss%u %s reuseaddr bind lo:p", i > 1 ? "; " : "", i, proto);
	ft_text_printf(out, "; c %s send lo:p", proto);
	for (unsigned i = n / 2 + 1; i <= n; i++)
		ft_text_printf(out, "; s%u close", i);
	ft_text_printf(out, "; c send lo:p; x %s reuseaddr bind lo:p; c send lo:p", proto);
	ft_text_printf(out, " => s%u.bind=ok c.send=ok>s%u c.send.2=ok>s%u c.send.3=ok>x", n, n,
		       n / 2);
}

static int generate(struct ft_job *job, struct ft_err *err)
{
	static const unsigned sizes[] = {2, 9, 10, 11, 12, 100, 1000};
	static const char *const protos[] = {"udp4", "udp6"};
	struct ft_text text;
	int rc = 0;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	for (unsigned i = 0; rc == 0 && i < 2 * sizeof(sizes) / sizeof(sizes[0]); i++) {
		ft_text_clear(&text);
		print_sweep(sizes[i / 2], protos[i % 2], &text);
		if (text.failed)
			rc = ft_err_set(err, -ENOMEM, "no memory for a sweep");
		else
			rc = ft_job_add(job, ft_text_get(&text), text.len, "probe datagram sweep",
					i + 1, err);
	}
	ft_text_fini(&text);
	return rc;
}

static const struct ft_probe probe = {
	.name = "datagram",
	.question = "Who may bind a UDP port, and which of its sockets gets a datagram?",
	.matrices = matrices,
	.full = full,
	.generate = generate,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}

/* SPDX-License-Identifier: MIT */
/*
 * Which second bind() does a first socket allow?
 *
 * The rules, as the kernel has them today:
 *  1. Two sockets can only conflict on one port of one protocol, and if neither is bound to a
 * device or both are to the same one (inet_bind_conflict(), udp_lib_lport_inuse()).
 *  2. They conflict only if the sets of addresses that they cover intersect: 0.0.0.0 is all of
 *     v4, :: with v6only all of v6, :: without it both, and ::ffff:a.b.c.d is a.b.c.d (ip(7),
 *     ipv6(7)).
 *  3. TCP: no conflict if both have SO_REUSEADDR and the first does not listen; nor if both have
 *     SO_REUSEPORT and the same owner, or the first is in TIME_WAIT (socket(7),
 *     inet_csk_bind_conflict()).
 *  4. UDP: no conflict if both have SO_REUSEADDR; of the other pairs the first that overlaps
 *     decides, newest socket first, and it allows if both have SO_REUSEPORT and the same owner
 *     (udp_lib_lport_inuse()).
 *  5. The port remembers the last SO_REUSEPORT socket that was bound, and lets one with the same
 *     owner and flag pass without looking at anybody else (sk_reuseport_match()): the holes
 *     below.
 *  6. A connected socket covers the address it is connected from, whatever it was bound to
 *     (inet_bhash2_update_saddr()). If it was dual-stack and went to v6 it still meets the v4
 *     wildcard, being not v6only, and of v4 addresses the kernel writes 127.0.0.6 into it
 *     (LOOPBACK4_IPV6, inet_rcv_saddr_equal()).
 *  7. bind(:0) never shares a TCP port, whatever the flags; a UDP port it does
 *     (inet_csk_find_open_port()).
 *  8. The state of the first socket does not matter, but for LISTEN, nor the user's privilege;
 *     the device does in every state, and the user wherever SO_REUSEPORT is what both share.
 *  9. MPTCP binds the first subflow, which is a TCP socket: it conflicts as one (mptcp_bind()).
 */
#include "probe/probe.h"
#include "states.h"

/* The four states of the pair of flags. Two sockets have sixteen together. */
#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
/* Every kind of address of a protocol, with all flags: v4; dual-stack, v6 and mapped; v6only. */
#define V4(proto) proto "4 " FLAGS " bind {any,lo,lo2}"
#define V6(proto) proto "6 " FLAGS " bind {any,lo,lo2,lo4,any4}"
#define V6ONLY(proto) proto "6 v6only " FLAGS " bind any"
#define ANYWHERE(proto) "{" V4(proto) "," V6(proto) "," V6ONLY(proto) "}"
#define SOCKET(proto) ANYWHERE(proto) ":p"

/* Those of SO_REUSEPORT only, which asks for the owner. */
#define REUSEPORT "{reuseport,reuseaddr reuseport}"
#define R4(proto) proto "4 " REUSEPORT " bind {any,lo,lo2}"
#define R6(proto) proto "6 " REUSEPORT " bind {any,lo,lo2,lo4,any4}"
#define R6ONLY(proto) proto "6 v6only " REUSEPORT " bind any"
#define GROUPED(proto) "{" R4(proto) "," R6(proto) "," R6ONLY(proto) "}:p"

/* One port at most for the kernel's choice, odd as bind(:0) prefers it. */
#define ONE_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40000; "

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
static const char *const matrices[] = {
	/* Every kind of address against every other, the first socket bound or listening. */
	"a " SOCKET("tcp") " {,listen}; b " SOCKET("tcp"),

	/* The first socket connected: v4, v6, mapped. */
	"l tcp4 bind lo:q listen; a " V4("tcp") ":p connect lo:q; b " SOCKET("tcp"),
	"l tcp6 bind lo:q listen; a {tcp6 " FLAGS
	" bind {any,lo}," V6ONLY("tcp") "}:p connect lo:q; "
					"b " SOCKET("tcp"),
	"l tcp4 bind lo:q listen; a tcp6 " FLAGS
	" bind {lo4,any4}:p connect lo4:q; b " SOCKET("tcp"),

	/* UDP, bound and connected. Nobody needs to be at the other end. */
	"a " SOCKET("udp") "; b " SOCKET("udp"),
	"a " V4("udp") ":p connect lo:q; b " SOCKET("udp"),
	"a {udp6 " FLAGS " bind {any,lo}," V6ONLY("udp") "}:p connect lo:q; b " SOCKET("udp"),
	"a udp6 " FLAGS " bind {lo4,any4}:p connect lo4:q; b " SOCKET("udp"),

	/* TCP and UDP have ports of their own. */
	"a tcp{4,6} bind {any,lo}:p; b udp{1} bind {any,lo}:p; c {tcp,udp}{1} bind any:p"
	" => b.bind=ok c.bind=EADDRINUSE",

	/* What the flags allow, said in full: on one address, not listening. */
	"a {tcp4,tcp6,udp4,udp6} bind {any,lo}:p; c {1} " FLAGS " bind {2}:p; d {1} bind {2}:p"
	" => a.bind=ok c.bind=EADDRINUSE d.bind=EADDRINUSE",
	"a {tcp4,tcp6} {reuseaddr,reuseport,reuseaddr reuseport} bind {any,lo}:p; "
	"c {1} {2} bind {3}:p; d {1} bind {3}:p => c.bind=ok d.bind=EADDRINUSE",
	"a {tcp4,udp4} reuseaddr bind lo:p; c {1} reuseport bind lo:p; d {1} reuseaddr bind lo:p"
	" => c.bind=EADDRINUSE d.bind=ok",

	/* Go's net.ListenConfig with a Control that sets SO_REUSEADDR|SO_REUSEPORT as one name, and
	 * as two: net has set reuseaddr before Control runs, and Control runs before bind(). */
	"a tcp4 reuseaddr reuseaddr|reuseport bind lo:p listen; b tcp4 {reuseaddr,reuseaddr "
	"reuseaddr|reuseport,reuseaddr reuseport} bind lo:p",
	"a tcp4 reuseaddr reuseaddr|reuseport bind lo:p listen; b tcp4 reuseaddr "
	"reuseaddr|reuseport bind lo:p listen => a.listen=ok b.bind=ok b.listen=ok",
	/* ... and what plain net.Listen does, twice: reuseaddr alone does not share a listener. */
	"a tcp6 v6only=0 reuseaddr bind any:p listen; b tcp6 v6only=0 reuseaddr bind any:p"
	" => b.bind=EADDRINUSE",

	/* The holes of rule 5: the middle socket makes the last bind possible. */
	"x tcp4 reuseaddr bind lo:p; y tcp4 reuseaddr reuseport bind any:p; "
	"z tcp4 reuseport bind lo:p"
	" => y.bind=ok z.bind=ok",
	"x tcp4 reuseaddr bind lo:p; z tcp4 reuseport bind lo:p => z.bind=EADDRINUSE",
	"a tcp4 bind lo:p; b tcp6 v6only reuseport bind any:p; c tcp6 reuseport bind any:p"
	" => b.bind=ok c.bind=ok",
	"a tcp4 bind lo:p; c tcp6 reuseport bind any:p => c.bind=EADDRINUSE",
	/* The same for UDP, by rule 4: the newest decides. */
	"x udp4 reuseaddr reuseport bind lo:p; y udp4 reuseaddr bind lo:p; "
	"z udp4 reuseport bind lo:p"
	" => z.bind=EADDRINUSE",
	"y udp4 reuseaddr bind lo:p; x udp4 reuseaddr reuseport bind lo:p; "
	"z udp4 reuseport bind lo:p"
	" => z.bind=ok",
	/* Three in a row, every way to hold the flags. */
	"a {tcp4,udp4} " FLAGS " bind {any,lo}:p; b {1} " FLAGS " bind {any,lo}:p; c {1} " FLAGS
	" bind lo:p",

	/* Rule 6: a wildcard-bound client, before, while and after it is connected. */
	"l tcp4 bind lo:q listen; a tcp4 bind any:p; b tcp4 bind lo2:p; a connect lo:q; "
	"c tcp4 bind lo2:p close; a disconnect; d tcp4 bind lo2:p"
	" => b.bind=EADDRINUSE c.bind=ok d.bind=EADDRINUSE",

	/* ... a dual-stack one, connected over v6, still meets the v4 wildcard, and for UDP an
	 * address that it never asked for. */
	"l tcp6 bind lo:q listen; x tcp6 bind any:p connect lo:q; y tcp4 bind lo:p; "
	"z tcp4 bind any:p; w tcp4 bind 127.0.0.6:p => y.bind=ok z.bind=EADDRINUSE w.bind=ok",
	"l tcp6 bind lo:q listen; x tcp6 bind any:p connect lo:q; z tcp4 bind any:p"
	" => z.bind=EADDRINUSE",
	"x udp6 bind any:p connect lo:q; y udp4 bind {lo,127.0.0.7}:p; "
	"z udp4 bind {any,127.0.0.6}:p"
	" => y.bind=ok z.bind=EADDRINUSE",

	/* Rule 1: devices. The reuseport record does not know them. */
	"a {tcp4,udp4} bindtodevice={lo,eth} " FLAGS " bind any:p; "
	"b {1} {,bindtodevice=lo,bindtodevice=eth} " FLAGS " bind {any,lo}:p",
	"a {tcp4,udp4} " FLAGS " bind any:p; b {1} bindtodevice={lo,eth} " FLAGS " bind {any,lo}:p",
	"a {tcp4,udp4} bindtodevice=lo bind any:p; b {1} bindtodevice=eth bind any:p; "
	"c {1} bind any:p"
	" => b.bind=ok c.bind=EADDRINUSE",

	"a {tcp6,udp6} bindtodevice={lo,eth} {,reuseaddr,reuseport} bind any:p; "
	"b {{1} {,v6only} ,{1} bindtodevice=lo ,{1} bindtodevice=eth }{,reuseaddr,reuseport} "
	"bind any:p",
	/* ... nor does the state of a connection: a device keeps apart whatever is left. */
	FT_LIVING("{tcp4,tcp6}", "{1}", "", "bindtodevice=lo {,reuseaddr}", "lo")
	"b {1} {,bindtodevice=lo,bindtodevice=eth} {,reuseaddr} bind {lo,any}:q",
	FT_LEFT("{tcp4,tcp6}", "{1}", "", "bindtodevice=lo {,reuseaddr}", "lo")
	"b {1} {,bindtodevice=lo,bindtodevice=eth} {,reuseaddr} bind {lo,any}:q",

	/* Owners: reuseport asks for the socket's uid, reuseaddr does not; fchown() changes it. */
	"as 1000 a {tcp4,udp4} " FLAGS " bind lo:p; as 1001 b {1} " FLAGS " bind lo:p",
	"as 1000 a {tcp4,udp4} reuseport bind lo:p; {,as 1000} b {1} reuseport bind lo:p",
	"as 1000 a tcp4 reuseport bind lo:p; b tcp4 reuseport fchown=1000 bind lo:p => b.bind=ok",
	"a tcp4 reuseport fchown=1000 bind lo:p; b tcp4 reuseport bind lo:p => b.bind=EADDRINUSE",
	"a tcp4 reuseport bind lo:p; b tcp4 reuseport; as 1000 b bind lo:p => b.bind=ok",

	/* ... in every state; the plain y empties the port's record. */
	FT_LIVING("{tcp4,tcp6}", "{1}", "as 1000 ", REUSEPORT, "lo")
	"{,y {1} bind lo2:q; }{,as 1000,as 1001} b {1} reuseport bind {lo,any}:q",
	FT_LEFT("{tcp4,tcp6}", "{1}", "as 1000 ", REUSEPORT, "lo")
	"{,y {1} bind lo2:q; }{,as 1000,as 1001} b {1} reuseport bind {lo,any}:q",

	/* MPTCP: its first subflow is a TCP socket like any other. */
	"a mptcp{4,6} " FLAGS " bind {any,lo}:p {,listen}; b {tcp,mptcp}{4,6} " FLAGS
	" bind {any,lo}:p",

	/* A steering program attached before bind() makes a group of one. */
	"a {tcp4,udp4} reuseport {,steer=0} bind lo:p; b {1} reuseport steer=0 bind lo:p"
	" => a.bind=ok b.bind=EADDRINUSE",
	"a {tcp4,udp4} reuseport steer=0 bind lo:p; b {1} reuseport bind lo:p => b.bind=ok",

	/* Rule 7: one port only for the kernel's choice. */
	ONE_PORT "a {tcp4,udp4} " FLAGS " bind lo:0; b {1} {2} bind {lo,lo2}:0",
	ONE_PORT "a tcp4 " FLAGS " bind lo:0; b tcp4 " FLAGS " bind any:0 => b.bind=EADDRINUSE",
	ONE_PORT "sysctl ip_autobind_reuse=1; a tcp4 {,reuseport,reuseaddr reuseport} bind lo:0; "
	"b tcp4 {1} bind lo:0",
	ONE_PORT
	"sysctl ip_autobind_reuse=1; a tcp4 reuseaddr bind lo:0; b tcp4 reuseaddr bind lo:0"
	" => b.bind=ok",

	ONE_PORT "a udp4 {reuseaddr,reuseport} bind lo:0; c udp4 {1} bind lo:0 => c.bind=ok",
	/* It prefers odd ports, and with reuseaddr the lower half of the range. */
	"sysctl ip_local_port_range=40000_40001; a tcp4 bind lo:0; look lo:40001 => look=BOUND",
	"sysctl ip_local_port_range=40000_40003; a tcp4 reuseaddr bind lo:0; look lo:40001"
	" => look=BOUND",

	/* The other reasons to be refused, and the order in which they are found (bind(2)). */
	"a tcp4 bind lo:p; a bind lo2:p => a.bind.2=EINVAL",
	"a tcp4 bind lo:80; as 1000 b tcp4 bind lo:80 => b.bind=EACCES",
	"as 1000 a tcp4 bind 198.51.100.1:80; as 1000 b tcp6 bind [2001:db8:1::1]:80"
	" => a.bind=EADDRNOTAVAIL b.bind=EACCES",
	"a {tcp4,udp4} bind 198.51.100.1:p; b {1} freebind bind 198.51.100.1:p; c {1} freebind "
	"bind 198.51.100.1:p => a.bind=EADDRNOTAVAIL b.bind=ok c.bind=EADDRINUSE",
	"a tcp4 bind {224.0.0.1,255.255.255.255}:p; b tcp6 bind [ff02::1]:p => a.bind=ok "
	"b.bind=EINVAL",
	"a tcp6 v6only bind {lo4,any4}:p => a.bind=EINVAL",
	"a tcp6 v6only? bind {lo,lo2}:p v6only?; b tcp6 bind lo4:p v6only?"
	" => a.v6only?=0 a.v6only?.2=1 b.bind=ok b.v6only?=0",

	/* bind_address_no_port: the address now, the port later, so bind() may come again. */
	"a tcp4 bind_address_no_port bind lo:0 bind lo2:0 bind lo3:p => a.bind.2=ok a.bind.3=ok",
	"a tcp4 bind lo:0 bind lo2:0 => a.bind.2=EINVAL",
	"a tcp6 bind_address_no_port bind lo:0 v6only=0 listen; b tcp4 bind any:e1"
	" => a.v6only=ok b.bind=EADDRINUSE",

	/* A failed bind() is not the end: listen() takes a port of the kernel's choice. */
	"a tcp4 bind lo:p; b tcp4 bind lo:p; b listen => b.bind=EADDRINUSE b.listen=ok(any:e1)",
	/* A second descriptor keeps the port. */
	"a tcp4 bind lo:p dup b; a close; c tcp4 bind lo:p; b close; d tcp4 bind lo:p"
	" => c.bind=EADDRINUSE d.bind=ok",
	NULL,
};

static const char *const full[] = {
	/* Every kind of address against an owner in every state. */
	FT_LIVING("{tcp4,tcp6}", "{1}", "", FLAGS, "{lo,any}") "b " ANYWHERE("tcp") ":q",
	FT_LEFT("{tcp4,tcp6}", "{1}", "", FLAGS, "{lo,any}") "b " ANYWHERE("tcp") ":q",
	/* Users and devices against every kind of address. */
	"as 1000 a " GROUPED("tcp") "; {,as 1000,as 1001} b " GROUPED("tcp"),
	"as 1000 a " GROUPED("udp") "; {,as 1000,as 1001} b " GROUPED("udp"),
	"a {tcp4,tcp6,udp4,udp6} {,bindtodevice=lo,bindtodevice=eth} " FLAGS " bind any:p; "
	"b {1} {,bindtodevice=lo,bindtodevice=eth} " FLAGS " bind any:p",
	FT_LIVING("tcp4", "tcp4", "", "{,bindtodevice=lo} " FLAGS, "{lo,any}")
	"b tcp{4,6} {,bindtodevice=lo,bindtodevice=eth} " FLAGS " bind any:q",
	/* Three in a row over both families; a TCP socket before one of MPTCP. */
	"a tcp4 " FLAGS " bind {any,lo}:p; b tcp6 " FLAGS " bind {any,lo,lo4}:p; "
	"c {tcp4,tcp6} " FLAGS " bind {any,lo}:p",
	"a udp4 " FLAGS " bind {any,lo}:p; b udp6 " FLAGS " bind {any,lo,lo4}:p; "
	"c {udp4,udp6} " FLAGS " bind {any,lo}:p",
	"a tcp{4,6} " FLAGS " bind {any,lo}:p {,listen}; b mptcp{4,6} " FLAGS " bind {any,lo}:p",
	NULL,
};
/* clang-format on */

static const struct ft_probe probe = {
	.name = "bind",
	.question = "Which second bind() does a first socket allow?",
	.matrices = matrices,
	.full = full,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}

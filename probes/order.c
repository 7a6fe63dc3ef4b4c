/* SPDX-License-Identifier: MIT */
/*
 * Does it matter when an option is set: before bind(), after it, after listen(), after accept()?
 *
 * The rules, as the kernel has them today:
 *  1. SO_REUSEADDR and SO_REUSEPORT are read whenever *another* socket is bound or listens, from
 *     the owners as they are then, and of the new socket at its own bind() and again at its
 *     listen(). Nothing of SO_REUSEADDR is remembered since Linux 6.8; up to 6.7 the first
 *     owner's flag at bind() was (inet_csk_bind_conflict(), inet_csk_update_fastreuse()).
 *  2. Of SO_REUSEPORT the port keeps a record of the last socket that was bound with it: who
 *     matches the record passes, even when that socket's flag has been cleared
 *     (sk_reuseport_match()).
 *  3. A group is joined at listen() (TCP) or bind() (UDP), for good: clearing the flag does not
 *     leave it, setting it later does not join (reuseport_alloc(), reuseport_add_sock()).
 *  4. An accepted socket has the flags that its listener had when the connection came, and its
 *     own ones from then on; TIME_WAIT has those of the socket at the end.
 *  5. Any value but zero is on and reads back as 1 (socket(7)).
 *  6. Names are numbers, not bits: SO_REUSEADDR|SO_REUSEPORT is 2|15 = 15, which is SO_REUSEPORT.
 *     On alpha, mips, parisc and sparc the numbers are others.
 *  7. IPV6_V6ONLY can be changed as long as no port is held; bind() to a v6 address sets it
 *     (ipv6(7), __inet6_bind()).
 *  8. SO_BINDTODEVICE can be changed at any time, without a check (socket(7)).
 *  9. All this holds in every state of the owner, as long as there is a descriptor to change it by;
 *     what is left after close() stays as it was.
 */
#include "probe/probe.h"
#include "states.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
/* What becomes of the flags later. */
#define CHANGES "reuseaddr,reuseport,reuseaddr=0,reuseport=0,reuseaddr=0 reuseport=0"
#define LATER "{," CHANGES "}"

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
static const char *const matrices[] = {
	/* The first socket's flags before bind() and after; then a second one binds and listens. */
	"a {tcp4,tcp6} " FLAGS " bind lo:p " LATER "; b {1} " FLAGS " bind lo:p listen; a listen",
	"a udp4 " FLAGS " bind lo:p " LATER "; b udp4 " FLAGS " bind lo:p",
	/* ... after listen(). */
	"a {tcp4,tcp6} " FLAGS " bind lo:p listen " LATER "; b {1} " FLAGS " bind lo:p listen",
	/* ... after accept(), on the accepted socket, for a server that restarts. */
	"l tcp4 " FLAGS " bind lo:p listen; c tcp4 connect lo:p; l accept s; "
	"s " LATER " reuseaddr? reuseport?; l close; s close; c close; "
	"n tcp4 " FLAGS " bind lo:p listen",
	/* ... on the listener, between the connection's arrival and accept(): too late. */
	"l tcp4 " FLAGS " bind lo:p listen; c tcp4 connect lo:p; l nodelay " LATER "; l accept s; "
	"s reuseaddr? reuseport?",
	/* ... in every state in which the owner can still be asked. */
	FT_LIVING("{tcp4,tcp6}", "{1}", "", "{,reuseaddr,reuseport}", "lo")
	"c {" CHANGES "}; n {1} {reuseaddr,reuseport} bind lo:q listen",
	/* ... before it is closed: what is left has what it had at the end. */
	"l {tcp4,tcp6} bind any:p listen; c {1} {,reuseaddr,reuseport} bind lo:q connect lo:p; "
	"l accept s; c {" CHANGES "}; {c close; s close,c close,s deaf; c close,s close; c deaf "
	"close,c deaf; s deaf; c shutdown=wr; s shutdown=wr; c hear close}; n {1} "
	"{reuseaddr,reuseport} bind lo:q listen",
	/* The second socket's flags between its bind() and its listen(). */
	"a tcp4 " FLAGS " bind lo:p; b tcp4 " FLAGS " bind lo:p {" CHANGES "} listen; a listen",
	/* Set and cleared, cleared and set, before bind(). */
	"a tcp4 {reuseaddr,reuseport} {1}=0 {1}? bind lo:p; b tcp4 {1} bind lo:p"
	" => a.{1}?=0 b.bind=EADDRINUSE",
	"a tcp4 {reuseaddr,reuseport}=0 {1} {1}? bind lo:p; b tcp4 {1} bind lo:p"
	" => a.{1}?=1 b.bind=ok",

	/* Rule 1. */
	"x tcp4 reuseaddr bind lo:p reuseaddr=0; y tcp4 reuseaddr bind lo:p => y.bind=EADDRINUSE",
	"x tcp4 reuseaddr bind lo:p reuseaddr=0 reuseaddr; y tcp4 reuseaddr bind lo:p => y.bind=ok",
	"x tcp4 bind lo:p reuseaddr; y tcp4 reuseaddr bind lo:p => y.bind=ok",
	"x tcp4 reuseaddr bind lo:p; y tcp4 reuseaddr bind lo:p; x reuseaddr=0 listen; y listen"
	" => y.bind=ok x.listen=EADDRINUSE y.listen=EADDRINUSE",
	"x tcp4 bind lo:p; y tcp4 bind lo:p; y reuseaddr bind lo:p; x reuseaddr; y bind lo:p"
	" => y.bind=EADDRINUSE y.bind.2=EADDRINUSE y.bind.3=ok",
	/* An option that follows bind() in a program that forgot it before: the bind has failed. */
	"x tcp4 reuseaddr bind lo:p; y tcp4 bind lo:p reuseaddr listen => y.bind=EADDRINUSE",
	/* Rule 2. */
	"x tcp4 reuseport bind lo:p reuseport=0; y tcp4 reuseport bind lo:p listen; x listen"
	" => y.bind=ok y.listen=ok x.listen=EADDRINUSE",
	"x tcp4 reuseport bind lo:p reuseport=0; z tcp4 bind lo2:p; y tcp4 reuseport bind lo:p"
	" => z.bind=ok y.bind=EADDRINUSE",
	"x udp4 reuseport bind lo:p reuseport=0; y udp4 reuseport bind lo:p => y.bind=EADDRINUSE",
	/* Rule 3: one group, and two groups of which the newer takes all. */
	"x tcp4 bind lo:p listen reuseport; y tcp4 reuseport bind lo:p listen steer=0; "
	"c tcp4 connect lo:p; y steer=1; d tcp4 connect lo:p"
	" => y.listen=ok c.connect=ok>x d.connect=ok>y",
	"x tcp4 reuseport bind lo:p listen; y tcp4 reuseport bind lo:p listen; x reuseport=0; "
	"y steer={0,1}; c tcp4 connect lo:p => y.steer=ok c.connect=ok>x|y",
	"x tcp4 reuseport bind lo:p listen reuseport=0; y tcp4 reuseport bind lo:p listen; "
	"c tcp4 connect lo:p; d tcp4 connect lo:p => c.connect=ok>y d.connect=ok>y",
	"x udp4 bind lo:p reuseport; y udp4 reuseport bind lo:p steer={0,1}; c udp4 send lo:p"
	" => y.bind=ok c.send=ok>x|y",
	/* Rule 4. */
	"l tcp4 bind lo:p listen; c tcp4 connect lo:p; l accept s; s reuseaddr; l close; s close; "
	"c close; n tcp4 reuseaddr bind lo:p => n.bind=ok",
	"l tcp4 reuseaddr bind lo:p listen; c tcp4 connect lo:p; l accept s; s reuseaddr=0; "
	"l close; s close; c close; n tcp4 reuseaddr bind lo:p => n.bind=EADDRINUSE",
	"l tcp4 reuseaddr reuseport nodelay keepalive bindtodevice=lo bind lo:p listen; "
	"c tcp4 connect lo:p; l accept s; s reuseaddr? reuseport? nodelay? keepalive? bindtodevice?"
	" => s.reuseaddr?=1 s.reuseport?=1 s.nodelay?=1 s.keepalive?=1 s.bindtodevice?=lo",
	"l tcp4 bind lo:p listen; c tcp4 connect lo:p; l reuseaddr reuseport; d tcp4 connect lo:p; "
	"l accept s; l accept t; s reuseaddr? reuseport?; t reuseaddr? reuseport?"
	" => s.reuseaddr?=0 s.reuseport?=0 t.reuseaddr?=1 t.reuseport?=1",

	/* Rule 5: what getsockopt() says. */
	"a {tcp4,tcp6,udp4,udp6} {reuseaddr,reuseport} {2}? {2}=0 {2}? {2}=2 {2}? {2}=-1 {2}?"
	" => a.{2}?=1 a.{2}?.2=0 a.{2}?.3=1 a.{2}?.4=1",
	"a {tcp4,tcp6,udp4,udp6} reuseaddr? reuseport? => a.reuseaddr?=0 a.reuseport?=0",
	"a tcp4 {reuseaddr,reuseport} bind lo:p {1}? listen {1}?; c tcp4 {1} connect lo:p {1}? "
	"disconnect {1}?; a shutdown=rd {1}? => a.{1}?=1 a.{1}?.2=1 c.{1}?=1 c.{1}?.2=1 a.{1}?.3=1",
	"a tcp4 incoming_cpu? incoming_cpu=0 incoming_cpu? => a.incoming_cpu?=-1 "
	"a.incoming_cpu?.2=0",
	"a tcp4 acceptconn? bind lo:p acceptconn? listen acceptconn? shutdown=rd acceptconn?"
	" => a.acceptconn?=0 a.acceptconn?.2=0 a.acceptconn?.3=1 a.acceptconn?.4=0",
	"a {tcp4,tcp6} linger? linger=0 linger? linger=5 linger? linger=off linger?"
	" => a.linger?=-1 a.linger?.2=0 a.linger?.3=5 a.linger?.4=-1",
	"a tcp4 bind_address_no_port? bind_address_no_port bind_address_no_port? bind lo:0; "
	"b tcp4 bind lo:0 bind_address_no_port bind lo2:0"
	" => a.bind_address_no_port?=0 a.bind_address_no_port?.2=1 a.bind=ok(lo:0) b.bind.2=EINVAL",
	"a {tcp4,udp4} local_port_range? local_port_range=40000-40007 local_port_range? "
	"local_port_range=none local_port_range?",
	"a {tcp4,udp4} local_port_range=40007-40000 => a.local_port_range=EINVAL",
	/* The option's size must be that of an int, at least (socket(7)). */
	"a tcp4 sockopt=1:2:01000000 reuseaddr?; b tcp4 sockopt=1:2:0100000000000000 reuseaddr?; "
	"c tcp4 sockopt=1:2:01 => a.reuseaddr?=1 b.reuseaddr?=1 c.sockopt=EINVAL",

	/* Rule 6: one call with both names, as Go code does in a Control function. */
	"a {tcp4,tcp6,udp4,udp6} reuseaddr|reuseport reuseaddr? reuseport?"
	" => a.reuseaddr|reuseport=ok a.reuseaddr?=0 a.reuseport?=1",
	"a {tcp4,tcp6} reuseaddr|reuseport bind lo:p listen; b {1} {reuseaddr|reuseport,reuseport} "
	"bind lo:p listen => b.bind=ok b.listen=ok",
	"a {tcp4,tcp6} reuseaddr|reuseport bind lo:p; b {1} reuseaddr bind lo:p => "
	"b.bind=EADDRINUSE",
	"a tcp4 reuseaddr|reuseport reuseaddr|reuseport=0 reuseport? bind lo:p; "
	"b tcp4 reuseaddr|reuseport bind lo:p => a.reuseport?=0 b.bind=EADDRINUSE",
	/* It leaves a reuseaddr that was set before alone, as net.ListenConfig has set it. */
	"a tcp4 reuseaddr reuseaddr|reuseport reuseaddr? reuseport? => a.reuseaddr?=1 "
	"a.reuseport?=1",
	"l tcp4 reuseaddr|reuseport bind lo:p listen; c tcp4 connect lo:p; l accept s; l close; "
	"s close; c close; n tcp4 {reuseaddr,reuseaddr|reuseport} bind lo:p",
	"l tcp4 reuseaddr|reuseport bind lo:p listen; c tcp4 connect lo:p; l accept s; l close; "
	"s close; c close; look lo:p; n tcp4 reuseaddr|reuseport bind lo:p => look=TIME_WAIT "
	"n.bind=ok",
	/* A Control function that comes too late would set it here. */
	"a tcp4 bind lo:p reuseaddr|reuseport listen; b tcp4 reuseaddr|reuseport bind lo:p listen"
	" => b.bind=ok b.listen=ok",

	/* Rule 7. */
	"a {tcp6,udp6} v6only? bind {lo,lo2}:p v6only? v6only=0"
	" => a.v6only?=0 a.v6only?.2=1 a.v6only=EINVAL",
	"a {tcp6,udp6} bind {lo4,any4,any}:p v6only? => a.v6only?=0",
	"a {tcp6,udp6} v6only v6only? v6only=0 v6only? bind any:p v6only? v6only"
	" => a.v6only?=1 a.v6only?.2=0 a.v6only?.3=0 a.v6only.3=EINVAL",
	"a tcp6 v6only bind any:p; b tcp4 bind any:p => b.bind=ok",
	"a tcp6 v6only v6only=0 bind any:p; b tcp4 bind any:p => b.bind=EADDRINUSE",
	"a tcp6 bind_address_no_port bind lo:0 v6only? v6only=0 v6only? listen; b tcp4 bind any:e1"
	" => a.v6only?=1 a.v6only=ok a.v6only?.2=0 b.bind=EADDRINUSE",
	"sysctl ipv6.bindv6only=1; a tcp6 v6only? bind any:p; b tcp4 bind any:p"
	" => a.v6only?=1 b.bind=ok",
	"a tcp4 v6only => a.v6only=ENOPROTOOPT",

	/* Rule 8. */
	"a tcp4 bindtodevice=lo bind any:p; b tcp4 bindtodevice=eth bind any:p; b bindtodevice=lo; "
	"c tcp4 bindtodevice=lo bind any:p => b.bind=ok b.bindtodevice.2=ok c.bind=EADDRINUSE",
	"l tcp4 bindtodevice=eth bind any:p listen; c tcp4 connect lo:p; l bindtodevice=none; "
	"d tcp4 connect lo:p => c.connect=ECONNREFUSED d.connect=ok>l",
	"as 1000 a tcp4 bindtodevice=lo bindtodevice? bindtodevice=none"
	" => a.bindtodevice=ok a.bindtodevice?=lo a.bindtodevice.2=EPERM",
	"a udp4 bindtodevice=lo bind lo:p connect lo:q disconnect bindtodevice?"
	" => a.bindtodevice?=none",
	"l tcp4 bind lo:p listen; a tcp4 bindtodevice=lo bind lo:q connect lo:p disconnect "
	"bindtodevice?"
	" => a.bindtodevice?=lo",
	NULL,
};

static const char *const full[] = {
	/* All flags at first, all changes, all flags of the newcomer. */
	FT_LIVING("{tcp4,tcp6}", "{1}", "", FLAGS, "{lo,any}")
	"c {" CHANGES "}; n {1} " FLAGS " bind lo:q listen",
	"l {tcp4,tcp6} bind any:p listen; c {1} " FLAGS " bind lo:q connect lo:p; l accept s; "
	"c {" CHANGES "}; {c close; s close,c close,s deaf; c close,s close; c deaf close,c deaf; "
	"s deaf; c shutdown=wr; s shutdown=wr; c hear close}; n {1} " FLAGS " bind lo:q listen",
	/* Two changes: of the first before the second is bound, and after. */
	"a {tcp4,tcp6,udp4,udp6} " FLAGS " bind lo:p; a {" CHANGES "}; b {1} " FLAGS " bind lo:p; "
	"a {"
	CHANGES "}; d {1} " FLAGS " bind lo:p",
	/* What an accepted socket has, and what it leaves to a server that restarts. */
	"l {tcp4,tcp6} " FLAGS " bind lo:p listen; l {" CHANGES "}; c {1} connect lo:p; "
	"l accept s; "
	"s {" CHANGES "}; l close; {s close; c close,s close,c close; s close,}; n {1} " FLAGS
	" bind lo:p listen",
	NULL,
};
/* clang-format on */

static const struct ft_probe probe = {
	.name = "order",
	.question =
		"Does it matter when an option is set: before or after bind(), listen(), accept()?",
	.matrices = matrices,
	.full = full,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}

/* SPDX-License-Identifier: MIT */
/*
 * Which port does the kernel choose, when is there none left, and who shares it?
 *
 * The rules, as the kernel has them today:
 *  1. connect() goes over the offsets of the range that are even, counted from its start, then over
 *     the odd ones; bind() to port 0 and listen() without bind() do the reverse. A range of an odd
 *     size loses its last port (__inet_hash_connect(), inet_csk_find_open_port(), ea8add2b1903).
 *  2. With SO_REUSEADDR, bind() to port 0 goes over the lower half of the range first.
 *  3. IP_LOCAL_PORT_RANGE (ip(7)) narrows the range, each bound by itself and only within
 *     ip_local_port_range; connect() then knows no parity, and loses no last port (207184853dbd).
 *     ip_local_reserved_ports are not chosen, but can be bound by number (ip-sysctl).
 *  4. A TCP port that bind() to port 0 chose is shared with nobody on a meeting address, whatever
 *     the flags. With ip_autobind_reuse=1, when no other is left, sockets share that have
 *     SO_REUSEADDR and do not listen, unless one user has SO_REUSEPORT on both (4b01a9674231,
 *     335759211a32). UDP shares a chosen port like one that is asked for by number.
 *  5. connect() chooses per 4-tuple: one port serves any number of destinations, as long as all its
 *     owners got it from connect(); one bind() of the port, on whatever address, takes it away
 *     from connect() until that socket is gone (d57f4b874946, 6.18).
 *  6. IP_BIND_ADDRESS_NO_PORT (ip(7)): bind() to port 0 takes the address only, and rule 5 applies.
 *  7. What an exhausted range says: bind() and listen() of TCP and UDP EADDRINUSE, connect() of TCP
 *     EADDRNOTAVAIL, connect() and send() of UDP EAGAIN.
 *  8. A port of the kernel's choice is given up by a failed connect(), by connect(AF_UNSPEC), and
 *     by a listener's shutdown(); one that was asked for by number is not.
 *  9. TIME_WAIT keeps its 4-tuple from connect()'s choice until tcp_tw_reuse lets it go; the same
 *     port serves another destination at once.
 * 10. connect() to a port of the range itself may choose that very port: a connection to oneself.
 */
#include <errno.h>

#include "ephemeral.h"

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
static const char *const matrices[] = {
	/* ---- rules 1 and 2 ---- */
	/* Five draws from a range of one to four ports that begins even or odd. */
	"sysctl "
	"ip_local_port_range={40000_40003,40001_40004,40000_40002,40000_40001,40000_40000}; "
	"l tcp{4,6} bind any:q listen; " FT_BY_NUMBER "look lo:40004; "
	"a tcp{2} {connect lo:q,bind lo:0,listen,reuseaddr bind lo:0}; b tcp{2} {3}; c tcp{2} "
	"{3}; "
	"d tcp{2} {3}; e tcp{2} {3}",
	"sysctl ip_local_port_range={40000_40003,40001_40004,40000_40002,40000_40000}; "
	FT_BY_NUMBER "look lo:40004; "
	"a udp{4,6} {connect lo:q,bind lo:0,send lo:q,reuseaddr bind lo:0}; b udp{2} {3}; "
	"c udp{2} {3}; d udp{2} {3}; e udp{2} {3}",
	FT_TWO_PORTS FT_LISTENER4 FT_BY_NUMBER "a tcp4 connect lo:q; b tcp4 bind lo:0; "
	"c tcp4 listen => a.connect=ok(lo:40000)>l b.bind=ok(lo:40001) c.listen=EADDRINUSE",
	"sysctl ip_local_port_range=40001_40002; " FT_LISTENER4 FT_BY_NUMBER
	"a tcp4 connect lo:q; b tcp4 bind lo:0 => a.connect=ok(lo:40001)>l b.bind=ok(lo:40002)",
	"sysctl ip_local_port_range=40000_40002; " FT_LISTENER4 FT_BY_NUMBER "a tcp4 bind lo:0; "
	"b tcp4 bind lo:0; c tcp4 bind lo:0; d tcp4 bind lo:40002 => a.bind=ok(lo:40001)"
	" b.bind=ok(lo:40000) c.bind=EADDRINUSE d.bind=ok",
	FT_FOUR_PORTS FT_BY_NUMBER "a tcp4 reuseaddr bind lo:0; b tcp4 reuseaddr bind lo:0; "
	"c tcp4 reuseaddr bind lo:0; d tcp4 reuseaddr bind lo:0 => a.bind=ok(lo:40001)"
	" b.bind=ok(lo:40000) c.bind=ok(lo:40003) d.bind=ok(lo:40002)",

	/* ---- rule 3 ---- */
	/* Ranges within, beside and across that of the namespace; its ends one by one. */
	FT_FOUR_PORTS FT_LISTENER4 FT_BY_NUMBER
	"a tcp4 local_port_range={39999-40001,40002-40010,50000-50001,0-40000,40003-0,none,"
	"40001-40001} {bind lo:0,connect lo:q,listen}; b tcp4 local_port_range={1} {2}; "
	"c tcp4 local_port_range={1} {2}; d tcp4 local_port_range={1} {2}; "
	"e tcp4 local_port_range={1} {2}",
	FT_FOUR_PORTS FT_BY_NUMBER
	"a udp4 local_port_range={39999-40001,40002-40010,50000-50001,0-40000,40003-0,none,"
	"40001-40001} {bind lo:0,connect lo:q}; b udp4 local_port_range={1} {2}; "
	"c udp4 local_port_range={1} {2}; d udp4 local_port_range={1} {2}; "
	"e udp4 local_port_range={1} {2}",
	/* Within the usual range: no parity, no last port lost. */
	FT_LISTENER4 FT_BY_NUMBER
	"a tcp{4,6} local_port_range={40000-40003,40000-40002,40000-40000,40001-40002} "
	"{connect lo4:q,bind lo4:0}; b tcp{1} local_port_range={2} {3}; "
	"c tcp{1} local_port_range={2} {3}; d tcp{1} local_port_range={2} {3}; "
	"e tcp{1} local_port_range={2} {3}",
	FT_LISTENER4 "a tcp4 local_port_range=40000-40002 connect lo:q; b tcp4 "
	"local_port_range=40000-40002 connect lo:q; c tcp4 local_port_range=40000-40002 connect "
	"lo:q; d tcp4 local_port_range=40000-40002 connect lo:q => c.connect=ok>l"
	" d.connect=EADDRNOTAVAIL",
	/* Reserved ports. */
	FT_FOUR_PORTS "sysctl ip_local_reserved_ports={40000,40001,40000-40002,40001-40003,"
	"40000-40003}; " FT_LISTENER4 FT_BY_NUMBER
	"a {tcp4,udp4} {bind lo:0,connect lo:q,local_port_range=40002-40003 connect lo:q}; "
	"b {2} {3}; c {2} {3}; d {2} {3}; f {2} bind lo:40003",
	FT_ONE_PORT "sysctl ip_local_reserved_ports=40000; " FT_LISTENER4 "a tcp4 connect lo:q; "
	"b tcp4 bind lo:0; c tcp4 listen; d udp4 bind lo:0; e udp4 connect lo:q; f tcp4 bind "
	"lo:40000 => a.connect=EADDRNOTAVAIL b.bind=EADDRINUSE c.listen=EADDRINUSE"
	" d.bind=EADDRINUSE e.connect=EAGAIN f.bind=ok",
	/* What can be written there. */
	"sysctl ip_local_port_range={1000_1003,50000_40000,0_40000,40000,70000_70001,1024_1024,"
	"65535_65535,x}; a tcp4 bind lo:0; b udp4 bind lo:0; c tcp4 bind lo:0",
	"a {tcp4,udp4,tcp6,mptcp4} local_port_range={40001-40000,40001-40001,0-0,40000-0,0-40000,"
	"none} local_port_range? {bind lo:0,listen}",
	"a {tcp4,udp4} sockopt=0:51:{00,0000,409c419c,419c409c,409c419c00} local_port_range? "
	"bind lo:0",

	/* ---- rules 4, 5 and 6: one port, a holder and a second socket ---- */
	FT_ONE_PORT FT_LISTENER4 "a tcp4 {bind lo:0,bind any:0,bind lo2:0,listen,bind lo:0 "
	"listen,"
	"bind lo:40000,bind any:40000,bind lo2:40000,connect lo:q,connect lo2:q,"
	"bind lo:0 connect lo:q,bind lo:40000 connect lo:q,"
	"bind_address_no_port bind lo:0 connect lo:q,"
	"bind_address_no_port bind lo2:0 connect lo:q}; "
	"b tcp4 {bind lo:0,bind any:0,listen,connect lo:q,connect lo2:q,"
	"bind_address_no_port bind lo:0 connect lo:q,bind_address_no_port bind lo:0 connect "
	"lo2:q,"
	"bind_address_no_port bind lo2:0 connect lo:q}",
	FT_ONE_PORT "sysctl ip_autobind_reuse={0,1}; a tcp4 " FT_FLAGS " bind lo:0 {,listen}; "
	"b tcp4 " FT_FLAGS " {bind lo:0,listen}",
	FT_ONE_PORT FT_LISTENER4 "a tcp4 " FT_FLAGS " {bind any:0,connect lo:q}; b tcp4 " FT_FLAGS
	" {bind lo:0,bind lo2:40000}; c tcp4 connect lo3:q",
	FT_ONE_PORT FT_LISTENER6 "a tcp{4,6} {bind lo4:0,bind any:0,listen,bind any:40000,"
	"connect lo4:q}; b tcp{4,6} {bind lo4:0,bind any:0,bind any4:0,listen,connect lo4:q}",
	FT_ONE_PORT FT_LISTENER4 "a mptcp4 {bind lo:0,listen,connect lo:q}; b {tcp4,mptcp4} "
	"{bind lo:0,listen,connect lo:q,connect lo2:q}",
	FT_ONE_PORT "{as 1000 a,a} tcp4 {reuseport,reuseaddr reuseport} bind lo:{0,40000}; "
	"{as 1000 b,b} tcp4 {2} bind lo:{0,40000}",
	FT_ONE_PORT "sysctl ip_autobind_reuse=1; {as 1000 a,a} tcp4 reuseaddr {,reuseport} "
	"bind lo:0; {as 1000 b,b} tcp4 reuseaddr {,reuseport} bind lo:0",
	FT_ONE_PORT "a {tcp4,udp4} {,bindtodevice=lo} bind any:0; b {1} {,bindtodevice=lo,"
	"bindtodevice=eth} {bind any:0,connect lo:q}",
	FT_ONE_PORT "sysctl ip_autobind_reuse=1; a tcp4 reuseaddr bind lo:0; b tcp4 reuseaddr "
	"bind "
	"lo:0; c tcp4 reuseport bind lo:0 => a.bind=ok b.bind=ok c.bind=EADDRINUSE",
	FT_ONE_PORT FT_LISTENER4 "a tcp4 connect lo:q; b tcp4 connect lo2:q; c tcp4 connect "
	"lo:q; "
	"look lo:40000 => a.connect=ok>l b.connect=ok>l c.connect=EADDRNOTAVAIL",
	FT_ONE_PORT FT_LISTENER4 "a tcp4 bind lo:0 connect lo:q; b tcp4 connect lo2:q; "
	"c tcp4 reuseaddr bind lo:0 => a.connect=ok>l b.connect=EADDRNOTAVAIL c.bind=EADDRINUSE",
	FT_ONE_PORT FT_LISTENER4 "a tcp4 bind_address_no_port bind lo:0 connect lo:q; "
	"b tcp4 connect lo2:q => a.bind=ok a.connect=ok>l b.connect=ok>l",

	/* ---- rule 6: which needs no number ---- */
	FT_LISTENER4 "b tcp4 {,reuseaddr,reuseport} bind {any,lo,lo2}:p {,listen}; a tcp4 "
	"{,reuseaddr,reuseport} bind_address_no_port bind {lo,any}:{p,0} {connect lo:q,listen}",
	FT_LISTENER4 "a tcp4 bind_address_no_port {,reuseaddr} bind {lo,any,lo2}:0 {connect lo:q,"
	"connect lo2:q,listen,bind lo:p,bind lo2:0 connect lo:q,bind any:0 listen,"
	"bind_address_no_port=0 bind lo:0,disconnect,connect lo:q disconnect connect lo2:q,"
	"connect lo:q disconnect bind lo2:p,connect lo:r,connect lo:r bind lo2:p}; b tcp4 bind "
	"lo:p",
	FT_LISTENER6 "a tcp6 bind_address_no_port {,v6only} bind {lo,any,lo2,lo4,any4}:0 "
	"{,v6only=0} {connect lo:q,connect lo4:q,listen,bind lo:p,bind any4:p}; "
	"b tcp{4,6} bind any:p",
	FT_LISTENER4 "a tcp4 {bind lo:0 bind_address_no_port,bind lo:p bind_address_no_port,"
	"bind_address_no_port bind lo:p,bind_address_no_port bind_address_no_port=0 bind lo:0} "
	"{connect lo:q,listen,bind lo:0}",
	FT_LISTENER4 "a mptcp4 {,bind_address_no_port} {,reuseaddr} bind {lo,any}:0 {connect "
	"lo:q,"
	"listen,bind lo:p}",
	"a udp{4,6} bind_address_no_port {,reuseaddr,reuseport} bind {any,lo}:0 {connect lo:q,"
	"send lo:q,bind lo:p,bind lo2:p,disconnect,connect lo:q disconnect send lo:q,"
	"send lo:q bind lo:p}; b udp{1} {2} bind lo:p",
	FT_LISTENER4 "a tcp4 bind_address_no_port bind lo:0 bind lo2:0 connect lo:q"
	" => a.bind=ok(lo:0) a.bind.2=ok(lo2:0) a.connect=ok(lo2:e1)>l",

	/* ---- rule 5: a port opens again ---- */
	FT_ONE_PORT FT_LISTENER4 "c tcp4 connect lo:q; x tcp4 bind {lo2,any,127.0.0.5}:40000 "
	"{,listen,connect lo3:q}; d tcp4 connect lo2:q; x {close,linger=0 close,disconnect,"
	"shutdown=rdwr}; f tcp4 connect lo2:q",
	FT_ONE_PORT FT_LISTENER4 "c tcp4 {,reuseaddr} connect lo:q; x tcp4 reuseaddr bind "
	"{lo,lo2}:40000; y tcp4 reuseaddr bind {lo,lo2}:40000; x close; d tcp4 connect lo2:q; "
	"y close; f tcp4 connect lo2:q",
	FT_ONE_PORT FT_LISTENER4 "x tcp4 bind {lo:40000,lo:0,lo2:40000} {connect lo:q,"
	"connect lo:q disconnect,connect lo:r}; d tcp4 connect lo2:q; x {close,linger=0 close}; "
	"f tcp4 connect lo3:q; g tcp4 bind lo:0",
	/* An accepted socket holds its listener's port, and what is left of it does too. */
	FT_ONE_PORT FT_LISTENER4 "m tcp4 bind {lo,any}:40000 listen; k tcp4 bind lo:r connect "
	"lo:40000; m accept s; m close; d tcp4 connect lo2:q; {s close; k close,k close; s close,"
	"s linger=0 close,k linger=0 close}; f tcp4 connect lo2:q",
	FT_ONE_PORT FT_LISTENER4 "c tcp4 connect lo:q; x tcp4 bind lo2:40000; d tcp4 connect "
	"lo3:q; "
	"x close; f tcp4 connect lo3:q"
	" => x.bind=ok d.connect=EADDRNOTAVAIL f.connect=ok(lo:40000)>l",

	/* The account is kept by address: an explicit owner that connect() moves from the
	 * wildcard to an address that only connect() has used there does not count, dead or alive.
	 */
	FT_ONE_PORT FT_LISTENER4
	"c tcp4 reuseaddr connect lo:q; x tcp4 reuseaddr bind {any,lo}:40000 connect lo3:q; "
	"d tcp4 connect lo2:q; x {close,linger=0 close,disconnect}; f tcp4 connect lo2:q; "
	"g tcp4 connect lo3:q",
	FT_ONE_PORT FT_LISTENER4
	"c tcp4 reuseaddr connect lo:q; e tcp4 reuseaddr connect lo2:q; "
	"x tcp4 reuseaddr bind any:40000 connect lo3:q; d tcp4 connect 127.0.0.9:q; "
	"e linger=0 close; d connect 127.0.0.9:q; look lo:40000 => d.connect=EADDRNOTAVAIL"
	" d.connect.2=ok(lo:40000)>l",
	FT_ONE_PORT FT_LISTENER4
	"c tcp4 reuseaddr connect lo:q; e tcp4 reuseaddr connect lo2:q; "
	"x tcp4 reuseaddr bind lo:40000 connect lo3:q; d tcp4 connect 127.0.0.9:q; "
	"e linger=0 close; d connect 127.0.0.9:q => d.connect.2=EADDRNOTAVAIL",

	/* ---- rules 7 and 8 ---- */
	FT_ONE_PORT FT_LISTENER4 "a tcp4 bind lo:0; b tcp4 bind lo:0; c tcp4 listen; d tcp4 "
	"connect "
	"lo:q; e udp4 bind lo:0; f udp4 bind lo:0; g udp4 connect lo:q; h udp4 send lo:q"
	" => a.bind=ok b.bind=EADDRINUSE c.listen=EADDRINUSE d.connect=EADDRNOTAVAIL e.bind=ok"
	" f.bind=EADDRINUSE g.connect=EAGAIN h.send=EAGAIN",
	FT_ONE_PORT "a udp4 {,reuseaddr,reuseport} {bind lo:0,bind any:0,connect lo:q,send lo:q,"
	"bind lo:40000}; b udp4 {1} {bind lo:0,bind any:0,bind lo2:0,connect lo:q,send lo:q,"
	"bind_address_no_port bind lo:0 connect lo:q}",
	FT_ONE_PORT "sysctl ip_autobind_reuse={0,1}; a udp{4,6} reuseaddr {bind any:0,connect "
	"lo:q}; "
	"b udp{4,6} {,reuseaddr} {bind any:0,connect lo:q}",
	FT_ONE_PORT "a {tcp4,udp4} {bind lo:0,connect lo:q}; b {udp4,tcp4} {bind lo:0,connect "
	"lo:r}",
	FT_ONE_PORT "a udp4 {,reuseaddr} {connect lo:q,bind lo:0,bind lo:0 connect lo:q,"
	"bind lo:40000} {disconnect,close}; b udp4 bind lo:0",
	FT_ONE_PORT "a tcp{4,6} {connect lo:r,bind lo:0 connect lo:r,bind lo:40000 connect lo:r,"
	"bind_address_no_port bind lo:0 connect lo:r}; b tcp{1} {bind lo:0,connect lo:r,listen}; "
	"a connect lo:r; a close; c tcp{1} {3}",
	/* A connection that has no answer yet. */
	FT_ONE_PORT "l tcp4 deaf bind lo:q listen; n tcp4 bind any:r listen; a tcp4 {,bind lo:0,"
	"bind lo:40000,bind_address_no_port bind lo:0} begin lo:q; b tcp4 {connect lo:r,"
	"connect lo2:r,bind lo:0,listen}; a {close,disconnect}; c tcp4 {2}",
	FT_TWO_PORTS "a {tcp4,tcp6,mptcp4} {,reuseaddr,reuseport} listen; b {tcp4,tcp6} {2} "
	"listen; "
	"c tcp4 {2} listen; a close; c listen",
	FT_ONE_PORT "a tcp4 {listen,bind lo:0 listen,bind lo:40000 listen} shutdown=rd; "
	"b tcp4 {listen,bind lo:0}; a listen",
	"a tcp{4,6} {,reuseaddr,reuseport} {,bind lo:0,bind any:0} listen; b tcp{1} {2} "
	"{bind lo:p,connect lo:p}",

	/* ---- rule 9 ---- */
	FT_ONE_PORT "sysctl tcp_tw_reuse={0,1,2}; " FT_LISTENER4 "a tcp4 connect lo:q; l "
	"accept s; "
	"{a close; s close,s close; a close,a close}; {,wait 1.1s;} b tcp4 connect lo:q; "
	"c tcp4 connect lo2:q; d tcp4 bind lo:0; f tcp4 reuseaddr bind lo:0",
	FT_ONE_PORT FT_LISTENER4 "a tcp4 connect lo:q; l accept s; a close; s close; "
	"b tcp4 connect lo:q; c tcp4 connect lo2:q"
	" => b.connect=EADDRNOTAVAIL c.connect=ok(lo:e1)>l",

	/* ---- rule 10: tokio-rs/tokio#3405, ktorio/ktor#2237 ---- */
	FT_ONE_PORT "a tcp{4,6} {,bind lo:0,bind_address_no_port bind lo:0} connect lo:40000; "
	"b tcp{1} connect lo:40000; c tcp{1} bind lo:40000",
	FT_ONE_PORT "a tcp4 connect lo:40000; b tcp4 bind lo:40000 listen"
	" => a.connect=ok(lo:40000)>a b.bind=EADDRINUSE",
	FT_TWO_PORTS "look lo:40001; a tcp4 connect lo:{40000,40001}; b tcp4 connect lo:{1}; "
	"c tcp4 bind lo:{1} listen",

	/* ---- what users met ---- */
	/* envoyproxy/envoy#44747, golang/go#9929: bind before connect takes the port from every
	 * destination, so 64k ports are 64k connections; with the option they are not. */
	FT_TWO_PORTS FT_LISTENER4 "a tcp4 {,bind_address_no_port} bind lo:0 connect lo:q; "
	"b tcp4 {1} bind lo:0 connect lo:q; c tcp4 {1} bind lo:0 connect lo2:q; "
	"d tcp4 {1} bind lo:0 connect lo2:q",
	FT_TWO_PORTS FT_LISTENER4 "a tcp4 bind lo:0 connect lo:q; b tcp4 bind lo:0 connect lo:q; "
	"c tcp4 bind lo:0 => b.connect=ok>l c.bind=EADDRINUSE",
	FT_TWO_PORTS FT_LISTENER4 "a tcp4 bind_address_no_port bind lo:0 connect lo:q; "
	"b tcp4 bind_address_no_port bind lo:0 connect lo:q; "
	"c tcp4 bind_address_no_port bind lo:0 connect lo2:q; "
	"d tcp4 bind_address_no_port bind lo:0 connect lo:q"
	" => b.connect=ok>l c.connect=ok>l d.bind=ok(lo:0) d.connect=EADDRNOTAVAIL",
	/* shadowsocks/shadowsocks-libev#2930: bind(port 0) says "in use" and means exhausted. */
	FT_ONE_PORT FT_LISTENER4 "a tcp4 bind lo:0 connect lo:q; b tcp4 bind lo:0"
	" => a.connect=ok>l b.bind=EADDRINUSE",
	/* casper-network/casper-node#3252, apache/trafficserver#3751: EADDRNOTAVAIL has two causes,
	 * an exhausted range and an address that is none of ours. */
	FT_ONE_PORT FT_LISTENER4 "a tcp4 connect lo:q; b tcp4 connect lo:q; c tcp4 bind "
	"203.0.113.1:0"
	" => b.connect=EADDRNOTAVAIL c.bind=EADDRNOTAVAIL",
	/* google/gvisor#6209: what bind(port 0) gives to SO_REUSEADDR nobody else holds. */
	FT_TWO_PORTS "a tcp4 reuseaddr bind lo:0; b tcp4 reuseaddr bind lo:0; c tcp4 reuseaddr "
	"bind "
	"lo:0 => a.bind=ok(lo:e1) b.bind=ok(lo:e2) c.bind=EADDRINUSE",
	/* mullvad/gotatun#175, anza-xyz/agave#620: of UDP somebody may hold it, and the allocator
	 * that relies on a failing bind() hands it out twice. */
	FT_ONE_PORT "a udp4 {reuseaddr,reuseport} bind lo:0; b udp4 {1} bind lo:0; c udp4 send "
	"lo:e1"
	" => a.bind=ok(lo:e1) b.bind=ok(lo:e1)",
	/* oven-sh/bun#35400: a port that connect() chose may be chosen by connect() again, one that
	 * bind() chose may not. */
	FT_ONE_PORT FT_LISTENER4 "a tcp4 {connect lo:q,bind_address_no_port bind lo:0 connect "
	"lo:q};"
	" b tcp4 connect lo2:q => b.connect=ok(lo:e1)>l",
	FT_ONE_PORT FT_LISTENER4 "a tcp4 bind lo:0; b tcp4 connect lo2:q => "
	"b.connect=EADDRNOTAVAIL",
	/* near/nearcore#8415, envoyproxy/envoy#5210, aptos-labs/aptos-core#5481: a free port that
	 * is looked for, closed, and bound again may be somebody else's by then. */
	FT_ONE_PORT FT_LISTENER4 "a tcp4 bind lo:0 close; b tcp4 {bind lo:0,connect "
	"lo:q,listen}; "
	"a tcp4 bind lo:e1 => a.bind.2=EADDRINUSE",
	/* golang/go#21404: a second dial from a fixed port is another 4-tuple, but another bind()
	 * of one 2-tuple. */
	FT_LISTENER4 "a tcp4 bind lo:p connect lo:q; b tcp4 bind lo:p connect lo2:q"
	" => a.connect=ok>l b.bind=EADDRINUSE",
	NULL,
};
/* clang-format on */

int ft_ephemeral_add(struct ft_job *job, const struct ft_text *text, const char *origin,
		     unsigned line, struct ft_err *err)
{
	if (text->failed)
		return ft_err_set(err, -ENOMEM, "%s: no memory for case %u", origin, line);
	return ft_job_add(job, ft_text_get(text), text->len, origin, line, err);
}

static int generate(struct ft_job *job, struct ft_err *err)
{
	int rc = ft_ephemeral_draws(job, err);

	return rc ? rc : ft_ephemeral_sizes(job, err);
}

static const struct ft_probe probe = {
	.name = "ephemeral",
	.question = "Which port does the kernel choose, when is none left, and who shares it?",
	.matrices = matrices,
	.full = ft_ephemeral_full,
	.generate = generate,
	.examine = ft_ephemeral_examine,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}

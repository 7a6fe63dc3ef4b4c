/* SPDX-License-Identifier: MIT */
/*
 * Can a program accept on a port and dial out of it at the same time?
 *
 * The rules, as the kernel has them today:
 *  1. A listener and a dialling socket on one address and port are two owners of the port, and
 *     bind() must allow the second: both have SO_REUSEPORT (socket(7)), in either order; or both
 *     have SO_REUSEADDR and nobody listens yet, so the dialling one is bound first
 *     (inet_csk_bind_conflict()).
 *  2. Once bound, neither disturbs the other: connect() asks for a free 4-tuple alone, and
 *     incoming connections go to the socket that listens (__inet_check_established(),
 *     __inet_lookup_listener()).
 *  3. A peer that has dialled us holds the 4-tuple: to dial it back from that port to its source
 *     port is EADDRNOTAVAIL; so is our dialling it while its connection to us stands.
 *  4. If both SYNs are under way, TCP makes one connection of the two (simultaneous open, RFC
 *     9293, 3.5): the socket that dials is looked up before any listener. On one host the first
 *     SYN must be held back, for which a deaf listener serves.
 *  5. A socket that dials its own address and port is connected with itself (RFC 9293, figure 8).
 *  6. What becomes of the dialled connection later does not touch the listener beside it; whether a
 *     listener may come then is what bind() says of the state (see linger).
 */
#include "probe/probe.h"
#include "states.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define SHARE "{reuseaddr,reuseport,reuseaddr reuseport}"
/* Somebody to be dialled, on every address. */
#define V4_OTHER "m tcp4 bind any:q listen; "
#define OTHER "m tcp6 bind any:q listen; "

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
static const char *const matrices[] = {
	/* Accept first: the listener l is there, d dials out of its port, c dials in. */
	V4_OTHER "l tcp4 " FLAGS " bind {any,lo}:p listen; d tcp4 " FLAGS " bind {any,lo}:p "
	"connect lo:q; c tcp4 connect lo:p",
	OTHER "l tcp6 " FLAGS " bind {any,lo}:p listen; d tcp6 " FLAGS " bind {any,lo}:p connect "
	"lo:q; c tcp6 connect lo:p",
	OTHER "l tcp6 " FLAGS " bind any:p listen; d tcp4 " FLAGS " bind {any,lo}:p connect lo:q; "
	"c tcp4 connect lo:p",
	/* Dial first: d is bound, l listens, d dials. */
	V4_OTHER "d tcp4 " FLAGS " bind {any,lo}:p; l tcp4 " FLAGS " bind {any,lo}:p listen; "
	"d connect lo:q; c tcp4 connect lo:p",
	OTHER "d tcp6 " FLAGS " bind {any,lo}:p; l tcp6 " FLAGS " bind {any,lo}:p listen; "
	"d connect lo:q; c tcp6 connect lo:p",
	/* ... or is connected before l is bound. */
	V4_OTHER "d tcp4 " FLAGS " bind {any,lo}:p connect lo:q; l tcp4 " FLAGS " bind {any,lo}:p "
	"listen; c tcp4 connect lo:p",
	OTHER "d tcp4 " FLAGS " bind {any,lo}:p connect lo:q; l tcp6 " FLAGS " bind any:p listen; "
	"c tcp4 connect lo:p; g tcp6 connect lo:p",
	/* With a connection accepted before the dialling, the child is an owner as well. */
	V4_OTHER "l tcp4 " FLAGS " bind {any,lo}:p listen; c tcp4 connect lo:p; l accept s; "
	"l close; d tcp4 " FLAGS " bind {any,lo}:p connect lo:q",

	/* Rules 1 and 2, said in full. */
	V4_OTHER "l tcp4 reuseaddr bind lo:p listen; d tcp4 " FLAGS " bind lo:p connect lo2:q; "
	"c tcp4 connect lo:p => d.bind=EADDRINUSE c.connect=ok>l",
	V4_OTHER "d tcp4 reuseaddr bind lo:p; l tcp4 reuseaddr bind lo:p listen; d connect lo2:q; "
	"c tcp4 connect lo:p; f tcp4 connect lo:p"
	" => l.listen=ok d.connect=ok>m c.connect=ok>l f.connect=ok>l",
	V4_OTHER "l tcp4 reuseport bind {any,lo}:p listen; d tcp4 reuseport bind lo:p; "
	"f tcp4 reuseport bind lo:p; d connect lo:q; f connect lo2:q; c tcp4 connect lo:p"
	" => d.connect=ok>m f.connect=ok>m c.connect=ok>l",
	V4_OTHER "l tcp4 reuseport bind lo:p listen; d tcp4 reuseport bind lo:p connect lo:q; "
	"f tcp4 reuseport bind lo:p connect lo:q => d.connect=ok>m f.bind=ok "
	"f.connect=EADDRNOTAVAIL",
	/* Whatever the state of what was dialled: who listens on its port gets the next one. */
	"k {tcp4,tcp6} {reuseport,reuseaddr reuseport} bind {lo,any}:q listen; "
	FT_LIVING("{1}", "{1}", "", "{reuseport,reuseaddr reuseport}", "lo") "d {1} connect lo:q",
	"k {tcp4,tcp6} {reuseport,reuseaddr reuseport} bind {lo,any}:q listen; "
	FT_LEFT("{1}", "{1}", "", "{reuseport,reuseaddr reuseport}", "lo") "d {1} connect lo:q",
	FT_LIVING("{tcp4,tcp6}", "{1}", "", SHARE, "lo") "k {1} " SHARE " bind {lo,any}:q listen; "
	"d {1} connect lo:q",
	FT_LEFT("{tcp4,tcp6}", "{1}", "", SHARE, "lo") "k {1} " SHARE " bind {lo,any}:q listen; "
	"d {1} connect lo:q",
	/* Users: two of them share by reuseport only if they are one. */
	V4_OTHER "as 1000 l tcp4 " SHARE " bind lo:p listen; {,as 1000,as 1001} d tcp4 " SHARE
	" bind lo:p connect lo:q; c tcp4 connect lo:p",
	V4_OTHER "as 1000 d tcp4 " SHARE " bind lo:p; {,as 1000,as 1001} l tcp4 " SHARE
	" bind lo:p listen; d connect lo:q; c tcp4 connect lo:p",
	/* Devices keep them apart, and choose what is accepted. */
	V4_OTHER "l tcp4 {,reuseport} bindtodevice={lo,eth} bind any:p listen; d tcp4 {,reuseport} "
	"{,bindtodevice=lo,bindtodevice=eth} bind {any,lo,eth}:p begin {lo,eth}:q; "
	"c tcp4 connect {lo,eth}:p",
	/* MPTCP: both on one port, of one kind or two. */
	V4_OTHER "l {tcp4,mptcp4} " SHARE " bind {any,lo}:p listen; d {tcp4,mptcp4} " SHARE
	" bind {any,lo}:p connect lo:q; c {tcp4,mptcp4} connect lo:p",

	/* Both ends over the veth pair. */
	"m@peer tcp4 reuseport bind any:q listen; l tcp4 reuseport bind eth:p listen; "
	"d tcp4 reuseport bind eth:p connect peer:q; c@peer tcp4 connect eth:p"
	" => d.connect=ok>m c.connect=ok>l",
	/* Go: net.Listen and net.Dialer{LocalAddr} on one port. Without a Control it is refused,
	 * for the dialler has no flag; with SO_REUSEADDR|SO_REUSEPORT as one name on both it
	 * works. */
	V4_OTHER "l tcp4 reuseaddr bind any:p listen; d tcp4 bind any:p nodelay connect lo:q"
	" => d.bind=EADDRINUSE",
	V4_OTHER "l tcp4 reuseaddr reuseaddr|reuseport bind any:p listen; "
	"d tcp4 reuseaddr|reuseport bind {any,lo}:p connect lo:q nodelay; c tcp4 connect lo:p; "
	"l accept s; c send; s recv"
	" => d.connect=ok>m c.connect=ok>l l.accept=ok s.recv=1",

	/* Rule 3: the peer c has its own port r and a listener there. */
	"l tcp4 " SHARE " bind lo:p listen; k tcp4 {1} bind lo2:r; c tcp4 {1} bind lo2:r; "
	"k listen; c connect lo:p; d tcp4 reuseport bind lo:p connect lo2:r",
	"l tcp4 reuseport bind lo:p listen; k tcp4 reuseport bind lo2:r listen; "
	"c tcp4 reuseport bind lo2:r connect lo:p; d tcp4 reuseport bind lo:p connect lo2:r; "
	"f tcp4 bind lo3:p connect lo2:r"
	" => c.connect=ok>l d.bind=ok d.connect=EADDRNOTAVAIL f.connect=ok>k",
	"l tcp6 reuseport bind lo:p listen; k tcp6 reuseport bind lo2:r listen; "
	"c tcp6 reuseport bind lo2:r connect lo:p; d tcp6 reuseport bind lo:p connect lo2:r"
	" => c.connect=ok>l d.connect=EADDRNOTAVAIL",
	"l tcp4 reuseport bind eth:p listen; k@peer tcp4 reuseport bind peer:r listen; "
	"c@peer tcp4 reuseport bind peer:r connect eth:p; d tcp4 reuseport bind eth:p connect "
	"peer:r"
	" => c.connect=ok>l d.connect=EADDRNOTAVAIL",

	/* Rule 4: the listener goes before the second SYN comes. */
	"l {tcp4,tcp6} deaf bind lo:q listen; a {1} " FLAGS " bind {lo,any}:p begin lo:q; l close; "
	"b {1} " FLAGS " bind lo:q connect lo:p => a.begin=ok b.connect=ok>a",
	/* ... or stays: the socket that dials is found first. Both sides accept as well. */
	"k tcp4 reuseport bind lo:p listen; l tcp4 reuseport deaf bind lo:q listen; "
	"a tcp4 reuseport bind lo:p begin lo:q; l hear; b tcp4 reuseport bind lo:q connect lo:p; "
	"c tcp4 connect lo:p; d tcp4 connect lo:q"
	" => a.begin=ok b.connect=ok>a c.connect=ok>k d.connect=ok>l",
	"k tcp6 reuseport bind any:p listen; l tcp6 reuseport deaf bind any:q listen; "
	"a tcp6 reuseport bind lo:p begin lo:q; l hear; b tcp6 reuseport bind lo:q connect lo:p"
	" => b.connect=ok>a",
	/* A deaf dialler answers no SYN: then there is none to share. */
	"l tcp4 deaf bind lo:q listen; a tcp4 bind lo:p deaf begin lo:q; l close; "
	"b tcp4 bind lo:q begin lo:p; look lo:p; look lo:q => look=SYN_SENT look.2=SYN_SENT",
	/* Two that bear data and end as one connection does. */
	"l tcp4 deaf bind lo:q listen; a tcp4 bind lo:p begin lo:q; l close; b tcp4 bind lo:q "
	"connect lo:p; look lo:p; look lo:q; a send; b recv; a close; b close; look lo:p; look lo:q"
	" => b.connect=ok>a look=ESTABLISHED look.2=ESTABLISHED b.recv=1 look.3=TIME_WAIT "
	"look.4=none",

	/* Rule 5: explicit and wildcard, with a listener on the very port, and what is left. */
	"a {tcp4,tcp6} " FLAGS " bind {lo,any}:p connect lo:p => a.connect=ok>a",
	"a tcp4 bind lo:p connect lo:p send recv close; look lo:p; b tcp4 " FLAGS " bind lo:p"
	" => a.connect=ok>a a.recv=1 look=TIME_WAIT b.bind=EADDRINUSE",
	"a tcp4 reuseaddr bind lo:p connect lo:p close; look lo:p; b tcp4 reuseaddr bind lo:p "
	"listen"
	" => a.connect=ok>a look=TIME_WAIT b.bind=ok b.listen=ok",
	"l tcp4 reuseport bind {any,lo}:p listen; a tcp4 reuseport bind lo:p connect lo:p; "
	"c tcp4 connect lo:p => a.connect=ok>a c.connect=ok>l",
	"a tcp4 bind lo:p connect lo2:p => a.connect=ECONNREFUSED",
	"a tcp6 bind {any,any4,lo4}:p connect lo4:p => a.connect=ok>a",

	/* UDP: an unconnected socket that serves and a connected one that dials, on one port. */
	"u {udp4,udp6} {reuseaddr,reuseport} bind {any,lo}:p; d {1} {2} bind lo:p connect lo:q; "
	"c {1} bind lo:q send lo:p; f {1} bind lo2:q => c.send=ok>d",
	"d {udp4,udp6} reuseaddr bind lo:p connect lo:q; u {1} reuseaddr bind {any,lo}:p; "
	"c {1} bind lo:q send lo:p; f {1} send lo:p => c.send=ok>d f.send=ok>u",
	"a udp4 bind lo:p connect lo:p send recv => a.send=ok>a a.recv=1",
	NULL,
};

static const char *const full[] = {
	/* All flags, all states, addresses that meet or not. */
	FT_LIVING("{tcp4,tcp6}", "{1}", "", FLAGS, "{lo,any}") "k {1} " FLAGS
	" bind {lo,any,lo2}:q listen; d {1} connect lo:q",
	FT_LEFT("{tcp4,tcp6}", "{1}", "", FLAGS, "{lo,any}") "k {1} " FLAGS
	" bind {lo,any,lo2}:q listen; d {1} connect lo:q",
	/* A dual-stack listener and a dialler of v4, in every state. */
	FT_LIVING("tcp6", "tcp4", "", FLAGS, "{lo,any}") "k tcp6 " FLAGS " bind {any,lo4,lo}:q "
	"listen; d {tcp4 connect lo,tcp6 connect lo}:q",
	FT_LEFT("tcp6", "tcp4", "", FLAGS, "{lo,any}") "k tcp6 " FLAGS " bind {any,lo4,lo}:q "
	"listen; d {tcp4 connect lo,tcp6 connect lo}:q",
	/* MPTCP with all flags. */
	OTHER "l {tcp6,mptcp6} " FLAGS " bind {any,lo}:p listen; d {tcp6,mptcp6} " FLAGS
	" bind {any,lo}:p connect lo:q; c {tcp6,mptcp6} connect lo:p",
	NULL,
};
/* clang-format on */

static const struct ft_probe probe = {
	.name = "both",
	.question = "Can a program accept on a port and dial out of it at the same time?",
	.matrices = matrices,
	.full = full,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}

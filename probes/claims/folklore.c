/* SPDX-License-Identifier: MIT */
/*
 * What do books, articles and well-known answers say?
 *
 * Much of it was written about BSD and is read as if it were about Linux. On BSD the flag of the
 * socket that is being bound counts; on Linux those of both do.
 */
#include "claims/claims.h"

/* The article about one port in Go that these questions began with. */
#define ARTICLE "https://seankhliao.com/blog/12020-07-04-reusing-tcp-ports/"
/* The table of BSD in the answer: ON and OFF are SO_REUSEADDR of the socket that comes second. */
#define TABLE(row) "https://stackoverflow.com/questions/14388706, the table, row " row
#define ANSWER(part) "https://stackoverflow.com/questions/14388706, " part
#define LWN "https://lwn.net/Articles/542629/"
#define UNP(section) "Stevens, UNIX Network Programming 1 (3rd edition), " section
#define BERNAT "https://vincent.bernat.ch/en/blog/2014-tcp-time-wait-state-linux"
#define CLOUDFLARE "https://blog.cloudflare.com, How to stop running out of ephemeral ports (2022)"

#define EVEN_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40001; "
#define ODD_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40000; "
/* A server s at lo:p that was closed before its client c: it is in TIME_WAIT. */
#define SERVED(flag)                                                                            \
	"l tcp4 " flag " bind lo:p listen; c tcp4 connect lo:p; l accept s; l close; s close; " \
	"c close; "
/* The first socket of the table: any flag, bound or listening. */
#define FIRST(address) "a tcp4 {,reuseaddr} bind " address ":p {,listen}; "

/* A case begins at the margin, as in a .cases file. */
/* clang-format off */
const struct ft_claim ft_claims_folklore[] = {
	/* ---- the article ---- */
	{"article-dial",
	 "To dial from a port of one's own: socket, bind, connect.",
	 ARTICLE,
	 NULL,
	 {"m tcp4 bind lo:q listen; d tcp4 bind lo:p connect lo:q; m accept s; d send; s recv "
	  "=> d.connect=ok>m s.recv=1"}},
	{"article-listen",
	 "To accept: socket, bind, listen, accept.",
	 ARTICLE,
	 NULL,
	 {"l tcp4 bind lo:p listen; c tcp4 connect lo:p; l accept s; s send; c recv "
	  "=> c.connect=ok>l l.accept=ok c.recv=1"}},
	{"article-many-destinations",
	 "One source address and port may dial many destinations, only the 4-tuple must be unique.",
	 ARTICLE,
	 "SO_REUSEADDR or SO_REUSEPORT: the same one on every socket that dials",
	 {"m tcp4 bind any:q listen; d tcp4 {reuseaddr,reuseport,reuseaddr reuseport} bind lo:p; "
	  "f tcp4 {1} bind lo:p; d connect lo:q; f connect lo2:q => d.connect=ok>m f.connect=ok>m",
	  "m tcp4 bind any:q listen; d tcp4 bind lo:p connect lo:q; f tcp4 {,reuseaddr,reuseport} "
	  "bind lo:p connect lo2:q => f.connect=ok>m",
	  "m tcp4 bind any:q listen; d tcp4 reuseaddr bind lo:p connect lo:q; "
	  "f tcp4 reuseport bind lo:p connect lo2:q => f.connect=ok>m"}},
	{"article-same-destination",
	 "The same destination cannot be dialled twice from one source port.",
	 ARTICLE,
	 NULL,
	 {"m tcp4 bind any:q listen; d tcp4 {reuseaddr,reuseport} bind lo:p connect lo:q; "
	  "f tcp4 {1} bind lo:p connect lo:q => d.connect=ok>m f.connect=EADDRNOTAVAIL"}},
	{"article-both",
	 "With SO_REUSEADDR one can accept on a port and dial out of it.",
	 ARTICLE,
	 "the order: whoever dials must be bound before the other one listens",
	 {"m tcp4 bind lo:q listen; l tcp4 reuseaddr bind lo:p listen; d tcp4 reuseaddr bind lo:p "
	  "connect lo:q => d.connect=ok>m",
	  "m tcp4 bind lo:q listen; d tcp4 reuseaddr bind lo:p; l tcp4 reuseaddr bind lo:p listen; "
	  "d connect lo:q; c tcp4 connect lo:p => d.connect=ok>m c.connect=ok>l"}},
	{"article-both-reuseport",
	 "With SO_REUSEPORT one can, in either order.",
	 ARTICLE,
	 NULL,
	 {"m tcp4 bind lo:q listen; l tcp4 reuseport bind lo:p listen; d tcp4 reuseport bind lo:p "
	  "connect lo:q; c tcp4 connect lo:p => d.connect=ok>m c.connect=ok>l",
	  "m tcp4 bind lo:q listen; d tcp4 reuseport bind lo:p connect lo:q; l tcp4 reuseport bind "
	  "lo:p listen; c tcp4 connect lo:p => d.connect=ok>m c.connect=ok>l"}},
	{"article-skips-wait",
	 "SO_REUSEADDR also skips the wait for the timeout of an old connection.",
	 ARTICLE,
	 "the old socket: it must have had SO_REUSEADDR as well",
	 {SERVED("reuseaddr") "n tcp4 reuseaddr bind lo:p listen => n.bind=ok n.listen=ok",
	  SERVED("") "n tcp4 reuseaddr bind lo:p => n.bind=ok"}},
	{"article-before-bind",
	 "The options must be set before bind().",
	 ARTICLE,
	 "whose bind() it is: the socket's own, yes; for those who come later, also after it",
	 {"a tcp4 reuseaddr bind lo:p; b tcp4 bind lo:p reuseaddr => b.bind=EADDRINUSE",
	  "a tcp4 bind lo:p reuseaddr; b tcp4 reuseaddr bind lo:p => b.bind=EADDRINUSE"}},
	{"article-or-names",
	 "SO_REUSEADDR|SO_REUSEPORT as the name of one option sets both.",
	 ARTICLE " (unix.SetsockoptInt in a Control function)",
	 NULL,
	 {"a tcp4 reuseaddr|reuseport reuseaddr? reuseport? => a.reuseaddr?=1 a.reuseport?=1",
	  "a tcp4 reuseaddr bind lo:p; b tcp4 reuseaddr|reuseport bind lo:p => b.bind=ok"}},
	{"article-or-works",
	 "A Control that sets it as one name lets a net.Dialer dial from the port of a listener.",
	 ARTICLE,
	 NULL,
	 {"m tcp4 bind lo:q listen; l tcp4 reuseaddr reuseaddr|reuseport bind any:p listen; "
	  "d tcp4 reuseaddr|reuseport bind lo:p connect lo:q; c tcp4 connect lo:p "
	  "=> d.connect=ok>m c.connect=ok>l"}},

	/* ---- the table ---- */
	{"table-1",
	 "With and without SO_REUSEADDR: one address twice is refused.",
	 TABLE("1"),
	 "whether the first socket listens: if both have SO_REUSEADDR and it does not, it is "
	 "shared",
	 {FIRST("lo") "b tcp4 {,reuseaddr} bind lo:p => b.bind=EADDRINUSE"}},
	{"table-2",
	 "With and without it: two addresses on one port are free.",
	 TABLE("2"),
	 NULL,
	 {FIRST("lo") "b tcp4 {,reuseaddr} bind lo2:p => b.bind=ok"}},
	{"table-3",
	 "With and without it: the same two addresses in the other order are free.",
	 TABLE("3"),
	 NULL,
	 {FIRST("lo2") "b tcp4 {,reuseaddr} bind lo:p => b.bind=ok"}},
	{"table-4",
	 "Without it: an address beside the wildcard is refused.",
	 TABLE("4"),
	 NULL,
	 {FIRST("any") "b tcp4 bind lo:p => b.bind=EADDRINUSE"}},
	{"table-5",
	 "Without it: the wildcard beside an address is refused.",
	 TABLE("5"),
	 NULL,
	 {FIRST("lo") "b tcp4 bind any:p => b.bind=EADDRINUSE"}},
	{"table-6",
	 "With it: an address beside the wildcard is allowed.",
	 TABLE("6"),
	 "the first socket: it must have SO_REUSEADDR, too, and not listen",
	 {FIRST("any") "b tcp4 reuseaddr bind lo:p => b.bind=ok"}},
	{"table-7",
	 "With it: the wildcard beside an address is allowed.",
	 TABLE("7"),
	 "the first socket: it must have SO_REUSEADDR, too, and not listen",
	 {FIRST("lo") "b tcp4 reuseaddr bind any:p => b.bind=ok"}},
	{"table-8",
	 "With and without it: the wildcard twice is refused.",
	 TABLE("8"),
	 "whether the first socket listens: if both have SO_REUSEADDR and it does not, it is "
	 "shared",
	 {FIRST("any") "b tcp4 {,reuseaddr} bind any:p => b.bind=EADDRINUSE"}},

	/* ---- the rest of that answer ---- */
	{"answer-second-flag",
	 "SO_REUSEADDR counts on the socket that is bound second; the first one needs none.",
	 ANSWER("BSD, SO_REUSEADDR"),
	 NULL,
	 {"a tcp4 bind {any,lo}:p; b tcp4 reuseaddr bind {lo,any}:p => b.bind=ok",
	  SERVED("") "b tcp4 reuseaddr bind lo:p => b.bind=ok"}},
	{"answer-reuseport-all",
	 "SO_REUSEPORT shares an address among any number of sockets, if all of them have it.",
	 ANSWER("SO_REUSEPORT"),
	 NULL,
	 {"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen; "
	  "d tcp4 reuseport bind lo:p listen; f tcp4 bind lo:p "
	  "=> b.listen=ok d.listen=ok f.bind=EADDRINUSE",
	  "a tcp4 bind lo:p; b tcp4 reuseport bind lo:p => b.bind=EADDRINUSE"}},
	{"answer-reuseport-implies",
	 "SO_REUSEPORT does not imply SO_REUSEADDR.",
	 ANSWER("SO_REUSEPORT"),
	 NULL,
	 {"a tcp4 reuseport reuseaddr? => a.reuseaddr?=0",
	  "a tcp4 reuseaddr bind lo:p; b tcp4 reuseport bind lo:p => b.bind=EADDRINUSE",
	  SERVED("reuseaddr") "b tcp4 reuseport bind lo:p => b.bind=EADDRINUSE"}},
	{"answer-reuseport-time-wait",
	 "SO_REUSEPORT on both sockets binds over a TIME_WAIT as well.",
	 ANSWER("SO_REUSEPORT"),
	 NULL,
	 {SERVED("reuseport") "b tcp4 reuseport bind lo:p listen => b.bind=ok b.listen=ok"}},
	{"answer-connect-in-use",
	 "Two sockets that share an address and connect to one peer: the second gets EADDRINUSE.",
	 ANSWER("Connect() Returning EADDRINUSE?"),
	 NULL,
	 {"m tcp4 bind lo:q listen; a tcp4 {reuseaddr,reuseport} bind lo:p connect lo:q; "
	  "b tcp4 {1} bind lo:p connect lo:q => b.connect=EADDRINUSE"}},
	{"answer-multicast",
	 "For multicast addresses SO_REUSEADDR and SO_REUSEPORT are the same.",
	 ANSWER("Multicast Addresses"),
	 "whether they are mixed: each shares with itself alone",
	 {"a udp4 {reuseaddr,reuseport} bind mcast:p; b udp4 {1} bind mcast:p => b.bind=ok",
	  "a udp4 reuseaddr bind mcast:p; b udp4 reuseport bind mcast:p => b.bind=ok",
	  "a udp4 reuseport bind mcast:p; b udp4 reuseaddr bind mcast:p => b.bind=ok"}},
	{"answer-linux-listener",
	 "On Linux SO_REUSEADDR is ignored while a TCP socket listens on the port.",
	 ANSWER("Linux < 3.9"),
	 NULL,
	 {"a tcp4 reuseaddr bind {any,lo}:p listen; b tcp4 reuseaddr bind {any,lo}:p "
	  "=> b.bind=EADDRINUSE",
	  "a tcp4 reuseaddr bind lo:p listen; b tcp4 {,reuseaddr} bind lo2:p => b.bind=ok"}},
	{"answer-linux-client",
	 "On Linux SO_REUSEADDR is what SO_REUSEPORT is on BSD, if both have it, for clients and "
	 "UDP.",
	 ANSWER("Linux < 3.9"),
	 NULL,
	 {"a {tcp4,tcp6,udp4,udp6} reuseaddr bind lo:p; b {1} reuseaddr bind lo:p; "
	  "d {1} reuseaddr bind lo:p => b.bind=ok d.bind=ok"}},

	/* ---- SO_REUSEPORT in Linux 3.9 ---- */
	{"lwn-first-server",
	 "If the first server did not set SO_REUSEPORT, nobody else can bind its port.",
	 LWN,
	 NULL,
	 {"a {tcp4,udp4} bind lo:p; b {1} {,reuseaddr,reuseport,reuseaddr reuseport} bind lo:p "
	  "=> b.bind=EADDRINUSE"}},
	{"lwn-hijack",
	 "Nobody can steal a SO_REUSEPORT port from another user.",
	 LWN,
	 "whether it also has SO_REUSEADDR: that flag does not ask for the user",
	 {"as 1000 a {tcp4,udp4} reuseport bind lo:p; as 1001 b {1} {reuseport,reuseaddr,reuseaddr "
	  "reuseport} bind lo:p => b.bind=EADDRINUSE",
	  "as 1000 a udp4 reuseaddr reuseport bind lo:p; as 1001 b udp4 reuseaddr bind lo:p; "
	  "c udp4 send lo:p => c.send=ok>a"}},
	{"lwn-handshake",
	 "A listener that joins during a handshake can make it fail.",
	 LWN,
	 NULL,
	 {"a tcp4 reuseport bind lo:p listen; c tcp4 bind lo:q deaf begin lo:p; "
	  "b tcp4 reuseport bind lo:p listen steer=1; c hear; wait 1.6s; look lo:q "
	  "=> look=none",
	  "a tcp4 reuseport bind lo:p listen; c tcp4 bind lo:q deaf begin lo:p; "
	  "b tcp4 reuseport bind lo:p listen steer=1; c hear; wait 1.6s; a accept s "
	  "=> a.accept=EAGAIN"}},
	{"lwn-udp-reuseaddr",
	 "SO_REUSEADDR lets anybody bind a UDP port that has it, without a word about users.",
	 LWN,
	 NULL,
	 {"as 1000 a {udp4,udp6} reuseaddr bind lo:p; as 1001 b {1} reuseaddr bind lo:p; "
	  "c {1} send lo:p => b.bind=ok c.send=ok>b"}},

	/* ---- Stevens ---- */
	{"unp-reuseaddr-children",
	 "SO_REUSEADDR restarts a listener while connections of the former one are still there.",
	 UNP("7.5"),
	 "the former listener: it must have had SO_REUSEADDR as well",
	 {"l tcp4 {reuseaddr,} bind {any,lo}:p listen; c tcp4 connect lo:p; l accept s; l close; "
	  "n tcp4 reuseaddr bind {2}:p listen => n.listen=ok"}},
	{"unp-reuseaddr-any",
	 "SO_REUSEADDR starts a server on an address beside one that listens on the wildcard.",
	 UNP("7.5"),
	 NULL,
	 {"a tcp4 {,reuseaddr} bind any:p listen; b tcp4 reuseaddr bind {lo,eth}:p => b.bind=ok"}},
	{"unp-reuseaddr-needed",
	 "It takes SO_REUSEADDR to bind one port on several addresses.",
	 UNP("7.5"),
	 NULL,
	 {"a {tcp4,tcp6,udp4,udp6} bind lo:p; b {1} bind lo2:p => b.bind=EADDRINUSE"}},
	{"unp-reuseaddr-duplicate",
	 "SO_REUSEADDR never allows TCP a completely duplicate binding.",
	 UNP("7.5"),
	 "whether the first socket listens",
	 {"a tcp4 reuseaddr bind {any,lo}:p; b tcp4 reuseaddr bind {1}:p => b.bind=EADDRINUSE",
	  "a tcp4 reuseaddr bind {any,lo}:p listen; b tcp4 reuseaddr bind {1}:p "
	  "=> b.bind=EADDRINUSE"}},
	{"unp-reuseaddr-udp",
	 "SO_REUSEADDR allows UDP duplicate bindings: multicast and broadcast are copied to all.",
	 UNP("7.5"),
	 NULL,
	 {"a udp4 reuseaddr bind any:p add_membership=mcast@eth; "
	  "b udp4 reuseaddr bind any:p add_membership=mcast@eth; c udp4 multicast_if=eth send "
	  "mcast:p => c.send=ok>a,b",
	  "a udp4 reuseaddr bind any:p; b udp4 reuseaddr bind any:p; "
	  "c udp4 broadcast bind eth:0 send 192.0.2.255:p => c.send=ok>a,b"}},
	{"unp-specific-first",
	 "If one listens on an address and one on the wildcard, the one on the address gets it.",
	 UNP("7.5"),
	 NULL,
	 {"a tcp4 reuseport bind any:p listen; b tcp4 reuseport bind lo:p listen; "
	  "c tcp4 connect lo:p; d tcp4 connect lo2:p => c.connect=ok>b d.connect=ok>a",
	  "b udp4 reuseaddr bind lo:p; a udp4 reuseaddr bind any:p; c udp4 send lo:p "
	  "=> c.send=ok>b"}},
	{"unp-inherit",
	 "An accepted socket has the options of its listener.",
	 UNP("7.4") ", whose list has neither SO_REUSEADDR nor SO_REUSEPORT",
	 NULL,
	 {"l tcp4 reuseaddr keepalive nodelay bind lo:p listen; c tcp4 connect lo:p; l accept s; "
	  "s reuseaddr? keepalive? nodelay? => s.reuseaddr?=1 s.keepalive?=1 s.nodelay?=1",
	  "l tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; l accept s; s reuseport? "
	  "=> s.reuseport?=1"}},
	{"unp-linger",
	 "SO_LINGER with 0 seconds resets the connection, and nothing is left in TIME_WAIT.",
	 UNP("7.5"),
	 NULL,
	 {"l tcp4 bind lo:p listen; c tcp4 bind lo:q linger=0 connect lo:p; l accept s; c close; "
	  "s recv; look lo:q; n tcp4 bind lo:q => s.recv=ECONNRESET look=none n.bind=ok"}},
	{"unp-backlog",
	 "A backlog of N admits more than N connections.",
	 UNP("4.5"),
	 NULL,
	 {"l tcp4 bind lo:p listen=0; c tcp4 connect lo:p => c.connect=ok>l",
	  "l tcp4 bind lo:p listen=1; c tcp4 connect lo:p; d tcp4 connect lo:p => d.connect=ok>l"}},
	{"unp-udp-errors",
	 "Errors of UDP that come later are returned to connected sockets only.",
	 UNP("8.9"),
	 NULL,
	 {"a udp4 connect lo:q send send => a.send.2=ECONNREFUSED",
	  "a udp4 send lo:q send lo:q => a.send.2=ok"}},

	/* ---- others ---- */
	{"faq-one-server",
	 "SO_REUSEADDR does not allow two servers on one address.",
	 "Unix socket FAQ, 4.11",
	 "the protocol: two UDP servers it does allow",
	 {"a tcp4 reuseaddr bind lo:p; b tcp4 reuseaddr bind lo:p; a listen; b listen "
	  "=> b.listen=EADDRINUSE",
	  "a udp4 reuseaddr bind lo:p; b udp4 reuseaddr bind lo:p => b.bind=EADDRINUSE"}},
	{"faq-specific-steals",
	 "With SO_REUSEADDR another user can take a wildcard server's port on one of its "
	 "addresses.",
	 "Unix socket FAQ, 4.11",
	 "the protocol: of a UDP server that has SO_REUSEADDR, yes; of a TCP listener, no",
	 {"as 1000 a tcp4 {,reuseaddr} bind any:p listen; as 1001 b tcp4 reuseaddr bind lo:p "
	  "=> b.bind=ok",
	  "as 1000 a udp4 reuseaddr bind any:p; as 1001 b udp4 reuseaddr bind lo:p; "
	  "c udp4 send lo:p => b.bind=ok c.send=ok>b"}},
	{"bernat-outgoing",
	 "tcp_tw_reuse is of no use for incoming connections: bind() does not ask it.",
	 BERNAT,
	 NULL,
	 {"sysctl tcp_tw_reuse={0,1,2}; " SERVED("") "b tcp4 bind lo:p => b.bind=EADDRINUSE",
	  "sysctl tcp_tw_reuse=1; " SERVED("") "wait 1.1s; b tcp4 reuseaddr bind lo:p "
	  "=> b.bind=EADDRINUSE"}},
	{"bernat-one-second",
	 "With tcp_tw_reuse an outgoing connection takes over a TIME_WAIT after one second.",
	 BERNAT,
	 NULL,
	 {EVEN_PORT "sysctl tcp_tw_reuse=1; l tcp4 bind lo:p listen; c tcp4 connect lo:p; "
	  "l accept s; c close; s close; d tcp4 connect lo:p; wait 1.1s; f tcp4 connect lo:p "
	  "=> d.connect=EADDRNOTAVAIL f.connect=ok>l"}},
	{"bernat-quadruplet",
	 "A client's TIME_WAIT does not keep its port from other destinations.",
	 BERNAT,
	 "who chose the port: if it was given by bind(), the kernel chooses it for nobody",
	 {EVEN_PORT "l tcp4 bind any:p listen; c tcp4 connect lo:p; l accept s; c close; s close; "
	  "d tcp4 connect lo2:p => d.connect=ok>l",
	  EVEN_PORT "l tcp4 bind any:p listen; c tcp4 bind lo:40000 connect lo:p; l accept s; "
	  "c close; s close; d tcp4 connect lo2:p => d.connect=ok>l"}},
	{"cloudflare-limit",
	 "A host has no more outgoing connections than the range has ports.",
	 "common belief, against " CLOUDFLARE,
	 "bind(): it takes a port for all destinations, connect() alone for one",
	 {EVEN_PORT "l tcp4 bind any:q listen; a tcp4 connect lo:q; b tcp4 connect lo2:q "
	  "=> b.connect=EADDRNOTAVAIL",
	  EVEN_PORT "a tcp4 bind lo:0; b tcp4 bind lo:0 => b.bind=EADDRINUSE"}},
	{"cloudflare-udp-shadow",
	 "Two UDP sockets can be connected to one peer from one address: the newer gets it all.",
	 CLOUDFLARE,
	 NULL,
	 {"a udp4 {reuseaddr,reuseaddr reuseport} bind lo:p connect lo:q; b udp4 reuseaddr bind "
	  "lo:p "
	  "connect lo:q; c udp4 bind lo:q send lo:p => a.connect=ok b.connect=ok c.send=ok>b"}},
	{"belief-port-until-close",
	 "What bind() assigned stays with the socket until it is closed.",
	 "common belief; tcp_set_state()",
	 "who chose the port: bind(:0) loses it with a failed connect() or a shutdown()",
	 {"a tcp4 bind lo:p connect lo:r; b tcp4 bind lo:p => b.bind=EADDRINUSE",
	  "a tcp4 bind lo:0 connect lo:r; b tcp4 bind lo:e1 => b.bind=EADDRINUSE",
	  "a tcp4 bind lo:0 listen shutdown=rd; b tcp4 bind lo:e1 => b.bind=EADDRINUSE"}},
	{"belief-zero-unique",
	 "bind() to port 0 gives a port that nobody else has.",
	 "common belief; https://github.com/google/gvisor/issues/6209",
	 "the protocol and the address: UDP shares by its flags, and each address has its own "
	 "ports",
	 {ODD_PORT "a tcp4 {,reuseaddr,reuseport} bind lo:0; b tcp4 {1} bind lo:0 "
	  "=> b.bind=EADDRINUSE",
	  ODD_PORT "a udp4 {reuseaddr,reuseport} bind lo:0; b udp4 {1} bind lo:0 "
	  "=> b.bind=EADDRINUSE",
	  ODD_PORT "a tcp4 bind lo:0; b tcp4 bind lo2:0 => b.bind=EADDRINUSE"}},
	{"belief-failed-bind",
	 "A server whose bind() failed cannot listen.",
	 "common belief",
	 NULL,
	 {"a tcp4 bind lo:p listen; b tcp4 bind lo:p; b listen "
	  "=> b.bind=EADDRINUSE b.listen=EINVAL"}},
	{"belief-restart-clears",
	 "Nothing of a connection blocks a port but TIME_WAIT.",
	 "common belief",
	 NULL,
	 {"l tcp4 bind lo:p listen; c tcp4 connect lo:p; l accept s; l close; n tcp4 bind lo:p "
	  "=> n.bind=ok",
	  "l tcp4 bind lo:p listen; c tcp4 connect lo:p; l accept s; l close; s close; "
	  "n tcp4 bind lo:p => n.bind=ok",
	  "l tcp4 bind lo:p listen; c tcp4 connect lo:p; l accept s; l close; c close; "
	  "n tcp4 bind lo:p => n.bind=ok"}},
	{0},
};
/* clang-format on */

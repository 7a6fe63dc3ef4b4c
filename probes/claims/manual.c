/* SPDX-License-Identifier: MIT */
/*
 * What do the manual pages of Linux say: socket(7), ip(7), ipv6(7), tcp(7), udp(7), and those of
 * the calls?
 *
 * The edition is that of man-pages 6.03, of 2023, where no other is named. In later ones many an
 * option has a page of its own, like IPV6_V6ONLY(2const).
 */
#include "claims/claims.h"

/* One port at most for the kernel's choice: even, as connect() prefers it; odd, as bind(:0) does.
 */
#define EVEN_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40001; "
#define ODD_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40000; "
/* A server s at lo:p that was closed before its client c: it is in TIME_WAIT. */
#define SERVED(flag)                                                                            \
	"l tcp4 " flag " bind lo:p listen; c tcp4 connect lo:p; l accept s; l close; s close; " \
	"c close; "

/* A case begins at the margin, as in a .cases file. */
/* clang-format off */
const struct ft_claim ft_claims_manual[] = {
	/* ---- socket(7) ---- */
	{"socket-reuseaddr-bind",
	 "With SO_REUSEADDR a socket may bind any local address on which nobody listens.",
	 "socket(7), SO_REUSEADDR",
	 "the other socket: it must have SO_REUSEADDR as well",
	 {"a tcp4 {,reuseaddr} bind lo:p; b tcp4 reuseaddr bind lo:p => b.bind=ok",
	  SERVED("{,reuseaddr}") "b tcp4 reuseaddr bind lo:p => b.bind=ok"}},
	{"socket-reuseaddr-listener",
	 "SO_REUSEADDR does not help against a socket that listens on the address.",
	 "socket(7), SO_REUSEADDR",
	 NULL,
	 {"a {tcp4,tcp6} {,reuseaddr} bind lo:p listen; b {1} reuseaddr bind lo:p "
	  "=> b.bind=EADDRINUSE"}},
	{"socket-reuseaddr-listener-any",
	 "While somebody listens on INADDR_ANY, no local address can be bound on that port.",
	 "socket(7), SO_REUSEADDR",
	 "SO_REUSEPORT on both, or different devices: then it can",
	 {"a tcp4 {,reuseaddr} bind any:p listen; b tcp4 {,reuseaddr} bind {any,lo,lo2}:p "
	  "=> b.bind=EADDRINUSE",
	  "a tcp4 reuseport bind any:p listen; b tcp4 reuseport bind lo:p => b.bind=EADDRINUSE",
	  "a tcp4 bindtodevice=lo bind any:p listen; b tcp4 bindtodevice=eth bind any:p "
	  "=> b.bind=EADDRINUSE"}},
	{"socket-reuseaddr-boolean",
	 "The argument of SO_REUSEADDR and SO_REUSEPORT is a boolean: any value but 0 is on.",
	 "socket(7), SO_REUSEADDR; getsockopt(2), DESCRIPTION",
	 NULL,
	 {"a tcp4 reuseaddr? reuseaddr=2 reuseaddr? reuseaddr=0 reuseaddr? "
	  "=> a.reuseaddr?=0 a.reuseaddr?.2=1 a.reuseaddr?.3=0",
	  "a udp4 reuseport=7 reuseport? => a.reuseport?=1"}},
	{"socket-reuseport-both",
	 "SO_REUSEPORT works for TCP and UDP, over IPv4 and IPv6.",
	 "socket(7), SO_REUSEPORT",
	 NULL,
	 {"a {tcp4,tcp6,udp4,udp6} reuseport bind lo:p; b {1} reuseport bind lo:p => b.bind=ok"}},
	{"socket-reuseport-first",
	 "SO_REUSEPORT has no effect unless every socket, the first one too, set it before bind().",
	 "socket(7), SO_REUSEPORT",
	 "how late it is set: after its own bind() is soon enough, before that of the next socket",
	 {"a {tcp4,udp4} bind lo:p; b {1} reuseport bind lo:p => b.bind=EADDRINUSE",
	  "a {tcp4,udp4} reuseport bind lo:p; b {1} bind lo:p => b.bind=EADDRINUSE",
	  "a {tcp4,udp4} bind lo:p reuseport; b {1} reuseport bind lo:p => b.bind=EADDRINUSE"}},
	{"socket-reuseport-uid",
	 "To join a SO_REUSEPORT address, one must be the user who has it; root is no exception.",
	 "socket(7), SO_REUSEPORT",
	 NULL,
	 {"as 1000 a {tcp4,udp4} reuseport bind lo:p; as 1001 b {1} reuseport bind lo:p; "
	  "c {1} reuseport bind lo:p; as 1000 d {1} reuseport bind lo:p "
	  "=> b.bind=EADDRINUSE c.bind=EADDRINUSE d.bind=ok"}},
	{"socket-reuseport-effective-uid",
	 "What SO_REUSEPORT compares is the effective user ID of the process that calls bind().",
	 "socket(7), SO_REUSEPORT",
	 NULL,
	 {"a tcp4 reuseport bind lo:p; b tcp4 reuseport; as 1000 b bind lo:p => b.bind=EADDRINUSE",
	  "as 1000 a tcp4 reuseport bind lo:p; b tcp4 reuseport fchown=1000 bind lo:p "
	  "=> b.bind=EADDRINUSE"}},
	{"socket-reuseport-accept",
	 "Several SO_REUSEPORT sockets may listen on one address, and share its connections.",
	 "socket(7), SO_REUSEPORT",
	 NULL,
	 {"a {tcp4,tcp6} reuseport bind lo:p listen; b {1} reuseport bind lo:p listen; "
	  "c {1} connect lo:p => b.listen=ok c.connect=ok>a|b"}},
	{"socket-reuseport-udp",
	 "Datagrams to a SO_REUSEPORT address go to one of its sockets each.",
	 "socket(7), SO_REUSEPORT",
	 NULL,
	 {"a {udp4,udp6} reuseport bind lo:p; b {1} reuseport bind lo:p; c {1} send lo:p; "
	  "d {1} send lo:p => c.send=ok>a|b d.send=ok>a|b"}},
	{"socket-cbpf-index",
	 "A program of SO_ATTACH_REUSEPORT_CBPF returns the number of the socket that receives.",
	 "socket(7), SO_ATTACH_REUSEPORT_CBPF",
	 NULL,
	 {"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen; b steer=0; "
	  "c tcp4 connect lo:p; b steer=1; d tcp4 connect lo:p => c.connect=ok>a d.connect=ok>b",
	  "a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p; b steer=0; c udp4 send lo:p; "
	  "b steer=1; c send lo:p => c.send=ok>a c.send.2=ok>b"}},
	{"socket-cbpf-order",
	 "UDP sockets are numbered in the order of bind(), TCP sockets in that of listen().",
	 "socket(7), SO_ATTACH_REUSEPORT_CBPF",
	 NULL,
	 {"a tcp4 reuseport bind lo:p; b tcp4 reuseport bind lo:p; b listen; a listen; a steer=0; "
	  "c tcp4 connect lo:p => c.connect=ok>b",
	  "a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p; b steer=0; c udp4 send lo:p "
	  "=> c.send=ok>a"}},
	{"socket-cbpf-removed",
	 "When a member of a group is closed, the last one gets its number.",
	 "socket(7), SO_ATTACH_REUSEPORT_CBPF",
	 NULL,
	 {"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen; "
	  "d tcp4 reuseport bind lo:p listen; d steer=0; a close; c tcp4 connect lo:p "
	  "=> c.connect=ok>d"}},
	{"socket-cbpf-invalid",
	 "A number that no member has drops nothing: the group chooses as without a program.",
	 "socket(7), SO_ATTACH_REUSEPORT_CBPF",
	 NULL,
	 {"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen; b steer=9; "
	  "c tcp4 connect lo:p => c.connect=ok>a|b",
	  "a udp4 reuseport bind lo:p; a steer=9; c udp4 send lo:p => c.send=ok>a"}},
	{"socket-bindtodevice",
	 "A socket bound to a device processes only packets that come in by this device.",
	 "socket(7), SO_BINDTODEVICE",
	 "whose address is dialled: from this host to the device's own address counts, though it "
	 "goes over lo",
	 {"l tcp4 bindtodevice=eth bind any:p listen; c tcp4 connect lo:p "
	  "=> c.connect=ECONNREFUSED",
	  "l tcp4 bindtodevice=eth bind any:p listen; c tcp4 connect eth:p "
	  "=> c.connect=ECONNREFUSED",
	  "l tcp4 bindtodevice=lo bind any:p listen; c tcp4 connect lo:p => c.connect=ok>l"}},
	{"socket-acceptconn",
	 "SO_ACCEPTCONN tells whether a socket listens.",
	 "socket(7), SO_ACCEPTCONN",
	 NULL,
	 {"a tcp4 acceptconn? bind lo:p acceptconn? listen acceptconn? "
	  "=> a.acceptconn?=0 a.acceptconn?.2=0 a.acceptconn?.3=1"}},
	{"socket-broadcast",
	 "Without SO_BROADCAST nobody may send to a broadcast address.",
	 "socket(7), SO_BROADCAST",
	 NULL,
	 {"b udp4 bind any:p; a udp4 bind eth:0 send {255.255.255.255,192.0.2.255}:p => "
	  "a.send=EACCES",
	  "b udp4 bind any:p; a udp4 broadcast bind eth:0 send {255.255.255.255,192.0.2.255}:p "
	  "=> a.send=ok"}},

	/* ---- ip(7) ---- */
	{"ip-one-socket",
	 "Only one socket may be bound to a pair of local address and port.",
	 "ip(7), DESCRIPTION",
	 "the flags: both sockets have SO_REUSEADDR and neither listens, or both SO_REUSEPORT",
	 {"a {tcp4,udp4} {,reuseaddr,reuseport} bind lo:p; b {1} {2} bind lo:p "
	  "=> b.bind=EADDRINUSE",
	  "a tcp4 {reuseaddr,reuseport} bind lo:p listen; b tcp4 {1} bind lo:p "
	  "=> b.bind=EADDRINUSE"}},
	{"ip-any",
	 "A socket bound to INADDR_ANY is bound to all local interfaces.",
	 "ip(7), DESCRIPTION",
	 NULL,
	 {"l tcp4 bind any:p listen; c tcp4 connect {lo,lo2,eth}:p => c.connect=ok>l",
	  "l tcp4 bind any:p; b tcp4 bind {lo,lo2,eth}:p => b.bind=EADDRINUSE"}},
	{"ip-broadcast-any",
	 "To bind to INADDR_BROADCAST is the same as to bind to INADDR_ANY.",
	 "ip(7), Address format, later Special and reserved addresses",
	 NULL,
	 {"a udp4 bind 255.255.255.255:p; b udp4 bind lo:q send lo:p => b.send=ok>a",
	  "a tcp4 bind 255.255.255.255:p; b tcp4 bind lo:p => b.bind=EADDRINUSE",
	  "a tcp4 bind 255.255.255.255:p listen; c tcp4 connect lo:p => c.connect=ok>a"}},
	{"ip-listen-unbound",
	 "listen() binds a socket that has no port to a free one, on INADDR_ANY.",
	 "ip(7), DESCRIPTION",
	 NULL,
	 {"l tcp4 listen; c tcp4 connect lo2:e1 => l.listen=ok(any:e1) c.connect=ok>l"}},
	{"ip-connect-shared",
	 "connect() gives a socket without a port a free one, or one that can be shared.",
	 "ip(7), DESCRIPTION",
	 NULL,
	 {EVEN_PORT "l tcp4 bind any:q listen; a tcp4 connect lo:q; b tcp4 connect lo2:q "
	  "=> a.connect=ok>l b.connect=ok>l",
	  EVEN_PORT "l tcp4 bind any:q listen; a tcp4 bind lo3:40000; b tcp4 connect lo:q "
	  "=> b.connect=EADDRNOTAVAIL"}},
	{"ip-connect-any",
	 "connect() leaves the local address of a socket without one at INADDR_ANY.",
	 "ip(7), DESCRIPTION",
	 NULL,
	 {"l tcp4 bind any:q listen; c tcp4 connect lo:q => c.connect=ok(any:e1)",
	  "c udp4 connect lo:q => c.connect=ok(any:e1)"}},
	{"ip-closed-unavailable",
	 "A TCP address that was bound is unavailable for some time after it was closed.",
	 "ip(7), DESCRIPTION",
	 "who closes the connection first: only he is left with a TIME_WAIT",
	 {SERVED("") "b tcp4 bind lo:p => b.bind=EADDRINUSE",
	  "l tcp4 bind lo:p listen; c tcp4 connect lo:p; l accept s; l close; c close; s close; "
	  "b tcp4 bind lo:p => b.bind=EADDRINUSE",
	  "a tcp4 bind lo:p close; b tcp4 bind lo:p => b.bind=EADDRINUSE",
	  "l tcp4 bind lo:p listen close; b tcp4 bind lo:p => b.bind=EADDRINUSE"}},
	{"ip-closed-reuseaddr",
	 "With SO_REUSEADDR a closed TCP address is available at once.",
	 "ip(7), DESCRIPTION",
	 "who has it: the socket that was closed and the new one both need it",
	 {SERVED("reuseaddr") "b tcp4 reuseaddr bind lo:p listen => b.bind=ok b.listen=ok",
	  SERVED("") "b tcp4 reuseaddr bind lo:p => b.bind=ok",
	  SERVED("reuseaddr") "b tcp4 bind lo:p => b.bind=ok"}},
	{"ip-privileged",
	 "Only CAP_NET_BIND_SERVICE may bind to a port below 1024.",
	 "ip(7), Address format",
	 "the sysctl ip_unprivileged_port_start",
	 {"as 1000 a {tcp4,tcp6,udp4} bind any:80 => a.bind=EACCES",
	  "sysctl ip_unprivileged_port_start=80; as 1000 a tcp4 bind any:80 => a.bind=EACCES",
	  "sysctl ip_unprivileged_port_start=80; as 1000 a tcp4 bind any:79 => a.bind=EACCES"}},
	{"ip-freebind",
	 "IP_FREEBIND allows to bind to an address that is not local.",
	 "ip(7), IP_FREEBIND",
	 NULL,
	 {"a {tcp4,udp4} bind 198.51.100.1:p; b {1} freebind bind 198.51.100.1:p "
	  "=> a.bind=EADDRNOTAVAIL b.bind=ok"}},
	{"ip-no-port",
	 "With IP_BIND_ADDRESS_NO_PORT the port is chosen in connect(), and shared per 4-tuple.",
	 "ip(7), IP_BIND_ADDRESS_NO_PORT",
	 NULL,
	 {EVEN_PORT "l tcp4 bind any:q listen; a tcp4 bind_address_no_port bind lo:0; "
	  "b tcp4 bind_address_no_port bind lo:0; a connect lo:q; b connect lo2:q "
	  "=> b.bind=ok a.connect=ok>l b.connect=ok>l",
	  EVEN_PORT "a tcp4 bind lo:0; b tcp4 bind lo:0 => b.bind=EADDRINUSE"}},
	{"ip-port-range",
	 "IP_LOCAL_PORT_RANGE narrows the range of the namespace and cannot leave it.",
	 "ip(7), IP_LOCAL_PORT_RANGE, later editions of 2023",
	 NULL,
	 {"sysctl ip_local_port_range=40000_40005; a tcp4 local_port_range=40003-40003 bind lo:0; "
	  "look lo:40003 => look=BOUND",
	  "sysctl ip_local_port_range=40000_40001; a tcp4 local_port_range=50000-50001 bind lo:0; "
	  "look lo:40001 => look=BOUND",
	  "a tcp4 local_port_range=40001-40000 => a.local_port_range=EINVAL"}},
	{"ip-multicast-all",
	 "Unless IP_MULTICAST_ALL is 0, a wildcard socket gets what other sockets joined.",
	 "ip(7), IP_MULTICAST_ALL",
	 NULL,
	 {"a udp4 reuseaddr bind any:p add_membership=mcast@eth; b udp4 reuseaddr bind any:p; "
	  "c udp4 multicast_if=eth send mcast:p => c.send=ok>a,b",
	  "a udp4 reuseaddr bind any:p add_membership=mcast@eth; "
	  "b udp4 reuseaddr multicast_all=0 bind any:p; c udp4 multicast_if=eth send mcast:p "
	  "=> c.send=ok>a"}},
	{"ip-multicast-loop",
	 "What is sent to a group comes back to sockets of the sender's host, unless "
	 "IP_MULTICAST_LOOP is 0.",
	 "ip(7), IP_MULTICAST_LOOP",
	 NULL,
	 {"a udp4 bind any:p add_membership=mcast@eth; c udp4 multicast_if=eth send mcast:p "
	  "=> c.send=ok>a",
	  "a udp4 bind any:p add_membership=mcast@eth; "
	  "c udp4 multicast_if=eth multicast_loop=0 send mcast:p => c.send=ok>none"}},
	{"ip-transparent",
	 "IP_TRANSPARENT allows to bind to foreign addresses, and needs a privilege.",
	 "ip(7), IP_TRANSPARENT",
	 NULL,
	 {"as 1000 a tcp4 transparent => a.transparent=EPERM",
	  "a tcp4 transparent bind 198.51.100.1:p => a.bind=ok"}},

	{"ip-broadcast-receive",
	 "Datagrams to broadcast addresses are only received by sockets with SO_BROADCAST.",
	 "ip(7), Address format",
	 NULL,
	 {"a udp4 bind any:p; b udp4 broadcast bind eth:0 send {255.255.255.255,192.0.2.255}:p "
	  "=> b.send=ok>none"}},
	{"ip-connection-unicast",
	 "Connection-oriented sockets are only allowed to use unicast addresses.",
	 "ip(7), Address format",
	 "the call and the family: connect() refuses others, bind() those of IPv6 only",
	 {"a tcp4 bind eth:0 connect 239.255.0.1:p => a.connect=ENETUNREACH",
	  "a tcp4 bind {239.255.0.1,255.255.255.255}:p listen => a.bind=EINVAL",
	  "a tcp6 bind [ff02::1]:p => a.bind=EINVAL"}},

	/* ---- ipv6(7) ---- */
	{"ipv6-v6only",
	 "With IPV6_V6ONLY an IPv4 and an IPv6 application can have one port at the same time.",
	 "ipv6(7), IPV6_V6ONLY",
	 NULL,
	 {"a tcp6 v6only bind any:p listen; b tcp4 bind any:p listen; c tcp4 connect lo:p; "
	  "d tcp6 connect lo:p => b.listen=ok c.connect=ok>b d.connect=ok>a",
	  "a udp6 v6only bind any:p; b udp4 bind any:p => b.bind=ok"}},
	{"ipv6-dual",
	 "Without IPV6_V6ONLY an IPv6 socket handles IPv4 packets as well.",
	 "ipv6(7), IPV6_V6ONLY",
	 NULL,
	 {"l tcp6 v6only=0 bind any:p listen; c tcp4 connect lo:p; d tcp6 connect lo:p "
	  "=> c.connect=ok>l d.connect=ok>l",
	  "l udp6 v6only=0 bind any:p; c udp4 send lo:p => c.send=ok>l"}},
	{"ipv6-mapped",
	 "IPv4 connections can be handled by the v6 API with v4-mapped addresses.",
	 "ipv6(7), DESCRIPTION",
	 NULL,
	 {"l tcp6 bind lo4:p listen; c tcp4 connect lo:p; d tcp6 connect lo4:p "
	  "=> c.connect=ok>l d.connect=ok>l",
	  "a tcp4 bind lo:p; b tcp6 bind lo4:p => b.bind=EADDRINUSE"}},
	{"ipv6-share-port-space",
	 "IPv4 and IPv6 share the space of local ports.",
	 "ipv6(7), DESCRIPTION",
	 "the addresses: 0.0.0.0 and ::1 do not meet, nor does :: with IPV6_V6ONLY meet 0.0.0.0",
	 {"a tcp4 bind any:p; b tcp6 bind {any,any4,lo4}:p => b.bind=EADDRINUSE",
	  "a tcp4 bind any:p; b tcp6 bind lo:p => b.bind=EADDRINUSE",
	  "a tcp4 bind any:p; b tcp6 v6only bind any:p => b.bind=EADDRINUSE"}},

	/* ---- tcp(7), udp(7) ---- */
	{"tcp-listening-only-accepts",
	 "Data cannot be sent by a listening or an unconnected socket.",
	 "tcp(7), DESCRIPTION",
	 NULL,
	 {"l tcp4 bind lo:p listen send => l.send=EPIPE", "a tcp4 bind lo:p send => a.send=EPIPE"}},
	{"udp-autobind",
	 "Who sends a datagram without bind() gets a free port of ip_local_port_range, on "
	 "INADDR_ANY.",
	 "udp(7), DESCRIPTION",
	 NULL,
	 {EVEN_PORT "a udp4 send lo:p; b udp4 bind lo2:40000 => a.send=ok b.bind=EADDRINUSE",
	  "a udp4 send lo:p bind lo:q => a.bind=EINVAL"}},
	{"udp-connected-peer-only",
	 "A connected UDP socket receives from its peer only.",
	 "connect(2), DESCRIPTION",
	 NULL,
	 {"d {udp4,udp6} bind lo:p connect lo:q; c {1} bind lo:q; f {1} bind lo:r; c send lo:p; "
	  "f send lo:p => c.send=ok>d f.send=ok>none"}},

	{"udp-connected-sendto",
	 "A connected UDP socket can still send to others by sendto().",
	 "udp(7), DESCRIPTION",
	 NULL,
	 {"a udp4 bind lo:q; b udp4 bind lo:r; d udp4 connect lo:q; d send; d send lo:r "
	  "=> d.send=ok>a d.send.2=ok>b"}},
	{"udp-errors",
	 "Errors of the network are passed to the program even when its socket is not connected.",
	 "udp(7), Error handling",
	 "the option IP_RECVERR; without it only a connected socket is told",
	 {"a udp4 send lo:q send lo:q => a.send.2=ECONNREFUSED",
	  "a udp4 recverr send lo:q send lo:q => a.send.2=ECONNREFUSED",
	  "a udp4 connect lo:q send send => a.send.2=ECONNREFUSED"}},

	/* ---- bind(2) ---- */
	{"bind-twice",
	 "A socket that is bound cannot be bound again.",
	 "bind(2), EINVAL",
	 "whether it has a port: with IP_BIND_ADDRESS_NO_PORT and port 0 it has none yet",
	 {"a {tcp4,tcp6,udp4} bind lo:p bind lo2:p => a.bind.2=EINVAL",
	  "a tcp4 bind lo:0 bind lo:p => a.bind.2=EINVAL",
	  "a tcp4 bind_address_no_port bind lo:0 bind lo2:p => a.bind.2=EINVAL"}},
	{"bind-needed",
	 "A stream socket must be bound before it can receive connections.",
	 "bind(2), DESCRIPTION",
	 NULL,
	 {"l {tcp4,tcp6} listen; c {1} connect lo:e1 => c.connect=ECONNREFUSED"}},
	{"bind-range-used",
	 "bind() to port 0 fails with EADDRINUSE when all ports of the range are in use.",
	 "bind(2), EADDRINUSE",
	 "SO_REUSEADDR or SO_REUSEPORT on both for UDP, which then shares the port",
	 {ODD_PORT "a {tcp4,udp4} bind lo:0; b {1} bind lo:0 => b.bind=EADDRINUSE",
	  ODD_PORT "a {tcp4,udp4} {reuseaddr,reuseport} bind lo:0; b {1} {2} bind lo:0 "
	  "=> b.bind=EADDRINUSE"}},
	{"bind-not-local",
	 "bind() to an address that no interface has fails with EADDRNOTAVAIL.",
	 "ip(7), ERRORS, EADDRNOTAVAIL",
	 NULL,
	 {"a {tcp4,udp4} bind 198.51.100.1:p; b {tcp6,udp6} bind [2001:db8:1::1]:p "
	  "=> a.bind=EADDRNOTAVAIL b.bind=EADDRNOTAVAIL"}},

	/* ---- listen(2) ---- */
	{"listen-in-use",
	 "listen() fails with EADDRINUSE if another socket already listens on the port.",
	 "listen(2), EADDRINUSE",
	 "the flags and the addresses: SO_REUSEPORT on both, or two addresses",
	 {"a tcp4 reuseaddr bind lo:p; b tcp4 reuseaddr bind lo:p; a listen; b listen "
	  "=> b.bind=ok b.listen=EADDRINUSE",
	  "a tcp4 reuseport bind lo:p; b tcp4 reuseport bind lo:p; a listen; b listen "
	  "=> b.listen=EADDRINUSE",
	  "a tcp4 bind lo:p; b tcp4 bind lo2:p; a listen; b listen => b.listen=EADDRINUSE"}},
	{"listen-range-used",
	 "listen() of an unbound socket fails with EADDRINUSE when all ports are in use.",
	 "listen(2), EADDRINUSE",
	 NULL,
	 {ODD_PORT "a tcp4 bind any:0; b tcp4 listen => b.listen=EADDRINUSE"}},
	{"listen-datagram",
	 "A socket that cannot listen says EOPNOTSUPP.",
	 "listen(2), EOPNOTSUPP",
	 NULL,
	 {"a {udp4,udp6} bind lo:p listen => a.listen=EOPNOTSUPP"}},
	{"listen-backlog",
	 "At most backlog completed connections wait to be accepted.",
	 "listen(2), DESCRIPTION and NOTES",
	 NULL,
	 {"l tcp4 bind lo:p listen=1; c tcp4 connect lo:p; d tcp4 bind lo:q begin lo:p; look lo:q "
	  "=> look=SYN_SENT",
	  "l tcp4 bind lo:p listen=2; c tcp4 connect lo:p; d tcp4 connect lo:p; "
	  "f tcp4 bind lo:q begin lo:p; look lo:q => look=SYN_SENT"}},
	{"listen-somaxconn",
	 "A backlog above net.core.somaxconn is silently cut to that value.",
	 "listen(2), NOTES",
	 NULL,
	 {"sysctl net.core.somaxconn=1; l tcp4 bind lo:p listen=100; c tcp4 connect lo:p; "
	  "d tcp4 connect lo:p; f tcp4 bind lo:q begin lo:p; look lo:q "
	  "=> l.listen=ok d.connect=ok>l look=SYN_SENT"}},

	/* ---- connect(2), shutdown(2), close(2) ---- */
	{"connect-range-used",
	 "connect() fails with EADDRNOTAVAIL when all ports of the range are in use.",
	 "connect(2), EADDRNOTAVAIL",
	 "the protocol: UDP says EAGAIN",
	 {EVEN_PORT "l tcp4 bind any:q listen; a tcp4 bind lo:40000; b tcp4 connect lo:q "
	  "=> b.connect=EADDRNOTAVAIL",
	  EVEN_PORT "a udp4 bind any:40000; b udp4 connect lo:q => b.connect=EADDRNOTAVAIL"}},
	{"connect-no-ports",
	 "connect() fails with EAGAIN when there are no more free local ports.",
	 "connect(2), EAGAIN, edition of 2008",
	 "the protocol: TCP says EADDRNOTAVAIL",
	 {EVEN_PORT "l tcp4 bind any:q listen; a tcp4 bind lo:40000; b tcp4 connect lo:q "
	  "=> b.connect=EAGAIN",
	  EVEN_PORT "a udp4 bind any:40000; b udp4 connect lo:q => b.connect=EAGAIN"}},
	{"connect-in-use",
	 "connect() fails with EADDRINUSE if the local address is already in use.",
	 "connect(2), EADDRINUSE",
	 NULL,
	 {"l tcp4 bind lo:q listen; a tcp4 {reuseaddr,reuseport} bind lo:p connect lo:q; "
	  "b tcp4 {1} bind lo:p connect lo:q => b.connect=EADDRINUSE"}},
	{"connect-refused",
	 "connect() of a stream socket to a port where nobody listens is refused.",
	 "connect(2), ECONNREFUSED",
	 "whose port it is: a socket can dial itself, and two can dial each other",
	 {"c {tcp4,tcp6} connect lo:p => c.connect=ECONNREFUSED",
	  "c {tcp4,tcp6} bind lo:p connect lo:p => c.connect=ECONNREFUSED",
	  "l tcp4 deaf bind lo:q listen; a tcp4 bind lo:p begin lo:q; l close; "
	  "b tcp4 bind lo:q connect lo:p => b.connect=ECONNREFUSED"}},
	{"connect-once",
	 "A stream socket can be connected only once.",
	 "connect(2), DESCRIPTION, edition of 2008",
	 "whether it was disconnected, by AF_UNSPEC, in between",
	 {"l tcp4 bind any:q listen; a tcp4 connect lo:q connect lo2:q => a.connect.2=EISCONN",
	  "l tcp4 bind any:q listen; a tcp4 connect lo:q disconnect connect lo2:q "
	  "=> a.connect.2=EISCONN"}},
	{"connect-unspec",
	 "connect() to AF_UNSPEC dissolves the association of a datagram or TCP socket.",
	 "connect(2), DESCRIPTION",
	 NULL,
	 {"d udp4 bind lo:p connect lo:q; f udp4 bind lo:r; f send lo:p; d disconnect; f send lo:p "
	  "=> f.send=ok>none f.send.2=ok>d",
	  "l tcp4 bind any:q listen; a tcp4 bind lo:p connect lo:q disconnect connect lo2:q "
	  "=> a.disconnect=ok a.connect.2=ok>l"}},
	{"connect-datagram-again",
	 "A datagram socket may change its peer by connect() any number of times.",
	 "connect(2), DESCRIPTION",
	 NULL,
	 {"d udp4 bind lo:p connect lo:q connect lo:r; c udp4 bind lo:q send lo:p; "
	  "f udp4 bind lo:r send lo:p => d.connect.2=ok c.send=ok>none f.send=ok>d"}},
	{"close-last",
	 "A socket is closed when its last descriptor is.",
	 "close(2), DESCRIPTION",
	 NULL,
	 {"a tcp4 bind lo:p listen dup b; a close; c tcp4 bind lo:p; d tcp4 connect lo:p; b close; "
	  "f tcp4 bind lo:p => c.bind=EADDRINUSE d.connect=ok>b f.bind=ok"}},
	{0},
};
/* clang-format on */

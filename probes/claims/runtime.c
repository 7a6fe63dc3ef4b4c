/* SPDX-License-Identifier: MIT */
/*
 * What do languages and servers promise in their documentation?
 *
 * A case has the calls that the program makes, as far as they matter: the options that it sets
 * before bind().
 */
#include "claims/claims.h"

/* A server s at lo:p that was closed before its client c: it is in TIME_WAIT. */
#define SERVED(flag)                                                                            \
	"l tcp4 " flag " bind lo:p listen; c tcp4 connect lo:p; l accept s; l close; s close; " \
	"c close; "

/* A case begins at the margin, as in a .cases file. */
/* clang-format off */
const struct ft_claim ft_claims_runtime[] = {
	/* ---- Go ---- */
	{"go-listen-restart",
	 "A server that uses net.Listen can be restarted at once.",
	 "Go, net: setDefaultListenerSockopts()",
	 NULL,
	 {SERVED("reuseaddr") "n tcp4 reuseaddr bind lo:p listen => n.listen=ok",
	  "l tcp6 v6only=0 reuseaddr bind any:p listen; c tcp4 connect lo:p; l accept s; l close; "
	  "n tcp6 v6only=0 reuseaddr bind any:p listen => n.listen=ok"}},
	{"go-listen-both-families",
	 "net.Listen(\"tcp\", \":p\") listens on all unicast addresses of both families.",
	 "https://pkg.go.dev/net#Listen",
	 NULL,
	 {"l tcp6 v6only=0 reuseaddr bind any:p listen; c tcp4 connect {lo,eth}:p; "
	  "d tcp6 connect lo:p => c.connect=ok>l d.connect=ok>l"}},
	{"go-listen-one-family",
	 "net.Listen of \"tcp4\" and of \"tcp6\" can have one port side by side.",
	 "Go, net: TestDualStackTCPListener()",
	 NULL,
	 {"a tcp4 reuseaddr bind any:p listen; b tcp6 v6only reuseaddr bind any:p listen "
	  "=> a.listen=ok b.listen=ok"}},
	{"go-listen-twice",
	 "net.Listen twice on one address fails.",
	 "Go, net: TestTCPListener()",
	 NULL,
	 {"a tcp6 v6only=0 reuseaddr bind any:p listen; b tcp6 v6only=0 reuseaddr bind any:p "
	  "listen "
	  "=> b.bind=EADDRINUSE",
	  "a tcp4 reuseaddr bind lo:p listen; b tcp4 reuseaddr bind lo:p listen "
	  "=> b.bind=EADDRINUSE"}},
	{"go-control",
	 "The Control of a ListenConfig or Dialer is called before bind(): its options count.",
	 "https://pkg.go.dev/net#ListenConfig",
	 NULL,
	 {"a tcp4 reuseaddr reuseport bind lo:p listen; b tcp4 reuseaddr reuseport bind lo:p "
	  "listen "
	  "=> b.listen=ok",
	  "m tcp4 reuseaddr bind any:q listen; a tcp4 reuseport bind lo:p connect lo:q; "
	  "b tcp4 reuseport bind lo:p connect lo2:q => a.connect=ok>m b.connect=ok>m"}},
	{"go-local-addr",
	 "A Dialer with a LocalAddr dials any number of addresses from there.",
	 "https://pkg.go.dev/net#Dialer; https://github.com/golang/go/issues/21404",
	 "a Control that sets SO_REUSEADDR or SO_REUSEPORT: without it the second bind() fails",
	 {"m tcp4 reuseaddr bind any:q listen; a tcp4 {,reuseaddr,reuseport} bind lo:p connect "
	  "lo:q; "
	  "b tcp4 {1} bind lo:p connect lo2:q => b.connect=ok>m"}},
	{"go-local-addr-zero",
	 "A LocalAddr with port 0 costs a port for each connection.",
	 "https://github.com/golang/go/issues/9929",
	 NULL,
	 {"sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40000; "
	  "m tcp4 bind any:q listen; a tcp4 bind lo:0 connect lo:q; b tcp4 bind lo:0 "
	  "=> b.bind=EADDRINUSE"}},

	/* ---- Node.js, libuv ---- */
	{"node-listen-any",
	 "To listen on :: may make a server listen on 0.0.0.0 as well.",
	 "https://nodejs.org/api/net.html, server.listen()",
	 NULL,
	 {"a tcp6 reuseaddr bind any:p listen; c tcp4 connect lo:p => c.connect=ok>a",
	  "a tcp6 reuseaddr bind any:p listen; b tcp4 reuseaddr bind any:p => b.bind=EADDRINUSE"}},
	{"node-cluster",
	 "Workers of a cluster share one handle: each of them can accept what comes.",
	 "https://nodejs.org/api/cluster.html, How it works, the second method",
	 NULL,
	 {"l tcp4 reuseaddr bind lo:0 listen dup w; c tcp4 connect lo:e1; w accept s; c send; s "
	  "recv "
	  "=> w.accept=ok s.recv=1",
	  "l tcp4 reuseaddr bind lo:p listen dup w; l close; c tcp4 connect lo:p; w accept s "
	  "=> w.accept=ok"}},
	{"node-reuse-port",
	 "With reusePort connections are distributed to the listening sockets.",
	 "https://nodejs.org/api/net.html, server.listen(), reusePort",
	 NULL,
	 {"a tcp6 reuseaddr reuseport bind any:p listen; b tcp6 reuseaddr reuseport bind any:p "
	  "listen; c tcp6 connect lo:p => b.listen=ok c.connect=ok>a|b"}},
	{"node-dgram-reuse-addr",
	 "With reuseAddr a UDP socket binds an address even if another process has bound it.",
	 "https://nodejs.org/api/dgram.html, dgram.createSocket(), reuseAddr",
	 "the other process: it must have set reuseAddr as well",
	 {"a udp4 {,reuseaddr} bind lo:p; b udp4 reuseaddr bind lo:p => b.bind=ok"}},
	{"node-dgram-one-receiver",
	 "Of UDP sockets with reuseAddr on one address only one can receive the data.",
	 "https://nodejs.org/api/dgram.html, dgram.createSocket(), reuseAddr",
	 "the address: multicast and broadcast are copied to all",
	 {"a udp4 reuseaddr bind any:p; b udp4 reuseaddr bind any:p; c udp4 send lo:p "
	  "=> c.send=ok>a|b",
	  "a udp4 reuseaddr bind any:p add_membership=mcast@eth; "
	  "b udp4 reuseaddr bind any:p add_membership=mcast@eth; c udp4 multicast_if=eth send "
	  "mcast:p => c.send=ok>a|b"}},
	{"libuv-udp-steal",
	 "With UV_UDP_REUSEADDR the last one to bind gets all the traffic.",
	 "https://docs.libuv.org/en/v1.x/udp.html, uv_udp_flags",
	 "a socket that is connected, or bound to the very address: for its peer it comes first",
	 {"a udp4 reuseaddr bind lo:p; b udp4 reuseaddr bind lo:p; c udp4 bind lo:q send lo:p "
	  "=> c.send=ok>b",
	  "a udp4 reuseaddr bind lo:p connect lo:q; b udp4 reuseaddr bind lo:p; "
	  "c udp4 bind lo:q send lo:p => c.send=ok>b",
	  "a udp4 reuseaddr bind lo:p; b udp4 reuseaddr bind any:p; c udp4 send lo:p "
	  "=> c.send=ok>b"}},

	/* ---- Python ---- */
	{"python-reuse-address",
	 "reuse_address uses a socket in TIME_WAIT again, without waiting for its timeout.",
	 "https://docs.python.org/3/library/asyncio-eventloop.html, create_server()",
	 "the former socket: it must have had SO_REUSEADDR as well",
	 {SERVED("{,reuseaddr}") "n tcp4 reuseaddr bind lo:p listen => n.listen=ok"}},
	{"python-reuse-port",
	 "reuse_port binds a port that others have, as long as all of them set it when created.",
	 "https://docs.python.org/3/library/asyncio-eventloop.html, create_server()",
	 NULL,
	 {"a tcp4 reuseaddr reuseport bind lo:p listen; b tcp4 reuseaddr reuseport bind lo:p "
	  "listen "
	  "=> b.listen=ok",
	  "a tcp4 reuseaddr bind lo:p listen; b tcp4 reuseaddr reuseport bind lo:p "
	  "=> b.bind=EADDRINUSE"}},
	{"python-udp-users",
	 "By SO_REUSEADDR processes of different users can have one UDP address.",
	 "https://docs.python.org/3/library/asyncio-eventloop.html, create_datagram_endpoint()",
	 NULL,
	 {"as 1000 a {udp4,udp6} reuseaddr bind lo:p; as 1001 b {1} reuseaddr bind lo:p "
	  "=> b.bind=ok"}},
	{"python-udp-random",
	 "Packets to a UDP address of several users are distributed among them at random.",
	 "https://docs.python.org/3/library/asyncio-eventloop.html, create_datagram_endpoint()",
	 NULL,
	 {"as 1000 a udp4 reuseaddr bind lo:p; as 1001 b udp4 reuseaddr bind lo:p; "
	  "c udp4 bind {lo,lo2,lo3}:{q,r,s,t} send lo:p => c.send=ok>a"}},
	{"python-reuse-port-users",
	 "SO_REUSEPORT prevents that different users have one UDP address.",
	 "https://docs.python.org/3/library/asyncio-eventloop.html, create_datagram_endpoint()",
	 NULL,
	 {"as 1000 a {udp4,udp6} reuseport bind lo:p; as 1001 b {1} reuseport bind lo:p "
	  "=> b.bind=EADDRINUSE"}},
	{"python-socketserver",
	 "Without allow_reuse_address, its default, a server cannot be restarted at once.",
	 "widespread advice; https://docs.python.org/3/library/socketserver.html has the default",
	 "who closed first: if it was the client, nothing is in the way",
	 {SERVED("") "n tcp4 bind lo:p => n.bind=EADDRINUSE",
	  "l tcp4 bind lo:p listen; c tcp4 connect lo:p; l accept s; c close; s close; l close; "
	  "n tcp4 bind lo:p => n.bind=EADDRINUSE"}},

	/* ---- Java, .NET, Rust, Erlang ---- */
	{"jdk-reuse-address",
	 "SO_REUSEADDR allows a ServerSocket to be bound though a connection is in TIME_WAIT.",
	 "Java SE, ServerSocket.setReuseAddress()",
	 "the former socket: it must have had SO_REUSEADDR as well",
	 {SERVED("{,reuseaddr}") "n tcp6 reuseaddr bind any:p listen => n.listen=ok"}},
	{"jdk-reuse-address-late",
	 "What SO_REUSEADDR was at bind() counts: to change it afterwards does nothing.",
	 "common belief; Java SE, ServerSocket.setReuseAddress() leaves it undefined",
	 NULL,
	 {"a tcp4 bind lo:p; a reuseaddr; b tcp4 reuseaddr bind lo:p => b.bind=EADDRINUSE",
	  "a tcp4 reuseaddr bind lo:p; a reuseaddr=0; b tcp4 reuseaddr bind lo:p => b.bind=ok"}},
	{"jdk-datagram-reuse",
	 "With SO_REUSEADDR set before bind() several DatagramSockets can have one address.",
	 "Java SE, DatagramSocket.setReuseAddress()",
	 NULL,
	 {"a udp6 reuseaddr bind any:p; b udp6 reuseaddr bind any:p; d udp6 reuseaddr bind any:p "
	  "=> b.bind=ok d.bind=ok"}},
	{"jdk-multicast",
	 "All sockets that subscribed to a multicast group and port receive what is sent to it.",
	 "Java SE, MulticastSocket",
	 NULL,
	 {"a udp4 reuseaddr reuseport bind any:p add_membership=mcast@eth; "
	  "b udp4 reuseaddr reuseport bind any:p add_membership=mcast@eth; "
	  "c udp4 multicast_if=eth send mcast:p => c.send=ok>a,b"}},
	{"dotnet-exclusive",
	 "With ExclusiveAddressUse nobody else can bind the port.",
	 "https://learn.microsoft.com/dotnet/api/system.net.sockets.socket.exclusiveaddressuse",
	 "the address: exclusive is the address and port, not the port",
	 {"a tcp4 bind lo:p; b tcp4 {,reuseaddr,reuseport,reuseaddr reuseport} bind {lo,any}:p "
	  "=> b.bind=EADDRINUSE",
	  "a tcp4 bind lo:p; b tcp4 bind lo2:p => b.bind=EADDRINUSE"}},
	{"dotnet-reuse-address",
	 "ReuseAddress, which sets both flags, allows to bind to an address that is in use.",
	 "https://learn.microsoft.com/dotnet/api/system.net.sockets.socketoptionname; "
	 "dotnet/runtime, SystemNative_SetSockOpt()",
	 "the other socket: it must have one of the flags, and SO_REUSEPORT if it listens",
	 {"a tcp4 {,reuseaddr,reuseaddr reuseport} bind lo:p {,listen}; "
	  "b tcp4 reuseaddr reuseport bind lo:p => b.bind=ok"}},
	{"rust-listener",
	 "A TcpListener rebinds quickly: SO_REUSEADDR is set, so nothing need be waited for.",
	 "Rust, library/std/src/sys/net, TcpListener::bind()",
	 NULL,
	 {SERVED("reuseaddr") "n tcp4 reuseaddr bind lo:p listen => n.listen=ok"}},
	{"rust-tokio-reuseport",
	 "TcpSocket::set_reuseport: several processes can listen on one address, with one user.",
	 "https://docs.rs/tokio/latest/tokio/net/struct.TcpSocket.html, which refers to the "
	 "platform; socket(7), SO_REUSEPORT",
	 NULL,
	 {"as 1000 a tcp4 reuseport bind lo:p listen; as 1000 b tcp4 reuseport bind lo:p listen; "
	  "as 1001 d tcp4 reuseport bind lo:p => b.listen=ok d.bind=EADDRINUSE"}},
	{"erlang-reuseaddr",
	 "By default an address is not used again; reuseaddr allows it.",
	 "https://www.erlang.org/doc/apps/kernel/inet.html, reuseaddr",
	 "whether somebody listens there: then it does not",
	 {"a tcp4 bind lo:p; b tcp4 bind lo:p => b.bind=EADDRINUSE",
	  "a tcp4 reuseaddr bind lo:p; b tcp4 reuseaddr bind lo:p => b.bind=ok",
	  "a tcp4 reuseaddr bind lo:p listen; b tcp4 reuseaddr bind lo:p => b.bind=ok"}},
	{"erlang-reuseport",
	 "reuseport lets several sockets listen on one port; Linux balances among them.",
	 "https://www.erlang.org/doc/apps/kernel/inet.html, reuseport and reuseport_lb",
	 NULL,
	 {"a tcp4 reuseport bind any:p listen; b tcp4 reuseport bind any:p listen; "
	  "c tcp4 connect lo:p => b.listen=ok c.connect=ok>a|b",
	  "a tcp4 reuseport bind any:p listen; b tcp4 reuseport bind any:p listen; a steer=mod:2; "
	  "c tcp4 connect lo:p => c.connect=ok>a|b"}},

	/* ---- servers ---- */
	{"nginx-reuseport",
	 "With reuseport each worker has a listening socket, among which the kernel distributes.",
	 "https://nginx.org/en/docs/http/ngx_http_core_module.html#listen, reuseport",
	 NULL,
	 {"a tcp4 reuseaddr reuseport bind any:p listen; b tcp4 reuseaddr reuseport bind any:p "
	  "listen; c tcp4 connect lo:p => b.listen=ok c.connect=ok>a|b"}},
	{"nginx-ipv6only",
	 "With ipv6only=on, its default, [::] takes IPv6 connections only.",
	 "https://nginx.org/en/docs/http/ngx_http_core_module.html#listen, ipv6only",
	 NULL,
	 {"a tcp6 reuseaddr v6only bind any:p listen; c tcp4 connect lo:p; d tcp6 connect lo:p "
	  "=> c.connect=ECONNREFUSED d.connect=ok>a"}},
	{"haproxy-reload",
	 "A new process can bind all ports while the old one still listens.",
	 "HAProxy Management Guide, 4. Stopping and restarting HAProxy",
	 NULL,
	 {"a tcp4 reuseaddr reuseport bind any:p listen; b tcp4 reuseaddr reuseport bind any:p "
	  "listen"
	  "; a close; c tcp4 connect lo:p => b.listen=ok c.connect=ok>b"}},
	{"haproxy-reload-loss",
	 "When the old one closes, connections in its queue are lost.",
	 "HAProxy Management Guide, 4. Stopping and restarting HAProxy",
	 "the sysctl tcp_migrate_req",
	 {"sysctl tcp_migrate_req={0,1}; a tcp4 reuseport bind lo:p listen steer=0; "
	  "b tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; a close; c recv "
	  "=> c.connect=ok>a c.recv=ECONNRESET"}},
	{"systemd-reuse-port",
	 "ReusePort=yes allows several bind() of a port.",
	 "systemd.socket(5), ReusePort=; https://github.com/systemd/systemd/issues/28039",
	 "the user: what the manager bound as root, a service of another user cannot join",
	 {"a tcp4 reuseport bind any:p listen; b tcp4 reuseport bind any:p => b.bind=ok",
	  "a tcp4 reuseport bind any:p listen; as 1000 b tcp4 reuseport bind any:p => b.bind=ok"}},
	{"systemd-bind-ipv6-only",
	 "BindIPv6Only=both makes one socket for both families, ipv6-only one for IPv6.",
	 "systemd.socket(5), BindIPv6Only=",
	 NULL,
	 {"a tcp6 v6only=0 bind any:p listen; c tcp4 connect lo:p; d tcp6 connect lo:p "
	  "=> c.connect=ok>a d.connect=ok>a",
	  "a tcp6 v6only bind any:p listen; c tcp4 connect lo:p; d tcp6 connect lo:p "
	  "=> c.connect=ECONNREFUSED d.connect=ok>a"}},
	{"systemd-free-bind",
	 "FreeBind=yes binds an address before it is configured, and serves it from then on.",
	 "systemd.socket(5), FreeBind=",
	 NULL,
	 {"l tcp4 freebind bind 198.51.100.1:p listen; addr lo=198.51.100.1; "
	  "c tcp4 connect 198.51.100.1:p => l.listen=ok c.connect=ok>l",
	  "a udp4 freebind bind 198.51.100.1:p; addr lo=198.51.100.1; c udp4 send 198.51.100.1:p "
	  "=> c.send=ok>a"}},
	{0},
};
/* clang-format on */

/* SPDX-License-Identifier: MIT */
/*
 * What do real programs do before bind()?
 *
 * Each program was checked: in its source, where a repository, file and function are named, or by
 * running it under strace(1), where it says "traced", with the version. Versions matter: net.Listen
 * of Go makes MPTCP sockets since 1.24, Apache's buckets have one option more than its listeners.
 */
#include "recipes.h"

#define BY(...) ((const struct ft_recipe_program[]){__VA_ARGS__, {NULL, NULL}})
/* The group of mDNS, RFC 6762; on lo, where the cases send. */
#define JOIN "add_membership=224.0.0.251@lo"

/* clang-format off */
const struct ft_recipe ft_recipes[] = {
	/* ---- servers on the wildcard ---- */
	{"p4", FT_RECIPE_SERVER, "$ tcp4 bind any:p listen", BY(
		{"Python socketserver.TCPServer", "3.11 traced; Lib/socketserver.py server_bind()"},
		{"Erlang gen_tcp:listen(Port, [])", "OTP 25.2 traced"},
		{"Perl IO::Socket::INET without ReuseAddr", "5.36 traced; IO/Socket/INET.pm"},
		{"socat TCP-LISTEN without reuseaddr", "1.7.4 traced"},
		{"tokio TcpSocket::new_v4() without set_reuseaddr()",
		 "tokio-rs/tokio tokio/src/net/tcp/socket.rs new()"})},
	{"p6", FT_RECIPE_SERVER, "$ tcp6 bind any:p listen", BY(
		{"tokio TcpSocket::new_v6() without set_reuseaddr()",
		 "tokio-rs/tokio tokio/src/net/tcp/socket.rs new()"})},
	{"p6o", FT_RECIPE_SERVER, "$ tcp6 v6only bind any:p listen", BY(
		{"Perl IO::Socket::IP with V6Only", "5.36 traced"})},
	{"r4", FT_RECIPE_SERVER, "$ tcp4 reuseaddr bind any:p listen", BY(
		{"Go net.Listen(\"tcp4\"), up to 1.23",
		 "1.19 traced; golang/go src/net/sock_posix.go listenStream()"},
		{"libuv uv_tcp_bind(0.0.0.0)", "libuv/libuv src/unix/tcp.c uv__tcp_bind()"},
		{"Python http.server, socket.create_server(), asyncio create_server(\"0.0.0.0\")",
		 "3.11 traced; Lib/socket.py, Lib/asyncio/base_events.py"},
		{"Rust std TcpListener::bind(0.0.0.0)", "1.95 traced"},
		{"mio and tokio TcpListener::bind(0.0.0.0)",
		 "tokio-rs/mio src/net/tcp/listener.rs bind()"},
		{"Erlang gen_tcp with reuseaddr", "OTP 25.2 traced"},
		{"Ruby TCPServer", "3.1 traced"},
		{"Perl IO::Socket::INET with ReuseAddr", "5.36 traced; IO/Socket/INET.pm"},
		{"PHP stream_socket_server(tcp), php -S", "8.2 traced"},
		{"gunicorn, uvicorn, uWSGI on an IPv4 address", "20.1, 0.17, 2.0 traced"},
		{"stunnel accept = P (its own IPv4 socket refuses the one of IPv6)", "5.68 traced"},
		{".NET TcpListener(IPAddress.Any); ExclusiveAddressUse changes nothing here",
		 "dotnet/runtime src/native/libs/System.Native/pal_networking.c "
		 "SystemNative_Bind()"},
		{"HAProxy \"bind :P\" with noreuseport",
		 "2.6 traced; haproxy/haproxy src/sock_inet.c"},
		{"libevent with LEV_OPT_REUSEABLE",
		 "libevent/libevent listener.c evconnlistener_new_bind()"},
		{"actix-web HttpServer::bind(0.0.0.0)",
		 "actix/actix-net actix-server/src/socket.rs create_mio_tcp_listener()"},
		{"Boost.Asio ip::tcp::acceptor(context, {tcp::v4(), P})",
		 "boostorg/asio basic_socket_acceptor.hpp, reuse_addr is true by default"},
		{"Puma (Ruby TCPServer, and the flag again after listen())",
		 "puma/puma lib/puma/binder.rb add_tcp_listener()"},
		{"Unicorn (Ruby TCPServer)",
		 "defunkt/unicorn lib/unicorn/socket_helper.rb bind_listen()"},
		{"Twisted reactor.listenTCP()",
		 "twisted/twisted src/twisted/internet/tcp.py Port.createInternetSocket()"},
		{"ZeroMQ \"tcp://*:P\"", "zeromq/libzmq src/tcp_listener.cpp set_address()"},
		{"Qt QTcpServer::listen(QHostAddress::AnyIPv4)",
		 "qt/qtbase src/network/socket/qtcpserver.cpp configureCreatedSocket()"},
		{"OpenVPN \"proto tcp4-server\"",
		 "OpenVPN/openvpn src/openvpn/socket.c create_socket_tcp()"})},
	{"r6", FT_RECIPE_SERVER, "$ tcp6 reuseaddr v6only=0 bind any:p listen", BY(
		{"Go net.Listen(\"tcp\"), also with \"0.0.0.0:P\", up to 1.23",
		 "1.19 traced; golang/go src/net/sock_posix.go listenStream()"},
		{"Node net.Server.listen(P), also as the primary of a cluster", "20.20 traced"},
		{"libuv uv_tcp_bind(::)", "libuv/libuv src/unix/tcp.c uv__tcp_bind()"},
		{"JDK ServerSocket, ServerSocketChannel, AsynchronousServerSocketChannel",
		 "17 and 25 traced; openjdk/jdk src/java.base/unix/native/libnio/ch/Net.c "
		 "socket0()"},
		{"Python http.server --bind ::, socket.create_server(dualstack_ipv6)",
		 "3.11 traced"},
		{"Rust std TcpListener::bind([::])", "1.95 traced"},
		{"Erlang gen_tcp with inet6 and reuseaddr", "OTP 25.2 traced"},
		{"Apache httpd \"Listen P\"",
		 "2.4 traced; apache/httpd server/listen.c make_sock()"},
		{"systemd ListenStream=P",
		 "systemd/systemd src/shared/socket-label.c socket_address_listen()"},
		{"socat TCP6-LISTEN with reuseaddr", "1.7.4 traced"},
		{"iperf3 -s", "3.12 traced"},
		{"Kestrel (ASP.NET Core) on http://*:P",
		 "dotnet/aspnetcore Transport.Sockets CreateDefaultBoundListenSocket()"},
		{"Netty EpollServerSocketChannel, on 0.0.0.0 too",
		 "netty/netty netty_unix_socket.c _socket(), EpollServerSocketChannelConfig"},
		{"MySQL with bind-address = *",
		 "mysql/mysql-server sql/conn_handler/socket_connection.cc get_listener_socket()"},
		{"Squid \"http_port P\"",
		 "squid-cache/squid src/comm.cc comm_openex(), comm_apply_flags()"},
		{"ZeroMQ \"tcp://*:P\" with ZMQ_IPV6",
		 "zeromq/libzmq src/tcp_listener.cpp set_address()"},
		{"GLib GSocketListener, GSocketService",
		 "GNOME/glib gio/gsocketlistener.c, gio/gsocket.c g_socket_bind()"},
		{"Qt QTcpServer::listen(QHostAddress::Any)",
		 "qt/qtbase src/network/socket/qnativesocketengine_unix.cpp nativeBind()"},
		{"OpenVPN \"proto tcp6-server\"",
		 "OpenVPN/openvpn src/openvpn/socket.c create_socket_tcp(), socket_bind()"})},
	{"v6", FT_RECIPE_SERVER, "$ tcp6 reuseaddr v6only bind any:p listen", BY(
		{"Go net.Listen(\"tcp6\"), up to 1.23",
		 "1.19 traced; golang/go src/net/sockopt_linux.go"},
		{"nginx \"listen [::]:P\" alone (ipv6only=on is the default)", "1.22 traced"},
		{"systemd ListenStream=[::]:P with BindIPv6Only=ipv6-only",
		 "systemd/systemd src/shared/socket-label.c socket_address_listen()"},
		{".NET TcpListener(IPAddress.IPv6Any)",
		 "dotnet/runtime SocketPal.Unix.cs CreateSocket(), pal_networking.c "
		 "SystemNative_Bind()"},
		{"Qt QTcpServer::listen(QHostAddress::AnyIPv6)",
		 "qt/qtbase src/network/socket/qnativesocketengine_unix.cpp nativeBind()"})},
	{"r46", FT_RECIPE_SERVER, "$ tcp4 reuseaddr bind any:p listen; "
	 "$6 tcp6 reuseaddr v6only bind any:p listen", BY(
		{"nginx \"listen P; listen [::]:P\"",
		 "1.22 traced; nginx/nginx src/core/ngx_connection.c ngx_open_listening_sockets()"},
		{"OpenSSH sshd", "9.2 traced"},
		{"PostgreSQL with listen_addresses = '*'", "15.18 traced"},
		{"Redis, bind *", "7.0 traced"},
		{"memcached", "1.6.18 traced"},
		{"lighttpd (the IPv6 socket first)", "1.4.69 traced"},
		{"asyncio create_server(None, P)", "3.11 traced; Lib/asyncio/base_events.py"},
		{"dnsmasq (TCP)", "2.90 traced"},
		{"Knot DNS, NSD (TCP)", "3.2, 4.6 traced"},
		{"mosquitto, Varnish, MariaDB with bind-address = *",
		 "2.0, 7.1, 10.11 traced; MariaDB sets IP_FREEBIND as well"},
		{"unbound (TCP) with so-reuseport: no", "1.17 traced"},
		{"Docker -p P:P",
		 "moby/moby libnetwork/portallocator/osallocator_linux.go bindTCPOrUDP()"},
		{"uvloop create_server(None, P)",
		 "MagicStack/uvloop uvloop/loop.pyx create_server()"},
		{"Tornado listen(P)", "tornadoweb/tornado tornado/netutil.py bind_sockets()"},
		{"Ncat -l", "nmap/nmap ncat/util.c do_listen()"})},
	/* Where the MPTCP socket is refused, listenMPTCP() tries a TCP one: refused likewise. */
	{"m4", FT_RECIPE_SERVER, "$ mptcp4 reuseaddr bind any:p listen", BY(
		{"Go net.Listen(\"tcp4\") since 1.24",
		 "golang/go src/net/dial.go defaultMPTCPEnabledListen, mptcpsock_linux.go"})},
	{"m6", FT_RECIPE_SERVER, "$ mptcp6 v6only=0 reuseaddr bind any:p listen", BY(
		{"Go net.Listen(\"tcp\") since 1.24",
		 "golang/go src/net/dial.go defaultMPTCPEnabledListen, mptcpsock_linux.go"})},
	{"m6o", FT_RECIPE_SERVER, "$ mptcp6 v6only reuseaddr bind any:p listen", BY(
		{"Go net.Listen(\"tcp6\") since 1.24",
		 "golang/go src/net/dial.go defaultMPTCPEnabledListen, mptcpsock_linux.go"})},
	{"mb6", FT_RECIPE_SERVER, "$ mptcp6 v6only=0 reuseaddr reuseport bind any:p listen", BY(
		{"Go ListenConfig with a Control that sets both names, since 1.24",
		 "golang/go src/net/dial.go; libp2p/go-reuseport control_unix.go"},
		{"Caddy, CoreDNS (TCP), Traefik, kube-apiserver, as with b6, since Go 1.24",
		 "golang/go src/net/dial.go; their sources with b6"})},
	{"o6", FT_RECIPE_SERVER, "$ tcp6 v6only=0 reuseaddr reuseaddr|reuseport bind any:p listen",
	 BY(
		{"Go ListenConfig with a Control that sets SO_REUSEADDR|SO_REUSEPORT as one name",
		 "1.19 traced; a common mistake, which is SO_REUSEPORT"})},
	{"q4", FT_RECIPE_SERVER, "$ tcp4 reuseport bind any:p listen", BY(
		{"Perl IO::Socket::INET with ReusePort alone", "5.36 traced"},
		{"Python socketserver with allow_reuse_port alone",
		 "Lib/socketserver.py server_bind()"},
		{"tokio TcpSocket::new_v4() with set_reuseport() alone",
		 "tokio-rs/tokio tokio/src/net/tcp/socket.rs set_reuseport()"})},
	{"b4", FT_RECIPE_SERVER, "$ tcp4 reuseaddr reuseport bind any:p listen", BY(
		{"nginx \"listen P reuseport\"", "1.22 traced"},
		{"HAProxy \"bind :P\"",
		 "2.6 traced; haproxy/haproxy src/sock_inet.c sock_inet_bind_receiver()"},
		{"Envoy on 0.0.0.0 with enable_reuse_port",
		 "envoyproxy/envoy source/common/network/listen_socket_impl.h "
		 "setPrebindSocketOptions()"},
		{"asyncio create_server(\"0.0.0.0\", reuse_port=True)", "3.11 traced"},
		{"PHP with so_reuseport",
		 "8.2 traced; php/php-src main/network.c "
		 "php_network_bind_socket_to_local_addr()"},
		{"OpenBSD nc -l", "1.219 traced"},
		{"gunicorn --reuse-port, uWSGI --reuse-port", "20.1, 2.0 traced"},
		{".NET with SocketOptionName.ReuseAddress",
		 "dotnet/runtime pal_networking.c SystemNative_SetSockOpt()"})},
	{"b6", FT_RECIPE_SERVER, "$ tcp6 reuseaddr reuseport v6only=0 bind any:p listen", BY(
		{"HAProxy \"bind :::P v4v6\"",
		 "2.6 traced; haproxy/haproxy src/sock_inet.c sock_inet_bind_receiver()"},
		{"nginx \"listen [::]:P reuseport ipv6only=off\"", "1.22 traced"},
		{"go-libp2p and others by go-reuseport, up to Go 1.23",
		 "libp2p/go-reuseport control_unix.go Control()"},
		{"Caddy, up to Go 1.23",
		 "2.6 traced; caddyserver/caddy listen_unix.go listenReusable(), reusePort()"},
		{"libuv UV_TCP_REUSEPORT, Node listen({reusePort})",
		 "libuv/libuv src/unix/core.c uv__sock_reuseport(), nodejs/node 1628c48ad6"},
		{"systemd ListenStream=P with ReusePort=yes",
		 "systemd/systemd src/shared/socket-label.c socket_address_listen()"},
		{"gRPC (C core), unless GRPC_ARG_ALLOW_REUSEPORT is 0",
		 "grpc/grpc src/core/lib/event_engine/posix_engine/ PrepareSocket()"},
		{"CoreDNS (TCP), up to Go 1.23",
		 "coredns/coredns plugin/pkg/reuseport/listen_reuseport.go Listen()"},
		{"Traefik with reusePort, up to Go 1.23",
		 "traefik/traefik pkg/server/server_entrypoint_listenconfig_unix.go"},
		{"kube-apiserver --permit-port-sharing, up to Go 1.23",
		 "kubernetes/kubernetes k8s.io/apiserver/pkg/server/options/serving.go ApplyTo()"},
		{"Netty EpollServerSocketChannel with SO_REUSEPORT",
		 "netty/netty netty_unix_socket.c _socket(), EpollServerSocketChannelConfig"},
		{"Envoy on [::] with ipv4_compat and enable_reuse_port",
		 "envoyproxy/envoy source/common/network/socket_interface_impl.cc socket()"})},
	{"b6o", FT_RECIPE_SERVER, "$ tcp6 reuseaddr reuseport v6only bind any:p listen", BY(
		{"HAProxy \"bind :::P v6only\"",
		 "2.6 traced; haproxy/haproxy src/sock_inet.c sock_inet_bind_receiver()"},
		{"PHP on [::] with so_reuseport and ipv6_v6only",
		 "8.2 traced; php/php-src main/network.c "
		 "php_network_bind_socket_to_local_addr()"},
		{"Envoy on [::] with enable_reuse_port",
		 "envoyproxy/envoy source/common/network/socket_interface_impl.cc socket()"})},
	{"b46", FT_RECIPE_SERVER, "$ tcp4 reuseaddr reuseport bind any:p listen; "
	 "$6 tcp6 reuseaddr reuseport v6only bind any:p listen", BY(
		{"nginx \"listen P reuseport; listen [::]:P reuseport\"", "1.22 traced"},
		{"asyncio create_server(None, P, reuse_port=True)",
		 "3.11 Lib/asyncio/base_events.py"},
		{"unbound (TCP), so-reuseport is its default", "1.17 traced"},
		{"uvloop create_server(None, P, reuse_port=True)",
		 "MagicStack/uvloop uvloop/loop.pyx create_server()"},
		{"Samba smbd (the IPv6 socket first)",
		 "samba-team/samba source3/lib/util_sock.c open_socket_in()"})},
	{"ap", FT_RECIPE_SERVER, "$ tcp6 reuseaddr reuseport v6only=0 bind any:p listen; "
	 "$6 tcp4 reuseaddr reuseport bind any:p listen", BY(
		{"Apache httpd \"Listen P\" with ListenCoresBucketsRatio, its first two buckets",
		 "2.4 traced; apache/httpd server/listen.c make_sock()"})},

	/* ---- servers on one address ---- */
	{"lp", FT_RECIPE_SERVER, "$ tcp4 bind lo:p listen", BY(
		{"Python socketserver.TCPServer((\"127.0.0.1\", P))",
		 "Lib/socketserver.py server_bind()"})},
	{"l4", FT_RECIPE_SERVER, "$ tcp4 reuseaddr bind lo:p listen", BY(
		{"Node listen(P, \"127.0.0.1\")", "20.20 traced"},
		{"nginx \"listen 127.0.0.1:P\"", "1.22 traced"},
		{"Docker -p 127.0.0.1:P:P",
		 "moby/moby libnetwork/portallocator/osallocator_linux.go bindTCPOrUDP()"},
		{"PHP-FPM, listen = 127.0.0.1:P",
		 "php/php-src sapi/fpm/fpm/fpm_sockets.c fpm_sockets_new_listening_socket()"})},
	{"l46", FT_RECIPE_SERVER, "$ tcp4 reuseaddr bind lo:p listen; "
	 "$6 tcp6 reuseaddr v6only bind lo:p listen", BY(
		{"PostgreSQL with listen_addresses = 'localhost', its default",
		 "15.18; as traced on '*'"},
		{"dnsmasq --bind-interfaces on lo (TCP)", "2.90 traced"},
		{"Kestrel (ASP.NET Core) on http://localhost:P, its default",
		 "dotnet/aspnetcore src/Servers/Kestrel/Core/src/LocalhostListenOptions.cs "
		 "BindAsync()"})},
	{"lb", FT_RECIPE_SERVER, "$ tcp4 reuseaddr reuseport bind lo:p listen; "
	 "$6 tcp6 v6only reuseaddr reuseport bind lo:p listen", BY(
		{"BIND 9 named (TCP), a socket per address", "9.18 traced"})},
	{"lb4", FT_RECIPE_SERVER, "$ tcp4 reuseaddr reuseport bind lo:p listen", BY(
		{"HAProxy \"bind 127.0.0.1:P\"",
		 "2.6; haproxy/haproxy src/sock_inet.c sock_inet_bind_receiver()"},
		{"Caddy's admin endpoint", "2.6 traced"},
		{"coturn (TCP), a socket per address", "4.6 traced"})},
	{"fb", FT_RECIPE_SERVER, "$ tcp4 freebind reuseaddr bind 192.0.2.77:p listen", BY(
		{"systemd ListenStream=192.0.2.77:P with FreeBind=yes, where the address is not "
		 "there yet",
		 "systemd/systemd src/shared/socket-label.c socket_address_listen()"})},

	/* ---- clients with a port of their own choice ---- */
	{"cp", FT_RECIPE_CLIENT, "$ tcp4 bind any:p connect lo:q", BY(
		{"Go net.Dialer{LocalAddr}", "1.19 traced; golang/go src/net/sock_posix.go dial()"},
		{"Python socket.create_connection(source_address)", "3.11 traced; Lib/socket.py"},
		{"OpenBSD nc -p P", "1.219 traced"})},
	{"cr", FT_RECIPE_CLIENT, "$ tcp4 reuseaddr bind any:p connect lo:q", BY(
		{"Node net.connect({localPort})",
		 "20.20 traced; libuv/libuv src/unix/tcp.c uv__tcp_bind()"})},
	{"c6", FT_RECIPE_CLIENT, "$ tcp6 v6only=0 bind any:p connect lo4:q", BY(
		{"JDK Socket with a local port, SocketChannel.bind()", "17 and 25 traced"})},
	{"co", FT_RECIPE_CLIENT, "$ tcp4 reuseaddr|reuseport bind any:p connect lo:q", BY(
		{"Go net.Dialer with a Control that sets SO_REUSEADDR|SO_REUSEPORT as one name",
		 "golang/go src/net/sock_posix.go dial()"})},
	{"cb", FT_RECIPE_CLIENT, "$ tcp4 reuseaddr reuseport bind any:p connect lo:q", BY(
		{"go-reuseport Dial()", "libp2p/go-reuseport control_unix.go Control()"})},

	/* ---- UDP ---- */
	{"u4", FT_RECIPE_UDP, "$ udp4 bind any:p", BY(
		{"Go net.ListenUDP(\"udp4\")",
		 "1.19 traced; golang/go src/net/sock_posix.go listenDatagram()"},
		{"Node dgram udp4", "20.20 traced"},
		{"Python socketserver.UDPServer, asyncio create_datagram_endpoint()",
		 "3.11 traced"},
		{"Rust std UdpSocket::bind(0.0.0.0)", "1.95 traced"},
		{"Erlang gen_udp", "OTP 25.2 traced"},
		{"Ruby UDPSocket#bind", "3.1 traced"},
		{"JDK DatagramChannel.open(INET)", "17 and 25 traced"},
		{"Net-SNMP snmpd udp:P", "5.9 traced"},
		{"quinn Endpoint::server(0.0.0.0)",
		 "quinn-rs/quinn quinn/src/endpoint.rs server()"},
		{"OpenVPN \"proto udp4\"",
		 "OpenVPN/openvpn src/openvpn/socket.c create_socket_udp()"})},
	{"u6", FT_RECIPE_UDP, "$ udp6 bind any:p", BY(
		{"Go net.ListenUDP(\"udp\")",
		 "1.19 traced; golang/go src/net/sock_posix.go listenDatagram()"},
		{"Node dgram udp6", "20.20 traced"},
		{"JDK DatagramSocket, DatagramChannel",
		 "17 and 25 traced; openjdk/jdk src/java.base/unix/native/libnio/ch/Net.c "
		 "socket0()"},
		{"Rust std UdpSocket::bind([::])", "1.95 traced"},
		{"quic-go ListenAddr()", "quic-go/quic-go server.go ListenAddr()"},
		{"quinn Endpoint::server([::]), Endpoint::client([::])",
		 "quinn-rs/quinn quinn/src/endpoint.rs server(), client()"},
		{"Netty EpollDatagramChannel",
		 "netty/netty netty_unix_socket.c _socket(), EpollDatagramChannel.java"},
		{"OpenVPN \"proto udp6\"",
		 "OpenVPN/openvpn src/openvpn/socket.c create_socket_udp(), socket_bind()"})},
	{"u6o", FT_RECIPE_UDP, "$ udp6 v6only bind any:p", BY(
		{"Node dgram udp6 with ipv6Only", "20.20 traced"},
		{".NET UdpClient(InterNetworkV6)",
		 "dotnet/runtime SocketPal.Unix.cs CreateSocket()"})},
	{"u46", FT_RECIPE_UDP, "$ udp4 bind any:p; $6 udp6 v6only bind any:p", BY(
		{"NSD (the IPv6 socket first)", "4.6 traced"},
		{"WireGuard in the kernel",
		 "torvalds/linux drivers/net/wireguard/socket.c wg_socket_init()"},
		{"wireguard-go", "WireGuard/wireguard-go conn/bind_std.go listenNet()"})},
	{"ul", FT_RECIPE_UDP, "$ udp4 bind any:p reuseaddr", BY(
		{"Node dgram in a cluster: each worker sets the flag on the socket it is handed",
		 "20.20 traced; libuv/libuv src/unix/udp.c uv_udp_open()"})},
	{"ur4", FT_RECIPE_UDP, "$ udp4 reuseaddr bind any:p", BY(
		{"Node dgram udp4 with reuseAddr, libuv UV_UDP_REUSEADDR",
		 "20.20 traced; libuv/libuv src/unix/udp.c uv__udp_bind()"},
		{"PHP stream_socket_server(udp), unasked", "8.2 traced"},
		{"nginx \"listen P udp\" and QUIC without reuseport",
		 "nginx/nginx src/core/ngx_connection.c ngx_open_listening_sockets()"},
		{"Erlang gen_udp with reuseaddr", "OTP 25.2 traced"})},
	{"ur6", FT_RECIPE_UDP, "$ udp6 reuseaddr bind any:p", BY(
		{"JDK MulticastSocket", "17 and 25 traced"},
		{"systemd ListenDatagram=P",
		 "systemd/systemd src/shared/socket-label.c socket_address_listen()"},
		{"Node dgram udp6 with reuseAddr", "libuv/libuv src/unix/udp.c uv__udp_bind()"})},
	{"ur", FT_RECIPE_UDP, "$ udp4 reuseaddr bind any:p; $6 udp6 reuseaddr v6only bind any:p",
	 BY(
		{"dnsmasq", "2.90 traced"},
		{"unbound with so-reuseport: no", "1.17 traced"},
		{"Docker -p P:P/udp",
		 "moby/moby libnetwork/portallocator/osallocator_linux.go bindTCPOrUDP()"},
		{"rsyslog imudp", "rsyslog/rsyslog runtime/net.c create_udp_socket()"},
		{"Ncat -u -l", "nmap/nmap ncat/util.c do_listen()"})},
	{"uq4", FT_RECIPE_UDP, "$ udp4 reuseport bind any:p", BY(
		{"asyncio create_datagram_endpoint(reuse_port=True)", "3.11 traced"},
		{"Envoy UDP and QUIC on 0.0.0.0 with enable_reuse_port",
		 "envoyproxy/envoy source/common/network/socket_option_factory.cc "
		 "buildReusePortOptions()"})},
	{"uo6", FT_RECIPE_UDP, "$ udp6 v6only=0 reuseaddr|reuseport bind any:p", BY(
		{"Go ListenConfig.ListenPacket with a Control that sets both as one name",
		 "1.19 traced; golang/go src/net/sock_posix.go listenDatagram()"},
		{"Caddy (HTTP/3), SO_REUSEPORT alone",
		 "caddyserver/caddy listen_unix.go listenReusable(), reusePort()"},
		{"CoreDNS (UDP), SO_REUSEPORT alone",
		 "coredns/coredns plugin/pkg/reuseport/listen_reuseport.go ListenPacket()"},
		{"msquic, a server on more than one core",
		 "microsoft/msquic src/platform/datapath_epoll.c CxPlatSocketContextInitialize()"},
		{"Netty EpollDatagramChannel with SO_REUSEPORT",
		 "netty/netty netty_unix_socket.c _socket(), EpollDatagramChannel.java"})},
	{"ub4", FT_RECIPE_UDP, "$ udp4 reuseaddr reuseport bind any:p", BY(
		{"OpenBSD nc -u -l", "1.219 traced"},
		{"nginx QUIC with reuseport",
		 "nginx/nginx src/core/ngx_connection.c ngx_open_listening_sockets()"},
		{".NET UdpClient with SocketOptionName.ReuseAddress",
		 "dotnet/runtime pal_networking.c SystemNative_SetSockOpt()"},
		{"HAProxy \"bind quic4@:P\"",
		 "haproxy/haproxy src/proto_quic.c, src/sock_inet.c sock_inet_bind_receiver()"},
		{"GLib g_socket_bind() of a datagram socket with allow_reuse",
		 "GNOME/glib gio/gsocket.c g_socket_bind()"})},
	{"ub6", FT_RECIPE_UDP, "$ udp6 v6only=0 reuseaddr reuseport bind any:p", BY(
		{"go-reuseport ListenPacket(\"udp\")",
		 "libp2p/go-reuseport control_unix.go Control()"},
		{"systemd ListenDatagram=P with ReusePort=yes",
		 "systemd/systemd src/shared/socket-label.c socket_address_listen()"},
		{"HAProxy \"bind quic6@:::P v4v6\"",
		 "haproxy/haproxy src/proto_quic.c, src/sock_inet.c sock_inet_bind_receiver()"})},
	{"ub", FT_RECIPE_UDP, "$ udp4 reuseaddr reuseport bind any:p; "
	 "$6 udp6 reuseaddr reuseport v6only bind any:p", BY(
		{"unbound, so-reuseport is its default", "1.17 traced"},
		{"Knot DNS, two for each family and worker", "3.2 traced"},
		{"chrony, with IP_FREEBIND as well", "4.3 traced"})},
	{"ulb", FT_RECIPE_UDP, "$ udp4 reuseaddr reuseport bind lo:p; "
	 "$6 udp6 v6only reuseaddr reuseport bind lo:p", BY(
		{"BIND 9 named, a socket per address", "9.18 traced"})},
	{"ulr", FT_RECIPE_UDP, "$ udp4 reuseaddr bind lo:p; $6 udp6 reuseaddr v6only bind lo:p", BY(
		{"dnsmasq --bind-interfaces on lo", "2.90 traced"})},

	/* ---- mDNS: they bind once without flags, to see whether they are alone ---- */
	{"ma", FT_RECIPE_UDP, "$ udp4 bind any:p; $ reuseaddr reuseport; $ bind any:p; $ " JOIN "; "
	 "$6 udp6 v6only bind any:p; $6 reuseaddr reuseport; $6 bind any:p", BY(
		{"avahi-daemon",
		 "0.8 traced, alone and beside another; avahi/avahi avahi-core/socket.c"})},
	{"ms", FT_RECIPE_UDP, "$ udp4 bind any:p; $ reuseaddr; $ bind any:p; $ " JOIN "; "
	 "$6 udp6 v6only bind any:p; $6 reuseaddr; $6 bind any:p", BY(
		{"systemd-resolved",
		 "systemd/systemd src/resolve/resolved-mdns.c manager_mdns_ipv4_fd()"})},
	{"mc", FT_RECIPE_UDP, "$ udp4 reuseaddr reuseport bind 224.0.0.251:p " JOIN, BY(
		{"Chrome: binds to the group",
		 "chromium/chromium net/dns/public/util.cc GetMdnsReceiveEndPoint(), "
		 "udp_socket_posix.cc"})},
	{"mr", FT_RECIPE_UDP, "$ udp4 reuseaddr bind any:p " JOIN, BY(
		{"Go net.ListenMulticastUDP(\"udp4\")", "1.19 traced"})},
	{"mb", FT_RECIPE_UDP, "$ udp4 reuseaddr reuseport bind any:p " JOIN "; "
	 "$6 udp4 reuseaddr reuseport bind lo:p", BY(
		{"python-zeroconf: one socket listens, one per address sends",
		 "0.47 traced; python-zeroconf/python-zeroconf src/zeroconf/_utils/net.py"})},
	/* IP_ADD_MEMBERSHIP on an IPv6 socket, for which the language has no name. */
	{"mj", FT_RECIPE_UDP, "$ udp6 v6only=0 multicast_all=0 reuseaddr bind any:p "
	 "sockopt=0:35:e00000fb7f000001", BY(
		{"JDK MulticastSocket with joinGroup(224.0.0.251)",
		 "25 traced; 17 the same without IPV6_MULTICAST_ALL"})},
	{NULL, FT_RECIPE_SERVER, NULL, NULL},
};
/* clang-format on */

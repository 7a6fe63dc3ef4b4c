/* SPDX-License-Identifier: MIT */
/*
 * What does the kernel say of itself: Documentation/networking, and the messages of its commits?
 */
#include "claims/claims.h"

#define SYSCTL(name) "Documentation/networking/ip-sysctl.rst, " name

#define EVEN_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40001; "
#define ODD_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40000; "
/* A connection from the one port, closed by the client: TIME_WAIT there. */
#define CHOSEN "l tcp4 bind any:p listen; c tcp4 connect lo:p; l accept s; c close; s close; "
/* The same over the veth pair. */
#define AFAR "l@peer tcp4 bind any:p listen; c tcp4 connect peer:p; l accept s; c close; s close; "
/* The same from an explicit port. */
#define GIVEN                                                                                      \
	"l tcp4 bind any:p listen; c tcp4 reuseaddr bind lo:q connect lo:p; l accept s; c close; " \
	"s close; "
/* Two listeners in a group, and a connection in the queue of the one that is closed. */
#define QUEUED                                                                           \
	"a tcp4 reuseport bind lo:p listen steer=0; b tcp4 reuseport bind lo:p listen; " \
	"c tcp4 connect lo:p; a close; "

/* A case begins at the margin, as in a .cases file. */
/* clang-format off */
const struct ft_claim ft_claims_kernel[] = {
	{"sysctl-tw-reuse-0",
	 "With tcp_tw_reuse 0 no TIME_WAIT socket is used again for a new connection.",
	 SYSCTL("tcp_tw_reuse"),
	 "the port: one given by bind() is not asked, and takes over at once",
	 {EVEN_PORT "sysctl tcp_tw_reuse=0; " CHOSEN "wait 1.1s; d tcp4 connect lo:p "
	  "=> d.connect=EADDRNOTAVAIL",
	  "sysctl tcp_tw_reuse=0; " GIVEN "d tcp4 reuseaddr bind lo:q connect lo:p "
	  "=> d.connect=EADDRNOTAVAIL"}},
	{"sysctl-tw-reuse-1",
	 "With tcp_tw_reuse 1 TIME_WAIT sockets are used again, on every network.",
	 SYSCTL("tcp_tw_reuse"),
	 NULL,
	 {EVEN_PORT "sysctl tcp_tw_reuse=1; " CHOSEN "wait 1.1s; d tcp4 connect lo:p "
	  "=> d.connect=ok>l",
	  EVEN_PORT "sysctl tcp_tw_reuse=1; " AFAR "wait 1.1s; d tcp4 connect peer:p "
	  "=> d.connect=ok>l"}},
	{"sysctl-tw-reuse-2",
	 "With tcp_tw_reuse 2, the default, TIME_WAIT sockets are used again on loopback only.",
	 SYSCTL("tcp_tw_reuse"),
	 NULL,
	 {EVEN_PORT "sysctl tcp_tw_reuse=2; " CHOSEN "wait 1.1s; d tcp4 connect lo:p "
	  "=> d.connect=ok>l",
	  EVEN_PORT "sysctl tcp_tw_reuse=2; " AFAR "wait 1.1s; d tcp4 connect peer:p "
	  "=> d.connect=EADDRNOTAVAIL"}},
	{"sysctl-tw-reuse-delay",
	 "tcp_tw_reuse_delay is how long a TIME_WAIT is left alone before it is used again.",
	 SYSCTL("tcp_tw_reuse_delay"),
	 "the port: one given by bind() does not wait",
	 {EVEN_PORT "sysctl tcp_tw_reuse_delay=100; " CHOSEN "wait 0.3s; d tcp4 connect lo:p "
	  "=> d.connect=ok>l",
	  EVEN_PORT "sysctl tcp_tw_reuse_delay=60000; " CHOSEN "wait 1.1s; d tcp4 connect lo:p "
	  "=> d.connect=EADDRNOTAVAIL",
	  "sysctl tcp_tw_reuse_delay=60000; " GIVEN "d tcp4 reuseaddr bind lo:q connect lo:p "
	  "=> d.connect=EADDRNOTAVAIL"}},
	{"sysctl-tw-reuse-timestamps",
	 "Without timestamps no TIME_WAIT is used again, whatever tcp_tw_reuse says.",
	 SYSCTL("tcp_tw_reuse") "; tcp_twsk_unique()",
	 NULL,
	 {EVEN_PORT "sysctl tcp_timestamps=0; sysctl tcp_tw_reuse={0,1,2}; " CHOSEN "wait 1.1s; "
	  "d tcp4 connect lo:p => d.connect=EADDRNOTAVAIL"}},
	{"sysctl-max-tw-buckets",
	 "Above tcp_max_tw_buckets a socket that would be in TIME_WAIT is destroyed at once.",
	 SYSCTL("tcp_max_tw_buckets"),
	 NULL,
	 {"sysctl tcp_max_tw_buckets=0; " GIVEN "look lo:q => look=none",
	  "sysctl tcp_max_tw_buckets=100; " GIVEN "look lo:q => look=TIME_WAIT"}},
	{"sysctl-fin-timeout",
	 "tcp_fin_timeout bounds how long an orphan stays in FIN_WAIT2.",
	 SYSCTL("tcp_fin_timeout"),
	 NULL,
	 {"sysctl tcp_fin_timeout=1; l tcp4 bind lo:p listen; c tcp4 bind lo:q connect lo:p; "
	  "l accept s; c close; look lo:q; wait 2.5s; look lo:q => look=FIN_WAIT2 look.2=none"}},
	{"sysctl-fin-timeout-tw",
	 "tcp_fin_timeout shortens TIME_WAIT.",
	 "widespread tuning advice, against " SYSCTL("tcp_fin_timeout"),
	 NULL,
	 {"sysctl tcp_fin_timeout=1; " GIVEN "look lo:q; wait 2.5s; look lo:q "
	  "=> look=TIME_WAIT look.2=none"}},
	{"sysctl-port-range",
	 "ip_local_port_range is the range from which TCP and UDP choose local ports.",
	 SYSCTL("ip_local_port_range"),
	 NULL,
	 {EVEN_PORT "l tcp4 bind any:q listen; a tcp4 connect lo:q; b tcp4 bind lo:40000 "
	  "=> a.connect=ok>l b.bind=EADDRINUSE",
	  EVEN_PORT "a {tcp4,tcp6,udp4,udp6} bind lo:0; b {1} bind lo:40000 => b.bind=EADDRINUSE",
	  EVEN_PORT "a udp4 connect lo:q; b udp4 bind lo:40000 => b.bind=EADDRINUSE"}},
	{"sysctl-reserved-ports",
	 "ip_local_reserved_ports keeps ports from the kernel's choice, not from bind().",
	 SYSCTL("ip_local_reserved_ports"),
	 NULL,
	 {EVEN_PORT "a {tcp4,udp4} bind lo:0; b {1} bind lo:40001; c {1} bind lo:40000 "
	  "=> b.bind=ok c.bind=EADDRINUSE",
	  EVEN_PORT "a {tcp4,udp4} bind lo:0; b {1} bind lo:0 => b.bind=EADDRINUSE"}},
	{"sysctl-unprivileged-port",
	 "ip_unprivileged_port_start is the first port that needs no privilege; 0 frees all.",
	 SYSCTL("ip_unprivileged_port_start"),
	 NULL,
	 {"sysctl ip_unprivileged_port_start=81; as 1000 a {tcp4,tcp6,udp4,udp6} bind any:80; "
	  "as 1000 b {1} bind any:81 => a.bind=EACCES b.bind=ok",
	  "sysctl ip_unprivileged_port_start=0; as 1000 a tcp4 bind any:1 => a.bind=ok",
	  "sysctl ip_unprivileged_port_start=2000; as 1000 a tcp4 bind any:1999 "
	  "=> a.bind=EACCES"}},
	{"sysctl-autobind-off",
	 "By default bind() to port 0 shares no port, even if all sockets have SO_REUSEADDR.",
	 SYSCTL("ip_autobind_reuse"),
	 "the protocol: UDP shares it",
	 {ODD_PORT "a tcp4 reuseaddr bind lo:0; b tcp4 reuseaddr bind lo:0 => b.bind=EADDRINUSE",
	  ODD_PORT "a udp4 reuseaddr bind lo:0; b udp4 reuseaddr bind lo:0 => b.bind=EADDRINUSE"}},
	{"sysctl-autobind-on",
	 "With ip_autobind_reuse, sockets with SO_REUSEADDR share a port of bind(:0), and connect.",
	 SYSCTL("ip_autobind_reuse"),
	 NULL,
	 {ODD_PORT "sysctl ip_autobind_reuse=1; l tcp4 bind any:q listen; "
	  "a tcp4 reuseaddr bind lo:0 connect lo:q; b tcp4 reuseaddr bind lo:0 connect lo2:q "
	  "=> a.connect=ok>l b.bind=ok b.connect=ok>l"}},
	{"sysctl-autobind-both-flags",
	 "Even with ip_autobind_reuse, two sockets of a user with both flags get no common port.",
	 "commit 335759211a32 (5.7)",
	 NULL,
	 {ODD_PORT "sysctl ip_autobind_reuse=1; a tcp4 reuseaddr reuseport bind lo:0; "
	  "b tcp4 reuseaddr reuseport bind lo:0 => b.bind=EADDRINUSE"}},
	{"sysctl-migrate-off",
	 "What waits in the queue of a listener that is closed is reset.",
	 SYSCTL("tcp_migrate_req"),
	 NULL,
	 {"sysctl tcp_migrate_req=0; " QUEUED "c recv; b accept s "
	  "=> c.connect=ok>a c.recv=ECONNRESET b.accept=EAGAIN",
	  "l tcp4 bind lo:p listen; c tcp4 connect lo:p; l close; c recv => c.recv=ECONNRESET"}},
	{"sysctl-migrate-on",
	 "With tcp_migrate_req a connection goes from a closed listener to another of its group.",
	 SYSCTL("tcp_migrate_req"),
	 "whether there is a group: a listener that starts later is in none with the closed one",
	 {"sysctl tcp_migrate_req=1; " QUEUED "c recv; b accept s "
	  "=> c.connect=ok>a c.recv=EAGAIN b.accept=ok",
	  "sysctl tcp_migrate_req=1; a tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; "
	  "a close; b tcp4 reuseport bind lo:p listen; b accept s => b.accept=ok"}},
	{"sysctl-bindv6only",
	 "bindv6only is the default of IPV6_V6ONLY.",
	 SYSCTL("bindv6only"),
	 NULL,
	 {"sysctl net.ipv6.bindv6only=1; a {tcp6,udp6} bind any:p v6only?; b tcp4 bind any:p; "
	  "c udp4 bind any:p => a.v6only?=1 b.bind=ok c.bind=ok",
	  "sysctl net.ipv6.bindv6only=0; a tcp6 bind any:p v6only?; b tcp4 bind any:p "
	  "=> a.v6only?=0 b.bind=EADDRINUSE"}},
	{"sysctl-nonlocal-bind",
	 "ip_nonlocal_bind lets every socket bind to addresses that are not local.",
	 SYSCTL("ip_nonlocal_bind"),
	 "the family: IPv6 has a sysctl of its own",
	 {"sysctl ip_nonlocal_bind=1; a {tcp4,udp4} bind 198.51.100.1:p => a.bind=ok",
	  "sysctl ip_nonlocal_bind=1; a tcp6 bind [2001:db8:1::1]:p => a.bind=ok"}},
	{"sysctl-overflow",
	 "A connection that meets a full accept queue is not refused: its SYN is dropped.",
	 SYSCTL("tcp_abort_on_overflow") "; listen(2), DESCRIPTION",
	 NULL,
	 {"l tcp4 bind lo:p listen=0; c tcp4 connect lo:p; d tcp4 bind lo:q begin lo:p; look lo:q "
	  "=> c.connect=ok>l d.begin=ok look=SYN_SENT"}},
	{"sysctl-abort-on-overflow",
	 "With tcp_abort_on_overflow a connection that meets a full accept queue is reset.",
	 SYSCTL("tcp_abort_on_overflow"),
	 NULL,
	 {"sysctl tcp_abort_on_overflow=1; l tcp4 bind lo:p listen=0; c tcp4 connect lo:p; "
	  "d tcp4 connect lo:p => d.connect=ECONNREFUSED"}},
	{"commit-parity",
	 "connect() chooses even ports first, bind() odd ones, so that they do not meet.",
	 "commits 1580ab63fc9a and ea8add2b1903 (4.6)",
	 NULL,
	 {"sysctl ip_local_port_range=40000_40001; l tcp4 bind any:q listen; a tcp4 connect lo:q; "
	  "look lo:40000 => look=ESTABLISHED",
	  "sysctl ip_local_port_range=40000_40001; a tcp4 bind lo:0; look lo:40001 => look=BOUND"}},
	{"commit-port-release",
	 "A port is free for connect() again when the last who bound it explicitly is gone.",
	 "commit d57f4b874946 (6.18)",
	 NULL,
	 {EVEN_PORT "l tcp4 bind any:q listen; c tcp4 connect lo:q; x tcp4 bind 127.0.0.5:40000; "
	  "d tcp4 connect lo2:q; x close; f tcp4 connect lo2:q "
	  "=> d.connect=EADDRNOTAVAIL f.connect=ok>l"}},
	{"commit-fin-wait2",
	 "connect() does not take a port over whose connection is in FIN_WAIT2.",
	 "commit 0d9e5df4a257 (6.12)",
	 "the port: one given by bind() does",
	 {EVEN_PORT "l tcp4 bind lo:p listen; c tcp4 connect lo:p; l accept s; c close; "
	  "wait 1.3s; d tcp4 connect lo:p => d.connect=EADDRNOTAVAIL",
	  "l tcp4 bind lo:p listen; c tcp4 reuseaddr bind lo:q connect lo:p; l accept s; c close; "
	  "look lo:q; d tcp4 reuseaddr bind lo:q connect lo:p "
	  "=> look=FIN_WAIT2 d.connect=EADDRNOTAVAIL"}},
	{"commit-time-wait-bhash2",
	 "bind() meets TIME_WAIT sockets: without SO_REUSEADDR on both it is refused.",
	 "commit 936a192f9740 (6.2)",
	 NULL,
	 {GIVEN "b tcp4 {,reuseport} bind lo:q => b.bind=EADDRINUSE",
	  GIVEN "b tcp4 reuseaddr bind lo:q => b.bind=ok"}},
	{"commit-orphan-uid",
	 "What is left of a connection still belongs to its user.",
	 "commit c51da3f7a161 (6.17)",
	 NULL,
	 {"as 1000 l tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; as 1000 l accept s; "
	  "x tcp4 bind lo2:p; l close; c deaf; s close; as 1000 n tcp4 reuseport bind lo:p "
	  "=> n.bind=ok",
	  "as 1000 l tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; as 1000 l accept s; "
	  "x tcp4 bind lo2:p; l close; c deaf; s close; n tcp4 reuseport bind lo:p "
	  "=> n.bind=EADDRINUSE"}},
	{"commit-device-unprivileged",
	 "Without a privilege one may bind a socket to a device once, and not change it.",
	 "commit c427bfec18f2 (5.7)",
	 NULL,
	 {"as 1000 a {tcp4,udp4} bindtodevice=lo bindtodevice={eth,none} => a.bindtodevice.2=EPERM",
	  "as 1000 a tcp4 bindtodevice=lo bind any:p; b tcp4 bindtodevice=eth bind any:p "
	  "=> a.bind=ok b.bind=ok"}},
	{"commit-incoming-cpu",
	 "In a group, a member whose SO_INCOMING_CPU is the packet's CPU receives.",
	 "commit b261eda84ec1 (6.2)",
	 NULL,
	 {"cpu 0; a tcp4 reuseport incoming_cpu=0 bind lo:p listen; "
	  "b tcp4 reuseport incoming_cpu=1 bind lo:p listen; c tcp4 connect lo:p "
	  "=> c.connect=ok>a",
	  "cpu 0; a tcp4 reuseport incoming_cpu=1 bind lo:p listen; "
	  "b tcp4 reuseport incoming_cpu=0 bind lo:p listen; c tcp4 connect lo:p "
	  "=> c.connect=ok>b"}},
	{"commit-connected-skipped",
	 "A connected member of a UDP group gets nothing from others than its peer.",
	 "commit acdcecc61285 (5.4)",
	 NULL,
	 {"a udp4 reuseport bind lo:p; b udp4 reuseport bind lo:p connect lo:q; c udp4 bind lo:q; "
	  "d udp4 bind lo:r; c send lo:p; d send lo:p; f udp4 bind lo2:r send lo:p "
	  "=> c.send=ok>b d.send=ok>a f.send=ok>a"}},
	{"commit-detach",
	 "To detach a program from a group that has none is ENOENT.",
	 "commit 99f3a064bc2e (5.3)",
	 NULL,
	 {"a udp4 reuseport bind lo:p steer=0 unsteer unsteer => a.unsteer.2=ENOENT"}},
	{"commit-listener-address",
	 "A listener bound to an address gets its connections before one on the wildcard.",
	 "commit d9fbc7f6431f (5.0)",
	 NULL,
	 {"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind any:p listen; "
	  "c tcp4 connect lo:p; d tcp4 connect lo2:p => c.connect=ok>a d.connect=ok>b",
	  "b tcp4 reuseport bindtodevice=lo bind any:p listen; a tcp4 reuseport bind lo:p listen; "
	  "c tcp4 connect lo:p => c.connect=ok>a"}},
	{"mptcp-ports",
	 "MPTCP sockets are TCP sockets to bind(): they share its ports.",
	 "Documentation/networking/mptcp.rst, Concepts and Design choices; mptcp_bind()",
	 NULL,
	 {"a {tcp4,mptcp4} bind lo:p; b {tcp4,mptcp4} bind lo:p => b.bind=EADDRINUSE",
	  "a mptcp4 reuseaddr bind lo:p; b tcp4 reuseaddr bind lo:p => b.bind=ok"}},
	{0},
};
/* clang-format on */

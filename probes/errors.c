/* SPDX-License-Identifier: MIT */
/*
 * Which errno does a refused call give where several fit, and what does the refusal leave behind?
 *
 * The rules, as the kernel has them today:
 *  1. bind() of IPv4 looks at the family of the address, whether it is one of this host's
 *     (EADDRNOTAVAIL), the privilege for the port (EACCES), whether the socket has a port already
 *     (EINVAL), and last at the other owners (EADDRINUSE); of IPv6 at length and family, groups
 *     (EINVAL), privilege, a port already, and only then whether the address is v6only's, has a
 *     device, is one of this host's; last at the other owners (__inet_bind(), __inet6_bind(),
 *     bind(2)). MPTCP that is connected says EINVAL to all (__mptcp_nmpc_sk()).
 *  2. A wrong family is EAFNOSUPPORT on an IPv4 socket, and EINVAL on an IPv6 one, for a v4
 *     address is too short for it; but UDP connects and sends to it (inet_bind_sk(),
 *     inet6_bind_sk(), ip6_datagram_connect()).
 *  3. listen() asks for the protocol (EOPNOTSUPP), the state (EINVAL), the owners of the port
 *     (EADDRINUSE). accept() likewise, and then for the queue (EAGAIN) (__inet_listen_sk(),
 *     inet_csk_accept()).
 *  4. connect() asks for the state (EISCONN, EALREADY), the family, the scope of the address, the
 *     way (ENETUNREACH, EINVAL for a loopback source), the 4-tuple (EADDRNOTAVAIL), and then the
 *     peer (ECONNREFUSED). UDP has no state, and says EAGAIN where no port is left
 *     (__inet_stream_connect(), tcp_v4_connect(), inet_autobind()).
 *  5. A refused call leaves the socket as it was, and the next call makes what it needs: listen()
 *     and connect() after a refused bind() take a port of the kernel's choice, on any address. A
 *     connect() that fails keeps an explicit port and gives up another one. A MSG_FASTOPEN that
 *     is refused dissolves an MPTCP socket, be it a listener (mptcp_sendmsg_fastopen()).
 *  6. send(): an error that waits comes first, and once; EPIPE after shutdown() and on a socket
 *     that is not connected, EAGAIN before it is. recv(): data, end, error, end of its own,
 *     ENOTCONN, EAGAIN (tcp_sendmsg_locked(), tcp_recvmsg_locked()).
 *  7. shutdown() without a peer is ENOTCONN, and is remembered; of a listener it ends listening
 *     (inet_shutdown()).
 *  8. setsockopt(): a level that the protocol has not is ENOPROTOOPT; then at SOL_SOCKET a value
 *     that is too short for an int is EINVAL even of a name that nobody knows; then the name
 *     (ENOPROTOOPT), its length and range (EINVAL), and its own errors: EPERM and EACCES for want
 *     of a capability, ENODEV, EADDRINUSE, EOPNOTSUPP, EISCONN. MPTCP has a list of names
 *     (sk_setsockopt(), do_ip_setsockopt(), do_tcp_setsockopt(), mptcp_setsockopt()).
 *  9. A sysctl refuses what is outside of its range with EINVAL (ip-sysctl).
 */
#include "probe/probe.h"

/* The kinds of sockets. */
#define STREAMS "{tcp4,tcp6,mptcp4,mptcp6}"
#define ALL "{tcp4,tcp6,udp4,udp6,mptcp4,mptcp6}"
#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"

/* Every call on a in its state, wrong in one way and another; then b says whether the port is still
 * held. OWNER is b's kind. */
#define ADDRESSED "{lo:r,lo:0,any:r,mcast:r,192.0.2.77:r,[2001:db8::77]:r}"
#define DIALLED "lo:r,lo:q,lo:0,any:r,mcast:r,203.0.113.1:r,[2001:db8:1::1]:r"
#define GOES_ON                                                                            \
	"bind " ADDRESSED ",listen,connect {" DIALLED                                      \
	"},begin {lo:r,203.0.113.1:r},accept x,send,"                                      \
	"send lo:r,recv,fastopen lo:r,fastopen_connect,v6only,error?,reuseaddr,reuseport," \
	"transparent,repair_queue=1,mtu?,addrform=2,defer_accept,steer=0,bindtodevice=nosuch"
#define ENDS "shutdown={rd,wr,rdwr},disconnect,close"
#define CALLS(OWNER) "; a {" GOES_ON "," ENDS "}; b " OWNER " bind lo:p"
/* MPTCP ends by a worker of its own, for which time is needed. */
#define CALLS_MPTCP "; a {" GOES_ON "}; b {1} bind lo:p"
#define CALLS_LATER "; wait 0.4s; a {" GOES_ON "," ENDS "}; wait 0.4s; b {1} bind lo:p"
#define DATAGRAM_CALLS(OWNER)                                                                    \
	"; a {bind " ADDRESSED ",listen,{connect,send} {" DIALLED ",192.0.2.255:r},begin lo:r,"  \
	"accept x,send,recv,shutdown={rd,wr,rdwr},disconnect,v6only,error?,reuseaddr,reuseport," \
	"transparent,mtu?,addrform=2,nodelay,steer=0,bindtodevice=nosuch,close}; "               \
	"b " OWNER " bind lo:p"

/* Addresses of every kind that bind() can refuse. */
#define BOUND4 "{lo,any,192.0.2.77,[2001:db8::77],mcast,255.255.255.255,192.0.2.255}"
#define BOUND6                                                                           \
	"{lo,any,[2001:db8::77],192.0.2.77,[ff02::1],[ff02::1%eth],[ff05::1],[fe80::1]," \
	"[fe80::1%eth],lo4,any4,[::ffff:192.0.2.77]}"
/* ... and connect(). */
#define DIALLED4                                                                 \
	"{any:q,lo:r,203.0.113.1:q,[2001:db8:1::1]:q,mcast:q,255.255.255.255:q," \
	"192.0.2.255:q,lo:0,203.0.113.1:0,mcast:0}"
#define DIALLED6                                                                  \
	"{any:q,any4:q,lo:r,lo4:r,203.0.113.1:q,[::ffff:203.0.113.1]:q,"          \
	"[2001:db8:1::1]:q,mcast:q,[ff02::1]:q,[fe80::1]:q,[fe80::1%eth]:q,lo:0," \
	"[2001:db8:1::1]:0}"

/* Every option that takes a number. Those that nothing reads are left out of the second list. */
#define READABLE                                                                                   \
	"acceptconn,addr_preferences,addrform,autoflowlabel,bind_address_no_port,broadcast,"       \
	"buf_lock,busy_poll,checksum,cork,debug,defer_accept,delack_max_us,domain,dontfrag,"       \
	"dontroute,encap,error,fastopen_connect,fastopen_no_cookie,flowinfo_send,freebind,gro,"    \
	"incoming_cpu,incoming_napi_id,inq,keepalive,keepcnt,keepidle,keepintvl,linger2,"          \
	"lock_filter,mark,minttl,mtu,mtu_discover,multicast_all,multicast_hops,"                   \
	"multicast_loop,multicast_ttl,no_check,no_check6_rx,no_check6_tx,nodefrag,nodelay,"        \
	"notsent_lowat,oobinline,passcred,passsec,peek_off,pktinfo,prefer_busy_poll,priority,"     \
	"protocol,queue_seq,quickack,rcvbuf,rcvlowat,rcvmark,recverr,recverr_rfc4884,"             \
	"recvfragsize,recvhoplimit,recvopts,recvorigdstaddr,recvpathmtu,recvpktinfo,recvtclass,"   \
	"recvtos,recvttl,repair_queue,retopts,reuseaddr,reuseport,"                                \
	"router_alert_isolate,rto_max_ms,rto_min_us,rxq_ovfl,save_syn,segment,select_err_queue,"   \
	"sndbuf,sndlowat,syncnt,tclass,thin_dupack,thin_linear_timeouts,timestamp,timestamping,"   \
	"timestampns,tos,transparent,ttl,tx_delay,txrehash,type,unicast_hops,user_timeout,v6only," \
	"window_clamp,zerocopy"
#define NUMBERED READABLE ",maxseg,fastopen,busy_poll_budget,rcvbufforce,sndbufforce"

/* Calls of which each changes what the next one may do. */
#define TWICE                                                                           \
	"{bind lo:r,listen,connect lo:r,connect lo:q,connect 203.0.113.1:r,disconnect," \
	"shutdown={rd,wr,rdwr},send,recv,reuseaddr,error?}"

#define AGAIN                                                                        \
	"{bind lo:r,listen,begin lo:r,begin 203.0.113.1:r,disconnect,fastopen lo:r," \
	"shutdown={rd,wr,rdwr},send,recv,reuseaddr,error?,v6only}"
#define MORE "{connect lo:r,disconnect,shutdown={rd,wr,rdwr},send,recv,error?,listen}"

/* One port for the kernel's choice. */
#define ONE_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40001; "

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
static const char *const matrices[] = {
	/* Every call in every state of its socket. */
	"a " STREAMS CALLS("tcp4"),
	"a " STREAMS " bind lo:p{,; a {listen,listen shutdown={rd,wr,rdwr},connect lo:r,"
	"shutdown={rd,wr}}}" CALLS("{1}"),
	"a {tcp4,tcp6} bind lo:p connect lo:p" CALLS("{1}"),
	"l " STREAMS " deaf bind lo:q listen; a {1} bind lo:p begin lo:q" CALLS("{1}"),
	"l {mptcp4,mptcp6} bind lo:q listen; a {1} bind lo:p connect lo:q{,; l accept s; s send}"
	CALLS_MPTCP,
	"l {tcp4,tcp6} bind lo:q listen; a {1} bind lo:p connect lo:q{,; a {shutdown={rd,wr,rdwr},"
	"disconnect},; l accept s; s {send,close,linger=0 close,shutdown=wr}}" CALLS("{1}"),
	"l {mptcp4,mptcp6} bind lo:q listen; a {1} bind lo:p connect lo:q{; a {shutdown={rd,wr,"
	"rdwr},disconnect},; l accept s; s {close,linger=0 close,shutdown=wr}}" CALLS_LATER,
	"l {tcp4,tcp6} bind lo:p listen; c {1} bind lo:q connect lo:p; l accept a" CALLS("{1}"),
	/* ... FIN_WAIT1, CLOSING, LAST_ACK, TIME_WAIT, both ways to CLOSE, with data unread; and
	 * SYN_RECV, after two SYNs that crossed. */
	"l {tcp4,tcp6} bind lo:q listen; a {1} bind lo:p connect lo:q; l accept s; {s deaf; "
	"a shutdown=wr,a deaf; s deaf; a shutdown=wr; s shutdown=wr; a hear,s close; a deaf; "
	"a shutdown=wr,a shutdown=wr; s close,s shutdown=wr; a shutdown=wr,s send; s close}"
	CALLS("{1}"),
	"l {tcp4,tcp6} deaf bind lo:q listen; a {1} bind lo:p begin lo:q; l close; "
	"y {1} deaf bind lo:q begin lo:p" CALLS("{1}"),
	"a {udp4,udp6}{, bind {lo,any}:p, bind lo:p connect lo:q, connect lo:q, bind lo:p connect "
	"lo:q disconnect, bind lo:p; a shutdown=wr, bind lo:p connect lo:q; a shutdown={rd,wr}, "
	"bind lo:p connect lo:q send}" DATAGRAM_CALLS("{1}"),

	/* Rules 1 and 2: what is wrong with an address, alone and together. */
	"b {tcp4,udp4,mptcp4} bind any:p; a {1} {,bind lo:q; a} {,freebind} bind " BOUND4 ":{p,r}",
	"b {tcp6,udp6,mptcp6} bind any:p; a {1} {,v6only,bindtodevice=eth,bind lo:q; a} {,freebind}"
	" bind " BOUND6 ":{p,r}",
	"b {tcp4,udp4} bind any:80; as 1000 a {1} bind {lo,192.0.2.77,[2001:db8::77],mcast}:80",
	"b {tcp6,udp6} bind any:80; as 1000 a {1} {,v6only} bind {lo,[2001:db8::77],192.0.2.77,"
	"[ff02::1],[fe80::1],lo4}:80",
	"sysctl ip_unprivileged_port_start={0,80,81,1024}; as 1000 a {tcp4,tcp6,udp4,mptcp6} bind "
	"{lo,192.0.2.77,[2001:db8::77]}:80",
	"sysctl {ip_nonlocal_bind,ipv6.ip_nonlocal_bind}={0,1}; as 1000 a {tcp4,udp4,tcp6,udp6} "
	"bind {192.0.2.77,[2001:db8::77]}:80",
	"as 1000 a {tcp4,udp4,mptcp4} bind 192.0.2.77:80 => a.bind=EADDRNOTAVAIL",
	"as 1000 a {tcp6,udp6,mptcp6} bind [2001:db8::77]:80 => a.bind=EACCES",
	"as 1000 a {tcp4,tcp6,udp4,udp6} bind lo:p; as 1000 a bind lo:80 => a.bind.2=EACCES",
	"b {tcp4,udp4} bind lo:p; a {1} bind lo2:p; a bind lo:p => a.bind.2=EINVAL",
	"a {tcp4,udp4,mptcp4} bind [::1]:p; a bind lo:p => a.bind=EAFNOSUPPORT a.bind.2=ok",
	"a {tcp6,udp6,mptcp6} bind 127.0.0.1:p; a bind lo:p => a.bind=EINVAL a.bind.2=ok",
	"a {tcp4,udp4} connect [::1]:p; b tcp6 connect 127.0.0.1:p"
	" => a.connect=EAFNOSUPPORT b.connect=EINVAL",
	/* ... but UDP takes an IPv4 address for a mapped one. */
	"a udp6 connect 127.0.0.1:p; a send 127.0.0.1:q; a bind 127.0.0.1:p"
	" => a.connect=ok(lo4:e1) a.send=ok>none a.bind=EINVAL",
	"a {tcp6,udp6,mptcp6} bind [fe80::1]:p; a bind [fe80::1%eth]:p"
	" => a.bind=EINVAL a.bind.2=ok",
	"a {tcp6,udp6} bindtodevice=eth bind lo:p => a.bind=EADDRNOTAVAIL",
	"a {tcp6,mptcp6} bind [ff02::1%eth]:p; b udp6 bind [ff02::1%eth]:p; c udp6 bind [ff02::1]:p"
	" => a.bind=EINVAL b.bind=ok c.bind=EINVAL",
	"l mptcp4 bind lo:q listen; a mptcp4 bind lo:p connect lo:q; a bind 192.0.2.77:r"
	" => a.bind.2=EINVAL",
	"l tcp4 bind lo:q listen; a tcp4 bind lo:p connect lo:q; a bind 192.0.2.77:r"
	" => a.bind.2=EADDRNOTAVAIL",

	/* Rule 3. */
	"a {udp4,udp6} bind lo:p; a listen; a accept x => a.listen=EOPNOTSUPP a.accept=EOPNOTSUPP",
	"a " STREAMS " accept x; a bind lo:p listen; a accept y; a listen=5"
	" => a.accept=EINVAL a.listen=ok a.accept.2=EAGAIN a.listen.2=ok",
	"l " STREAMS " bind lo:q listen; b {1} reuseaddr bind lo:p; a {1} reuseaddr bind lo:p; "
	"b listen; a listen; a connect lo:q; a listen"
	" => a.listen=EADDRINUSE a.connect=ok>l a.listen.2=EINVAL",
	"l " STREAMS " deaf bind lo:q listen; a {1} bind lo:p begin lo:q; a listen; a accept x"
	" => a.listen=EINVAL a.accept=EINVAL",

	/* Rule 4: where it may go, from what it is bound to. */
	"l {tcp4,udp4,mptcp4} bind any:q; a {1} {,bind lo:p,bind eth:p,bindtodevice={lo,eth},"
	"connect lo:r} {connect,begin} " DIALLED4,
	"l {tcp6,udp6,mptcp6} bind any:q; a {1} {,bind {lo,eth,lo4}:p,v6only,bindtodevice={lo,eth},"
	"connect lo:r} {connect,begin} " DIALLED6,
	"a {tcp4,mptcp4,udp4} {,bindtodevice={lo,eth}} {,bind {lo,eth}:p,transparent bind "
	"198.51.100.9:p} begin {192.0.2.255,255.255.255.255,127.255.255.255,224.0.0.1,mcast}:q",
	"a {tcp6,mptcp6,udp6} {,bindtodevice={lo,eth}} {begin,bind} {[fe80::1],[fe80::1%eth],"
	"[ff01::1],[ff02::1],[ff02::1%eth],[ff05::1]}:p bindtodevice?",
	"a {tcp4,udp4} bind lo:p; a connect 203.0.113.1:q => a.connect=ENETUNREACH",
	"a {tcp4,udp4} bind lo:p; a connect peer:q => a.connect=EINVAL",
	"a {tcp4,tcp6} connect mcast:p; a connect lo:p => a.connect=ENETUNREACH "
	"a.connect.2=ECONNREFUSED",
	"a udp4 connect 192.0.2.255:p; a broadcast; a connect 192.0.2.255:p"
	" => a.connect=EACCES a.connect.2=ok",
	"a tcp6 bindtodevice=lo connect [fe80::1%eth]:p => a.connect=EINVAL",
	"a {tcp6,udp6} v6only connect lo4:p => a.connect=ENETUNREACH",
	"l {tcp4,tcp6} bind any:q listen; a {1} connect lo:q; a connect lo:q; a connect lo2:q; "
	"a connect mcast:q; l connect lo:r; l begin lo:r"
	" => a.connect.2=EISCONN a.connect.3=EISCONN a.connect.4=EISCONN l.connect=EISCONN "
	"l.begin=EISCONN",
	"l {tcp4,tcp6} deaf bind lo:q listen; a {1} begin lo:q; a begin lo:r; a begin mcast:r; "
	"a fastopen lo:r => a.begin.2=EALREADY a.begin.3=EALREADY a.fastopen=EALREADY",
	"l {tcp4,tcp6} bind any:q listen; a {1} reuseaddr bind lo:p connect lo:q; "
	"b {1} reuseaddr bind lo:p connect lo:q; b connect mcast:q; b connect lo:r; b connect lo2:q"
	" => b.connect=EADDRNOTAVAIL b.connect.2=ENETUNREACH b.connect.3=ECONNREFUSED "
	"b.connect.4=ok>l",
	/* No port is left: each call has its own word for it. */
	ONE_PORT "x {tcp4,udp4} bind lo:40000; a {1} {bind lo:0,connect lo:p,connect 203.0.113.1:p,"
	"send lo:p,listen}",
	ONE_PORT "x {tcp6,udp6} bind lo:40000; a {1} {bind lo:0,connect lo:p,connect "
	"[2001:db8:1::1]:p,send lo:p,listen}",
	ONE_PORT "x tcp4 bind lo:40000; a tcp4 bind lo:0; b tcp4 connect lo:p; c tcp4 listen; "
	"d udp4 bind any:40000; f udp4 bind lo:0; g udp4 connect lo:p; h udp4 send lo:p"
	" => a.bind=EADDRINUSE b.connect=EADDRNOTAVAIL c.listen=EADDRINUSE f.bind=EADDRINUSE "
	"g.connect=EAGAIN h.send=EAGAIN",

	/* Rule 5: what a program that goes on gets. */
	"a " STREAMS " bind lo:p; b {1} bind lo:p; b listen; c {1} connect lo:e1"
	" => b.bind=EADDRINUSE b.listen=ok(any:e1) c.connect=ok>b",
	"l " STREAMS " bind lo:q listen; a {1} bind lo:p; b {1} bind lo:p; b connect lo:q"
	" => b.bind=EADDRINUSE b.connect=ok(lo:e1)>l",
	"a " ALL " bind lo:p; b {1} bind lo:p; b bind lo:q => b.bind=EADDRINUSE b.bind.2=ok",
	"a " ALL " bind lo:p; a bind lo:p; a bind lo:q; b {1} bind lo:q"
	" => a.bind.2=EINVAL a.bind.3=EINVAL b.bind=ok",
	"l " STREAMS " bind lo:q listen; a {1} connect lo:q; a bind lo:p => a.bind=EINVAL",
	"a " STREAMS " {bind lo:p,bind lo:0,bind any:p,bind any:0,} connect lo:r; a connect lo:r; "
	"a bind lo:q; a listen; b {1} bind lo:p",
	"a {tcp4,mptcp4} bind lo:p connect lo:r; b {1} bind lo:p; a bind lo2:q"
	" => a.connect=ECONNREFUSED b.bind=EADDRINUSE a.bind.2=EINVAL",
	"a {tcp4,mptcp4} bind lo:0 connect lo:r; b {1} bind lo:e1; a bind lo2:q"
	" => a.connect=ECONNREFUSED b.bind=ok a.bind.2=ok",
	"l tcp4 bind lo:q listen; a tcp4 bind {lo,any}:{p,0} {connect 203.0.113.1:q,connect "
	"mcast:q,connect [::1]:q}; a connect lo:q; b tcp4 bind lo:p",
	"a {tcp4,udp4,mptcp4} bind lo:0; a {connect {lo,203.0.113.1,[2001:db8:1::1],mcast}:r,"
	"connect lo:r disconnect,disconnect}; b {1} bind lo:e1; a bind lo2:p",
	/* ... but a MSG_FASTOPEN that is refused takes an MPTCP listener down, and its queue. */
	"a {tcp4,tcp6,mptcp4,mptcp6} {,reuseport} bind lo:p listen; c {1} connect lo:p; "
	"a fastopen {lo:r,mcast:r,203.0.113.1:r}; c recv; b {1} {2} bind lo:p; d {1} connect lo:p; "
	"a listen",
	"a mptcp4 bind lo:p listen; c mptcp4 connect lo:p; a fastopen lo:r; c recv; d mptcp4 "
	"connect lo:p => a.fastopen=EISCONN c.recv=ECONNRESET d.connect=ECONNREFUSED",
	"a tcp4 bind lo:p listen; c tcp4 connect lo:p; a fastopen lo:r; c recv; d tcp4 connect lo:p"
	" => a.fastopen=EISCONN c.recv=EAGAIN d.connect=ok>a",
	/* ... flags that come too late, on one side only, or OR-ed into one name. */
	"a {tcp4,tcp6} {,reuseaddr,reuseaddr|reuseport} bind lo:p {,reuseaddr} {,listen}; "
	"b {1} {,reuseaddr,reuseport,reuseaddr|reuseport} bind lo:p; b reuseaddr; b bind lo:p; "
	"b listen",
	"a {udp4,udp6} {,reuseaddr,reuseaddr|reuseport} bind lo:p {,reuseaddr}; "
	"b {1} {,reuseaddr,reuseport,reuseaddr|reuseport} bind lo:p; b reuseaddr; b bind lo:p",
	"a tcp4 reuseaddr bind lo:p; b tcp4 bind lo:p; b reuseaddr; b bind lo:p; a listen; b listen"
	" => b.bind=EADDRINUSE b.bind.2=ok a.listen=ok b.listen=EADDRINUSE",
	"a tcp6 bind any:p; a v6only; b tcp4 bind any:p => a.v6only=EINVAL b.bind=EADDRINUSE",
	"a tcp4 bind lo:0; a bind_address_no_port; a bind lo:p => a.bind.2=EINVAL",
	"a tcp4 bind lo:0; a local_port_range=40000-40001; b tcp4 bind lo:e1 => b.bind=EADDRINUSE",
	"l tcp4 bind lo:q listen; a tcp4 connect lo:q; a transparent; a bind 198.51.100.1:p"
	" => a.transparent=ok a.bind=EINVAL",
	"a {tcp4,tcp6} bind lo:p listen; a {v6only,bind_address_no_port,"
	"local_port_range=40000-40001,transparent,freebind,defer_accept=9,fastopen=1,"
	"fastopen_connect,incoming_cpu=0,"
	"bindtodevice=lo,linger=0,maxseg=500,minttl=1,nodelay,keepalive,reuseaddr,reuseport,mark=1,"
	"cork,notsent_lowat=1,save_syn,user_timeout=5}; c {1} connect lo:p; b {1} bind lo:p",
	/* ... a listener that is dialled with, a connection that listens, a socket used after its
	 * end, a descriptor that is closed twice over a copy. */
	"l " STREAMS " bind lo:q listen; a {1} bind lo:p listen; a connect lo:q; c {1} connect lo:p"
	" => a.connect=EISCONN c.connect=ok>a",
	"l " STREAMS " bind lo:q listen; a {1} bind lo:p connect lo:q; a listen; c {1} connect lo:p"
	" => a.listen=EINVAL c.connect=ECONNREFUSED",
	"l {tcp4,tcp6} bind lo:q listen; a {1} bind lo:p connect lo:q; a shutdown=rdwr; a send; "
	"a recv; a connect lo:q; a listen; a bind lo:r; b {1} bind lo:p"
	" => a.send=EPIPE a.recv=eof a.connect.2=EISCONN a.listen=EINVAL a.bind.2=EINVAL "
	"b.bind=EADDRINUSE",
	"a {tcp4,udp4} bind lo:p dup b; a close; b close; c {1} bind lo:p => c.bind=ok",
	"a {tcp4,udp4} bind lo:p dup b; a close; b bind lo:q; c {1} bind lo:p"
	" => b.bind=EINVAL c.bind=EADDRINUSE",

	/* Rule 6. */
	"l {tcp4,tcp6} deaf bind lo:q listen; a {1} begin lo:q; a send; a recv"
	" => a.send=EAGAIN a.recv=EAGAIN",
	"a {tcp4,tcp6} send; a recv; a shutdown=rdwr; a recv"
	" => a.send=EPIPE a.recv=ENOTCONN a.shutdown=ENOTCONN a.recv.2=eof",
	"l {tcp4,tcp6} bind lo:q listen; a {1} connect lo:q; l accept s; s linger=0 close; "
	"a {send,recv,error?}; a send; a recv; a recv; a connect lo:q",
	"l {tcp4,tcp6} bind lo:q listen; a {1} connect lo:q; l accept s; s send shutdown=wr; "
	"a recv recv shutdown=rd recv; a send; s recv"
	" => a.recv=1 a.recv.2=eof a.recv.3=eof a.send=ok s.recv=1",
	"l {tcp4,tcp6} bind lo:q listen; a {1} connect lo:q; l accept s; a shutdown={rd,wr,rdwr}; "
	"{a,s} {send,recv}; {a,s} {send,recv,error?}; {a close; s,s close; a} {send,recv,error?}",
	"s tcp4 bind lo:p listen; c tcp4 connect lo:p; s accept x; x linger=0 close; c recv; c recv"
	" => c.recv=ECONNRESET c.recv.2=eof",
	"s tcp4 bind lo:p listen; c tcp4 connect lo:p; s accept x; x {close,shutdown=rdwr}; "
	"c send; c send => c.send=ok c.send.2=EPIPE",
	"a {udp4,udp6} send; a send lo:0; a recv; a connect lo:p; a send; a recv; a recv"
	" => a.send=EDESTADDRREQ a.send.2=EINVAL a.recv=EAGAIN a.send.3=ok>none "
	"a.recv.2=ECONNREFUSED a.recv.3=EAGAIN",
	"a {udp4,udp6} {,recverr} {,bind lo:p} send lo:q; a {send lo:q,recv,connect lo:r,error?,"
	"bind lo:r,shutdown=wr,disconnect}; a recv; a send lo:q",
	"a udp4 bind lo:p send 192.0.2.255:p; c udp4 send 192.0.2.255:p; b udp4 bind any:q; "
	"b {send 203.0.113.1:q,send [::1]:q,send 255.255.255.255:q}",
	/* ... EAGAIN, too, where what was sent is held back: by Nagle, by cork, by a loss. */
	"s {tcp4,tcp6} bind lo:p listen; c {1} {,nodelay,cork} connect lo:p; s accept x; "
	"{c send; c send,x deaf; c send; c send; x hear; c send}; x recv; wait 0.3s; x recv",
	"s {tcp4,tcp6} bind lo:p listen; c {1} {,nodelay} connect lo:p; s accept x; x deaf; "
	"c send; wait {0.45,0.9}s; x hear; c send; x recv",
	"s tcp4 bind lo:p listen; c tcp4 cork connect lo:p; s accept x; c send; x recv; c cork=0; "
	"x recv => x.recv=EAGAIN x.recv.2=1",
	/* ... and pending where the listener takes nothing from so near. */
	"s {tcp4,tcp6} minttl={1,64,65,200} bind lo:p listen; c {1} {,ttl=255,unicast_hops=255} "
	"connect lo:p",
	/* MPTCP whose subflow was refused is not connected; where SYNs cross it is not told. */
	"a {mptcp4,mptcp6} connect lo:p; a recv; a send => a.connect=ECONNREFUSED a.recv=ENOTCONN "
	"a.send=EPIPE",
	"l tcp4 deaf bind lo:q listen; a {tcp4,mptcp4} bind lo:p begin lo:q; l close; "
	"b {tcp4,mptcp4} bind lo:q connect lo:p; {a {send,recv},b recv,{a,b} connect lo:r}",
	"l tcp4 deaf bind lo:q listen; a mptcp4 bind lo:p begin lo:q; l close; "
	"b tcp4 bind lo:q connect lo:p; a send => b.connect=ok>none a.send=EAGAIN",

	/* Rule 7. */
	"l {tcp4,tcp6} bind lo:q listen; a {1} bind lo:p shutdown={rd,wr,rdwr}; a connect lo:q; "
	"a send; l accept s; s recv",
	"a tcp4 bind lo:p shutdown=wr; a connect lo:p"
	" => a.shutdown=ENOTCONN a.connect=ECONNABORTED",
	"a {udp4,udp6} shutdown=wr; a send lo:p => a.shutdown=ENOTCONN a.send=EPIPE",

	/* Rule 8: which socket has which option, set and read, with and without privilege. */
	"{,as 1000} a " ALL " {" NUMBERED "}=1",
	"a " ALL " {" READABLE "}?",
	"{,as 1000} a " ALL " {local_port_range={1-2,2-1,40000-40001,none},bindtodevice={lo,nosuch,"
	"none},bindtoifindex={lo,nosuch,none},linger={0,off},rcvtimeo=1s,multicast_if={lo,nosuch,"
	"none}}",
	"a {udp4,udp6,tcp4,tcp6} {add,drop}_membership={mcast,mcast@lo,10.0.0.1,10.0.0.1@lo,"
	"[ff15::1]@lo,[2001:db8::1]@lo,mcast@nosuch}",
	"a " ALL " sockopt={0:1,1:2,1:13,1:20,6:1,17:1,41:26,255:1,999:1}:{01,0100,01000000,"
	"0100000000000000}",
	"a tcp4 sockopt=1:2:01; a sockopt=1:9999:01; a sockopt=1:9999:01000000; "
	"a sockopt=999:1:01000000"
	" => a.sockopt=EINVAL a.sockopt.2=EINVAL a.sockopt.3=ENOPROTOOPT a.sockopt.4=ENOPROTOOPT",
	"as 1000 a tcp4 debug; as 1000 a mark=1; as 1000 a priority=7; as 1000 a priority=6; "
	"as 1000 a transparent; as 1000 a repair; as 1000 a rcvbufforce=5000; as 1000 a deaf"
	" => a.debug=EACCES a.mark=EPERM a.priority=EPERM a.transparent=EPERM a.repair=EPERM "
	"a.rcvbufforce=EPERM a.deaf=EPERM",
	"as 1000 a {tcp4,udp4} bindtodevice=lo; as 1000 a bindtodevice=nosuch; "
	"as 1000 a bindtodevice=none; as 1000 a bindtodevice=eth"
	" => a.bindtodevice.2=ENODEV a.bindtodevice.3=EPERM a.bindtodevice.4=EPERM",
	"a {tcp4,udp4} lock_filter; a deaf; a steer=0; a lock_filter=0; a reuseport; a steer=0",
	"a udp4 deaf lock_filter; a hear; a reuseport bind lo:p; a steer=0"
	" => a.hear=EPERM a.steer=EPERM",
	"a tcp4 reuseport lock_filter; a steer=0 => a.steer=EPERM",
	"a {tcp4,tcp6,udp4,udp6} {steer=0,unsteer,steer_ebpf=0}; a reuseport {2}; a bind lo:p; "
	"a {2}",
	"a {mptcp4,mptcp6} reuseport; a steer=0; a unsteer => a.steer=EOPNOTSUPP",
	"l {mptcp4,mptcp6} bind lo:q listen; a {1} connect lo:q; a {reuseaddr,reuseport,v6only,"
	"bindtodevice=lo,freebind,transparent,bind_address_no_port,local_port_range=1-2,fastopen=1,"
	"defer_accept,nodelay,cork,keepalive,incoming_cpu=0,linger=1}",
	"{s tcp6 bind any:p listen; c tcp6 connect,s tcp4 bind any:p listen; c tcp6 connect,"
	"u udp4 bind any:p; c udp6 connect} {lo4,lo}:p; c addrform=2; c addrform?; c domain?",
	"a udp6 bind any:p addrform=2; a connect lo:q; a addrform=2; a disconnect connect lo4:q; "
	"a addrform=2; a domain?",
	"a udp4 sockopt=1:20:000000000000000040420f0000000000 => a.sockopt=EDOM",
	"sysctl tcp_fastopen={0,1,2,3}; l tcp4 fastopen=5 bind lo:p listen; "
	"a tcp4 fastopen_connect connect lo:p; b tcp4 fastopen lo:p; c tcp4 fastopen lo:p",
	"as 1000 a tcp4 bind lo:p; as 1001 a fchown=1001; as 1000 a fchown=1001; as 1000 a "
	"fchown=1000; a fchown=1001 => a.fchown=EPERM a.fchown.2=EPERM a.fchown.3=ok a.fchown.4=ok",
	"addr nosuch=10.0.0.1; link br0=bridge; link br0=bridge => addr=ENODEV link.2=EEXIST",

	/* Rule 9: the ends of the ranges, and one beyond. */
	"sysctl {ip_autobind_reuse,tcp_migrate_req,core.txrehash,tcp_reflect_tos}={-1,0,1,2}",
	"sysctl {ip_nonlocal_bind,ipv6.bindv6only,tcp_timestamps,tcp_abort_on_overflow,"
	"ip_no_pmtu_disc,ip_early_demux,tcp_syncookies}={-1,0,255,256}",
	"sysctl {tcp_tw_reuse,tcp_ecn}={-1,2,3}",
	"sysctl tcp_tw_reuse_delay={0,1,60000,60001}",
	"sysctl {ip_default_ttl,tcp_pingpong_thresh}={0,1,255,256}",
	"sysctl {tcp_max_tw_buckets,tcp_fastopen}={-2147483649,-1,2147483647,2147483648}",
	"sysctl {tcp_fin_timeout,tcp_keepalive_time}={-1,2147483,2147483648}",
	"sysctl core.somaxconn={-1,0,2147483647,2147483648}",
	"sysctl {tcp_rmem,tcp_wmem}={0,1,4096_4096_4096,4096_0_1}",
	"sysctl ip_local_port_range={1_1,0_1,40001_40000,40000,40000_70000,40000_40001,1024_65535}",
	"sysctl ip_local_reserved_ports={0,65535,65536,2-1,1-5,1-}",
	"sysctl ip_unprivileged_port_start={-1,0,1024,32768,32769,65535,65536}",
	"sysctl tcp_tw_reuse={x,1x,_1,1_9,0x1,--1}",
	"sysctl tcp_tw_reuse=9 => sysctl=EINVAL",
	NULL,
};

/* The products of what the matrices above only ask one at a time. */
static const char *const full[] = {
	/* A second mistake after the first: two calls in a row, in every state. */
	"a {tcp4,tcp6}{, bind lo:p, bind lo:p listen, bind lo:p connect lo:r}; a " TWICE "; "
	"a " TWICE "; b {1} bind lo:p",
	"l {tcp4,tcp6} bind lo:q listen; a {1} bind lo:p connect lo:q; a " TWICE "; a " TWICE
	"; b {1} bind lo:p",
	"a {udp4,udp6}{, bind lo:p, bind lo:p connect lo:q}; a " TWICE "; a " TWICE "; "
	"b {1} bind lo:p",
	"a {mptcp4,mptcp6}{, bind lo:p, bind lo:p listen, bind lo:p connect lo:r}; a " AGAIN "; "
	"a " AGAIN "; b {1} bind lo:p",
	"l {tcp4,tcp6} deaf bind lo:q listen; a {1} bind lo:p begin lo:q; a " AGAIN "; a " AGAIN
	"; b {1} bind lo:p",
	/* ... one of each end. */
	"l {tcp4,tcp6} bind lo:q listen; a {1} bind lo:p connect lo:q; l accept s; s {shutdown=wr,"
	"send,shutdown=rd}; a " MORE "; {a,s,l} " MORE "; b {1} bind lo:p",
	"l {tcp4,tcp6} bind lo:q listen; a {1} bind lo:p connect lo:q; l accept s; s {linger=0 "
	"close,close,deaf}; a " MORE "; {a,l} " MORE "; b {1} bind lo:p",
	/* Every call after two SYNs that crossed and came up, on MPTCP's accepted socket, and on
	 * MPTCP that has fallen back to TCP. */
	"l {tcp4,tcp6} deaf bind lo:q listen; a {1} bind lo:p begin lo:q; l close; "
	"y {1} bind lo:q connect lo:p" CALLS("{1}"),
	"l {mptcp4,mptcp6} bind lo:p listen; c {1} bind lo:q connect lo:p; l accept a" CALLS_LATER,
	"l tcp4 bind lo:q listen; a {mptcp4} bind lo:p connect lo:q{; a {shutdown={rd,wr,rdwr}},; "
	"l accept s; s {send,close,linger=0 close,shutdown=wr}}" CALLS_LATER,
	/* What a call that fails leaves of a port that was not asked for. */
	"l {tcp4,tcp6,udp4,udp6,mptcp4} bind lo:q; a {1} {bind_address_no_port ,}bind {lo,any}:0; "
	"{,l connect lo:r; }a {connect {lo,203.0.113.1,[2001:db8:1::1],mcast}:r,connect lo:r "
	"disconnect,disconnect,listen shutdown=rd}; b {1} bind {lo,any}:p; a bind lo2:p",
	"a {tcp4,tcp6,udp4,udp6,mptcp4} bind {lo,any}:0; a {connect {lo,203.0.113.1,"
	"[2001:db8:1::1],mcast}:r,connect lo:r disconnect,disconnect}; b {1} bind {lo,any}:e1; "
	"a bind lo2:p",
	"sysctl {ip_nonlocal_bind,ipv6.ip_nonlocal_bind}={0,1}; as 1000 a {tcp4,udp4,tcp6,udp6} "
	"{,bindtodevice=eth} bind {lo,192.0.2.77,[2001:db8::77],[::ffff:192.0.2.77]}:80",
	/* Privilege, state, address and owner together: ports below 1024. */
	"b {tcp4,udp4,mptcp4} bind any:80; {,as 1000} a {1} {,bind lo:r; {2} a} {,freebind} bind "
	BOUND4 ":80",
	"b {tcp6,udp6,mptcp6} bind any:80; {,as 1000} a {1} {,v6only} bind " BOUND6 ":80",
	/* Every option, every edge of a number. */
	"{,as 1000} a " ALL " {" NUMBERED "}={-1,0,2,1000000}",
	"a {tcp4,tcp6} bind lo:p {listen,connect lo:p} {" READABLE "}={0,1} {3}?",
	"sysctl {ipv6.ip_nonlocal_bind,tcp_keepalive_probes,ip_dynaddr,tcp_early_demux,"
	"tcp_fwmark_accept,tcp_orphan_retries,tcp_retries1,tcp_retries2,tcp_rfc1337,tcp_sack,"
	"tcp_stdurg,tcp_synack_retries,tcp_thin_linear_timeouts,tcp_window_scaling,udp_early_demux"
	"}={-1,0,255,256}",
	"sysctl {tcp_syn_retries,tcp_syn_linear_timeouts}={-1,0,1,127,128}",
	"sysctl {igmp_max_memberships,tcp_max_syn_backlog}={-2147483649,-1,2147483647,2147483648}",
	"sysctl tcp_keepalive_intvl={-1,2147483,2147483648}",
	"sysctl tcp_rto_min_us={0,1,2147483647}",
	"sysctl tcp_rto_max_ms={999,1000,120000,120001}",
	"sysctl ipv6.auto_flowlabels={-1,0,3,4}",
	"sysctl tcp_child_ehash_entries={-1,16777216,16777217}",
	"sysctl udp_child_hash_entries={-1,65536,65537}",
	"sysctl tcp_min_snd_mss={47,48,65535,65536}",
	"sysctl tcp_notsent_lowat={-1,4294967295,4294967296}",
	NULL,
};
/* clang-format on */

static const struct ft_probe probe = {
	.name = "errors",
	.question =
		"Which errno does a refused call give where several fit, and what is left then?",
	.matrices = matrices,
	.full = full,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}

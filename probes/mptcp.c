/* SPDX-License-Identifier: MIT */
/*
 * What does an MPTCP socket do otherwise than a TCP socket, alone and beside one?
 *
 * The rules, as the kernel has them today:
 *  1. The port of an MPTCP socket is held by its first subflow, which is a TCP socket like any
 *     other: who may share it, who may listen, which 4-tuple is free is decided as for TCP, and
 *     between MPTCP and TCP sockets, too (mptcp_bind(), inet_csk_get_port()).
 *  2. The subflow is made when a call wants it first: bind(), listen(), connect(), or an option
 *     that is the subflow's. It keeps the owner that the socket has then: fchown() later is too
 *     late (__mptcp_nmpc_sk(), mptcp_sock_graft()).
 *  3. A listener takes clients of both kinds. One that speaks TCP gets what accept() returns as a
 *     TCP socket; an MPTCP client of a TCP server is one in name only: it has fallen back
 *     (mptcp_accept(), RFC 8684 section 3.7).
 *  4. SO_REUSEPORT groups may have members of both kinds, and the hash picks among all. A program
 *     can be attached by a TCP member only; it sends connections to MPTCP members as well
 *     (mptcp_setsockopt_sol_socket()).
 *  5. MPTCP knows a list of options. Others are refused, some are taken before the connection
 *     only, some are taken and do nothing (mptcp_setsockopt(), mptcp_getsockopt()).
 *  6. A connection that has fallen back ends as TCP does, state by state; but a socket that is
 *     closed keeps its subflow as long as the other side is open: its FIN_WAIT2 is no TIME_WAIT,
 *     so that its owner counts and its 4-tuple is taken, and data that comes is not reset
 *     (__mptcp_close()).
 *  7. One that has not is closed by DATA_FIN: the subflow stays ESTABLISHED on both sides while one
 *     of them is open, where TCP is in FIN_WAIT2 and CLOSE_WAIT. When both have closed, the
 *     subflow ends; TIME_WAIT is left on the side that closed first, as with TCP
 *     (mptcp_close(), __mptcp_check_send_data_fin(), RFC 8684 section 3.3.3).
 *  8. A reset is one for both: close() with unread data or a linger of 0, disconnect
 *     (mptcp_do_fastclose()). A client that had neither sent nor got data by then is told
 *     ECONNRESET, and is a socket without a connection afterwards (mptcp_recvmsg()).
 *  9. An MPTCP listener that goes resets the MPTCP connections in its queue even if they migrate
 *     by tcp_migrate_req: who inherits them accepts dead ones (mptcp_subflow_queue_clean()).
 * 10. Where two SYNs cross, the MPTCP socket that answers one is never told that its subflow is
 *     connected (mptcp_syn_options(), 71154bbe4942).
 */
#include "probe/probe.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define SHARE "{,reuseaddr,reuseport}"
/* Both kinds, in every combination. */
#define KIND "{mptcp4,tcp4}"
#define MIGRATE "sysctl tcp_migrate_req=1; "
#define ONE_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40001; "
/* The options that a program might set, with 1, and read. */
#define OPTIONS                                                                              \
	"{acceptconn,addr_preferences,addrform,autoflowlabel,bind_address_no_port,"          \
	"broadcast,buf_lock,busy_poll,checksum,cork,debug,defer_accept,delack_max_us,"       \
	"domain,dontfrag,dontroute,encap,error,fastopen_connect,fastopen_no_cookie,"         \
	"flowinfo_send,freebind,gro,incoming_cpu,incoming_napi_id,inq,keepalive,keepcnt,"    \
	"keepidle,keepintvl,linger2,lock_filter,mark,minttl,mtu,mtu_discover,multicast_all," \
	"multicast_hops,multicast_loop,multicast_ttl,no_check,no_check6_rx,no_check6_tx,"    \
	"nodefrag,nodelay,notsent_lowat,oobinline,passcred,passsec,peek_off,pktinfo,"        \
	"prefer_busy_poll,priority,protocol,queue_seq,quickack,rcvbuf,rcvlowat,rcvmark,"     \
	"recverr,recverr_rfc4884,recvfragsize,recvhoplimit,recvopts,recvorigdstaddr,"        \
	"recvpathmtu,recvpktinfo,recvtclass,recvtos,recvttl,repair_queue,retopts,reuseaddr," \
	"reuseport,router_alert_isolate,rto_max_ms,rto_min_us,rxq_ovfl,save_syn,segment,"    \
	"select_err_queue,sndbuf,sndlowat,syncnt,tclass,thin_dupack,thin_linear_timeouts,"   \
	"timestamp,timestamping,timestampns,tos,transparent,ttl,tx_delay,txrehash,type,"     \
	"unicast_hops,user_timeout,v6only,window_clamp,zerocopy}"

/* From lo:q to lo:p: the first is MPTCP's, the others are not. F: the client's flags. */
#define UP(F)                                                                 \
	"{"                                                                   \
	"l mptcp4 bind lo:p listen; c mptcp4 " F " bind lo:q connect lo:p; ," \
	"l tcp4 bind lo:p listen; c mptcp4 " F " bind lo:q connect lo:p; ,"   \
	"l mptcp4 bind lo:p listen; c tcp4 " F " bind lo:q connect lo:p; ,"   \
	"l tcp4 bind lo:p listen; c tcp4 " F " bind lo:q connect lo:p; }l accept s; "
/* What is said before its end, and read or not. */
#define TALK "{,c send; s recv; ,s send; c recv; ,c send; s recv; s send; c recv; }"
#define UNREAD "{c send; ,s send; ,c send; s send; }"
/* MPTCP's worker needs a moment. */
#define PAUSE "; wait 0.4s; "
#define LOOK "look lo:q; look lo:p"
#define BOTH_ENDS                                                                   \
	"{c close" PAUSE "s close,s close" PAUSE "c close,c shutdown=wr" PAUSE "s " \
	"close,"                                                                    \
	"s shutdown=wr" PAUSE "c close,c shutdown=wr" PAUSE "s shutdown=wr,"        \
	"s shutdown=rdwr" PAUSE "c shutdown=rdwr}" PAUSE
#define HALF "{c shutdown=wr,s shutdown=wr,c shutdown=rd,s shutdown=rd,c shutdown=rdwr}" PAUSE
#define STEP                                                                        \
	"{c send,s send,c recv,s recv,c shutdown=wr,s shutdown=wr,c shutdown=rd,s " \
	"shutdown=rd,"                                                              \
	"c disconnect,s disconnect,c connect lo:p,c send; c send}"
#define ALL_SAY "c send; s send; wait 0.4s; c recv; s recv; c recv; s recv"

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
static const char *const matrices[] = {
	/* Rule 1: who may bind beside whom, and beside a listener. */
	"a " KIND " " FLAGS " bind {any,lo}:p {,listen}; b mptcp4 " FLAGS " bind {any,lo}:p listen",
	"a mptcp4 " FLAGS " bind {any,lo}:p {,listen}; b tcp4 " FLAGS " bind {any,lo}:p listen",
	"a {mptcp6,tcp6} {,v6only} " SHARE " bind {any,lo,lo4}:p; "
	"b {mptcp6,mptcp4,tcp4} {,reuseport} bind {any,lo}:p",
	/* ... who may listen of two that are bound. */
	"a " KIND " " FLAGS " bind lo:p; b " KIND " " FLAGS " bind lo:p; a listen; b listen; a "
	"close; "
	"b listen",
	/* ... which destinations can be dialled from one source, past whom. */
	"m " KIND " bind any:q listen; a " KIND " " SHARE " bind {any,lo}:p connect lo:q; "
	"b " KIND " " SHARE " bind lo:p connect {lo,lo2}:q",
	/* ... and accept and dial at the same time. */
	"m mptcp4 bind any:q listen; l " KIND " " SHARE " bind {any,lo}:p listen; d " KIND " " SHARE
	" bind lo:p connect lo:q; c " KIND " connect lo:p",
	"m mptcp4 bind any:q listen; d " KIND " " SHARE " bind lo:p connect lo:q; l " KIND " " SHARE
	" bind {any,lo}:p listen; c " KIND " connect lo:p",
	/* Devices. */
	"a " KIND " {,bindtodevice=lo,bindtodevice=eth} bind any:p; b " KIND
	" {,bindtodevice=lo} bind {any,lo}:p",
	"a " KIND " {bindtodevice=lo,bindtodevice=eth} bind any:p listen "
	"{,bindtodevice=lo,bindtodevice=none}; "
	"b " KIND " bindtodevice=lo bind lo:p; c " KIND " connect lo:p",
	/* Ports of the kernel's choice. */
	"a " KIND " {bind lo:0,bind any:0,bind_address_no_port bind lo:0} {,listen}; b " KIND " "
	"bind lo:p; "
	"c " KIND " connect lo:p",
	ONE_PORT "l " KIND " bind any:q listen; a " KIND " connect lo:q; b " KIND " connect lo2:q; "
	"c " KIND " connect lo:q => a.connect=ok>l b.connect=ok>l c.connect=EADDRNOTAVAIL",
	ONE_PORT "a " KIND " " FLAGS " bind lo:0; b " KIND " " FLAGS " bind lo:0 => "
	"b.bind=EADDRINUSE",

	/* Rule 1, said in full. */
	"a mptcp4 bind lo:p; b tcp4 bind {lo,any}:p; c mptcp4 bind lo2:p"
	" => b.bind=EADDRINUSE c.bind=ok",
	"a " KIND " reuseaddr bind lo:p; b " KIND " reuseaddr bind lo:p; a listen; b listen; a "
	"close; b listen"
	" => b.bind=ok a.listen=ok b.listen=EADDRINUSE b.listen.2=ok",
	"a mptcp6 bind any:p; b " KIND " bind lo:p; c tcp6 v6only bind any:p"
	" => b.bind=EADDRINUSE c.bind=EADDRINUSE",
	"a mptcp6 v6only bind any:p; b " KIND " bind any:p => b.bind=ok",

	/* Rule 2: who owns it. */
	"as 1000 a " KIND " reuseport bind lo:p {,listen}; {,as 1000} b " KIND " reuseport bind "
	"lo:p",
	"a " KIND " reuseport bind lo:p; b " KIND " {fchown=1000 reuseport,reuseport fchown=1000} "
	"bind lo:p",
	"a tcp4 reuseport bind lo:p; b mptcp4 fchown=1000 reuseport bind lo:p => b.bind=EADDRINUSE",
	"a tcp4 reuseport bind lo:p; b mptcp4 reuseport fchown=1000 bind lo:p => b.bind=ok",
	"a tcp4 reuseport bind lo:p; b tcp4 reuseport fchown=1000 bind lo:p => b.bind=EADDRINUSE",
	"as 1000 a " KIND " reuseaddr bind lo:p; b " KIND " reuseaddr bind lo:p => b.bind=ok",
	"as 1000 a " KIND " bind lo:80 => a.bind=EACCES",

	/* Rule 3: listeners of both kinds, clients of both kinds. */
	"l " KIND " bind lo:p listen; c " KIND " connect lo:p; l accept s; c send; s recv; s send; "
	"c recv; "
	"l protocol?; c protocol?; s protocol? => c.connect=ok>l s.recv=1 c.recv=1",
	"l mptcp4 bind lo:p listen; c {tcp4,mptcp4} connect lo:p; l accept s; s protocol?",
	"l mptcp4 bind lo:p listen; c tcp4 connect lo:p; l accept s; s protocol? => s.protocol?=6",
	"l mptcp4 bind lo:p listen; c mptcp4 connect lo:p; l accept s; s protocol? => "
	"s.protocol?=262",
	"a {mptcp6,tcp6} reuseport bind {any,lo,lo4}:p listen; b {mptcp4,tcp4} reuseport bind "
	"{any,lo}:p "
	"listen; c {mptcp4 connect lo,tcp6 connect lo,mptcp6 connect lo4}:p",
	"l " KIND " bind lo:p listen={0,1}; a " KIND " connect lo:p; b " KIND " connect lo:p; c "
	KIND
	" begin lo:p; l accept x; l accept y; l accept z",
	"l " KIND " bind lo:p listen; c " KIND " connect lo:p; l close; c recv",
	"l " KIND " bind lo:p listen {shutdown=rd,shutdown=wr}; c " KIND " connect lo:p",

	/* Rule 4: groups. */
	"a " KIND " reuseport bind {any,lo}:p listen; b " KIND " reuseport bind {any,lo}:p listen; "
	"c " KIND " connect lo:p; d " KIND " connect lo:p",
	"a " KIND " reuseport bind lo:p listen; b " KIND " reuseport bind lo:p listen "
	"{steer=0,steer=1,unsteer}; "
	"c " KIND " connect lo:p; d " KIND " connect lo:p",
	"a mptcp4 reuseport {steer=0,steer_ebpf=0}; a {unsteer,reuseport=0 unsteer} => "
	"a.unsteer=EOPNOTSUPP",
	"a mptcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen steer=0; c " KIND
	" connect lo:p; d " KIND " connect lo:p => b.steer=ok c.connect=ok>a d.connect=ok>a",
	"a mptcp4 reuseport bind lo:p listen; b mptcp4 reuseport bind lo:p listen steer=0; c " KIND
	" connect lo:p => b.listen=ok b.steer=EOPNOTSUPP c.connect=ok>a|b",
	"{,sysctl tcp_migrate_req=1; }a " KIND " reuseport bind lo:p listen; c " KIND " connect "
	"lo:p; "
	"b " KIND " reuseport bind lo:p listen; a {close,shutdown=rd}; b accept x; x send; c recv",

	/* Rule 5: every option, set and read, on a new socket and on a listener. */
	"a mptcp4 " OPTIONS "; a {1}?",
	"a mptcp4 bind lo:p listen; a " OPTIONS "; a {1}?",
	/* ... and those that can only be set. */
	"a {mptcp4,mptcp6} {add,drop}_membership=mcast@lo => a.{2}_membership=ENOPROTOOPT",
	"a {tcp4,tcp6} {add,drop}_membership=mcast@lo => a.{2}_membership=EPROTO",
	"a {tcp4,tcp6,mptcp4,mptcp6} {sndbufforce=4096,rcvbufforce=4096,busy_poll_budget=8}",
	/* ... on a connection, and on one that has fallen back. */
	"l mptcp4 bind lo:p listen; c mptcp4 connect lo:p; c " OPTIONS "; c {1}?",
	"l tcp4 bind lo:p listen; c mptcp4 connect lo:p; c " OPTIONS "; c {1}?",
	"a mptcp4 bind lo:p listen; c " KIND " connect lo:p "
	"{reuseport,reuseaddr,bindtodevice=lo,v6only}; "
	"a accept s; s {reuseport,reuseaddr,bindtodevice=lo}",

	/* Rules 6 and 7: one side ends the connection, both do, one after the other. */
	UP("") TALK "{c close,s close,c shutdown=wr,s shutdown=wr,c shutdown=rdwr}" PAUSE LOOK,
	UP("reuseaddr") BOTH_ENDS LOOK "; n " KIND " " SHARE " bind lo:q connect lo:p",
	UP("") HALF ALL_SAY "; " LOOK,
	/* Rule 7, said in full. */
	"l mptcp4 bind lo:p listen; c mptcp4 bind lo:q connect lo:p; l accept s; {c,s} "
	"{close,shutdown=wr}"
	PAUSE LOOK " => look=ESTABLISHED look.2=ESTABLISHED,LISTEN",
	"l tcp4 bind lo:p listen; c " KIND " bind lo:q connect lo:p; l accept s; c "
	"{close,shutdown=wr}" PAUSE LOOK
	" => look=FIN_WAIT2 look.2=CLOSE_WAIT,LISTEN",
	"l mptcp4 bind lo:p listen; c mptcp4 bind lo:q connect lo:p; l accept s; c close" PAUSE "s "
	"recv; s close"
	PAUSE LOOK " => s.recv=eof look=TIME_WAIT look.2=LISTEN",
	"l mptcp4 bind lo:p listen; c mptcp4 bind lo:q connect lo:p; l accept s; s close" PAUSE "c "
	"recv; c close"
	PAUSE LOOK " => c.recv=eof look=none look.2=LISTEN,TIME_WAIT",
	"l " KIND " bind lo:p listen; c " KIND " bind lo:q connect lo:p; l accept s; c "
	"shutdown=wr" PAUSE "s send; c recv; "
	"c send; s recv => s.send=ok c.recv=1 c.send=EPIPE s.recv=eof",
	/* What a closed MPTCP socket leaves is no TIME_WAIT as long as the other side is open: its
	 * 4-tuple is taken, and its owner counts. */
	"l tcp4 bind lo:p listen; c tcp4 reuseaddr bind lo:q connect lo:p; l accept s; c close"
	PAUSE
	"n " KIND " reuseaddr bind lo:q connect lo:p => n.bind=ok n.connect=ok>l",
	"l " KIND " bind lo:p listen; c mptcp4 reuseaddr bind lo:q connect lo:p; l accept s; c "
	"close" PAUSE
	"n " KIND " reuseaddr bind lo:q connect lo:p => n.bind=ok n.connect=EADDRNOTAVAIL",
	"l " KIND " bind lo:p listen; c mptcp4 reuseaddr bind lo:q connect lo:p; l accept s; c "
	"close" PAUSE
	"s send; s send; s close" PAUSE "look lo:q => s.send=ok s.send.2=ok look=TIME_WAIT",
	"l tcp4 bind lo:p listen; c tcp4 reuseaddr bind lo:q connect lo:p; l accept s; c close"
	PAUSE
	"s send; s send; s close" PAUSE "look lo:q => s.send=ok s.send.2=EPIPE look=none",
	/* Unread data: TCP resets, MPTCP as well; what has fallen back sends a FIN. */
	"l {mptcp4,tcp4} bind lo:p listen; c {mptcp4,tcp4} bind lo:q connect lo:p; l accept s; s "
	"send; "
	"c close" PAUSE "look lo:q; s recv",
	"as 1000 l tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; as 1000 l accept s; x "
	"tcp4 bind lo2:p; "
	"l close; s close" PAUSE "n " KIND " reuseport bind lo:p => n.bind=ok",
	"as 1000 l mptcp4 reuseport bind lo:p listen; c mptcp4 connect lo:p; as 1000 l accept s; x "
	"tcp4 bind lo2:p; "
	"l close; s close" PAUSE "n " KIND " reuseport bind lo:p => n.bind=EADDRINUSE",
	/* A server that restarts: over what is left of its connections. */
	"l {mptcp4,tcp4} " SHARE " bind lo:p listen; c {mptcp4,tcp4} connect lo:p; l accept s; l "
	"close; "
	"{s close,c close,s close" PAUSE "c close,c close" PAUSE "s close}" PAUSE "n {1} " SHARE " "
	"bind lo:p listen",

	/* Rule 8. */
	UP("") TALK "{c linger=0 close,s linger=0 close,c disconnect,s disconnect}" PAUSE LOOK,
	UP("") TALK "{s linger=0 close,s disconnect}" PAUSE "c recv; c recv; c send; c recv; c "
	"shutdown=rd; c recv",
	UP("") TALK "{c linger=0 close,c disconnect}" PAUSE "s recv; s recv; s send; s recv; s "
	"shutdown=rd; s recv",
	"l mptcp4 bind lo:p listen; c mptcp4 bind lo:q connect lo:p; l accept s; c send; s close"
	PAUSE
	"c recv; " LOOK " => c.recv=ECONNRESET look=BOUND look.2=LISTEN",
	/* Before it is known that the other end speaks MPTCP, there was no connection; TCP has
	 * reached the end of one. */
	"l " KIND " bind lo:p listen; c mptcp4 connect lo:p; l accept s; s linger=0 close" PAUSE
	"c recv; c recv"
	" => c.recv=ECONNRESET c.recv.2=ENOTCONN",
	"l tcp4 bind lo:p listen; c tcp4 connect lo:p; l accept s; s linger=0 close" PAUSE "c "
	"recv; c recv"
	" => c.recv=ECONNRESET c.recv.2=eof",
	"a mptcp4 connect lo:p; a recv => a.connect=ECONNREFUSED a.recv=ENOTCONN",
	/* A half-closed one hears EPIPE, as TCP in CLOSE_WAIT does. */
	"l " KIND " bind lo:p listen; c " KIND " connect lo:p; l accept s; c shutdown=wr" PAUSE "c "
	"linger=0 close"
	PAUSE "s send; s recv",
	/* What is MPTCP's own outlives its subflow: what was shut down, an error not heard. */
	"l " KIND " bind lo:p listen; a mptcp4; a shutdown=wr; a connect lo:p; a send"
	" => a.shutdown=ENOTCONN a.connect=ok>l a.send=EPIPE",
	"l " KIND " bind lo:p listen; a mptcp4 connect lo:p; l accept x; x linger=0 close" PAUSE
	"a disconnect connect lo:p; a send => a.connect.2=ok>l a.send=ECONNRESET",
	/* Where it is known, too. */
	"l mptcp4 bind lo:p listen; c mptcp4 connect lo:p; l accept s; c send; s recv; s linger=0 "
	"close" PAUSE
	"c recv; c recv => c.recv=ECONNRESET c.recv.2=eof",
	/* Rule 9. */
	MIGRATE "o mptcp4 reuseport bind lo:p listen; c {tcp4,mptcp4} connect lo:p; n "
	"{mptcp4,tcp4} reuseport "
	"bind lo:p listen; o close; n accept x; x protocol?; x send; c recv; x recv",
	MIGRATE "o mptcp4 reuseport bind lo:p listen; c mptcp4 connect lo:p; n " KIND " reuseport "
	"bind lo:p listen; "
	"o close; n accept x; x send; c recv; x recv"
	" => n.accept=ok x.send=ok c.recv=ECONNRESET x.recv=ECONNRESET",
	MIGRATE "o tcp4 reuseport bind lo:p listen; c " KIND " connect lo:p; n " KIND " reuseport "
	"bind lo:p listen; "
	"o close; n accept x; x send; c recv => n.accept=ok x.send=ok c.recv=1",
	/* ... but a half-open one that migrates becomes TCP, and lives. */
	MIGRATE "o mptcp4 reuseport defer_accept=5 bind lo:p listen; c mptcp4 begin lo:p; "
	"n " KIND " reuseport bind lo:p listen; {o close,o shutdown=rd}; c send" PAUSE "n accept "
	"x; x recv; x send; "
	"c recv; x protocol? => n.accept=ok x.recv=1 c.recv=1",
	"{sysctl tcp_migrate_req=1; ,}o " KIND " reuseport defer_accept=5 bind lo:p listen; c "
	KIND " begin lo:p; "
	"n " KIND " reuseport bind lo:p listen; o close; c send" PAUSE "n accept x; x recv; x "
	"send; c recv",
	"o " KIND " {,defer_accept=5} bind lo:p listen; c " KIND " begin lo:p; o dup n; "
	"{o close,o shutdown=rd,o shutdown=wr}" PAUSE "c send" PAUSE "n accept x; x recv; x send; "
	"c recv",
	/* Data with the SYN. */
	"o " KIND " fastopen=5 bind lo:p listen; f " KIND " fastopen lo:p; o accept v; a " KIND " "
	"fastopen lo:p; "
	"o accept u; u recv; u send; a recv",
	/* Rule 10. */
	"l tcp4 deaf bind lo:q listen; a {mptcp4,mptcp6} bind lo4:p begin lo4:q; l close; "
	"b " KIND " bind lo:q connect lo:p; look lo:p; a send; a recv; a begin lo4:q"
	" => b.connect=ok>none look=ESTABLISHED a.send=EAGAIN a.recv=EAGAIN a.begin.2=EALREADY",
	"l tcp4 deaf bind lo:q listen; a tcp4 bind lo:p begin lo:q; l close; b " KIND " bind lo:q "
	"connect lo:p; b send; "
	"a recv; a send; b recv => b.connect=ok>a a.recv=1 b.recv=1",
	NULL,
};

static const char *const full[] = {
	UP(SHARE) BOTH_ENDS LOOK "; n " KIND " " SHARE " bind lo:q {listen,connect lo:p}",
	UP("reuseaddr") TALK BOTH_ENDS LOOK "; n {mptcp4,tcp4} reuseaddr bind lo:q connect lo:p",
	"o " KIND " {reuseport,reuseaddr} bind {lo,any}:p listen; a {mptcp4,tcp4} connect lo:p; "
	"b {4} connect lo:p; o accept u; {o close; n " KIND " {2} bind {3}:p listen; ,"
	"n " KIND " {2} bind {3}:p; o close; n listen; ,n " KIND " {2} bind {3}:p listen; o close; "
	"}"
	"wait 0.4s; d tcp4 connect lo:p; n accept x; x send; n accept y; y send; u send; a recv; b "
	"recv; d recv",
	/* Any two steps, and what they leave. */
	UP("reuseaddr") STEP PAUSE STEP PAUSE LOOK "; c recv; s recv; c send; s send" PAUSE "{c "
	"close,s close}" PAUSE
	LOOK,
	UP("") UNREAD "{c disconnect,s disconnect,c linger=0 close,s linger=0 close}" PAUSE LOOK,
	UP("") TALK HALF ALL_SAY "; " LOOK "; {c disconnect,s disconnect,c shutdown=wr" PAUSE "s "
	"shutdown=wr}" PAUSE LOOK,
	"l mptcp4 bind lo:p listen; c mptcp4 bind lo:q connect lo:p; l accept s; " UNREAD
	"{c close,s close,c shutdown=wr,s shutdown=wr}" PAUSE LOOK,
	"l {mptcp6,tcp6} bind any:p listen; c {mptcp6 bind lo:q connect lo,mptcp6 bind lo4:q "
	"connect lo4,"
	"mptcp4 bind lo:q connect lo}:p; l accept s; " TALK BOTH_ENDS "look lo4:q; look [::1]:q; n "
	"tcp4 bind any:q",
	"l {mptcp4,tcp4} " SHARE " bind any:p listen; c {mptcp4,tcp4} connect lo:p; l accept s; "
	"{c close,s close,c close" PAUSE "s close,s close" PAUSE "c close}" PAUSE
	"l close; n {1} " SHARE " bind {any,lo,lo2}:p listen; d {3} connect lo:p",
	"{sysctl tcp_migrate_req=1; ,}o " KIND " reuseport bind {lo,any}:p listen; a " KIND " "
	"connect lo:p; "
	"b " KIND " connect lo:p; n " KIND " reuseport bind {3}:p listen; {o close,o shutdown=rd}; "
	"n accept x; x send; "
	"n accept y; y send; a recv; b recv; x recv; y recv",
	"m mptcp4 bind any:q listen; a " KIND " " FLAGS " bind {any,lo}:p connect lo:q; "
	"b " KIND " " FLAGS " bind any:p connect {lo,lo2}:q",
	"m mptcp4 bind any:q listen; l " KIND " " FLAGS " bind {any,lo}:p listen; d " KIND " " FLAGS
	" bind any:p connect lo:q; c mptcp4 connect lo:p",
	"a " KIND " " FLAGS " bind {any,lo,lo2}:p {,listen}; b mptcp4 " FLAGS " bind {any,lo}:p",
	"a {mptcp6,tcp6} {,v6only} " SHARE " bind {any,lo,lo4,any4}:p {,listen}; "
	"b {mptcp6,mptcp4,tcp4} " SHARE " bind {any,lo}:p listen",
	"a {mptcp4,tcp4} " FLAGS " bind {any,lo}:p {,listen}; b {mptcp6,tcp6} " SHARE
	" bind {any,lo,lo4}:p {,listen}",
	"a mptcp6 " OPTIONS "; a {1}?",
	"a {mptcp4,mptcp6} bind lo:p; a " OPTIONS "; a {2}?",
	"a mptcp6 bind lo:p listen; a " OPTIONS "; a {1}?",
	"l mptcp6 bind lo:p listen; c mptcp6 connect lo:p; c " OPTIONS "; c {1}?",
	"l {mptcp4,mptcp6} bind lo:p listen; c {1} connect lo:p; l accept s; s " OPTIONS "; s {2}?",
	"l {mptcp4,mptcp6} bind any:p listen; c tcp4 connect lo:p; l accept s; s " OPTIONS "; s "
	"{2}?",
	NULL,
};
/* clang-format on */

static const struct ft_probe probe = {
	.name = "mptcp",
	.question = "What does an MPTCP socket do otherwise than a TCP socket, alone and beside "
		    "one?",
	.matrices = matrices,
	.full = full,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}

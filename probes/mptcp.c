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
 *  6. A connection that has fallen back ends as TCP does, state by state.
 *  7. One that has not is closed by DATA_FIN: the subflow stays ESTABLISHED on both sides while one
 *     of them is open, where TCP is in FIN_WAIT2 and CLOSE_WAIT. When both have closed, the
 *     subflow ends; TIME_WAIT is left on the side that closed first, as with TCP
 *     (mptcp_close(), __mptcp_check_send_data_fin(), RFC 8684 section 3.3.3).
 *  8. A reset is one for both: close() with unread data or a linger of 0, disconnect
 *     (mptcp_do_fastclose()).
 */
#include "probe/probe.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define SHARE "{,reuseaddr,reuseport}"
/* Both kinds, in every combination. */
#define KIND "{mptcp4,tcp4}"
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
	/* ... on a connection, and on one that has fallen back. */
	"l mptcp4 bind lo:p listen; c mptcp4 connect lo:p; c " OPTIONS "; c {1}?",
	"l tcp4 bind lo:p listen; c mptcp4 connect lo:p; c " OPTIONS "; c {1}?",
	"a mptcp4 bind lo:p listen; c " KIND " connect lo:p "
	"{reuseport,reuseaddr,bindtodevice=lo,v6only}; "
	"a accept s; s {reuseport,reuseaddr,bindtodevice=lo}",
	NULL,
};

static const char *const full[] = {
	"a " KIND " " FLAGS " bind {any,lo,lo2}:p {,listen}; b mptcp4 " FLAGS " bind {any,lo}:p",
	"a {mptcp6,tcp6} {,v6only} " FLAGS " bind {any,lo,lo4,any4}:p {,listen}; "
	"b {mptcp6,mptcp4,tcp4} " SHARE " bind {any,lo}:p {,listen}",
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

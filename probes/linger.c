/* SPDX-License-Identifier: MIT */
/*
 * Which state of a former connection blocks its address, for whom?
 *
 * The rules, as the kernel has them today:
 *  1. Whatever is left of a connection holds its port: in every state but CLOSED it is an owner
 *     that bind() compares with, by address and by flags, like any other
 *     (inet_csk_bind_conflict()).
 *  2. The flags that count are those of the connection's own socket, inherited from the listener
 *     by what it accepts, and copied into TIME_WAIT (tcp_time_wait()). So SO_REUSEADDR "also
 *     skips wait for timeout" only if both had it: the old socket and the new one (socket(7)).
 *  3. LISTEN is special: SO_REUSEADDR does not share with it, SO_REUSEPORT does.
 *  4. connect() asks for the 4-tuple alone: taken in every state but CLOSED, LISTEN and
 *     TIME_WAIT, to which a FIN_WAIT2 that nobody holds any more belongs
 *     (__inet_check_established()).
 *  5. From an explicit port, a TIME_WAIT 4-tuple is taken over at once if it has timestamps,
 *     whatever tcp_tw_reuse says (tcp_twsk_unique(), RFC 6191).
 *  6. From a port of the kernel's choice it is taken over after tcp_tw_reuse_delay milliseconds:
 *     never with tcp_tw_reuse 0, always with 1, on loopback with 2 (ip-sysctl). A former
 *     connection whose port was explicit keeps it from the kernel's choice for all destinations.
 *  7. Nothing is left of a connection that ended with a reset (SO_LINGER with 0 seconds), of one
 *     that TCP_LINGER2 keeps out of FIN_WAIT2, nor where tcp_max_tw_buckets is 0 (tcp(7)).
 *  8. A TIME_WAIT keeps its device, and meets who has the same or none; its user counts no more
 *     (inet_bind_conflict()). A mapped one of a dual-stack server meets IPv4 (tcp_time_wait()).
 *  9. Of MPTCP the subflow holds the port. It gets its FIN when both ends have sent a DATA_FIN, so
 *     there is neither FIN_WAIT nor CLOSE_WAIT (mptcp_close(), RFC 8684, 3.3.3).
 * 10. An orphan in FIN_WAIT2 is one of two things that look alike. For up to a minute it is kept as
 *     a TIME_WAIT, by rules 4, 5 and 8; for longer (TCP_LINGER2, tcp_fin_timeout) as the full
 *     socket, which keeps its user and its 4-tuple (tcp_rcv_state_process()). The full socket
 *     also stays if its FIN is acknowledged while close() has not let go of it yet: one close in
 *     some thousand, which is not asked here but run anew (engine/settle.c).
 */
#include "probe/probe.h"
#include "states.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define SHARE "{reuseaddr,reuseport,reuseaddr reuseport}"

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */

/* A state on v4, and on both. */
#define ON4(STATE, F) FT_##STATE("tcp4", "tcp4", "", F, "lo")
#define ON(STATE, F) FT_##STATE("{tcp4,tcp6}", "{1}", "", F, "lo")

/* Is it that state? */
#define PROOF(STATE) ON4(STATE, "") "look lo:q => look=" #STATE

/* A new socket binds there, and listens or dials: the same destination or another one. Sixteen
 * pairs of flags in six rows, because the rule has so many lines. SAME and OTHER: what becomes of
 * the two connect() calls. */
#define N(F) "n {1} " F " bind lo:q "
#define REFUSED(F) N(F) "{listen,connect lo:p,connect lo2:p} => n.bind=EADDRINUSE"
#define ALLOWED(BEFORE, F, SAME, OTHER) \
	BEFORE N(F) "listen => n.bind=ok n.listen=ok", \
	BEFORE N(F) "connect lo:p => n.bind=ok n.connect=" SAME, \
	BEFORE N(F) "connect lo2:p => n.bind=ok n.connect=" OTHER
#define ASK(STATE, SAME, OTHER) \
	ON(STATE, "") REFUSED(FLAGS), \
	ON(STATE, SHARE) REFUSED(""), \
	ON(STATE, "reuseaddr") REFUSED("reuseport"), \
	ON(STATE, "reuseport") REFUSED("reuseaddr"), \
	ALLOWED(ON(STATE, "{reuseaddr,reuseport}"), "{{2},reuseaddr reuseport}", SAME, OTHER), \
	ALLOWED(ON(STATE, "reuseaddr reuseport"), SHARE, SAME, OTHER)

/* The server's side: the socket s that l accepted at p, once l has gone; the server n restarts. */
#define SERVED "l {tcp4,tcp6} " FLAGS " bind {any,lo}:p listen; c {1} bind lo:q connect lo:p; " \
	"l accept s; l close; "
#define RESTART "n {1} " FLAGS " bind {3}:p listen"

/* What the server has closed first, and its own user again; y empties the reuseport record. */
#define ORPHAN(N, BEFORE) \
	"as 1000 l {tcp4,tcp6} reuseport bind lo:p listen; c {" #N "} bind lo:q connect lo:p; " \
	"l accept s; y {" #N "} bind lo2:p; l close; " BEFORE "s close; " \
	"as 1000 n {" #N "} reuseport bind lo:p"

/* MPTCP ends by a worker of its own, for which time is needed. */
#define MPTCP_UP "l mptcp4 bind lo:p listen; c mptcp4 bind lo:q connect lo:p; l accept s; "
#define MPTCP_ENDS \
	"{,c shutdown=wr; ,s close; ,c close; ,c close; wait 0.4s; s close; ,s close; wait 0.4s; " \
	"c close; ,s shutdown=wr; wait 0.4s; c close; ,c linger=0 close; ,s linger=0 close; }"

/* One port for the kernel's choice. */
#define ONE_PORT "sysctl ip_local_port_range=40000_40001; sysctl ip_local_reserved_ports=40001; "
/* A connection from it, and one from the same port given explicitly. */
#define CHOSEN "l tcp4 bind any:p listen; c tcp4 connect lo:p; l accept s; "
#define GIVEN "l tcp4 bind any:p listen; c tcp4 bind lo:40000 connect lo:p; l accept s; "
#define TAKEN "wait 1.1s; d tcp4 connect lo:p; f tcp4 connect lo2:p" \
	" => d.connect=EADDRNOTAVAIL f.connect=ok>l"
#define LOST "wait 1.1s; d tcp4 connect lo2:p => d.connect=EADDRNOTAVAIL"

static const char *const matrices[] = {
	/* The states are what they are called. */
	PROOF(LISTEN), PROOF(SYN_SENT), PROOF(SYN_RECV), PROOF(ESTABLISHED), PROOF(FIN_WAIT1),
	PROOF(FIN_WAIT2), PROOF(CLOSE_WAIT), PROOF(CLOSING), PROOF(LAST_ACK), PROOF(TIME_WAIT),
	PROOF(BOUND), ON4(SHUT, "") "look lo:q => look=FIN_WAIT2",
	ON4(CLOSED, "") "look lo:q => look=none",

	/* Rules 1, 2 and 4: all states, all flags, bind and listen and connect. */
	ASK(BOUND, "ok>l", "ok>l"),
	ASK(SYN_SENT, "EADDRNOTAVAIL", "ok>m"),
	ASK(SYN_RECV, "EADDRNOTAVAIL", "ok>m"),
	ASK(ESTABLISHED, "EADDRNOTAVAIL", "ok>l"),
	ASK(FIN_WAIT1, "EADDRNOTAVAIL", "ok>l"),
	ASK(SHUT, "EADDRNOTAVAIL", "ok>l"),
	ASK(CLOSE_WAIT, "EADDRNOTAVAIL", "ok>l"),
	ASK(CLOSING, "EADDRNOTAVAIL", "ok>l"),
	ASK(LAST_ACK, "EADDRNOTAVAIL", "ok>l"),
	/* A FIN_WAIT2 or TIME_WAIT that is no socket any more is passed over. The other end of the
	 * first is in CLOSE_WAIT: it answers the SYN by a challenge ACK (RFC 5961), to that comes a
	 * reset, and the SYN once more. */
	ASK(FIN_WAIT2, "ok>l", "ok>l"),
	ASK(TIME_WAIT, "ok>l", "ok>l"),
	/* Rule 7, and rule 3. */
	ON(CLOSED, FLAGS) N(FLAGS) "{listen,connect lo:p,connect lo2:p} => n.bind=ok",
	ON(LISTEN, "{,reuseaddr}") REFUSED(FLAGS),
	ON(LISTEN, "{reuseport,reuseaddr reuseport}") REFUSED("{,reuseaddr}"),
	ALLOWED(ON(LISTEN, "{reuseport,reuseaddr reuseport}"), "{reuseport,reuseaddr reuseport}",
		"ok>l", "ok>l"),
	/* Another address of the host is free, in every state. */
	ON4(FIN_WAIT1, FLAGS) "n tcp4 " FLAGS " bind lo2:q listen => n.bind=ok n.listen=ok",
	ON4(TIME_WAIT, FLAGS) "n tcp4 " FLAGS " bind lo2:q listen => n.bind=ok n.listen=ok",

	/* A server that restarts, over every state of what it accepted. */
	SERVED RESTART,
	SERVED "c deaf; s close; " RESTART,
	SERVED "s close; " RESTART,
	SERVED "c close; " RESTART,
	SERVED "c close; s deaf close; " RESTART,
	SERVED "c deaf; s deaf; s shutdown=wr; c shutdown=wr; s hear close; " RESTART,
	SERVED "s close; c close; " RESTART,
	SERVED "c close; s close; " RESTART " => n.bind=ok n.listen=ok",
	/* A dual-stack server, over what it accepted by v4 and by v6. */
	"l tcp6 {,reuseaddr} bind any:p listen; c tcp{4,6} bind lo:q connect lo:p; l accept s; "
	"l close; {s close,c close,s close; c close,c close; s close,}; n {tcp4 {,reuseaddr} bind "
	"{any,lo},tcp6 {,reuseaddr} bind {any,lo,lo4}}:p listen",
	/* Users: who restarts it, over what is alive and what is left. */
	"as 1000 l {tcp4,tcp6} {reuseaddr,reuseport} bind lo:p listen; c {1} bind lo:q connect "
	"lo:p; {,as 1000} l accept s; {,y {1} bind lo2:p; }l close; "
	"{s close,c close,s close; c close,}; "
	"{,as 1000,as 1001} n {1} {2} bind lo:p listen",
	/* Devices: it is theirs in every state. */
	"l {tcp4,tcp6} {,reuseaddr} bindtodevice=lo bind {any,lo}:p listen; c {1} bind lo:q "
	"connect lo:p; l accept s; l close; {s close,c close,s close; c close,}; n {1} {2} "
	"{,bindtodevice=lo,bindtodevice=eth} bind {3}:p listen",
	/* MPTCP keeps the port as long as TCP does: of a child that is TCP, and beside it. */
	"l mptcp4 {,reuseaddr} bind {any,lo}:p listen; c tcp4 bind lo:q connect lo:p; l accept s; "
	"l close; {,c shutdown=wr; }n {tcp4,mptcp4} {,reuseaddr} bind {2}:p listen",
	/* ... and its own states: a DATA_FIN is no FIN, so what has sent one is ESTABLISHED for all
	 * others until the other end has sent one, too; then it is as with TCP. */
	MPTCP_UP "c close; wait 0.4s; look lo:q; n mptcp4 bind lo:q => look=ESTABLISHED "
	"n.bind=EADDRINUSE",
	MPTCP_UP "c close; wait 0.4s; s close; wait 0.4s; look lo:q; n mptcp4 bind lo:q"
	" => look=TIME_WAIT n.bind=EADDRINUSE",
	MPTCP_UP "s close; wait 0.4s; c close; wait 0.4s; look lo:q; n mptcp4 bind lo:q"
	" => look=none n.bind=ok",
	"l {mptcp4,mptcp6} {" FT_BEHIND_UP("{1}", "", "{,reuseaddr,reuseport}", "lo") MPTCP_ENDS
	"}wait 0.4s; look lo:q; n {1} {,reuseaddr,reuseport} bind lo:q {listen,connect lo:p}",
	/* Go's net.Listen sets SO_REUSEADDR on every listener: it "also skips wait for timeout", by
	 * inheritance. A server that sets it only from now on does not. */
	"l tcp4 reuseaddr bind lo:p listen; c tcp4 connect lo:p; l accept s; l close; s close; "
	"c close; look lo:p; n tcp4 reuseaddr bind lo:p listen => look=TIME_WAIT n.bind=ok "
	"n.listen=ok",
	"l tcp4 bind lo:p listen; c tcp4 connect lo:p; l accept s; l close; s close; c close; "
	"look lo:p; n tcp4 " FLAGS " bind lo:p => look=TIME_WAIT n.bind=EADDRINUSE",
	/* The accepted socket's own flag decides: set late, cleared late. */
	"l tcp4 bind lo:p listen; c tcp4 connect lo:p; l accept s; s reuseaddr; l close; s close; "
	"c close; n tcp4 reuseaddr bind lo:p => n.bind=ok",
	"l tcp4 reuseaddr bind lo:p listen; c tcp4 connect lo:p; l accept s; s reuseaddr=0; "
	"l close; s close; c close; n tcp4 reuseaddr bind lo:p => n.bind=EADDRINUSE",
	/* A wildcard server's children hold their concrete address only. */
	"l tcp4 bind any:p listen; c tcp4 connect lo:p; l accept s; l close; s close; c close; "
	"n tcp4 bind lo2:p close; m tcp4 bind any:p => n.bind=ok m.bind=EADDRINUSE",
	"l tcp4 bind any:p listen; c tcp4 connect lo:p; l accept s; l close; "
	"n tcp4 bind lo2:p close; m tcp4 bind any:p => n.bind=ok m.bind=EADDRINUSE",
	/* The client comes back while the server is in TIME_WAIT: its SYN ends it. */
	"l tcp4 bind lo:p listen; c tcp4 reuseaddr bind lo:q connect lo:p; l accept s; s close; "
	"c close; look lo:p; n tcp4 reuseaddr bind lo:q connect lo:p; look lo:p"
	" => look=LISTEN,TIME_WAIT n.connect=ok>l look.2=ESTABLISHED,LISTEN",
	"l {tcp4,tcp6} {,reuseaddr} bind lo:p listen; c {1} reuseaddr bind lo:q connect lo:p; "
	"l accept s; s close; c close; d {1} reuseaddr bind lo:q begin lo:p; l accept y"
	" => l.accept.2=ok",
	/* A SYN from the 4-tuple of a request that is left: the time between decides. */
	"l {tcp4,tcp6} bind lo:q listen; a {1} reuseaddr deaf bind lo:p begin lo:q; a linger=0 "
	"close; {,wait 3ms; ,wait 20ms; ,wait 0.5s; }b {1} reuseaddr bind lo:p connect lo:q",
	/* TCP_LINGER2 below 0 leaves no FIN_WAIT2. */
	"l {tcp4,tcp6} bind any:p listen; c {1} {,linger2=-1,linger2=1,linger2=-5} bind lo:q "
	"connect lo:p; l accept s; c close; n {1} bind lo:q",
	"l tcp4 bind lo:p listen; c tcp4 linger2=-1 bind lo:q connect lo:p; l accept s; c close; "
	"look lo:q; n tcp4 bind lo:q => look=none n.bind=ok",
	/* Owners count for live sockets and orphans, not for TIME_WAIT. The plain x empties the
	 * port's reuseport record. */
	"as 1000 l tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; {,as 1000} l accept s; "
	"x tcp4 bind lo2:p; l close; {,as 1000} n tcp4 reuseport bind lo:p",
	"as 1000 l tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; as 1000 l accept s; "
	"x tcp4 bind lo2:p; l close; c deaf; s close; look lo:p; as 1000 n tcp4 reuseport bind lo:p"
	" => look=FIN_WAIT1 n.bind=ok",
	"as 1000 l tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; as 1000 l accept s; "
	"x tcp4 bind lo2:p; l close; c deaf; s close; look lo:p; n tcp4 reuseport bind lo:p"
	" => look=FIN_WAIT1 n.bind=EADDRINUSE",
	"as 1000 l tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; as 1000 l accept s; "
	"x tcp4 bind lo2:p; l close; s close; c close; n tcp4 reuseport bind lo:p => n.bind=ok",

	/* Rule 10. */
	ORPHAN(1, "s linger2={1,60}; ") " => n.bind=ok",
	ORPHAN(1, "s linger2={61,120}; ") " => n.bind=EADDRINUSE",
	"sysctl tcp_fin_timeout={1,60}; " ORPHAN(2, "") " => n.bind=ok",
	"sysctl tcp_fin_timeout={61,1000}; " ORPHAN(2, "") " => n.bind=EADDRINUSE",
	"l {tcp4,tcp6} bind lo:p listen; c {1} reuseaddr linger2={1,60} bind lo:q connect lo:p; "
	"l accept s; c close; n {1} reuseaddr bind lo:q connect lo:p => n.connect=ok>l",
	"l {tcp4,tcp6} bind lo:p listen; c {1} reuseaddr linger2={61,120} bind lo:q connect lo:p; "
	"l accept s; c close; n {1} reuseaddr bind lo:q connect lo:p => n.connect=EADDRNOTAVAIL",

	/* Rule 5. */
	"sysctl tcp_tw_reuse={0,1,2}; " ON4(TIME_WAIT, "reuseaddr")
	"look lo:q; n tcp4 reuseaddr bind lo:q connect lo:p => look=TIME_WAIT n.connect=ok>l",
	"sysctl tcp_tw_reuse={0,1,2}; sysctl tcp_timestamps=0; " ON4(TIME_WAIT, "reuseaddr")
	"look lo:q; n tcp4 reuseaddr bind lo:q connect lo:p; n connect lo2:p"
	" => look=TIME_WAIT n.connect=EADDRNOTAVAIL n.connect.2=ok>l",
	ON4(FIN_WAIT2, "reuseaddr") "look lo:q; n tcp4 reuseaddr bind lo:q connect lo:p"
	" => look=FIN_WAIT2 n.bind=ok n.connect=ok>l",
	"l tcp4 bind lo:p listen; c tcp4 reuseaddr bind lo:q connect lo:p; l accept s; s close; "
	"c close; look lo:q; n tcp4 bind lo:q connect lo:p => look=none n.bind=ok n.connect=ok>l",

	/* Rule 6: refused at first; then, after the delay, by mode, timestamps and network. */
	ONE_PORT "sysctl tcp_tw_reuse={1,2}; " CHOSEN "c close; s close; d tcp4 connect lo:p; "
	"wait 1.1s; f tcp4 connect lo:p => d.connect=EADDRNOTAVAIL f.connect=ok(lo:e1)>l",
	ONE_PORT "sysctl tcp_tw_reuse=0; " CHOSEN "c close; s close; wait 1.1s; "
	"f tcp4 connect lo:p; g tcp4 connect lo2:p => f.connect=EADDRNOTAVAIL g.connect=ok>l",
	ONE_PORT "sysctl tcp_timestamps=0; sysctl tcp_tw_reuse={0,1,2}; " CHOSEN "c close; "
	"s close; wait 1.1s; f tcp4 connect lo:p; g tcp4 connect lo2:p"
	" => f.connect=EADDRNOTAVAIL g.connect=ok>l",
	ONE_PORT "sysctl tcp_tw_reuse_delay=100; " CHOSEN "c close; s close; wait 0.3s; "
	"f tcp4 connect lo:p"
	" => f.connect=ok>l",
	ONE_PORT "sysctl tcp_tw_reuse_delay=60000; " CHOSEN "c close; s close; wait 1.1s; "
	"f tcp4 connect lo:p => f.connect=EADDRNOTAVAIL",
	ONE_PORT "sysctl tcp_tw_reuse=1; l@peer tcp4 bind any:p listen; c tcp4 connect peer:p; "
	"l accept s; c close; s close; wait 1.1s; f tcp4 connect peer:p => f.connect=ok>l",
	ONE_PORT "sysctl tcp_tw_reuse={0,2}; l@peer tcp4 bind any:p listen; c tcp4 connect peer:p; "
	"l accept s; c close; s close; wait 1.1s; f tcp4 connect peer:p => f.connect=EADDRNOTAVAIL",
	ONE_PORT "l tcp6 bind any:p listen; c tcp6 connect lo:p; l accept s; c close; s close; "
	"d tcp6 connect lo:p; wait 1.1s; f tcp6 connect lo:p => d.connect=EADDRNOTAVAIL "
	"f.connect=ok>l",
	/* ... and in the other states, where no delay helps; another destination is no matter. */
	ONE_PORT CHOSEN TAKEN, /* ESTABLISHED */
	ONE_PORT CHOSEN "s deaf; c close; " TAKEN,
	ONE_PORT CHOSEN "c close; " TAKEN,
	ONE_PORT CHOSEN "c shutdown=wr; " TAKEN,
	ONE_PORT CHOSEN "s close; " TAKEN,
	ONE_PORT CHOSEN "s close; c deaf close; " TAKEN,
	ONE_PORT CHOSEN "c deaf; s deaf; c shutdown=wr; s shutdown=wr; c hear close; " TAKEN,
	/* An explicit port is lost to all destinations as long as anything is left. */
	ONE_PORT GIVEN LOST,
	ONE_PORT GIVEN "s deaf; c close; " LOST,
	ONE_PORT GIVEN "c close; " LOST,
	ONE_PORT GIVEN "s close; c deaf close; " LOST,
	ONE_PORT GIVEN "c close; s close; " LOST,
	ONE_PORT GIVEN "c linger=0 close; d tcp4 connect lo2:p => d.connect=ok>l",
	ONE_PORT GIVEN "s close; c close; d tcp4 connect lo2:p => d.connect=ok>l",
	/* Nobody is to remember anything. */
	"sysctl tcp_max_tw_buckets=0; " ON4(TIME_WAIT, "") "look lo:q; n tcp4 bind lo:q listen"
	" => look=none n.bind=ok n.listen=ok",
	NULL,
};

static const char *const full[] = {
	/* All flags on both sides in every state; addresses that meet and others. */
	FT_LIVING("{tcp4,tcp6}", "{1}", "", FLAGS, "{lo,any}") "n {1} " FLAGS
	" bind {lo,any,lo2}:q {listen,connect lo:p,connect lo2:p}",
	FT_LEFT("{tcp4,tcp6}", "{1}", "", FLAGS, "{lo,any}") "n {1} " FLAGS
	" bind {lo,any,lo2}:q {listen,connect lo:p,connect lo2:p}",
	/* The dual-stack server with all flags. */
	"l tcp6 " FLAGS " bind any:p listen; c tcp{4,6} bind lo:q connect lo:p; l accept s; "
	"l close; {s close,c close,s close; c close,c close; s close,c deaf; s close,c close; "
	"s deaf close,}; "
	"n {tcp4 " FLAGS " bind {any,lo},tcp6 " FLAGS " bind {any,lo,lo4}}:p listen",
	/* MPTCP: every way to end, every destination; a server that restarts, and TCP beside it. */
	"l {mptcp4,mptcp6} {" FT_BEHIND_SYN_SENT("{1}", "", FLAGS, "lo") ","
	FT_BEHIND_SYN_RECV("{1}", "", FLAGS, "lo") "," FT_BEHIND_UP("{1}", "", FLAGS, "{lo,any}")
	MPTCP_ENDS "}wait 0.4s; n {1} " FLAGS " bind lo:q {listen,connect lo:p,connect lo2:p}",
	"l {mptcp4,tcp4} {,reuseaddr} bind {any,lo}:p listen; c {tcp4,mptcp4} bind lo:q connect "
	"lo:p; l accept s; l close; " MPTCP_ENDS "wait 0.4s; n {tcp4,mptcp4} {,reuseaddr} bind "
	"{3}:p listen",
	/* Users with all flags. */
	"as 1000 l {tcp4,tcp6} " FLAGS " bind {any,lo}:p listen; c {1} bind lo:q connect lo:p; "
	"{,as 1000} l accept s; l close; {s close,c deaf; s close,s close; c close,}; "
	"{,as 1000,as 1001} n {1} " FLAGS " bind lo:p listen",
	NULL,
};
/* clang-format on */

static const struct ft_probe probe = {
	.name = "linger",
	.question = "Which state of a former connection blocks its address, for whom?",
	.matrices = matrices,
	.full = full,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}

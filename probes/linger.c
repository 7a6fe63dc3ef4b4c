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
 *  7. Nothing is left of a connection that ended with a reset (SO_LINGER with 0 seconds), nor
 *     where tcp_max_tw_buckets is 0.
 */
#include "probe/probe.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define SHARE "{reuseaddr,reuseport,reuseaddr reuseport}"

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */

/*
 * The eleven states (RFC 9293, 3.3.2) of the socket c at lo:q, which had flags F. The other end s
 * is at lo:p, where l listens. A deaf socket holds a state for as long as wanted. P is the protocol
 * where it is chosen, Q where it is repeated. BOUND is the CLOSED state of a socket that has a
 * port, SHUT is the FIN_WAIT2 of one that is still open.
 */
#define LISTENER(P) "l " P " bind any:p listen; "
#define UP(P, Q, F) LISTENER(P) "c " Q " " F " bind lo:q connect lo:p; l accept s; "
#define CLOSED(P, Q, F) UP(P, Q, F) "c linger=0 close; "
#define BOUND(P, Q, F) LISTENER(P) "c " Q " " F " bind lo:q; "
#define LISTEN(P, Q, F) LISTENER(P) "c " Q " " F " bind lo:q listen; "
#define SYN_SENT(P, Q, F) \
	"l " P " deaf bind lo:p listen; m " Q " bind lo2:p listen; " \
	"c " Q " " F " bind lo:q begin lo:p; "
#define SYN_RECV(P, Q, F) SYN_SENT(P, Q, F) "l close; x " Q " deaf bind lo:p begin lo:q; "
#define ESTABLISHED(P, Q, F) UP(P, Q, F)
#define FIN_WAIT1(P, Q, F) UP(P, Q, F) "s deaf; c close; "
#define FIN_WAIT2(P, Q, F) UP(P, Q, F) "c close; "
#define SHUT(P, Q, F) UP(P, Q, F) "c shutdown=wr; "
#define CLOSE_WAIT(P, Q, F) UP(P, Q, F) "s close; "
#define CLOSING(P, Q, F) \
	UP(P, Q, F) "c deaf; s deaf; c shutdown=wr; s shutdown=wr; c hear close; "
#define LAST_ACK(P, Q, F) UP(P, Q, F) "s close; c deaf close; "
#define TIME_WAIT(P, Q, F) UP(P, Q, F) "c close; s close; "

/* A state on v4, and on both. */
#define ON4(STATE, F) STATE("tcp4", "tcp4", F)
#define ON(STATE, F) STATE("{tcp4,tcp6}", "{1}", F)

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
/* clang-format on */

static const struct ft_probe probe = {
	.name = "linger",
	.question = "Which state of a former connection blocks its address, for whom?",
	.matrices = matrices,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}

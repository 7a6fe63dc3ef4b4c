/* SPDX-License-Identifier: MIT */
/*
 * Which of two sockets on a port may listen, in which order, and which one gets the connection?
 *
 * The rules, as the kernel has them today:
 *  1. listen() looks at all owners of the port again, with the flags of that moment, and now the
 *     socket counts as a listener: two reuseaddr sockets cannot both listen, two reuseport
 *     sockets of one owner can (inet_csk_listen_start(), inet_csk_get_port()).
 *  2. Who is refused keeps its port and may try again, for example when the other has closed.
 *  3. A connection goes to a listener of the exact address, else to a wildcard one: a specific
 *     one wins even over a wildcard one that is bound to the very device
 *     (__inet_lookup_listener()).
 *  4. Among listeners of one address class: device-bound before any device, v4 before dual-stack,
 *     so_incoming_cpu of this CPU before others; then the newest, except v6 reuseport sockets,
 *     which queue up behind (compute_score(), inet_hash()).
 *  5. Reuseport sockets that started to listen on one and the same address are a group: a BPF
 *     program chooses, else a hash of the 4-tuple (reuseport_select_sock()). The cases here pin
 *     the choice by a program that always returns one index, for a hash cannot be repeated.
 *  6. A socket that is bound and does not listen gets nothing and does no harm.
 *  7. A listener that closes resets what waits in its queue, unless tcp_migrate_req is on and its
 *     group has another member (ip-sysctl).
 *  8. shutdown(SHUT_RD) ends listening: an explicit port is kept, one of the kernel's choice
 *     lost.
 *  9. An owner that does not listen, whatever its state, stands in the way of listen() only if it
 *     shares no flag with the socket now; its user counts where that flag is SO_REUSEPORT.
 * 10. The queue and the requests are counted apart: each is full at one more than the backlog,
 *     which is at most somaxconn; then SYNs are dropped, or answered by cookies
 *     (sk_acceptq_is_full(), tcp_conn_request()). tcp_abort_on_overflow resets who comes last
 *     (ip-sysctl).
 * 11. A listener of MPTCP is found, scored and grouped as one of TCP (mptcp_listen()).
 */
#include "probe/probe.h"
#include "states.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define REUSEPORT "{reuseport,reuseaddr reuseport}"
#define SHARE "{reuseaddr,reuseport,reuseaddr reuseport}"
/* A wildcard and a specific address of each kind, with all flags. */
#define V4 "tcp4 " FLAGS " bind {any,lo}:p"
#define V6 "{tcp6 " FLAGS " bind {any,lo,lo4},tcp6 v6only " FLAGS " bind any}:p"

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */
static const char *const matrices[] = {
	/* Both bind, then a listens first; and b first: all flags, v4 and v6. */
	"a " V4 "; b " V4 "; a listen; b listen",
	"a " V4 "; b " V4 "; b listen; a listen",
	"a {tcp6 " FLAGS " bind {any,lo,lo4},tcp6 v6only " FLAGS " bind any}:p; "
	"b {tcp4 " FLAGS " bind {any,lo},tcp6 " FLAGS " bind any}:p; a listen; b listen",
	"a {tcp6 " FLAGS " bind {any,lo,lo4},tcp6 v6only " FLAGS " bind any}:p; "
	"b {tcp4 " FLAGS " bind {any,lo},tcp6 " FLAGS " bind any}:p; b listen; a listen",
	/* a listens before b binds. */
	"a " V4 " listen; b " V4 " listen",
	"a " V6 " listen; b " V4 " listen",
	"a " V4 " listen; b " V6 " listen",

	/* Rules 1 and 2, said in full: the loser may listen when the winner has gone. */
	"a {tcp4,tcp6} reuseaddr {,reuseport} bind lo:p; b {1} reuseaddr bind lo:p; a listen; "
	"b listen; a close; b listen; c {1} connect lo:p"
	" => a.listen=ok b.listen=EADDRINUSE b.listen.2=ok c.connect=ok>b",
	"a {tcp4,tcp6} reuseaddr bind lo:p; b {1} reuseaddr {,reuseport} bind lo:p; b listen; "
	"a listen; b close; a listen; c {1} connect lo:p"
	" => b.listen=ok a.listen=EADDRINUSE a.listen.2=ok c.connect=ok>a",
	"a {tcp4,tcp6} " REUSEPORT " bind lo:p; b {1} " REUSEPORT " bind lo:p; a listen; b listen; "
	"c {1} bind lo:p => a.listen=ok b.listen=ok c.bind=EADDRINUSE",
	"as 1000 a tcp4 reuseaddr bind lo:p; as 1001 b tcp4 reuseaddr bind lo:p; a listen; b listen"
	" => a.listen=ok b.bind=ok b.listen=EADDRINUSE",

	/* ... and whatever state the other one is in but LISTEN: b, bound before, listens. */
	"b {tcp4,tcp6} " SHARE " bind {lo,any}:q; " FT_LIVING("{1}", "{1}", "", SHARE, "lo")
	"b listen; d {1} connect lo:q",
	"b {tcp4,tcp6} " SHARE " bind {lo,any}:q; " FT_LEFT("{1}", "{1}", "", SHARE, "lo")
	"b listen; d {1} connect lo:q",
	"b {tcp4,tcp6} reuseaddr bind lo:q; " FT_LIVING("{1}", "{1}", "", "reuseaddr", "lo")
	"c reuseaddr=0; b listen => b.listen=EADDRINUSE",
	/* Owners: listen() asks again whose the other one is. */
	"as 1000 a {tcp4,tcp6} " FLAGS " bind lo:p; {,as 1000,as 1001} b {1} " FLAGS " bind lo:p; "
	"a listen; b listen; c {1} connect lo:p",
	"a tcp4 reuseport bind lo:p; b tcp4 reuseport bind lo:p; a fchown=1000; y tcp4 bind lo2:p; "
	"a listen; b listen => a.listen=EADDRINUSE b.listen=EADDRINUSE",

	/* Who gets it? Two listeners of different classes, both orders; then the other one. */
	"a tcp4 " REUSEPORT " bind any:p listen; b tcp4 " REUSEPORT " bind lo:p listen; "
	"c tcp4 connect lo:p; d tcp4 connect lo2:p; b close; f tcp4 connect lo:p"
	" => c.connect=ok>b d.connect=ok>a f.connect=ok>a",
	"b tcp4 " REUSEPORT " bind lo:p listen; a tcp4 " REUSEPORT " bind any:p listen; "
	"c tcp4 connect lo:p; d tcp4 connect lo2:p; b close; f tcp4 connect lo:p"
	" => c.connect=ok>b d.connect=ok>a f.connect=ok>a",
	"a tcp6 reuseport bind any:p listen; b tcp6 reuseport bind {lo,lo4}:p listen; "
	"c tcp6 connect {1}:p; b close; d tcp6 connect {1}:p => c.connect=ok>b d.connect=ok>a",
	/* v4 before dual-stack, whatever the order; mapped-specific before the v4 wildcard. */
	"a tcp4 reuseport bind any:p listen; b tcp6 reuseport bind any:p listen; "
	"c tcp4 connect lo:p; g tcp6 connect lo:p; a close; d tcp4 connect lo:p"
	" => c.connect=ok>a g.connect=ok>b d.connect=ok>b",
	"b tcp6 reuseport bind any:p listen; a tcp4 reuseport bind any:p listen; "
	"c tcp4 connect lo:p; g tcp6 connect lo:p; a close; d tcp4 connect lo:p"
	" => c.connect=ok>a g.connect=ok>b d.connect=ok>b",
	"a tcp4 reuseport bind any:p listen; b tcp6 reuseport bind lo4:p listen; "
	"c tcp4 connect lo:p"
	" => c.connect=ok>b",
	"a tcp6 v6only bind any:p listen; b tcp4 bind any:p listen; c tcp4 connect lo:p; "
	"d tcp6 connect lo:p; f tcp6 connect lo4:p => c.connect=ok>b d.connect=ok>a f.connect=ok>b",
	/* A dual-stack listener alone gets v4, v6 and mapped; a v6only one does not. */
	"a tcp6 bind any:p listen; c tcp4 connect {lo,lo2}:p; d tcp6 connect {lo,lo4}:p"
	" => c.connect=ok>a d.connect=ok>a",
	"a tcp6 v6only bind any:p listen; c tcp4 connect lo:p; d tcp6 connect lo:p; "
	"f tcp6 connect lo4:p"
	" => c.connect=ECONNREFUSED d.connect=ok>a f.connect=ECONNREFUSED",
	/* Every other pair of kinds, with a client of every kind. */
	"a {tcp4 reuseport bind {any,lo},tcp6 reuseport bind {lo,lo4}}:p listen; "
	"b {tcp6 reuseport bind any,tcp6 v6only reuseport bind any,tcp4 bind lo2}:p listen; "
	"c {tcp4 connect {lo,lo2},tcp6 connect {lo,lo4}}:p",

	/* Rule 4: two that are no group, the newest wins; a group's steering is pinned. */
	"a tcp4 reuseport bind lo:p listen reuseport=0; b tcp4 reuseport bind lo:p listen; "
	"c tcp4 connect lo:p; d tcp4 connect lo:p; b close; f tcp4 connect lo:p"
	" => c.connect=ok>b d.connect=ok>b f.connect=ok>a",
	"a tcp4 bind lo:p listen reuseport; b tcp4 reuseport bind lo:p listen steer=0; "
	"c tcp4 connect lo:p; b steer=1; d tcp4 connect lo:p => c.connect=ok>a d.connect=ok>b",
	"a {tcp4,tcp6} reuseport bind {any,lo}:p listen; b {1} reuseport bind {2}:p listen; "
	"c {1} reuseport bind {2}:p listen; a steer={0,1,2}; d {1} connect lo:p; "
	"f {1} connect lo:p",
	"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen; a steer={0,1}; "
	"c tcp4 connect lo:p => c.connect=ok>a|b",
	/* The program is the group's: it outlives its owner; the last member takes the gap. */
	"a tcp4 reuseport bind lo:p listen steer=1; b tcp4 reuseport bind lo:p listen; "
	"c tcp4 reuseport bind lo:p listen; d tcp4 connect lo:p; a close; f tcp4 connect lo:p"
	" => d.connect=ok>b f.connect=ok>b",
	"a tcp4 reuseport bind lo:p listen; b tcp4 reuseport bind lo:p listen; "
	"c tcp4 reuseport bind lo:p listen steer=0; d tcp4 connect lo:p; a close; "
	"f tcp4 connect lo:p"
	" => d.connect=ok>a f.connect=ok>c",
	/* Out of range is no drop; without a group there is nothing to steer. */
	"a tcp4 reuseport bind lo:p listen steer=7; c tcp4 connect lo:p => c.connect=ok>a",
	"a tcp4 bind lo:p listen steer=0 => a.steer=EINVAL",
	"a tcp4 bind lo:p listen reuseport steer=0 => a.steer=EINVAL",
	/* so_incoming_cpu chooses within a group and between single listeners. */
	"cpu {0,1}; a tcp4 reuseport incoming_cpu=0 bind lo:p listen; "
	"b tcp4 reuseport incoming_cpu=1 bind lo:p listen; c tcp4 connect lo:p; "
	"d tcp4 connect lo:p",
	"cpu 0; a tcp4 reuseport incoming_cpu=0 bind lo:p listen; "
	"b tcp4 reuseport incoming_cpu=1 bind lo:p listen; c tcp4 connect lo:p => c.connect=ok>a",
	"cpu 1; a tcp4 reuseport incoming_cpu=0 bind lo:p listen; "
	"b tcp4 reuseport incoming_cpu=1 bind lo:p listen; c tcp4 connect lo:p => c.connect=ok>b",
	/* ... of single ones whatever the order, as long as neither is asked for its group. */
	"{cpu 0; ,cpu 1; ,}a {tcp4,tcp6} reuseport incoming_cpu={0,1} bind lo:p listen "
	"reuseport=0; "
	"b {2} reuseport {,incoming_cpu=0,incoming_cpu=1} bind lo:p listen reuseport=0; "
	"c {2} connect lo:p",
	"cpu 1; a tcp4 reuseport incoming_cpu=1 bind lo:p listen reuseport=0; "
	"b tcp4 reuseport bind lo:p listen reuseport=0; c tcp4 connect lo:p => c.connect=ok>a",

	/* Devices: rules 3 and 4, and a change under a listener. */
	"a tcp4 reuseport bindtodevice=lo bind any:p listen; b tcp4 reuseport bind lo:p listen; "
	"c tcp4 connect lo:p => c.connect=ok>b",
	"a tcp4 reuseport bindtodevice=lo bind any:p listen; b tcp4 reuseport bind any:p listen; "
	"c tcp4 connect lo:p => c.connect=ok>b",
	"a tcp6 reuseport bind any:p listen; b tcp6 reuseport bindtodevice=lo bind any:p listen; "
	"c tcp6 connect lo:p => c.connect=ok>a",
	"a tcp4 bindtodevice=lo bind any:p listen; b tcp4 bindtodevice=eth bind any:p listen; "
	"c tcp4 connect {lo,eth}:p; b bindtodevice=lo; d tcp4 connect lo:p",
	"a tcp4 bindtodevice=lo bind any:p listen; b tcp4 bindtodevice=eth bind any:p listen; "
	"c tcp4 connect lo:p; d tcp4 connect eth:p; f@peer tcp4 connect eth:p"
	" => c.connect=ok>a d.connect=ok>b f.connect=ok>b",
	"l tcp4 bindtodevice=lo bind any:p listen; c tcp4 connect eth:p; l bindtodevice=none; "
	"d tcp4 connect eth:p => c.connect=ECONNREFUSED d.connect=ok>l",

	"a {tcp4,tcp6} {,bindtodevice=lo,bindtodevice=eth} {,reuseport} bind any:p; "
	"b {1} {,bindtodevice=lo,bindtodevice=eth} {,reuseport} bind {any,lo}:p; a listen; "
	"b listen; c {1} connect {lo,eth}:p; d@peer {1} connect eth:p",

	/* MPTCP: its listener is found as one of TCP is, and serves both kinds. */
	"a {tcp4,mptcp4} reuseport bind {any,lo}:p listen; b {tcp4,mptcp4} reuseport bind "
	"{any,lo}:p listen; {c tcp4,c mptcp4} connect {lo,lo2}:p",
	"a {tcp6,mptcp6} reuseport bind {any,lo}:p listen; b {tcp4,mptcp4,tcp6,mptcp6} reuseport "
	"bind any:p listen; c {tcp4,mptcp4,tcp6,mptcp6} connect lo:p",

	/* Rule 6. */
	"a tcp4 reuseport bind lo:p; c tcp4 connect lo:p => c.connect=ECONNREFUSED",
	"a tcp4 reuseport bind lo:p; b tcp4 reuseport bind {lo,any}:p listen; c tcp4 connect lo:p; "
	"d tcp4 connect lo:p => c.connect=ok>b d.connect=ok>b",

	/* Rule 7: what waits in the queue, with and without a group that could take it. */
	"sysctl tcp_migrate_req=0; a tcp4 reuseport bind lo:p listen steer=0; "
	"b tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; a close; c recv; b accept s"
	" => c.connect=ok>a c.recv=ECONNRESET b.accept=EAGAIN",
	"sysctl tcp_migrate_req=1; a tcp4 reuseport bind lo:p listen steer=0; "
	"b tcp4 reuseport bind lo:p listen; c tcp4 connect lo:p; a close; c recv; b accept s"
	" => c.connect=ok>a c.recv=EAGAIN b.accept=ok",
	"a tcp4 bind lo:p listen; c tcp4 connect lo:p; a close; c recv => c.recv=ECONNRESET",
	"a tcp4 bind lo:p listen; c tcp4 connect lo:p; a accept s close; c recv"
	" => a.accept=ok c.recv=EAGAIN",

	/* Rule 8: shutdown and listen again, alone and with a rival. */
	"a tcp4 bind lo:p listen shutdown={rd,rdwr}; c tcp4 connect lo:p; a listen; "
	"d tcp4 connect lo:p"
	" => c.connect=ECONNREFUSED a.listen.2=ok d.connect=ok>a",
	"a tcp4 bind lo:p listen shutdown=wr; c tcp4 connect lo:p; d tcp4 bind lo:p",
	"a tcp4 bind lo:0 listen shutdown=rd; b tcp4 bind lo:e1 => b.bind=ok",
	"a tcp4 bind lo:p listen shutdown=rd; b tcp4 bind lo:p => b.bind=EADDRINUSE",
	"a tcp4 {reuseaddr,reuseport} bind lo:p listen shutdown=rd; b tcp4 {1} bind lo:p listen; "
	"a listen; b steer=0; c tcp4 connect lo:p",

	/* A listener and what comes after it: close, bind and listen again at once. */
	"a {tcp4,tcp6} " FLAGS " bind {any,lo}:p listen close; b {1} " FLAGS " bind {any,lo}:p "
	"listen; c {1} connect lo:p => b.bind=ok b.listen=ok c.connect=ok>b",
	/* listen() without bind(), and after one that failed: a port of the kernel's choice. */
	"a tcp4 listen; c tcp4 connect lo:e1 => a.listen=ok(any:e1) c.connect=ok>a",
	"a tcp4 bind lo:p listen; b tcp4 bind lo:p; b listen; c tcp4 connect lo:p; "
	"d tcp4 connect lo:e1"
	" => b.bind=EADDRINUSE b.listen=ok(any:e1) c.connect=ok>a d.connect=ok>b",
	/* Who cannot listen. */
	"l tcp4 bind lo:q listen; a tcp4 bind lo:p connect lo:q; a listen => a.listen=EINVAL",
	"a udp4 bind lo:p listen => a.listen=EOPNOTSUPP",
	"a tcp4 bind lo:p listen; b tcp4 bind lo:q listen; a connect lo:q => a.connect=EISCONN",
	/* The queue admits one more than the backlog. */
	"l tcp4 bind lo:p listen=1; a tcp4 connect lo:p; b tcp4 connect lo:p; c tcp4 connect lo:p"
	" => a.connect=ok b.connect=ok c.connect=pending",
	"sysctl core.somaxconn={0,1,2}; l tcp4 bind lo:p listen={0,1,5}; a tcp4 connect lo:p; "
	"b tcp4 connect lo:p; c tcp4 connect lo:p; d tcp4 connect lo:p",
	"sysctl core.somaxconn=1; l tcp4 bind lo:p listen=5; a tcp4 connect lo:p; "
	"b tcp4 connect lo:p; c tcp4 connect lo:p => a.connect=ok>l b.connect=ok>l "
	"c.connect=pending",
	/* ... as many requests are remembered, and the others answered by a cookie. */
	"l {tcp4,tcp6,mptcp4} bind lo:p listen={0,1,2}; a {1} deaf begin lo:p; b {1} deaf begin "
	"lo:p; c {1} deaf begin lo:p; d {1} deaf begin lo:p; look lo:p",
	/* ... a's last segment comes when b has taken the only place. */
	"sysctl tcp_abort_on_overflow={0,1}; l {tcp4,tcp6} bind lo:p listen=0; a {2} deaf begin "
	"lo:p; b {2} connect lo:p; a hear; wait 1.2s; a recv; l accept s; a recv",
	"sysctl tcp_abort_on_overflow=1; l tcp4 bind lo:p listen=0; a tcp4 deaf begin lo:p; "
	"b tcp4 connect lo:p; a hear; wait 1.2s; a recv => b.connect=ok>l a.recv=ECONNRESET",
	/* What is in the queue at once, and what waits for data or for an acknowledgement. */
	"l {tcp4,tcp6} {,defer_accept=5,defer_accept=9} bind lo:p listen; "
	"c {1} {,defer_accept=5,quickack=0} begin lo:p; l accept s; c send; l accept t",
	"l tcp4 defer_accept=9 bind lo:p listen; c tcp4 connect lo:p; l accept s"
	" => c.connect=ok>none l.accept=EAGAIN",

	/* What servers in Go do: net.Listen sets reuseaddr before bind(); a raw socket call chain
	 * bind, listen, accept does not, and keeps a Go server out of the port. */
	"g tcp4 reuseaddr bind any:p listen; c tcp4 nodelay connect lo:p; g accept s; s nodelay; "
	"d tcp4 connect lo:p => c.connect=ok>g g.accept=ok d.connect=ok>g",
	"r tcp4 bind any:p listen; c tcp4 connect lo:p; r accept s; r close; "
	"g tcp4 reuseaddr bind any:p"
	" => g.bind=EADDRINUSE",
	"g tcp4 reuseaddr bind any:p listen; c tcp4 connect lo:p; g accept s; g close; "
	"h tcp4 reuseaddr bind any:p listen => h.bind=ok h.listen=ok",
	"g tcp4 reuseaddr reuseaddr|reuseport bind any:p listen; h tcp4 reuseaddr "
	"reuseaddr|reuseport bind any:p listen; g steer={0,1}; c tcp4 connect lo:p => h.listen=ok "
	"c.connect=ok>g|h",
	NULL,
};

static const char *const full[] = {
	/* Devices with all flags, both orders of listen(). */
	"a {tcp4,tcp6} {,bindtodevice=lo,bindtodevice=eth} " FLAGS " bind {any,lo}:p; "
	"b {1} {,bindtodevice=lo,bindtodevice=eth} " FLAGS " bind {any,lo}:p; "
	"{a listen; b listen,b listen; a listen}; c {1} connect {lo,eth}:p",
	/* Three that may share, in three orders. */
	"a {tcp4,tcp6} " SHARE " bind {any,lo}:p; b {1} " SHARE " bind {any,lo}:p; "
	"c {1} " SHARE " bind {any,lo}:p; {a listen; b listen; c listen,b listen; c listen; "
	"a listen,c listen; a listen; b listen}; d {1} connect lo:p; f {1} connect lo2:p",
	/* The flags of that moment: set and cleared between bind() and listen(). */
	"a {tcp4,tcp6} " SHARE " bind lo:p; b {1} " SHARE " bind {lo,any}:p; "
	"{a,b} {reuseaddr=0,reuseport=0,reuseaddr,reuseport,reuseaddr=0 reuseport=0}; "
	"{a listen; b listen,b listen; a listen}; d {1} connect lo:p",
	/* MPTCP with all flags against TCP. */
	"a {tcp4,tcp6} " FLAGS " bind {any,lo}:p; b mptcp{4,6} " FLAGS " bind {any,lo}:p; "
	"{a listen; b listen,b listen; a listen}; c {tcp4,mptcp4,tcp6} connect lo:p",
	NULL,
};
/* clang-format on */

static const struct ft_probe probe = {
	.name = "listen",
	.question = "Which of two sockets on a port may listen, and which one gets the connection?",
	.matrices = matrices,
	.full = full,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}

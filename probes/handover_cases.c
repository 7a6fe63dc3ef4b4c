/* SPDX-License-Identifier: MIT */
/*
 * In which orders do an old listener go and a new one come, and what do their clients live through?
 *
 * The rules meant here are numbered in handover.c. o is the old listener, n the new one; clients a
 * and b have come before, c comes between the two steps, d afterwards.
 */
#include <stddef.h>

#include "handover.h"

#define FLAGS "{,reuseaddr,reuseport,reuseaddr reuseport}"
#define MIGRATE "sysctl tcp_migrate_req=1; "

/* A matrix begins at the margin, as in a .cases file. */
/* clang-format off */

/* A process accepts what waits and answers it; then every client says what it heard. */
#define SERVE(X, Y) X " accept " Y "; " Y " send; "
#define SERVE2 SERVE("n", "x") SERVE("n", "y")
#define SERVE4 SERVE2 SERVE("n", "z") SERVE("n", "w")
#define HEARD2 "a recv; b recv"
#define HEARD4 HEARD2 "; c recv; d recv"

/* Matrices whose first three groups are family, flags and address. */
#define OLD "o {tcp4,tcp6} {reuseport,reuseaddr reuseport} bind {lo,any}:p listen; "
#define NEW "n {1} {2} bind {3}:p"
#define A "a {1} connect lo:p; "
#define B "b {1} connect lo:p; "
#define C "c {1} connect lo:p; "
#define D "d {1} connect lo:p; "
/* Not waited for: where they are is not to be seen in a queue. */
#define BEGUN "a {1} begin lo:p; b {1} begin lo:p; "

/* Every order of the old one's end and the new one's three steps. */
#define ORDERS(NEW, C) "{" \
	NEW " listen; " C "o close; ," \
	NEW " listen; " C "o shutdown=rd; ," \
	"o close; " C NEW " listen; ," \
	"o shutdown=rd; " C NEW " listen; ," \
	NEW "; " C "o close; n listen; ," \
	NEW "; o close; " C "n listen; ," \
	NEW "; o shutdown=rd; " C "n listen; }"
/* The descriptor is inherited; a second listen() is what a program does that does not know it. */
#define INHERITED "{" \
	"o dup n; " C "o close; ," \
	"o dup n; " C "n listen; o close; ," \
	"o dup n; o close; " C "n listen=1; ," \
	"o dup n; o shutdown=wr; " C "o close; ," \
	"o dup n; o shutdown=rd; " C "," \
	"o dup n; " C "o shutdown=rd; n listen; }"
/* The old one has accepted a, and either end may have sent its FIN; or it has closed a's connection
 * (FIN_WAIT2), perhaps seen its end, too (TIME_WAIT). */
#define LIVING "{o accept u; ,o accept u; u shutdown=wr; ,o accept u; a shutdown=wr; }"
#define ENDED "{o accept u; u close; ,o accept u; u close; a shutdown=wr; }"

/* Half-open connections. With TCP_DEFER_ACCEPT clients believe to be connected until they send;
 * deaf clients have not heard the SYN-ACK, and hear the next one. */
#define SPOKEN "a send; b send; "
#define LATER(NEW) "{" \
	NEW " listen; o close; ," \
	NEW " listen; o shutdown=rd; ," \
	"o close; " NEW " listen; ," \
	"o shutdown=rd; " NEW " listen; ," \
	NEW "; o close; n listen; }"

/* Listeners of every kind, for a handover from one kind to the other. */
#define KINDS "{tcp4 reuseport bind any,tcp4 reuseport bind lo,tcp6 reuseport bind any," \
	"tcp6 v6only reuseport bind any,tcp6 reuseport bind lo,tcp6 reuseport bind lo4}:p"
#define CLIENTS "{tcp4 connect lo,tcp6 connect lo,tcp6 connect lo4}:p; "

/* Two new processes, as workers are; the hash picks. */
#define WORKERS "o {tcp4,tcp6} reuseport bind {lo,any}:p listen; a {1} connect lo:p; " \
	"b {1} connect lo:p; n {1} reuseport bind {2}:p listen; m {1} reuseport bind {2}:p " \
	"listen; " \
	"c {1} connect lo:p; {o close,o shutdown=rd}; d {1} connect lo:p; " SERVE2 \
	SERVE("m", "z") SERVE("m", "w") HEARD4

const char *const ft_handover_matrices[] = {
	/* Old and new share the port by SO_REUSEPORT: every order, with data that was sent. */
	OLD A B "{,a send; }" ORDERS(NEW, C) D SERVE4 HEARD4,
	/* The same with a connection that the old one has accepted, which it serves to the end. */
	OLD A B "o accept u; " ORDERS(NEW, C) D SERVE4 "u send; " HEARD4,
	/* Close, then bind again, past what is left of connections: all flags of old and new. */
	"o {tcp4,tcp6} " FLAGS " bind {any,lo}:p listen; " A B LIVING "o close; " C
	"n {1} " FLAGS " bind {3}:p listen; " D SERVE2 "u send; a recv; b recv; d recv",
	"o {tcp4,tcp6} " FLAGS " bind {any,lo}:p listen; " A B ENDED "o close; " C
	"n {1} " FLAGS " bind {3}:p listen; " D SERVE2 "a recv; b recv; d recv",
	"o {tcp4,tcp6} " FLAGS " bind {any,lo}:p listen; " A B "{,a send; }o close; " C
	"n {1} " FLAGS " bind {3}:p listen; " D SERVE2 HEARD4,
	/* A process that stands by: bound before the old one listens, all flags. */
	"o {tcp4,tcp6} " FLAGS " bind {lo,any}:p; n {1} " FLAGS " bind {3}:p; o listen; " A
	"{o close; " C "n listen; ,n listen; " C "o close; ,o shutdown=rd; " C "n listen; }" D
	SERVE4 "a recv; c recv; d recv",
	/* The descriptor is inherited: one socket, whoever closes it first. */
	"o {tcp4,tcp6} {,reuseaddr,reuseport} bind {lo,any}:p listen; " A B "{,a send; }" INHERITED
	D SERVE4 HEARD4,
	/* From one kind of listener to the other. */
	"o " KINDS " listen; a " CLIENTS "n " KINDS " listen; c {2}:p; o close; d {2}:p; " SERVE2
	"a recv; c recv; d recv",
	/* A program sends all that comes to the new one; the old one is emptied, then it goes. */
	"o {tcp4,tcp6} reuseport bind {lo,any}:p listen; " A B "n {1} reuseport bind {2}:p listen; "
	"{o,n} steer=1; " C SERVE("o", "u") "{,o accept v; v send; }{o close,o shutdown=rd}; " D
	SERVE4 HEARD4,
	/* ... or it is sent to the new one by setting the old one's flag off: no group any more. */
	"o {tcp4,tcp6} reuseport bind {lo,any}:p listen; " A "o reuseport=0; "
	"n {1} reuseport bind {2}:p listen; " C SERVE("o", "u") SERVE("o", "v") "o close; " D SERVE2
	"a recv; c recv; d recv",
	WORKERS,

	/* The queue migrates if the new one was there before. */
	MIGRATE "o {tcp4,tcp6} reuseport bind {lo,any}:p listen; " A B "{,a send; }"
	ORDERS("n {1} reuseport bind {2}:p", C) D SERVE4 HEARD4,
	MIGRATE "o " KINDS " listen; a tcp6 connect {lo,lo4}:p; n " KINDS " listen; o close; n "
	"accept x; "
	"x send; a recv",
	MIGRATE WORKERS,

	/* Half open by TCP_DEFER_ACCEPT, with and without data by now. */
	"o {tcp4,tcp6} reuseport defer_accept=5 bind {lo,any}:p listen; " BEGUN "{,a send; }"
	LATER("n {1} reuseport {,defer_accept=5 }bind {2}:p") SPOKEN SERVE2 HEARD2,
	MIGRATE "o {tcp4,tcp6} reuseport defer_accept=5 bind lo:p listen; " BEGUN "{,a send; }"
	LATER("n {1} reuseport {,defer_accept=5 }bind lo:p") SPOKEN SERVE2 HEARD2,
	/* Half open by a SYN-ACK that was not heard: the client hears again before or after. */
	"o {tcp4,tcp6} reuseport bind {lo,any}:p listen; a {1} deaf begin lo:p; " B
	LATER("n {1} reuseport bind {2}:p") "a hear; wait 1.2s; " SERVE2 HEARD2,
	"o {tcp4,tcp6} reuseport bind {lo,any}:p listen; a {1} deaf begin lo:p; " B
	"a hear; wait 1.2s; " LATER("n {1} reuseport bind {2}:p") SERVE2 HEARD2,
	MIGRATE "o {tcp4,tcp6} reuseport bind lo:p listen; a {1} deaf begin lo:p; " B
	LATER("n {1} reuseport bind lo:p") "a hear; wait 1.2s; " SERVE2 HEARD2,

	/* Full queues: those who find no place send their SYN again, to whoever listens then. */
	"{,sysctl tcp_migrate_req=1; }o tcp4 reuseport bind lo:p listen={0,1,2}; a tcp4 begin "
	"lo:p; "
	"b tcp4 begin lo:p; c tcp4 begin lo:p; n tcp4 reuseport bind lo:p listen={0,2}; "
	"{o close,o shutdown=rd}; wait 1.2s; " SERVE2 SERVE("n", "z") "a recv; b recv; c recv",
	/* Data with the SYN: the connection is in the queue before its handshake is over. */
	"{,sysctl tcp_migrate_req=1; }o {tcp4,tcp6} reuseport fastopen=5 bind lo:p listen; "
	"f {2} fastopen lo:p; o accept v; a {2} fastopen lo:p; b {2} fastopen lo:p; "
	ORDERS("n {2} reuseport {,fastopen=5 }bind lo:p", "") SERVE2 HEARD2,
	/* UDP: what was not read goes with its socket; a connected client hears of it by ICMP. */
	"o {udp4,udp6} " FLAGS " bind {lo,any}:p; a {1} connect lo:p; a send; "
	"{n {1} " FLAGS " bind {3}:p; a send; o close; ,o close; a send; n {1} " FLAGS " bind "
	"{3}:p; ,"
	"o dup n; a send; o close; }a send; n recv; n recv; n recv; a recv",

	/* Rule 1. */
	"o tcp4 reuseport bind lo:p listen; a tcp4 connect lo:p; a send; "
	"n tcp4 reuseport bind lo:p listen; o close; a recv"
	" => n.listen=ok a.connect=ok>o a.recv=ECONNRESET",
	/* It leaves nothing: no owner of the port, no TIME_WAIT. */
	"o {tcp4,tcp6} bind lo:p listen; a {1} connect lo:p; o close; look lo:p; n {1} bind lo:p "
	"listen"
	" => a.connect=ok>o look=none n.bind=ok n.listen=ok",
	/* To accept until there is nothing more does not help: c comes before the close. */
	"o tcp4 reuseport bind lo:p listen; a tcp4 connect lo:p; o accept u; o accept v; u send; "
	"c tcp4 connect lo:p; o close; a recv; c recv"
	" => o.accept=ok o.accept.2=EAGAIN c.connect=ok>o a.recv=1 c.recv=ECONNRESET",
	/* Rule 2. A request owns no port: bind() needs no flag. */
	"o {tcp4,tcp6} bind lo:p listen; a {1} deaf begin lo:p; o close; n {1} bind lo:p listen; a "
	"hear; "
	"wait 1.2s; n accept x; x send; a recv => n.bind=ok n.listen=ok n.accept=ok a.recv=1",
	"o {tcp4,tcp6} defer_accept=5 bind lo:p listen; a {1} connect lo:p; o close; "
	"n {1} bind lo:p listen; a recv; a send; a recv; n accept x => a.connect=ok>none "
	"n.listen=ok "
	"a.recv=EAGAIN a.send=ok a.recv.2=ECONNRESET n.accept=EAGAIN",
	/* Nobody tells the client, which may wait for long: lost. */
	"o tcp4 defer_accept=5 bind lo:p listen; a tcp4 connect lo:p; o close; wait 1.5s; a recv"
	" => a.recv=EAGAIN",
	/* Rule 3. */
	"o {tcp4,tcp6} {,reuseaddr,reuseport} bind lo:p listen; a {1} connect lo:p; o accept u; o "
	"close; "
	"n {1} {2} bind lo:p; u send; a recv; a send; u recv => a.recv=1 u.recv=1",
	"o tcp4 bind lo:p listen; a tcp4 connect lo:p; o accept u; o close; n tcp4 " FLAGS " bind "
	"lo:p; "
	"b tcp4 connect lo:p; u close; a close; n bind lo:p"
	" => n.bind=EADDRINUSE b.connect=ECONNREFUSED n.bind.2=EADDRINUSE",
	"o tcp4 reuseaddr bind lo:p listen; a tcp4 connect lo:p; o accept u; o close; "
	"n tcp4 reuseaddr bind lo:p listen; b tcp4 connect lo:p; n accept x; x send; b recv; u "
	"send; "
	"a recv => n.listen=ok b.connect=ok>n b.recv=1 a.recv=1",
	/* Rule 4. */
	"o tcp4 reuseaddr bind lo:p listen; n tcp4 reuseaddr bind lo:p; o close; b tcp4 connect "
	"lo:p; "
	"n bind lo:p listen; c tcp4 connect lo:p"
	" => n.bind=EADDRINUSE b.connect=ECONNREFUSED n.bind.2=ok c.connect=ok>n",
	"n tcp4 reuseaddr bind lo:p; o tcp4 reuseaddr bind lo:p listen; n listen; o close; "
	"b tcp4 connect lo:p; n listen; c tcp4 connect lo:p"
	" => n.listen=EADDRINUSE b.connect=ECONNREFUSED n.listen.2=ok c.connect=ok>n",
	"o tcp4 reuseport bind lo:p listen; n tcp4 reuseport bind lo:p listen; o close; "
	"b tcp4 connect lo:p; n accept x; x send; b recv => b.connect=ok>n b.recv=1",
	/* Another user's process is none of the group, and gets no port. */
	"{as 1000 ,}o tcp4 reuseport bind lo:p listen; {as 1001,as 1000} n tcp4 reuseport bind "
	"lo:p listen; "
	"o close; b tcp4 connect lo:p",
	"o tcp4 reuseport bind lo:p listen; a tcp4 connect lo:p; n tcp4 reuseport fchown=1000 bind "
	"lo:p; "
	"o close; n bind lo:p listen; b tcp4 connect lo:p"
	" => n.bind=EADDRINUSE n.bind.2=ok b.connect=ok>n",
	/* Rule 5. */
	"o {tcp4,tcp6} reuseport bind lo:p listen; a {1} connect lo:p; o shutdown=rd; a recv; o "
	"accept u; "
	"b {1} connect lo:p; o listen; c {1} connect lo:p"
	" => a.recv=ECONNRESET o.accept=EINVAL b.connect=ECONNREFUSED o.listen.2=ok c.connect=ok>o",
	"o {tcp4,tcp6} bind lo:p listen; a {1} connect lo:p; o shutdown=wr; b {1} connect lo:p; "
	"o accept u; u send; a recv => b.connect=ok>o o.accept=ok a.recv=1",
	"o tcp4 bind lo:p listen; a tcp4 connect lo:p; o dup n; o shutdown=rd; n accept x; a recv; "
	"b tcp4 connect lo:p => n.accept=EINVAL a.recv=ECONNRESET b.connect=ECONNREFUSED",
	/* Rule 6. */
	"o {tcp4,tcp6} {,reuseaddr,reuseport} bind lo:p listen; a {1} connect lo:p; a send; o dup "
	"n; o close; "
	"b {1} connect lo:p; n accept x; x send; x recv; n accept y; y send; a recv; b recv"
	" => b.connect=ok>n x.recv=1 a.recv=1 b.recv=1",
	"o tcp4 defer_accept=5 bind lo:p listen; a tcp4 connect lo:p; o dup n; o close; a send; n "
	"accept x; "
	"x recv => a.connect=ok>none n.accept=ok x.recv=1",
	"o tcp4 bind lo:p listen; a tcp4 deaf begin lo:p; o dup n; o close; a hear; wait 1.2s; n "
	"accept x; "
	"x send; a recv => n.accept=ok a.recv=1",
	/* A new bind() of the same port beside the inherited one is a second listener. */
	"o tcp4 bind lo:p listen; o dup n; m tcp4 " FLAGS " bind lo:p; o close; m bind lo:p"
	" => m.bind=EADDRINUSE m.bind.2=EADDRINUSE",
	/* Rule 7. */
	MIGRATE "o {tcp4,tcp6} reuseport bind lo:p listen; a {1} connect lo:p; a send; "
	"n {1} reuseport bind lo:p listen; {o close,o shutdown=rd}; n accept x; x send; x recv; a "
	"recv"
	" => n.accept=ok x.recv=1 a.recv=1",
	MIGRATE "o tcp4 reuseport bind lo:p listen; a tcp4 connect lo:p; n tcp4 reuseport bind "
	"lo:p; "
	"o close; n listen; n accept x; a recv => n.accept=EAGAIN a.recv=ECONNRESET",
	MIGRATE "o tcp4 reuseport defer_accept=5 bind lo:p listen; a tcp4 connect lo:p; "
	"n tcp4 reuseport bind lo:p listen; o close; a send; n accept x; x recv; x send; a recv"
	" => a.connect=ok>none n.accept=ok x.recv=1 a.recv=1",
	/* ... also from a listener that got it by migration. */
	MIGRATE "o tcp4 reuseport bind lo:p listen; a tcp4 connect lo:p; n tcp4 reuseport bind "
	"lo:p listen; "
	"o close; m tcp4 reuseport bind lo:p listen; n close; m accept x; x send; a recv"
	" => m.accept=ok a.recv=1",
	MIGRATE "o tcp4 reuseport defer_accept=5 bind lo:p listen; a tcp4 connect lo:p; "
	"n tcp4 reuseport bind lo:p listen; o close; m tcp4 reuseport bind lo:p listen; n close; a "
	"send; "
	"m accept x; x send; a recv",
	/* Not to one outside of the group: another address, device or user, or no reuseport. */
	MIGRATE "o tcp4 reuseport bind lo:p listen; a tcp4 connect lo:p; "
	"n tcp4 reuseport {bind any,bindtodevice=lo bind lo}:p listen; o close; n accept x; a recv"
	" => n.listen=ok n.accept=EAGAIN a.recv=ECONNRESET",
	MIGRATE "o tcp4 bind lo:p listen; a tcp4 connect lo:p; o reuseport; n tcp4 reuseport bind "
	"lo:p listen; "
	"o close; n accept x; a recv",
	MIGRATE "o tcp4 reuseport bind lo:p listen; a tcp4 connect lo:p; o reuseport=0; "
	"n tcp4 reuseport bind lo:p listen; o close; n accept x; a recv",
	MIGRATE "as 1000 o tcp4 reuseport bind lo:p listen; a tcp4 connect lo:p; o fchown=0; "
	"n tcp4 reuseport bind lo:p listen; o close; n accept x; a recv",
	/* A listener that was shut down stays aside in its group, and comes back by listen(). */
	MIGRATE "o tcp4 reuseport bind lo:p listen; n tcp4 reuseport bind lo:p listen; o "
	"shutdown=rd; "
	"o listen; n close; b tcp4 connect lo:p => o.listen.2=ok b.connect=ok>o",
	/* tcp_migrate_req is asked when the listener goes, not when the connection comes. */
	"{sysctl tcp_migrate_req=1; ,}o tcp4 reuseport bind lo:p listen; a tcp4 connect lo:p; "
	"n tcp4 reuseport bind lo:p listen; sysctl tcp_migrate_req={0,1}; o close; n accept x; a "
	"recv",
	/* Rule 8. */
	"o tcp4 reuseport bind lo:p listen; a tcp4 connect lo:p; n tcp4 reuseport bind lo:p listen "
	"steer=1; "
	"b tcp4 connect lo:p; o accept u; u send; o accept v; o close; c tcp4 connect lo:p; n "
	"accept x; "
	"x send; n accept y; y send; a recv; b recv; c recv"
	" => b.connect=ok>n o.accept.2=EAGAIN c.connect=ok>n a.recv=1 b.recv=1 c.recv=1",
	/* ... half-open ones excepted: the old one does not see them in its queue. */
	"o tcp4 reuseport defer_accept=5 bind lo:p listen; a tcp4 connect lo:p; "
	"n tcp4 reuseport bind lo:p listen steer=1; o accept u; o close; a send; a recv"
	" => o.accept=EAGAIN a.recv=ECONNRESET",
	/* Those that end their handshake while it is still there come into its queue. */
	"o tcp4 reuseport defer_accept=5 bind lo:p listen; a tcp4 connect lo:p; "
	"n tcp4 reuseport bind lo:p listen steer=1; a send; o accept u; u recv; u send; o close; a "
	"recv"
	" => o.accept=ok u.recv=1 a.recv=1",
	/* Rule 9. */
	MIGRATE "o tcp4 reuseport bind lo:p listen; a tcp4 connect lo:p; b tcp4 connect lo:p; "
	"c tcp4 connect lo:p; n tcp4 reuseport bind lo:p listen=0; o close; n accept x; n accept "
	"y; n accept z"
	" => n.accept=ok n.accept.2=ok n.accept.3=ok",
	NULL,
};

const char *const ft_handover_full[] = {
	/* All flags of old and new: where the new one may not share, the old one must go first. */
	"o {tcp4,tcp6} " FLAGS " bind {lo,any}:p listen; " A B
	ORDERS("n {1} " FLAGS " bind {lo,any}:p", C) D SERVE2 HEARD4,
	/* ... with one that lives on. */
	"o {tcp4,tcp6} " FLAGS " bind {lo,any}:p listen; " A B "o accept u; "
	ORDERS("n {1} " FLAGS " bind {3}:p", C) D SERVE2 "u send; " HEARD4,
	"o {tcp4,tcp6} " FLAGS " bind {any,lo}:p listen; " A B LIVING "o shutdown=rd; " C
	"n {1} " FLAGS " bind {lo,any}:p listen; " D SERVE2 "u send; a recv; b recv; d recv",
	"o {tcp4,tcp6} " FLAGS " bind {any,lo}:p listen; " A B ENDED "o shutdown=rd; " C
	"n {1} " FLAGS " bind {lo,any}:p listen; " D SERVE2 "a recv; b recv; d recv",
	/* From one kind of listener to the other, close first, and where the queue may migrate. */
	"o " KINDS " listen; a " CLIENTS "o close; c {2}:p; n " KINDS " listen; d {2}:p; " SERVE2
	"a recv; c recv; d recv",
	MIGRATE "o " KINDS " listen; a " CLIENTS "n " KINDS " listen; {o close,o shutdown=rd}; d "
	"{2}:p; "
	SERVE2 "a recv; d recv",
	/* Half open in every order, all flags. */
	"o {tcp4,tcp6} " FLAGS " defer_accept=5 bind {lo,any}:p listen; " BEGUN
	LATER("n {1} " FLAGS " bind {3}:p") SPOKEN SERVE2 HEARD2,
	"o {tcp4,tcp6} " FLAGS " bind {lo,any}:p listen; a {1} deaf begin lo:p; " B
	LATER("n {1} " FLAGS " bind {3}:p") "a hear; wait 1.2s; " SERVE2 HEARD2,
	MIGRATE "o {tcp4,tcp6} reuseport defer_accept={1,5} bind {lo,any}:p listen; " BEGUN "{,a "
	"send; }"
	LATER("n {1} reuseport {,defer_accept=5 }bind {3}:p") "wait {0.1s,2.2s}; "
	SPOKEN SERVE2 HEARD2,
	/* Full queues, every size. */
	"{,sysctl tcp_migrate_req=1; }o {tcp4,tcp6} reuseport bind lo:p listen={0,1,2,3}; a {2} "
	"begin lo:p; "
	"b {2} begin lo:p; c {2} begin lo:p; d {2} begin lo:p; "
	"n {2} reuseport bind lo:p listen={0,1,2,3}; {o close,o shutdown=rd}; wait {0.1s,1.2s}; "
	SERVE4
	HEARD4,
	/* Three processes in a row, each gone before the next but one comes. */
	"{,sysctl tcp_migrate_req=1; }o {tcp4,tcp6} reuseport bind {lo,any}:p listen; a {2} "
	"connect lo:p; "
	"n {2} reuseport bind {3}:p listen; {o close,o shutdown=rd}; b {2} connect lo:p; "
	"m {2} reuseport bind {3}:p listen; {n close,n shutdown=rd}; c {2} connect lo:p; "
	SERVE("m", "x") SERVE("m", "y") SERVE("m", "z") "a recv; b recv; c recv",
	/* Workers that wait with their listen(). */
	"{,sysctl tcp_migrate_req=1; }o {tcp4,tcp6} reuseport bind lo:p listen; a {2} connect "
	"lo:p; "
	"n {2} reuseport bind lo:p; m {2} reuseport bind lo:p; {n listen; ,}{o close,o "
	"shutdown=rd}; "
	"b {2} connect lo:p; n listen; m listen; c {2} connect lo:p; " SERVE2 SERVE("m", "z")
	SERVE("m", "w") "a recv; b recv; c recv",
	/* Over a wire. */
	"o {tcp4,tcp6} reuseport bind {eth,any}:p listen; a@peer {1} connect eth:p; "
	"b@peer {1} connect eth:p; " ORDERS("n {1} reuseport bind {2}:p", "") "d@peer {1} connect "
	"eth:p; "
	SERVE4 "a recv; b recv; d recv",
	NULL,
};

/* SPDX-License-Identifier: MIT */
/*
 * How does a connection come into each of the eleven states (RFC 9293, 3.3.2), and stay there?
 *
 * Matrices for the probes whose question has the state of an owner in it. The owner is the socket c
 * at AT:q, of the kind Q and with the options F; WHO is "" or the user that makes it, "as 1000 ".
 * The other end is s at lo:p, where l listens, of the kind P, which may be a group of which Q is
 * the backreference. A deaf socket holds a state for as long as it is wanted. Where the state takes
 * that l hears nothing, m listens at lo2:p instead, and x is the third party of SYN_RECV.
 */
#ifndef FT_STATES_H
#define FT_STATES_H

/* clang-format off */

/* Behind "l P ", as alternatives of one group, whose backreferences count the groups before. */
#define FT_BEHIND_UP(Q, WHO, F, AT) \
	"bind any:p listen; " WHO "c " Q " " F " bind " AT ":q connect lo:p; l accept s; "
#define FT_BEHIND_SYN_SENT(Q, WHO, F, AT) \
	"deaf bind lo:p listen; m " Q " bind lo2:p listen; " WHO "c " Q " " F " bind " AT ":q " \
	"begin lo:p; "
#define FT_BEHIND_SYN_RECV(Q, WHO, F, AT) \
	FT_BEHIND_SYN_SENT(Q, WHO, F, AT) "l close; x " Q " deaf bind lo:p begin lo:q; "

/* BOUND is the CLOSED state of a socket that has a port, SHUT the FIN_WAIT2 of one that is still
 * open; CLOSED is what a reset leaves. */
#define FT_UP(P, Q, WHO, F, AT) "l " P " " FT_BEHIND_UP(Q, WHO, F, AT)
#define FT_CLOSED(P, Q, WHO, F, AT) FT_UP(P, Q, WHO, F, AT) "c linger=0 close; "
#define FT_BOUND(P, Q, WHO, F, AT) \
	"l " P " bind any:p listen; " WHO "c " Q " " F " bind " AT ":q; "
#define FT_LISTEN(P, Q, WHO, F, AT) \
	"l " P " bind any:p listen; " WHO "c " Q " " F " bind " AT ":q listen; "
#define FT_SYN_SENT(P, Q, WHO, F, AT) "l " P " " FT_BEHIND_SYN_SENT(Q, WHO, F, AT)
#define FT_SYN_RECV(P, Q, WHO, F, AT) "l " P " " FT_BEHIND_SYN_RECV(Q, WHO, F, AT)
#define FT_ESTABLISHED(P, Q, WHO, F, AT) FT_UP(P, Q, WHO, F, AT)
#define FT_FIN_WAIT1(P, Q, WHO, F, AT) FT_UP(P, Q, WHO, F, AT) "s deaf; c close; "
#define FT_FIN_WAIT2(P, Q, WHO, F, AT) FT_UP(P, Q, WHO, F, AT) "c close; "
#define FT_SHUT(P, Q, WHO, F, AT) FT_UP(P, Q, WHO, F, AT) "c shutdown=wr; "
#define FT_CLOSE_WAIT(P, Q, WHO, F, AT) FT_UP(P, Q, WHO, F, AT) "s close; "
#define FT_CLOSING(P, Q, WHO, F, AT) \
	FT_UP(P, Q, WHO, F, AT) "c deaf; s deaf; c shutdown=wr; s shutdown=wr; c hear close; "
#define FT_LAST_ACK(P, Q, WHO, F, AT) FT_UP(P, Q, WHO, F, AT) "s close; c deaf close; "
#define FT_TIME_WAIT(P, Q, WHO, F, AT) FT_UP(P, Q, WHO, F, AT) "c close; s close; "

/* The states in which c is still a socket, and those in which it is no more, each as one group.
 * With BOUND and LISTEN, which have no connection, they are the eleven of the standard and SHUT. */
#define FT_LIVING(P, Q, WHO, F, AT) \
	"l " P " {" FT_BEHIND_SYN_SENT(Q, WHO, F, AT) "," FT_BEHIND_SYN_RECV(Q, WHO, F, AT) "," \
	FT_BEHIND_UP(Q, WHO, F, AT) "{,c shutdown=wr; ,s close; }}"
#define FT_LEFT(P, Q, WHO, F, AT) \
	"l " P " {" FT_BEHIND_UP(Q, WHO, F, AT) "{s deaf; c close; ,c close; ,c deaf; s deaf; " \
	"c shutdown=wr; s shutdown=wr; c hear close; ,s close; c deaf close; ,c close; s close; }}"

/* clang-format on */

#endif

/* SPDX-License-Identifier: MIT */
/*
 * How do the files of the model's TCP divide the work? Private to them.
 *
 * wire.c       carries segments from one socket to another, in order, at once
 * lookup.c     finds the listener for a segment
 * handshake.c  what a socket in SYN_SENT does with a segment
 * request.c    what a listener and a request do with one
 * isn.c        the first sequence number
 * fastopen.c   data in a SYN
 * receive.c    what a connection does with a segment
 * output.c     what a connection sends: data, FIN, acknowledgements, all of it again
 * timewait.c   what remains of a connection
 * stream.c     open, listen, close, disconnect
 * clock.c      what happens as time passes
 *
 * Connections are simulated segment by segment, with sequence numbers, since what a 4-tuple's old
 * half does with a new SYN depends on them. Windows never fill and nothing is reordered, so a
 * segment carries all that is to be sent.
 */
#ifndef FT_MODEL_STREAM_H
#define FT_MODEL_STREAM_H

#include "model/state.h"

enum { FT_SYN = 1, FT_ACK = 2, FT_FIN = 4, FT_RST = 8 };

/* What a receive window holds on loopback, to the model's knowledge (net.ipv4.tcp_rmem). */
enum { FT_WINDOW = 65483 };

enum { FT_HOP_LIMIT = 64 }; /* of hosts that do not say otherwise (conf/all/hop_limit) */

#define FT_MS_NS UINT64_C(1000000)
#define FT_TIMEWAIT_NS (60000 * FT_MS_NS) /* TCP_TIMEWAIT_LEN */
enum {
	FT_RTO_FIRST_MS = 1000,
	FT_RTO_FALLBACK_MS = 3000,
	FT_RTO_MIN_MS = 204,
	FT_ATO_MIN_MS = 40,
	FT_QUICK_MAX = 16
};

static inline bool ft_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}
static inline bool ft_after(uint32_t a, uint32_t b)
{
	return ft_before(b, a);
}
/* The sequence number behind a segment. */
static inline uint32_t ft_segment_end(const struct ft_segment *g)
{
	return g->seq + g->len + !!(g->flags & FT_SYN) + !!(g->flags & FT_FIN);
}
/* tcp_in_window(). Whether a SYN is depends on how much time has passed since an older one: a
 * choice where that is not known well enough. */
bool ft_segment_in_window(struct ft_model *model, const struct ft_segment *g, uint32_t first);
/* Nobody will ever call anything on s again (SOCK_DEAD); a child in a queue may be accepted. */
static inline bool ft_is_dead(const struct ft_socket *s)
{
	return s->refs == 0 && s->listener == FT_NOBODY && !s->held;
}

/* When a timer fires that is set now. clock.c */
uint64_t ft_clock_in(struct ft_model *model, uint64_t ns);
/* What no timer is finer than. */
uint64_t ft_clock_tick(const struct ft_model *model);

/* ---- wire.c ---- */
/* Does a segment from s to its other end arrive anywhere? */
bool ft_wire_reaches(const struct ft_model *model, const struct ft_socket *s);
/* A segment from s to its other end; len bytes of data. It is delivered by the next
 * ft_wire_run(). */
void ft_wire_send(struct ft_model *model, const struct ft_socket *s, uint8_t flags, uint32_t seq,
		  uint32_t ack, uint32_t len);
/* tcp_v4_send_reset(): the answer to a segment that is for nobody. on: whose device the answer goes
 * by, or NULL. */
void ft_wire_refuse(struct ft_model *model, const struct ft_segment *g, const struct ft_socket *on);
/* Delivers what is on its way and all that follows from it. */
void ft_wire_run(struct ft_model *model);

/* ---- lookup.c ---- */
/* The listener that a segment without a connection is for; NULL if there is none. Only where
 * choose is set a reuseport group picks a member: else the first found will do. */
struct ft_socket *ft_lookup_listener(struct ft_model *model, const struct ft_segment *g,
				     bool choose);
void ft_lookup_add(struct ft_model *model, struct ft_socket *s);
void ft_lookup_remove(struct ft_model *model, struct ft_socket *s);

/* ---- handshake.c ---- */
/* A new SYN of s. */
void ft_handshake_begin(struct ft_model *model, struct ft_socket *s);
void ft_handshake_again(struct ft_model *model, struct ft_socket *s);  /* SYN or SYN-ACK */
void ft_handshake_answer(struct ft_model *model, struct ft_socket *s); /* SYN-ACK */
void ft_handshake_syn_sent(struct ft_model *model, struct ft_socket *s, const struct ft_segment *g);

/* ---- isn.c ---- */
uint32_t ft_isn_next(struct ft_model *model, const struct ft_packet *packet);
/* The cookie that answers the SYN with this number. */
uint32_t ft_isn_cookie(const struct ft_packet *packet, uint32_t client_isn);

/* ---- request.c ---- */
/* isn: not 0 if the SYN takes the place of a TIME_WAIT. */
void ft_request_listen(struct ft_model *model, struct ft_socket *listener,
		       const struct ft_segment *g, uint32_t isn);
/* Does the segment end a handshake that was answered by a cookie? */
bool ft_request_is_cookie(const struct ft_segment *g);
/* false: the request is gone, look the segment up again. */
bool ft_request_receive(struct ft_model *model, struct ft_socket *request,
			const struct ft_segment *g);
/* The timer of a request. */
void ft_request_timer(struct ft_model *model, struct ft_socket *request);
/* A child joins the end of a queue, or leaves its beginning (NULL: it is empty). */
void ft_accept_put(struct ft_model *model, struct ft_socket *listener, struct ft_socket *child);
struct ft_socket *ft_accept_take(struct ft_model *model, struct ft_socket *listener);
/* What look-ups are made for when it is not a segment: as if one from the other end came. */
struct ft_packet ft_packet_to(const struct ft_socket *s);

/* ---- fastopen.c ---- */
/* Before the first SYN of s, which asks for a cookie: may it have data? A choice where the host may
 * have one from an earlier case. */
bool ft_fastopen_has_cookie(struct ft_model *model, const struct ft_socket *s);
void ft_fastopen_keep(struct ft_model *model, const struct ft_socket *s);
/* A MSG_FASTOPEN of s that led to no SYN: what becomes of it. */
void ft_fastopen_failed(struct ft_model *model, struct ft_socket *s);
/* connect.c: back to CLOSE, as connect(AF_UNSPEC) does it. */
void ft_connect_dissolve(struct ft_model *model, struct ft_socket *s);
/* Does a listener give cookies, and take them? */
bool ft_fastopen_serves(const struct ft_model *model, const struct ft_socket *listener);

/* ---- receive.c ---- */
/* tcp_rcv_state_process(), tcp_rcv_established() */
void ft_receive(struct ft_model *model, struct ft_socket *s, const struct ft_segment *g);

/* ---- output.c ---- */
void ft_output_ack(struct ft_model *model, struct ft_socket *s);
/* tcp_send_delayed_ack() */
void ft_output_ack_later(struct ft_model *model, struct ft_socket *s);
/* Sends what may be sent now: Nagle's algorithm holds back a second small segment. */
void ft_output_push(struct ft_model *model, struct ft_socket *s);
void ft_output_fin(struct ft_model *model, struct ft_socket *s);
void ft_output_reset(struct ft_model *model, struct ft_socket *s); /* tcp_send_active_reset() */
/* All that is not acknowledged is sent again. */
void ft_output_again(struct ft_model *model, struct ft_socket *s);
/* What the first round trip says of timers: it took so long, -1: it was not measured. */
void ft_output_measure(struct ft_socket *s, int64_t ns);
/* The retransmission timer after something was sent, or acknowledged. */
void ft_output_arm(struct ft_model *model, struct ft_socket *s);
void ft_output_timer(struct ft_model *model, struct ft_socket *s);

/* ---- timewait.c ---- */
/* tcp_time_wait(): s is TCP_CLOSE afterwards, a timewait object has its 4-tuple, for ns if state is
 * TCP_FIN_WAIT2. */
void ft_timewait_enter(struct ft_model *model, struct ft_socket *s, uint8_t state, uint64_t ns);
void ft_timewait_receive(struct ft_model *model, struct ft_socket *tw, const struct ft_segment *g);
/* TCP_LINGER2 below 0: s is not to wait in FIN_WAIT2. */
bool ft_timewait_refused(const struct ft_model *model, const struct ft_socket *s);
/* FIN_WAIT2 of a socket that nobody has any more. */
void ft_timewait_orphan(struct ft_model *model, struct ft_socket *s);
void ft_timewait_orphan_again(struct ft_model *model, struct ft_socket *s); /* its timer */

/* ---- stream.c ---- */
/* tcp_set_state(TCP_CLOSE): out of the look-ups; a port that was not asked for by number is given
 * up. */
void ft_stream_unhash(struct ft_model *model, struct ft_socket *s);
/* tcp_done(): ... and destroyed if it is an orphan. */
void ft_stream_done(struct ft_model *model, struct ft_socket *s);
/* tcp_close_state() and a FIN where one is due. */
void ft_stream_finish(struct ft_model *model, struct ft_socket *s);

/* ---- mptcp.c ---- */
/* Has s an MPTCP connection, and not one that has fallen back? */
bool ft_mptcp_is(const struct ft_model *model, const struct ft_socket *s);
/* The connection of s begins to end, or goes on with it. */
void ft_mptcp_disturb(struct ft_model *model, const struct ft_socket *s);
/* __mptcp_wr_shutdown(): nothing more is sent on s. */
void ft_mptcp_finish(struct ft_model *model, struct ft_socket *s);
/* Does s, which is closed now, keep its subflow open? */
bool ft_mptcp_holds(const struct ft_model *model, const struct ft_socket *s);
/* Is what came for s not in the subflow any more, which therefore has nothing unread? */
bool ft_mptcp_has_read(const struct ft_model *model, const struct ft_socket *s);
/* The SYN of s has met another one. */
void ft_mptcp_cross(struct ft_model *model, struct ft_socket *s);
/* mptcp_check_fastclose(): the reset was of MPTCP, too. */
void ft_mptcp_fastclose(struct ft_model *model, struct ft_socket *s);

#endif

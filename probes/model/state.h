/* SPDX-License-Identifier: MIT */
/*
 * What does the model's little kernel remember? Private to probes/model.
 *
 * Sockets are kernel objects; a *handle* is what the case calls by a name, a descriptor and what
 * the engine remembers with it. Several handles may refer to one socket (dup), and a socket without
 * a handle lives on as long as TCP needs it. Addresses are 16 bytes, IPv4 as v4-mapped, so that one
 * space holds both families as the kernel's look-ups do.
 */
#ifndef FT_MODEL_STATE_H
#define FT_MODEL_STATE_H

#include <netinet/tcp.h> /* TCP_ESTABLISHED ..., the states' numbers */

#include "model/model.h"
#include "model/option_slots.h"
#include "model/sysctl.h"

#define FT_NOBODY UINT16_MAX /* no socket, no bucket, no group */
enum { FT_TCP_BOUND = 13 };  /* sock_diag's number for bound and not listening */

/* For incoming_cpu: the CPU that the case began on, whichever that is. */
enum { FT_CPU_FIRST = -2 };

/* A port: 0 none; up to 65535 its number; above, one whose number nobody needs to know. */
enum {
	FT_PORT_NAME_BASE = 0x10000, /* + index of p q r ...: the engine's own choice */
	FT_PORT_PICK_BASE = 0x20000, /* + n: the kernel's n-th choice out of many */
};

struct ft_ip {
	uint8_t bytes[16]; /* IPv4 as ::ffff:a.b.c.d; its wildcard is ::ffff:0.0.0.0 */
	uint8_t scope;     /* interface index of a link-local address, else 0 */
};

/* Interfaces of a namespace. Index 0 is none; 1 and 2 exist from the start. */
enum { FT_DEV_NONE, FT_DEV_LO, FT_DEV_ETH, FT_DEV_LINKS };
enum { FT_DEVS_MAX = 16, FT_ADDED_ADDRESSES_MAX = 16 };

/* What TCP itself remembers of a connection: for the files that stream.h names. Sequence numbers
 * as the kernel calls them. */
struct ft_tcp {
	uint32_t snd_una, snd_nxt, write_seq, rcv_nxt, rcv_wup;
	bool request;           /* not a socket yet: a SYN that was answered (TCP_NEW_SYN_RECV) */
	bool acked;             /* of a request: its client believes that the connection stands */
	bool fin_queued;        /* a FIN ends what is to be sent: write_seq counts it */
	bool listens;           /* it is in the list of listeners */
	uint8_t fast;           /* of the next SYN: enum ft_fast */
	bool fast_child;        /* it came up by the data of a SYN */
	bool synack_due;        /* its SYN-ACK is not acknowledged, whatever the state */
	uint32_t syn_seq;       /* ... which had this number */
	uint16_t next_listener; /* the list of listeners, first found first */
	uint16_t queue_last;    /* of a listener: the newest child that waits */
	uint32_t n_requests;    /* of a listener, as the kernel counts them */
	uint32_t n_held;        /* ... and as they are */
	uint64_t timer_ns;      /* when something is sent again, or ends; 0: no timer */
	uint32_t rto_ms;        /* now; after an acknowledgement the next one */
	uint32_t rto_first_ms, probe_ms;
	uint64_t syn_ns; /* when the SYN came or went */
	bool resent;     /* the SYN-ACK was sent more than once */
	uint8_t retries;
	bool probe; /* the timer is that of a loss probe: the next is no sign of loss */
	/* delayed acknowledgements */
	uint64_t ack_ns;  /* when it is sent; 0: no timer */
	uint64_t data_ns; /* when data came last */
	uint32_t ato_ms;
	uint8_t quick; /* that many are not delayed */
	bool ack_due, pushed, pushed_twice, pingpong;
};

/* What UDP keeps beside: the kernel has the addresses of IPv4 and IPv6 apart. */
struct ft_udp {
	struct ft_ip source;  /* sends from it: np->saddr; of a v4 socket inet_saddr */
	struct ft_ip source4; /* of a v6 socket: inet_saddr, what it sends by IPv4 from */
	struct ft_ip remote4; /* inet_daddr; what IPv6 look-ups compare is ft_socket.remote */
	struct ft_ip slot;    /* the address under which look-ups find it */
	uint16_t next;        /* of the port: in the order of look-ups */
	bool hashed4;         /* is in the table of 4-tuples, under this one: */
	struct ft_ip hash_local, hash_remote;
	uint32_t hash_port;
	int32_t hash_rank;                       /* the lowest of one 4-tuple is found first */
	bool routed;                             /* connected, and the way is kept */
	struct ft_ip tried_source, tried_remote; /* of the last connect(), failed or not */
	uint32_t tried_port;
	uint32_t got; /* the last datagram that it got: ft_model.datagrams then */
};

/* A socket: also what is left of one (orphan, TIME_WAIT). */
struct ft_socket {
	uint16_t id;
	uint8_t family; /* enum ft_family */
	bool v6, stream, mptcp;
	bool peer;     /* lives in the second host's namespace */
	uint16_t name; /* what the case calls it; FT_NO_SOCKET for a child nobody accepted */
	uint16_t refs; /* descriptors that are open */
	uint32_t uid, inode_uid; /* sk_uid of what holds the port, and of the descriptor */

	/* what bind() asks of thousands of owners, close together */
	struct ft_ip local, remote;  /* local: what it receives for (rcv_saddr) */
	uint16_t bucket, next_owner; /* its port's bucket; the list of its owners */
	bool time_wait; /* a timewait object: state is TCP_TIME_WAIT or TCP_FIN_WAIT2 */
	uint8_t state;  /* TCP_CLOSE ...; UDP: TCP_CLOSE, or TCP_ESTABLISHED if connected */

	/* options */
	bool reuseaddr, reuseport, v6only, no_port, freebind, transparent;
	bool broadcast, multicast_loop, multicast_all;
	bool deaf;
	uint8_t device, multicast_if;   /* interface index */
	uint8_t own_device;             /* MPTCP: the other is that of its subflow */
	int32_t incoming_cpu;           /* -1: not set; FT_CPU_FIRST */
	int32_t linger;                 /* seconds, -1: off */
	uint16_t range_low, range_high; /* IP_LOCAL_PORT_RANGE, 0: that end is not set */
	int32_t defer_accept;           /* as a number of retransmissions */
	int32_t fastopen_queue;
	bool fastopen_connect;

	/* address and port */
	uint32_t port, remote_port; /* 0: none */
	uint32_t shown_port;        /* what getsockname() says; a port given up is still shown */
	bool address_explicit, port_explicit; /* SOCK_BINDADDR_LOCK, SOCK_BINDPORT_LOCK */
	bool port_by_connect;                 /* SOCK_CONNECT_BIND, 6.18 */
	bool on_open_address;                 /* its port and address: bucket.c */
	bool v6only_was_set;                  /* v6only by bind() to a v6 address, not by option */

	/* TCP */
	bool tw_timestamps; /* it has seen timestamps */
	uint64_t since_ns;  /* when it entered the state */
	int32_t error;      /* sk_err, or 0 */
	uint8_t shut;       /* 1: RD, 2: WR */
	bool connecting;    /* SS_CONNECTING: connect() was begun, its result not yet told */
	bool associated;    /* SS_CONNECTED: connect() told so, or accept() made it */
	bool severed;       /* SS_DISCONNECTING: shut down while it was connecting */
	bool fallback;      /* MPTCP: it is TCP, because the peer knew none or reset it at once */
	bool served;        /* it came by a listener */
	bool tuned;         /* it was connected once, and its buffers have followed that */
	bool data_fin;      /* MPTCP: it has said that it sends no more */
	bool spoken;        /* it has sent or got data, so that MPTCP's peer is certain */
	bool held;          /* ... it is closed, and keeps its subflow until the other end closes */
	bool ragged;        /* ... it was reset, and had something unread */
	bool untold;        /* MPTCP: its subflow is connected, and it does not know */
	bool mapped_ops;    /* a v6 socket that was once connected over IPv4 */
	bool lost;          /* its segments go where nobody answers, or the answers do not come */
	uint16_t other;     /* the socket at the other end, FT_NOBODY if unknown or gone */
	uint16_t listener;  /* of a child in a queue: whose */
	uint16_t next_tuple; /* chain of the 4-tuple table */
	bool in_tuples;
	uint32_t tuple_port;      /* as entered there: port may be given up before */
	uint16_t tuple_chain;     /* index into ft_model.tuple_heads */
	uint32_t backlog, queued; /* of a listener: listen()'s, and children that wait */
	uint16_t queue_next;      /* of a child: the next in the queue; of a listener: the first */
	uint32_t unread;          /* bytes (TCP) or datagrams (UDP) to be read */
	bool fin_received;
	struct ft_tcp tcp;

	/* list order of look-ups: the lowest rank is found first */
	int32_t rank;

	/* reuseport group */
	uint16_t group; /* FT_NOBODY: none */

	/* multicast memberships: indexes into ft_model.memberships, chained */
	uint16_t first_membership;

	int32_t options[FT_SLOT_COUNT]; /* option_slots.h */
	struct ft_udp udp;
};

struct ft_bucket; /* who owns a TCP port; bucket.h */
struct ft_due;    /* a timer that ends; clock.c */

/* What the engine remembers with a name (probes/engine/run.h, struct ft_sock): it decides which
 * addresses an outcome shows. */
struct ft_handle {
	uint16_t socket; /* FT_NOBODY: no descriptor */
	bool listening, connected, begun;
	bool explicit_port, bound_known, local_known;
	bool deaf;       /* as far as the engine knows */
	uint32_t queued; /* accept queue when the engine last read it */
	struct ft_endpoint bound, local;
};

struct ft_pick;      /* a port of the kernel's choice; pick.h */
struct ft_reuseport; /* a reuseport group; group.c */

/* What a look-up knows of a packet: where it comes from and goes to, and what a program sees. */
struct ft_packet {
	bool peer;      /* it is received in the second host's namespace */
	bool stream;    /* TCP */
	bool bare;      /* no packet of its own (an ICMP error's look-up): no program is asked */
	bool wire;      /* it came over the wire */
	uint8_t device; /* by which it comes in */
	struct ft_ip from, to;
	uint32_t from_port, to_port;
	int payload; /* its first byte, -1 without */
};
/* What is known of the kernel's hash of a 4-tuple by the members that it has picked so far. */
struct ft_flow {
	bool peer, stream;
	struct ft_ip from, to;
	uint32_t from_port, to_port;
	uint64_t low, high; /* low <= hash < high <= 2^32 */
};

/* Fast open: what a SYN asks for or has, and what a SYN-ACK gives. */
enum ft_fast { FT_FAST_NONE, FT_FAST_ASKS, FT_FAST_COOKIE };
/* Whose cookie a host keeps. */
struct ft_cookie {
	bool peer;
	struct ft_ip from, to;
};
enum { FT_COOKIES_MAX = 16 };

/* A TCP segment on its way. */
struct ft_segment {
	struct ft_packet packet;
	uint8_t device;   /* of the receiving host: to whose address it goes */
	uint8_t flags;    /* FT_SYN ...; stream.h */
	bool timestamps;  /* of a SYN */
	uint8_t fast;     /* of a SYN: enum ft_fast */
	uint64_t echo_ns; /* of a SYN-ACK: when the SYN came that it answers */
	bool forced; /* its sender's device made it leave by lo for another interface's address */
	uint16_t sender; /* the socket; FT_NOBODY: none */
	uint32_t seq, ack, len;
};
enum { FT_WIRE_MAX = 64 };
struct ft_wire {
	size_t first, n;
	struct ft_segment segments[FT_WIRE_MAX];
	bool running;
};

/* A connection whose end is under way: what probes/engine/settle.c waits for. */
struct ft_unsettled {
	bool peer;
	struct ft_ip local, remote;
	uint32_t port, remote_port;
};
enum { FT_UNSETTLED_MAX = 16 };

/* Who has a UDP port of a host. */
struct ft_udp_port {
	uint32_t port;
	bool peer;
	uint32_t n;
	uint16_t first; /* by ft_socket.next_owner, in the order of bind() */
	uint16_t head;  /* by ft_udp.next, in the order of look-ups */
};

/* igmp_max_msf: so many sources of one membership of IPv4 */
enum { FT_SOURCES_MAX = 10 };

struct ft_membership {
	uint16_t next;
	uint8_t device;
	bool include; /* only of its sources (MCAST_INCLUDE), else of all but them */
	bool listed;  /* has had a source: the kernel has made a list */
	uint8_t n_sources;
	struct ft_ip ip;
	struct ft_ip sources[FT_SOURCES_MAX];
};

enum { FT_TUPLE_HEADS = 1024, FT_SOCKETS_BLOCK = 64 };

/* A look takes as long as so many calls do, which the clock of initial sequence numbers counts. */
enum { FT_ISN_LOOK = 60 };

struct ft_model {
	const struct ft_case *c;
	const struct ft_setting *setting;
	const uint16_t *choices;
	size_t n_choices;
	struct ft_prediction *out;
	bool failed;              /* no memory */
	struct ft_predicted lost; /* where results go then */

	uint64_t now_ns;              /* time of the case: only waits and timers move it */
	struct ft_sysctls sysctls[2]; /* [1]: of the second host */
	int cpu;                      /* `cpu N`; -1: still the first */
	int first_cpu;                /* that the case began on; -1: not known */
	uint32_t uid;                 /* `as UID` of the present step */
	uint8_t n_devs;
	const char *devs[FT_DEVS_MAX]; /* names by index */
	uint8_t n_added;
	struct {
		struct ft_ip ip;
		uint8_t device;
	} added[FT_ADDED_ADDRESSES_MAX];

	/* Options or sysctls whose effect on packets, or on timers, the model does not know: why */
	const char *strange, *strange_in_time;

	/* the present call */
	size_t step_index, word_index;
	const struct ft_step *step;
	const struct ft_word *word;
	struct ft_handle *handle; /* of the subject */
	struct ft_socket *sock;   /* what it refers to, or NULL */
	enum ft_rule rule;        /* what decided so far */
	uint32_t holder;          /* index + 1 */

	size_t n_handles, size_handles;
	struct ft_handle *handles; /* by name */
	size_t n_sockets, size_blocks;
	struct ft_socket **blocks; /* of FT_SOCKETS_BLOCK: a socket never moves */
	uint16_t retired, unused;  /* see ft_socket_retire(); by next_owner */
	size_t size_due;
	struct ft_due *due; /* clock.c's */
	size_t n_buckets, size_buckets;
	struct ft_bucket *buckets;
	size_t n_bucket_heads, size_bucket_heads; /* n: 0 while they are few */
	uint16_t *bucket_heads;
	uint16_t tuple_heads[FT_TUPLE_HEADS];
	size_t n_picks, size_picks, next_pick; /* the last: where a search begins */
	struct ft_pick *picks;
	bool picks_in_order;        /* what was shown so far was pick 0, 1, 2, ... */
	size_t n_shown, size_shown; /* e1 e2 ... so far */
	uint32_t *shown;
	struct ft_numbers numbers;
	int32_t rank_low, rank_high; /* for the next at the head, at the tail */
	size_t n_groups, size_groups;
	struct ft_reuseport *groups;
	size_t n_flows, size_flows;
	struct ft_flow *flows;
	size_t n_memberships, size_memberships;
	struct ft_membership *memberships;
	uint16_t first_listener;
	uint32_t n_time_wait[2]; /* [1]: of the second host */
	uint32_t n_isn;          /* initial sequence numbers that were drawn */
	uint32_t n_timers;       /* that were set */
	struct ft_wire wire;
	size_t n_cookies;
	struct ft_cookie cookies[FT_COOKIES_MAX];
	size_t n_listening;      /* names that listen, as the engine counts them */
	bool queues_stale;       /* the engine believes that accept queues may have changed */
	struct ft_receivers any; /* who may get what was sent last, where a hash picks */
	size_t n_unsettled;
	uint64_t settle_limit_ns;
	uint64_t worker_ns; /* MPTCP's worker has surely been at work then */
	struct ft_unsettled unsettled[FT_UNSETTLED_MAX];
	size_t n_udp_ports, size_udp_ports;
	struct ft_udp_port *udp_ports;
	uint32_t datagrams; /* sent so far */
};

/* What the walk does after a word. */
enum ft_pace {
	FT_PACE_WORD,   /* go on */
	FT_PACE_STEP,   /* the call failed: the rest of the chain is skipped */
	FT_PACE_BEYOND, /* the model has no word on what follows */
};

/* ---- model.c ---- */
static inline bool ft_on(const struct ft_model *model, enum ft_rule rule)
{
	return !(model->setting->off[rule / 64] >> rule % 64 & 1);
}
static inline bool ft_has(const struct ft_model *model, enum ft_toggle toggle)
{
	model->out->asked |= UINT32_C(1) << toggle;
	return ft_profile_has(&model->setting->profile, toggle);
}
static inline struct ft_socket *ft_socket_at(const struct ft_model *model, uint16_t id)
{
	return &model->blocks[id / FT_SOCKETS_BLOCK][id % FT_SOCKETS_BLOCK];
}
static inline struct ft_sysctls *ft_sysctls_of(struct ft_model *model, const struct ft_socket *s)
{
	return &model->sysctls[s->peer];
}
/* Which of n alternatives does the kernel take? 0 .. n-1. */
unsigned ft_choose(struct ft_model *model, unsigned n, enum ft_rule rule);
/* The next alternative of the choice that was just made means that this socket receives: for all of
 * them, in turn. */
void ft_choice_name(struct ft_model *model, uint16_t name);
/* The choice that was just made is one of ports; see struct ft_choice. */
void ft_choice_of_ports(struct ft_model *model);
/* The rule that decided the present call; the last one said stands. */
static inline void ft_decided(struct ft_model *model, enum ft_rule rule)
{
	model->rule = rule;
}
/* ... and the socket that was in the way. */
void ft_held(struct ft_model *model, const struct ft_socket *holder);
/* Appends the present word's result; never NULL. Calls are always said; options and engine words
 * only where they fail, reads always. */
struct ft_predicted *ft_say(struct ft_model *model, enum ft_end end, int32_t error);
/* error 0: ok and FT_PACE_WORD; else that errno (positive) and FT_PACE_STEP. */
enum ft_pace ft_say_call(struct ft_model *model, int32_t error);
/* An engine word or option: said only if it failed. */
enum ft_pace ft_say_quiet(struct ft_model *model, int32_t error);
enum ft_pace ft_say_value(struct ft_model *model, int64_t value);
enum ft_pace ft_say_text(struct ft_model *model, const char *text);
enum ft_pace ft_beyond(struct ft_model *model, const char *reason);
/* Adds the name to the receivers of row. */
void ft_say_got(struct ft_model *model, struct ft_receivers *got, uint16_t name);
/* A zeroed socket of this family, refs 0, options at their defaults; NULL without memory. */
struct ft_socket *ft_socket_new(struct ft_model *model, uint8_t family, bool peer);
/* Nobody refers to s any more, once the present word is over: of many thousands, it may be had
 * again.
 */
void ft_socket_retire(struct ft_model *model, struct ft_socket *s);
/* A new descriptor under a name; an older one of that name stays open to the end of the case. */
struct ft_handle *ft_handle_put(struct ft_model *model, uint16_t name, struct ft_socket *s);
/* The lowest name under which s listens (listening) or is open; FT_NO_SOCKET if there is none. */
uint16_t ft_listening_name(const struct ft_model *model, const struct ft_socket *s);
uint16_t ft_open_name(const struct ft_model *model, const struct ft_socket *s);

/* ---- address.c ---- */
extern const struct ft_ip ft_ip_any4, ft_ip_any6;
bool ft_ip_equal(const struct ft_ip *a, const struct ft_ip *b);
bool ft_ip_is_v4(const struct ft_ip *ip);       /* v4-mapped form */
bool ft_ip_is_any(const struct ft_ip *ip);      /* 0.0.0.0, ::ffff:0.0.0.0 or :: */
bool ft_ip_is_loopback(const struct ft_ip *ip); /* 127.0.0.0/8 or ::1 */
bool ft_ip_is_multicast(const struct ft_ip *ip);
/* Does it mean something on one interface only (__ipv6_addr_needs_scope_id())? */
bool ft_ip_needs_scope(const struct ft_ip *ip);
bool ft_ip_is_broadcast(const struct ft_model *model, bool peer, const struct ft_ip *ip);
/* The address and port of an endpoint for a socket of this family. 0; -ENOENT for an eN that is not
 * there yet; -ENODEV for an unknown scope. A literal keeps its own family, as the engine hands it
 * to the kernel: -EAFNOSUPPORT for a v6 literal on a v4 socket, -EINVAL for a v4 literal on a v6
 * socket (too short an address for bind(2) and connect(2)); *ret_ip and *ret_port are set in these
 * two cases too. */
int ft_address_get(struct ft_model *model, uint8_t family, const struct ft_endpoint *at,
		   struct ft_ip *ret_ip, uint32_t *ret_port);
/* The device that the calls speak of: with MPTCP not that of the subflow. */
uint8_t ft_own_device(const struct ft_socket *s);
/* Is it an address of one of this host's interfaces (127/8 as a whole)? Of which? 0: of none. */
uint8_t ft_device_of(const struct ft_model *model, bool peer, const struct ft_ip *ip);
/* Where packets from a host to ip go: the interface they leave by (lo for own addresses) and the
 * source address that the kernel would take. false: no route. */
bool ft_route(const struct ft_model *model, bool peer, const struct ft_ip *ip, uint8_t device,
	      uint8_t *ret_device, struct ft_ip *ret_source);
/* Do the sets of addresses that the two cover meet (kernel-rules, step 2), devices aside? */
bool ft_overlap(const struct ft_model *model, const struct ft_socket *a, const struct ft_socket *b);
/* Would a packet to ip be for s by its address? */
bool ft_covers(const struct ft_socket *s, const struct ft_ip *ip);
/* The symbolic form, as the engine reads it back: a picked port becomes the next eN. */
struct ft_endpoint ft_endpoint_of(struct ft_model *model, bool v6, const struct ft_ip *ip,
				  uint32_t port);
/* The same for a reader only: a port that no outcome has shown yet stays without a number of its
 * own, and one that is not even known is port 0. */
struct ft_endpoint ft_endpoint_peek(struct ft_model *model, bool v6, const struct ft_ip *ip,
				    uint32_t port);
/* What the engine's ft_address_read_back() does: fills local of the row (if not NULL) and handle.
 */
void ft_read_back(struct ft_model *model, struct ft_handle *handle, struct ft_predicted *row);

/* ---- bind.c: TCP ports ---- */
/* bind(2) of a TCP socket, everything included; positive errno or 0. */
int32_t ft_tcp_bind(struct ft_model *model, struct ft_socket *s, const struct ft_ip *ip,
		    uint32_t port);
/* What listen(2) asks of the port: autobind or check again. s is in TCP_LISTEN already. */
int32_t ft_tcp_listen_port(struct ft_model *model, struct ft_socket *s);
/* Checks of bind(2) that UDP shares, in the kernel's order; also sets v6only and address. */
int32_t ft_bind_checks(struct ft_model *model, struct ft_socket *s, const struct ft_ip *ip,
		       uint32_t port);
/* ---- connect.c ---- */
void ft_tuple_add(struct ft_model *model, struct ft_socket *s);
void ft_tuple_remove(struct ft_model *model, struct ft_socket *s);
/* The socket (TIME_WAIT included) that receives segments from remote to local: established table
 * only. device: where the segment comes in. NULL if there is none. */
struct ft_socket *ft_tuple_find(struct ft_model *model, bool peer, const struct ft_ip *local,
				uint32_t port, const struct ft_ip *remote, uint32_t remote_port,
				uint8_t device);
/* Where a connection of s to *dest goes and from where: 0 with the source address, or a positive
 * errno. *dest may be rewritten (a wildcard is this host). *ret_lost: segments by this way are
 * never answered. For TCP; route.c. */
int32_t ft_route_connect(struct ft_model *model, const struct ft_socket *s, struct ft_ip *dest,
			 struct ft_ip *ret_source, bool *ret_lost);

/* ---- receiver.c ---- */
/* The name has stopped listening. */
void ft_receiver_forget(struct ft_model *model, struct ft_handle *handle);
/* Before a connect: the engine reads the queues again if it believes that they have changed. */
void ft_receiver_refresh(struct ft_model *model);
/* The name of what got the connection of s, as the engine's witness finds it: into row. */
void ft_say_receiver(struct ft_model *model, struct ft_predicted *row, const struct ft_socket *s);
/* Does getpeername(2) have an answer? */
bool ft_socket_has_remote(const struct ft_socket *s);

/* ---- stream.c: TCP after the port is there ---- */
/* s is in SYN_SENT with its 4-tuple in the table: sends the SYN and all that follows from it at
 * once. Afterwards s is ESTABLISHED, or TCP_CLOSE with error, or still SYN_SENT. model->any: all
 * that might have got it. */
void ft_stream_open(struct ft_model *model, struct ft_socket *s);
/* A descriptor was closed and it was the last one. */
void ft_stream_close(struct ft_model *model, struct ft_socket *s);
/* listen(2): puts s among the listeners, joins its group. Called after the port was granted; on a
 * listener it changes the backlog. 0 or a positive errno. */
int32_t ft_stream_listen(struct ft_model *model, struct ft_socket *s, int32_t backlog);
/* A listener stops (close, shutdown, disconnect): it is TCP_CLOSE afterwards, its queue is reset or
 * migrates. */
void ft_stream_unlisten(struct ft_model *model, struct ft_socket *s);
/* tcp_disconnect(): whatever it was, it is TCP_CLOSE afterwards; sends RST where due. */
void ft_stream_disconnect(struct ft_model *model, struct ft_socket *s);
/* The socket is not needed any more: out of all tables (inet_csk_destroy_sock()). */
void ft_stream_destroy(struct ft_model *model, struct ft_socket *s);
/* n bytes are written to s, which may send: at once, or when the connection stands. */
void ft_stream_write(struct ft_model *model, struct ft_socket *s, uint32_t n);

/* ---- mptcp.c ---- */
/* Why the model cannot say what comes now, NULL if it can. */
const char *ft_mptcp_busy(const struct ft_model *model);

/* ---- clock.c: time ---- */
/* Lets time pass until then: retransmissions, timers, ends of TIME_WAIT. */
void ft_stream_until(struct ft_model *model, uint64_t ns);
/* The same, but not longer than s is in this state. */
void ft_stream_while(struct ft_model *model, const struct ft_socket *s, uint8_t state, uint64_t ns);
/* Before a close or shutdown, and before every word: what probes/engine/settle.c waits for. */
void ft_clock_note(struct ft_model *model);
void ft_clock_settle(struct ft_model *model);

/* ---- group.c: SO_REUSEPORT groups and their steering ---- */
/* Joins or forms a group (inet_reuseport_add_sock(), udp_reuseport_add_sock()). Called by TCP's
 * listen() and UDP's bind() for sockets with reuseport, when the port is granted and before s is
 * found by look-ups. 0 or a positive errno. */
int32_t ft_group_join(struct ft_model *model, struct ft_socket *s);
/* The socket is gone, or a UDP socket leaves its port (reuseport_detach_sock()). */
void ft_group_leave(struct ft_model *model, struct ft_socket *s);
/* It stops listening (reuseport_stop_listen_sock()): leaves, or with tcp_migrate_req stays among
 * the shut-down members, from where its connections migrate. */
void ft_group_shut(struct ft_model *model, struct ft_socket *s);
/* Does s belong to a group without shut-down members? Then TCP's pair rule lets it share with
 * nobody by reuseport. (UDP's does with any group: s->group != FT_NOBODY.) */
bool ft_group_blocks(const struct ft_model *model, const struct ft_socket *s);
/* Which member of found's group gets the packet? NULL where found itself gets it and the look-up
 * goes on: without a group, or if its reuseport is off now. Where a hash decides it is a choice;
 * the names of all that it may pick go into *ret_any (may be NULL). */
struct ft_socket *ft_group_select(struct ft_model *model, const struct ft_socket *found,
				  const struct ft_packet *packet, struct ft_receivers *ret_any);
/* The member that a connection of from, with these addresses (from: the client's), migrates to;
 * NULL if there is none. */
struct ft_socket *ft_group_migrate(struct ft_model *model, const struct ft_socket *from,
				   const struct ft_packet *packet);
/* UDP's connect(): from now on look-ups in the group of s compare scores (has_conns). */
void ft_group_connected(struct ft_model *model, const struct ft_socket *s);
bool ft_group_has_connected(const struct ft_model *model, const struct ft_socket *s);
void ft_groups_free(struct ft_model *model);
/* The CPU on which packets are handled: known, or a choice made once a case. */
int ft_cpu(struct ft_model *model);
/* Is s set (SO_INCOMING_CPU, or by what it received) to the CPU that is handling packets now? */
bool ft_on_cpu(struct ft_model *model, const struct ft_socket *s);
/* A packet of its own connection reached s (sk_incoming_cpu_update()). */
void ft_note_cpu(const struct ft_model *model, struct ft_socket *s);
/* SO_INCOMING_CPU, read and set. */
int32_t ft_incoming_cpu(struct ft_model *model, const struct ft_socket *s);
void ft_incoming_cpu_set(struct ft_model *model, struct ft_socket *s, int32_t cpu);

/* ---- option_call.c, option_socket.c ---- */
/* What a new socket has of its namespace's sysctls. */
void ft_options_start(const struct ft_model *model, struct ft_socket *s);
/* Would a call that goes to MPTCP's first subflow, before all other checks, be refused? EINVAL once
 * it is connected or connecting (__mptcp_nmpc_sk()). */
bool ft_lacks_first_subflow(struct ft_model *model, const struct ft_socket *s);
/* MPTCP makes its first subflow when a call wants it, with the sysctls of that moment. */
void ft_options_subflow(const struct ft_model *model, struct ft_socket *s);
/* What a child has of its listener's, where no other part of the model reads it. */
void ft_options_inherit(const struct ft_model *model, struct ft_socket *child,
			const struct ft_socket *listener);
/* What tcp_disconnect() forgets of them. */
void ft_options_forget(const struct ft_model *model, struct ft_socket *s);
/* What SO_ATTACH_FILTER or SO_DETACH_FILTER would fail with: 0 or a positive errno. */
int32_t ft_filter_error(struct ft_model *model, const struct ft_socket *s, bool attach);

/* ---- one function per op ---- */
typedef enum ft_pace ft_model_word(struct ft_model *model);
ft_model_word ft_model_create, ft_model_bind, ft_model_listen, ft_model_close, ft_model_fchown,
	ft_model_dup; /* model.c, calls.c */
ft_model_word ft_model_connect, ft_model_begin, ft_model_fastopen, ft_model_disconnect,
	ft_connect_fast; /* the last: connect() by MSG_FASTOPEN */
ft_model_word ft_model_accept, ft_model_send, ft_model_recv, ft_model_shutdown, ft_model_deaf,
	ft_model_hear;                                      /* stream_calls.c */
ft_model_word ft_model_set, ft_model_get, ft_model_sockopt; /* option.c */
ft_model_word ft_model_sysctl;                              /* sysctl.c */
ft_model_word ft_model_wait, ft_model_cpu, ft_model_addr, ft_model_link, ft_model_look; /* scene.c
											 */
ft_model_word ft_model_steer, ft_model_steer_ebpf, ft_model_unsteer; /* steer.c */
/* The same words on a UDP socket; udp.c. */
ft_model_word ft_udp_connect, ft_udp_disconnect, ft_udp_send, ft_udp_recv, ft_udp_shutdown;
int32_t ft_udp_bind(struct ft_model *model, struct ft_socket *s, const struct ft_ip *ip,
		    uint32_t port);
void ft_udp_close(struct ft_model *model, struct ft_socket *s);
/* The first UDP socket on a port of a host, the others by next_owner. */
uint16_t ft_udp_first(const struct ft_model *model, bool peer, uint32_t port);
/* The address, the peer or the device of s has changed (udp_lib_rehash()): it leaves its group. To
 * be called for every change of a UDP socket's device, too. */
void ft_udp_rehash(struct ft_model *model, struct ft_socket *s);
/* multicast.c: joins or leaves; 0 or a positive errno */
int32_t ft_multicast_set(struct ft_model *model, struct ft_socket *s, bool join,
			 const struct ft_ip *group, uint8_t device);

/* source.c: of one source joins or leaves, blocks or unblocks it; 0 or a positive errno. */
enum ft_source_call { FT_SOURCE_ADD, FT_SOURCE_DROP, FT_SOURCE_BLOCK, FT_SOURCE_UNBLOCK };
int32_t ft_source_set(struct ft_model *model, struct ft_socket *s, enum ft_source_call what,
		      const struct ft_ip *group, const struct ft_ip *source, uint8_t device);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What do setsockopt(2) and getsockopt(2) do to a socket of the model? Private to probes/model.
 *
 * Every option is a row of option_table.c: where its value is kept, which values it takes, and, if
 * it does more than keep a value, by which function.
 */
#ifndef FT_MODEL_OPTION_H
#define FT_MODEL_OPTION_H

#include <netinet/in.h>

#include "model/state.h"

/* No errno: the model has no word on this option, or on its value here. */
#define FT_OPTION_BEYOND INT32_MAX

/* What is passed: len bytes, of which those behind the array do not matter to any option. */
struct ft_option_value {
	uint32_t len;
	uint8_t bytes[sizeof(struct group_source_req)];
};

struct ft_option_row;

/* One setsockopt() or getsockopt() that has got as far as the option itself. */
struct ft_option_call {
	struct ft_model *model;
	struct ft_socket *s;
	const struct ft_option_row *row;
	/* set: the first int of value; of a shorter value of IPPROTO_IP its first byte */
	int32_t number;
	const struct ft_option_value *value;
	int64_t read; /* get: what was read */
};
/* 0, a positive errno, or FT_OPTION_BEYOND. */
typedef int32_t ft_option_do(struct ft_option_call *call);

/* What MPTCP does with an option (net/mptcp/sockopt.c). */
enum ft_option_mptcp {
	FT_MPTCP_NONE,    /* not in its list: ENOPROTOOPT, of SOL_SOCKET EOPNOTSUPP */
	FT_MPTCP_LISTED,  /* in its list, and then not supported: EOPNOTSUPP, of TCP ENOPROTOOPT */
	FT_MPTCP_IGNORED, /* 0, without effect */
	FT_MPTCP_TRIED,   /* 0, with effect if the first subflow takes it */
	FT_MPTCP_PLAIN,   /* as TCP does */
	FT_MPTCP_FIRST,   /* set on the first subflow: only before a connection */
};

struct ft_option_row {
	ft_option_do *set; /* NULL: cannot be set, ENOPROTOOPT */
	ft_option_do *get; /* NULL: cannot be read */
	uint16_t at;       /* offset in struct ft_socket */
	uint16_t at6;      /* of an int32_t, on an AF_INET6 socket if elsewhere; else 0 */
	bool wide;         /* an int32_t is at at, else a bool */
	uint8_t mptcp;     /* enum ft_option_mptcp */
	uint8_t least;     /* bytes that must be passed */
	bool known;        /* false: there is no such option */
	int32_t low, high; /* of a range: other values are EINVAL */
	int32_t initial;
};

/* The row of an option; without one, *ret_exists says whether the kernel has it all the same. */
const struct ft_option_row *ft_option_row(int level, int name, bool *ret_exists);

/* setsockopt(s, level, name, value): 0, a positive errno, or FT_OPTION_BEYOND. */
int32_t ft_option_set(struct ft_model *model, struct ft_socket *s, int level, int name,
		      const struct ft_option_value *value);
/* getsockopt(s, level, name): as a number the way a case writes it: a linger's seconds or -1, a
 * time in nanoseconds, a device's index. Not const: reading SO_ERROR clears it. */
int32_t ft_option_get(struct ft_model *model, struct ft_socket *s, int level, int name,
		      int64_t *ret_value);

/* The value kept for the row. */
int32_t ft_option_kept(const struct ft_socket *s, const struct ft_option_row *row);
void ft_option_keep(struct ft_socket *s, const struct ft_option_row *row, int32_t value);
/* ... of the call's row; 0. */
int32_t ft_keep(const struct ft_option_call *call, int32_t value);
/* error, by that rule. */
int32_t ft_refused(const struct ft_option_call *call, enum ft_rule rule, int32_t error);

/* A connection whose other end speaks plain TCP, or that is its own other end, has no MPTCP left in
 * it (__mptcp_tcp_fallback()). */
bool ft_is_fallback(const struct ft_model *model, const struct ft_socket *s);
/* Has s a TCP socket to ask? MPTCP makes its first subflow when something wants it. */
bool ft_has_subflow(const struct ft_socket *s);
/* What follows from a value that is not 0 the model does not know: of packets, of timers. */
void ft_strange(const struct ft_option_call *call);
void ft_strange_in_time(const struct ft_option_call *call);
/* sk_dst_reset(): a connection looks for its way again when it sends something. */
void ft_forget_way(struct ft_socket *s);
/* The index of a device by its name, 0 if there is none. */
uint8_t ft_device_find(const struct ft_model *model, const char *name);
/* Has the caller CAP_NET_ADMIN and CAP_NET_RAW in the namespace? */
bool ft_is_admin(const struct ft_model *model);
/* An option that it would need them for: false and FT_RULE_OPTION_PRIVILEGE decided if not. */
bool ft_may_set(struct ft_model *model);

/* option_socket.c */
ft_option_do ft_set_flag, ft_set_number, ft_set_range, ft_set_device_name, ft_set_ifindex,
	ft_set_linger, ft_set_debug, ft_set_priority, ft_set_mark, ft_set_prefer_busy_poll,
	ft_set_busy_poll_budget, ft_set_force, ft_set_buffer, ft_set_rcvlowat, ft_set_timeout,
	ft_set_timestamp, ft_set_timestamping, ft_set_lock_filter, ft_set_txrehash,
	ft_set_reserve_mem, ft_set_incoming_cpu, ft_set_dontroute, ft_set_unsupported;
ft_option_do ft_get_kept, ft_get_linger, ft_get_error, ft_get_state, ft_get_type, ft_get_domain,
	ft_get_protocol, ft_get_one, ft_get_zero, ft_get_device, ft_get_ifindex, ft_get_buffer,
	ft_get_timeout, ft_get_timestamp, ft_get_txrehash, ft_get_unsupported, ft_get_incoming_cpu,
	ft_get_peek_off;
/* option_ip.c */
ft_option_do ft_set_port_range, ft_set_transparent, ft_set_ttl, ft_set_tos, ft_set_tclass,
	ft_set_hops, ft_set_multicast_ttl, ft_set_multicast_hops, ft_set_multicast_if,
	ft_set_multicast_if6, ft_set_membership, ft_set_membership6, ft_set_source, ft_set_source6,
	ft_set_datagram_flag, ft_set_v6only, ft_set_autoflowlabel, ft_set_mtu6,
	ft_set_addr_preferences, ft_set_addrform;
ft_option_do ft_get_port_range, ft_get_v6only, ft_get_autoflowlabel, ft_get_ttl, ft_get_hops,
	ft_get_mtu, ft_get_addr_preferences, ft_get_addrform, ft_get_multicast_if,
	ft_get_multicast_if6;
/* option_tcp.c */
ft_option_do ft_set_defer_accept, ft_set_fastopen, ft_set_fastopen_connect,
	ft_set_fastopen_no_cookie, ft_set_keep, ft_set_linger2, ft_set_maxseg, ft_set_repair,
	ft_set_repair_queue, ft_set_queue_seq, ft_set_nothing, ft_set_ticks_us, ft_set_ticks_ms,
	ft_set_window_clamp, ft_set_quickack, ft_set_nodelay, ft_set_cork, ft_set_timer,
	ft_set_encap, ft_set_strange, ft_set_strange_range;
ft_option_do ft_get_defer_accept, ft_get_keep, ft_get_linger2, ft_get_maxseg, ft_get_not_in_repair,
	ft_get_window_clamp, ft_get_quickack;

#endif

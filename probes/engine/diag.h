/* SPDX-License-Identifier: MIT */
/*
 * What does the kernel's own list of sockets say? (sock_diag(7), with libmnl.)
 */
#ifndef FT_ENGINE_DIAG_H
#define FT_ENGINE_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "reports/record.h"

/* One row of a dump. */
struct ft_diag_row {
	uint8_t state; /* TCP_ESTABLISHED ... TCP_CLOSING as in netinet/tcp.h, TCP_NEW_SYN_RECV as
			  TCP_SYN_RECV; FT_DIAG_BOUND for a bound socket without a connection */
	uint8_t timer; /* idiag_timer of linux/inet_diag.h, FT_DIAG_TIMER_KEEPALIVE */
	uint32_t uid, inode; /* inode 0: an orphan, which no descriptor is left of */
	struct ft_address local, remote;
};
enum { FT_DIAG_BOUND = 0x40, FT_DIAG_TIMER_KEEPALIVE = 2 };

/* A NETLINK_SOCK_DIAG socket of the present network namespace, close-on-exec; negative errno
 * (-EPROTONOSUPPORT: the kernel has none) otherwise. */
int ft_diag_open(struct ft_err *err);

/* Calls each() for all sockets of protocol (IPPROTO_TCP, IPPROTO_UDP) and family (AF_INET,
 * AF_INET6; dual-stack sockets are in the AF_INET6 list) with the local port (0: any). Bound-only
 * sockets are included where the kernel lists them. 0 or a negative errno (-ENOENT: no such
 * diag module). each() returns non-zero to stop. */
typedef int ft_diag_each(void *arg, const struct ft_diag_row *row);
int ft_diag_dump(int fd, int protocol, int family, uint16_t local_port, ft_diag_each *each,
		 void *arg, struct ft_err *err);

/* The same for TCP connections, in every state: no listeners, nothing that is only bound. As fast
 * as the table of connections is small. */
int ft_diag_connections(int fd, int family, ft_diag_each *each, void *arg, struct ft_err *err);

/* The row of one TCP 4-tuple, by an exact look-up. 0, or a negative errno (-ENOENT if there is no
 * such connection), then with ret_row untouched. Cheap enough to poll. */
int ft_diag_find(int fd, const struct ft_address *local, const struct ft_address *remote,
		 struct ft_diag_row *ret_row, struct ft_err *err);

/* A 4-tuple that somebody claims. */
struct ft_diag_question {
	uint8_t protocol; /* IPPROTO_TCP, or IPPROTO_UDP: a connected socket */
	struct ft_address local, remote;
};
enum { FT_DIAG_QUESTIONS_MAX = 64 };

/* As ft_diag_find(), the states alone, for n <= FT_DIAG_QUESTIONS_MAX tuples in one message, as far
 * as their sockets are bound to no device: states[i] is 0 where nothing is listed. Tuples of mixed
 * families and other protocols are not listed either. 0 or a negative errno (-ENOENT: the kernel
 * has no such diag module). */
int ft_diag_states(int fd, const struct ft_diag_question *questions, size_t n, uint8_t *ret_states,
		   struct ft_err *err);

/* Takes a TCP 4-tuple away, both of its ends, as far as they live here: also a TIME_WAIT or an
 * orphan (SOCK_DESTROY, CAP_NET_ADMIN over the namespace, since 4.5). Nothing to take away is no
 * error. 0 or a negative errno (-EOPNOTSUPP: this kernel cannot). */
int ft_diag_destroy(int fd, const struct ft_address *local, const struct ft_address *remote);
/* The same for the local end only: where the other end is gone already, a look-up for it would find
 * the listener. */
int ft_diag_destroy_local(int fd, const struct ft_address *local, const struct ft_address *remote);

/* "ESTABLISHED", "TIME_WAIT", "BOUND", ...; NULL if unknown. */
const char *ft_diag_state_name(unsigned state);

#endif

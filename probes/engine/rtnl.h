/* SPDX-License-Identifier: MIT */
/*
 * How are devices, addresses, routes and neighbours set up? Many rtnetlink(7) messages in one
 * send, one wait for all. Only the files of the sandbox use this.
 */
#ifndef FT_ENGINE_RTNL_H
#define FT_ENGINE_RTNL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>

#include "base/err.h"

enum { FT_RTNL_MESSAGES_MAX = 32, FT_RTNL_MESSAGE_MAX = 512 };

/* The messages that wait to be sent. An address, route or neighbour that is there already (EEXIST)
 * does not count as an error; with optional set, neither does a kernel without that protocol. */
struct ft_rtnl {
	int fd;
	uint32_t n;
	size_t len;
	struct nlmsghdr *last;
	uint16_t type[FT_RTNL_MESSAGES_MAX];
	const char *what[FT_RTNL_MESSAGES_MAX];
	bool optional[FT_RTNL_MESSAGES_MAX];
	_Alignas(struct nlmsghdr) char bytes[FT_RTNL_MESSAGES_MAX * FT_RTNL_MESSAGE_MAX];
};

/* A socket of the present network namespace; it stays in that one when the thread moves on. */
int ft_rtnl_open(struct ft_rtnl *rtnl, struct ft_err *err);
void ft_rtnl_close(struct ft_rtnl *rtnl);

/* Starts a message (what: a literal for the error's text) with header_len zeroed bytes behind its
 * netlink header; *ret_header points to them. */
struct nlmsghdr *ft_rtnl_begin(struct ft_rtnl *rtnl, uint16_t type, uint16_t flags,
			       const char *what, bool optional, size_t header_len,
			       void *ret_header);
/* Ends the message that ft_rtnl_begin() started. */
void ft_rtnl_end(struct ft_rtnl *rtnl);
/* Sends all and waits for the kernel's word on each: 0 or the first error. */
int ft_rtnl_commit(struct ft_rtnl *rtnl, struct ft_err *err);

/* An address. optional as above for AF_INET6. */
void ft_rtnl_address(struct ft_rtnl *rtnl, unsigned device, int family, const void *address,
		     unsigned prefix);
/* A neighbour that needs no resolution. */
void ft_rtnl_neighbour(struct ft_rtnl *rtnl, unsigned device, int family, const void *address,
		       const uint8_t mac[6]);
/* Whoever is not a known neighbour on this device is not looked for: packets to him are dropped at
 * once, without an error now or later (__neigh_event_send() without probes). optional as above. */
void ft_rtnl_no_probes(struct ft_rtnl *rtnl, unsigned device, int family);
/* Waits until the device passes packets: its carrier is known and its queue in place. */
int ft_rtnl_wait_up(struct ft_rtnl *rtnl, const char *device, struct ft_err *err);

/* Waits until packets to an IPv6 address of the device are delivered: the kernel enters a new
 * address into its local table some time after it has accepted it (addrconf_dad_work). */
int ft_rtnl_wait_local(struct ft_rtnl *rtnl, unsigned device, const uint8_t address[16],
		       struct ft_err *err);

#endif

/* SPDX-License-Identifier: MIT */
/* How do the parts of UDP work together? Private to udp.c, udp_calls.c, way.c, deliver.c and
 * multicast.c. */
#ifndef FT_MODEL_DATAGRAM_H
#define FT_MODEL_DATAGRAM_H

#include "model/state.h"

/* The way of a datagram. */
struct ft_way {
	struct ft_ip to, source;
	uint8_t out; /* the device it leaves by */
	uint8_t in;  /* by which receivers on the same host see it come */
	bool here;   /* it is received on the same host */
	bool wire;   /* ... on the other one; neither: it is lost */
	bool broadcast, multicast;
};

/* Is the packet for a socket bound to this device, or to none? */
static inline bool ft_device_matches(const struct ft_socket *s, uint8_t device)
{
	return !s->device || s->device == device;
}

/* ---- udp.c: ports ---- */
const struct ft_udp_port *ft_udp_port_find(const struct ft_model *model, bool peer, uint32_t port);
/* Gives s a port of the kernel's choice if it has none; 0 or EAGAIN (inet_autobind()). */
int32_t ft_udp_autobind(struct ft_model *model, struct ft_socket *s);
/* Gives the port up (udp_lib_unhash()). */
void ft_udp_unhash(struct ft_model *model, struct ft_socket *s);
/* connect(2) to AF_UNSPEC. */
void ft_udp_dissolve(struct ft_model *model, struct ft_socket *s);
/* connect(2) is done: into the table of 4-tuples, and out of its group (udp_lib_hash4()). */
void ft_udp_hash4(struct ft_model *model, struct ft_socket *s);
/* The address as look-ups file it: the wildcards are one. */
struct ft_ip ft_udp_slot(const struct ft_ip *ip);
/* The address that look-ups of IPv4 compare (sk_rcv_saddr), as v4-mapped. */
struct ft_ip ft_udp_local4(const struct ft_socket *s);

/* ---- way.c ---- */
/* From source (a wildcard: to be chosen) and by device (0: by any) to *to. 0 or a positive errno.
 */
int32_t ft_way_find(struct ft_model *model, const struct ft_socket *s, const struct ft_ip *to,
		    const struct ft_ip *source, uint8_t device, struct ft_way *ret);

/* The same way with another address in the packet: who is at its end then? IPv4. */
void ft_way_divert(const struct ft_model *model, bool peer, struct ft_way *way);

/* ---- deliver.c ---- */
/* Sends it; udp.got of those who got it is model->datagrams then. *ret_any: the names a hash may
 * have picked from. */
void ft_deliver(struct ft_model *model, const struct ft_socket *s, const struct ft_way *way,
		uint32_t port, int payload, struct ft_receivers *ret_any);
/* Into the queue of s, unless it is deaf. */
void ft_deliver_to(struct ft_model *model, struct ft_socket *s, const struct ft_packet *packet);

/* ---- multicast.c ---- */
/* Has this interface of a host joined the group, for what that source sends? */
bool ft_multicast_joined(const struct ft_model *model, bool peer, uint8_t device,
			 const struct ft_ip *group, const struct ft_ip *from);
/* The interface that was named, or that of the route to a group; 0: there is none. */
uint8_t ft_multicast_device(const struct ft_model *model, uint8_t device);
/* The membership of s in this group on this device (0: on any), NULL if there is none. */
struct ft_membership *ft_membership_find(const struct ft_model *model, struct ft_socket *s,
					 const struct ft_ip *group, uint8_t device);
/* source.c: is what that source sends for the membership? */
bool ft_source_wanted(const struct ft_model *model, const struct ft_membership *membership,
		      const struct ft_ip *from);
/* Copies of a multicast or broadcast packet to all that match. */
void ft_multicast_deliver(struct ft_model *model, const struct ft_packet *packet);
/* The last descriptor is closed: all memberships end. */
void ft_multicast_leave_all(struct ft_model *model, struct ft_socket *s);

#endif

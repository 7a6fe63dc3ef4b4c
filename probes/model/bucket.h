/* SPDX-License-Identifier: MIT */
/*
 * Who owns a TCP port? Private to probes/model; see bucket.c.
 */
#ifndef FT_MODEL_BUCKET_H
#define FT_MODEL_BUCKET_H

#include "model/state.h"

/* Who owns a port of a namespace. */
struct ft_bucket {
	uint32_t port;
	bool peer, used;
	bool connect_only;         /* fastreuse == -1: every owner has it from connect() */
	uint16_t first;            /* owner; newest first */
	uint32_t n_owners, n_open; /* of these, on_open_address */
	uint16_t next;             /* in the chain of its hash */
	bool record_any;           /* before 6.8: matches whatever the newcomer's address */
	/* The reuseport record: what an RP newcomer is compared with instead of the owners. */
	bool record;
	bool record_v6, record_v6only;
	struct ft_ip record_ip;
	uint32_t record_uid;
	bool fast_reuse; /* before 6.8: all owners had reuseaddr when they were bound */
};

struct ft_bucket *ft_bucket_find(struct ft_model *model, bool peer, uint32_t port);
/* Finds or makes it; NULL without memory. */
struct ft_bucket *ft_bucket_get(struct ft_model *model, bool peer, uint32_t port);
void ft_bucket_own(struct ft_model *model, struct ft_bucket *bucket, struct ft_socket *s);
/* The same by connect(), which has chosen the port. */
void ft_bucket_connect(struct ft_model *model, struct ft_bucket *bucket, struct ft_socket *s);
/* s, an owner, was granted the port by bind() or listen(): connect() chooses it no more. */
void ft_bucket_closed(const struct ft_model *model, struct ft_bucket *bucket,
		      const struct ft_socket *s);
/* Gives the port up (inet_put_port()); shown_port stays. */
void ft_bucket_leave(struct ft_model *model, struct ft_socket *s);
/* s, which may own a port, has this address from now on (__inet_bhash2_update_saddr()). */
void ft_bucket_move(struct ft_model *model, struct ft_socket *s, const struct ft_ip *ip);
/* A child of a listener owns the listener's port (__inet_inherit_port()). */
void ft_bucket_inherit(struct ft_model *model, struct ft_socket *child,
		       const struct ft_socket *listener);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Who owns a TCP port, and may connect() choose it?
 *
 * A bucket for each port with the list of its owners, newest first. A port that only connect() has
 * given out may be chosen by connect() again. Since 6.18 the kernel keeps account of that by
 * address (struct inet_bind2_bucket): a socket that bind() gave the port closes its address, and an
 * address opens when, after one of its owners has left, all that are left got the port from
 * connect(); the port opens when a socket leaves it and all its addresses are open. A socket that
 * is moved to an address finds it as it is, so an explicit owner on an open address does not count.
 */
#include <stdlib.h>

#include "model/bucket.h"

/* Fewer buckets than this are looked through one by one. */
enum { FEW_BUCKETS = 32 };

/* ---- finding ---- */

static uint16_t *head_of(struct ft_model *model, bool peer, uint32_t port)
{
	uint32_t hash = (port * 2 + peer) * UINT32_C(0x9e3779b1);

	return &model->bucket_heads[(hash >> 8) & (model->n_bucket_heads - 1)];
}

static void enter(struct ft_model *model, size_t index)
{
	struct ft_bucket *bucket = &model->buckets[index];
	uint16_t *head = head_of(model, bucket->peer, bucket->port);

	bucket->next = *head;
	*head = (uint16_t)index;
}

/* The table of chains; without memory for it, they are looked through all the same. */
static void make_index(struct ft_model *model)
{
	size_t size = model->size_buckets;

	if (size > model->size_bucket_heads) {
		uint16_t *grown = reallocarray(model->bucket_heads, size, sizeof(*grown));

		if (!grown)
			return;
		model->bucket_heads = grown;
		model->size_bucket_heads = size;
	}
	model->n_bucket_heads = size;
	for (size_t i = 0; i < size; i++)
		model->bucket_heads[i] = FT_NOBODY;
	for (size_t i = 0; i < model->n_buckets; i++)
		enter(model, i);
}

static struct ft_bucket *find_in_chain(struct ft_model *model, bool peer, uint32_t port)
{
	for (uint16_t i = *head_of(model, peer, port); i != FT_NOBODY; i = model->buckets[i].next) {
		struct ft_bucket *bucket = &model->buckets[i];

		if (bucket->used && bucket->port == port && bucket->peer == peer)
			return bucket;
	}
	return NULL;
}

struct ft_bucket *ft_bucket_find(struct ft_model *model, bool peer, uint32_t port)
{
	if (model->n_bucket_heads)
		return find_in_chain(model, peer, port);
	for (size_t i = model->n_buckets; i-- > 0;) {
		struct ft_bucket *bucket = &model->buckets[i];

		if (bucket->used && bucket->port == port && bucket->peer == peer)
			return bucket;
	}
	return NULL;
}

/* Makes room for one more; false without. The sizes are powers of two. */
static bool grow(struct ft_model *model)
{
	size_t size = model->size_buckets ? 2 * model->size_buckets : FEW_BUCKETS;
	struct ft_bucket *grown;

	if (model->n_buckets < model->size_buckets)
		return true;
	grown = size > FT_NOBODY + 1U ? NULL : reallocarray(model->buckets, size, sizeof(*grown));
	if (!grown) {
		model->failed = true;
		return false;
	}
	model->buckets = grown;
	model->size_buckets = size;
	return true;
}

struct ft_bucket *ft_bucket_get(struct ft_model *model, bool peer, uint32_t port)
{
	struct ft_bucket *bucket = ft_bucket_find(model, peer, port);
	size_t index = model->n_buckets;

	if (bucket)
		return bucket;
	if (index == FT_NOBODY || !grow(model))
		return NULL;
	bucket = &model->buckets[model->n_buckets++];
	*bucket = (struct ft_bucket){.port = port, .peer = peer, .used = true, .first = FT_NOBODY};
	if (model->n_bucket_heads && model->n_buckets <= 2 * model->n_bucket_heads)
		enter(model, index);
	else if (model->n_buckets > FEW_BUCKETS)
		make_index(model);
	return bucket;
}

/* The last buckets are given back; of its chain the last one is always the head. */
static void shrink(struct ft_model *model)
{
	while (model->n_buckets && !model->buckets[model->n_buckets - 1].used) {
		const struct ft_bucket *bucket = &model->buckets[--model->n_buckets];

		if (model->n_bucket_heads)
			*head_of(model, bucket->peer, bucket->port) = bucket->next;
	}
}

/* ---- addresses ---- */

/* The first owner at this address, other than s. */
static struct ft_socket *owner_at(const struct ft_model *model, const struct ft_bucket *bucket,
				  const struct ft_ip *ip, const struct ft_socket *s)
{
	for (uint16_t i = bucket->first; i != FT_NOBODY;) {
		struct ft_socket *owner = ft_socket_at(model, i);

		i = owner->next_owner;
		if (owner != s && ft_ip_equal(&owner->local, ip))
			return owner;
	}
	return NULL;
}

static void set_open(struct ft_bucket *bucket, struct ft_socket *s, bool open)
{
	bucket->n_open += (uint32_t)open - (uint32_t)s->on_open_address;
	s->on_open_address = open;
}

static void set_all_open(const struct ft_model *model, struct ft_bucket *bucket,
			 const struct ft_ip *ip, bool open)
{
	for (uint16_t i = bucket->first; i != FT_NOBODY;) {
		struct ft_socket *owner = ft_socket_at(model, i);

		i = owner->next_owner;
		if (ft_ip_equal(&owner->local, ip))
			set_open(bucket, owner, open);
	}
}

/* inet_bind2_bucket_destroy(): somebody has left this address. */
static void address_left(const struct ft_model *model, struct ft_bucket *bucket,
			 const struct ft_ip *ip)
{
	for (uint16_t i = bucket->first; i != FT_NOBODY;) {
		const struct ft_socket *owner = ft_socket_at(model, i);

		i = owner->next_owner;
		if (!ft_ip_equal(&owner->local, ip))
			continue;
		if (owner->on_open_address || !owner->port_by_connect)
			return;
	}
	set_all_open(model, bucket, ip, true);
}

void ft_bucket_closed(const struct ft_model *model, struct ft_bucket *bucket,
		      const struct ft_socket *s)
{
	bucket->connect_only = false;
	if (bucket->n_open)
		set_all_open(model, bucket, &s->local, false);
}

/* inet_bind_bucket_destroy(): somebody has left the port. */
static void port_left(struct ft_model *model, struct ft_bucket *bucket)
{
	if (!bucket->connect_only && bucket->n_open == bucket->n_owners &&
	    ft_has(model, FT_TOGGLE_BUCKET_REOPENS) && ft_on(model, FT_RULE_BUCKET_REOPENS)) {
		ft_decided(model, FT_RULE_BUCKET_REOPENS);
		bucket->connect_only = true;
	}
}

/* Of what kind is the address that s, an owner, has come to? */
static bool finds_open(const struct ft_model *model, const struct ft_bucket *bucket,
		       const struct ft_socket *s)
{
	const struct ft_socket *owner = bucket->n_open ? owner_at(model, bucket, &s->local, s)
						       : NULL;

	if (owner && !s->port_by_connect && !ft_on(model, FT_RULE_BUCKET_ADDRESS))
		return false;
	return owner && owner->on_open_address;
}

/* ---- owning ---- */

void ft_bucket_own(struct ft_model *model, struct ft_bucket *bucket, struct ft_socket *s)
{
	if (s->bucket != FT_NOBODY)
		ft_bucket_leave(model, s);
	s->bucket = (uint16_t)(bucket - model->buckets);
	s->port = s->shown_port = bucket->port;
	s->next_owner = bucket->first;
	bucket->first = s->id;
	bucket->n_owners++;
	set_open(bucket, s, finds_open(model, bucket, s));
}

void ft_bucket_connect(struct ft_model *model, struct ft_bucket *bucket, struct ft_socket *s)
{
	ft_bucket_own(model, bucket, s);
	if (bucket->n_owners == 1)
		bucket->connect_only = true;
	if (!owner_at(model, bucket, &s->local, s))
		set_open(bucket, s, true);
	s->port_by_connect = true;
}

void ft_bucket_leave(struct ft_model *model, struct ft_socket *s)
{
	struct ft_bucket *bucket;
	uint16_t *link;

	if (s->bucket == FT_NOBODY)
		return;
	bucket = &model->buckets[s->bucket];
	for (link = &bucket->first; *link != s->id; link = &ft_socket_at(model, *link)->next_owner)
		;
	*link = s->next_owner;
	set_open(bucket, s, false);
	s->bucket = FT_NOBODY;
	s->port = 0;
	s->port_by_connect = false;
	if (!ft_on(model, FT_RULE_TCP_RECORD_KEPT))
		bucket->record = false;
	if (--bucket->n_owners == 0) {
		bucket->used = false;
		shrink(model);
	} else if (!bucket->connect_only) {
		address_left(model, bucket, &s->local);
		port_left(model, bucket);
	}
}

void ft_bucket_move(struct ft_model *model, struct ft_socket *s, const struct ft_ip *ip)
{
	const struct ft_ip old = s->local;
	struct ft_bucket *bucket;
	const struct ft_socket *owner;

	if (s->bucket == FT_NOBODY || ft_ip_equal(&old, ip)) {
		s->local = *ip;
		return;
	}
	bucket = &model->buckets[s->bucket];
	s->local = *ip;
	address_left(model, bucket, &old);
	owner = owner_at(model, bucket, ip, s);
	set_open(bucket, s, owner ? finds_open(model, bucket, s) : s->port_by_connect);
}

void ft_bucket_inherit(struct ft_model *model, struct ft_socket *child,
		       const struct ft_socket *listener)
{
	if (listener->bucket != FT_NOBODY)
		ft_bucket_own(model, &model->buckets[listener->bucket], child);
}

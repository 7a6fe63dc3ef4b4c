/* SPDX-License-Identifier: MIT */
/*
 * May a TCP socket have this port?
 *
 * bind() and listen() of TCP, as inet_csk_get_port() decides: a bucket for each port, its owners,
 * the reuseport record, and the pair rule between the newcomer and every owner whose addresses
 * meet its own. Checks of bind(2) that come before are shared with UDP.
 */
#include <errno.h>

#include "model/bucket.h"
#include "model/pick.h"

/* ---- checks of bind(2), in the kernel's order ---- */

static bool nonlocal(const struct ft_model *model, const struct ft_socket *s)
{
	const struct ft_sysctls *sysctls = &model->sysctls[s->peer];

	return s->freebind || s->transparent ||
	       (s->v6 ? sysctls->nonlocal_bind6 : sysctls->nonlocal_bind);
}

static bool is_local(struct ft_model *model, const struct ft_socket *s, const struct ft_ip *ip)
{
	if (ft_device_of(model, s->peer, ip) != FT_DEV_NONE || nonlocal(model, s))
		return true;
	/* inet_addr_valid_or_nonlocal() has no such question for IPv6. */
	return ft_ip_is_v4(ip) && (ft_ip_is_multicast(ip) || ft_ip_is_any(ip) ||
				   ft_ip_is_broadcast(model, s->peer, ip));
}

/* ipv6_chk_addr(): an address of host or link scope counts on its own interface only, for a socket
 * that is bound to one. */
static bool is_elsewhere(const struct ft_model *model, const struct ft_socket *s,
			 const struct ft_ip *ip)
{
	bool narrow = ft_ip_is_loopback(ip) ||
		      (ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80);

	return s->device && !ft_ip_is_v4(ip) && narrow && !nonlocal(model, s) &&
	       ft_device_of(model, s->peer, ip) != s->device;
}

static int32_t refuse(struct ft_model *model, enum ft_rule rule, int32_t error)
{
	ft_decided(model, rule);
	return error;
}

static bool lacks_privilege(struct ft_model *model, const struct ft_socket *s, uint32_t port)
{
	return port > 0 && port < FT_PORT_NAME_BASE && model->uid != 0 &&
	       port < model->sysctls[s->peer].unprivileged_port &&
	       ft_on(model, FT_RULE_BIND_PRIVILEGE);
}

static bool is_taken(const struct ft_model *model, const struct ft_socket *s)
{
	return (s->state != TCP_CLOSE || s->port) && ft_on(model, FT_RULE_BIND_TWICE);
}

static int32_t check_v4(struct ft_model *model, struct ft_socket *s, const struct ft_ip *ip,
			uint32_t port)
{
	if (ft_on(model, FT_RULE_BIND_LOCAL) && !is_local(model, s, ip))
		return refuse(model, FT_RULE_BIND_LOCAL, EADDRNOTAVAIL);
	if (lacks_privilege(model, s, port))
		return refuse(model, FT_RULE_BIND_PRIVILEGE, EACCES);
	if (is_taken(model, s))
		return refuse(model, FT_RULE_BIND_TWICE, EINVAL);
	return 0;
}

static int32_t check_v6_address(struct ft_model *model, struct ft_socket *s, const struct ft_ip *ip)
{
	bool narrow = ft_ip_needs_scope(ip);

	if (ft_ip_is_v4(ip)) {
		if (s->v6only && ft_on(model, FT_RULE_BIND_MAPPED_V6ONLY))
			return refuse(model, FT_RULE_BIND_MAPPED_V6ONLY, EINVAL);
	} else if (ft_ip_is_any(ip)) {
		return 0;
	} else if (narrow && ip->scope) {
		s->device = ip->scope; /* __inet6_bind() binds the socket to it */
	} else if (narrow && !s->device && ft_on(model, FT_RULE_BIND_SCOPE)) {
		return refuse(model, FT_RULE_BIND_SCOPE, EINVAL);
	}
	if (!ft_ip_is_v4(ip) && ft_ip_is_multicast(ip))
		return 0;
	if (ft_on(model, FT_RULE_BIND_LOCAL_DEVICE) && is_elsewhere(model, s, ip))
		return refuse(model, FT_RULE_BIND_LOCAL_DEVICE, EADDRNOTAVAIL);
	if (ft_on(model, FT_RULE_BIND_LOCAL) && !is_local(model, s, ip))
		return refuse(model, FT_RULE_BIND_LOCAL, EADDRNOTAVAIL);
	return 0;
}

static int32_t check_v6(struct ft_model *model, struct ft_socket *s, const struct ft_ip *ip,
			uint32_t port)
{
	if (s->stream && ft_ip_is_multicast(ip) && !ft_ip_is_v4(ip) &&
	    ft_on(model, FT_RULE_BIND_MULTICAST6))
		return refuse(model, FT_RULE_BIND_MULTICAST6, EINVAL);
	if (lacks_privilege(model, s, port))
		return refuse(model, FT_RULE_BIND_PRIVILEGE, EACCES);
	if (is_taken(model, s))
		return refuse(model, FT_RULE_BIND_TWICE, EINVAL);
	return check_v6_address(model, s, ip);
}

int32_t ft_bind_checks(struct ft_model *model, struct ft_socket *s, const struct ft_ip *ip,
		       uint32_t port)
{
	return s->v6 ? check_v6(model, s, ip, port) : check_v4(model, s, ip, port);
}

/* ---- the pair rule ---- */

static uint32_t uid_of(const struct ft_model *model, const struct ft_socket *s)
{
	if (s->refs == 0 && s->listener == FT_NOBODY && !s->time_wait &&
	    !ft_has(model, FT_TOGGLE_ORPHAN_UID))
		return 0;
	return s->uid;
}

/* How strictly is a pair judged? */
enum strictness { EXPLICIT_PORT, ANY_PORT, ANY_PORT_AGAIN };

static bool is_listener(const struct ft_model *model, const struct ft_socket *s)
{
	return s->state == TCP_LISTEN && ft_on(model, FT_RULE_TCP_REUSEADDR_LISTEN);
}

/* Would reuseport alone let s beside owner? */
static bool share_reuseport(struct ft_model *model, const struct ft_socket *s,
			    const struct ft_socket *owner)
{
	if (!s->reuseport || !owner->reuseport || !ft_on(model, FT_RULE_TCP_REUSEPORT))
		return false;
	if (ft_group_blocks(model, s) && ft_on(model, FT_RULE_TCP_REUSEPORT_GROUP)) {
		ft_decided(model, FT_RULE_TCP_REUSEPORT_GROUP);
		return false;
	}
	if (owner->time_wait && ft_on(model, FT_RULE_TCP_REUSEPORT_TW))
		return true;
	if (uid_of(model, owner) == s->uid || !ft_on(model, FT_RULE_TCP_REUSEPORT_UID))
		return true;
	ft_decided(model, FT_RULE_TCP_REUSEPORT_UID);
	return false;
}

/* inet_bind_conflict() behind the device and the address. */
static bool flags_conflict(struct ft_model *model, const struct ft_socket *s,
			   const struct ft_socket *owner, enum strictness strictness)
{
	bool both = s->reuseaddr && owner->reuseaddr && ft_on(model, FT_RULE_TCP_REUSEADDR);

	ft_decided(model, both && is_listener(model, owner) ? FT_RULE_TCP_REUSEADDR_LISTEN
							    : FT_RULE_TCP_PLAIN);
	both = both && !is_listener(model, owner);
	if (strictness == EXPLICIT_PORT) {
		if (!both && !share_reuseport(model, s, owner))
			return ft_on(model, FT_RULE_TCP_PLAIN);
		ft_decided(model, both               ? FT_RULE_TCP_REUSEADDR
				  : owner->time_wait ? FT_RULE_TCP_REUSEPORT_TW
						     : FT_RULE_TCP_REUSEPORT);
		return false;
	}
	ft_decided(model, FT_RULE_TCP_ANY_PORT);
	if (!both || strictness == ANY_PORT)
		return true;
	ft_decided(model, FT_RULE_TCP_AUTOBIND_UID);
	return ft_on(model, FT_RULE_TCP_AUTOBIND_UID) && share_reuseport(model, s, owner);
}

static bool devices_apart(const struct ft_model *model, const struct ft_socket *a,
			  const struct ft_socket *b)
{
	return a->device && b->device && a->device != b->device &&
	       ft_on(model, FT_RULE_BIND_DEVICE);
}

static bool is_wildcard(const struct ft_socket *s)
{
	return ft_ip_is_any(&s->local);
}

/* Owners that kernels between 6.1 and 6.5 did not find in their new table of addresses. */
static bool is_mislaid(const struct ft_model *model, const struct ft_socket *s,
		       const struct ft_socket *owner)
{
	bool mapped_s = s->v6 && ft_ip_is_v4(&s->local);
	bool mapped_owner = owner->v6 && ft_ip_is_v4(&owner->local);

	if (is_wildcard(s))
		return false;
	if (owner->time_wait && !ft_has(model, FT_TOGGLE_BHASH2_TIMEWAIT))
		return true;
	if ((mapped_s || mapped_owner) && mapped_s != mapped_owner && (!s->v6 || !owner->v6) &&
	    !ft_has(model, FT_TOGGLE_MAPPED_CONFLICT))
		return true;
	return ft_ip_equal(&owner->local, &ft_ip_any6) && !owner->v6only && (!s->v6 || mapped_s) &&
	       !ft_has(model, FT_TOGGLE_DUAL_WILDCARD);
}

/* ... and one that kernels up to 6.8 took for a wildcard of both families. */
static bool is_mistaken(const struct ft_model *model, const struct ft_socket *s,
			const struct ft_socket *owner)
{
	return !is_wildcard(s) && !s->v6 && owner->v6only &&
	       ft_ip_equal(&owner->local, &ft_ip_any6) && !ft_has(model, FT_TOGGLE_V6ONLY_WILDCARD);
}

/* A specific newcomer is compared with the owners of its very address and with the wildcards; a
 * wildcard with all (inet_use_bhash2_on_bind()). The v4 view of a connected v6 owner counts for a
 * wildcard only. */
static bool addresses_meet(const struct ft_model *model, const struct ft_socket *s,
			   const struct ft_socket *owner)
{
	if (!ft_on(model, FT_RULE_BIND_ADDRESS))
		return true;
	if (is_mislaid(model, s, owner))
		return false;
	if (is_mistaken(model, s, owner))
		return true;
	if (!is_wildcard(s) && !is_wildcard(owner))
		return ft_ip_equal(&s->local, &owner->local);
	return ft_overlap(model, s, owner);
}

/* The owner that is in the way of s, or NULL. */
static const struct ft_socket *conflict(struct ft_model *model, const struct ft_socket *s,
					const struct ft_bucket *bucket, enum strictness strictness)
{
	for (uint16_t i = bucket->first; i != FT_NOBODY;) {
		const struct ft_socket *owner = ft_socket_at(model, i);

		i = owner->next_owner;
		if (owner == s || devices_apart(model, s, owner) ||
		    !addresses_meet(model, s, owner))
			continue;
		if (flags_conflict(model, s, owner, strictness))
			return owner;
	}
	return NULL;
}

/* ---- the reuseport record ---- */

/* sk_reuseport_match(): does the record lead to the address of s? The record's wildcard matches,
 * that of s does not. */
static bool record_leads(const struct ft_bucket *bucket, const struct ft_socket *s)
{
	struct ft_socket record = {.v6 = bucket->record_v6,
				   .v6only = bucket->record_v6only,
				   .local = bucket->record_ip};
	bool any_record = ft_ip_is_any(&record.local), any_s = ft_ip_is_any(&s->local);
	bool mapped_record = !record.v6 || ft_ip_is_v4(&record.local);
	bool mapped_s = !s->v6 || ft_ip_is_v4(&s->local);

	if (mapped_record) { /* ipv4_rcv_saddr_equal(), whose wildcard is the record's */
		if (s->v6 && s->v6only)
			return false;
		if (mapped_s)
			return any_record || ft_ip_equal(&record.local, &s->local);
		return !record.v6 && any_record;
	}
	if (any_record && any_s && !mapped_s)
		return true;
	if (any_record)
		return !(record.v6only && mapped_s);
	return s->v6 && ft_ip_equal(&record.local, &s->local);
}

static bool record_matches(struct ft_model *model, const struct ft_bucket *bucket,
			   const struct ft_socket *s)
{
	if (!bucket->record || !s->reuseport || !ft_on(model, FT_RULE_TCP_RECORD))
		return false;
	if (s->group != FT_NOBODY && ft_on(model, FT_RULE_TCP_REUSEPORT_GROUP))
		return false;
	if (bucket->record_uid != s->uid && ft_on(model, FT_RULE_TCP_REUSEPORT_UID))
		return false;
	return bucket->record_any || record_leads(bucket, s);
}

static void set_record(struct ft_bucket *bucket, const struct ft_socket *s, bool any)
{
	bucket->record = true;
	bucket->record_any = any;
	bucket->record_v6 = s->v6;
	bucket->record_v6only = s->v6only;
	bucket->record_ip = s->local;
	bucket->record_uid = s->uid;
}

/* inet_csk_update_fastreuse() */
static void granted(struct ft_model *model, struct ft_bucket *bucket, const struct ft_socket *s,
		    bool first)
{
	bool reuse = s->reuseaddr && s->state != TCP_LISTEN;
	bool fresh = first && !ft_has(model, FT_TOGGLE_REUSEADDR_LIVE);

	ft_bucket_closed(model, bucket, s);
	if (fresh)
		bucket->fast_reuse = reuse;
	else if (!reuse)
		bucket->fast_reuse = false;
	if (!s->reuseport) {
		if (ft_on(model, FT_RULE_TCP_RECORD_CLEARED))
			bucket->record = false;
	} else if (fresh) {
		set_record(bucket, s, true);
	} else if (!record_matches(model, bucket, s)) {
		set_record(bucket, s, false);
	}
}

/* ---- ports ---- */

static bool may_have(struct ft_model *model, struct ft_socket *s, struct ft_bucket *bucket)
{
	const struct ft_socket *owner;

	if (bucket->n_owners == 0)
		return true;
	if (bucket->fast_reuse && s->reuseaddr && s->state != TCP_LISTEN &&
	    ft_on(model, FT_RULE_TCP_FAST_REUSE)) {
		ft_decided(model, FT_RULE_TCP_FAST_REUSE);
		return true;
	}
	if (record_matches(model, bucket, s)) {
		ft_decided(model, FT_RULE_TCP_RECORD);
		return true;
	}
	owner = conflict(model, s, bucket, EXPLICIT_PORT);
	if (owner)
		ft_held(model, owner);
	return !owner;
}

static int32_t take_port(struct ft_model *model, struct ft_socket *s, uint32_t port)
{
	struct ft_bucket *bucket = ft_bucket_get(model, s->peer, port);
	bool first;

	if (!bucket)
		return ENOMEM;
	if (!may_have(model, s, bucket))
		return EADDRINUSE;
	first = bucket->n_owners == 0;
	if (s->bucket == FT_NOBODY)
		ft_bucket_own(model, bucket, s);
	granted(model, bucket, s, first);
	return 0;
}

static bool may_have_any(struct ft_model *model, struct ft_socket *s, uint32_t port)
{
	const struct ft_bucket *bucket = ft_bucket_find(model, s->peer, port);

	return !bucket || !ft_on(model, FT_RULE_TCP_ANY_PORT) ||
	       !conflict(model, s, bucket, ANY_PORT);
}

static bool may_share_any(struct ft_model *model, struct ft_socket *s, uint32_t port)
{
	const struct ft_bucket *bucket = ft_bucket_find(model, s->peer, port);

	return !bucket || !conflict(model, s, bucket, ANY_PORT_AGAIN);
}

/* The lower half of a range first where SO_REUSEADDR is set, then the upper one. */
static uint32_t pick_halves(struct ft_model *model, struct ft_socket *s, ft_port_usable *usable)
{
	int parity = ft_on(model, FT_RULE_TCP_ANY_PORT_PARITY) ? 1 : -1;
	uint32_t low, high, half, port;

	ft_port_range(model, s, &low, &high);
	if (!s->reuseaddr || high + 1 - low < 4 || !ft_on(model, FT_RULE_TCP_ANY_PORT_HALF))
		return ft_port_pick(model, s, low, high, parity, usable, FT_RULE_TCP_ANY_PORT);
	half = low + ((high + 1 - low) >> 2 << 1);
	port = ft_port_pick(model, s, low, half - 1, parity, usable, FT_RULE_TCP_ANY_PORT_HALF);
	if (port)
		return port;
	return ft_port_pick(model, s, half, high, parity, usable, FT_RULE_TCP_ANY_PORT_HALF);
}

static int32_t take_any_port(struct ft_model *model, struct ft_socket *s)
{
	bool strict = ft_has(model, FT_TOGGLE_STRICT_BIND_CONFLICT);
	uint32_t port = pick_halves(model, s, strict ? may_have_any : may_share_any);
	struct ft_bucket *bucket;

	if (!port && model->sysctls[s->peer].autobind_reuse &&
	    ft_has(model, FT_TOGGLE_AUTOBIND_REUSE) && ft_on(model, FT_RULE_TCP_AUTOBIND_REUSE)) {
		ft_decided(model, FT_RULE_TCP_AUTOBIND_REUSE);
		port = pick_halves(model, s, may_share_any);
	}
	if (!port)
		return EADDRINUSE;
	bucket = ft_bucket_get(model, s->peer, port);
	if (!bucket)
		return ENOMEM;
	ft_bucket_own(model, bucket, s);
	granted(model, bucket, s, bucket->n_owners == 1);
	return 0;
}

static int32_t get_port(struct ft_model *model, struct ft_socket *s, uint32_t port)
{
	return port ? take_port(model, s, port) : take_any_port(model, s);
}

int32_t ft_tcp_bind(struct ft_model *model, struct ft_socket *s, const struct ft_ip *ip,
		    uint32_t port)
{
	int32_t error = ft_bind_checks(model, s, ip, port);
	bool was_v6only = s->v6only;

	if (error)
		return error;
	s->local = *ip;
	if (s->v6 && !ft_ip_is_any(ip) && !ft_ip_is_v4(ip)) {
		s->v6only_was_set = s->v6only_was_set || !s->v6only;
		s->v6only = true;
	}
	if (port || !s->no_port || !ft_on(model, FT_RULE_BIND_NO_PORT)) {
		error = get_port(model, s, port);
		if (error) {
			s->v6only = was_v6only;
			s->local = s->v6 ? ft_ip_any6 : ft_ip_any4;
			return error;
		}
	}
	/* sk_userlocks: what was once asked for stays so, also over a later bind() */
	s->address_explicit |= s->v6 ? !ft_ip_equal(ip, &ft_ip_any6) : !ft_ip_is_any(ip);
	s->port_explicit |= port != 0;
	s->port_by_connect = false;
	s->shown_port = s->port;
	return 0;
}

int32_t ft_tcp_listen_port(struct ft_model *model, struct ft_socket *s)
{
	if (!s->port)
		return take_any_port(model, s);
	if (!ft_on(model, FT_RULE_TCP_LISTEN_AGAIN))
		return 0;
	return take_port(model, s, s->port);
}

bool ft_port_reserved(const struct ft_sysctls *sysctls, uint32_t port)
{
	for (uint8_t i = 0; i < sysctls->n_reserved; i++)
		if (port >= sysctls->reserved[i].low && port <= sysctls->reserved[i].high)
			return true;
	return false;
}

void ft_port_range(struct ft_model *model, const struct ft_socket *s, uint32_t *ret_low,
		   uint32_t *ret_high)
{
	const struct ft_sysctls *sysctls = &model->sysctls[s->peer];

	*ret_low = sysctls->port_low;
	*ret_high = sysctls->port_high;
	if (!ft_on(model, FT_RULE_PORT_RANGE))
		return;
	if (s->range_low && s->range_low >= *ret_low && s->range_low <= *ret_high)
		*ret_low = s->range_low;
	if (s->range_high && s->range_high >= *ret_low && s->range_high <= *ret_high)
		*ret_high = s->range_high;
}

/* SPDX-License-Identifier: MIT */
/*
 * Which options has a socket, and which of them may be set and read?
 *
 * In the kernel's order: the level must be one of the socket's (inet and inet6 each refuse in their
 * own way), MPTCP must let it through, the value must be long enough; then the option decides.
 */
#include <errno.h>
#include <string.h>

#include "case/constants.h"
#include "model/option.h"

/* ---- what is kept ---- */

static bool is_elsewhere(const struct ft_socket *s, const struct ft_option_row *row)
{
	return s->v6 && row->at6;
}

int32_t ft_option_kept(const struct ft_socket *s, const struct ft_option_row *row)
{
	const char *base = (const char *)s;
	int32_t kept;

	if (!row->wide && !is_elsewhere(s, row))
		return base[row->at];
	memcpy(&kept, base + (is_elsewhere(s, row) ? row->at6 : row->at), sizeof(kept));
	return kept ^ row->initial;
}

void ft_option_keep(struct ft_socket *s, const struct ft_option_row *row, int32_t value)
{
	char *base = (char *)s;

	if (!row->wide && !is_elsewhere(s, row)) {
		base[row->at] = value != 0;
		return;
	}
	value ^= row->initial;
	memcpy(base + (is_elsewhere(s, row) ? row->at6 : row->at), &value, sizeof(value));
}

int32_t ft_keep(const struct ft_option_call *call, int32_t value)
{
	ft_option_keep(call->s, call->row, value);
	return 0;
}

void ft_forget_way(struct ft_socket *s)
{
	s->options[FT_SLOT_REROUTED] = s->state != TCP_CLOSE && s->state != TCP_LISTEN;
}

void ft_strange(const struct ft_option_call *call)
{
	if (call->number)
		call->model->strange = "an option of the case changes packets";
}

void ft_strange_in_time(const struct ft_option_call *call)
{
	if (call->number)
		call->model->strange_in_time = "an option of the case changes timers";
}

static int32_t refuse(struct ft_model *model, enum ft_rule rule, int32_t error)
{
	if (!ft_on(model, rule))
		return 0;
	ft_decided(model, rule);
	return error;
}

int32_t ft_refused(const struct ft_option_call *call, enum ft_rule rule, int32_t error)
{
	return refuse(call->model, rule, error);
}

static void start_with(struct ft_socket *s, int level, int name, int32_t value)
{
	bool exists;

	ft_option_keep(s, ft_option_row(level, name, &exists), value);
}

void ft_options_start(const struct ft_model *model, struct ft_socket *s)
{
	const struct ft_sysctls *sysctls = &model->sysctls[s->peer];

	if (sysctls->no_pmtu_disc)
		start_with(s, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT);
	if (!s->stream)
		return;
	start_with(s, SOL_SOCKET, SO_TXREHASH, sysctls->txrehash);
	start_with(s, SOL_SOCKET, SO_RCVBUF, sysctls->tcp_rmem[1]);
	start_with(s, SOL_SOCKET, SO_SNDBUF, sysctls->tcp_wmem[1]);
	start_with(s, IPPROTO_TCP, TCP_RTO_MIN_US, sysctls->rto_min_us);
	start_with(s, IPPROTO_TCP, TCP_RTO_MAX_MS, sysctls->rto_max_ms);
}

/* sk_clone_lock(), inet_csk_clone_lock(), tcp_v4_syn_recv_sock(): what multicasts look like is
 * taken from the client's segment. */
void ft_options_inherit(const struct ft_model *model, struct ft_socket *child,
			const struct ft_socket *listener)
{
	bool from_here = ft_device_of(model, child->peer, &child->remote) != FT_DEV_NONE;

	memcpy(child->options, listener->options, sizeof(child->options));
	child->broadcast = listener->broadcast;
	child->multicast_all = listener->multicast_all;
	child->multicast_loop = listener->multicast_loop;
	child->fastopen_connect = listener->fastopen_connect;
	child->options[FT_SLOT_PRIORITY] = child->options[FT_SLOT_REROUTED] = 0;
	child->multicast_if = child->v6 ? (from_here ? FT_DEV_LO : FT_DEV_ETH) : 0;
	child->v6only_was_set = listener->v6only_was_set;
	start_with(child, IPPROTO_IP, IP_MULTICAST_TTL, 64);
	start_with(child, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 64);
}

void ft_options_forget(const struct ft_model *model, struct ft_socket *s)
{
	s->options[FT_SLOT_PEEK_OFF] = 0;
	if (s->mptcp)
		return;
	s->options[FT_SLOT_WINDOW_CLAMP] = s->options[FT_SLOT_MAXSEG] = 0;
	s->options[FT_SLOT_DELACK_MAX_US] = 0;
	start_with(s, IPPROTO_TCP, TCP_RTO_MIN_US, model->sysctls[s->peer].rto_min_us);
}

/* ---- the levels ---- */

/* The options of SOL_SOCKET are everybody's; of the others: an AF_INET6 socket has those of
 * IPPROTO_IP too, and each transport its own. */
static bool has_level(const struct ft_socket *s, int level)
{
	switch (level) {
	case SOL_SOCKET:
	case IPPROTO_IP:
		return true;
	case IPPROTO_IPV6:
		return s->v6;
	case IPPROTO_TCP:
		return s->stream;
	case IPPROTO_UDP:
		return !s->stream;
	default:
		return false;
	}
}

static int32_t no_level(struct ft_model *model, int32_t error)
{
	return refuse(model, FT_RULE_OPTION_LEVEL, error);
}

/* The first int; of IPPROTO_IP also a byte, and 0 for nothing. */
static int32_t number_of(int level, const struct ft_option_value *value)
{
	int32_t number = 0;

	if (value->len >= sizeof(number))
		memcpy(&number, value->bytes, sizeof(number));
	else if (level == IPPROTO_IP && value->len > 0)
		number = value->bytes[0];
	return number;
}

static int32_t set_row(struct ft_model *model, struct ft_socket *s, int level,
		       const struct ft_option_row *row, const struct ft_option_value *value)
{
	struct ft_option_call call = {
		.model = model,
		.s = s,
		.row = row,
		.number = number_of(level, value),
		.value = value,
	};

	if (value->len < row->least)
		return ft_refused(&call, FT_RULE_OPTION_LENGTH, EINVAL);
	return row->set ? row->set(&call) : ENOPROTOOPT;
}

static int32_t set_plain(struct ft_model *model, struct ft_socket *s, int level, int name,
			 const struct ft_option_value *value)
{
	bool exists;
	const struct ft_option_row *row = ft_option_row(level, name, &exists);

	if (!has_level(s, level))
		return no_level(model, ENOPROTOOPT);
	if (row)
		return set_row(model, s, level, row, value);
	if (exists)
		return FT_OPTION_BEYOND;
	return level == SOL_SOCKET && value->len < sizeof(int) ? EINVAL : ENOPROTOOPT;
}

/* ---- MPTCP ---- */

bool ft_is_fallback(const struct ft_model *model, const struct ft_socket *s)
{
	if (s->fallback)
		return true;
	if (s->state == TCP_CLOSE || s->state == TCP_LISTEN || s->other == FT_NOBODY)
		return false;
	return s->other == s->id || !ft_socket_at(model, s->other)->mptcp;
}

bool ft_has_subflow(const struct ft_socket *s)
{
	return !s->mptcp || s->options[FT_SLOT_SUBFLOW] || s->port || s->state != TCP_CLOSE ||
	       s->tcp.write_seq;
}

void ft_options_subflow(const struct ft_model *model, struct ft_socket *s)
{
	bool v6only = s->v6 && model->sysctls[s->peer].bindv6only;

	if (ft_has_subflow(s))
		return;
	s->options[FT_SLOT_SUBFLOW] = 1;
	s->v6only_was_set = v6only && !s->v6only;
	s->v6only = v6only;
}

static bool is_mptcp(const struct ft_model *model, const struct ft_socket *s)
{
	return s->mptcp && ft_on(model, FT_RULE_OPTION_MPTCP);
}

/* __mptcp_nmpc_sk(): where there is one before the connection, else EINVAL. */
static bool has_first(const struct ft_socket *s)
{
	return s->state == TCP_CLOSE || s->state == TCP_LISTEN;
}

bool ft_lacks_first_subflow(struct ft_model *model, const struct ft_socket *s)
{
	if (!s->mptcp || has_first(s) || !ft_on(model, FT_RULE_MPTCP_FIRST))
		return false;
	ft_decided(model, FT_RULE_MPTCP_FIRST);
	return true;
}

static int32_t refuse_mptcp(struct ft_model *model, int32_t error)
{
	return refuse(model, FT_RULE_OPTION_MPTCP, error);
}

/* mptcp_setsockopt_sol_ip_set() sets it for MPTCP itself before it looks for the subflow. */
static int32_t set_first(struct ft_model *model, struct ft_socket *s, int level, int name,
			 const struct ft_option_value *value)
{
	int32_t error = 0;

	if (!has_first(s) && level == IPPROTO_IP)
		error = set_plain(model, s, level, name, value);
	if (error)
		return error;
	if (!has_first(s))
		return refuse_mptcp(model, EINVAL);
	ft_options_subflow(model, s);
	return set_plain(model, s, level, name, value);
}

/* mptcp_setsockopt_sol_tcp() reads the int before it looks at the option. */
static int32_t refuse_listed(struct ft_model *model, int level, const struct ft_option_value *value)
{
	if (level != IPPROTO_TCP)
		return refuse_mptcp(model, EOPNOTSUPP);
	return refuse_mptcp(model, value->len < sizeof(int) ? EINVAL : ENOPROTOOPT);
}

static int32_t set_mptcp(struct ft_model *model, struct ft_socket *s, int level, int name,
			 const struct ft_option_value *value)
{
	bool exists;
	const struct ft_option_row *row = ft_option_row(level, name, &exists);

	if (!row && exists)
		return FT_OPTION_BEYOND;
	if (row && row->mptcp != FT_MPTCP_NONE && level != SOL_SOCKET && ft_is_fallback(model, s))
		return set_plain(model, s, level, name, value);
	switch (row ? row->mptcp : FT_MPTCP_NONE) {
	case FT_MPTCP_LISTED:
		return refuse_listed(model, level, value);
	case FT_MPTCP_IGNORED:
		return 0;
	case FT_MPTCP_TRIED:
		set_first(model, s, level, name, value);
		return 0;
	case FT_MPTCP_PLAIN:
		return set_plain(model, s, level, name, value);
	case FT_MPTCP_FIRST:
		return set_first(model, s, level, name, value);
	default:
		return refuse_mptcp(model, level == SOL_SOCKET ? EOPNOTSUPP : ENOPROTOOPT);
	}
}

int32_t ft_option_set(struct ft_model *model, struct ft_socket *s, int level, int name,
		      const struct ft_option_value *value)
{
	if (is_mptcp(model, s))
		return set_mptcp(model, s, level, name, value);
	return set_plain(model, s, level, name, value);
}

/* ---- reading ---- */

static int32_t get_row(struct ft_model *model, struct ft_socket *s, const struct ft_option_row *row,
		       int64_t *ret)
{
	struct ft_option_call call = {.model = model, .s = s, .row = row};
	int32_t error = row->get ? row->get(&call) : ENOPROTOOPT;

	*ret = call.read;
	return error;
}

/* do_ip_getsockopt() says EOPNOTSUPP to a level that is not its own, ipv6_getsockopt()
 * ENOPROTOOPT. */
static int32_t get_plain(struct ft_model *model, struct ft_socket *s, int level, int name,
			 int64_t *ret)
{
	bool exists;
	const struct ft_option_row *row = ft_option_row(level, name, &exists);

	if (!has_level(s, level))
		return no_level(model, s->v6 ? ENOPROTOOPT : EOPNOTSUPP);
	if (row)
		return get_row(model, s, row, ret);
	return exists ? FT_OPTION_BEYOND : ENOPROTOOPT;
}

/* mptcp_getsockopt_first_sf_only(): the first subflow is asked, and made if there is none. */
static bool is_asked(const struct ft_option_row *row)
{
	return row->mptcp == FT_MPTCP_FIRST || row->mptcp == FT_MPTCP_TRIED ||
	       row->get == ft_get_maxseg;
}

static int32_t get_mptcp(struct ft_model *model, struct ft_socket *s, int level, int name,
			 int64_t *ret)
{
	bool exists;
	const struct ft_option_row *row = ft_option_row(level, name, &exists);

	if (!row)
		return exists ? FT_OPTION_BEYOND : refuse_mptcp(model, EOPNOTSUPP);
	if (row->mptcp < FT_MPTCP_TRIED)
		return refuse_mptcp(model, EOPNOTSUPP);
	if (level == IPPROTO_TCP && is_asked(row))
		ft_options_subflow(model, s);
	return get_row(model, s, row, ret);
}

int32_t ft_option_get(struct ft_model *model, struct ft_socket *s, int level, int name,
		      int64_t *ret_value)
{
	if (level != SOL_SOCKET && is_mptcp(model, s) && !ft_is_fallback(model, s))
		return get_mptcp(model, s, level, name, ret_value);
	return get_plain(model, s, level, name, ret_value);
}

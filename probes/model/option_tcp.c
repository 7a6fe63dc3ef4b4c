/* SPDX-License-Identifier: MIT */
/*
 * What do the options of IPPROTO_TCP and IPPROTO_UDP do, and what is read back?
 *
 * do_tcp_setsockopt() (net/ipv4/tcp.c), udp_lib_setsockopt() (net/ipv4/udp.c), tcp(7), udp(7).
 */
#include <errno.h>
#include <stddef.h>

#include "case/constants.h"
#include "model/option.h"
#include "model/stream.h"

static int32_t invalid(const struct ft_option_call *call)
{
	return ft_refused(call, FT_RULE_OPTION_RANGE, EINVAL);
}

static bool is_open(const struct ft_socket *s)
{
	return s->state != TCP_CLOSE && s->state != TCP_LISTEN;
}

/* What can only be set before a connection. */
static bool too_late(const struct ft_option_call *call, bool late)
{
	if (!late || !ft_on(call->model, FT_RULE_OPTION_STATE))
		return false;
	ft_decided(call->model, FT_RULE_OPTION_STATE);
	return true;
}

int32_t ft_set_nothing(struct ft_option_call *call)
{
	return call->number < call->row->low || call->number > call->row->high ? invalid(call) : 0;
}

/* ---- the namespace's unless set ---- */

static int32_t of_namespace(const struct ft_option_call *call)
{
	const struct ft_sysctls *sysctls = &call->model->sysctls[call->s->peer];

	switch (((size_t)call->row->at - offsetof(struct ft_socket, options)) / sizeof(int32_t)) {
	case FT_SLOT_KEEPCNT:
		return sysctls->keepalive_probes;
	case FT_SLOT_KEEPIDLE:
		return sysctls->keepalive_time_s;
	case FT_SLOT_KEEPINTVL:
		return sysctls->keepalive_intvl_s;
	default:
		return sysctls->syn_retries;
	}
}

int32_t ft_set_keep(struct ft_option_call *call)
{
	ft_strange_in_time(call);
	if (ft_has_subflow(call->s))
		return ft_set_range(call);
	return ft_set_number(call);
}

int32_t ft_get_keep(struct ft_option_call *call)
{
	int32_t kept = ft_option_kept(call->s, call->row);

	call->read = kept ? kept : of_namespace(call);
	return 0;
}

/* Seconds in FIN_WAIT2: at most two minutes, -1 for none. */
int32_t ft_set_linger2(struct ft_option_call *call)
{
	if (call->number < 0)
		call->number = -1;
	return ft_keep(call, call->number > 120 ? 120 : call->number);
}

int32_t ft_get_linger2(struct ft_option_call *call)
{
	int32_t kept = ft_option_kept(call->s, call->row);

	call->read = kept ? kept : (int32_t)call->model->sysctls[call->s->peer].fin_timeout_s;
	return 0;
}

/* ---- listeners ---- */

enum { RTO_INIT_S = 1, RTO_MAX_S = 120, DEFER_MAX = 255 };

/* Seconds until the n-th retransmission of a SYN-ACK (retrans_to_secs()). */
static int32_t defer_seconds(int32_t n)
{
	int32_t timeout = RTO_INIT_S, seconds = n > 0 ? timeout : 0;

	for (; n > 1; n--) {
		timeout = timeout * 2 > RTO_MAX_S ? RTO_MAX_S : timeout * 2;
		seconds += timeout;
	}
	return seconds;
}

/* Kept as the number of retransmissions that take so long (secs_to_retrans()). */
int32_t ft_set_defer_accept(struct ft_option_call *call)
{
	int32_t n = call->number > 0;

	while (n > 0 && n < DEFER_MAX && defer_seconds(n) < call->number)
		n++;
	call->s->defer_accept = n;
	return 0;
}

int32_t ft_get_defer_accept(struct ft_option_call *call)
{
	call->read = defer_seconds(call->s->defer_accept);
	return 0;
}

int32_t ft_set_fastopen(struct ft_option_call *call)
{
	uint32_t most = call->model->sysctls[call->s->peer].somaxconn;

	if (call->number < 0)
		return invalid(call);
	if (too_late(call, is_open(call->s)))
		return EINVAL;
	return ft_keep(call, (uint32_t)call->number > most ? (int32_t)most : call->number);
}

/* ---- clients ---- */

int32_t ft_set_fastopen_connect(struct ft_option_call *call)
{
	if (call->number < 0 || call->number > 1)
		return invalid(call);
	if (!(call->model->sysctls[call->s->peer].fastopen & 1))
		return ft_refused(call, FT_RULE_OPTION_FASTOPEN, EOPNOTSUPP);
	if (too_late(call, call->s->state != TCP_CLOSE))
		return EINVAL;
	return ft_set_flag(call);
}

int32_t ft_set_fastopen_no_cookie(struct ft_option_call *call)
{
	if (call->number < 0 || call->number > 1)
		return invalid(call);
	if (too_late(call, is_open(call->s)))
		return EINVAL;
	return ft_set_flag(call);
}

/* ---- segments and timers ---- */

enum { MSS_DEFAULT = 536 };

/* MPTCP hands on what it was told once it has a subflow, and does not look at the answer. */
int32_t ft_set_maxseg(struct ft_option_call *call)
{
	int32_t error = call->number ? ft_set_range(call) : ft_set_number(call);

	if (error && !ft_has_subflow(call->s))
		error = 0;
	return error;
}

int32_t ft_get_maxseg(struct ft_option_call *call)
{
	int32_t kept = ft_option_kept(call->s, call->row);

	/* what is left of the way of a connection stays afterwards */
	if (is_open(call->s) || (!kept && call->s->tcp.write_seq))
		return FT_OPTION_BEYOND;
	call->read = kept ? kept : MSS_DEFAULT;
	return 0;
}

/* Times in ticks of CONFIG_HZ, at least two of them. Without knowing it: multiples of 20 ms are
 * whole ticks everywhere. */
static int32_t whole_ticks(const struct ft_option_call *call, int64_t us)
{
	int64_t tick = 1000000 / (call->model->setting->hz ? call->model->setting->hz : 50);

	if (!call->model->setting->hz && us % tick)
		return -1;
	return (int32_t)((us + tick - 1) / tick);
}

int32_t ft_set_timer(struct ft_option_call *call)
{
	ft_strange_in_time(call);
	return ft_set_range(call);
}

int32_t ft_set_ticks_us(struct ft_option_call *call)
{
	int32_t ticks = call->number < 0 ? INT32_MAX : whole_ticks(call, call->number);
	uint32_t hz = call->model->setting->hz ? call->model->setting->hz : 50;

	if (call->number < 0 || call->number > call->row->high || call->number < 1)
		return invalid(call);
	if (ticks < 0)
		return FT_OPTION_BEYOND;
	if (call->model->setting->hz && ticks < call->row->low)
		return invalid(call);
	ft_strange_in_time(call);
	return ft_keep(call, (int32_t)(ticks * INT64_C(1000000) / hz));
}

int32_t ft_set_ticks_ms(struct ft_option_call *call)
{
	int32_t ticks = whole_ticks(call, call->number * INT64_C(1000));
	uint32_t hz = call->model->setting->hz ? call->model->setting->hz : 50;

	if (call->number < call->row->low || call->number > call->row->high)
		return invalid(call);
	if (ticks < 0)
		return FT_OPTION_BEYOND;
	ft_strange_in_time(call);
	return ft_keep(call, (int32_t)(ticks * INT64_C(1000) / hz));
}

enum { LEAST_CLAMP = 2304 / 2 }; /* SOCK_MIN_RCVBUF / 2 */

int32_t ft_set_window_clamp(struct ft_option_call *call)
{
	if (!call->number && too_late(call, call->s->state != TCP_CLOSE))
		return EINVAL;
	if (call->number)
		call->number = call->number < LEAST_CLAMP ? LEAST_CLAMP : call->number;
	return ft_set_number(call);
}

int32_t ft_get_window_clamp(struct ft_option_call *call)
{
	bool chosen = is_open(call->s) || call->s->remote_port; /* or it was open until a reset */

	return chosen && !ft_option_kept(call->s, call->row) ? FT_OPTION_BEYOND : ft_get_kept(call);
}

/* __tcp_sock_set_nodelay(): all that waits goes at once, even under a cork. */
int32_t ft_set_nodelay(struct ft_option_call *call)
{
	struct ft_socket *s = call->s;
	int32_t cork = s->options[FT_SLOT_CORK];

	ft_set_flag(call);
	if (!call->number || !s->stream)
		return 0;
	s->options[FT_SLOT_CORK] = 0;
	ft_output_push(call->model, s);
	s->options[FT_SLOT_CORK] = cork;
	ft_wire_run(call->model);
	return 0;
}

int32_t ft_set_cork(struct ft_option_call *call)
{
	ft_set_flag(call);
	if (!call->number) {
		ft_output_push(call->model, call->s);
		ft_wire_run(call->model);
	}
	return 0;
}

/* Out of the pingpong of a conversation, or into it. */
int32_t ft_set_quickack(struct ft_option_call *call)
{
	call->s->tcp.pingpong = !call->number;
	return 0;
}

int32_t ft_get_quickack(struct ft_option_call *call)
{
	call->read = !call->s->tcp.pingpong;
	return 0;
}

/* ---- TCP_REPAIR: the model knows who may, not what it does ---- */

int32_t ft_set_repair(struct ft_option_call *call)
{
	if (call->s->state == TCP_LISTEN || !ft_may_set(call->model))
		return ft_refused(call, FT_RULE_OPTION_PRIVILEGE, EPERM);
	if (call->number < -1 || call->number > 1)
		return invalid(call);
	call->s->reuseaddr = false; /* both ends of it forget SO_REUSEADDR */
	return call->number == 1 ? FT_OPTION_BEYOND : 0;
}

static int32_t not_in_repair(const struct ft_option_call *call, int32_t error)
{
	return ft_refused(call, FT_RULE_OPTION_REPAIR, error);
}

int32_t ft_set_repair_queue(struct ft_option_call *call)
{
	return not_in_repair(call, EPERM);
}

int32_t ft_set_queue_seq(struct ft_option_call *call)
{
	return not_in_repair(call, call->s->state == TCP_CLOSE ? EINVAL : EPERM);
}

int32_t ft_get_not_in_repair(struct ft_option_call *call)
{
	return not_in_repair(call, EINVAL);
}

/* ---- UDP ---- */

/* Of the encapsulations, ESP and L2TP are left (UDP_ENCAP_ESPINUDP, UDP_ENCAP_L2TPINUDP). */
int32_t ft_set_encap(struct ft_option_call *call)
{
	if (call->number != 0 && call->number != 2 && call->number != 3)
		return ft_refused(call, FT_RULE_OPTION_RANGE, ENOPROTOOPT);
	ft_strange(call);
	return ft_set_number(call);
}

int32_t ft_set_strange(struct ft_option_call *call)
{
	ft_strange(call);
	return ft_set_flag(call);
}

int32_t ft_set_strange_range(struct ft_option_call *call)
{
	ft_strange(call);
	return ft_set_range(call);
}

/* SPDX-License-Identifier: MIT */
/*
 * What do the options of SOL_SOCKET do, and what is read back?
 *
 * sk_setsockopt() and sk_getsockopt() (net/core/sock.c), socket(7).
 */
#include <errno.h>
#include <linux/net_tstamp.h>
#include <stddef.h>
#include <string.h>
#include <sys/time.h>

#include "case/constants.h"
#include "model/option.h"

/* ---- who may ---- */

bool ft_is_admin(const struct ft_model *model)
{
	return model->uid == 0 && model->setting->privileged;
}

bool ft_may_set(struct ft_model *model)
{
	if (ft_is_admin(model) || !ft_on(model, FT_RULE_OPTION_PRIVILEGE))
		return true;
	ft_decided(model, FT_RULE_OPTION_PRIVILEGE);
	return false;
}

/* capable() asks for privileges of the whole machine, which nobody has in the sandbox. */
static int32_t refuse_all(const struct ft_option_call *call, int32_t error)
{
	if (call->model->uid == 0 && call->model->setting->capable)
		return 0;
	return ft_refused(call, FT_RULE_OPTION_CAPABLE, error);
}

/* ---- numbers ---- */

int32_t ft_set_flag(struct ft_option_call *call)
{
	ft_option_keep(call->s, call->row, call->number != 0);
	return 0;
}

int32_t ft_set_number(struct ft_option_call *call)
{
	ft_option_keep(call->s, call->row, call->number);
	return 0;
}

int32_t ft_set_range(struct ft_option_call *call)
{
	if ((call->number < call->row->low || call->number > call->row->high) &&
	    ft_on(call->model, FT_RULE_OPTION_RANGE))
		return ft_refused(call, FT_RULE_OPTION_RANGE, EINVAL);
	return ft_set_number(call);
}

int32_t ft_get_kept(struct ft_option_call *call)
{
	call->read = ft_option_kept(call->s, call->row);
	return 0;
}

int32_t ft_get_one(struct ft_option_call *call)
{
	call->read = 1;
	return 0;
}

int32_t ft_get_zero(struct ft_option_call *call)
{
	call->read = 0;
	return 0;
}

/* ---- the socket itself ---- */

/* SO_ERROR is cleared by reading. */
int32_t ft_get_error(struct ft_option_call *call)
{
	call->read = call->s->error;
	call->s->error = 0;
	return 0;
}

int32_t ft_get_state(struct ft_option_call *call)
{
	call->read = call->s->state == TCP_LISTEN;
	return 0;
}

int32_t ft_get_type(struct ft_option_call *call)
{
	call->read = ft_families[call->s->family].type;
	return 0;
}

int32_t ft_get_domain(struct ft_option_call *call)
{
	call->read = call->s->v6 ? AF_INET6 : AF_INET;
	return 0;
}

int32_t ft_get_protocol(struct ft_option_call *call)
{
	if (call->s->mptcp)
		call->read = IPPROTO_MPTCP;
	else
		call->read = call->s->stream ? IPPROTO_TCP : IPPROTO_UDP;
	return 0;
}

/* ---- the device ---- */

uint8_t ft_device_find(const struct ft_model *model, const char *name)
{
	for (uint8_t i = FT_DEV_LO; i < model->n_devs; i++)
		if (strcmp(model->devs[i], name) == 0)
			return i;
	return FT_DEV_NONE;
}

static bool may_leave_device(struct ft_model *model, const struct ft_socket *s)
{
	bool first = ft_has(model, FT_TOGGLE_BINDTODEVICE_FREE);

	if (ft_is_admin(model) || (first && !s->device) ||
	    !ft_on(model, FT_RULE_OPTION_DEVICE_USER))
		return true;
	ft_decided(model, FT_RULE_OPTION_DEVICE_USER);
	return false;
}

/* sock_bindtoindex_locked(). A UDP socket is hashed anew, and leaves its group in any case
 * (udp_lib_rehash()). */
static int32_t set_device(struct ft_model *model, struct ft_socket *s, int index)
{
	if (!may_leave_device(model, s))
		return EPERM;
	if (index < 0)
		return EINVAL;
	if (index > UINT8_MAX)
		return FT_OPTION_BEYOND;
	s->device = s->own_device = (uint8_t)index;
	ft_forget_way(s);
	if (!s->stream && ft_on(model, FT_RULE_OPTION_DEVICE_GROUP))
		ft_udp_rehash(model, s);
	return 0;
}

int32_t ft_set_ifindex(struct ft_option_call *call)
{
	return set_device(call->model, call->s, call->number);
}

int32_t ft_set_device_name(struct ft_option_call *call)
{
	char name[16] = {0};
	uint8_t index;

	memcpy(name, call->value->bytes,
	       call->value->len < sizeof(name) ? call->value->len : sizeof(name) - 1);
	index = ft_device_find(call->model, name);
	if (name[0] && !index)
		return ft_refused(call, FT_RULE_OPTION_DEVICE, ENODEV);
	return set_device(call->model, call->s, index);
}

int32_t ft_get_ifindex(struct ft_option_call *call)
{
	call->read = ft_own_device(call->s);
	return 0;
}

/* By name: netdev_get_name() does not find an index that no device has. */
int32_t ft_get_device(struct ft_option_call *call)
{
	if (ft_own_device(call->s) >= call->model->n_devs)
		return ENODEV;
	call->read = ft_own_device(call->s);
	return 0;
}

/* ---- privileged ones ---- */

int32_t ft_set_debug(struct ft_option_call *call)
{
	int32_t error = call->number ? refuse_all(call, EACCES) : 0;

	return error ? error : ft_set_flag(call);
}

int32_t ft_set_prefer_busy_poll(struct ft_option_call *call)
{
	int32_t error = call->number ? refuse_all(call, EPERM) : 0;

	return error ? error : ft_set_flag(call);
}

/* More than there is takes the capability. */
int32_t ft_set_busy_poll_budget(struct ft_option_call *call)
{
	int32_t kept = ft_option_kept(call->s, call->row);
	int32_t error = call->number > kept ? refuse_all(call, EPERM) : 0;

	return error ? error : ft_set_range(call);
}

int32_t ft_set_force(struct ft_option_call *call)
{
	return refuse_all(call, EPERM);
}

int32_t ft_set_priority(struct ft_option_call *call)
{
	if ((call->number < 0 || call->number > 6) && !ft_may_set(call->model))
		return EPERM;
	return ft_set_number(call);
}

int32_t ft_set_mark(struct ft_option_call *call)
{
	if (!ft_may_set(call->model))
		return EPERM;
	ft_forget_way(call->s);
	return ft_set_number(call);
}

/* A locked filter cannot be unlocked. */
int32_t ft_set_lock_filter(struct ft_option_call *call)
{
	if (!call->number && ft_option_kept(call->s, call->row) &&
	    ft_on(call->model, FT_RULE_OPTION_LOCKED))
		return ft_refused(call, FT_RULE_OPTION_LOCKED, EPERM);
	return ft_set_flag(call);
}

int32_t ft_filter_error(struct ft_model *model, const struct ft_socket *s, bool attach)
{
	if (s->mptcp && ft_on(model, FT_RULE_OPTION_MPTCP)) {
		ft_decided(model, FT_RULE_OPTION_MPTCP);
		return EOPNOTSUPP;
	}
	if (attach && s->stream && !ft_is_admin(model) && ft_on(model, FT_RULE_OPTION_FILTER)) {
		ft_decided(model, FT_RULE_OPTION_FILTER);
		return EPERM;
	}
	if (s->options[FT_SLOT_LOCK_FILTER] && ft_on(model, FT_RULE_OPTION_LOCKED)) {
		ft_decided(model, FT_RULE_OPTION_LOCKED);
		return EPERM;
	}
	return 0;
}

/* ---- structures ---- */

int32_t ft_set_linger(struct ft_option_call *call)
{
	struct linger linger;

	if (call->value->len < sizeof(linger))
		return ft_refused(call, FT_RULE_OPTION_LENGTH, EINVAL);
	memcpy(&linger, call->value->bytes, sizeof(linger));
	if (linger.l_onoff && linger.l_linger < 0)
		return FT_OPTION_BEYOND;
	call->s->linger = linger.l_onoff ? linger.l_linger : -1;
	return 0;
}

int32_t ft_get_linger(struct ft_option_call *call)
{
	call->read = call->s->linger;
	return 0;
}

/* A time is kept in ticks of CONFIG_HZ; where that is not known, one that is a whole number of
 * ticks at every HZ there is (100, 250, 300, 1000). */
static int64_t ticks_of(const struct ft_model *model, const struct timeval *time)
{
	int64_t hz = model->setting->hz ? model->setting->hz : 50;
	int64_t tick_us = 1000000 / hz;
	int64_t ticks = time->tv_sec * hz + (time->tv_usec + tick_us - 1) / tick_us;
	bool exact = time->tv_usec % tick_us == 0;

	return (model->setting->hz || exact) && ticks <= INT32_MAX ? ticks : -1;
}

int32_t ft_set_timeout(struct ft_option_call *call)
{
	struct timeval time;
	int64_t ticks = 0;

	if (call->value->len < sizeof(time))
		return ft_refused(call, FT_RULE_OPTION_LENGTH, EINVAL);
	memcpy(&time, call->value->bytes, sizeof(time));
	if ((time.tv_usec < 0 || time.tv_usec >= 1000000) &&
	    ft_on(call->model, FT_RULE_OPTION_DOMAIN))
		return ft_refused(call, FT_RULE_OPTION_DOMAIN, EDOM);
	if (time.tv_sec > INT32_MAX)
		return FT_OPTION_BEYOND;
	if (time.tv_sec >= 0)
		ticks = ticks_of(call->model, &time);
	return ticks < 0 ? FT_OPTION_BEYOND : ft_keep(call, (int32_t)ticks);
}

int32_t ft_get_timeout(struct ft_option_call *call)
{
	int64_t hz = call->model->setting->hz ? call->model->setting->hz : 50;
	int64_t ticks = ft_option_kept(call->s, call->row);

	call->read = ticks / hz * 1000000000 + ticks % hz * 1000000 / hz * 1000;
	return 0;
}

/* ---- buffers ---- */

/* What a host may change for all: net.core.[rw]mem_default and _max. As the kernel has them
 * (net/core/sock.c); most hosts raise the latter, and so did a6d4f25888b8. */
enum {
	BUFFER_DEFAULT = 212992,
	LEAST_BUFFER_MAX = 212992,
	SMALL_BUFFER = 16384, /* what a dozen of short packets take */
	LEAST_RCVBUF = 2304,  /* SOCK_MIN_RCVBUF, SOCK_MIN_SNDBUF */
	LEAST_SNDBUF = 4608,
	UNKNOWN = -1, /* cut at a [rw]mem_max that we do not know */
};

static bool is_sndbuf(const struct ft_option_row *row)
{
	return row->at == offsetof(struct ft_socket, options[FT_SLOT_SNDBUF]);
}

/* A wish is doubled, for the kernel's own use; it ends what TCP would do by itself. */
int32_t ft_set_buffer(struct ft_option_call *call)
{
	int32_t least = is_sndbuf(call->row) ? LEAST_SNDBUF : LEAST_RCVBUF;

	call->s->options[FT_SLOT_BUF_LOCK] |= is_sndbuf(call->row) ? 1 : 2;
	if ((uint32_t)call->number < SMALL_BUFFER)
		call->model->strange = "a buffer of the case is too small for what the model knows";
	if ((uint32_t)call->number > LEAST_BUFFER_MAX)
		return ft_keep(call, UNKNOWN);
	return ft_keep(call, call->number * 2 < least ? least : call->number * 2);
}

/* A connection's, unless it was set, follows its traffic. */
static bool is_tuned(const struct ft_option_call *call)
{
	const struct ft_socket *s = call->s;
	int32_t lock = is_sndbuf(call->row) ? 1 : 2;

	bool idle = s->state == TCP_CLOSE || s->state == TCP_LISTEN;

	/* MPTCP's counts those of its subflows, also of one that failed */
	return s->stream && (!idle || s->tuned || (s->mptcp && s->tcp.write_seq)) &&
	       !(s->options[FT_SLOT_BUF_LOCK] & lock);
}

int32_t ft_get_buffer(struct ft_option_call *call)
{
	int32_t set = ft_option_kept(call->s, call->row);

	if (is_tuned(call) || set == UNKNOWN)
		return FT_OPTION_BEYOND;
	call->read = set ? set : BUFFER_DEFAULT;
	return 0;
}

static int32_t set_stream_rcvlowat(const struct ft_option_call *call)
{
	struct ft_socket *s = call->s;
	bool locked = s->options[FT_SLOT_BUF_LOCK] & 2;
	int32_t rcvbuf = s->options[FT_SLOT_RCVBUF], number = call->number;
	int32_t cap = (locked ? rcvbuf : call->model->sysctls[s->peer].tcp_rmem[2]) / 2;

	if (rcvbuf == UNKNOWN)
		return FT_OPTION_BEYOND;
	if (number > cap)
		number = cap;
	if (!locked && number > rcvbuf / 2)
		s->options[FT_SLOT_RCVBUF] = number * 2;
	return ft_keep(call, number ? number : 1);
}

/* tcp_set_rcvlowat() makes room for so much. */
int32_t ft_set_rcvlowat(struct ft_option_call *call)
{
	if (call->number < 0)
		call->number = INT32_MAX;
	if (call->s->stream)
		return set_stream_rcvlowat(call);
	return ft_keep(call, call->number ? call->number : 1);
}

/* ---- time stamps ---- */

/* One of the two kinds at a time; off means neither. */
int32_t ft_set_timestamp(struct ft_option_call *call)
{
	return ft_keep(call, call->number ? call->row->high : 0);
}

int32_t ft_get_timestamp(struct ft_option_call *call)
{
	call->read = ft_option_kept(call->s, call->row) == call->row->high;
	return 0;
}

enum {
	STAMP_ID_TCP = 1 << 16, /* SOF_TIMESTAMPING_OPT_ID_TCP */
	STAMP_MASK = (1 << 19) - 1,
};

static bool wants(int32_t flags, int32_t flag)
{
	return flags & flag;
}

/* SOF_TIMESTAMPING_OPT_ID counts bytes from where a connection is. */
static bool counts_too_early(const struct ft_socket *s, int32_t flags, int32_t before)
{
	return wants(flags, SOF_TIMESTAMPING_OPT_ID) && !wants(before, SOF_TIMESTAMPING_OPT_ID) &&
	       s->stream && ft_has_subflow(s) && (s->state == TCP_CLOSE || s->state == TCP_LISTEN);
}

int32_t ft_set_timestamping(struct ft_option_call *call)
{
	const struct ft_option_value *value = call->value;
	bool early = counts_too_early(call->s, call->number, ft_option_kept(call->s, call->row));

	if (call->s->mptcp && value->len != sizeof(int) && value->len != 2 * sizeof(int))
		return ft_refused(call, FT_RULE_OPTION_LENGTH, EINVAL);
	if ((call->number & ~STAMP_MASK) ||
	    (wants(call->number, STAMP_ID_TCP) && !wants(call->number, SOF_TIMESTAMPING_OPT_ID)) ||
	    (early && !call->s->mptcp) ||
	    (wants(call->number, SOF_TIMESTAMPING_OPT_STATS) &&
	     !wants(call->number, SOF_TIMESTAMPING_OPT_TSONLY)))
		return ft_refused(call, FT_RULE_OPTION_RANGE, EINVAL);
	if (wants(call->number, SOF_TIMESTAMPING_BIND_PHC)) /* no device here has such a clock */
		return call->s->device ? FT_OPTION_BEYOND : EOPNOTSUPP;
	ft_set_number(call);
	return early ? EINVAL : 0; /* what MPTCP's first subflow says, too late */
}

/* ---- the rest ---- */

static int32_t unsupported(const struct ft_option_call *call)
{
	return ft_refused(call, FT_RULE_OPTION_PROTOCOL, EOPNOTSUPP);
}

int32_t ft_set_unsupported(struct ft_option_call *call)
{
	return unsupported(call);
}

int32_t ft_get_unsupported(struct ft_option_call *call)
{
	return unsupported(call);
}

int32_t ft_set_txrehash(struct ft_option_call *call)
{
	if (!call->s->stream || call->s->mptcp)
		return unsupported(call);
	return ft_set_range(call) ? EINVAL : ft_set_flag(call);
}

int32_t ft_get_txrehash(struct ft_option_call *call)
{
	if (!call->s->stream || call->s->mptcp)
		return unsupported(call);
	return ft_get_kept(call);
}

/* Whether memory can be reserved for TCP depends on the control group that we are in. */
int32_t ft_set_reserve_mem(struct ft_option_call *call)
{
	if (call->number < 0)
		return ft_refused(call, FT_RULE_OPTION_RANGE, EINVAL);
	return call->s->stream ? FT_OPTION_BEYOND : unsupported(call);
}

int32_t ft_set_incoming_cpu(struct ft_option_call *call)
{
	if (call->number < -1) /* other numbers that are no CPU's are not told apart */
		return FT_OPTION_BEYOND;
	ft_incoming_cpu_set(call->model, call->s, call->number);
	return 0;
}

int32_t ft_get_incoming_cpu(struct ft_option_call *call)
{
	call->read = ft_incoming_cpu(call->model, call->s);
	return 0;
}

int32_t ft_get_peek_off(struct ft_option_call *call)
{
	return call->s->mptcp ? unsupported(call) : ft_get_kept(call);
}

int32_t ft_set_dontroute(struct ft_option_call *call)
{
	ft_forget_way(call->s);
	return ft_set_flag(call);
}

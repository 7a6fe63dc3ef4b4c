/* SPDX-License-Identifier: MIT */
/*
 * How are options set and read back, and how is a kernel without one told from a refusal?
 *
 * ENOPROTOOPT is an answer (v6only on a v4 socket, two names OR-ed into one that exists nowhere) or
 * the sign of a kernel that lacks the option. The difference is found by asking a socket for which
 * the option is made: if that one does not know it either, the case is skipped by the option's
 * name.
 */
#include <errno.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "engine/run.h"

/* A value in the form that setsockopt(2) takes. */
union value {
	int number;
	uint32_t range;
	char device[IFNAMSIZ];
	struct linger linger;
	struct timeval time;
	struct ip_mreqn v4;
	struct ipv6_mreq v6;
};

static int domain_of(const struct ft_exec *x)
{
	return ft_families[x->sock->family].domain;
}

/* Level and name of the word on this socket; names that were OR-ed share a level. */
static void names_of(const struct ft_exec *x, int *ret_level, int *ret_name)
{
	*ret_name = 0;
	for (unsigned i = 0; i < x->word->n_options; i++) {
		const struct ft_option *option = &ft_options[x->word->options[i]];
		bool v6 = domain_of(x) == AF_INET6 && option->v6_level;

		*ret_level = v6 ? option->v6_level : option->level;
		*ret_name |= v6 ? option->v6_optname : option->optname;
	}
}

/* Is the option unknown even to a socket that it is made for? Some can only be set, so that it is
 * set there, too, where there is a value. */
static bool is_missing(const struct ft_exec *x, int level, int name, const union value *value,
		       socklen_t value_len)
{
	bool v6 = domain_of(x) == AF_INET6 || level == IPPROTO_IPV6;
	int type = level == IPPROTO_UDP ? SOCK_DGRAM : ft_families[x->sock->family].type;
	char bytes[256];
	socklen_t len = sizeof(bytes);
	bool missing;
	int fd;

	if (x->word->n_options != 1)
		return false;
	if (level == IPPROTO_TCP)
		type = SOCK_STREAM;
	fd = socket(v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	missing = getsockopt(fd, level, name, bytes, &len) < 0 && errno == ENOPROTOOPT;
	if (missing && value)
		missing = setsockopt(fd, level, name, value, value_len) < 0 && errno == ENOPROTOOPT;
	close(fd);
	return missing;
}

static uint32_t interface_index(const char *name)
{
	return name && name[0] ? if_nametoindex(name) : 0;
}

static socklen_t membership(const struct ft_exec *x, union value *value)
{
	const struct ft_word *word = x->word;
	uint32_t index = interface_index(word->text);
	bool literal = word->at.host >= FT_HOST_LITERAL4;

	if (domain_of(x) == AF_INET) {
		const uint8_t *group = literal ? word->at.bytes : ft_hosts[word->at.host].v4;

		memcpy(&value->v4.imr_multiaddr, group, 4);
		value->v4.imr_ifindex = (int)index;
		return sizeof(value->v4);
	}
	memcpy(&value->v6.ipv6mr_multiaddr, literal ? word->at.bytes : ft_hosts[word->at.host].v6,
	       16);
	value->v6.ipv6mr_interface = index;
	return sizeof(value->v6);
}

static socklen_t encode(const struct ft_exec *x, union value *value)
{
	const struct ft_word *word = x->word;

	memset(value, 0, sizeof(*value));
	switch (ft_options[word->options[0]].value) {
	case FT_VALUE_RANGE:
		value->range = (uint32_t)word->value;
		return sizeof(value->range);
	case FT_VALUE_DEVICE:
		strncpy(value->device, word->text, sizeof(value->device) - 1);
		return (socklen_t)strlen(value->device);
	case FT_VALUE_IFINDEX:
		value->number = (int)interface_index(word->text);
		return sizeof(value->number);
	case FT_VALUE_LINGER:
		value->linger.l_onoff = word->value >= 0;
		value->linger.l_linger = word->value >= 0 ? (int)word->value : 0;
		return sizeof(value->linger);
	case FT_VALUE_MEMBERSHIP:
		return membership(x, value);
	case FT_VALUE_INTERFACE:
		if (domain_of(x) == AF_INET) {
			value->v4.imr_ifindex = (int)interface_index(word->text);
			return sizeof(value->v4);
		}
		value->number = (int)interface_index(word->text);
		return sizeof(value->number);
	case FT_VALUE_SECONDS:
		value->time.tv_sec = word->value / 1000000000;
		value->time.tv_usec = word->value % 1000000000 / 1000;
		return sizeof(value->time);
	default:
		value->number = (int)word->value;
		return sizeof(value->number);
	}
}

/* value: as it was to be set; NULL where the option was only read. */
static enum ft_next refused(const struct ft_exec *x, int level, int name, const union value *value,
			    socklen_t value_len, int error)
{
	const struct ft_option *option = &ft_options[x->word->options[0]];

	if (error == ENOPROTOOPT && is_missing(x, level, name, value, value_len))
		return ft_run_end(x->run, FT_VERDICT_SKIPPED,
				  "option %s (%s): this kernel has none", option->word,
				  option->name);
	return ft_exec_call(x, -1, error);
}

enum ft_next ft_exec_set(struct ft_exec *x)
{
	union value value;
	socklen_t len = encode(x, &value);
	int level = 0, name = 0;

	names_of(x, &level, &name);
	if (setsockopt(x->sock->fd, level, name, &value, len) < 0)
		return refused(x, level, name, &value, len, errno);
	ft_exec_result(x, FT_END_OK, 0, false);
	return FT_NEXT_WORD;
}

/* END_TEXT keeps its text in the record. */
static void text_result(const struct ft_exec *x, const char *text)
{
	struct ft_text *texts = &x->run->record.text;
	struct ft_result *result = ft_exec_result(x, FT_END_TEXT, 0, true);

	result->text = (uint32_t)texts->len;
	ft_text_bytes(texts, text, strlen(text) + 1);
	if (texts->failed)
		ft_run_end(x->run, FT_VERDICT_BROKEN, "no memory for a result's text");
}

static void index_result(const struct ft_exec *x, unsigned index)
{
	char name[IFNAMSIZ];

	text_result(x, index && if_indextoname(index, name) ? name : "none");
}

/* What was read, as the text of a case would write it. */
static void decode(const struct ft_exec *x, union value *value, socklen_t len)
{
	int64_t number = value->number;

	switch (ft_options[x->word->options[0]].value) {
	case FT_VALUE_RANGE:
		number = value->range;
		break;
	case FT_VALUE_DEVICE:
		value->device[len < sizeof(value->device) ? len : sizeof(value->device) - 1] = '\0';
		text_result(x, value->device[0] ? value->device : "none");
		return;
	case FT_VALUE_IFINDEX:
		index_result(x, (unsigned)value->number);
		return;
	case FT_VALUE_INTERFACE:
		if (domain_of(x) == AF_INET6) {
			index_result(x, (unsigned)value->number);
			return;
		}
		break;
	case FT_VALUE_LINGER:
		number = value->linger.l_onoff ? value->linger.l_linger : -1;
		break;
	case FT_VALUE_SECONDS:
		number = (int64_t)value->time.tv_sec * 1000000000 + value->time.tv_usec * 1000;
		break;
	default:
		break;
	}
	ft_exec_result(x, FT_END_VALUE, 0, true)->value = number;
}

enum ft_next ft_exec_get(struct ft_exec *x)
{
	union value value;
	socklen_t len = sizeof(value);
	int level = 0, name = 0;

	memset(&value, 0, sizeof(value));
	names_of(x, &level, &name);
	if (ft_options[x->word->options[0]].value == FT_VALUE_INT ||
	    ft_options[x->word->options[0]].value == FT_VALUE_IFINDEX)
		len = sizeof(value.number);
	if (getsockopt(x->sock->fd, level, name, &value, &len) < 0)
		return refused(x, level, name, NULL, 0, errno);
	decode(x, &value, len);
	return FT_NEXT_WORD;
}

enum ft_next ft_exec_sockopt(struct ft_exec *x)
{
	int level = (int)(x->word->value >> 32);
	int name = (int)(uint32_t)x->word->value;

	if (setsockopt(x->sock->fd, level, name, x->word->text, x->word->text_len) < 0)
		return ft_exec_call(x, -1, errno);
	ft_exec_result(x, FT_END_OK, 0, false);
	return FT_NEXT_WORD;
}

/* socket(7) SO_ATTACH_FILTER: a filter that returns 0 drops the segment before TCP sees it. */
enum ft_next ft_exec_deaf(struct ft_exec *x)
{
	struct sock_filter drop[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
	const struct sock_fprog program = {.len = 1, .filter = drop};

	if (setsockopt(x->sock->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0)
		return ft_exec_call(x, -1, errno);
	x->sock->deaf = true;
	ft_exec_result(x, FT_END_OK, 0, false);
	return FT_NEXT_WORD;
}

static bool waits_for_other_end(unsigned state)
{
	return state == TCP_SYN_SENT || state == TCP_SYN_RECV || state == TCP_FIN_WAIT1 ||
	       state == TCP_CLOSING || state == TCP_LAST_ACK;
}

/* A connection in a passing state goes on when one side retransmits; the step is over when it has
 * done so. phase keeps the state that it was in. */
enum ft_next ft_exec_hear(struct ft_exec *x)
{
	unsigned state = 0;
	int unused = 0;

	if (x->sock->connected && ft_families[x->sock->family].wire == IPPROTO_TCP)
		state = ft_settle_state(x->sock->fd);
	if (x->state->in_word) {
		if (state == x->state->phase && ft_clock_ns() < x->state->limit_ns)
			return ft_run_park(x->run, 2 * FT_MS);
		ft_exec_result(x, FT_END_OK, 0, false);
		return FT_NEXT_WORD;
	}
	if (setsockopt(x->sock->fd, SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof(unused)) < 0)
		return ft_exec_call(x, -1, errno);
	x->sock->deaf = false;
	if (waits_for_other_end(state)) {
		x->state->phase = state;
		x->state->limit_ns = ft_clock_ns() + FT_HEAR_LIMIT_NS;
		return ft_run_park(x->run, 2 * FT_MS);
	}
	ft_exec_result(x, FT_END_OK, 0, false);
	return FT_NEXT_WORD;
}

static enum ft_next engine_word(const struct ft_exec *x, int rc)
{
	if (rc < 0)
		return ft_exec_call(x, -1, -rc);
	ft_exec_result(x, FT_END_OK, 0, false);
	return FT_NEXT_WORD;
}

enum ft_next ft_exec_steer(struct ft_exec *x)
{
	return engine_word(x, ft_steer_attach(x->sock->fd, (enum ft_steer)x->word->detail,
					      (uint32_t)x->word->value));
}

enum ft_next ft_exec_steer_ebpf(struct ft_exec *x)
{
	int fd = ft_steer_find(x->engine->options.steer, x->word->detail, (uint32_t)x->word->value);

	if (fd == -EPERM || fd == -EACCES)
		return ft_run_end(
			x->run, FT_VERDICT_SKIPPED,
			"extended BPF: not permitted (needs CAP_BPF outside the sandbox)");
	if (fd < 0)
		return ft_run_end(x->run, FT_VERDICT_SKIPPED, "extended BPF: bpf(2) said %s",
				  ft_errno_name(-fd));
	return engine_word(x, ft_steer_attach_ebpf(x->sock->fd, fd));
}

enum ft_next ft_exec_unsteer(struct ft_exec *x)
{
	return engine_word(x, ft_steer_detach(x->sock->fd));
}

/* SPDX-License-Identifier: MIT */
/*
 * What do the knobs of the namespace take, and which of them does the model turn?
 *
 * Names as the engine resolves them (probes/engine/sysctl.c), values as the kernel's handlers read
 * them (kernel/sysctl.c): blanks around, a number in C notation, whatever follows it is not looked
 * at. A knob that is not in the table has no effect that the model knows, and takes what an int
 * is.
 */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

#include "model/state.h"

enum kind {
	NUMBER,     /* an int between low and high */
	TRIPLE,     /* up to three of them */
	PORTS,      /* ip_local_port_range */
	RESERVED,   /* ip_local_reserved_ports */
	FIRST_PORT, /* ip_unprivileged_port_start */
	IPV6_OFF,   /* disable_ipv6, of the device lo or of all */
	FORBIDDEN,  /* the model would need to know what follows from it */
};

/* Is its effect known, or does it change packets or timers in ways that the model does not know? */
enum effect { KNOWN, NONE, PACKETS, TIMERS };

struct knob {
	const char *path; /* below /proc/sys/net/ */
	uint8_t kind;     /* enum kind */
	uint8_t effect;   /* enum effect */
	uint8_t size;     /* of the field at `at`, 0: none; FLAG: a bool */
	uint16_t at;
	int64_t low, high;
};

enum { FLAG = 16 }; /* a size: any number but 0 sets it */

#define AT(field) offsetof(struct ft_sysctls, field)
#define SIZE(field) sizeof(((struct ft_sysctls *)0)->field)
#define KNOB(path, field, low, high, effect)                            \
	{                                                               \
		path, NUMBER, effect, SIZE(field), AT(field), low, high \
	}
#define SWITCH(path, field, high)                             \
	{                                                     \
		path, NUMBER, KNOWN, FLAG, AT(field), 0, high \
	}
#define OTHER(path, low, high, effect)                \
	{                                             \
		path, NUMBER, effect, 0, 0, low, high \
	}
#define MORE(path, kind, at, low, high, effect)      \
	{                                            \
		path, kind, effect, 0, at, low, high \
	}

/* Sorted by nothing: read once a step. Seconds that the kernel counts in ticks have a high end of
 * INT_MAX / CONFIG_HZ, at least this. */
enum { SECONDS_MAX = INT_MAX / 1000 };

static const struct knob knobs[] = {
	MORE("ipv4/ip_local_port_range", PORTS, 0, 1, 65535, KNOWN),
	MORE("ipv4/ip_local_reserved_ports", RESERVED, 0, 0, 65535, KNOWN),
	MORE("ipv4/ip_unprivileged_port_start", FIRST_PORT, 0, 0, 65535, KNOWN),
	SWITCH("ipv4/ip_autobind_reuse", autobind_reuse, 1),
	SWITCH("ipv4/ip_nonlocal_bind", nonlocal_bind, 255),
	SWITCH("ipv6/ip_nonlocal_bind", nonlocal_bind6, 255),
	SWITCH("ipv6/bindv6only", bindv6only, 255),
	SWITCH("ipv4/tcp_timestamps", timestamps, 255),
	SWITCH("ipv4/tcp_migrate_req", migrate_req, 1),
	SWITCH("ipv4/tcp_abort_on_overflow", abort_on_overflow, 255),
	SWITCH("ipv4/ip_no_pmtu_disc", no_pmtu_disc, 255),
	SWITCH("core/txrehash", txrehash, 1),
	KNOB("ipv4/tcp_tw_reuse", tw_reuse, 0, 2, KNOWN),
	KNOB("ipv4/tcp_tw_reuse_delay", tw_reuse_delay_ms, 1, 60000, KNOWN),
	KNOB("ipv4/tcp_max_tw_buckets", max_tw_buckets, INT_MIN, INT_MAX, KNOWN),
	KNOB("ipv4/tcp_fin_timeout", fin_timeout_s, -SECONDS_MAX, SECONDS_MAX, KNOWN),
	KNOB("ipv4/tcp_fastopen", fastopen, INT_MIN, INT_MAX, KNOWN),
	KNOB("ipv4/ip_default_ttl", default_ttl, 1, 255, KNOWN),
	KNOB("ipv4/tcp_keepalive_probes", keepalive_probes, 0, 255, TIMERS),
	KNOB("ipv4/tcp_keepalive_time", keepalive_time_s, -SECONDS_MAX, SECONDS_MAX, TIMERS),
	KNOB("ipv4/tcp_keepalive_intvl", keepalive_intvl_s, -SECONDS_MAX, SECONDS_MAX, TIMERS),
	KNOB("ipv4/tcp_syn_retries", syn_retries, 1, 127, TIMERS),
	KNOB("ipv4/igmp_max_memberships", max_memberships, INT_MIN, INT_MAX, KNOWN),
	KNOB("ipv4/tcp_rto_min_us", rto_min_us, 1, INT_MAX, TIMERS),
	KNOB("ipv4/tcp_rto_max_ms", rto_max_ms, 1000, 120000, TIMERS),
	KNOB("ipv6/auto_flowlabels", auto_flowlabels, 0, 3, KNOWN),
	KNOB("core/somaxconn", somaxconn, 0, INT_MAX, KNOWN),
	MORE("ipv4/tcp_rmem", TRIPLE, AT(tcp_rmem), 1, INT_MAX, PACKETS),
	MORE("ipv4/tcp_wmem", TRIPLE, AT(tcp_wmem), 1, INT_MAX, PACKETS),
	MORE("ipv6/conf/all/disable_ipv6", IPV6_OFF, 0, INT_MIN, INT_MAX, KNOWN),
	MORE("ipv6/conf/default/disable_ipv6", FORBIDDEN, 0, 0, 0, KNOWN),
	MORE("ipv6/conf/lo/disable_ipv6", IPV6_OFF, 0, INT_MIN, INT_MAX, KNOWN),
	MORE("mptcp/enabled", FORBIDDEN, 0, 0, 0, KNOWN),
	/* known for the ends of their ranges */
	OTHER("ipv4/ip_dynaddr", 0, 255, NONE),
	OTHER("ipv4/ip_early_demux", 0, 255, NONE),
	OTHER("ipv4/tcp_child_ehash_entries", 0, 1 << 24, NONE),
	OTHER("ipv4/tcp_early_demux", 0, 255, NONE),
	OTHER("ipv4/tcp_ecn", 0, 2, NONE),
	OTHER("ipv4/tcp_fwmark_accept", 0, 255, NONE),
	OTHER("ipv4/tcp_max_syn_backlog", INT_MIN, INT_MAX, PACKETS),
	OTHER("ipv4/tcp_min_snd_mss", 48, 65535, PACKETS),
	OTHER("ipv4/tcp_notsent_lowat", 0, UINT32_MAX, NONE),
	OTHER("ipv4/tcp_orphan_retries", 0, 255, TIMERS),
	OTHER("ipv4/tcp_pingpong_thresh", 1, 255, PACKETS),
	OTHER("ipv4/tcp_reflect_tos", 0, 1, NONE),
	OTHER("ipv4/tcp_retries1", 0, 255, TIMERS),
	OTHER("ipv4/tcp_retries2", 0, 255, TIMERS),
	OTHER("ipv4/tcp_rfc1337", 0, 255, PACKETS),
	OTHER("ipv4/tcp_sack", 0, 255, PACKETS),
	OTHER("ipv4/tcp_stdurg", 0, 255, NONE),
	OTHER("ipv4/tcp_syn_linear_timeouts", 0, 127, TIMERS),
	OTHER("ipv4/tcp_synack_retries", 0, 255, TIMERS),
	OTHER("ipv4/tcp_syncookies", 0, 255, PACKETS),
	OTHER("ipv4/tcp_thin_linear_timeouts", 0, 255, TIMERS),
	OTHER("ipv4/tcp_window_scaling", 0, 255, NONE),
	OTHER("ipv4/udp_child_hash_entries", 0, 65536, NONE),
	OTHER("ipv4/udp_early_demux", 0, 255, NONE),
};

/* ---- names ---- */

enum { PATH_SIZE = 256 };

static bool starts_with(const char *path, const char *component)
{
	size_t len = strlen(component);

	return strncmp(path, component, len) == 0 && path[len] == '/';
}

static bool names_branch(const char *path)
{
	static const char *const branches[] = {"core", "ipv4",      "ipv6", "mptcp",
					       "sctp", "netfilter", "unix", "vsock"};

	for (size_t i = 0; i < sizeof(branches) / sizeof(branches[0]); i++)
		if (starts_with(path, branches[i]))
			return true;
	return false;
}

/* Is every component there, and none that leads elsewhere? */
static bool well_formed(const char *path)
{
	for (;;) {
		size_t len = strcspn(path, "/");

		if (len == 0 || strncmp(path, ".", len) == 0 || strncmp(path, "..", len) == 0)
			return false;
		if (!path[len])
			return true;
		path += len + 1;
	}
}

/* The path below /proc/sys/net/ of a name; false if it is none. */
static bool resolve(const char *name, char path[PATH_SIZE])
{
	static const char ipv4[] = "ipv4/";
	char tail[PATH_SIZE];
	const char *rest = tail;
	size_t len = strlen(name);
	bool dots = !strchr(name, '/'), whole;

	if (len >= sizeof(tail))
		return false;
	memcpy(tail, name, len + 1);
	for (char *c = tail; dots && *c; c++)
		if (*c == '.')
			*c = '/';
	if (!well_formed(tail))
		return false;
	if (starts_with(tail, "net"))
		rest += strlen("net/");
	whole = rest != tail || names_branch(tail);
	if (strlen(rest) + sizeof(ipv4) > PATH_SIZE)
		return false;
	strcpy(stpcpy(path, whole ? "" : ipv4), rest);
	return true;
}

static const struct knob *find_knob(const char *path)
{
	for (size_t i = 0; i < sizeof(knobs) / sizeof(knobs[0]); i++)
		if (strcmp(knobs[i].path, path) == 0)
			return &knobs[i];
	return NULL;
}

/* ---- values ---- */

static bool is_blank(char c)
{
	return c == '_' || c == ' ' || c == '\t';
}

static int digit_of(char c, int base)
{
	int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16;

	if (c >= 'A' && c <= 'F')
		digit = c - 'A' + 10;
	return digit < base ? digit : -1;
}

static int base_of(const char **at)
{
	if (**at != '0')
		return 10;
	if (((*at)[1] == 'x' || (*at)[1] == 'X') && digit_of((*at)[2], 16) >= 0) {
		*at += 2;
		return 16;
	}
	return 8;
}

/* proc_get_long(): blanks, perhaps '-', a number, then one of `ends`, a blank or the end. */
static bool read_number(const char **text, const char *ends, int64_t *ret)
{
	const char *at = *text;
	int64_t number = 0;
	bool negative, any = false;
	int base;

	while (is_blank(*at))
		at++;
	negative = *at == '-';
	at += negative;
	base = base_of(&at);
	for (; digit_of(*at, base) >= 0; at++, any = true) {
		number = number * base + digit_of(*at, base);
		if (number > INT64_MAX / 32)
			return false;
	}
	if (!any || (*at && !is_blank(*at) && !strchr(ends, *at)))
		return false;
	*ret = negative ? -number : number;
	*text = at;
	return true;
}

static void store(struct ft_sysctls *sysctls, const struct knob *knob, int64_t number)
{
	char *field = (char *)sysctls + knob->at;
	bool flag = number != 0;
	int32_t word = (int32_t)number;
	uint8_t byte = (uint8_t)number;

	switch (knob->size) {
	case FLAG:
		memcpy(field, &flag, sizeof(flag));
		break;
	case sizeof(byte):
		memcpy(field, &byte, sizeof(byte));
		break;
	case sizeof(word):
		memcpy(field, &word, sizeof(word));
		break;
	default:
		break;
	}
}

static bool set_number(struct ft_sysctls *sysctls, const struct knob *knob, const char *text)
{
	int64_t number;

	if (!read_number(&text, "", &number) || number < knob->low || number > knob->high)
		return false;
	store(sysctls, knob, number);
	return true;
}

/* Up to n numbers; those that are not there stay as they are. false: none, or a wrong one. */
static bool read_vector(const struct knob *knob, const char *text, int n, int32_t *numbers)
{
	for (int i = 0; i < n; i++) {
		int64_t number;

		while (is_blank(*text))
			text++;
		if (!*text)
			return i > 0;
		if (!read_number(&text, "", &number) || number < knob->low || number > knob->high)
			return false;
		numbers[i] = (int32_t)number;
	}
	return true;
}

/* As far as a wrong number the right ones are taken (proc_dointvec_minmax()). */
static bool set_triple(struct ft_sysctls *sysctls, const struct knob *knob, const char *text)
{
	return read_vector(knob, text, 3, (int32_t *)(void *)((char *)sysctls + knob->at));
}

/* ipv4_local_port_range(): in order, and above the privileged ports. */
static bool set_ports(struct ft_sysctls *sysctls, const struct knob *knob, const char *text)
{
	int32_t range[2] = {sysctls->port_low, sysctls->port_high};

	if (!read_vector(knob, text, 2, range) || range[1] < range[0] ||
	    range[0] < sysctls->unprivileged_port)
		return false;
	sysctls->port_low = (uint16_t)range[0];
	sysctls->port_high = (uint16_t)range[1];
	return true;
}

/* ipv4_privileged_ports(): not above the range of the kernel's choice. */
static bool set_first_port(struct ft_sysctls *sysctls, const struct knob *knob, const char *text)
{
	int64_t port;

	if (!read_number(&text, "", &port) || port < knob->low || port > sysctls->port_low)
		return false;
	sysctls->unprivileged_port = (uint16_t)port;
	return true;
}

/* proc_do_large_bitmap(): N and N-N between commas. */
static bool read_ports(const struct knob *knob, const char **text, int64_t *ret_low,
		       int64_t *ret_high)
{
	if (!read_number(text, ",-", ret_low) || *ret_low < 0)
		return false;
	*ret_high = *ret_low;
	if (**text == '-') {
		++*text;
		if (!read_number(text, ",", ret_high))
			return false;
	}
	return *ret_low <= *ret_high && *ret_high <= knob->high && (!**text || **text == ',');
}

enum {
	RESERVED_MAX = sizeof(((struct ft_sysctls *)0)->reserved) /
		       sizeof(((struct ft_sysctls *)0)->reserved[0])
};

static bool set_reserved(struct ft_sysctls *sysctls, const struct knob *knob, const char *text)
{
	struct ft_sysctls next = *sysctls;
	int64_t low, high;

	next.n_reserved = 0;
	while (*text) {
		if (next.n_reserved == RESERVED_MAX || !read_ports(knob, &text, &low, &high))
			return false;
		next.reserved[next.n_reserved].low = (uint16_t)low;
		next.reserved[next.n_reserved++].high = (uint16_t)high;
		if (*text == ',' && !*++text)
			break;
	}
	*sysctls = next;
	return true;
}

/* Switched off, a device loses its addresses; lo gets ::1 back, and no other one
 * (addrconf_ifdown(), init_loopback()). */
static bool set_ipv6_off(struct ft_sysctls *sysctls, const struct knob *knob, const char *text)
{
	int64_t number;

	if (!read_number(&text, "", &number) || number < knob->low || number > knob->high)
		return false;
	if (number)
		sysctls->ipv6 = FT_IPV6_OFF;
	else if (sysctls->ipv6 == FT_IPV6_OFF)
		sysctls->ipv6 = FT_IPV6_BACK;
	return true;
}

static bool set_knob(struct ft_sysctls *sysctls, const struct knob *knob, const char *text)
{
	switch (knob->kind) {
	case TRIPLE:
		return set_triple(sysctls, knob, text);
	case PORTS:
		return set_ports(sysctls, knob, text);
	case RESERVED:
		return set_reserved(sysctls, knob, text);
	case FIRST_PORT:
		return set_first_port(sysctls, knob, text);
	case IPV6_OFF:
		return set_ipv6_off(sysctls, knob, text);
	default:
		return set_number(sysctls, knob, text);
	}
}

static void note_effect(struct ft_model *model, const struct knob *knob)
{
	if (knob->effect == PACKETS)
		model->strange = "a sysctl of the case changes packets";
	if (knob->effect == TIMERS)
		model->strange_in_time = "a sysctl of the case changes timers";
}

static enum ft_pace refuse(struct ft_model *model)
{
	if (!ft_on(model, FT_RULE_SCENE_SYSCTL))
		return FT_PACE_WORD;
	ft_decided(model, FT_RULE_SCENE_SYSCTL);
	return ft_say_call(model, EINVAL);
}

static enum ft_pace set_unknown(struct ft_model *model)
{
	const char *text = model->word->value_text;
	int64_t number;

	if (read_number(&text, "", &number) && number >= 0 && number <= INT_MAX)
		return FT_PACE_WORD;
	return ft_beyond(model, "a sysctl whose values the model does not know");
}

/* Of the devices only lo is known, and of connections none that would be cut. */
static bool may_switch_ipv6_off(const struct ft_model *model)
{
	if (model->c->needs & FT_NEED_ETH || model->n_added || model->n_devs > FT_DEV_LINKS)
		return false;
	for (size_t i = 0; i < model->n_sockets; i++) {
		const struct ft_socket *s = ft_socket_at(model, (uint16_t)i);

		if (s->v6 && !ft_ip_is_v4(&s->local) && s->state != TCP_CLOSE &&
		    s->state != TCP_LISTEN && s->state != TCP_TIME_WAIT)
			return false;
	}
	return true;
}

/* disable_ipv6 of another device than lo. */
static bool is_of_device(const char *path)
{
	static const char tail[] = "/disable_ipv6";
	size_t len = strlen(path);

	return len >= sizeof(tail) && strcmp(path + len - (sizeof(tail) - 1), tail) == 0;
}

enum ft_pace ft_model_sysctl(struct ft_model *model)
{
	const struct knob *knob;
	char path[PATH_SIZE];

	if (!resolve(model->word->text, path))
		return refuse(model);
	knob = find_knob(path);
	if (!knob && !is_of_device(path))
		return set_unknown(model);
	if (!knob || knob->kind == FORBIDDEN ||
	    (knob->kind == IPV6_OFF && !may_switch_ipv6_off(model)))
		return ft_beyond(model, "a sysctl whose effects the model does not know");
	if (!set_knob(&model->sysctls[0], knob, model->word->value_text))
		return refuse(model);
	note_effect(model, knob);
	return FT_PACE_WORD;
}

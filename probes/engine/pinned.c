/* SPDX-License-Identifier: MIT */
/*
 * Which sysctls are the same in every namespace, and why?
 *
 * A new network namespace takes some values from the host (the conf/ trees, ip_forward), others
 * from its kernel's release. Those that can change an outcome, or send packets at random times,
 * are pinned; all the rest is left as the kernel has it.
 */
#include <stddef.h>
#include <string.h>

#include "engine/netns.h"
#include "engine/sandbox.h"

const struct ft_pinned ft_pinned_sysctls[] = {
	/* For namespaces made from this one: a table of connections of their own (since 6.1).
	 * sock_diag walks all of it for a dump, and the end of a namespace for what it left; the
	 * host's has hundreds of thousands of chains. */
	{"tcp_child_ehash_entries", "4096"},

	/* forwarding first: writing it sets other knobs of the conf/ tree */
	{"ip_forward", "0"},
	{"conf.all.rp_filter", "0"},
	{"conf.default.rp_filter", "0"},
	{"conf.lo.rp_filter", "0"},

	/* ports */
	{"ip_local_port_range", "32768 60999"},
	{"ip_local_reserved_ports", ""},
	{"ip_unprivileged_port_start", "1024"},
	{"ip_autobind_reuse", "0"},
	{"ip_nonlocal_bind", "0"},
	{"ipv6.ip_nonlocal_bind", "0"},
	{"ipv6.bindv6only", "0"},

	/* listeners: a backlog is what the program said, in tens of thousands of cases */
	{"core.somaxconn", "65535"},
	{"tcp_max_syn_backlog", "65535"},
	{"tcp_syncookies", "1"},
	{"tcp_abort_on_overflow", "0"},
	{"tcp_migrate_req", "0"},
	{"tcp_fastopen", "3"},

	/* TIME_WAIT; the bucket limit lets the case after next keep its own */
	{"tcp_tw_reuse", "2"},
	{"tcp_tw_reuse_delay", "1000"},
	{"tcp_timestamps", "1"},
	{"tcp_fin_timeout", "60"},
	{"tcp_max_tw_buckets", "262144"},
	{"tcp_rfc1337", "0"},

	/* retransmission: waiting cases wait as long everywhere */
	{"tcp_syn_retries", "6"},
	{"tcp_synack_retries", "5"},
	{"tcp_retries1", "3"},
	{"tcp_retries2", "15"},
	{"tcp_orphan_retries", "0"},

	/* one case must not use up the answers that the next one needs, nor teach it anything */
	{"tcp_challenge_ack_limit", "2147483647"},
	{"tcp_invalid_ratelimit", "0"},
	{"tcp_no_metrics_save", "1"},
	{"icmp_ratelimit", "0"},
	{"icmp_msgs_per_sec", "1000000"},
	{"icmp_msgs_burst", "1000000"},
	{"ipv6.icmp.ratelimit", "0"},

	/* silence on eth, which is made later and takes these from conf/default; what must be sent
	 * for a multicast membership is sent at once instead of within a random second */
	{"igmp_link_local_mcast_reports", "0"},
	{"conf.default.igmpv3_unsolicited_report_interval", "1"},
	{"ipv6.conf.all.disable_ipv6", "0"},
	{"ipv6.conf.default.disable_ipv6", "0"},
	{"ipv6.conf.default.accept_dad", "0"},
	{"ipv6.conf.default.dad_transmits", "0"},
	{"ipv6.conf.default.autoconf", "0"},
	{"ipv6.conf.default.accept_ra", "0"},
	{"ipv6.conf.default.router_solicitations", "0"},
	{"ipv6.conf.default.use_tempaddr", "0"},
	{"ipv6.conf.default.addr_gen_mode", "1"},
	{"ipv6.conf.default.mldv2_unsolicited_report_interval", "0"},
	{NULL, NULL},
};

_Static_assert(sizeof(ft_pinned_sysctls) / sizeof(ft_pinned_sysctls[0]) <= 64,
	       "one bit of a uint64_t for each");

/* What the host may change at any time while we run: new namespaces take it from there. */
static bool is_inherited(const char *name)
{
	return strstr(name, "conf.") || strcmp(name, "ip_forward") == 0;
}

static bool has_value(const struct ft_pinned *pinned, struct ft_text *value)
{
	ft_text_clear(value);
	if (ft_sysctl_read(pinned->name, value, NULL))
		return false;
	for (size_t i = 0; i < value->len; i++) {
		if (value->bytes[i] == '\t')
			value->bytes[i] = ' ';
	}
	return strcmp(ft_text_get(value), pinned->value) == 0;
}

uint64_t ft_pinned_by_nature(void)
{
	struct ft_text value;
	uint64_t found = 0;

	ft_text_init(&value, 4096);
	for (size_t i = 0; ft_pinned_sysctls[i].name; i++) {
		if (!is_inherited(ft_pinned_sysctls[i].name) &&
		    has_value(&ft_pinned_sysctls[i], &value))
			found |= UINT64_C(1) << i;
	}
	ft_text_fini(&value);
	return found;
}

void ft_pinned_write(uint64_t as_pinned)
{
	/* A kernel without one of them, or a container whose /proc/sys is read-only, can still be
	 * measured: the head of a report tells the values that are in force. */
	for (size_t i = 0; ft_pinned_sysctls[i].name; i++) {
		if (!(as_pinned >> i & 1))
			ft_sysctl_put(ft_pinned_sysctls[i].name, ft_pinned_sysctls[i].value, NULL);
	}
}

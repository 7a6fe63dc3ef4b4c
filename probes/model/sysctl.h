/* SPDX-License-Identifier: MIT */
/*
 * Which knobs of a namespace decide anything that the model says?
 */
#ifndef FT_MODEL_SYSCTL_H
#define FT_MODEL_SYSCTL_H

#include <stdbool.h>
#include <stdint.h>

/* The sysctls that the model reads, as the sandbox pins them unless the case sets them. */
struct ft_sysctls {
	uint16_t port_low, port_high; /* ip_local_port_range */
	uint16_t unprivileged_port;   /* ip_unprivileged_port_start */
	bool autobind_reuse, nonlocal_bind, nonlocal_bind6, bindv6only;
	bool timestamps, migrate_req, abort_on_overflow;
	uint8_t tw_reuse, default_ttl;
	int32_t fastopen;
	uint8_t keepalive_probes, syn_retries;
	int32_t keepalive_time_s, keepalive_intvl_s;
	int32_t max_memberships; /* igmp_max_memberships */
	int32_t rto_min_us, rto_max_ms;
	int32_t tcp_rmem[3], tcp_wmem[3]; /* least, first, most */
	bool no_pmtu_disc, txrehash;
	uint8_t auto_flowlabels;
	uint32_t tw_reuse_delay_ms, max_tw_buckets, fin_timeout_s, somaxconn;
	uint8_t n_reserved; /* ranges of ip_local_reserved_ports */
	struct {
		uint16_t low, high;
	} reserved[16];
};

#endif

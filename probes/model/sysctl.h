/* SPDX-License-Identifier: MIT */
/*
 * Which knobs of a namespace decide anything that the model says?
 */
#ifndef FT_MODEL_SYSCTL_H
#define FT_MODEL_SYSCTL_H

#include <stdbool.h>
#include <stdint.h>

/* The sysctls that the model reads, as the sandbox pins them unless the case sets them. */
/* BACK: it was off, and lo has no address of it but ::1. */
enum ft_ipv6 { FT_IPV6_ON, FT_IPV6_OFF, FT_IPV6_BACK };

struct ft_sysctls {
	uint16_t port_low, port_high; /* ip_local_port_range */
	uint16_t unprivileged_port;   /* ip_unprivileged_port_start */
	bool autobind_reuse, nonlocal_bind, nonlocal_bind6, bindv6only;
	uint8_t ipv6; /* enum ft_ipv6 */
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

struct ft_model;
struct ft_ip;

/* Is IPv6 switched off on that host? And the error of what wants to leave by it then, from source
 * or, if that is ::, from an address of the kernel's choice. */
bool ft_ipv6_is_off(const struct ft_model *model, bool peer);
int32_t ft_ipv6_off_error(const struct ft_ip *source);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which changes of behaviour does a kernel have?
 *
 * Every known change is a toggle: a commit, the release that had it first, and what is different
 * before and after. A profile is the set of toggles that are in. Distributions port changes back,
 * so a profile by release is a first guess that measurements may correct.
 */
#ifndef FT_MODEL_PROFILE_H
#define FT_MODEL_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum ft_toggle {
	FT_TOGGLE_STRICT_BIND_CONFLICT, /* 3.4 bind(:0) with reuseaddr never shares */
	FT_TOGGLE_UDP_CONNECTED,        /* 5.4 connected UDP sockets are left out of a group */
	FT_TOGGLE_AUTOBIND_REUSE,       /* 5.7 ip_autobind_reuse exists */
	FT_TOGGLE_BINDTODEVICE_FREE,    /* 5.7 the first SO_BINDTODEVICE needs no privilege */
	FT_TOGGLE_MIGRATE_REQ,          /* 5.14 tcp_migrate_req */
	FT_TOGGLE_BHASH2_TIMEWAIT,      /* 6.2 TIME_WAIT in bhash2 */
	FT_TOGGLE_INCOMING_CPU_GROUP,   /* 6.2 SO_INCOMING_CPU within a group */
	FT_TOGGLE_DUAL_WILDCARD,        /* 6.3 [::] then 127.0.0.1 conflicts again */
	FT_TOGGLE_MAPPED_CONFLICT,      /* 6.6 mapped and v4 conflict again */
	FT_TOGGLE_V6ONLY_WILDCARD,      /* 6.9 [::] v6only then 127.0.0.1 coexist again */
	FT_TOGGLE_REUSEADDR_LIVE,       /* 6.8 no remembered reuseaddr of a bucket */
	FT_TOGGLE_RANGE_NO_PARITY,      /* 6.8 no parity with IP_LOCAL_PORT_RANGE */
	FT_TOGGLE_FIN_WAIT2_KEPT,       /* 6.12 FIN_WAIT2 is not recycled by connect() */
	FT_TOGGLE_UDP_TUPLES,           /* 6.13 connected UDP sockets have a table of their own */
	FT_TOGGLE_TW_REUSE_DELAY,       /* 6.14 tcp_tw_reuse_delay in ms */
	FT_TOGGLE_ORPHAN_UID,           /* 6.17 an orphan keeps its uid */
	FT_TOGGLE_BUCKET_REOPENS,       /* 6.18 connect-only again when the explicit owner goes */
	FT_TOGGLE_COUNT
};

struct ft_toggle_row {
	const char *name;      /* as `explained_by` and --profile say it: "reuseaddr-live" */
	const char *commit;    /* twelve hex digits */
	const char *subject;   /* its first line */
	uint16_t major, minor; /* the first release that has it */
	/* Where it mends what an earlier release broke: the release that did; 0.0: older than all.
	 */
	uint16_t broken_major, broken_minor;
	const char *before, *after;
};
extern const struct ft_toggle_row ft_toggles[FT_TOGGLE_COUNT];

struct ft_profile {
	uint32_t toggles; /* bit of enum ft_toggle: the behaviour after the change */
};

static inline bool ft_profile_has(const struct ft_profile *profile, enum ft_toggle toggle)
{
	return profile->toggles >> toggle & 1;
}

/* The profile of a release as it came out, without what its stable updates brought: every change
 * up to it, and of those that mend something also the releases older than what they mend. */
struct ft_profile ft_profile_release(unsigned major, unsigned minor);
/* "linux-6.7", and then any number of single changes that are in (+) or out (-) all the same:
 * "linux-6.1+bind-mapped", "linux-6.18-orphan-uid". A stable update's number ("linux-6.1.90") is
 * read and left out of account. -EINVAL with the nearest known name. */
int ft_profile_parse(const char *text, struct ft_profile *ret, struct ft_err *err);
/* The release out of uname(2)'s "6.18.44-cloud", "6.19-rc2": false if it is none. */
bool ft_release_parse(const char *release, unsigned *ret_major, unsigned *ret_minor);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which changes of behaviour are known, and which of them has a release?
 *
 * Those since 3.4 that a case can notice. Left out: what is there or not (IP_LOCAL_PORT_RANGE,
 * SO_DETACH_REUSEPORT_BPF, tcp_migrate_req's knob), because that is found by asking the kernel;
 * what chooses among ports at random; what lost a race or a warning; and what SO_REUSEPORT does on
 * sockets that are none of the internet's.
 */
#include "model/profile.h"

#include <errno.h>
#include <string.h>

#include "case/nearest.h"

const struct ft_toggle_row ft_toggles[FT_TOGGLE_COUNT] = {
	[FT_TOGGLE_STRICT_BIND_CONFLICT] =
		{
			.name = "bind-0-strict",
			.commit = "aacd9289af8b",
			.subject = "tcp: bind() use stronger condition for bind_conflict",
			.major = 3,
			.minor = 4,
			.before = "bind() to port 0 may share a port between sockets that all have "
				  "SO_REUSEADDR",
			.after = "bind() to port 0 never shares a port",
		},
	[FT_TOGGLE_UDP_CONNECTED] =
		{
			.name = "udp-connected",
			.commit = "acdcecc61285",
			.subject = "udp: correct reuseport selection with connected sockets",
			.major = 5,
			.minor = 4,
			.broken_major = 4,
			.broken_minor = 5,
			.before = "a connected UDP socket in a reuseport group gets what others "
				  "than its peer send",
			.after = "it gets its peer's packets, and all of them",
		},
	[FT_TOGGLE_AUTOBIND_REUSE] =
		{
			.name = "autobind-reuse",
			.commit = "4b01a9674231",
			.subject = "tcp: bind(0) remove the SO_REUSEADDR restriction when "
				   "ephemeral ports are exhausted.",
			.major = 5,
			.minor = 7,
			.before = "bind() to port 0 fails when no port of the range is free",
			.after = "with ip_autobind_reuse=1 it may then share one",
		},
	[FT_TOGGLE_BINDTODEVICE_FREE] =
		{
			.name = "device-first-free",
			.commit = "c427bfec18f2",
			.subject = "net: core: enable SO_BINDTODEVICE for non-root users",
			.major = 5,
			.minor = 7,
			.before = "SO_BINDTODEVICE always takes CAP_NET_RAW",
			.after = "only changing the device does",
		},
	[FT_TOGGLE_MIGRATE_REQ] =
		{
			.name = "migrate",
			.commit = "f9ac779f881c",
			.subject = "net: Introduce net.ipv4.tcp_migrate_req.",
			.major = 5,
			.minor = 14,
			.before = "a listener that closes resets what waits in its queue",
			.after = "with tcp_migrate_req=1 it moves to another one of its reuseport "
				 "group",
		},
	[FT_TOGGLE_BHASH2_TIMEWAIT] =
		{
			.name = "bind-time-wait",
			.commit = "936a192f9740",
			.subject = "tcp: Add TIME_WAIT sockets in bhash2.",
			.major = 6,
			.minor = 2,
			.broken_major = 6,
			.broken_minor = 1,
			.before = "bind() to a specific address does not see a TIME_WAIT on it",
			.after = "it does",
		},
	[FT_TOGGLE_INCOMING_CPU_GROUP] =
		{
			.name = "incoming-cpu-group",
			.commit = "b261eda84ec1",
			.subject = "soreuseport: Fix socket selection for SO_INCOMING_CPU.",
			.major = 6,
			.minor = 2,
			.broken_major = 4,
			.broken_minor = 6,
			.before = "SO_INCOMING_CPU has no effect within a reuseport group",
			.after = "a member with this CPU is preferred",
		},
	[FT_TOGGLE_DUAL_WILDCARD] =
		{
			.name = "bind-dual-wildcard",
			.commit = "d9ba99342855",
			.subject =
				"tcp: Fix bind() conflict check for dual-stack wildcard address.",
			.major = 6,
			.minor = 3,
			.broken_major = 6,
			.broken_minor = 2,
			.before =
				"[::] that is not v6only does not keep IPv4 addresses from others",
			.after = "it does",
		},
	[FT_TOGGLE_MAPPED_CONFLICT] =
		{
			.name = "bind-mapped",
			.commit = "aa99e5f87bd5",
			.subject = "tcp: Fix bind() regression for v4-mapped-v6 wildcard address.",
			.major = 6,
			.minor = 6,
			.broken_major = 6,
			.broken_minor = 1,
			.before = "a v4-mapped address and the IPv4 address that it means do not "
				  "conflict",
			.after = "they do",
		},
	[FT_TOGGLE_V6ONLY_WILDCARD] =
		{
			.name = "bind-v6only-wildcard",
			.commit = "ea111449501e",
			.subject = "tcp: Fix bind() regression for v6-only wildcard and "
				   "v4-mapped-v6 non-wildcard addresses.",
			.major = 6,
			.minor = 9,
			.broken_major = 6,
			.broken_minor = 1,
			.before = "[::] keeps IPv4 addresses from others even if it is v6only",
			.after = "it does not",
		},
	[FT_TOGGLE_REUSEADDR_LIVE] =
		{
			.name = "reuseaddr-live",
			.commit = "8002d44fe84d",
			.subject = "tcp: Check hlist_empty(&tb->bhash2) instead of "
				   "hlist_empty(&tb->owners).",
			.major = 6,
			.minor = 8,
			.before =
				"a port remembers that its owners had SO_REUSEADDR when they were "
				"bound",
			.after = "the flags that they have now decide",
		},
	[FT_TOGGLE_RANGE_NO_PARITY] =
		{
			.name = "range-no-parity",
			.commit = "207184853dbd",
			.subject = "tcp/dccp: change source port selection at connect() time",
			.major = 6,
			.minor = 8,
			.before = "connect() prefers even offsets also of IP_LOCAL_PORT_RANGE",
			.after = "of such a range it takes all ports alike",
		},
	[FT_TOGGLE_FIN_WAIT2_KEPT] =
		{
			.name = "fin-wait2-kept",
			.commit = "0d9e5df4a257",
			.subject = "tcp: avoid reusing FIN_WAIT2 when trying to find port in "
				   "connect() process",
			.major = 6,
			.minor = 12,
			.before = "connect() may take over a connection in FIN_WAIT2 as if it were "
				  "in TIME_WAIT",
			.after = "it does not",
		},
	[FT_TOGGLE_UDP_TUPLES] =
		{
			.name = "udp-tuples",
			.commit = "78c91ae2c6de",
			.subject = "ipv4/udp: Add 4-tuple hash for connected socket",
			.major = 6,
			.minor = 13,
			.before = "a UDP socket that connects stays in its reuseport group",
			.after = "it leaves the group for good",
		},
	[FT_TOGGLE_TW_REUSE_DELAY] =
		{
			.name = "tw-reuse-delay",
			.commit = "ca6a6f93867a",
			.subject = "tcp: Add sysctl to configure TIME-WAIT reuse delay",
			.major = 6,
			.minor = 14,
			.before = "a TIME_WAIT may be taken over in the next second but one",
			.after = "it may after tcp_tw_reuse_delay milliseconds",
		},
	[FT_TOGGLE_ORPHAN_UID] =
		{
			.name = "orphan-uid",
			.commit = "c51da3f7a161",
			.subject = "net: remove sock_i_uid()",
			.major = 6,
			.minor = 17,
			.before = "a connection without a descriptor counts as root's",
			.after = "it stays its user's",
		},
	[FT_TOGGLE_BUCKET_REOPENS] =
		{
			.name = "bucket-reopens",
			.commit = "d57f4b874946",
			.subject = "tcp: Update bind bucket state on port release",
			.major = 6,
			.minor = 18,
			.before = "a port that was ever bound explicitly is closed to connect() "
				  "until nobody has it",
			.after = "until nobody has it explicitly",
		},
};

static bool is_before(unsigned major, unsigned minor, unsigned other_major, unsigned other_minor)
{
	return major < other_major || (major == other_major && minor < other_minor);
}

struct ft_profile ft_profile_release(unsigned major, unsigned minor)
{
	struct ft_profile profile = {0};

	for (unsigned i = 0; i < FT_TOGGLE_COUNT; i++) {
		const struct ft_toggle_row *row = &ft_toggles[i];

		if (!is_before(major, minor, row->major, row->minor) ||
		    is_before(major, minor, row->broken_major, row->broken_minor))
			profile.toggles |= UINT32_C(1) << i;
	}
	return profile;
}

/* ---- reading ---- */

/* A number without a sign of at most four digits; *text moves behind it. */
static bool read_number(const char **text, unsigned *ret)
{
	unsigned number = 0, digits = 0;

	for (; **text >= '0' && **text <= '9'; (*text)++, digits++)
		number = number * 10 + (unsigned)(**text - '0');
	if (digits == 0 || digits > 4)
		return false;
	*ret = number;
	return true;
}

/* MAJOR.MINOR, and .STABLE if there is one. */
static bool read_release(const char **text, unsigned *ret_major, unsigned *ret_minor)
{
	const char *at = *text;
	unsigned major, minor, stable;

	if (!read_number(&at, &major) || *at++ != '.' || !read_number(&at, &minor))
		return false;
	if (*at == '.') {
		at++;
		if (!read_number(&at, &stable))
			return false;
	}
	*ret_major = major;
	*ret_minor = minor;
	*text = at;
	return true;
}

bool ft_release_parse(const char *release, unsigned *ret_major, unsigned *ret_minor)
{
	return read_release(&release, ret_major, ret_minor);
}

static bool ends_name(char c)
{
	return c == '\0' || c == '+' || c == '-';
}

/* The toggle whose name text begins with; names have '-' in them, so the longest one counts. */
static const struct ft_toggle_row *read_toggle(const char *text)
{
	const struct ft_toggle_row *found = NULL;

	for (unsigned i = 0; i < FT_TOGGLE_COUNT; i++) {
		const struct ft_toggle_row *row = &ft_toggles[i];
		size_t len = strlen(row->name);

		if (strncmp(text, row->name, len) == 0 && ends_name(text[len]) &&
		    (!found || len > strlen(found->name)))
			found = row;
	}
	return found;
}

static int unknown_toggle(const char *name, struct ft_err *err)
{
	size_t len = strcspn(name, "+");
	struct ft_nearest nearest;

	ft_nearest_init(&nearest, name, len);
	for (unsigned i = 0; i < FT_TOGGLE_COUNT; i++)
		ft_nearest_try(&nearest, ft_toggles[i].name);
	return ft_err_set(err, -EINVAL, "profile: '%.*s' is no change that is known%s",
			  len < 40 ? (int)len : 40, name, ft_nearest_hint(&nearest).text);
}

static int read_changes(const char *text, struct ft_profile *profile, struct ft_err *err)
{
	while (*text) {
		bool in = *text++ == '+';
		const struct ft_toggle_row *row = read_toggle(text);
		uint32_t bit;

		if (!row)
			return unknown_toggle(text, err);
		bit = UINT32_C(1) << (row - ft_toggles);
		profile->toggles = in ? profile->toggles | bit : profile->toggles & ~bit;
		text += strlen(row->name);
	}
	return 0;
}

int ft_profile_parse(const char *text, struct ft_profile *ret, struct ft_err *err)
{
	static const char prefix[] = "linux-";
	const char *at = text + strlen(prefix);
	struct ft_profile profile;
	unsigned major, minor;
	int rc;

	if (strncmp(text, prefix, strlen(prefix)) != 0 || !read_release(&at, &major, &minor) ||
	    !ends_name(*at))
		return ft_err_set(err, -EINVAL,
				  "profile '%.40s': not a release, as in linux-6.18 or "
				  "linux-6.7+reuseaddr-live",
				  text);
	profile = ft_profile_release(major, minor);
	rc = read_changes(at, &profile, err);
	if (rc == 0)
		*ret = profile;
	return rc;
}

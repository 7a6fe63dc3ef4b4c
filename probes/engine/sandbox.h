/* SPDX-License-Identifier: MIT */
/*
 * Where do the sockets live? In a user and network namespace of our own, never in the host's.
 *
 * A worker process enters the sandbox once (ft_sandbox_enter: a user namespace, root or not) and
 * takes as many network namespaces from it as it needs (ft_netns_new). Each has lo up, fixed
 * sysctls and, on request, a veth pair whose other end (`peer`) lies in a second namespace.
 *
 * Layout of a namespace: lo 127.0.0.0/8, ::1, fd00::2, fd00::3; eth 192.0.2.1/24 2001:db8::1/64;
 * in the second namespace eth (there too named eth) 192.0.2.2/24 2001:db8::2/64 and lo. IPv6
 * addresses are set without duplicate address detection, so that they can be bound at once.
 * Multicast (224.0.0.0/4, ff00::/8) is routed to eth where there is one.
 */
#ifndef FT_ENGINE_SANDBOX_H
#define FT_ENGINE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/text.h"

/* How far the sandbox reaches here; also what doctor tells. */
struct ft_sandbox {
	bool here;          /* no namespaces: the present one, loopback only (--here) */
	bool many_uids;     /* other users than ours are mapped: `as UID` works */
	uid_t outer_uid;    /* who we are outside */
	uint64_t as_pinned; /* bit i: a fresh namespace has ft_pinned_sysctls[i] by itself */
};

/* The stages in which a sandbox can fail, in order. */
enum ft_stage {
	FT_STAGE_USER_NAMESPACE,
	FT_STAGE_SETGROUPS,
	FT_STAGE_UID_MAP,
	FT_STAGE_GID_MAP,
	FT_STAGE_NETWORK_NAMESPACE,
	FT_STAGE_LOOPBACK,
	FT_STAGE_PACKET_SOCKET,
	FT_STAGE_SYSCTL,
	FT_STAGE_VETH,
	FT_STAGE_COUNT
};
extern const char *const ft_stage_names[FT_STAGE_COUNT]; /* "user namespace", ... */

/* Puts the calling process, which must have one thread, into a user namespace where it is root, and
 * into a first network namespace (so that no later mistake can reach the host's). As root all uids
 * are mapped one to one; an ordinary user's own uid is mapped to 0, further ones with newuidmap
 * where /etc/subuid and that program allow. With sandbox->here set by the caller nothing is
 * unshared. May fork short-lived children (newuidmap, the writer of the maps); waits for them.
 * On failure the text names the stage, the errno, the likely cause by the evidence found (the
 * sysctl user.max_user_namespaces, a seccomp filter, AppArmor's restriction, a chroot) and what
 * would allow it, and *ret_stage the stage. Sources: user_namespaces(7), network_namespaces(7),
 * newuidmap(1). */
int ft_sandbox_enter(struct ft_sandbox *sandbox, enum ft_stage *ret_stage, struct ft_err *err);

/* Tries every stage in a child process, so that the caller stays as it is. results[i] is 0 or a
 * negative errno; stages after a failed one that depend on it are -ECANCELED. explanation gets one
 * paragraph for each failure. For doctor. */
int ft_sandbox_examine(int results[FT_STAGE_COUNT], struct ft_sandbox *ret_sandbox,
		       struct ft_text *explanation, struct ft_err *err);

/* One network namespace, with its second host if it has one. */
struct ft_netns {
	int fd;      /* of the namespace, for setns(2); -1 in --here */
	int peer_fd; /* of the second host's namespace; -1 without veth */
	int diag_fd; /* NETLINK_SOCK_DIAG socket in it, opened on first use; -1 before */
	bool eth;
	uint64_t as_pinned; /* the sandbox's */
};

/* Makes a fresh network namespace with lo up and the pinned sysctls, and with eth and the second
 * host if with_eth; the calling thread is in it afterwards. Costs 1 ms, with_eth 3 ms. */
int ft_netns_new(const struct ft_sandbox *sandbox, bool with_eth, struct ft_netns *ret,
		 struct ft_err *err);
/* Adds eth and the second host to a namespace made without. The caller is in ns afterwards. */
int ft_netns_add_eth(struct ft_netns *ns, struct ft_err *err);
/* Moves the calling thread: into ns, or into its second host. */
int ft_netns_switch(const struct ft_netns *ns, bool to_peer, struct ft_err *err);
/* Closes the descriptors; the namespace goes with its last socket and process. */
void ft_netns_close(struct ft_netns *ns);

/* Writes a sysctl (name with dots or slashes as `tcp_tw_reuse` = net.ipv4.tcp_tw_reuse, a full name
 * net.core.somaxconn, or ipv6.bindv6only) of the present network namespace; '_' in value stands for
 * a blank. 0, -ENOENT if this kernel has no such sysctl, -EACCES if it is not the namespace's own,
 * -EINVAL if the value is refused or the name tries to leave /proc/sys/net. */
int ft_sysctl_write(const char *name, const char *value, struct ft_err *err);
/* Reads one into out (blanks as they are, no final newline). 0 or as above. */
int ft_sysctl_read(const char *name, struct ft_text *out, struct ft_err *err);

/* The sysctls that every namespace gets, so that runs are comparable: name, value. A NULL name ends
 * the table. Missing ones are left out silently: the report's head says what is in force. */
struct ft_pinned {
	const char *name, *value;
};
extern const struct ft_pinned ft_pinned_sysctls[];

/* Adds an address to a device of the present namespace. family AF_INET (prefix 32, or 8 on 127/8)
 * or AF_INET6 (128). -EEXIST counts as 0. */
int ft_addr_add(const char *device, int family, const uint8_t *address, struct ft_err *err);
/* Makes a device of a kind the kernel has ("bridge", "dummy", "veth", "vrf", ...), up. -EOPNOTSUPP
 * where the kernel lacks it. */
int ft_link_add(const char *name, const char *kind, struct ft_err *err);

#endif

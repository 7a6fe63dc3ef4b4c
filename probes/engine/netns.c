/* SPDX-License-Identifier: MIT */
/*
 * Where does a batch of cases run? Making, entering and leaving network namespaces.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "engine/netns.h"
#include "engine/rtnl.h"
#include "engine/sandbox.h"

/* The table that the routes of a vrf device live in; it has none but the device's own. */
enum { VRF_TABLE = 1001 };

/* A fresh namespace with lo and the pinned sysctls; the thread is in it. Returns its descriptor. */
static int make_namespace(uint64_t as_pinned, struct ft_err *err)
{
	int fd, code;

	if (unshare(CLONE_NEWNET) < 0)
		return ft_err_errno(err, -errno, "network namespace: unshare(CLONE_NEWNET)");
	code = ft_layout_loopback(err);
	if (code)
		return code;
	ft_pinned_write(as_pinned);
	fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return ft_err_errno(err, -errno, "open /proc/thread-self/ns/net");
	return fd;
}

int ft_netns_new(const struct ft_sandbox *sandbox, bool with_eth, struct ft_netns *ret,
		 struct ft_err *err)
{
	struct ft_netns ns = {.fd = -1, .peer_fd = -1, .diag_fd = -1};

	ns.as_pinned = sandbox->as_pinned;
	if (!sandbox->here) {
		ns.fd = make_namespace(sandbox->as_pinned, err);
		if (ns.fd < 0)
			return ns.fd;
		int code = with_eth ? ft_netns_add_eth(&ns, err) : 0;

		if (code) {
			ft_netns_close(&ns);
			return code;
		}
	}
	*ret = ns;
	return 0;
}

int ft_netns_add_eth(struct ft_netns *ns, struct ft_err *err)
{
	int far_fd, code;

	if (ns->fd < 0)
		return ft_err_set(err, -EPERM, "no second host: --here changes nothing");
	if (ns->eth)
		return 0;
	far_fd = make_namespace(ns->as_pinned, err);
	code = far_fd < 0 ? far_fd : ft_layout_eth(ns->fd, far_fd, err);
	if (code) {
		if (far_fd >= 0)
			close(far_fd);
		ft_netns_switch(ns, false, NULL);
		return code;
	}
	ns->peer_fd = far_fd;
	ns->eth = true;
	return 0;
}

int ft_netns_switch(const struct ft_netns *ns, bool to_peer, struct ft_err *err)
{
	int fd = to_peer ? ns->peer_fd : ns->fd;

	if (fd < 0 && !to_peer)
		return 0; /* --here: there is but one */
	if (fd < 0)
		return ft_err_set(err, -ENOTCONN, "this namespace has no second host");
	if (setns(fd, CLONE_NEWNET) < 0)
		return ft_err_errno(err, -errno, "setns to a network namespace of ours");
	return 0;
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void ft_netns_close(struct ft_netns *ns)
{
	close_one(&ns->fd);
	close_one(&ns->peer_fd);
	close_one(&ns->diag_fd);
	ns->eth = false;
}

/* Opens rtnetlink unless the present namespace belongs to somebody else. */
static int open_ours(struct ft_rtnl *rtnl, const char *what, const char *name, struct ft_err *err)
{
	if (!ft_netns_is_ours())
		return ft_err_set(err, -EPERM,
				  "%s %s: refused, the present network namespace is not one that "
				  "was made for cases (--here changes nothing)",
				  what, name);
	return ft_rtnl_open(rtnl, err);
}

int ft_addr_add(const char *device, int family, const uint8_t *address, struct ft_err *err)
{
	struct ft_rtnl rtnl;
	int code = open_ours(&rtnl, "add an address to", device, err);
	unsigned index;

	if (code)
		return code;
	index = if_nametoindex(device);
	if (index == 0) {
		code = -errno;
	} else {
		unsigned prefix = family == AF_INET6 ? 128 : address[0] == 127 ? 8 : 32;

		ft_rtnl_address(&rtnl, index, family, address, prefix);
		rtnl.optional[0] = false; /* who asks for it by name wants to know */
		code = ft_rtnl_commit(&rtnl, NULL);
		if (!code && family == AF_INET6)
			code = ft_rtnl_wait_local(&rtnl, index, address, NULL);
	}
	ft_rtnl_close(&rtnl);
	return code ? ft_err_errno(err, code, "add an address to device %s", device) : 0;
}

static void put_link(struct ft_rtnl *rtnl, const char *name, const char *kind)
{
	struct ifinfomsg *header;
	struct nlmsghdr *message = ft_rtnl_begin(rtnl, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
						 "add a device", false, sizeof(*header), &header);
	struct nlattr *info, *data;

	header->ifi_flags = IFF_UP;
	header->ifi_change = IFF_UP;
	mnl_attr_put_strz(message, IFLA_IFNAME, name);
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, kind);
	if (strcmp(kind, "vrf") == 0) {
		data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
		mnl_attr_put_u32(message, IFLA_VRF_TABLE, VRF_TABLE);
		mnl_attr_nest_end(message, data);
	}
	mnl_attr_nest_end(message, info);
	ft_rtnl_end(rtnl);
}

int ft_link_add(const char *name, const char *kind, struct ft_err *err)
{
	struct ft_rtnl rtnl;
	int code;

	if (!*name || !*kind || strlen(name) >= IFNAMSIZ || strlen(kind) >= IFNAMSIZ)
		return ft_err_set(err, -EINVAL, "add device '%.32s' of kind '%.32s': 1 to %d bytes",
				  name, kind, IFNAMSIZ - 1);
	code = open_ours(&rtnl, "add device", name, err);
	if (code)
		return code;
	put_link(&rtnl, name, kind);
	code = ft_rtnl_commit(&rtnl, NULL);
	ft_rtnl_close(&rtnl);
	if (code == -EOPNOTSUPP)
		return ft_err_errno(err, code, "add device %s: this kernel has no kind '%s'", name,
				    kind);
	return code ? ft_err_errno(err, code, "add device %s of kind '%s'", name, kind) : 0;
}

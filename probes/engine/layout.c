/* SPDX-License-Identifier: MIT */
/*
 * What is in a namespace? lo, and where there is a second host the veth pair between the two.
 *
 * Nothing here may send a packet by itself or at a random time: no address is probed for
 * duplicates, no router is looked for, and each end knows the other's MAC address for good, so
 * that a capture holds what the sockets sent and little else.
 */
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/veth.h>

#include "engine/netns.h"
#include "engine/rtnl.h"
#include "engine/sandbox.h"

/* The mark of our namespaces is the transmit queue length of lo, which has no queue: the number
 * means nothing to the kernel, nobody else sets it, and one ioctl reads it. */
enum { MARK = 41414, ETH_QUEUE = 1000, LOOPBACK_INDEX = 1 };

/* One end of the veth pair. */
struct end {
	uint8_t mac[6];
	uint8_t ip4[4];
	uint8_t ip6[16];
	uint8_t link_local[16];
};

static const struct end near_end = {
	.mac = {2, 0, 192, 0, 2, 1},
	.ip4 = {192, 0, 2, 1},
	.ip6 = {0x20, 1, 0x0d, 0xb8, [15] = 1},
	.link_local = {0xfe, 0x80, [15] = 1},
};
static const struct end far_end = {
	.mac = {2, 0, 192, 0, 2, 2},
	.ip4 = {192, 0, 2, 2},
	.ip6 = {0x20, 1, 0x0d, 0xb8, [15] = 2},
	.link_local = {0xfe, 0x80, [15] = 2},
};

bool ft_netns_is_ours(void)
{
	struct ifreq request = {.ifr_name = "lo"};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ours;

	if (fd < 0)
		return false;
	ours = ioctl(fd, SIOCGIFTXQLEN, &request) == 0 && request.ifr_qlen == MARK;
	close(fd);
	return ours;
}

static void set_up(struct ft_rtnl *rtnl, unsigned device, uint32_t queue_len)
{
	struct ifinfomsg *header;
	struct nlmsghdr *message = ft_rtnl_begin(rtnl, RTM_NEWLINK, 0, "set a device up", false,
						 sizeof(*header), &header);

	header->ifi_index = (int)device;
	header->ifi_flags = IFF_UP;
	header->ifi_change = IFF_UP;
	mnl_attr_put_u32(message, IFLA_TXQLEN, queue_len);
	ft_rtnl_end(rtnl);
}

int ft_layout_loopback(struct ft_err *err)
{
	static const uint8_t lo2[16] = {0xfd, [15] = 2}, lo3[16] = {0xfd, [15] = 3};
	struct ft_rtnl rtnl;
	int code = ft_rtnl_open(&rtnl, err);

	if (code)
		return code;
	/* 127.0.0.1/8 and ::1 come by themselves when lo comes up */
	set_up(&rtnl, LOOPBACK_INDEX, MARK);
	ft_rtnl_address(&rtnl, LOOPBACK_INDEX, AF_INET6, lo2, 128);
	ft_rtnl_address(&rtnl, LOOPBACK_INDEX, AF_INET6, lo3, 128);
	code = ft_rtnl_commit(&rtnl, err);
	if (!code)
		code = ft_rtnl_wait_local(&rtnl, LOOPBACK_INDEX, lo2, err);
	if (!code)
		code = ft_rtnl_wait_local(&rtnl, LOOPBACK_INDEX, lo3, err);
	ft_rtnl_close(&rtnl);
	return code;
}

/* One message makes both ends, names them and puts the far one into its namespace. Neither can be
 * up yet: the kernel opens the far end before it knows its other one (ENOTCONN). */
static int make_pair(struct ft_rtnl *rtnl, int far_fd, struct ft_err *err)
{
	struct ifinfomsg *header;
	struct nlmsghdr *message = ft_rtnl_begin(rtnl, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
						 "make a veth pair", false, sizeof(*header),
						 &header);
	struct nlattr *info, *data, *peer;

	mnl_attr_put_strz(message, IFLA_IFNAME, "eth");
	mnl_attr_put(message, IFLA_ADDRESS, sizeof(near_end.mac), near_end.mac);
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(message, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(message, sizeof(*header));
	mnl_attr_put_strz(message, IFLA_IFNAME, "eth");
	mnl_attr_put(message, IFLA_ADDRESS, sizeof(far_end.mac), far_end.mac);
	mnl_attr_put_u32(message, IFLA_NET_NS_FD, (uint32_t)far_fd);
	mnl_attr_nest_end(message, peer);
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, info);
	ft_rtnl_end(rtnl);
	return ft_rtnl_commit(rtnl, err);
}

/* 224.0.0.0/4 through the device; the kernel routes ff00::/8 to it by itself. */
static void route_multicast(struct ft_rtnl *rtnl, unsigned device, const struct end *end)
{
	static const uint8_t group[4] = {224};
	struct rtmsg *header;
	struct nlmsghdr *message = ft_rtnl_begin(rtnl, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL,
						 "route multicast", false, sizeof(*header),
						 &header);

	header->rtm_family = AF_INET;
	header->rtm_dst_len = 4;
	header->rtm_table = RT_TABLE_MAIN;
	header->rtm_protocol = RTPROT_STATIC;
	header->rtm_scope = RT_SCOPE_LINK;
	header->rtm_type = RTN_UNICAST;
	mnl_attr_put(message, RTA_DST, sizeof(group), group);
	mnl_attr_put_u32(message, RTA_OIF, device);
	mnl_attr_put(message, RTA_PREFSRC, sizeof(end->ip4), end->ip4);
	ft_rtnl_end(rtnl);
}

/* Addresses, neighbours and route of one end; rtnl and the thread are in its namespace. */
static int configure_end(struct ft_rtnl *rtnl, const struct end *own, const struct end *other,
			 unsigned *ret_device, struct ft_err *err)
{
	unsigned device = if_nametoindex("eth");

	if (device == 0)
		return ft_err_errno(err, -errno, "find device eth");
	set_up(rtnl, device, ETH_QUEUE);
	ft_rtnl_address(rtnl, device, AF_INET, own->ip4, 24);
	ft_rtnl_address(rtnl, device, AF_INET6, own->ip6, 64);
	ft_rtnl_address(rtnl, device, AF_INET6, own->link_local, 64);
	ft_rtnl_neighbour(rtnl, device, AF_INET, other->ip4, other->mac);
	ft_rtnl_neighbour(rtnl, device, AF_INET6, other->ip6, other->mac);
	ft_rtnl_neighbour(rtnl, device, AF_INET6, other->link_local, other->mac);
	/* A neighbour that is missed by one case would tell the next one so, seconds later. */
	ft_rtnl_no_probes(rtnl, device, AF_INET);
	ft_rtnl_no_probes(rtnl, device, AF_INET6);
	route_multicast(rtnl, device, own);
	*ret_device = device;
	return ft_rtnl_commit(rtnl, err);
}

/* Until the first packet gets through, both ways. */
static int wait_for_end(struct ft_rtnl *rtnl, const struct end *end, unsigned device,
			struct ft_err *err)
{
	int code = ft_rtnl_wait_up(rtnl, "eth", err);

	if (!code)
		code = ft_rtnl_wait_local(rtnl, device, end->ip6, err);
	if (!code)
		code = ft_rtnl_wait_local(rtnl, device, end->link_local, err);
	return code;
}

static int enter_and_open(int fd, struct ft_rtnl *rtnl, struct ft_err *err)
{
	if (setns(fd, CLONE_NEWNET) < 0)
		return ft_err_errno(err, -errno, "setns to a network namespace of ours");
	return ft_rtnl_open(rtnl, err);
}

int ft_layout_eth(int near_fd, int far_fd, struct ft_err *err)
{
	struct ft_rtnl near, far = {.fd = -1};
	unsigned near_device = 0, far_device = 0;
	int code = enter_and_open(near_fd, &near, err);

	if (code)
		return code;
	code = make_pair(&near, far_fd, err);
	/* the near end first: it must wait for its carrier, and has the far end's work for that */
	if (!code)
		code = configure_end(&near, &near_end, &far_end, &near_device, err);
	if (!code)
		code = enter_and_open(far_fd, &far, err);
	if (!code)
		code = configure_end(&far, &far_end, &near_end, &far_device, err);
	if (!code)
		code = wait_for_end(&far, &far_end, far_device, err);
	if (!code)
		code = wait_for_end(&near, &near_end, near_device, err);
	ft_rtnl_close(&far);
	ft_rtnl_close(&near);
	if (setns(near_fd, CLONE_NEWNET) < 0 && !code)
		code = ft_err_errno(err, -errno, "setns to a network namespace of ours");
	return code;
}

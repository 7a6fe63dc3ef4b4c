/* SPDX-License-Identifier: MIT */
/*
 * How are rtnetlink messages put together, sent as one batch and answered for?
 *
 * The kernel works through a batch while it is sent. It reports every message that failed, and the
 * last one in any case (NLM_F_ACK), so that one send and one answer do for a dozen messages.
 */
#include "engine/rtnl.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>

enum { WAIT_ROUNDS = 2000, WAIT_FIRST_NS = 20000, WAIT_LONGEST_NS = 5000000 };

int ft_rtnl_open(struct ft_rtnl *rtnl, struct ft_err *err)
{
	rtnl->n = 0;
	rtnl->len = 0;
	rtnl->last = NULL;
	rtnl->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (rtnl->fd < 0)
		return ft_err_errno(err, -errno, "socket(AF_NETLINK, NETLINK_ROUTE)");
	return 0;
}

void ft_rtnl_close(struct ft_rtnl *rtnl)
{
	if (rtnl->fd >= 0)
		close(rtnl->fd);
	rtnl->fd = -1;
}

struct nlmsghdr *ft_rtnl_begin(struct ft_rtnl *rtnl, uint16_t type, uint16_t flags,
			       const char *what, bool optional, size_t header_len, void *ret_header)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(rtnl->bytes + rtnl->len);
	void *header = mnl_nlmsg_put_extra_header(message, header_len);

	message->nlmsg_type = type;
	message->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	message->nlmsg_seq = rtnl->n;
	rtnl->type[rtnl->n] = type;
	rtnl->what[rtnl->n] = what;
	rtnl->optional[rtnl->n] = optional;
	rtnl->last = message;
	memcpy(ret_header, &header, sizeof(header));
	return message;
}

void ft_rtnl_end(struct ft_rtnl *rtnl)
{
	rtnl->len += NLMSG_ALIGN((size_t)rtnl->last->nlmsg_len);
	rtnl->n++;
}

static bool forgiven(const struct ft_rtnl *rtnl, uint32_t seq, int code)
{
	if (code == -EEXIST && rtnl->type[seq] != RTM_NEWLINK)
		return true;
	return rtnl->optional[seq] &&
	       (code == -EOPNOTSUPP || code == -EAFNOSUPPORT || code == -EACCES || code == -EPERM);
}

/* One datagram of answers. Sets *ret_done at the answer to the last message. */
static int take_answers(const struct ft_rtnl *rtnl, const char *bytes, int len, bool *ret_done,
			struct ft_err *err)
{
	const struct nlmsghdr *answer = (const struct nlmsghdr *)(const void *)bytes;
	int code = 0;

	for (; mnl_nlmsg_ok(answer, len); answer = mnl_nlmsg_next(answer, &len)) {
		const struct nlmsgerr *report = mnl_nlmsg_get_payload(answer);
		uint32_t seq = answer->nlmsg_seq;

		if (answer->nlmsg_type != NLMSG_ERROR || seq >= rtnl->n ||
		    mnl_nlmsg_get_payload_len(answer) < sizeof(*report))
			continue;
		if (seq == rtnl->n - 1)
			*ret_done = true;
		if (report->error && !forgiven(rtnl, seq, report->error))
			code = ft_err_errno(err, report->error, "%s", rtnl->what[seq]);
	}
	return code;
}

int ft_rtnl_commit(struct ft_rtnl *rtnl, struct ft_err *err)
{
	_Alignas(struct nlmsghdr) char answers[8192];
	bool done = false;
	int code = 0;

	if (rtnl->n == 0)
		return 0;
	rtnl->last->nlmsg_flags |= NLM_F_ACK;
	if (send(rtnl->fd, rtnl->bytes, rtnl->len, 0) < 0) {
		code = ft_err_errno(err, -errno, "send %u rtnetlink messages", rtnl->n);
		done = true;
	}
	while (!done) {
		ssize_t len = recv(rtnl->fd, answers, sizeof(answers), 0);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0) {
			code = ft_err_errno(err, -errno, "answer of rtnetlink");
			break;
		}
		int one = take_answers(rtnl, answers, (int)len, &done, err);

		code = code ? code : one;
	}
	rtnl->n = 0;
	rtnl->len = 0;
	return code;
}

void ft_rtnl_address(struct ft_rtnl *rtnl, unsigned device, int family, const void *address,
		     unsigned prefix)
{
	size_t len = family == AF_INET ? 4 : 16;
	struct ifaddrmsg *header;
	struct nlmsghdr *message = ft_rtnl_begin(rtnl, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL,
						 "add an address", family == AF_INET6,
						 sizeof(*header), &header);

	header->ifa_family = (uint8_t)family;
	header->ifa_prefixlen = (uint8_t)prefix;
	header->ifa_index = device;
	/* a tentative address cannot be bound for a second or more */
	header->ifa_flags = family == AF_INET6 ? IFA_F_NODAD : 0;
	mnl_attr_put(message, IFA_LOCAL, len, address);
	mnl_attr_put(message, IFA_ADDRESS, len, address);
	ft_rtnl_end(rtnl);
}

void ft_rtnl_neighbour(struct ft_rtnl *rtnl, unsigned device, int family, const void *address,
		       const uint8_t mac[6])
{
	struct ndmsg *header;
	struct nlmsghdr *message = ft_rtnl_begin(rtnl, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE,
						 "add a neighbour", family == AF_INET6,
						 sizeof(*header), &header);

	header->ndm_family = (uint8_t)family;
	header->ndm_ifindex = (int)device;
	header->ndm_state = NUD_PERMANENT;
	mnl_attr_put(message, NDA_DST, family == AF_INET ? 4 : 16, address);
	mnl_attr_put(message, NDA_LLADDR, 6, mac);
	ft_rtnl_end(rtnl);
}

void ft_rtnl_no_probes(struct ft_rtnl *rtnl, unsigned device, int family)
{
	struct ndtmsg *header;
	struct nlmsghdr *message = ft_rtnl_begin(rtnl, RTM_SETNEIGHTBL, 0,
						 "stop looking for neighbours", family == AF_INET6,
						 sizeof(*header), &header);
	struct nlattr *parameters;

	header->ndtm_family = (uint8_t)family;
	mnl_attr_put_strz(message, NDTA_NAME, family == AF_INET ? "arp_cache" : "ndisc_cache");
	parameters = mnl_attr_nest_start(message, NDTA_PARMS);
	mnl_attr_put_u32(message, NDTPA_IFINDEX, device);
	mnl_attr_put_u32(message, NDTPA_MCAST_PROBES, 0);
	mnl_attr_put_u32(message, NDTPA_APP_PROBES, 0);
	mnl_attr_nest_end(message, parameters);
	ft_rtnl_end(rtnl);
}

/* Until the kernel's link watcher has run, the queue of the end that came up first is "noop", which
 * drops everything. */
struct readiness {
	bool carrier, queue;
};

static int read_readiness(const struct nlattr *attr, void *arg)
{
	struct readiness *ready = arg;

	if (mnl_attr_get_type(attr) == IFLA_OPERSTATE)
		ready->carrier = mnl_attr_get_u8(attr) == IF_OPER_UP;
	else if (mnl_attr_get_type(attr) == IFLA_QDISC)
		ready->queue = strcmp(mnl_attr_get_str(attr), "noop") != 0;
	return MNL_CB_OK;
}

/* Sends the one message in rtnl, receives the one answer. */
static int ask(struct ft_rtnl *rtnl, char *answer, size_t size, struct ft_err *err)
{
	const char *what = rtnl->what[0];
	ssize_t len;

	if (send(rtnl->fd, rtnl->bytes, rtnl->last->nlmsg_len, 0) < 0)
		return ft_err_errno(err, -errno, "%s: send", what);
	do {
		len = recv(rtnl->fd, answer, size, 0);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return ft_err_errno(err, -errno, "%s: answer", what);
	if (!mnl_nlmsg_ok((const struct nlmsghdr *)(void *)answer, (int)len))
		return ft_err_set(err, -EPROTO, "%s: a cut-off answer", what);
	return 0;
}

/* A question whose answer becomes yes in time: 1, 0 (not yet) or a negative errno. */
typedef int question(struct ft_rtnl *rtnl, const void *arg, struct ft_err *err);

static int is_link_up(struct ft_rtnl *rtnl, const void *arg, struct ft_err *err)
{
	_Alignas(struct nlmsghdr) char answer[8192];
	const struct nlmsghdr *link = (const struct nlmsghdr *)(void *)answer;
	struct readiness ready = {false, false};
	struct ifinfomsg *header;
	struct nlmsghdr *message = ft_rtnl_begin(rtnl, RTM_GETLINK, 0, "get a device", false,
						 sizeof(*header), &header);
	int code;

	mnl_attr_put_strz(message, IFLA_IFNAME, arg);
	mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	code = ask(rtnl, answer, sizeof(answer), err);
	if (code)
		return code;
	if (link->nlmsg_type == RTM_NEWLINK)
		mnl_attr_parse(link, sizeof(struct ifinfomsg), read_readiness, &ready);
	return ready.carrier && ready.queue;
}

struct place {
	unsigned device;
	const uint8_t *address;
};

static int is_local(struct ft_rtnl *rtnl, const void *arg, struct ft_err *err)
{
	_Alignas(struct nlmsghdr) char answer[4096];
	const struct place *place = arg;
	const struct nlmsghdr *route = (const struct nlmsghdr *)(void *)answer;
	struct rtmsg *header;
	struct nlmsghdr *message = ft_rtnl_begin(rtnl, RTM_GETROUTE, 0, "get a route", false,
						 sizeof(*header), &header);
	int code;

	header->rtm_family = AF_INET6;
	header->rtm_dst_len = 128;
	mnl_attr_put(message, RTA_DST, 16, place->address);
	mnl_attr_put_u32(message, RTA_OIF, place->device);
	code = ask(rtnl, answer, sizeof(answer), err);
	if (code)
		return code;
	if (route->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *report = mnl_nlmsg_get_payload(route);

		/* a kernel without IPv6 has nothing to wait for */
		return report->error == -EOPNOTSUPP || report->error == -EAFNOSUPPORT;
	}
	header = mnl_nlmsg_get_payload(route);
	return header->rtm_type == RTN_LOCAL;
}

static int wait_for(struct ft_rtnl *rtnl, question *ask_it, const void *arg, struct ft_err *err)
{
	struct timespec nap = {.tv_nsec = WAIT_FIRST_NS};

	for (int i = 0; i < WAIT_ROUNDS; i++) {
		int code = ask_it(rtnl, arg, err);

		if (code)
			return code < 0 ? code : 0;
		nanosleep(&nap, NULL);
		nap.tv_nsec = nap.tv_nsec * 2 < WAIT_LONGEST_NS ? nap.tv_nsec * 2 : WAIT_LONGEST_NS;
	}
	return -ETIMEDOUT;
}

int ft_rtnl_wait_up(struct ft_rtnl *rtnl, const char *device, struct ft_err *err)
{
	int code = wait_for(rtnl, is_link_up, device, err);

	if (code == -ETIMEDOUT)
		ft_err_set(err, code, "device %s did not come up within ten seconds", device);
	return code;
}

int ft_rtnl_wait_local(struct ft_rtnl *rtnl, unsigned device, const uint8_t address[16],
		       struct ft_err *err)
{
	struct place place = {device, address};
	int code = wait_for(rtnl, is_local, &place, err);

	if (code == -ETIMEDOUT)
		ft_err_set(err, code, "an IPv6 address was not in place within ten seconds");
	return code;
}

/* SPDX-License-Identifier: MIT */
/*
 * Which sockets does the kernel list, and in which state? (sock_diag(7).)
 *
 * A dump names a local port in its request, and the kernel skips the others itself. One 4-tuple is
 * looked up by an exact request, which costs the kernel one step into its hash. Such a look-up
 * answers with a listener where there is no connection, and finds a socket that is bound to a
 * device only by that device's index: both are dealt with here.
 */
#include "engine/diag.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>

/* The kernel's own numbers beyond those of netinet/tcp.h (include/net/tcp_states.h). */
enum { NEW_SYN_RECV = 12, BOUND_INACTIVE = 13 };
enum { CONNECTED_STATES = (1 << BOUND_INACTIVE) - 1 - (1 << TCP_LISTEN) - (1 << TCP_CLOSE) };
enum { ALL_STATES = (1 << BOUND_INACTIVE) - 1, ONLY_BOUND = 1 << BOUND_INACTIVE };
/* Devices that are tried for a socket bound to one. A namespace has few, numbered from 1. */
enum { DEVICES = 8 };

static const char *const state_names[] = {
	[TCP_ESTABLISHED] = "ESTABLISHED",
	[TCP_SYN_SENT] = "SYN_SENT",
	[TCP_SYN_RECV] = "SYN_RECV",
	[TCP_FIN_WAIT1] = "FIN_WAIT1",
	[TCP_FIN_WAIT2] = "FIN_WAIT2",
	[TCP_TIME_WAIT] = "TIME_WAIT",
	[TCP_CLOSE] = "CLOSE",
	[TCP_CLOSE_WAIT] = "CLOSE_WAIT",
	[TCP_LAST_ACK] = "LAST_ACK",
	[TCP_LISTEN] = "LISTEN",
	[TCP_CLOSING] = "CLOSING",
	[NEW_SYN_RECV] = "SYN_RECV",
	[FT_DIAG_BOUND] = "BOUND",
};

struct request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 body;
};

const char *ft_diag_state_name(unsigned state)
{
	return state < sizeof(state_names) / sizeof(state_names[0]) ? state_names[state] : NULL;
}

int ft_diag_open(struct ft_err *err)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	return fd < 0 ? ft_err_errno(err, -errno, "socket(AF_NETLINK, NETLINK_SOCK_DIAG)") : fd;
}

static void fill_request(struct request *request, int family, int protocol, uint16_t flags,
			 uint32_t states)
{
	memset(request, 0, sizeof(*request));
	request->header.nlmsg_len = sizeof(*request);
	request->header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
	request->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	request->body.sdiag_family = (uint8_t)family;
	request->body.sdiag_protocol = (uint8_t)protocol;
	request->body.idiag_states = states;
	request->body.id.idiag_cookie[0] = INET_DIAG_NOCOOKIE;
	request->body.id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
}

static bool is_mapped(const uint32_t words[4])
{
	return words[0] == 0 && words[1] == 0 && words[2] == htonl(0xffff);
}

static void take_address(struct ft_address *out, int family, const uint32_t words[4], uint16_t port)
{
	memset(out, 0, sizeof(*out));
	out->port = ntohs(port);
	if (family == AF_INET6 && !is_mapped(words)) {
		out->family = AF_INET6;
		memcpy(out->bytes, words, 16);
		return;
	}
	out->family = AF_INET;
	memcpy(out->bytes, family == AF_INET6 ? &words[3] : &words[0], 4);
}

static uint8_t symbolic_state(unsigned state, bool bound)
{
	if (bound)
		return FT_DIAG_BOUND;
	return state == NEW_SYN_RECV ? (uint8_t)TCP_SYN_RECV : (uint8_t)state;
}

static void take_row(struct ft_diag_row *row, const struct inet_diag_msg *msg, bool bound)
{
	row->state = symbolic_state(msg->idiag_state, bound);
	row->timer = msg->idiag_timer;
	row->uid = msg->idiag_uid;
	row->inode = msg->idiag_inode;
	take_address(&row->local, msg->idiag_family, msg->id.idiag_src, msg->id.idiag_sport);
	take_address(&row->remote, msg->idiag_family, msg->id.idiag_dst, msg->id.idiag_dport);
}

/* A dump in progress. */
struct dump {
	ft_diag_each *each;
	void *arg;
	uint16_t local_port;
	bool bound;   /* the request was for bound-only sockets, whose rows do not tell */
	bool stopped; /* each() has had enough; what is still to come must be read nevertheless */
	bool done;
	int code;
};

static void take_message(struct dump *dump, const struct nlmsghdr *message)
{
	const struct inet_diag_msg *msg = mnl_nlmsg_get_payload(message);
	size_t len = mnl_nlmsg_get_payload_len(message);
	struct ft_diag_row row;

	if (message->nlmsg_type == NLMSG_DONE || message->nlmsg_type == NLMSG_ERROR) {
		int code = 0;

		if (len >= sizeof(code))
			memcpy(&code, msg, sizeof(code));
		dump->code = code;
		dump->done = true;
	} else if (message->nlmsg_type == SOCK_DIAG_BY_FAMILY && len >= sizeof(*msg)) {
		take_row(&row, msg, dump->bound);
		if (dump->stopped || (dump->local_port && row.local.port != dump->local_port))
			return;
		dump->stopped = dump->each(dump->arg, &row) != 0;
	}
}

static ssize_t receive(int fd, void *bytes, size_t size)
{
	ssize_t len;

	do {
		len = recv(fd, bytes, size, 0);
	} while (len < 0 && errno == EINTR);
	return len < 0 ? -errno : len;
}

static int run_dump(int fd, const struct request *request, struct dump *dump)
{
	_Alignas(struct nlmsghdr) char bytes[32768];

	if (send(fd, request, sizeof(*request), 0) < 0)
		return -errno;
	while (!dump->done) {
		ssize_t received = receive(fd, bytes, sizeof(bytes));
		const struct nlmsghdr *message = (const struct nlmsghdr *)(void *)bytes;
		int len = (int)received;

		if (received < 0)
			return len;
		for (; !dump->done && mnl_nlmsg_ok(message, len);
		     message = mnl_nlmsg_next(message, &len))
			take_message(dump, message);
	}
	return dump->code;
}

int ft_diag_dump(int fd, int protocol, int family, uint16_t local_port, ft_diag_each *each,
		 void *arg, struct ft_err *err)
{
	struct dump dump = {.each = each, .arg = arg, .local_port = local_port};
	struct request request;
	int code;

	fill_request(&request, family, protocol, NLM_F_DUMP, ALL_STATES);
	request.body.id.idiag_sport = htons(local_port);
	code = run_dump(fd, &request, &dump);
	if (!code && !dump.stopped && protocol == IPPROTO_TCP) {
		/* a kernel that does not know the state lists nothing */
		request.body.idiag_states = ONLY_BOUND;
		dump.bound = true;
		dump.done = false;
		code = run_dump(fd, &request, &dump);
	}
	if (code)
		return ft_err_errno(err, code, "dump of the sockets of protocol %d", protocol);
	return 0;
}

int ft_diag_connections(int fd, int family, ft_diag_each *each, void *arg, struct ft_err *err)
{
	struct dump dump = {.each = each, .arg = arg};
	struct request request;
	int code;

	fill_request(&request, family, IPPROTO_TCP, NLM_F_DUMP, CONNECTED_STATES);
	code = run_dump(fd, &request, &dump);
	return code ? ft_err_errno(err, code, "dump of the TCP connections") : 0;
}

static bool put_address(const struct ft_address *address, __be32 words[4], __be16 *port)
{
	*port = htons(address->port);
	memcpy(words, address->bytes, address->family == AF_INET ? 4 : 16);
	return address->family == AF_INET || address->family == AF_INET6;
}

static bool same_address(const struct ft_address *a, const struct ft_address *b)
{
	return a->family == b->family && a->port == b->port &&
	       memcmp(a->bytes, b->bytes, a->family == AF_INET ? 4 : 16) == 0;
}

/* The answers to n look-ups, in any number of datagrams. 0 with the row of the connection that was
 * asked for, or -ENOENT, or another errno. */
static int take_answers(int fd, unsigned n, const struct ft_address *local,
			const struct ft_address *remote, struct ft_diag_row *found)
{
	_Alignas(struct nlmsghdr) char bytes[8192];
	int rc = -ENOENT;

	while (n) {
		ssize_t received = receive(fd, bytes, sizeof(bytes));
		const struct nlmsghdr *message = (const struct nlmsghdr *)(void *)bytes;
		int len = (int)received;

		if (received < 0)
			return len;
		for (; n && mnl_nlmsg_ok(message, len); message = mnl_nlmsg_next(message, &len)) {
			const void *payload = mnl_nlmsg_get_payload(message);
			struct ft_diag_row row;
			int code = 0;

			n--;
			if (message->nlmsg_type == NLMSG_ERROR) {
				memcpy(&code, payload, sizeof(code));
				rc = rc == -ENOENT && code ? code : rc;
				continue;
			}
			take_row(&row, payload, false);
			if (same_address(&row.local, local) && same_address(&row.remote, remote)) {
				*found = row;
				rc = 0;
			}
		}
	}
	return rc;
}

/* Looks the tuple up on the devices first ... first + n - 1 (0: sockets bound to none). */
static int look_up(int fd, const struct ft_address *local, const struct ft_address *remote,
		   unsigned first, unsigned n, struct ft_diag_row *found)
{
	struct request requests[DEVICES] = {0};

	for (unsigned i = 0; i < n; i++) {
		struct inet_diag_sockid *id = &requests[i].body.id;

		fill_request(&requests[i], local->family, IPPROTO_TCP, 0, ALL_STATES);
		id->idiag_if = first + i;
		if (!put_address(local, id->idiag_src, &id->idiag_sport) ||
		    !put_address(remote, id->idiag_dst, &id->idiag_dport))
			return -EAFNOSUPPORT;
	}
	if (send(fd, requests, n * sizeof(requests[0]), 0) < 0)
		return -errno;
	return take_answers(fd, n, local, remote, found);
}

int ft_diag_find(int fd, const struct ft_address *local, const struct ft_address *remote,
		 struct ft_diag_row *ret_row, struct ft_err *err)
{
	int rc = -EAFNOSUPPORT;

	if (local->family == remote->family)
		rc = look_up(fd, local, remote, 0, 1, ret_row);
	if (rc == -ENOENT)
		rc = look_up(fd, local, remote, 1, DEVICES, ret_row);
	if (rc < 0 && rc != -ENOENT)
		return ft_err_errno(err, rc, "look-up of a TCP connection in sock_diag");
	if (rc < 0)
		return ft_err_set(err, rc, "sock_diag lists no such TCP connection");
	return 0;
}

/* Whom a packet from the remote end would reach: so a connected UDP socket is found, and so
 * udp_diag reads the two addresses. */
static void put_question(struct request *request, const struct ft_diag_question *question,
			 uint32_t number)
{
	bool udp = question->protocol == IPPROTO_UDP;
	const struct ft_address *source = udp ? &question->remote : &question->local;
	const struct ft_address *other = udp ? &question->local : &question->remote;
	struct inet_diag_sockid *id = &request->body.id;

	fill_request(request, question->local.family, question->protocol, 0, ALL_STATES);
	request->header.nlmsg_seq = number;
	put_address(source, id->idiag_src, &id->idiag_sport);
	put_address(other, id->idiag_dst, &id->idiag_dport);
}

/* One answer: a row, or the errno of a question that nothing answers to. */
static int take_answer(const struct nlmsghdr *message, const struct ft_diag_question *questions,
		       size_t n, uint8_t *states)
{
	const void *payload = mnl_nlmsg_get_payload(message);
	uint32_t i = message->nlmsg_seq;
	struct ft_diag_row row;
	int code = 0;

	if (message->nlmsg_type == NLMSG_ERROR) {
		memcpy(&code, payload, sizeof(code));
		return code;
	}
	if (i >= n || mnl_nlmsg_get_payload_len(message) < sizeof(struct inet_diag_msg))
		return -EBADMSG;
	take_row(&row, payload, false);
	if (same_address(&row.local, &questions[i].local) &&
	    same_address(&row.remote, &questions[i].remote))
		states[i] = row.state;
	return 0;
}

int ft_diag_states(int fd, const struct ft_diag_question *questions, size_t n, uint8_t *ret_states,
		   struct ft_err *err)
{
	struct request requests[FT_DIAG_QUESTIONS_MAX];
	_Alignas(struct nlmsghdr) char bytes[8192];
	size_t left = n;
	int code = 0;

	memset(ret_states, 0, n);
	for (size_t i = 0; i < n; i++)
		put_question(&requests[i], &questions[i], (uint32_t)i);
	if (n && send(fd, requests, n * sizeof(requests[0]), 0) < 0)
		return ft_err_errno(err, -errno, "ask sock_diag for 4-tuples");
	while (left) {
		ssize_t received = receive(fd, bytes, sizeof(bytes));
		const struct nlmsghdr *message = (const struct nlmsghdr *)(void *)bytes;
		int len = (int)received;

		if (received < 0)
			return ft_err_errno(err, len, "answer of sock_diag");
		for (; left && mnl_nlmsg_ok(message, len);
		     message = mnl_nlmsg_next(message, &len)) {
			int one = take_answer(message, questions, n, ret_states);

			left--;
			code = one && one != -ENOENT ? one : code;
		}
	}
	return code ? ft_err_errno(err, code, "ask sock_diag for 4-tuples") : 0;
}

/* lo and eth: the look-up finds sockets bound to that device, and those bound to none. */
enum { DESTROY_DEVICES = 2 };

/* One end, wherever its device: a request for each. */
static unsigned put_destroys(struct request *requests, const struct ft_address *local,
			     const struct ft_address *remote)
{
	unsigned n = 0;

	for (unsigned device = 1; device <= DESTROY_DEVICES; device++) {
		struct inet_diag_sockid *id = &requests[n].body.id;

		fill_request(&requests[n], local->family, IPPROTO_TCP, NLM_F_ACK, ALL_STATES);
		requests[n].header.nlmsg_type = SOCK_DESTROY;
		id->idiag_if = device;
		put_address(local, id->idiag_src, &id->idiag_sport);
		put_address(remote, id->idiag_dst, &id->idiag_dport);
		n++;
	}
	return n;
}

static int destroy(int fd, const struct ft_address *local, const struct ft_address *remote,
		   bool both)
{
	struct request requests[2 * DESTROY_DEVICES];
	struct ft_diag_row row;
	unsigned n;
	int code;

	if (local->family != remote->family || !local->port || !remote->port)
		return 0;
	n = put_destroys(requests, local, remote);
	if (both)
		n += put_destroys(requests + n, remote, local);
	if (send(fd, requests, n * sizeof(requests[0]), 0) < 0)
		return -errno;
	code = take_answers(fd, n, local, remote, &row);
	return code == -ENOENT ? 0 : code;
}

int ft_diag_destroy(int fd, const struct ft_address *local, const struct ft_address *remote)
{
	return destroy(fd, local, remote, true);
}

int ft_diag_destroy_local(int fd, const struct ft_address *local, const struct ft_address *remote)
{
	return destroy(fd, local, remote, false);
}

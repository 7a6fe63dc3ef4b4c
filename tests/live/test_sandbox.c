/* SPDX-License-Identifier: MIT */
/*
 * Is the sandbox what it says: complete, silent, and of effect only inside itself?
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "tests/live/child.h"

enum { PORT = 7000, NOBODY = 65534, FRESH_NAMESPACES = 20, WITHIN_MS = 400 };

static ino_t namespace_inode(void)
{
	struct stat at;

	return stat("/proc/thread-self/ns/net", &at) == 0 ? at.st_ino : 0;
}

static socklen_t fill(struct sockaddr_storage *out, const char *address, uint16_t port)
{
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
	struct sockaddr_in *four = (struct sockaddr_in *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, address, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(port);
		return sizeof(*four);
	}
	inet_pton(AF_INET6, address, &six->sin6_addr);
	six->sin6_family = AF_INET6;
	six->sin6_port = htons(port);
	six->sin6_scope_id = strncmp(address, "fe80", 4) == 0 ? if_nametoindex("eth") : 0;
	return sizeof(*six);
}

/* A socket bound to the address; a negative errno otherwise. */
static int bound(int type, const char *address, uint16_t port)
{
	struct sockaddr_storage at;
	socklen_t len = fill(&at, address, port);
	int fd = socket(at.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int code;

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, len) == 0)
		return fd < 0 ? -errno : fd;
	code = -errno;
	close(fd);
	return code;
}

/* ---- entering ---- */

struct user {
	const char *name;
	uid_t uid; /* to become first, unless 0 */
};

static void enter_as(const void *arg, struct ft_text *complaints)
{
	const struct user *user = arg;
	struct ft_sandbox sandbox;
	struct ft_netns ns;
	ino_t before = namespace_inode();

	if (user->uid && (setgroups(0, NULL) || setresgid(user->uid, user->uid, user->uid) ||
			  setresuid(user->uid, user->uid, user->uid)))
		ft_text_printf(complaints, "cannot become %u\n", user->uid);
	uid_t outer = geteuid();

	if (!ft_child_enter(&sandbox, &ns, true, complaints))
		return;
	if (getuid() != 0 || geteuid() != 0)
		ft_text_printf(complaints, "uid %u inside\n", getuid());
	if (sandbox.outer_uid != outer)
		ft_text_printf(complaints, "outer uid %u, was %u\n", sandbox.outer_uid, outer);
	if (namespace_inode() == before)
		ft_text_str(complaints, "still in the old network namespace\n");
	if (sandbox.many_uids != (seteuid(1) == 0))
		ft_text_printf(complaints, "many_uids %d is not so\n", sandbox.many_uids);
}

static void test_enter(void)
{
	static const struct user users[] = {{"the user of the test", 0}, {"nobody", NOBODY}};
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		if (users[i].uid && geteuid() != 0)
			continue;
		ft_child_run(enter_as, &users[i], text);
		CHECK_STR(users[i].name, text, "");
	}
}

/* ---- what is in a namespace ---- */

static const struct {
	const char *address;
	int near, far; /* what bind() says there */
} addresses[] = {
	{"127.0.0.1", 0, 0},
	{"127.0.0.3", 0, 0},
	{"::1", 0, 0},
	{"fd00::2", 0, 0},
	{"fd00::3", 0, 0},
	{"192.0.2.1", 0, -EADDRNOTAVAIL},
	{"192.0.2.2", -EADDRNOTAVAIL, 0},
	{"2001:db8::1", 0, -EADDRNOTAVAIL},
	{"2001:db8::2", -EADDRNOTAVAIL, 0},
	{"fe80::1", 0, -EADDRNOTAVAIL},
	{"fe80::2", -EADDRNOTAVAIL, 0},
	{"192.0.2.3", -EADDRNOTAVAIL, -EADDRNOTAVAIL},
};

static void check_addresses(const void *arg, struct ft_text *complaints)
{
	struct ft_sandbox sandbox;
	struct ft_netns ns;

	(void)arg;
	if (!ft_child_enter(&sandbox, &ns, true, complaints))
		return;
	for (int far = 0; far < 2; far++) {
		ft_netns_switch(&ns, far, NULL);
		for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
			int want = far ? addresses[i].far : addresses[i].near;
			int got = bound(SOCK_STREAM, addresses[i].address, PORT);

			if ((got < 0 ? got : 0) != want)
				ft_text_printf(complaints, "%s: bind %s: %d, not %d\n",
					       far ? "far" : "near", addresses[i].address, got,
					       want);
			if (got >= 0)
				close(got);
		}
	}
}

static void test_addresses(void)
{
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	ft_child_run(check_addresses, NULL, text);
	CHECK_STR("addresses", text, "");
}

/* Connects to the far host. 0, or a negative errno; a lost first SYN is -ETIMEDOUT. */
static int connect_within(const char *to, int timeout_ms)
{
	struct sockaddr_storage at;
	socklen_t len = fill(&at, to, PORT), size = sizeof(int);
	int fd = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct pollfd ready = {.fd = fd, .events = POLLOUT};
	int code = 0;

	if (connect(fd, (struct sockaddr *)&at, len) < 0 && errno != EINPROGRESS)
		code = -errno;
	if (!code && poll(&ready, 1, timeout_ms) != 1)
		code = -ETIMEDOUT;
	if (!code && getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0)
		code = errno;
	close(fd);
	return code > 0 ? -code : code;
}

/* Every namespace must pass its very first packet: a lost one costs a case a second. */
static void check_first_packets(const void *arg, struct ft_text *complaints)
{
	static const char *const hosts[] = {"192.0.2.2", "2001:db8::2", "fe80::2"};
	struct ft_sandbox sandbox;
	struct ft_netns ns;

	(void)arg;
	if (!ft_child_enter(&sandbox, &ns, false, complaints))
		return;
	for (int i = 0; i < FRESH_NAMESPACES; i++) {
		const char *host = hosts[i % 3];
		struct ft_err err = {0};
		int listener, code;

		ft_netns_close(&ns);
		code = ft_netns_new(&sandbox, true, &ns, &err);
		if (!code)
			code = ft_netns_switch(&ns, true, &err);
		listener = code ? -1 : bound(SOCK_STREAM, host, PORT);
		if (!code && (listener < 0 || listen(listener, 5) < 0))
			code = -errno;
		if (!code)
			code = ft_netns_switch(&ns, false, &err);
		if (!code)
			code = connect_within(host, WITHIN_MS);
		if (code)
			ft_text_printf(complaints, "round %d to %s: %d %s\n", i, host, code,
				       err.text);
		if (listener >= 0)
			close(listener);
	}
}

static void test_first_packets(void)
{
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	ft_child_run(check_first_packets, NULL, text);
	CHECK_STR("first packets", text, "");
}

static void check_multicast(const void *arg, struct ft_text *complaints)
{
	const char *group = arg;
	struct sockaddr_storage to;
	struct group_req join = {0};
	struct ft_sandbox sandbox;
	struct ft_netns ns;
	struct pollfd ready = {.events = POLLIN};
	socklen_t len;
	int level;

	if (!ft_child_enter(&sandbox, &ns, true, complaints))
		return;
	len = fill(&to, group, PORT);
	level = to.ss_family == AF_INET ? IPPROTO_IP : IPPROTO_IPV6;
	memcpy(&join.gr_group, &to, sizeof(to));
	ft_netns_switch(&ns, true, NULL);
	ready.fd = bound(SOCK_DGRAM, level == IPPROTO_IP ? "0.0.0.0" : "::", PORT);
	join.gr_interface = if_nametoindex("eth");
	if (setsockopt(ready.fd, level, MCAST_JOIN_GROUP, &join, sizeof(join)) < 0)
		ft_text_printf(complaints, "join %s: %d\n", group, errno);
	ft_netns_switch(&ns, false, NULL);
	int sender = bound(SOCK_DGRAM, level == IPPROTO_IP ? "0.0.0.0" : "::", 0);

	if (sendto(sender, "x", 1, 0, (struct sockaddr *)&to, len) != 1)
		ft_text_printf(complaints, "send to %s: %d\n", group, errno);
	if (poll(&ready, 1, WITHIN_MS) != 1)
		ft_text_printf(complaints, "%s did not arrive at the second host\n", group);
}

static void test_multicast(void)
{
	static const char *const groups[] = {"239.1.2.3", "ff0e::4:5"};
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		ft_child_run(check_multicast, groups[i], text);
		CHECK_STR(groups[i], text, "");
	}
}

static long packets_of(const char *device)
{
	char line[512], name[32];
	long received = 0, sent = 0, total = -1;
	FILE *file = fopen("/proc/thread-self/net/dev", "re");

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, " %31[^:]: %*d %ld %*d %*d %*d %*d %*d %*d %*d %ld", name,
			   &received, &sent) == 3 &&
		    strcmp(name, device) == 0)
			total = received + sent;
	}
	if (file)
		fclose(file);
	return total;
}

/* After a moment for what membership of the addresses' groups demands, nothing is sent. */
static void check_silence(const void *arg, struct ft_text *complaints)
{
	struct timespec moment = {.tv_nsec = 50000000}, idle = {.tv_sec = 1, .tv_nsec = 200000000};
	struct ft_sandbox sandbox;
	struct ft_netns ns;
	long before;

	(void)arg;
	if (!ft_child_enter(&sandbox, &ns, true, complaints))
		return;
	nanosleep(&moment, NULL);
	before = packets_of("eth");
	nanosleep(&idle, NULL);
	if (before < 0 || packets_of("eth") != before)
		ft_text_printf(complaints, "eth: %ld packets, later %ld\n", before,
			       packets_of("eth"));
	if (packets_of("lo") != 0)
		ft_text_printf(complaints, "lo: %ld packets\n", packets_of("lo"));
}

static void test_silence(void)
{
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	ft_child_run(check_silence, NULL, text);
	CHECK_STR("silence", text, "");
}

/* ---- sysctls ---- */

static void check_pinned(const void *arg, struct ft_text *complaints)
{
	struct ft_sandbox sandbox;
	struct ft_netns ns;
	struct ft_text value;
	size_t n = 0;

	(void)arg;
	if (!ft_child_enter(&sandbox, &ns, true, complaints))
		return;
	ft_text_init(&value, 4096);
	for (int far = 0; far < 2; far++) {
		ft_netns_switch(&ns, far, NULL);
		for (const struct ft_pinned *p = ft_pinned_sysctls; p->name; p++) {
			ft_text_clear(&value);
			if (ft_sysctl_read(p->name, &value, NULL))
				continue;
			for (size_t i = 0; i < value.len; i++)
				value.bytes[i] = value.bytes[i] == '\t' ? ' ' : value.bytes[i];
			if (strcmp(ft_text_get(&value), p->value) != 0)
				ft_text_printf(complaints, "%s is '%s', not '%s'\n", p->name,
					       ft_text_get(&value), p->value);
			n++;
		}
	}
	if (n < 40)
		ft_text_printf(complaints, "only %zu could be read\n", n);
	ft_text_fini(&value);
}

static void test_pinned(void)
{
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	ft_child_run(check_pinned, NULL, text);
	CHECK_STR("pinned", text, "");
}

static const struct {
	const char *name, *value;
	int code;
	const char *read; /* NULL: nothing was written */
} writes[] = {
	{"tcp_tw_reuse", "0", 0, "0"},
	{"ipv4.tcp_tw_reuse", "1", 0, "1"},
	{"net.ipv4.tcp_tw_reuse", "0", 0, "0"},
	{"net/ipv4/tcp_tw_reuse", "1", 0, "1"},
	{"ipv4/tcp_tw_reuse", "2", 0, "2"},
	{"core.somaxconn", "77", 0, "77"},
	{"net.core.somaxconn", "78", 0, "78"},
	{"ipv6.bindv6only", "1", 0, "1"},
	{"conf.lo.rp_filter", "2", 0, "2"},
	{"net/ipv6/conf/lo/hop_limit", "9", 0, "9"},
	{"ip_local_port_range", "40000_40007", 0, "40000\t40007"},
	{"ip_local_reserved_ports", "40001,40003-40004", 0, "40001,40003-40004"},
	{"ip_local_reserved_ports", "", 0, ""},
	{"tcp_tw_reuse", "many", -EINVAL, NULL},
	{"tcp_tw_reuse", "-1", -EINVAL, NULL},
	{"tcp_no_such_knob", "1", -ENOENT, NULL},
	{"core.no_such_knob", "1", -ENOENT, NULL},
	{"conf", "1", -ENOENT, NULL},
	{"tcp_available_congestion_control", "reno", -EACCES, NULL},
	{"", "1", -EINVAL, NULL},
	{".", "1", -EINVAL, NULL},
	{"..", "1", -EINVAL, NULL},
	{"net", "1", -ENOENT, NULL},
	{"net.", "1", -EINVAL, NULL},
	{"ipv4..tcp_tw_reuse", "1", -EINVAL, NULL},
	{"/proc/sys/net/ipv4/tcp_tw_reuse", "1", -EINVAL, NULL},
	{"net/../kernel/hostname", "x", -EINVAL, NULL},
	{"../../kernel/hostname", "x", -EINVAL, NULL},
	{"net/ipv4/../../../kernel/hostname", "x", -EINVAL, NULL},
	{"ipv4/./tcp_tw_reuse", "1", -EINVAL, NULL},
	{"ipv4//tcp_tw_reuse", "1", -EINVAL, NULL},
	{"kernel.hostname", "x", -ENOENT, NULL},
};

static void check_writes(const void *arg, struct ft_text *complaints)
{
	struct ft_sandbox sandbox;
	struct ft_netns ns;
	struct ft_text value;

	(void)arg;
	if (!ft_child_enter(&sandbox, &ns, false, complaints))
		return;
	ft_text_init(&value, 4096);
	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		struct ft_err err = {0};
		int code = ft_sysctl_write(writes[i].name, writes[i].value, &err);

		ft_text_clear(&value);
		if (code != writes[i].code || code != err.code || (code && !*err.text))
			ft_text_printf(complaints, "'%s'=%s: %d %s\n", writes[i].name,
				       writes[i].value, code, err.text);
		if (!writes[i].read)
			continue;
		if (ft_sysctl_read(writes[i].name, &value, NULL) ||
		    strcmp(ft_text_get(&value), writes[i].read) != 0)
			ft_text_printf(complaints, "'%s' reads '%s', not '%s'\n", writes[i].name,
				       ft_text_get(&value), writes[i].read);
	}
	ft_text_fini(&value);
}

static void test_sysctl(void)
{
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	ft_child_run(check_writes, NULL, text);
	CHECK_STR("writes", text, "");
}

/* ---- --here, and any namespace that is not ours ---- */

static void check_here(const void *arg, struct ft_text *complaints)
{
	static const uint8_t address[4] = {127, 9, 9, 9};
	struct ft_sandbox sandbox = {.here = true};
	struct ft_err err = {0};
	struct ft_netns ns;
	ino_t before = namespace_inode();

	(void)arg;
	if (ft_sandbox_enter(&sandbox, NULL, &err) || ft_netns_new(&sandbox, true, &ns, &err))
		ft_text_printf(complaints, "refused: %s\n", err.text);
	if (ns.fd != -1 || ns.peer_fd != -1 || ns.eth)
		ft_text_str(complaints, "a namespace was made\n");
	if (ft_sysctl_write("tcp_tw_reuse", "2", &err) != -EPERM || !strstr(err.text, "--here"))
		ft_text_printf(complaints, "sysctl: %s\n", err.text);
	if (ft_addr_add("lo", AF_INET, address, NULL) != -EPERM)
		ft_text_str(complaints, "an address was added\n");
	if (ft_link_add("fourtuple0", "dummy", NULL) != -EPERM || if_nametoindex("fourtuple0"))
		ft_text_str(complaints, "a device was added\n");
	if (ft_netns_add_eth(&ns, NULL) != -EPERM || ft_netns_switch(&ns, false, NULL) != 0 ||
	    ft_netns_switch(&ns, true, NULL) != -ENOTCONN || namespace_inode() != before)
		ft_text_str(complaints, "there is a second host\n");
	ft_netns_close(&ns);
}

/* In a namespace of the test's own, so that a guard that fails harms nobody. */
static void check_here_apart(const void *arg, struct ft_text *complaints)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)
		check_here(arg, complaints);
	else
		ft_text_printf(complaints, "unshare: %d\n", errno);
}

static void test_here(void)
{
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	ft_child_run(check_here_apart, NULL, text);
	CHECK_STR("--here", text, "");
}

/* ---- devices and addresses that a case asks for ---- */

static void check_links(const void *arg, struct ft_text *complaints)
{
	static const uint8_t four[4] = {198, 51, 100, 7};
	static const uint8_t six[16] = {0x20, 1, 0x0d, 0xb8, [15] = 7};
	struct ft_sandbox sandbox;
	struct ft_netns ns;
	int dummy, fd;

	(void)arg;
	if (!ft_child_enter(&sandbox, &ns, false, complaints))
		return;
	dummy = ft_link_add("dummy7", "dummy", NULL);
	if (dummy && dummy != -EOPNOTSUPP)
		ft_text_printf(complaints, "dummy: %d\n", dummy);
	if (!dummy && ft_link_add("dummy7", "dummy", NULL) != -EEXIST)
		ft_text_str(complaints, "a second dummy7\n");
	if (ft_link_add("x0", "nosuchkind", NULL) != -EOPNOTSUPP)
		ft_text_str(complaints, "a device of no kind\n");
	if (ft_link_add("a_name_of_20_bytes__", "dummy", NULL) != -EINVAL)
		ft_text_str(complaints, "a long name\n");
	if (ft_addr_add("nosuchdevice", AF_INET, four, NULL) != -ENODEV)
		ft_text_str(complaints, "an address on no device\n");
	for (int i = 0; i < 2; i++) { /* the second time it exists, which is fine */
		if (ft_addr_add(dummy ? "lo" : "dummy7", AF_INET, four, NULL) ||
		    ft_addr_add("lo", AF_INET6, six, NULL))
			ft_text_str(complaints, "no address\n");
	}
	fd = bound(SOCK_STREAM, "198.51.100.7", PORT);
	if (fd < 0 || bound(SOCK_STREAM, "2001:db8::7", PORT) < 0)
		ft_text_str(complaints, "cannot be bound\n");
}

static void test_links(void)
{
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	ft_child_run(check_links, NULL, text);
	CHECK_STR("links", text, "");
}

static const struct ft_test tests[] = {
	{"enter", test_enter},
	{"addresses", test_addresses},
	{"first_packets", test_first_packets},
	{"multicast", test_multicast},
	{"silence", test_silence},
	{"pinned", test_pinned},
	{"sysctl", test_sysctl},
	{"here", test_here},
	{"links", test_links},
	{NULL, NULL},
};

const struct ft_suite ft_suite_sandbox = {"sandbox", tests};

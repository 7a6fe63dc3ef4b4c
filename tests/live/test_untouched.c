/* SPDX-License-Identifier: MIT */
/*
 * Does a sandbox leave the namespace it was started from as it was?
 *
 * The namespace is one that the test makes, so that nobody else changes it meanwhile. Everything
 * in it that can be read is compared: all of /proc/sys/net, the counters of its devices and of its
 * protocols, its routes, and its sockets.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "engine/diag.h"
#include "tests/live/child.h"

enum { SNAPSHOT_MAX = 4 << 20, PORT = 7000, ROUNDS = 3 };

/* nftw(3) has no argument for its callback: this one belongs to the child that walks. */
static struct ft_text *walking;

static void add_file(struct ft_text *out, const char *path)
{
	char bytes[4096];
	ssize_t len;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	ft_text_printf(out, "%s: ", path);
	while (fd >= 0 && (len = read(fd, bytes, sizeof(bytes))) > 0)
		ft_text_bytes(out, bytes, (size_t)len);
	ft_text_char(out, '\n');
	if (fd >= 0)
		close(fd);
}

static int visit(const char *path, const struct stat *at, int type, struct FTW *where)
{
	(void)at;
	(void)where;
	if (type == FTW_F)
		add_file(walking, path);
	return 0;
}

static int add_row(void *arg, const struct ft_diag_row *row)
{
	ft_text_printf(arg, "socket in state %u, port %u to %u, inode %u\n", row->state,
		       row->local.port, row->remote.port, row->inode);
	return 0;
}

/* The text of all there is; the caller's to free. */
static void take_snapshot(struct ft_text *out, struct ft_text *complaints)
{
	static const char *const files[] = {"dev",  "route", "if_inet6", "ipv6_route",
					    "igmp", "igmp6", "snmp6"};
	int diag = ft_diag_open(NULL);

	ft_text_init(out, SNAPSHOT_MAX);
	walking = out;
	nftw("/proc/sys/net", visit, 16, FTW_PHYS);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/proc/thread-self/net/%s", files[i]);
		add_file(out, path);
	}
	for (int i = 0; i < 4; i++)
		ft_diag_dump(diag, i & 1 ? IPPROTO_TCP : IPPROTO_UDP, i & 2 ? AF_INET : AF_INET6, 0,
			     add_row, out, NULL);
	close(diag);
	if (out->failed || out->len < 10000)
		ft_text_printf(complaints, "a snapshot of %zu bytes\n", out->len);
}

static void compare(const struct ft_text *a, const struct ft_text *b, struct ft_text *complaints)
{
	size_t at = 0, line = 0;

	while (at < a->len && at < b->len && a->bytes[at] == b->bytes[at]) {
		if (a->bytes[at++] == '\n')
			line = at;
	}
	if (at < a->len || at < b->len)
		ft_text_printf(complaints, "changed: was '%.100s', is '%.100s'\n", a->bytes + line,
			       b->bytes + line);
}

static void talk(const char *address, struct ft_text *complaints)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, address, &at.sin_addr);
	if (bind(server, (struct sockaddr *)&at, sizeof(at)) || listen(server, 1) ||
	    connect(client, (struct sockaddr *)&at, sizeof(at)) || send(client, "x", 1, 0) != 1)
		ft_text_printf(complaints, "talk on %s: %d\n", address, errno);
	close(client);
	close(server);
}

static void live_in_sandbox(const void *arg, struct ft_text *complaints)
{
	static const uint8_t address[4] = {198, 51, 100, 7};
	struct ft_sandbox sandbox;
	struct ft_err err = {0};
	struct ft_netns ns;

	(void)arg;
	if (!ft_child_enter(&sandbox, &ns, true, complaints))
		return;
	for (int i = 0; i < ROUNDS; i++) {
		ft_netns_close(&ns);
		if (ft_netns_new(&sandbox, i % 2 == 0, &ns, &err) || ft_netns_add_eth(&ns, &err) ||
		    ft_sysctl_write("tcp_tw_reuse", "0", &err) ||
		    ft_sysctl_write("ip_local_port_range", "40000_40007", &err) ||
		    ft_addr_add("lo", AF_INET, address, &err))
			ft_text_printf(complaints, "%s\n", err.text);
		talk("127.0.0.1", complaints);
		talk("192.0.2.1", complaints);
	}
}

static void check_untouched(const void *arg, struct ft_text *complaints)
{
	struct ft_text before, after;
	char inner[FT_CHILD_TEXT_MAX];
	struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd;

	(void)arg;
	ft_child_nest(complaints);
	if (unshare(CLONE_NEWNET) < 0)
		ft_text_printf(complaints, "unshare: %d\n", errno);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (ioctl(fd, SIOCSIFFLAGS, &up) < 0)
		ft_text_printf(complaints, "lo up: %d\n", errno);
	close(fd);
	take_snapshot(&before, complaints);
	ft_child_run(live_in_sandbox, NULL, inner);
	ft_text_str(complaints, inner);
	take_snapshot(&after, complaints);
	compare(&before, &after, complaints);

	/* and the comparison does see what it looks for */
	talk("127.0.0.1", complaints);
	ft_text_fini(&after);
	take_snapshot(&after, complaints);
	if (before.len == after.len && memcmp(before.bytes, after.bytes, before.len) == 0)
		ft_text_str(complaints, "the snapshot does not see traffic\n");
	ft_text_fini(&before);
	ft_text_fini(&after);
}

static void test_untouched(void)
{
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	ft_child_run(check_untouched, NULL, text);
	CHECK_STR("the outer namespace", text, "");
}

static const struct ft_test tests[] = {
	{"untouched", test_untouched},
	{NULL, NULL},
};

const struct ft_suite ft_suite_untouched = {"untouched", tests};

/* SPDX-License-Identifier: MIT */
/*
 * How does a test do what cannot be undone? In a child, which says what went wrong as a text.
 *
 * A process that entered a namespace stays there, and a check inside a forked child is lost: so the
 * body appends its complaints to a text, and the parent checks that there is none.
 */
#ifndef FT_TESTS_LIVE_CHILD_H
#define FT_TESTS_LIVE_CHILD_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/sandbox.h"
#include "tests/support/suite.h"

enum { FT_CHILD_TEXT_MAX = 2000 };

extern void __gcov_dump(void) __attribute__((weak)); /* _exit() would lose what was counted */

typedef void ft_child_body(const void *arg, struct ft_text *complaints);

/* Runs body in a child; its complaints, or how it died, are in text. */
static inline void ft_child_run(ft_child_body *body, const void *arg, char text[FT_CHILD_TEXT_MAX])
{
	int link[2], status = 0;
	ssize_t len;
	pid_t child;

	strcpy(text, "no child could be started");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link) < 0)
		return;
	child = fork();
	if (child == 0) {
		struct ft_text complaints;

		ft_text_init(&complaints, FT_CHILD_TEXT_MAX - 1);
		body(arg, &complaints);
		/* the final NUL is sent, so that no complaints are no empty message */
		len = send(link[1], ft_text_get(&complaints), complaints.len + 1, MSG_NOSIGNAL);
		ft_text_fini(&complaints);
		if (__gcov_dump)
			__gcov_dump();
		_exit(len < 0);
	}
	close(link[1]);
	len = child < 0 ? -1 : recv(link[0], text, FT_CHILD_TEXT_MAX, 0);
	close(link[0]);
	if (child > 0 && waitpid(child, &status, 0) == child && len <= 0)
		strcpy(text, WIFSIGNALED(status) ? "the child was killed" : "the child ended");
}

static inline void ft_child_try_enter(const void *arg, struct ft_text *complaints)
{
	struct ft_sandbox sandbox = {0};
	struct ft_err err = {0};
	struct ft_netns ns;

	(void)arg;
	if (ft_sandbox_enter(&sandbox, NULL, &err) || ft_netns_new(&sandbox, true, &ns, &err))
		ft_text_str(complaints, err.text);
}

/* Marks the test as skipped where this machine has no sandbox. */
static inline bool ft_child_must_skip(void)
{
	char text[FT_CHILD_TEXT_MAX];

	ft_child_run(ft_child_try_enter, NULL, text);
	if (*text)
		ft_test_skip("no sandbox here: %s", text);
	return *text;
}

/* Enters, and makes a namespace; false and a complaint otherwise. */
static inline bool ft_child_enter(struct ft_sandbox *sandbox, struct ft_netns *ns, bool with_eth,
				  struct ft_text *complaints)
{
	struct ft_err err = {0};

	*sandbox = (struct ft_sandbox){0};
	if (ft_sandbox_enter(sandbox, NULL, &err) == 0 &&
	    ft_netns_new(sandbox, with_eth, ns, &err) == 0)
		return true;
	ft_text_printf(complaints, "no sandbox: %s\n", err.text);
	return false;
}

static inline void ft_child_put(const char *path, const char *value, struct ft_text *complaints)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		ft_text_printf(complaints, "write %s: %d\n", path, errno);
	if (fd >= 0)
		close(fd);
}

/* A user namespace of the test's own, whose limits it may set. */
static inline void ft_child_nest(struct ft_text *complaints)
{
	char map[32];
	gid_t gid = getegid(); /* unknown inside until it is mapped */

	snprintf(map, sizeof(map), "0 %u 1", geteuid());
	if (unshare(CLONE_NEWUSER) < 0)
		ft_text_printf(complaints, "unshare: %d\n", errno);
	ft_child_put("/proc/self/setgroups", "deny", complaints);
	ft_child_put("/proc/self/uid_map", map, complaints);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	ft_child_put("/proc/self/gid_map", map, complaints);
}

#endif

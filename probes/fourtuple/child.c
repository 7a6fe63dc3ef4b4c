/* SPDX-License-Identifier: MIT */
#include "fourtuple/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 64 << 20, READ_BYTES = 256 << 10, EXEC_FAILED = 127 };
/* Somebody else may hold the pipe open after the child's end: a process that it left behind. */
#define LINGER_NS 500000000ULL

uint64_t ft_child_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static void reset_signals(void)
{
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
}

static int set_descriptors(const struct ft_child_plan *plan, int pipe_end)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(pipe_end, STDOUT_FILENO) < 0)
		return -errno;
	if (plan->silent && dup2(null, STDERR_FILENO) < 0)
		return -errno;
	for (int i = 0; plan->path && i < 2; i++)
		if (plan->keep[i] >= 0 && fcntl(plan->keep[i], F_SETFD, 0) < 0)
			return -errno;
	return 0;
}

static _Noreturn void become(const struct ft_child_plan *plan, int pipe_end, pid_t parent)
{
	/* Whoever kills the driver ends everything: no probe goes on unseen. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXEC_FAILED);
	reset_signals();
	if (set_descriptors(plan, pipe_end) < 0)
		_exit(EXEC_FAILED);
	if (plan->function)
		exit(plan->function(plan->arg));
	execv(plan->path, plan->argv);
	fprintf(stderr, "fourtuple: execute %s: %s\n", plan->path, strerror(errno));
	_exit(EXEC_FAILED);
}

int ft_child_start(struct ft_child *child, const struct ft_child_plan *plan, struct ft_err *err)
{
	pid_t parent = getpid();
	int ends[2];

	*child = (struct ft_child){.fd = -1};
	ft_text_init(&child->in, LINE_MAX_BYTES);
	if (pipe2(ends, O_CLOEXEC) < 0)
		return ft_err_errno(err, -errno, "make a pipe for a probe");
	fflush(NULL);
	child->pid = fork();
	if (child->pid < 0) {
		int failed = errno;

		child->pid = 0;
		close(ends[0]);
		close(ends[1]);
		return ft_err_errno(err, -failed, "start a probe");
	}
	if (child->pid == 0) {
		close(ends[0]);
		become(plan, ends[1], parent);
	}
	close(ends[1]);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	/* Fewer switches between writer and reader; a refusal costs only those. */
	fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);
	child->fd = ends[0];
	return 0;
}

static void give_lines(struct ft_child *child, ft_child_line *each, void *arg)
{
	struct ft_text *in = &child->in;
	size_t at = 0;

	while (at < in->len) {
		const char *end = memchr(in->bytes + at, '\n', in->len - at);
		size_t len;

		if (!end)
			break;
		len = (size_t)(end - in->bytes) + 1 - at;
		each(arg, in->bytes + at, len);
		at += len;
	}
	if (at) {
		memmove(in->bytes, in->bytes + at, in->len - at);
		in->len -= at;
	}
}

static void close_pipe(struct ft_child *child)
{
	if (child->fd >= 0)
		close(child->fd);
	child->fd = -1;
}

bool ft_child_read(struct ft_child *child, ft_child_line *each, void *arg)
{
	static char bytes[READ_BYTES];
	ssize_t n;

	if (child->fd < 0)
		return true;
	n = read(child->fd, bytes, sizeof(bytes));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0) {
		close_pipe(child);
		if (child->in.len)
			each(arg, child->in.bytes, child->in.len);
		ft_text_clear(&child->in);
		return true;
	}
	ft_text_bytes(&child->in, bytes, (size_t)n);
	if (child->in.failed)
		return false;
	/* Only a block with a newline completes a line: a long one is searched once. */
	if (memchr(bytes, '\n', (size_t)n))
		give_lines(child, each, arg);
	return true;
}

bool ft_child_done(struct ft_child *child)
{
	struct pollfd ready = {.fd = child->fd, .events = POLLIN};

	if (child->pid && waitpid(child->pid, &child->status, WNOHANG) == child->pid) {
		child->pid = 0;
		child->ended_ns = ft_child_now_ns();
	}
	if (child->pid)
		return false;
	if (child->fd < 0)
		return true;
	return poll(&ready, 1, 0) == 0 && ft_child_now_ns() - child->ended_ns > LINGER_NS;
}

void ft_child_end(struct ft_child *child)
{
	close_pipe(child);
	if (child->pid) {
		kill(child->pid, SIGKILL);
		while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR)
			;
	}
	child->pid = 0;
	ft_text_fini(&child->in);
}

int ft_child_ask(const char *path, char *const *argv, int limit_ms, ft_child_line *each, void *arg,
		 struct ft_err *err)
{
	const struct ft_child_plan plan = {.path = path,
					   .argv = argv,
					   .keep = {-1, -1},
					   .silent = true};
	uint64_t until = ft_child_now_ns() + (uint64_t)limit_ms * 1000000U;
	struct ft_child child;
	int rc = ft_child_start(&child, &plan, err);

	while (rc == 0 && !ft_child_done(&child)) {
		struct pollfd ready = {.fd = child.fd, .events = POLLIN};

		poll(&ready, 1, child.fd < 0 ? 1 : 20);
		if (!ft_child_read(&child, each, arg))
			rc = ft_err_set(err, -E2BIG, "%s printed a line without end", path);
		else if (ft_child_now_ns() > until)
			rc = ft_err_set(err, -ETIMEDOUT, "%s did not answer in %d ms", path,
					limit_ms);
	}
	ft_child_end(&child);
	if (rc < 0)
		return rc;
	return WIFEXITED(child.status) ? WEXITSTATUS(child.status) : 128 + WTERMSIG(child.status);
}

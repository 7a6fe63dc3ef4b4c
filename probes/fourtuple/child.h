/* SPDX-License-Identifier: MIT */
/*
 * How does the driver start a program and read its lines? A child whose standard output is a pipe.
 */
#ifndef FT_FOURTUPLE_CHILD_H
#define FT_FOURTUPLE_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"
#include "base/text.h"

struct ft_child {
	pid_t pid;         /* 0: none, or it has been waited for */
	int fd;            /* the reading end, -1 after its end */
	int status;        /* of waitpid(2) */
	uint64_t ended_ns; /* when it was waited for */
	struct ft_text in; /* what has arrived of a line */
};

/* What the child is to be: a program, or a function of ours whose value is its exit status. */
struct ft_child_plan {
	const char *path; /* NULL: a function */
	char *const *argv;
	int (*function)(void *arg);
	void *arg;
	int keep[2]; /* descriptors that the program inherits, -1 */
	bool silent; /* its standard error is not wanted */
};

/* Errors of pipe(2) and fork(2). A program that cannot be executed exits with 127, and says why. */
int ft_child_start(struct ft_child *child, const struct ft_child_plan *plan, struct ft_err *err);

/* Called with each line, its newline included; the last one may lack it. */
typedef void ft_child_line(void *arg, const char *line, size_t len);

/* Takes what has arrived without waiting. False: a line is longer than a record may be. */
bool ft_child_read(struct ft_child *child, ft_child_line *each, void *arg);
/* Has it ended, and has everything been read that it wrote? Never waits. */
bool ft_child_done(struct ft_child *child);
/* Forgets it: the pipe is closed, a process that still runs is killed and waited for. */
void ft_child_end(struct ft_child *child);

/* Runs a program to its end, at most limit_ms. Its exit code, 128 + signal, or a negative errno
 * (-ETIMEDOUT: it was killed). */
int ft_child_ask(const char *path, char *const *argv, int limit_ms, ft_child_line *each, void *arg,
		 struct ft_err *err);

uint64_t ft_child_now_ns(void);

#endif

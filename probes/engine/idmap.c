/* SPDX-License-Identifier: MIT */
/*
 * Which users exist inside the sandbox, and who may say so?
 *
 * - root: every user of outside, one to one. Only a process of the outer namespace may write that,
 *   so a child is forked before and waits.
 * - a user with a range in /etc/subuid: 0 is the user, 1... the range, written by newuidmap(1).
 * - any other: 0 is the user, and setgroups(2) must be given up first (user_namespaces(7)).
 */
#include "engine/idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* A map has up to 340 lines, and must be written by one write(2) of less than a page. */
enum { MAP_SIZE = 4096 };

struct range {
	unsigned long first, count;
};

/* What the writer says at the end. */
struct answer {
	int uid_code, gid_code;
	bool many;
};

static int write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int code = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		code = -errno;
	close(fd);
	return code;
}

static int write_map(pid_t pid, const char *name, const char *text)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return write_file(path, text);
}

/* One to one, as far as the outer namespace has users itself: its own map with the outside column
 * replaced by the inside one. */
static int identity_map(const char *outer_path, char text[MAP_SIZE])
{
	FILE *outer = fopen(outer_path, "re");
	unsigned long first, count;
	size_t len = 0;

	if (!outer)
		return -errno;
	while (fscanf(outer, "%lu %*u %lu", &first, &count) == 2 && len < MAP_SIZE - 48)
		len += (size_t)snprintf(text + len, MAP_SIZE - len, "%lu %lu %lu\n", first, first,
					count);
	fclose(outer);
	return len ? 0 : -ENOENT;
}

static struct answer write_identity(pid_t pid)
{
	char uids[MAP_SIZE], gids[MAP_SIZE];
	struct answer answer = {0};

	answer.uid_code = identity_map("/proc/self/uid_map", uids);
	if (!answer.uid_code)
		answer.uid_code = write_map(pid, "uid_map", uids);
	answer.gid_code = answer.uid_code ? -ECANCELED : identity_map("/proc/self/gid_map", gids);
	if (!answer.gid_code)
		answer.gid_code = write_map(pid, "gid_map", gids);
	answer.many = !answer.uid_code;
	return answer;
}

/* Lines are NAME:FIRST:COUNT or UID:FIRST:COUNT (subuid(5)). */
static bool find_range(const char *path, uid_t uid, struct range *ret)
{
	char line[512], number[16];
	FILE *file = fopen(path, "re");
	const struct passwd *user = NULL;
	bool found = false;

	if (!file)
		return false;
	snprintf(number, sizeof(number), "%u", uid);
	while (!found && fgets(line, sizeof(line), file)) {
		char *colon = strchr(line, ':');

		if (!colon)
			continue;
		*colon = '\0';
		/* asked for only where there is a line: it may go through the network */
		if (!user)
			user = getpwuid(uid);
		if (strcmp(line, number) != 0 && (!user || strcmp(line, user->pw_name) != 0))
			continue;
		found = sscanf(colon + 1, "%lu:%lu", &ret->first, &ret->count) == 2 && ret->count;
	}
	fclose(file);
	return found;
}

/* newuidmap PID 0 UID 1 1 FIRST COUNT */
static int run_mapper(const char *program, pid_t pid, unsigned own, const struct range *range)
{
	char words[4][24];
	int status = 0;
	pid_t child;

	snprintf(words[0], sizeof(words[0]), "%d", (int)pid);
	snprintf(words[1], sizeof(words[1]), "%u", own);
	snprintf(words[2], sizeof(words[2]), "%lu", range->first);
	snprintf(words[3], sizeof(words[3]), "%lu", range->count);
	child = fork();
	if (child < 0)
		return -errno;
	if (child == 0) {
		int null = open("/dev/null", O_RDWR | O_CLOEXEC);

		/* its complaint would stand without context: the fall-back works as well */
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		execlp(program, program, words[0], "0", words[1], "1", "1", words[2], words[3],
		       (char *)NULL);
		_exit(127);
	}
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EPERM;
}

static struct answer write_ranges(const struct ft_idmap *map, pid_t pid, const struct range *uids,
				  const struct range *gids)
{
	struct answer answer = {0};

	answer.uid_code = run_mapper("newuidmap", pid, map->uid, uids);
	answer.gid_code = answer.uid_code ? -ECANCELED
					  : run_mapper("newgidmap", pid, map->gid, gids);
	answer.many = !answer.uid_code;
	return answer;
}

/* The writer's life: wait for the word that the namespace is there, write, answer, end. */
static _Noreturn void writer(const struct ft_idmap *map, int link, pid_t pid,
			     const struct range *uids, const struct range *gids)
{
	struct answer answer;
	char go;

	if (read(link, &go, 1) != 1)
		_exit(0);
	answer = map->uid == 0 ? write_identity(pid) : write_ranges(map, pid, uids, gids);
	_exit(write(link, &answer, sizeof(answer)) == (ssize_t)sizeof(answer) ? 0 : 1);
}

void ft_idmap_start(struct ft_idmap *map)
{
	struct range uids = {0}, gids = {0};
	pid_t pid = getpid();
	int link[2];

	*map = (struct ft_idmap){.writer = -1, .link = -1, .uid = geteuid(), .gid = getegid()};
	if (map->uid != 0 && !(find_range("/etc/subuid", map->uid, &uids) &&
			       find_range("/etc/subgid", map->uid, &gids)))
		return;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, link) < 0)
		return;
	map->writer = fork();
	if (map->writer == 0) {
		close(link[0]);
		writer(map, link[1], pid, &uids, &gids);
	}
	close(link[1]);
	if (map->writer < 0)
		close(link[0]);
	else
		map->link = link[0];
}

void ft_idmap_abort(struct ft_idmap *map)
{
	if (map->writer < 0)
		return;
	close(map->link);
	while (waitpid(map->writer, NULL, 0) < 0 && errno == EINTR)
		;
	map->writer = -1;
	map->link = -1;
}

static int map_own(const char *name, unsigned id)
{
	char path[64], text[48];

	snprintf(path, sizeof(path), "/proc/self/%s", name);
	snprintf(text, sizeof(text), "0 %u 1\n", id);
	return write_file(path, text);
}

int ft_idmap_finish(struct ft_idmap *map, bool *ret_many, enum ft_stage *ret_stage)
{
	struct answer answer = {.uid_code = -ECANCELED, .gid_code = -ECANCELED};
	enum ft_stage stage = FT_STAGE_SETGROUPS;
	int code = 0;

	if (map->writer >= 0 &&
	    (send(map->link, "g", 1, MSG_NOSIGNAL) != 1 ||
	     recv(map->link, &answer, sizeof(answer), MSG_WAITALL) != (ssize_t)sizeof(answer)))
		answer = (struct answer){.uid_code = -ECANCELED, .gid_code = -ECANCELED};
	ft_idmap_abort(map);
	if (answer.gid_code) {
		code = write_file("/proc/self/setgroups", "deny");
		if (code == -ENOENT && access("/proc/self/uid_map", F_OK) == 0)
			code = 0; /* before Linux 3.19 there was nothing to give up */
	}
	if (!code && answer.uid_code) {
		stage = FT_STAGE_UID_MAP;
		code = map_own("uid_map", map->uid);
	}
	if (!code && answer.gid_code) {
		stage = FT_STAGE_GID_MAP;
		code = map_own("gid_map", map->gid);
	}
	if (code)
		*ret_stage = stage;
	else
		*ret_many = answer.many;
	return code;
}

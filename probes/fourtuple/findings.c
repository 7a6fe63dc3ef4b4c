/* SPDX-License-Identifier: MIT */
#include "fourtuple/findings.h"

#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/steer.h"

enum { NOTE_MAX = 200 };

static void add(json_t *findings, const char *name, bool ok, const char *note)
{
	json_array_append_new(findings,
			      json_pack("{s:s,s:b,s:s}", "name", name, "ok", ok, "note", note));
}

static void add_stages(json_t *findings, const int results[FT_STAGE_COUNT])
{
	for (int i = 0; i < FT_STAGE_COUNT; i++) {
		const char *name = ft_errno_name(-results[i]);
		const char *note = name ? name : "failed";

		if (results[i] == 0)
			note = "";
		else if (results[i] == -ECANCELED)
			note = "not reached";
		add(findings, ft_stage_names[i], results[i] == 0, note);
	}
}

/* A protocol without an answer may be a module that the kernel would load; socket(2) does that. */
static void add_protocols(json_t *findings)
{
	for (int i = 0; i < FT_FAMILY_COUNT; i++) {
		const struct ft_family_row *row = &ft_families[i];
		int fd = socket(row->domain, row->type | SOCK_CLOEXEC, row->protocol);
		char name[NOTE_MAX], note[NOTE_MAX] = "";
		const char *error = fd < 0 ? ft_errno_name(errno) : "";

		snprintf(name, sizeof(name), "protocol %s", row->word);
		if (fd < 0)
			snprintf(note, sizeof(note),
				 "%s: this kernel has no %s, or its module is not loaded",
				 error ? error : "failed", row->capability);
		add(findings, name, fd >= 0, note);
		if (fd >= 0)
			close(fd);
	}
}

/* Does any kind of socket know the option? Reading it says so; what can only be written is tried
 * with a value that is refused or changes nothing. */
static bool has_option(const struct ft_option *option, const int fds[], size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool v6 = i % 2 && option->v6_level;
		int level = v6 ? option->v6_level : option->level;
		int name = v6 ? option->v6_optname : option->optname;
		int value = 0;
		socklen_t len = sizeof(value);

		if (getsockopt(fds[i], level, name, &value, &len) == 0 || errno != ENOPROTOOPT)
			return true;
		value = 0;
		if (setsockopt(fds[i], level, name, &value, sizeof(value)) == 0 ||
		    errno != ENOPROTOOPT)
			return true;
	}
	return false;
}

static void add_options(json_t *findings)
{
	static const uint8_t families[] = {FT_FAMILY_TCP4, FT_FAMILY_TCP6, FT_FAMILY_UDP4,
					   FT_FAMILY_UDP6};
	int fds[sizeof(families)];
	size_t missing = 0;
	char name[NOTE_MAX];

	for (size_t i = 0; i < sizeof(families); i++) {
		const struct ft_family_row *row = &ft_families[families[i]];

		fds[i] = socket(row->domain, row->type | SOCK_CLOEXEC, row->protocol);
	}
	for (size_t i = 0; i < ft_n_options; i++) {
		if (has_option(&ft_options[i], fds, sizeof(families)))
			continue;
		missing++;
		snprintf(name, sizeof(name), "option %s", ft_options[i].word);
		add(findings, name, false, "this kernel does not know it");
	}
	snprintf(name, sizeof(name), "options: %zu of %zu", ft_n_options - missing, ft_n_options);
	add(findings, name, missing == 0, "");
	for (size_t i = 0; i < sizeof(families); i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* Loading is asked of the kernel for a program that chooses by CPU. */
static void add_bpf(json_t *findings)
{
	struct ft_word word = {.op = FT_OP_STEER_EBPF, .detail = FT_STEER_CPU};
	struct ft_step step = {.subject = FT_NO_SOCKET, .n_words = 1, .words = &word};
	const struct ft_step *steps[] = {&step};
	struct ft_case c = {.n_steps = 1, .steps = steps, .needs = FT_NEED_PRIVILEGED_BPF};
	struct ft_steer_programs *programs = calloc(1, sizeof(*programs));
	int fd;
	const char *name;

	if (!programs)
		return;
	ft_steer_load(programs, &c);
	fd = ft_steer_find(programs, FT_STEER_CPU, 0);
	name = fd < 0 ? ft_errno_name(-fd) : "";
	add(findings, "extended BPF (steer_ebpf)", fd >= 0,
	    fd == -EPERM ? "needs root or CAP_BPF"
	    : name       ? name
			 : "failed");
	ft_steer_unload(programs);
	free(programs);
}

static void add_limits(json_t *findings)
{
	char note[NOTE_MAX];
	struct rlimit limit;
	cpu_set_t set;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) == 0) {
		snprintf(note, sizeof(note), "%d, one worker on each", CPU_COUNT(&set));
		add(findings, "CPUs", true, note);
	}
	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	snprintf(note, sizeof(note), "%llu, can be raised to %llu%s",
		 (unsigned long long)limit.rlim_cur, (unsigned long long)limit.rlim_max,
		 limit.rlim_max < 4096 ? ": too few for cases with many sockets (ulimit -n)" : "");
	add(findings, "file descriptors", limit.rlim_max >= 4096, note);
}

/* In a child, inside of a sandbox: the pinned sysctls that this kernel lacks, a line each. */
static int write_missing(int fd)
{
	struct ft_sandbox sandbox = {0};
	struct ft_err err = {0};
	enum ft_stage stage;
	struct ft_text value;

	if (ft_sandbox_enter(&sandbox, &stage, &err) < 0)
		return 1;
	ft_text_init(&value, NOTE_MAX);
	for (const struct ft_pinned *p = ft_pinned_sysctls; p->name; p++) {
		struct ft_err missing = {0};

		ft_text_clear(&value);
		if (ft_sysctl_read(p->name, &value, &missing) < 0)
			dprintf(fd, "%s\n", p->name);
	}
	ft_text_fini(&value);
	return 0;
}

static void add_sysctls(json_t *findings, bool sandboxed)
{
	char name[NOTE_MAX], line[NOTE_MAX];
	unsigned missing = 0;
	int ends[2];
	FILE *file;
	pid_t child;

	if (pipe(ends) < 0)
		return;
	fflush(NULL);
	child = fork();
	if (child == 0)
		_exit(write_missing(ends[1]));
	close(ends[1]);
	file = fdopen(ends[0], "r");
	if (!file)
		close(ends[0]);
	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		snprintf(name, sizeof(name), "sysctl %.150s", line);
		add(findings, name, false, "this kernel has none");
		missing++;
	}
	if (!missing && sandboxed)
		add(findings, "sysctls that are pinned", true, "this kernel has them all");
	if (file)
		fclose(file);
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
}

void ft_findings_add(json_t *findings, const int results[FT_STAGE_COUNT],
		     const struct ft_sandbox *sandbox)
{
	add_stages(findings, results);
	add(findings, "other users (as UID)", sandbox->many_uids,
	    sandbox->many_uids ? "" : "only one is mapped: run as root, or install newuidmap");
	add_protocols(findings);
	add_options(findings);
	add_bpf(findings);
	add_sysctls(findings, results[FT_STAGE_SYSCTL] == 0);
	add_limits(findings);
}

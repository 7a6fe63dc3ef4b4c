/* SPDX-License-Identifier: MIT */
/*
 * Why was a sandbox refused here, and which command would allow it?
 *
 * Different causes end in the same errno: a seccomp filter, a chroot and two sysctls all say EPERM.
 * So nothing is guessed from the errno alone: each cause has evidence that can be read in /proc,
 * and where none is found, the text says so. Sources: user_namespaces(7), namespaces(7).
 */
#include "engine/evidence.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *const ft_stage_names[FT_STAGE_COUNT] = {
	[FT_STAGE_USER_NAMESPACE] = "user namespace",
	[FT_STAGE_SETGROUPS] = "setgroups",
	[FT_STAGE_UID_MAP] = "uid map",
	[FT_STAGE_GID_MAP] = "gid map",
	[FT_STAGE_NETWORK_NAMESPACE] = "network namespace",
	[FT_STAGE_LOOPBACK] = "loopback",
	[FT_STAGE_PACKET_SOCKET] = "packet socket",
	[FT_STAGE_SYSCTL] = "sysctl",
	[FT_STAGE_VETH] = "veth",
};

static int64_t read_number(const char *path)
{
	char text[32];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (len <= 0)
		return -1;
	text[len] = '\0';
	return strtoll(text, NULL, 10);
}

static int64_t status_number(const char *status, const char *key)
{
	const char *line = strstr(status, key);

	return line ? strtoll(line + strlen(key), NULL, 10) : -1;
}

static void read_status(struct ft_evidence *evidence)
{
	char status[8192];
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, status, sizeof(status) - 1);

	if (fd >= 0)
		close(fd);
	evidence->no_proc = len <= 0;
	status[len > 0 ? len : 0] = '\0';
	evidence->seccomp = status_number(status, "\nSeccomp:");
	evidence->threads = status_number(status, "\nThreads:");
}

/* Outside a chroot something is mounted on "/"; /proc/1/root tells the rest where it is readable.
 */
static bool in_chroot(void)
{
	char line[4096], point[2048];
	struct stat ours, init;
	bool root_is_mount = false;
	FILE *mounts;

	if (stat("/", &ours) == 0 && stat("/proc/1/root/.", &init) == 0)
		return ours.st_dev != init.st_dev || ours.st_ino != init.st_ino;
	mounts = fopen("/proc/self/mountinfo", "re");
	if (!mounts)
		return false;
	while (fgets(line, sizeof(line), mounts)) {
		if (sscanf(line, "%*d %*d %*s %*s %2047s", point) == 1 && !strcmp(point, "/"))
			root_is_mount = true;
	}
	fclose(mounts);
	return !root_is_mount;
}

void ft_evidence_gather(struct ft_evidence *evidence)
{
	memset(evidence, 0, sizeof(*evidence));
	read_status(evidence);
	evidence->max_user_namespaces = read_number("/proc/sys/user/max_user_namespaces");
	evidence->max_net_namespaces = read_number("/proc/sys/user/max_net_namespaces");
	evidence->unprivileged_userns_clone =
		read_number("/proc/sys/kernel/unprivileged_userns_clone");
	evidence->apparmor_restricts =
		read_number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
	evidence->no_user_ns = access("/proc/self/ns/user", F_OK) < 0;
	evidence->no_net_ns = access("/proc/self/ns/net", F_OK) < 0;
	evidence->chrooted = in_chroot();
}

static void explain_limit(int64_t limit, const char *sysctl, struct ft_text *out)
{
	if (limit == 0)
		ft_text_printf(out, "sysctl %s is 0; allow with: sysctl -w %s=15000. ", sysctl,
			       sysctl);
	else
		ft_text_printf(out,
			       "the limit of namespaces is reached (sysctl %s is %" PRId64
			       " here, an outer user namespace may have less); raise with: sysctl "
			       "-w %s=60000. ",
			       sysctl, limit, sysctl);
}

/* The causes of EPERM. Returns whether any evidence was found. */
static bool explain_refusal(const struct ft_evidence *evidence, enum ft_stage stage,
			    struct ft_text *out)
{
	bool user = stage == FT_STAGE_USER_NAMESPACE;
	size_t before = out->len;

	if (user && evidence->unprivileged_userns_clone == 0)
		ft_text_str(out, "sysctl kernel.unprivileged_userns_clone is 0; allow with: sysctl "
				 "-w kernel.unprivileged_userns_clone=1. ");
	if (evidence->apparmor_restricts == 1)
		ft_text_str(out, "AppArmor restricts user namespaces; allow with: sysctl -w "
				 "kernel.apparmor_restrict_unprivileged_userns=0, or by a profile "
				 "for this program that says `userns,`. ");
	if (evidence->seccomp == 2)
		ft_text_str(out, "a seccomp filter is in force (Seccomp: 2 in /proc/self/status), "
				 "as in a container; allow with: docker run --security-opt "
				 "seccomp=unconfined. ");
	if (user && evidence->chrooted)
		ft_text_str(out, "the process runs in a chroot, where no user namespace may be "
				 "made; run it outside, or enter the tree with: unshare -r "
				 "--root=DIR. ");
	return out->len > before;
}

static void explain_invalid(const struct ft_evidence *evidence, struct ft_text *out)
{
	if (evidence->threads > 1)
		ft_text_printf(out,
			       "the process has %" PRId64 " threads and must have one (as under "
			       "ThreadSanitizer); start the sandbox before any thread. ",
			       evidence->threads);
	else if (evidence->no_user_ns)
		ft_text_str(out, "this kernel has no user namespaces (/proc/self/ns/user is "
				 "missing); allow with: a kernel with CONFIG_USER_NS=y. ");
	else if (evidence->no_net_ns)
		ft_text_str(out, "this kernel has no network namespaces (/proc/self/ns/net is "
				 "missing); allow with: a kernel with CONFIG_NET_NS=y. ");
	else
		ft_text_str(out, "the process has one thread and the kernel has namespaces: no "
				 "cause found. ");
}

/* What the later stages lack when they fail. */
static const char *missing_part(enum ft_stage stage)
{
	switch (stage) {
	case FT_STAGE_PACKET_SOCKET:
		return "no capture of packets; allow with: modprobe af_packet. ";
	case FT_STAGE_SYSCTL:
		return "/proc/sys is not writable (mounted read-only, as containers do); allow "
		       "with: mount -o remount,rw /proc/sys, or docker run --privileged. ";
	case FT_STAGE_VETH:
		return "no second host; allow with: modprobe veth. ";
	default:
		return "no cause found. ";
	}
}

static void explain_namespace(const struct ft_evidence *evidence, enum ft_stage stage, int code,
			      struct ft_text *out)
{
	bool user = stage == FT_STAGE_USER_NAMESPACE;

	if (code == -ENOSPC || code == -EUSERS)
		explain_limit(user ? evidence->max_user_namespaces : evidence->max_net_namespaces,
			      user ? "user.max_user_namespaces" : "user.max_net_namespaces", out);
	else if (code == -EINVAL)
		explain_invalid(evidence, out);
	else if (code != -EPERM)
		ft_text_str(out, "no cause found. ");
	else if (!explain_refusal(evidence, stage, out))
		ft_text_str(out, "no seccomp filter, AppArmor restriction, chroot or sysctl was "
				 "found that explains it: perhaps another security module, or a "
				 "user who is not mapped outside. ");
}

void ft_evidence_explain(const struct ft_evidence *evidence, enum ft_stage stage, int code,
			 struct ft_text *out)
{
	switch (stage) {
	case FT_STAGE_USER_NAMESPACE:
	case FT_STAGE_NETWORK_NAMESPACE:
		explain_namespace(evidence, stage, code, out);
		break;
	case FT_STAGE_SETGROUPS:
	case FT_STAGE_UID_MAP:
	case FT_STAGE_GID_MAP:
		if (evidence->no_proc || code == -ENOENT)
			ft_text_str(out, "/proc is not mounted; allow with: mount -t proc proc "
					 "/proc. ");
		else if (code == -EACCES)
			ft_text_str(out, "the files of /proc/self are not ours or read-only; run "
					 "a program file that its user may read. ");
		else if (!explain_refusal(evidence, stage, out))
			ft_text_str(out, "the kernel refuses the map; as root it needs CAP_SETUID, "
					 "CAP_SETGID and CAP_SETFCAP. ");
		break;
	default:
		if (code != -EPERM || !explain_refusal(evidence, stage, out))
			ft_text_str(out, missing_part(stage));
	}
	if (out->len && out->bytes[out->len - 1] == ' ')
		out->bytes[--out->len] = '\0';
}

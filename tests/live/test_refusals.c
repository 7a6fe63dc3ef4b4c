/* SPDX-License-Identifier: MIT */
/*
 * Where a sandbox is refused, is the right cause named?
 *
 * The causes are made inside a user namespace of the test's own or bind its child alone, so that
 * nothing changes on the machine.
 */
#include <pthread.h>
#include <stddef.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "tests/live/child.h"

static ino_t namespace_inode(void)
{
	struct stat at;

	return stat("/proc/thread-self/ns/net", &at) == 0 ? at.st_ino : 0;
}

static void no_user_namespaces(struct ft_text *complaints)
{
	ft_child_nest(complaints);
	ft_child_put("/proc/sys/user/max_user_namespaces", "0", complaints);
}

static void no_net_namespaces(struct ft_text *complaints)
{
	ft_child_nest(complaints);
	ft_child_put("/proc/sys/user/max_net_namespaces", "0", complaints);
}

static void filter_unshare(struct ft_text *complaints)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {.len = sizeof(code) / sizeof(code[0]), .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		ft_text_printf(complaints, "seccomp: %d\n", errno);
}

static void *sleep_on(void *arg)
{
	pause();
	return arg;
}

static void start_thread(struct ft_text *complaints)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, sleep_on, NULL))
		ft_text_str(complaints, "no second thread\n");
}

/* Below a directory that is no mount point, with /proc, as chroots have it. */
static void change_root(struct ft_text *complaints)
{
	ft_child_nest(complaints); /* an ordinary user may do all this, seen by nobody else */
	if (unshare(CLONE_NEWNS) || mount("none", "/tmp", "tmpfs", 0, NULL) ||
	    mkdir("/tmp/root", 0755) || mkdir("/tmp/root/proc", 0755) ||
	    mount("/proc", "/tmp/root/proc", NULL, MS_BIND | MS_REC, NULL) || chroot("/tmp/root") ||
	    chdir("/"))
		ft_text_printf(complaints, "chroot: %d\n", errno);
}

struct refusal {
	const char *name;
	void (*make)(struct ft_text *complaints);
	enum ft_stage stage;
	int code;
	const char *says; /* in the error's text */
	bool in_child;    /* examine's child is refused too */
};

static const struct refusal refusals[] = {
	{"user.max_user_namespaces", no_user_namespaces, FT_STAGE_USER_NAMESPACE, -ENOSPC,
	 "sysctl -w user.max_user_namespaces=", true},
	{"user.max_net_namespaces", no_net_namespaces, FT_STAGE_NETWORK_NAMESPACE, -ENOSPC,
	 "sysctl -w user.max_net_namespaces=", true},
	{"seccomp", filter_unshare, FT_STAGE_USER_NAMESPACE, -EPERM, "seccomp filter", true},
	{"threads", start_thread, FT_STAGE_USER_NAMESPACE, -EINVAL, "2 threads", false},
	{"chroot", change_root, FT_STAGE_USER_NAMESPACE, -EPERM, "runs in a chroot", true},
};

static void check_refusal(const void *arg, struct ft_text *complaints)
{
	const struct refusal *refusal = arg;
	struct ft_sandbox sandbox = {0}, seen;
	enum ft_stage stage = FT_STAGE_COUNT;
	int results[FT_STAGE_COUNT], code;
	struct ft_err err = {0};
	struct ft_text text;

	refusal->make(complaints);
	ft_text_init(&text, 4096);
	if (refusal->in_child) {
		code = ft_sandbox_examine(results, &seen, &text, &err);
		if (code || results[refusal->stage] != refusal->code)
			ft_text_printf(complaints, "examine: %d %s\n", code, err.text);
		if (!strstr(ft_text_get(&text), refusal->says))
			ft_text_printf(complaints, "explained: %s\n", ft_text_get(&text));
		for (int i = 0; !code && i < FT_STAGE_COUNT; i++) {
			int want = i < (int)refusal->stage ? 0 : -ECANCELED;

			if (i != (int)refusal->stage && results[i] != want)
				ft_text_printf(complaints, "%s: %d\n", ft_stage_names[i],
					       results[i]);
		}
	}
	ft_text_fini(&text);
	code = ft_sandbox_enter(&sandbox, &stage, &err);
	if (code != refusal->code || err.code != code || stage != refusal->stage)
		ft_text_printf(complaints, "enter: %d at stage %d: %s\n", code, (int)stage,
			       err.text);
	if (!strstr(err.text, refusal->says))
		ft_text_printf(complaints, "said: %s\n", err.text);
}

static void test_refusals(void)
{
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		ft_child_run(check_refusal, &refusals[i], text);
		CHECK_STR(refusals[i].name, text, "");
	}
}

static void check_examine(const void *arg, struct ft_text *complaints)
{
	int results[FT_STAGE_COUNT], code;
	ino_t before = namespace_inode();
	struct ft_sandbox seen;
	struct ft_err err = {0};
	struct ft_text text;

	(void)arg;
	ft_text_init(&text, 4096);
	code = ft_sandbox_examine(results, &seen, &text, &err);
	if (code)
		ft_text_printf(complaints, "%s\n", err.text);
	for (int i = 0; !code && i < FT_STAGE_COUNT; i++) {
		if (results[i])
			ft_text_printf(complaints, "%s: %d\n", ft_stage_names[i], results[i]);
	}
	if (text.len)
		ft_text_printf(complaints, "explained: %s\n", ft_text_get(&text));
	if (namespace_inode() != before)
		ft_text_str(complaints, "the caller was moved\n");
	ft_text_fini(&text);
}

static void test_examine(void)
{
	char text[FT_CHILD_TEXT_MAX];

	if (ft_child_must_skip())
		return;
	ft_child_run(check_examine, NULL, text);
	CHECK_STR("examine", text, "");
}

static const struct ft_test tests[] = {
	{"refusals", test_refusals},
	{"examine", test_examine},
	{NULL, NULL},
};

const struct ft_suite ft_suite_refusals = {"refusals", tests};

/* SPDX-License-Identifier: MIT */
/*
 * How does a process, root's or anybody's, get a network of its own?
 */
#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "engine/evidence.h"
#include "engine/idmap.h"
#include "engine/netns.h"
#include "engine/sandbox.h"

/* Runs the stages in order; on failure *ret_stage is the one. */
static int run_stages(struct ft_sandbox *sandbox, enum ft_stage *ret_stage)
{
	struct ft_idmap map;
	int code;

	/* /proc/self belongs to root while we are not dumpable, and the maps could not be written
	 */
	prctl(PR_SET_DUMPABLE, 1);
	ft_idmap_start(&map);
	*ret_stage = FT_STAGE_USER_NAMESPACE;
	if (unshare(CLONE_NEWUSER) < 0) {
		code = -errno;
		ft_idmap_abort(&map);
		return code;
	}
	code = ft_idmap_finish(&map, &sandbox->many_uids, ret_stage);
	if (code)
		return code;
	*ret_stage = FT_STAGE_UID_MAP;
	if (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)
		return -errno;
	/* a change of user undid it */
	prctl(PR_SET_DUMPABLE, 1);
	*ret_stage = FT_STAGE_NETWORK_NAMESPACE;
	if (unshare(CLONE_NEWNET) < 0)
		return -errno;
	/* learnt once: a write costs 10 us, and many namespaces are made */
	sandbox->as_pinned = ft_pinned_by_nature();
	ft_pinned_write(sandbox->as_pinned); /* what namespaces made from this one take from it */
	return 0;
}

/* What was tried at each stage, as far as ft_sandbox_enter() goes. */
static const char *const attempts[] = {
	[FT_STAGE_USER_NAMESPACE] = "unshare(CLONE_NEWUSER)",
	[FT_STAGE_SETGROUPS] = "write /proc/self/setgroups",
	[FT_STAGE_UID_MAP] = "write /proc/self/uid_map",
	[FT_STAGE_GID_MAP] = "write /proc/self/gid_map",
	[FT_STAGE_NETWORK_NAMESPACE] = "unshare(CLONE_NEWNET)",
};

static int explain(const struct ft_evidence *evidence, enum ft_stage stage, int code,
		   struct ft_err *err)
{
	const char *name = ft_errno_name(-code);
	struct ft_text text;

	ft_text_init(&text, 2048);
	ft_evidence_explain(evidence, stage, code, &text);
	ft_err_set(err, code, "%s: %s: %s: %s", ft_stage_names[stage], attempts[stage],
		   name ? name : "unknown error", ft_text_get(&text));
	ft_text_fini(&text);
	return code;
}

int ft_sandbox_enter(struct ft_sandbox *sandbox, enum ft_stage *ret_stage, struct ft_err *err)
{
	struct ft_evidence evidence;
	enum ft_stage stage;
	int code;

	sandbox->outer_uid = geteuid();
	sandbox->many_uids = sandbox->here && sandbox->outer_uid == 0;
	if (sandbox->here)
		return 0;
	ft_evidence_gather(&evidence);
	code = run_stages(sandbox, &stage);
	if (!code)
		return 0;
	if (ret_stage)
		*ret_stage = stage;
	return explain(&evidence, stage, code, err);
}

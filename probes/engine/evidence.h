/* SPDX-License-Identifier: MIT */
/*
 * Why does a machine refuse a sandbox? What can be read about it, and what it explains.
 */
#ifndef FT_ENGINE_EVIDENCE_H
#define FT_ENGINE_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "engine/sandbox.h"

/* Numbers are -1 where there is nothing to read. */
struct ft_evidence {
	int64_t max_user_namespaces, max_net_namespaces;
	int64_t unprivileged_userns_clone; /* kernel.*, Debian */
	int64_t apparmor_restricts; /* kernel.apparmor_restrict_unprivileged_userns, Ubuntu */
	int64_t seccomp, threads;   /* of /proc/self/status */
	bool chrooted, no_proc, no_user_ns, no_net_ns;
};

/* Must be gathered before the user namespace is entered: inside, the limits read are the inner
 * namespace's own and no longer those that decide. */
void ft_evidence_gather(struct ft_evidence *evidence);

/* Appends what the evidence says about a stage that failed with the negative errno code, the
 * strongest cause first, each with what would allow it. */
void ft_evidence_explain(const struct ft_evidence *evidence, enum ft_stage stage, int code,
			 struct ft_text *out);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What does this machine have of what cases may ask for?
 */
#ifndef FT_FOURTUPLE_FINDINGS_H
#define FT_FOURTUPLE_FINDINGS_H

#include <jansson.h>

#include "engine/sandbox.h"

/* Appends {"name":..,"ok":..,"note":..} for each ability: the stages of the sandbox as
 * ft_sandbox_examine() gave them, users, protocols, socket options, sysctls, BPF, limits. */
void ft_findings_add(json_t *findings, const int results[FT_STAGE_COUNT],
		     const struct ft_sandbox *sandbox);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Of which kernel does the model speak? The profile that was asked for, or that of the running
 * release, and what of this machine decides an outcome. Private to probes/probe.
 */
#ifndef FT_PROBE_SETTING_H
#define FT_PROBE_SETTING_H

#include <jansson.h>

#include "probe/session.h"

/* Takes the text of --profile: "linux-6.7", "linux-6.7+NAME-NAME", or "none". Borrowed. -EINVAL
 * with err. */
int ft_setting_take(struct ft_session *session, const char *text, struct ft_err *err);

/* The profile of the running release; the newest where uname(2) does not tell one. */
void ft_setting_default(struct ft_session *session);

/* The head's "profile" and "toggles": its name, null without one; the names of the changes that are
 * in. New references. */
json_t *ft_setting_profile_json(const struct ft_session *session);
json_t *ft_setting_toggles_json(const struct ft_session *session);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which cases of a job carry most?
 */
#ifndef FT_PROBE_CHOOSE_H
#define FT_PROBE_CHOOSE_H

#include "probe/job.h"
#include "probe/session.h"

/* With --quick, leaves the cases of which each shows, by the model, a rule at work that none before
 * it has shown, or the same rule in another call, with another end, because of an owner in another
 * state; none that waits. Otherwise leaves all. 0 or
 * -ENOMEM. */
int ft_choose_cases(const struct ft_session *session, struct ft_job *job, struct ft_err *err);

#endif

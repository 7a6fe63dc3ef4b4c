/* SPDX-License-Identifier: MIT */
#include "probe/choose.h"

#include <errno.h>
#include <stdlib.h>

#include "reports/coverage.h"

/* Fills only; returns how many, or a negative errno. */
static int64_t choose(struct ft_coverage *coverage, const struct ft_job *job, uint64_t *only)
{
	int64_t n = 0;
	struct ft_case c;
	int rc = 0;

	ft_case_init(&c);
	for (uint64_t i = 0; rc == 0 && i < job->cases; i++) {
		rc = ft_job_case(job, i, &c);
		if (rc == 0 && !(c.needs & FT_NEED_WAIT) && ft_coverage_add(coverage, &c))
			only[n++] = i;
	}
	ft_case_fini(&c);
	return rc < 0 ? rc : n;
}

int ft_choose_cases(const struct ft_session *session, struct ft_job *job, struct ft_err *err)
{
	struct ft_coverage *coverage;
	uint64_t *only;
	int64_t n = -ENOMEM;

	if (session->extent != FT_EXTENT_QUICK)
		return 0;
	coverage = ft_coverage_new(&session->kernels.asked);
	only = calloc(job->cases + 1, sizeof(*only));
	if (coverage && only)
		n = choose(coverage, job, only);
	ft_coverage_free(coverage);
	if (n < 0) {
		free(only);
		return ft_err_set(err, -ENOMEM, "no memory to choose cases");
	}
	ft_job_choose(job, only, (uint64_t)n);
	return 0;
}

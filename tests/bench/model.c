/* SPDX-License-Identifier: MIT */
/*
 * How long does the model take for a call?
 *
 * Every case of the files named on the command line is predicted again and again for about a second
 * of CPU time, as the workers of a run do it: the same memory, no text. A figure, not a test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "model/model.h"
#include "probe/job.h"

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t calls_of(const struct ft_case *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n_steps; i++)
		n += c->steps[i]->n_words;
	return n;
}

int main(int argc, char **argv)
{
	const struct ft_setting setting = {.profile = ft_profile_release(6, 18), .cpus = 2};
	struct ft_model *model = ft_model_new();
	struct ft_prediction prediction;
	struct ft_err err = {0};
	struct ft_case c;
	struct ft_job job;
	double began, used = 0;
	size_t calls = 0, cases = 0;

	ft_job_init(&job, "bench");
	ft_case_init(&c);
	ft_prediction_init(&prediction);
	for (int i = 1; i < argc; i++)
		if (ft_job_add_file(&job, argv[i], &err) < 0) {
			fprintf(stderr, "bench: %s\n", err.text);
			return 2;
		}
	began = cpu_seconds();
	while (model && job.cases && used < 1) {
		for (uint64_t i = 0; i < job.cases; i++) {
			if (ft_job_case(&job, i, &c) < 0 ||
			    ft_model_predict(model, &c, &setting, NULL, 0, &prediction) < 0)
				return 4;
			calls += calls_of(&c);
			cases++;
		}
		used = cpu_seconds() - began;
	}
	if (calls)
		printf("{\"cases\": %zu, \"calls\": %zu, \"ns_per_call\": %.1f}\n", cases, calls,
		       used / (double)calls * 1e9);
	ft_prediction_fini(&prediction);
	ft_case_fini(&c);
	ft_job_fini(&job);
	ft_model_free(model);
	return calls ? 0 : 2;
}

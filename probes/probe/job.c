/* SPDX-License-Identifier: MIT */
#include "probe/job.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

void ft_job_init(struct ft_job *job, const char *probe)
{
	*job = (struct ft_job){.probe = probe, .repeat = 1};
}

void ft_job_fini(struct ft_job *job)
{
	for (size_t i = 0; i < job->n; i++)
		ft_matrix_free(job->matrices[i]);
	free(job->matrices);
	free(job->first);
	free(job->only);
	ft_job_init(job, NULL);
}

static int grow(struct ft_job *job)
{
	size_t size = job->size ? 2 * job->size : 32;
	struct ft_matrix **matrices = realloc(job->matrices, size * sizeof(struct ft_matrix *));
	uint64_t *first;

	if (!matrices)
		return -ENOMEM;
	job->matrices = matrices;
	first = realloc(job->first, size * sizeof(*first));
	if (!first)
		return -ENOMEM;
	job->first = first;
	job->size = size;
	return 0;
}

int ft_job_add(struct ft_job *job, const char *text, size_t len, const char *origin, unsigned line,
	       struct ft_err *err)
{
	struct ft_matrix *matrix;
	int rc;

	if (job->n == job->size && grow(job) < 0)
		return ft_err_set(err, -ENOMEM, "no memory for another matrix");
	rc = ft_matrix_parse(text, len, origin, line, &matrix, err);
	if (rc < 0)
		return rc;
	job->first[job->n] = job->cases;
	job->matrices[job->n++] = matrix;
	job->cases += ft_matrix_size(matrix);
	job->total = job->cases;
	job->needs |= ft_matrix_needs(matrix);
	return 0;
}

struct add_line {
	struct ft_job *job;
	const char *origin;
};

static int add_line(void *arg, const char *text, size_t len, unsigned line, struct ft_err *err)
{
	const struct add_line *add = arg;

	return ft_job_add(add->job, text, len, add->origin, line, err);
}

int ft_job_add_file(struct ft_job *job, const char *path, struct ft_err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	struct add_line add = {job, is_stdin ? "stdin" : path};
	FILE *file = is_stdin ? stdin : fopen(path, "re");
	int rc;

	if (!file)
		return ft_err_errno(err, -errno, "open %s", path);
	rc = ft_cases_read(file, add.origin, add_line, &add, err);
	if (!is_stdin)
		fclose(file);
	return rc;
}

void ft_job_choose(struct ft_job *job, uint64_t *only, uint64_t n)
{
	free(job->only);
	job->only = only;
	job->total = n;
}

/* The number among all cases. */
static uint64_t number_of(const struct ft_job *job, uint64_t index)
{
	return job->only ? job->only[index] : index % job->cases;
}

size_t ft_job_matrix(const struct ft_job *job, uint64_t index)
{
	size_t low = 0, high = job->n;

	index = number_of(job, index);
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (job->first[middle] <= index)
			low = middle;
		else
			high = middle;
	}
	return low;
}

int ft_job_case(const struct ft_job *job, uint64_t index, struct ft_case *c)
{
	size_t i = ft_job_matrix(job, index);

	return ft_matrix_case(job->matrices[i], (size_t)(number_of(job, index) - job->first[i]), c);
}

bool ft_job_matches(const struct ft_job *job, const struct ft_case *c, struct ft_text *text)
{
	if (!job->match)
		return true;
	ft_text_clear(text);
	ft_case_print(c, false, text);
	if (!strpbrk(job->match, "*?["))
		return strstr(ft_text_get(text), job->match) != NULL;
	return fnmatch(job->match, ft_text_get(text), 0) == 0;
}

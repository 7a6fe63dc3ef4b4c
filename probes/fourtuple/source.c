/* SPDX-License-Identifier: MIT */
#include "fourtuple/source.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int add_file(struct ft_sources *sources, const char *path, struct ft_err *err)
{
	struct ft_source *row = &sources->rows[sources->n++];

	row->name = ft_cases_file_name(path);
	ft_job_init(&row->job, row->name);
	return ft_job_add_file(&row->job, path, err);
}

static void add_program(struct ft_sources *sources, const struct ft_program *program)
{
	for (size_t i = 0; i < sources->n; i++)
		if (sources->rows[i].path == program->path)
			return;
	sources->rows[sources->n].name = program->name;
	sources->rows[sources->n++].path = program->path;
}

static int add_argument(struct ft_sources *sources, const char *argument, struct ft_err *err)
{
	const struct ft_program *program;

	if (ft_is_cases_file(argument))
		return add_file(sources, argument, err);
	program = ft_programs_get(&sources->programs, argument, err);
	if (!program)
		return -ENOENT;
	add_program(sources, program);
	return 0;
}

int ft_sources_find(size_t n, char *const *arguments, struct ft_sources *ret, struct ft_err *err)
{
	int rc;

	*ret = (struct ft_sources){0};
	rc = ft_programs_find(&ret->programs, err);
	if (rc < 0)
		return rc;
	ret->rows = calloc(n + ret->programs.n + 1, sizeof(*ret->rows));
	if (!ret->rows)
		rc = ft_err_set(err, -ENOMEM, "no memory for the list of probes");
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = add_argument(ret, arguments[i], err);
	for (size_t i = 0; rc == 0 && n == 0 && i < ret->programs.n; i++)
		add_program(ret, &ret->programs.rows[i]);
	if (rc < 0)
		ft_sources_fini(ret);
	return rc;
}

void ft_sources_fini(struct ft_sources *sources)
{
	for (size_t i = 0; i < sources->n; i++)
		if (!sources->rows[i].path)
			ft_job_fini(&sources->rows[i].job);
	free(sources->rows);
	ft_programs_fini(&sources->programs);
	*sources = (struct ft_sources){0};
}

/* SPDX-License-Identifier: MIT */
#include "fourtuple/programs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "case/nearest.h"

static const char PREFIX[] = "fourtuple-";

/* Backups and fragments of packages (fourtuple-bind~, fourtuple-bind.dpkg-new) are no probes. */
static int is_name(const char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_-";

	return name[0] && name[0] != '-' && !name[strspn(name, letters)];
}

static int is_known(const struct ft_programs *programs, const char *name)
{
	for (size_t i = 0; i < programs->n; i++)
		if (strcmp(programs->rows[i].name, name) == 0)
			return 1;
	return 0;
}

static int add(struct ft_programs *programs, const char *folder, const char *name)
{
	struct ft_program row = {strdup(name), NULL};

	if (programs->n == programs->size) {
		size_t size = programs->size ? 2 * programs->size : 16;
		struct ft_program *rows = reallocarray(programs->rows, size, sizeof(*rows));

		if (!rows) {
			free(row.name);
			return -ENOMEM;
		}
		programs->rows = rows;
		programs->size = size;
	}
	if (!row.name || asprintf(&row.path, "%s/%s%s", folder, PREFIX, name) < 0) {
		free(row.name);
		return -ENOMEM;
	}
	programs->rows[programs->n++] = row;
	return 0;
}

static int scan(struct ft_programs *programs, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int rc = 0;

	while (dir && rc == 0 && (entry = readdir(dir))) {
		const char *name = entry->d_name + sizeof(PREFIX) - 1;
		struct stat st;

		if (strncmp(entry->d_name, PREFIX, sizeof(PREFIX) - 1) || !is_name(name) ||
		    is_known(programs, name))
			continue;
		if (fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 && S_ISREG(st.st_mode) &&
		    faccessat(dirfd(dir), entry->d_name, X_OK, 0) == 0)
			rc = add(programs, folder, name);
	}
	if (dir)
		closedir(dir);
	return rc;
}

static int scan_own(struct ft_programs *programs)
{
	char path[4096];
	ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (len <= 0)
		return 0;
	path[len] = '\0';
	slash = strrchr(path, '/');
	if (!slash || slash == path)
		return 0;
	*slash = '\0';
	return scan(programs, path);
}

/* Relative folders are left out: what runs must not depend on where one stands. */
static int scan_path(struct ft_programs *programs)
{
	const char *path = getenv("PATH");
	char *copy = strdup(path ? path : "");
	int rc = copy ? 0 : -ENOMEM;

	for (char *rest = copy, *folder; rc == 0 && (folder = strsep(&rest, ":"));)
		if (folder[0] == '/')
			rc = scan(programs, folder);
	free(copy);
	return rc;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct ft_program *)a)->name, ((const struct ft_program *)b)->name);
}

int ft_programs_find(struct ft_programs *ret, struct ft_err *err)
{
	*ret = (struct ft_programs){0};
	if (scan_own(ret) < 0 || scan_path(ret) < 0) {
		ft_programs_fini(ret);
		return ft_err_set(err, -ENOMEM, "no memory for the list of probe programs");
	}
	if (ret->n)
		qsort(ret->rows, ret->n, sizeof(*ret->rows), by_name);
	return 0;
}

void ft_programs_fini(struct ft_programs *programs)
{
	for (size_t i = 0; i < programs->n; i++) {
		free(programs->rows[i].name);
		free(programs->rows[i].path);
	}
	free(programs->rows);
	*programs = (struct ft_programs){0};
}

static void say_unknown(const struct ft_programs *programs, const char *name, struct ft_err *err)
{
	struct ft_nearest nearest;
	struct ft_text list;

	ft_nearest_init(&nearest, name, strlen(name));
	ft_text_init(&list, 400);
	for (size_t i = 0; i < programs->n; i++) {
		ft_nearest_try(&nearest, programs->rows[i].name);
		ft_text_printf(&list, " %s", programs->rows[i].name);
	}
	ft_err_set(err, -ENOENT,
		   "unknown probe '%.60s'%s\nprobes:%s; a file of cases ends in .cases or has a "
		   "'/' in its name; see: fourtuple list",
		   name, ft_nearest_hint(&nearest).text, list.len ? ft_text_get(&list) : " none");
	ft_text_fini(&list);
}

const struct ft_program *ft_programs_get(const struct ft_programs *programs, const char *name,
					 struct ft_err *err)
{
	for (size_t i = 0; i < programs->n; i++)
		if (strcmp(programs->rows[i].name, name) == 0)
			return &programs->rows[i];
	say_unknown(programs, name, err);
	return NULL;
}

int ft_is_cases_file(const char *argument)
{
	size_t len = strlen(argument);

	return strcmp(argument, "-") == 0 || strchr(argument, '/') ||
	       (len > 6 && strcmp(argument + len - 6, ".cases") == 0);
}

const char *ft_cases_file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "-") == 0)
		return "stdin";
	return slash ? slash + 1 : path;
}

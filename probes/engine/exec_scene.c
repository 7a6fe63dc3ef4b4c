/* SPDX-License-Identifier: MIT */
/*
 * How is the scene set: sysctls, addresses, links, the CPU, time? And what does sock_diag list?
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/run.h"

enum ft_next ft_exec_sysctl(struct ft_exec *x)
{
	struct ft_err err = {0};
	int rc = ft_sysctl_write(x->word->text, x->word->value_text, &err);

	if (rc == -ENOENT)
		return ft_run_end(x->run, FT_VERDICT_SKIPPED, "sysctl %s: this kernel has none",
				  x->word->text);
	if (rc == -EACCES || rc == -EPERM)
		return ft_run_end(x->run, FT_VERDICT_SKIPPED,
				  "sysctl %s: not the namespace's own to set", x->word->text);
	if (rc < 0)
		return ft_exec_call(x, -1, -rc);
	ft_exec_result(x, FT_END_OK, 0, false);
	return FT_NEXT_WORD;
}

enum ft_next ft_exec_wait(struct ft_exec *x)
{
	if (!x->state->in_word)
		return ft_run_park(x->run, (uint64_t)x->word->value);
	ft_exec_result(x, FT_END_OK, 0, false);
	return FT_NEXT_WORD;
}

enum ft_next ft_exec_cpu(struct ft_exec *x)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (x->word->value < CPU_SETSIZE)
		CPU_SET((unsigned)x->word->value, &set);
	if (sched_setaffinity(0, sizeof(set), &set) < 0)
		return ft_run_end(x->run, FT_VERDICT_SKIPPED, "cpu %lld: not here (%s)",
				  (long long)x->word->value, ft_errno_name(errno));
	x->state->cpu = x->engine->cpu_now = (int)x->word->value;
	ft_exec_result(x, FT_END_OK, 0, false);
	return FT_NEXT_WORD;
}

enum ft_next ft_exec_addr(struct ft_exec *x)
{
	int family = x->word->at.host == FT_HOST_LITERAL4 ? AF_INET : AF_INET6;
	struct ft_err err = {0};
	int rc = ft_addr_add(x->word->text, family, x->word->at.bytes, &err);

	if (rc == -EPERM)
		return ft_run_end(x->run, FT_VERDICT_SKIPPED, "%s", err.text);
	if (rc < 0)
		return ft_exec_call(x, -1, -rc);
	ft_exec_result(x, FT_END_OK, 0, false);
	return FT_NEXT_WORD;
}

enum ft_next ft_exec_link(struct ft_exec *x)
{
	struct ft_err err = {0};
	int rc = ft_link_add(x->word->text, x->word->value_text, &err);

	if (rc == -EOPNOTSUPP || rc == -EPERM)
		return ft_run_end(x->run, FT_VERDICT_SKIPPED, "link %s: this kernel has none here",
				  x->word->value_text);
	if (rc < 0)
		return ft_exec_call(x, -1, -rc);
	ft_exec_result(x, FT_END_OK, 0, false);
	return FT_NEXT_WORD;
}

/* The rows that `look` found, as names in alphabetical order. */
struct look {
	struct ft_address at;
	bool any;
	bool datagrams;
	size_t n;
	const char *names[64];
};

static int look_row(void *arg, const struct ft_diag_row *row)
{
	struct look *look = arg;
	const char *name = look->datagrams ? "UDP" : ft_diag_state_name(row->state);

	if (!look->any && (row->local.family != look->at.family ||
			   memcmp(row->local.bytes, look->at.bytes, sizeof(look->at.bytes)) != 0))
		return 0;
	if (name && look->n < sizeof(look->names) / sizeof(look->names[0]))
		look->names[look->n++] = name;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int look_up(int fd, struct look *look, struct ft_err *err)
{
	static const int families[] = {AF_INET, AF_INET6};
	int rc = 0;

	for (unsigned i = 0; i < 2 && rc >= 0; i++) {
		look->datagrams = false;
		rc = ft_diag_dump(fd, IPPROTO_TCP, families[i], look->at.port, look_row, look, err);
		look->datagrams = true;
		if (rc >= 0)
			rc = ft_diag_dump(fd, IPPROTO_UDP, families[i], look->at.port, look_row,
					  look, err);
	}
	return rc;
}

static void look_result(struct ft_exec *x, struct look *look)
{
	struct ft_text *texts = &x->run->record.text;
	struct ft_result *result = ft_exec_result(x, FT_END_TEXT, 0, true);

	qsort(look->names, look->n, sizeof(look->names[0]), by_name);
	result->text = (uint32_t)texts->len;
	for (size_t i = 0; i < look->n; i++) {
		if (i)
			ft_text_char(texts, ',');
		ft_text_str(texts, look->names[i]);
	}
	if (look->n == 0)
		ft_text_str(texts, "none");
	ft_text_bytes(texts, "", 1);
	if (texts->failed)
		ft_run_end(x->run, FT_VERDICT_BROKEN, "no memory for a result's text");
}

/* The address of `look` is meant as a v4 socket writes it, unless it is a v6 literal. */
enum ft_next ft_exec_look(struct ft_exec *x)
{
	struct look look = {.any = x->word->at.host == FT_HOST_ANY};
	struct ft_err err = {0};
	union ft_sockaddr a;
	socklen_t len;
	int fd, rc;

	if (ft_address_of(x->run, FT_FAMILY_TCP4, &x->word->at, &a, &len) < 0)
		return ft_run_end(x->run, FT_VERDICT_SKIPPED, "look: that port is not known");
	look.at = ft_address_plain(&a);
	fd = ft_engine_diag(x->engine, x->run, &err);
	rc = fd < 0 ? fd : look_up(fd, &look, &err);
	if (rc < 0)
		return ft_run_end(x->run, FT_VERDICT_SKIPPED, "sock_diag: %s", err.text);
	look_result(x, &look);
	return FT_NEXT_WORD;
}

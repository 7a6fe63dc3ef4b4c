/* SPDX-License-Identifier: MIT */
/*
 * When may the next case have the namespace that was one case's own?
 *
 * To make a namespace and to take it down costs the kernel more than a hundred calls on sockets. A
 * case that needed one only for its sysctls, or for the ports that it names by number, leaves
 * nothing in it once its connections are destroyed and the sysctls are as before: both are done
 * here, and that no socket is left is asked of the kernel. Whatever else a case did to its
 * namespace (addresses, links, a second host, Fast Open cookies) goes with the namespace.
 *
 * Not where packets are recorded: they are told apart by place and port, and the ports are the same
 * again.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/netns.h"
#include "engine/run.h"

static const struct ft_pinned *find_pinned(const char *name)
{
	for (const struct ft_pinned *p = ft_pinned_sysctls; p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

/* Can what this word does to the namespace be undone here? */
static bool is_undone(const struct ft_word *word)
{
	switch (word->op) {
	case FT_OP_ADDR:
	case FT_OP_LINK:
	case FT_OP_FASTOPEN:
		return false;
	case FT_OP_SYSCTL: /* with IPv6 go the addresses */
		return find_pinned(word->text) && !strstr(word->text, "disable_ipv6");
	case FT_OP_SET:
		return !strstr(ft_options[word->options[0]].name, "fastopen");
	case FT_OP_SOCKOPT:
		return false;
	default:
		return true;
	}
}

static bool leaves_nothing(const struct ft_case *c)
{
	if (c->needs & FT_NEED_ETH)
		return false;
	for (size_t i = 0; i < c->n_steps; i++)
		for (size_t w = 0; w < c->steps[i]->n_words; w++)
			if (!is_undone(&c->steps[i]->words[w]))
				return false;
	return true;
}

static bool restore_sysctls(const struct ft_case *c)
{
	for (size_t i = 0; i < c->n_steps; i++)
		for (size_t w = 0; w < c->steps[i]->n_words; w++) {
			const struct ft_word *word = &c->steps[i]->words[w];

			if (word->op == FT_OP_SYSCTL &&
			    ft_sysctl_put(word->text, find_pinned(word->text)->value, NULL) < 0)
				return false;
		}
	return true;
}

/* proc_pid_net(5): how many the line "WHAT: inuse N" of this namespace's file says; 1 where it says
 * nothing. */
static unsigned count_in(const char *text, const char *what)
{
	const char *line = strstr(text, what);
	unsigned n;

	return line && sscanf(line + strlen(what), " %u", &n) == 1 ? n : 1;
}

static bool read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

/* No TCP socket is left, and no TIME_WAIT; a UDP socket goes with its descriptor. */
static bool is_empty(void)
{
	char text[1024];

	if (!read_file("/proc/thread-self/net/sockstat", text, sizeof(text)) ||
	    count_in(text, "TCP: inuse") || count_in(text, " tw"))
		return false;
	return read_file("/proc/thread-self/net/sockstat6", text, sizeof(text)) &&
	       count_in(text, "TCP6: inuse") == 0;
}

bool ft_spare_suits(const struct ft_engine *engine, const struct ft_run *run)
{
	return !engine->hooks.place_open && run->place->own &&
	       run->record.verdict != FT_VERDICT_BROKEN && leaves_nothing(&run->c);
}

void ft_spare_keep(struct ft_engine *engine, const struct ft_run *run)
{
	struct ft_err err = {0};

	if (engine->n_spares == FT_SPARES_MAX || run->place->spoilt ||
	    !ft_spare_suits(engine, run) || ft_engine_visit(engine, run->place, false, &err) < 0 ||
	    !restore_sysctls(&run->c) || (run->record.n_tuples && !is_empty()))
		return;
	engine->spares[engine->n_spares++] = run->place;
	run->place->retired = false;
}

struct ft_place *ft_spare_take(struct ft_engine *engine)
{
	return engine->n_spares ? engine->spares[--engine->n_spares] : NULL;
}

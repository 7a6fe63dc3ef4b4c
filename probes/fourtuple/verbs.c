/* SPDX-License-Identifier: MIT */
#include "fourtuple/verbs.h"

#include <stdio.h>
#include <string.h>

#include "case/nearest.h"
#include "fourtuple/plain.h"
#include "probe/probe.h"

const struct ft_verb ft_verbs[] = {
	{"run", "[PROBE|FILE.cases ...]", "measure; without arguments, everything", ft_verb_run},
	{"try", "CASE ...", "run a case and show calls, 4-tuples and packets", ft_verb_try},
	{"explore", "--random N | --all", "programs nobody wrote, against the model",
	 ft_verb_explore},
	{"explain", "CASE", "why each call ends so, and what would flip it", ft_verb_explain},
	{"list", "[PROBE|FILE.cases ...]", "what there is to run", ft_verb_list},
	{"repro", "CASE --as TARGET", "print a program that shows a case without fourtuple",
	 ft_verb_repro},
	{"doctor", "", "what can be measured here, and what would allow the rest", ft_verb_doctor},
	{"help", "[VERB]", "this text, or all options of a verb", ft_verb_help},
};
const size_t ft_n_verbs = sizeof(ft_verbs) / sizeof(*ft_verbs);

const struct ft_verb *ft_verb_find(const char *name)
{
	for (size_t i = 0; i < ft_n_verbs; i++)
		if (strcmp(ft_verbs[i].name, name) == 0)
			return &ft_verbs[i];
	return NULL;
}

int ft_verb_unknown(const char *name)
{
	struct ft_nearest nearest;

	ft_nearest_init(&nearest, name, strlen(name));
	for (size_t i = 0; i < ft_n_verbs; i++)
		ft_nearest_try(&nearest, ft_verbs[i].name);
	fputs("fourtuple: unknown verb '", stderr);
	ft_plain(name, 60, stderr);
	fprintf(stderr, "'%s\nverbs:", ft_nearest_hint(&nearest).text);
	for (size_t i = 0; i < ft_n_verbs; i++)
		fprintf(stderr, " %s", ft_verbs[i].name);
	fputs("; see: fourtuple help\n", stderr);
	return FT_EXIT_USAGE;
}

/* SPDX-License-Identifier: MIT */
/*
 * How is the driver used? The overview is one screen; all options of a verb are told by argp(3)
 * from the tables that parse them.
 */
#include <stdio.h>
#include <string.h>

#include "fourtuple/topics.h"
#include "fourtuple/verbs.h"
#include "probe/probe.h"

void ft_verb_overview(FILE *file)
{
	fputs("fourtuple asks the running Linux kernel which sockets may share an address, which\n"
	      "4-tuples come up and who receives, and proves each answer on the wire.\n\n"
	      "Usage: fourtuple VERB [OPTION ...] [ARGUMENT ...]\n\n",
	      file);
	for (size_t i = 0; i < ft_n_verbs; i++) {
		char usage[64];

		snprintf(usage, sizeof(usage), "%s %s", ft_verbs[i].name, ft_verbs[i].arguments);
		fprintf(file, "  %-28s %s\n", usage, ft_verbs[i].summary);
	}
	fputs("\nOptions of run, try and explain:\n"
	      "  -o FILE         the JSON report of run (default report.json; - is stdout)\n"
	      "  --pcap FILE     keep the packets in FILE (run: default beside the report)\n"
	      "  --no-capture    record no packets\n"
	      "  --profile NAME  predict what linux-6.7 (or another release) would do, or none\n"
	      "  -w, --workers N, -r, --repeat N, -m, --match PATTERN, --here, --json, --quiet\n"
	      "\nExamples:\n"
	      "  fourtuple run bind dial -o report.json\n"
	      "  fourtuple try 'a tcp4 reuseaddr bind lo:p listen; b tcp4 reuseaddr bind lo:p'\n"
	      "  fourtuple explain 'a tcp4 bind lo:p; b tcp4 bind any:p'\n"
	      "  fourtuple try 'a {tcp4,tcp6} {,reuseport} bind lo:p; b {1} bind {lo,any}:p'\n"
	      "  fourtuple repro 'a tcp4 bind lo:p; b tcp4 bind any:p' --as c >repro.c\n"
	      "\nWhat the model knows: fourtuple help rules, fourtuple help toggles\n"
	      "\nExit codes: 0 all as expected, 1 something differs, 2 usage, 3 could not measure\n"
	      "here, 4 broken, 130 and 143 on a signal, with the report of what was measured.\n",
	      file);
}

static int verb_help(const struct ft_verb *verb)
{
	char name[64], option[] = "--help";
	char *argv[] = {name, option, NULL};

	snprintf(name, sizeof(name), "fourtuple %s", verb->name);
	return verb->run(2, argv);
}

int ft_verb_help(int argc, char **argv)
{
	const struct ft_verb *verb;

	if (argc < 2 || argv[1][0] == '-') {
		ft_verb_overview(stdout);
		return FT_EXIT_OK;
	}
	if (ft_topic_print(argv[1], stdout))
		return FT_EXIT_OK;
	verb = ft_verb_find(argv[1]);
	if (!verb)
		return ft_verb_unknown(argv[1]);
	/* help's own help is the overview */
	return verb->run == ft_verb_help ? ft_verb_help(1, argv) : verb_help(verb);
}

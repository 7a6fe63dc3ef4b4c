/* SPDX-License-Identifier: MIT */
/*
 * Which verb is meant? Everything else is the verb's.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "fourtuple/verbs.h"
#include "probe/probe.h"
#include "probe/session.h"

/* argp(3) and the parsers repeat what they refuse. Neither a case nor a file that somebody wants
 * has control bytes in its text, and a terminal obeys them: so they come no further than here. */
static bool arguments_are_text(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		for (const unsigned char *at = (unsigned char *)argv[i]; *at; at++) {
			if ((*at >= ' ' && *at != 0x7f) || *at == '\n' || *at == '\t')
				continue;
			fprintf(stderr,
				"fourtuple: argument %d, byte %zu: the control byte 0x%02x has no "
				"place in a case or a name; see: fourtuple help\n",
				i, (size_t)(at - (unsigned char *)argv[i]) + 1, *at);
			return false;
		}
	}
	return true;
}

/* A reader that went away (`| head`) is no fault of ours; a full disk is. */
static int close_stdout(int code)
{
	int error;

	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	error = errno;
	if (error == EPIPE)
		return code;
	fprintf(stderr, "fourtuple: write to standard output: %s\n",
		error ? strerror(error) : "failed");
	return FT_EXIT_BROKEN;
}

static int dispatch(int argc, char **argv)
{
	static char name[] = "fourtuple", whole[64];
	const struct ft_verb *verb;

	if (argc < 2) {
		char *alone[] = {name, NULL};

		return ft_verb_run(1, alone);
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-?") == 0 ||
	    strcmp(argv[1], "-h") == 0) {
		ft_verb_overview(stdout);
		return FT_EXIT_OK;
	}
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		printf("fourtuple %s\n", FT_VERSION);
		return FT_EXIT_OK;
	}
	verb = ft_verb_find(argv[1]);
	if (!verb)
		return ft_verb_unknown(argv[1]);
	snprintf(whole, sizeof(whole), "%s %s", name, verb->name);
	argv[1] = whole;
	return verb->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	ft_session_set_up();
	if (!arguments_are_text(argc, argv))
		return FT_EXIT_USAGE;
	return close_stdout(dispatch(argc, argv));
}

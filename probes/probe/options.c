/* SPDX-License-Identifier: MIT */
/*
 * Which options say how a job is run? One parser for probe programs, `run` and `try`.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe/probe.h"
#include "probe/session.h"
#include "probe/setting.h"

enum {
	OPT_PCAP = 256,
	OPT_NO_CAPTURE,
	OPT_HERE,
	OPT_JSON,
	OPT_RECORDS,
	OPT_FDS,
	OPT_QUIET,
	OPT_PROFILE,
	OPT_QUICK,
	OPT_FULL
};

static const struct argp_option options[] = {
	{"output", 'o', "FILE", 0, "write the JSON report to FILE (- is stdout)", 1},
	{"pcap", OPT_PCAP, "FILE", 0, "keep the packets in FILE", 1},
	{"no-capture", OPT_NO_CAPTURE, NULL, 0, "record no packets", 1},
	{"workers", 'w', "N", 0, "N worker processes (default: one per CPU)", 1},
	{"quick", OPT_QUICK, NULL, 0, "only the cases that carry most: each shows a rule anew", 1},
	{"full", OPT_FULL, NULL, 0, "everything: larger products, thousands of sockets, long waits",
	 1},
	{"repeat", 'r', "N", 0, "run each case N times and compare the outcomes", 1},
	{"match", 'm', "PATTERN", 0,
	 "only cases whose text contains PATTERN (or matches it as a "
	 "whole, if it has * or ?)",
	 1},
	{"here", OPT_HERE, NULL, 0, "use the present network namespace: loopback only", 1},
	{"profile", OPT_PROFILE, "NAME", 0,
	 "predict what linux-6.7 (any release, with +CHANGE or -CHANGE) would do; none: predict "
	 "nothing (default: the running release)",
	 1},
	{"json", OPT_JSON, NULL, 0, "print JSON on stdout", 1},
	{"quiet", OPT_QUIET, NULL, 0, "no progress, no summary", 1},
	{"records", OPT_RECORDS, NULL, OPTION_HIDDEN, NULL, 2},
	{"savefile-fds", OPT_FDS, "FILE,COUNT", OPTION_HIDDEN, NULL, 2},
	{0},
};

static unsigned long number(struct argp_state *state, const char *text, const char *what,
			    unsigned long max)
{
	char *end;
	unsigned long n;

	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno || end == text || *end || text[0] == '-' || n == 0 || n > max)
		argp_error(state, "%s: '%s' is not a number from 1 to %lu", what, text, max);
	return n;
}

static void take_fds(struct argp_state *state, struct ft_session *session, const char *text)
{
	char tail;

	if (sscanf(text, "%d,%d%c", &session->savefile_fd, &session->count_fd, &tail) != 2 ||
	    session->count_fd < 0)
		argp_error(state, "--savefile-fds: '%s' is not FILE,COUNT", text);
}

static void take_profile(struct argp_state *state, struct ft_session *session, const char *text)
{
	struct ft_err err = {0};

	if (ft_setting_take(session, text, &err) < 0)
		argp_error(state, "--profile: %s", err.text);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct ft_session *session = state->input;

	switch (key) {
	case 'o':
		session->report = arg;
		return 0;
	case OPT_PCAP:
		session->pcap = arg;
		return 0;
	case OPT_NO_CAPTURE:
		session->no_capture = true;
		return 0;
	case 'w':
		session->workers = (unsigned)number(state, arg, "--workers", 48);
		return 0;
	case 'r':
		session->repeat = (uint32_t)number(state, arg, "--repeat", 1000000);
		return 0;
	case 'm':
		session->match = arg;
		return 0;
	case OPT_QUICK:
		session->extent = FT_EXTENT_QUICK;
		return 0;
	case OPT_FULL:
		session->extent = FT_EXTENT_FULL;
		return 0;
	case OPT_HERE:
		session->here = true;
		return 0;
	case OPT_PROFILE:
		take_profile(state, session, arg);
		return 0;
	case OPT_JSON:
		session->json = true;
		return 0;
	case OPT_QUIET:
		session->quiet = true;
		return 0;
	case OPT_RECORDS:
		session->records = true;
		return 0;
	case OPT_FDS:
		take_fds(state, session, arg);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp ft_session_argp = {.options = options, .parser = parse};

void ft_session_init(struct ft_session *session)
{
	*session = (struct ft_session){.repeat = 1, .savefile_fd = -1, .count_fd = -1};
	ft_setting_default(session);
}

static void print_version(FILE *file, struct argp_state *state)
{
	(void)state;
	fprintf(file, "fourtuple %s\n", FT_VERSION);
}

void ft_session_set_up(void)
{
	argp_err_exit_status = FT_EXIT_USAGE;
	argp_program_version_hook = print_version;
}

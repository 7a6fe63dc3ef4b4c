/* SPDX-License-Identifier: MIT */
/*
 * Under which conditions was a report made? Its head and its tail.
 *
 * The sysctls are read back inside of a sandbox like the workers', not copied from the table that
 * sets them: a kernel may lack some, or refuse a value.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/sandbox.h"
#include "probe/session.h"
#include "probe/setting.h"

enum { LINE_MAX_BYTES = 512 };

/* In the child: the pinned sysctls as the namespace has them, a line each. */
static int write_sysctls(int fd)
{
	struct ft_sandbox sandbox = {0};
	struct ft_err err = {0};
	struct ft_netns ns;
	enum ft_stage stage;
	struct ft_text value;

	if (ft_sandbox_enter(&sandbox, &stage, &err) < 0 ||
	    ft_netns_new(&sandbox, false, &ns, &err) < 0)
		return 1;
	ft_text_init(&value, LINE_MAX_BYTES);
	for (const struct ft_pinned *p = ft_pinned_sysctls; p->name; p++) {
		struct ft_err missing = {0};

		ft_text_clear(&value);
		if (ft_sysctl_read(p->name, &value, &missing) == 0)
			dprintf(fd, "%s=%s\n", p->name, ft_text_get(&value));
	}
	ft_text_fini(&value);
	ft_netns_close(&ns);
	return 0;
}

static void read_sysctls(int fd, json_t *sysctls)
{
	char line[LINE_MAX_BYTES];
	FILE *file = fdopen(fd, "r");

	if (!file) {
		close(fd);
		return;
	}
	while (fgets(line, sizeof(line), file)) {
		char *value = strchr(line, '=');

		line[strcspn(line, "\n")] = '\0';
		if (!value)
			continue;
		*value++ = '\0';
		json_object_set_new(sysctls, line, json_string(value));
	}
	fclose(file);
}

static json_t *sysctls_json(void)
{
	json_t *sysctls = json_object();
	int ends[2];
	pid_t child;

	if (!sysctls || pipe(ends) < 0)
		return sysctls;
	fflush(NULL);
	child = fork();
	if (child == 0) {
		close(ends[0]);
		json_decref(sysctls);
		exit(write_sysctls(ends[1]));
	}
	close(ends[1]);
	read_sysctls(ends[0], sysctls);
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return sysctls;
}

static json_t *kernel_json(void)
{
	struct utsname name;

	if (uname(&name) < 0)
		return json_null();
	return json_pack("{s:s,s:s,s:s,s:s}", "name", name.sysname, "release", name.release,
			 "version", name.version, "machine", name.machine);
}

static json_t *time_json(void)
{
	time_t now = time(NULL);
	struct tm tm;
	char text[32];

	if (!gmtime_r(&now, &tm) || !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return json_null();
	return json_string(text);
}

json_t *ft_session_head(const struct ft_session *session)
{
	return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:s,s:b,s:i,s:s?,s:I}", "tool",
			 "fourtuple " FT_VERSION, "time", time_json(), "kernel", kernel_json(),
			 "profile", ft_setting_profile_json(session), "toggles",
			 ft_setting_toggles_json(session), "sysctls",
			 session->here ? json_object() : sysctls_json(), "namespaces",
			 session->here ? "present" : "user+network", "capture",
			 !session->no_capture, "uid", (int)geteuid(), "pcap", session->pcap,
			 "repeat", (json_int_t)session->repeat);
}

static json_t *capture_json(const struct ft_outcome *outcome)
{
	const struct ft_capture_count *c = &outcome->capture;

	return json_pack("{s:I,s:I,s:I,s:I,s:b}", "expected", (json_int_t)c->expected, "seen",
			 (json_int_t)c->seen, "dropped", (json_int_t)c->dropped, "undecoded",
			 (json_int_t)c->undecoded, "complete",
			 c->seen == c->expected && c->dropped == 0 && !outcome->uncaptured);
}

static json_t *limits_json(const struct ft_outcome *outcome)
{
	json_t *limits = json_array();

	for (size_t i = 0; limits && i < outcome->n_notes; i++)
		json_array_append_new(limits, json_string(outcome->notes[i]));
	return limits;
}

json_t *ft_session_tail(const struct ft_outcome *outcome)
{
	return json_pack("{s:o,s:o,s:b,s:b,s:o,s:I,s:f,s:i}", "counts",
			 ft_counts_json(&outcome->counts), "capture", capture_json(outcome),
			 "uncaptured", outcome->uncaptured, "unmeasurable", outcome->unmeasurable,
			 "limits", limits_json(outcome), "deaths", (json_int_t)outcome->deaths,
			 "elapsed_s", (double)outcome->elapsed_ns / 1e9, "signal", outcome->signal);
}

/* SPDX-License-Identifier: MIT */
#include "probe/setting.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/tick.h"
#include "engine/sandbox.h"

enum { VALUE_MAX = 4096 };

/* Those of the pinned sysctls that decide what the model says, apart from limits that no case of a
 * few sockets reaches. In a sandbox they are as pinned. */
static const char *const deciding[] = {
	"ip_local_port_range", "ip_local_reserved_ports", "ip_unprivileged_port_start",
	"ip_autobind_reuse",   "ip_nonlocal_bind",        "ipv6.ip_nonlocal_bind",
	"ipv6.bindv6only",     "tcp_abort_on_overflow",   "tcp_migrate_req",
	"tcp_tw_reuse",        "tcp_tw_reuse_delay",      "tcp_timestamps",
};

int ft_setting_take(struct ft_session *session, const char *text, struct ft_err *err)
{
	session->unpredicted = strcmp(text, "none") == 0;
	session->profile = text;
	return session->unpredicted ? 0
				    : ft_profile_parse(text, &session->kernels.asked.profile, err);
}

void ft_setting_default(struct ft_session *session)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct utsname name;

	session->kernels.running = ft_profile_release(UINT16_MAX, 0);
	if (uname(&name) == 0 && ft_release_parse(name.release, &session->major, &session->minor))
		session->kernels.running = ft_profile_release(session->major, session->minor);
	session->kernels.asked = (struct ft_setting){
		.profile = session->kernels.running,
		.cpus = cpus > 0 ? (unsigned)cpus : 1,
		.hz = ft_tick_hz(),
		.privileged = true,
	};
}

static bool is_deciding(const char *name)
{
	for (size_t i = 0; i < sizeof(deciding) / sizeof(*deciding); i++)
		if (strcmp(deciding[i], name) == 0)
			return true;
	return false;
}

/* The first pinned sysctl that has another value in the present namespace; NULL: none. One that the
 * kernel lacks decides nothing. */
static const struct ft_pinned *other_value(struct ft_text *value)
{
	for (const struct ft_pinned *p = ft_pinned_sysctls; p->name; p++) {
		if (!is_deciding(p->name))
			continue;
		ft_text_clear(value);
		if (ft_sysctl_read(p->name, value, NULL) < 0)
			continue;
		for (size_t i = 0; i < value->len; i++)
			if (value->bytes[i] == '\t')
				value->bytes[i] = ' ';
		if (strcmp(ft_text_get(value), p->value) != 0)
			return p;
	}
	return NULL;
}

void ft_session_foresee(const struct ft_session *session, struct ft_foresight *space,
			struct ft_pool_options *options)
{
	const struct ft_pinned *other;
	struct ft_text value;

	if (session->unpredicted)
		return;
	space->kernels = session->kernels;
	options->kernels = &space->kernels;
	if (!session->here)
		return;
	/* Outside of a user namespace of our own we have the caller's capabilities. */
	space->kernels.asked.privileged = space->kernels.asked.capable = geteuid() == 0;
	ft_text_init(&value, VALUE_MAX);
	other = other_value(&value);
	if (other) {
		snprintf(space->note, sizeof(space->note),
			 "nothing is predicted: sysctl %s is '%s' here, and the model knows '%s'",
			 other->name, ft_text_get(&value), other->value);
		options->kernels = NULL;
		options->note = space->note;
	}
	ft_text_fini(&value);
}

json_t *ft_setting_profile_json(const struct ft_session *session)
{
	char name[32];

	if (session->unpredicted)
		return json_null();
	if (session->profile)
		return json_string(session->profile);
	if (!session->major)
		return json_string("newest");
	snprintf(name, sizeof(name), "linux-%u.%u", session->major, session->minor);
	return json_string(name);
}

json_t *ft_setting_toggles_json(const struct ft_session *session)
{
	json_t *names = json_array();

	for (unsigned i = 0; names && !session->unpredicted && i < FT_TOGGLE_COUNT; i++)
		if (ft_profile_has(&session->kernels.asked.profile, (enum ft_toggle)i))
			json_array_append_new(names, json_string(ft_toggles[i].name));
	return names;
}

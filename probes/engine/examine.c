/* SPDX-License-Identifier: MIT */
/*
 * How far would a sandbox reach on this machine? Every stage is tried in a child, which has one
 * thread and whose namespaces end with it.
 */
#include <errno.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/evidence.h"
#include "engine/netns.h"
#include "engine/sandbox.h"

struct findings {
	int results[FT_STAGE_COUNT];
	struct ft_sandbox sandbox;
};

static int try_packet_socket(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

/* The stages inside a network namespace do not depend on each other. */
static void try_inside(struct findings *findings)
{
	struct ft_netns ns;

	findings->results[FT_STAGE_LOOPBACK] = ft_layout_loopback(NULL);
	findings->results[FT_STAGE_PACKET_SOCKET] = try_packet_socket();
	findings->results[FT_STAGE_SYSCTL] =
		ft_sysctl_put("ip_unprivileged_port_start", "1024", NULL);
	findings->results[FT_STAGE_VETH] = ft_netns_new(&findings->sandbox, true, &ns, NULL);
}

static void try_all(struct findings *findings)
{
	enum ft_stage failed;
	int code = ft_sandbox_enter(&findings->sandbox, &failed, NULL);

	for (int i = 0; i < FT_STAGE_COUNT; i++)
		findings->results[i] = !code || i < (int)failed ? 0 : -ECANCELED;
	if (code)
		findings->results[failed] = code;
	else
		try_inside(findings);
}

/* Fills findings in a child. */
static int try_in_child(struct findings *ret, struct ft_err *err)
{
	int link[2];
	ssize_t len;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link) < 0)
		return ft_err_errno(err, -errno, "examine the sandbox: socketpair");
	child = fork();
	if (child == 0) {
		struct findings findings = {.sandbox.here = false};

		try_all(&findings);
		_exit(send(link[1], &findings, sizeof(findings), MSG_NOSIGNAL) < 0);
	}
	close(link[1]);
	if (child < 0) {
		int code = ft_err_errno(err, -errno, "examine the sandbox: fork");

		close(link[0]);
		return code;
	}
	do {
		len = recv(link[0], ret, sizeof(*ret), 0);
	} while (len < 0 && errno == EINTR);
	close(link[0]);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	if (len != (ssize_t)sizeof(*ret))
		return ft_err_set(err, -ECHILD, "examine the sandbox: the child ended early");
	return 0;
}

int ft_sandbox_examine(int results[FT_STAGE_COUNT], struct ft_sandbox *ret_sandbox,
		       struct ft_text *explanation, struct ft_err *err)
{
	struct ft_evidence evidence;
	struct findings findings;
	int code;

	ft_evidence_gather(&evidence);
	code = try_in_child(&findings, err);
	if (code)
		return code;
	for (enum ft_stage i = 0; i < FT_STAGE_COUNT; i++) {
		int result = findings.results[i];
		const char *name = ft_errno_name(-result);

		results[i] = result;
		if (result == 0 || result == -ECANCELED)
			continue;
		if (explanation->len)
			ft_text_char(explanation, '\n');
		ft_text_printf(explanation, "%s: %s: ", ft_stage_names[i],
			       name ? name : "unknown error");
		ft_evidence_explain(&evidence, i, result, explanation);
		ft_text_char(explanation, '\n');
	}
	*ret_sandbox = findings.sandbox;
	return 0;
}

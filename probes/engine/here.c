/* SPDX-License-Identifier: MIT */
/*
 * Which ports are free where the namespace is not ours? (--here)
 *
 * In the present namespace others have sockets too. A port is taken for a case only if nobody holds
 * it on any address, TCP or UDP: asked with plain sockets on the dual-stack wildcard, which
 * conflicts with everything. A race with others remains, as everywhere outside of the sandbox.
 */
#include <errno.h>
#include <unistd.h>

#include "engine/run.h"

static bool is_free_for(int type, uint16_t port)
{
	const struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	const struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);
	bool has_v6 = fd >= 0, taken;

	if (!has_v6)
		fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	taken = bind(fd, has_v6 ? (const struct sockaddr *)&v6 : (const struct sockaddr *)&v4,
		     has_v6 ? sizeof(v6) : sizeof(v4)) < 0;
	close(fd);
	return !taken;
}

uint16_t ft_here_ports(uint16_t from, uint16_t last, size_t n)
{
	size_t run = 0;

	for (uint32_t port = from; port <= last; port++) {
		if (run == n)
			return (uint16_t)(port - n);
		if (is_free_for(SOCK_STREAM, (uint16_t)port) &&
		    is_free_for(SOCK_DGRAM, (uint16_t)port))
			run++;
		else
			run = 0;
	}
	return 0;
}

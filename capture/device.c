/* SPDX-License-Identifier: MIT */
/*
 * How many packets has a device counted itself?
 *
 * /proc/net is a link to /proc/self/net, which shows the namespace of the process's first thread;
 * /proc/thread-self/net shows that of the thread that reads. Under /sys the devices of the
 * namespace that mounted it are seen instead.
 */
#include "capture/device.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char PATH[] = "/proc/thread-self/net/dev";

/* "  lo: 1 2 ...": the counters behind the name, NULL if it is another device's line. */
static const char *counters_of(const char *line, const char *device)
{
	size_t len = strlen(device);

	line += strspn(line, " ");
	return strncmp(line, device, len) == 0 && line[len] == ':' ? line + len + 1 : NULL;
}

/* Received: bytes packets errs drop fifo frame compressed multicast; sent: bytes packets. */
static int parse(const char *counters, uint64_t *ret_received, uint64_t *ret_sent)
{
	return sscanf(counters, "%*u %" SCNu64 " %*u %*u %*u %*u %*u %*u %*u %" SCNu64,
		      ret_received, ret_sent) == 2
		       ? 0
		       : -EPROTO;
}

int ft_device_packets(const char *device, bool loopback, uint64_t *ret, struct ft_err *err)
{
	FILE *stream = fopen(PATH, "re");
	uint64_t received, sent;
	const char *counters;
	int rc = -ENODEV;
	char line[512];

	if (!stream)
		return ft_err_errno(err, -errno, "open %s", PATH);
	while (rc == -ENODEV && fgets(line, sizeof(line), stream)) {
		counters = counters_of(line, device);
		if (counters)
			rc = parse(counters, &received, &sent);
	}
	fclose(stream);
	if (rc < 0)
		return ft_err_errno(err, rc, "find the counters of device %s in %s", device, PATH);
	*ret = loopback ? received : received + sent;
	return 0;
}

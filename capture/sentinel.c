/* SPDX-License-Identifier: MIT */
/*
 * Which frame proves that everything before it was captured?
 */
#include "capture/sentinel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ETHERTYPE_AT = 12, MAGIC_AT = 14, OWNER_AT = 22, COUNTER_AT = 30, FRAME_LEN = 38 };

static const uint8_t ETHERTYPE[2] = {0x88, 0xb5};
static const uint8_t MAGIC[8] = {'4', 't', 'u', 'p', 'l', 'e', '!', '\n'};

int ft_sentinel_open(const char *device, struct ft_err *err)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET};
	int fd, rc;

	address.sll_ifindex = (int)if_nametoindex(device);
	if (address.sll_ifindex == 0)
		return ft_err_errno(err, -errno, "find device %s", device);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return ft_err_errno(err, -errno, "open a packet socket for device %s", device);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		rc = -errno;
		close(fd);
		return ft_err_errno(err, rc, "bind a packet socket to device %s", device);
	}
	return fd;
}

/* Both addresses are zero: lo's own, and nobody's on another device, so that the peer's stack drops
 * the frame as somebody else's. The numbers only come back to this host: no byte order. */
int ft_sentinel_send(int fd, uint64_t owner, uint64_t counter, struct ft_err *err)
{
	uint8_t frame[FRAME_LEN] = {0};

	memcpy(frame + ETHERTYPE_AT, ETHERTYPE, sizeof(ETHERTYPE));
	memcpy(frame + MAGIC_AT, MAGIC, sizeof(MAGIC));
	memcpy(frame + OWNER_AT, &owner, sizeof(owner));
	memcpy(frame + COUNTER_AT, &counter, sizeof(counter));
	if (send(fd, frame, sizeof(frame), 0) < 0)
		return ft_err_errno(err, -errno, "send a sentinel frame");
	return 0;
}

bool ft_sentinel_parse(const uint8_t *bytes, size_t len, uint64_t *ret_owner, uint64_t *ret_counter)
{
	if (len < FRAME_LEN || memcmp(bytes + ETHERTYPE_AT, ETHERTYPE, sizeof(ETHERTYPE)) != 0 ||
	    memcmp(bytes + MAGIC_AT, MAGIC, sizeof(MAGIC)) != 0)
		return false;
	memcpy(ret_owner, bytes + OWNER_AT, sizeof(*ret_owner));
	memcpy(ret_counter, bytes + COUNTER_AT, sizeof(*ret_counter));
	return true;
}

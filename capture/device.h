/* SPDX-License-Identifier: MIT */
/*
 * How many packets has a device counted itself?
 */
#ifndef FT_CAPTURE_DEVICE_H
#define FT_CAPTURE_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* Packets received and sent by device in the calling thread's network namespace; a loopback device
 * receives what it sends, so only received ones are counted there. 0 or a negative errno. */
int ft_device_packets(const char *device, bool loopback, uint64_t *ret, struct ft_err *err);

#endif

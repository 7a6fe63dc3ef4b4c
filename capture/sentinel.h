/* SPDX-License-Identifier: MIT */
/*
 * Which frame proves that everything before it was captured?
 *
 * A frame of ours with the ethertype for local experiments (IEEE 802, 88-B5), a magic, its sender's
 * number and a counter. No protocol handler takes it, so it changes nothing that is measured.
 */
#ifndef FT_CAPTURE_SENTINEL_H
#define FT_CAPTURE_SENTINEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* A packet socket that receives nothing and sends to device, in the present network namespace;
 * the descriptor is the caller's. A capture does not see what its own socket sends, therefore one
 * apart. Negative errno on failure. */
int ft_sentinel_open(const char *device, struct ft_err *err);

/* Sends the frame. 0 or a negative errno. */
int ft_sentinel_send(int fd, uint64_t owner, uint64_t counter, struct ft_err *err);

/* Is this frame a sentinel, of whomever? */
bool ft_sentinel_parse(const uint8_t *bytes, size_t len, uint64_t *ret_owner,
		       uint64_t *ret_counter);

#endif

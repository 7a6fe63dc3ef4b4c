/* SPDX-License-Identifier: MIT */
/*
 * Which packets does a savefile hold? For showing them; nothing in it is believed.
 */
#ifndef FT_CAPTURE_READBACK_H
#define FT_CAPTURE_READBACK_H

#include "base/err.h"
#include "capture/packet.h"

/* One packet of a savefile: number counts from 1, as in a record; packet is NULL unless decoded is
 * FT_DECODED_OK. A non-zero value ends the reading and is returned. */
typedef int ft_savefile_each(void *arg, uint64_t number, uint64_t ts_ns, enum ft_decoded decoded,
			     const struct ft_packet *packet);

/* Reads path from its beginning. 0, what each() returned, -ENOENT and the like where it cannot be
 * opened, -EINVAL with libpcap's words where it is no savefile or is cut (each() has had the
 * packets before). */
int ft_savefile_read(const char *path, ft_savefile_each *each, void *arg, struct ft_err *err);

#endif

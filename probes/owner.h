/* SPDX-License-Identifier: MIT */
/* By which programs does the probe `owner` ask? */
#ifndef FT_PROBES_OWNER_H
#define FT_PROBES_OWNER_H

/* Cases and matrices, each list ended by NULL, of `run` and of `run --full`. */
extern const char *const ft_owner_matrices[];
extern const char *const ft_owner_full[];

#endif

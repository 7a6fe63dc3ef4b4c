/* SPDX-License-Identifier: MIT */
/*
 * How often does the running kernel's clock tick?
 */
#ifndef FT_BASE_TICK_H
#define FT_BASE_TICK_H

/* CONFIG_HZ, in which the kernel counts time-outs; 0 where it is not told. sysconf(_SC_CLK_TCK) is
 * another number, the same everywhere. */
unsigned ft_tick_hz(void);

#endif

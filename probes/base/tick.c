/* SPDX-License-Identifier: MIT */
/*
 * How often does the running kernel's clock tick?
 *
 * The coarse clocks go on by one tick at a time, and say so (clock_getres(2)).
 */
#include "base/tick.h"

#include <time.h>

unsigned ft_tick_hz(void)
{
	struct timespec tick;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) < 0 || tick.tv_sec || tick.tv_nsec <= 0)
		return 0;
	return (unsigned)(1000000000 / tick.tv_nsec);
}

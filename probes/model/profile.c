/* SPDX-License-Identifier: MIT */
/* Not written yet. */
#include "model/profile.h"

struct ft_profile ft_profile_release(unsigned major, unsigned minor)
{
	(void)major;
	(void)minor;
	return (struct ft_profile){.toggles = (UINT32_C(1) << FT_TOGGLE_COUNT) - 1};
}

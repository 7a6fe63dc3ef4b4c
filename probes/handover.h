/* SPDX-License-Identifier: MIT */
/* Which cases does fourtuple-handover run? */
#ifndef FT_HANDOVER_H
#define FT_HANDOVER_H

extern const char *const ft_handover_matrices[]; /* ended by NULL, as of struct ft_probe */
extern const char *const ft_handover_full[];

#endif

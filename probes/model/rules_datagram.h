/* SPDX-License-Identifier: MIT */
/* Which rules decide in datagram.c? See rules.h. */
#ifndef FT_MODEL_RULES_DATAGRAM_H
#define FT_MODEL_RULES_DATAGRAM_H

#define FT_RULES_DATAGRAM(X)

#endif

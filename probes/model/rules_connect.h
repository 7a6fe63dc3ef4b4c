/* SPDX-License-Identifier: MIT */
/* Which rules decide in connect.c? See rules.h. */
#ifndef FT_MODEL_RULES_CONNECT_H
#define FT_MODEL_RULES_CONNECT_H

#define FT_RULES_CONNECT(X)

#endif

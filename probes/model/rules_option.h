/* SPDX-License-Identifier: MIT */
/* Which rules decide in option.c? See rules.h. */
#ifndef FT_MODEL_RULES_OPTION_H
#define FT_MODEL_RULES_OPTION_H

#define FT_RULES_OPTION(X)

#endif

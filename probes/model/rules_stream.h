/* SPDX-License-Identifier: MIT */
/* Which rules decide in stream.c? See rules.h. */
#ifndef FT_MODEL_RULES_STREAM_H
#define FT_MODEL_RULES_STREAM_H

#define FT_RULES_STREAM(X)

#endif

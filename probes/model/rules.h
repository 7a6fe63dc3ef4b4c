/* SPDX-License-Identifier: MIT */
/*
 * Which rules does the kernel follow? One table: ID, sentence, source.
 *
 * The model asks ft_on() before it applies a rule, so that a test can leave each one out and see
 * that somebody notices. `explain`, the documentation and the reports read the same rows. A rule is
 * one condition that can decide a call alone; what merely follows from others is none.
 */
#ifndef FT_MODEL_RULES_H
#define FT_MODEL_RULES_H

#include "model/rules_bind.h"
#include "model/rules_connect.h"
#include "model/rules_datagram.h"
#include "model/rules_group.h"
#include "model/rules_option.h"
#include "model/rules_stream.h"

/* X(CONSTANT, "id", "sentence", "source") */
#define FT_RULES(X)          \
	FT_RULES_BIND(X)     \
	FT_RULES_CONNECT(X)  \
	FT_RULES_STREAM(X)   \
	FT_RULES_GROUP(X)    \
	FT_RULES_DATAGRAM(X) \
	FT_RULES_OPTION(X)

#define FT_RULE_ENUM(constant, id, sentence, source) FT_RULE_##constant,
enum ft_rule { FT_RULE_NONE, FT_RULES(FT_RULE_ENUM) FT_RULE_COUNT };
#undef FT_RULE_ENUM

struct ft_rule_row {
	const char *id;       /* "tcp.pair.reuseaddr" */
	const char *sentence; /* what holds, in English */
	const char *source;   /* kernel function, commit, man page, RFC */
};
extern const struct ft_rule_row ft_rules[FT_RULE_COUNT]; /* [FT_RULE_NONE] is all "" */

#endif

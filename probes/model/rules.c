/* SPDX-License-Identifier: MIT */
/* Which sentence and which source has each rule? See rules.h. */
#include "model/rules.h"

#define FT_RULE_ROW(constant, id, sentence, source) [FT_RULE_##constant] = {id, sentence, source},
const struct ft_rule_row ft_rules[FT_RULE_COUNT] = {[FT_RULE_NONE] = {"", "", ""},
						    FT_RULES(FT_RULE_ROW)};
#undef FT_RULE_ROW

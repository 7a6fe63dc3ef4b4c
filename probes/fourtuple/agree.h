/* SPDX-License-Identifier: MIT */
/*
 * Did the kernel do one of the things that the model allows?
 */
#ifndef FT_FOURTUPLE_AGREE_H
#define FT_FOURTUPLE_AGREE_H

#include "model/model.h"
#include "reports/record.h"

enum ft_agreement {
	FT_AGREES,
	FT_DISAGREES,
	FT_BEYOND,    /* the model has no word on the case */
	FT_UNDECIDED, /* there are more choices than were tried */
};

struct ft_agree {
	struct ft_model *model;
	struct ft_prediction prediction; /* of the last try */
	uint64_t tries;
};

/* 0 or -ENOMEM. */
int ft_agree_init(struct ft_agree *agree);
void ft_agree_fini(struct ft_agree *agree);

/* Compares a record with all that the model allows, choice by choice, until one fits. What led
 * furthest is *ret_call: the first call that differs, an index into the prediction with the first
 * choices. A negative errno without memory. */
int ft_agree(struct ft_agree *agree, const struct ft_record *record,
	     const struct ft_setting *setting, size_t *ret_call);

/* The toggles of the profile that must be the other way for the record to fit, as few as possible
 * and at most two. Returns how many; 0: none or no such set. */
size_t ft_agree_explain(struct ft_agree *agree, const struct ft_record *record,
			const struct ft_setting *setting, enum ft_toggle ret[2]);

#endif

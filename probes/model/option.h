/* SPDX-License-Identifier: MIT */
/*
 * What do setsockopt(2) and getsockopt(2) do to a socket of the model? Private to probes/model.
 */
#ifndef FT_MODEL_OPTION_H
#define FT_MODEL_OPTION_H

#include "model/state.h"

/* No errno: the model has no word on this option. */
#define FT_OPTION_BEYOND INT32_MAX

/* What is passed: len bytes, of which those behind the array do not matter to any option. */
struct ft_option_value {
	uint32_t len;
	uint8_t bytes[64];
};

/* setsockopt(s, level, name, value): 0, a positive errno, or FT_OPTION_BEYOND. */
int32_t ft_option_set(struct ft_model *model, struct ft_socket *s, int level, int name,
		      const struct ft_option_value *value);
/* getsockopt(s, level, name): as a number the way a case writes it: a linger's seconds or -1, a
 * time in nanoseconds, a device's index. */
int32_t ft_option_get(struct ft_model *model, struct ft_socket *s, int level, int name,
		      int64_t *ret_value);

/* The index of a device by its name, 0 if there is none (option_set.c). */
uint8_t ft_device_find(const struct ft_model *model, const char *name);

#endif

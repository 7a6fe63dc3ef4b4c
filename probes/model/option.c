/* SPDX-License-Identifier: MIT */
/*
 * What do the words NAME, NAME=VALUE, NAME?, NAME|NAME and sockopt= pass to the kernel?
 *
 * The value is written into bytes as the engine does (probes/engine/exec_option.c), so that a
 * word and its sockopt= form meet the same rules; option_set.c and option_get.c have those.
 */
#include <errno.h>
#include <string.h>
#include <sys/time.h>

#include "case/constants.h"
#include "model/option.h"

static bool is_v6(const struct ft_model *model)
{
	return ft_families[model->sock->family].domain == AF_INET6;
}

/* Level and name of the word on this socket. The *numbers* of names are what '|' joins, under the
 * level of the last one. */
static void names_of(const struct ft_model *model, int *ret_level, int *ret_name)
{
	*ret_name = 0;
	for (unsigned i = 0; i < model->word->n_options; i++) {
		const struct ft_option *option = &ft_options[model->word->options[i]];
		bool v6 = is_v6(model) && option->v6_level;

		*ret_level = v6 ? option->v6_level : option->level;
		*ret_name |= v6 ? option->v6_optname : option->optname;
	}
}

/* ---- from the word to bytes ---- */

static int index_of(const struct ft_model *model, const char *name)
{
	return name && name[0] ? ft_device_find(model, name) : FT_DEV_NONE;
}

static void put(struct ft_option_value *value, const void *bytes, size_t len)
{
	memcpy(value->bytes, bytes, len);
	value->len = (uint32_t)len;
}

static void put_int(struct ft_option_value *value, int number)
{
	put(value, &number, sizeof(number));
}

static void put_membership(const struct ft_model *model, struct ft_option_value *value)
{
	const struct ft_word *word = model->word;
	bool literal = word->at.host >= FT_HOST_LITERAL4;
	int index = index_of(model, word->text);

	if (is_v6(model)) {
		struct ipv6_mreq v6 = {.ipv6mr_interface = (unsigned)index};

		memcpy(&v6.ipv6mr_multiaddr, literal ? word->at.bytes : ft_hosts[word->at.host].v6,
		       sizeof(v6.ipv6mr_multiaddr));
		put(value, &v6, sizeof(v6));
	} else {
		struct ip_mreqn v4 = {.imr_ifindex = index};

		memcpy(&v4.imr_multiaddr, literal ? word->at.bytes : ft_hosts[word->at.host].v4,
		       sizeof(v4.imr_multiaddr));
		put(value, &v4, sizeof(v4));
	}
}

static void put_interface(const struct ft_model *model, struct ft_option_value *value)
{
	struct ip_mreqn v4 = {.imr_ifindex = index_of(model, model->word->text)};

	if (is_v6(model))
		put_int(value, v4.imr_ifindex);
	else
		put(value, &v4, sizeof(v4));
}

static void put_time(struct ft_option_value *value, int64_t ns)
{
	struct timeval time = {.tv_sec = ns / 1000000000, .tv_usec = ns % 1000000000 / 1000};

	put(value, &time, sizeof(time));
}

static void put_linger(struct ft_option_value *value, int64_t seconds)
{
	struct linger linger = {
		.l_onoff = seconds >= 0,
		.l_linger = seconds >= 0 ? (int)seconds : 0,
	};

	put(value, &linger, sizeof(linger));
}

static void encode(const struct ft_model *model, struct ft_option_value *value)
{
	const struct ft_word *word = model->word;

	memset(value, 0, sizeof(*value));
	switch (ft_options[word->options[0]].value) {
	case FT_VALUE_DEVICE:
		put(value, word->text, strnlen(word->text, 15));
		return;
	case FT_VALUE_IFINDEX:
		put_int(value, index_of(model, word->text));
		return;
	case FT_VALUE_LINGER:
		put_linger(value, word->value);
		return;
	case FT_VALUE_MEMBERSHIP:
		put_membership(model, value);
		return;
	case FT_VALUE_INTERFACE:
		put_interface(model, value);
		return;
	case FT_VALUE_SECONDS:
		put_time(value, word->value);
		return;
	default:
		put_int(value, (int)word->value);
	}
}

/* ---- from what was read to the outcome ---- */

static const char *device_name(const struct ft_model *model, int64_t index)
{
	return index > 0 && index < model->n_devs ? model->devs[index] : "none";
}

static enum ft_pace say_read(struct ft_model *model, int64_t value)
{
	switch (ft_options[model->word->options[0]].value) {
	case FT_VALUE_DEVICE:
	case FT_VALUE_IFINDEX:
		return ft_say_text(model, device_name(model, value));
	case FT_VALUE_INTERFACE:
		if (is_v6(model))
			return ft_say_text(model, device_name(model, value));
		break;
	default:
		break;
	}
	return ft_say_value(model, value);
}

/* ---- the words ---- */

static enum ft_pace say_set(struct ft_model *model, int32_t error)
{
	return error == FT_OPTION_BEYOND ? ft_beyond(model, "the model does not know this option")
					 : ft_say_quiet(model, error);
}

enum ft_pace ft_model_set(struct ft_model *model)
{
	struct ft_option_value value;
	int level = 0, name = 0;

	names_of(model, &level, &name);
	encode(model, &value);
	return say_set(model, ft_option_set(model, model->sock, level, name, &value));
}

enum ft_pace ft_model_sockopt(struct ft_model *model)
{
	struct ft_option_value value = {.len = model->word->text_len};
	size_t len = value.len < sizeof(value.bytes) ? value.len : sizeof(value.bytes);

	memcpy(value.bytes, model->word->text, len);
	return say_set(model, ft_option_set(model, model->sock, (int)(model->word->value >> 32),
					    (int)(uint32_t)model->word->value, &value));
}

/* Names that were OR-ed are read as an int, which may be the first part of something longer. */
static int32_t as_int(int level, int name, int64_t *value)
{
	if (level == SOL_SOCKET && name == SO_LINGER)
		*value = *value >= 0;
	else if (level == SOL_SOCKET && (name == SO_RCVTIMEO || name == SO_SNDTIMEO))
		*value /= 1000000000;
	else if (level == SOL_SOCKET && name == SO_BINDTODEVICE && *value)
		return EINVAL;
	*value = (int32_t)*value;
	return 0;
}

enum ft_pace ft_model_get(struct ft_model *model)
{
	int level = 0, name = 0;
	int64_t value = 0;
	int32_t error;

	names_of(model, &level, &name);
	error = ft_option_get(model, model->sock, level, name, &value);
	if (!error && model->word->n_options > 1)
		error = as_int(level, name, &value);
	if (error == FT_OPTION_BEYOND)
		return ft_beyond(model, "the model does not know what this option reads");
	return error ? ft_say_call(model, error) : say_read(model, value);
}

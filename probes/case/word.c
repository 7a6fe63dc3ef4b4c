/* SPDX-License-Identifier: MIT */
/*
 * Which call does a word stand for, and with which arguments?
 */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <string.h>

#include "case/nearest.h"
#include "case/parse.h"

enum { SOCKOPT_BYTES_MAX = 512, SYSCTL_TEXT_MAX = 4095, CPU_MAX = 65535 };

bool ft_family_find(struct ft_slice name, uint8_t *ret)
{
	for (uint8_t i = 0; i < FT_FAMILY_COUNT; i++) {
		if (ft_slice_is(name, ft_families[i].word)) {
			*ret = i;
			return true;
		}
	}
	return false;
}

bool ft_call_find(struct ft_slice name, enum ft_op *ret)
{
	for (enum ft_op op = FT_OP_SOCKOPT; op < FT_OP_SYSCTL; op++) {
		if (ft_slice_is(name, ft_op_words[op])) {
			*ret = op;
			return true;
		}
	}
	return false;
}

/* A scene word that is misspelt looks like a socket with a strange word behind it. */
static struct ft_nearest_hint scene_hint(const struct ft_parser *p)
{
	struct ft_nearest nearest;

	ft_nearest_init(&nearest, p->subject.at, p->subject.len);
	for (enum ft_op op = FT_OP_SYSCTL; op <= FT_OP_LOOK; op++)
		ft_nearest_try(&nearest, ft_op_words[op]);
	return ft_nearest_hint(&nearest);
}

/* What follows a name that can only be an option's. */
static bool is_option_mark(const struct ft_parser *p, const char *at)
{
	return at < p->text + p->text_len && strchr("=?|", *at);
}

int ft_parse_unknown_word(struct ft_parser *p, struct ft_slice token)
{
	struct ft_nearest nearest;
	const char *call, *end;
	enum ft_op scene;
	size_t len = 0;

	if (ft_is_scene_word(token, &scene))
		return ft_parse_error(p, -EINVAL, token.at, "'%s' needs a step of its own",
				      ft_op_words[scene]);
	while (len < token.len && !strchr("=?|", token.at[len]))
		len++;
	ft_nearest_init(&nearest, token.at, len);
	end = token.at + len;
	for (int i = 0; i < FT_FAMILY_COUNT; i++)
		ft_nearest_try(&nearest, ft_families[i].word);
	for (enum ft_op op = FT_OP_SOCKOPT; op < FT_OP_SYSCTL; op++)
		ft_nearest_try(&nearest, ft_op_words[op]);
	call = nearest.best;
	for (size_t i = 0; i < ft_n_options; i++)
		ft_nearest_try(&nearest, ft_options[i].word);
	return ft_parse_error(p, -EINVAL, token.at, "unknown %s %s%s",
			      nearest.best != call || is_option_mark(p, end) ? "option" : "word",
			      ft_parse_quote(ft_slice_to(token, len)).text,
			      nearest.best ? ft_nearest_hint(&nearest).text : scene_hint(p).text);
}

/* The next token, which the word cannot do without. */
static int take_argument(struct ft_parser *p, struct ft_slice token, struct ft_slice *rest,
			 const char *what, struct ft_slice *ret)
{
	*ret = ft_slice_token(rest);
	if (ret->len)
		return 0;
	return ft_parse_error(p, -EINVAL, token.at + token.len, "%s needs %s after it",
			      ft_parse_quote(token).text, what);
}

static int parse_endpoint_argument(struct ft_parser *p, struct ft_slice token,
				   struct ft_slice *rest, struct ft_word *word)
{
	struct ft_slice argument;
	int r = take_argument(p, token, rest, "an ADDRESS:PORT", &argument);

	if (r)
		return r;
	word->has_at = true;
	return ft_parse_endpoint(p, argument, &word->at);
}

static int parse_socket_argument(struct ft_parser *p, struct ft_slice token, struct ft_slice *rest,
				 struct ft_word *word)
{
	struct ft_slice argument;
	int r = take_argument(p, token, rest, "the new socket's name", &argument);

	return r ? r : ft_parse_socket(p, argument, &word->socket);
}

static int parse_number(struct ft_parser *p, struct ft_slice value, const char *what, uint64_t max,
			struct ft_word *word)
{
	uint64_t number;

	if (!ft_slice_number(value, max, &number))
		return ft_parse_error(p, -EINVAL, value.at, "%s is no %s from 0 to %llu",
				      ft_parse_quote(value).text, what, (unsigned long long)max);
	word->value = (int64_t)number;
	return 0;
}

/* What follows `send` is its target if it is an address; an option's value may hold a ':' too. */
static int parse_send(struct ft_parser *p, struct ft_slice *rest, struct ft_word *word)
{
	struct ft_slice ahead = *rest;
	struct ft_slice argument = ft_slice_token(&ahead);
	size_t at;

	if (!ft_slice_find(argument, ':', &at) || ft_slice_find(argument, '=', &at))
		return 0;
	*rest = ahead;
	word->has_at = true;
	return ft_parse_endpoint(p, argument, &word->at);
}

static int parse_shutdown(struct ft_parser *p, struct ft_slice value, struct ft_word *word)
{
	static const char *const words[] =
		{[FT_SHUTDOWN_RD] = "rd", [FT_SHUTDOWN_WR] = "wr", [FT_SHUTDOWN_RDWR] = "rdwr"};

	for (uint8_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (ft_slice_is(value, words[i])) {
			word->detail = i;
			return 0;
		}
	}
	return ft_parse_error(p, -EINVAL, value.at, "%s is none of rd, wr, rdwr",
			      ft_parse_quote(value).text);
}

static int parse_steer(struct ft_parser *p, struct ft_slice value, struct ft_word *word)
{
	int r;

	if (ft_slice_is(value, "cpu")) {
		word->detail = FT_STEER_CPU;
		return 0;
	}
	if (value.len < 4 || memcmp(value.at, "mod:", 4) != 0) {
		word->detail = FT_STEER_INDEX;
		return parse_number(p, value, "index, mod:N or cpu; an index is", UINT16_MAX, word);
	}
	word->detail = FT_STEER_MOD;
	value = ft_slice_from(value, 4);
	r = parse_number(p, value, "number", UINT16_MAX, word);
	if (!r && !word->value)
		return ft_parse_error(p, -EINVAL, value.at, "nothing can be divided by 0");
	return r;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int parse_hex(struct ft_parser *p, struct ft_slice hex, struct ft_word *word)
{
	uint8_t bytes[SOCKOPT_BYTES_MAX];

	if (hex.len > sizeof(bytes) * 2)
		return ft_parse_error(p, -E2BIG, hex.at, "an option value is longer than %d bytes",
				      SOCKOPT_BYTES_MAX);
	if (hex.len % 2)
		return ft_parse_error(p, -EINVAL, hex.at, "%s has an odd number of digits",
				      ft_parse_quote(hex).text);
	for (size_t i = 0; i < hex.len; i += 2) {
		int high = hex_digit(hex.at[i]), low = hex_digit(hex.at[i + 1]);

		if (high < 0 || low < 0)
			return ft_parse_error(p, -EINVAL, hex.at + i + (high >= 0),
					      "%s are no hexadecimal digits",
					      ft_parse_quote(hex).text);
		bytes[i / 2] = (uint8_t)(high << 4 | low);
	}
	word->text_len = (uint16_t)(hex.len / 2);
	word->text = ft_arena_bytes(p->arena, bytes, word->text_len);
	return word->text ? 0 : ft_parse_error(p, -ENOMEM, hex.at, "out of memory");
}

static int parse_sockopt(struct ft_parser *p, struct ft_slice value, struct ft_word *word)
{
	uint64_t level, name;
	size_t first, second;
	struct ft_slice rest;

	if (!ft_slice_find(value, ':', &first))
		goto form;
	rest = ft_slice_from(value, first + 1);
	if (!ft_slice_find(rest, ':', &second) ||
	    !ft_slice_number(ft_slice_to(value, first), INT_MAX, &level) ||
	    !ft_slice_number(ft_slice_to(rest, second), INT_MAX, &name))
		goto form;
	word->value = (int64_t)(level << 32 | name);
	return parse_hex(p, ft_slice_from(rest, second + 1), word);
form:
	return ft_parse_error(p, -EINVAL, value.at, "%s is not LEVEL:NAME:HEXBYTES",
			      ft_parse_quote(value).text);
}

static bool takes_value(uint8_t op)
{
	switch (op) {
	case FT_OP_SOCKOPT:
	case FT_OP_LISTEN:
	case FT_OP_SEND:
	case FT_OP_SHUTDOWN:
	case FT_OP_FCHOWN:
	case FT_OP_STEER:
	case FT_OP_STEER_EBPF:
		return true;
	default:
		return false;
	}
}

static int parse_call_value(struct ft_parser *p, struct ft_slice value, struct ft_word *word)
{
	switch (word->op) {
	case FT_OP_SOCKOPT:
		return parse_sockopt(p, value, word);
	case FT_OP_LISTEN:
		return parse_number(p, value, "backlog", INT_MAX, word);
	case FT_OP_SEND:
		return parse_number(p, value, "byte", UINT8_MAX, word);
	case FT_OP_SHUTDOWN:
		return parse_shutdown(p, value, word);
	case FT_OP_FCHOWN: /* -1 would mean "leave it" to fchown(2) */
		return parse_number(p, value, "user ID", UINT32_MAX - 1, word);
	default:
		return parse_steer(p, value, word);
	}
}

/* token is NAME or NAME=VALUE of a call; head_len is the name's. */
static int parse_call(struct ft_parser *p, struct ft_slice token, size_t head_len,
		      struct ft_slice *rest, struct ft_word *word)
{
	bool has_value = head_len < token.len;
	const char *name = ft_op_words[word->op];
	int r = 0;

	if (has_value && token.at[head_len] != '=')
		return ft_parse_error(p, -EINVAL, token.at + head_len,
				      "'%s' is a call: '?' and '|' are for options", name);
	if (has_value && !takes_value(word->op))
		return ft_parse_error(p, -EINVAL, token.at + head_len, "'%s' takes no value", name);
	if (word->op == FT_OP_LISTEN || word->op == FT_OP_SEND)
		word->value = -1;
	else if (!has_value && takes_value(word->op))
		return ft_parse_error(p, -EINVAL, token.at, "'%s' needs a value: %s=...", name,
				      name);
	if (has_value)
		r = parse_call_value(p, ft_slice_from(token, head_len + 1), word);
	if (r)
		return r;
	switch (word->op) {
	case FT_OP_BIND:
	case FT_OP_CONNECT:
	case FT_OP_BEGIN:
	case FT_OP_FASTOPEN:
		return parse_endpoint_argument(p, token, rest, word);
	case FT_OP_ACCEPT:
	case FT_OP_DUP:
		return parse_socket_argument(p, token, rest, word);
	case FT_OP_SEND:
		return parse_send(p, rest, word);
	default:
		return 0;
	}
}

int ft_parse_word(struct ft_parser *p, struct ft_slice token, struct ft_slice *rest,
		  struct ft_word *word)
{
	struct ft_slice head;
	enum ft_op op;
	size_t len = 0;

	*word = (struct ft_word){.socket = FT_NO_SOCKET, .column = ft_parse_column(p, token.at)};
	if (ft_family_find(token, &word->detail)) {
		word->op = FT_OP_CREATE;
		return 0;
	}
	while (len < token.len && !strchr("=?|", token.at[len]))
		len++;
	head = ft_slice_to(token, len);
	/* `fastopen A:P` is a call, everything else that begins so is the option. */
	if (!ft_call_find(head, &op) || (op == FT_OP_FASTOPEN && len < token.len))
		return ft_parse_option(p, token, word);
	word->op = (uint8_t)op;
	return parse_call(p, token, len, rest, word);
}

/* NAME=VALUE; either side must consist of printable bytes, which the whole text does. */
static int parse_sysctl(struct ft_parser *p, struct ft_slice argument, struct ft_word *word)
{
	struct ft_slice name, value;
	size_t equals;

	if (!ft_slice_find(argument, '=', &equals) || !equals)
		return ft_parse_error(p, -EINVAL, argument.at, "%s is not NAME=VALUE",
				      ft_parse_quote(argument).text);
	name = ft_slice_to(argument, equals);
	value = ft_slice_from(argument, equals + 1);
	if (argument.len > SYSCTL_TEXT_MAX)
		return ft_parse_error(p, -E2BIG, argument.at, "a sysctl is longer than %d bytes",
				      SYSCTL_TEXT_MAX);
	for (size_t i = 0; i < name.len; i++)
		if (!isalnum((unsigned char)name.at[i]) && !strchr("_./-", name.at[i]))
			return ft_parse_error(p, -EINVAL, name.at + i, "%s is no sysctl's name",
					      ft_parse_quote(name).text);
	word->text_len = (uint16_t)name.len;
	word->text = ft_arena_bytes(p->arena, name.at, name.len);
	word->value_text = ft_arena_bytes(p->arena, value.at, value.len);
	if (!word->text || !word->value_text)
		return ft_parse_error(p, -ENOMEM, argument.at, "out of memory");
	return 0;
}

static int parse_addr(struct ft_parser *p, struct ft_slice argument, struct ft_word *word)
{
	size_t equals;
	int r;

	if (!ft_slice_find(argument, '=', &equals))
		return ft_parse_error(p, -EINVAL, argument.at, "%s is not DEVICE=ADDRESS",
				      ft_parse_quote(argument).text);
	r = ft_parse_device(p, ft_slice_to(argument, equals), &word->text, &word->text_len);
	if (r)
		return r;
	argument = ft_slice_from(argument, equals + 1);
	r = ft_parse_host(p, argument, true, &word->at);
	if (r)
		return r;
	if (word->at.host < FT_HOST_LITERAL4)
		return ft_parse_error(p, -EINVAL, argument.at,
				      "%s is not written as a number: addr needs a literal address",
				      ft_parse_quote(argument).text);
	word->has_at = true;
	return 0;
}

static int parse_link(struct ft_parser *p, struct ft_slice argument, struct ft_word *word)
{
	uint16_t kind_len;
	size_t equals;
	int r;

	if (!ft_slice_find(argument, '=', &equals))
		return ft_parse_error(p, -EINVAL, argument.at, "%s is not NAME=KIND",
				      ft_parse_quote(argument).text);
	r = ft_parse_device(p, ft_slice_to(argument, equals), &word->text, &word->text_len);
	if (r)
		return r;
	return ft_parse_device(p, ft_slice_from(argument, equals + 1), &word->value_text,
			       &kind_len);
}

/* For sock_diag, port 0 is every port: also those of the cases that ran before. */
static int parse_look(struct ft_parser *p, struct ft_slice argument, struct ft_word *word)
{
	int r = ft_parse_endpoint(p, argument, &word->at);

	word->has_at = true;
	if (r == 0 && word->at.port == FT_PORT_NUMBER && word->at.number == 0)
		return ft_parse_error(p, -EINVAL, argument.at, "look needs a port, not 0");
	return r;
}

int ft_parse_scene_word(struct ft_parser *p, enum ft_op op, struct ft_slice token,
			struct ft_slice *rest, struct ft_word *word)
{
	static const char *const wants[FT_OP_COUNT] = {
		[FT_OP_SYSCTL] = "NAME=VALUE", [FT_OP_WAIT] = "a duration",
		[FT_OP_CPU] = "a number",      [FT_OP_ADDR] = "DEVICE=ADDRESS",
		[FT_OP_LINK] = "NAME=KIND",    [FT_OP_LOOK] = "an ADDRESS:PORT"};
	struct ft_slice argument;
	int r = take_argument(p, token, rest, wants[op], &argument);

	if (r)
		return r;
	*word = (struct ft_word){.op = (uint8_t)op,
				 .socket = FT_NO_SOCKET,
				 .column = ft_parse_column(p, token.at)};
	switch (op) {
	case FT_OP_SYSCTL:
		return parse_sysctl(p, argument, word);
	case FT_OP_CPU:
		return parse_number(p, argument, "CPU", CPU_MAX, word);
	case FT_OP_ADDR:
		return parse_addr(p, argument, word);
	case FT_OP_LINK:
		return parse_link(p, argument, word);
	case FT_OP_LOOK:
		return parse_look(p, argument, word);
	default:
		break;
	}
	if (!ft_slice_duration(argument, &word->value))
		return ft_parse_error(p, -EINVAL, argument.at, "%s is no duration (as 1.1s, 20ms)",
				      ft_parse_quote(argument).text);
	return 0;
}

static unsigned option_needs(const struct ft_word *word)
{
	switch (ft_options[word->options[0]].value) {
	case FT_VALUE_RANGE: /* its ports are numbers that other cases may have been given */
		return word->value ? FT_NEED_OWN_NAMESPACE : 0;
	case FT_VALUE_MEMBERSHIP:
		return FT_NEED_ETH | FT_NEED_GROUP;
	case FT_VALUE_DEVICE:
	case FT_VALUE_IFINDEX:
	case FT_VALUE_INTERFACE:
		return ft_device_needs(word->text);
	default:
		return 0;
	}
}

/* Memberships for some sources, that have no word of their own. */
static bool is_source_option(int level, int name)
{
	if (level == IPPROTO_IP)
		return name >= IP_UNBLOCK_SOURCE && name <= IP_DROP_SOURCE_MEMBERSHIP;
	return level == IPPROTO_IPV6 && name >= MCAST_BLOCK_SOURCE &&
	       name <= MCAST_LEAVE_SOURCE_GROUP;
}

/* What sockopt=LEVEL:NAME:HEXBYTES needs: the same if it is a membership. */
static unsigned sockopt_needs(const struct ft_word *word)
{
	int level = (int)(word->value >> 32), name = (int)(uint32_t)word->value;

	if (is_source_option(level, name))
		return FT_NEED_ETH | FT_NEED_GROUP;
	for (size_t i = 0; i < ft_n_options; i++) {
		const struct ft_option *option = &ft_options[i];

		if (option->value == FT_VALUE_MEMBERSHIP &&
		    ((option->level == level && option->optname == name) ||
		     (option->v6_level == level && option->v6_optname == name)))
			return FT_NEED_ETH | FT_NEED_GROUP;
	}
	return 0;
}

unsigned ft_word_needs(const struct ft_word *word)
{
	unsigned needs = word->has_at ? ft_endpoint_needs(&word->at) : 0;

	switch (word->op) {
	case FT_OP_SET:
		return needs | option_needs(word);
	case FT_OP_SOCKOPT:
		return needs | sockopt_needs(word);
	case FT_OP_BIND:
	case FT_OP_LOOK: /* other cases may have connections on a port that the kernel chose */
		return needs | (word->at.port == FT_PORT_KERNEL ? FT_NEED_OWN_NAMESPACE : 0U);
	case FT_OP_FCHOWN:
		return needs | FT_NEED_UIDS;
	case FT_OP_STEER_EBPF:
		return needs | FT_NEED_PRIVILEGED_BPF;
	case FT_OP_SYSCTL:
		return needs | FT_NEED_OWN_NAMESPACE | FT_NEED_SYSCTL;
	case FT_OP_WAIT:
		return needs | FT_NEED_WAIT;
	case FT_OP_ADDR:
		return needs | FT_NEED_OWN_NAMESPACE | ft_device_needs(word->text);
	case FT_OP_LINK:
		return needs | FT_NEED_OWN_NAMESPACE;
	default:
		return needs;
	}
}

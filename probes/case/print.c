/* SPDX-License-Identifier: MIT */
/*
 * How is a case written? In the one canonical way, which is its name.
 */
#include <arpa/inet.h>
#include <string.h>

#include "case/parse.h"

void ft_duration_print(int64_t ns, struct ft_text *out)
{
	static const struct {
		const char *word;
		int64_t ns;
	} units[] = {{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		int64_t milli = units[i].ns / 1000, rest = ns % units[i].ns;

		/* The largest unit of which there is one, with three decimals at most. */
		if (units[i].ns > 1 && ((ns && ns < units[i].ns) || (milli && ns % milli)))
			continue;
		ft_text_int(out, ns / units[i].ns);
		if (rest) {
			int64_t place = units[i].ns;

			ft_text_char(out, '.');
			while (rest) {
				place /= 10;
				ft_text_char(out, (char)('0' + rest / place));
				rest %= place;
			}
		}
		ft_text_str(out, units[i].word);
		return;
	}
}

/* bare: a v6 literal without brackets. */
static void print_host(const struct ft_endpoint *at, bool bare, struct ft_text *out)
{
	char text[INET6_ADDRSTRLEN];

	if (at->host < FT_HOST_LITERAL4) {
		ft_text_str(out, ft_hosts[at->host].word);
		return;
	}
	if (at->host == FT_HOST_LITERAL4) {
		inet_ntop(AF_INET, at->bytes, text, sizeof(text));
		ft_text_str(out, text);
		return;
	}
	inet_ntop(AF_INET6, at->bytes, text, sizeof(text));
	if (!bare)
		ft_text_char(out, '[');
	ft_text_str(out, text);
	if (*at->scope) {
		ft_text_char(out, '%');
		ft_text_str(out, at->scope);
	}
	if (!bare)
		ft_text_char(out, ']');
}

void ft_endpoint_print(const struct ft_endpoint *at, const struct ft_names *names,
		       struct ft_text *out)
{
	print_host(at, false, out);
	ft_text_char(out, ':');
	switch ((enum ft_port)at->port) {
	case FT_PORT_NUMBER:
		ft_text_int(out, at->number);
		break;
	case FT_PORT_NAMED:
		ft_text_str(out, names->port[at->number]);
		break;
	case FT_PORT_KERNEL:
		ft_text_char(out, 'e');
		ft_text_int(out, at->number);
		break;
	}
}

void ft_word_print_name(const struct ft_word *word, struct ft_text *out)
{
	if (word->op == FT_OP_CREATE) {
		ft_text_str(out, ft_families[word->detail].word);
		return;
	}
	if (word->op != FT_OP_SET && word->op != FT_OP_GET) {
		ft_text_str(out, ft_op_words[word->op]);
		return;
	}
	for (int i = 0; i < word->n_options; i++) {
		if (i)
			ft_text_char(out, '|');
		ft_text_str(out, ft_options[word->options[i]].word);
	}
	if (word->op == FT_OP_GET)
		ft_text_char(out, '?');
}

void ft_label_print(const struct ft_step *step, size_t w, const struct ft_names *names,
		    struct ft_text *out)
{
	const struct ft_word *word = &step->words[w];

	if (word->label) {
		ft_text_bytes(out, word->label, word->label_len);
		return;
	}
	if (step->subject != FT_NO_SOCKET) {
		ft_text_str(out, names->socket[step->subject]);
		ft_text_char(out, '.');
	}
	ft_word_print_name(word, out);
}

static void print_range(int64_t value, struct ft_text *out)
{
	if (!value) {
		ft_text_str(out, "none");
		return;
	}
	ft_text_int(out, value & 0xffff);
	ft_text_char(out, '-');
	ft_text_int(out, value >> 16);
}

static void print_membership(const struct ft_word *word, struct ft_text *out)
{
	print_host(&word->at, false, out);
	if (word->text_len) {
		ft_text_char(out, '@');
		ft_text_str(out, word->text);
	}
}

/* =VALUE of an option that is set; 1 is what no value means, except for `fastopen`, which would
 * then be the call. */
static void print_option_value(const struct ft_word *word, struct ft_text *out)
{
	const struct ft_option *option = &ft_options[word->options[0]];

	if (option->value == FT_VALUE_INT && word->value == 1 &&
	    (word->n_options > 1 || strcmp(option->word, ft_op_words[FT_OP_FASTOPEN]) != 0))
		return;
	ft_text_char(out, '=');
	switch (option->value) {
	case FT_VALUE_RANGE:
		print_range(word->value, out);
		break;
	case FT_VALUE_DEVICE:
	case FT_VALUE_IFINDEX:
	case FT_VALUE_INTERFACE:
		ft_text_str(out, *word->text ? word->text : "none");
		break;
	case FT_VALUE_MEMBERSHIP:
		print_membership(word, out);
		break;
	case FT_VALUE_SECONDS:
		ft_duration_print(word->value, out);
		break;
	case FT_VALUE_LINGER:
		if (word->value < 0)
			ft_text_str(out, "off");
		else
			ft_text_int(out, word->value);
		break;
	case FT_VALUE_INT:
	case FT_VALUE_COUNT:
		ft_text_int(out, word->value);
		break;
	}
}

static void print_sockopt(const struct ft_word *word, struct ft_text *out)
{
	static const char digits[] = "0123456789abcdef";

	ft_text_char(out, '=');
	ft_text_int(out, word->value >> 32);
	ft_text_char(out, ':');
	ft_text_int(out, word->value & 0xffffffff);
	ft_text_char(out, ':');
	for (size_t i = 0; i < word->text_len; i++) {
		unsigned char byte = (unsigned char)word->text[i];

		ft_text_char(out, digits[byte >> 4]);
		ft_text_char(out, digits[byte & 15]);
	}
}

static void print_steer(const struct ft_word *word, struct ft_text *out)
{
	ft_text_char(out, '=');
	if (word->detail == FT_STEER_CPU) {
		ft_text_str(out, "cpu");
		return;
	}
	if (word->detail == FT_STEER_MOD)
		ft_text_str(out, "mod:");
	ft_text_int(out, word->value);
}

static void print_equals_int(int64_t value, struct ft_text *out)
{
	ft_text_char(out, '=');
	ft_text_int(out, value);
}

static void print_target(const struct ft_word *word, const struct ft_names *names,
			 struct ft_text *out)
{
	ft_text_char(out, ' ');
	ft_endpoint_print(&word->at, names, out);
}

static void print_call(const struct ft_word *word, const struct ft_names *names,
		       struct ft_text *out)
{
	static const char *const ways[] =
		{[FT_SHUTDOWN_RD] = "=rd", [FT_SHUTDOWN_WR] = "=wr", [FT_SHUTDOWN_RDWR] = "=rdwr"};

	switch (word->op) {
	case FT_OP_SOCKOPT:
		print_sockopt(word, out);
		break;
	case FT_OP_LISTEN:
	case FT_OP_SEND:
		if (word->value >= 0)
			print_equals_int(word->value, out);
		if (word->has_at)
			print_target(word, names, out);
		break;
	case FT_OP_BIND:
	case FT_OP_CONNECT:
	case FT_OP_BEGIN:
	case FT_OP_FASTOPEN:
	case FT_OP_LOOK:
		print_target(word, names, out);
		break;
	case FT_OP_ACCEPT:
	case FT_OP_DUP:
		ft_text_char(out, ' ');
		ft_text_str(out, names->socket[word->socket]);
		break;
	case FT_OP_SHUTDOWN:
		ft_text_str(out, ways[word->detail]);
		break;
	case FT_OP_FCHOWN:
		print_equals_int(word->value, out);
		break;
	case FT_OP_STEER:
	case FT_OP_STEER_EBPF:
		print_steer(word, out);
		break;
	default:
		break;
	}
}

static void print_scene(const struct ft_word *word, struct ft_text *out)
{
	ft_text_char(out, ' ');
	switch (word->op) {
	case FT_OP_WAIT:
		ft_duration_print(word->value, out);
		break;
	case FT_OP_CPU:
		ft_text_int(out, word->value);
		break;
	default: /* NAME=VALUE */
		ft_text_str(out, word->text);
		ft_text_char(out, '=');
		if (word->op == FT_OP_ADDR)
			print_host(&word->at, true, out);
		else
			ft_text_str(out, word->value_text);
		break;
	}
}

void ft_word_print(const struct ft_word *word, const struct ft_names *names, struct ft_text *out)
{
	ft_word_print_name(word, out);
	if (word->op == FT_OP_SET)
		print_option_value(word, out);
	else if (word->op >= FT_OP_SYSCTL && word->op <= FT_OP_LINK)
		print_scene(word, out);
	else
		print_call(word, names, out);
}

void ft_step_print(const struct ft_step *step, const struct ft_names *names, struct ft_text *out)
{
	if (step->text) {
		ft_text_bytes(out, step->text, step->text_len);
		return;
	}
	if (step->as) {
		ft_text_str(out, "as ");
		ft_text_int(out, step->uid);
		ft_text_char(out, ' ');
	}
	if (step->subject != FT_NO_SOCKET) {
		ft_text_str(out, names->socket[step->subject]);
		ft_text_str(out, step->peer ? "@peer " : " ");
	}
	for (size_t i = 0; i < step->n_words; i++) {
		if (i)
			ft_text_char(out, ' ');
		ft_word_print(&step->words[i], names, out);
	}
}

void ft_end_print(uint8_t end, int32_t error, int64_t value, const char *text, struct ft_text *out)
{
	const char *name;

	switch ((enum ft_end)end) {
	case FT_END_OK:
		ft_text_bytes(out, "ok", 2);
		break;
	case FT_END_ERROR:
		name = ft_errno_name(error);
		ft_text_str(out, name ? name : "E#");
		if (!name)
			ft_text_int(out, error);
		break;
	case FT_END_PENDING:
		ft_text_str(out, "pending");
		break;
	case FT_END_EOF:
		ft_text_str(out, "eof");
		break;
	case FT_END_VALUE:
		ft_text_int(out, value);
		break;
	case FT_END_TEXT:
		ft_text_str(out, text);
		break;
	}
}

void ft_expectation_print(const struct ft_expectation *expected, const struct ft_names *names,
			  struct ft_text *out)
{
	if (expected->subject != FT_NO_SOCKET) {
		ft_text_str(out, names->socket[expected->subject]);
		ft_text_char(out, '.');
	}
	ft_word_print_name(&expected->word, out);
	if (expected->occurrence > 1) {
		ft_text_char(out, '.');
		ft_text_int(out, expected->occurrence);
	}
	ft_text_char(out, '=');
	ft_end_print(expected->end, expected->error, expected->value, expected->text, out);
	if (expected->has_local) {
		ft_text_char(out, '(');
		ft_endpoint_print(&expected->local, names, out);
		ft_text_char(out, ')');
	}
	if (!expected->has_got)
		return;
	ft_text_char(out, '>');
	if (!expected->n_got)
		ft_text_str(out, "none");
	for (int i = 0; i < expected->n_got; i++) {
		if (i)
			ft_text_char(out, expected->got_any_of ? '|' : ',');
		ft_text_str(out, names->socket[expected->got[i]]);
	}
}

void ft_case_print(const struct ft_case *c, bool with_expected, struct ft_text *out)
{
	for (size_t i = 0; i < c->n_steps; i++) {
		if (i)
			ft_text_bytes(out, "; ", 2);
		ft_step_print(c->steps[i], c->names, out);
	}
	if (!with_expected || !c->n_expected)
		return;
	ft_text_str(out, " =>");
	for (size_t i = 0; i < c->n_expected; i++) {
		ft_text_char(out, ' ');
		ft_expectation_print(c->expected[i], c->names, out);
	}
}

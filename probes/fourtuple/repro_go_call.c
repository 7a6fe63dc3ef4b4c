/* SPDX-License-Identifier: MIT */
/*
 * Which lines of Go make the call of a word?
 *
 * Package net sets options of its own and waits by itself; what a case is about are the plain
 * calls, so they are those of package syscall.
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "fourtuple/repro.h"

struct put {
	const struct ft_repro *repro;
	const struct ft_step *step;
	const struct ft_word *word;
	const struct ft_repro_word *plan;
	struct ft_text *out;
	struct ft_text line, label, after;
};

static bool has(const struct put *p, enum ft_repro_feature feature)
{
	return ft_repro_has(p->repro, feature);
}

static bool is_v6(const struct put *p)
{
	return ft_families[p->plan->family].domain == AF_INET6;
}

static bool is_stream(const struct put *p)
{
	return ft_families[p->plan->family].type == SOCK_STREAM;
}

static void put_ident(struct put *p, uint16_t socket)
{
	ft_repro_ident(p->repro, socket, "_fd", &p->line);
}

static void put_subject(struct put *p)
{
	put_ident(p, p->step->subject);
}

static void put_address(struct put *p)
{
	const struct ft_endpoint *at = &p->word->at;
	bool v6 = ft_repro_is_v6(at, p->plan->family);

	if (v6 && at->scope[0])
		ft_text_printf(&p->line, "v6On(\"%s\", \"", at->scope);
	else
		ft_text_str(&p->line, v6 ? "v6(\"" : "v4(\"");
	ft_repro_number(at, p->plan->family, &p->line);
	ft_text_str(&p->line, "\", ");
	ft_repro_port(p->repro, at, &p->line);
	ft_text_char(&p->line, ')');
}

static void end_line(struct put *p)
{
	ft_repro_line("\t", "\t\t", ft_text_get(&p->line), p->out);
	ft_text_clear(&p->line);
}

/* FUNCTION(a) and more, after the call. */
static void put_after(struct put *p, const char *function, uint16_t socket)
{
	ft_text_printf(&p->after, "\t%s(", function);
	ft_repro_ident(p->repro, socket, "_fd", &p->after);
	ft_text_str(&p->after, ")\n");
}

/* FUNCTION("b.bind", */
static void begin_call(struct put *p, const char *function)
{
	ft_text_printf(&p->line, "%s(\"%s\", ", function, ft_text_get(&p->label));
}

/* FUNCTION("b.bind", CALL(a) */
static void begin_inner(struct put *p, const char *function, const char *call)
{
	begin_call(p, function);
	ft_text_printf(&p->line, "%s(", call);
	put_subject(p);
}

/* ---- options ---- */

static void put_option(struct put *p)
{
	ft_text_printf(&p->line, ", syscall.%s, ",
		       ft_repro_level(ft_repro_option_level(p->word, p->plan->family)));
	ft_repro_option_names(p->word, p->plan->family, &p->line);
}

static void put_index(struct put *p, const char *device)
{
	if (device && device[0])
		ft_text_printf(&p->line, "indexOf(\"%s\")", device);
	else
		ft_text_char(&p->line, '0');
}

static void put_membership(struct put *p)
{
	struct ft_endpoint group = p->word->at;
	const uint8_t *bytes = group.bytes;

	if (group.host >= FT_HOST_LITERAL4)
		group.host = is_v6(p) ? FT_HOST_LITERAL6 : FT_HOST_LITERAL4;
	begin_inner(p, "quiet", is_v6(p) ? "setDevice6" : "setDevice4");
	put_option(p);
	if (is_v6(p)) {
		ft_text_str(&p->line, ", bytes6(\"");
		ft_repro_number(&group, p->plan->family, &p->line);
		ft_text_str(&p->line, "\"), ");
	} else {
		if (group.host < FT_HOST_LITERAL4)
			bytes = ft_hosts[group.host].v4;
		ft_text_printf(&p->line, ", [4]byte{%u, %u, %u, %u}, ", bytes[0], bytes[1],
			       bytes[2], bytes[3]);
	}
	put_index(p, p->word->text);
	ft_text_str(&p->line, "))");
}

static void put_linger(struct put *p)
{
	int64_t value = p->word->value;

	begin_call(p, "quiet");
	ft_text_str(&p->line, "syscall.SetsockoptLinger(");
	put_subject(p);
	put_option(p);
	ft_text_printf(&p->line, ", &syscall.Linger{Onoff: %d, Linger: %" PRId64 "}))", value >= 0,
		       value < 0 ? 0 : value);
}

static void put_set_int(struct put *p)
{
	enum ft_value kind = ft_options[p->word->options[0]].value;
	int64_t value = p->word->value;

	begin_inner(p, "quiet", "set");
	put_option(p);
	ft_text_str(&p->line, ", ");
	if (kind == FT_VALUE_RANGE)
		ft_text_printf(&p->line, "%" PRId64 "<<16|%" PRId64, value >> 16, value & 0xffff);
	else if (kind == FT_VALUE_INT)
		ft_text_int(&p->line, (int32_t)(uint32_t)value);
	else
		put_index(p, p->word->text);
	ft_text_str(&p->line, "))");
}

static void put_set(struct put *p)
{
	switch (ft_options[p->word->options[0]].value) {
	case FT_VALUE_DEVICE:
		begin_inner(p, "quiet", "setBytes");
		put_option(p);
		ft_text_printf(&p->line, ", \"%s\"))", p->word->text);
		break;
	case FT_VALUE_LINGER:
		put_linger(p);
		break;
	case FT_VALUE_MEMBERSHIP:
		put_membership(p);
		break;
	case FT_VALUE_SECONDS:
		begin_inner(p, "quiet", "setTime");
		put_option(p);
		ft_text_printf(&p->line, ", %" PRId64 "))", p->word->value);
		break;
	case FT_VALUE_INTERFACE:
		if (is_v6(p)) {
			put_set_int(p);
			break;
		}
		begin_inner(p, "quiet", "setDevice4");
		put_option(p);
		ft_text_str(&p->line, ", [4]byte{}, ");
		put_index(p, p->word->text);
		ft_text_str(&p->line, "))");
		break;
	default:
		put_set_int(p);
		break;
	}
}

static const char *reader(const struct put *p)
{
	static const char *const readers[FT_VALUE_COUNT] = {
		[FT_VALUE_INT] = "showInt",       [FT_VALUE_RANGE] = "showUnsigned",
		[FT_VALUE_DEVICE] = "showDevice", [FT_VALUE_IFINDEX] = "showIndex",
		[FT_VALUE_LINGER] = "showLinger", [FT_VALUE_SECONDS] = "showNanoseconds",
	};

	return readers[ft_repro_kind(p->word, p->plan->family)];
}

static void put_get(struct put *p)
{
	const char *function = reader(p);

	begin_call(p, function);
	put_subject(p);
	if (strcmp(function, "showLinger") != 0)
		put_option(p);
	ft_text_char(&p->line, ')');
}

static void put_sockopt(struct put *p)
{
	begin_inner(p, "quiet", "setBytes");
	ft_text_printf(&p->line, ", %" PRId64 ", %" PRId64 ", \"", p->word->value >> 32,
		       p->word->value & 0xffffffff);
	for (unsigned i = 0; i < p->word->text_len; i++)
		ft_text_printf(&p->line, "\\x%02x", (unsigned char)p->word->text[i]);
	ft_text_str(&p->line, "\"))");
}

/* ---- calls ---- */

static void put_create(struct put *p)
{
	const struct ft_family_row *row = &ft_families[p->word->detail];

	begin_call(p, p->step->peer ? "madeThere" : "made");
	ft_text_char(&p->line, '&');
	put_subject(p);
	ft_text_printf(&p->line, ", syscall.%s, syscall.%s, %s%s)",
		       row->domain == AF_INET6 ? "AF_INET6" : "AF_INET",
		       row->type == SOCK_DGRAM ? "SOCK_DGRAM" : "SOCK_STREAM",
		       row->protocol == row->wire ? "syscall." : "",
		       ft_repro_protocol(row->protocol));
}

static void put_told(struct put *p, const char *function)
{
	ft_text_printf(&p->after, "\t%s(", function);
	ft_repro_ident(p->repro, p->step->subject, "_fd", &p->after);
	ft_text_str(&p->after, ", \"");
	if (strcmp(function, "remember") == 0)
		ft_repro_read_back(p->repro, &p->word->at, p->plan->family, &p->after);
	else
		ft_endpoint_print(&p->word->at, p->repro->c->names, &p->after);
	ft_text_str(&p->after, "\")\n");
}

/* SHOW("c.connect", [c,] CALL(c, ADDRESS)) */
static void put_at(struct put *p, const char *show, const char *call)
{
	begin_call(p, show);
	if (strcmp(show, "connected") == 0) {
		put_subject(p);
		ft_text_str(&p->line, ", ");
	}
	ft_text_printf(&p->line, "%s(", call);
	put_subject(p);
	ft_text_str(&p->line, ", ");
	put_address(p);
	ft_text_str(&p->line, "))");
}

static void put_connecting(struct put *p)
{
	if (p->word->op == FT_OP_FASTOPEN) {
		put_at(p, "connected", "fastopen");
		return;
	}
	if (p->word->op == FT_OP_CONNECT && is_stream(p)) {
		put_at(p, "connected", "dial");
		return;
	}
	put_at(p, "call", p->word->op == FT_OP_BEGIN ? "begin" : "syscall.Connect");
	if (p->plan->back)
		put_after(p, "showLocal", p->step->subject);
}

/* accept("s.accept", &t, s) */
static void put_new(struct put *p)
{
	struct ft_text *after = &p->after;

	begin_call(p, p->word->op == FT_OP_ACCEPT ? "accept" : "dup");
	ft_text_char(&p->line, '&');
	put_ident(p, p->word->socket);
	ft_text_str(&p->line, ", ");
	put_subject(p);
	ft_text_char(&p->line, ')');
	if (!has(p, FT_REPRO_LOCAL))
		return;
	ft_text_str(after, p->word->op == FT_OP_ACCEPT ? "\tshowAccepted(" : "\tplaces[");
	ft_repro_ident(p->repro, p->word->socket, "_fd", after);
	if (p->word->op == FT_OP_ACCEPT) {
		ft_text_str(after, ", ");
		ft_repro_ident(p->repro, p->step->subject, "_fd", after);
		ft_text_str(after, ")\n");
		return;
	}
	ft_text_str(after, "] = &place{}\n\t*places[");
	ft_repro_ident(p->repro, p->word->socket, "_fd", after);
	ft_text_str(after, "] = *places[");
	ft_repro_ident(p->repro, p->step->subject, "_fd", after);
	ft_text_str(after, "]\n");
}

static void put_send(struct put *p)
{
	int64_t byte = p->word->value < 0 ? 0 : p->word->value;

	if (!is_stream(p))
		ft_text_str(p->out, "\tnoteMemory()\n");
	begin_call(p, is_stream(p) ? "call" : "sent");
	if (!is_stream(p)) {
		put_subject(p);
		ft_text_str(&p->line, ", ");
	}
	ft_text_str(&p->line, "send(");
	put_subject(p);
	ft_text_printf(&p->line, ", \"\\x%02x\", ", (unsigned)byte);
	if (p->word->has_at)
		put_address(p);
	else
		ft_text_str(&p->line, "nil");
	ft_text_str(&p->line, "))");
}

static void put_steer(struct put *p)
{
	begin_inner(p, "quiet", "attach");
	ft_text_str(&p->line, ", SO_ATTACH_REUSEPORT_CBPF");
	if (p->word->detail == FT_STEER_INDEX)
		ft_text_printf(
			&p->line,
			", syscall.SockFilter{Code: syscall.BPF_RET | syscall.BPF_K, K: %" PRId64
			"}",
			p->word->value);
	else if (p->word->detail == FT_STEER_MOD)
		ft_text_printf(&p->line,
			       ", syscall.SockFilter{Code: syscall.BPF_LD | syscall.BPF_B | "
			       "syscall.BPF_ABS}, syscall.SockFilter{Code: syscall.BPF_ALU | "
			       "0x90 | syscall.BPF_K, K: %" PRId64
			       "}, syscall.SockFilter{Code: syscall.BPF_RET | syscall.BPF_A}",
			       p->word->value);
	else
		ft_text_str(&p->line, ", syscall.SockFilter{Code: syscall.BPF_LD | syscall.BPF_W | "
				      "syscall.BPF_ABS, K: 0xfffff024}, "
				      "syscall.SockFilter{Code: syscall.BPF_RET | syscall.BPF_A}");
	ft_text_str(&p->line, "))");
}

static void put_sysctl(struct put *p)
{
	struct ft_text text;

	begin_call(p, "quiet");
	ft_text_str(&p->line, "setSysctl(\"");
	ft_repro_sysctl_path(p->word->text, &p->line);
	ft_text_str(&p->line, "\", \"");
	ft_text_init(&text, FT_REPRO_TEXT_MAX);
	for (const char *at = p->word->value_text; *at; at++)
		ft_text_char(&text, *at == '_' ? ' ' : *at);
	ft_text_char(&text, '\n');
	ft_repro_quoted(ft_text_get(&text), text.len, &p->line);
	ft_text_fini(&text);
	ft_text_str(&p->line, "\"))");
}

static void put_scene(struct put *p)
{
	const struct ft_word *word = p->word;

	switch ((enum ft_op)word->op) {
	case FT_OP_SYSCTL:
		put_sysctl(p);
		break;
	case FT_OP_ADDR:
		begin_call(p, "quiet");
		ft_text_printf(&p->line, "addAddress(\"%s\", syscall.%s, \"", word->text,
			       word->at.host == FT_HOST_LITERAL6 ? "AF_INET6" : "AF_INET");
		ft_repro_number(&word->at, FT_FAMILY_TCP4, &p->line);
		ft_text_printf(&p->line, "\", %d))", ft_repro_prefix(&word->at));
		break;
	case FT_OP_LINK:
		begin_call(p, "quiet");
		ft_text_printf(&p->line, "addLink(\"%s\", \"%s\"))", word->text, word->value_text);
		break;
	case FT_OP_WAIT:
		ft_text_printf(&p->line, "time.Sleep(%" PRId64 ")", word->value);
		break;
	case FT_OP_CPU:
		ft_text_printf(&p->line, "moveToCPU(%" PRId64 ")", word->value);
		break;
	default:
		begin_call(p, "look");
		ft_text_char(&p->line, '"');
		if (word->at.host != FT_HOST_ANY)
			ft_repro_number(&word->at, FT_FAMILY_TCP4, &p->line);
		ft_text_str(&p->line, "\", ");
		ft_repro_port(p->repro, &word->at, &p->line);
		ft_text_char(&p->line, ')');
		break;
	}
}

static void put_bind(struct put *p)
{
	put_at(p, "call", "syscall.Bind");
	if (p->plan->remember)
		put_told(p, "remember");
	if (p->plan->back)
		put_told(p, "showBound");
}

static void put_listen(struct put *p)
{
	begin_inner(p, "call", "syscall.Listen");
	ft_text_printf(&p->line, ", %" PRId64 "))",
		       p->word->value < 0 ? (int64_t)SOMAXCONN : p->word->value);
	if (p->plan->back)
		put_after(p, "showListening", p->step->subject);
}

static void put_close(struct put *p)
{
	begin_inner(p, "call", has(p, FT_REPRO_LINGER_CLOSE) ? "closeSoon" : "syscall.Close");
	ft_text_str(&p->line, "))");
	ft_text_char(&p->after, '\t');
	ft_repro_ident(p->repro, p->step->subject, "_fd", &p->after);
	ft_text_str(&p->after, " = -1\n");
}

/* Calls of a socket alone: SHOW("a.deaf", CALL(a)) with an argument if there is one. */
static void put_alone(struct put *p, const char *show, const char *call, const char *argument)
{
	begin_inner(p, show, call);
	ft_text_printf(&p->line, "%s))", argument);
}

static void put_plain_call(struct put *p)
{
	static const char *const ways[] = {", syscall.SHUT_RD", ", syscall.SHUT_WR",
					   ", syscall.SHUT_RDWR"};
	char number[32];

	switch ((enum ft_op)p->word->op) {
	case FT_OP_RECV:
		begin_call(p, "received");
		put_subject(p);
		ft_text_str(&p->line, is_stream(p) ? ", \"eof\")" : ", \"0\")");
		break;
	case FT_OP_SHUTDOWN:
		put_alone(p, "call", "syscall.Shutdown", ways[p->word->detail]);
		break;
	case FT_OP_DISCONNECT:
		put_alone(p, "call", "disconnect", "");
		if (has(p, FT_REPRO_LOCAL))
			put_after(p, "wentBack", p->step->subject);
		break;
	case FT_OP_FCHOWN:
		snprintf(number, sizeof(number), ", %" PRId64, p->word->value);
		put_alone(p, "call", "giveTo", number);
		break;
	case FT_OP_DEAF:
		put_alone(p, "quiet", "deaf", "");
		break;
	case FT_OP_HEAR:
		put_alone(p, "quiet", "hear", "");
		break;
	default:
		put_alone(p, "quiet", "set", ", syscall.SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0");
		break;
	}
}

/* steer_ebpf is refused before. */
static void (*const puts_of[FT_OP_COUNT])(struct put *p) = {
	[FT_OP_CREATE] = put_create,
	[FT_OP_SET] = put_set,
	[FT_OP_GET] = put_get,
	[FT_OP_SOCKOPT] = put_sockopt,
	[FT_OP_BIND] = put_bind,
	[FT_OP_LISTEN] = put_listen,
	[FT_OP_CONNECT] = put_connecting,
	[FT_OP_BEGIN] = put_connecting,
	[FT_OP_ACCEPT] = put_new,
	[FT_OP_SEND] = put_send,
	[FT_OP_RECV] = put_plain_call,
	[FT_OP_FASTOPEN] = put_connecting,
	[FT_OP_SHUTDOWN] = put_plain_call,
	[FT_OP_DISCONNECT] = put_plain_call,
	[FT_OP_CLOSE] = put_close,
	[FT_OP_FCHOWN] = put_plain_call,
	[FT_OP_DUP] = put_new,
	[FT_OP_DEAF] = put_plain_call,
	[FT_OP_HEAR] = put_plain_call,
	[FT_OP_STEER] = put_steer,
	[FT_OP_UNSTEER] = put_plain_call,
	[FT_OP_SYSCTL] = put_scene,
	[FT_OP_WAIT] = put_scene,
	[FT_OP_CPU] = put_scene,
	[FT_OP_ADDR] = put_scene,
	[FT_OP_LINK] = put_scene,
	[FT_OP_LOOK] = put_scene,
};

/* A statement that cannot fail; the others are functions that say whether the step goes on. */
static bool is_statement(const struct ft_word *word)
{
	return word->op == FT_OP_WAIT || word->op == FT_OP_CPU || word->op == FT_OP_LOOK;
}

static void put_word(struct put *p, bool last)
{
	struct ft_text condition;

	if (p->plan->settle)
		ft_text_str(p->out, "\tsettle()\n");
	if (p->plan->closing) {
		ft_text_str(&p->line, "noteClosing(");
		put_subject(p);
		ft_text_char(&p->line, ')');
		end_line(p);
	}
	puts_of[p->word->op](p);
	if (is_statement(p->word) || (last && p->after.len == 0)) {
		end_line(p);
		return;
	}
	ft_text_init(&condition, FT_REPRO_TEXT_MAX);
	ft_text_printf(&condition, "if !%s {", ft_text_get(&p->line));
	ft_repro_line("\t", "\t\t", ft_text_get(&condition), p->out);
	ft_text_fini(&condition);
	ft_text_printf(p->out, "\t\treturn\n\t}\n%s", ft_text_get(&p->after));
}

void ft_repro_go_word(const struct ft_repro *repro, size_t s, size_t w, struct ft_text *out)
{
	struct put p = {.repro = repro,
			.step = repro->c->steps[s],
			.word = &repro->c->steps[s]->words[w],
			.plan = ft_repro_word(repro, s, w),
			.out = out};

	ft_text_init(&p.line, FT_REPRO_TEXT_MAX);
	ft_text_init(&p.label, FT_REPRO_TEXT_MAX);
	ft_text_init(&p.after, FT_REPRO_TEXT_MAX);
	ft_repro_label(repro, s, w, &p.label);
	put_word(&p, w + 1 == p.step->n_words);
	ft_repro_text_fini(&p.line, out);
	ft_repro_text_fini(&p.label, out);
	ft_repro_text_fini(&p.after, out);
}

/* SPDX-License-Identifier: MIT */
/*
 * Which lines of Python make the call of a word? Methods of socket objects where Python has them,
 * else the small functions of support_python.in.
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
	struct ft_text line, label;
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
	ft_repro_ident(p->repro, socket, "_sock", &p->line);
}

static void put_subject(struct put *p)
{
	put_ident(p, p->step->subject);
}

/* ("127.0.0.1", port_p) */
static void put_address(struct put *p)
{
	const struct ft_endpoint *at = &p->word->at;

	ft_text_str(&p->line, "(\"");
	ft_repro_number(at, p->plan->family, &p->line);
	ft_text_str(&p->line, "\", ");
	ft_repro_port(p->repro, at, &p->line);
	if (at->scope[0])
		ft_text_printf(&p->line, ", 0, scope_of(\"%s\")", at->scope);
	ft_text_char(&p->line, ')');
}

/* Is the address of the other family, which Python's own methods would not pass on? */
static bool is_foreign(const struct put *p)
{
	return ft_repro_is_v6(&p->word->at, p->plan->family) != is_v6(p);
}

static void end_line(struct put *p)
{
	ft_repro_line("    ", "            ", ft_text_get(&p->line), p->out);
	ft_text_clear(&p->line);
}

/* FUNCTION("b.bind", */
static void begin_call(struct put *p, const char *function)
{
	ft_text_printf(&p->line, "%s(\"%s\"", function, ft_text_get(&p->label));
}

/* , a.METHOD */
static void put_method(struct put *p, const char *method)
{
	ft_text_str(&p->line, ", ");
	put_subject(p);
	ft_text_printf(&p->line, ".%s", method);
}

/* , FUNCTION, a */
static void put_function(struct put *p, const char *function)
{
	ft_text_printf(&p->line, ", %s, ", function);
	put_subject(p);
}

/* FUNCTION(a); with more arguments if there are some. */
static void put_statement(struct put *p, const char *function, uint16_t socket)
{
	ft_text_printf(&p->line, "%s(", function);
	put_ident(p, socket);
	ft_text_char(&p->line, ')');
	end_line(p);
}

/* ---- options ---- */

static void put_option(struct put *p)
{
	ft_text_printf(&p->line, ", %s, ",
		       ft_repro_level(ft_repro_option_level(p->word, p->plan->family)));
	ft_repro_option_names(p->word, p->plan->family, &p->line);
}

static void put_index(struct put *p, const char *device)
{
	if (device && device[0])
		ft_text_printf(&p->line, "device_index(\"%s\")", device);
	else
		ft_text_char(&p->line, '0');
}

static void put_membership(struct put *p)
{
	struct ft_endpoint group = p->word->at;

	if (group.host >= FT_HOST_LITERAL4)
		group.host = is_v6(p) ? FT_HOST_LITERAL6 : FT_HOST_LITERAL4;
	ft_text_str(&p->line, is_v6(p) ? "struct.pack(\"=16sI\", inet_pton(AF_INET6, \""
				       : "struct.pack(\"=4s4si\", inet_aton(\"");
	ft_repro_number(&group, p->plan->family, &p->line);
	ft_text_str(&p->line, is_v6(p) ? "\"), " : "\"), b\"\", ");
	put_index(p, p->word->text);
	ft_text_char(&p->line, ')');
}

static void put_value(struct put *p)
{
	int64_t value = p->word->value;

	switch (ft_options[p->word->options[0]].value) {
	case FT_VALUE_RANGE:
		ft_text_printf(&p->line, "struct.pack(\"=I\", %" PRId64 " << 16 | %" PRId64 ")",
			       value >> 16, value & 0xffff);
		break;
	case FT_VALUE_DEVICE:
		ft_text_printf(&p->line, "b\"%s\"", p->word->text);
		break;
	case FT_VALUE_IFINDEX:
		put_index(p, p->word->text);
		break;
	case FT_VALUE_INTERFACE:
		ft_text_str(&p->line, is_v6(p) ? "" : "struct.pack(\"=4s4si\", b\"\", b\"\", ");
		put_index(p, p->word->text);
		ft_text_str(&p->line, is_v6(p) ? "" : ")");
		break;
	case FT_VALUE_LINGER:
		ft_text_printf(&p->line, "struct.pack(\"=ii\", %d, %" PRId64 ")", value >= 0,
			       value < 0 ? 0 : value);
		break;
	case FT_VALUE_MEMBERSHIP:
		put_membership(p);
		break;
	case FT_VALUE_SECONDS:
		ft_text_printf(&p->line, "struct.pack(\"@ll\", %" PRId64 ", %" PRId64 ")",
			       value / 1000000000, value % 1000000000 / 1000);
		break;
	default:
		ft_text_int(&p->line, (int32_t)(uint32_t)value);
		break;
	}
}

static void put_set(struct put *p)
{
	begin_call(p, "quiet");
	put_method(p, "setsockopt");
	put_option(p);
	ft_text_str(&p->line, ", ");
	put_value(p);
	ft_text_char(&p->line, ')');
	end_line(p);
}

static const char *reader(const struct put *p)
{
	static const char *const readers[FT_VALUE_COUNT] = {
		[FT_VALUE_INT] = "show_int",       [FT_VALUE_RANGE] = "show_unsigned",
		[FT_VALUE_DEVICE] = "show_device", [FT_VALUE_IFINDEX] = "show_index",
		[FT_VALUE_LINGER] = "show_linger", [FT_VALUE_SECONDS] = "show_nanoseconds",
	};

	return readers[ft_repro_kind(p->word, p->plan->family)];
}

static void put_get(struct put *p)
{
	const char *function = reader(p);

	begin_call(p, function);
	ft_text_str(&p->line, ", ");
	put_subject(p);
	if (strcmp(function, "show_linger") != 0)
		put_option(p);
	ft_text_char(&p->line, ')');
	end_line(p);
}

static void put_sockopt(struct put *p)
{
	begin_call(p, "quiet");
	put_method(p, "setsockopt");
	ft_text_printf(&p->line, ", %" PRId64 ", %" PRId64 ", bytes.fromhex(\"",
		       p->word->value >> 32, p->word->value & 0xffffffff);
	for (unsigned i = 0; i < p->word->text_len; i++)
		ft_text_printf(&p->line, "%02x", (unsigned char)p->word->text[i]);
	ft_text_str(&p->line, "\"))");
	end_line(p);
}

/* ---- calls ---- */

static void put_create(struct put *p)
{
	const struct ft_family_row *row = &ft_families[p->word->detail];

	if (p->step->peer) {
		ft_text_str(&p->line, "enter(there)");
		end_line(p);
		ft_text_str(p->out, "    try:\n    ");
	}
	put_subject(p);
	ft_text_printf(&p->line, " = made(\"%s\", %s, %s, %s)", ft_text_get(&p->label),
		       row->domain == AF_INET6 ? "AF_INET6" : "AF_INET",
		       row->type == SOCK_DGRAM ? "SOCK_DGRAM" : "SOCK_STREAM",
		       ft_repro_protocol(row->protocol));
	end_line(p);
	if (p->step->peer)
		ft_text_str(p->out, "    finally:\n        enter(here)\n");
}

static void put_told(struct put *p, const char *function)
{
	ft_text_printf(&p->line, "%s(", function);
	put_subject(p);
	ft_text_str(&p->line, ", \"");
	if (strcmp(function, "remember") == 0)
		ft_repro_read_back(p->repro, &p->word->at, p->plan->family, &p->line);
	else
		ft_endpoint_print(&p->word->at, p->repro->c->names, &p->line);
	ft_text_str(&p->line, "\")");
	end_line(p);
}

static void put_bind(struct put *p)
{
	begin_call(p, "call");
	if (is_foreign(p))
		put_function(p, "bind_raw");
	else
		put_method(p, "bind");
	ft_text_str(&p->line, ", ");
	put_address(p);
	ft_text_char(&p->line, ')');
	end_line(p);
	if (p->plan->remember)
		put_told(p, "remember");
	if (p->plan->back)
		put_told(p, "show_bound");
}

static void put_listen(struct put *p)
{
	begin_call(p, "call");
	put_method(p, "listen");
	if (p->word->value < 0)
		ft_text_str(&p->line, ", SOMAXCONN)");
	else
		ft_text_printf(&p->line, ", %" PRId64 ")", p->word->value);
	end_line(p);
	if (p->plan->back)
		put_statement(p, "show_listening", p->step->subject);
}

/* Connections that are not waited for: of datagrams, and begun ones. */
static void put_begin(struct put *p)
{
	begin_call(p, "call");
	if (p->word->op == FT_OP_BEGIN)
		put_function(p, "begin");
	else if (is_foreign(p))
		put_function(p, "connect_raw");
	else
		put_method(p, "connect");
	ft_text_str(&p->line, ", ");
	put_address(p);
	ft_text_char(&p->line, ')');
	end_line(p);
	if (p->plan->back)
		put_statement(p, "show_local", p->step->subject);
}

/* connected("c.connect", c, dial, ("127.0.0.1", port_p)) */
static void put_connect(struct put *p)
{
	if (!is_stream(p)) {
		put_begin(p);
		return;
	}
	begin_call(p, "connected");
	ft_text_str(&p->line, ", ");
	put_subject(p);
	ft_text_str(&p->line, p->word->op == FT_OP_FASTOPEN ? ", fastopen, " : ", dial, ");
	put_address(p);
	ft_text_char(&p->line, ')');
	end_line(p);
}

static void put_accept(struct put *p)
{
	put_ident(p, p->word->socket);
	ft_text_str(&p->line, " = ");
	begin_call(p, "call");
	put_function(p, "accept_now");
	ft_text_char(&p->line, ')');
	end_line(p);
	if (!has(p, FT_REPRO_LOCAL))
		return;
	ft_text_str(&p->line, "show_accepted(");
	put_ident(p, p->word->socket);
	ft_text_str(&p->line, ", ");
	put_subject(p);
	ft_text_char(&p->line, ')');
	end_line(p);
}

static void put_dup(struct put *p)
{
	put_ident(p, p->word->socket);
	ft_text_str(&p->line, " = ");
	begin_call(p, "call");
	put_method(p, "dup)");
	end_line(p);
	ft_text_str(&p->line, "kept.append(");
	put_ident(p, p->word->socket);
	ft_text_char(&p->line, ')');
	end_line(p);
	if (!has(p, FT_REPRO_LOCAL))
		return;
	ft_text_str(&p->line, "places[");
	put_ident(p, p->word->socket);
	ft_text_str(&p->line, ".fileno()] = Place(**vars(places[");
	put_subject(p);
	ft_text_str(&p->line, ".fileno()]))");
	end_line(p);
}

static void put_send(struct put *p)
{
	int64_t byte = p->word->value < 0 ? 0 : p->word->value;

	begin_call(p, is_stream(p) ? "call" : "sent");
	if (!is_stream(p)) {
		ft_text_str(&p->line, ", ");
		put_subject(p);
	}
	if (p->word->has_at && is_foreign(p))
		put_function(p, "send_raw");
	else
		put_method(p, p->word->has_at ? "sendto" : "send");
	ft_text_printf(&p->line, ", b\"\\x%02x\", MSG_DONTWAIT | MSG_NOSIGNAL", (unsigned)byte);
	if (p->word->has_at) {
		ft_text_str(&p->line, ", ");
		put_address(p);
	}
	ft_text_char(&p->line, ')');
	end_line(p);
}

static void put_recv(struct put *p)
{
	begin_call(p, "received");
	ft_text_str(&p->line, ", ");
	put_subject(p);
	ft_text_char(&p->line, ')');
	end_line(p);
}

static void put_shutdown(struct put *p)
{
	static const char *const ways[] = {"SHUT_RD", "SHUT_WR", "SHUT_RDWR"};

	begin_call(p, "call");
	put_method(p, "shutdown");
	ft_text_printf(&p->line, ", %s)", ways[p->word->detail]);
	end_line(p);
}

/* FUNCTION("a.deaf", OTHER, a...) */
static void put_simple(struct put *p, const char *function, const char *other)
{
	begin_call(p, function);
	put_function(p, other);
	if (p->word->op == FT_OP_FCHOWN)
		ft_text_printf(&p->line, ", %" PRId64, p->word->value);
	ft_text_char(&p->line, ')');
	end_line(p);
}

static void put_steer(struct put *p)
{
	begin_call(p, "quiet");
	put_function(p, "attach");
	ft_text_str(&p->line, ", SO_ATTACH_REUSEPORT_CBPF, ");
	/* BPF_RET | BPF_K; BPF_LD | BPF_B | BPF_ABS, BPF_ALU | BPF_MOD | BPF_K, BPF_RET | BPF_A;
	 * BPF_LD | BPF_W | BPF_ABS of SKF_AD_OFF + SKF_AD_CPU */
	if (p->word->detail == FT_STEER_INDEX)
		ft_text_printf(&p->line, "(0x06, 0, 0, %" PRId64 "))", p->word->value);
	else if (p->word->detail == FT_STEER_MOD)
		ft_text_printf(&p->line,
			       "(0x30, 0, 0, 0), (0x94, 0, 0, %" PRId64 "), (0x16, 0, 0, 0))",
			       p->word->value);
	else
		ft_text_str(&p->line, "(0x20, 0, 0, 0xfffff024), (0x16, 0, 0, 0))");
	end_line(p);
}

static void put_sysctl(struct put *p)
{
	struct ft_text text;

	begin_call(p, "quiet");
	ft_text_str(&p->line, ", set_sysctl, \"");
	ft_repro_sysctl_path(p->word->text, &p->line);
	ft_text_str(&p->line, "\", b\"");
	ft_text_init(&text, FT_REPRO_TEXT_MAX);
	for (const char *at = p->word->value_text; *at; at++)
		ft_text_char(&text, *at == '_' ? ' ' : *at);
	ft_text_char(&text, '\n');
	ft_repro_quoted(ft_text_get(&text), text.len, &p->line);
	ft_text_fini(&text);
	ft_text_str(&p->line, "\")");
	end_line(p);
}

static void put_scene(struct put *p)
{
	const struct ft_word *word = p->word;

	switch ((enum ft_op)word->op) {
	case FT_OP_SYSCTL:
		put_sysctl(p);
		return;
	case FT_OP_WAIT:
		ft_text_printf(&p->line, "time.sleep(%.9g)", (double)word->value / 1e9);
		break;
	case FT_OP_CPU:
		ft_text_printf(&p->line, "move_to_cpu(%" PRId64 ")", word->value);
		break;
	case FT_OP_ADDR:
		begin_call(p, "quiet");
		ft_text_printf(&p->line, ", add_address, \"%s\", %s, \"", word->text,
			       word->at.host == FT_HOST_LITERAL6 ? "AF_INET6" : "AF_INET");
		ft_repro_number(&word->at, FT_FAMILY_TCP4, &p->line);
		ft_text_printf(&p->line, "\", %d)", ft_repro_prefix(&word->at));
		break;
	case FT_OP_LINK:
		begin_call(p, "quiet");
		ft_text_printf(&p->line, ", add_link, \"%s\", \"%s\")", word->text,
			       word->value_text);
		break;
	default:
		begin_call(p, "look");
		ft_text_str(&p->line, word->at.host == FT_HOST_ANY ? ", None, " : ", \"");
		if (word->at.host != FT_HOST_ANY) {
			ft_repro_number(&word->at, FT_FAMILY_TCP4, &p->line);
			ft_text_str(&p->line, "\", ");
		}
		ft_repro_port(p->repro, &word->at, &p->line);
		ft_text_char(&p->line, ')');
		break;
	}
	end_line(p);
}

static void put_disconnect(struct put *p)
{
	put_simple(p, "call", "disconnect");
	if (has(p, FT_REPRO_LOCAL))
		put_statement(p, "went_back", p->step->subject);
}

static void put_close(struct put *p)
{
	put_simple(p, "call", "close");
}

static void put_fchown(struct put *p)
{
	put_simple(p, "call", "give_to");
}

static void put_deaf(struct put *p)
{
	put_simple(p, "quiet", "deaf");
}

static void put_hear(struct put *p)
{
	put_simple(p, "quiet", "hear");
}

static void put_unsteer(struct put *p)
{
	begin_call(p, "quiet");
	put_method(p, "setsockopt, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0)");
	end_line(p);
}

/* steer_ebpf is refused before. */
static void (*const puts_of[FT_OP_COUNT])(struct put *p) = {
	[FT_OP_CREATE] = put_create,     [FT_OP_SET] = put_set,
	[FT_OP_GET] = put_get,           [FT_OP_SOCKOPT] = put_sockopt,
	[FT_OP_BIND] = put_bind,         [FT_OP_LISTEN] = put_listen,
	[FT_OP_CONNECT] = put_connect,   [FT_OP_BEGIN] = put_begin,
	[FT_OP_ACCEPT] = put_accept,     [FT_OP_SEND] = put_send,
	[FT_OP_RECV] = put_recv,         [FT_OP_FASTOPEN] = put_connect,
	[FT_OP_SHUTDOWN] = put_shutdown, [FT_OP_DISCONNECT] = put_disconnect,
	[FT_OP_CLOSE] = put_close,       [FT_OP_FCHOWN] = put_fchown,
	[FT_OP_DUP] = put_dup,           [FT_OP_DEAF] = put_deaf,
	[FT_OP_HEAR] = put_hear,         [FT_OP_STEER] = put_steer,
	[FT_OP_UNSTEER] = put_unsteer,   [FT_OP_SYSCTL] = put_scene,
	[FT_OP_WAIT] = put_scene,        [FT_OP_CPU] = put_scene,
	[FT_OP_ADDR] = put_scene,        [FT_OP_LINK] = put_scene,
	[FT_OP_LOOK] = put_scene,
};

void ft_repro_python_word(const struct ft_repro *repro, size_t s, size_t w, struct ft_text *out)
{
	struct put p = {.repro = repro,
			.step = repro->c->steps[s],
			.word = &repro->c->steps[s]->words[w],
			.plan = ft_repro_word(repro, s, w),
			.out = out};

	ft_text_init(&p.line, FT_REPRO_TEXT_MAX);
	ft_text_init(&p.label, FT_REPRO_TEXT_MAX);
	ft_repro_label(repro, s, w, &p.label);
	if (p.plan->settle) {
		ft_text_str(&p.line, "settle()");
		end_line(&p);
	}
	if (p.plan->closing)
		put_statement(&p, "note_closing", p.step->subject);
	puts_of[p.word->op](&p);
	ft_repro_text_fini(&p.line, out);
	ft_repro_text_fini(&p.label, out);
}

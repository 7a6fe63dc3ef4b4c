/* SPDX-License-Identifier: MIT */
/*
 * Which C expression makes the call of a word?
 *
 * Real calls with real constants as far as one expression can hold them; the rest are the small
 * functions of support_c.in. Shared by the programs and the self-tests of the kernel.
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "fourtuple/repro.h"

struct put {
	const struct ft_repro *repro;
	const struct ft_step *step;
	const struct ft_word *word;
	uint8_t family;
	struct ft_text *out;
};

static bool is_v6(const struct put *p)
{
	return ft_families[p->family].domain == AF_INET6;
}

static void put_ident(const struct put *p, uint16_t socket)
{
	ft_repro_ident(p->repro, socket, "_fd", p->out);
}

static void put_subject(const struct put *p)
{
	put_ident(p, p->step->subject);
}

/* v4("127.0.0.1", port_p), sizeof(struct sockaddr_in) */
static void put_address(const struct put *p)
{
	const struct ft_endpoint *at = &p->word->at;
	bool v6 = ft_repro_is_v6(at, p->family);

	if (v6 && at->scope[0])
		ft_text_printf(p->out, "v6_on(\"%s\", \"", at->scope);
	else
		ft_text_str(p->out, v6 ? "v6(\"" : "v4(\"");
	ft_repro_number(at, p->family, p->out);
	ft_text_str(p->out, "\", ");
	ft_repro_port(p->repro, at, p->out);
	ft_text_printf(p->out, "), sizeof(struct sockaddr_in%s)", v6 ? "6" : "");
}

static void put_socket(const struct put *p)
{
	const struct ft_family_row *row = &ft_families[p->word->detail];

	ft_text_printf(p->out, "socket(%s, %s, %s)",
		       row->domain == AF_INET6 ? "AF_INET6" : "AF_INET",
		       row->type == SOCK_DGRAM ? "SOCK_DGRAM" : "SOCK_STREAM",
		       ft_repro_protocol(row->protocol));
}

/* ---- options ---- */

static void put_index(const struct put *p, const char *device)
{
	if (device && device[0])
		ft_text_printf(p->out, "if_nametoindex(\"%s\")", device);
	else
		ft_text_char(p->out, '0');
}

/* a, SOL_SOCKET, SO_REUSEADDR */
static void put_option(const struct put *p)
{
	put_subject(p);
	ft_text_printf(p->out, ", %s, ", ft_repro_level(ft_repro_option_level(p->word, p->family)));
	ft_repro_option_names(p->word, p->family, p->out);
}

/* A value of its own structure: setsockopt(a, SOL_SOCKET, SO_LINGER, &(struct linger){1, 3}, ...)
 */
static void begin_struct(const struct put *p, const char *name)
{
	ft_text_str(p->out, "setsockopt(");
	put_option(p);
	ft_text_printf(p->out, ", &(struct %s){", name);
}

static void end_struct(const struct put *p, const char *name)
{
	ft_text_printf(p->out, "}, sizeof(struct %s))", name);
}

static void put_membership(const struct put *p)
{
	const char *name = is_v6(p) ? "ipv6_mreq" : "ip_mreqn";
	struct ft_endpoint group = p->word->at;

	/* the group is of the socket's family; a literal of the other one is cut as it is */
	if (group.host >= FT_HOST_LITERAL4)
		group.host = is_v6(p) ? FT_HOST_LITERAL6 : FT_HOST_LITERAL4;
	begin_struct(p, name);
	ft_text_str(p->out, is_v6(p) ? ".ipv6mr_multiaddr = in6(\""
				     : ".imr_multiaddr.s_addr = inet_addr(\"");
	ft_repro_number(&group, p->family, p->out);
	ft_text_str(p->out, is_v6(p) ? "\"), .ipv6mr_interface = " : "\"), .imr_ifindex = ");
	put_index(p, p->word->text);
	end_struct(p, name);
}

static void put_device(const struct put *p)
{
	ft_text_str(p->out, "setsockopt(");
	put_option(p);
	ft_text_printf(p->out, ", \"%s\", %zu)", p->word->text, strlen(p->word->text));
}

static void put_linger(const struct put *p)
{
	begin_struct(p, "linger");
	if (p->word->value < 0)
		ft_text_str(p->out, "0, 0");
	else
		ft_text_printf(p->out, "1, %" PRId64, p->word->value);
	end_struct(p, "linger");
}

static void put_time(const struct put *p)
{
	begin_struct(p, "timeval");
	ft_text_printf(p->out, "%" PRId64 ", %" PRId64, p->word->value / 1000000000,
		       p->word->value % 1000000000 / 1000);
	end_struct(p, "timeval");
}

/* set(a, SOL_SOCKET, SO_REUSEADDR, 1) */
static void put_set_int(const struct put *p)
{
	enum ft_value kind = ft_options[p->word->options[0]].value;

	ft_text_str(p->out, "set(");
	put_option(p);
	ft_text_str(p->out, ", ");
	if (kind == FT_VALUE_RANGE)
		ft_text_printf(p->out, "%" PRId64 " << 16 | %" PRId64, p->word->value >> 16,
			       p->word->value & 0xffff);
	else if (kind == FT_VALUE_INT)
		ft_text_int(p->out, (int32_t)(uint32_t)p->word->value);
	else
		put_index(p, p->word->text);
	ft_text_char(p->out, ')');
}

static void put_set(const struct put *p)
{
	switch (ft_options[p->word->options[0]].value) {
	case FT_VALUE_DEVICE:
		put_device(p);
		break;
	case FT_VALUE_LINGER:
		put_linger(p);
		break;
	case FT_VALUE_MEMBERSHIP:
		put_membership(p);
		break;
	case FT_VALUE_SECONDS:
		put_time(p);
		break;
	case FT_VALUE_INTERFACE:
		if (!is_v6(p)) {
			begin_struct(p, "ip_mreqn");
			ft_text_str(p->out, ".imr_ifindex = ");
			put_index(p, p->word->text);
			end_struct(p, "ip_mreqn");
			break;
		}
		put_set_int(p);
		break;
	default:
		put_set_int(p);
		break;
	}
}

static void put_sockopt(const struct put *p)
{
	ft_text_str(p->out, "setsockopt(");
	put_subject(p);
	ft_text_printf(p->out, ", %" PRId64 ", %" PRId64 ", \"", p->word->value >> 32,
		       p->word->value & 0xffffffff);
	for (unsigned i = 0; i < p->word->text_len; i++)
		ft_text_printf(p->out, "\\%03o", (unsigned char)p->word->text[i]);
	ft_text_printf(p->out, "\", %u)", p->word->text_len);
}

/* ---- calls ---- */

/* NAME(a, ADDRESS, LENGTH) */
static void put_at(const struct put *p, const char *name)
{
	ft_text_printf(p->out, "%s(", name);
	put_subject(p);
	ft_text_str(p->out, ", ");
	put_address(p);
	ft_text_char(p->out, ')');
}

/* NAME(a) */
static void put_alone(const struct put *p, const char *name)
{
	ft_text_printf(p->out, "%s(", name);
	put_subject(p);
	ft_text_char(p->out, ')');
}

static void put_send(const struct put *p)
{
	int64_t byte = p->word->value < 0 ? 0 : p->word->value;

	ft_text_printf(p->out, "%s(", p->word->has_at ? "sendto" : "send");
	put_subject(p);
	ft_text_printf(p->out, ", \"\\%03o\", 1, MSG_DONTWAIT | MSG_NOSIGNAL", (unsigned)byte);
	if (p->word->has_at) {
		ft_text_str(p->out, ", ");
		put_address(p);
	}
	ft_text_char(p->out, ')');
}

static void put_steer(const struct put *p)
{
	ft_text_str(p->out, "steer(");
	put_subject(p);
	ft_text_str(p->out, ", (struct sock_filter[]){");
	if (p->word->detail == FT_STEER_INDEX)
		ft_text_printf(p->out, "BPF_STMT(BPF_RET | BPF_K, %" PRId64 ")}, 1)",
			       p->word->value);
	else if (p->word->detail == FT_STEER_MOD)
		ft_text_printf(p->out,
			       "BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), "
			       "BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, %" PRId64 "), "
			       "BPF_STMT(BPF_RET | BPF_A, 0)}, 3)",
			       p->word->value);
	else
		ft_text_str(p->out, "BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_CPU), "
				    "BPF_STMT(BPF_RET | BPF_A, 0)}, 2)");
}

static void put_steer_ebpf(const struct put *p)
{
	char name[40];

	snprintf(name, sizeof(name), "program_%u_%" PRId64, p->word->detail, p->word->value);
	ft_text_str(p->out, "setsockopt(");
	put_subject(p);
	ft_text_printf(p->out, ", SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, &%s, sizeof(%s))", name,
		       name);
}

static void put_dup(const struct put *p)
{
	ft_text_str(p->out, "fcntl(");
	put_subject(p);
	ft_text_str(p->out, ", F_DUPFD_CLOEXEC, 0)");
}

static void put_connect(const struct put *p)
{
	put_at(p, ft_families[p->family].type == SOCK_STREAM ? "dial" : "connect");
}

static void put_close(const struct put *p)
{
	put_alone(p, ft_repro_has(p->repro, FT_REPRO_LINGER_CLOSE) ? "close_soon" : "close");
}

static void put_plain_call(const struct put *p)
{
	static const char *const ways[] = {"SHUT_RD", "SHUT_WR", "SHUT_RDWR"};

	switch ((enum ft_op)p->word->op) {
	case FT_OP_LISTEN:
		ft_text_str(p->out, "listen(");
		put_subject(p);
		if (p->word->value < 0)
			ft_text_str(p->out, ", SOMAXCONN)");
		else
			ft_text_printf(p->out, ", %" PRId64 ")", p->word->value);
		break;
	case FT_OP_RECV:
		ft_text_str(p->out, "recv(");
		put_subject(p);
		ft_text_str(p->out, ", buffer, sizeof(buffer), MSG_DONTWAIT)");
		break;
	case FT_OP_SHUTDOWN:
		ft_text_str(p->out, "shutdown(");
		put_subject(p);
		ft_text_printf(p->out, ", %s)", ways[p->word->detail]);
		break;
	case FT_OP_DISCONNECT:
		ft_text_str(p->out, "connect(");
		put_subject(p);
		ft_text_str(p->out, ", &(struct sockaddr){.sa_family = AF_UNSPEC}, "
				    "sizeof(struct sockaddr))");
		break;
	case FT_OP_FCHOWN:
		ft_text_str(p->out, "give_to(");
		put_subject(p);
		ft_text_printf(p->out, ", %" PRId64 ")", p->word->value);
		break;
	default:
		ft_text_str(p->out, "set(");
		put_subject(p);
		ft_text_str(p->out, ", SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, 0)");
		break;
	}
}

static void put_scene(const struct put *p)
{
	struct ft_text path;

	switch ((enum ft_op)p->word->op) {
	case FT_OP_SYSCTL:
		ft_text_init(&path, FT_REPRO_TEXT_MAX);
		ft_repro_sysctl_path(p->word->text, &path);
		ft_text_printf(p->out, "set_sysctl(\"%s\", \"", ft_text_get(&path));
		ft_text_clear(&path);
		for (const char *at = p->word->value_text; *at; at++)
			ft_text_char(&path, *at == '_' ? ' ' : *at);
		ft_text_char(&path, '\n');
		ft_repro_quoted(ft_text_get(&path), path.len, p->out);
		ft_text_str(p->out, "\")");
		ft_text_fini(&path);
		break;
	case FT_OP_WAIT:
		ft_text_printf(p->out,
			       "nanosleep(&(struct timespec){%" PRId64 ", %" PRId64 "}, NULL)",
			       p->word->value / 1000000000, p->word->value % 1000000000);
		break;
	case FT_OP_CPU:
		ft_text_printf(p->out, "move_to_cpu(%" PRId64 ")", p->word->value);
		break;
	case FT_OP_ADDR:
		ft_text_printf(p->out, "add_address(\"%s\", %s, \"", p->word->text,
			       p->word->at.host == FT_HOST_LITERAL6 ? "AF_INET6" : "AF_INET");
		ft_repro_number(&p->word->at, FT_FAMILY_TCP4, p->out);
		ft_text_printf(p->out, "\", %d)", ft_repro_prefix(&p->word->at));
		break;
	case FT_OP_LINK:
		ft_text_printf(p->out, "add_link(\"%s\", \"%s\")", p->word->text,
			       p->word->value_text);
		break;
	default: /* look: an address as a v4 socket writes it, unless it is a v6 literal */
		ft_text_str(p->out, "look(");
		if (p->word->at.host == FT_HOST_ANY) {
			ft_text_str(p->out, "NULL, ");
		} else {
			ft_text_char(p->out, '"');
			ft_repro_number(&p->word->at, FT_FAMILY_TCP4, p->out);
			ft_text_str(p->out, "\", ");
		}
		ft_repro_port(p->repro, &p->word->at, p->out);
		ft_text_char(p->out, ')');
		break;
	}
}

/* Calls that are the name of a function and a socket, or a socket and an address. */
static const struct {
	const char *alone, *at;
} functions[FT_OP_COUNT] = {
	[FT_OP_BIND] = {NULL, "bind"},         [FT_OP_BEGIN] = {NULL, "begin"},
	[FT_OP_FASTOPEN] = {NULL, "fastopen"}, [FT_OP_ACCEPT] = {"accept_now", NULL},
	[FT_OP_DEAF] = {"deaf", NULL},         [FT_OP_HEAR] = {"hear", NULL},
};

/* The others. */
static void (*const puts_of[FT_OP_COUNT])(const struct put *p) = {
	[FT_OP_CREATE] = put_socket,
	[FT_OP_SET] = put_set,
	[FT_OP_SOCKOPT] = put_sockopt,
	[FT_OP_GET] = put_option, /* the arguments only: the function tells the kind */
	[FT_OP_LISTEN] = put_plain_call,
	[FT_OP_CONNECT] = put_connect,
	[FT_OP_CLOSE] = put_close,
	[FT_OP_DUP] = put_dup,
	[FT_OP_SEND] = put_send,
	[FT_OP_RECV] = put_plain_call,
	[FT_OP_SHUTDOWN] = put_plain_call,
	[FT_OP_DISCONNECT] = put_plain_call,
	[FT_OP_FCHOWN] = put_plain_call,
	[FT_OP_STEER] = put_steer,
	[FT_OP_STEER_EBPF] = put_steer_ebpf,
	[FT_OP_UNSTEER] = put_plain_call,
	[FT_OP_SYSCTL] = put_scene,
	[FT_OP_WAIT] = put_scene,
	[FT_OP_CPU] = put_scene,
	[FT_OP_ADDR] = put_scene,
	[FT_OP_LINK] = put_scene,
	[FT_OP_LOOK] = put_scene,
};

void ft_repro_c_call(const struct ft_repro *repro, size_t s, size_t w, struct ft_text *out)
{
	const struct ft_step *step = repro->c->steps[s];
	struct put p = {repro, step, &step->words[w], ft_repro_word(repro, s, w)->family, out};

	if (functions[p.word->op].at)
		put_at(&p, functions[p.word->op].at);
	else if (functions[p.word->op].alone)
		put_alone(&p, functions[p.word->op].alone);
	else
		puts_of[p.word->op](&p);
}

void ft_repro_c_step_comment(const struct ft_repro *repro, size_t s, const char *indent,
			     struct ft_text *out)
{
	size_t start = out->len + strlen(indent);
	struct ft_text text;
	char prefix[16];

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	ft_step_print(repro->c->steps[s], repro->c->names, &text);
	snprintf(prefix, sizeof(prefix), "%s * ", indent);
	ft_repro_comment(ft_text_get(&text), prefix, out);
	ft_text_fini(&text);
	if (out->failed)
		return;
	out->bytes[start] = '/';
	out->len--; /* the newline */
	ft_text_str(out, " */\n");
}

/* SPDX-License-Identifier: MIT */
/*
 * Which packetdrill script shows this case? Calls in strace(1) style, each with what was measured.
 *
 * packetdrill has one socket under test, one local address and port, and plays the other end itself
 * by injecting segments: bind(), connect() and sendto() take `...` and nothing else for an address
 * (run_system_call.c of packetdrill). So a script can hold: sockets of one family that all bind the
 * same address and port, their options, who may listen, and one connection that somebody outside
 * makes to them. Every other word is refused by name.
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fourtuple/repro.h"

enum { FIRST_FD = 3 };

struct put {
	const struct ft_repro *repro;
	size_t s, w;
	const struct ft_step *step;
	const struct ft_word *word;
	const struct ft_endpoint *bound; /* what every socket binds; NULL before the first */
	uint8_t domain;                  /* enum ft_family of the first socket */
	bool connected;                  /* the one connection was made */
	int next_fd;
	int *fds; /* by socket */
	int64_t wait_ns;
	const char *at; /* how far the outcome was read */
	struct ft_text *out, line, label, end;
	struct ft_err *err;
};

static int refuse(const struct put *p, const char *why)
{
	return ft_repro_refuse(p->repro, "packetdrill", p->s, p->w, why, p->err);
}

static const char *find_end(struct put *p)
{
	ft_text_clear(&p->label);
	ft_repro_label(p->repro, p->s, p->w, &p->label);
	ft_repro_next_end(&p->at, &p->label, &p->end);
	return ft_text_get(&p->end);
}

/* "+0 " or, after a wait, "+1.1 ". */
static void begin_line(struct put *p)
{
	ft_text_clear(&p->line);
	if (p->wait_ns)
		ft_text_printf(&p->line, "+%.9g ", (double)p->wait_ns / 1e9);
	else
		ft_text_str(&p->line, "+0 ");
	p->wait_ns = 0;
}

static void end_line(struct put *p)
{
	ft_text_printf(p->out, "%s\n", ft_text_get(&p->line));
}

/* = 0, or = -1 EADDRINUSE (Address already in use) */
static void end_call(struct put *p, const char *end, int64_t good)
{
	char name[32];
	size_t len = strcspn(end, "(>");

	if (end[0] != 'E') {
		ft_text_printf(&p->line, " = %" PRId64, good);
	} else {
		if (len >= sizeof(name))
			len = sizeof(name) - 1;
		memcpy(name, end, len);
		name[len] = '\0';
		ft_text_printf(&p->line, " = -1 %s (%s)", name, strerror(ft_errno_number(name)));
	}
	end_line(p);
}

static int fd_of(const struct put *p)
{
	return p->fds[p->step->subject];
}

/* A step whose socket only connects has no socket in the script. */
static bool is_outside(const struct ft_step *step)
{
	return step->n_words == 2 && step->words[0].op == FT_OP_CREATE &&
	       step->words[1].op == FT_OP_CONNECT;
}

/* ---- words ---- */

static int put_create(struct put *p, const char *end)
{
	const struct ft_family_row *row = &ft_families[p->word->detail];

	if (p->step->peer)
		return refuse(p, "a script has one host");
	if (row->protocol != IPPROTO_TCP && row->protocol != IPPROTO_UDP)
		return refuse(p, "TCP and UDP only");
	if (p->domain == FT_FAMILY_COUNT)
		p->domain = p->word->detail;
	if (row->domain != ft_families[p->domain].domain)
		return refuse(p, "all sockets of a script are of one family (--ip_version)");
	p->fds[p->step->subject] = p->next_fd++;
	begin_line(p);
	ft_text_printf(&p->line, "socket(..., %s, %s)",
		       row->type == SOCK_DGRAM ? "SOCK_DGRAM" : "SOCK_STREAM",
		       row->type == SOCK_DGRAM ? "IPPROTO_UDP" : "IPPROTO_TCP");
	end_call(p, end, fd_of(p));
	return 0;
}

/* The names in packetdrill's symbols; others are written as numbers. */
static bool is_known(const char *name)
{
	static const char *const known[] = {
		"SO_ACCEPTCONN", "SO_BROADCAST",     "SO_DEBUG",     "SO_DONTROUTE",
		"SO_ERROR",      "SO_KEEPALIVE",     "SO_MARK",      "SO_OOBINLINE",
		"SO_PRIORITY",   "SO_RCVBUF",        "SO_RCVLOWAT",  "SO_REUSEADDR",
		"SO_REUSEPORT",  "SO_SNDBUF",        "SO_SNDLOWAT",  "SO_TYPE",
		"IP_TOS",        "IP_FREEBIND",      "IP_TTL",       "TCP_NODELAY",
		"TCP_MAXSEG",    "TCP_CORK",         "TCP_KEEPIDLE", "TCP_KEEPINTVL",
		"TCP_KEEPCNT",   "TCP_SYNCNT",       "TCP_LINGER2",  "TCP_DEFER_ACCEPT",
		"TCP_QUICKACK",  "TCP_USER_TIMEOUT", "TCP_FASTOPEN",
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i]) == 0)
			return true;
	return false;
}

static const char *level_name(int level)
{
	switch (level) {
	case SOL_SOCKET:
		return "SOL_SOCKET";
	case IPPROTO_IP:
		return "SOL_IP";
	case IPPROTO_IPV6:
		return "SOL_IPV6";
	case IPPROTO_TCP:
		return "SOL_TCP";
	default:
		return "SOL_UDP";
	}
}

/* NAME, or NAME|NAME */
static void put_names(struct put *p)
{
	bool v6 = ft_families[p->domain].domain == AF_INET6;

	for (unsigned i = 0; i < p->word->n_options; i++) {
		const struct ft_option *o = &ft_options[p->word->options[i]];
		const char *name = v6 && o->v6_level ? o->v6_name : o->name;

		ft_text_str(&p->line, i ? "|" : "");
		if (is_known(name))
			ft_text_str(&p->line, name);
		else
			ft_text_int(&p->line, v6 && o->v6_level ? o->v6_optname : o->optname);
	}
}

static int put_option(struct put *p, const char *end)
{
	enum ft_value kind = ft_options[p->word->options[0]].value;
	bool set = p->word->op == FT_OP_SET;
	bool v6 = ft_families[p->domain].domain == AF_INET6;
	const struct ft_option *option = &ft_options[p->word->options[0]];

	if (kind != FT_VALUE_INT && (kind != FT_VALUE_LINGER || !set))
		return refuse(p, "its value is no int");
	begin_line(p);
	ft_text_printf(&p->line, "%s(%d, %s, ", set ? "setsockopt" : "getsockopt", fd_of(p),
		       level_name(v6 && option->v6_level ? option->v6_level : option->level));
	put_names(p);
	if (kind == FT_VALUE_LINGER)
		ft_text_printf(&p->line, ", {onoff=%d, linger=%" PRId64 "}, 8)",
			       p->word->value >= 0, p->word->value < 0 ? 0 : p->word->value);
	else if (set)
		ft_text_printf(&p->line, ", [%" PRId32 "], 4)", (int32_t)(uint32_t)p->word->value);
	else
		ft_text_printf(&p->line, ", [%s], [4])", end[0] == 'E' ? "0" : end);
	end_call(p, end, 0);
	return 0;
}

static bool same_place(const struct ft_endpoint *a, const struct ft_endpoint *b)
{
	return a->host == b->host && a->port == b->port && a->number == b->number &&
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* Is it packetdrill's one local address and port? The first bind says which they are. */
static int check_place(struct put *p)
{
	const struct ft_endpoint *at = &p->word->at;

	if (at->host == FT_HOST_ANY || at->host == FT_HOST_ANY4 || at->host == FT_HOST_LO4 ||
	    at->host == FT_HOST_MCAST || at->scope[0])
		return refuse(p, "a script has one address, which is no wildcard");
	if (at->port != FT_PORT_NAMED && !(at->port == FT_PORT_NUMBER && at->number))
		return refuse(p, "a script has one port, which the kernel does not choose");
	if (p->bound && !same_place(p->bound, at))
		return refuse(p, "every socket of a script has the same address and port");
	p->bound = at;
	return 0;
}

static int put_bind(struct put *p, const char *end)
{
	int rc = check_place(p);

	if (rc < 0)
		return rc;
	begin_line(p);
	ft_text_printf(&p->line, "bind(%d, ..., ...)", fd_of(p));
	end_call(p, end, 0);
	return 0;
}

/* A connection is made from outside: packetdrill is the client. */
static int put_connect(struct put *p, const char *end)
{
	const char *got = strchr(end, '>');
	int rc;

	if (ft_families[ft_repro_word(p->repro, p->s, p->w)->family].type != SOCK_STREAM ||
	    p->w != 1 || p->step->n_words != 2)
		return refuse(p, "connections come from outside: a new socket that connects and "
				 "does nothing else");
	if (p->connected)
		return refuse(p, "a script has one connection");
	if (!got || strcmp(got, ">none") == 0)
		return refuse(p, "only a connection that somebody gets");
	rc = check_place(p);
	if (rc < 0)
		return rc;
	p->connected = true;
	ft_text_printf(p->out, "// %s gets it\n", got + 1);
	begin_line(p);
	ft_text_str(&p->line, "< S 0:0(0) win 65535 <mss 1460>");
	end_line(p);
	ft_text_str(p->out, "+0 > S. 0:0(0) ack 1 <...>\n"
			    "+0 < . 1:1(0) ack 1 win 65535\n");
	return 0;
}

static int put_accept(struct put *p, const char *end)
{
	p->fds[p->word->socket] = p->next_fd++;
	begin_line(p);
	ft_text_printf(&p->line, "fcntl(%d, F_SETFL, O_RDWR|O_NONBLOCK) = 0", fd_of(p));
	end_line(p);
	begin_line(p);
	ft_text_printf(&p->line, "accept(%d, ..., ...)", fd_of(p));
	end_call(p, end, p->fds[p->word->socket]);
	if (end[0] == 'E')
		p->fds[p->word->socket] = 0;
	return 0;
}

static int put_sysctl(struct put *p, const char *end)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_.,/-";
	const char *value = p->word->value_text;
	struct ft_text path;
	bool good;

	if (end[0] == 'E')
		return refuse(p, "a command that fails ends a script");
	/* the line is a shell's */
	if (strspn(value, plain) != strlen(value))
		return refuse(p, "no such value in a shell's line");
	ft_text_init(&path, FT_REPRO_TEXT_MAX);
	good = ft_repro_sysctl_path(p->word->text, &path);
	if (good) {
		ft_text_printf(p->out, "+0 `echo '");
		for (; *value; value++)
			ft_text_char(p->out, *value == '_' ? ' ' : *value);
		ft_text_printf(p->out, "' > %s`\n", ft_text_get(&path));
	}
	ft_text_fini(&path);
	return good ? 0 : refuse(p, "no name of a sysctl");
}

static int put_simple(struct put *p, const char *end)
{
	static const char *const ways[] = {"SHUT_RD", "SHUT_WR", "SHUT_RDWR"};

	begin_line(p);
	switch ((enum ft_op)p->word->op) {
	case FT_OP_LISTEN:
		ft_text_printf(&p->line, "listen(%d, %" PRId64 ")", fd_of(p),
			       p->word->value < 0 ? SOMAXCONN : p->word->value);
		break;
	case FT_OP_SHUTDOWN:
		ft_text_printf(&p->line, "shutdown(%d, %s)", fd_of(p), ways[p->word->detail]);
		break;
	default:
		ft_text_printf(&p->line, "close(%d)", fd_of(p));
		break;
	}
	end_call(p, end, 0);
	if (p->word->op == FT_OP_CLOSE)
		p->fds[p->step->subject] = 0;
	return 0;
}

static int put_word(struct put *p, const char *end)
{
	if (p->step->subject != FT_NO_SOCKET && p->word->op != FT_OP_CREATE &&
	    !is_outside(p->step) && !fd_of(p))
		return refuse(p, "a script cannot call on a socket that does not exist");
	switch ((enum ft_op)p->word->op) {
	case FT_OP_CREATE:
		return put_create(p, end);
	case FT_OP_SET:
	case FT_OP_GET:
		return put_option(p, end);
	case FT_OP_BIND:
		return put_bind(p, end);
	case FT_OP_CONNECT:
		return put_connect(p, end);
	case FT_OP_ACCEPT:
		return put_accept(p, end);
	case FT_OP_LISTEN:
	case FT_OP_SHUTDOWN:
	case FT_OP_CLOSE:
		return put_simple(p, end);
	case FT_OP_SYSCTL:
		return put_sysctl(p, end);
	case FT_OP_WAIT:
		p->wait_ns += p->word->value;
		return 0;
	default:
		return refuse(p, "it has no such call");
	}
}

static int put_step(struct put *p)
{
	bool broken = false;
	struct ft_text text;
	int rc = 0;

	p->w = 0;
	p->word = p->step->words;
	if (p->step->as)
		return refuse(p, "a script has one user");
	ft_text_init(&text, FT_CASE_TEXT_MAX);
	ft_step_print(p->step, p->repro->c->names, &text);
	ft_text_char(p->out, '\n');
	ft_repro_comment(ft_text_get(&text), "// ", p->out);
	ft_text_fini(&text);
	for (; rc == 0 && p->w < p->step->n_words; p->w++) {
		const char *end;

		p->word = &p->step->words[p->w];
		end = find_end(p);
		if (broken)
			ft_text_printf(p->out, "// %s is not reached\n", ft_text_get(&p->label));
		else if (p->w != 0 || !is_outside(p->step))
			rc = put_word(p, end);
		broken = broken || end[0] == 'E' || strncmp(end, "pending", 7) == 0;
		if (rc < 0)
			break;
	}
	return rc;
}

int ft_repro_packetdrill(struct ft_repro *repro, struct ft_text *out, struct ft_err *err)
{
	size_t n = repro->c->names->n_sockets + 1;
	struct ft_text steps, head;
	struct put p = {.repro = repro,
			.domain = FT_FAMILY_COUNT,
			.next_fd = FIRST_FD,
			.at = repro->outcome,
			.out = &steps,
			.err = err};
	int rc = 0;

	p.fds = calloc(n, sizeof(*p.fds));
	if (!p.fds)
		return ft_err_set(err, -ENOMEM, "no memory for a script");
	ft_text_init(&steps, 2 * FT_CASE_TEXT_MAX);
	ft_text_init(&head, 2 * FT_CASE_TEXT_MAX);
	ft_text_init(&p.line, FT_REPRO_TEXT_MAX);
	ft_text_init(&p.label, FT_REPRO_TEXT_MAX);
	ft_text_init(&p.end, FT_REPRO_TEXT_MAX);
	for (p.s = 0; rc == 0 && p.s < repro->c->n_steps; p.s++) {
		p.step = repro->c->steps[p.s];
		rc = put_step(&p);
		if (rc < 0)
			break;
	}
	ft_case_print(repro->c, false, &head);
	ft_repro_comment(ft_text_get(&head), "// ", out);
	ft_text_clear(&head);
	ft_text_printf(&head, "Seen on Linux %s: %s", repro->release, repro->outcome);
	ft_text_str(out, "//\n");
	ft_repro_comment(ft_text_get(&head), "// ", out);
	ft_text_str(out, "//\n// The address and port of the case are packetdrill's own.\n");
	if (p.domain != FT_FAMILY_COUNT && ft_families[p.domain].domain == AF_INET6)
		ft_text_str(out, "\n--ip_version=ipv6\n");
	ft_text_str(out, ft_text_get(&steps));
	ft_text_fini(&steps);
	ft_text_fini(&head);
	ft_text_fini(&p.line);
	ft_text_fini(&p.label);
	ft_text_fini(&p.end);
	free(p.fds);
	return rc;
}

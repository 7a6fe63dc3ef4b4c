/* SPDX-License-Identifier: MIT */
/*
 * What are the words of a case called in a program? Sockets, addresses, ports, options; and what
 * does a case have at all?
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "fourtuple/repro.h"

enum { SOMAXCONN_USUAL = 4096 };

void ft_repro_label(const struct ft_repro *repro, size_t s, size_t w, struct ft_text *out)
{
	const struct ft_step *step = repro->c->steps[s];
	unsigned occurrence = ft_case_occurrence(repro->c, s, w);

	if (step->subject != FT_NO_SOCKET)
		ft_text_printf(out, "%s.", repro->c->names->socket[step->subject]);
	ft_word_print_name(&step->words[w], out);
	if (occurrence > 1)
		ft_text_printf(out, ".%u", occurrence);
}

/* y0 and the like are functions of the C library, v4 and v6 ours. */
static bool is_plain_name(const char *name)
{
	size_t digits = strspn(name + 1, "0123456789");

	return !name[1] || (!name[1 + digits] && !strchr("vjy", name[0]));
}

void ft_repro_ident(const struct ft_repro *repro, uint16_t socket, const char *suffix,
		    struct ft_text *out)
{
	const char *name = repro->c->names->socket[socket];

	ft_text_str(out, name);
	if (!is_plain_name(name))
		ft_text_str(out, suffix);
}

/* As the engine resolves it (engine/sysctl.c): dots are slashes unless there are slashes, and a
 * name without a branch is below ipv4. */
bool ft_repro_sysctl_path(const char *name, struct ft_text *out)
{
	static const char *const branches[] = {"core/", "ipv4/",      "ipv6/", "mptcp/",
					       "sctp/", "netfilter/", "unix/", "vsock/"};
	bool dots = !strchr(name, '/'), branch = false;
	char path[256];
	size_t len = strlen(name);
	const char *rest = path;

	if (len == 0 || len >= sizeof(path))
		return false;
	for (size_t i = 0; i <= len; i++)
		path[i] = name[i] == '.' && dots ? '/' : name[i];
	for (const char *at = path; at; at = strchr(at, '/')) {
		at += *at == '/';
		size_t part = strcspn(at, "/");

		if (part == 0 || (part <= 2 && strspn(at, ".") >= part))
			return false;
	}
	if (strncmp(path, "net/", 4) == 0)
		rest += 4;
	for (size_t i = 0; i < sizeof(branches) / sizeof(branches[0]); i++)
		branch |= strncmp(rest, branches[i], strlen(branches[i])) == 0;
	ft_text_printf(out, "/proc/sys/net/%s%s", branch || rest != path ? "" : "ipv4/", rest);
	return true;
}

/* ---- addresses ---- */

bool ft_repro_is_v6(const struct ft_endpoint *at, uint8_t family)
{
	if (at->host >= FT_HOST_LITERAL4)
		return at->host == FT_HOST_LITERAL6;
	return ft_families[family].domain == AF_INET6;
}

void ft_repro_number(const struct ft_endpoint *at, uint8_t family, struct ft_text *out)
{
	bool v6 = ft_repro_is_v6(at, family);
	const uint8_t *bytes = at->bytes;
	char text[INET6_ADDRSTRLEN];

	if (at->host < FT_HOST_LITERAL4)
		bytes = v6 ? ft_hosts[at->host].v6 : ft_hosts[at->host].v4;
	inet_ntop(v6 ? AF_INET6 : AF_INET, bytes, text, sizeof(text));
	ft_text_str(out, text);
}

void ft_repro_read_back(const struct ft_repro *repro, const struct ft_endpoint *at, uint8_t family,
			struct ft_text *out)
{
	bool v6 = ft_repro_is_v6(at, family);
	struct ft_endpoint said = *at;

	for (uint8_t host = 0; host < FT_HOST_LITERAL4; host++) {
		if (at->host >= FT_HOST_LITERAL4 &&
		    memcmp(at->bytes, v6 ? ft_hosts[host].v6 : ft_hosts[host].v4, v6 ? 16 : 4) ==
			    0) {
			said.host = host;
			break;
		}
	}
	if (!v6 && said.host == FT_HOST_ANY4)
		said.host = FT_HOST_ANY;
	if (!v6 && said.host == FT_HOST_LO4)
		said.host = FT_HOST_LO;
	ft_endpoint_print(&said, repro->c->names, out);
}

void ft_repro_port(const struct ft_repro *repro, const struct ft_endpoint *at, struct ft_text *out)
{
	switch ((enum ft_port)at->port) {
	case FT_PORT_NAMED:
		ft_text_printf(out, "port_%s", repro->c->names->port[at->number]);
		break;
	case FT_PORT_KERNEL:
		ft_text_printf(out, "chosen_port(%u)", at->number);
		break;
	case FT_PORT_NUMBER:
		ft_text_int(out, at->number);
		break;
	}
}

/* Named ports as the engine gives them in a namespace of the case's own. */
enum { FIRST_PORT = 2000 };

static void tell_number(const struct ft_endpoint *at, uint64_t seen[1024], ft_repro_port_name *each,
			void *arg)
{
	uint64_t bit = UINT64_C(1) << (at->number & 63);
	char word[8];
	struct ft_text text;

	if (at->port != FT_PORT_NUMBER || at->number == 0 || seen[at->number >> 6] & bit)
		return;
	seen[at->number >> 6] |= bit;
	ft_text_init(&text, sizeof(word));
	ft_text_int(&text, at->number);
	each(arg, ft_text_get(&text), at->number);
	ft_text_fini(&text);
}

void ft_repro_ports(const struct ft_repro *repro, ft_repro_port_name *each, void *arg)
{
	const struct ft_case *c = repro->c;
	uint64_t seen[1024] = {0};

	for (size_t i = 0; i < c->names->n_ports; i++)
		each(arg, c->names->port[i], (uint16_t)(FIRST_PORT + i));
	for (size_t s = 0; s < c->n_steps; s++)
		for (size_t w = 0; w < c->steps[s]->n_words; w++)
			tell_number(&c->steps[s]->words[w].at, seen, each, arg);
}

/* ---- options ---- */

const char *ft_repro_protocol(int protocol)
{
	switch (protocol) {
	case IPPROTO_TCP:
		return "IPPROTO_TCP";
	case IPPROTO_UDP:
		return "IPPROTO_UDP";
	case IPPROTO_SCTP:
		return "IPPROTO_SCTP";
	default:
		return "IPPROTO_MPTCP";
	}
}

enum ft_value ft_repro_kind(const struct ft_word *word, uint8_t family)
{
	enum ft_value kind = ft_options[word->options[0]].value;

	if (kind != FT_VALUE_INTERFACE || word->op != FT_OP_GET)
		return kind;
	return ft_families[family].domain == AF_INET6 ? FT_VALUE_IFINDEX : FT_VALUE_INT;
}

const char *ft_repro_level(int level)
{
	switch (level) {
	case SOL_SOCKET:
		return "SOL_SOCKET";
	case IPPROTO_IP:
		return "IPPROTO_IP";
	case IPPROTO_IPV6:
		return "IPPROTO_IPV6";
	case IPPROTO_TCP:
		return "IPPROTO_TCP";
	default:
		return "IPPROTO_UDP";
	}
}

static bool takes_v6(const struct ft_option *option, uint8_t family)
{
	return ft_families[family].domain == AF_INET6 && option->v6_level;
}

int ft_repro_option_level(const struct ft_word *word, uint8_t family)
{
	const struct ft_option *option = &ft_options[word->options[0]];

	return takes_v6(option, family) ? option->v6_level : option->level;
}

static const char *constant_of(const struct ft_option *option, uint8_t family)
{
	return takes_v6(option, family) ? option->v6_name : option->name;
}

void ft_repro_option_names(const struct ft_word *word, uint8_t family, struct ft_text *out)
{
	for (unsigned i = 0; i < word->n_options; i++) {
		ft_text_str(out, i ? " | " : "");
		ft_text_str(out, constant_of(&ft_options[word->options[i]], family));
	}
}

/* Those that every C library and every Python has. */
static bool is_old(const char *name)
{
	static const char *const old[] = {
		"SO_REUSEADDR", "SO_REUSEPORT", "SO_KEEPALIVE",      "SO_BROADCAST",
		"SO_LINGER",    "SO_RCVBUF",    "SO_SNDBUF",         "SO_ERROR",
		"SO_TYPE",      "IPV6_V6ONLY",  "SO_BINDTODEVICE",   "TCP_NODELAY",
		"IP_TOS",       "IP_TTL",       "IP_ADD_MEMBERSHIP", "IP_DROP_MEMBERSHIP",
		"SO_RCVTIMEO",  "SO_SNDTIMEO",  "IP_MULTICAST_IF",
	};

	for (size_t i = 0; i < sizeof(old) / sizeof(old[0]); i++)
		if (strcmp(name, old[i]) == 0)
			return true;
	return false;
}

void ft_repro_constants(const struct ft_repro *repro, bool all, ft_repro_constant *each, void *arg)
{
	const struct ft_case *c = repro->c;
	uint64_t seen[2][16] = {{0}};

	for (size_t s = 0; s < c->n_steps; s++)
		for (size_t w = 0; w < c->steps[s]->n_words; w++) {
			const struct ft_word *word = &c->steps[s]->words[w];
			uint8_t family = ft_repro_word(repro, s, w)->family;

			for (unsigned i = 0; i < word->n_options; i++) {
				const struct ft_option *o = &ft_options[word->options[i]];
				bool v6 = takes_v6(o, family);
				uint64_t *set = &seen[v6][word->options[i] >> 6];
				uint64_t bit = UINT64_C(1) << (word->options[i] & 63);

				if (!(*set & bit) && (all || !is_old(constant_of(o, family))))
					each(arg, constant_of(o, family),
					     v6 ? o->v6_optname : o->optname);
				*set |= bit;
			}
		}
}

/* ---- questions about the whole ---- */

bool ft_repro_uses(const struct ft_repro *repro, enum ft_op op, size_t *ret_step, size_t *ret_word)
{
	const struct ft_case *c = repro->c;

	for (size_t s = 0; s < c->n_steps; s++)
		for (size_t w = 0; w < c->steps[s]->n_words; w++)
			if (c->steps[s]->words[w].op == op) {
				*ret_step = s;
				*ret_word = w;
				return true;
			}
	return false;
}

void ft_repro_next_end(const char **at, const struct ft_text *label, struct ft_text *end)
{
	const char *token = *at + strspn(*at, " ");
	size_t len = strcspn(token, " ");

	ft_text_clear(end);
	if (len <= label->len || memcmp(token, label->bytes, label->len) != 0 ||
	    token[label->len] != '=')
		return;
	ft_text_bytes(end, token + label->len + 1, len - label->len - 1);
	*at = token + len;
}

bool ft_repro_uses_mptcp(const struct ft_repro *repro)
{
	for (size_t i = 0; i < repro->n_words; i++)
		if (repro->words[i].family == FT_FAMILY_MPTCP4 ||
		    repro->words[i].family == FT_FAMILY_MPTCP6)
			return true;
	return false;
}

bool ft_repro_has_long_queue(const struct ft_repro *repro)
{
	const struct ft_case *c = repro->c;

	for (size_t s = 0; s < c->n_steps; s++)
		for (size_t w = 0; w < c->steps[s]->n_words; w++)
			if (c->steps[s]->words[w].op == FT_OP_LISTEN &&
			    c->steps[s]->words[w].value > SOMAXCONN_USUAL)
				return true;
	return false;
}

bool ft_repro_opens_fast(const struct ft_repro *repro)
{
	const struct ft_case *c = repro->c;

	for (size_t s = 0; s < c->n_steps; s++)
		for (size_t w = 0; w < c->steps[s]->n_words; w++) {
			const struct ft_word *word = &c->steps[s]->words[w];

			if (word->op == FT_OP_FASTOPEN ||
			    (word->op == FT_OP_SET &&
			     strncmp(ft_options[word->options[0]].word, "fastopen", 8) == 0))
				return true;
		}
	return false;
}

int ft_repro_prefix(const struct ft_endpoint *at)
{
	if (at->host == FT_HOST_LITERAL6)
		return 128;
	return at->bytes[0] == 127 ? 8 : 32;
}

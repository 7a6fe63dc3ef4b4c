/* SPDX-License-Identifier: MIT */
/*
 * What is declared before the calls of a case in C, and what is done before the first of them?
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "fourtuple/repro.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

static void put_constant(void *arg, const char *name, int number)
{
	ft_text_printf(arg, "#ifndef %s\n#define %s %d\n#endif\n", name, name, number);
}

/* FIRST_PORT + i for each name: an enumeration counts by itself. */
static void put_constants(const struct ft_repro *repro, struct ft_text *out)
{
	const struct ft_names *names = repro->c->names;
	struct ft_text line;

	ft_text_char(out, '\n');
	ft_repro_constants(repro, false, put_constant, out);
	if (names->n_ports == 0)
		return;
	ft_text_init(&line, FT_REPRO_TEXT_MAX);
	ft_text_str(&line, "enum { ");
	for (size_t i = 0; i < names->n_ports; i++)
		ft_text_printf(&line, "%sport_%s%s", i ? ", " : "", names->port[i],
			       i ? "" : " = 2000");
	ft_text_str(&line, " };");
	ft_repro_line("", "\t\t", ft_text_get(&line), out);
	ft_repro_text_fini(&line, out);
}

static void put_port_name(void *arg, const char *word, uint16_t number)
{
	ft_text_printf(arg, "{%u, \"%s\"}, ", number, word);
}

static void put_port_names(const struct ft_repro *repro, struct ft_text *out)
{
	struct ft_text line;

	ft_text_init(&line, FT_REPRO_TEXT_MAX);
	ft_repro_ports(repro, put_port_name, &line);
	ft_text_str(&line, "{0, \"0\"},");
	ft_text_str(out, "static const struct {\n\tunsigned number;\n\tconst char *word;\n"
			 "} ports[] = {\n");
	ft_repro_line("\t", "\t\t\t", ft_text_get(&line), out);
	ft_text_str(out, "};\n");
	ft_repro_text_fini(&line, out);
}

/* Variables, and their names for whoever asks who got something. */
static void put_sockets(const struct ft_repro *repro, struct ft_text *out)
{
	bool stream = ft_repro_has(repro, FT_REPRO_STREAM);
	size_t n = repro->c->names->n_sockets;
	struct ft_text line;

	if (n) {
		ft_text_init(&line, FT_REPRO_TEXT_MAX);
		ft_text_str(&line, "static int ");
		for (size_t i = 0; i < n; i++) {
			ft_repro_ident(repro, (uint16_t)i, "_fd", &line);
			ft_text_str(&line, i + 1 < n ? " = -1, " : " = -1;");
		}
		ft_repro_line("", "\t\t", ft_text_get(&line), out);
		ft_repro_text_fini(&line, out);
	}
	if (ft_repro_has(repro, FT_REPRO_LOCAL))
		put_port_names(repro, out);
	if (!stream && !ft_repro_has(repro, FT_REPRO_DATAGRAM) &&
	    !(ft_repro_has(repro, FT_REPRO_SETTLE) && ft_repro_has(repro, FT_REPRO_DEAF)))
		return;
	ft_text_printf(
		out, "static const struct {\n\tconst char *name;\n\tint *fd;\n%s} sockets[] = {\n",
		stream ? "\tbool listens;\n" : "");
	ft_text_init(&line, FT_REPRO_TEXT_MAX);
	for (size_t i = 0; i < n; i++) {
		ft_text_printf(&line, "{\"%s\", &", repro->c->names->socket[i]);
		ft_repro_ident(repro, (uint16_t)i, "_fd", &line);
		if (stream)
			ft_text_str(&line, repro->listens[i] ? ", true" : ", false");
		ft_text_str(&line, i + 1 < n ? "}, " : "},");
	}
	ft_repro_line("\t", "\t\t\t", ft_text_get(&line), out);
	ft_repro_text_fini(&line, out);
	ft_text_str(out, "};\n");
	if (stream || ft_repro_has(repro, FT_REPRO_DATAGRAM))
		ft_text_printf(out, "static unsigned before[%zu]; /* its queue, before a call */\n",
			       n);
}

/* ---- what is done before the first step ---- */

static void put_ebpf_insns(const struct ft_word *word, struct ft_text *out)
{
	if (word->detail == FT_STEER_MOD)
		ft_text_printf(out,
			       "\t\t{.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 6, "
			       ".src_reg = 1},\n"
			       "\t\t{.code = BPF_LD | BPF_ABS | BPF_B},\n"
			       "\t\t{.code = BPF_ALU64 | BPF_MOD | BPF_K, .imm = %" PRId64 "},\n",
			       word->value);
	else if (word->detail == FT_STEER_CPU)
		ft_text_str(out, "\t\t{.code = BPF_JMP | BPF_CALL, "
				 ".imm = BPF_FUNC_get_smp_processor_id},\n");
	else
		ft_text_printf(out,
			       "\t\t{.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = %" PRId64 "},\n",
			       word->value);
	ft_text_str(out, "\t\t{.code = BPF_JMP | BPF_EXIT},\n");
}

/* Was the program of this word met at an earlier one? */
static bool is_repeated(const struct ft_case *c, const struct ft_word *word)
{
	for (size_t s = 0; s < c->n_steps; s++)
		for (size_t w = 0; w < c->steps[s]->n_words; w++) {
			const struct ft_word *other = &c->steps[s]->words[w];

			if (other == word)
				return false;
			if (other->op == FT_OP_STEER_EBPF && other->detail == word->detail &&
			    other->value == word->value)
				return true;
		}
	return false;
}

/* Each program once, as a variable (declare) or loaded. */
static void put_ebpf(const struct ft_repro *repro, bool declare, struct ft_text *out)
{
	for (size_t s = 0; s < repro->c->n_steps; s++)
		for (size_t w = 0; w < repro->c->steps[s]->n_words; w++) {
			const struct ft_word *word = &repro->c->steps[s]->words[w];

			if (word->op != FT_OP_STEER_EBPF || is_repeated(repro->c, word))
				continue;
			ft_text_printf(out, "%sprogram_%u_%" PRId64, declare ? "static int " : "\t",
				       word->detail, word->value);
			if (declare) {
				ft_text_str(out, ";\n");
				continue;
			}
			ft_text_str(out, " = load((const struct bpf_insn[]){\n");
			put_ebpf_insns(word, out);
			ft_text_printf(out, "\t}, %d);\n", word->detail == FT_STEER_MOD ? 4 : 2);
		}
}

static void put_setup(const struct ft_repro *repro, struct ft_text *out)
{
	if (ft_repro_has(repro, FT_REPRO_MANY))
		ft_text_str(out, "\traise_descriptors();\n");
	put_ebpf(repro, false, out);
	ft_text_str(out, "\tenter_namespaces();\n");
	if (ft_repro_has(repro, FT_REPRO_PIN))
		ft_text_str(out, "\tstay_on_one_cpu();\n");
	if (ft_repro_has(repro, FT_REPRO_LO2))
		ft_text_str(out, "\tadd_address(\"lo\", AF_INET6, \"fd00::2\", 128);\n"
				 "\tadd_address(\"lo\", AF_INET6, \"fd00::3\", 128);\n");
	if (ft_repro_has(repro, FT_REPRO_ETH))
		ft_text_str(out, "\tmake_second_host();\n");
	if (ft_repro_has_long_queue(repro))
		ft_text_str(out, "\twrite_file(\"/proc/sys/net/core/somaxconn\", \"65535\");\n");
	if (ft_repro_opens_fast(repro))
		ft_text_str(out, "\twrite_file(\"/proc/sys/net/ipv4/tcp_fastopen\", \"3\");\n");
}

void ft_repro_c_put(const struct ft_repro *repro, const char *name, struct ft_text *out)
{
	if (strcmp(name, "constants") == 0) {
		put_constants(repro, out);
		if (ft_repro_uses_mptcp(repro))
			put_constant(out, "IPPROTO_MPTCP", IPPROTO_MPTCP);
		if (ft_repro_has(repro, FT_REPRO_LOCAL))
			ft_text_printf(out, "#define N_DESCRIPTORS %zu\n",
				       repro->c->names->n_sockets + repro->n_words + 32);
	} else if (strcmp(name, "sockets") == 0) {
		ft_text_char(out, '\n');
		put_sockets(repro, out);
		put_ebpf(repro, true, out);
	} else if (strcmp(name, "setup") == 0) {
		put_setup(repro, out);
	}
}

/* SPDX-License-Identifier: MIT */
/*
 * Which Python program shows this case? Of the same shape as the one in C, with sockets as objects.
 */
#include <string.h>

#include "fourtuple/repro.h"

/* The variables that a step sets: its own socket, and those that accept and dup make. */
static void put_globals(const struct ft_repro *repro, const struct ft_step *step,
			struct ft_text *out)
{
	bool any = false;

	for (size_t w = 0; w < step->n_words; w++) {
		const struct ft_word *word = &step->words[w];
		bool own = word->op == FT_OP_CREATE;

		if (!own && word->op != FT_OP_ACCEPT && word->op != FT_OP_DUP)
			continue;
		ft_text_str(out, any ? ", " : "    global ");
		ft_repro_ident(repro, own ? step->subject : word->socket, "_sock", out);
		any = true;
	}
	if (any)
		ft_text_char(out, '\n');
}

static void put_step(const struct ft_repro *repro, size_t s, struct ft_text *out)
{
	const struct ft_step *step = repro->c->steps[s];
	struct ft_text text;

	ft_text_printf(out, "\ndef step_%zu():\n", s + 1);
	ft_text_init(&text, FT_CASE_TEXT_MAX);
	ft_step_print(step, repro->c->names, &text);
	ft_repro_comment(ft_text_get(&text), "    # ", out);
	ft_text_fini(&text);
	put_globals(repro, step, out);
	for (size_t w = 0; w < step->n_words; w++)
		ft_repro_python_word(repro, s, w, out);
	ft_text_char(out, '\n');
}

/* ---- what stands around the steps ---- */

static void put_constant(void *arg, const char *name, int number)
{
	ft_text_printf(arg, "%s = %d\n", name, number);
}

static void put_port_name(void *arg, const char *word, uint16_t number)
{
	ft_text_printf(arg, "%u: \"%s\", ", number, word);
}

static void put_constants(const struct ft_repro *repro, struct ft_text *out)
{
	const struct ft_names *names = repro->c->names;
	struct ft_text line;
	size_t s, w;

	ft_text_char(out, '\n');
	ft_repro_constants(repro, false, put_constant, out);
	if (ft_repro_has(repro, FT_REPRO_STEER))
		ft_text_str(out, "SO_ATTACH_REUSEPORT_CBPF = 51\n");
	if (ft_repro_uses(repro, FT_OP_UNSTEER, &s, &w))
		ft_text_str(out, "SO_DETACH_REUSEPORT_BPF = 68\n");
	if (ft_repro_uses_mptcp(repro))
		ft_text_str(out, "IPPROTO_MPTCP = 262\n");
	for (size_t i = 0; i < names->n_ports; i++)
		ft_text_printf(out, "port_%s = %zu\n", names->port[i], 2000 + i);
	if (!ft_repro_has(repro, FT_REPRO_LOCAL))
		return;
	ft_text_init(&line, FT_REPRO_TEXT_MAX);
	ft_text_str(&line, "ports = {");
	ft_repro_ports(repro, put_port_name, &line);
	ft_text_str(&line, "0: \"0\"}");
	ft_repro_line("", "         ", ft_text_get(&line), out);
	ft_repro_text_fini(&line, out);
}

/* def NAME(): return {"a": a, ...} */
static void put_table(const struct ft_repro *repro, bool listeners, struct ft_text *out)
{
	size_t n = repro->c->names->n_sockets;
	struct ft_text line;

	ft_text_init(&line, FT_REPRO_TEXT_MAX);
	ft_text_str(&line, "return {");
	for (size_t i = 0; i < n; i++) {
		if (listeners && !repro->listens[i])
			continue;
		ft_text_printf(&line, "\"%s\": ", repro->c->names->socket[i]);
		ft_repro_ident(repro, (uint16_t)i, "_sock", &line);
		ft_text_str(&line, ", ");
	}
	if (line.bytes[line.len - 1] == ' ')
		line.len -= 2;
	ft_text_char(&line, '}');
	ft_text_printf(out, "\n\ndef %s():\n", listeners ? "listeners" : "sockets");
	ft_repro_line("    ", "            ", ft_text_get(&line), out);
	ft_repro_text_fini(&line, out);
}

static void put_sockets(const struct ft_repro *repro, struct ft_text *out)
{
	bool stream = ft_repro_has(repro, FT_REPRO_STREAM);

	if (repro->c->names->n_sockets)
		ft_text_str(out, "UNMADE = socket()\nUNMADE.close()\n");
	for (size_t i = 0; i < repro->c->names->n_sockets; i++) {
		ft_repro_ident(repro, (uint16_t)i, "_sock", out);
		ft_text_str(out, " = UNMADE\n");
	}
	if (stream || ft_repro_has(repro, FT_REPRO_DATAGRAM) ||
	    (ft_repro_has(repro, FT_REPRO_SETTLE) && ft_repro_has(repro, FT_REPRO_DEAF)))
		put_table(repro, false, out);
	if (stream)
		put_table(repro, true, out);
	ft_text_str(out, "\n\n");
}

static void put_setup(const struct ft_repro *repro, struct ft_text *out)
{
	if (ft_repro_has(repro, FT_REPRO_MANY))
		ft_text_str(out, "import resource\n"
				 "limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
				 "resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))\n");
	ft_text_str(out, "enter_namespaces()\n");
	if (ft_repro_has(repro, FT_REPRO_PIN))
		ft_text_str(
			out,
			"# on one CPU, what was sent over lo has arrived when the call returns\n"
			"os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n");
	if (ft_repro_has(repro, FT_REPRO_LO2))
		ft_text_str(out, "add_address(\"lo\", AF_INET6, \"fd00::2\", 128)\n"
				 "add_address(\"lo\", AF_INET6, \"fd00::3\", 128)\n");
	if (ft_repro_has(repro, FT_REPRO_ETH))
		ft_text_str(out, "make_second_host()\n");
	if (ft_repro_has_long_queue(repro))
		ft_text_str(out, "write_file(\"/proc/sys/net/core/somaxconn\", b\"65535\")\n");
	if (ft_repro_opens_fast(repro))
		ft_text_str(out, "write_file(\"/proc/sys/net/ipv4/tcp_fastopen\", b\"3\")\n");
}

static void put_run(const struct ft_repro *repro, struct ft_text *out)
{
	for (size_t s = 0; s < repro->c->n_steps; s++) {
		const struct ft_step *step = repro->c->steps[s];

		if (step->as)
			ft_text_printf(out, "run_as(%u, step_%zu)\n", step->uid, s + 1);
		else
			ft_text_printf(out, "run(step_%zu)\n", s + 1);
	}
}

static void put_part(const struct ft_repro *repro, const char *name, struct ft_text *out)
{
	if (strcmp(name, "constants") == 0)
		put_constants(repro, out);
	else if (strcmp(name, "sockets") == 0)
		put_sockets(repro, out);
	else if (strcmp(name, "steps") == 0)
		for (size_t s = 0; s < repro->c->n_steps; s++)
			put_step(repro, s, out);
	else if (strcmp(name, "setup") == 0)
		put_setup(repro, out);
	else
		put_run(repro, out);
}

int ft_repro_python(struct ft_repro *repro, struct ft_text *out, struct ft_err *err)
{
	int rc = ft_repro_refuse_op(repro, "python", FT_OP_STEER_EBPF, "it has no bpf(2); c has",
				    err);

	if (rc < 0)
		return rc;
	repro->features |= UINT64_C(1) << FT_REPRO_PROGRAM;
	ft_text_str(out, "#!/usr/bin/env python3\n");
	ft_repro_head(repro, "# ", out);
	ft_repro_support(repro, ft_support_python, put_part, out);
	return 0;
}

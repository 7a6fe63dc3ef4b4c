/* SPDX-License-Identifier: MIT */
/*
 * Which Go program shows this case? Of the same shape as the one in C.
 */
#include <string.h>

#include "fourtuple/repro.h"

static void put_step(const struct ft_repro *repro, size_t s, struct ft_text *out)
{
	const struct ft_step *step = repro->c->steps[s];
	struct ft_text text;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	ft_step_print(step, repro->c->names, &text);
	ft_repro_comment(ft_text_get(&text), "// ", out);
	ft_text_fini(&text);
	ft_text_printf(out, "func step%zu() {\n", s + 1);
	for (size_t w = 0; w < step->n_words; w++)
		ft_repro_go_word(repro, s, w, out);
	ft_text_str(out, "}\n\n");
}

/* ---- what stands around the steps ---- */

static void put_constant(void *arg, const char *name, int number)
{
	ft_text_printf(arg, "const %s = %d\n", name, number);
}

static void put_constants(const struct ft_repro *repro, struct ft_text *out)
{
	const struct ft_names *names = repro->c->names;
	size_t s, w;

	ft_repro_constants(repro, true, put_constant, out);
	if (ft_repro_has(repro, FT_REPRO_STEER))
		put_constant(out, "SO_ATTACH_REUSEPORT_CBPF", 51);
	if (ft_repro_uses(repro, FT_OP_UNSTEER, &s, &w))
		put_constant(out, "SO_DETACH_REUSEPORT_BPF", 68);
	if (ft_repro_uses_mptcp(repro))
		put_constant(out, "IPPROTO_MPTCP", 262);
	for (size_t i = 0; i < names->n_ports; i++)
		ft_text_printf(out, "const port_%s = %zu\n", names->port[i], 2000 + i);
}

static void put_port_name(void *arg, const char *word, uint16_t number)
{
	ft_text_printf(arg, "%u: \"%s\", ", number, word);
}

static void put_sockets(const struct ft_repro *repro, struct ft_text *out)
{
	size_t n = repro->c->names->n_sockets;
	struct ft_text line;

	ft_text_init(&line, FT_REPRO_TEXT_MAX);
	for (size_t i = 0; i < n; i++) {
		ft_text_str(out, "var ");
		ft_repro_ident(repro, (uint16_t)i, "_fd", out);
		ft_text_str(out, " = -1\n");
	}
	ft_text_str(out,
		    "\nvar sockets = []struct {\n\tname    string\n\tfd      *int\n\tlistens bool\n"
		    "}{\n");
	for (size_t i = 0; i < n; i++) {
		ft_text_printf(out, "\t{\"%s\", &", repro->c->names->socket[i]);
		ft_repro_ident(repro, (uint16_t)i, "_fd", out);
		ft_text_printf(out, ", %s},\n", repro->listens[i] ? "true" : "false");
	}
	ft_text_str(out, "}\n\n");
	if (ft_repro_has(repro, FT_REPRO_LOCAL)) {
		ft_text_str(&line, "var ports = map[int]string{");
		ft_repro_ports(repro, put_port_name, &line);
		ft_text_str(&line, "0: \"0\"}");
		ft_repro_line("", "\t", ft_text_get(&line), out);
		ft_text_char(out, '\n');
	}
	ft_repro_text_fini(&line, out);
}

static void put_setup(const struct ft_repro *repro, struct ft_text *out)
{
	if (ft_repro_has(repro, FT_REPRO_MANY))
		ft_text_str(out, "\traiseDescriptors()\n");
	if (ft_repro_has(repro, FT_REPRO_PIN))
		ft_text_str(out, "\tstayOnOneCPU()\n");
	if (ft_repro_has(repro, FT_REPRO_LO2))
		ft_text_str(out, "\taddAddress(\"lo\", syscall.AF_INET6, \"fd00::2\", 128)\n"
				 "\taddAddress(\"lo\", syscall.AF_INET6, \"fd00::3\", 128)\n");
	if (ft_repro_has(repro, FT_REPRO_ETH))
		ft_text_str(out, "\tmakeSecondHost()\n");
	if (ft_repro_has_long_queue(repro))
		ft_text_str(out, "\twriteFile(\"/proc/sys/net/core/somaxconn\", \"65535\")\n");
	if (ft_repro_opens_fast(repro))
		ft_text_str(out, "\twriteFile(\"/proc/sys/net/ipv4/tcp_fastopen\", \"3\")\n");
}

static void put_run(const struct ft_repro *repro, struct ft_text *out)
{
	for (size_t s = 0; s < repro->c->n_steps; s++) {
		const struct ft_step *step = repro->c->steps[s];

		if (step->as)
			ft_text_printf(out, "\tbecome(%u)\n", step->uid);
		ft_text_printf(out, "\tstep%zu()\n", s + 1);
		if (step->as)
			ft_text_str(out, "\tbecome(0)\n");
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

int ft_repro_go(struct ft_repro *repro, struct ft_text *out, struct ft_err *err)
{
	int rc = ft_repro_refuse_op(repro, "go", FT_OP_STEER_EBPF, "it has no bpf(2); c has", err);

	if (rc < 0)
		return rc;
	repro->features |= UINT64_C(1) << FT_REPRO_PROGRAM;
	ft_repro_head(repro, "// ", out);
	ft_text_str(out, "//\n// go run repro.go\n");
	ft_repro_support(repro, ft_support_go, put_part, out);
	return 0;
}

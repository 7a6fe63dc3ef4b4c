/* SPDX-License-Identifier: MIT */
#include "engine/steer.h"

#include <errno.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SO_ATTACH_REUSEPORT_EBPF
#define SO_ATTACH_REUSEPORT_EBPF 52
#endif
#ifndef SO_DETACH_REUSEPORT_BPF
#define SO_DETACH_REUSEPORT_BPF 68
#endif

/* The filter sees the packet from its payload on (run_bpf_filter(), net/core/sock_reuseport.c). */
int ft_steer_attach(int fd, enum ft_steer kind, uint32_t number)
{
	struct sock_filter index[] = {BPF_STMT(BPF_RET | BPF_K, number)};
	struct sock_filter mod[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
				    BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, number),
				    BPF_STMT(BPF_RET | BPF_A, 0)};
	struct sock_filter cpu[] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
					     (uint32_t)(SKF_AD_OFF + SKF_AD_CPU)),
				    BPF_STMT(BPF_RET | BPF_A, 0)};
	struct sock_fprog program = {.len = 1, .filter = index};

	if (kind == FT_STEER_MOD)
		program = (struct sock_fprog){.len = 3, .filter = mod};
	else if (kind == FT_STEER_CPU)
		program = (struct sock_fprog){.len = 2, .filter = cpu};
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program, sizeof(program)) < 0)
		return -errno;
	return 0;
}

int ft_steer_attach_ebpf(int fd, int program_fd)
{
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF, &program_fd, sizeof(program_fd)) <
	    0)
		return -errno;
	return 0;
}

int ft_steer_detach(int fd)
{
	int unused = 0;

	if (setsockopt(fd, SOL_SOCKET, SO_DETACH_REUSEPORT_BPF, &unused, sizeof(unused)) < 0)
		return -errno;
	return 0;
}

static struct bpf_insn insn(int code, unsigned dst, unsigned src, int32_t imm)
{
	return (struct bpf_insn){.code = (uint8_t)code,
				 .dst_reg = dst & 15,
				 .src_reg = src & 15,
				 .imm = imm};
}

/* Writes the program for one row; returns its length. r0 is the index that is chosen. */
static unsigned assemble(uint8_t kind, uint32_t number, struct bpf_insn out[8])
{
	unsigned n = 0;

	switch (kind) {
	case FT_STEER_MOD: /* BPF_ABS loads need the context in r6 */
		out[n++] = insn(BPF_ALU64 | BPF_MOV | BPF_X, 6, 1, 0);
		out[n++] = insn(BPF_LD | BPF_ABS | BPF_B, 0, 0, 0);
		out[n++] = insn(BPF_ALU64 | BPF_MOD | BPF_K, 0, 0, (int32_t)number);
		break;
	case FT_STEER_CPU:
		out[n++] = insn(BPF_JMP | BPF_CALL, 0, 0, BPF_FUNC_get_smp_processor_id);
		break;
	default:
		out[n++] = insn(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, (int32_t)number);
		break;
	}
	out[n++] = insn(BPF_JMP | BPF_EXIT, 0, 0, 0);
	return n;
}

static int load(uint8_t kind, uint32_t number)
{
	struct bpf_insn program[8];
	union bpf_attr attr;
	long fd;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_SOCKET_FILTER;
	attr.insn_cnt = assemble(kind, number, program);
	attr.insns = (uintptr_t)program;
	attr.license = (uintptr_t) "GPL";
	fd = syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	return fd < 0 ? -errno : (int)fd;
}

int ft_steer_find(const struct ft_steer_programs *programs, uint8_t kind, uint32_t number)
{
	for (size_t i = 0; programs && i < programs->n; i++)
		if (programs->rows[i].kind == kind && programs->rows[i].number == number)
			return programs->rows[i].fd;
	return -ENOENT;
}

static void load_word(struct ft_steer_programs *programs, const struct ft_word *word)
{
	struct ft_steer_program *row;

	if (word->op != FT_OP_STEER_EBPF ||
	    programs->n == sizeof(programs->rows) / sizeof(programs->rows[0]) ||
	    ft_steer_find(programs, word->detail, (uint32_t)word->value) != -ENOENT)
		return;
	row = &programs->rows[programs->n++];
	row->kind = word->detail;
	row->number = (uint32_t)word->value;
	row->fd = load(row->kind, row->number);
}

void ft_steer_load(struct ft_steer_programs *programs, const struct ft_case *c)
{
	for (size_t s = 0; s < c->n_steps; s++)
		for (size_t w = 0; w < c->steps[s]->n_words; w++)
			load_word(programs, &c->steps[s]->words[w]);
}

void ft_steer_unload(struct ft_steer_programs *programs)
{
	for (size_t i = 0; i < programs->n; i++)
		if (programs->rows[i].fd >= 0)
			close(programs->rows[i].fd);
	programs->n = 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Which words does the language have, and what is each of them in the headers of the system?
 *
 * Everything that needs to know a word (parser, printer, executor, model, documentation) reads
 * these tables. Adding an option is adding a row.
 */
#ifndef FT_CASE_WORDS_H
#define FT_CASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a word does. The order is that of the tables in the design. */
enum ft_op {
	FT_OP_CREATE,     /* tcp4 ... */
	FT_OP_SET,        /* reuseaddr, reuseport=0, reuseaddr|reuseport */
	FT_OP_GET,        /* v6only? */
	FT_OP_SOCKOPT,    /* sockopt=LEVEL:NAME:HEXBYTES */
	FT_OP_BIND,       /* bind A:P */
	FT_OP_LISTEN,     /* listen, listen=N */
	FT_OP_CONNECT,    /* connect A:P */
	FT_OP_BEGIN,      /* begin A:P */
	FT_OP_ACCEPT,     /* accept X */
	FT_OP_SEND,       /* send, send=N, send A:P, send=N A:P */
	FT_OP_RECV,       /* recv */
	FT_OP_FASTOPEN,   /* fastopen A:P */
	FT_OP_SHUTDOWN,   /* shutdown=rd|wr|rdwr */
	FT_OP_DISCONNECT, /* disconnect */
	FT_OP_CLOSE,      /* close */
	FT_OP_FCHOWN,     /* fchown=UID */
	FT_OP_DUP,        /* dup X: X becomes a second descriptor of the subject */
	FT_OP_DEAF,       /* deaf */
	FT_OP_HEAR,       /* hear */
	FT_OP_STEER,      /* steer=K, steer=mod:N, steer=cpu */
	FT_OP_STEER_EBPF, /* steer_ebpf=... */
	FT_OP_UNSTEER,    /* unsteer */
	FT_OP_SYSCTL,     /* scene: sysctl NAME=VALUE */
	FT_OP_WAIT,       /* scene: wait 1.1s */
	FT_OP_CPU,        /* scene: cpu N */
	FT_OP_ADDR,       /* scene: addr IF=ADDRESS */
	FT_OP_LINK,       /* scene: link NAME=KIND */
	FT_OP_LOOK,       /* scene: look A:P */
	FT_OP_COUNT
};

/* The families a socket can be created in. */
enum ft_family {
	FT_FAMILY_TCP4,
	FT_FAMILY_TCP6,
	FT_FAMILY_UDP4,
	FT_FAMILY_UDP6,
	FT_FAMILY_MPTCP4,
	FT_FAMILY_MPTCP6,
	FT_FAMILY_SCTP4,
	FT_FAMILY_SCTP6,
	FT_FAMILY_COUNT
};

struct ft_family_row {
	const char *word;       /* "tcp4" */
	const char *capability; /* what a kernel without it lacks: "SCTP" */
	int domain;             /* AF_INET, AF_INET6 */
	int type;               /* SOCK_STREAM, SOCK_DGRAM */
	int protocol;           /* for socket(2) */
	uint8_t wire;           /* the IP protocol number seen on the wire */
};
extern const struct ft_family_row ft_families[FT_FAMILY_COUNT];

/* How an option's value is written in a case and passed to the kernel. */
enum ft_value {
	FT_VALUE_INT,        /* int; none means 1 */
	FT_VALUE_RANGE,      /* LO-HI as IP_LOCAL_PORT_RANGE's u32; =none is 0 */
	FT_VALUE_DEVICE,     /* interface name as a string; =none clears */
	FT_VALUE_IFINDEX,    /* interface name, passed as its index; =none is 0 */
	FT_VALUE_LINGER,     /* seconds in struct linger; =off turns it off */
	FT_VALUE_MEMBERSHIP, /* ADDR[@IF] as ip_mreqn or ipv6_mreq by the socket's domain */
	FT_VALUE_INTERFACE,  /* interface name as ip_mreqn (v4) or index (v6) */
	FT_VALUE_SECONDS,    /* struct timeval from a duration in nanoseconds */
	FT_VALUE_COUNT
};

/* One option. v6_level is 0 where the v6 socket takes the same level and name. */
struct ft_option {
	const char *word; /* the constant's name without its prefix, lower case */
	const char *name; /* the constant, "SO_REUSEADDR" */
	int level, optname;
	int v6_level, v6_optname; /* on an AF_INET6 socket, if another one */
	enum ft_value value;
	const char *v6_name; /* the constant of v6_optname, "IPV6_FREEBIND"; NULL without one */
};
extern const struct ft_option ft_options[];
extern const size_t ft_n_options;

/* The word of each op as it is written ("bind"); NULL for CREATE, SET and GET. */
extern const char *const ft_op_words[FT_OP_COUNT];

/* Is the success of such a word left out of an outcome? Of calls and of what reads it is shown, of
 * options and of what sets the scene only the failure. */
bool ft_op_is_quiet(enum ft_op op);

/* The symbolic hosts of an address. LITERAL4/6 carry bytes. */
enum ft_host {
	FT_HOST_ANY,   /* 0.0.0.0, on a v6 socket :: */
	FT_HOST_ANY4,  /* on a v6 socket ::ffff:0.0.0.0 */
	FT_HOST_LO,    /* 127.0.0.1, on a v6 socket ::1 */
	FT_HOST_LO2,   /* 127.0.0.2, on a v6 socket fd00::2 (the sandbox puts it on lo) */
	FT_HOST_LO3,   /* 127.0.0.3, on a v6 socket fd00::3 (the sandbox puts it on lo) */
	FT_HOST_LO4,   /* on a v6 socket ::ffff:127.0.0.1 */
	FT_HOST_ETH,   /* 192.0.2.1, 2001:db8::1 */
	FT_HOST_PEER,  /* 192.0.2.2, 2001:db8::2 */
	FT_HOST_MCAST, /* 239.255.0.1, ff15::4:4 */
	FT_HOST_LITERAL4,
	FT_HOST_LITERAL6,
	FT_HOST_COUNT
};

struct ft_host_row {
	const char *word;
	uint8_t v4[4];  /* what it is on an AF_INET socket */
	uint8_t v6[16]; /* what it is on an AF_INET6 socket */
};
extern const struct ft_host_row ft_hosts[FT_HOST_LITERAL4];

#endif

/* SPDX-License-Identifier: MIT */
/*
 * How does a case become a program that shows the same outcome without us?
 *
 * A target is a language or a format. Its printer writes the calls of the case one after the other;
 * what they need besides (a namespace, who got a connection, ...) stands ready in the support_*.in
 * files, in sections that say for which features they are. The plan tells both: it is one walk over
 * the case that finds out what each call needs, without running anything.
 *
 * The printed programs print the outcome line of the case, byte for byte as `fourtuple try` does,
 * and exit with 77 where the machine cannot show it.
 */
#ifndef FT_FOURTUPLE_REPRO_H
#define FT_FOURTUPLE_REPRO_H

#include "case/case.h"

/* Of a program, and of each part that it is put together from. */
enum { FT_REPRO_TEXT_MAX = 256 << 20 };

/* What a program may need. The names are those of the sections in support_*.in. */
#define FT_REPRO_FEATURES(X)                                                                  \
	X(ALWAYS, "always")           /* in every program of the language */                  \
	X(PROGRAM, "program")         /* a program that prints its outcome */                 \
	X(KSELFTEST, "kselftest")     /* a test that expects one */                           \
	X(QUIET, "quiet")             /* words that are shown only where they fail */         \
	X(MADE, "made")               /* sockets are created */                               \
	X(V4, "v4")                   /* addresses of AF_INET */                              \
	X(V6, "v6")                   /* addresses of AF_INET6 */                             \
	X(SCOPE, "scope")             /* addresses of AF_INET6 on a device */                 \
	X(IN6, "in6")                 /* bare v6 addresses, of multicast groups */            \
	X(MEMBERSHIP4, "membership4") /* bare v4 addresses, likewise */                       \
	X(FOREIGN, "foreign")         /* addresses of the family that the socket is not of */ \
	X(SET, "set")                 /* an option whose value is an int */                   \
	X(GET_INT, "get_int")                                                                 \
	X(GET_RANGE, "get_range")                                                             \
	X(GET_DEVICE, "get_device")                                                           \
	X(GET_INDEX, "get_index")                                                             \
	X(GET_LINGER, "get_linger")                                                           \
	X(GET_TIME, "get_time")                                                               \
	X(TIMES, "times")   /* a struct timeval is set */                                     \
	X(INDEX, "index")   /* a device's index is asked for */                               \
	X(LINGER, "linger") /* a struct linger is set */                                      \
	X(FCHOWN, "fchown")                                                                   \
	X(LINGER_CLOSE, "linger_close") /* a close may wait for long */                       \
	X(TCP_OPTIONS, "tcp_options")                                                         \
	X(UDP_OPTIONS, "udp_options")                                                         \
	X(LOCAL, "local")             /* local addresses are read back */                     \
	X(REMEMBER, "remember")       /* ... and compared with what bind(2) was told */       \
	X(BIND0, "bind0")             /* bind to port 0 */                                    \
	X(SHOW_LISTEN, "show_listen") /* listen on a socket that may be unbound */            \
	X(SHOW_ACCEPT, "show_accept") /* accept from a wildcard listener */                   \
	X(KPORT, "kport")             /* e1 e2 ... are written in the case */                 \
	X(STREAM, "stream")           /* connections are made, in whose queue do they lie? */ \
	X(GOT, "got")                 /* who got a connection */                              \
	X(DIAL, "dial")               /* connect of a stream socket */                        \
	X(AWAIT, "await")             /* dial or fastopen */                                  \
	X(FASTOPEN, "fastopen")                                                               \
	X(BEGIN, "begin")                                                                     \
	X(ACCEPT, "accept")                                                                   \
	X(DATAGRAM, "datagram") /* who got a datagram */                                      \
	X(RECV, "recv")                                                                       \
	X(DISCONNECT, "disconnect")                                                           \
	X(DEAF, "deaf")                                                                       \
	X(HEAR, "hear")                                                                       \
	X(TCP_STATE, "tcp_state")                                                             \
	X(STEER, "steer")                                                                     \
	X(EBPF, "ebpf")                                                                       \
	X(SIDES, "sides")   /* both ends of a connection as texts */                          \
	X(SETTLE, "settle") /* a close is waited for */                                       \
	X(LOOK, "look")                                                                       \
	X(DIAG, "diag") /* look or settle */                                                  \
	X(SYSCTL, "sysctl")                                                                   \
	X(WAIT, "wait")                                                                       \
	X(CPU, "cpu")                                                                         \
	X(PIN, "pin")         /* stay on one CPU */                                           \
	X(ADDRESS, "address") /* addresses are added to a device */                           \
	X(LINK, "link")                                                                       \
	X(RTNL, "rtnl")   /* address, link or eth */                                          \
	X(LO2, "lo2")     /* fd00::2 and fd00::3 */                                           \
	X(ETH, "eth")     /* the second host */                                               \
	X(FAR, "far")     /* sockets live there */                                            \
	X(MCAST, "mcast") /* multicast is routed there */                                     \
	X(UIDS, "uids")   /* several users */                                                 \
	X(AS, "as")                                                                           \
	X(MANY, "many") /* more descriptors than a process usually may have */

enum ft_repro_feature {
#define X(name, word) FT_REPRO_##name,
	FT_REPRO_FEATURES(X)
#undef X
		FT_REPRO_COUNT
};

/* What the plan knows of a word of the case. */
struct ft_repro_word {
	uint8_t family; /* enum ft_family of the subject; FT_FAMILY_COUNT for the scene */
	bool back;      /* its result tells the local address, if that is news */
	bool remember;  /* a bind whose address a later word compares with */
	bool settle;    /* connections that are being closed are waited for before it */
	bool closing;   /* it may begin the close of a connection that is waited for later */
};

struct ft_repro {
	const struct ft_case *c;
	uint64_t features; /* bit FT_REPRO_*; the printer adds PROGRAM or KSELFTEST */
	size_t n_words;
	struct ft_repro_word *words; /* of all steps, one after another */
	size_t *first;               /* words[first[s]] is the first of step s */
	bool *listens;               /* by socket: it may listen */
	const char *outcome;         /* what was measured, "" for nothing; NULL: not measured */
	const char *release;         /* of the kernel that it was measured on */
};

/* Walks over the case, which must outlive the plan. reached: a flag for each word of the case;
 * words that are not reached need nothing. NULL: any may be. 0 or -ENOMEM. */
int ft_repro_plan(const struct ft_case *c, const bool *reached, struct ft_repro *ret);
void ft_repro_fini(struct ft_repro *repro);

static inline bool ft_repro_has(const struct ft_repro *repro, enum ft_repro_feature feature)
{
	return repro->features >> feature & 1;
}

static inline const struct ft_repro_word *ft_repro_word(const struct ft_repro *repro, size_t s,
							size_t w)
{
	return &repro->words[repro->first[s] + w];
}

/* ---- repro_words.c: the words of a case in a program ---- */

/* A word's name in the outcome: "b.bind.2". */
void ft_repro_label(const struct ft_repro *repro, size_t s, size_t w, struct ft_text *out);
/* A socket's name as a variable: a letter, or a letter and digits, as it is; a longer one, which
 * may be a word of the language, with the suffix. */
void ft_repro_ident(const struct ft_repro *repro, uint16_t socket, const char *suffix,
		    struct ft_text *out);
/* "1000 connections" of a sysctl's name: "/proc/sys/net/ipv4/tcp_tw_reuse". False: no such name. */
bool ft_repro_sysctl_path(const char *name, struct ft_text *out);

/* Is this address one of AF_INET6, for a socket of the family? */
bool ft_repro_is_v6(const struct ft_endpoint *at, uint8_t family);
/* Its number, "127.0.0.1". */
void ft_repro_number(const struct ft_endpoint *at, uint8_t family, struct ft_text *out);
/* Address and port in words as the kernel's answer is said in words: lo4 on a v4 socket is lo. */
void ft_repro_read_back(const struct ft_repro *repro, const struct ft_endpoint *at, uint8_t family,
			struct ft_text *out);
/* What stands in the case as a port: PREFIXp, CHOSEN(1), 8080. */
void ft_repro_port(const struct ft_repro *repro, const struct ft_endpoint *at, struct ft_text *out);
/* "IPPROTO_MPTCP" */
const char *ft_repro_protocol(int protocol);
/* How the value of an option is written, and on this socket read: that of an interface is an index
 * or, on a v4 socket, an int. */
enum ft_value ft_repro_kind(const struct ft_word *word, uint8_t family);
/* The level of an option on a socket of this family, by name, and the option's names OR-ed. */
const char *ft_repro_level(int level);
int ft_repro_option_level(const struct ft_word *word, uint8_t family);
/* The constants of options that not every header has yet: calls each() once for every one. */
typedef void ft_repro_constant(void *arg, const char *name, int number);
void ft_repro_constants(const struct ft_repro *repro, bool all, ft_repro_constant *each, void *arg);
void ft_repro_option_names(const struct ft_word *word, uint8_t family, struct ft_text *out);
/* The ports that the case names as words and numbers, each once: "p" 2000, "8080" 8080. */
typedef void ft_repro_port_name(void *arg, const char *word, uint16_t number);
void ft_repro_ports(const struct ft_repro *repro, ft_repro_port_name *each, void *arg);

/* Does the case have this op, and where first? */
bool ft_repro_uses(const struct ft_repro *repro, enum ft_op op, size_t *ret_step, size_t *ret_word);
bool ft_repro_uses_mptcp(const struct ft_repro *repro);
/* A backlog above the usual net.core.somaxconn; fastopen, for which a sysctl must be set. */
bool ft_repro_has_long_queue(const struct ft_repro *repro);
bool ft_repro_opens_fast(const struct ft_repro *repro);
/* The prefix that `addr` gives an address. */
int ft_repro_prefix(const struct ft_endpoint *at);

/* ---- repro_text.c: how a program's text is put together ---- */

/* Appends text as the inside of a string literal of C, Python and Go: bytes that are not plain are
 * written as escapes, so that no text can end the literal. */
void ft_repro_quoted(const char *bytes, size_t len, struct ft_text *out);
/* Appends text as a comment, wrapped at blanks, each line begun by prefix; no text can end the
 * comment: not by a star and a slash, not by a newline. */
void ft_repro_comment(const char *text, const char *prefix, struct ft_text *out);
/* The head of a program: the case, how to read what is printed, what was seen if it was measured.
 * Each line is begun by prefix. */
void ft_repro_head(const struct ft_repro *repro, const char *prefix, struct ft_text *out);
/* Ends a text that parts of out were made in: where it had no memory, out has none either. */
void ft_repro_text_fini(struct ft_text *text, struct ft_text *out);
/* Appends a line of code after indent; where it is long it is continued, after a comma, behind
 * further. */
void ft_repro_line(const char *indent, const char *further, const char *text, struct ft_text *out);

/* Appends the sections of a support file whose features the program has; put() is called at "@@
 * NAME". lines ends with NULL. */
typedef void ft_repro_put(const struct ft_repro *repro, const char *name, struct ft_text *out);
void ft_repro_support(const struct ft_repro *repro, const char *const *lines, ft_repro_put *put,
		      struct ft_text *out);
extern const char *const ft_support_c[], *const ft_support_python[], *const ft_support_go[];

/* ---- the targets ---- */

struct ft_repro_target {
	const char *name;     /* "python" */
	const char *language; /* for people */
	bool measured;        /* it states what was measured: the case must be run before */
	/* Appends the program. -EOPNOTSUPP with the word that the target cannot express. */
	int (*print)(struct ft_repro *repro, struct ft_text *out, struct ft_err *err);
};
extern const struct ft_repro_target ft_repro_targets[];
extern const size_t ft_n_repro_targets;

int ft_repro_c(struct ft_repro *repro, struct ft_text *out, struct ft_err *err);
int ft_repro_python(struct ft_repro *repro, struct ft_text *out, struct ft_err *err);
int ft_repro_go(struct ft_repro *repro, struct ft_text *out, struct ft_err *err);
int ft_repro_packetdrill(struct ft_repro *repro, struct ft_text *out, struct ft_err *err);
int ft_repro_kselftest(struct ft_repro *repro, struct ft_text *out, struct ft_err *err);

/* How the word whose label it is ended, by the measured outcome: "EADDRINUSE", "ok(lo:e1)>s"; ""
 * where the outcome does not have it: a quiet word that did not fail, or one that was not reached.
 * To be asked in the order of the words; *at is where the last answer ended, the outcome at first.
 */
void ft_repro_next_end(const char **at, const struct ft_text *label, struct ft_text *end);

/* The -EOPNOTSUPP of a target: "kselftest cannot express 'steer_ebpf=1' (step 2): WHY". */
int ft_repro_refuse(const struct ft_repro *repro, const char *target, size_t s, size_t w,
		    const char *why, struct ft_err *err);

/* The same if the case has the op, else 0. */
int ft_repro_refuse_op(const struct ft_repro *repro, const char *target, enum ft_op op,
		       const char *why, struct ft_err *err);

/* ---- shared by c and kselftest: repro_c_call.c, repro_c_around.c ---- */

/* A word as the C expression that makes the call; its value is that of the call. */
void ft_repro_c_call(const struct ft_repro *repro, size_t s, size_t w, struct ft_text *out);
/* The text of a step as a comment, one line or several. indent: tabs before it. */
void ft_repro_c_step_comment(const struct ft_repro *repro, size_t s, const char *indent,
			     struct ft_text *out);
/* The parts "@@ constants", "@@ sockets" and "@@ setup" of support_c.in. */
void ft_repro_c_put(const struct ft_repro *repro, const char *name, struct ft_text *out);

/* The lines of a word in a step: repro_python_call.c, repro_go_call.c */
void ft_repro_python_word(const struct ft_repro *repro, size_t s, size_t w, struct ft_text *out);
void ft_repro_go_word(const struct ft_repro *repro, size_t s, size_t w, struct ft_text *out);

#endif

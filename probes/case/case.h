/* SPDX-License-Identifier: MIT */
/*
 * What is a case, once it is read? Steps of words, and what its author expects of them.
 *
 * A case is a program of socket calls (the grammar stands in probes/README.md). A *matrix* is the
 * same text with braces; it is parsed once, every step in every variant of its braces, and a case
 * is then a choice among these parsed steps: expanding costs a few pointer copies and no text.
 *
 * Everything reachable from a struct ft_case is const and belongs to its matrix, which must
 * outlive it. Nothing here knows a socket or the running kernel.
 */
#ifndef FT_CASE_CASE_H
#define FT_CASE_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/text.h"
#include "case/words.h"

/* Size limits. A text that goes past one is refused with the limit's name and value. */
enum {
	FT_CASE_TEXT_MAX = 8 << 20,     /* bytes of one case or matrix */
	FT_CASE_NAME_MAX = 15,          /* bytes of a socket's or port's name */
	FT_CASE_SOCKETS_MAX = 40000,    /* socket names in one case */
	FT_CASE_PORTS_MAX = 256,        /* p q r ... */
	FT_CASE_CHOSEN_MAX = 32768,     /* e1 e2 ... */
	FT_CASE_STEPS_MAX = 65536,      /* steps in one case */
	FT_CASE_WORDS_MAX = 256,        /* words in one step */
	FT_CASE_GOT_MAX = 16,           /* alternatives or copies in an expectation's >a,b */
	FT_MATRIX_GROUPS_MAX = 64,      /* numbered brace groups */
	FT_MATRIX_VARIANTS_MAX = 65536, /* of one step: the product of the groups it uses */
	FT_MATRIX_CASES_MAX = 16777216, /* cases of one matrix */
};

#define FT_NO_SOCKET UINT16_MAX

enum ft_port {
	FT_PORT_NUMBER, /* number is the port itself, 0 included */
	FT_PORT_NAMED,  /* number is an index into ft_names.port: p q r ..., picked by the engine */
	FT_PORT_KERNEL, /* number is N of eN, from 1: chosen by the kernel earlier in the case */
};

/* ADDR:PORT, symbolic as it was written. */
struct ft_endpoint {
	uint8_t host; /* enum ft_host */
	uint8_t port; /* enum ft_port */
	uint16_t number;
	uint8_t bytes[16]; /* LITERAL4: the first 4; LITERAL6: all; else zero; network order */
	char scope[16];    /* LITERAL6 with %DEVICE: the device; else "" */
};

enum ft_shutdown { FT_SHUTDOWN_RD, FT_SHUTDOWN_WR, FT_SHUTDOWN_RDWR };
enum ft_steer { FT_STEER_INDEX, FT_STEER_MOD, FT_STEER_CPU };

/* One word of a chain. Which fields mean something depends on op:
 *   CREATE    detail = enum ft_family
 *   SET, GET  options; SET: value (INT, RANGE as u32, LINGER seconds or -1 for off, SECONDS in ns)
 *             or text (DEVICE, IFINDEX, INTERFACE: name, "" for none; MEMBERSHIP: at.host/bytes
 *             and text = interface or "")
 *   SOCKOPT   options unused; value = LEVEL << 32 | NAME; text = the bytes, text_len of them
 *   BIND CONNECT BEGIN FASTOPEN LOOK   at
 *   LISTEN    value = backlog, -1 if none was written
 *   ACCEPT DUP  socket = the new one
 *   SEND      has_at, at; value = the byte 0..255, -1 if none was written
 *   SHUTDOWN  detail = enum ft_shutdown
 *   FCHOWN    value = uid
 *   STEER STEER_EBPF  detail = enum ft_steer, value = K or N
 *   SYSCTL    text = NAME (dots as written), value_text = VALUE ('_' stands for a blank)
 *   WAIT      value = nanoseconds;  CPU  value = number
 *   ADDR      text = interface, at = literal address (port 0)
 *   LINK      text = name, value_text = kind ("bridge", "dummy", "veth", ...)
 * nth, label and column are made by the parser; in a word that was not parsed they are 0 and NULL.
 */
struct ft_word {
	uint8_t op; /* enum ft_op */
	uint8_t detail;
	uint8_t n_options; /* 1, or more where names are OR-ed by '|' */
	bool has_at;
	uint16_t options[4]; /* indexes into ft_options */
	uint16_t socket;
	uint16_t text_len;
	uint16_t nth; /* the how-manieth of its name in its step, from 1 */
	uint16_t label_len;
	uint32_t column; /* in the source, from 1 */
	int64_t value;
	const char *text; /* NUL-terminated (SOCKOPT: raw bytes); NULL if unused */
	const char *value_text;
	const char *label; /* see ft_label_print() */
	struct ft_endpoint at;
};

struct ft_step {
	uint16_t subject; /* index into ft_names.socket; FT_NO_SOCKET for a scene step */
	bool peer;        /* a@peer: the socket created here lives on the second host */
	bool as;          /* as UID: run by that user */
	uint32_t uid;
	uint16_t n_words;
	uint32_t text_len;
	const struct ft_word *words;
	const char *text; /* canonical, made by the parser; NULL in a step that was not parsed */
};

/* How a call ended, in the notation of outcomes. Also used by the records. */
enum ft_end {
	FT_END_OK,      /* ok */
	FT_END_ERROR,   /* an errno name, or E#123 for a number without a name */
	FT_END_PENDING, /* pending */
	FT_END_EOF,     /* eof */
	FT_END_VALUE,   /* a number: what getsockopt read, how many bytes recv got */
	FT_END_TEXT,    /* a word: a device name, the states of look */
};

/* One expected call: SUBJECT.WORD[.N]=END[(ADDR:PORT)][>got]. What was not written is not
 * compared (has_local, has_got). */
struct ft_expectation {
	uint16_t subject;    /* FT_NO_SOCKET for a scene word (look=...) */
	uint16_t occurrence; /* the N-th such word of the subject in the case's text, from 1 */
	struct ft_word word; /* op, detail and options say which word; the rest is zero */
	uint8_t end;         /* enum ft_end */
	bool has_local;
	bool has_got;
	bool got_any_of; /* >a|b: one of them; else >a,b: exactly these */
	uint8_t n_got;   /* 0 with has_got: >none */
	int32_t error;   /* END_ERROR: positive errno */
	int64_t value;
	const char *text;
	struct ft_endpoint local;
	uint16_t got[FT_CASE_GOT_MAX];
};

/* The names of one matrix: all its cases share the numbering. */
struct ft_names {
	size_t n_sockets, n_ports;
	const char *const *socket;
	const char *const *port;
};

/* What a case needs of the place where it runs, computed once per step variant. */
enum ft_need {
	/* names a port number, a sysctl, an address or a link; binds to an eN, or looks there */
	FT_NEED_OWN_NAMESPACE = 1 << 0,
	FT_NEED_ETH = 1 << 1,  /* eth or peer addresses, device eth, multicast, @peer */
	FT_NEED_UIDS = 1 << 2, /* as UID, fchown */
	FT_NEED_WAIT = 1 << 3, /* has a wait */
	FT_NEED_SYSCTL = 1 << 4,
	FT_NEED_PRIVILEGED_BPF = 1 << 5, /* steer_ebpf */
	FT_NEED_GROUP = 1 << 6,          /* joins a multicast group */
};

struct ft_case {
	size_t n_steps;
	const struct ft_step **steps; /* the array is the case's own, what it points to is not */
	size_t n_expected;
	const struct ft_expectation **expected;
	bool has_expected; /* the text has a "=>", perhaps with nothing behind it */
	unsigned needs;    /* FT_NEED_* */
	const struct ft_names *names;
	size_t size_steps, size_expected; /* of the arrays, kept from case to case */
};

struct ft_matrix;

/* Parses one case or matrix. origin ("probe bind", "my.cases") and line (from 1) go into error
 * texts: "ORIGIN:LINE:COLUMN: ... 'WORD' ... did you mean 'NEAREST'?"; origin may be NULL.
 * text_len bytes of text are read, a NUL byte among them is an error. Every case of the matrix is
 * checked here: sockets used before they exist, eN out of place, limits, unknown words.
 * On success *ret_matrix is the caller's to free. Errors: -EINVAL (text), -E2BIG (a limit),
 * -ENOMEM. */
int ft_matrix_parse(const char *text, size_t text_len, const char *origin, unsigned line,
		    struct ft_matrix **ret_matrix, struct ft_err *err);
void ft_matrix_free(struct ft_matrix *matrix);

size_t ft_matrix_size(const struct ft_matrix *matrix);      /* number of cases, at least 1 */
unsigned ft_matrix_needs(const struct ft_matrix *matrix);   /* OR over all cases */
const char *ft_matrix_text(const struct ft_matrix *matrix); /* as given; borrowed */

/* Fills c with case number index (the last group varies fastest, as in a shell). c must have been
 * prepared by ft_case_init(); its arrays are reused, so that a loop does not allocate.
 * 0 or -ENOMEM. index < ft_matrix_size(). */
int ft_matrix_case(const struct ft_matrix *matrix, size_t index, struct ft_case *c);
/* What its needs together mean: an interface is in a group for all sockets of a namespace, so a
 * case that joins one and may be waited for, while others run, needs a namespace of its own. For
 * who fills a case by himself; ft_matrix_case() has done it. */
void ft_case_settle_needs(struct ft_case *c);
void ft_case_init(struct ft_case *c);
void ft_case_fini(struct ft_case *c); /* frees the arrays, not the matrix */

/* The numbered groups of a matrix, for tables. alternatives are the texts in order; step is the
 * ordinal of the ';'-separated part the group stands in, from 0. */
struct ft_group {
	size_t n_alternatives;
	const char *const *alternatives;
	size_t step;
};
size_t ft_matrix_groups(const struct ft_matrix *matrix);
struct ft_group ft_matrix_group(const struct ft_matrix *matrix, size_t group);
/* Which alternative of group does case number index use? */
size_t ft_matrix_choice(const struct ft_matrix *matrix, size_t index, size_t group);

/* A lexicographic reading of a matrix in a .cases file or a table of texts: calls each() for every
 * case or matrix of the file with its text and first line. Comments, blank lines and continuation
 * lines are resolved here. Stops at the first non-zero return of each() and returns it.
 * -EINVAL with err for a continuation line without a line before it or a NUL byte. */
typedef int ft_cases_each(void *arg, const char *text, size_t len, unsigned line,
			  struct ft_err *err);
int ft_cases_read(FILE *file, const char *origin, ft_cases_each *each, void *arg,
		  struct ft_err *err);

/* Appends the canonical text: single blanks, "; " between steps, " => " before the expectations
 * if with_expected and the case has some. parse(print(c)) equals c. */
void ft_case_print(const struct ft_case *c, bool with_expected, struct ft_text *out);
void ft_step_print(const struct ft_step *step, const struct ft_names *names, struct ft_text *out);
void ft_word_print(const struct ft_word *word, const struct ft_names *names, struct ft_text *out);
void ft_endpoint_print(const struct ft_endpoint *at, const struct ft_names *names,
		       struct ft_text *out);
void ft_expectation_print(const struct ft_expectation *expected, const struct ft_names *names,
			  struct ft_text *out);
/* How a call ended: "ok", "EADDRINUSE", "E#999", "pending", ... end is an enum ft_end, error that
 * of END_ERROR, value that of END_VALUE, text that of END_TEXT. */
void ft_end_print(uint8_t end, int32_t error, int64_t value, const char *text, struct ft_text *out);
/* The name a word has in an outcome: "bind", "reuseaddr|reuseport", "v6only?", "tcp4",
 * "sockopt", "look". */
void ft_word_print_name(const struct ft_word *word, struct ft_text *out);

/* What an outcome calls word number w of step: "a.bind", "look". */
void ft_label_print(const struct ft_step *step, size_t w, const struct ft_names *names,
		    struct ft_text *out);

/* FT_NEED_* of one word. That of a step with @peer or `as UID` comes on top. */
unsigned ft_word_needs(const struct ft_word *word);

/* Do two words have the same name in an outcome? */
bool ft_word_same_name(const struct ft_word *a, const struct ft_word *b);

/* The how-manieth word of its name of its subject is word number w of step number s, counted in
 * the text from 1 (shown or not, executed or not)? */
unsigned ft_case_occurrence(const struct ft_case *c, size_t s, size_t w);

/* The ports that the case writes as numbers, each once: the first max of them go into ports.
 * Returns how many there are; if more than max, some number above it. */
size_t ft_case_numbers(const struct ft_case *c, uint16_t *ports, size_t max);
/* What is remembered of them, so that thousands of ports need not look through the text. */
enum { FT_CASE_NUMBERS_KEPT = 32 };
struct ft_numbers {
	bool known; /* set to false for another case */
	size_t n;   /* above FT_CASE_NUMBERS_KEPT: not all of them are kept */
	uint16_t ports[FT_CASE_NUMBERS_KEPT];
};
/* Does the case write this port as a number? */
bool ft_case_writes(const struct ft_case *c, struct ft_numbers *numbers, uint16_t port);

#endif

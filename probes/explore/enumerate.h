/* SPDX-License-Identifier: MIT */
/*
 * Which programs are there, all of them, up to a size?
 *
 * Programs of exactly M calls over at most K sockets, each up to a renaming of sockets and ports;
 * every shorter program is the beginning of one of them, and beginnings are compared as well. Each
 * call is a step of its own, so that a refused one does not keep the next from being made. The
 * flags belong to a socket's creation, and that to its first call. The alphabet:
 *
 *   create   tcp4 or tcp6; without a flag, with reuseaddr, with reuseport, with both
 *   bind     lo:P, any:P, and on tcp6 lo4:P
 *   connect  lo:P, and on tcp6 lo4:P
 *   listen, accept X (X counts as a socket), close
 *
 * Programs are numbered; each is found from its number alone, by counting how many there are that
 * begin in one way or another.
 */
#ifndef FT_EXPLORE_ENUMERATE_H
#define FT_EXPLORE_ENUMERATE_H

#include "base/err.h"
#include "explore/program.h"
#include "explore/vocabulary.h"

enum {
	FT_ENUMERATE_SOCKETS_MAX = 4,
	FT_ENUMERATE_PORTS = 2,
	FT_ENUMERATE_CALLS_MAX = 12,
	FT_ENUMERATE_FLAGS = 4, /* none, reuseaddr, reuseport, both */
};

struct ft_enumeration {
	struct ft_vocabulary vocabulary;
	unsigned sockets, calls;
	uint64_t total;
	/* How many programs go on from here: calls left; sockets still to be made, tcp4 and tcp6
	 * sockets open, ports named so far. */
	uint64_t counts[FT_ENUMERATE_CALLS_MAX + 1][FT_ENUMERATE_SOCKETS_MAX + 1]
		       [FT_ENUMERATE_SOCKETS_MAX + 1][FT_ENUMERATE_SOCKETS_MAX + 1]
		       [FT_ENUMERATE_PORTS + 1];
};

/* -E2BIG if there are more than 2^63 of them. 1 <= sockets, calls <= the maxima above. */
int ft_enumeration_init(struct ft_enumeration *enumeration, unsigned sockets, unsigned calls,
			struct ft_err *err);
/* Fills ret with program number number < total. */
void ft_enumerate(const struct ft_enumeration *enumeration, uint64_t number,
		  struct ft_program *ret);

#endif

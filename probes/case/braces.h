/* SPDX-License-Identifier: MIT */
/*
 * What do the braces of a matrix say, before anybody knows what the words mean?
 *
 * The text becomes slots (between ';', and one after "=>"), each a sequence of literal pieces,
 * references to numbered groups, and nested groups. A numbered group at the top level counts as a
 * reference to itself. A sequence stands for as many texts as its nested groups multiply to, and
 * each depends on what the numbered groups chose.
 */
#ifndef FT_CASE_BRACES_H
#define FT_CASE_BRACES_H

#include "case/parse.h"

enum ft_piece_kind { FT_PIECE_LITERAL, FT_PIECE_GROUP, FT_PIECE_NESTED };

struct ft_choice;

struct ft_piece {
	struct ft_piece *next;
	const struct ft_choice *choice; /* NESTED */
	uint32_t at, len;               /* LITERAL: in the source */
	uint8_t kind, group;            /* GROUP: its number from 0 */
};

struct ft_sequence {
	struct ft_piece *first, *last;
	struct ft_sequence *next; /* alternative */
	uint64_t n;               /* texts it stands for */
	uint64_t cost;            /* bytes and pieces of its longest text, groups written out */
	uint64_t groups;          /* bit set of the groups it depends on */
};

struct ft_choice {
	size_t n_sequences;
	const struct ft_sequence **sequences;
	uint32_t *before; /* texts of the sequences before each */
	uint64_t n, cost, groups;
};

struct ft_group_source {
	struct ft_choice *choice;
	uint32_t slot;
	uint64_t groups; /* itself, and those its alternatives refer to */
};

struct ft_braces {
	const char *text;
	size_t len;
	struct ft_sequence *slots; /* array */
	size_t n_slots, size_slots;
	bool has_expected; /* the last slot holds expectations */
	struct ft_group_source groups[FT_MATRIX_GROUPS_MAX];
	size_t n_groups;
	uint64_t n_pieces;
};

/* Reads p->text into braces, whose slots array is malloc()ed and the caller's, filled or not. */
int ft_braces_scan(struct ft_parser *p, struct ft_braces *braces);

/* Writes text number k of a sequence, and the source column of each byte; chosen[g] is what group g
 * chose. room was reserved by ft_sequence.cost. Returns the bytes written. */
struct ft_expansion {
	char *bytes;
	uint32_t *columns;
	size_t len;
};
void ft_sequence_expand(const struct ft_braces *braces, const struct ft_sequence *sequence,
			uint64_t k, const uint32_t *chosen, struct ft_expansion *out);

/* Appends alternative k of a group as it is written, references unresolved: for tables. */
void ft_choice_print(const struct ft_braces *braces, const struct ft_choice *choice, uint64_t k,
		     struct ft_text *out);

#endif

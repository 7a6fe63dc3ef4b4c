/* SPDX-License-Identifier: MIT */
#include "explore/enumerate.h"

#include <errno.h>

/* What a call is made of. PORT: of those that were named before, or the next new one. */
enum letter {
	LETTER_LISTEN,
	LETTER_ACCEPT,
	LETTER_CLOSE,
	LETTER_BIND_LO,
	LETTER_BIND_ANY,
	LETTER_CONNECT_LO,
	LETTER_BIND_LO4, /* these of v6 sockets alone */
	LETTER_CONNECT_LO4,
	LETTER_COUNT,
	LETTERS_V4 = LETTER_BIND_LO4,
};

/* All that the number of ways to go on depends on. Sockets of a family are alike in this. */
struct place {
	unsigned calls, unmade, open[2], ports;
};

static bool has_port(enum letter letter)
{
	return letter >= LETTER_BIND_LO;
}

static uint64_t count_at(const struct ft_enumeration *e, const struct place *p)
{
	return e->counts[p->calls][p->unmade][p->open[0]][p->open[1]][p->ports];
}

/* In how many variants can a letter be written here? */
static unsigned ways(const struct place *p, enum letter letter)
{
	if (letter == LETTER_ACCEPT)
		return p->unmade > 0;
	if (has_port(letter))
		return p->ports < FT_ENUMERATE_PORTS ? p->ports + 1 : p->ports;
	return 1;
}

/* Where one is after it. v6: the family of its socket, which is open already. */
static struct place after(struct place p, enum letter letter, unsigned port, bool v6)
{
	p.calls--;
	if (letter == LETTER_CLOSE)
		p.open[v6]--;
	if (letter == LETTER_ACCEPT) {
		p.unmade--;
		p.open[v6]++;
	}
	if (has_port(letter) && port == p.ports)
		p.ports++;
	return p;
}

static struct place made(struct place p, bool v6)
{
	p.unmade--;
	p.open[v6]++;
	return p;
}

static unsigned letters(bool v6)
{
	return v6 ? LETTER_COUNT : LETTERS_V4;
}

/* All programs that go on with one letter of one socket of this family; false where they are too
 * many. */
static bool add_socket(const struct ft_enumeration *e, const struct place *p, bool v6,
		       unsigned times, uint64_t *sum)
{
	for (unsigned letter = 0; letter < letters(v6); letter++)
		for (unsigned port = 0; port < ways(p, letter); port++) {
			struct place next = after(*p, letter, port, v6);
			uint64_t n;

			if (__builtin_mul_overflow(count_at(e, &next), times, &n) ||
			    __builtin_add_overflow(*sum, n, sum) || *sum > INT64_MAX)
				return false;
		}
	return true;
}

static bool count(struct ft_enumeration *e, const struct place *p)
{
	uint64_t *sum = &e->counts[p->calls][p->unmade][p->open[0]][p->open[1]][p->ports];

	*sum = p->calls == 0;
	if (p->calls == 0)
		return true;
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct place fresh = p->unmade ? made(*p, v6) : *p;

		if (p->open[v6] && !add_socket(e, p, v6, p->open[v6], sum))
			return false;
		if (p->unmade && !add_socket(e, &fresh, v6, FT_ENUMERATE_FLAGS, sum))
			return false;
	}
	return true;
}

int ft_enumeration_init(struct ft_enumeration *e, unsigned sockets, unsigned calls,
			struct ft_err *err)
{
	struct place p;

	ft_vocabulary_init(&e->vocabulary);
	e->sockets = sockets;
	e->calls = calls;
	for (p.calls = 0; p.calls <= calls; p.calls++)
		for (p.unmade = 0; p.unmade <= sockets; p.unmade++)
			for (p.open[0] = 0; p.open[0] + p.unmade <= sockets; p.open[0]++)
				for (p.open[1] = 0; p.open[0] + p.open[1] + p.unmade <= sockets;
				     p.open[1]++)
					for (p.ports = 0; p.ports <= FT_ENUMERATE_PORTS; p.ports++)
						if (!count(e, &p))
							return ft_err_set(
								err, -E2BIG,
								"there are more than 2^63 programs "
								"of %u calls on %u sockets",
								calls, sockets);
	e->total = e->counts[calls][sockets][0][0][0];
	return 0;
}

/* ---- from a number to its program ---- */

struct writer {
	const struct ft_enumeration *e;
	struct ft_program *program;
	struct place place;
	bool open[FT_ENUMERATE_SOCKETS_MAX], v6[FT_ENUMERATE_SOCKETS_MAX];
};

static void write_flag(struct writer *w, enum ft_vocable flag)
{
	struct ft_word *word = ft_program_word(w->program, FT_OP_SET);

	word->n_options = 1;
	word->options[0] = w->e->vocabulary.options[flag];
	word->value = 1;
}

static void write_socket(struct writer *w, uint16_t socket, bool v6, unsigned flags)
{
	struct ft_word *word = ft_program_word(w->program, FT_OP_CREATE);

	word->detail = v6 ? FT_FAMILY_TCP6 : FT_FAMILY_TCP4;
	if (flags & 1)
		write_flag(w, FT_VOCABLE_REUSEADDR);
	if (flags & 2)
		write_flag(w, FT_VOCABLE_REUSEPORT);
	w->open[socket] = true;
	w->v6[socket] = v6;
}

static void write_address(struct writer *w, enum letter letter, unsigned port)
{
	static const struct {
		enum ft_op op;
		enum ft_host host;
	} calls[] = {
		[LETTER_BIND_LO] = {FT_OP_BIND, FT_HOST_LO},
		[LETTER_BIND_ANY] = {FT_OP_BIND, FT_HOST_ANY},
		[LETTER_BIND_LO4] = {FT_OP_BIND, FT_HOST_LO4},
		[LETTER_CONNECT_LO] = {FT_OP_CONNECT, FT_HOST_LO},
		[LETTER_CONNECT_LO4] = {FT_OP_CONNECT, FT_HOST_LO4},
	};
	struct ft_word *word = ft_program_word(w->program, calls[letter].op);

	if (port == w->program->names.n_ports)
		ft_program_port(w->program);
	word->has_at = true;
	word->at.host = (uint8_t)calls[letter].host;
	word->at.port = FT_PORT_NAMED;
	word->at.number = (uint16_t)port;
}

static void write_letter(struct writer *w, uint16_t socket, enum letter letter, unsigned port)
{
	uint16_t child;

	switch (letter) {
	case LETTER_LISTEN:
		ft_program_word(w->program, FT_OP_LISTEN);
		break;
	case LETTER_ACCEPT:
		child = ft_program_socket(w->program);
		ft_program_word(w->program, FT_OP_ACCEPT)->socket = child;
		w->open[child] = true;
		w->v6[child] = w->v6[socket];
		break;
	case LETTER_CLOSE:
		ft_program_word(w->program, FT_OP_CLOSE);
		w->open[socket] = false;
		break;
	default:
		write_address(w, letter, port);
		break;
	}
	w->place = after(w->place, letter, port, w->v6[socket]);
}

/* Is the program among those that go on with a letter of this socket, which is yet to be made if
 * flags are not negative? Writes it then; else takes their number off rest. */
static bool write_step(struct writer *w, const struct place *p, uint16_t socket, bool v6, int flags,
		       uint64_t *rest)
{
	for (unsigned letter = 0; letter < letters(v6); letter++)
		for (unsigned port = 0; port < ways(p, letter); port++) {
			struct place next = after(*p, letter, port, v6);
			uint64_t n = count_at(w->e, &next);

			if (*rest >= n) {
				*rest -= n;
				continue;
			}
			ft_program_step(w->program, socket);
			w->place = *p;
			if (flags >= 0)
				write_socket(w, socket, v6, (unsigned)flags);
			write_letter(w, socket, letter, port);
			return true;
		}
	return false;
}

/* Each of the kinds that a new socket may be of. */
static bool write_new(struct writer *w, const struct place *place, uint64_t *rest)
{
	uint16_t socket = (uint16_t)w->program->names.n_sockets++;

	for (int kind = 0; kind < 2 * FT_ENUMERATE_FLAGS; kind++) {
		bool v6 = kind >= FT_ENUMERATE_FLAGS;
		struct place fresh = made(*place, v6);

		if (write_step(w, &fresh, socket, v6, kind % FT_ENUMERATE_FLAGS, rest))
			return true;
	}
	return false;
}

static bool write_call(struct writer *w, uint64_t *rest)
{
	const struct place place = w->place;
	size_t n = w->program->names.n_sockets;

	for (uint16_t socket = 0; socket < n; socket++)
		if (w->open[socket] && write_step(w, &place, socket, w->v6[socket], -1, rest))
			return true;
	return place.unmade && write_new(w, &place, rest);
}

void ft_enumerate(const struct ft_enumeration *e, uint64_t number, struct ft_program *ret)
{
	struct writer w = {.e = e, .program = ret, .place = {e->calls, e->sockets, {0, 0}, 0}};

	ft_program_clear(ret);
	while (w.place.calls && write_call(&w, &number))
		;
}

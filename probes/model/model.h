/* SPDX-License-Identifier: MIT */
/*
 * What will the kernel do with this case, by which rule, and because of which other socket?
 *
 * The model is a small kernel made of the rules that it knows (rules.h): it takes the steps of a
 * case and says how each call ends before it is run. It has no socket, makes no system call, never
 * sees what was observed, and gives the same answer on every machine.
 *
 * Where the kernel hashes or draws at random, the model has a *choice*: it says how many
 * alternatives there are and goes on with one of them, the first unless the caller's list of
 * choices says another. All outcomes that the model allows are those of all lists. So that a
 * reader of predictions sees them at once, a call whose receiver is a choice lists the candidates.
 */
#ifndef FT_MODEL_MODEL_H
#define FT_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "case/case.h"
#include "model/profile.h"
#include "model/rules.h"

/* The kernel and the place that a case meets. */
struct ft_setting {
	struct ft_profile profile; /* which known changes of behaviour are in */
	unsigned cpus;             /* how many there are: incoming_cpu and steer=cpu */
	unsigned hz;               /* CONFIG_HZ, the unit of time-outs; 0: not known */
	bool privileged;           /* sockets belong to a user with all capabilities: not --here */
	bool capable;              /* ... also outside of our namespaces: --here as root */
	/* Rules that are left out, one bit each: for showing that a rule matters. All zero. */
	uint64_t off[(FT_RULE_COUNT + 63) / 64];
};

/* The socket that was in the way of a refused call. Its address is as the text would write it. */
struct ft_holder {
	uint16_t socket; /* index into ft_names.socket; of a child: who accepted it, or its
			    listener's; FT_NO_SOCKET where it has no name */
	uint8_t state;   /* netinet/tcp.h; 0 for UDP; 13: bound, not listening */
	bool orphan;     /* no descriptor is left */
	bool reuseaddr, reuseport, v6only;
	uint32_t uid;
	const char *device; /* bound to, or NULL; borrowed from the case or static */
	struct ft_endpoint local, remote;
	bool has_remote;
};

/* A set of sockets: n indexes from first on in ft_prediction.got. */
struct ft_receivers {
	uint32_t first, n;
	bool known; /* false: nothing is said about who got it */
};

/* How one call will end; the fields are those of the record's results. */
struct ft_predicted {
	uint32_t step, word;
	uint8_t end; /* enum ft_end */
	bool has_local;
	int32_t error;
	int64_t value;
	uint32_t text; /* END_TEXT: offset in ft_prediction.text */
	struct ft_endpoint local;
	struct ft_receivers got; /* with the choices as they were taken */
	struct ft_receivers any; /* if n: all that got may be, whatever the choices */
	uint16_t rule;           /* enum ft_rule: what decided, FT_RULE_NONE for what needs none */
	uint32_t holder;         /* index + 1 in ft_prediction.holders, 0: nobody */
	uint32_t n_choices;      /* choices made until the end of this call */
};

/* A name that stands for no alternative of its own. */
#define FT_CHOICE_NONE UINT16_MAX

/* One choice. Where each alternative means another receiver of what was sent, these are named:
 * given what came before, the call shows the one that is named or somebody who is not. Likewise
 * where each means another port: the first one a port that was not shown yet, the others e1, e2,
 * ... by the numbers that are named, or in this order if none are. */
struct ft_choice {
	uint16_t n, taken; /* alternatives, and which one was taken */
	uint16_t rule;
	bool ports;
	uint32_t names; /* n sockets, or numbers of ports, from ft_prediction.names[names - 1] on;
			   0: none is named */
};

/* What is said of a whole case. Arrays are kept from case to case. */
struct ft_prediction {
	bool beyond;        /* the model has no word on this case, for the reason below */
	const char *reason; /* static text */
	uint32_t asked;     /* toggles that made a difference or might have: a bit each. Turning
			       another one leaves the prediction as it is. */
	size_t n, size;
	struct ft_predicted *calls; /* those that an outcome shows, in order */
	size_t n_got, size_got;
	uint16_t *got;
	size_t n_holders, size_holders;
	struct ft_holder *holders;
	size_t n_choices, size_choices;
	struct ft_choice *choices;
	size_t n_names, size_names;
	uint16_t *names; /* of the choices */
	struct ft_text text;
};

struct ft_model; /* working memory, kept from case to case */
/* NULL without memory. */
struct ft_model *ft_model_new(void);
void ft_model_free(struct ft_model *model);

void ft_prediction_init(struct ft_prediction *prediction);
void ft_prediction_fini(struct ft_prediction *prediction);

/* Predicts every call of c. choices: which alternative to take at the first n_choices choices (one
 * that there is not counts as the last); NULL, 0: always the first. 0 or -ENOMEM. */
int ft_model_predict(struct ft_model *model, const struct ft_case *c,
		     const struct ft_setting *setting, const uint16_t *choices, size_t n_choices,
		     struct ft_prediction *ret);

/* Appends "a.bind=ok b.bind=EADDRINUSE", a choice of receivers as "c.connect=ok>a|b". */
void ft_prediction_print(const struct ft_prediction *prediction, const struct ft_case *c,
			 struct ft_text *out);
/* The same with the choices as they were taken: what the kernel would print, byte by byte. */
void ft_prediction_print_taken(const struct ft_prediction *prediction, const struct ft_case *c,
			       struct ft_text *out);
/* One call, as the first and as the second of the two. */
void ft_predicted_print(const struct ft_prediction *prediction, const struct ft_case *c,
			const struct ft_predicted *call, struct ft_text *out);
void ft_predicted_print_taken(const struct ft_prediction *prediction, const struct ft_case *c,
			      const struct ft_predicted *call, struct ft_text *out);
/* Appends "a (lo:p, LISTEN, uid 0, reuseaddr)". */
void ft_holder_print(const struct ft_holder *holder, const struct ft_names *names,
		     struct ft_text *out);

#endif

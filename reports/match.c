/* SPDX-License-Identifier: MIT */
/*
 * Does the model allow what was measured?
 *
 * Where the kernel hashes or draws, the model has choices, and what it allows is a tree. The tree
 * is searched depth-first: the model is run with a list of choices, the first call that ends
 * otherwise is found, and the last choice made up to that call that has an alternative left is
 * taken back. Choices made later cannot mend it, so whole branches are left out. Most cases have no
 * choice, and are compared in one run.
 *
 * Where the model names the receiver that each alternative stands for, who received tells which of
 * them can be right: the others are left out, and later choices begin with the one that their call
 * shows. So M connects among k members take two runs, not M * k / 2.
 */
#include "reports/match.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CHOICES = 64 };

int ft_match_init(struct ft_match *match)
{
	*match = (struct ft_match){.model = ft_model_new()};
	ft_prediction_init(&match->prediction);
	return match->model ? 0 : -ENOMEM;
}

void ft_match_fini(struct ft_match *match)
{
	ft_model_free(match->model);
	ft_prediction_fini(&match->prediction);
	free(match->choices);
	free(match->begun);
	free(match->best);
}

/* ---- one call ---- */

static bool same_endpoint(const struct ft_endpoint *a, const struct ft_endpoint *b)
{
	return a->host == b->host && a->port == b->port && a->number == b->number &&
	       !memcmp(a->bytes, b->bytes, sizeof(a->bytes)) && !strcmp(a->scope, b->scope);
}

static bool contains(const uint16_t *sockets, uint32_t n, uint16_t socket)
{
	for (uint32_t i = 0; i < n; i++)
		if (sockets[i] == socket)
			return true;
	return false;
}

/* A set is no list: neither says in which order copies were delivered. */
static bool same_receivers(const struct ft_prediction *prediction, const struct ft_receivers *said,
			   const struct ft_record *record, const struct ft_got *got)
{
	if (said->known != got->known || said->n != got->n)
		return false;
	for (uint32_t i = 0; i < got->n; i++)
		if (!contains(prediction->got + said->first, said->n, record->got[got->first + i]))
			return false;
	return true;
}

static bool same_end(const struct ft_prediction *prediction, const struct ft_predicted *call,
		     const struct ft_record *record, const struct ft_result *result)
{
	if (call->end != result->end)
		return false;
	switch ((enum ft_end)call->end) {
	case FT_END_ERROR:
		return call->error == result->error;
	case FT_END_VALUE:
		return call->value == result->value;
	case FT_END_TEXT:
		return !strcmp(ft_text_get(&prediction->text) + call->text,
			       ft_result_text(record, result));
	case FT_END_OK:
	case FT_END_PENDING:
	case FT_END_EOF:
		break;
	}
	return true;
}

static bool same_call(const struct ft_prediction *prediction, const struct ft_predicted *call,
		      const struct ft_record *record, const struct ft_result *result)
{
	return call->step == result->step && call->word == result->word &&
	       same_end(prediction, call, record, result) && call->has_local == result->has_local &&
	       (!call->has_local || same_endpoint(&call->local, &result->local)) &&
	       same_receivers(prediction, &call->got, record, &result->got);
}

/* ---- one run ---- */

/* False where it cannot be run, or may not any more. */
static bool run(struct ft_match *match, const struct ft_case *c, const struct ft_setting *setting)
{
	size_t cost;

	if (!match->calls_left || ft_model_predict(match->model, c, setting, match->choices,
						   match->n_choices, &match->prediction) < 0)
		return false;
	cost = match->prediction.n + 1;
	match->asked |= match->prediction.asked;
	match->calls_left -= cost < match->calls_left ? cost : match->calls_left;
	return true;
}

/* Where record and prediction part. */
struct parting {
	size_t call;                    /* as ft_match_difference() */
	const struct ft_result *result; /* what the record has there; NULL: nothing more */
};

static const struct ft_result *next_shown(const struct ft_record *record, size_t *i)
{
	while (*i < record->n_results)
		if (record->results[(*i)++].shown)
			return &record->results[*i - 1];
	return NULL;
}

static struct parting compare(const struct ft_prediction *prediction,
			      const struct ft_record *record)
{
	struct parting at = {.call = 0};
	size_t i = 0;

	while ((at.result = next_shown(record, &i)) && at.call < prediction->n &&
	       same_call(prediction, &prediction->calls[at.call], record, at.result))
		at.call++;
	return at;
}

size_t ft_match_difference(const struct ft_match *match, const struct ft_record *record)
{
	return compare(&match->prediction, record).call;
}

/* ---- named alternatives ---- */

static size_t choices_before(const struct ft_prediction *prediction, size_t call)
{
	return call ? prediction->calls[call - 1].n_choices : 0;
}

/* Which of e1, e2, ... does alternative i of a choice of ports stand for? 0: a new one. */
static uint16_t port_named(const struct ft_prediction *prediction, const struct ft_choice *choice,
			   uint16_t i)
{
	return choice->names ? prediction->names[choice->names - 1 + i] : i;
}

/* The alternative that stands for this port: if none does by its number, then that of a new one. */
static uint16_t find_port(const struct ft_prediction *prediction, const struct ft_choice *choice,
			  uint16_t number)
{
	uint16_t fresh = choice->n;

	if (!choice->names)
		return number < choice->n ? number : 0;
	for (uint16_t i = 0; i < choice->n; i++) {
		uint16_t named = port_named(prediction, choice, i);

		if (named == number)
			return i;
		if (!named)
			fresh = i;
	}
	return fresh;
}

/* The number of eN that a call showed, 0 if it showed none. */
static uint16_t number_shown(bool has_local, const struct ft_endpoint *local)
{
	return has_local && local->port == FT_PORT_KERNEL ? local->number : 0;
}

/* Does the call show which port its choice number c, of ports, was? */
static bool shows_port(const struct ft_prediction *prediction, size_t call, size_t c)
{
	const struct ft_predicted *said = &prediction->calls[call];

	if (call == prediction->n || !prediction->choices[c].ports ||
	    !number_shown(said->has_local, &said->local))
		return false;
	for (size_t i = choices_before(prediction, call); i < said->n_choices; i++)
		if (i != c && prediction->choices[i].ports)
			return false;
	return true;
}

/* The alternative that the record shows, n if it is none of them; false if it shows no port. */
static bool port_seen(const struct ft_prediction *prediction, size_t call, size_t c,
		      const struct ft_result *result, uint16_t *ret)
{
	const struct ft_predicted *said = &prediction->calls[call];

	if (!result || result->step != said->step || result->word != said->word ||
	    !number_shown(result->has_local, &result->local))
		return false;
	*ret = find_port(prediction, &prediction->choices[c], number_shown(true, &result->local));
	return true;
}

/* Does the call show which alternative of its choice number c was taken? */
static bool is_telling(const struct ft_prediction *prediction, size_t call, size_t c)
{
	const struct ft_choice *choice = &prediction->choices[c];
	const struct ft_receivers *got;

	if (call == prediction->n || !choice->names || choice->ports)
		return false;
	for (size_t i = choices_before(prediction, call); i < prediction->calls[call].n_choices;
	     i++)
		if (i != c && prediction->choices[i].names && !prediction->choices[i].ports)
			return false;
	got = &prediction->calls[call].got;
	return got->known && got->n == 1 &&
	       prediction->got[got->first] == prediction->names[choice->names - 1 + choice->taken];
}

/* Who was seen to receive, if it was one and the record speaks of this call; else FT_NO_SOCKET. */
static uint16_t receiver(const struct ft_record *record, const struct ft_result *result,
			 const struct ft_predicted *call)
{
	if (!result || result->step != call->step || result->word != call->word ||
	    !result->got.known || result->got.n != 1)
		return FT_NO_SOCKET;
	return record->got[result->got.first];
}

/* The first alternative of a choice that stands for this receiver; n where none does. */
static uint16_t find_named(const struct ft_prediction *prediction, const struct ft_choice *choice,
			   uint16_t receiver)
{
	uint16_t i = 0;

	while (i < choice->n && prediction->names[choice->names - 1 + i] != receiver)
		i++;
	return i;
}

/* ---- all runs ---- */

static bool make_room(struct ft_match *match, size_t n)
{
	uint16_t **const arrays[] = {&match->choices, &match->begun, &match->best};
	size_t size = match->size ? match->size : FIRST_CHOICES;

	if (n <= match->size)
		return true;
	while (size < n)
		size *= 2;
	for (size_t i = 0; i < sizeof(arrays) / sizeof(*arrays); i++) {
		uint16_t *grown = reallocarray(*arrays[i], size, sizeof(*grown));

		if (!grown)
			return false;
		*arrays[i] = grown;
	}
	match->size = size;
	return true;
}

/* The same for a choice of ports that the call shows: only the one that was seen can be right. Of
 * many it is not worth a search if none was seen. False: all of them are to be tried. */
static bool advance_port(struct ft_match *match, const struct parting *at, size_t call, size_t c,
			 bool *ret_may_be_right)
{
	const struct ft_choice *made = &match->prediction.choices[c];
	uint16_t seen = made->taken;
	bool known = call < at->call || port_seen(&match->prediction, call, c, at->result, &seen);

	if (!known && made->names)
		return false;
	*ret_may_be_right = known && seen < made->n && seen != made->taken;
	match->choices[c] = *ret_may_be_right ? seen : match->begun[c];
	return true;
}

/* Takes the next alternative of choice number c of the last run, which `call` made; false if all
 * were taken that can be right. It goes round from the one that was taken first. */
static bool advance(struct ft_match *match, const struct ft_record *record,
		    const struct parting *at, size_t call, size_t c)
{
	const struct ft_prediction *prediction = &match->prediction;
	const struct ft_choice *made = &prediction->choices[c];
	const uint16_t *names = made->names ? &prediction->names[made->names - 1] : NULL;
	uint16_t begun = c < match->n_choices ? match->begun[c] : 0;
	uint16_t next = made->taken, seen = FT_NO_SOCKET;
	bool among = false, may_be_right;

	if (begun >= made->n)
		begun = (uint16_t)(made->n - 1);
	if (is_telling(prediction, call, c)) {
		seen = call < at->call ? names[made->taken]
				       : receiver(record, at->result, &prediction->calls[call]);
		among = find_named(prediction, made, seen) < made->n;
	}
	match->begun[c] = begun;
	if (shows_port(prediction, call, c) && advance_port(match, at, call, c, &may_be_right))
		return may_be_right;
	do {
		next = (uint16_t)((next + 1) % made->n);
	} while (next != begun && ((among && names[next] != seen) ||
				   (made->ports && names && names[next] == FT_CHOICE_NONE)));
	match->choices[c] = next;
	return next != begun;
}

/* Later choices, from number c on, begin with what the record shows of their calls. */
static void foretell(struct ft_match *match, const struct ft_record *record, size_t c)
{
	const struct ft_prediction *prediction = &match->prediction;
	size_t shown = 0;

	for (size_t call = 0; call < prediction->n; call++) {
		const struct ft_predicted *said = &prediction->calls[call];
		const struct ft_result *result = next_shown(record, &shown);
		uint16_t seen = receiver(record, result, said);

		for (; c < said->n_choices; c++) {
			const struct ft_choice *choice = &prediction->choices[c];
			uint16_t i = choice->n;

			if (is_telling(prediction, call, c))
				i = find_named(prediction, choice, seen);
			else if (shows_port(prediction, call, c) &&
				 !port_seen(prediction, call, c, result, &i))
				i = choice->n;
			match->begun[c] = match->choices[c] = i < choice->n ? i : 0;
			match->n_choices = c + 1;
		}
	}
}

/* The next list of choices that differs within those that were made until the two part; false if
 * there is none. */
static bool next_choices(struct ft_match *match, const struct ft_record *record,
			 const struct parting *at)
{
	const struct ft_prediction *prediction = &match->prediction;
	size_t call = at->call;
	size_t c = call < prediction->n ? prediction->calls[call].n_choices : prediction->n_choices;

	for (; c; c--) {
		while (c <= choices_before(prediction, call))
			call--;
		if (advance(match, record, at, call, c - 1))
			break;
	}
	if (!c)
		return false;
	for (size_t i = 0; i + 1 < c; i++) {
		match->begun[i] = i < match->n_choices ? match->begun[i] : 0;
		match->choices[i] = prediction->choices[i].taken;
	}
	match->n_choices = c;
	foretell(match, record, c);
	return true;
}

static void keep_best(struct ft_match *match, size_t calls)
{
	if (calls <= match->best_calls)
		return;
	match->best_calls = calls;
	match->n_best = match->n_choices;
	if (match->n_best)
		memcpy(match->best, match->choices, match->n_best * sizeof(*match->best));
}

/* The search has failed: its best run once more. */
static enum ft_agreement return_best(struct ft_match *match, const struct ft_record *record,
				     const struct ft_setting *setting, enum ft_agreement why)
{
	if (ft_model_predict(match->model, record->c, setting, match->best, match->n_best,
			     &match->prediction) < 0)
		return FT_TOO_MANY;
	return why;
}

enum ft_agreement ft_match_record(struct ft_match *match, const struct ft_record *record,
				  const struct ft_setting *setting)
{
	const struct ft_prediction *prediction = &match->prediction;

	match->n_choices = match->n_best = match->best_calls = 0;
	match->asked = 0;
	while (run(match, record->c, setting)) {
		struct parting at = compare(prediction, record);

		if (prediction->beyond && at.call == prediction->n)
			return FT_NO_WORD;
		if (!at.result && at.call == prediction->n)
			return FT_AGREES;
		if (!make_room(match, prediction->n_choices))
			return FT_TOO_MANY;
		keep_best(match, at.call);
		if (!next_choices(match, record, &at))
			return return_best(match, record, setting, FT_DISAGREES);
	}
	return return_best(match, record, setting, FT_TOO_MANY);
}

/* SPDX-License-Identifier: MIT */
/*
 * Which single changes of a case change the end of one of its calls?
 *
 * Who gets a connection may be drawn by the kernel. So the case itself is run several times among
 * its variants, and what it does by itself is no change.
 */
#include "fourtuple/flips.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { COPIES = 12, TEXT_MAX = 1 << 20 };

/* ---- the call that is asked about ---- */

void ft_asked_fini(struct ft_asked *asked)
{
	ft_text_fini(&asked->name);
	ft_text_fini(&asked->end);
}

/* The name of a call as an outcome has it: "b.bind.2". */
static void put_name(const struct ft_case *c, size_t s, size_t w, struct ft_text *out)
{
	unsigned occurrence = ft_case_occurrence(c, s, w);

	ft_label_print(c->steps[s], w, c->names, out);
	if (occurrence > 1)
		ft_text_printf(out, ".%u", occurrence);
}

static bool find_word(const struct ft_case *c, struct ft_asked *asked)
{
	const char *wanted = ft_text_get(&asked->name);
	struct ft_text name;
	bool found = false;

	ft_text_init(&name, TEXT_MAX);
	for (size_t s = 0; s < c->n_steps && !found; s++) {
		for (size_t w = 0; w < c->steps[s]->n_words && !found; w++) {
			ft_text_clear(&name);
			ft_label_print(c->steps[s], w, c->names, &name);
			/* occurrences are counted only where the rest fits */
			if (strncmp(ft_text_get(&name), wanted, name.len) != 0)
				continue;
			ft_text_clear(&name);
			put_name(c, s, w, &name);
			found = strcmp(ft_text_get(&name), wanted) == 0;
			asked->step = s;
			asked->word = w;
		}
	}
	ft_text_fini(&name);
	return found;
}

bool ft_asked_find(const struct ft_case *c, const char *outcome, struct ft_asked *ret)
{
	const char *chosen = NULL, *equals;
	size_t len = 0;

	*ret = (struct ft_asked){0};
	ft_text_init(&ret->name, TEXT_MAX);
	ft_text_init(&ret->end, TEXT_MAX);
	for (const char *at = outcome; *at; at += strspn(at, " ")) {
		size_t token = strcspn(at, " ");

		equals = memchr(at, '=', token);
		chosen = at;
		len = token;
		if (equals && equals[1] == 'E')
			break;
		at += token;
	}
	equals = chosen ? memchr(chosen, '=', len) : NULL;
	if (!equals)
		return false;
	ft_text_bytes(&ret->name, chosen, (size_t)(equals - chosen));
	ft_text_bytes(&ret->end, equals + 1, len - (size_t)(equals + 1 - chosen));
	return find_word(c, ret);
}

/* ---- running ---- */

/* An end without the local address: it may have another number without another meaning. */
static void drop_address(struct ft_text *end)
{
	char *open = end->len ? strchr(end->bytes, '(') : NULL;
	char *close = open ? strchr(open, ')') : NULL;

	if (!close)
		return;
	memmove(open, close + 1, strlen(close + 1) + 1);
	end->len -= (size_t)(close + 1 - open);
}

/* How the call ended in case number index of the job; false if it was not made. */
static bool end_in(const struct ft_flips *flips, uint64_t index, size_t step, size_t word,
		   struct ft_text *end)
{
	const json_t *record = flips->gathered.records[index];
	struct ft_text name;
	struct ft_case c;
	bool found = false;

	if (!record)
		return false;
	ft_text_init(&name, TEXT_MAX);
	ft_case_init(&c);
	ft_text_clear(end);
	if (ft_job_case(&flips->job, index, &c) == 0 && step < c.n_steps &&
	    word < c.steps[step]->n_words) {
		put_name(&c, step, word, &name);
		found = ft_outcome_find(ft_gathered_text(record, "outcome"), ft_text_get(&name),
					end);
	}
	drop_address(end);
	ft_case_fini(&c);
	ft_text_fini(&name);
	return found;
}

/* The case and all variants that are cases; rows[i].variant is that of job case COPIES + i. */
static int fill_job(struct ft_flips *flips, const struct ft_case *c, struct ft_err *err)
{
	struct ft_text text;
	int rc = 0;

	ft_text_init(&text, FT_CASE_TEXT_MAX);
	ft_case_print(c, false, &text);
	for (unsigned i = 0; rc == 0 && i < COPIES; i++)
		rc = ft_job_add(&flips->job, ft_text_get(&text), text.len, "case", 1, err);
	ft_text_fini(&text);
	flips->rows = calloc(flips->variants.n + 1, sizeof(*flips->rows));
	if (!flips->rows)
		return ft_err_set(err, -ENOMEM, "no memory for the changes");
	for (size_t i = 0; rc == 0 && i < flips->variants.n; i++) {
		const struct ft_variant *variant = &flips->variants.rows[i];
		struct ft_err no_case = {0};

		if (ft_job_add(&flips->job, variant->text, strlen(variant->text), "change", 1,
			       &no_case) == 0)
			flips->rows[flips->n++].variant = variant;
	}
	return rc;
}

static bool is_known(char ends[][64], size_t n, const char *end)
{
	for (size_t i = 0; i < n; i++)
		if (strncmp(ends[i], end, sizeof(ends[i]) - 1) == 0)
			return true;
	return false;
}

/* Did a call that came before the one that is asked about end otherwise as well? Then the change
 * may have flipped it by leaving something undone. */
static bool is_disturbed(const char *before, const char *name, const char *after)
{
	struct ft_text call, was, is;
	bool same = true;

	ft_text_init(&call, TEXT_MAX);
	ft_text_init(&was, TEXT_MAX);
	ft_text_init(&is, TEXT_MAX);
	for (const char *at = before; *at && same; at += strspn(at, " ")) {
		size_t token = strcspn(at, " ");
		const char *equals = memchr(at, '=', token);

		ft_text_clear(&call);
		ft_text_clear(&was);
		ft_text_clear(&is);
		if (equals)
			ft_text_bytes(&call, at, (size_t)(equals - at));
		if (!equals || strcmp(ft_text_get(&call), name) == 0)
			break;
		ft_text_bytes(&was, equals + 1, token - (size_t)(equals + 1 - at));
		drop_address(&was);
		if (ft_outcome_find(after, ft_text_get(&call), &is)) {
			drop_address(&is);
			same = strcmp(ft_text_get(&was), ft_text_get(&is)) == 0;
		}
		at += token;
	}
	ft_text_fini(&call);
	ft_text_fini(&was);
	ft_text_fini(&is);
	return !same;
}

/* Smallest first; behind all those that flip more than was asked for, and behind their like those
 * that only lead to another error. */
static unsigned weight(const struct ft_flip *flip)
{
	return 100 * flip->disturbs + 10 * flip->variant->what.size + (flip->end[0] == 'E');
}

/* Few, and in order already but for this: each moves up behind the last that is not heavier. */
static void put_in_order(struct ft_flips *flips)
{
	for (size_t i = 1; i < flips->n; i++) {
		struct ft_flip moving = flips->rows[i];
		size_t to = i;

		for (; to && weight(&flips->rows[to - 1]) > weight(&moving); to--)
			flips->rows[to] = flips->rows[to - 1];
		flips->rows[to] = moving;
	}
}

/* Keeps those whose end is none of the case's own. */
static int keep_flips(struct ft_flips *flips, const struct ft_asked *asked)
{
	char own[COPIES + 1][64];
	size_t n_own = 0, kept = 0;
	struct ft_text end;
	int rc = 0;

	ft_text_init(&end, TEXT_MAX);
	ft_text_str(&end, ft_text_get(&asked->end));
	drop_address(&end);
	snprintf(own[n_own++], sizeof(own[0]), "%s", ft_text_get(&end));
	for (unsigned i = 0; i < COPIES; i++)
		if (end_in(flips, i, asked->step, asked->word, &end))
			snprintf(own[n_own++], sizeof(own[0]), "%s", ft_text_get(&end));
	for (size_t i = 0; i < flips->n; i++) {
		struct ft_flip flip = flips->rows[i];

		if (!end_in(flips, COPIES + i, flip.variant->step, flip.variant->word, &end))
			continue;
		flips->n_tried++;
		if (is_known(own, n_own, ft_text_get(&end)))
			continue;
		flip.record = flips->gathered.records[COPIES + i];
		flip.disturbs =
			is_disturbed(ft_gathered_text(flips->gathered.records[0], "outcome"),
				     ft_text_get(&asked->name),
				     ft_gathered_text(flip.record, "outcome"));
		flip.end = strdup(ft_text_get(&end));
		if (!flip.end) {
			rc = -ENOMEM;
			break;
		}
		flips->rows[kept++] = flip;
	}
	flips->n = kept;
	ft_text_fini(&end);
	put_in_order(flips);
	return rc;
}

int ft_flips_find(const struct ft_session *session, const struct ft_case *c,
		  const struct ft_asked *asked, struct ft_flips *ret, struct ft_err *err)
{
	struct ft_session bare = *session;
	int rc;

	*ret = (struct ft_flips){0};
	ft_job_init(&ret->job, "explain");
	bare.no_capture = true;
	bare.pcap = NULL;
	if (ft_variants_make(c, asked->step, asked->word, &ret->variants) < 0)
		return ft_err_set(err, -ENOMEM, "no memory for the changes");
	rc = fill_job(ret, c, err);
	if (rc == 0)
		rc = ft_gather(&bare, &ret->job, &ret->gathered, err);
	if (rc == 0 && keep_flips(ret, asked) < 0)
		rc = ft_err_set(err, -ENOMEM, "no memory for the changes");
	return rc;
}

void ft_flips_fini(struct ft_flips *flips)
{
	for (size_t i = 0; i < flips->n; i++)
		free(flips->rows[i].end);
	free(flips->rows);
	if (flips->gathered.job)
		ft_gathered_fini(&flips->gathered);
	ft_job_fini(&flips->job);
	ft_variants_fini(&flips->variants);
	*flips = (struct ft_flips){0};
}

/* SPDX-License-Identifier: MIT */
/*
 * How is what was measured of one case kept, and how is it said in one line?
 *
 * The arrays of a record grow by doubling and are never given back before the end: a run of ten
 * million cases allocates as often as its largest case needs. The outcome line is the notation of
 * the design, section 1: only symbolic names, so that two runs can be compared byte by byte.
 */
#include "reports/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	TEXT_MAX = 64 << 20, /* of all END_TEXT results together; `look` may list many sockets */
	/* Most cases have few of each, and some hundred records are in use at a time: what they
	 * touch should lie close together. */
	FIRST_RESULTS = 4,
	FIRST_TUPLES = 1,
	FIRST_GOT = 4,
};

const char *const ft_verdict_names[FT_VERDICT_COUNT] = {
	[FT_VERDICT_OBSERVED] = "observed", [FT_VERDICT_AS_EXPECTED] = "as-expected",
	[FT_VERDICT_DIFFERS] = "differs",   [FT_VERDICT_UNPROVEN] = "unproven",
	[FT_VERDICT_UNSTABLE] = "unstable", [FT_VERDICT_SKIPPED] = "skipped",
	[FT_VERDICT_BROKEN] = "broken",
};

void ft_record_init(struct ft_record *record)
{
	memset(record, 0, sizeof(*record));
	record->repeats = 1;
	ft_text_init(&record->text, TEXT_MAX);
}

static void drop_seen(struct ft_record *record)
{
	for (size_t i = 0; i < record->n_seen; i++)
		free(record->seen[i].outcome);
	record->n_seen = 0;
}

void ft_record_fini(struct ft_record *record)
{
	drop_seen(record);
	free(record->results);
	free(record->tuples);
	free(record->got);
	free(record->seen);
	ft_text_fini(&record->text);
	memset(record, 0, sizeof(*record));
}

void ft_record_clear(struct ft_record *record, const struct ft_case *c, const char *probe)
{
	record->c = c;
	record->probe = probe;
	record->verdict = FT_VERDICT_OBSERVED;
	record->reason[0] = '\0';
	record->start_ns = record->end_ns = record->elapsed_ns = 0;
	record->first_packet = record->last_packet = 0;
	record->packets_lost = false;
	record->unlisted = false;
	record->tries = 1;
	record->repeats = 1;
	record->foreseen = false;
	record->predicted = 0;
	record->measured = 0;
	record->n_changes = 0;
	record->n_results = record->n_tuples = record->n_got = 0;
	drop_seen(record);
	ft_text_clear(&record->text);
}

/* Makes room for one more element, for `first` where there was none; returns the array, moved or
 * not, or NULL without memory. */
static void *grow(void *array, size_t n, size_t *size, size_t first, size_t element)
{
	size_t wanted = *size ? *size * 2 : first;
	void *moved;

	if (n < *size)
		return array;
	moved = reallocarray(array, wanted, element);
	if (moved)
		*size = wanted;
	return moved;
}

struct ft_result *ft_record_add_result(struct ft_record *record)
{
	struct ft_result *results = grow(record->results, record->n_results, &record->size_results,
					 FIRST_RESULTS, sizeof(*results));

	if (!results)
		return NULL;
	record->results = results;
	return memset(&results[record->n_results++], 0, sizeof(*results));
}

struct ft_tuple *ft_record_add_tuple(struct ft_record *record)
{
	struct ft_tuple *tuples = grow(record->tuples, record->n_tuples, &record->size_tuples,
				       FIRST_TUPLES, sizeof(*tuples));

	if (!tuples)
		return NULL;
	record->tuples = tuples;
	return memset(&tuples[record->n_tuples++], 0, sizeof(*tuples));
}

int ft_record_add_got(struct ft_record *record, struct ft_got *got, uint16_t socket)
{
	uint16_t *all =
		grow(record->got, record->n_got, &record->size_got, FIRST_GOT, sizeof(*all));

	if (!all)
		return -ENOMEM;
	record->got = all;
	if (!got->n)
		got->first = (uint32_t)record->n_got;
	all[record->n_got++] = socket;
	got->n++;
	got->known = true;
	return 0;
}

uint32_t ft_record_text_begin(struct ft_record *record)
{
	return (uint32_t)record->text.len + 1;
}

void ft_record_text_end(struct ft_record *record)
{
	ft_text_char(&record->text, '\0');
}

const char *ft_record_text(const struct ft_record *record, uint32_t at)
{
	return at && at <= record->text.len ? ft_text_get(&record->text) + at - 1 : "";
}

void ft_got_print(const struct ft_record *record, const struct ft_got *got, struct ft_text *out)
{
	if (!got->n)
		ft_text_str(out, "none");
	for (uint32_t i = 0; i < got->n; i++) {
		if (i)
			ft_text_char(out, ',');
		ft_text_str(out, record->c->names->socket[record->got[got->first + i]]);
	}
}

unsigned ft_result_occurrence(const struct ft_record *record, const struct ft_result *result)
{
	if (result->occurrence)
		return result->occurrence;
	return ft_case_occurrence(record->c, result->step, result->word);
}

const char *ft_result_text(const struct ft_record *record, const struct ft_result *result)
{
	return result->end == FT_END_TEXT ? ft_text_get(&record->text) + result->text : "";
}

void ft_result_print_name(const struct ft_record *record, const struct ft_result *result,
			  struct ft_text *out)
{
	const struct ft_step *step = record->c->steps[result->step];
	unsigned occurrence = ft_result_occurrence(record, result);

	ft_label_print(step, result->word, record->c->names, out);
	if (occurrence > 1) {
		ft_text_char(out, '.');
		ft_text_int(out, occurrence);
	}
}

void ft_result_print(const struct ft_record *record, const struct ft_result *result,
		     struct ft_text *out)
{
	ft_result_print_name(record, result, out);
	ft_text_char(out, '=');
	ft_end_print(result->end, result->error, result->value, ft_result_text(record, result),
		     out);
	if (result->has_local) {
		ft_text_char(out, '(');
		ft_endpoint_print(&result->local, record->c->names, out);
		ft_text_char(out, ')');
	}
	if (result->got.known) {
		ft_text_char(out, '>');
		ft_got_print(record, &result->got, out);
	}
}

void ft_record_print_outcome(const struct ft_record *record, struct ft_text *out)
{
	bool first = true;

	for (size_t i = 0; i < record->n_results; i++) {
		if (!record->results[i].shown)
			continue;
		if (!first)
			ft_text_char(out, ' ');
		first = false;
		ft_result_print(record, &record->results[i], out);
	}
}

/* SPDX-License-Identifier: MIT */
#include "probe/repeat.h"

#include <stdlib.h>
#include <string.h>

enum { OUTCOMES_MAX = 64, TEXT_MAX = 16 << 20 };

/* The repetitions of one case that are in. */
struct gathering {
	struct gathering *next;
	uint64_t id;
	uint32_t in;
	uint8_t verdict; /* worst so far */
	char reason[FT_REASON_MAX];
	bool unforeseen; /* at least one of them */
	char *predicted; /* of the first that differs from it; NULL */
	uint8_t n_changes;
	struct ft_change changes[FT_CHANGES_MAX];
	size_t n_seen;
	struct ft_seen seen[OUTCOMES_MAX];
};

struct ft_repeats {
	uint32_t times;
	struct gathering *open;
	struct ft_text text;
};

struct ft_repeats *ft_repeats_new(uint32_t times)
{
	struct ft_repeats *repeats = calloc(1, sizeof(*repeats));

	if (!repeats)
		return NULL;
	repeats->times = times;
	ft_text_init(&repeats->text, TEXT_MAX);
	return repeats;
}

static void free_gathering(struct gathering *gathering)
{
	for (size_t i = 0; i < gathering->n_seen; i++)
		free(gathering->seen[i].outcome);
	free(gathering->predicted);
	free(gathering);
}

void ft_repeats_free(struct ft_repeats *repeats)
{
	if (!repeats)
		return;
	while (repeats->open) {
		struct gathering *first = repeats->open;

		repeats->open = first->next;
		free_gathering(first);
	}
	ft_text_fini(&repeats->text);
	free(repeats);
}

/* The link that points to id's gathering, which is made if there is none. */
static struct gathering **find(struct ft_repeats *repeats, uint64_t id)
{
	struct gathering **link = &repeats->open;

	while (*link && (*link)->id != id)
		link = &(*link)->next;
	if (!*link) {
		*link = calloc(1, sizeof(**link));
		if (*link)
			(*link)->id = id;
	}
	return link;
}

static bool add_outcome(struct gathering *gathering, const char *outcome)
{
	size_t i = 0;

	while (i < gathering->n_seen && strcmp(gathering->seen[i].outcome, outcome) != 0)
		i++;
	if (i == gathering->n_seen) {
		if (i == OUTCOMES_MAX)
			return false;
		gathering->seen[i].outcome = strdup(outcome);
		if (!gathering->seen[i].outcome)
			return false;
		gathering->n_seen++;
	}
	gathering->seen[i].count++;
	return true;
}

/* What came of one repetition, apart from its outcome. */
static void take_verdict(struct gathering *gathering, const struct ft_record *record)
{
	gathering->unforeseen |= !record->foreseen;
	if (record->verdict > gathering->verdict) {
		gathering->verdict = record->verdict;
		memcpy(gathering->reason, record->reason, sizeof(gathering->reason));
	}
	if (!record->predicted || gathering->predicted)
		return;
	gathering->predicted = strdup(ft_record_text(record, record->predicted));
	gathering->n_changes = record->n_changes;
	memcpy(gathering->changes, record->changes, sizeof(gathering->changes));
}

static void give_prediction(const struct gathering *gathering, struct ft_record *record)
{
	if (!gathering->predicted)
		return;
	record->predicted = ft_record_text_begin(record);
	ft_text_str(&record->text, gathering->predicted);
	ft_record_text_end(record);
	record->n_changes = gathering->n_changes;
	memcpy(record->changes, gathering->changes, sizeof(record->changes));
}

/* Moves what was gathered into the record of the last repetition. */
static void conclude(struct ft_repeats *repeats, struct gathering *gathering,
		     struct ft_record *record)
{
	struct ft_seen *grown = realloc(record->seen, gathering->n_seen * sizeof(*grown));

	record->repeats = repeats->times;
	record->verdict = gathering->verdict;
	record->foreseen = !gathering->unforeseen;
	memcpy(record->reason, gathering->reason, sizeof(record->reason));
	give_prediction(gathering, record);
	if (!grown)
		return;
	memcpy(grown, gathering->seen, gathering->n_seen * sizeof(*grown));
	record->seen = grown;
	record->n_seen = record->size_seen = gathering->n_seen;
	if (gathering->n_seen > 1 && gathering->verdict < FT_VERDICT_SKIPPED &&
	    (gathering->unforeseen || gathering->verdict != FT_VERDICT_AS_EXPECTED))
		record->verdict = FT_VERDICT_UNSTABLE;
	gathering->n_seen = 0; /* the texts are the record's now */
}

bool ft_repeats_complete(struct ft_repeats *repeats, uint64_t id, struct ft_record *record)
{
	struct gathering **link = find(repeats, id), *gathering = *link;

	if (!gathering)
		return true; /* without memory each repetition stands for itself */
	ft_text_clear(&repeats->text);
	ft_record_print_outcome(record, &repeats->text);
	if (!add_outcome(gathering, ft_text_get(&repeats->text)) &&
	    gathering->verdict < FT_VERDICT_SKIPPED) {
		gathering->verdict = FT_VERDICT_BROKEN;
		strcpy(gathering->reason, "more distinct outcomes than can be kept");
	}
	take_verdict(gathering, record);
	if (++gathering->in < repeats->times)
		return false;
	conclude(repeats, gathering, record);
	*link = gathering->next;
	free_gathering(gathering);
	return true;
}

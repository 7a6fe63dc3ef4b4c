/* SPDX-License-Identifier: MIT */
#include "fourtuple/merge.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "fourtuple/plain.h"
#include "probe/probe.h"

static const char TAIL_START[] = "{\"tail\":";

void ft_merge_init(struct ft_merge *merge, struct ft_report *report)
{
	*merge = (struct ft_merge){.report = report};
}

void ft_merge_fini(struct ft_merge *merge)
{
	ft_differences_fini(&merge->differences);
}

void ft_merge_note(struct ft_merge *merge, const char *format, ...)
{
	struct ft_outcome *outcome = &merge->outcome;
	char text[sizeof(outcome->notes[0])];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (char *at = text; *at; at++) /* it may quote what a probe printed */
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	for (size_t i = 0; i < outcome->n_notes; i++)
		if (strcmp(outcome->notes[i], text) == 0)
			return;
	if (outcome->n_notes < FT_POOL_NOTES)
		snprintf(outcome->notes[outcome->n_notes++], sizeof(text), "%s", text);
}

/* ---- the tail ---- */

static uint64_t figure(const json_t *object, const char *name)
{
	json_int_t value = json_integer_value(json_object_get(object, name));

	return value > 0 ? (uint64_t)value : 0;
}

static void take_capture(struct ft_part *part, const json_t *capture)
{
	struct ft_capture_count *sum = &part->merge->outcome.capture;
	uint64_t expected = figure(capture, "expected"), seen = figure(capture, "seen");
	uint64_t dropped = figure(capture, "dropped");

	sum->expected += expected;
	sum->seen += seen;
	sum->dropped += dropped;
	sum->undecoded += figure(capture, "undecoded");
	part->packets = seen;
}

static void take_tail(struct ft_part *part, const json_t *tail)
{
	struct ft_merge *merge = part->merge;
	json_t *limits = json_object_get(tail, "limits"), *limit;
	size_t i;

	part->has_tail = true;
	take_capture(part, json_object_get(tail, "capture"));
	part->uncaptured = json_is_true(json_object_get(tail, "uncaptured"));
	part->unmeasurable = json_is_true(json_object_get(tail, "unmeasurable"));
	json_array_foreach(limits, i, limit)
	{
		if (json_is_string(limit))
			ft_merge_note(merge, "%s", json_string_value(limit));
	}
	merge->outcome.deaths += (unsigned)figure(tail, "deaths");
	merge->outcome.uncaptured |= part->uncaptured;
	part->signal = (int)figure(tail, "signal");
}

/* ---- records ---- */

static void bad_line(struct ft_part *part, const char *why)
{
	if (part->bad_lines++ == 0)
		ft_merge_note(part->merge, "probe %s printed a line that is no record: %s",
			      part->name, why);
	part->merge->outcome.failed = true;
}

static void keep_difference(struct ft_part *part, const char *line, size_t len)
{
	json_t *record = json_loadb(line, len, 0, NULL);

	if (record)
		ft_differences_add(&part->merge->differences, record);
	json_decref(record);
}

static void take_record(struct ft_part *part, const char *line, size_t len)
{
	struct ft_merge *merge = part->merge;
	struct ft_counts counts = {0};
	struct ft_err why = {0};

	if (ft_record_line_check(line, len, &counts, &why) < 0) {
		bad_line(part, why.text);
		return;
	}
	if (merge->report && merge->rc == 0)
		merge->rc = ft_report_lines(merge->report, line, len, &merge->err);
	ft_counts_add(&part->counts, &counts);
	ft_counts_add(&merge->outcome.counts, &counts);
	if (counts.verdicts[FT_VERDICT_DIFFERS] || counts.verdicts[FT_VERDICT_UNSTABLE] ||
	    counts.verdicts[FT_VERDICT_UNPROVEN])
		keep_difference(part, line, len);
}

void ft_merge_line(void *arg, const char *line, size_t len)
{
	struct ft_part *part = arg;
	json_t *object;

	if (len == 1 && line[0] == '\n')
		return;
	if (len < sizeof(TAIL_START) || memcmp(line, TAIL_START, sizeof(TAIL_START) - 1) != 0) {
		take_record(part, line, len);
		return;
	}
	object = json_loadb(line, len, 0, NULL);
	if (json_is_object(json_object_get(object, "tail")))
		take_tail(part, json_object_get(object, "tail"));
	else
		bad_line(part, "a tail that is no JSON object");
	json_decref(object);
}

/* ---- the end of a probe ---- */

static void end_badly(struct ft_part *part, const char *what, int number, const char *name)
{
	ft_merge_note(part->merge, "probe %s %s %d%s%s%s; its records until then are kept",
		      part->name, what, number, name ? " (" : "", name ? name : "",
		      name ? ")" : "");
	part->merge->outcome.failed = true;
}

void ft_merge_end(struct ft_part *part, int status, bool stopped)
{
	struct ft_outcome *outcome = &part->merge->outcome;
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	if (stopped)
		return;
	if (code < 0) {
		end_badly(part, "was killed by signal", WTERMSIG(status),
			  sigabbrev_np(WTERMSIG(status)));
		return;
	}
	if (part->signal) { /* somebody stopped this one only */
		end_badly(part, "was stopped by signal", part->signal, sigabbrev_np(part->signal));
		return;
	}
	switch (code) {
	case FT_EXIT_OK:
	case FT_EXIT_DIFFERS:
		break;
	case FT_EXIT_NOT_MEASURED:
		/* Otherwise it had nothing to do (--match), or nothing but skipped cases. */
		outcome->unmeasurable |= part->unmeasurable;
		break;
	case FT_EXIT_BROKEN:
		outcome->failed = true;
		if (part->has_tail)
			break;
		end_badly(part, "ended early with exit code", code, NULL);
		break;
	default:
		end_badly(part, "ended with exit code", code, NULL);
		break;
	}
}

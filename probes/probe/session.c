/* SPDX-License-Identifier: MIT */
#include "probe/session.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe/probe.h"

/* Where a run's record lines go. */
struct sink {
	const struct ft_session *session;
	struct ft_report *report; /* NULL: to stdout as they are, or nowhere */
};

static int write_out(const char *bytes, size_t len, struct ft_err *err)
{
	if (fwrite(bytes, 1, len, stdout) != len || fflush(stdout) != 0)
		return ft_err_errno(err, -errno, "write to stdout");
	return 0;
}

/* Lines are whole. */
static int tell_records(const struct ft_session *session, const char *lines, size_t len,
			struct ft_err *err)
{
	const char *end = lines + len;

	while (lines < end) {
		const char *newline = memchr(lines, '\n', (size_t)(end - lines));
		size_t n = (size_t)((newline ? newline : end) - lines);
		json_t *record = json_loadb(lines, n, 0, NULL);

		if (!record)
			return ft_err_set(err, -ENOMEM, "no memory for a record");
		session->record(session->record_arg, record);
		json_decref(record);
		lines += n + 1;
	}
	return 0;
}

static int take_lines(void *arg, const char *lines, size_t len, struct ft_err *err)
{
	const struct sink *sink = arg;
	int rc = 0;

	if (sink->session->record && !sink->session->records)
		rc = tell_records(sink->session, lines, len, err);
	if (rc < 0)
		return rc;
	if (sink->report)
		return ft_report_lines(sink->report, lines, len, err);
	if (sink->session->records)
		return write_out(lines, len, err);
	return 0;
}

static int flush_sink(void *arg, struct ft_err *err)
{
	const struct sink *sink = arg;

	return sink->report ? ft_report_flush(sink->report, err) : 0;
}

static int open_sink(struct sink *sink, struct ft_err *err)
{
	json_t *head;
	int rc;

	if (!sink->session->report || sink->session->records)
		return 0;
	head = ft_session_head(sink->session);
	if (!head)
		return ft_err_set(err, -ENOMEM, "no memory for the report's head");
	rc = ft_report_create(sink->session->report, head, &sink->report, err);
	json_decref(head);
	return rc;
}

/* The driver reads a last line {"tail":...} behind the records of a probe program. */
static int write_tail_line(json_t *tail, struct ft_err *err)
{
	json_t *line = json_pack("{s:O}", "tail", tail);
	char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	int rc = text ? 0 : ft_err_set(err, -ENOMEM, "no memory for the tail");

	if (rc == 0)
		rc = write_out(text, strlen(text), err);
	if (rc == 0)
		rc = write_out("\n", 1, err);
	free(text);
	json_decref(line);
	return rc;
}

static int close_sink(struct sink *sink, const struct ft_outcome *outcome, struct ft_err *err)
{
	json_t *tail = ft_session_tail(outcome);
	int rc = 0;

	if (!tail)
		rc = ft_err_set(err, -ENOMEM, "no memory for the report's tail");
	if (sink->report) {
		int finished = ft_report_finish(sink->report, tail, err);

		rc = rc < 0 ? rc : finished;
	} else if (sink->session->records && rc == 0) {
		rc = write_tail_line(tail, err);
	}
	json_decref(tail);
	return rc;
}

int ft_session_savefile(const struct ft_session *session, struct ft_savefile **ret,
			struct ft_err *err)
{
	if (session->count_fd >= 0)
		return ft_savefile_join(session->savefile_fd, session->count_fd, ret, err);
	return ft_savefile_create(session->no_capture ? NULL : session->pcap, ret, err);
}

int ft_session_run(const struct ft_session *session, const struct ft_job *job,
		   struct ft_outcome *ret, struct ft_err *err)
{
	struct sink sink = {.session = session};
	struct ft_pool_options options = {
		.workers = session->workers,
		.here = session->here,
		.capture = !session->no_capture,
		.lines = take_lines,
		.flush = flush_sink,
		.progress = session->records || session->quiet ? NULL : ft_session_progress,
		.arg = &sink,
	};
	struct ft_foresight foresight;
	struct ft_err later = {0};
	int rc, closed;

	ft_session_foresee(session, &foresight, &options);
	memset(ret, 0, sizeof(*ret));
	rc = ft_session_savefile(session, &options.savefile, err);
	if (rc < 0)
		return rc;
	rc = open_sink(&sink, err);
	if (rc == 0) {
		rc = ft_pool_run(job, &options, ret, err);
		closed = close_sink(&sink, ret, rc < 0 ? &later : err);
		rc = rc < 0 ? rc : closed;
	}
	closed = ft_savefile_close(options.savefile, rc < 0 ? &later : err);
	ft_session_progress_clear();
	return rc < 0 ? rc : closed;
}

int ft_session_exit(const struct ft_outcome *outcome, int rc)
{
	const uint64_t *verdicts = outcome->counts.verdicts;

	if (outcome->signal)
		return 128 + outcome->signal;
	if (rc < 0 || outcome->failed || verdicts[FT_VERDICT_BROKEN])
		return FT_EXIT_BROKEN;
	if (verdicts[FT_VERDICT_DIFFERS] || verdicts[FT_VERDICT_UNSTABLE] ||
	    verdicts[FT_VERDICT_UNPROVEN])
		return FT_EXIT_DIFFERS;
	if (outcome->unmeasurable || outcome->uncaptured || outcome->counts.cases == 0 ||
	    outcome->counts.cases == verdicts[FT_VERDICT_SKIPPED])
		return FT_EXIT_NOT_MEASURED;
	return FT_EXIT_OK;
}

static void print_verdicts(const struct ft_counts *counts, FILE *file)
{
	const char *before = "  cases     ";

	fprintf(file, "%s%" PRIu64, before, counts->cases);
	for (unsigned i = 0; i < FT_VERDICT_COUNT; i++)
		if (counts->verdicts[i])
			fprintf(file, ", %" PRIu64 " %s", counts->verdicts[i], ft_verdict_names[i]);
	fputc('\n', file);
	if (counts->again)
		fprintf(file, "  anew      %" PRIu64 ", in whose middle the machine stopped\n",
			counts->again);
}

static void print_packets(const struct ft_session *session, const struct ft_outcome *outcome,
			  FILE *file)
{
	const struct ft_capture_count *count = &outcome->capture;

	if (session->no_capture || outcome->uncaptured) {
		fprintf(file, "  packets   not captured\n");
		return;
	}
	fprintf(file, "  packets   %" PRIu64 " of %" PRIu64 " expected, %" PRIu64 " dropped: %s\n",
		count->seen, count->expected, count->dropped,
		count->seen == count->expected && !count->dropped ? "complete" : "INCOMPLETE");
	if (session->pcap)
		fprintf(file, "  savefile  %s\n", session->pcap);
}

void ft_session_summary(const struct ft_session *session, const struct ft_outcome *outcome,
			FILE *file)
{
	const struct ft_counts *counts = &outcome->counts;

	print_verdicts(counts, file);
	fprintf(file,
		"  4-tuples  %" PRIu64 " established, %" PRIu64 " refused, %" PRIu64 " pending\n",
		counts->established, counts->refused, counts->pending);
	print_packets(session, outcome, file);
	fprintf(file, "  time      %.2f s\n", (double)outcome->elapsed_ns / 1e9);
	if (session->report)
		fprintf(file, "  report    %s\n", session->report);
	for (size_t i = 0; i < outcome->n_notes; i++)
		fprintf(file, "  note      %s\n", outcome->notes[i]);
	if (outcome->deaths)
		fprintf(file, "  note      %u workers died; what they were running is `broken`\n",
			outcome->deaths);
	if (outcome->signal)
		fprintf(file, "  ended early by %s; what was measured is in the report\n",
			strsignal(outcome->signal));
}

void ft_session_progress(void *arg, const struct ft_counts *counts, uint64_t total)
{
	(void)arg;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K%" PRIu64 " of %" PRIu64 " cases", counts->cases, total);
}

void ft_session_progress_clear(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

bool ft_session_colour(FILE *file)
{
	const char *no_color = getenv("NO_COLOR");

	return isatty(fileno(file)) && !(no_color && no_color[0]);
}

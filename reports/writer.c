/* SPDX-License-Identifier: MIT */
/*
 * How is a report written so that being killed costs a tenth of a second of it at most?
 *
 * Lines gather in a buffer that is written when it reaches a multiple of its size in the file, or
 * when the last write is 100 ms ago. (Whole blocks cost half of what as many bytes across their
 * borders do: the kernel keeps them in large folios, and ext4 looks at each only once.) A comma is
 * written before the record that needs it, never after one that may turn out to be the last. The
 * first error sticks: what was written before stays, and nothing more is tried.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "reports/report.h"

enum {
	BUFFER_SIZE = 64 << 10,
	WRITE_EVERY_MS = 100,
	OBJECT_MAX = 64 << 20, /* what the reader takes as one value */
};

struct ft_report {
	int fd;
	bool is_stdout; /* not ours to close */
	bool has_records;
	uint64_t written_ms;
	struct ft_err first; /* the error that ended the writing */
	size_t len, block;   /* of the buffer; at which length it ends a block of the file */
	char *path;
	char buffer[BUFFER_SIZE];
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Passes the sticking error on. */
static int failure(const struct ft_report *report, struct ft_err *err)
{
	return report->first.code ? ft_err_set(err, report->first.code, "%s", report->first.text)
				  : 0;
}

/* A pipe's other end may have made our descriptor non-blocking. */
static bool is_passing(int fd, int error)
{
	if (error == EAGAIN) {
		struct pollfd ready = {.fd = fd, .events = POLLOUT};

		poll(&ready, 1, -1);
	}
	return error == EINTR || error == EAGAIN;
}

static void write_all(struct ft_report *report, const char *bytes, size_t len)
{
	while (len && !report->first.code) {
		ssize_t n = write(report->fd, bytes, len);
		int error = errno;

		if (n >= 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (!is_passing(report->fd, error)) {
			ft_err_errno(&report->first, -error, "write %s", report->path);
		}
	}
}

static void write_buffer(struct ft_report *report)
{
	write_all(report, report->buffer, report->len);
	report->block = report->len < report->block ? report->block - report->len : BUFFER_SIZE;
	report->len = 0;
	report->written_ms = now_ms();
}

static void put(struct ft_report *report, const char *bytes, size_t len)
{
	while (len >= report->block - report->len) {
		size_t fits = report->block - report->len;

		memcpy(report->buffer + report->len, bytes, fits);
		report->len += fits;
		bytes += fits;
		len -= fits;
		write_buffer(report);
	}
	memcpy(report->buffer + report->len, bytes, len);
	report->len += len;
}

static void put_string(struct ft_report *report, const char *string)
{
	put(report, string, strlen(string));
}

static int append(const char *bytes, size_t len, void *text)
{
	ft_text_bytes(text, bytes, len);
	return 0; /* the text keeps its own failure */
}

/* An object of the head or tail, in one line; an absent one is empty. Not by json_dumps(): that of
 * jansson 2.14 leaves out what it has no memory for, and says nothing. */
static void put_object(struct ft_report *report, json_t *object)
{
	struct ft_text text;

	ft_text_init(&text, OBJECT_MAX);
	if (!object)
		ft_text_str(&text, "{}");
	else if (json_dump_callback(object, append, &text, JSON_COMPACT))
		text.failed = true;
	if (text.failed)
		ft_err_set(&report->first, -ENOMEM, "%s: no memory for its head or tail",
			   report->path);
	else
		put(report, text.bytes, text.len);
	ft_text_fini(&text);
}

static int open_path(struct ft_report *report, const char *path, struct ft_err *err)
{
	report->is_stdout = !strcmp(path, "-");
	report->path = strdup(report->is_stdout ? "standard output" : path);
	if (!report->path)
		return ft_err_set(err, -ENOMEM, "no memory for report %s", path);
	if (report->is_stdout) {
		report->fd = STDOUT_FILENO;
		return 0;
	}
	report->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return report->fd < 0 ? ft_err_errno(err, -errno, "open report %s", path) : 0;
}

static void release(struct ft_report *report)
{
	if (!report->is_stdout && report->fd >= 0)
		close(report->fd);
	free(report->path);
	free(report);
}

int ft_report_create(const char *path, json_t *head, struct ft_report **ret, struct ft_err *err)
{
	struct ft_report *report = calloc(1, sizeof(*report));
	int code;

	if (!report)
		return ft_err_set(err, -ENOMEM, "no memory for report %s", path);
	report->fd = -1;
	report->block = BUFFER_SIZE;
	code = open_path(report, path, err);
	if (!code) {
		put_string(report, "{\"fourtuple\":1,\"head\":");
		put_object(report, head);
		put_string(report, ",\"cases\":[\n");
		write_buffer(report);
		code = failure(report, err);
	}
	if (code) {
		release(report);
		return code;
	}
	*ret = report;
	return 0;
}

int ft_report_lines(struct ft_report *report, const char *lines, size_t len, struct ft_err *err)
{
	while (len && !report->first.code) {
		const char *end = memchr(lines, '\n', len);
		size_t line = end ? (size_t)(end - lines) : len;

		if (line && report->has_records)
			put(report, ",\n", 2);
		put(report, lines, line);
		report->has_records |= line > 0;
		lines += line + !!end;
		len -= line + !!end;
	}
	if (now_ms() - report->written_ms >= WRITE_EVERY_MS)
		write_buffer(report);
	return failure(report, err);
}

int ft_report_flush(struct ft_report *report, struct ft_err *err)
{
	write_buffer(report);
	return failure(report, err);
}

int ft_report_finish(struct ft_report *report, json_t *tail, struct ft_err *err)
{
	int code;

	if (!report->first.code) {
		put_string(report, report->has_records ? "\n],\"tail\":" : "],\"tail\":");
		put_object(report, tail);
		put_string(report, "}\n");
		write_buffer(report);
	}
	if (!report->is_stdout) {
		/* network and quota file systems may tell only now that a write failed */
		if (close(report->fd) && errno != EINTR)
			ft_err_errno(&report->first, -errno, "close %s", report->path);
		report->fd = -1;
	}
	code = failure(report, err);
	release(report);
	return code;
}

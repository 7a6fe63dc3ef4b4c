/* SPDX-License-Identifier: MIT */
#include "fourtuple/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *ft_gathered_text(const json_t *record, const char *name)
{
	const char *text = json_string_value(json_object_get(record, name));

	return text ? text : "";
}

bool ft_outcome_find(const char *outcome, const char *call, struct ft_text *out)
{
	size_t len = strlen(call);

	for (const char *at = outcome; *at; at += strspn(at, " ")) {
		size_t token = strcspn(at, " ");

		if (token > len && memcmp(at, call, len) == 0 && at[len] == '=') {
			ft_text_bytes(out, at + len + 1, token - len - 1);
			return true;
		}
		at += token;
	}
	return false;
}

/* Workers deliver in any order: lines gather under the text of their case, expectations included,
 * until the job's order is put back. */
static int take_lines(void *arg, const char *lines, size_t len, struct ft_err *err)
{
	json_t *by_text = arg;
	struct ft_text key;
	bool failed = false;

	ft_text_init(&key, 2 * FT_CASE_TEXT_MAX);
	while (len && !failed) {
		const char *end = memchr(lines, '\n', len);
		size_t line = end ? (size_t)(end - lines) + 1 : len;
		json_t *record = json_loadb(lines, line, 0, NULL), *rows;
		const char *expected = json_string_value(json_object_get(record, "expected"));

		ft_text_clear(&key);
		ft_text_str(&key, ft_gathered_text(record, "case"));
		if (expected)
			ft_text_printf(&key, " =>%s", expected[0] ? " " : "");
		ft_text_str(&key, expected ? expected : "");
		rows = json_object_get(by_text, ft_text_get(&key));
		if (!rows && json_object_set_new(by_text, ft_text_get(&key), json_array()) == 0)
			rows = json_object_get(by_text, ft_text_get(&key));
		failed = !record || key.failed || json_array_append_new(rows, record) < 0;
		lines += line;
		len -= line;
	}
	ft_text_fini(&key);
	return failed ? ft_err_set(err, -ENOMEM, "no memory for the records") : 0;
}

static int put_in_order(struct ft_gathered *gathered, json_t *by_text, struct ft_err *err)
{
	struct ft_text key;
	struct ft_case c;
	int rc = 0;

	ft_text_init(&key, 2 * FT_CASE_TEXT_MAX);
	ft_case_init(&c);
	for (uint64_t i = 0; rc == 0 && i < gathered->job->cases; i++) {
		json_t *rows;

		rc = ft_job_case(gathered->job, i, &c);
		ft_text_clear(&key);
		if (rc == 0)
			ft_case_print(&c, true, &key);
		rows = json_object_get(by_text, ft_text_get(&key));
		gathered->records[i] = json_incref(json_array_get(rows, 0));
		if (json_array_size(rows) > 1) /* a text that stands in the job twice */
			json_array_remove(rows, 0);
	}
	ft_case_fini(&c);
	ft_text_fini(&key);
	return rc < 0 ? ft_err_set(err, rc, "no memory for the records") : 0;
}

int ft_gather(const struct ft_session *session, const struct ft_job *job, struct ft_gathered *ret,
	      struct ft_err *err)
{
	json_t *by_text = json_object();
	struct ft_pool_options options = {
		.workers = session->workers,
		.here = session->here,
		.capture = !session->no_capture,
		.lines = take_lines,
		.progress = session->quiet ? NULL : ft_session_progress,
		.arg = by_text,
	};
	struct ft_foresight foresight;
	struct ft_err later = {0};
	int rc, closed;

	ft_session_foresee(session, &foresight, &options);
	*ret = (struct ft_gathered){.job = job};
	ret->records = calloc(job->cases, sizeof(*ret->records));
	if (!by_text || !ret->records) {
		json_decref(by_text);
		return ft_err_set(err, -ENOMEM, "no memory for the records");
	}
	rc = ft_session_savefile(session, &options.savefile, err);
	if (rc == 0) {
		rc = ft_pool_run(job, &options, &ret->outcome, err);
		closed = ft_savefile_close(options.savefile, rc < 0 ? &later : err);
		rc = rc < 0 ? rc : closed;
	}
	ft_session_progress_clear();
	if (rc == 0)
		rc = put_in_order(ret, by_text, err);
	json_decref(by_text);
	return rc;
}

void ft_gathered_fini(struct ft_gathered *gathered)
{
	for (uint64_t i = 0; gathered->records && i < gathered->job->cases; i++)
		json_decref(gathered->records[i]);
	free(gathered->records);
	gathered->records = NULL;
}

/* SPDX-License-Identifier: MIT */
/*
 * What came of all cases together? The figures in the tail of a report.
 *
 * Packets are not among them: the capture has its own account.
 */
#include <errno.h>
#include <string.h>

#include "reports/check.h"

void ft_counts_add(struct ft_counts *sum, const struct ft_counts *more)
{
	sum->cases += more->cases;
	for (size_t i = 0; i < FT_VERDICT_COUNT; i++)
		sum->verdicts[i] += more->verdicts[i];
	sum->established += more->established;
	sum->refused += more->refused;
	sum->pending += more->pending;
	sum->again += more->again;
}

void ft_counts_record(struct ft_counts *sum, const struct ft_record *record)
{
	sum->cases++;
	sum->verdicts[record->verdict]++;
	sum->again += record->tries > 1;
	for (size_t i = 0; i < record->n_tuples; i++) {
		const struct ft_tuple *tuple = &record->tuples[i];

		if (tuple->end == FT_END_OK)
			sum->established++;
		else if (tuple->end == FT_END_PENDING)
			sum->pending++;
		else
			sum->refused++;
	}
}

json_t *ft_counts_json(const struct ft_counts *counts)
{
	json_t *verdicts = json_object();
	int failed = !verdicts;

	for (size_t i = 0; i < FT_VERDICT_COUNT && !failed; i++)
		failed = json_object_set_new(verdicts, ft_verdict_names[i],
					     json_integer((json_int_t)counts->verdicts[i]));
	if (failed) {
		json_decref(verdicts);
		return NULL;
	}
	return json_pack("{s:I,s:o,s:{s:I,s:I,s:I},s:I}", "cases", (json_int_t)counts->cases,
			 "verdicts", verdicts, "tuples", "ok", (json_int_t)counts->established,
			 "refused", (json_int_t)counts->refused, "pending",
			 (json_int_t)counts->pending, "again", (json_int_t)counts->again);
}

int ft_record_line_check(const char *line, size_t len, struct ft_counts *counts, struct ft_err *err)
{
	json_error_t error;
	json_t *record;
	int code;

	if (len && line[len - 1] == '\n')
		len--;
	/* It is copied into a report as it is, where a line is a record. */
	if (memchr(line, '\n', len) || memchr(line, '\r', len))
		return ft_err_set(err, -EINVAL, "not a record: more than one line");
	record = ft_json_load(line, len, 0, &error);
	if (!record)
		return ft_json_error(&error, "not a record", err);
	code = ft_record_check(record, NULL, err);
	if (!code)
		ft_counts_json_record(counts, record);
	json_decref(record);
	return code;
}

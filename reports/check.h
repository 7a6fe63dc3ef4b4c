/* SPDX-License-Identifier: MIT */
/*
 * Has a JSON value the shape of a record? Nothing that was read is believed before this.
 *
 * Known fields must have their types; fields that nobody here knows are let through, so that a
 * program of another origin may say more than ours.
 */
#ifndef FT_REPORTS_CHECK_H
#define FT_REPORTS_CHECK_H

#include <jansson.h>

#include "base/err.h"
#include "reports/report.h"

/* place ("report.json:7:1") begins the error text, or is NULL. 0 or -EINVAL. */
int ft_record_check(const json_t *record, const char *place, struct ft_err *err);

/* Adds a record that ft_record_check() let through. */
void ft_counts_json_record(struct ft_counts *sum, const json_t *record);

/* json_loadb(), duplicate keys refused. NULL without a text of error where memory is wanting. */
json_t *ft_json_load(const char *text, size_t len, size_t flags, json_error_t *error);

/* The error of ft_json_load(): -ENOMEM, or -EINVAL with its text behind the place. */
int ft_json_error(const json_error_t *error, const char *place, struct ft_err *err);

#endif

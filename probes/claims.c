/* SPDX-License-Identifier: MIT */
/*
 * Which of the sentences that are written about sockets are true on this kernel?
 *
 * The rules here are other people's: manual pages, standards, the kernel's documentation, books,
 * articles, and what runtimes promise. probes/claims/ has them as data, in our words, each with its
 * source and with the cases that test it. The cases are run without what is claimed of them: the
 * kernel is compared with the model, as everywhere, and the claim with the kernel.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "claims/claims.h"
#include "probe/probe.h"

/* Adds a matrix without its "=>", unless an earlier claim has it as well. */
static int add(struct ft_job *job, const struct ft_claim *claim, unsigned nth, struct ft_err *err)
{
	const char *text = claim->cases[nth], *claimed = strstr(text, "=>");
	size_t len = claimed ? (size_t)(claimed - text) : strlen(text);

	while (len && text[len - 1] == ' ')
		len--;
	for (size_t i = 0; i < job->n; i++) {
		const char *known = ft_matrix_text(job->matrices[i]);

		if (strlen(known) == len && !memcmp(known, text, len))
			return 0;
	}
	return ft_job_add(job, text, len, claim->id, nth + 1, err);
}

static int generate(struct ft_job *job, struct ft_err *err)
{
	int rc = 0;

	for (size_t i = 0; ft_claim_chapters[i]; i++)
		for (const struct ft_claim *claim = ft_claim_chapters[i]; claim->id; claim++)
			for (unsigned n = 0; rc == 0 && n < FT_CLAIM_CASES_MAX && claim->cases[n];
			     n++)
				rc = add(job, claim, n, err);
	return rc;
}

static void *open_table(void)
{
	struct ft_claims *claims = malloc(sizeof(*claims));
	struct ft_err err = {0};

	if (claims && ft_claims_init(claims, ft_claim_chapters, &err) < 0) {
		fprintf(stderr, "fourtuple-claims: %s\n", err.text);
		free(claims);
		claims = NULL;
	}
	return claims;
}

static void take_record(void *table, const json_t *record)
{
	ft_claims_record(table, record);
}

static void print_table(void *table, bool json, FILE *file)
{
	int rc = json ? ft_claims_print_json(table, file) : ft_claims_print(table, file);

	if (rc < 0)
		fprintf(stderr, "fourtuple-claims: the table could not be written\n");
}

static void close_table(void *table)
{
	ft_claims_fini(table);
	free(table);
}

static const struct ft_probe_table table = {
	.open = open_table,
	.record = take_record,
	.print = print_table,
	.close = close_table,
};

static const struct ft_probe probe = {
	.name = "claims",
	.question = "Which sentences that are written about sockets are true on this kernel?",
	.generate = generate,
	.table = &table,
};

int main(int argc, char **argv)
{
	return ft_probe_main(argc, argv, &probe);
}

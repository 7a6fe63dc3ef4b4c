/* SPDX-License-Identifier: MIT */
/*
 * What did a whole matrix do? Its first groups are the rows, those of its last step with groups the
 * columns. The words of a column's head stand below each other, so that columns stay narrow; where
 * the table is still wider than the terminal, cells are letters with a legend.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "fourtuple/plain.h"
#include "fourtuple/show.h"

enum { COLUMNS_MAX = 16, CELL_MAX = 4096, GAP = 2 };

/* Distinct cells. */
struct gists {
	size_t n, size;
	struct gist {
		char *text;
		uint64_t count;
	} * rows;
};

struct table {
	const struct ft_gathered *gathered;
	const struct ft_matrix *matrix;
	uint64_t first;
	size_t n_groups, first_column; /* groups from first_column on are columns */
	size_t n_rows, n_columns;
	size_t *cells; /* indexes into gists */
	struct gists gists;
	bool letters;
	size_t cell_width;
	size_t label_width[FT_MATRIX_GROUPS_MAX];
	struct ft_look look;
	FILE *file;
};

/* ---- what there is to show ---- */

static size_t alternatives(const struct table *t, size_t group)
{
	return ft_matrix_group(t->matrix, group).n_alternatives;
}

static void choose_columns(struct table *t)
{
	size_t last = t->n_groups - 1, product = 1, first = last;

	for (size_t g = t->n_groups; g-- > 0;) {
		if (ft_matrix_group(t->matrix, g).step != ft_matrix_group(t->matrix, last).step)
			break;
		first = g;
		product *= alternatives(t, g);
		if (product > COLUMNS_MAX)
			break;
	}
	t->first_column = product <= COLUMNS_MAX ? first : last;
	t->n_columns = 1;
	for (size_t g = t->first_column; g < t->n_groups; g++)
		t->n_columns *= alternatives(t, g);
	t->n_rows = ft_matrix_size(t->matrix) / t->n_columns;
}

/* The index of a text among the distinct ones, SIZE_MAX without memory. */
static size_t gist_index(struct gists *gists, const char *text)
{
	struct gist *rows = gists->rows;

	for (size_t i = 0; i < gists->n; i++) {
		if (strcmp(rows[i].text, text) == 0) {
			rows[i].count++;
			return i;
		}
	}
	if (gists->n == gists->size) {
		size_t size = gists->size ? 2 * gists->size : 16;

		rows = reallocarray(rows, size, sizeof(*rows));
		if (!rows)
			return SIZE_MAX;
		gists->rows = rows;
		gists->size = size;
	}
	rows[gists->n] = (struct gist){strdup(text), 1};
	return rows[gists->n].text ? gists->n++ : SIZE_MAX;
}

static int fill_cells(struct table *t)
{
	size_t n = t->n_rows * t->n_columns;
	struct ft_text text;
	int rc = 0;

	t->cells = calloc(n, sizeof(*t->cells));
	if (!t->cells)
		return -ENOMEM;
	ft_text_init(&text, CELL_MAX);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		ft_text_clear(&text);
		ft_show_gist(t->gathered->records[t->first + i], &text);
		t->cells[i] = gist_index(&t->gists, ft_text_get(&text));
		rc = t->cells[i] == SIZE_MAX ? -ENOMEM : 0;
	}
	ft_text_fini(&text);
	return rc;
}

/* ---- labels ---- */

static const char *label(const struct table *t, size_t group, size_t index)
{
	size_t choice = ft_matrix_choice(t->matrix, index, group);
	const char *text = ft_matrix_group(t->matrix, group).alternatives[choice];

	return text[0] ? text : "-";
}

/* Is this and everything before it in its row (or column) the same as one before? Then it is left
 * blank. step: the distance of the neighbours in case numbers. */
static bool repeats(const struct table *t, size_t from, size_t group, size_t index, size_t step)
{
	if (index < step)
		return false;
	for (size_t g = from; g <= group; g++)
		if (ft_matrix_choice(t->matrix, index, g) !=
		    ft_matrix_choice(t->matrix, index - step, g))
			return false;
	return true;
}

/* Word number n of a label. */
static size_t label_word(const char *text, size_t n, const char **ret)
{
	for (;; n--) {
		size_t len = strcspn(text, " ");

		*ret = text;
		if (n == 0 || !text[len])
			return n == 0 ? len : 0;
		text += len + 1;
	}
}

static size_t longest_word(const char *text)
{
	size_t longest = 0;
	const char *word;

	for (size_t n = 0, len; (len = label_word(text, n, &word)); n++)
		longest = len > longest ? len : longest;
	return longest;
}

static size_t longest_label(const struct table *t, size_t group, size_t (*measure)(const char *))
{
	struct ft_group g = ft_matrix_group(t->matrix, group);
	size_t longest = 1;

	for (size_t i = 0; i < g.n_alternatives; i++) {
		size_t len = measure(g.alternatives[i]);

		longest = len > longest ? len : longest;
	}
	return longest;
}

/* ---- widths ---- */

/* Of all columns alike: a head may spread over the columns that it stands for. */
static size_t head_width(const struct table *t)
{
	size_t width = 1, span = t->n_columns;

	for (size_t g = t->first_column; g < t->n_groups; g++) {
		size_t longest = longest_label(t, g, longest_word);

		span /= alternatives(t, g);
		longest = (longest + GAP + span - 1) / span;
		if (longest > width + GAP)
			width = longest - GAP;
	}
	return width;
}

static size_t letter_width(const struct table *t)
{
	return t->gists.n > 26 ? 3 : 2;
}

static void set_widths(struct table *t, size_t terminal)
{
	size_t heads = head_width(t), cells = 1, labels = 2;

	for (size_t i = 0; i < t->gists.n; i++)
		if (strlen(t->gists.rows[i].text) > cells)
			cells = strlen(t->gists.rows[i].text);
	for (size_t g = 0; g < t->first_column; g++) {
		t->label_width[g] = longest_label(t, g, strlen);
		labels += t->label_width[g] + GAP;
	}
	t->cell_width = cells > heads ? cells : heads;
	t->letters = labels + t->n_columns * (t->cell_width + GAP) > terminal;
	if (t->letters)
		t->cell_width = letter_width(t) > heads ? letter_width(t) : heads;
}

/* ---- printing ---- */

static void pad(const struct table *t, size_t len, size_t width)
{
	fprintf(t->file, "%*s", len < width ? (int)(width - len) : 0, "");
}

/* ok stays ok; the others are A, B, ... Z, A1, B1, ... */
static void cell_text(const struct table *t, size_t gist, char out[CELL_MAX])
{
	const char *text = t->gists.rows[gist].text;

	if (!t->letters || strlen(text) <= letter_width(t))
		snprintf(out, CELL_MAX, "%s", text);
	else if (gist < 26)
		snprintf(out, CELL_MAX, "%c", (char)('A' + gist));
	else
		snprintf(out, CELL_MAX, "%c%zu", (char)('A' + gist % 26), gist / 26);
}

static const char *cell_look(const struct table *t, size_t gist)
{
	const char *text = t->gists.rows[gist].text;

	if (strncmp(text, "ok", 2) == 0)
		return t->look.good;
	return strchr(text, ' ') ? t->look.bad : t->look.dim;
}

static void print_row_start(const struct table *t, size_t index)
{
	fputs("  ", t->file);
	for (size_t g = 0; g < t->first_column; g++) {
		const char *text = index == SIZE_MAX ? "" : label(t, g, index);

		if (index != SIZE_MAX && repeats(t, 0, g, index, t->n_columns))
			text = "";
		fputs(text, t->file);
		pad(t, strlen(text), t->label_width[g] + GAP);
	}
}

/* Word number n of the head of a column; 0 where there is none, or it stands further left. */
static size_t head_word(const struct table *t, size_t group, size_t column, size_t n,
			const char **ret)
{
	*ret = "";
	if (repeats(t, t->first_column, group, column, 1))
		return 0;
	return label_word(label(t, group, column), n, ret);
}

/* Line number n of the head of a group. */
static void print_head_line(const struct table *t, size_t group, size_t n)
{
	const char *word;
	size_t last = 0;

	for (size_t column = 0; column < t->n_columns; column++)
		if (head_word(t, group, column, n, &word))
			last = column;
	print_row_start(t, SIZE_MAX);
	for (size_t column = 0, owed = 0; column <= last; column++) {
		size_t len = head_word(t, group, column, n, &word), at = owed + len;

		fprintf(t->file, "%s%.*s%s", t->look.strong, (int)len, word, t->look.end);
		/* A word that is longer than its column takes from the blanks behind it. */
		owed = at > t->cell_width + GAP ? at - t->cell_width - GAP : 0;
		if (column < last)
			pad(t, at, t->cell_width + GAP);
	}
	fputc('\n', t->file);
}

static void print_head(const struct table *t)
{
	for (size_t g = t->first_column; g < t->n_groups; g++) {
		struct ft_group group = ft_matrix_group(t->matrix, g);
		size_t lines = 1;
		const char *word;

		for (size_t i = 0; i < group.n_alternatives; i++)
			while (label_word(group.alternatives[i], lines, &word))
				lines++;
		for (size_t n = 0; n < lines; n++)
			print_head_line(t, g, n);
	}
}

static void print_rows(const struct table *t)
{
	char text[CELL_MAX];

	for (size_t row = 0; row < t->n_rows; row++) {
		print_row_start(t, row * t->n_columns);
		for (size_t column = 0; column < t->n_columns; column++) {
			size_t gist = t->cells[row * t->n_columns + column];

			cell_text(t, gist, text);
			fprintf(t->file, "%s%s%s", cell_look(t, gist), text, t->look.end);
			if (column + 1 < t->n_columns)
				pad(t, strlen(text), t->cell_width + GAP);
		}
		fputc('\n', t->file);
	}
}

static void print_legend(const struct table *t)
{
	char text[CELL_MAX];

	fputc('\n', t->file);
	for (size_t i = 0; i < t->gists.n; i++) {
		cell_text(t, i, text);
		fprintf(t->file, "  %6" PRIu64 "  ", t->gists.rows[i].count);
		if (strcmp(text, t->gists.rows[i].text) != 0)
			fprintf(t->file, "%s = ", text);
		fprintf(t->file, "%s%s%s\n", cell_look(t, i), t->gists.rows[i].text, t->look.end);
	}
}

int ft_show_table(const struct ft_gathered *gathered, const struct ft_matrix *matrix,
		  uint64_t first, size_t width, FILE *file)
{
	struct table t = {.gathered = gathered, .matrix = matrix, .first = first, .file = file};
	int rc;

	t.look = ft_look_of(file);
	t.n_groups = ft_matrix_groups(matrix);
	choose_columns(&t);
	rc = fill_cells(&t);
	if (rc == 0) {
		set_widths(&t, width);
		print_head(&t);
		print_rows(&t);
		print_legend(&t);
	}
	for (size_t i = 0; i < t.gists.n; i++)
		free(t.gists.rows[i].text);
	free(t.gists.rows);
	free(t.cells);
	return rc;
}

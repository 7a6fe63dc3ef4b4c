/* SPDX-License-Identifier: MIT */
/*
 * Are the recipes sound, is every pair asked once, and is a cell what the outcome says?
 */
#include <stdlib.h>
#include <string.h>

#include "recipes.h"
#include "tests/support/suite.h"

/* ---- the data ---- */

static size_t count_recipes(void)
{
	size_t n = 0;

	while (ft_recipes[n].code)
		n++;
	return n;
}

static void data(void)
{
	size_t n = count_recipes();

	CHECK(n <= FT_RECIPES_MAX);
	for (size_t i = 0; i < n; i++) {
		const struct ft_recipe *recipe = &ft_recipes[i];

		CHECK_ROW(recipe->words, recipe->programs->name != NULL, NULL);
		CHECK_ROW(recipe->code, strlen(recipe->code) <= FT_RECIPE_CODE_MAX, NULL);
		CHECK_ROW(recipe->words, strncmp(recipe->words, "$ ", 2) == 0, NULL);
		CHECK_ROW(recipe->code, i == 0 || recipe->kind >= ft_recipes[i - 1].kind, NULL);
		for (const struct ft_recipe_program *p = recipe->programs; p->name; p++) {
			/* Each is a line of the table's legend. */
			CHECK_ROW(p->name, strlen(p->name) <= 90, NULL);
			CHECK_ROW(p->name, p->source[0] != '\0' && strlen(p->source) <= 88, NULL);
		}
		for (size_t k = 0; k < i; k++) {
			CHECK_ROW(recipe->code, strcmp(recipe->code, ft_recipes[k].code) != 0,
				  NULL);
			CHECK_ROW(recipe->words, strcmp(recipe->words, ft_recipes[k].words) != 0,
				  NULL);
		}
	}
}

/* ---- the cases ---- */

struct seen {
	unsigned char pairs[FT_RECIPES_MAX][FT_RECIPES_MAX];
	unsigned char restarts[FT_RECIPES_MAX][FT_LEFT_COUNT][2];
	struct ft_text printed;
};

/* A record has the text of a case as it is printed: only then is it found again. */
static void check_spelling(const char *text, struct ft_text *printed)
{
	struct ft_matrix *matrix = NULL;
	struct ft_err err = {0};
	struct ft_case c;

	CHECK_INT(text, ft_matrix_parse(text, strlen(text), NULL, 1, &matrix, &err), 0);
	if (!matrix)
		return;
	ft_case_init(&c);
	CHECK_INT(text, (long long)ft_matrix_size(matrix), 1);
	CHECK_INT(text, ft_matrix_case(matrix, 0, &c), 0);
	ft_text_clear(printed);
	ft_case_print(&c, false, printed);
	CHECK_STR(text, ft_text_get(printed), text);
	ft_case_fini(&c);
	ft_matrix_free(matrix);
}

static int note_case(void *arg, const struct ft_recipe_case *about, const char *text,
		     struct ft_err *err)
{
	struct seen *seen = arg;

	(void)err;
	check_spelling(text, &seen->printed);
	if (about->restart)
		seen->restarts[about->a][about->left][about->family == 6]++;
	else
		seen->pairs[about->a][about->b]++;
	return 0;
}

static bool same_protocol(size_t a, size_t b)
{
	return (ft_recipes[a].kind == FT_RECIPE_UDP) == (ft_recipes[b].kind == FT_RECIPE_UDP);
}

static void every_case_once(void)
{
	struct seen *seen = calloc(1, sizeof(*seen));
	size_t n = count_recipes();
	struct ft_err err = {0};

	CHECK(seen != NULL);
	if (!seen)
		return;
	ft_text_init(&seen->printed, FT_CASE_TEXT_MAX);
	CHECK_INT("cases", ft_recipes_cases(note_case, seen, &err), 0);
	for (size_t a = 0; a < n; a++) {
		for (size_t b = 0; b < n; b++)
			CHECK_INT(ft_recipes[a].code, seen->pairs[a][b], same_protocol(a, b));
		for (unsigned left = 0; left < FT_LEFT_COUNT; left++)
			for (unsigned v6 = 0; v6 < 2; v6++)
				CHECK_INT(ft_recipes[a].code, seen->restarts[a][left][v6],
					  ft_recipes[a].kind == FT_RECIPE_SERVER &&
						  ft_recipe_serves(&ft_recipes[a], v6 ? 6 : 4));
	}
	ft_text_fini(&seen->printed);
	free(seen);
}

static void further_cases(void)
{
	struct seen *seen = calloc(1, sizeof(*seen));
	struct ft_err err = {0};

	CHECK(seen != NULL);
	if (!seen)
		return;
	ft_text_init(&seen->printed, FT_CASE_TEXT_MAX);
	CHECK_INT("cases", ft_recipes_more(note_case, seen, &err), 0);
	ft_text_fini(&seen->printed);
	free(seen);
}

static int stop(void *arg, const struct ft_recipe_case *about, const char *text, struct ft_err *err)
{
	unsigned *left = arg;

	(void)about;
	(void)text;
	(void)err;
	return --*left ? 0 : -42;
}

/* What the callback returns ends the walk, among the pairs and among the restarts. */
static void stopped(void)
{
	static const unsigned after[] = {1, 2, 700, 1100};

	for (unsigned i = 0; i < 4; i++) {
		unsigned left = after[i];
		struct ft_err err = {0};

		CHECK_INT("stopped", ft_recipes_cases(stop, &left, &err), -42);
		CHECK_INT("no call after it", left, 0);
	}
}

/* ---- who is reached ---- */

static void serves(void)
{
	static const struct {
		const char *words, *v4, *v6;
	} rows[] = {
		{"$ tcp4 bind any:p listen", "", NULL},
		{"$ tcp6 reuseaddr v6only=0 bind any:p listen", "", ""},
		{"$ mptcp6 v6only=0 bind any:p listen", "", ""},
		{"$ tcp6 v6only bind any:p listen", NULL, ""},
		{"$ tcp6 v6only=0 bind lo:p listen", NULL, ""},
		{"$ tcp4 bind lo:p listen; $6 tcp6 v6only bind lo:p listen", "", "6"},
		{"$ tcp6 bind any:p listen; $6 tcp4 bind any:p listen", "", ""},
		{"$ tcp4 freebind bind 192.0.2.77:p listen", NULL, NULL},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ft_recipe recipe = {"x", FT_RECIPE_SERVER, rows[i].words, NULL};
		const char *v4 = ft_recipe_serves(&recipe, 4), *v6 = ft_recipe_serves(&recipe, 6);

		CHECK_STR(rows[i].words, v4 ? v4 : "no", rows[i].v4 ? rows[i].v4 : "no");
		CHECK_STR(rows[i].words, v6 ? v6 : "no", rows[i].v6 ? rows[i].v6 : "no");
	}
}

/* ---- the cell ---- */

#define ONE "$ tcp4 bind any:p listen"
#define TWO "$ tcp4 bind any:p listen; $6 tcp6 v6only bind any:p listen"
#define DIALS "$ tcp4 bind any:p connect lo:q"
#define UDP "$ udp4 bind any:p; $ reuseaddr; $ bind any:p"
#define A_UP "a.bind=ok a.listen=ok "
#define B_UP "b.bind=ok b.listen=ok "

static const struct {
	enum ft_recipe_kind kind;
	const char *words, *outcome, *text, *refused;
} cells[] = {
	{FT_RECIPE_SERVER, ONE, A_UP "b.bind=EADDRINUSE v4n1.connect=ok(lo:e1)>a", "-",
	 "b.bind=EADDRINUSE"},
	{FT_RECIPE_SERVER, ONE, A_UP "b.bind=ok b.listen=EADDRINUSE v4n1.connect=ok(lo:e1)>a", "-",
	 "b.listen=EADDRINUSE"},
	{FT_RECIPE_SERVER, ONE, A_UP "b.transparent=EPERM v4n1.connect=ok(lo:e1)>a", "-",
	 "b.transparent=EPERM"},
	{FT_RECIPE_SERVER, ONE, A_UP B_UP "v4n1.connect=ok(lo:e1)>a v6n1.connect=ok(lo:e2)>b", "AB",
	 ""},
	{FT_RECIPE_SERVER, ONE, A_UP B_UP "v4n1.connect=ECONNREFUSED v6n1.connect=ok(lo:e2)>b6",
	 ".B", ""},
	{FT_RECIPE_SERVER, ONE,
	 A_UP B_UP "v4n1.connect=ok(lo:e1)>b v6n1.connect=ok(lo:e2)>b "
		   "v4n2.connect=ok(lo:e3)>a v6n2.connect=ok(lo:e4)>b",
	 "*B", ""},
	/* A program that cannot be attached says nothing about B. */
	{FT_RECIPE_SERVER, ONE, A_UP B_UP "b.steer=EINVAL v4n1.connect=ok(lo:e1)>a", "A.", ""},
	{FT_RECIPE_SERVER, TWO,
	 A_UP B_UP "b6.bind=EADDRINUSE v4n1.connect=ok(lo:e1)>b "
		   "v6n1.connect=ok(lo:e2)>a",
	 "BA'", "b6.bind=EADDRINUSE"},
	{FT_RECIPE_SERVER, TWO, A_UP "b.bind=EADDRINUSE b6.bind=EACCES", "-", "b.bind=EADDRINUSE"},
	{FT_RECIPE_SERVER, TWO,
	 A_UP B_UP "b6.bind=ok b6.listen=ok v4n1.connect=ok(lo:e1)>b "
		   "v6n1.connect=ok(lo:e2)>b6",
	 "BB", ""},
	{FT_RECIPE_CLIENT, DIALS, A_UP "b.bind=ok b.connect=ok(lo:p)>m v4n1.connect=ok(lo:e1)>a",
	 "A.", ""},
	{FT_RECIPE_CLIENT, DIALS, A_UP "b.bind=ok b.connect=EADDRNOTAVAIL v4n1.connect=ok>a", "-",
	 "b.connect=EADDRNOTAVAIL"},
	/* The second bind() of who is bound already fails, and that is no harm. */
	{FT_RECIPE_UDP, UDP, "a.bind=ok b.bind=EADDRINUSE b.bind.2=ok v4n1.send=ok(any:e1)>b", "B.",
	 ""},
	{FT_RECIPE_UDP, UDP, "a.bind=ok b.bind=ok b.bind.2=EINVAL v4n1.send=ok(any:e1)>none", "..",
	 ""},
	{FT_RECIPE_UDP, UDP, "a.bind=ok b.bind=EADDRINUSE b.bind.2=EADDRINUSE v4n1.send=ok>a", "-",
	 "b.bind=EADDRINUSE"},
	{FT_RECIPE_UDP, UDP, "a.bind=ok b.bind=ok m4.send=ok(any:e3)>a,b v4n1.send=ok(any:e1)>a,b6",
	 "*.", ""},
};

static void cell(void)
{
	for (unsigned i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		const struct ft_recipe b = {"x", cells[i].kind, cells[i].words, NULL};
		struct ft_recipe_cell got;
		char text[8];

		ft_recipe_cell_read(cells[i].outcome, &b, &got);
		CHECK(got.measured);
		ft_recipe_cell_text(&got, false, text);
		CHECK_STR(cells[i].outcome, text, cells[i].text);
		CHECK_STR(cells[i].outcome, got.refused, cells[i].refused);
	}
}

static void multicast(void)
{
	const struct ft_recipe plain = {"x", FT_RECIPE_UDP, "$ udp4 bind any:p", NULL};
	const struct ft_recipe joined = {"y", FT_RECIPE_UDP,
					 "$ udp4 bind any:p add_membership=224.0.0.251@lo", NULL};
	struct ft_recipe_cell got;
	char text[8];

	CHECK(!ft_recipe_multicast(&plain, &plain));
	CHECK(ft_recipe_multicast(&plain, &joined) && ft_recipe_multicast(&joined, &plain));
	ft_recipe_cell_read("a.bind=ok b.bind=ok v4n1.send=ok>b v6n1.send=ok>none m4.send=ok>a,b",
			    &plain, &got);
	ft_recipe_cell_text(&got, true, text);
	CHECK_STR("copies", text, "B.*");
	memset(&got, 0, sizeof(got));
	ft_recipe_cell_text(&got, true, text);
	CHECK_STR("not measured", text, "");
}

static const struct ft_test tests[] = {
	{"data", data},
	{"every case once", every_case_once},
	{"further cases", further_cases},
	{"stopped", stopped},
	{"serves", serves},
	{"cell", cell},
	{"multicast", multicast},
	{0},
};

const struct ft_suite ft_suite_recipes = {"recipes", tests};

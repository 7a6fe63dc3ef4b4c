/* SPDX-License-Identifier: MIT */
/*
 * Which cases show whether two programs can share a port, and whether one can be restarted?
 *
 * A pair is A, then B, then a client of each family on loopback. Where both have SO_REUSEPORT the
 * kernel spreads by a hash, and two clients show nothing: so B then steers the group that it is in
 * first to member 0, then to member 1, with two clients each. If one group has both, both receive,
 * with certainty; if B is alone in its group, nothing changes. An MPTCP socket takes no program, so
 * A steers then; and where neither can, there are so many clients that the hash leaves out one of
 * two members in one of 10^12 runs.
 */
#include <errno.h>
#include <string.h>

#include "recipes.h"

const char *const ft_left_names[FT_LEFT_COUNT] = {
	[FT_LEFT_TIME_WAIT] = "TIME_WAIT",   [FT_LEFT_ESTABLISHED] = "ESTABLISHED",
	[FT_LEFT_CLOSE_WAIT] = "CLOSE_WAIT", [FT_LEFT_FIN_WAIT2] = "FIN_WAIT2",
	[FT_LEFT_QUEUED] = "QUEUED",
};

/* How a recipe is written in a case. */
struct spelling {
	const char *name; /* of the program: "a" or "b" */
	const char *user; /* "as 1000 " before every step, or "" */
	bool loopback;    /* the wildcard becomes loopback */
};

struct walk {
	ft_recipe_case_fn each;
	void *arg;
	struct ft_text text;
	struct ft_err *err;
	const struct ft_recipe *recipes[FT_RECIPES_MAX];
	size_t n;
};

static void put_recipe(struct ft_text *text, const struct ft_recipe *recipe,
		       const struct spelling *spelling)
{
	ft_text_str(text, spelling->user);
	for (const char *at = recipe->words; *at; at++) {
		if (*at == '$') {
			ft_text_str(text, spelling->name);
		} else if (spelling->loopback && strncmp(at, "any:", 4) == 0) {
			ft_text_str(text, "lo");
			at += 2;
		} else {
			ft_text_char(text, *at);
			if (at[0] == ' ' && at[-1] == ';')
				ft_text_str(text, spelling->user);
		}
	}
}

static bool has(const struct ft_recipe *recipe, const char *word)
{
	return strstr(recipe->words, word) != NULL;
}

/* ---- pairs ---- */

enum { CROWD = 41 }; /* clients of a family: 2^-40 */

static void put_clients(struct ft_text *text, bool udp, unsigned which)
{
	const char *format = udp ? "; v4n%u udp4 send lo:p; v6n%u udp6 send lo:p"
				 : "; v4n%u tcp4 connect lo:p; v6n%u tcp6 connect lo:p";

	ft_text_printf(text, format, which, which);
}

static void put_steered(struct ft_text *text, const struct ft_recipe *by, char name)
{
	for (unsigned member = 0; member < 2; member++) {
		ft_text_printf(text, "; %c steer=%u", name, member);
		if (has(by, "$6 "))
			ft_text_printf(text, "; %c6 steer=%u", name, member);
		put_clients(text, by->kind == FT_RECIPE_UDP, 2 + member);
	}
}

/* Both have SO_REUSEPORT: who is in the group? */
static void put_group(struct ft_text *text, const struct ft_recipe *a, const struct ft_recipe *b)
{
	if (!has(b, "mptcp"))
		put_steered(text, b, 'b');
	else if (!has(a, "mptcp"))
		put_steered(text, a, 'a');
	else
		for (unsigned i = 2; i <= CROWD; i++)
			put_clients(text, false, i);
}

static void put_pair(struct ft_text *text, const struct ft_recipe *a, const struct ft_recipe *b,
		     const struct spelling *as_a, const struct spelling *as_b)
{
	if (a->kind == FT_RECIPE_CLIENT || b->kind == FT_RECIPE_CLIENT)
		ft_text_str(text, "m tcp6 bind any:q listen; ");
	put_recipe(text, a, as_a);
	ft_text_str(text, "; ");
	put_recipe(text, b, as_b);
	put_clients(text, b->kind == FT_RECIPE_UDP, 1);
	if (has(a, "reuseport") && has(b, "reuseport") && a->kind == b->kind &&
	    a->kind != FT_RECIPE_CLIENT)
		put_group(text, a, b);
	if (ft_recipe_multicast(a, b))
		ft_text_str(text, "; m4 udp4 multicast_if=lo send 224.0.0.251:p");
}

static int tell(struct walk *walk, const struct ft_recipe_case *about)
{
	if (walk->text.failed)
		return ft_err_set(walk->err, -ENOMEM, "no memory for a case");
	return walk->each(walk->arg, about, ft_text_get(&walk->text), walk->err);
}

static int pairs(struct walk *walk, const struct spelling *as_a, const struct spelling *as_b)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < walk->n * walk->n; i++) {
		const struct ft_recipe_case about = {.a = i / walk->n, .b = i % walk->n};
		const struct ft_recipe *a = walk->recipes[about.a], *b = walk->recipes[about.b];

		/* TCP and UDP have ports of their own. */
		if ((a->kind == FT_RECIPE_UDP) != (b->kind == FT_RECIPE_UDP))
			continue;
		if ((as_a->loopback && !has(a, "any:")) || (as_b->loopback && !has(b, "any:")))
			continue;
		ft_text_clear(&walk->text);
		put_pair(&walk->text, a, b, as_a, as_b);
		rc = tell(walk, &about);
	}
	return rc;
}

/* ---- restarts ---- */

/* What one socket of a recipe is: the words behind "$ " or "$6 " up to the end of its steps. */
static bool reaches(const char *step, size_t len, unsigned family)
{
	bool v6 = memmem(step, len, "tcp6", 4) != NULL; /* or mptcp6 */
	bool only = memmem(step, len, " v6only ", 8) != NULL;

	if (memmem(step, len, "any:", 4) == NULL && memmem(step, len, "lo:", 3) == NULL)
		return false;
	if (!v6)
		return family == 4;
	return family == 6 || (!only && memmem(step, len, "any:", 4) != NULL);
}

const char *ft_recipe_serves(const struct ft_recipe *recipe, unsigned family)
{
	const char *second = strstr(recipe->words, "; $6 ");
	size_t first = second ? (size_t)(second - recipe->words) : strlen(recipe->words);

	if (reaches(recipe->words, first, family))
		return "";
	return second && reaches(second, strlen(second), family) ? "6" : NULL;
}

/* How each state comes about; c is the client, s what was accepted. */
static const char *const transitions[FT_LEFT_COUNT] = {
	[FT_LEFT_TIME_WAIT] = "; s close; c close",
	[FT_LEFT_ESTABLISHED] = "",
	[FT_LEFT_CLOSE_WAIT] = "; c close",
	[FT_LEFT_FIN_WAIT2] = "; s close",
	[FT_LEFT_QUEUED] = "",
};

static void put_restart(struct ft_text *text, const struct ft_recipe *a, const struct ft_recipe *b,
			const struct ft_recipe_case *about)
{
	static const struct spelling as_a = {"a", "", false}, as_b = {"b", "", false};

	put_recipe(text, a, &as_a);
	ft_text_printf(text, "; c tcp%u connect lo:p", about->family);
	if (about->left != FT_LEFT_QUEUED)
		ft_text_printf(text, "; a%s accept s%s", ft_recipe_serves(a, about->family),
			       transitions[about->left]);
	ft_text_str(text, has(a, "$6 ") ? "; a close; a6 close; " : "; a close; ");
	put_recipe(text, b, &as_b);
	ft_text_printf(text, "; v%un1 tcp%u connect lo:p", about->family, about->family);
}

static int restart(struct walk *walk, struct ft_recipe_case *about)
{
	const struct ft_recipe *a = walk->recipes[about->a];
	int rc = 0;

	for (about->family = 4; rc == 0 && about->family <= 6; about->family += 2) {
		if (!ft_recipe_serves(a, about->family))
			continue;
		ft_text_clear(&walk->text);
		put_restart(&walk->text, a, walk->recipes[about->b], about);
		rc = tell(walk, about);
	}
	return rc;
}

static int restarts(struct walk *walk)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < walk->n; i++)
		for (unsigned left = 0; rc == 0 && left < FT_LEFT_COUNT; left++) {
			struct ft_recipe_case about = {true, i, i, (enum ft_left)left, 0};

			if (walk->recipes[i]->kind == FT_RECIPE_SERVER)
				rc = restart(walk, &about);
		}
	return rc;
}

/* One program is replaced by another: b is started over what is left of a. */
static int replacements(struct walk *walk)
{
	static const enum ft_left lefts[] = {FT_LEFT_TIME_WAIT, FT_LEFT_ESTABLISHED};
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < walk->n * walk->n; i++)
		for (unsigned k = 0; rc == 0 && k < 2; k++) {
			struct ft_recipe_case about = {true, i / walk->n, i % walk->n, lefts[k], 0};

			if (about.a != about.b &&
			    walk->recipes[about.a]->kind == FT_RECIPE_SERVER &&
			    walk->recipes[about.b]->kind == FT_RECIPE_SERVER)
				rc = restart(walk, &about);
		}
	return rc;
}

/* ---- all of them ---- */

static void begin(struct walk *walk, ft_recipe_case_fn each, void *arg, struct ft_err *err)
{
	*walk = (struct walk){.each = each, .arg = arg, .err = err};
	while (ft_recipes[walk->n].code) {
		walk->recipes[walk->n] = &ft_recipes[walk->n];
		walk->n++;
	}
	ft_text_init(&walk->text, FT_CASE_TEXT_MAX);
}

static const struct spelling plain_a = {"a", "", false}, plain_b = {"b", "", false};

int ft_recipes_cases(ft_recipe_case_fn each, void *arg, struct ft_err *err)
{
	struct walk walk;
	int rc;

	begin(&walk, each, arg, err);
	rc = pairs(&walk, &plain_a, &plain_b);
	if (rc == 0)
		rc = restarts(&walk);
	ft_text_fini(&walk.text);
	return rc;
}

int ft_recipes_more(ft_recipe_case_fn each, void *arg, struct ft_err *err)
{
	static const struct spelling other_user = {"b", "as 1000 ", false};
	static const struct spelling loopback_a = {"a", "", true}, loopback_b = {"b", "", true};
	struct walk walk;
	int rc;

	begin(&walk, each, arg, err);
	rc = pairs(&walk, &plain_a, &other_user);
	if (rc == 0)
		rc = pairs(&walk, &loopback_a, &plain_b);
	if (rc == 0)
		rc = pairs(&walk, &plain_a, &loopback_b);
	if (rc == 0)
		rc = replacements(&walk);
	ft_text_fini(&walk.text);
	return rc;
}

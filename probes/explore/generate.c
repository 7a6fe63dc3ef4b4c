/* SPDX-License-Identifier: MIT */
#include "explore/generate.h"

#include "explore/walk.h"

enum { TRIES = 60, THEMES_MAX = 32 };

void ft_generator_init(struct ft_generator *generator, uint64_t seed)
{
	ft_vocabulary_init(&generator->vocabulary);
	generator->seed = seed;
}

static const struct ft_theme *draw_theme(struct ft_random *random)
{
	uint16_t weights[THEMES_MAX];

	for (unsigned i = 0; i < ft_n_themes; i++)
		weights[i] = ft_themes[i].weight;
	return &ft_themes[ft_random_weighted(random, weights, ft_n_themes)];
}

/* The families that the sockets of this program are made of; mostly one or two of them. */
static void draw_families(struct ft_walk *walk)
{
	static const struct {
		uint16_t weight;
		uint8_t n, families[4];
	} mixes[FT_FAMILIES_COUNT][6] = {
		[FT_FAMILIES_TCP] = {{400, 1, {FT_FAMILY_TCP4}},
				     {150, 1, {FT_FAMILY_TCP6}},
				     {380, 2, {FT_FAMILY_TCP4, FT_FAMILY_TCP6}},
				     {60, 3, {FT_FAMILY_TCP6, FT_FAMILY_TCP6, FT_FAMILY_TCP4}},
				     {4, 2, {FT_FAMILY_TCP4, FT_FAMILY_MPTCP4}},
				     {3, 3, {FT_FAMILY_TCP4, FT_FAMILY_UDP4, FT_FAMILY_TCP6}}},
		[FT_FAMILIES_UDP] = {{400, 1, {FT_FAMILY_UDP4}},
				     {200, 1, {FT_FAMILY_UDP6}},
				     {400, 2, {FT_FAMILY_UDP4, FT_FAMILY_UDP6}}},
		[FT_FAMILIES_MIXED] = {{300, 1, {FT_FAMILY_TCP4}},
				       {100, 1, {FT_FAMILY_UDP4}},
				       {250, 2, {FT_FAMILY_TCP4, FT_FAMILY_TCP6}},
				       {200, 2, {FT_FAMILY_UDP4, FT_FAMILY_UDP6}},
				       {150,
					4,
					{FT_FAMILY_TCP4, FT_FAMILY_UDP4, FT_FAMILY_TCP6,
					 FT_FAMILY_UDP6}}},
	};
	uint16_t weights[6];
	unsigned which;

	for (unsigned i = 0; i < 6; i++)
		weights[i] = mixes[walk->theme->families][i].weight;
	which = ft_random_weighted(&walk->random, weights, 6);
	walk->n_families = mixes[walk->theme->families][which].n;
	for (unsigned i = 0; i < walk->n_families; i++)
		walk->families[i] = mixes[walk->theme->families][which].families[i];
}

/* Short programs cost less and are read more easily; long ones find what is rare. */
static unsigned draw_calls(struct ft_walk *walk)
{
	unsigned n = FT_GENERATE_CALLS_MAX - FT_GENERATE_CALLS_MIN + 1;
	unsigned one = ft_walk_below(walk, n), other = ft_walk_below(walk, n);

	return FT_GENERATE_CALLS_MIN + (other < one && ft_walk_chance(walk, 650) ? other : one);
}

static void draw(struct ft_walk *walk)
{
	static const uint16_t ports[FT_WALK_PORTS_MAX] = {55, 32, 13};
	static const uint16_t habits[FT_HABIT_COUNT] = {8, 28, 24, 12, 28};

	walk->theme = draw_theme(&walk->random);
	draw_families(walk);
	walk->n_ports = 1 + ft_random_weighted(&walk->random, ports, FT_WALK_PORTS_MAX);
	walk->habit = ft_random_weighted(&walk->random, habits, FT_HABIT_COUNT);
	walk->users = ft_walk_chance(walk, walk->theme->users);
	walk->devices = ft_walk_chance(walk, walk->theme->devices);
	walk->eth = ft_walk_chance(walk, walk->theme->eths);
	walk->calls_max = draw_calls(walk);
}

void ft_generate(const struct ft_generator *generator, uint64_t number, struct ft_program *ret)
{
	struct ft_walk walk = {.options = generator->vocabulary.options, .program = ret};

	ft_random_seed(&walk.random, generator->seed, number);
	ft_program_clear(ret);
	draw(&walk);
	ft_walk_opening(&walk);
	if (walk.calls_max <= walk.n_calls)
		walk.calls_max = walk.n_calls + 1;
	for (unsigned i = 0; i < TRIES && walk.n_calls < walk.calls_max && ft_walk_room(&walk); i++)
		ft_walk_act(&walk,
			    ft_random_weighted(&walk.random, walk.theme->acts, FT_ACT_COUNT));
	ft_program_tidy(ret);
}

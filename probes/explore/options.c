/* SPDX-License-Identifier: MIT */
/*
 * Which options does a random program set, when, and to what?
 *
 * Flags are set before bind() as a rule, and sometimes after it, cleared, or set late: what counts
 * is the moment at which the kernel reads them.
 */
#include <string.h>

#include "explore/walk.h"

struct ft_word *ft_walk_set(struct ft_walk *walk, enum ft_vocable vocable, int64_t value)
{
	struct ft_word *word = ft_program_word(walk->program, FT_OP_SET);

	word->n_options = 1;
	word->options[0] = walk->options[vocable];
	word->value = value;
	return word;
}

static void set_device(struct ft_walk *walk, enum ft_vocable vocable, const char *device)
{
	struct ft_word *word = ft_walk_set(walk, vocable, 0);

	word->text = device;
	word->text_len = (uint16_t)strlen(device);
}

static void device(struct ft_walk *walk, struct ft_plan *plan)
{
	static const uint16_t weights[] = {60, 30, 10};
	static const char *const names[] = {"lo", "eth", ""};
	unsigned which = ft_random_weighted(&walk->random, weights, 3);

	if (which == 1 && !walk->eth)
		which = 0;
	plan->on_eth = which == 1;
	set_device(walk, ft_walk_chance(walk, 120) ? FT_VOCABLE_IFINDEX : FT_VOCABLE_DEVICE,
		   names[which]);
}

void ft_walk_flag(struct ft_walk *walk)
{
	enum ft_vocable flag = ft_walk_chance(walk, 500) ? FT_VOCABLE_REUSEADDR
							 : FT_VOCABLE_REUSEPORT;

	ft_walk_set(walk, flag, ft_walk_chance(walk, 450));
}

/* Has a new socket of this habit the flag? */
static bool wants(struct ft_walk *walk, enum ft_vocable flag)
{
	static const uint16_t chances[FT_HABIT_COUNT][2] = {
		[FT_HABIT_NONE] = {60, 60},       [FT_HABIT_REUSEADDR] = {870, 100},
		[FT_HABIT_REUSEPORT] = {90, 900}, [FT_HABIT_BOTH] = {850, 850},
		[FT_HABIT_MIXED] = {500, 450},
	};

	return ft_walk_chance(walk, chances[walk->habit][flag == FT_VOCABLE_REUSEPORT]);
}

/* A flag may be set in time, in time and taken back after bind, or only after it. The draw is made
 * before bind; what belongs behind it is drawn anew, which is as good. */
static void flags(struct ft_walk *walk, bool after)
{
	for (unsigned flag = FT_VOCABLE_REUSEADDR; flag <= FT_VOCABLE_REUSEPORT; flag++) {
		if (!after && wants(walk, flag))
			ft_walk_set(walk, flag, 1);
		if (after && ft_walk_chance(walk, 70))
			ft_walk_set(walk, flag, ft_walk_chance(walk, 500));
	}
	if (!after && ft_walk_chance(walk, 4)) { /* the two names OR-ed into one */
		struct ft_word *word = ft_walk_set(walk, FT_VOCABLE_REUSEADDR, 1);

		word->options[word->n_options++] = walk->options[FT_VOCABLE_REUSEPORT];
	}
}

void ft_walk_options(struct ft_walk *walk, struct ft_plan *plan, bool after)
{
	flags(walk, after);
	if (plan->v6 && !after && ft_walk_chance(walk, 220))
		ft_walk_set(walk, FT_VOCABLE_V6ONLY, ft_walk_chance(walk, 800));
	if (walk->devices && ft_walk_chance(walk, after ? 60 : 450))
		device(walk, plan);
	if (after)
		return;
	if (walk->theme->zeros && ft_walk_chance(walk, walk->theme->zeros / 4))
		ft_walk_set(walk, FT_VOCABLE_NO_PORT, 1);
	if (walk->tiny && ft_walk_chance(walk, 150))
		ft_walk_set(walk, FT_VOCABLE_PORT_RANGE, INT64_C(40001) << 16 | 40000);
	if (plan->stream && ft_walk_chance(walk, 12))
		ft_walk_set(walk, FT_VOCABLE_LINGER, 0);
	if (ft_walk_chance(walk, walk->theme->opening == FT_OPENING_GROUP ? 40 : 5))
		ft_walk_set(walk, FT_VOCABLE_CPU, ft_walk_below(walk, 2));
	if (ft_walk_chance(walk, walk->eth ? 40 : 3))
		ft_walk_set(walk,
			    ft_walk_chance(walk, 700) ? FT_VOCABLE_FREEBIND
						      : FT_VOCABLE_TRANSPARENT,
			    1);
	if (!plan->stream && walk->eth && ft_walk_chance(walk, 200))
		ft_walk_set(walk, FT_VOCABLE_BROADCAST, 1);
}

/* Ought not to matter to anything that a case can see. */
static void harmless(struct ft_walk *walk)
{
	static const enum ft_vocable options[] = {FT_VOCABLE_NODELAY, FT_VOCABLE_KEEPALIVE,
						  FT_VOCABLE_PRIORITY, FT_VOCABLE_TOS,
						  FT_VOCABLE_BROADCAST};

	ft_walk_set(walk, options[ft_walk_below(walk, 5)], ft_walk_chance(walk, 800));
}

/* An option out of all that the language has whose value is a number. */
static uint16_t any_number(struct ft_walk *walk)
{
	unsigned option;

	do {
		option = ft_walk_below(walk, (unsigned)ft_n_options);
	} while (ft_options[option].value != FT_VALUE_INT);
	return (uint16_t)option;
}

static void anything(struct ft_walk *walk)
{
	static const int64_t values[] = {0, 1, 1, 1, 2, -1, 7, 1000, 100000};
	struct ft_word *word =
		ft_walk_set(walk, FT_VOCABLE_REUSEADDR, values[ft_walk_below(walk, 9)]);

	word->options[0] = any_number(walk);
}

static void multicast_option(struct ft_walk *walk)
{
	if (ft_walk_chance(walk, 300)) {
		set_device(walk, FT_VOCABLE_MULTICAST_IF, ft_walk_chance(walk, 700) ? "eth" : "lo");
		return;
	}
	ft_walk_set(walk,
		    ft_walk_chance(walk, 500) ? FT_VOCABLE_MULTICAST_ALL
					      : FT_VOCABLE_MULTICAST_LOOP,
		    ft_walk_chance(walk, 250));
}

enum {
	OPTION_DEVICE,
	OPTION_V6ONLY,
	OPTION_LINGER,
	OPTION_CPU,
	OPTION_NO_PORT,
	OPTION_FREE,
	OPTION_HARMLESS,
	OPTION_ANY,
	OPTION_MULTICAST,
	OPTION_DEFER,
	OPTION_RANGE,
	OPTION_COUNT
};

static unsigned draw_option(struct ft_walk *walk, const struct ft_plan *plan)
{
	const uint16_t weights[OPTION_COUNT] = {
		[OPTION_DEVICE] = walk->devices ? 60 : 2,
		[OPTION_V6ONLY] = plan->v6 ? 12 : 1,
		[OPTION_LINGER] = plan->stream ? 14 : 1,
		[OPTION_CPU] = walk->theme->opening == FT_OPENING_GROUP ? 14 : 2,
		[OPTION_NO_PORT] = walk->theme->zeros ? 10 : 2,
		[OPTION_FREE] = 2,
		[OPTION_HARMLESS] = 2,
		[OPTION_ANY] = 1,
		[OPTION_MULTICAST] = walk->eth && !plan->stream ? 16 : 0,
		[OPTION_DEFER] = plan->listening ? 2 : 0,
		[OPTION_RANGE] = walk->tiny ? 14 : 0,
	};

	return ft_random_weighted(&walk->random, weights, OPTION_COUNT);
}

void ft_walk_option(struct ft_walk *walk, struct ft_plan *plan)
{
	switch (draw_option(walk, plan)) {
	case OPTION_DEVICE:
		device(walk, plan);
		break;
	case OPTION_V6ONLY:
		ft_walk_set(walk, FT_VOCABLE_V6ONLY, ft_walk_chance(walk, 500));
		break;
	case OPTION_LINGER:
		ft_walk_set(walk, FT_VOCABLE_LINGER, ft_walk_chance(walk, 850) ? 0 : -1);
		break;
	case OPTION_CPU:
		ft_walk_set(walk, FT_VOCABLE_CPU, ft_walk_below(walk, 2));
		break;
	case OPTION_NO_PORT:
		ft_walk_set(walk, FT_VOCABLE_NO_PORT, ft_walk_chance(walk, 700));
		break;
	case OPTION_FREE:
		ft_walk_set(walk, FT_VOCABLE_FREEBIND, ft_walk_chance(walk, 700));
		break;
	case OPTION_ANY:
		anything(walk);
		break;
	case OPTION_MULTICAST:
		multicast_option(walk);
		break;
	case OPTION_DEFER:
		ft_walk_set(walk, FT_VOCABLE_DEFER, 1);
		break;
	case OPTION_RANGE:
		ft_walk_set(walk, FT_VOCABLE_PORT_RANGE,
			    ft_walk_chance(walk, 700) ? INT64_C(40001) << 16 | 40001 : 0);
		break;
	default:
		harmless(walk);
		break;
	}
}

void ft_walk_read(struct ft_walk *walk, const struct ft_plan *plan)
{
	static const enum ft_vocable options[] = {
		FT_VOCABLE_REUSEADDR,  FT_VOCABLE_REUSEPORT, FT_VOCABLE_ERROR,
		FT_VOCABLE_ACCEPTCONN, FT_VOCABLE_DEVICE,    FT_VOCABLE_IFINDEX,
		FT_VOCABLE_CPU,        FT_VOCABLE_NO_PORT,   FT_VOCABLE_LINGER,
		FT_VOCABLE_PORT_RANGE, FT_VOCABLE_FREEBIND,  FT_VOCABLE_TYPE,
		FT_VOCABLE_DOMAIN,     FT_VOCABLE_PROTOCOL,  FT_VOCABLE_TRANSPARENT,
	};
	enum ft_vocable which = options[ft_walk_below(walk, sizeof(options) / sizeof(*options))];
	struct ft_word *word = ft_program_word(walk->program, FT_OP_GET);

	if (plan->v6 && ft_walk_chance(walk, 400))
		which = FT_VOCABLE_V6ONLY;
	word->n_options = 1;
	word->options[0] = ft_walk_chance(walk, 30) ? any_number(walk) : walk->options[which];
}

void ft_walk_membership(struct ft_walk *walk, bool join)
{
	static const uint16_t weights[] = {40, 40, 20};
	static const char *const devices[] = {"", "eth", "lo"};
	struct ft_word *word = ft_walk_set(walk, join ? FT_VOCABLE_JOIN : FT_VOCABLE_LEAVE, 0);

	word->at.host = ft_walk_chance(walk, 970) ? FT_HOST_MCAST : FT_HOST_LO;
	word->text = devices[ft_random_weighted(&walk->random, weights, 3)];
	word->text_len = (uint16_t)strlen(word->text);
}

void ft_walk_steer(struct ft_walk *walk, const struct ft_plan *plan)
{
	static const uint16_t weights[] = {60, 15, 10, 15};
	unsigned which = ft_random_weighted(&walk->random, weights, 4);
	struct ft_word *word;

	word = ft_program_word(walk->program, which == 3 ? FT_OP_UNSTEER : FT_OP_STEER);
	if (which == 0) {
		word->detail = FT_STEER_INDEX;
		word->value = ft_walk_below(walk, ft_walk_chance(walk, 100) ? 6 : 3);
	} else if (which == 1) {
		word->detail = plan->stream ? FT_STEER_CPU : FT_STEER_MOD;
		word->value = plan->stream ? 0 : 1 + ft_walk_below(walk, 3);
	} else if (which == 2) {
		word->detail = FT_STEER_CPU;
	}
}

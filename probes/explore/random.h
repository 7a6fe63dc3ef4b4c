/* SPDX-License-Identifier: MIT */
/*
 * Which number comes next? A generator of our own, so that a seed means the same on every machine.
 *
 * xoshiro256** (Blackman and Vigna, prng.di.unimi.it), its state filled by splitmix64 from a seed
 * and the number of a program: program number i needs none of the programs before it.
 */
#ifndef FT_EXPLORE_RANDOM_H
#define FT_EXPLORE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct ft_random {
	uint64_t state[4];
};

static inline uint64_t ft_random_split(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

static inline void ft_random_seed(struct ft_random *random, uint64_t seed, uint64_t number)
{
	uint64_t state = ft_random_split(&seed) ^ number;

	for (unsigned i = 0; i < 4; i++)
		random->state[i] = ft_random_split(&state);
}

static inline uint64_t ft_random_rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static inline uint64_t ft_random_next(struct ft_random *random)
{
	uint64_t *s = random->state, result = ft_random_rotate(s[1] * 5, 7) * 9, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = ft_random_rotate(s[3], 45);
	return result;
}

/* 0 .. n-1; n at least 1. The bias of a few in 2^32 does not matter here. */
static inline unsigned ft_random_below(struct ft_random *random, unsigned n)
{
	return (unsigned)((ft_random_next(random) >> 32) * n >> 32);
}

/* True in so many of a thousand. */
static inline bool ft_random_chance(struct ft_random *random, unsigned thousandths)
{
	return ft_random_below(random, 1000) < thousandths;
}

/* An index below n, each as often as its weight says; the sum of the weights is not 0. */
static inline unsigned ft_random_weighted(struct ft_random *random, const uint16_t *weights,
					  unsigned n)
{
	unsigned sum = 0, at;

	for (unsigned i = 0; i < n; i++)
		sum += weights[i];
	at = ft_random_below(random, sum);
	for (unsigned i = 0; i < n; i++) {
		if (at < weights[i])
			return i;
		at -= weights[i];
	}
	return n - 1;
}

#endif

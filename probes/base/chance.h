/* SPDX-License-Identifier: MIT */
/*
 * How improbable is a count that chance has made?
 */
#ifndef FT_BASE_CHANCE_H
#define FT_BASE_CHANCE_H

/* Pearson's statistic of n counts whose sum is M and that all have the same expectation: the sum
 * of (count - M/n)^2 / (M/n). 0 where there is nothing to compare. */
double ft_chance_statistic(const unsigned *counts, unsigned n);

/* The probability that a chi-squared variable with df >= 1 degrees of freedom is x or more: the
 * regularized upper incomplete gamma function Q(df/2, x/2), by its finite sums for whole and half
 * df/2 (Abramowitz and Stegun, 26.4.4 and 26.4.5). All terms are positive: exact to a few units of
 * the last place. */
double ft_chance_chi_squared(double x, unsigned df);

/* What x is exceeded with a probability of at most e^-nats by a chi-squared variable: df + 2
 * sqrt(df nats) + 2 nats (Laurent and Massart 2000, lemma 1). */
double ft_chance_chi_squared_bound(unsigned df, double nats);

/* The most balls and cells that ft_chance_uneven() knows of. */
enum { FT_CHANCE_MAX = 1024 };

/* Not less than the probability that Pearson's statistic is x or more when `balls` balls fall into
 * `cells` cells with equal chances, 2 <= cells, balls <= FT_CHANCE_MAX. It is a bound for counts as
 * they are, however few (Chernoff's, by the exact generating function), where the chi-squared
 * distribution is only what they approach: far out in the tail they have more weight than it. */
double ft_chance_uneven(unsigned cells, unsigned balls, double x);

#endif

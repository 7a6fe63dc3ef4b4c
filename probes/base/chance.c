/* SPDX-License-Identifier: MIT */
#include "base/chance.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

double ft_chance_statistic(const unsigned *counts, unsigned n)
{
	double sum = 0, squares = 0, mean;

	for (unsigned i = 0; i < n; i++)
		sum += counts[i];
	if (sum == 0)
		return 0;
	mean = sum / n;
	for (unsigned i = 0; i < n; i++)
		squares += (counts[i] - mean) * (counts[i] - mean);
	return squares / mean;
}

/* The sums run over h^j / Gamma(j + 1): j = 0, 1, ... where df is even, 1/2, 3/2, ... where it is
 * odd. */
double ft_chance_chi_squared(double x, unsigned df)
{
	double h = x / 2, j = df % 2 ? 0.5 : 0, sum = 0, term;

	if (x <= 0)
		return 1;
	term = df % 2 ? exp(-h) * sqrt(h) / tgamma(1.5) : exp(-h);
	for (; j + 1 <= df / 2.0; j++) {
		sum += term;
		term *= h / (j + 1);
	}
	return df % 2 ? erfc(sqrt(h)) + sum : sum;
}

double ft_chance_chi_squared_bound(unsigned df, double nats)
{
	return df + 2 * sqrt(df * nats) + 2 * nats;
}

/* ---- balls and cells ---- */

/* How improbable must crowded cells be to be counted apart? */
#define CROWDED 1e-15

struct throw
{
	unsigned cells, balls;
	unsigned most; /* in one cell */
	double mean;
};

/* A polynomial up to the power of all balls, times e^log. */
struct series {
	double log;
	double at[FT_CHANCE_MAX + 1];
};

static void scale(struct series *a, unsigned balls)
{
	double most = 0;

	for (unsigned i = 0; i <= balls; i++)
		most = fmax(most, a->at[i]);
	for (unsigned i = 0; i <= balls; i++)
		a->at[i] /= most;
	a->log += log(most);
}

/* a = a * b, without the powers that are not needed. */
static void multiply(struct series *a, const struct series *b, unsigned balls)
{
	for (unsigned n = balls + 1; n-- > 0;) {
		double sum = 0;

		for (unsigned i = 0; i <= n; i++)
			sum += a->at[i] * b->at[n - i];
		a->at[n] = sum;
	}
	a->log += b->log;
	scale(a, balls);
}

/* One cell: the Poisson weights of its counts, each times e^(t (count - mean)^2). */
static void one_cell(struct series *a, const struct throw *all, double t)
{
	*a = (struct series){.log = -INFINITY};
	for (unsigned n = 0; n <= all->most; n++) {
		a->at[n] = n * log(all->mean) - all->mean - lgamma(n + 1.0) +
			   t * (n - all->mean) * (n - all->mean);
		a->log = fmax(a->log, a->at[n]);
	}
	for (unsigned n = 0; n <= all->most; n++)
		a->at[n] = exp(a->at[n] - a->log);
}

/* log E e^(t (S - s)), S the sum of (count - mean)^2, where no count exceeds the most: independent
 * Poisson counts, given their sum. */
static double exponent(const struct throw *all, double s, double t)
{
	struct series sum = {.at = {1}}, power, copy;
	double result;

	one_cell(&power, all, t);
	for (unsigned left = all->cells;;) {
		if (left & 1)
			multiply(&sum, &power, all->balls);
		left >>= 1;
		if (!left)
			break;
		copy = power;
		multiply(&power, &copy, all->balls);
	}
	result = sum.log + log(sum.at[all->balls]) -
		 (all->balls * log(all->balls) - all->balls - lgamma(all->balls + 1.0)) - t * s;
	return isfinite(result) ? result : INFINITY;
}

/* Not less than the probability that some cell gets more than `most`: cells * P(a cell does), the
 * terms of which fall at least as fast as those of a geometric series. */
static double crowded(const struct throw *all, unsigned most)
{
	double n = most + 1.0, ratio = (all->balls - n) / (n + 1) / (all->cells - 1.0);
	double first = lgamma(all->balls + 1.0) - lgamma(n + 1) - lgamma(all->balls - n + 1) -
		       n * log(all->cells) + (all->balls - n) * log1p(-1.0 / all->cells);

	if (most >= all->balls)
		return 0;
	return ratio < 1 ? all->cells * exp(first) / (1 - ratio) : 1;
}

/* The exponent is convex in t, so that thirds close in on its least value. Crowded cells, which
 * would outweigh all others in it, are counted apart. */
double ft_chance_uneven(unsigned cells, unsigned balls, double x)
{
	struct throw all = {.cells = cells, .balls = balls, .mean = (double)balls / cells};
	double s = x * all.mean, low = 0, high = 1 / all.mean;

	if (x <= 0 || cells < 2 || cells > FT_CHANCE_MAX || balls < 1 || balls > FT_CHANCE_MAX)
		return 1;
	while (crowded(&all, all.most) > CROWDED)
		all.most++;
	for (unsigned i = 0; i < 24; i++) {
		double a = low + (high - low) / 3, b = high - (high - low) / 3;

		if (exponent(&all, s, a) > exponent(&all, s, b))
			low = a;
		else
			high = b;
	}
	return fmin(1, exp(exponent(&all, s, low)) + crowded(&all, all.most));
}

/* SPDX-License-Identifier: MIT */
/*
 * Are probabilities what tables say, and is a bound never below what was counted out?
 */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/chance.h"
#include "tests/support/suite.h"

struct tail_row {
	double x;
	unsigned df;
	double probability;
};

/* Quantiles as every table of the distribution has them (Abramowitz and Stegun, table 26.8), and
 * values in the far tail: erfc(sqrt(50)) by its continued fraction in 60 digits, and e^-50. */
static const struct tail_row tail_rows[] = {
	{3.841458820694124, 1, 0.05},     {6.634896601021213, 1, 0.01},
	{10.827566170662733, 1, 0.001},   {5.991464547107979, 2, 0.05},
	{13.815510557964274, 2, 0.001},   {11.070497693516351, 5, 0.05},
	{18.307038053275146, 10, 0.05},   {2.5582121601872063, 10, 0.99},
	{30.57791416689249, 15, 0.01},    {43.772971825742189, 30, 0.05},
	{124.34211340400407, 100, 0.05},  {100, 1, 1.5239706048321052e-23},
	{100, 2, 1.9287498479639178e-22}, {0, 7, 1},
};

static bool is_near(double got, double want, double relative)
{
	return fabs(got - want) <= relative * want;
}

static void tails(void)
{
	for (size_t i = 0; i < sizeof(tail_rows) / sizeof(*tail_rows); i++) {
		const struct tail_row *row = &tail_rows[i];
		double got = ft_chance_chi_squared(row->x, row->df);

		CHECK_ROW("tail", is_near(got, row->probability, 1e-12), "%.17g with %u: %.17g",
			  row->x, row->df, got);
	}
}

/* Two degrees more add one term: Q(x, df + 2) = Q(x, df) + h^(df/2) e^-h / Gamma(df/2 + 1). */
static void recurrence(void)
{
	for (unsigned df = 1; df < 200; df++)
		for (double x = 0.5; x < 300; x *= 2.5) {
			double more = exp(df / 2.0 * log(x / 2) - x / 2 - lgamma(df / 2.0 + 1));
			double sum = ft_chance_chi_squared(x, df) + more;

			CHECK_ROW("recurrence",
				  is_near(ft_chance_chi_squared(x, df + 2), sum, 1e-10), "%g, %u",
				  x, df);
		}
}

static void statistic(void)
{
	static const unsigned even[] = {7, 7, 7}, uneven[] = {10, 20, 30}, none[] = {0, 0};

	CHECK(ft_chance_statistic(even, 3) == 0);
	CHECK(is_near(ft_chance_statistic(uneven, 3), 10, 1e-12));
	CHECK(ft_chance_statistic(none, 2) == 0);
}

static void quantile_bound(void)
{
	for (unsigned df = 1; df < 100; df++)
		for (double nats = 1; nats < 50; nats *= 2)
			CHECK_ROW("bound",
				  ft_chance_chi_squared(ft_chance_chi_squared_bound(df, nats),
							df) <= exp(-nats),
				  "%u, %g", df, nats);
}

/* The probability that the statistic of `balls` in three cells is x or more, counted out. */
static double counted(unsigned balls, double x)
{
	double sum = 0;

	for (unsigned a = 0; a <= balls; a++)
		for (unsigned b = 0; a + b <= balls; b++) {
			const unsigned counts[] = {a, b, balls - a - b};

			if (ft_chance_statistic(counts, 3) >= x)
				sum += exp(lgamma(balls + 1.0) - lgamma(a + 1.0) - lgamma(b + 1.0) -
					   lgamma(balls - a - b + 1.0) - balls * log(3));
		}
	return sum;
}

static void uneven(void)
{
	for (double x = 1; x < 80; x += 3) {
		double exact = counted(60, x), bound = ft_chance_uneven(3, 60, x);

		CHECK_ROW("60 in 3", bound >= exact, "%g: %g, exactly %g", x, bound, exact);
		/* ... and worth something: not far above it either, once it is not all of them */
		CHECK_ROW("60 in 3", bound <= 60 * exact + 2e-15, "%g: %g, exactly %g", x, bound,
			  exact);
	}
	CHECK(ft_chance_uneven(2, FT_CHANCE_MAX + 1, 5) == 1);
	CHECK(ft_chance_uneven(2, 10, 0) == 1);
}

/* What probes/group_sizes.c says of its bounds, for every size that it measures. */
static void sizes(void)
{
	static const unsigned balls[] = {240, 256};
	const double at_most = 2e-13;

	for (unsigned i = 0; i < 2; i++)
		for (unsigned k = 2; k <= 64; k++) {
			double bound = ft_chance_chi_squared_bound(k - 1, 36);
			double got = ft_chance_uneven(k, balls[i], bound);

			CHECK_ROW("group", got <= at_most, "%u in %u: %g", balls[i], k, got);
		}
	CHECK(ft_chance_uneven(2, 128, ft_chance_chi_squared_bound(1, 36)) <= at_most);
}

static const struct ft_test tests[] = {
	{"tails", tails},
	{"recurrence", recurrence},
	{"statistic", statistic},
	{"quantile_bound", quantile_bound},
	{"uneven", uneven},
	{"sizes", sizes},
	{NULL, NULL},
};

const struct ft_suite ft_suite_chance = {"chance", tests};

/* weight.c -- cpu.shares of v1 as cpu.weight of v2, io weights likewise.
 *
 * 2 -> 1, 1024 -> 100 and 262144 -> 10000 are given; 10 to a quadratic of log2(shares) goes through
 * the three (kubernetes#131216; runc 1.3.2, crun 1.23, youki). The straight line used before made
 * 39 of the default 1024.
 *
 * The logarithm and the power are computed here: libm would be one more library to map at every
 * start, for two calls. Compared with libm over all shares from 2 to 262144: no difference. */
#include "cgroups/knobs.h"

static double log2_of(double number)
{
	double whole = 0, part = 0.5;

	for (; number >= 2; number /= 2)
		whole++;
	/* Squaring doubles the logarithm: each time one more binary digit comes out. */
	for (int digit = 0; digit < 60; digit++, part /= 2) {
		number *= number;
		if (number >= 2) {
			number /= 2;
			whole += part;
		}
	}
	return whole;
}

static long double power_of_10(double exponent)
{
	long double y = exponent * 2.302585092994045684017991454684364208L, term = 1, sum = 1;
	int halvings = 0;

	for (; y > 0.5L; y /= 2)
		halvings++;
	for (int i = 1; i < 30; i++) {
		term *= y / i;
		sum += term;
	}
	while (halvings--)
		sum *= sum;
	return sum;
}

uint64_t cg_weight_of_shares(uint64_t shares)
{
	double logarithm;
	long double exact;
	uint64_t weight;

	if (shares <= 2)
		return shares ? 1 : 0;
	if (shares >= 262144)
		return 10000;
	logarithm = log2_of((double)shares);
	exact = power_of_10((logarithm * logarithm + 125 * logarithm) / 612.0 - 7.0 / 34.0);
	weight = (uint64_t)exact;
	/* Rounded up, but not for an error in the last digit: 1024 is 100. */
	return exact - weight > 1e-9L ? weight + 1 : weight;
}

/* 10..1000 of blkio onto 1..10000 of iocost. bfq has its own file with blkio's scale. */
uint64_t cg_io_weight_of_blkio(uint64_t weight)
{
	return 1 + (weight - 10) * 9999 / 990;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Says how fast this machine's time stamp counter runs, in kHz.
 *
 * An emulated guest reads the very same counter. What it measures itself as it boots, against
 * emulated timers, is wrong by any factor if the machine is busy at that moment, and so is all its
 * time from then on: told the figure, it need not measure.
 */
#include <stdio.h>
#include <time.h>
#include <x86intrin.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return 1e3 * (double)t.tv_sec + (double)t.tv_nsec / 1e6;
}

int main(void)
{
	double began = now(), ended;
	unsigned long long first = __rdtsc();

	do {
		ended = now();
	} while (ended - began < 50);
	printf("%.0f\n", (double)(__rdtsc() - first) / (ended - began));
	return 0;
}

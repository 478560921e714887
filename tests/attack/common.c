// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tests/attack/common.h"

void die(const char *why, ...)
{
	va_list args;

	va_start(args, why);
	vfprintf(stderr, why, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

void inside_the_vm(void)
{
	if (access("/run/btcp/share", F_OK))
		die("this runs inside the VM only");
}

unsigned long parse_number(const char *text, unsigned long max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || end == text || n > max)
		die("%s: no number, or greater than %lu", text, max);
	return n;
}

long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS + t.tv_nsec;
}

unsigned long due_since(long long began, unsigned long rate)
{
	return (now() - began) / 1000 * rate / (NS / 1000) + 1;
}

static u64 random_state = 1;

void random_seed(u64 seed)
{
	random_state = seed * 0x9e3779b97f4a7c15ULL | 1;
}

/* xorshift64* */
u32 random_next(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return (random_state * 0x2545f4914f6cdd1dULL) >> 32;
}

u32 random_below(u32 limit)
{
	return (u64)random_next() * limit >> 32;
}

void random_fill(u8 *bytes, u32 len)
{
	while (len--)
		*bytes++ = random_next() >> 24;
}

u32 checksum_add(u32 sum, const u8 *bytes, u32 len)
{
	u32 i;

	for (i = 0; i + 1 < len; i += 2)
		sum += get_unaligned_be16(bytes + i);
	if (len & 1)
		sum += bytes[len - 1] << 8;
	return sum;
}

u16 checksum_fold(u32 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

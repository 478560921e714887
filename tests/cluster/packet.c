// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "packet.h"

void die(const char *why)
{
	fprintf(stderr, "%s\n", why);
	exit(1);
}

void inside_the_vm(void)
{
	if (access("/run/btcp/share", F_OK))
		die("this runs inside the VM only");
}

static uint32_t draw_state;

void draw_from(uint32_t seed)
{
	if (!seed)
		die("the seed must not be 0");
	draw_state = seed;
}

/* xorshift */
uint32_t draw(void)
{
	draw_state ^= draw_state << 13;
	draw_state ^= draw_state >> 17;
	draw_state ^= draw_state << 5;
	return draw_state;
}

uint32_t sum(uint32_t s, const void *data, size_t len)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		s += p[i] << 8 | p[i + 1];
	if (len & 1)
		s += p[len - 1] << 8;
	return s;
}

uint16_t fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return htons(~s);
}

unsigned long parse_number(const char *text, unsigned long max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*end || end == text || n > max)
		die("no number, or too great a one");
	return n;
}

long long now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS + t.tv_nsec;
}

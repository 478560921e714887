/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the programs have in common that make packets by hand.
 */
#ifndef _TESTS_CLUSTER_PACKET_H
#define _TESTS_CLUSTER_PACKET_H

#include <stddef.h>
#include <stdint.h>

#define NS	1000000000LL

/* Says why, and ends with 1. */
__attribute__((noreturn)) void die(const char *why);

/* The addresses these programs send to exist there only: ends anywhere else. */
void inside_the_vm(void);

/* The numbers that follow from a seed, which must not be 0. */
void draw_from(uint32_t seed);
uint32_t draw(void);

/* The Internet checksum: add up with sum(), as often as wanted, from 0 on, and end with fold(). */
uint32_t sum(uint32_t s, const void *data, size_t len);
uint16_t fold(uint32_t s);	/* network order */

/* A decimal number; ends if it is none, or greater than MAX. */
unsigned long parse_number(const char *text, unsigned long max);

/* The monotonic clock, in nanoseconds. */
long long now(void);

#endif /* _TESTS_CLUSTER_PACKET_H */

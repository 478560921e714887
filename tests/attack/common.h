/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What all attackers need: random numbers that can be had again, sums, and a clock.
 */
#ifndef _TESTS_ATTACK_COMMON_H
#define _TESTS_ATTACK_COMMON_H

#include "btcp/pure.h"

#define NS	1000000000LL

/**
 * die() - end the program
 * @why: printf's
 */
void __attribute__((noreturn, format(printf, 1, 2))) die(const char *why, ...);

/**
 * inside_the_vm() - end the program anywhere else: what it sends to exists there only
 */
void inside_the_vm(void);

/**
 * parse_number() - a decimal number of the command line; ends the program if it is none
 * @text: all of it
 * @max: the greatest allowed
 */
unsigned long parse_number(const char *text, unsigned long max);

/**
 * now() - the monotonic clock, in nanoseconds
 */
long long now(void);

/**
 * due_since() - how many of something that comes at an even rate
 * @began: then, as now() had it, came the first
 * @rate: a second
 */
unsigned long due_since(long long began, unsigned long rate);

/**
 * random_seed() - begin
 * @seed: the same one gives the same numbers
 */
void random_seed(u64 seed);

/**
 * random_next() - 32 random bits
 */
u32 random_next(void);

/**
 * random_below() - a number from 0 to @limit - 1
 * @limit: not 0
 */
u32 random_below(u32 limit);

/**
 * one_in() - true once in so many times
 * @n: not 0
 */
static inline bool one_in(u32 n)
{
	return random_below(n) == 0;
}

/**
 * random_fill() - random bytes
 * @bytes: filled
 * @len: of them
 */
void random_fill(u8 *bytes, u32 len);

/**
 * checksum_add() - sum 16-bit words, for the Internet checksum
 * @sum: so far
 * @bytes: to add
 * @len: of them
 *
 * Return: the new sum, to be folded by checksum_fold().
 */
u32 checksum_add(u32 sum, const u8 *bytes, u32 len);

/**
 * checksum_fold() - the checksum of a sum
 * @sum: from checksum_add()
 *
 * Return: host order.
 */
u16 checksum_fold(u32 sum);

#endif /* _TESTS_ATTACK_COMMON_H */

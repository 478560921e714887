/* SPDX-License-Identifier: GPL-2.0 */
/* What every unit test includes: cmocka with its prerequisites, and an assertion for tables. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Like assert_true(), but says which row of the table it was. */
#define assert_row(label, cond)							\
	do {									\
		if (!(cond))							\
			fail_msg("row '%s': %s", (label), #cond);		\
	} while (0)

/* A deterministic generator, so that a failure can be seen again. */
static inline uint32_t unit_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif /* TESTS_UNIT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/* What every fuzz target includes: the entry point, a check, buffers that end where they end. */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "btcp/pure.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

#define CHECK(cond)								\
	do {									\
		if (!(cond)) {							\
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #cond); \
			abort();						\
		}								\
	} while (0)

/* A copy without a spare byte, so that the sanitizer sees the first one read beyond. */
static inline u8 *fuzz_copy(const u8 *data, size_t size)
{
	u8 *copy = malloc(size + !size);

	if (size)
		memcpy(copy, data, size);
	return copy;
}

#endif /* TESTS_FUZZ_H */

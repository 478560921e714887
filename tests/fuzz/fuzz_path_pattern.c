// SPDX-License-Identifier: GPL-2.0
/*
 * A pattern that is accepted is printed as it was written, and can match: there is a request whose
 * normalised path satisfies it. One that is refused has its sentence.
 */
#include "btcp/http_path.h"
#include "btcp/path_pattern.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *text = fuzz_copy(data, size), request[3 * PATTERN_MAX + 8];
	char printed[PATTERN_MAX + 1];
	const char *error;
	struct pattern p;
	u32 n = 0, i;
	int len;

	error = path_pattern_parse(&p, (const char *)text, size);
	if (error) {
		CHECK(!strncmp(error, "path pattern ", 13));
		goto out;
	}
	CHECK(pattern_print(p.kind, p.text, p.len, printed) == size);
	CHECK(!memcmp(printed, text, size));

	/* The request: every byte encoded, something where the star is. */
	if (p.kind == PATTERN_SUFFIX)
		n = sprintf((char *)request, "/x");
	for (i = 0; i < p.len; i++)
		n += sprintf((char *)request + n, n ? "%%%02X" : "%c", p.text[i]);
	if (p.kind == PATTERN_PREFIX)
		n += sprintf((char *)request + n, "x");
	len = http_path_normalise(request, request, n);
	CHECK(len > 0);
	CHECK(pattern_match(p.kind, p.text, p.len, request, len));
	if (p.kind == PATTERN_EXACT)
		CHECK(!pattern_match(p.kind, p.text, p.len, request, len - 1));
out:
	free(text);
	return 0;
}

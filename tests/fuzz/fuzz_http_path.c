// SPDX-License-Identifier: GPL-2.0
/*
 * Against a second implementation that decodes first and keeps a stack of segments.
 */
#include "btcp/http_path.h"
#include "fuzz.h"

/* Decoded '?', '#' and '%' need no mark: nothing looks at them again. */
static int decode(u8 *out, const u8 *path, u32 len)
{
	char pair[3] = "", *end;
	u32 i, n = 0;

	for (i = 0; i < len && path[i] != '?' && path[i] != '#'; i++) {
		out[n] = path[i];
		if (path[i] == '%') {
			if (len - i < 3)
				return -1;
			memcpy(pair, path + i + 1, 2);
			if (!strchr("0123456789abcdefABCDEF", pair[0]) || !pair[0])
				return -1;
			out[n] = strtoul(pair, &end, 16);
			if (*end || end != pair + 2 || !out[n])
				return -1;
			i += 2;
		}
		n++;
	}
	return n;
}

static int model(u8 *out, const u8 *path, u32 len)
{
	u32 *stack = calloc(len + 1, sizeof(*stack)), depth = 0, n = 1;
	u8 *flat = malloc(len + 1);
	int flat_len = decode(flat, path, len), i = 1, end, result = -1;

	if (!len || path[0] != '/' || flat_len < 0)
		goto out;
	out[0] = '/';
	for (; i < flat_len; i = end + 1) {
		bool last;

		for (end = i; end < flat_len && flat[end] != '/'; end++)
			;
		last = end == flat_len;
		if (end == i || (end - i == 1 && flat[i] == '.'))
			continue;
		if (end - i == 2 && flat[i] == '.' && flat[i + 1] == '.') {
			if (!depth)
				goto out;
			n = stack[--depth];
			continue;
		}
		stack[depth++] = n;
		memcpy(out + n, flat + i, end - i);
		n += end - i;
		if (!last)
			out[n++] = '/';
	}
	result = n;
out:
	free(stack);
	free(flat);
	return result;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 *in = fuzz_copy(data, size), *out = malloc(size + 1), *want = malloc(size + 1);
	int n = http_path_normalise(out, in, size), want_n = model(want, in, size);

	if (want_n < 0) {
		CHECK(n == -EINVAL);
	} else {
		CHECK(n == want_n && n >= 1 && n <= (int)size);
		CHECK(!memcmp(out, want, n));
		CHECK(http_path_normalise(in, in, size) == n);
		CHECK(!memcmp(in, out, n));
	}
	free(in);
	free(out);
	free(want);
	return 0;
}

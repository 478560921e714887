// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_path.h"

#define PATH_END	(-1)

static int hex(u8 c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * The next byte, decoded; PATH_END at the end, the query or the fragment; -EINVAL for what is no
 * byte of a path.
 */
static int next_byte(const u8 *path, u32 len, u32 *in)
{
	int high, low;

	if (*in == len || path[*in] == '?' || path[*in] == '#')
		return PATH_END;
	if (path[*in] != '%')
		return path[(*in)++];
	if (len - *in < 3)
		return -EINVAL;
	high = hex(path[*in + 1]);
	low = hex(path[*in + 2]);
	if (high < 0 || low < 0 || !(high | low))
		return -EINVAL;
	*in += 3;
	return high << 4 | low;
}

int http_path_normalise(u8 *out, const u8 *path, u32 len)
{
	u32 in = 1, end = 1, segment = 1;	/* segment: where the current one begins in out */
	int c;

	if (!len || path[0] != '/')
		return -EINVAL;
	out[0] = '/';

	do {
		c = next_byte(path, len, &in);
		if (c == -EINVAL)
			return -EINVAL;
		if (c != '/' && c != PATH_END) {
			out[end++] = c;
			continue;
		}
		/* A segment ends; @out up to @segment ends in a slash. */
		if (end - segment == 1 && out[segment] == '.') {
			end = segment;
		} else if (end - segment == 2 && out[segment] == '.' && out[segment + 1] == '.') {
			if (segment == 1)
				return -EINVAL;
			for (end = segment - 1; out[end - 1] != '/'; end--)
				;
		} else if (end > segment && c == '/') {
			out[end++] = '/';
		}
		segment = end;
	} while (c != PATH_END);

	return end;
}

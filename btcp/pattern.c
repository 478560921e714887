// SPDX-License-Identifier: GPL-2.0
#include "btcp/pattern.h"

bool pattern_match(u8 kind, const u8 *text, u32 text_len, const u8 *s, u32 len)
{
	if (len < text_len || !len)
		return false;
	switch (kind) {
	case PATTERN_EXACT:
		return len == text_len && !memcmp(s, text, len);
	case PATTERN_PREFIX:
		return !memcmp(s, text, text_len);
	case PATTERN_SUFFIX:
		return !memcmp(s + len - text_len, text, text_len);
	default:
		return false;
	}
}

u32 pattern_print(u8 kind, const u8 *text, u32 len, char *out)
{
	u32 n = 0;

	if (kind == PATTERN_SUFFIX)
		out[n++] = '*';
	memcpy(out + n, text, len);
	n += len;
	if (kind == PATTERN_PREFIX)
		out[n++] = '*';
	out[n] = '\0';
	return n;
}

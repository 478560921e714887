// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_cookie.h"

static bool is_blank(u8 c)
{
	return c == ' ' || c == '\t';
}

/* The bytes from @begin to @end without the white space around them. */
static u32 trim(const u8 **begin, const u8 *end)
{
	while (*begin < end && is_blank(**begin))
		(*begin)++;
	while (*begin < end && is_blank(end[-1]))
		end--;
	return end - *begin;
}

bool http_cookie_next(const u8 *field, u32 len, u32 *pos, struct http_cookie *cookie)
{
	const u8 *end = field + len;

	while (*pos < len) {
		const u8 *pair = field + *pos, *equals = pair, *stop;

		while (equals < end && *equals != '=' && *equals != ';')
			equals++;
		for (stop = equals; stop < end && *stop != ';'; stop++)
			;
		*pos = min_t(u32, stop - field + 1, len);
		if (equals == stop)
			continue;
		cookie->name = pair;
		cookie->name_len = trim(&cookie->name, equals);
		if (!cookie->name_len)
			continue;
		cookie->value = equals + 1;
		cookie->value_len = trim(&cookie->value, stop);
		return true;
	}
	return false;
}

// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_field.h"

static bool is_tchar(u8 c)
{
	switch (c) {
	case '0' ... '9':
	case 'A' ... 'Z':
	case 'a' ... 'z':
	case '!': case '#': case '$': case '%': case '&': case '\'': case '*': case '+':
	case '-': case '.': case '^': case '_': case '`': case '|': case '~':
		return true;
	default:
		return false;
	}
}

bool http_is_token(const u8 *s, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (!is_tchar(s[i]))
			return false;
	return len > 0;
}

void http_lower(u8 *dst, const u8 *src, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		dst[i] = http_lower_byte(src[i]);
}

bool http_is(const u8 *s, u32 len, const char *word)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (!word[i] || http_lower_byte(s[i]) != (u8)word[i])
			return false;
	return !word[len];
}

bool http_same(const u8 *s, const u8 *lower_case, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (http_lower_byte(s[i]) != lower_case[i])
			return false;
	return true;
}

bool http_list_next(const u8 *list, u32 len, u32 *pos, u32 *off, u32 *member_len)
{
	u32 at = *pos, end;

	while (at < len && (list[at] == ',' || list[at] == ' ' || list[at] == '\t'))
		at++;
	if (at >= len) {
		*pos = len;
		return false;
	}
	*off = at;
	while (at < len && list[at] != ',')
		at++;
	*pos = at;
	for (end = at; list[end - 1] == ' ' || list[end - 1] == '\t'; end--)
		;
	*member_len = end - *off;
	return true;
}

bool http_list_has(const u8 *list, u32 len, const char *word)
{
	u32 pos = 0, off, member_len;

	while (http_list_next(list, len, &pos, &off, &member_len))
		if (http_is(list + off, member_len, word))
			return true;
	return false;
}

// SPDX-License-Identifier: GPL-2.0
#include "btcp/path_pattern.h"

static bool is_hex(u8 c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

/* Bytes that no operator means, though some of them could come out of a decoded path. */
static const char *check_bytes(const u8 *s, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++) {
		if (s[i] < 0x20 || s[i] == 0x7f)
			return "path pattern holds a control byte";
		if (s[i] == '?' || s[i] == '#')
			return "path pattern holds '?' or '#': query and fragment are not matched";
		if (s[i] == '%' && len - i > 2 && is_hex(s[i + 1]) && is_hex(s[i + 2]))
			return "path pattern holds a %XX: write the byte it stands for";
	}
	return NULL;
}

static const char *check_stars(const u8 *s, u32 len)
{
	u32 stars = 0, i;

	for (i = 0; i < len; i++)
		stars += s[i] == '*';
	if (!stars)
		return NULL;
	if (len == 1)
		return "path pattern is a lone '*': write '/*' for every path";
	if (stars > 1)
		return "path pattern holds more than one '*'";
	if (s[0] != '*' && s[len - 1] != '*')
		return "path pattern has a '*' in the middle: it may only be first or last";
	return NULL;
}

/* Only whole segments are judged: beside the star lies a part of one, which may be any. */
static const char *check_segments(const struct pattern *p)
{
	u32 begin = 0, end;

	while (begin < p->len && p->text[begin] != '/')
		begin++;
	while (begin < p->len) {
		const u8 *segment = p->text + ++begin;

		for (end = begin; end < p->len && p->text[end] != '/'; end++)
			;
		if (end == p->len && p->kind == PATTERN_PREFIX)
			break;
		if (end == begin && end < p->len)
			return "path pattern holds '//', which is merged before matching";
		if ((end - begin == 1 && segment[0] == '.') ||
		    (end - begin == 2 && segment[0] == '.' && segment[1] == '.'))
			return "path pattern holds a '.' or '..', which is removed before matching";
		begin = end;
	}
	return NULL;
}

const char *path_pattern_parse(struct pattern *p, const char *text, size_t len)
{
	const u8 *s = (const u8 *)text;
	const char *error;

	if (!len)
		return "path pattern is empty";
	if (len > PATTERN_MAX)
		return "path pattern is longer than 255 bytes";
	error = check_bytes(s, len);
	if (!error)
		error = check_stars(s, len);
	if (error)
		return error;
	if (s[0] != '/' && s[0] != '*')
		return "path pattern begins neither with '/' nor with '*'";

	p->kind = PATTERN_EXACT;
	if (s[0] == '*') {
		p->kind = PATTERN_SUFFIX;
		s++;
		len--;
	} else if (s[len - 1] == '*') {
		p->kind = PATTERN_PREFIX;
		len--;
	}
	p->len = len;
	memcpy(p->text, s, len);
	return check_segments(p);
}

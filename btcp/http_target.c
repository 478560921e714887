// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_target.h"

/* reg-name of RFC 3986 3.2.2; a bad %XX in it is left to the server, which never matches it. */
static bool is_host_char(u8 c)
{
	switch (c) {
	case '0' ... '9':
	case 'A' ... 'Z':
	case 'a' ... 'z':
	case '-': case '.': case '_': case '~': case '%':
	case '!': case '$': case '&': case '\'': case '(': case ')':
	case '*': case '+': case ',': case ';': case '=':
		return true;
	default:
		return false;
	}
}

static bool is_literal_char(u8 c)
{
	switch (c) {
	case '0' ... '9':
	case 'A' ... 'F':
	case 'a' ... 'f':
	case ':': case '.':
		return true;
	default:
		return false;
	}
}

static bool is_port(const u8 *s, u32 len)
{
	u32 port = 0, i;

	for (i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		port = port * 10 + s[i] - '0';
		if (port > 65535)
			return false;
	}
	return true;
}

bool http_authority_parse(const u8 *s, u32 len, u32 *host_len, bool *has_port)
{
	u32 end = 0;

	if (len && s[0] == '[') {
		for (end = 1; end < len && is_literal_char(s[end]); end++)
			;
		if (end < 3 || end >= len || s[end] != ']')
			return false;
		end++;
		*host_len = end;
	} else {
		/* An empty label would let one name be written in two ways. */
		for (; end < len && is_host_char(s[end]); end++)
			if (s[end] == '.' && (!end || s[end - 1] == '.'))
				return false;
		if (!end)
			return false;
		*host_len = s[end - 1] == '.' ? end - 1 : end;
	}

	*has_port = end + 1 < len;
	return end == len || (s[end] == ':' && is_port(s + end + 1, len - end - 1));
}

static bool span_is(const u8 *buf, struct http_span span, const char *s)
{
	return span.len == strlen(s) && !memcmp(buf + span.off, s, span.len);
}

/* Up to the query, the fragment or the end, whichever is first. */
static u32 path_end(const u8 *buf, u32 off, u32 end)
{
	while (off < end && buf[off] != '?' && buf[off] != '#')
		off++;
	return off;
}

static bool absolute_form(const u8 *buf, struct http_span target,
			  struct http_span *path, struct http_span *host)
{
	u32 end = target.off + target.len, at, slashes, authority, host_len;
	bool has_port;

	for (at = target.off; at < end; at++) {
		u8 c = buf[at] | 0x20;

		if (c >= 'a' && c <= 'z')
			continue;
		if (at > target.off && ((buf[at] >= '0' && buf[at] <= '9') ||
					buf[at] == '+' || buf[at] == '-' || buf[at] == '.'))
			continue;
		break;
	}
	if (at == target.off || end - at < 3 || memcmp(buf + at, "://", 3))
		return false;
	slashes = at + 1;
	authority = at + 3;
	for (at = authority; at < end; at++)
		if (buf[at] == '/' || buf[at] == '?' || buf[at] == '#')
			break;
	if (!http_authority_parse(buf + authority, at - authority, &host_len, &has_port))
		return false;
	host->off = authority;
	host->len = host_len;

	if (at < end && buf[at] == '/') {
		path->off = at;
		path->len = path_end(buf, at, end) - at;
	} else {
		/* An empty path means "/" (RFC 9110 4.2.3): borrow a slash from the scheme's. */
		path->off = slashes;
		path->len = 1;
	}
	return true;
}

bool http_target_parse(const u8 *buf, struct http_span method, struct http_span target,
		       struct http_span *path, struct http_span *host)
{
	const u8 *s = buf + target.off;
	u32 host_len;
	bool has_port;

	memset(path, 0, sizeof(*path));
	memset(host, 0, sizeof(*host));

	if (span_is(buf, method, "CONNECT")) {
		if (!http_authority_parse(s, target.len, &host_len, &has_port) || !has_port)
			return false;
		host->off = target.off;
		host->len = host_len;
		return true;
	}
	if (span_is(buf, target, "*"))
		return span_is(buf, method, "OPTIONS");
	if (target.len && s[0] == '/') {
		path->off = target.off;
		path->len = path_end(buf, target.off, target.off + target.len) - target.off;
		return true;
	}
	return absolute_form(buf, target, path, host);
}

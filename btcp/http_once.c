// SPDX-License-Identifier: GPL-2.0
/*
 * Three ways, the gentlest that works. keep-alive to close costs nothing. HTTP/1.0 costs the
 * client what 1.1 gave it: chunked responses, and "100 Continue": a server ignores Expect from
 * 1.0, so the client sends its body only when its patience ends (curl: after a second), and nginx
 * answers 400 to a chunked body under 1.0. So requests with Expect or Transfer-Encoding stay 1.1
 * if "Connection:close" can be squeezed in: the white space around values means nothing, and some
 * lines mean nothing either. What curl sends by itself has just enough of both.
 */
#include "btcp/http_field.h"
#include "btcp/http_once.h"

static const char close_line[] = "Connection:close\r\n";

/* One keep-alive left would be enough for a server that lets the last word win. */
static bool close_connection(u8 *buf, const struct http_head *h, bool *closes)
{
	static const char close[] = "close     ";	/* as long as keep-alive */
	u32 pos = 0, list_pos, off, len;
	struct http_line line;
	bool edited = false;

	*closes = false;
	while (http_head_next_line(h, buf, &pos, &line)) {
		if (!http_is(line.name, line.name_len, "connection"))
			continue;
		list_pos = 0;
		while (http_list_next(line.value, line.value_len, &list_pos, &off, &len)) {
			if (http_is(line.value + off, len, "close"))
				*closes = true;
			if (!http_is(line.value + off, len, "keep-alive"))
				continue;
			memcpy(buf + (line.value - buf) + off, close, len);
			edited = true;
		}
	}
	return edited;
}

/*
 * Lines whose absence says the same: anything is acceptable by default (RFC 9110 12.5.1), and the
 * other two concern a connection that will not be kept. Expect goes only where nothing else helps.
 */
static bool is_void(const struct http_line *line, bool drop_expect)
{
	const u8 *name = line->name;
	u32 len = line->name_len;

	return (http_is(name, len, "accept") && http_is(line->value, line->value_len, "*/*")) ||
	       http_is(name, len, "keep-alive") ||
	       http_is(name, len, "proxy-connection") ||
	       (drop_expect && http_is(name, len, "expect"));
}

static u32 squeezed_len(const u8 *buf, const struct http_head *h, bool drop_expect)
{
	struct http_line line;
	u32 pos = 0, len = 0;

	while (http_head_next_line(h, buf, &pos, &line))
		if (!is_void(&line, drop_expect))
			len += line.name_len + 1 + line.value_len + 2;
	return len;
}

static bool squeeze(u8 *buf, const struct http_head *h, bool drop_expect)
{
	const u32 end = h->head_len - 2, close_len = sizeof(close_line) - 1;
	u32 pos = 0, at = h->fields;
	struct http_line line;

	if (h->lines == HTTP_HEAD_MAX_LINES ||
	    squeezed_len(buf, h, drop_expect) + close_len > end - at)
		return false;

	/* What is written never passes what was read: pos is already at the line after. */
	while (http_head_next_line(h, buf, &pos, &line)) {
		if (is_void(&line, drop_expect))
			continue;
		memmove(buf + at, line.name, line.name_len + 1);
		at += line.name_len + 1;
		memmove(buf + at, line.value, line.value_len);
		at += line.value_len;
		buf[at++] = '\r';
		buf[at++] = '\n';
	}
	memcpy(buf + at, close_line, close_len - 2);
	at += close_len - 2;
	memset(buf + at, ' ', end - 2 - at);
	buf[end - 2] = '\r';
	buf[end - 1] = '\n';
	return true;
}

enum http_once_result http_once_edit(u8 *buf, const struct http_head *h)
{
	bool chunked = h->flags & HTTP_HEAD_HAS_ENCODING;
	bool closes;

	/* Neither is followed by another request, unless the server declines: then by its leave. */
	if ((h->flags & HTTP_HEAD_HAS_UPGRADE) || http_head_method_is(h, buf, "CONNECT"))
		return HTTP_ONCE_UNTOUCHED;
	if (close_connection(buf, h, &closes))
		return HTTP_ONCE_CONNECTION;
	if (closes || !h->minor)
		return HTTP_ONCE_NOTHING;

	if ((chunked || (h->flags & HTTP_HEAD_HAS_EXPECT)) && squeeze(buf, h, false))
		return HTTP_ONCE_SQUEEZED;
	if (chunked)
		return squeeze(buf, h, true) ? HTTP_ONCE_SQUEEZED : HTTP_ONCE_UNTOUCHED;
	buf[h->target.off + h->target.len + strlen(" HTTP/1.")] = '0';
	return HTTP_ONCE_VERSION;
}

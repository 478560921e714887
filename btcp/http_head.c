// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_field.h"
#include "btcp/http_head.h"

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

void http_head_init(struct http_head *h)
{
	memset(h, 0, sizeof(*h));
}

static struct http_span span(u32 begin, u32 end)
{
	return (struct http_span){ .off = begin, .len = end - begin };
}

/* Strict on white space: where parsers disagree, one request can be made to look like two. */
static enum http_head_reason request_line(struct http_head *h, const u8 *buf, u32 at, u32 end)
{
	static const char version[] = "HTTP/";
	const u32 name_len = sizeof(version) - 1;
	u32 begin = at;

	while (at < end && buf[at] != ' ')
		at++;
	if (at == end || !http_is_token(buf + begin, at - begin))
		return HTTP_REASON_REQUEST_LINE;
	h->method = span(begin, at);

	begin = ++at;
	while (at < end && buf[at] > ' ' && buf[at] != 0x7f)
		at++;
	if (at == begin)
		return HTTP_REASON_REQUEST_LINE;
	h->target = span(begin, at);
	if (at == end)
		return HTTP_REASON_VERSION;	/* HTTP/0.9 */

	if (buf[at] != ' ' || end - ++at < name_len || memcmp(buf + at, version, name_len))
		return HTTP_REASON_REQUEST_LINE;
	at += name_len;
	if (end - at != 3 || buf[at] != '1' || buf[at + 1] != '.' ||
	    buf[at + 2] < '0' || buf[at + 2] > '9')
		return HTTP_REASON_VERSION;
	h->minor = buf[at + 2] - '0';

	if (!http_target_parse(buf, h->method, h->target, &h->path, &h->host))
		return HTTP_REASON_TARGET;
	return HTTP_REASON_NONE;
}

static enum http_head_reason host_line(struct http_head *h, const u8 *buf, struct http_span value)
{
	u32 host_len;
	bool has_port;

	if (h->flags & HTTP_HEAD_HAS_HOST)
		return HTTP_REASON_TWO_HOSTS;
	h->flags |= HTTP_HEAD_HAS_HOST;
	if (!http_authority_parse(buf + value.off, value.len, &host_len, &has_port))
		return HTTP_REASON_BAD_HOST;
	/* The target's authority wins (RFC 9112 3.2.2). */
	if (!h->host.len)
		h->host = span(value.off, value.off + host_len);
	return HTTP_REASON_NONE;
}

static void keep(struct http_head *h, u16 has, struct http_span *kept, struct http_span value)
{
	if (h->flags & has) {
		h->flags |= HTTP_HEAD_MANY(has);
		return;
	}
	h->flags |= has;
	*kept = value;
}

/* A line is cut the same way while reading and while walking: @end is where its CR is. */
static struct http_span trimmed(const u8 *buf, u32 begin, u32 end)
{
	while (begin < end && (buf[begin] == ' ' || buf[begin] == '\t'))
		begin++;
	while (begin < end && (buf[end - 1] == ' ' || buf[end - 1] == '\t'))
		end--;
	return span(begin, end);
}

static enum http_head_reason header_line(struct http_head *h, const u8 *buf, u32 begin, u32 end)
{
	const u8 *name = buf + begin;
	struct http_span value;
	u32 colon, len;

	if (buf[begin] == ' ' || buf[begin] == '\t')
		return HTTP_REASON_OBS_FOLD;
	if (h->lines == HTTP_HEAD_MAX_LINES)
		return HTTP_REASON_TOO_MANY_LINES;
	h->lines++;

	for (colon = begin; colon < end && buf[colon] != ':'; colon++)
		;
	len = colon - begin;
	if (colon == end || !http_is_token(name, len))
		return HTTP_REASON_FIELD_NAME;
	value = trimmed(buf, colon + 1, end);

	if (http_is(name, len, "host"))
		return host_line(h, buf, value);
	if (http_is(name, len, "connection"))
		keep(h, HTTP_HEAD_HAS_CONNECTION, &h->connection, value);
	else if (http_is(name, len, "upgrade"))
		keep(h, HTTP_HEAD_HAS_UPGRADE, &h->upgrade, value);
	else if (http_is(name, len, "content-length"))
		keep(h, HTTP_HEAD_HAS_LENGTH, &h->length, value);
	else if (http_is(name, len, "transfer-encoding"))
		keep(h, HTTP_HEAD_HAS_ENCODING, &h->encoding, value);
	else if (http_is(name, len, "expect"))
		keep(h, HTTP_HEAD_HAS_EXPECT, &h->expect, value);
	return HTTP_REASON_NONE;
}

static enum http_head_result refuse(struct http_head *h, enum http_head_reason reason)
{
	h->reason = reason;
	h->result = HTTP_HEAD_REFUSED;
	return HTTP_HEAD_REFUSED;
}

/* The line from h->line to the CR at @end; h->pos is already behind its LF. */
static enum http_head_result take_line(struct http_head *h, const u8 *buf, u32 end)
{
	enum http_head_reason reason = HTTP_REASON_NONE;
	u32 begin = h->line;

	h->line = h->pos;
	if (begin < end && h->fields) {
		reason = header_line(h, buf, begin, end);
	} else if (begin < end) {
		reason = request_line(h, buf, begin, end);
		h->fields = h->pos;
	} else if (h->fields) {
		if (h->minor && !(h->flags & HTTP_HEAD_HAS_HOST))
			return refuse(h, HTTP_REASON_NO_HOST);
		h->head_len = h->pos;
		h->result = HTTP_HEAD_DONE;
	} else if (++h->empty > HTTP_HEAD_MAX_EMPTY) {
		/* RFC 9112 2.2: some clients end a POST's body with a CRLF that nobody counted. */
		reason = HTTP_REASON_EMPTY_LINES;
	}
	return reason ? refuse(h, reason) : h->result;
}

/* Whether the decision must wait, or is made: no HTTP/1 request begins with all of it. */
static bool maybe_preface(struct http_head *h, const u8 *buf, u32 len)
{
	if (memcmp(buf, preface, min_t(u32, len, HTTP_PREFACE_LEN)))
		return false;
	if (len >= HTTP_PREFACE_LEN) {
		h->head_len = HTTP_PREFACE_LEN;
		h->result = HTTP_HEAD_PREFACE;
	}
	return true;
}

enum http_head_result http_head_parse(struct http_head *h, const u8 *buf, u32 len)
{
	/* What lies beyond may not decide anything, or the result would depend on the pieces. */
	u32 limit = min_t(u32, len, HTTP_HEAD_MAX_LEN);

	if (h->result != HTTP_HEAD_MORE || !len)
		return h->result;
	if (!h->pos && maybe_preface(h, buf, len))
		return h->result;

	while (h->pos < limit) {
		u32 at = h->pos;

		if (buf[at] > '\r') {
			h->pos++;
			continue;
		}
		switch (buf[at]) {
		case '\0':
			return refuse(h, HTTP_REASON_NUL);
		case '\n':
			return refuse(h, HTTP_REASON_BARE_LF);
		case '\r':
			if (at + 1 == limit)
				goto out;
			if (buf[at + 1] != '\n')
				return refuse(h, HTTP_REASON_BARE_CR);
			h->pos += 2;
			if (take_line(h, buf, at) != HTTP_HEAD_MORE)
				return h->result;
			break;
		default:
			h->pos++;
		}
	}
out:
	if (limit == HTTP_HEAD_MAX_LEN)
		return refuse(h, HTTP_REASON_TOO_LONG);
	return HTTP_HEAD_MORE;
}

u16 http_head_status(enum http_head_reason reason)
{
	switch (reason) {
	case HTTP_REASON_NONE:
		return 0;
	case HTTP_REASON_TOO_LONG:
	case HTTP_REASON_TOO_MANY_LINES:
		return 431;
	default:
		return 400;
	}
}

const char *http_head_reason_name(enum http_head_reason reason)
{
	static const char * const names[HTTP_REASON_COUNT] = {
		[HTTP_REASON_NONE]		= "none",
		[HTTP_REASON_NUL]		= "nul",
		[HTTP_REASON_BARE_CR]		= "bare_cr",
		[HTTP_REASON_BARE_LF]		= "bare_lf",
		[HTTP_REASON_EMPTY_LINES]	= "empty_lines",
		[HTTP_REASON_REQUEST_LINE]	= "request_line",
		[HTTP_REASON_VERSION]		= "version",
		[HTTP_REASON_TARGET]		= "target",
		[HTTP_REASON_OBS_FOLD]		= "obs_fold",
		[HTTP_REASON_FIELD_NAME]	= "field_name",
		[HTTP_REASON_NO_HOST]		= "no_host",
		[HTTP_REASON_TWO_HOSTS]		= "two_hosts",
		[HTTP_REASON_BAD_HOST]		= "bad_host",
		[HTTP_REASON_TOO_LONG]		= "too_long",
		[HTTP_REASON_TOO_MANY_LINES]	= "too_many_lines",
	};

	return (u32)reason < HTTP_REASON_COUNT ? names[reason] : "unknown";
}

bool http_head_next_line(const struct http_head *h, const u8 *buf, u32 *pos,
			 struct http_line *line)
{
	u32 begin = *pos ? *pos : h->fields, colon, end;
	struct http_span value;

	/* It was accepted: each line has its colon, each CR its LF, and an empty line is last. */
	if (begin + 2 >= h->head_len)
		return false;
	for (colon = begin; buf[colon] != ':'; colon++)
		;
	for (end = colon; buf[end] != '\r'; end++)
		;
	*pos = end + 2;
	value = trimmed(buf, colon + 1, end);
	line->name = buf + begin;
	line->name_len = colon - begin;
	line->value = buf + value.off;
	line->value_len = value.len;
	return true;
}

bool http_head_method_is(const struct http_head *h, const u8 *buf, const char *method)
{
	return h->method.len == strlen(method) &&
	       !memcmp(buf + h->method.off, method, h->method.len);
}

// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_head.h"
#include "unit.h"

#define HOST	"Host: a.example\r\n"

/* Exactly as long as the text, so that the sanitizer sees one byte too many. */
static u8 *exact(const char *text, size_t len)
{
	u8 *buf = malloc(len + !len);

	memcpy(buf, text, len);
	return buf;
}

static enum http_head_result parse(struct http_head *h, const u8 *buf, u32 len)
{
	http_head_init(h);
	return http_head_parse(h, buf, len);
}

static bool span_is(const u8 *buf, struct http_span span, const char *s)
{
	return span.len == strlen(s) && !memcmp(buf + span.off, s, span.len);
}

static void http_head__is_small(void **state)
{
	(void)state;
	assert_true(sizeof(struct http_head) <= 96);
}

static void http_head_parse__finds_all_parts(void **state)
{
	static const char text[] =
		"POST /a%20b/c?d=e HTTP/1.1\r\n"
		"host:\t WWW.Example.com.:8080 \t\r\n"
		"Connection: keep-alive, TE\r\n"
		"connection: Upgrade\r\n"
		"Upgrade: websocket\r\n"
		"Content-Length: 12\r\n"
		"Transfer-Encoding: chunked\r\n"
		"Expect:  100-continue\r\n"
		"X-Empty:\r\n"
		"\r\n"
		"the body\n\r\n";
	struct http_head h;
	const u8 *buf = (const u8 *)text;

	(void)state;
	assert_int_equal(parse(&h, buf, sizeof(text) - 1), HTTP_HEAD_DONE);
	assert_int_equal(h.head_len, strstr(text, "\r\n\r\n") + 4 - text);
	assert_int_equal(h.minor, 1);
	assert_int_equal(h.lines, 8);
	assert_true(span_is(buf, h.method, "POST"));
	assert_true(http_head_method_is(&h, buf, "POST"));
	assert_false(http_head_method_is(&h, buf, "post"));
	assert_true(span_is(buf, h.target, "/a%20b/c?d=e"));
	assert_true(span_is(buf, h.path, "/a%20b/c"));
	assert_true(span_is(buf, h.host, "WWW.Example.com"));
	assert_true(span_is(buf, h.connection, "keep-alive, TE"));
	assert_true(span_is(buf, h.upgrade, "websocket"));
	assert_true(span_is(buf, h.length, "12"));
	assert_true(span_is(buf, h.encoding, "chunked"));
	assert_true(span_is(buf, h.expect, "100-continue"));
	assert_int_equal(h.flags, HTTP_HEAD_HAS_HOST | HTTP_HEAD_HAS_CONNECTION |
			 HTTP_HEAD_MANY(HTTP_HEAD_HAS_CONNECTION) | HTTP_HEAD_HAS_UPGRADE |
			 HTTP_HEAD_HAS_LENGTH | HTTP_HEAD_HAS_ENCODING | HTTP_HEAD_HAS_EXPECT);
	/* Final: what comes later changes nothing. */
	assert_int_equal(http_head_parse(&h, buf, sizeof(text) - 1), HTTP_HEAD_DONE);
}

static void http_head_parse__judges(void **state)
{
	static const struct {
		const char *text;
		enum http_head_result result;
		enum http_head_reason reason;
	} rows[] = {
		{ "", HTTP_HEAD_MORE, 0 },
		{ "GET / HTTP/1.1\r\n" HOST "\r\n", HTTP_HEAD_DONE, 0 },
		{ "GET / HTTP/1.1\r\n" HOST "\r", HTTP_HEAD_MORE, 0 },
		{ "GET / HTTP/1.0\r\n\r\n", HTTP_HEAD_DONE, 0 },
		{ "GET / HTTP/1.9\r\n" HOST "\r\n", HTTP_HEAD_DONE, 0 },
		{ "\r\n\r\nGET / HTTP/1.0\r\n\r\n", HTTP_HEAD_DONE, 0 },
		{ "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.0\r\n\r\n", HTTP_HEAD_REFUSED,
		  HTTP_REASON_EMPTY_LINES },
		{ "GET http://b.example/ HTTP/1.1\r\n" HOST "\r\n", HTTP_HEAD_DONE, 0 },
		{ "GET http://b.example/ HTTP/1.1\r\n\r\n", HTTP_HEAD_REFUSED,
		  HTTP_REASON_NO_HOST },
		{ "GET / HTTP/1.1\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_NO_HOST },
		{ "GET / HTTP/1.1\r\n" HOST HOST "\r\n", HTTP_HEAD_REFUSED,
		  HTTP_REASON_TWO_HOSTS },
		{ "GET / HTTP/1.0\r\n" HOST "hOsT: b\r\n\r\n", HTTP_HEAD_REFUSED,
		  HTTP_REASON_TWO_HOSTS },
		{ "GET / HTTP/1.1\r\nHost:\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_BAD_HOST },
		{ "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_BAD_HOST },
		{ "GET / HTTP/1.0\nHost: a\n\n", HTTP_HEAD_REFUSED, HTTP_REASON_BARE_LF },
		{ "\nGET / HTTP/1.0\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_BARE_LF },
		{ "GET / HTTP/1.0\r\nA: b\nC: d\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_BARE_LF },
		{ "GET / HTTP/1.0\r\nA: b\rC: d\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_BARE_CR },
		{ "GET / HTTP/1.0\r\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_BARE_CR },
		{ "GET / HTTP/1.0\r\nA: b\r\n c\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_OBS_FOLD },
		{ "GET / HTTP/1.0\r\n\tA: b\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_OBS_FOLD },
		{ "GET / HTTP/1.0\r\nA : b\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_FIELD_NAME },
		{ "GET / HTTP/1.0\r\nA\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_FIELD_NAME },
		{ "GET / HTTP/1.0\r\n: b\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_FIELD_NAME },
		{ "GET / HTTP/1.0\r\nA(: b\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_FIELD_NAME },
		{ "GET /\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_VERSION },
		{ "GET / HTTP/2.0\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_VERSION },
		{ "GET / HTTP/1.10\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_VERSION },
		{ "GET / HTTP/1.\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_VERSION },
		{ "GET / HTTP/1.1 \r\n", HTTP_HEAD_REFUSED, HTTP_REASON_VERSION },
		{ "GET / http/1.1\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_REQUEST_LINE },
		{ "GET  / HTTP/1.1\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_REQUEST_LINE },
		{ "GET /  HTTP/1.1\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_REQUEST_LINE },
		{ "GET /a b HTTP/1.1\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_REQUEST_LINE },
		{ "GET /a\tb HTTP/1.1\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_REQUEST_LINE },
		{ "GET /\x7f HTTP/1.1\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_REQUEST_LINE },
		{ "GET\t/ HTTP/1.1\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_REQUEST_LINE },
		{ " GET / HTTP/1.1\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_REQUEST_LINE },
		{ "G(T / HTTP/1.1\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_REQUEST_LINE },
		{ "GET\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_REQUEST_LINE },
		{ "GET * HTTP/1.1\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_TARGET },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP_HEAD_PREFACE, 0 },
		{ "PRI * HTTP/2.0\r\n\r\nSM\r\n", HTTP_HEAD_MORE, 0 },
		{ "PRI * HTTP/2.0\r\n\r\nGET", HTTP_HEAD_REFUSED, HTTP_REASON_VERSION },
		{ "\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", HTTP_HEAD_REFUSED, HTTP_REASON_VERSION },
		{ "PRINT / HTTP/1.0\r\n\r\n", HTTP_HEAD_DONE, 0 },
	};
	struct http_head h;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 len = strlen(rows[i].text), n;
		u8 *buf = exact(rows[i].text, len);

		assert_row(rows[i].text, parse(&h, buf, len) == rows[i].result);
		assert_row(rows[i].text, h.reason == rows[i].reason);

		/* Byte by byte the verdict is the same, and nothing beyond is read. */
		http_head_init(&h);
		for (n = 0; n <= len && h.result == HTTP_HEAD_MORE; n++) {
			u8 *part = exact(rows[i].text, n);

			http_head_parse(&h, part, n);
			free(part);
		}
		assert_row(rows[i].text, h.result == rows[i].result);
		assert_row(rows[i].text, h.reason == rows[i].reason);
		free(buf);
	}
}

static void http_head_parse__nul_anywhere(void **state)
{
	static const char text[] = "GET / HTTP/1.1\r\n" HOST "A: b\r\n\r\n";
	const u32 len = sizeof(text) - 1;
	struct http_head h;
	u32 at;

	(void)state;
	for (at = 0; at < len; at++) {
		u8 *buf = exact(text, len);

		/* Behind a CR the CR is judged first. */
		buf[at] = 0;
		assert_int_equal(parse(&h, buf, len), HTTP_HEAD_REFUSED);
		assert_int_equal(h.reason, at && buf[at - 1] == '\r' ? HTTP_REASON_BARE_CR :
								       HTTP_REASON_NUL);
		assert_int_equal(http_head_status(h.reason), 400);
		free(buf);
	}
}

static void http_head_parse__host_of_target_wins(void **state)
{
	static const struct {
		const char *text;
		const char *host;
		const char *path;
	} rows[] = {
		{ "GET http://b.example:81/x?y HTTP/1.1\r\n" HOST "\r\n", "b.example", "/x" },
		{ "GET http://b.example HTTP/1.1\r\n" HOST "\r\n", "b.example", "/" },
		{ "CONNECT c.example:443 HTTP/1.1\r\n" HOST "\r\n", "c.example", "" },
		{ "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", "a.example", "" },
		{ "GET /x HTTP/1.0\r\n\r\n", "", "/x" },
	};
	struct http_head h;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const u8 *buf = (const u8 *)rows[i].text;

		assert_row(rows[i].text, parse(&h, buf, strlen(rows[i].text)) == HTTP_HEAD_DONE);
		assert_row(rows[i].text, span_is(buf, h.host, rows[i].host));
		assert_row(rows[i].text, span_is(buf, h.path, rows[i].path));
	}
}

static void http_head_parse__limit_of_lines(void **state)
{
	static const char first[] = "GET / HTTP/1.0\r\n", line[] = "A: b\r\n";
	u8 buf[2048];
	struct http_head h;
	u32 lines, n, i;

	(void)state;
	for (lines = HTTP_HEAD_MAX_LINES; lines <= HTTP_HEAD_MAX_LINES + 1; lines++) {
		n = sizeof(first) - 1;
		memcpy(buf, first, n);
		for (i = 0; i < lines; i++, n += sizeof(line) - 1)
			memcpy(buf + n, line, sizeof(line) - 1);
		memcpy(buf + n, "\r\n", 2);
		parse(&h, buf, n + 2);
		if (lines == HTTP_HEAD_MAX_LINES) {
			assert_int_equal(h.result, HTTP_HEAD_DONE);
			assert_int_equal(h.lines, HTTP_HEAD_MAX_LINES);
		} else {
			assert_int_equal(h.reason, HTTP_REASON_TOO_MANY_LINES);
			assert_int_equal(http_head_status(h.reason), 431);
		}
	}
}

/* A head of exactly @len bytes, a body behind it. */
static u8 *long_head(u32 len, u32 *total)
{
	static const char first[] = "GET / HTTP/1.0\r\nA: ";
	u8 *buf;

	*total = len + 100;
	buf = malloc(*total);
	memset(buf, 'x', *total);
	memcpy(buf, first, sizeof(first) - 1);
	memcpy(buf + len - 4, "\r\n\r\n", 4);
	return buf;
}

static void http_head_parse__limit_of_bytes(void **state)
{
	static const struct {
		u32 len;
		bool fits;
	} rows[] = {
		{ HTTP_HEAD_MAX_LEN - 1, true }, { HTTP_HEAD_MAX_LEN, true },
		{ HTTP_HEAD_MAX_LEN + 1, false }, { HTTP_HEAD_MAX_LEN + 2, false },
		{ HTTP_HEAD_MAX_LEN + 3, false }, { HTTP_HEAD_MAX_LEN + 50, false },
	};
	struct http_head h;
	u32 total, n;
	size_t i;
	u8 *buf;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		buf = long_head(rows[i].len, &total);
		parse(&h, buf, total);
		assert_int_equal(h.result, rows[i].fits ? HTTP_HEAD_DONE : HTTP_HEAD_REFUSED);
		assert_int_equal(h.head_len, rows[i].fits ? rows[i].len : 0);
		if (!rows[i].fits)
			assert_int_equal(http_head_status(h.reason), 431);

		http_head_init(&h);
		for (n = 1; http_head_parse(&h, buf, n) == HTTP_HEAD_MORE; n++)
			assert_true(n < total);
		assert_int_equal(n, rows[i].fits ? rows[i].len : HTTP_HEAD_MAX_LEN);
		free(buf);
	}
}

static void http_head_parse__request_line_alone_fills_it(void **state)
{
	u32 len = HTTP_HEAD_MAX_LEN + 10;
	u8 *buf = malloc(len);
	struct http_head h;

	(void)state;
	memset(buf, 'x', len);
	memcpy(buf, "GET /", 5);
	memcpy(buf + HTTP_HEAD_MAX_LEN - 11, " HTTP/1.0\r\n\r\n", 13);
	parse(&h, buf, len);
	assert_int_equal(h.reason, HTTP_REASON_TOO_LONG);
	free(buf);
}

static void http_head_next_line__walks_all(void **state)
{
	static const char text[] =
		"GET / HTTP/1.0\r\nA:b\r\nCookie: \t x=1; y=2 \r\nE:\r\n\r\nbody";
	const u8 *buf = (const u8 *)text;
	struct http_line line;
	struct http_head h;
	u32 pos = 0;

	(void)state;
	assert_int_equal(parse(&h, buf, sizeof(text) - 1), HTTP_HEAD_DONE);
	assert_true(http_head_next_line(&h, buf, &pos, &line));
	assert_int_equal(line.name_len, 1);
	assert_memory_equal(line.name, "A", 1);
	assert_int_equal(line.value_len, 1);
	assert_memory_equal(line.value, "b", 1);
	assert_true(http_head_next_line(&h, buf, &pos, &line));
	assert_int_equal(line.name_len, 6);
	assert_int_equal(line.value_len, 8);
	assert_memory_equal(line.value, "x=1; y=2", 8);
	assert_true(http_head_next_line(&h, buf, &pos, &line));
	assert_memory_equal(line.name, "E", 1);
	assert_int_equal(line.value_len, 0);
	assert_false(http_head_next_line(&h, buf, &pos, &line));
	assert_false(http_head_next_line(&h, buf, &pos, &line));
}

static void http_head_next_line__none(void **state)
{
	static const char text[] = "GET / HTTP/1.0\r\n\r\nA: b\r\n";
	struct http_line line;
	struct http_head h;
	u32 pos = 0;

	(void)state;
	assert_int_equal(parse(&h, (const u8 *)text, sizeof(text) - 1), HTTP_HEAD_DONE);
	assert_false(http_head_next_line(&h, (const u8 *)text, &pos, &line));
}

static void http_head_reason_name__names_every_reason(void **state)
{
	u32 i, j;

	(void)state;
	for (i = 0; i < HTTP_REASON_COUNT; i++)
		for (j = 0; j < i; j++)
			assert_string_not_equal(http_head_reason_name(i), http_head_reason_name(j));
	assert_string_equal(http_head_reason_name(HTTP_REASON_COUNT), "unknown");
	assert_int_equal(http_head_status(HTTP_REASON_NONE), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_head__is_small),
		cmocka_unit_test(http_head_parse__finds_all_parts),
		cmocka_unit_test(http_head_parse__judges),
		cmocka_unit_test(http_head_parse__nul_anywhere),
		cmocka_unit_test(http_head_parse__host_of_target_wins),
		cmocka_unit_test(http_head_parse__limit_of_lines),
		cmocka_unit_test(http_head_parse__limit_of_bytes),
		cmocka_unit_test(http_head_parse__request_line_alone_fills_it),
		cmocka_unit_test(http_head_next_line__walks_all),
		cmocka_unit_test(http_head_next_line__none),
		cmocka_unit_test(http_head_reason_name__names_every_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

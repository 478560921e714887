// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_once.h"
#include "unit.h"

#define GET	"GET / HTTP/1.1\r\nHost: a\r\n"

static void http_once_edit__table(void **state)
{
	static const struct {
		const char *before;
		const char *after;	/* NULL: as before */
		enum http_once_result result;
	} rows[] = {
		/* keep-alive */
		{ GET "Connection: keep-alive\r\n\r\n",
		  GET "Connection: close     \r\n\r\n", HTTP_ONCE_CONNECTION },
		{ GET "connection:Keep-Alive, TE\r\n\r\n",
		  GET "connection:close     , TE\r\n\r\n", HTTP_ONCE_CONNECTION },
		{ GET "Connection: TE ,keep-alive\r\nTE: a\r\nConnection: keep-alive\r\n\r\n",
		  GET "Connection: TE ,close     \r\nTE: a\r\nConnection: close     \r\n\r\n",
		  HTTP_ONCE_CONNECTION },
		{ GET "Connection: close\r\nConnection: keep-alive\r\n\r\n",
		  GET "Connection: close\r\nConnection: close     \r\n\r\n", HTTP_ONCE_CONNECTION },
		{ "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
		  "GET / HTTP/1.0\r\nConnection: close     \r\n\r\n", HTTP_ONCE_CONNECTION },

		/* nothing to do */
		{ GET "Connection: close\r\n\r\n", NULL, HTTP_ONCE_NOTHING },
		{ GET "Connection: TE, Close\r\n\r\n", NULL, HTTP_ONCE_NOTHING },
		{ "GET / HTTP/1.0\r\n\r\n", NULL, HTTP_ONCE_NOTHING },
		{ "GET / HTTP/1.0\r\nConnection: TE\r\n\r\n", NULL, HTTP_ONCE_NOTHING },

		/* the version */
		{ GET "\r\n", "GET / HTTP/1.0\r\nHost: a\r\n\r\n", HTTP_ONCE_VERSION },
		{ GET "\r\nGET / HTTP/1.1\r\n",
		  "GET / HTTP/1.0\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n", HTTP_ONCE_VERSION },
		{ "\r\nGET /HTTP/1.1 HTTP/1.1\r\nHost: a\r\nConnection: TE\r\n\r\n",
		  "\r\nGET /HTTP/1.1 HTTP/1.0\r\nHost: a\r\nConnection: TE\r\n\r\n",
		  HTTP_ONCE_VERSION },
		{ GET "X-Connection: keep-alive\r\nConnection: keep-alives\r\n\r\n",
		  "GET / HTTP/1.0\r\nHost: a\r\n"
		  "X-Connection: keep-alive\r\nConnection: keep-alives\r\n\r\n",
		  HTTP_ONCE_VERSION },

		/* tunnels */
		{ GET "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n", NULL,
		  HTTP_ONCE_UNTOUCHED },
		{ GET "Upgrade:\r\n\r\n", NULL, HTTP_ONCE_UNTOUCHED },
		{ "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", NULL, HTTP_ONCE_UNTOUCHED },

		/* what curl sends with a body: room enough, to the byte */
		{ "POST / HTTP/1.1\r\nHost: a\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
		  "Content-Length: 9\r\nContent-Type: text/plain\r\nExpect: 100-continue\r\n\r\n",
		  "POST / HTTP/1.1\r\nHost:a\r\nUser-Agent:curl/7.88.1\r\nContent-Length:9\r\n"
		  "Content-Type:text/plain\r\nExpect:100-continue\r\nConnection:close\r\n\r\n",
		  HTTP_ONCE_SQUEEZED },
		{ "POST / HTTP/1.1\r\nHost: a\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
		  "Content-Length: 9\r\nExpect: 100-continue\r\n\r\n",
		  "POST / HTTP/1.0\r\nHost: a\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n"
		  "Content-Length: 9\r\nExpect: 100-continue\r\n\r\n",
		  HTTP_ONCE_VERSION },
		{ "POST / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n"
		  "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\nbody",
		  "POST / HTTP/1.1\r\nHost:a\r\nTransfer-Encoding:chunked\r\n"
		  "Connection:close                   \r\n\r\nbody",
		  HTTP_ONCE_SQUEEZED },
		{ "POST / HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nTransfer-Encoding: chunked\r\n\r\n",
		  NULL, HTTP_ONCE_UNTOUCHED },
		{ "POST / HTTP/1.1\r\nHost: a\r\nKeep-Alive: 300\r\nAccept: text/*\r\n"
		  "Proxy-Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n",
		  "POST / HTTP/1.1\r\nHost:a\r\nAccept:text/*\r\nTransfer-Encoding:chunked\r\n"
		  "Connection:close                                \r\n\r\n",
		  HTTP_ONCE_SQUEEZED },
		{ GET "X:                    \t \r\nTransfer-Encoding: chunked\r\n\r\n",
		  "GET / HTTP/1.1\r\nHost:a\r\nX:\r\nTransfer-Encoding:chunked\r\n"
		  "Connection:close      \r\n\r\n", HTTP_ONCE_SQUEEZED },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *after = rows[i].after ? rows[i].after : rows[i].before;
		size_t len = strlen(rows[i].before);
		u8 *buf = malloc(len);
		struct http_head h, again;

		memcpy(buf, rows[i].before, len);
		http_head_init(&h);
		assert_row(rows[i].before, http_head_parse(&h, buf, len) == HTTP_HEAD_DONE);
		assert_row(rows[i].before, http_once_edit(buf, &h) == rows[i].result);
		assert_row(rows[i].before, len == strlen(after));
		assert_row((char *)buf, !memcmp(buf, after, len));

		http_head_init(&again);
		assert_row(rows[i].before, http_head_parse(&again, buf, len) == HTTP_HEAD_DONE);
		assert_row(rows[i].before, again.head_len == h.head_len);
		assert_row(rows[i].before,
			   rows[i].result == HTTP_ONCE_UNTOUCHED ||
			   http_once_edit(buf, &again) == HTTP_ONCE_NOTHING);
		free(buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_once_edit__table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
#include "btcp/rule_request.h"
#include "unit.h"

static u8 *room;

/* Exactly as much room as was asked for, so that a byte too many is seen */
static int read_head(struct rule_request *request, const char *text)
{
	static struct http_head head;
	u32 size;

	http_head_init(&head);
	assert_int_equal(http_head_parse(&head, (const u8 *)text, strlen(text)), HTTP_HEAD_DONE);
	free(room);
	size = rule_request_room(&head);
	room = malloc(size + !size);
	return rule_request_read(request, &head, (const u8 *)text, room);
}

static int teardown(void **state)
{
	(void)state;
	free(room);
	return 0;
}

static void assert_bytes(const char *label, const u8 *bytes, u32 len, const char *want)
{
	assert_row(label, len == strlen(want));
	assert_row(label, !memcmp(bytes, want, len));
}

static void rule_request_read__table(void **state)
{
	static const struct {
		const char *head;
		const char *method, *host, *path;	/* path NULL: refused */
	} rows[] = {
		{ "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "a", "/" },
		{ "GET /a?b#c HTTP/1.1\r\nHost: WWW.Example.com:8080\r\n\r\n",
		  "GET", "www.example.com", "/a" },
		{ "GET /%41//b/../c HTTP/1.1\r\nHost: a.example.\r\n\r\n",
		  "GET", "a.example", "/A/c" },
		{ "GET http://B.example:81/x HTTP/1.1\r\nHost: a.example\r\n\r\n",
		  "GET", "b.example", "/x" },
		{ "GET http://B.example.?y HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "b.example", "/" },
		{ "GET /a HTTP/1.0\r\n\r\n", "GET", "", "/a" },
		{ "get /a HTTP/1.0\r\nHost: A\r\n\r\n", "get", "a", "/a" },
		{ "GET / HTTP/1.1\r\nHost: [FD00::A]:80\r\n\r\n", "GET", "[fd00::a]", "/" },
		{ "CONNECT A.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n",
		  "CONNECT", "a.example", "" },
		{ "OPTIONS * HTTP/1.1\r\nHost: A\r\n\r\n", "OPTIONS", "a", "" },
		{ "GET /../a HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "a", NULL },
		{ "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "a", NULL },
		{ "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "a", NULL },
	};
	struct rule_request r;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *head = rows[i].head;
		int err = read_head(&r, head);

		assert_row(head, err == (rows[i].path ? 0 : -EINVAL));
		if (err)
			continue;
		assert_bytes(head, r.method, r.method_len, rows[i].method);
		assert_bytes(head, r.host, r.host_len, rows[i].host);
		assert_bytes(head, r.path, r.path_len, rows[i].path);
		assert_row(head, !r.client_len && !r.sni_len && !r.alpn_len);
	}
}

static void rule_request_read__lines(void **state)
{
	struct rule_request r;

	(void)state;
	assert_int_equal(read_head(&r, "GET / HTTP/1.1\r\nHost: a\r\nX-A: \t b c \r\nx-b:\r\n"
				       "\r\n"), 0);
	assert_int_equal(r.lines, 3);
	assert_bytes("name", r.line[1].name, r.line[1].name_len, "X-A");
	assert_bytes("value", r.line[1].value, r.line[1].value_len, "b c");
	assert_bytes("name", r.line[2].name, r.line[2].name_len, "x-b");
	assert_bytes("value", r.line[2].value, r.line[2].value_len, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rule_request_read__table),
		cmocka_unit_test(rule_request_read__lines),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Every kind of condition against real heads.
 */
#include <arpa/inet.h>

#include "btcp/rule.h"
#include "btcp/rule_draft.h"
#include "unit.h"

struct asked {
	u8 text[4096], client[16], list[64];
	struct http_head head;
	struct http_line room[256];
	struct rule_request request;
};

static struct asked asked;

static void ask(const char *head)
{
	size_t len = strlen(head);

	memcpy(asked.text, head, len);
	http_head_init(&asked.head);
	assert_int_equal(http_head_parse(&asked.head, asked.text, len), HTTP_HEAD_DONE);
	assert_int_equal(rule_request_read(&asked.request, &asked.head, asked.text,
					   asked.room), 0);
}

static struct rule *rule_of(u8 kind, const char *text)
{
	static struct rule_draft draft;
	struct rule *rule;

	rule_draft_init(&draft);
	assert_null(rule_draft_text(&draft, kind, text, strlen(text)));
	rule = malloc(rule_draft_size(&draft));
	rule_draft_finish(&draft, rule);
	return rule;
}

struct row {
	const char *condition;
	const char *asked;
	bool match;
};

static void check(u8 kind, const struct row *rows, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct rule *rule = rule_of(kind, rows[i].condition);

		ask(rows[i].asked);
		assert_row(rows[i].asked,
			   rule_matches(rule, &asked.request) == rows[i].match);
		free(rule);
	}
}

static void rule_matches__host(void **state)
{
	static const struct row rows[] = {
		{ "a.example", "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", true },
		{ "a.example", "GET / HTTP/1.1\r\nHost: A.Example:8080\r\n\r\n", true },
		{ "a.example", "GET / HTTP/1.1\r\nHost: a.example.:80\r\n\r\n", true },
		{ "a.example", "GET / HTTP/1.1\r\nHost: b.a.example\r\n\r\n", false },
		{ "a.example", "GET / HTTP/1.0\r\n\r\n", false },
		{ "a.example", "GET / HTTP/1.0\r\nHost: a.example\r\n\r\n", true },
		{ "a.example", "GET http://A.example/ HTTP/1.1\r\nHost: b\r\n\r\n", true },
		{ "b", "GET http://a.example/ HTTP/1.1\r\nHost: b\r\n\r\n", false },
		{ "a.example", "CONNECT a.example:443 HTTP/1.1\r\nHost: b\r\n\r\n", true },
		{ "a.example", "OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n", true },
		{ "*.example", "GET / HTTP/1.1\r\nHost: a.b.EXAMPLE.:1\r\n\r\n", true },
		{ "*.example", "GET / HTTP/1.1\r\nHost: example\r\n\r\n", false },
		{ "*.example", "GET / HTTP/1.0\r\n\r\n", false },
		{ "[fd00::a]", "GET / HTTP/1.1\r\nHost: [FD00::A]:80\r\n\r\n", true },
	};

	(void)state;
	check(RULE_HOST, rows, ARRAY_SIZE(rows));
}

static void rule_matches__path(void **state)
{
	static const struct row rows[] = {
		{ "/a", "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\n", true },
		{ "/a", "GET /%61 HTTP/1.1\r\nHost: x\r\n\r\n", true },
		{ "/a", "GET /b/../a HTTP/1.1\r\nHost: x\r\n\r\n", true },
		{ "/a", "GET /A HTTP/1.1\r\nHost: x\r\n\r\n", false },
		{ "/a/*", "GET http://x//a///b HTTP/1.1\r\nHost: x\r\n\r\n", true },
		{ "/a/*", "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", false },
		{ "*.jpg", "GET /a.jpg#b HTTP/1.1\r\nHost: x\r\n\r\n", true },
		{ "*.jpg", "GET /a?b.jpg HTTP/1.1\r\nHost: x\r\n\r\n", false },
		{ "/*", "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n", false },
		{ "/*", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", false },
		{ "/*", "OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n", true },
	};

	(void)state;
	check(RULE_PATH, rows, ARRAY_SIZE(rows));
}

static void rule_matches__method(void **state)
{
	static const struct row rows[] = {
		{ "GET", "GET / HTTP/1.0\r\n\r\n", true },
		{ "GET", "get / HTTP/1.0\r\n\r\n", false },
		{ "GET", "GETS / HTTP/1.0\r\n\r\n", false },
		{ "PROPFIND", "PROPFIND / HTTP/1.0\r\n\r\n", true },
		{ "CONNECT", "CONNECT x:443 HTTP/1.0\r\n\r\n", true },
	};

	(void)state;
	check(RULE_METHOD, rows, ARRAY_SIZE(rows));
}

static void rule_matches__header(void **state)
{
	static const struct row rows[] = {
		{ "X-A=b", "GET / HTTP/1.0\r\nx-a: b\r\n\r\n", true },
		{ "x-a=b", "GET / HTTP/1.0\r\nX-A:b\r\n\r\n", true },
		{ "x-a=b", "GET / HTTP/1.0\r\nX-A:\t b \t\r\n\r\n", true },
		{ "x-a=b", "GET / HTTP/1.0\r\nX-A: B\r\n\r\n", false },
		{ "x-a=b", "GET / HTTP/1.0\r\nX-A: bb\r\n\r\n", false },
		{ "x-a=b", "GET / HTTP/1.0\r\nX-AA: b\r\n\r\n", false },
		{ "x-a=b", "GET / HTTP/1.0\r\nX: b\r\n\r\n", false },
		{ "x-a=b", "GET / HTTP/1.0\r\n\r\n", false },
		{ "x-a=b", "GET / HTTP/1.0\r\nX-A: c\r\nX-B: b\r\nX-A: b\r\n\r\n", true },
		{ "x-a=b", "GET / HTTP/1.0\r\nX-A: b, c\r\n\r\n", false },
		{ "x-a=b, c", "GET / HTTP/1.0\r\nX-A: b, c\r\n\r\n", true },
		{ "x-a=", "GET / HTTP/1.0\r\nX-A:\r\n\r\n", true },
		{ "x-a=", "GET / HTTP/1.0\r\nX-A: b\r\n\r\n", false },
		{ "x-a=", "GET / HTTP/1.0\r\nX-B:\r\n\r\n", false },
		{ "host=x:80", "GET / HTTP/1.0\r\nHost: x:80\r\n\r\n", true },
		{ "upgrade=websocket", "GET / HTTP/1.0\r\nUpgrade: websocket\r\n\r\n", true },
	};

	(void)state;
	check(RULE_HEADER, rows, ARRAY_SIZE(rows));
}

static void rule_matches__cookie(void **state)
{
	static const struct row rows[] = {
		{ "a=b", "GET / HTTP/1.0\r\nCookie: a=b\r\n\r\n", true },
		{ "a=b", "GET / HTTP/1.0\r\ncookie: x=y; a=b ;z=\r\n\r\n", true },
		{ "a=b", "GET / HTTP/1.0\r\nCookie: A=b\r\n\r\n", false },
		{ "a=b", "GET / HTTP/1.0\r\nCookie: a=B\r\n\r\n", false },
		{ "a=b", "GET / HTTP/1.0\r\nCookie: aa=b; a=bb\r\n\r\n", false },
		{ "a=b", "GET / HTTP/1.0\r\nCookie: x=\"a=b\"\r\n\r\n", false },
		{ "a=b", "GET / HTTP/1.0\r\nCookie: a=c; a=b\r\n\r\n", true },
		{ "a=b", "GET / HTTP/1.0\r\nCookie: x=y\r\nCookie: a=b\r\n\r\n", true },
		{ "a=b", "GET / HTTP/1.0\r\nCookies: a=b\r\n\r\n", false },
		{ "a=b", "GET / HTTP/1.0\r\nX: a=b\r\n\r\n", false },
		{ "a=\"b\"", "GET / HTTP/1.0\r\nCookie: a=\"b\"\r\n\r\n", true },
		{ "a=b", "GET / HTTP/1.0\r\nCookie: a=\"b\"\r\n\r\n", false },
		{ "a=", "GET / HTTP/1.0\r\nCookie: a\r\n\r\n", false },
		{ "a=", "GET / HTTP/1.0\r\nCookie: a=\r\n\r\n", true },
	};

	(void)state;
	check(RULE_COOKIE, rows, ARRAY_SIZE(rows));
}

static void rule_matches__src(void **state)
{
	static const struct {
		const char *prefix;
		u32 bits;
		const char *client;
		bool match;
	} rows[] = {
		{ "10.0.0.0", 8, "10.255.1.2", true },
		{ "10.0.0.0", 8, "11.0.0.0", false },
		{ "10.128.0.0", 9, "10.128.0.0", true },
		{ "10.128.0.0", 9, "10.127.255.255", false },
		{ "192.0.2.1", 32, "192.0.2.1", true },
		{ "192.0.2.1", 32, "192.0.2.0", false },
		{ "192.0.2.0", 31, "192.0.2.1", true },
		{ "192.0.2.0", 31, "192.0.2.2", false },
		{ "0.0.0.0", 0, "203.0.113.9", true },
		{ "0.0.0.0", 0, "2001:db8::1", false },
		{ "::", 0, "203.0.113.9", false },
		{ "::", 0, "2001:db8::1", true },
		{ "2001:db8::", 33, "2001:db8:7fff::1", true },
		{ "2001:db8::", 33, "2001:db8:8000::1", false },
		{ "2001:db8::1", 128, "2001:db8::1", true },
		{ "2001:db8::1", 128, "2001:db8::2", false },
		{ "10.0.0.0", 8, NULL, false },
		{ "0.0.0.0", 0, NULL, false },
	};
	static struct rule_draft draft;
	u8 prefix[16], client[16];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rule_request request = { };
		u32 len = strchr(rows[i].prefix, ':') ? 16 : 4;
		struct rule *rule;

		inet_pton(len == 4 ? AF_INET : AF_INET6, rows[i].prefix, prefix);
		rule_draft_init(&draft);
		assert_null(rule_draft_src(&draft, prefix, len, rows[i].bits));
		rule = malloc(rule_draft_size(&draft));
		rule_draft_finish(&draft, rule);
		if (rows[i].client) {
			request.client = client;
			request.client_len = strchr(rows[i].client, ':') ? 16 : 4;
			inet_pton(request.client_len == 4 ? AF_INET : AF_INET6, rows[i].client,
				  client);
		}
		assert_row(rows[i].prefix, rule_matches(rule, &request) == rows[i].match);
		free(rule);
	}
}

static void rule_matches__tls(void **state)
{
	static const struct {
		u8 kind;
		const char *condition;
		const char *sni;
		const char *alpn;
		bool match;
	} rows[] = {
		{ RULE_SNI, "a.example", "a.example", "", true },
		{ RULE_SNI, "*.example", "b.a.example", "", true },
		{ RULE_SNI, "*.example", "example", "", false },
		{ RULE_SNI, "a.example", "", "", false },
		{ RULE_ALPN, "h2", "", "\2h2\10http/1.1", true },
		{ RULE_ALPN, "http/1.1", "", "\2h2\10http/1.1", true },
		{ RULE_ALPN, "h2", "", "\3h2c\2h3", false },
		{ RULE_ALPN, "h2", "", "", false },
		{ RULE_ALPN, "h2", "", "\2h", false },
		{ RULE_ALPN, "h2", "", "\3h2", false },
		{ RULE_ALPN, "h", "", "\377h", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t alpn_len = strlen(rows[i].alpn);
		u8 *alpn = memcpy(malloc(alpn_len + !alpn_len), rows[i].alpn, alpn_len);
		struct rule_request request = {
			.sni = (const u8 *)rows[i].sni, .sni_len = strlen(rows[i].sni),
			.alpn = alpn, .alpn_len = alpn_len,
		};
		struct rule *rule = rule_of(rows[i].kind, rows[i].condition);

		assert_row(rows[i].condition, rule_matches(rule, &request) == rows[i].match);
		free(rule);
		free(alpn);
	}
}

/* All must hold: each condition in turn is the one that does not. */
static void rule_matches__all_or_nothing(void **state)
{
	static const char * const texts[RULE_KINDS] = {
		[RULE_HOST] = "a.example", [RULE_PATH] = "/a", [RULE_METHOD] = "PUT",
		[RULE_HEADER] = "x=y", [RULE_COOKIE] = "c=d",
	};
	static const char * const others[RULE_KINDS] = {
		[RULE_HOST] = "b.example", [RULE_PATH] = "/b", [RULE_METHOD] = "GET",
		[RULE_HEADER] = "x=z", [RULE_COOKIE] = "c=e",
	};
	static struct rule_draft draft;
	u32 kind, wrong;

	(void)state;
	ask("PUT /a HTTP/1.1\r\nHost: a.example\r\nX: y\r\nCookie: c=d\r\n\r\n");
	for (wrong = 0; wrong <= RULE_KINDS; wrong++) {
		struct rule *rule;

		rule_draft_init(&draft);
		for (kind = 0; kind < RULE_KINDS; kind++) {
			const char *text = kind == wrong ? others[kind] : texts[kind];

			if (text)
				assert_null(rule_draft_text(&draft, kind, text, strlen(text)));
		}
		rule = malloc(rule_draft_size(&draft));
		rule_draft_finish(&draft, rule);
		assert_int_equal(rule->count, 5);
		assert_int_equal(rule_matches(rule, &asked.request),
				 wrong == RULE_KINDS || !texts[wrong]);
		free(rule);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rule_matches__host),
		cmocka_unit_test(rule_matches__path),
		cmocka_unit_test(rule_matches__method),
		cmocka_unit_test(rule_matches__header),
		cmocka_unit_test(rule_matches__cookie),
		cmocka_unit_test(rule_matches__src),
		cmocka_unit_test(rule_matches__tls),
		cmocka_unit_test(rule_matches__all_or_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_target.h"
#include "unit.h"

#define NONE	NULL

static void http_authority_parse__table(void **state)
{
	static const struct {
		const char *text;
		const char *host;	/* NONE: refused */
		bool has_port;
	} rows[] = {
		{ "example.com", "example.com", false },
		{ "example.com.", "example.com", false },
		{ "example.com:80", "example.com", true },
		{ "example.com.:80", "example.com", true },
		{ "example.com:", "example.com", false },
		{ "a_b~c%20:65535", "a_b~c%20", true },
		{ "[::1]", "[::1]", false },
		{ "[fd00::10.2.0.1]:8080", "[fd00::10.2.0.1]", true },
		{ "10.2.0.100", "10.2.0.100", false },
		{ "", NONE, false },
		{ ".", NONE, false },
		{ ":80", NONE, false },
		{ ".example.com", NONE, false },
		{ "a..b", NONE, false },
		{ "a..", NONE, false },
		{ "a:65536", NONE, false },
		{ "a:99999999999", NONE, false },
		{ "a:8x", NONE, false },
		{ "a:80:80", NONE, false },
		{ "user@a", NONE, false },
		{ "a b", NONE, false },
		{ "a/b", NONE, false },
		{ "a\\b", NONE, false },
		{ "\xc3\xa4.example", NONE, false },
		{ "[::1", NONE, false },
		{ "[]", NONE, false },
		{ "[:]x", NONE, false },
		{ "[fe80::1%eth0]", NONE, false },
		{ "::1", NONE, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 len = strlen(rows[i].text), host_len;
		u8 *exact = malloc(len + !len);
		bool has_port, ok;

		memcpy(exact, rows[i].text, len);
		ok = http_authority_parse(exact, len, &host_len, &has_port);
		free(exact);
		assert_row(rows[i].text, ok == (rows[i].host != NONE));
		if (!ok)
			continue;
		assert_row(rows[i].text, host_len == strlen(rows[i].host));
		assert_row(rows[i].text, !memcmp(rows[i].text, rows[i].host, host_len));
		assert_row(rows[i].text, has_port == rows[i].has_port);
	}
}

static void http_target_parse__table(void **state)
{
	static const struct {
		const char *method;
		const char *target;
		const char *path;	/* NONE: refused; "": no path */
		const char *host;
	} rows[] = {
		{ "GET", "/", "/", "" },
		{ "GET", "/a/b?c=/d", "/a/b", "" },
		{ "GET", "/a#b?c", "/a", "" },
		{ "GET", "//a", "//a", "" },
		{ "GET", "http://example.com/a?b", "/a", "example.com" },
		{ "GET", "HTTP://Example.com:8080/a", "/a", "Example.com" },
		{ "GET", "http://example.com", "/", "example.com" },
		{ "GET", "http://example.com.:80?q=/x", "/", "example.com" },
		{ "GET", "http://[::1]:80#f", "/", "[::1]" },
		{ "GET", "git+ssh-1.0://h/a", "/a", "h" },
		{ "OPTIONS", "*", "", "" },
		{ "OPTIONS", "/a", "/a", "" },
		{ "CONNECT", "example.com:443", "", "example.com" },
		{ "CONNECT", "[::1]:443", "", "[::1]" },
		{ "CONNECT", "example.com", NONE, NONE },
		{ "CONNECT", "example.com:", NONE, NONE },
		{ "CONNECT", "/a", NONE, NONE },
		{ "connect", "example.com:443", NONE, NONE },
		{ "GET", "*", NONE, NONE },
		{ "OPTIONS", "**", NONE, NONE },
		{ "GET", "a/b", NONE, NONE },
		{ "GET", "?a", NONE, NONE },
		{ "GET", "http:/a", NONE, NONE },
		{ "GET", "http://", NONE, NONE },
		{ "GET", "http:///a", NONE, NONE },
		{ "GET", "http://u:p@h/", NONE, NONE },
		{ "GET", "://h/", NONE, NONE },
		{ "GET", "1http://h/", NONE, NONE },
		{ "GET", "http", NONE, NONE },
		{ "GET", "http:", NONE, NONE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct http_span method = { 0, strlen(rows[i].method) };
		struct http_span target = { method.len, strlen(rows[i].target) };
		u8 *buf = malloc(method.len + target.len);
		struct http_span path, host;
		bool ok;

		memcpy(buf, rows[i].method, method.len);
		memcpy(buf + target.off, rows[i].target, target.len);
		ok = http_target_parse(buf, method, target, &path, &host);
		assert_row(rows[i].target, ok == (rows[i].path != NONE));
		if (ok) {
			assert_row(rows[i].target, path.len == strlen(rows[i].path));
			assert_row(rows[i].target,
				   !memcmp(buf + path.off, rows[i].path, path.len));
			assert_row(rows[i].target, host.len == strlen(rows[i].host));
			assert_row(rows[i].target,
				   !memcmp(buf + host.off, rows[i].host, host.len));
		}
		free(buf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_authority_parse__table),
		cmocka_unit_test(http_target_parse__table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

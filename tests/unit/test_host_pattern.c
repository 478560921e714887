// SPDX-License-Identifier: GPL-2.0
#include "btcp/host_pattern.h"
#include "unit.h"

static void host_pattern_parse__accepts(void **state)
{
	static const struct {
		const char *text;
		enum pattern_kind kind;
		const char *rest;
	} rows[] = {
		{ "a", PATTERN_EXACT, "a" },
		{ "www.example.com", PATTERN_EXACT, "www.example.com" },
		{ "WWW.Example.COM", PATTERN_EXACT, "www.example.com" },
		{ "example.com.", PATTERN_EXACT, "example.com" },
		{ "x_y-1.example", PATTERN_EXACT, "x_y-1.example" },
		{ "10.2.0.100", PATTERN_EXACT, "10.2.0.100" },
		{ "[FD00::1]", PATTERN_EXACT, "[fd00::1]" },
		{ "*.example.com", PATTERN_SUFFIX, ".example.com" },
		{ "*.Example.com.", PATTERN_SUFFIX, ".example.com" },
		{ "*.com", PATTERN_SUFFIX, ".com" },
	};
	struct pattern p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *error = host_pattern_parse(&p, rows[i].text, strlen(rows[i].text));

		assert_row(rows[i].text, !error);
		assert_row(rows[i].text, p.kind == rows[i].kind);
		assert_row(rows[i].text, p.len == strlen(rows[i].rest));
		assert_row(rows[i].text, !memcmp(p.text, rows[i].rest, p.len));
	}
}

static void host_pattern_parse__refuses_with_a_sentence(void **state)
{
	static const char neither[] = "host pattern is neither a name nor an address in brackets";
	static const char star[] = "host pattern has a '*' that is not its first label";
	static const char port[] = "host pattern has a port: hosts are compared without theirs";
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{ "", "host pattern is empty" },
		{ "*", star },
		{ "*.", star },
		{ "*example.com", star },
		{ "www.*.com", star },
		{ "*.*.com", star },
		{ "example.*", star },
		{ "a b", neither },
		{ "a/b", neither },
		{ "user@example.com", neither },
		{ ".example.com", neither },
		{ "a..b", neither },
		{ "*..com", neither },
		{ ".", neither },
		{ "fd00::1", neither },
		{ "[fd00::1", neither },
		{ "[]", neither },
		{ "example.com:80", port },
		{ "example.com:", port },
		{ "example.com.:80", port },
		{ "[fd00::1]:80", port },
		{ "*.example.com:8080", port },
		{ "*.[fd00::1]", "host pattern has a '*' before an address" },
	};
	struct pattern p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *error = host_pattern_parse(&p, rows[i].text, strlen(rows[i].text));

		assert_row(rows[i].text, error);
		assert_string_equal(error, rows[i].error);
	}
}

static void host_pattern_parse__limit(void **state)
{
	char text[PATTERN_MAX + 1];
	struct pattern p;

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_null(host_pattern_parse(&p, text, PATTERN_MAX));
	assert_int_equal(p.len, PATTERN_MAX);
	assert_string_equal(host_pattern_parse(&p, text, PATTERN_MAX + 1),
			    "host pattern is longer than 255 bytes");
}

static void host_pattern__matches(void **state)
{
	static const struct {
		const char *pattern;
		const char *host;
		bool match;
	} rows[] = {
		{ "example.com", "example.com", true },
		{ "EXAMPLE.com.", "example.com", true },
		{ "example.com", "www.example.com", false },
		{ "example.com", "example.co", false },
		{ "example.com", "", false },
		{ "*.example.com", "www.example.com", true },
		{ "*.example.com", "a.b.example.com", true },
		{ "*.example.com", "example.com", false },
		{ "*.example.com", "badexample.com", false },
		{ "*.example.com", "www.example.com.org", false },
		{ "*.example.com", "", false },
		{ "[fd00::1]", "[fd00::1]", true },
	};
	struct pattern p;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_null(host_pattern_parse(&p, rows[i].pattern, strlen(rows[i].pattern)));
		assert_row(rows[i].host, pattern_match(p.kind, p.text, p.len,
						       (const u8 *)rows[i].host,
						       strlen(rows[i].host)) == rows[i].match);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(host_pattern_parse__accepts),
		cmocka_unit_test(host_pattern_parse__refuses_with_a_sentence),
		cmocka_unit_test(host_pattern_parse__limit),
		cmocka_unit_test(host_pattern__matches),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

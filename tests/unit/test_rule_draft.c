// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>

#include "btcp/rule_draft.h"
#include "unit.h"

static struct rule_draft draft;

static const char *add(u8 kind, const char *text)
{
	/* Not terminated, so that a byte too many is seen. */
	size_t len = strlen(text);
	char *copy = memcpy(malloc(len + !len), text, len);
	const char *error = rule_draft_text(&draft, kind, copy, len);

	free(copy);
	return error;
}

static struct rule *finish(void)
{
	struct rule *rule = malloc(rule_draft_size(&draft));

	rule_draft_finish(&draft, rule);
	return rule;
}

static void rule_draft__prints_what_was_written(void **state)
{
	static const struct {
		u8 kind;
		const char *text;
		const char *printed;
	} rows[] = {
		{ RULE_HOST, "www.example.com", "www.example.com" },
		{ RULE_HOST, "*.Example.com", "*.example.com" },
		{ RULE_SNI, "a.Example.", "a.example" },
		{ RULE_SNI, "*.example", "*.example" },
		{ RULE_PATH, "/a", "/a" },
		{ RULE_PATH, "/a/*", "/a/*" },
		{ RULE_PATH, "*.jpg", "*.jpg" },
		{ RULE_METHOD, "PROPFIND", "PROPFIND" },
		{ RULE_ALPN, "http/1.1", "http/1.1" },
		{ RULE_HEADER, "X-Tenant=a b", "x-tenant=a b" },
		{ RULE_HEADER, "Accept==\"=", "accept==\"=" },
		{ RULE_HEADER, "x=", "x=" },
		{ RULE_HEADER, "x=a\tb\xc3\xa4;,", "x=a\tb\xc3\xa4;," },
		{ RULE_COOKIE, "Session=\"1, 2\"", "Session=\"1, 2\"" },
		{ RULE_COOKIE, "s=", "s=" },
	};
	char printed[RULE_PRINT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rule *rule;

		rule_draft_init(&draft);
		assert_row(rows[i].text, !add(rows[i].kind, rows[i].text));
		rule = finish();
		assert_row(rows[i].text, rule->count == 1);
		assert_row(rows[i].text, rule->condition[0].kind == rows[i].kind);
		assert_row(rows[i].text, rule_find(rule, rows[i].kind) == &rule->condition[0]);
		rule_condition_print(&rule->condition[0], printed);
		assert_string_equal(printed, rows[i].printed);
		free(rule);
	}
}

static void rule_draft__refuses_with_a_sentence(void **state)
{
	static const char method[] = "method holds what no method can, or nothing";
	static const char name[] = "name holds what no name can, or nothing";
	static const char control[] = "value holds a control byte";
	static const char blank[] =
		"value begins or ends with white space, which is left out before comparing";
	static const struct {
		u8 kind;
		const char *text;
		const char *error;
	} rows[] = {
		{ RULE_HOST, "", "host pattern is empty" },
		{ RULE_SNI, "a:80", "host pattern has a port: hosts are compared without theirs" },
		{ RULE_SNI, "[fd00::1]", "a server name of TLS is no address" },
		{ RULE_PATH, "a", "path pattern begins neither with '/' nor with '*'" },
		{ RULE_METHOD, "", method },
		{ RULE_METHOD, "GET ", method },
		{ RULE_METHOD, "G@T", method },
		{ RULE_METHOD, "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG",
		  "method is longer than 32 bytes" },
		{ RULE_ALPN, "", "alpn is a protocol's name of 1 to 255 bytes" },
		{ RULE_ALPN, "h\x01", "alpn holds a control byte" },
		{ RULE_HEADER, "", "not NAME=VALUE" },
		{ RULE_HEADER, "x-a", "not NAME=VALUE" },
		{ RULE_HEADER, "x-a:b", "not NAME=VALUE" },
		{ RULE_HEADER, "=b", name },
		{ RULE_HEADER, "x a=b", name },
		{ RULE_HEADER, "x:=b", name },
		{ RULE_HEADER, "x=a\nb", control },
		{ RULE_HEADER, "x=\x7f", control },
		{ RULE_HEADER, "x= a", blank },
		{ RULE_HEADER, "x=a\t", blank },
		{ RULE_COOKIE, "a", "not NAME=VALUE" },
		{ RULE_COOKIE, "a;b=c", name },
		{ RULE_COOKIE, "a=b;c", "value holds a ';', which ends a cookie" },
		{ RULE_COOKIE, "a=\r", control },
		{ RULE_COOKIE, "a= ", blank },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *error;

		rule_draft_init(&draft);
		error = add(rows[i].kind, rows[i].text);
		assert_row(rows[i].text, error);
		assert_string_equal(error, rows[i].error);
		assert_int_equal(draft.count, 0);
	}
}

static void rule_draft_src__prefixes(void **state)
{
	static const struct {
		const char *addr;
		u32 bits;
		const char *error;
	} rows[] = {
		{ "0.0.0.0", 0, NULL },
		{ "10.0.0.0", 8, NULL },
		{ "10.128.0.0", 9, NULL },
		{ "192.0.2.1", 32, NULL },
		{ "192.0.2.1", 33, "prefix is longer than the address" },
		{ "10.128.0.0", 8, "address has bits set beyond its prefix" },
		{ "10.0.0.1", 31, "address has bits set beyond its prefix" },
		{ "0.0.0.1", 0, "address has bits set beyond its prefix" },
		{ "::", 0, NULL },
		{ "fd00::", 8, NULL },
		{ "fd00:2::", 31, NULL },
		{ "fd00:2::3", 128, NULL },
		{ "fd00:2::3", 129, "prefix is longer than the address" },
		{ "fd00:2::3", 127, "address has bits set beyond its prefix" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u8 addr[16];
		u32 len = strchr(rows[i].addr, ':') ? 16 : 4;
		const char *error;

		assert_int_equal(inet_pton(len == 4 ? AF_INET : AF_INET6, rows[i].addr, addr), 1);
		rule_draft_init(&draft);
		error = rule_draft_src(&draft, addr, len, rows[i].bits);
		assert_row(rows[i].addr, !error == !rows[i].error);
		if (error)
			assert_string_equal(error, rows[i].error);
		else
			assert_memory_equal(draft.condition[0].text, addr, len);
	}
}

static void rule_draft__limits(void **state)
{
	char text[2 * PATTERN_MAX + 3];
	u32 i;

	(void)state;
	memset(text, 'x', sizeof(text));
	text[PATTERN_MAX] = '=';
	rule_draft_init(&draft);
	for (i = 0; i < RULE_TEXT_MAX / (2 * PATTERN_MAX); i++)
		assert_null(rule_draft_text(&draft, RULE_HEADER, text, RULE_PAIR_MAX));
	assert_string_equal(rule_draft_text(&draft, RULE_HEADER, text, RULE_PAIR_MAX),
			    "a rule has at most 4096 bytes of conditions");
	assert_string_equal(rule_draft_text(&draft, RULE_HEADER, text, RULE_PAIR_MAX + 1),
			    "value is longer than 255 bytes");
	text[PATTERN_MAX] = 'x';
	text[PATTERN_MAX + 1] = '=';
	assert_string_equal(rule_draft_text(&draft, RULE_HEADER, text, PATTERN_MAX + 2),
			    "name is longer than 255 bytes");

	rule_draft_init(&draft);
	for (i = 0; i < RULE_CONDITIONS_MAX; i++)
		assert_null(add(RULE_COOKIE, "a=b"));
	assert_string_equal(add(RULE_COOKIE, "a=b"), "a rule has at most 32 conditions");
}

/* A rule with all of another's conditions but those of one kind */
static void rule_draft_take__leaves_the_rest(void **state)
{
	struct rule *rule, *other;
	char printed[RULE_PRINT_MAX];
	u8 kind;

	(void)state;
	rule_draft_init(&draft);
	assert_null(add(RULE_HOST, "a.example"));
	assert_null(add(RULE_PATH, "/a"));
	assert_null(add(RULE_HEADER, "x=1"));
	assert_null(add(RULE_HEADER, "y=2"));
	assert_null(add(RULE_COOKIE, "c=3"));
	rule = finish();

	rule_draft_init(&draft);
	for (kind = 0; kind < RULE_KINDS; kind++)
		assert_null(kind == RULE_PATH ? add(RULE_PATH, "*.b") :
						rule_draft_take(&draft, rule, kind));
	free(rule);
	other = finish();
	assert_int_equal(other->count, 5);
	rule_condition_print(&other->condition[1], printed);
	assert_string_equal(printed, "*.b");
	rule_condition_print(&other->condition[3], printed);
	assert_string_equal(printed, "y=2");
	rule_condition_print(&other->condition[4], printed);
	assert_string_equal(printed, "c=3");
	free(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rule_draft__prints_what_was_written),
		cmocka_unit_test(rule_draft__refuses_with_a_sentence),
		cmocka_unit_test(rule_draft_src__prefixes),
		cmocka_unit_test(rule_draft__limits),
		cmocka_unit_test(rule_draft_take__leaves_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_field.h"
#include "unit.h"

#define U8(s)	((const u8 *)(s))

static void http_is_token__accepts_what_rfc_9110_lists(void **state)
{
	(void)state;
	assert_true(http_is_token(U8("GET"), 3));
	assert_true(http_is_token(U8("!#$%&'*+-.^_`|~09azAZ"), 21));
}

static void http_is_token__refuses_the_rest(void **state)
{
	static const char bad[] = " \t\"(),/:;<=>?@[\\]{}\x7f\x80";
	u32 i;

	(void)state;
	assert_false(http_is_token(U8(""), 0));
	for (i = 0; i < sizeof(bad); i++)
		assert_false(http_is_token(U8(bad + i), 1));
}

static void http_lower__touches_letters_only(void **state)
{
	u8 s[] = "WWW.Example-1.com@[`{\xc4";

	(void)state;
	http_lower(s, s, sizeof(s) - 1);
	assert_string_equal((char *)s, "www.example-1.com@[`{\xc4");
}

static void http_is__compares_whole_words(void **state)
{
	(void)state;
	assert_true(http_is(U8("Keep-Alive"), 10, "keep-alive"));
	assert_false(http_is(U8("Keep-Aliv"), 9, "keep-alive"));
	assert_false(http_is(U8("Keep-Alivee"), 11, "keep-alive"));
	assert_false(http_is(U8("clos\0"), 5, "clos"));
	assert_true(http_is(U8(""), 0, ""));
}

static void http_list_next__leaves_out_empty_members(void **state)
{
	static const char list[] = " ,\ta , ,bb\t,,c c";
	u32 pos = 0, off, len;

	(void)state;
	assert_true(http_list_next(U8(list), 16, &pos, &off, &len));
	assert_int_equal(len, 1);
	assert_memory_equal(list + off, "a", 1);
	assert_true(http_list_next(U8(list), 16, &pos, &off, &len));
	assert_int_equal(len, 2);
	assert_memory_equal(list + off, "bb", 2);
	assert_true(http_list_next(U8(list), 16, &pos, &off, &len));
	assert_int_equal(len, 3);
	assert_memory_equal(list + off, "c c", 3);
	assert_false(http_list_next(U8(list), 16, &pos, &off, &len));
	assert_false(http_list_next(U8(list), 16, &pos, &off, &len));
}

static void http_list_has__finds_members_not_substrings(void **state)
{
	(void)state;
	assert_true(http_list_has(U8("TE, Close"), 9, "close"));
	assert_false(http_list_has(U8("TE, closed"), 10, "close"));
	assert_false(http_list_has(U8(""), 0, "close"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_is_token__accepts_what_rfc_9110_lists),
		cmocka_unit_test(http_is_token__refuses_the_rest),
		cmocka_unit_test(http_lower__touches_letters_only),
		cmocka_unit_test(http_is__compares_whole_words),
		cmocka_unit_test(http_list_next__leaves_out_empty_members),
		cmocka_unit_test(http_list_has__finds_members_not_substrings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

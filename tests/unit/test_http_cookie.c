// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "btcp/http_cookie.h"
#include "unit.h"

static void http_cookie_next__table(void **state)
{
	static const struct {
		const char *field;
		const char *pairs;	/* <name><value> each */
	} rows[] = {
		{ "", "" },
		{ "a=b", "<a><b>" },
		{ "a=b; c=d", "<a><b><c><d>" },
		{ "a=b;c=d", "<a><b><c><d>" },
		{ "a=b;\t c=d ;", "<a><b><c><d>" },
		{ " a = b ; c", "<a><b>" },
		{ "a=", "<a><>" },
		{ "a= ;b=", "<a><><b><>" },
		{ "=b; c=d", "<c><d>" },
		{ " = ", "" },
		{ "a; b; c", "" },
		{ ";;;", "" },
		{ "a=b=c", "<a><b=c>" },
		{ "a==", "<a><=>" },
		{ "a=\"b\"", "<a><\"b\">" },
		{ "a=\"b;c\"", "<a><\"b>" },
		{ "a=b, c=d", "<a><b, c=d>" },
		{ "a=b; a=c", "<a><b><a><c>" },
		{ "A=b", "<A><b>" },
		{ "a=b c", "<a><b c>" },
		{ "a b=c", "<a b><c>" },
	};
	struct http_cookie cookie;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u32 len = strlen(rows[i].field), pos = 0, n = 0;
		/* Not terminated, so that a byte too many is seen. */
		u8 *field = memcpy(malloc(len + !len), rows[i].field, len);
		char pairs[64];

		pairs[0] = '\0';
		while (http_cookie_next(field, len, &pos, &cookie))
			n += sprintf(pairs + n, "<%.*s><%.*s>", cookie.name_len, cookie.name,
				     cookie.value_len, cookie.value);
		assert_int_equal(pos, len);
		assert_string_equal(pairs, rows[i].pairs);
		assert_false(http_cookie_next(field, len, &pos, &cookie));
		free(field);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_cookie_next__table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
#include "btcp/http_answer.h"
#include "unit.h"

static const u16 known[] = { 400, 404, 408, 431, 503 };

static void http_answer_build__is_complete(void **state)
{
	char text[HTTP_ANSWER_MAX + 1], start[32], *body;
	size_t i;
	u32 len;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		len = http_answer_build((u8 *)text, HTTP_ANSWER_MAX, known[i], false);
		assert_in_range(len, 1, HTTP_ANSWER_MAX);
		text[len] = '\0';
		snprintf(start, sizeof(start), "HTTP/1.1 %u ", known[i]);
		assert_memory_equal(text, start, strlen(start));
		assert_non_null(strstr(text, "\r\nConnection: close\r\n"));
		body = strstr(text, "\r\n\r\n") + 4;
		assert_int_equal(atoi(strstr(text, "Content-Length: ") + 16), strlen(body));
		assert_true(strlen(body) > 0);
	}
}

static void http_answer_build__head_has_the_same_head(void **state)
{
	u8 get[HTTP_ANSWER_MAX], head[HTTP_ANSWER_MAX];
	u32 get_len, head_len;

	(void)state;
	get_len = http_answer_build(get, sizeof(get), 503, false);
	head_len = http_answer_build(head, sizeof(head), 503, true);
	assert_true(head_len < get_len);
	assert_memory_equal(get, head, head_len);
	assert_memory_equal(head + head_len - 4, "\r\n\r\n", 4);
}

static void http_answer_build__twice_is_the_same(void **state)
{
	u8 one[HTTP_ANSWER_MAX], two[HTTP_ANSWER_MAX];
	u32 len;

	(void)state;
	len = http_answer_build(one, sizeof(one), 431, false);
	assert_int_equal(http_answer_build(two, sizeof(two), 431, false), len);
	assert_memory_equal(one, two, len);
}

static void http_answer_build__refuses(void **state)
{
	u8 out[HTTP_ANSWER_MAX];
	u32 len = http_answer_build(out, sizeof(out), 404, false);
	u8 *small = malloc(len);

	(void)state;
	assert_int_equal(http_answer_build(out, sizeof(out), 200, false), 0);
	assert_int_equal(http_answer_build(out, 0, 404, false), 0);
	assert_int_equal(http_answer_build(small, len, 404, false), 0);
	free(small);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(http_answer_build__is_complete),
		cmocka_unit_test(http_answer_build__head_has_the_same_head),
		cmocka_unit_test(http_answer_build__twice_is_the_same),
		cmocka_unit_test(http_answer_build__refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
#include "btcp/tcp_seq.h"
#include "unit.h"

static void tcp_seq_before__around_the_wrap(void **state)
{
	(void)state;
	assert_true(tcp_seq_before(1, 2));
	assert_false(tcp_seq_before(2, 2));
	assert_true(tcp_seq_before(0xffffffff, 0));
	assert_true(tcp_seq_before(0xfffffff0, 0x7fffffef));
	assert_false(tcp_seq_before(0, 0xffffffff));
	assert_true(tcp_seq_after(0, 0xffffffff));
	assert_false(tcp_seq_after(5, 5));
}

static void tcp_seq_between__around_the_wrap(void **state)
{
	(void)state;
	assert_true(tcp_seq_between(5, 5, 5));
	assert_true(tcp_seq_between(0, 0xfffffff0, 0x10));
	assert_true(tcp_seq_between(0x10, 0xfffffff0, 0x10));
	assert_false(tcp_seq_between(0x11, 0xfffffff0, 0x10));
	assert_false(tcp_seq_between(0xffffffef, 0xfffffff0, 0x10));
}

static void tcp_seq_min_max__around_the_wrap(void **state)
{
	(void)state;
	assert_int_equal(tcp_seq_min(0xffffffff, 1), 0xffffffff);
	assert_int_equal(tcp_seq_max(0xffffffff, 1), 1);
	assert_int_equal(tcp_seq_min(7, 7), 7);
}

static void tcp_window_rescale__table(void **state)
{
	static const struct {
		const char *label;
		u16 window;
		u8 from, to;
		u16 result;
	} rows[] = {
		{ "same scale", 1234, 7, 7, 1234 },
		{ "left", 0x10, 7, 4, 0x80 },
		{ "clamped", 0x8000, 7, 6, 0xffff },
		{ "just fits", 0x7fff, 7, 6, 0xfffe },
		{ "farthest left", 0xffff, 14, 0, 0xffff },
		{ "zero stays", 0, 14, 0, 0 },
		{ "right rounds down", 0x1f, 0, 4, 1 },
		{ "right to zero", 0x0f, 0, 4, 0 },
		{ "farthest right", 0xffff, 0, 14, 3 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_row(rows[i].label, tcp_window_rescale(rows[i].window, rows[i].from,
							     rows[i].to) == rows[i].result);
}

static void tcp_window_rescale__never_promises_more(void **state)
{
	u32 window, from, to;

	(void)state;
	for (window = 0; window <= 0xffff; window += 13)
		for (from = 0; from <= 14; from++)
			for (to = 0; to <= 14; to++)
				assert_true((u32)tcp_window_rescale(window, from, to) << to <=
					    window << from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp_seq_before__around_the_wrap),
		cmocka_unit_test(tcp_seq_between__around_the_wrap),
		cmocka_unit_test(tcp_seq_min_max__around_the_wrap),
		cmocka_unit_test(tcp_window_rescale__table),
		cmocka_unit_test(tcp_window_rescale__never_promises_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

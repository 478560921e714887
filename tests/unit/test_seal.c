// SPDX-License-Identifier: GPL-2.0
#include "handoff/seal.h"
#include "unit.h"

static const u8 key[CRYPTO_KEY_LEN] = { 1, 2, 3 };

static void seal_header__round_trip(void **state)
{
	static const u8 expected[SEAL_HEADER_LEN] = {
		3, 1, 0, 0, 0x12, 0x34, 0x56, 0x78, 1, 2, 3, 4, 5, 6, 7, 8,
	};
	struct seal_header h;
	u8 buf[SEAL_HEADER_LEN];

	(void)state;
	seal_header_write(buf, SEAL_DATA, 0x12345678, 0x0102030405060708);
	assert_memory_equal(buf, expected, sizeof(buf));
	seal_header_read(buf, &h);
	assert_int_equal(h.type, SEAL_DATA);
	assert_int_equal(h.version, SEAL_VERSION);
	assert_int_equal(h.reserved, 0);
	assert_int_equal(h.index, 0x12345678);
	assert_true(h.counter == 0x0102030405060708);
}

static void seal_open__refuses_any_flipped_bit(void **state)
{
	u8 datagram[SEAL_OVERHEAD + 11], payload[sizeof(datagram)];
	u32 bit, len = sizeof(datagram) - SEAL_HEADER_LEN;

	(void)state;
	memcpy(datagram + SEAL_HEADER_LEN, "hello there", 11);
	seal_close(datagram, 11, 7, 42, key);
	assert_true(seal_open(payload, datagram + SEAL_HEADER_LEN, len, datagram, key));
	assert_memory_equal(payload, "hello there", 11);
	for (bit = 0; bit < 8 * sizeof(datagram); bit++) {
		datagram[bit / 8] ^= 1 << bit % 8;
		assert_false(seal_open(payload, datagram + SEAL_HEADER_LEN, len, datagram, key));
		datagram[bit / 8] ^= 1 << bit % 8;
	}
}

static void seal_open__refuses_any_other_length(void **state)
{
	u8 datagram[SEAL_OVERHEAD + 11 + 1] = { 0 }, payload[sizeof(datagram)];
	u32 len;

	(void)state;
	seal_close(datagram, 11, 7, 42, key);
	for (len = 0; len <= 11 + CRYPTO_TAG_LEN + 1; len++)
		assert_true(seal_open(payload, datagram + SEAL_HEADER_LEN, len, datagram, key) ==
			    (len == 11 + CRYPTO_TAG_LEN));
}

static void seal_window_accept__table(void **state)
{
	static const struct {
		const char *label;
		u64 counter;
		bool ok;
	} rows[] = {
		{ "first", 0, true },
		{ "first again", 0, false },
		{ "ahead", 5, true },
		{ "late", 3, true },
		{ "late again", 3, false },
		{ "end of a word", 63, true },
		{ "next word", 64, true },
		{ "far ahead", 10000, true },
		{ "oldest", 10001 - SEAL_WINDOW, true },
		{ "oldest again", 10001 - SEAL_WINDOW, false },
		{ "too old", 10000 - SEAL_WINDOW, false },
		{ "long ago", 1, false },
		{ "within", 9000, true },
		{ "within again", 9000, false },
		{ "by exactly the ring", 10000 + SEAL_WINDOW_BITS, true },
		{ "the same bit, earlier", 10000, false },
		{ "last", SEAL_REJECT_AFTER - 1, true },
		{ "beyond the last", SEAL_REJECT_AFTER, false },
		{ "the very last", ~0ULL, false },
		{ "last again", SEAL_REJECT_AFTER - 1, false },
	};
	struct seal_window w = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		assert_row(rows[i].label, seal_window_accept(&w, rows[i].counter) == rows[i].ok);
}

/* However little has come since: what is overtaken by time is too old. */
static void seal_window_age__makes_late_what_was_overtaken(void **state)
{
	struct seal_window w = { 0 };

	(void)state;
	seal_window_age(&w);
	seal_window_age(&w);
	assert_true(seal_window_accept(&w, 0));
	assert_true(seal_window_accept(&w, 10));
	seal_window_age(&w);
	assert_true(seal_window_accept(&w, 8));
	assert_true(seal_window_accept(&w, 12));
	seal_window_age(&w);
	assert_false(seal_window_accept(&w, 7));
	assert_false(seal_window_accept(&w, 10));
	assert_true(seal_window_accept(&w, 11));
	seal_window_age(&w);
	assert_false(seal_window_accept(&w, 9));
	assert_false(seal_window_accept(&w, 12));
	assert_true(seal_window_accept(&w, 13));
}

/* Against a model that remembers everything. */
static void seal_window_accept__as_the_slow_model(void **state)
{
	static u8 seen[1 << 20];
	struct seal_window w = { 0 };
	u32 random = 1, i;
	u64 top = 0;

	(void)state;
	for (i = 0; i < 200000; i++) {
		u32 r = unit_random(&random);
		u64 back = r % 8 ? r / 8 % 100 : r / 8 % (2 * SEAL_WINDOW);
		u64 counter = top + 4 > back ? top + 4 - back : 0;
		bool ok;

		if (r % 997 == 0)
			counter = top + r / 997 % (3 * SEAL_WINDOW_BITS);
		if (counter >= sizeof(seen))
			break;
		ok = !seen[counter] && counter + SEAL_WINDOW >= top;
		assert_true(seal_window_accept(&w, counter) == ok);
		if (ok)
			seen[counter] = 1;
		if (ok && counter + 1 > top)
			top = counter + 1;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seal_header__round_trip),
		cmocka_unit_test(seal_open__refuses_any_flipped_bit),
		cmocka_unit_test(seal_open__refuses_any_other_length),
		cmocka_unit_test(seal_window_accept__table),
		cmocka_unit_test(seal_window_age__makes_late_what_was_overtaken),
		cmocka_unit_test(seal_window_accept__as_the_slow_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
#include "handoff/noise.h"
#include "unit.h"

static void hex(u8 *out, const char *text)
{
	for (; *text; text += 2) {
		char digits[] = { text[0], text[1], 0 };

		*out++ = strtoul(digits, NULL, 16);
	}
}

static void assert_hex(const u8 *bytes, const char *text)
{
	u8 expected[256];

	hex(expected, text);
	assert_memory_equal(bytes, expected, strlen(text) / 2);
}

static const u8 psk[CRYPTO_KEY_LEN] = "This is my Austrian perspective!";

/* The published vector of the cacophony project for this protocol. */
static void noise__known_answer(void **state)
{
	struct noise front, back;
	u8 msg[256], payload[64], keys[4][CRYPTO_KEY_LEN];

	(void)state;
	noise_init(&front, "John Galt", 9, psk);
	noise_init(&back, "John Galt", 9, psk);
	hex(front.secret, "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a");
	hex(back.secret, "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b");
	front.has_secret = true;
	back.has_secret = true;

	assert_true(noise_write_init(&front, msg, (const u8 *)"Ludwig von Mises", 16));
	assert_hex(msg, "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944");
	assert_hex(msg + 32, "fda936bec35a8adfdff198386f7d5475880897edaaf7495314c99095a2e4d66a");
	assert_true(noise_read_init(&back, msg, payload, 16));
	assert_memory_equal(payload, "Ludwig von Mises", 16);

	assert_true(noise_write_response(&back, msg, (const u8 *)"Murray Rothbard", 15));
	assert_hex(msg, "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843");
	assert_hex(msg + 32, "4cd2a371993ba41ea11448024fca32766b169183c9e691a7a433279da7e729");
	assert_true(noise_read_response(&front, msg, payload, 15));
	assert_memory_equal(payload, "Murray Rothbard", 15);

	assert_hex(front.h, "b3e9c846d264120a4211e18307da91157a21e92e69b639c50f027f101db3e1a6");
	assert_memory_equal(front.h, back.h, sizeof(front.h));
	noise_split(&front, keys[0], keys[1]);
	noise_split(&back, keys[2], keys[3]);
	assert_memory_equal(keys[0], keys[2], 2 * CRYPTO_KEY_LEN);

	crypto_seal(msg, (const u8 *)"F. A. Hayek", 11, NULL, 0, 0, keys[0]);
	assert_hex(msg, "bc44da303ae0beb08075fc4eb4e58235c67c2d1f53a4f2fff0bca7");
	crypto_seal(msg, (const u8 *)"Carl Menger", 11, NULL, 0, 0, keys[1]);
	assert_hex(msg, "416d1af83e9fa6966ce4e871156b131aa9bd7e9a1d6f8794f4872a");
}

#define PAYLOAD 20
#define LEN NOISE_MSG_LEN(PAYLOAD)

static void noise_read_init__refuses_strangers(void **state)
{
	static const struct {
		const char *label;
		const char *prologue;
		u8 psk_bit;
		bool ok;
	} rows[] = {
		{ "the same", "addresses", 0, true },
		{ "another key", "addresses", 1, false },
		{ "another prologue", "addressee", 0, false },
	};
	u8 msg[LEN], payload[PAYLOAD] = "twenty bytes of text", out[PAYLOAD];
	struct noise front, back;
	size_t i;

	(void)state;
	noise_init(&front, "addresses", 9, psk);
	assert_true(noise_write_init(&front, msg, payload, PAYLOAD));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		u8 key[CRYPTO_KEY_LEN];

		memcpy(key, psk, sizeof(key));
		key[31] ^= rows[i].psk_bit;
		noise_init(&back, rows[i].prologue, 9, key);
		assert_row(rows[i].label, noise_read_init(&back, msg, out, PAYLOAD) == rows[i].ok);
	}
}

static void noise_read_init__refuses_any_flipped_bit(void **state)
{
	u8 msg[LEN], payload[PAYLOAD] = { 0 };
	struct noise front, back;
	u32 bit;

	(void)state;
	noise_init(&front, "p", 1, psk);
	assert_true(noise_write_init(&front, msg, payload, PAYLOAD));
	for (bit = 0; bit < 8 * LEN; bit++) {
		msg[bit / 8] ^= 1 << bit % 8;
		noise_init(&back, "p", 1, psk);
		assert_false(noise_read_init(&back, msg, payload, PAYLOAD));
		msg[bit / 8] ^= 1 << bit % 8;
	}
}

static void noise_read_response__refuses_any_flipped_bit(void **state)
{
	u8 msg[LEN], payload[PAYLOAD] = { 0 };
	struct noise front, back, again;
	u32 bit;

	(void)state;
	noise_init(&front, "p", 1, psk);
	noise_init(&back, "p", 1, psk);
	assert_true(noise_write_init(&front, msg, payload, PAYLOAD));
	assert_true(noise_read_init(&back, msg, payload, PAYLOAD));
	assert_true(noise_write_response(&back, msg, payload, PAYLOAD));
	for (bit = 0; bit < 8 * LEN; bit++) {
		again = front;
		msg[bit / 8] ^= 1 << bit % 8;
		assert_false(noise_read_response(&again, msg, payload, PAYLOAD));
		msg[bit / 8] ^= 1 << bit % 8;
	}
	assert_true(noise_read_response(&front, msg, payload, PAYLOAD));
}

static void noise_read_response__refuses_an_answer_to_another(void **state)
{
	u8 msg[LEN], payload[PAYLOAD] = { 0 };
	struct noise front, other, back;

	(void)state;
	noise_init(&front, "p", 1, psk);
	noise_init(&other, "p", 1, psk);
	noise_init(&back, "p", 1, psk);
	assert_true(noise_write_init(&front, msg, payload, PAYLOAD));
	assert_true(noise_write_init(&other, msg, payload, PAYLOAD));
	assert_true(noise_read_init(&back, msg, payload, PAYLOAD));
	assert_true(noise_write_response(&back, msg, payload, PAYLOAD));
	assert_false(noise_read_response(&front, msg, payload, PAYLOAD));
}

static void noise_response_mac__is_of_key_transcript_and_message(void **state)
{
	u8 mac[5][NOISE_MAC_LEN], key[CRYPTO_KEY_LEN], zero[CRYPTO_KEY_LEN] = { 0 };
	struct noise noise;
	int i, j;

	(void)state;
	noise_init(&noise, "p", 1, psk);
	noise_response_key(&noise, psk, key);
	noise_response_mac(key, "message", 7, mac[0]);
	noise_response_mac(key, "messagf", 7, mac[1]);
	noise_response_mac(key, "message", 6, mac[2]);
	noise_response_key(&noise, zero, key);
	noise_response_mac(key, "message", 7, mac[3]);
	noise.h[0] ^= 1;
	noise_response_key(&noise, psk, key);
	noise_response_mac(key, "message", 7, mac[4]);
	for (i = 0; i < 5; i++)
		for (j = 0; j < i; j++)
			assert_memory_not_equal(mac[i], mac[j], NOISE_MAC_LEN);
}

static void noise_wipe__leaves_nothing(void **state)
{
	struct noise noise, zero;

	(void)state;
	memset(&zero, 0, sizeof(zero));
	noise_init(&noise, "p", 1, psk);
	noise_wipe(&noise);
	assert_memory_equal(&noise, &zero, sizeof(noise));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noise__known_answer),
		cmocka_unit_test(noise_read_init__refuses_strangers),
		cmocka_unit_test(noise_read_init__refuses_any_flipped_bit),
		cmocka_unit_test(noise_read_response__refuses_any_flipped_bit),
		cmocka_unit_test(noise_read_response__refuses_an_answer_to_another),
		cmocka_unit_test(noise_response_mac__is_of_key_transcript_and_message),
		cmocka_unit_test(noise_wipe__leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
#include "btcp/tcp_options.h"
#include "btcp/translate.h"
#include "translate_model.h"
#include "unit.h"

#define ACK	0x10
#define SYN	0x02

static const u8 none[1];	/* no options, for memcpy() not NULL */

static const struct btcp_translation deltas = {
	.seq_delta = 0x89abcdef,
	.ts_delta = 0xfedcba98,
	.promised_wscale = 5,
	.backend_wscale = 7,
	.client_wscale = 6,
	.assumed_wscale = 6,
};

/* A header with a valid checksum; returns its length. */
static u32 header(u8 *tcp, u8 flags, const u8 *opt, u32 opt_len)
{
	u32 i;

	for (i = 0; i < 20; i++)
		tcp[i] = 0x11 * (i % 15 + 1);
	tcp[12] = (20 + opt_len) / 4 << 4;
	tcp[13] = flags;
	tcp[16] = 0;
	tcp[17] = 0;
	memcpy(tcp + 20, opt, opt_len);
	put_unaligned_be16(model_checksum(tcp, 20 + opt_len), tcp + 16);
	return 20 + opt_len;
}

/*
 * Translate one way, at both alignments in memory, with one byte behind the header; compare bytes,
 * flag and updated checksum with the model's.
 */
static void compare(const char *label, const u8 *tcp, u32 len, const struct btcp_translation *t,
		    bool out)
{
	u8 want[60];
	bool malformed;
	u32 shift, diff;

	memcpy(want, tcp, len);
	malformed = out ? model_out(want, len, t) : model_in(want, len, t);
	if (len >= 20) {
		want[16] = 0;
		want[17] = 0;
		put_unaligned_be16(model_checksum(want, len), want + 16);
	}

	for (shift = 0; shift < 2; shift++) {
		u8 *buf = malloc(shift + len + 1);
		u8 *got = buf + shift;

		got[len] = 0xa5;
		memcpy(got, tcp, len);
		diff = out ? btcp_translate_out(got, len, t) : btcp_translate_in(got, len, t);
		assert_row(label, !!(diff & BTCP_TRANSLATE_MALFORMED) == malformed);
		if (len >= 20)
			put_unaligned_be16(btcp_csum_apply(get_unaligned_be16(got + 16), diff),
					   got + 16);
		assert_row(label, !memcmp(got, want, len));
		assert_row(label, got[len] == 0xa5);
		free(buf);
	}
}

static void btcp_translate_out__changes_what_it_should(void **state)
{
	static const u8 opt[] = { 1, 1, 8, 10, 0, 0, 0, 5, 9, 9, 9, 9 };
	u8 tcp[60], old[60];
	u32 len = header(tcp, ACK, opt, sizeof(opt));

	(void)state;
	put_unaligned_be16(0x0102, tcp + 14);
	memcpy(old, tcp, len);
	btcp_translate_out(tcp, len, &deltas);
	assert_int_equal(get_unaligned_be32(tcp + 4),
			 (u32)(get_unaligned_be32(old + 4) + deltas.seq_delta));
	assert_int_equal(get_unaligned_be32(tcp + 24), 5 + deltas.ts_delta);
	assert_int_equal(get_unaligned_be16(tcp + 14), 0x0408);
	/* Ports, acknowledgment, flags, checksum, urgent pointer, TSecr stay. */
	assert_memory_equal(tcp, old, 4);
	assert_memory_equal(tcp + 8, old + 8, 6);
	assert_memory_equal(tcp + 16, old + 16, 8);
	assert_memory_equal(tcp + 28, old + 28, 4);
}

static void btcp_translate_out__leaves_the_window_of_a_syn(void **state)
{
	u8 tcp[60];
	u32 len = header(tcp, SYN | ACK, none, 0);
	u16 window = get_unaligned_be16(tcp + 14);

	(void)state;
	btcp_translate_out(tcp, len, &deltas);
	assert_int_equal(get_unaligned_be16(tcp + 14), window);
}

static void btcp_translate_in__changes_what_it_should(void **state)
{
	static const u8 opt[] = {
		1, 1, 8, 10, 9, 9, 9, 9, 0, 0, 0, 5,
		1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4,
	};
	u8 tcp[60], old[60];
	u32 len = header(tcp, ACK, opt, sizeof(opt)), i;

	(void)state;
	memcpy(old, tcp, len);
	btcp_translate_in(tcp, len, &deltas);
	assert_int_equal(get_unaligned_be32(tcp + 8),
			 (u32)(get_unaligned_be32(old + 8) - deltas.seq_delta));
	assert_int_equal(get_unaligned_be32(tcp + 28), 5 - deltas.ts_delta);
	for (i = 0; i < 4; i++)
		assert_int_equal(get_unaligned_be32(tcp + 36 + 4 * i),
				 (u32)(i + 1 - deltas.seq_delta));
	assert_memory_equal(tcp, old, 8);
	assert_memory_equal(tcp + 12, old + 12, 16);
}

static void btcp_translate_in__without_ack_or_echo(void **state)
{
	static const u8 echo[] = { 1, 1, 8, 10, 9, 9, 9, 9, 0, 0, 0, 5 };
	static const u8 zero[] = { 1, 1, 8, 10, 9, 9, 9, 9, 0, 0, 0, 0 };
	u8 tcp[60], old[60];
	u32 len;

	(void)state;
	len = header(tcp, SYN, echo, sizeof(echo));
	memcpy(old, tcp, len);
	assert_int_equal(btcp_csum_apply(0x1234, btcp_translate_in(tcp, len, &deltas)), 0x1234);
	assert_memory_equal(tcp, old, len);

	len = header(tcp, ACK, zero, sizeof(zero));
	btcp_translate_in(tcp, len, &deltas);
	assert_int_equal(get_unaligned_be32(tcp + 28), 0);
}

static void btcp_translate__backend_without_scale(void **state)
{
	struct btcp_translation t = {
		.promised_wscale = 4, .backend_wscale = 0,
		.client_wscale = 7, .assumed_wscale = 0,
	};
	u8 tcp[60];
	u32 len = header(tcp, ACK, none, 0);

	(void)state;
	put_unaligned_be16(0xffff, tcp + 14);
	btcp_translate_out(tcp, len, &t);
	assert_int_equal(get_unaligned_be16(tcp + 14), 0x0fff);
	put_unaligned_be16(0x0100, tcp + 14);
	btcp_translate_in(tcp, len, &t);
	assert_int_equal(get_unaligned_be16(tcp + 14), 0x8000);
}

/* Every offset that timestamps and SACK blocks can begin at, odd ones included. */
static void btcp_translate__every_alignment(void **state)
{
	static const u8 ts[] = { 8, 10, 0xff, 0xff, 0xff, 0xfe, 0x80, 0x01, 0x02, 0x03 };
	static const u8 sack[] = { 5, 10, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x07 };
	u8 opt[40], tcp[60];
	char label[32];
	u32 at, len;

	(void)state;
	for (at = 0; at <= 40 - sizeof(ts) - sizeof(sack); at++) {
		memset(opt, 1, sizeof(opt));
		memcpy(opt + at, ts, sizeof(ts));
		memcpy(opt + at + sizeof(ts), sack, sizeof(sack));
		len = header(tcp, ACK, opt, sizeof(opt));
		snprintf(label, sizeof(label), "options at %u", at);
		compare(label, tcp, len, &deltas, true);
		compare(label, tcp, len, &deltas, false);
	}
}

static void btcp_translate__random_layouts(void **state)
{
	static const u8 kinds[] = { 0, 1, 1, 2, 3, 4, 5, 5, 8, 8, 8, 30, 254 };
	static const u8 lengths[] = { 0, 1, 2, 3, 4, 10, 10, 10, 12, 18, 26, 34, 40 };
	u32 seed = 0x5eed, round, i, len;
	struct btcp_translation t;
	u8 tcp[60], opt[40];
	char label[32];

	(void)state;
	for (round = 0; round < 200000; round++) {
		u32 opt_len = unit_random(&seed) % 11 * 4, at = 0;

		for (i = 0; i < sizeof(opt); i++)
			opt[i] = unit_random(&seed) >> 8;
		while (at < opt_len) {
			u8 kind = kinds[unit_random(&seed) % sizeof(kinds)];
			u8 n = kind == 8 ? 10 : kind == 5 ? 2 + 8 * (1 + unit_random(&seed) % 3) :
			       lengths[unit_random(&seed) % sizeof(lengths)];

			if (unit_random(&seed) % 16 == 0)
				n = lengths[unit_random(&seed) % sizeof(lengths)];
			opt[at] = kind;
			if (kind < 2) {
				at++;
				continue;
			}
			if (at + 1 < opt_len)
				opt[at + 1] = n;
			at += n < 2 ? 2 : n;
		}
		len = header(tcp, unit_random(&seed) >> 16, opt, opt_len);
		put_unaligned_be32(unit_random(&seed), tcp + 4);
		put_unaligned_be16(0, tcp + 16);
		put_unaligned_be16(model_checksum(tcp, len), tcp + 16);
		t = (struct btcp_translation){
			.seq_delta = unit_random(&seed),
			.ts_delta = unit_random(&seed) % 4 ? unit_random(&seed) : 0,
			.promised_wscale = unit_random(&seed) % 15,
			.backend_wscale = unit_random(&seed) % 15,
			.client_wscale = unit_random(&seed) % 15,
			.assumed_wscale = unit_random(&seed) % 15,
		};
		snprintf(label, sizeof(label), "round %u", round);
		compare(label, tcp, len, &t, round & 1);
	}
}

static void btcp_translate__malformed_options(void **state)
{
	static const u8 opt[] = { 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 5, 11 };
	static const u8 tail[] = { 8, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 8 };
	u8 tcp[60];
	u32 len;

	(void)state;
	len = header(tcp, ACK, opt, sizeof(opt));
	compare("before it is translated, out", tcp, len, &deltas, true);
	compare("before it is translated, in", tcp, len, &deltas, false);
	assert_true(btcp_translate_out(tcp, len, &deltas) & BTCP_TRANSLATE_MALFORMED);
	len = header(tcp, ACK, tail, sizeof(tail));
	compare("a kind without length, out", tcp, len, &deltas, true);
	compare("a kind without length, in", tcp, len, &deltas, false);
}

static void btcp_translate__short_header(void **state)
{
	u8 tcp[60];
	u32 len;

	(void)state;
	header(tcp, ACK, none, 0);
	for (len = 0; len < 20; len++) {
		compare("short, out", tcp, len, &deltas, true);
		compare("short, in", tcp, len, &deltas, false);
	}
}

/* What goes out as sequence number and TSval comes back as acknowledgment and echo. */
static void btcp_translate__in_undoes_out(void **state)
{
	static const u8 opt[] = { 1, 8, 10, 0xff, 0xff, 0xff, 0xfe, 0, 0, 0, 9, 0 };
	u8 tcp[60], reply[60];
	u32 len = header(tcp, ACK, opt, sizeof(opt)), seq = get_unaligned_be32(tcp + 4);

	(void)state;
	memcpy(reply, tcp, len);
	btcp_translate_out(tcp, len, &deltas);
	memcpy(reply + 8, tcp + 4, 4);
	memcpy(reply + 27, tcp + 23, 4);
	btcp_translate_in(reply, len, &deltas);
	assert_int_equal(get_unaligned_be32(reply + 8), seq);
	assert_int_equal(get_unaligned_be32(reply + 27), 0xfffffffe);
}

static void btcp_translate_quoted__eight_bytes_suffice(void **state)
{
	u8 *tcp = malloc(8);
	u16 before, after;
	u32 i, diff;

	(void)state;
	for (i = 0; i < 8; i++)
		tcp[i] = 0xf1 * (i + 1);
	before = model_checksum(tcp, 8);
	diff = btcp_translate_quoted(tcp, 8, &deltas);
	after = model_checksum(tcp, 8);
	assert_false(diff & BTCP_TRANSLATE_MALFORMED);
	assert_int_equal(btcp_csum_apply(before, diff), after);
	btcp_translate_quoted(tcp, 8, &(struct btcp_translation){
		.seq_delta = -deltas.seq_delta });
	assert_int_equal(model_checksum(tcp, 8), before);
	assert_int_equal(btcp_translate_quoted(tcp, 7, &deltas), BTCP_TRANSLATE_MALFORMED);
	free(tcp);
}

static void btcp_csum_wsum__is_in_memory_order(void **state)
{
	__wsum sum = btcp_csum_wsum(0x1234 | BTCP_TRANSLATE_MALFORMED);
	u16 word = (u16)sum;
	u8 raw[2];

	(void)state;
	memcpy(raw, &word, 2);
	assert_int_equal(raw[0], 0x12);
	assert_int_equal(raw[1], 0x34);
	assert_true(sum <= 0xffff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(btcp_translate_out__changes_what_it_should),
		cmocka_unit_test(btcp_translate_out__leaves_the_window_of_a_syn),
		cmocka_unit_test(btcp_translate_in__changes_what_it_should),
		cmocka_unit_test(btcp_translate_in__without_ack_or_echo),
		cmocka_unit_test(btcp_translate__backend_without_scale),
		cmocka_unit_test(btcp_translate__every_alignment),
		cmocka_unit_test(btcp_translate__random_layouts),
		cmocka_unit_test(btcp_translate__malformed_options),
		cmocka_unit_test(btcp_translate__short_header),
		cmocka_unit_test(btcp_translate__in_undoes_out),
		cmocka_unit_test(btcp_translate_quoted__eight_bytes_suffice),
		cmocka_unit_test(btcp_csum_wsum__is_in_memory_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

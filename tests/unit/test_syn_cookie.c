// SPDX-License-Identifier: GPL-2.0
#include "btcp/syn_cookie.h"
#include "unit.h"

/* The caller's hashes: any function of all that goes in will do here. */
struct hashes {
	u32 offset;
	u32 mac;
};

static u32 mix(u32 a, u32 b)
{
	a = (a ^ b) * 0x9e3779b1;
	a = (a ^ a >> 15) * 0x85ebca77;
	return a ^ a >> 13;
}

static struct hashes hashes_of(u32 tuple, u32 client_isn, u32 period, u8 options)
{
	return (struct hashes){
		.offset = mix(0x1234567, tuple),
		.mac = mix(mix(mix(0x89abcdef, tuple), client_isn), mix(period, options)),
	};
}

/* A SYN/ACK, and the packet that answers it. */
struct exchange {
	u32 tuple;
	bool ipv6;
	u32 client_isn;
	u32 isn;
	u32 tsval;
	bool has_ts;
};

static struct exchange answer(const struct syn_cookie *c, u32 tuple, bool ipv6, u32 client_isn,
			      u32 period, u32 clock)
{
	struct hashes h = hashes_of(tuple, client_isn, period, syn_cookie_options(c));

	return (struct exchange){
		.tuple = tuple,
		.ipv6 = ipv6,
		.client_isn = client_isn,
		.isn = syn_cookie_isn(c, ipv6, client_isn, h.offset, h.mac, period),
		.tsval = syn_cookie_tsval(c, clock),
		.has_ts = c->has_ts,
	};
}

/* What the front-end does with that packet. */
static bool accepted(struct syn_cookie *c, const struct exchange *e, u32 period)
{
	struct hashes h;
	int age;

	memset(c, 0, sizeof(*c));
	if (e->has_ts)
		syn_cookie_read_tsecr(c, e->tsval);
	h = hashes_of(e->tuple, e->client_isn, period, 0);
	age = syn_cookie_age(e->isn, e->client_isn, h.offset, period);
	if (age < 0)
		return false;
	h = hashes_of(e->tuple, e->client_isn, period - age, syn_cookie_options(c));
	return syn_cookie_open(c, e->ipv6, e->isn, e->client_isn, h.offset, h.mac);
}

static void check_same(const struct syn_cookie *a, const struct syn_cookie *b)
{
	assert_int_equal(a->has_ts, b->has_ts);
	assert_int_equal(a->sack_ok, b->sack_ok);
	assert_int_equal(a->has_wscale, b->has_wscale);
	if (a->has_wscale) {
		assert_int_equal(a->client_wscale, b->client_wscale);
		assert_int_equal(a->promised_wscale, b->promised_wscale);
	}
	assert_int_equal(a->mss, b->mss);
}

/* The MSSs that a cookie can name, found by asking for every one. */
static u32 tabled(u16 *table, bool ipv6)
{
	struct syn_cookie c = { 0 }, back;
	u32 n = 0, mss;

	for (mss = 0; mss <= 0xffff; mss++) {
		struct exchange e;

		c.mss = mss;
		e = answer(&c, 7, ipv6, 1, 2, 3);
		assert_true(accepted(&back, &e, 2));
		/* Never more than the client takes, but for what no TCP goes below. */
		assert_true(back.mss <= mss || back.mss == 48);
		if (!n || table[n - 1] != back.mss) {
			assert_true(n < 8);
			table[n++] = back.mss;
		}
	}
	return n;
}

static void syn_cookie__rounds_the_mss_down(void **state)
{
	u16 table[8];
	u32 i;

	(void)state;
	for (i = 0; i < 2; i++) {
		assert_int_equal(tabled(table, i), 8);
		assert_int_equal(table[2], 536);
		/* Ethernet's, less the headers of each family */
		assert_int_equal(table[6], i ? 1440 : 1460);
	}
}

static void check_kept(const struct syn_cookie *c, bool ipv6, u32 *random)
{
	u32 period = unit_random(random);
	struct syn_cookie back;
	struct exchange e;

	e = answer(c, unit_random(random), ipv6, unit_random(random), period, unit_random(random));
	assert_true(accepted(&back, &e, period));
	check_same(c, &back);
	assert_true(accepted(&back, &e, period + 1));
	check_same(c, &back);
}

/* Of what is agreed on with timestamps: SACK or not, and no scale or each pair of them. */
static u32 check_options(u16 mss, bool ipv6, u32 *random)
{
	u32 ws, pws, sack, n = 0;

	for (ws = 0; ws <= 15; ws++)
		for (pws = 0; pws <= 14; pws++)
			for (sack = 0; sack < 2; sack++) {
				struct syn_cookie c = {
					.mss = mss,
					.has_ts = true,
					.sack_ok = sack,
					.has_wscale = ws < 15,
					.client_wscale = ws % 15,
					.promised_wscale = pws,
				};

				check_kept(&c, ipv6, random);
				n++;
			}
	return n;
}

static void syn_cookie__keeps_every_combination(void **state)
{
	u32 random = 1, ipv6, m, i, n = 0;
	u16 table[8];

	(void)state;
	for (ipv6 = 0; ipv6 < 2; ipv6++) {
		tabled(table, ipv6);
		for (m = 0; m < 8; m++) {
			struct syn_cookie plain = { .mss = table[m] };

			check_kept(&plain, ipv6, &random);
			for (i = 0; i < 4; i++)
				n += check_options(table[m], ipv6, &random);
		}
	}
	assert_int_equal(n, 2 * 8 * 4 * 16 * 15 * 2);
}

static void syn_cookie__is_good_for_its_period_and_the_next(void **state)
{
	static const u32 periods[] = { 1000, 0, 0xffffffff, 255, 256, 0x7fffffff };
	struct syn_cookie c = { .mss = 1460 }, back;
	u32 i, d;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(periods); i++) {
		struct exchange e = answer(&c, i, false, 42, periods[i], 0);

		for (d = 0; d < 256; d++)
			assert_int_equal(accepted(&back, &e, periods[i] + d), d <= 1);
		/* 256 periods on its top bits are right again, and its mac is not. */
		assert_false(accepted(&back, &e, periods[i] + 256));
		assert_false(accepted(&back, &e, periods[i] - 1));
	}
}

static void syn_cookie__is_of_one_connection(void **state)
{
	struct syn_cookie c = { .mss = 1460, .has_ts = true, .sack_ok = true, .has_wscale = true,
				.client_wscale = 7, .promised_wscale = 6 }, back;
	struct exchange good = answer(&c, 3, false, 4711, 99, 5000), e;
	u32 bit;

	(void)state;
	assert_true(accepted(&back, &good, 99));
	for (bit = 0; bit < 32; bit++) {
		e = good;
		e.tuple ^= 1U << bit;
		assert_false(accepted(&back, &e, 99));
		/* As a segment from further on in its stream would look */
		e = good;
		e.client_isn += 1U << bit;
		assert_false(accepted(&back, &e, 99));
	}
	/* Other options than were agreed on */
	for (bit = 0; bit < 5; bit++) {
		e = good;
		e.tsval ^= 1U << bit;
		assert_false(accepted(&back, &e, 99));
	}
	e = good;
	e.has_ts = false;
	assert_false(accepted(&back, &e, 99));
}

/* How many of the ISNs with the right top byte pass: those of one period's data, no more. */
static void syn_cookie__is_hard_to_guess(void **state)
{
	u32 counts[2] = { 0 }, period = 5, i;
	struct syn_cookie back;

	(void)state;
	for (i = 0; i < 1U << 24; i++) {
		struct exchange e = {
			.tuple = 11,
			.client_isn = 12,
			.isn = 12 + hashes_of(11, 12, period, 0).offset + (period << 24) + i,
		};

		counts[0] += accepted(&back, &e, period);
		e.has_ts = true;
		e.tsval = 0x1234567;	/* scale 7, no SACK */
		counts[1] += accepted(&back, &e, period);
	}
	assert_int_equal(counts[0], 8);
	assert_int_equal(counts[1], 8 * 15);
}

static void syn_cookie_tsval__never_runs_ahead(void **state)
{
	struct syn_cookie c = { .has_ts = true, .has_wscale = true }, back = { 0 };
	u32 random = 2, i;

	(void)state;
	for (i = 0; i < 200000; i++) {
		u32 clock = i < 1000 ? i - 500 : unit_random(&random), tsval, later;

		c.sack_ok = i & 1;
		c.client_wscale = i % 15;
		tsval = syn_cookie_tsval(&c, clock);
		assert_true(clock - tsval < SYN_COOKIE_CLOCK_STEP);
		syn_cookie_read_tsecr(&back, tsval);
		check_same(&c, &back);
		/* The same client, later: never an earlier value. */
		later = syn_cookie_tsval(&c, clock + i % 100);
		assert_true((s32)(later - tsval) >= 0);
	}
}

/* A tuple that is used again: the ISN has gone on, as the client's has. */
static void syn_cookie_isn__grows_with_the_client_s(void **state)
{
	struct syn_cookie c = { .mss = 1460 };
	u32 i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		u32 first = answer(&c, i, false, 1000 * i, 7, 0).isn;
		/* A client's clock ticks every 64 ns, ours every 64 s. */
		u32 second = answer(&c, i, false, 1000 * i + (2U << 24), 7, 0).isn;
		u32 third = answer(&c, i, false, 1000 * i + (2U << 24), 9, 0).isn;

		assert_true((s32)(second - first) > 0);
		assert_true((s32)(third - second) > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syn_cookie__rounds_the_mss_down),
		cmocka_unit_test(syn_cookie__keeps_every_combination),
		cmocka_unit_test(syn_cookie__is_good_for_its_period_and_the_next),
		cmocka_unit_test(syn_cookie__is_of_one_connection),
		cmocka_unit_test(syn_cookie__is_hard_to_guess),
		cmocka_unit_test(syn_cookie_tsval__never_runs_ahead),
		cmocka_unit_test(syn_cookie_isn__grows_with_the_client_s),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

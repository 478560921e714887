// SPDX-License-Identifier: GPL-2.0
#include "btcp/tcp_options.h"
#include "unit.h"

static void check(const char *label, const u8 *opt, u32 len, struct tcp_options_seen want)
{
	u8 *exact = malloc(len + !len);
	struct tcp_options_seen seen;

	memcpy(exact, opt, len);
	memset(&seen, 0xff, sizeof(seen));
	tcp_options_parse(&seen, exact, len);
	free(exact);
	assert_row(label, seen.mss == want.mss);
	assert_row(label, seen.has_wscale == want.has_wscale);
	assert_row(label, seen.wscale == want.wscale);
	assert_row(label, seen.sack_ok == want.sack_ok);
	assert_row(label, seen.has_ts == want.has_ts);
	assert_row(label, seen.tsval == want.tsval);
	assert_row(label, seen.tsecr == want.tsecr);
	assert_row(label, seen.malformed == want.malformed);
}

#define OPTIONS(...)	((struct tcp_options_seen){ __VA_ARGS__ })

#define check_bytes(label, want, ...)						\
	do {									\
		static const u8 bytes[] = { __VA_ARGS__ };			\
										\
		check(label, bytes, sizeof(bytes), want);			\
	} while (0)

static void tcp_options_parse__reads_a_syn_of_linux(void **state)
{
	(void)state;
	check_bytes("linux",
		    OPTIONS(.mss = 1460, .sack_ok = true, .has_ts = true, .tsval = 0x01020304,
			    .has_wscale = true, .wscale = 7),
		    2, 4, 0x05, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7);
	check_bytes("windows",
		    OPTIONS(.mss = 1460, .sack_ok = true, .has_wscale = true, .wscale = 8),
		    2, 4, 0x05, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2);
}

static void tcp_options_parse__stops_at_the_end(void **state)
{
	(void)state;
	check_bytes("none", OPTIONS(0), 1, 1, 1, 1);
	check("empty", (const u8 *)"", 0, OPTIONS(0));
	check_bytes("EOL", OPTIONS(.sack_ok = true), 4, 2, 0, 2, 4, 5, 5);
}

static void tcp_options_parse__survives_bad_lengths(void **state)
{
	(void)state;
	check_bytes("length 0", OPTIONS(.sack_ok = true, .malformed = true),
		    4, 2, 254, 0, 2, 4, 5, 5);
	check_bytes("length 1", OPTIONS(.malformed = true), 254, 1, 4, 2);
	check_bytes("beyond", OPTIONS(.sack_ok = true, .malformed = true), 4, 2, 2, 4, 5);
	check_bytes("no length", OPTIONS(.malformed = true), 1, 1, 1, 2);
	check_bytes("known kind, wrong length", OPTIONS(0),
		    2, 3, 5, 3, 4, 7, 0, 4, 3, 0, 8, 4, 0, 0);
	check_bytes("unknown kind", OPTIONS(.sack_ok = true), 34, 2, 30, 4, 1, 2, 4, 2);
}

static void tcp_options_parse__limits_the_scale(void **state)
{
	(void)state;
	check_bytes("scale 15", OPTIONS(.has_wscale = true, .wscale = 14), 3, 3, 15);
	check_bytes("scale 0", OPTIONS(.has_wscale = true), 3, 3, 0);
}

static void tcp_options_build__lays_out_as_linux_does(void **state)
{
	static const struct {
		const char *label;
		struct tcp_options_seen o;
		u8 bytes[20];
		u32 len;
	} rows[] = {
		{ "nothing", { 0 }, { 0 }, 0 },
		{ "all", { .mss = 1460, .sack_ok = true, .has_ts = true, .tsval = 1, .tsecr = 2,
			   .has_wscale = true, .wscale = 7 },
		  { 2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7 }, 20 },
		{ "no SACK", { .mss = 1460, .has_ts = true, .tsval = 1, .tsecr = 2 },
		  { 2, 4, 5, 0xb4, 1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2 }, 16 },
		{ "no timestamps", { .mss = 1460, .sack_ok = true, .has_wscale = true },
		  { 2, 4, 5, 0xb4, 1, 1, 4, 2, 1, 3, 3, 0 }, 12 },
		{ "an ACK", { .has_ts = true, .tsval = 0x01020304, .tsecr = 0xfffefdfc },
		  { 1, 1, 8, 10, 1, 2, 3, 4, 0xff, 0xfe, 0xfd, 0xfc }, 12 },
	};
	u8 out[TCP_OPTIONS_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_row(rows[i].label, tcp_options_build(out, &rows[i].o) == rows[i].len);
		assert_row(rows[i].label, !memcmp(out, rows[i].bytes, rows[i].len));
		check(rows[i].label, out, rows[i].len, rows[i].o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp_options_parse__reads_a_syn_of_linux),
		cmocka_unit_test(tcp_options_parse__stops_at_the_end),
		cmocka_unit_test(tcp_options_parse__survives_bad_lengths),
		cmocka_unit_test(tcp_options_parse__limits_the_scale),
		cmocka_unit_test(tcp_options_build__lays_out_as_linux_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

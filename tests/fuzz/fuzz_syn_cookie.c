// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever a client sends, what is read from it is within bounds, and a cookie made of that is
 * accepted and says the same.
 */
#include "btcp/syn_cookie.h"
#include "fuzz.h"

#define SCALE_MAX	14

struct input {
	u32 isn;
	u32 client_isn;
	u32 offset;
	u32 mac;
	u32 period;
	u32 tsecr;
	u8 has_ts;
	u8 ipv6;
	/* Steer towards what passes: an ISN with the right top byte, and few data. */
	u8 age;
	u8 data;
} __attribute__((packed));

static void check_open(const struct syn_cookie *c, const struct input *in)
{
	u32 isn = syn_cookie_isn(c, in->ipv6 & 1, in->client_isn, in->offset, in->mac, in->period);
	struct syn_cookie again = { 0 };

	CHECK(c->mss >= 48 && c->mss <= 8960);
	CHECK(c->client_wscale <= SCALE_MAX && c->promised_wscale <= SCALE_MAX);
	CHECK(c->has_ts || (!c->sack_ok && !c->has_wscale));

	if (c->has_ts)
		syn_cookie_read_tsecr(&again, syn_cookie_tsval(c, in->tsecr));
	CHECK(!syn_cookie_age(isn, in->client_isn, in->offset, in->period));
	CHECK(syn_cookie_open(&again, in->ipv6 & 1, isn, in->client_isn, in->offset, in->mac));
	CHECK(!memcmp(c, &again, sizeof(again)));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct syn_cookie c = { 0 };
	struct input in;
	int age;

	if (size < sizeof(in))
		return 0;
	memcpy(&in, data, sizeof(in));
	if (in.age < 128)
		in.isn = in.client_isn + in.offset + ((in.period - in.age) << 24) +
			 ((in.mac + in.data) & 0xffffff);

	if (in.has_ts & 1)
		syn_cookie_read_tsecr(&c, in.tsecr);
	CHECK(syn_cookie_options(&c) < 64);
	age = syn_cookie_age(in.isn, in.client_isn, in.offset, in.period);
	CHECK(age >= -1 && age <= SYN_COOKIE_AGE_MAX);
	CHECK(in.age >= 128 || age == (in.age <= SYN_COOKIE_AGE_MAX ? in.age : -1));
	if (syn_cookie_open(&c, in.ipv6 & 1, in.isn, in.client_isn, in.offset, in.mac))
		check_open(&c, &in);
	return 0;
}

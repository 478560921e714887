// SPDX-License-Identifier: GPL-2.0
#include "btcp/syn_cookie.h"

#define MAC_BITS	24
#define MAC_MASK	((1U << MAC_BITS) - 1)

#define DATA_BITS	7
#define DATA_SCALE	3	/* the scale lies above the MSS */

#define SCALE_MASK	0xf
#define SCALE_NONE	0xf	/* 14 is the greatest there is */

#define OPTION_SACK	0x10
#define OPTION_TS	0x20
#define OPTIONS_IN_TS	(SYN_COOKIE_CLOCK_STEP - 1)

/*
 * Rounded down, never up. The least is Linux's own: below it sends no less. Then what every IPv4
 * and every IPv6 path carries, what tunnels and PPPoE leave of Ethernet, Ethernet, jumbo frames.
 */
static const u16 mss_table[2][8] = {
	{ 48, 256, 536, 1220, 1360, 1440, 1460, 8960 },
	{ 48, 256, 536, 1220, 1360, 1420, 1440, 8940 },
};

static u32 mss_index(const u16 *table, u16 mss)
{
	u32 i = ARRAY_SIZE(mss_table[0]) - 1;

	while (i && mss < table[i])
		i--;
	return i;
}

u8 syn_cookie_options(const struct syn_cookie *c)
{
	return (c->has_ts ? OPTION_TS : 0) | (c->sack_ok ? OPTION_SACK : 0) |
	       (c->has_wscale ? c->client_wscale : SCALE_NONE);
}

u32 syn_cookie_isn(const struct syn_cookie *c, bool ipv6, u32 client_isn, u32 offset, u32 mac,
		   u32 period)
{
	u32 data = mss_index(mss_table[ipv6], c->mss);

	data |= (c->has_wscale ? c->promised_wscale : SCALE_NONE) << DATA_SCALE;
	return client_isn + offset + (period << MAC_BITS) + ((mac + data) & MAC_MASK);
}

u32 syn_cookie_tsval(const struct syn_cookie *c, u32 clock)
{
	u32 low = syn_cookie_options(c) & OPTIONS_IN_TS;

	return clock - ((clock - low) & OPTIONS_IN_TS);
}

void syn_cookie_read_tsecr(struct syn_cookie *c, u32 tsecr)
{
	u8 scale = tsecr & SCALE_MASK;

	c->has_ts = true;
	c->sack_ok = tsecr & OPTION_SACK;
	c->has_wscale = scale != SCALE_NONE;
	c->client_wscale = c->has_wscale ? scale : 0;
}

int syn_cookie_age(u32 isn, u32 client_isn, u32 offset, u32 period)
{
	u8 age = period - ((isn - client_isn - offset) >> MAC_BITS);

	return age <= SYN_COOKIE_AGE_MAX ? age : -1;
}

bool syn_cookie_open(struct syn_cookie *c, bool ipv6, u32 isn, u32 client_isn, u32 offset,
		     u32 mac)
{
	u32 data = (isn - client_isn - offset - mac) & MAC_MASK;
	u8 scale = data >> DATA_SCALE;

	bool has_wscale = scale != SCALE_NONE;

	if (data >> DATA_BITS || has_wscale != c->has_wscale)
		return false;
	c->promised_wscale = has_wscale ? scale : 0;
	c->mss = mss_table[ipv6][data & 7];
	return true;
}

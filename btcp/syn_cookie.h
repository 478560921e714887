/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SYN cookies: what a SYN leaves to be remembered, put into the numbers of the SYN/ACK, which the
 * client's next packet brings back (the idea is D. J. Bernstein's).
 *
 *	ISN   = client's ISN + offset + (period << 24) + (mac + data) mod 2^24
 *	data  : 6..3 the promised window scale, 15: none; 2..0 the client's MSS, by table
 *	TSval = the latest value of our clock whose low 5 bits are
 *	        4: SACK; 3..0 the client's window scale, 15: none
 *
 * offset and mac are keyed hashes, made by the caller: offset of the tuple, so that nobody sees the
 * rest and the ISNs of a tuple that is used again grow as the client's do; mac of the tuple, the
 * client's ISN, the period and what is in the timestamp. Who has seen no SYN/ACK guesses one that
 * passes with 2^-28 a try without timestamps, 2^-24 with, where he must guess our clock, too.
 */
#ifndef BTCP_SYN_COOKIE_H
#define BTCP_SYN_COOKIE_H

#include "btcp/pure.h"

/* Seconds in a period. A cookie is good in its own and the next. */
#define SYN_COOKIE_PERIOD	64
#define SYN_COOKIE_AGE_MAX	1

/* Values of the clock that a TSval may lie behind it. */
#define SYN_COOKIE_CLOCK_STEP	32

/**
 * struct syn_cookie - what a SYN leaves to be remembered
 * @mss: the client's, in bytes; what comes out of a cookie is that or less
 * @client_wscale: its window scale, 0 to 14, if @has_wscale
 * @promised_wscale: ours, 0 to 14, if @has_wscale
 * @has_wscale: window scale was agreed on; only with @has_ts
 * @sack_ok: SACK was agreed on; only with @has_ts
 * @has_ts: timestamps were agreed on
 */
struct syn_cookie {
	u16 mss;
	u8 client_wscale;
	u8 promised_wscale;
	bool has_wscale;
	bool sack_ok;
	bool has_ts;
};

/**
 * syn_cookie_options() - what goes into a timestamp, and that there is one
 * @c: cookie
 *
 * Context: any; pure.
 * Return: 6 bits, for the mac; the low 5 are those of the TSval.
 */
u8 syn_cookie_options(const struct syn_cookie *c);

/**
 * syn_cookie_isn() - the sequence number that is a cookie
 * @c: what to remember
 * @ipv6: whose table of MSSs
 * @client_isn: the SYN's sequence number, host order
 * @offset: keyed hash of the tuple
 * @mac: keyed hash of tuple, @client_isn, @period and syn_cookie_options()
 * @period: now
 *
 * Context: any; pure.
 */
u32 syn_cookie_isn(const struct syn_cookie *c, bool ipv6, u32 client_isn, u32 offset, u32 mac,
		   u32 period);

/**
 * syn_cookie_tsval() - the timestamp that carries the rest
 * @c: what to remember, with @has_ts
 * @clock: what the TSval would be without a cookie
 *
 * Context: any; pure.
 * Return: a value less than SYN_COOKIE_CLOCK_STEP behind @clock.
 */
u32 syn_cookie_tsval(const struct syn_cookie *c, u32 clock);

/**
 * syn_cookie_read_tsecr() - the options from a timestamp that came back
 * @c: result: all but @mss and @promised_wscale
 * @tsecr: the echo
 *
 * Context: any; pure. What it says is to be believed only after syn_cookie_open().
 */
void syn_cookie_read_tsecr(struct syn_cookie *c, u32 tsecr);

/**
 * syn_cookie_age() - how old is this, if it is a cookie?
 * @isn: what the client acknowledged, less 1
 * @client_isn: its sequence number, less 1
 * @offset: as for syn_cookie_isn()
 * @period: now
 *
 * Context: any; pure.
 * Return: periods, 0 to SYN_COOKIE_AGE_MAX; -1: too old, or none at all.
 */
int syn_cookie_age(u32 isn, u32 client_isn, u32 offset, u32 period);

/**
 * syn_cookie_open() - is this a cookie of ours, and what is in it?
 * @c: with the options as they came back, see syn_cookie_read_tsecr(), or all zero without
 *	timestamps; @mss and @promised_wscale are filled in
 * @ipv6: whose table of MSSs
 * @isn: what the client acknowledged, less 1
 * @client_isn: its sequence number, less 1
 * @offset: as for syn_cookie_isn()
 * @mac: likewise, for the period in which the cookie was made: see syn_cookie_age()
 *
 * Context: any; pure.
 * Return: false if it is not; @c means nothing then.
 */
bool syn_cookie_open(struct syn_cookie *c, bool ipv6, u32 isn, u32 client_isn, u32 offset,
		     u32 mac);

#endif /* BTCP_SYN_COOKIE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TCP options as flat bytes: read what a client offers, write what the front-end promises (RFC
 * 9293 3.2, RFC 7323, RFC 2018).
 */
#ifndef BTCP_TCP_OPTIONS_H
#define BTCP_TCP_OPTIONS_H

#include "btcp/pure.h"

#define TCP_OPTIONS_MAX		40	/* bytes that a header can hold */
#define TCP_WSCALE_MAX		14	/* RFC 7323 2.3 */

/* Under names of our own: net/tcp.h has them in the kernel, the C library in part. */
#define TCP_KIND_EOL		0
#define TCP_KIND_NOP		1
#define TCP_KIND_MSS		2
#define TCP_KIND_WSCALE		3
#define TCP_KIND_SACK_OK	4
#define TCP_KIND_SACK		5
#define TCP_KIND_TS		8

#define TCP_LEN_MSS		4
#define TCP_LEN_WSCALE		3
#define TCP_LEN_SACK_OK		2
#define TCP_LEN_TS		10

/**
 * struct tcp_options_seen - the options that matter here, in host byte order
 * @tsval: timestamp value, if @has_ts
 * @tsecr: timestamp echo, if @has_ts
 * @mss: maximum segment size in bytes; 0: not there
 * @wscale: window scale, at most TCP_WSCALE_MAX, if @has_wscale
 * @has_wscale: the window scale option is there
 * @sack_ok: SACK-permitted is there
 * @has_ts: the timestamps option is there
 * @malformed: a length ran out of the header; what came before it counts
 */
struct tcp_options_seen {
	u32 tsval;
	u32 tsecr;
	u16 mss;
	u8 wscale;
	bool has_wscale;
	bool sack_ok;
	bool has_ts;
	bool malformed;
};

/**
 * tcp_option_next() - walk options
 * @opt: the options
 * @len: bytes in @opt
 * @pos: where to go on, in bytes from @opt; 0 to begin
 * @off: result: where the option begins; its kind is there, its length one byte on
 *
 * NOPs are skipped. Whatever option it gives lies within @len with all its length, which is at
 * least 2.
 *
 * Context: any; pure.
 * Return: 1: an option; 0: the end; -EINVAL: a length below 2 or beyond @len: stop (RFC 9293 3.2,
 * MUST-7).
 */
static inline int tcp_option_next(const u8 *opt, u32 len, u32 *pos, u32 *off)
{
	u32 at = *pos;

	while (at < len && opt[at] == TCP_KIND_NOP)
		at++;
	if (at >= len || opt[at] == TCP_KIND_EOL) {
		*pos = len;
		return 0;
	}
	if (len - at < 2 || opt[at + 1] < 2 || opt[at + 1] > len - at) {
		*pos = len;
		return -EINVAL;
	}
	*off = at;
	*pos = at + opt[at + 1];
	return 1;
}

/**
 * tcp_options_parse() - read the options of one segment
 * @seen: result; all of it is set
 * @opt: the options: what follows the header's first 20 bytes
 * @len: bytes in @opt
 *
 * A known option of a wrong length is passed over, as Linux does. MSS, window scale and
 * SACK-permitted mean something on a SYN only: on other segments the caller ignores them.
 *
 * Context: any; pure.
 */
void tcp_options_parse(struct tcp_options_seen *seen, const u8 *opt, u32 len);

/**
 * tcp_options_build() - write options, laid out as Linux lays them out
 * @out: room for TCP_OPTIONS_MAX bytes
 * @o: what to write: @mss if not 0, timestamps, SACK-permitted and window scale as their flags say
 *
 * For a SYN or SYN/ACK give all that is offered; for any other segment only has_ts may be set.
 *
 * Context: any; pure.
 * Return: bytes written: a multiple of 4, at most 20.
 */
u32 tcp_options_build(u8 *out, const struct tcp_options_seen *o);

#endif /* BTCP_TCP_OPTIONS_H */

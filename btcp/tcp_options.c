// SPDX-License-Identifier: GPL-2.0
#include "btcp/tcp_options.h"

void tcp_options_parse(struct tcp_options_seen *seen, const u8 *opt, u32 len)
{
	u32 pos = 0, off;
	int more;

	memset(seen, 0, sizeof(*seen));
	while ((more = tcp_option_next(opt, len, &pos, &off)) > 0) {
		const u8 *o = opt + off;

		switch (o[0]) {
		case TCP_KIND_MSS:
			if (o[1] == TCP_LEN_MSS)
				seen->mss = get_unaligned_be16(o + 2);
			break;
		case TCP_KIND_WSCALE:
			if (o[1] != TCP_LEN_WSCALE)
				break;
			seen->has_wscale = true;
			seen->wscale = min_t(u8, o[2], TCP_WSCALE_MAX);
			break;
		case TCP_KIND_SACK_OK:
			if (o[1] == TCP_LEN_SACK_OK)
				seen->sack_ok = true;
			break;
		case TCP_KIND_TS:
			if (o[1] != TCP_LEN_TS)
				break;
			seen->has_ts = true;
			seen->tsval = get_unaligned_be32(o + 2);
			seen->tsecr = get_unaligned_be32(o + 6);
			break;
		}
	}
	seen->malformed = more < 0;
}
EXPORT_SYMBOL_GPL(tcp_options_parse);

/*
 * The order and padding of tcp_options_write(): middleboxes and fingerprints know it, and the
 * timestamps land where the fast path of the receiver's TCP looks for them.
 */
u32 tcp_options_build(u8 *out, const struct tcp_options_seen *o)
{
	u8 *p = out;

	if (o->mss) {
		*p++ = TCP_KIND_MSS;
		*p++ = TCP_LEN_MSS;
		put_unaligned_be16(o->mss, p);
		p += 2;
	}
	if (o->has_ts || o->sack_ok) {
		/* SACK-permitted sits in the timestamps' padding; alone it is padded itself. */
		*p++ = o->has_ts && o->sack_ok ? TCP_KIND_SACK_OK : TCP_KIND_NOP;
		*p++ = o->has_ts && o->sack_ok ? TCP_LEN_SACK_OK : TCP_KIND_NOP;
		*p++ = o->has_ts ? TCP_KIND_TS : TCP_KIND_SACK_OK;
		*p++ = o->has_ts ? TCP_LEN_TS : TCP_LEN_SACK_OK;
	}
	if (o->has_ts) {
		put_unaligned_be32(o->tsval, p);
		put_unaligned_be32(o->tsecr, p + 4);
		p += 8;
	}
	if (o->has_wscale) {
		*p++ = TCP_KIND_NOP;
		*p++ = TCP_KIND_WSCALE;
		*p++ = TCP_LEN_WSCALE;
		*p++ = o->wscale;
	}
	return p - out;
}
EXPORT_SYMBOL_GPL(tcp_options_build);

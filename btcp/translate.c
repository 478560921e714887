// SPDX-License-Identifier: GPL-2.0
#include "btcp/tcp_options.h"
#include "btcp/tcp_seq.h"
#include "btcp/translate.h"

#define TCP_HEADER_LEN	20
#define TCP_OFF_SEQ	4
#define TCP_OFF_ACK	8
#define TCP_OFF_FLAGS	13
#define TCP_OFF_WINDOW	14
#define TCP_FLAG_SYN_BIT	0x02
#define TCP_FLAG_ACK_BIT	0x10

#define QUOTED_LEN	8	/* what every ICMP error quotes at least (RFC 792) */

static u32 fold(u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/*
 * Add to 32 bits of the header and tell the change of its sum: new words minus old ones, in one's
 * complement. At an odd offset each byte counts in the other half of a word; such sums do not care
 * about the byte order (RFC 1071 2 B), so the change is that of an even offset, swapped.
 */
static u32 add32(u8 *tcp, u32 off, u32 delta)
{
	u32 old = get_unaligned_be32(tcp + off), new = old + delta, diff;

	put_unaligned_be32(new, tcp + off);
	diff = fold((new >> 16) + (new & 0xffff) + (~old >> 16) + (~old & 0xffff));
	return off & 1 ? (diff & 0xff) << 8 | diff >> 8 : diff;
}

static u32 rescale_window(u8 *tcp, u8 from, u8 to)
{
	u16 old = get_unaligned_be16(tcp + TCP_OFF_WINDOW), new;

	/* The window of a SYN is never scaled (RFC 7323 2.2). */
	if (from == to || (tcp[TCP_OFF_FLAGS] & TCP_FLAG_SYN_BIT))
		return 0;
	new = tcp_window_rescale(old, from, to);
	put_unaligned_be16(new, tcp + TCP_OFF_WINDOW);
	return new + (u16)~old;
}

u32 btcp_translate_out(u8 *tcp, u32 hdrlen, const struct btcp_translation *t)
{
	u32 sum, pos = TCP_HEADER_LEN, off;
	int more;

	if (hdrlen < TCP_HEADER_LEN)
		return BTCP_TRANSLATE_MALFORMED;
	sum = add32(tcp, TCP_OFF_SEQ, t->seq_delta);
	sum += rescale_window(tcp, t->backend_wscale, t->promised_wscale);

	while ((more = tcp_option_next(tcp, hdrlen, &pos, &off)) > 0)
		if (tcp[off] == TCP_KIND_TS && tcp[off + 1] == TCP_LEN_TS)
			sum += add32(tcp, off + 2, t->ts_delta);
	return fold(sum) | (more < 0 ? BTCP_TRANSLATE_MALFORMED : 0);
}

static u32 translate_sack(u8 *tcp, u32 off, u32 delta)
{
	u32 end = off + tcp[off + 1], edge, sum = 0;

	/* TCP itself ignores a list that is not of whole blocks. */
	if (tcp[off + 1] < 10 || (tcp[off + 1] - 2) % 8)
		return 0;
	for (edge = off + 2; edge < end; edge += 4)
		sum += add32(tcp, edge, delta);
	return sum;
}

u32 btcp_translate_in(u8 *tcp, u32 hdrlen, const struct btcp_translation *t)
{
	u32 sum = 0, pos = TCP_HEADER_LEN, off;
	bool ack;
	int more;

	if (hdrlen < TCP_HEADER_LEN)
		return BTCP_TRANSLATE_MALFORMED;
	ack = tcp[TCP_OFF_FLAGS] & TCP_FLAG_ACK_BIT;
	if (ack)
		sum = add32(tcp, TCP_OFF_ACK, -t->seq_delta);
	sum += rescale_window(tcp, t->client_wscale, t->assumed_wscale);

	while ((more = tcp_option_next(tcp, hdrlen, &pos, &off)) > 0) {
		if (tcp[off] == TCP_KIND_SACK)
			sum += translate_sack(tcp, off, -t->seq_delta);
		else if (tcp[off] == TCP_KIND_TS && tcp[off + 1] == TCP_LEN_TS && ack &&
			 get_unaligned_be32(tcp + off + 6))
			sum += add32(tcp, off + 6, -t->ts_delta);
	}
	return fold(sum) | (more < 0 ? BTCP_TRANSLATE_MALFORMED : 0);
}

u32 btcp_translate_quoted(u8 *tcp, u32 len, const struct btcp_translation *t)
{
	if (len < QUOTED_LEN)
		return BTCP_TRANSLATE_MALFORMED;
	return add32(tcp, TCP_OFF_SEQ, -t->seq_delta);
}

u16 btcp_csum_apply(u16 check, u32 diff)
{
	return ~fold((u16)~check + (diff & 0xffff));
}

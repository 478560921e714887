// SPDX-License-Identifier: GPL-2.0
#include <netinet/tcp.h>
#include <string.h>

#include "tests/attack/mutation.h"

/* Make room for LEN bytes, or take -LEN away; as far as that goes. */
static size_t insert(struct frame *p, size_t at, size_t len)
{
	if (len > FRAME_MAX - p->len)
		len = FRAME_MAX - p->len;
	memmove(p->data + at + len, p->data + at, p->len - at);
	p->len += len;
	return len;
}

static void take_out(struct frame *p, size_t at, size_t len)
{
	memmove(p->data + at, p->data + at + len, p->len - at - len);
	p->len -= len;
}

static void flags(struct frame *p)
{
	tcp(p)[13] = random_next();
	if (one_in(4))
		tcp(p)[12] ^= random_next() & 0xf;
}

/* Next to it, within a window of it, anywhere. */
static u32 moved(u32 number)
{
	switch (random_below(4)) {
	case 0:
		return number + random_below(5) - 2;
	case 1:
		return number + random_below(131072) - 65536;
	case 2:
		return number + (1U << 31) + random_below(5) - 2;
	default:
		return random_next();
	}
}

static void sequence(struct frame *p)
{
	put_unaligned_be32(moved(get_unaligned_be32(tcp(p) + 4)), tcp(p) + 4);
}

static void acknowledgement(struct frame *p)
{
	put_unaligned_be32(moved(get_unaligned_be32(tcp(p) + 8)), tcp(p) + 8);
}

static void offset(struct frame *p)
{
	tcp(p)[12] = random_next();
}

/* Kinds that somebody reads somewhere, with lengths that fit, or do not. */
static void options(struct frame *p)
{
	static const u8 kinds[] = { 0, 1, 2, 3, 4, 5, 8, 14, 19, 28, 29, 30, 34, 69, 253 };
	size_t had = tcp_header(p) - TCP_MIN, want = random_below(11) * 4, at = 0;
	u8 *o;

	take_out(p, p->tcp + TCP_MIN, had);
	want = insert(p, p->tcp + TCP_MIN, want) & ~3;
	o = tcp(p) + TCP_MIN;
	random_fill(o, want);
	tcp(p)[12] = (TCP_MIN + want) / 4 << 4 | (tcp(p)[12] & 0xf);
	while (at < want) {
		size_t len = random_below(12);

		o[at] = one_in(8) ? random_next() : kinds[random_below(sizeof(kinds))];
		if (at + 1 < want && o[at] > 1)
			o[at + 1] = one_in(4) ? random_next() : len;
		at += len ? len : 1;
	}
}

/* Those there are, with other values: timestamps, SACK blocks. */
static void option_values(struct frame *p)
{
	size_t len = tcp_header(p) - TCP_MIN;

	if (len)
		tcp(p)[TCP_MIN + random_below(len)] = random_next();
}

static void window(struct frame *p)
{
	put_unaligned_be16(one_in(2) ? random_next() : 0, tcp(p) + 14);
	put_unaligned_be16(random_next(), tcp(p) + 18);
	if (one_in(2))
		tcp(p)[13] |= TH_URG;
}

static void payload(struct frame *p)
{
	size_t header = tcp_header(p), at = p->tcp + header, have = p->len - at, n;

	switch (random_below(3)) {
	case 0:
		n = have ? random_below(have) : 0;
		take_out(p, at + have - n, n);
		break;
	case 1:
		at += have;
		n = insert(p, at, 1 + random_below(FRAME_MAX));
		random_fill(p->data + at, n);
		break;
	default:
		if (have)
			p->data[at + random_below(have)] ^= 1 << random_below(8);
	}
}

static void ports(struct frame *p)
{
	put_unaligned_be16(random_next(), tcp(p) + (one_in(2) ? 0 : 2));
}

static void rubbish(struct frame *p)
{
	random_fill(tcp(p), tcp_len(p));
	if (!one_in(4))
		put_unaligned_be16(80, tcp(p) + 2);
}

static void lengths(struct frame *p)
{
	p->add_to_length = one_in(2) ? (int)random_below(64) - 32 : (int)random_below(65536);
}

static void truncated(struct frame *p)
{
	p->truncate = true;
}

static void sums(struct frame *p)
{
	if (one_in(4))
		p->spoil_ip_sum = true;
	else
		p->spoil_tcp_sum = true;
}

static void fragments(struct frame *p)
{
	p->fragment = true;
}

static void ip_fields(struct frame *p)
{
	u8 *ip = p->data + LAYER3;

	switch (random_below(4)) {
	case 0:	/* hop limit */
		ip[p->ipv6 ? 7 : 8] = random_below(3);
		break;
	case 1:	/* traffic class, and one bit of what follows */
		ip[1] = random_next();
		break;
	case 2:	/* protocol */
		ip[p->ipv6 ? 6 : 9] = random_next();
		break;
	default: /* a fragment without its others; IPv6: the flow label */
		put_unaligned_be16(random_next(), ip + (p->ipv6 ? 2 : 6));
	}
}

static void ip_options(struct frame *p)
{
	static const u8 headers[] = { 0, 43, 44, 51, 60, 135, 59 };
	static const u8 kinds[] = { 0, 1, 7, 68, 131, 137, 148 };
	u8 *ip = p->data + LAYER3;
	size_t at = p->ipv6 ? LAYER3 + V6_MIN : LAYER3 + V4_MIN, len;

	if (!p->ipv6 && ip[0] != 0x45)
		return;
	len = p->ipv6 ? 8 * (1 + random_below(4)) : 4 * (1 + random_below(10));
	if (len > FRAME_MAX - p->len)
		return;
	insert(p, at, len);
	p->tcp += len;
	random_fill(p->data + at, len);
	if (p->ipv6) {
		p->data[at] = ip[6];
		p->data[at + 1] = one_in(8) ? random_next() : len / 8 - 1;
		/* PadN all over, as far as it goes */
		if (one_in(2)) {
			p->data[at + 2] = 1;
			p->data[at + 3] = len - 4;
			memset(p->data + at + 4, 0, len - 4);
		}
		ip[6] = headers[random_below(sizeof(headers))];
	} else {
		ip[0] += len / 4;
		p->data[at] = kinds[random_below(sizeof(kinds))];
		p->data[at + 1] = one_in(4) ? random_next() : len;
		p->data[at + 2] = one_in(4) ? random_next() : 4;
	}
}

static void addresses(struct frame *p)
{
	size_t len = p->ipv6 ? 16 : 4;
	u8 *from = p->data + LAYER3 + (p->ipv6 ? 8 : 12), *to = from + len, swap[16];

	switch (random_below(5)) {
	case 0:
		memcpy(from, to, len);
		break;
	case 1:
		memcpy(swap, from, len);
		memcpy(from, to, len);
		memcpy(to, swap, len);
		break;
	case 2:	/* multicast, loopback, broadcast */
		from[0] = p->ipv6 ? 0xff : 0xe0 + random_below(32);
		break;
	case 3:
		memset(from, one_in(2) ? 0 : 0xff, len);
		break;
	default:
		from[len - 1] ^= 1 << random_below(8);
	}
}

struct mutation mutations[] = {
	{ "flags", flags, 0 }, { "sequence", sequence, 0 },
	{ "acknowledgement", acknowledgement, 0 }, { "offset", offset, 0 },
	{ "options", options, 0 }, { "option-values", option_values, 0 },
	{ "window", window, 0 }, { "payload", payload, 0 }, { "ports", ports, 0 },
	{ "rubbish", rubbish, 0 }, { "lengths", lengths, 0 }, { "truncated", truncated, 0 },
	{ "sums", sums, 0 }, { "fragments", fragments, 0 }, { "ip-fields", ip_fields, 0 },
	{ "ip-options", ip_options, 0 }, { "addresses", addresses, 0 },
};

const size_t mutation_count = sizeof(mutations) / sizeof(mutations[0]);

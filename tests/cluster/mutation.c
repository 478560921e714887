// SPDX-License-Identifier: GPL-2.0
#include <netinet/tcp.h>
#include <string.h>

#include "mutation.h"
#include "packet.h"

static bool one_in(uint32_t n)
{
	return draw() % n == 0;
}

static void fill(uint8_t *at, size_t len)
{
	while (len--)
		*at++ = draw();
}

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
	tcp(p)[13] = draw();
	if (one_in(4))
		tcp(p)[12] ^= draw() & 0xf;
}

/* Next to it, within a window of it, anywhere. */
static uint32_t moved(uint32_t number)
{
	switch (draw() % 4) {
	case 0:
		return number + draw() % 5 - 2;
	case 1:
		return number + draw() % 131072 - 65536;
	case 2:
		return number + (1U << 31) + draw() % 5 - 2;
	default:
		return draw();
	}
}

static void sequence(struct frame *p)
{
	put32(tcp(p) + 4, moved(get32(tcp(p) + 4)));
}

static void acknowledgement(struct frame *p)
{
	put32(tcp(p) + 8, moved(get32(tcp(p) + 8)));
}

static void offset(struct frame *p)
{
	tcp(p)[12] = draw();
}

/* Kinds that somebody reads somewhere, with lengths that fit, or do not. */
static void options(struct frame *p)
{
	static const uint8_t kinds[] = { 0, 1, 2, 3, 4, 5, 8, 14, 19, 28, 29, 30, 34, 69, 253 };
	size_t had = tcp_header(p) - TCP_MIN, want = draw() % 11 * 4, at = 0;
	uint8_t *o;

	take_out(p, p->tcp + TCP_MIN, had);
	want = insert(p, p->tcp + TCP_MIN, want) & ~3;
	o = tcp(p) + TCP_MIN;
	fill(o, want);
	tcp(p)[12] = (TCP_MIN + want) / 4 << 4 | (tcp(p)[12] & 0xf);
	while (at < want) {
		size_t len = draw() % 12;

		o[at] = one_in(8) ? draw() : kinds[draw() % sizeof(kinds)];
		if (at + 1 < want && o[at] > 1)
			o[at + 1] = one_in(4) ? draw() : len;
		at += len ? len : 1;
	}
}

/* Those there are, with other values: timestamps, SACK blocks. */
static void option_values(struct frame *p)
{
	size_t len = tcp_header(p) - TCP_MIN;

	if (len)
		tcp(p)[TCP_MIN + draw() % len] = draw();
}

static void window(struct frame *p)
{
	put16(tcp(p) + 14, one_in(2) ? draw() : 0);
	put16(tcp(p) + 18, draw());
	if (one_in(2))
		tcp(p)[13] |= TH_URG;
}

static void payload(struct frame *p)
{
	size_t header = tcp_header(p), at = p->tcp + header, have = p->len - at, n;

	switch (draw() % 3) {
	case 0:
		n = have ? draw() % have : 0;
		take_out(p, at + have - n, n);
		break;
	case 1:
		at += have;
		n = insert(p, at, 1 + draw() % FRAME_MAX);
		fill(p->data + at, n);
		break;
	default:
		if (have)
			p->data[at + draw() % have] ^= 1 << draw() % 8;
	}
}

static void ports(struct frame *p)
{
	put16(tcp(p) + (one_in(2) ? 0 : 2), draw());
}

static void rubbish(struct frame *p)
{
	fill(tcp(p), tcp_len(p));
	if (!one_in(4))
		put16(tcp(p) + 2, 80);
}

static void lengths(struct frame *p)
{
	p->add_to_length = one_in(2) ? (int)(draw() % 64) - 32 : (int)(draw() % 65536);
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
	uint8_t *ip = p->data + LAYER3;

	switch (draw() % 4) {
	case 0:	/* hop limit */
		ip[p->ipv6 ? 7 : 8] = draw() % 3;
		break;
	case 1:	/* traffic class, and one bit of what follows */
		ip[1] = draw();
		break;
	case 2:	/* protocol */
		ip[p->ipv6 ? 6 : 9] = draw();
		break;
	default: /* a fragment without its others; IPv6: the flow label */
		put16(ip + (p->ipv6 ? 2 : 6), draw());
	}
}

static void ip_options(struct frame *p)
{
	static const uint8_t headers[] = { 0, 43, 44, 51, 60, 135, 59 };
	static const uint8_t kinds[] = { 0, 1, 7, 68, 131, 137, 148 };
	uint8_t *ip = p->data + LAYER3;
	size_t at = p->ipv6 ? LAYER3 + V6_MIN : LAYER3 + V4_MIN, len;

	if (!p->ipv6 && ip[0] != 0x45)
		return;
	len = p->ipv6 ? 8 * (1 + draw() % 4) : 4 * (1 + draw() % 10);
	if (len > FRAME_MAX - p->len)
		return;
	insert(p, at, len);
	p->tcp += len;
	fill(p->data + at, len);
	if (p->ipv6) {
		p->data[at] = ip[6];
		p->data[at + 1] = one_in(8) ? draw() : len / 8 - 1;
		/* PadN all over, as far as it goes */
		if (one_in(2)) {
			p->data[at + 2] = 1;
			p->data[at + 3] = len - 4;
			memset(p->data + at + 4, 0, len - 4);
		}
		ip[6] = headers[draw() % sizeof(headers)];
	} else {
		ip[0] += len / 4;
		p->data[at] = kinds[draw() % sizeof(kinds)];
		p->data[at + 1] = one_in(4) ? draw() : len;
		p->data[at + 2] = one_in(4) ? draw() : 4;
	}
}

static void addresses(struct frame *p)
{
	size_t len = p->ipv6 ? 16 : 4;
	uint8_t *from = p->data + LAYER3 + (p->ipv6 ? 8 : 12), *to = from + len, swap[16];

	switch (draw() % 5) {
	case 0:
		memcpy(from, to, len);
		break;
	case 1:
		memcpy(swap, from, len);
		memcpy(from, to, len);
		memcpy(to, swap, len);
		break;
	case 2:	/* multicast, loopback, broadcast */
		from[0] = p->ipv6 ? 0xff : 0xe0 + draw() % 32;
		break;
	case 3:
		memset(from, one_in(2) ? 0 : 0xff, len);
		break;
	default:
		from[len - 1] ^= 1 << draw() % 8;
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

// SPDX-License-Identifier: GPL-2.0
/*
 * Who has seen the control channel and has no key: sends what was captured,
 * changed in one way or another, under the peers' own addresses.
 *
 * usage: hostile INTERFACE CAPTURE SEED COUNT[/RATE] KIND…
 *
 * Sends COUNT datagrams, made from random ones of the capture by the kinds in
 * turn, RATE a second or as fast as it goes, and says "sent COUNT".  The kinds
 * are the table at the end of this file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "handoff/seal.h"
#include "tests/attack/frame.h"

#define MTU		1500
#define CAPTURED_MAX	20000

static struct datagram *captured;
static u32 captured_count;

static void take(void *arg, const u8 *frame, u32 len)
{
	(void)arg;
	if (captured_count < CAPTURED_MAX &&
	    datagram_parse(&captured[captured_count], frame, len) &&
	    captured[captured_count].len >= SEAL_OVERHEAD)
		captured_count++;
}

static void swap(struct side *a, struct side *b)
{
	struct side c = *a;

	*a = *b;
	*b = c;
}

/* Each returns the MTU to send it with. */

static u32 replayed(struct datagram *d)
{
	(void)d;
	return MTU;
}

static u32 reflected(struct datagram *d)
{
	/* Answers go to the peer's configured port, whatever port it sent from. */
	u16 port = d->to.port;

	swap(&d->from, &d->to);
	d->to.port = port;
	return MTU;
}

static u32 truncated(struct datagram *d)
{
	d->len = random_below(d->len);
	return MTU;
}

static u32 flipped(struct datagram *d)
{
	u32 n = 1 + random_below(8), bit;

	while (n--) {
		bit = random_below(8 * d->len);
		d->payload[bit / 8] ^= 1 << bit % 8;
	}
	return MTU;
}

static u32 forged(struct datagram *d)
{
	random_fill(d->payload + SEAL_HEADER_LEN, d->len - SEAL_HEADER_LEN);
	return MTU;
}

static u32 other_index(struct datagram *d)
{
	random_fill(d->payload + 4, 4);
	return MTU;
}

static u32 other_counter(struct datagram *d)
{
	random_fill(d->payload + 8, 8);
	return MTU;
}

static u32 other_version(struct datagram *d)
{
	d->payload[1] += 1 + random_below(255);
	return MTU;
}

static u32 other_type(struct datagram *d)
{
	d->payload[0] = SEAL_DATA + 1 + random_below(252);
	return MTU;
}

static u32 noise(struct datagram *d)
{
	d->len = random_below(1400);
	random_fill(d->payload, d->len);
	return MTU;
}

/* Longer by random bytes, some of it longer than a packet. */
static u32 oversized(struct datagram *d)
{
	u32 more = 1 + random_below(PAYLOAD_MAX - d->len);

	random_fill(d->payload + d->len, more);
	d->len += more;
	return MTU;
}

static u32 fragmented(struct datagram *d)
{
	/* Room for one 8-byte unit and the headers, at least */
	return (d->ipv6 ? 56 : 28) + random_below(200);
}

static u32 stranger(struct datagram *d)
{
	/* A neighbour of the peer's */
	d->from.addr[d->ipv6 ? 15 : 3] ^= 0x40;
	return MTU;
}

static const struct kind {
	const char *name;
	u32 (*make)(struct datagram *d);
} kinds[] = {
	{ "replayed", replayed },
	{ "reflected", reflected },
	{ "truncated", truncated },
	{ "flipped", flipped },
	{ "forged", forged },
	{ "index", other_index },
	{ "counter", other_counter },
	{ "version", other_version },
	{ "type", other_type },
	{ "noise", noise },
	{ "oversized", oversized },
	{ "fragmented", fragmented },
	{ "stranger", stranger },
};

static const struct kind *find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	die("no kind of message: %s", name);
}

/* Wait until the @nth is due. */
static void pace(const struct timespec *began, unsigned long nth, unsigned long rate)
{
	unsigned long ns = began->tv_nsec + nth % rate * 1000000000 / rate;
	struct timespec due = {
		.tv_sec = began->tv_sec + nth / rate + ns / 1000000000,
		.tv_nsec = ns % 1000000000,
	};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL))
		;
}

int main(int argc, char **argv)
{
	static const u8 own_mac[6] = { 2, 0, 0, 0, 0, 0x66 };
	const struct datagram *from;
	unsigned long i, count, rate = 0;
	struct timespec began;
	struct datagram d;
	struct link link;
	char *end;

	if (argc < 6)
		die("usage: hostile INTERFACE CAPTURE SEED COUNT[/RATE] KIND...");
	captured = calloc(CAPTURED_MAX, sizeof(*captured));
	if (!captured)
		die("no memory");
	capture_read(argv[2], take, NULL);
	if (!captured_count)
		die("%s: no control message in it", argv[2]);
	link_open(&link, argv[1]);
	random_seed(strtoull(argv[3], NULL, 0));
	count = strtoul(argv[4], &end, 0);
	if (*end == '/')
		rate = strtoul(end + 1, NULL, 0);
	clock_gettime(CLOCK_MONOTONIC, &began);
	for (i = 0; i < count; i++) {
		const struct kind *kind = find(argv[5 + i % (argc - 5)]);
		u32 mtu;

		if (rate)
			pace(&began, i, rate);
		from = &captured[random_below(captured_count)];
		memcpy(&d, from, offsetof(struct datagram, payload) + from->len);
		mtu = kind->make(&d);
		/* Ours, lest the bridge take us for the peer's port. */
		memcpy(d.from.mac, own_mac, 6);
		datagram_send(&link, &d, mtu);
	}
	printf("sent %lu\n", count);
	return 0;
}

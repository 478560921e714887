// SPDX-License-Identifier: GPL-2.0
/*
 * Packets that nobody asked for, for the cluster in the VM.
 *
 * usage: flood KIND FROM[/BITS] PORTS TO PORT RATE SECONDS [SEED]
 *
 * Sends KIND (syn, ack, rst, fin, data, synack or any: one of these) from the address FROM, of
 * which the low BITS, at most 32, are drawn anew for each packet, and from a port of PORTS (N or
 * N-M), RATE packets a second for SECONDS, but never more than 2,000,000 in all. All numbers of
 * the TCP header are random. Prints "sent N". The same SEED (default 1) sends the same again.
 *
 * Built for where the addresses exist nowhere else: it refuses to run outside the VM.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/attack/common.h"

#define SENT_MAX	2000000
#define MARK		7	/* as raw.py's: traffic.sh lets it out */

#ifndef IPV6_HDRINCL
#define IPV6_HDRINCL	36
#endif

static const struct kind {
	const char *name;
	u8 flags;
	u8 payload;
} kinds[] = {
	{ "syn", TH_SYN, 0 },
	{ "ack", TH_ACK, 0 },
	{ "rst", TH_RST, 0 },
	{ "fin", TH_FIN | TH_ACK, 0 },
	{ "data", TH_PUSH | TH_ACK, 32 },
	{ "synack", TH_SYN | TH_ACK, 0 },
	{ "any", 0, 0 },
};

#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

/* What a Linux client offers: MSS 1460, SACK, timestamps (the value is drawn), scale 7. */
static const u8 syn_options[20] = {
	2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3, 7
};

struct address {
	int family;
	size_t len;
	u8 bytes[16];
};

static struct address parse_address(const char *text)
{
	struct address a = { .family = strchr(text, ':') ? AF_INET6 : AF_INET };

	a.len = a.family == AF_INET6 ? 16 : 4;
	if (inet_pton(a.family, text, a.bytes) != 1)
		die("%s: not an address", text);
	return a;
}

static void randomise(struct address *a, const struct address *base, unsigned int bits)
{
	u32 mask = bits ? UINT_MAX >> (32 - bits) : 0, low;

	*a = *base;
	memcpy(&low, a->bytes + a->len - 4, 4);
	low = htonl((ntohl(low) & ~mask) | (random_next() & mask));
	memcpy(a->bytes + a->len - 4, &low, 4);
}

static size_t tcp(u8 *out, const struct kind *kind, const struct address *from,
		  const struct address *to, u16 sport, u16 dport)
{
	size_t options = kind->flags & TH_SYN ? sizeof(syn_options) : 0;
	size_t len = 20 + options + kind->payload, i;
	struct tcphdr *h = (struct tcphdr *)out;
	u32 s;

	memset(h, 0, sizeof(*h));
	h->th_sport = htons(sport);
	h->th_dport = htons(dport);
	h->th_seq = random_next();
	h->th_ack = kind->flags & TH_ACK ? random_next() : 0;
	h->th_off = (20 + options) / 4;
	h->th_flags = kind->flags;
	h->th_win = htons(64240);
	if (options) {
		u32 tsval = random_next();

		memcpy(out + 20, syn_options, options);
		memcpy(out + 28, &tsval, 4);
	}
	for (i = 0; i < kind->payload; i++)
		out[20 + options + i] = random_next();
	s = checksum_add(IPPROTO_TCP + len, from->bytes, from->len);
	s = checksum_add(s, to->bytes, to->len);
	h->th_sum = htons(checksum_fold(checksum_add(s, out, len)));
	return len;
}

/* The kernel fills in the IPv4 header's length, id and sum. */
static size_t packet(u8 *out, const struct kind *kind, const struct address *from,
		     const struct address *to, u16 sport, u16 dport)
{
	size_t header = from->family == AF_INET6 ? 40 : 20, len;

	memset(out, 0, header);
	len = tcp(out + header, kind, from, to, sport, dport);
	if (from->family == AF_INET6) {
		out[0] = 0x60;
		out[4] = len >> 8;
		out[5] = len;
		out[6] = IPPROTO_TCP;
		out[7] = 64;
		memcpy(out + 8, from->bytes, 16);
		memcpy(out + 24, to->bytes, 16);
	} else {
		out[0] = 0x45;
		out[8] = 64;
		out[9] = IPPROTO_TCP;
		memcpy(out + 12, from->bytes, 4);
		memcpy(out + 16, to->bytes, 4);
	}
	return header + len;
}

static int raw_socket(const struct address *to)
{
	int fd = socket(to->family, SOCK_RAW, IPPROTO_RAW), one = 1, mark = MARK;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) ||
	    (to->family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_HDRINCL, &one, sizeof(one))))
		die("%m");
	return fd;
}

static int send_one(int fd, const u8 *data, size_t len, const struct address *to)
{
	struct sockaddr_in6 to6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in to4 = { .sin_family = AF_INET };

	memcpy(&to6.sin6_addr, to->bytes, 16);
	memcpy(&to4.sin_addr, to->bytes, 4);
	if (to->family == AF_INET6)
		return sendto(fd, data, len, 0, (struct sockaddr *)&to6, sizeof(to6));
	return sendto(fd, data, len, 0, (struct sockaddr *)&to4, sizeof(to4));
}

static const struct kind *kind_of(const char *name)
{
	size_t i;

	for (i = 0; i < KINDS; i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	die("no such kind: %s", name);
}

int main(int argc, char **argv)
{
	static const struct timespec pause = { .tv_nsec = NS / 1000 };
	unsigned long bits = 0, low, high, dport, rate, seconds, sent = 0, count;
	struct address base, from, to;
	const struct kind *kind;
	u8 buf[256];
	long long began;
	char *slash, *dash;
	int fd;

	if (argc < 8)
		die("usage: flood KIND FROM[/BITS] PORTS TO PORT RATE SECONDS [SEED]");
	inside_the_vm();
	kind = kind_of(argv[1]);
	slash = strchr(argv[2], '/');
	if (slash) {
		*slash = 0;
		bits = parse_number(slash + 1, 32);
	}
	base = parse_address(argv[2]);
	dash = strchr(argv[3], '-');
	if (dash)
		*dash = 0;
	low = parse_number(argv[3], 65535);
	high = dash ? parse_number(dash + 1, 65535) : low;
	to = parse_address(argv[4]);
	if (to.family != base.family || high < low)
		die("two families, or no ports");
	dport = parse_number(argv[5], 65535);
	rate = parse_number(argv[6], 1000000);
	seconds = parse_number(argv[7], 3600);
	random_seed(argc > 8 ? parse_number(argv[8], UINT_MAX) : 1);
	count = rate * seconds < SENT_MAX ? rate * seconds : SENT_MAX;

	fd = raw_socket(&to);
	began = now();
	while (sent < count) {
		unsigned long due = due_since(began, rate);

		for (; sent < due && sent < count; sent++) {
			const struct kind *k = kind->flags ? kind : &kinds[random_below(KINDS - 1)];
			u16 sport = low + random_below(high - low + 1);
			size_t len;

			randomise(&from, &base, bits);
			len = packet(buf, k, &from, &to, sport, dport);
			/* A full queue is the flood's own fault. */
			if (send_one(fd, buf, len, &to) < 0 && errno != ENOBUFS)
				die("%m");
		}
		nanosleep(&pause, NULL);
	}
	printf("sent %lu\n", sent);
	return 0;
}

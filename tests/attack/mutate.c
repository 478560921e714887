// SPDX-License-Identifier: GPL-2.0
/*
 * TCP that is almost right, for the cluster in the VM.
 *
 * usage: mutate IFACE VIP4,VIP6,MAC BACKEND4,BACKEND6,MAC SPARED COUNT RATE SEED
 *
 * Listens on IFACE, where clients' packets to port 80 of the VIP leave for it, and sends COUNT
 * packets made of these (and some of nothing), RATE a second: copies with other flags, numbers,
 * options, lengths, sums, addresses, in fragments, or as they were; half of them to the VIP, half
 * to the back-end, as if the front-end had forwarded them. SEED makes all choices but for when
 * which live packet comes by. Prints "sent N vip N backend N live N" and, for each mutation, its
 * name and how often it was made. Begins when it has heard some.
 *
 * A connection from a port in SPARED (N-M) is to survive. No TCP survives whoever knows its
 * numbers, so what goes in its name is a true copy, or at least a quarter of the sequence space
 * away.
 *
 * Built for where the addresses exist nowhere else: it refuses to run outside the VM.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "tests/attack/mutation.h"

#define SENT_MAX	100000000
#define RING		512	/* so many live packets are remembered */
#define LIVE_MIN	64	/* before the first is sent */
#define BURST_MAX	16	/* lest those heard get old */
#define FAR		0x40000000U
#define MUTATIONS_MAX	3	/* of one packet */

/* Where a packet goes to. */
static struct target {
	u8 ip4[4];
	u8 ip6[16];
	u8 mac[6];
	unsigned long sent;
} vip, backend;

static struct frame ring[RING];
static unsigned int caught;

static u16 spared_low, spared_high;

/* A packet of the segmentation offload is cut to what fits, and its FIN is behind that. */
static void cut_to_fit(struct frame *f)
{
	f->len = FRAME_MAX;
	f->data[f->tcp + 13] &= ~(TH_FIN | TH_PUSH);
}

static void keep(const u8 *data, size_t len, size_t real)
{
	struct frame *f = &ring[caught % RING];
	const u8 *ip = data + LAYER3;
	bool ipv6 = len > LAYER3 && ip[0] >> 4 == 6;
	size_t at = LAYER3 + (ipv6 ? V6_MIN : V4_MIN);

	if (len < at + TCP_MIN || get_unaligned_be16(data + at + 2) != 80)
		return;
	if (ipv6 ? ip[6] != IPPROTO_TCP || memcmp(ip + 24, vip.ip6, 16) :
		   ip[0] != 0x45 || ip[9] != IPPROTO_TCP || memcmp(ip + 16, vip.ip4, 4))
		return;
	f->ipv6 = ipv6;
	f->tcp = at;
	f->len = len;
	memcpy(f->data, data, len);
	if (real > FRAME_MAX)
		cut_to_fit(f);
	caught++;
}

/* Our own do not come by: a packet socket does not hear itself. */
static void listen_to(int fd)
{
	struct sockaddr_ll from;
	socklen_t size = sizeof(from);
	u8 data[FRAME_MAX];
	ssize_t n;

	while ((n = recvfrom(fd, data, sizeof(data), MSG_DONTWAIT | MSG_TRUNC,
			     (struct sockaddr *)&from, &size)) >= 0) {
		if (from.sll_pkttype == PACKET_OUTGOING)
			keep(data, n < FRAME_MAX ? n : FRAME_MAX, n);
		size = sizeof(from);
	}
}

/* A SYN of nobody. */
static void from_nothing(struct frame *p)
{
	static const u8 from6[16] = { 0xfd, 0, 0, 9 };
	u8 *ip = p->data + LAYER3;

	p->ipv6 = one_in(2);
	p->tcp = LAYER3 + (p->ipv6 ? V6_MIN : V4_MIN);
	p->len = p->tcp + TCP_MIN;
	memcpy(p->data + 6, ring[0].data + 6, 6);
	put_unaligned_be16(p->ipv6 ? ETH_P_IPV6 : ETH_P_IP, p->data + 12);
	if (p->ipv6) {
		ip[0] = 0x60;
		ip[6] = IPPROTO_TCP;
		ip[7] = 64;
		memcpy(ip + 8, from6, 16);
		put_unaligned_be32(random_next(), ip + 20);
	} else {
		ip[0] = 0x45;
		ip[8] = 64;
		ip[9] = IPPROTO_TCP;
		put_unaligned_be32(0x0a090000 | (random_next() & 0xffff), ip + 12);
	}
	put_unaligned_be16(1024 + random_below(20000), tcp(p));
	put_unaligned_be16(80, tcp(p) + 2);
	put_unaligned_be32(random_next(), tcp(p) + 4);
	tcp(p)[12] = 0x50;
	tcp(p)[13] = TH_SYN;
	put_unaligned_be16(64240, tcp(p) + 14);
}

static void set_target(struct frame *p, const struct target *target)
{
	memcpy(p->data, target->mac, 6);
	if (p->ipv6)
		memcpy(p->data + LAYER3 + 24, target->ip6, 16);
	else
		memcpy(p->data + LAYER3 + 16, target->ip4, 4);
}

static size_t ip_header(const struct frame *p)
{
	return p->ipv6 ? V6_MIN : (p->data[LAYER3] & 0xf) * 4;
}

/* Lengths and sums as they ought to be, but for what was noted. */
static void finish_ip(struct frame *p)
{
	size_t len = p->len - LAYER3;
	u8 *ip = p->data + LAYER3;
	u32 s;

	if (p->ipv6) {
		put_unaligned_be16(len - V6_MIN + p->add_to_length, ip + 4);
		return;
	}
	put_unaligned_be16(len + p->add_to_length, ip + 2);
	memset(ip + 10, 0, 2);
	s = checksum_add(p->spoil_ip_sum ? random_next() & 0xffff : 0, ip, ip_header(p));
	put_unaligned_be16(checksum_fold(s), ip + 10);
}

static void finish_tcp(struct frame *p)
{
	const u8 *ip = p->data + LAYER3;
	u32 s = checksum_add(IPPROTO_TCP + tcp_len(p), ip + (p->ipv6 ? 8 : 12), p->ipv6 ? 32 : 8);

	memset(tcp(p) + 16, 0, 2);
	s = checksum_add(p->spoil_tcp_sum ? s + 1 + random_below(0xfffe) : s, tcp(p), tcp_len(p));
	put_unaligned_be16(checksum_fold(s), tcp(p) + 16);
}

static void put(int fd, const struct frame *p)
{
	size_t len = p->truncate ? LAYER3 + random_below(p->len - LAYER3) : p->len;

	/* A full queue is our own fault. */
	if (send(fd, p->data, len, 0) < 0 && errno != ENOBUFS)
		die("%m");
}

/* Bytes AT to END of the ALL that are behind the IP header. */
static void put_fragment(int fd, const struct frame *p, u32 id, size_t at, size_t end,
			 size_t all)
{
	size_t begin = LAYER3 + ip_header(p);
	bool more = end < all;
	struct frame f = *p;

	f.len = begin;
	if (f.ipv6) {
		u8 *h = f.data + begin;

		h[0] = f.data[LAYER3 + 6];
		h[1] = 0;
		put_unaligned_be16((at & ~7) | more, h + 2);
		put_unaligned_be32(id, h + 4);
		f.data[LAYER3 + 6] = IPPROTO_FRAGMENT;
		f.len += 8;
	} else {
		put_unaligned_be16(id, f.data + LAYER3 + 4);
		put_unaligned_be16(at / 8 | more << 13, f.data + LAYER3 + 6);
	}
	if (end - at > FRAME_MAX - f.len)
		end = at + FRAME_MAX - f.len;
	memcpy(f.data + f.len, p->data + begin + at, end - at);
	f.len += end - at;
	finish_ip(&f);
	put(fd, &f);
}

/* Two to four of them, beginning anywhere; some overlap, some are lost. */
static void put_fragments(int fd, const struct frame *p)
{
	size_t all = p->len - LAYER3 - ip_header(p), count = 2 + random_below(3), bounds[5] = { 0 };
	size_t begin = random_below(count), i;
	u32 id = random_next();

	for (i = 1; i < count; i++)
		bounds[i] = bounds[i - 1] + (random_below(1 + (all - bounds[i - 1]) / 2) & ~7);
	bounds[count] = all;
	for (i = 0; i < count; i++) {
		size_t n = (begin + i) % count, at = bounds[n], end = bounds[n + 1];

		if (one_in(16))
			continue;
		if (one_in(8) && at >= 8)
			at -= 8;
		put_fragment(fd, p, id, at, end, all);
	}
}

static bool spared_port(struct frame *p)
{
	u16 port = get_unaligned_be16(tcp(p));

	return port >= spared_low && port <= spared_high;
}

/* Whose numbers are known is left alone. Returns false if this one must not be sent. */
static bool spare(struct frame *p, const struct frame *of, bool copy, const struct target *target)
{
	u32 seq;

	if (!spared_port(p))
		return true;
	/* At the back-end a SYN would come before the hand-off, and take its place. */
	if (get_unaligned_be16(tcp(p)) != get_unaligned_be16(of->data + of->tcp) ||
	    (target == &backend && (tcp(p)[13] & (TH_SYN | TH_ACK)) == TH_SYN))
		return false;
	seq = get_unaligned_be32(of->data + of->tcp + 4);
	if (!copy && get_unaligned_be32(tcp(p) + 4) - seq - FAR > 2 * FAR)
		put_unaligned_be32(seq + FAR + random_below(2 * FAR), tcp(p) + 4);
	return true;
}

static struct mutation *mutate(struct frame *p)
{
	struct mutation *m = &mutations[random_below(mutation_count)];

	m->make(p);
	return m;
}

/* Returns false if it came to nothing that may be sent. */
static bool send_one(int fd)
{
	struct target *target = one_in(2) ? &vip : &backend;
	struct mutation *made[MUTATIONS_MAX];
	unsigned int n = random_below(MUTATIONS_MAX + 1), i;
	struct frame of = { }, p;

	if (!one_in(8))
		of = ring[random_below(caught < RING ? caught : RING)];
	else
		from_nothing(&of);
	set_target(&of, target);
	p = of;
	for (i = 0; i < n; i++)
		made[i] = mutate(&p);
	if (!spare(&p, &of, !n, target))
		return false;
	finish_tcp(&p);
	finish_ip(&p);
	if (p.fragment)
		put_fragments(fd, &p);
	else
		put(fd, &p);
	for (i = 0; i < n; i++)
		made[i]->made++;
	target->sent++;
	return true;
}

static int packet_socket(const char *iface)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = if_nametoindex(iface),
	};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));

	if (fd < 0 || !at.sll_ifindex || bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die("%m");
	return fd;
}

static void parse_target(struct target *target, char *text)
{
	const char *ip4 = strtok(text, ","), *ip6 = strtok(NULL, ","), *mac = strtok(NULL, ",");
	unsigned int m[6], i;

	if (!mac || inet_pton(AF_INET, ip4, target->ip4) != 1 ||
	    inet_pton(AF_INET6, ip6, target->ip6) != 1 ||
	    sscanf(mac, "%x:%x:%x:%x:%x:%x", m, m + 1, m + 2, m + 3, m + 4, m + 5) != 6)
		die("not an IPv4 address, an IPv6 address and a MAC");
	for (i = 0; i < 6; i++)
		target->mac[i] = m[i];
}

int main(int argc, char **argv)
{
	static const struct timespec pause = { .tv_nsec = NS / 1000 };
	unsigned long count, rate, sent = 0;
	long long began;
	char *dash;
	size_t i;
	int fd;

	if (argc != 8)
		die("usage: mutate IFACE VIP BACKEND SPARED COUNT RATE SEED");
	inside_the_vm();
	parse_target(&vip, argv[2]);
	parse_target(&backend, argv[3]);
	dash = strchr(argv[4], '-');
	if (!dash)
		die("SPARED is N-M");
	*dash = 0;
	spared_low = parse_number(argv[4], 65535);
	spared_high = parse_number(dash + 1, 65535);
	count = parse_number(argv[5], SENT_MAX);
	rate = parse_number(argv[6], 1000000);
	random_seed(parse_number(argv[7], UINT_MAX));

	fd = packet_socket(argv[1]);
	while (caught < LIVE_MIN) {
		listen_to(fd);
		nanosleep(&pause, NULL);
	}
	began = now();
	while (sent < count) {
		unsigned long due = due_since(began, rate);
		unsigned int n;

		listen_to(fd);
		for (n = 0; n < BURST_MAX && sent < due && sent < count; n++)
			sent += send_one(fd);
		nanosleep(&pause, NULL);
	}
	printf("sent %lu vip %lu backend %lu live %u", sent, vip.sent, backend.sent, caught);
	for (i = 0; i < mutation_count; i++)
		printf(" %s %lu", mutations[i].name, mutations[i].made);
	printf("\n");
	return 0;
}

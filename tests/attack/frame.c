// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/udp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/attack/frame.h"

#define PCAP_MAGIC	0xa1b2c3d4
#define PCAP_NANO	0xa1b23c4d
#define PCAP_ETHERNET	1

void link_open(struct link *link, const char *name)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex(name),
	};

	*link = (struct link){ .fd = socket(AF_PACKET, SOCK_RAW, 0) };
	if (link->fd < 0 || bind(link->fd, (struct sockaddr *)&at, sizeof(at)))
		die("%s: %m", name);
}

void link_send(struct link *link, const u8 *frame, u32 len)
{
	while (send(link->fd, frame, len, 0) < 0)
		if (errno != ENOBUFS && errno != EINTR)
			die("sending %u bytes: %m", len);
	link->sent++;
}

void capture_read(const char *path, void (*each)(void *arg, const u8 *frame, u32 len),
		  void *arg)
{
	struct { u32 magic, version, zone, sigfigs, snaplen, type; } head;
	struct { u32 sec, usec, len, whole; } record;
	u8 frame[65536];
	FILE *f = fopen(path, "r");

	if (!f || fread(&head, sizeof(head), 1, f) != 1)
		die("%s: %m", path);
	if ((head.magic != PCAP_MAGIC && head.magic != PCAP_NANO) || head.type != PCAP_ETHERNET)
		die("%s: not a capture of Ethernet", path);
	while (fread(&record, sizeof(record), 1, f) == 1) {
		if (record.len > sizeof(frame) || fread(frame, record.len, 1, f) != 1)
			die("%s: damaged", path);
		if (record.len == record.whole)
			each(arg, frame, record.len);
	}
	fclose(f);
}

bool datagram_parse(struct datagram *d, const u8 *frame, u32 len)
{
	const u8 *ip = frame + ETH_HLEN, *udp;
	u16 proto;

	if (len < ETH_HLEN + 20)
		return false;
	proto = get_unaligned_be16(frame + 12);
	memset(d, 0, offsetof(struct datagram, payload));
	memcpy(d->to.mac, frame, 6);
	memcpy(d->from.mac, frame + 6, 6);
	if (proto == ETH_P_IP && ip[9] == IPPROTO_UDP && !(get_unaligned_be16(ip + 6) & 0x3fff)) {
		memcpy(d->from.addr, ip + 12, 4);
		memcpy(d->to.addr, ip + 16, 4);
		udp = ip + (ip[0] & 15) * 4;
	} else if (proto == ETH_P_IPV6 && len >= ETH_HLEN + 48 && ip[6] == IPPROTO_UDP) {
		d->ipv6 = true;
		memcpy(d->from.addr, ip + 8, 16);
		memcpy(d->to.addr, ip + 24, 16);
		udp = ip + 40;
	} else {
		return false;
	}
	if (udp + 8 > frame + len)
		return false;
	d->from.port = get_unaligned_be16(udp);
	d->to.port = get_unaligned_be16(udp + 2);
	d->len = get_unaligned_be16(udp + 4) - 8;
	if (d->len > PAYLOAD_MAX || udp + 8 + d->len > frame + len)
		return false;
	memcpy(d->payload, udp + 8, d->len);
	return true;
}

/* UDP header and payload with their checksum; returns the length. */
static u32 put_udp(u8 *at, const struct datagram *d)
{
	u32 size = d->ipv6 ? 16 : 4, len = 8 + d->len, sum = 0;
	u16 folded;

	put_unaligned_be16(d->from.port, at);
	put_unaligned_be16(d->to.port, at + 2);
	put_unaligned_be16(len, at + 4);
	put_unaligned_be16(0, at + 6);
	memcpy(at + 8, d->payload, d->len);
	sum = checksum_add(sum, d->from.addr, size);
	sum = checksum_add(sum, d->to.addr, size);
	sum = checksum_add(sum + IPPROTO_UDP + len, at, len);
	folded = checksum_fold(sum);
	put_unaligned_be16(folded ?: 0xffff, at + 6);
	return len;
}

static u32 put_ethernet(u8 *at, const struct datagram *d)
{
	memcpy(at, d->to.mac, 6);
	memcpy(at + 6, d->from.mac, 6);
	put_unaligned_be16(d->ipv6 ? ETH_P_IPV6 : ETH_P_IP, at + 12);
	return ETH_HLEN;
}

/* @offset and @more say which fragment it is; 0 and false: all there is. */
static u32 put_ip4(u8 *at, const struct datagram *d, u16 id, u32 len, u32 offset, bool more)
{
	bool whole = !offset && !more;
	u16 sum;

	memset(at, 0, 20);
	at[0] = 0x45;
	put_unaligned_be16(20 + len, at + 2);
	put_unaligned_be16(id, at + 4);
	put_unaligned_be16(whole ? IP_DF : offset / 8 | (more ? IP_MF : 0), at + 6);
	at[8] = 64;
	at[9] = IPPROTO_UDP;
	memcpy(at + 12, d->from.addr, 4);
	memcpy(at + 16, d->to.addr, 4);
	sum = checksum_fold(checksum_add(0, at, 20));
	put_unaligned_be16(sum, at + 10);
	return 20;
}

static u32 put_ip6(u8 *at, const struct datagram *d, u16 id, u32 len, u32 offset, bool more)
{
	bool whole = !offset && !more;
	u32 ext = whole ? 0 : 8;

	memset(at, 0, 40 + ext);
	at[0] = 0x60;
	put_unaligned_be16(ext + len, at + 4);
	at[6] = whole ? IPPROTO_UDP : IPPROTO_FRAGMENT;
	at[7] = 64;
	memcpy(at + 8, d->from.addr, 16);
	memcpy(at + 24, d->to.addr, 16);
	if (!whole) {
		at[40] = IPPROTO_UDP;
		put_unaligned_be16(offset | more, at + 42);
		put_unaligned_be16(id, at + 46);
	}
	return 40 + ext;
}

void datagram_send(struct link *link, const struct datagram *d, u32 mtu)
{
	u8 udp[8 + PAYLOAD_MAX], frame[FRAME_MAX];
	u32 len = put_udp(udp, d), header = d->ipv6 ? 40 : 20, offset, n, room;
	u16 id = random_below(65536);

	room = len + header <= mtu ? len : (mtu - header - (d->ipv6 ? 8 : 0)) & ~7u;
	for (offset = 0; offset < len; offset += n) {
		u32 at = put_ethernet(frame, d);
		bool more;

		n = min_t(u32, room, len - offset);
		more = offset + n < len;
		at += d->ipv6 ? put_ip6(frame + at, d, id, n, offset, more) :
				put_ip4(frame + at, d, id, n, offset, more);
		memcpy(frame + at, udp + offset, n);
		link_send(link, frame, at + n);
	}
}

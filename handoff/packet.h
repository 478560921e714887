/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets of our own making: one builder for both families, and the two ways
 * a packet leaves it: out of this host, or into its own stack.
 *
 * Counted nowhere here: each caller has its own counter for each reason.
 */
#ifndef _HANDOFF_PACKET_H
#define _HANDOFF_PACKET_H

#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/dst.h>
#include <net/net_namespace.h>

#include "handoff/tuple.h"

/**
 * struct handoff_segment - a TCP segment to build
 * @seq: host order
 * @ack: host order; on the wire only with %TCP_FLAG_ACK's byte in @flags
 * @window: as on the wire, host order
 * @flags: the TCP header's flag byte (0x01 FIN, 0x02 SYN, 0x04 RST, 0x08 PSH,
 *	0x10 ACK)
 * @options_len: a multiple of 4, at most 40
 * @options: bytes behind the header
 * @payload_len: bytes
 * @payload: they
 */
struct handoff_segment {
	u32 seq;
	u32 ack;
	u16 window;
	u8 flags;
	u8 options_len;
	u8 options[40];
	u32 payload_len;
	const void *payload;
};

/**
 * struct handoff_headers - where in a received packet things are
 * @tuple: client is the source for an inbound packet, else the destination
 * @tcp: the header, readable with its options; valid until the skb changes
 * @thoff: its offset from skb->data
 * @hdrlen: its length with options, 20 to 60
 * @payload_len: TCP payload, bytes (of all segments of a GRO or GSO packet)
 */
struct handoff_headers {
	struct handoff_tuple tuple;
	struct tcphdr *tcp;
	unsigned int thoff;
	unsigned int hdrlen;
	unsigned int payload_len;
};

/**
 * handoff_packet_parse() - find the TCP header of a packet at a netfilter hook
 * @skb: IPv4 or IPv6, skb->data at the network header
 * @outbound: the packet goes to the client, so the tuple is turned round
 * @h: filled
 *
 * Pulls the headers into the linear part; does not verify the checksum.
 * Fragments, other protocols and broken headers are not TCP to us.
 *
 * Context: softirq or process context, no lock needed.
 * Return: true if @h is filled.
 */
bool handoff_packet_parse(struct sk_buff *skb, bool outbound,
			  struct handoff_headers *h);

/**
 * handoff_packet_checksum_ok() - is a received segment's checksum right?
 * @skb: parsed by handoff_packet_parse()
 * @h: its headers
 * @hook: NF_INET_PRE_ROUTING or NF_INET_LOCAL_IN
 *
 * Context: as handoff_packet_parse().
 */
bool handoff_packet_checksum_ok(struct sk_buff *skb,
				const struct handoff_headers *h,
				unsigned int hook);

/**
 * handoff_packet_send() - build a segment from server to client, and send it
 * @net: namespace
 * @tuple: @tuple->server is the source
 * @segment: what
 *
 * Untracked by conntrack; the source need not be local (a VRRP standby's VIP).
 *
 * Context: softirq or process context with BH off.
 * Return: 0, -ENOMEM, -EHOSTUNREACH, or what the stack said.
 */
int handoff_packet_send(struct net *net, const struct handoff_tuple *tuple,
			const struct handoff_segment *segment);

/**
 * handoff_packet_inject() - build a segment from client to server, and let
 *	this host receive it
 * @net: namespace
 * @tuple: @tuple->client is the source
 * @segment: what
 * @dst: the route to the client; its device is the one the packet seems to
 *	have come in by (strict rp_filter, design §8)
 *
 * Context: softirq or process context with BH off; delivery is by netif_rx(),
 *	so never recursive.
 * Return: 0 or -ENOMEM.
 */
int handoff_packet_inject(struct net *net, const struct handoff_tuple *tuple,
			  const struct handoff_segment *segment,
			  const struct dst_entry *dst);

/**
 * handoff_route() - the route to an address
 * @net: namespace
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @daddr: where to
 * @saddr: where from, or NULL; need not be local
 *
 * Context: softirq or process context with BH off.
 * Return: a held dst, or NULL.
 */
struct dst_entry *handoff_route(struct net *net, u8 family,
				const union nf_inet_addr *daddr,
				const union nf_inet_addr *saddr);

/**
 * handoff_packet_set_addr() - replace an address, checksums with it
 * @skb: parsed; its headers are made writable, so @h->tcp may move
 * @h: its headers, updated (not @h->tuple)
 * @source: replace the source, else the destination
 * @addr: by what
 * @port: and by which port, big-endian
 *
 * Knows partial checksums; a complete one is dropped.
 *
 * Context: as handoff_packet_parse().
 * Return: 0 or -ENOMEM.
 */
int handoff_packet_set_addr(struct sk_buff *skb, struct handoff_headers *h,
			    bool source, const union nf_inet_addr *addr,
			    __be16 port);

#endif /* _HANDOFF_PACKET_H */

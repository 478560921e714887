// SPDX-License-Identifier: GPL-2.0
#include <linux/etherdevice.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/tcp.h>

#include "handoff/packet.h"

/* Offset of the TCP header, or 0 if this is not a whole TCP packet. */
static unsigned int find_tcp_v4(struct sk_buff *skb, struct handoff_tuple *t,
				bool outbound)
{
	const struct iphdr *iph;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return 0;
	iph = ip_hdr(skb);
	if (iph->ihl < 5 || iph->protocol != IPPROTO_TCP || ip_is_fragment(iph))
		return 0;
	t->family = NFPROTO_IPV4;
	t->client.ip = outbound ? iph->daddr : iph->saddr;
	t->server.ip = outbound ? iph->saddr : iph->daddr;
	return iph->ihl * 4;
}

static unsigned int find_tcp_v6(struct sk_buff *skb, struct handoff_tuple *t,
				bool outbound)
{
	const struct ipv6hdr *iph;
	__be16 frag_off;
	u8 nexthdr;
	int thoff;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return 0;
	nexthdr = ipv6_hdr(skb)->nexthdr;
	thoff = ipv6_skip_exthdr(skb, sizeof(*iph), &nexthdr, &frag_off);
	if (thoff < 0 || nexthdr != IPPROTO_TCP || frag_off)
		return 0;
	iph = ipv6_hdr(skb);
	t->family = NFPROTO_IPV6;
	t->client.in6 = outbound ? iph->daddr : iph->saddr;
	t->server.in6 = outbound ? iph->saddr : iph->daddr;
	return thoff;
}

bool handoff_packet_parse(struct sk_buff *skb, bool outbound,
			  struct handoff_headers *h)
{
	memset(&h->tuple, 0, sizeof(h->tuple));
	if (skb->protocol == htons(ETH_P_IP))
		h->thoff = find_tcp_v4(skb, &h->tuple, outbound);
	else if (skb->protocol == htons(ETH_P_IPV6))
		h->thoff = find_tcp_v6(skb, &h->tuple, outbound);
	else
		return false;
	if (!h->thoff || !pskb_may_pull(skb, h->thoff + sizeof(struct tcphdr)))
		return false;

	h->tcp = (struct tcphdr *)(skb->data + h->thoff);
	h->hdrlen = h->tcp->doff * 4;
	if (h->hdrlen < sizeof(struct tcphdr) ||
	    !pskb_may_pull(skb, h->thoff + h->hdrlen))
		return false;
	h->tcp = (struct tcphdr *)(skb->data + h->thoff);
	h->payload_len = skb->len - h->thoff - h->hdrlen;
	h->tuple.client_port = outbound ? h->tcp->dest : h->tcp->source;
	h->tuple.server_port = outbound ? h->tcp->source : h->tcp->dest;
	return true;
}
EXPORT_SYMBOL_GPL(handoff_packet_parse);

bool handoff_packet_checksum_ok(struct sk_buff *skb,
				const struct handoff_headers *h,
				unsigned int hook)
{
	/* A partial checksum is still to be filled in: it came from this host. */
	if (skb->ip_summed == CHECKSUM_PARTIAL)
		return true;
	return !nf_checksum(skb, hook, h->thoff, IPPROTO_TCP, h->tuple.family);
}
EXPORT_SYMBOL_GPL(handoff_packet_checksum_ok);

static void build_tcp(struct sk_buff *skb, __be16 source, __be16 dest,
		      const struct handoff_segment *segment)
{
	unsigned int hdrlen = sizeof(struct tcphdr) + segment->options_len;
	struct tcphdr *tcp = skb_put_zero(skb, hdrlen);

	skb_set_transport_header(skb, (u8 *)tcp - skb->data);
	tcp->source = source;
	tcp->dest = dest;
	tcp->seq = htonl(segment->seq);
	tcp->ack_seq = segment->flags & TCPHDR_ACK ? htonl(segment->ack) : 0;
	tcp_flag_byte(tcp) = segment->flags;
	tcp->doff = hdrlen / 4;
	tcp->window = htons(segment->window);
	memcpy(tcp + 1, segment->options, segment->options_len);
	if (segment->payload_len)
		skb_put_data(skb, segment->payload, segment->payload_len);
}

/*
 * A whole packet, from source to dest, checksums right, skb->data at the
 * network header.  @hops 0: the caller knows no route, 64 will do.
 */
static struct sk_buff *build_packet(u8 family, const union nf_inet_addr *saddr,
				    const union nf_inet_addr *daddr, __be16 source,
				    __be16 dest, u8 hops,
				    const struct handoff_segment *segment)
{
	unsigned int len = sizeof(struct tcphdr) + segment->options_len +
			   segment->payload_len;
	bool v4 = family == NFPROTO_IPV4;
	struct tcphdr *tcp;
	struct sk_buff *skb;

	skb = alloc_skb(LL_MAX_HEADER + sizeof(struct ipv6hdr) + len,
			GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER);
	skb_reset_network_header(skb);
	if (v4) {
		struct iphdr *iph = skb_put_zero(skb, sizeof(*iph));

		iph->version = 4;
		iph->ihl = 5;
		iph->tot_len = htons(sizeof(*iph) + len);
		iph->frag_off = htons(IP_DF);
		iph->ttl = hops;
		iph->protocol = IPPROTO_TCP;
		iph->saddr = saddr->ip;
		iph->daddr = daddr->ip;
		ip_send_check(iph);
		skb->protocol = htons(ETH_P_IP);
	} else {
		struct ipv6hdr *iph = skb_put_zero(skb, sizeof(*iph));

		iph->version = 6;
		iph->payload_len = htons(len);
		iph->nexthdr = IPPROTO_TCP;
		iph->hop_limit = hops;
		iph->saddr = saddr->in6;
		iph->daddr = daddr->in6;
		skb->protocol = htons(ETH_P_IPV6);
	}
	build_tcp(skb, source, dest, segment);
	tcp = tcp_hdr(skb);
	skb->csum = csum_partial(tcp, len, 0);
	if (v4)
		tcp->check = csum_tcpudp_magic(saddr->ip, daddr->ip, len,
					       IPPROTO_TCP, skb->csum);
	else
		tcp->check = csum_ipv6_magic(&saddr->in6, &daddr->in6, len,
					     IPPROTO_TCP, skb->csum);
	skb->ip_summed = CHECKSUM_NONE;
	return skb;
}

struct dst_entry *handoff_route(struct net *net, u8 family,
				const union nf_inet_addr *daddr,
				const union nf_inet_addr *saddr)
{
	struct dst_entry *dst;
	struct flowi fl = {};
	int err;

	if (family == NFPROTO_IPV4) {
		fl.u.ip4.daddr = daddr->ip;
		fl.u.ip4.saddr = saddr ? saddr->ip : 0;
		fl.u.ip4.flowi4_proto = IPPROTO_TCP;
		/* The VIP may be elsewhere just now (VRRP), or never here. */
		fl.u.ip4.flowi4_flags = FLOWI_FLAG_ANYSRC;
	} else {
		fl.u.ip6.daddr = daddr->in6;
		if (saddr)
			fl.u.ip6.saddr = saddr->in6;
		fl.u.ip6.flowi6_proto = IPPROTO_TCP;
	}
	err = nf_route(net, &dst, &fl, false, family);
	if (err)
		return NULL;
	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	return dst;
}
EXPORT_SYMBOL_GPL(handoff_route);

int handoff_packet_send(struct net *net, const struct handoff_tuple *tuple,
			const struct handoff_segment *segment)
{
	bool v4 = tuple->family == NFPROTO_IPV4;
	struct dst_entry *dst;
	struct sk_buff *skb;
	u8 hops;
	int err;

	dst = handoff_route(net, tuple->family, &tuple->client, &tuple->server);
	if (!dst)
		return -EHOSTUNREACH;
	hops = v4 ? ip4_dst_hoplimit(dst) : ip6_dst_hoplimit(dst);
	skb = build_packet(tuple->family, &tuple->server, &tuple->client,
			   tuple->server_port, tuple->client_port, hops, segment);
	if (!skb) {
		dst_release(dst);
		return -ENOMEM;
	}
	skb_dst_set(skb, dst);
	skb->dev = dst->dev;
	/* conntrack never saw the client's SYN: its OUTPUT would call this INVALID. */
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	err = v4 ? ip_local_out(net, NULL, skb) : ip6_local_out(net, NULL, skb);
	return net_xmit_eval(err);
}
EXPORT_SYMBOL_GPL(handoff_packet_send);

int handoff_packet_inject(struct net *net, const struct handoff_tuple *tuple,
			  const struct handoff_segment *segment,
			  const struct dst_entry *dst)
{
	struct net_device *dev = dst->dev;
	struct sk_buff *skb;

	skb = build_packet(tuple->family, &tuple->client, &tuple->server,
			   tuple->client_port, tuple->server_port, 64, segment);
	if (!skb)
		return -ENOMEM;
	/* tcpdump and tc expect the device's own kind of link-layer header. */
	if (dev->type == ARPHRD_ETHER) {
		struct ethhdr *eth = skb_push(skb, ETH_HLEN);

		ether_addr_copy(eth->h_dest, dev->dev_addr);
		eth_zero_addr(eth->h_source);
		eth->h_proto = skb->protocol;
		skb_reset_mac_header(skb);
		__skb_pull(skb, ETH_HLEN);
	} else {
		skb_reset_mac_header(skb);
	}
	skb_reset_mac_len(skb);
	skb->dev = dev;
	skb->pkt_type = PACKET_HOST;
	return netif_rx(skb) == NET_RX_SUCCESS ? 0 : -ENOMEM;
}
EXPORT_SYMBOL_GPL(handoff_packet_inject);

static void set_addr_v4(struct sk_buff *skb, struct tcphdr *tcp, bool source,
			__be32 addr)
{
	struct iphdr *iph = ip_hdr(skb);
	__be32 *old = source ? &iph->saddr : &iph->daddr;

	inet_proto_csum_replace4(&tcp->check, skb, *old, addr, true);
	csum_replace4(&iph->check, *old, addr);
	*old = addr;
}

static void set_addr_v6(struct sk_buff *skb, struct tcphdr *tcp, bool source,
			const struct in6_addr *addr)
{
	struct ipv6hdr *iph = ipv6_hdr(skb);
	struct in6_addr *old = source ? &iph->saddr : &iph->daddr;

	inet_proto_csum_replace16(&tcp->check, skb, old->s6_addr32,
				  addr->s6_addr32, true);
	*old = *addr;
}

int handoff_packet_set_addr(struct sk_buff *skb, struct handoff_headers *h,
			    bool source, const union nf_inet_addr *addr,
			    __be16 port)
{
	__be16 *old;

	if (skb_ensure_writable(skb, h->thoff + h->hdrlen))
		return -ENOMEM;
	h->tcp = (struct tcphdr *)(skb->data + h->thoff);
	if (h->tuple.family == NFPROTO_IPV4)
		set_addr_v4(skb, h->tcp, source, addr->ip);
	else
		set_addr_v6(skb, h->tcp, source, &addr->in6);

	old = source ? &h->tcp->source : &h->tcp->dest;
	if (*old != port) {
		inet_proto_csum_replace2(&h->tcp->check, skb, *old, port, false);
		*old = port;
	}
	/* The device summed the packet as it was. */
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	return 0;
}
EXPORT_SYMBOL_GPL(handoff_packet_set_addr);

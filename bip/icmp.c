// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/tcp.h>
#include <net/checksum.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "bip/icmp.h"
#include "bip/transmit.h"
#include "btcp/frontend/backend.h"
#include "btcp/frontend/flow.h"
#include "handoff/quote.h"
#include "handoff/settings.h"

/* An ICMPv4 error in all: RFC 1812 4.3.2.3; an ICMPv6 one: RFC 4443 2.4 (c). */
#define ERROR_MAX_V4	576
#define ERROR_MAX_V6	1280

/*
 * From the VIP, to which the error came: the router that sent it may be on the
 * way to the back-end, too, and drops what seems to come from itself.
 *
 * The quoted header's own checksum makes up for its address, so of all the
 * changes the ICMP checksum sees the port only.  The quoted TCP checksum is
 * left stale: nobody can check it without the payload.
 */
static void rewrite_v4(struct sk_buff *skb, const struct handoff_quote *q,
		       const struct handoff_endpoint *to)
{
	struct icmphdr *icmp = (struct icmphdr *)(skb->data + q->icmp);
	struct iphdr *inner = (struct iphdr *)(skb->data + q->inner);
	struct iphdr *outer = ip_hdr(skb);
	__be16 *port = (__be16 *)(skb->data + q->tcp);

	csum_replace4(&outer->check, outer->saddr, q->tuple.server.ip);
	outer->saddr = q->tuple.server.ip;
	csum_replace4(&outer->check, outer->daddr, to->addr.ip);
	outer->daddr = to->addr.ip;
	csum_replace4(&inner->check, inner->saddr, to->addr.ip);
	inner->saddr = to->addr.ip;
	csum_replace2(&icmp->checksum, *port, to->port);
	*port = to->port;
}

static void rewrite_v6(struct sk_buff *skb, const struct handoff_quote *q,
		       const struct handoff_endpoint *to)
{
	struct icmp6hdr *icmp = (struct icmp6hdr *)(skb->data + q->icmp);
	struct ipv6hdr *inner = (struct ipv6hdr *)(skb->data + q->inner);
	struct ipv6hdr *outer = ipv6_hdr(skb);
	__be16 *port = (__be16 *)(skb->data + q->tcp);

	/* The outer addresses are in the pseudo header, the inner source is data. */
	inet_proto_csum_replace16(&icmp->icmp6_cksum, skb, outer->saddr.s6_addr32,
				  q->tuple.server.in6.s6_addr32, true);
	outer->saddr = q->tuple.server.in6;
	inet_proto_csum_replace16(&icmp->icmp6_cksum, skb, outer->daddr.s6_addr32,
				  to->addr.in6.s6_addr32, true);
	outer->daddr = to->addr.in6;
	inet_proto_csum_replace16(&icmp->icmp6_cksum, skb, inner->saddr.s6_addr32,
				  to->addr.in6.s6_addr32, false);
	inner->saddr = to->addr.in6;
	csum_replace2(&icmp->icmp6_cksum, *port, to->port);
	*port = to->port;
}

static void forward(struct front_net *fn, struct front_flow *flow,
		    struct sk_buff *skb, const struct handoff_quote *q)
{
	u8 family = q->tuple.family;
	struct front_endpoint *endpoint = front_backend_endpoint(flow->backend, family);
	struct dst_entry *dst = bip_route(fn, flow->backend, family);

	if (!dst) {
		front_count(fn, FRONT_STAT_NO_ROUTE);
		goto drop;
	}
	/* An error about an error is never sent, however this one fails. */
	if (!bip_hops_left(skb)) {
		front_count(fn, FRONT_STAT_TTL_EXPIRED);
		goto release;
	}
	if (skb->len > dst_mtu(dst)) {
		front_count(fn, FRONT_STAT_TOO_BIG);
		goto release;
	}
	if (skb_cow_head(skb, LL_RESERVED_SPACE(dst->dev)) ||
	    skb_ensure_writable(skb, q->tcp + HANDOFF_QUOTED_TCP)) {
		front_count(fn, FRONT_STAT_FORWARD_MEMORY);
		goto release;
	}
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	if (family == NFPROTO_IPV4)
		rewrite_v4(skb, q, &endpoint->endpoint);
	else
		rewrite_v6(skb, q, &endpoint->endpoint);
	front_count(fn, FRONT_STAT_ICMP_FORWARDED);
	bip_transmit(fn, skb, dst);
	return;

release:
	dst_release(dst);
drop:
	kfree_skb(skb);
}

unsigned int bip_icmp_input(struct front_net *fn, struct sk_buff *skb)
{
	struct front_flow *flow;
	struct handoff_quote q;

	/* A sum not made yet: from this very host, which has nothing to say here. */
	if (!handoff_quote_parse(skb, &q) || skb->ip_summed == CHECKSUM_PARTIAL)
		return NF_ACCEPT;
	flow = front_flow_find(fn, &q.tuple);
	if (!flow || !front_flow_forwards(front_flow_state(flow)))
		return NF_ACCEPT;
	if (nf_checksum(skb, NF_INET_PRE_ROUTING, q.icmp,
			q.tuple.family == NFPROTO_IPV4 ? IPPROTO_ICMP : IPPROTO_ICMPV6,
			q.tuple.family)) {
		front_count(fn, FRONT_STAT_ICMP_BAD);
		kfree_skb(skb);
		return NF_STOLEN;
	}
	forward(fn, flow, skb, &q);
	return NF_STOLEN;
}

static struct sk_buff *alloc(const struct sk_buff *about, unsigned int headers,
			     unsigned int max, unsigned int *quote)
{
	struct sk_buff *skb;

	*quote = min(about->len, max - headers);
	skb = alloc_skb(LL_MAX_HEADER + headers + *quote, GFP_ATOMIC | __GFP_NOWARN);
	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER);
	skb_reset_network_header(skb);
	skb->protocol = about->protocol;
	return skb;
}

static struct sk_buff *build_v4(const struct sk_buff *about, const struct handoff_tuple *t,
				u8 type, u8 code, u32 info)
{
	unsigned int quote, headers = sizeof(struct iphdr) + sizeof(struct icmphdr);
	struct sk_buff *skb = alloc(about, headers, ERROR_MAX_V4, &quote);
	struct icmphdr *icmp;
	struct iphdr *iph;

	if (!skb)
		return NULL;
	iph = skb_put_zero(skb, sizeof(*iph));
	iph->version = 4;
	iph->ihl = 5;
	iph->tos = IPTOS_PREC_INTERNETCONTROL;
	iph->tot_len = htons(headers + quote);
	iph->ttl = 64;
	iph->protocol = IPPROTO_ICMP;
	iph->saddr = t->server.ip;
	iph->daddr = t->client.ip;
	ip_send_check(iph);
	skb_set_transport_header(skb, sizeof(*iph));
	icmp = skb_put_zero(skb, sizeof(*icmp));
	icmp->type = type;
	icmp->code = code;
	icmp->un.gateway = htonl(info);
	skb_copy_bits(about, 0, skb_put(skb, quote), quote);
	icmp->checksum = ip_compute_csum(icmp, sizeof(*icmp) + quote);
	return skb;
}

static struct sk_buff *build_v6(const struct sk_buff *about, const struct handoff_tuple *t,
				u8 type, u8 code, u32 info)
{
	unsigned int quote, headers = sizeof(struct ipv6hdr) + sizeof(struct icmp6hdr);
	struct sk_buff *skb = alloc(about, headers, ERROR_MAX_V6, &quote);
	unsigned int len = sizeof(struct icmp6hdr) + quote;
	struct icmp6hdr *icmp;
	struct ipv6hdr *iph;

	if (!skb)
		return NULL;
	iph = skb_put_zero(skb, sizeof(*iph));
	iph->version = 6;
	iph->payload_len = htons(len);
	iph->nexthdr = IPPROTO_ICMPV6;
	iph->hop_limit = 64;
	iph->saddr = t->server.in6;
	iph->daddr = t->client.in6;
	skb_set_transport_header(skb, sizeof(*iph));
	icmp = skb_put_zero(skb, sizeof(*icmp));
	icmp->icmp6_type = type;
	icmp->icmp6_code = code;
	icmp->icmp6_mtu = htonl(info);
	skb_copy_bits(about, 0, skb_put(skb, quote), quote);
	icmp->icmp6_cksum = csum_ipv6_magic(&iph->saddr, &iph->daddr, len, IPPROTO_ICMPV6,
					    csum_partial(icmp, len, 0));
	return skb;
}

/* @skb is still as the client sent it, which is all that ICMP may quote. */
static void send_error(struct front_net *fn, const struct sk_buff *about,
		       const struct handoff_headers *h, u8 type, u8 code, u32 info)
{
	const struct handoff_tuple *t = &h->tuple;
	bool v4 = t->family == NFPROTO_IPV4;
	struct dst_entry *dst;
	struct sk_buff *skb;

	if (!front_rate_allow(&fn->icmp, handoff_limit(fn->net, HANDOFF_LIMIT_STRAY_RATE))) {
		front_count(fn, FRONT_STAT_ICMP_LIMITED);
		return;
	}
	dst = handoff_route(fn->net, t->family, &t->client, &t->server);
	if (!dst) {
		front_count(fn, FRONT_STAT_SENDING_FAILED);
		return;
	}
	skb = v4 ? build_v4(about, t, type, code, info) : build_v6(about, t, type, code, info);
	if (!skb) {
		dst_release(dst);
		front_count(fn, FRONT_STAT_SENDING_FAILED);
		return;
	}
	skb_dst_set(skb, dst);
	skb->dev = dst->dev;
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	front_count(fn, FRONT_STAT_ICMP_SENT);
	if (v4)
		ip_local_out(fn->net, NULL, skb);
	else
		ip6_local_out(fn->net, NULL, skb);
}

void bip_icmp_too_big(struct front_net *fn, const struct sk_buff *skb,
		      const struct handoff_headers *h, u32 mtu)
{
	if (h->tuple.family == NFPROTO_IPV4)
		send_error(fn, skb, h, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu);
	else
		send_error(fn, skb, h, ICMPV6_PKT_TOOBIG, 0, mtu);
}

void bip_icmp_time_exceeded(struct front_net *fn, const struct sk_buff *skb,
			    const struct handoff_headers *h)
{
	if (h->tuple.family == NFPROTO_IPV4)
		send_error(fn, skb, h, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
	else
		send_error(fn, skb, h, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
}

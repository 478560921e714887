// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/module.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "handoff/quote.h"

/* Both families' errors have a header of 8 bytes. */
#define ICMP_HEADER_LEN	8

static bool is_error_v4(u8 type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED ||
	       type == ICMP_PARAMETERPROB;
}

static bool is_error_v6(u8 type)
{
	return type >= ICMPV6_DEST_UNREACH && type <= ICMPV6_PARAMPROB;
}

static bool parse_v4(struct sk_buff *skb, struct handoff_quote *q)
{
	const struct iphdr *iph;
	__be32 to;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return false;
	iph = (const struct iphdr *)skb->data;
	if (iph->ihl < 5 || iph->protocol != IPPROTO_ICMP || ip_is_fragment(iph))
		return false;
	to = iph->daddr;
	q->icmp = iph->ihl * 4;
	q->inner = q->icmp + ICMP_HEADER_LEN;
	if (!pskb_may_pull(skb, q->inner + sizeof(*iph)) || !is_error_v4(skb->data[q->icmp]))
		return false;
	iph = (const struct iphdr *)(skb->data + q->inner);
	if (iph->version != 4 || iph->ihl < 5 || iph->protocol != IPPROTO_TCP ||
	    iph->frag_off & htons(IP_OFFSET))
		return false;
	q->tcp = q->inner + iph->ihl * 4;
	q->tuple.family = NFPROTO_IPV4;
	q->tuple.server.ip = iph->saddr;
	q->tuple.client.ip = iph->daddr;
	return to == iph->saddr;
}

/*
 * Offset of what is behind an IPv6 header at @offset, if it is @protocol, else
 * -1: so it is, too, for a fragment that does not begin with it.
 */
static int skip_v6(struct sk_buff *skb, unsigned int offset, u8 protocol, __be16 *frag_off)
{
	const struct ipv6hdr *iph;
	u8 nexthdr;
	int at;

	if (!pskb_may_pull(skb, offset + sizeof(*iph)))
		return -1;
	iph = (const struct ipv6hdr *)(skb->data + offset);
	if (iph->version != 6)
		return -1;
	nexthdr = iph->nexthdr;
	at = ipv6_skip_exthdr(skb, offset + sizeof(*iph), &nexthdr, frag_off);
	return nexthdr == protocol ? at : -1;
}

static bool parse_v6(struct sk_buff *skb, struct handoff_quote *q)
{
	const struct ipv6hdr *outer, *inner;
	__be16 frag_off;
	int at;

	at = skip_v6(skb, 0, IPPROTO_ICMPV6, &frag_off);
	if (at < 0 || frag_off)
		return false;
	q->icmp = at;
	q->inner = at + ICMP_HEADER_LEN;
	at = skip_v6(skb, q->inner, IPPROTO_TCP, &frag_off);
	if (at < 0 || !is_error_v6(skb->data[q->icmp]))
		return false;
	q->tcp = at;
	outer = (const struct ipv6hdr *)skb->data;
	inner = (const struct ipv6hdr *)(skb->data + q->inner);
	q->tuple.family = NFPROTO_IPV6;
	q->tuple.server.in6 = inner->saddr;
	q->tuple.client.in6 = inner->daddr;
	return ipv6_addr_equal(&outer->daddr, &inner->saddr);
}

bool handoff_quote_parse(struct sk_buff *skb, struct handoff_quote *q)
{
	const __be16 *ports;

	memset(q, 0, sizeof(*q));
	if (skb->protocol == htons(ETH_P_IP) ? !parse_v4(skb, q) :
	    skb->protocol != htons(ETH_P_IPV6) || !parse_v6(skb, q))
		return false;
	if (!pskb_may_pull(skb, q->tcp + HANDOFF_QUOTED_TCP))
		return false;
	ports = (const __be16 *)(skb->data + q->tcp);
	q->tuple.server_port = ports[0];
	q->tuple.client_port = ports[1];
	return true;
}
EXPORT_SYMBOL_GPL(handoff_quote_parse);

// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netfilter.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "btcp/backend/checksum.h"
#include "btcp/backend/flow.h"
#include "btcp/backend/icmp.h"

/* Both families' errors have a header of 8 bytes, its checksum at 2. */
#define ICMP_HEADER_LEN	8
#define ICMP_CHECK_OFF	2
/* What is quoted of TCP at least, and all that is looked at: ports, seq. */
#define QUOTED_LEN	8

/**
 * struct quote - where things are in an error
 * @tuple: of the quoted packet, which this host sent
 * @icmp: offset of the ICMP header from skb->data
 * @tcp: offset of the quoted TCP header
 */
struct quote {
	struct handoff_tuple tuple;
	unsigned int icmp;
	unsigned int tcp;
};

static bool is_error_v4(u8 type)
{
	return type == ICMP_DEST_UNREACH || type == ICMP_SOURCE_QUENCH ||
	       type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
}

static bool find_v4(struct sk_buff *skb, struct quote *q)
{
	const struct iphdr *iph;
	unsigned int inner;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return false;
	iph = (const struct iphdr *)skb->data;
	if (iph->protocol != IPPROTO_ICMP || ip_is_fragment(iph))
		return false;
	q->icmp = iph->ihl * 4;
	inner = q->icmp + ICMP_HEADER_LEN;
	if (!pskb_may_pull(skb, inner + sizeof(*iph)) || !is_error_v4(skb->data[q->icmp]))
		return false;
	iph = (const struct iphdr *)(skb->data + inner);
	if (iph->ihl < 5 || iph->protocol != IPPROTO_TCP ||
	    iph->frag_off & htons(IP_OFFSET))
		return false;
	q->tuple.family = NFPROTO_IPV4;
	q->tuple.server.ip = iph->saddr;
	q->tuple.client.ip = iph->daddr;
	q->tcp = inner + iph->ihl * 4;
	return true;
}

static bool find_v6(struct sk_buff *skb, struct quote *q)
{
	const struct ipv6hdr *iph;
	unsigned int inner;
	__be16 frag_off;
	u8 nexthdr;
	int off;

	if (!pskb_may_pull(skb, sizeof(*iph)))
		return false;
	nexthdr = ((const struct ipv6hdr *)skb->data)->nexthdr;
	off = ipv6_skip_exthdr(skb, sizeof(*iph), &nexthdr, &frag_off);
	if (off < 0 || nexthdr != IPPROTO_ICMPV6 || frag_off)
		return false;
	q->icmp = off;
	inner = off + ICMP_HEADER_LEN;
	if (!pskb_may_pull(skb, inner + sizeof(*iph)) ||
	    skb->data[q->icmp] & ICMPV6_INFOMSG_MASK)
		return false;
	iph = (const struct ipv6hdr *)(skb->data + inner);
	q->tuple.family = NFPROTO_IPV6;
	q->tuple.server.in6 = iph->saddr;
	q->tuple.client.in6 = iph->daddr;
	nexthdr = iph->nexthdr;
	off = ipv6_skip_exthdr(skb, inner + sizeof(*iph), &nexthdr, &frag_off);
	if (off < 0 || nexthdr != IPPROTO_TCP || frag_off & htons(IP6_OFFSET))
		return false;
	q->tcp = off;
	return true;
}

static bool find(struct sk_buff *skb, struct quote *q)
{
	const __be16 *ports;

	memset(q, 0, sizeof(*q));
	if (skb->protocol == htons(ETH_P_IP) ? !find_v4(skb, q) :
	    skb->protocol != htons(ETH_P_IPV6) || !find_v6(skb, q))
		return false;
	if (!pskb_may_pull(skb, q->tcp + QUOTED_LEN))
		return false;
	ports = (const __be16 *)(skb->data + q->tcp);
	q->tuple.server_port = ports[0];
	q->tuple.client_port = ports[1];
	return true;
}

unsigned int back_icmp_inbound(struct back_net *bnet, struct sk_buff *skb)
{
	struct back_flow *flow;
	struct quote q;
	u8 state;
	u32 diff;

	if (!find(skb, &q))
		return NF_ACCEPT;
	flow = back_flow_lookup(bnet, &q.tuple);
	if (!flow)
		return NF_ACCEPT;
	state = back_flow_state(flow);
	/* Nothing was sent yet, or nobody is there to hear of it. */
	if (state == BACK_FLOW_SYN || state == BACK_FLOW_ENDED)
		goto bad;
	if (skb_ensure_writable(skb, q.tcp + QUOTED_LEN))
		goto bad;
	/* At an even offset from the ICMP header, so the change is as it is. */
	diff = btcp_translate_quoted(skb->data + q.tcp, QUOTED_LEN, &flow->t);
	back_checksum_update(skb, (__sum16 *)(skb->data + q.icmp + ICMP_CHECK_OFF), diff);
	back_count(bnet, BACK_STAT_ICMP_TRANSLATED);
	return NF_ACCEPT;

bad:
	back_count(bnet, BACK_STAT_ICMP_BAD);
	consume_skb(skb);
	return NF_STOLEN;
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/neighbour.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "bip/forward.h"
#include "bip/icmp.h"
#include "btcp/frontend/backend.h"
#include "btcp/frontend/flow.h"
#include "btcp/frontend/service.h"
#include "include/compat.h"

struct dst_entry *bip_route(struct front_net *fn, struct front_backend *backend,
			    u8 family)
{
	struct front_endpoint *endpoint = front_backend_endpoint(backend, family);
	struct dst_entry *dst = dst_cache_get(&endpoint->route);

	if (likely(dst))
		return dst;
	dst = handoff_route(fn->net, family, &endpoint->endpoint.addr, NULL);
	if (!dst)
		return NULL;
	if (family == NFPROTO_IPV4)
		dst_cache_set_ip4(&endpoint->route, dst, 0);
	else
		dst_cache_set_ip6(&endpoint->route, dst, &in6addr_any);
	return dst;
}

bool bip_hops_left(const struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP))
		return ip_hdr(skb)->ttl > 1;
	return ipv6_hdr(skb)->hop_limit > 1;
}

static void neigh_xmit_v4(struct sk_buff *skb, struct dst_entry *dst)
{
	struct rtable *rt = container_of(dst, struct rtable, dst);
	__be32 nexthop = rt_nexthop(rt, ip_hdr(skb)->daddr);

	if (rt->rt_gw_family == AF_INET6)
		neigh_xmit(NEIGH_ND_TABLE, dst->dev, &rt->rt_gw6, skb);
	else
		neigh_xmit(NEIGH_ARP_TABLE, dst->dev, &nexthop, skb);
}

static void neigh_xmit_v6(struct sk_buff *skb, struct dst_entry *dst)
{
	const struct in6_addr *nexthop;

	nexthop = rt6_nexthop(container_of(dst, struct rt6_info, dst),
			      &ipv6_hdr(skb)->daddr);
	neigh_xmit(NEIGH_ND_TABLE, dst->dev, nexthop, skb);
}

static int transmit_fragment(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	neigh_xmit_v4(skb, skb_dst(skb));
	return 0;
}

/* Make the packet one that leaves; it takes the route's reference. */
static void leave(struct sk_buff *skb, struct dst_entry *dst)
{
	if (skb->protocol == htons(ETH_P_IP))
		ip_decrease_ttl(ip_hdr(skb));
	else
		ipv6_hdr(skb)->hop_limit--;
	/* A sum over what came in says nothing about what goes out. */
	skb_forward_csum(skb);
	skb_clear_tstamp(skb);
	skb_orphan(skb);
	nf_reset_ct(skb);
	/* Without a neighbour the stack answers who sent it to us, quoting the back-end. */
	skb->pkt_type = PACKET_OUTGOING;
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	skb->dev = dst->dev;
}

/* IPsec or an encapsulation: more to do than to find a neighbour. */
static bool is_wrapped(const struct dst_entry *dst)
{
	return dst_xfrm(dst) || dst->lwtstate;
}

void bip_transmit(struct sk_buff *skb, struct dst_entry *dst)
{
	bool v4 = skb->protocol == htons(ETH_P_IP);

	leave(skb, dst);
	if (unlikely(is_wrapped(dst))) {
		/* What is there is of the packet as it came in. */
		if (v4)
			memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		else
			memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		dst_output(dev_net(dst->dev), NULL, skb);
		return;
	}
	/* Both consume the packet, and with it the route, whatever happens. */
	if (v4)
		neigh_xmit_v4(skb, dst);
	else
		neigh_xmit_v6(skb, dst);
}

/* IPv4 without DF: its sender has asked for fragments. */
static void transmit_fragmented(struct front_net *fn, struct sk_buff *skb,
				struct dst_entry *dst)
{
	front_count(fn, FRONT_STAT_FRAGMENTED);
	leave(skb, dst);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	ip_do_fragment(fn->net, NULL, skb, transmit_fragment);
}

static bool exceeds(const struct sk_buff *skb, unsigned int mtu)
{
	if (skb->len <= mtu)
		return false;
	return !skb_is_gso(skb) || !skb_gso_validate_network_len(skb, mtu);
}

static bool may_fragment(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP) && !skb_is_gso(skb) &&
	       !(ip_hdr(skb)->frag_off & htons(IP_DF));
}

/*
 * What must be known before the packet is changed, so that an ICMP error can
 * quote it as the client sent it.  False: answered, or dropped and counted.
 */
static bool can_go(struct front_net *fn, struct sk_buff *skb,
		   const struct handoff_headers *h, unsigned int mtu)
{
	if (!bip_hops_left(skb)) {
		front_count(fn, FRONT_STAT_TTL_EXPIRED);
		bip_icmp_time_exceeded(fn, skb, h);
		return false;
	}
	if (exceeds(skb, mtu) && !may_fragment(skb)) {
		front_count(fn, FRONT_STAT_TOO_BIG);
		bip_icmp_too_big(fn, skb, h, mtu);
		return false;
	}
	return true;
}

void bip_forward(struct front_net *fn, struct front_flow *flow,
		 struct sk_buff *skb, struct handoff_headers *h)
{
	struct front_backend *backend = flow->backend;
	struct front_endpoint *endpoint = front_backend_endpoint(backend, h->tuple.family);
	unsigned int mtu, len = skb->len;
	struct dst_entry *dst;

	dst = bip_route(fn, backend, h->tuple.family);
	if (unlikely(!dst)) {
		front_count(fn, FRONT_STAT_NO_ROUTE);
		goto drop;
	}
	mtu = min(dst_mtu(dst), handoff_session_path_mtu(backend->session));
	if (unlikely(!can_go(fn, skb, h, mtu)))
		goto release;
	if (unlikely(skb_cow_head(skb, LL_RESERVED_SPACE(dst->dev)) ||
		     handoff_packet_set_addr(skb, h, false, &endpoint->endpoint.addr,
					     endpoint->endpoint.port))) {
		front_count(fn, FRONT_STAT_FORWARD_MEMORY);
		goto release;
	}
	/* IPv6 with extension headers: GSO goes by this. */
	skb_set_transport_header(skb, h->thoff);

	front_flow_touch(flow);
	front_count(fn, FRONT_STAT_FORWARDED_PACKETS);
	handoff_stats_add(&fn->stats, FRONT_STAT_FORWARDED_BYTES, len);
	/* Where it is wrapped it is fragmented, too. */
	if (unlikely(exceeds(skb, dst_mtu(dst)) && may_fragment(skb) && !is_wrapped(dst)))
		transmit_fragmented(fn, skb, dst);
	else
		bip_transmit(skb, dst);
	return;

release:
	dst_release(dst);
drop:
	kfree_skb(skb);
}

unsigned int bip_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state)
{
	struct front_net *fn = front_net(state->net);
	struct front_flow *flow;
	struct handoff_headers h;

	if (!handoff_packet_parse(skb, false, &h))
		return bip_icmp_input(fn, skb);
	flow = front_flow_find(fn, &h.tuple);
	if (flow) {
		enum front_flow_state flow_state = front_flow_state(flow);
		bool anew = flow_state == FRONT_FLOW_TIME_WAIT && h.tcp->syn && !h.tcp->ack;

		if (front_flow_forwards(flow_state) && !anew) {
			bip_forward(fn, flow, skb, &h);
			return NF_STOLEN;
		}
	} else if (!front_service_at(fn, &h.tuple)) {
		return NF_ACCEPT;
	}
	/* BTCP's: conntrack, which will not see the answers, is to leave it be. */
	nf_reset_ct(skb);
	nf_ct_set(skb, NULL, IP_CT_UNTRACKED);
	return NF_ACCEPT;
}

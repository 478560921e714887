// SPDX-License-Identifier: GPL-2.0
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/neighbour.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>

#include "bip/transmit.h"
#include "btcp/frontend/backend.h"
#include "handoff/packet.h"
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

bool bip_exceeds(const struct sk_buff *skb, unsigned int mtu)
{
	if (skb->len <= mtu)
		return false;
	return !skb_is_gso(skb) || !skb_gso_validate_network_len(skb, mtu);
}

bool bip_may_fragment(const struct sk_buff *skb)
{
	return skb->protocol == htons(ETH_P_IP) && !skb_is_gso(skb) &&
	       !(ip_hdr(skb)->frag_off & htons(IP_DF));
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

/* IPv4 without DF: its sender has asked for fragments. */
static void transmit_fragmented(struct front_net *fn, struct sk_buff *skb)
{
	front_count(fn, FRONT_STAT_FRAGMENTED);
	memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
	ip_do_fragment(fn->net, NULL, skb, transmit_fragment);
}

void bip_transmit(struct front_net *fn, struct sk_buff *skb, struct dst_entry *dst)
{
	bool v4 = skb->protocol == htons(ETH_P_IP);

	leave(skb, dst);
	/* Where it is wrapped it is fragmented, too. */
	if (unlikely(is_wrapped(dst))) {
		/* What is there is of the packet as it came in. */
		if (v4)
			memset(IPCB(skb), 0, sizeof(*IPCB(skb)));
		else
			memset(IP6CB(skb), 0, sizeof(*IP6CB(skb)));
		dst_output(fn->net, NULL, skb);
		return;
	}
	/* All of these consume the packet, and with it the route, whatever happens. */
	if (unlikely(bip_exceeds(skb, dst_mtu(dst)) && bip_may_fragment(skb)))
		transmit_fragmented(fn, skb);
	else if (v4)
		neigh_xmit_v4(skb, dst);
	else
		neigh_xmit_v6(skb, dst);
}

// SPDX-License-Identifier: GPL-2.0
#include <net/netfilter/nf_conntrack.h>

#include "bip/forward.h"
#include "bip/icmp.h"
#include "bip/transmit.h"
#include "btcp/frontend/backend.h"
#include "btcp/frontend/flow.h"
#include "btcp/frontend/service.h"

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
	if (bip_exceeds(skb, mtu) && !bip_may_fragment(skb)) {
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
	bip_transmit(fn, skb, dst);
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

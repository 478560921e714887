// SPDX-License-Identifier: GPL-2.0
#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "btcp/backend/close.h"
#include "btcp/backend/icmp.h"
#include "btcp/backend/inbound.h"
#include "btcp/backend/rewrite.h"
#include "handoff/packet.h"

static unsigned int swallow(struct back_net *bnet, struct sk_buff *skb,
			    enum back_stat why)
{
	back_count(bnet, why);
	consume_skb(skb);
	return NF_STOLEN;
}

/* Until the SYN/ACK is caught: our own SYN, and our own RST after a refusal. */
static bool may_pass_early(const struct back_flow *flow, const struct tcphdr *tcp)
{
	if (tcp->rst)
		return !tcp->ack;
	return tcp->syn && !tcp->ack && ntohl(tcp->seq) == flow->client_isn;
}

/*
 * Closing is judged by what TCP did with a packet, where that can be seen; here
 * only what cannot be seen later is noted.
 */
static void track(struct back_net *bnet, struct back_flow *flow,
		  u8 state, const struct handoff_headers *h, u32 wire_ack)
{
	const struct tcphdr *tcp = h->tcp;

	back_flow_touch(flow);
	if (tcp->ack && !tcp_seq_after(wire_ack, READ_ONCE(flow->snd_nxt))) {
		back_flow_advance(&flow->snd_una, wire_ack);
		if (state == BACK_FLOW_CLOSING)
			back_close_acked_by_client(bnet, flow, wire_ack);
	}
	/* TCP takes none without the ACK flag. */
	if (tcp->fin && tcp->ack)
		back_close_fin_in(bnet, flow, ntohl(tcp->seq) + h->payload_len, wire_ack);
	if (tcp->rst)
		back_close_rst_in(flow);
}

static unsigned int translate(struct back_net *bnet, struct back_flow *flow,
			      u8 state, struct sk_buff *skb, struct handoff_headers *h)
{
	u32 wire_ack = ntohl(h->tcp->ack_seq);

	if (back_rewrite_in(bnet, flow, skb, h)) {
		consume_skb(skb);
		return NF_STOLEN;
	}
	track(bnet, flow, state, h, wire_ack);
	return NF_ACCEPT;
}

unsigned int back_inbound_hook(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *nf)
{
	struct back_net *bnet = back_net(nf->net);
	struct back_flow *flow;
	struct handoff_headers h;
	u8 state;

	if (!atomic_read(&bnet->table.count))
		return NF_ACCEPT;
	if (!handoff_packet_parse(skb, false, &h))
		return back_icmp_inbound(bnet, skb);
	flow = back_flow_lookup(bnet, &h.tuple);
	if (!flow)
		return NF_ACCEPT;

	state = back_flow_state(flow);
	switch (state) {
	case BACK_FLOW_SYN:
		if (may_pass_early(flow, h.tcp))
			return NF_ACCEPT;
		return swallow(bnet, skb, BACK_STAT_SWALLOWED_EARLY);
	case BACK_FLOW_ENDED:
		/*
		 * Reset by TCP: it answers the client's next packet with the
		 * RST that may have been lost.  Refused: nothing to say.
		 */
		if (READ_ONCE(flow->flags) & BACK_FLOW_RST_OUT && !h.tcp->syn)
			break;
		if (h.tcp->rst && !h.tcp->ack)
			return NF_ACCEPT;
		return swallow(bnet, skb, BACK_STAT_SWALLOWED_LATE);
	default:
		if (h.tcp->syn && !back_close_syn_in(bnet, flow))
			return swallow(bnet, skb, BACK_STAT_SWALLOWED_SYN);
	}
	return translate(bnet, flow, state, skb, &h);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "btcp/backend/close.h"
#include "btcp/backend/outbound.h"
#include "btcp/backend/rewrite.h"
#include "btcp/backend/synack.h"

/*
 * Swallowed packets are stolen, not dropped: a drop is an error to TCP's
 * transmit path, and that is not what the client's network would return.
 */
static unsigned int steal(struct sk_buff *skb)
{
	consume_skb(skb);
	return NF_STOLEN;
}

static unsigned int pass(struct back_net *bnet, struct back_flow *flow,
			 u8 state, struct sk_buff *skb, struct handoff_headers *h)
{
	u32 ack = ntohl(h->tcp->ack_seq);

	if (back_rewrite_out(bnet, flow, skb, h))
		return steal(skb);	/* TCP sends it again */
	back_flow_advance(&flow->snd_nxt, ntohl(h->tcp->seq) + h->payload_len);
	back_flow_touch(flow);
	if (h->tcp->ack) {
		back_flow_advance(&flow->rcv_nxt, ack);
		if (state == BACK_FLOW_CLOSING)
			back_close_acked_by_tcp(bnet, flow, ack);
	}
	return NF_ACCEPT;
}

unsigned int back_outbound_hook(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *nf)
{
	struct back_net *bnet = back_net(nf->net);
	struct back_flow *flow;
	struct handoff_headers h;
	u8 state;

	if (!atomic_read(&bnet->table.count) || !handoff_packet_parse(skb, true, &h))
		return NF_ACCEPT;
	flow = back_flow_lookup(bnet, &h.tuple);
	if (!flow)
		return NF_ACCEPT;

	state = back_flow_state(flow);
	if (state < BACK_FLOW_LIVE) {
		if (back_synack_outbound(bnet, flow, skb, &h))
			return steal(skb);
		state = back_flow_state(flow);
	}
	if (state == BACK_FLOW_ENDED) {
		back_close_swallow(bnet, flow, &h);
		return steal(skb);
	}
	if (h.tcp->rst) {
		back_close_rst_out(bnet, flow, &h);
		return steal(skb);
	}
	/* The front-end said it long ago, whatever TCP wants to repeat. */
	if (h.tcp->syn) {
		back_count(bnet, BACK_STAT_STOLEN_SYNACK);
		return steal(skb);
	}
	if (h.tcp->fin)
		return back_close_fin_out(bnet, flow, skb, &h, nf);
	return pass(bnet, flow, state, skb, &h);
}

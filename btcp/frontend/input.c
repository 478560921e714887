// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "bip/forward.h"
#include "btcp/frontend/answer.h"
#include "btcp/frontend/close.h"
#include "btcp/frontend/handover.h"
#include "btcp/frontend/input.h"
#include "btcp/frontend/listen.h"
#include "btcp/frontend/request.h"
#include "btcp/frontend/service.h"
#include "btcp/frontend/stray.h"
#include "handoff/packet.h"

/* A SYN and nothing else that would contradict it. */
static bool is_syn(const struct tcphdr *tcp)
{
	return tcp->syn && !tcp->ack && !tcp->rst && !tcp->fin;
}

/* A packet of a flow that BIP did not forward.  Returns true if kept. */
static bool flow_packet(struct front_net *fn, struct front_flow *flow,
			struct sk_buff *skb, struct handoff_headers *h)
{
	bool keep = false;

	spin_lock_bh(&flow->flow.lock);
	if (flow->flow.dead) {
		front_count(fn, FRONT_STAT_DEAD_FLOW);
		goto unlock;
	}
	front_flow_touch(flow);
	switch (flow->flow.state) {
	case FRONT_FLOW_SYN_RECV:
	case FRONT_FLOW_HEAD:
		keep = front_request_packet(flow->opening, skb, h);
		break;
	case FRONT_FLOW_HANDING_OFF:
		keep = front_handover_packet(flow->opening, skb, h);
		break;
	case FRONT_FLOW_ANSWERING:
		front_answer_packet(flow->opening, h);
		break;
	case FRONT_FLOW_RESETTING:
		front_close_packet(fn, flow, h);
		break;
	case FRONT_FLOW_FORWARDING:
	case FRONT_FLOW_CLOSING:
	case FRONT_FLOW_TIME_WAIT:
		/* The switch came between the two hooks. */
		spin_unlock_bh(&flow->flow.lock);
		bip_forward(fn, flow, skb, h);
		return true;
	}
unlock:
	spin_unlock_bh(&flow->flow.lock);
	return keep;
}

/* A SYN on a tuple in TIME_WAIT starts afresh at once. */
static bool forget_time_wait(struct front_net *fn, struct front_flow *flow)
{
	bool forgotten = false;

	spin_lock_bh(&flow->flow.lock);
	if (!flow->flow.dead && flow->flow.state == FRONT_FLOW_TIME_WAIT) {
		front_count(fn, FRONT_STAT_SYN_TIME_WAIT);
		front_flow_end(fn, flow);
		forgotten = true;
	}
	spin_unlock_bh(&flow->flow.lock);
	return forgotten;
}

unsigned int front_input_hook(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state)
{
	struct front_net *fn = front_net(state->net);
	struct front_service *service = NULL;
	struct front_flow *flow;
	struct handoff_headers h;
	bool keep = false;

	if (!handoff_packet_parse(skb, false, &h))
		return NF_ACCEPT;
	flow = front_flow_find(fn, &h.tuple);
	if (!flow || is_syn(h.tcp)) {
		service = front_service_at(fn, &h.tuple);
		if (!flow && !service)
			return NF_ACCEPT;
	}
	if (!handoff_packet_checksum_ok(skb, &h, NF_INET_LOCAL_IN)) {
		front_count(fn, FRONT_STAT_BAD_CHECKSUM);
		kfree_skb(skb);
		return NF_STOLEN;
	}

	if (flow && service && forget_time_wait(fn, flow))
		flow = NULL;
	if (flow)
		keep = flow_packet(fn, flow, skb, &h);
	else if (is_syn(h.tcp))
		front_listen_syn(fn, service, &h);
	else
		front_stray(fn, &h);
	if (!keep)
		consume_skb(skb);
	return NF_STOLEN;
}

// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "bip/forward.h"
#include "btcp/frontend/answer.h"
#include "btcp/frontend/close.h"
#include "btcp/frontend/cookie.h"
#include "btcp/frontend/evict.h"
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

/* A packet of a connection whose head is not there yet. */
static bool request_packet(struct front_flow *flow, struct sk_buff *skb,
			   const struct handoff_headers *h, enum front_starved *starved)
{
	bool keep;

	lockdep_assert_held(&flow->flow.lock);
	flow->opening->starved = FRONT_STARVED_NOT;
	keep = front_request_packet(flow->opening, skb, h);
	*starved = keep || !flow->opening ? FRONT_STARVED_NOT : flow->opening->starved;
	return keep;
}

/* A packet of a flow that BIP did not forward.  Returns true if kept. */
static bool flow_packet_once(struct front_net *fn, struct front_flow *flow,
			     struct sk_buff *skb, struct handoff_headers *h,
			     enum front_starved *starved)
{
	bool keep = false;

	*starved = FRONT_STARVED_NOT;
	spin_lock_bh(&flow->flow.lock);
	if (flow->flow.dead) {
		front_count(fn, FRONT_STAT_DEAD_FLOW);
		goto unlock;
	}
	front_flow_touch(flow);
	switch (flow->flow.state) {
	case FRONT_FLOW_SYN_RECV:
	case FRONT_FLOW_HEAD:
		keep = request_packet(flow, skb, h, starved);
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

/*
 * Where a head finds no memory, another goes.  What came of the packet is there
 * by then: it is taken for a copy, and the rest for new.
 */
static bool flow_packet(struct front_net *fn, struct front_flow *flow,
			struct sk_buff *skb, struct handoff_headers *h)
{
	enum front_starved starved;
	bool keep;

	for (;;) {
		keep = flow_packet_once(fn, flow, skb, h, &starved);
		if (!starved)
			return keep;
		if (!front_evict_head(fn, flow, starved)) {
			front_count(fn, starved == FRONT_STARVED_TOTAL ? FRONT_STAT_HEAD_TOTAL :
									 FRONT_STAT_HEAD_CLIENT);
			return keep;
		}
	}
}

/* A packet of no flow, not a SYN.  Returns true if kept. */
static bool new_packet(struct front_net *fn, struct front_service *service,
		       struct sk_buff *skb, struct handoff_headers *h)
{
	struct front_flow *flow = front_cookie_flow(fn, service, h);

	if (!IS_ERR(flow))
		return flow_packet(fn, flow, skb, h);
	if (flow == ERR_PTR(-ENOENT))
		front_stray(fn, h);
	return false;
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
	else if (!is_syn(h.tcp))
		keep = new_packet(fn, service, skb, &h);
	else if (!front_listen_syn(fn, service, &h))
		front_cookie_syn(fn, service, &h);
	if (!keep)
		consume_skb(skb);
	return NF_STOLEN;
}

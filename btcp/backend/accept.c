// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "btcp/backend/accept.h"

struct back_accept *back_accept_alloc(struct back_flow *flow,
				      const struct wire_handoff *handoff)
{
	struct back_accept *accept;

	accept = kzalloc(sizeof(*accept), GFP_ATOMIC | __GFP_NOWARN);
	if (!accept)
		return NULL;
	atomic_inc(&flow->frontend->bnet->accepts);
	accept->flow = flow;
	back_head_init(&accept->head, handoff->head_len);
	accept->started = jiffies;
	accept->staged = handoff->staged;
	accept->options = handoff->options;
	if (handoff->options & WIRE_OPT_WSCALE) {
		accept->client_wscale = handoff->client_wscale;
		accept->promised_wscale = handoff->promised_wscale;
	}
	accept->syn_window = handoff->syn_window;
	accept->mss = handoff->mss;
	accept->promised_window = handoff->promised_window;
	accept->ack_window = handoff->ack_window;
	accept->syn_tsval = handoff->syn_tsval;
	accept->front_tsval = handoff->front_tsval;
	accept->ack_tsval = handoff->ack_tsval;
	accept->srtt_us = handoff->srtt_us;
	return accept;
}

void back_accept_free(struct back_net *bnet, struct back_accept *accept)
{
	back_head_clean(bnet, &accept->head);
	kfree(accept);
	atomic_dec(&bnet->accepts);
}

void back_accept_drop(struct back_net *bnet, struct back_flow *flow)
{
	struct back_accept *accept = flow->accept;

	lockdep_assert_held(&flow->flow.lock);
	if (!accept)
		return;
	flow->accept = NULL;
	/* Else it is running, waits for our lock, and frees @accept itself. */
	if (!timer_delete(&accept->timer))
		return;
	back_accept_free(bnet, accept);
	/* The timer's: never the last one, our caller's caller has the table's. */
	handoff_flow_put(&bnet->table, &flow->flow);
}

bool back_accept_stands(struct back_net *bnet, struct back_flow *flow)
{
	lockdep_assert_held(&flow->flow.lock);
	if (!back_flow_step(bnet, flow, BACK_FLOW_STANDS))
		return false;
	back_count(bnet, BACK_STAT_HANDOFFS);
	handoff_stats_inc(&flow->frontend->stats, BACK_FRONTEND_STAT_HANDOFFS);
	back_accept_drop(bnet, flow);
	WRITE_ONCE(flow->flow.expires, jiffies + BACK_FLOW_CHECK);
	return true;
}

bool back_accept_end(struct back_net *bnet, struct back_flow *flow, u8 why)
{
	lockdep_assert_held(&flow->flow.lock);
	back_accept_drop(bnet, flow);
	return back_flow_end(bnet, flow, why);
}

bool back_accept_refuse(struct back_net *bnet, struct back_flow *flow,
			u8 nak)
{
	lockdep_assert_held(&flow->flow.lock);
	if (!back_accept_end(bnet, flow, 0))
		return false;
	WRITE_ONCE(flow->nak, nak);
	/* A NAK needs no CLOSED behind it. */
	flow->flags |= BACK_FLOW_TOLD;
	back_frontend_refuse(bnet, flow->frontend->session, flow->flow.id, nak);
	return true;
}

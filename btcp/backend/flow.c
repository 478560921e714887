// SPDX-License-Identifier: GPL-2.0
#include "btcp/backend/flow.h"
#include "handoff/settings.h"

#define S_NO	__BACK_FLOW_STATE_MAX	/* the event means nothing here */
#define S_HE	BACK_FLOW_HEAD
#define S_LI	BACK_FLOW_LIVE
#define S_CL	BACK_FLOW_CLOSING
#define S_TW	BACK_FLOW_TIME_WAIT
#define S_EN	BACK_FLOW_ENDED

/*
 * SYNACK	S_SY -> S_HE	translation known; ACK and head are injected
 * STANDS	S_HE -> S_LI	TCP has the head; the front-end may forward
 * FIN		S_LI -> S_CL	the first FIN, whichever side's
 *		S_CL -> S_CL	the other one, or a copy
 * CLOSED	S_CL -> S_TW	the only way out in peace
 * END		S_SY -> S_EN	refused: RST, bare ACK, no SYN/ACK, killed
 *		S_HE -> S_EN	refused: options; or the client went away
 *		S_LI -> S_EN	RST from either side, socket gone, killed
 *		S_CL -> S_EN	likewise
 *		S_TW -> S_TW	a connection that both sides closed is not reset
 *
 * Nothing leaves S_TW and S_EN but the sweep, and a new hand-off of the tuple,
 * which takes the old flow out of the table.
 */
static const u8 transitions[__BACK_FLOW_EVENT_MAX][__BACK_FLOW_STATE_MAX] = {
	/*			    SYN   HEAD  LIVE  CLOS. T_W   ENDED */
	[BACK_FLOW_SYNACK]	= { S_HE, S_NO, S_NO, S_NO, S_NO, S_NO },
	[BACK_FLOW_STANDS]	= { S_NO, S_LI, S_NO, S_NO, S_NO, S_NO },
	[BACK_FLOW_FIN]		= { S_NO, S_NO, S_CL, S_CL, S_NO, S_NO },
	[BACK_FLOW_CLOSED]	= { S_NO, S_NO, S_NO, S_TW, S_NO, S_NO },
	[BACK_FLOW_END]		= { S_EN, S_EN, S_EN, S_EN, S_TW, S_EN },
};

static const char * const names[__BACK_FLOW_STATE_MAX] = {
	[BACK_FLOW_SYN] = "syn",
	[BACK_FLOW_HEAD] = "head",
	[BACK_FLOW_LIVE] = "live",
	[BACK_FLOW_CLOSING] = "closing",
	[BACK_FLOW_TIME_WAIT] = "time-wait",
	[BACK_FLOW_ENDED] = "ended",
};

const char *back_flow_state_name(u8 state)
{
	return state < ARRAY_SIZE(names) ? names[state] : "?";
}

static void gauge(struct back_net *bnet, struct back_flow *flow,
		  u8 state, s64 by)
{
	switch (state) {
	case BACK_FLOW_TIME_WAIT:
		handoff_stats_add(&bnet->stats, BACK_STAT_TIME_WAIT, by);
		return;
	case BACK_FLOW_ENDED:
		handoff_stats_add(&bnet->stats, BACK_STAT_ENDED_FLOWS, by);
		return;
	default:
		handoff_stats_add(&bnet->stats, BACK_STAT_ACTIVE_FLOWS, by);
		handoff_stats_add(&flow->frontend->stats,
				  BACK_FRONTEND_STAT_ACTIVE_FLOWS, by);
	}
}

struct back_flow *back_flow_alloc(struct back_net *bnet,
				  struct back_frontend *frontend,
				  const struct handoff_tuple *tuple,
				  const struct wire_msg *msg)
{
	const struct wire_handoff *handoff = &msg->handoff;
	struct back_flow *flow;
	struct handoff_flow *base;

	base = handoff_flow_alloc(&bnet->table, tuple, msg->flow.id);
	if (!base)
		return NULL;
	flow = container_of(base, struct back_flow, flow);
	/* The caller found it under RCU with grants, so it lives; but see put. */
	if (!back_frontend_get(frontend)) {
		handoff_flow_put(&bnet->table, base);
		return NULL;
	}
	flow->frontend = frontend;
	memcpy(&flow->vip, msg->flow.vip, msg->flow.ipv6 ? 16 : 4);
	flow->vip_port = htons(msg->flow.vip_port);
	flow->client_isn = handoff->client_isn;
	flow->front_isn = handoff->front_isn;
	flow->snd_nxt = handoff->front_isn + 1;
	flow->snd_una = handoff->front_isn + 1;
	flow->rcv_nxt = handoff->client_isn + 1;
	flow->last = jiffies;
	return flow;
}

void back_flow_count(struct back_net *bnet, struct back_flow *flow)
{
	lockdep_assert_held(&flow->flow.lock);
	flow->flags |= BACK_FLOW_COUNTED;
	gauge(bnet, flow, flow->flow.state, 1);
}

bool back_flow_step(struct back_net *bnet, struct back_flow *flow,
		    enum back_flow_event event)
{
	u8 old = flow->flow.state, new;

	lockdep_assert_held(&flow->flow.lock);
	if (flow->flow.dead)
		return false;
	new = transitions[event][old];
	if (new == S_NO || new == old)
		return false;
	gauge(bnet, flow, old, -1);
	gauge(bnet, flow, new, 1);
	/* Pairs with back_flow_state(): the translation is complete. */
	smp_store_release(&flow->flow.state, new);
	return true;
}

bool back_flow_end(struct back_net *bnet, struct back_flow *flow,
		   u8 why)
{
	lockdep_assert_held(&flow->flow.lock);
	WARN_ON_ONCE(flow->accept);
	if (!back_flow_step(bnet, flow, BACK_FLOW_END))
		return false;
	flow->why = why;
	/* A front-end repeats a HANDOFF, and a copy of it may be late. */
	flow->until = jiffies + max(2 * handoff_timeout(bnet->net, HANDOFF_TIMEOUT_HANDOFF),
				    handoff_session_late(bnet->net));
	WRITE_ONCE(flow->flow.expires, jiffies + BACK_FLOW_AGAIN);
	return true;
}

struct back_flow *back_flow_lookup(struct back_net *bnet,
				   const struct handoff_tuple *tuple)
{
	struct handoff_flow *flow = handoff_table_lookup(&bnet->table, tuple);

	return flow ? container_of(flow, struct back_flow, flow) : NULL;
}

void back_flow_release(struct handoff_table *table, struct handoff_flow *base)
{
	struct back_net *bnet = container_of(table, struct back_net, table);
	struct back_flow *flow = container_of(base, struct back_flow, flow);

	if (flow->flags & BACK_FLOW_COUNTED)
		gauge(bnet, flow, flow->flow.state, -1);
	if (flow->frontend)
		back_frontend_put(flow->frontend);
}

// SPDX-License-Identifier: GPL-2.0
#include "btcp/frontend/backend.h"
#include "btcp/frontend/close.h"
#include "btcp/frontend/flow.h"
#include "btcp/frontend/handover.h"
#include "btcp/frontend/health.h"
#include "btcp/frontend/messages.h"
#include "btcp/frontend/opening.h"
#include "handoff/flow_name.h"

/* Say the same about the same flow; nothing depends on its getting there. */
static void reply(struct handoff_session *session, const struct wire_msg *msg,
		  const struct wire_msg *body)
{
	struct wire_msg out = *body;

	out.flow = msg->flow;
	handoff_session_send(session, &out);
}

static void reply_reset(struct handoff_session *session, const struct wire_msg *msg)
{
	struct wire_msg out = { .type = WIRE_RESET };

	reply(session, msg, &out);
}

/* A message about a flow that is not there, or that this peer has no more. */
static void no_flow(struct front_net *fn, struct handoff_session *session,
		    const struct wire_msg *msg)
{
	switch (msg->type) {
	case WIRE_CLOSED:
		/* Else the back-end would say it again and again. */
		reply(session, msg, msg);
		break;
	case WIRE_HANDOFF_ACK:
		/* Given up meanwhile, or another back-end has it. */
		front_count(fn, FRONT_STAT_HANDOFF_LATE);
		reply_reset(session, msg);
		break;
	case WIRE_ALIVE:
	case WIRE_SEGMENT:
		/* Nobody forwards for it: its TCP would go on asking in vain. */
		front_count(fn, FRONT_STAT_UNKNOWN_FLOW);
		reply_reset(session, msg);
		break;
	default:
		front_count(fn, FRONT_STAT_UNKNOWN_FLOW);
		break;
	}
}

/* A message about a hand-off that is under way. */
static void opening_message(struct front_net *fn, struct front_flow *flow,
			    const struct wire_msg *msg)
{
	struct front_opening *o = flow->opening;

	switch (msg->type) {
	case WIRE_HANDOFF_ACK:
		front_handover_ack(o, &msg->ack);
		break;
	case WIRE_HANDOFF_NAK:
		front_handover_nak(o, &msg->nak);
		break;
	case WIRE_SEGMENT:
		/* The client's first: the switch gives up the lock. */
		if (front_close_segment(fn, flow, &msg->segment) &&
		    front_handover_implied(o))
			front_close_begin(fn, flow);
		break;
	case WIRE_CLOSED:
		/* It was short: the response went direct, and so did its end. */
		front_handover_implied(o);
		if (!flow->flow.dead)
			front_close_closed(fn, flow, &msg->closed);
		break;
	case WIRE_RESET:
		front_handover_backend_lost(o);
		break;
	default:
		front_count(fn, FRONT_STAT_UNEXPECTED_MESSAGE);
		break;
	}
}

/* A message about a flow that was handed off. */
static void flow_message(struct front_net *fn, struct front_flow *flow,
			 const struct wire_msg *msg)
{
	switch (msg->type) {
	case WIRE_SEGMENT:
		if (front_close_segment(fn, flow, &msg->segment))
			front_close_begin(fn, flow);
		break;
	case WIRE_CLOSED:
		front_close_closed(fn, flow, &msg->closed);
		break;
	case WIRE_ALIVE:
		front_close_alive(flow);
		break;
	case WIRE_RESET:
		front_close_reset(fn, flow);
		break;
	case WIRE_HANDOFF_ACK:
		/* The same again: it was acknowledged by what we do. */
		break;
	default:
		front_count(fn, FRONT_STAT_UNEXPECTED_MESSAGE);
		break;
	}
}

/*
 * Is this message, by id and session, about what @flow is now?  Called with
 * the lock held.
 */
static bool concerns(const struct front_flow *flow,
		     const struct handoff_session *session, const struct wire_msg *msg,
		     bool *foreign)
{
	const struct front_backend *backend = flow->backend;
	u64 id = flow->flow.id;

	*foreign = false;
	if (flow->flow.dead)
		return false;
	if (!backend && flow->opening) {
		backend = flow->opening->backend;
		id = flow->opening->id;
	}
	if (!backend || !id || id != msg->flow.id)
		return false;
	*foreign = backend->session != session;
	return !*foreign;
}

static void receive(struct net *net, struct handoff_session *session,
		    const struct wire_msg *msg)
{
	struct front_net *fn = front_net(net);
	struct front_flow *flow;
	struct handoff_tuple tuple;
	bool foreign = false;
	bool ours = false;

	if (READ_ONCE(fn->dying))
		return;
	handoff_flow_tuple(&tuple, HANDOFF_FRONTEND, &msg->flow);
	flow = front_flow_find(fn, &tuple);
	if (flow) {
		spin_lock_bh(&flow->flow.lock);
		ours = concerns(flow, session, msg, &foreign);
		if (ours && flow->flow.state == FRONT_FLOW_HANDING_OFF)
			opening_message(fn, flow, msg);
		else if (ours)
			flow_message(fn, flow, msg);
		spin_unlock_bh(&flow->flow.lock);
	}
	if (foreign)
		front_count(fn, FRONT_STAT_FOREIGN_SESSION);
	else if (!ours)
		no_flow(fn, session, msg);
	else if (msg->type == WIRE_CLOSED)
		reply(session, msg, msg);
}

static void heartbeat(struct net *net, struct handoff_session *session,
		      const struct wire_heartbeat *heartbeat)
{
	struct front_net *fn = front_net(net);

	if (!READ_ONCE(fn->dying))
		front_health_heartbeat(fn, session, heartbeat);
}

static void fill_heartbeat(struct net *net, struct handoff_session *session,
			   struct wire_heartbeat *heartbeat)
{
	struct front_net *fn = front_net(net);

	heartbeat->active_flows = atomic_read(&fn->table.count);
	heartbeat->going = READ_ONCE(fn->dying);
}

static void session_state(struct net *net, struct handoff_session *session, bool up)
{
	struct front_net *fn = front_net(net);

	if (!READ_ONCE(fn->dying))
		front_backend_session_state(fn, session, up);
}

static void reborn(struct net *net, struct handoff_session *session)
{
	struct front_net *fn = front_net(net);

	if (!READ_ONCE(fn->dying))
		front_backend_reborn(fn, session);
}

const struct handoff_session_ops front_messages_ops = {
	.receive = receive,
	.heartbeat = heartbeat,
	.fill_heartbeat = fill_heartbeat,
	.state = session_state,
	.reborn = reborn,
};

// SPDX-License-Identifier: GPL-2.0
#include "btcp/backend/close.h"
#include "btcp/backend/handoff.h"
#include "btcp/backend/message.h"
#include "btcp/backend/say.h"
#include "handoff/flow_name.h"

static void query(struct back_net *bnet, struct back_flow *flow)
{
	/* Only TCP knows: a quiet flow's socket may have gone unheard. */
	back_close_if_gone(bnet, flow);
	if (back_flow_state(flow) < BACK_FLOW_TIME_WAIT)
		back_say_alive(bnet, flow);
	else
		back_say_closed(bnet, flow);
}

static void closed_echo(struct back_flow *flow)
{
	spin_lock_bh(&flow->flow.lock);
	if (flow->flow.state >= BACK_FLOW_TIME_WAIT)
		flow->flags |= BACK_FLOW_TOLD;
	spin_unlock_bh(&flow->flow.lock);
}

/* No such flow, or not the sender's, or an older or newer one of its tuple. */
static void no_flow(struct back_net *bnet, struct handoff_session *session,
		    const struct wire_msg *msg, bool foreign)
{
	back_count(bnet, foreign ? BACK_STAT_FOREIGN_SESSION : BACK_STAT_UNKNOWN_FLOW);
	if (msg->type == WIRE_QUERY)
		back_say_unknown(bnet, session, &msg->flow);
	/* It overtook its HANDOFF, which then must not begin anything. */
	if (msg->type == WIRE_RESET)
		back_frontend_remember(bnet, session, msg->flow.id, WIRE_NAK_OLD);
}

void back_message_heartbeat(struct net *net, struct handoff_session *session,
			    const struct wire_heartbeat *heartbeat)
{
}

void back_message_state(struct net *net, struct handoff_session *session, bool up)
{
	struct back_net *bnet = back_net(net);

	if (up && !READ_ONCE(bnet->going))
		back_frontend_resumed(bnet, session);
}

void back_message_receive(struct net *net, struct handoff_session *session,
			  const struct wire_msg *msg)
{
	struct back_net *bnet = back_net(net);
	struct back_flow *flow;
	struct handoff_tuple tuple;

	if (!msg->flow.client_port || !msg->flow.server_port) {
		back_count(bnet, BACK_STAT_BAD_MESSAGE);
		return;
	}
	handoff_flow_tuple(&tuple, HANDOFF_BACKEND, &msg->flow);
	if (msg->type == WIRE_HANDOFF) {
		back_handoff(bnet, session, &tuple, msg);
		return;
	}

	flow = back_flow_lookup(bnet, &tuple);
	if (!flow || flow->flow.id != msg->flow.id ||
	    flow->frontend->session != session) {
		no_flow(bnet, session, msg, flow);
		return;
	}
	switch (msg->type) {
	case WIRE_HEAD:
		back_handoff_head(bnet, flow, &msg->head);
		break;
	case WIRE_QUERY:
		query(bnet, flow);
		break;
	case WIRE_RESET:
		back_close_reset(bnet, flow);
		break;
	case WIRE_CLOSED:
		closed_echo(flow);
		break;
	default:
		back_count(bnet, BACK_STAT_BAD_MESSAGE);
	}
}

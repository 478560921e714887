// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>

#include "btcp/backend/accept.h"
#include "btcp/backend/close.h"
#include "btcp/backend/message.h"

void back_message_tuple(struct handoff_tuple *tuple, const struct wire_flow *flow)
{
	int len = flow->ipv6 ? 16 : 4;

	memset(tuple, 0, sizeof(*tuple));
	memcpy(&tuple->client, flow->client, len);
	memcpy(&tuple->server, flow->server, len);
	tuple->client_port = htons(flow->client_port);
	tuple->server_port = htons(flow->server_port);
	tuple->family = flow->ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
}

static void name_flow(struct wire_flow *wire, const struct back_flow *flow)
{
	const struct handoff_tuple *t = &flow->flow.tuple;

	wire->id = flow->flow.id;
	memcpy(wire->client, &t->client, sizeof(wire->client));
	memcpy(wire->server, &t->server, sizeof(wire->server));
	memcpy(wire->vip, &flow->vip, sizeof(wire->vip));
	wire->client_port = ntohs(t->client_port);
	wire->server_port = ntohs(t->server_port);
	wire->vip_port = ntohs(flow->vip_port);
	wire->ipv6 = t->family == NFPROTO_IPV6;
}

/* One source port a flow: whatever spreads flows over paths keeps its order. */
static u32 entropy(const struct wire_flow *flow)
{
	u32 ports = (u32)flow->client_port << 16 | flow->server_port;

	return jhash(flow->client, sizeof(flow->client), ports);
}

static void send(struct back_net *bnet, struct handoff_session *session,
		 const struct wire_msg *msg)
{
	if (handoff_session_send(session, msg, entropy(&msg->flow)))
		back_count(bnet, BACK_STAT_SEND_FAILURES);
}

void back_say_nak(struct back_net *bnet, struct handoff_session *session,
		  const struct wire_flow *flow, u8 nak)
{
	struct wire_msg msg;

	msg.type = WIRE_HANDOFF_NAK;
	msg.flow = *flow;
	msg.nak.reason = nak;
	send(bnet, session, &msg);
}

void back_say_flow_nak(struct back_net *bnet, struct back_flow *flow)
{
	struct wire_flow wire;

	name_flow(&wire, flow);
	back_say_nak(bnet, flow->frontend->session, &wire, READ_ONCE(flow->nak));
}

void back_say_ack(struct back_net *bnet, struct back_flow *flow,
		  bool standing, u32 have)
{
	struct wire_msg msg;

	msg.type = WIRE_HANDOFF_ACK;
	name_flow(&msg.flow, flow);
	msg.ack.standing = standing;
	msg.ack.have = have;
	msg.ack.seq = flow->front_isn;
	msg.ack.ack = flow->client_isn + 1;
	msg.ack.window = flow->synack_window;
	msg.ack.mss = flow->synack_mss;
	msg.ack.options = flow->synack_options;
	msg.ack.wscale = flow->t.backend_wscale;
	msg.ack.tsval = flow->front_tsval;
	send(bnet, flow->frontend->session, &msg);
}

void back_say_segment(struct back_net *bnet, struct back_flow *flow,
		      const struct wire_segment *segment)
{
	struct wire_msg msg;

	msg.type = WIRE_SEGMENT;
	name_flow(&msg.flow, flow);
	msg.segment = *segment;
	send(bnet, flow->frontend->session, &msg);
}

void back_say_closed(struct back_net *bnet, struct back_flow *flow)
{
	long left = READ_ONCE(flow->until) - jiffies;
	struct wire_msg msg;

	msg.type = WIRE_CLOSED;
	name_flow(&msg.flow, flow);
	msg.closed.why = READ_ONCE(flow->why) ?: WIRE_CLOSED_RST;
	msg.closed.linger_ms = left > 0 ? jiffies_to_msecs(left) : 0;
	msg.closed.reset = READ_ONCE(flow->flags) & BACK_FLOW_RST_OUT;
	msg.closed.seq = READ_ONCE(flow->snd_nxt);
	msg.closed.ack = READ_ONCE(flow->rcv_nxt);
	send(bnet, flow->frontend->session, &msg);
}

static void say_alive(struct back_net *bnet, struct back_flow *flow)
{
	struct wire_msg msg;

	msg.type = WIRE_ALIVE;
	name_flow(&msg.flow, flow);
	send(bnet, flow->frontend->session, &msg);
}

static void say_unknown(struct back_net *bnet, struct handoff_session *session,
			const struct wire_flow *flow)
{
	struct wire_msg msg;

	msg.type = WIRE_CLOSED;
	msg.flow = *flow;
	msg.closed = (struct wire_closed){ .why = WIRE_CLOSED_UNKNOWN };
	send(bnet, session, &msg);
}

static void query(struct back_net *bnet, struct back_flow *flow)
{
	/* Only TCP knows: a quiet flow's socket may have gone unheard. */
	back_close_if_gone(bnet, flow);
	if (back_flow_state(flow) < BACK_FLOW_TIME_WAIT)
		say_alive(bnet, flow);
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
		say_unknown(bnet, session, &msg->flow);
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
	back_message_tuple(&tuple, &msg->flow);
	if (msg->type == WIRE_HANDOFF) {
		back_accept_handoff(bnet, session, &tuple, msg);
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
		back_accept_head(bnet, flow, &msg->head);
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

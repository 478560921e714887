// SPDX-License-Identifier: GPL-2.0
#include "btcp/backend/say.h"
#include "handoff/flow_name.h"

static void name_flow(struct wire_flow *name, const struct back_flow *flow)
{
	handoff_flow_name(name, HANDOFF_BACKEND, flow->flow.id, &flow->flow.tuple,
			  &flow->vip, flow->vip_port);
}

static void send(struct back_net *bnet, struct handoff_session *session,
		 const struct wire_msg *msg)
{
	if (handoff_session_send(session, msg))
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

void back_say_alive(struct back_net *bnet, struct back_flow *flow)
{
	struct wire_msg msg;

	msg.type = WIRE_ALIVE;
	name_flow(&msg.flow, flow);
	send(bnet, flow->frontend->session, &msg);
}

void back_say_unknown(struct back_net *bnet, struct handoff_session *session,
		      const struct wire_flow *flow)
{
	struct wire_msg msg;

	msg.type = WIRE_CLOSED;
	msg.flow = *flow;
	msg.closed = (struct wire_closed){ .why = WIRE_CLOSED_UNKNOWN };
	send(bnet, session, &msg);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages: what the front-end says about a flow, and what it is told.
 *
 * All back_say_*() are called without a flow's lock: sending walks the
 * netfilter hooks.
 */
#ifndef _BTCP_BACKEND_MESSAGE_H
#define _BTCP_BACKEND_MESSAGE_H

#include "btcp/backend/flow.h"
#include "handoff/wire.h"

#define BACK_CLOSED_AGAIN	HZ	/* unless the front-end acknowledged CLOSED */
#define BACK_CLOSED_TRIES	5

/**
 * back_message_receive() - struct handoff_session_ops
 * @net: namespace
 * @session: from whom
 * @msg: verified message
 *
 * Context: softirq, RCU read side.
 */
void back_message_receive(struct net *net, struct handoff_session *session,
			  const struct wire_msg *msg);

/**
 * back_message_heartbeat() - struct handoff_session_ops
 * @net: namespace
 * @session: from whom
 * @heartbeat: nothing of it concerns a back-end
 */
void back_message_heartbeat(struct net *net, struct handoff_session *session,
			    const struct wire_heartbeat *heartbeat);

/**
 * back_message_state() - struct handoff_session_ops
 * @net: namespace
 * @session: which
 * @up: or down; flows stay either way: the front-end may come back and, as
 *	long as it forwards, clients need no control channel but for the end
 */
void back_message_state(struct net *net, struct handoff_session *session, bool up);

/**
 * back_message_tuple() - a flow's key at this host
 * @tuple: filled
 * @flow: as messages name it
 *
 * Context: any.
 */
void back_message_tuple(struct handoff_tuple *tuple, const struct wire_flow *flow);

/**
 * back_say_nak() - a hand-off is refused, finally
 * @bnet: namespace
 * @session: to whom
 * @flow: as the HANDOFF named it
 * @nak: enum wire_nak
 *
 * Context: BH off, RCU read side.
 */
void back_say_nak(struct back_net *bnet, struct handoff_session *session,
		  const struct wire_flow *flow, u8 nak);

/**
 * back_say_flow_nak() - likewise, for a flow that is in the table
 * @bnet: namespace
 * @flow: flow; @flow->nak says why
 *
 * Context: BH off or not, RCU read side.
 */
void back_say_flow_nak(struct back_net *bnet, struct back_flow *flow);

/**
 * back_say_ack() - HANDOFF_ACK: TCP's SYN/ACK, rewritten
 * @bnet: namespace
 * @flow: flow, at least in BACK_FLOW_HEAD
 * @standing: TCP has acknowledged the whole head
 * @have: bytes of head here
 *
 * Context: BH off or not, RCU read side.
 */
void back_say_ack(struct back_net *bnet, struct back_flow *flow,
		  bool standing, u32 have);

/**
 * back_say_segment() - SEGMENT: the front-end is to send this FIN or RST
 * @bnet: namespace
 * @flow: flow
 * @segment: in the front-end's sequence space
 *
 * Context: BH off or not, RCU read side.
 */
void back_say_segment(struct back_net *bnet, struct back_flow *flow,
		      const struct wire_segment *segment);

/**
 * back_say_closed() - CLOSED: a flow is over, why, and whether the client is to
 *	be reset
 * @bnet: namespace
 * @flow: flow in BACK_FLOW_TIME_WAIT or BACK_FLOW_ENDED
 *
 * Context: BH off or not, RCU read side.
 */
void back_say_closed(struct back_net *bnet, struct back_flow *flow);

#endif /* _BTCP_BACKEND_MESSAGE_H */

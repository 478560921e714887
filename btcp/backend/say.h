/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the front-end is told about its flows.
 *
 * All of these are called without a flow's lock: sending walks the netfilter
 * hooks.
 */
#ifndef _BTCP_BACKEND_SAY_H
#define _BTCP_BACKEND_SAY_H

#include "btcp/backend/flow.h"
#include "handoff/wire.h"

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
 * @have: bytes of head here; not for @standing
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

/**
 * back_say_alive() - ALIVE: the answer to QUERY
 * @bnet: namespace
 * @flow: flow before BACK_FLOW_TIME_WAIT
 *
 * Context: BH off or not, RCU read side.
 */
void back_say_alive(struct back_net *bnet, struct back_flow *flow);

/**
 * back_say_unknown() - CLOSED: nothing is known of a flow
 * @bnet: namespace
 * @session: to whom
 * @flow: as the message named it
 *
 * Context: BH off or not, RCU read side.
 */
void back_say_unknown(struct back_net *bnet, struct handoff_session *session,
		      const struct wire_flow *flow);

#endif /* _BTCP_BACKEND_SAY_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this host's TCP says until the connection stands: its SYN/ACK, which
 * makes the translation, and its first acknowledgment of the whole head.
 */
#ifndef _BTCP_BACKEND_SYNACK_H
#define _BTCP_BACKEND_SYNACK_H

#include "btcp/backend/flow.h"
#include "handoff/packet.h"

/**
 * back_synack_outbound() - a packet of TCP for a flow that does not stand yet
 * @bnet: namespace
 * @flow: flow, seen in BACK_FLOW_SYN or BACK_FLOW_HEAD
 * @skb: packet, in TCP's own terms; not changed
 * @h: its headers
 *
 * Context: POST_ROUTING: BH off or not, RCU read side.
 * Return: true if nobody else is to see it; false: the flow stands, go on.
 */
bool back_synack_outbound(struct back_net *bnet, struct back_flow *flow,
			  struct sk_buff *skb, const struct handoff_headers *h);

#endif /* _BTCP_BACKEND_SYNACK_H */

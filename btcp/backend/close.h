/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How connections end: FIN and RST of this host's TCP, which go over the
 * control channel (claims 7, 15, 16), and those of the client, which TCP
 * judges.
 *
 * Functions without other remark: softirq or process context, RCU read side,
 * flow not locked.
 */
#ifndef _BTCP_BACKEND_CLOSE_H
#define _BTCP_BACKEND_CLOSE_H

#include <linux/netfilter.h>

#include "btcp/backend/flow.h"
#include "handoff/packet.h"

/**
 * back_close_fin_out() - TCP sends a FIN, with or without data
 * @bnet: namespace
 * @flow: flow that stands
 * @skb: packet, this function's from now on
 * @h: its headers
 * @nf: the hook's
 *
 * Return: the verdict.
 */
unsigned int back_close_fin_out(struct back_net *bnet,
				struct back_flow *flow, struct sk_buff *skb,
				struct handoff_headers *h, const struct nf_hook_state *nf);

/**
 * back_close_rst_out() - TCP sends an RST; the caller swallows it
 * @bnet: namespace
 * @flow: flow that stands, or stood
 * @h: the packet's headers, as TCP wrote them
 */
void back_close_rst_out(struct back_net *bnet, struct back_flow *flow,
			const struct handoff_headers *h);

/**
 * back_close_swallow() - TCP speaks although its flow is over
 * @bnet: namespace
 * @flow: flow in BACK_FLOW_ENDED
 * @h: the packet's headers, as TCP wrote them; the caller swallows it
 *
 * It says what it expects next: an RST exactly there ends it.
 */
void back_close_swallow(struct back_net *bnet, struct back_flow *flow,
			const struct handoff_headers *h);

/**
 * back_close_acked_by_tcp() - TCP acknowledged
 * @bnet: namespace
 * @flow: flow in BACK_FLOW_CLOSING
 * @ack: what
 *
 * One beyond the FIN shows that the FIN was forged: it is forgotten.
 */
void back_close_acked_by_tcp(struct back_net *bnet,
			     struct back_flow *flow, u32 ack);

/**
 * back_close_acked_by_client() - the client acknowledged
 * @bnet: namespace
 * @flow: flow in BACK_FLOW_CLOSING
 * @ack: what, on the wire
 */
void back_close_acked_by_client(struct back_net *bnet,
				struct back_flow *flow, u32 ack);

/**
 * back_close_fin_in() - the client sent a FIN
 * @bnet: namespace
 * @flow: flow
 * @seq: the FIN's own sequence number
 * @ack: its packet's acknowledgment, on the wire
 */
void back_close_fin_in(struct back_net *bnet, struct back_flow *flow,
		       u32 seq, u32 ack);

/**
 * back_close_rst_in() - the client, or somebody, sent an RST
 * @flow: flow
 *
 * Only TCP can tell a true one: the sweep looks soon what it made of it.
 */
void back_close_rst_in(struct back_flow *flow);

/**
 * back_close_syn_in() - a SYN came on a flow's tuple
 * @bnet: namespace
 * @flow: flow from BACK_FLOW_HEAD to BACK_FLOW_TIME_WAIT
 *
 * Return: true if TCP may see it: it answers with a challenge ACK.  Else it
 *	could start a connection of its own, past the front-end.
 */
bool back_close_syn_in(struct back_net *bnet, struct back_flow *flow);

/**
 * back_close_if_gone() - end a flow whose socket is gone
 * @bnet: namespace
 * @flow: flow
 *
 * Context: BH off, RCU read side.
 * Return: true if the flow is over, now or before.
 */
bool back_close_if_gone(struct back_net *bnet, struct back_flow *flow);

/**
 * back_close_reset_client() - RST to the client, straight from here
 * @bnet: namespace
 * @flow: flow that stood
 *
 * Context: softirq, or process context with BH off; RCU read side.
 */
void back_close_reset_client(struct back_net *bnet, struct back_flow *flow);

/**
 * back_close_reset() - the front-end says RESET: it is going away, or does not
 *	want this back-end any more.  Both the socket and the client hear of it
 * @bnet: namespace
 * @flow: flow
 *
 * Context: softirq, RCU read side.
 */
void back_close_reset(struct back_net *bnet, struct back_flow *flow);

#endif /* _BTCP_BACKEND_CLOSE_H */

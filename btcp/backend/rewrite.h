/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A packet between the wire, where the front-end's state is continued, and
 * this host's TCP.
 */
#ifndef _BTCP_BACKEND_REWRITE_H
#define _BTCP_BACKEND_REWRITE_H

#include "btcp/backend/flow.h"
#include "handoff/packet.h"

/**
 * back_rewrite_out() - carry a packet of TCP into the front-end's state
 * @bnet: namespace
 * @flow: flow whose translation is known
 * @skb: packet
 * @h: its headers; @h->tcp may move
 *
 * Context: softirq or process context, RCU read side.
 * Return: 0, or -ENOMEM (counted).
 */
int back_rewrite_out(struct back_net *bnet, struct back_flow *flow,
		     struct sk_buff *skb, struct handoff_headers *h);

/**
 * back_rewrite_in() - carry a packet of the client into TCP's state
 * @bnet: namespace
 * @flow: flow whose translation is known
 * @skb: packet, with this host's address already
 * @h: its headers; @h->tcp may move
 *
 * Context: softirq or process context, RCU read side.
 * Return: 0, or -ENOMEM (counted).
 */
int back_rewrite_in(struct back_net *bnet, struct back_flow *flow,
		    struct sk_buff *skb, struct handoff_headers *h);

#endif /* _BTCP_BACKEND_REWRITE_H */

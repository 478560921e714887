/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The outgoing half: what this host's TCP sends becomes the front-end's.
 */
#ifndef _BTCP_BACKEND_OUTBOUND_H
#define _BTCP_BACKEND_OUTBOUND_H

#include <linux/netfilter.h>

#include "btcp/backend/flow.h"
#include "handoff/packet.h"

/**
 * back_outbound_hook() - POST_ROUTING, NF_IP_PRI_LAST - 1
 * @priv: unused
 * @skb: packet
 * @state: netfilter's
 *
 * Context: softirq or process context, RCU read side.
 */
unsigned int back_outbound_hook(void *priv, struct sk_buff *skb,
				const struct nf_hook_state *state);

/**
 * back_outbound_rewrite() - carry a packet into the front-end's state
 * @bnet: namespace
 * @flow: flow whose translation is known
 * @skb: packet of TCP
 * @h: its headers; @h->tcp may move
 *
 * Context: as the hook.
 * Return: 0, or -ENOMEM (counted).
 */
int back_outbound_rewrite(struct back_net *bnet, struct back_flow *flow,
			  struct sk_buff *skb, struct handoff_headers *h);

#endif /* _BTCP_BACKEND_OUTBOUND_H */

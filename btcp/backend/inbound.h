/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The incoming half: what the client sends to the front-end's state, forwarded
 * here, becomes what this host's TCP expects.
 */
#ifndef _BTCP_BACKEND_INBOUND_H
#define _BTCP_BACKEND_INBOUND_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

/**
 * back_inbound_hook() - PRE_ROUTING, -350
 * @priv: unused
 * @skb: packet
 * @state: netfilter's
 *
 * Context: softirq or process context, RCU read side.
 */
unsigned int back_inbound_hook(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *state);

#endif /* _BTCP_BACKEND_INBOUND_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The outgoing half: what this host's TCP sends becomes the front-end's.
 */
#ifndef _BTCP_BACKEND_OUTBOUND_H
#define _BTCP_BACKEND_OUTBOUND_H

#include <linux/netfilter.h>
#include <linux/skbuff.h>

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

#endif /* _BTCP_BACKEND_OUTBOUND_H */

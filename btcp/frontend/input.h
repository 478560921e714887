/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BTCP's place below TCP: the LOCAL_IN hook, behind the input firewall, takes
 * every TCP packet of a service, so that the front-end's TCP never sees one.
 */
#ifndef _BTCP_FRONTEND_INPUT_H
#define _BTCP_FRONTEND_INPUT_H

#include <linux/netfilter.h>

/**
 * front_input_hook() - NF_INET_LOCAL_IN
 * @priv: unused
 * @skb: packet
 * @state: where
 *
 * Context: softirq, RCU read side.
 * Return: NF_ACCEPT for what is no service's, else NF_STOLEN.
 */
unsigned int front_input_hook(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *state);

#endif /* _BTCP_FRONTEND_INPUT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BIP, below IP: what a client sends for a connection that was handed off gets
 * the back-end's address and leaves again, past IP, conntrack and TCP.
 *
 * Per packet: no lock shared between flows, no allocation, no cache line
 * written that another CPU reads (the route is one a CPU, the counters too).
 */
#ifndef _BIP_FORWARD_H
#define _BIP_FORWARD_H

#include <linux/netfilter.h>

#include "handoff/packet.h"

struct front_flow;
struct front_net;

/**
 * bip_hook() - NF_INET_PRE_ROUTING, between defragmentation and raw
 * @priv: unused
 * @skb: packet
 * @state: where
 *
 * Context: softirq, RCU read side.
 * Return: NF_ACCEPT for what is not forwarded, with a service's packets
 *	untracked; else NF_STOLEN.
 */
unsigned int bip_hook(void *priv, struct sk_buff *skb, const struct nf_hook_state *state);

/**
 * bip_forward() - send a client's packet to its flow's back-end
 * @fn: namespace
 * @flow: has a back-end
 * @skb: packet; gone when this returns
 * @h: its headers
 *
 * Context: BH off, RCU read side.
 */
void bip_forward(struct front_net *fn, struct front_flow *flow,
		 struct sk_buff *skb, struct handoff_headers *h);

#endif /* _BIP_FORWARD_H */

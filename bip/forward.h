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

struct front_backend;
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

/**
 * bip_route() - the route to a back-end
 * @fn: namespace
 * @backend: back-end
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 *
 * Context: BH off, RCU read side.
 * Return: held, or NULL.
 */
struct dst_entry *bip_route(struct front_net *fn, struct front_backend *backend,
			    u8 family);

/**
 * bip_hops_left() - may this packet make another hop?
 * @skb: IPv4 or IPv6
 *
 * Context: any.
 */
bool bip_hops_left(const struct sk_buff *skb);

/**
 * bip_transmit() - a packet that has its new destination leaves
 * @skb: packet, its headers writable; gone when this returns
 * @dst: the route, whose reference is dropped
 *
 * Takes one from the hop limit.
 *
 * Context: BH off, RCU read side.
 */
void bip_transmit(struct sk_buff *skb, struct dst_entry *dst);

#endif /* _BIP_FORWARD_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ICMP errors, both ways: those about a flow's packets to the client arrive at
 * the VIP and go on to the back-end that sent them; those that BIP itself
 * makes come from the VIP, since the client knows no other address.
 */
#ifndef _BIP_ICMP_H
#define _BIP_ICMP_H

#include "handoff/packet.h"

struct front_net;

/**
 * bip_icmp_input() - a packet that is not TCP
 * @fn: namespace
 * @skb: at PRE_ROUTING
 *
 * Context: softirq, RCU read side.
 * Return: NF_STOLEN if it was an ICMP error about a flow that is forwarded,
 *	else NF_ACCEPT, untouched.
 */
unsigned int bip_icmp_input(struct front_net *fn, struct sk_buff *skb);

/**
 * bip_icmp_too_big() - tell a client that a packet of its does not fit
 * @fn: namespace
 * @skb: packet, as the client sent it
 * @h: its headers
 * @mtu: what would fit
 *
 * Context: BH off, RCU read side.
 */
void bip_icmp_too_big(struct front_net *fn, const struct sk_buff *skb,
		      const struct handoff_headers *h, u32 mtu);

/**
 * bip_icmp_time_exceeded() - tell a client that a packet made its last hop
 * @fn: namespace
 * @skb: packet, as the client sent it
 * @h: its headers
 *
 * Context: BH off, RCU read side.
 */
void bip_icmp_time_exceeded(struct front_net *fn, const struct sk_buff *skb,
			    const struct handoff_headers *h);

#endif /* _BIP_ICMP_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ICMP errors about a flow's packets, sent on by the front-end: TCP believes
 * them only if it knows the sequence number they quote.
 */
#ifndef _BTCP_BACKEND_ICMP_H
#define _BTCP_BACKEND_ICMP_H

#include <linux/skbuff.h>

#include "btcp/backend/net.h"

/**
 * back_icmp_inbound() - a packet that is not TCP came in
 * @bnet: namespace
 * @skb: packet, skb->data at the network header
 *
 * The front-end has already put this host's address into the outer and the
 * quoted header; the quoted sequence number is still the wire's.
 *
 * Context: PRE_ROUTING, RCU read side.
 * Return: the verdict.
 */
unsigned int back_icmp_inbound(struct back_net *bnet, struct sk_buff *skb);

#endif /* _BTCP_BACKEND_ICMP_H */

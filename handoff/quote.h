/* SPDX-License-Identifier: GPL-2.0 */
/*
 * ICMP errors about a connection's packets to the client: where in the error
 * is what it quotes of the packet.
 */
#ifndef _HANDOFF_QUOTE_H
#define _HANDOFF_QUOTE_H

#include <linux/skbuff.h>

#include "handoff/tuple.h"

/* What is quoted of TCP at least, and all that is looked at: ports, sequence. */
#define HANDOFF_QUOTED_TCP	8

/**
 * struct handoff_quote - an ICMP error and the packet it quotes
 * @tuple: of the quoted packet, whose destination is the client
 * @icmp: offset of the ICMP header from skb->data
 * @inner: of the quoted IP header
 * @tcp: of the quoted TCP header, of which HANDOFF_QUOTED_TCP bytes are there
 */
struct handoff_quote {
	struct handoff_tuple tuple;
	unsigned int icmp;
	unsigned int inner;
	unsigned int tcp;
};

/**
 * handoff_quote_parse() - is this packet an ICMP error about a TCP packet?
 * @skb: IPv4 or IPv6, skb->data at the network header
 * @q: filled
 *
 * Pulls what @q points to into the linear part; does not verify the checksum.
 * An error that did not come to whom the quoted packet came from is made up,
 * and is none to us.
 *
 * Context: softirq or process context, no lock needed.
 * Return: true if @q is filled.
 */
bool handoff_quote_parse(struct sk_buff *skb, struct handoff_quote *q);

#endif /* _HANDOFF_QUOTE_H */

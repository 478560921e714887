/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Out: a UDP payload to the peer, over the route, unfragmentable.
 */
#ifndef _HANDOFF_DATAGRAM_H
#define _HANDOFF_DATAGRAM_H

#include <linux/netfilter.h>
#include <linux/types.h>

struct handoff_session;
struct sk_buff;

/**
 * datagram_alloc() - an skb with room for all headers before it
 * @len: bytes of UDP payload there will be at most
 *
 * Context: any; GFP_ATOMIC.
 * Return: empty skb or NULL.
 */
struct sk_buff *datagram_alloc(u32 len);

/**
 * datagram_source() - the address we would send to the peer from
 * @session: to whom
 * @local: filled
 *
 * Context: process context.
 * Return: 0 or a routing error.
 */
int datagram_source(struct handoff_session *session, union nf_inet_addr *local);

/**
 * datagram_send() - send a UDP payload to the peer, unfragmentable
 * @session: to whom
 * @skb: from datagram_alloc(), filled; consumed
 * @local: source address
 * @hash: entropy of the source port
 *
 * Context: BH off, RCU read side.
 * Return: 0, -EMSGSIZE (more than the route's MTU), or a routing error.
 */
int datagram_send(struct handoff_session *session, struct sk_buff *skb,
		  const union nf_inet_addr *local, u32 hash);

/**
 * datagram_refresh_mtu() - ask the route for its MTU
 * @session: session with current keys
 *
 * Context: BH off, RCU read side.
 */
void datagram_refresh_mtu(struct handoff_session *session);

#endif /* _HANDOFF_DATAGRAM_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How what BIP sends on leaves: the route to a back-end, and past IP to the
 * neighbour.
 */
#ifndef _BIP_TRANSMIT_H
#define _BIP_TRANSMIT_H

#include <linux/skbuff.h>
#include <net/dst.h>

struct front_backend;
struct front_net;

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
 * bip_exceeds() - is a packet too big?
 * @skb: packet
 * @mtu: bytes of IP packet; for GSO of each that it will be
 *
 * Context: any.
 */
bool bip_exceeds(const struct sk_buff *skb, unsigned int mtu);

/**
 * bip_may_fragment() - has its sender left it to us to fragment?
 * @skb: packet
 *
 * Context: any.
 */
bool bip_may_fragment(const struct sk_buff *skb);

/**
 * bip_hops_left() - may this packet make another hop?
 * @skb: IPv4 or IPv6
 *
 * Context: any.
 */
bool bip_hops_left(const struct sk_buff *skb);

/**
 * bip_transmit() - a packet that has its new destination leaves
 * @fn: namespace
 * @skb: packet, its headers writable; gone when this returns
 * @dst: the route, whose reference is dropped
 *
 * Takes one from the hop limit; fragments what exceeds the route and may be.
 *
 * Context: BH off, RCU read side.
 */
void bip_transmit(struct front_net *fn, struct sk_buff *skb, struct dst_entry *dst);

#endif /* _BIP_TRANSMIT_H */

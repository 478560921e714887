/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tuple: what names one client connection at one end.
 *
 * Pure data, no locks.  At a front-end @server is the VIP, at a back-end the
 * local address the VIP's connections end on.  Padding and the unused part of
 * an IPv4 address are zero, so that tuples hash and compare as bytes.
 */
#ifndef _HANDOFF_TUPLE_H
#define _HANDOFF_TUPLE_H

#include <linux/netfilter.h>
#include <linux/string.h>
#include <linux/types.h>

/**
 * struct handoff_tuple - addresses and ports of one client connection
 * @client: the client's address
 * @server: VIP (front-end) or local address (back-end)
 * @client_port: big-endian
 * @server_port: big-endian
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @zero: keeps the bytes comparable
 */
struct handoff_tuple {
	union nf_inet_addr client;
	union nf_inet_addr server;
	__be16 client_port;
	__be16 server_port;
	u8 family;
	u8 zero[3];
};

static_assert(sizeof(struct handoff_tuple) == 40);

/**
 * struct handoff_endpoint - an address with a port
 * @addr: the address, unused bytes zero
 * @port: big-endian
 * @family: NFPROTO_IPV4, NFPROTO_IPV6, or 0 for none
 * @zero: keeps the bytes comparable
 */
struct handoff_endpoint {
	union nf_inet_addr addr;
	__be16 port;
	u8 family;
	u8 zero;
};

static_assert(sizeof(struct handoff_endpoint) == 20);

/**
 * handoff_endpoint_equal() - compare two endpoints
 * @a: one
 * @b: the other
 *
 * Context: any.
 * Return: true if family, address and port are the same.
 */
static inline bool handoff_endpoint_equal(const struct handoff_endpoint *a,
					  const struct handoff_endpoint *b)
{
	return !memcmp(a, b, sizeof(*a));
}

#endif /* _HANDOFF_TUPLE_H */

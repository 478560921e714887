/* SPDX-License-Identifier: GPL-2.0 */
/*
 * SYN cookies: handshakes without a byte of memory until the client has shown
 * that it is there.
 *
 * What a cookie's SYN/ACK promises is exactly what the rebuilt SYN says it did:
 * the options and the window scale are in it.  Its window is not: it is no more than
 * a client's first flight, which any TCP has room for, and from the next packet
 * on the client hears of the window that the back-ends have then.  If they
 * agree to less meanwhile: a back-end without timestamps refuses the hand-off
 * (as after a stored SYN), a smaller scale is translated, rounding down.
 */
#ifndef _BTCP_FRONTEND_COOKIE_H
#define _BTCP_FRONTEND_COOKIE_H

#include "btcp/frontend/flow.h"
#include "handoff/packet.h"

/**
 * front_cookie_syn() - answer a SYN, and forget it
 * @fn: namespace
 * @service: whose VIP it came to
 * @h: the SYN, its checksum verified
 *
 * Context: softirq, RCU read side.
 */
void front_cookie_syn(struct front_net *fn, struct front_service *service,
		      const struct handoff_headers *h);

/**
 * front_cookie_flow() - a packet that belongs to no flow: does it finish a
 *	handshake that began with a cookie?
 * @fn: namespace
 * @service: whose VIP it came to
 * @h: the packet, its checksum verified
 *
 * Context: softirq, RCU read side, no flow's lock held.
 * Return: the flow it begins, in SYN_RECV as if the SYN had been stored; or
 *	ERR_PTR: -ENOENT if it is a stray, others if it is to be dropped, which
 *	is counted.
 */
struct front_flow *front_cookie_flow(struct front_net *fn, struct front_service *service,
				     const struct handoff_headers *h);

#endif /* _BTCP_FRONTEND_COOKIE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handshake's second half and the request head, in whatever pieces and
 * order it comes.
 *
 * The rule of acknowledging: a segment after which the head is still incomplete
 * is acknowledged with all before it, which makes its bytes ours to deliver.
 * The segment that completes the head is not: should anything go wrong before
 * a back-end has it, the client sends it again.
 */
#ifndef _BTCP_FRONTEND_REQUEST_H
#define _BTCP_FRONTEND_REQUEST_H

#include "btcp/frontend/opening.h"

/**
 * front_request_packet() - a packet of a client whose head is not complete
 * @o: in SYN_RECV or HEAD
 * @skb: packet, checksum verified
 * @h: its headers
 *
 * Context: softirq, RCU read side, flow's lock held.  @o may be gone
 *	afterwards.
 * Return: true if @skb was kept.
 */
bool front_request_packet(struct front_opening *o, struct sk_buff *skb,
			  const struct handoff_headers *h);

#endif /* _BTCP_FRONTEND_REQUEST_H */

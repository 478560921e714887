/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets given to this host's TCP as if the client had sent them here.
 *
 * They are written in the wire's sequence space and pass our own hook like
 * the client's own: that is what translates them.
 */
#ifndef _BTCP_BACKEND_INJECT_H
#define _BTCP_BACKEND_INJECT_H

#include "btcp/backend/flow.h"
#include "handoff/packet.h"

/**
 * back_inject_route() - how injected packets seem to have come in
 * @bnet: namespace
 * @tuple: the flow's
 *
 * Context: BH off.
 * Return: the held route to the client, or NULL (counted).
 */
struct dst_entry *back_inject_route(struct back_net *bnet,
				    const struct handoff_tuple *tuple);

/**
 * back_inject() - inject a segment, and count
 * @bnet: namespace
 * @tuple: the flow's
 * @segment: what
 * @dst: from back_inject_route()
 *
 * Context: BH off; a flow's lock may be held, since nothing is received here
 *	and now.
 * Return: 0 or a negative errno.
 */
int back_inject(struct back_net *bnet, const struct handoff_tuple *tuple,
		const struct handoff_segment *segment, const struct dst_entry *dst);

/**
 * back_inject_rst() - end TCP's connection as the client would
 * @bnet: namespace
 * @tuple: the flow's
 * @seq: exactly what TCP expects next, or it answers with a challenge ACK
 *
 * Without the ACK flag: there is nothing in it to translate.
 *
 * Context: as back_inject().
 */
void back_inject_rst(struct back_net *bnet, const struct handoff_tuple *tuple,
		     u32 seq);

#endif /* _BTCP_BACKEND_INJECT_H */

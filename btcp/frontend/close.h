/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How a connection that was handed off ends.  The back-end is the authority:
 * the front-end relays its FIN and RST, and believes its CLOSED; only silence
 * and death are the front-end's own business.
 */
#ifndef _BTCP_FRONTEND_CLOSE_H
#define _BTCP_FRONTEND_CLOSE_H

#include "btcp/frontend/flow.h"
#include "handoff/packet.h"

/**
 * front_close_segment() - SEGMENT: send the back-end's FIN or RST to the client
 * @fn: namespace
 * @flow: from its own back-end
 * @segment: what
 *
 * Context: BH off, RCU read side, flow's lock held.
 * Return: false, counted, if it is neither.
 */
bool front_close_segment(struct front_net *fn, struct front_flow *flow,
			 const struct wire_segment *segment);

/**
 * front_close_begin() - the back-end's FIN or RST is on its way to the client
 * @fn: namespace
 * @flow: handed off; nothing happens if it is closing already
 *
 * Context: BH off, flow's lock held.
 */
void front_close_begin(struct front_net *fn, struct front_flow *flow);

/**
 * front_close_closed() - CLOSED: both directions are over
 * @fn: namespace
 * @flow: from its own back-end
 * @closed: why, and how long its TIME_WAIT lasts
 *
 * Context: BH off, RCU read side, flow's lock held.
 */
void front_close_closed(struct front_net *fn, struct front_flow *flow,
			const struct wire_closed *closed);

/**
 * front_close_alive() - ALIVE: the answer to QUERY, or the session is up again
 * @flow: from its own back-end
 *
 * Context: BH off, flow's lock held.
 */
void front_close_alive(struct front_flow *flow);

/**
 * front_close_reset() - end a live flow with an RST on both sides
 * @fn: namespace
 * @flow: handed off
 *
 * Context: BH off, RCU read side, flow's lock held.
 */
void front_close_reset(struct front_net *fn, struct front_flow *flow);

/**
 * front_close_packet() - a packet of a client whose flow is being reset
 * @fn: namespace
 * @flow: in RESETTING
 * @h: its headers
 *
 * Context: softirq, RCU read side, flow's lock held.
 */
void front_close_packet(struct front_net *fn, struct front_flow *flow,
			const struct handoff_headers *h);

/**
 * front_close_expired() - the table's sweep found a flow's time over
 * @table: the table
 * @flow: the flow
 *
 * Context: process context, BH off, RCU read side.
 */
void front_close_expired(struct handoff_table *table, struct handoff_flow *flow);

/**
 * front_close_kill() - the role goes away: end a flow on the wire, too
 * @table: the table
 * @flow: the flow
 *
 * Context: process context, BH off, RCU read side.
 */
void front_close_kill(struct handoff_table *table, struct handoff_flow *flow);

#endif /* _BTCP_FRONTEND_CLOSE_H */

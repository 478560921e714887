/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the pool to a back-end that has the connection, or to the end of the
 * pool.
 *
 * One rule stands above all: a request is never executed twice.  So another
 * back-end is asked only after a refusal, or while no byte of the head can
 * have reached the first; else the same one is asked again, and in the end the
 * client is reset.
 */
#ifndef _BTCP_FRONTEND_HANDOVER_H
#define _BTCP_FRONTEND_HANDOVER_H

#include "btcp/frontend/opening.h"

/**
 * front_handover_begin() - the head is complete and routed
 * @o: in HEAD, with its pool
 *
 * Context: BH off, RCU read side, flow's lock held.  @o may be gone afterwards.
 */
void front_handover_begin(struct front_opening *o);

/**
 * front_handover_packet() - a packet of the client meanwhile
 * @o: in HANDING_OFF
 * @skb: packet, checksum verified
 * @h: its headers
 *
 * Context: as front_handover_begin().
 * Return: true if @skb was kept.
 */
bool front_handover_packet(struct front_opening *o, struct sk_buff *skb,
			   const struct handoff_headers *h);

/**
 * front_handover_ack() - HANDOFF_ACK came
 * @o: in HANDING_OFF; from the back-end being asked, about this try
 * @ack: what it says
 *
 * Context: as front_handover_begin(); the lock is given up for a while.
 */
void front_handover_ack(struct front_opening *o, const struct wire_handoff_ack *ack);

/**
 * front_handover_nak() - HANDOFF_NAK came
 * @o: in HANDING_OFF; from the back-end being asked, about this try
 * @nak: why
 *
 * Context: as front_handover_begin().
 */
void front_handover_nak(struct front_opening *o, const struct wire_nak_msg *nak);

/**
 * front_handover_implied() - the back-end speaks of the connection as one that
 *	stands, so its HANDOFF_ACK was lost
 * @o: in HANDING_OFF
 *
 * Context: as front_handover_ack().
 * Return: true if the flow forwards now.
 */
bool front_handover_implied(struct front_opening *o);

/**
 * front_handover_backend_lost() - the back-end being asked is gone
 * @o: in HANDING_OFF
 *
 * Context: as front_handover_begin().
 */
void front_handover_backend_lost(struct front_opening *o);

#endif /* _BTCP_FRONTEND_HANDOVER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The front-end's own answers: one data+FIN segment, built anew whenever it is
 * needed, and what the client still sends is swallowed for a while, lest an
 * RST eat the answer.  A protocol that has no words for it is answered by RST.
 */
#ifndef _BTCP_FRONTEND_ANSWER_H
#define _BTCP_FRONTEND_ANSWER_H

#include "btcp/frontend/opening.h"

/**
 * front_answer_begin() - answer the client, and close
 * @o: in HEAD or HANDING_OFF
 * @status: why, in HTTP's terms: 400, 404, 408, 431, 503, or 0: close without a
 *	word
 *
 * Context: BH off, RCU read side, flow's lock held.  @o may be gone afterwards.
 */
void front_answer_begin(struct front_opening *o, u16 status);

/**
 * front_answer_packet() - a packet of the client behind the answer
 * @o: in ANSWERING
 * @h: its headers
 *
 * Context: as front_answer_begin().  @o may be gone afterwards.
 */
void front_answer_packet(struct front_opening *o, const struct handoff_headers *h);

#endif /* _BTCP_FRONTEND_ANSWER_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packets to a service that belong to no connection.
 */
#ifndef _BTCP_FRONTEND_STRAY_H
#define _BTCP_FRONTEND_STRAY_H

#include "btcp/frontend/net.h"
#include "handoff/packet.h"

/**
 * front_stray() - a packet of no connection: counted, and answered
 * @fn: namespace
 * @h: the packet
 *
 * Context: softirq.
 */
void front_stray(struct front_net *fn, const struct handoff_headers *h);

/**
 * front_stray_answer() - answer a packet with the RST that RFC 9293 3.10.7 asks for
 * @fn: namespace
 * @h: the packet
 *
 * Never an RST, and only so many a second.
 *
 * Context: softirq.
 */
void front_stray_answer(struct front_net *fn, const struct handoff_headers *h);

/**
 * front_stray_reset() - the same without limit or counter
 * @fn: namespace
 * @h: the packet
 *
 * Context: softirq.
 */
void front_stray_reset(struct front_net *fn, const struct handoff_headers *h);

#endif /* _BTCP_FRONTEND_STRAY_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages under a session's keys: sealed into DATA datagrams, opened from them,
 * and passed to whom they are for.
 */
#ifndef _HANDOFF_TRANSPORT_H
#define _HANDOFF_TRANSPORT_H

#include "handoff/wire.h"

struct control_packet;
struct handoff_session;

/**
 * transport_receive() - a DATA datagram came
 * @session: that its index names
 * @packet: its addresses
 * @header: as on the wire
 * @index: of @header
 * @sealed: what follows it
 * @len: bytes of that
 * @scratch: @len bytes, to open it into; may be @sealed
 * @msg: to decode into
 *
 * Context: softirq, RCU read side.
 */
void transport_receive(struct handoff_session *session,
		       const struct control_packet *packet, const u8 *header,
		       u32 index, const u8 *sealed, u32 len, u8 *scratch,
		       struct wire_msg *msg);

/**
 * transport_send() - seal one message and send it
 * @session: to whom
 * @msg: what
 * @room: most bytes it may have
 * @pad: bytes of IP packet to pad it to, 0: not
 *
 * Context: BH off, RCU read side.
 * Return: as handoff_session_send().
 */
int transport_send(struct handoff_session *session, const struct wire_msg *msg,
		   u32 room, u32 pad);

#endif /* _HANDOFF_TRANSPORT_H */

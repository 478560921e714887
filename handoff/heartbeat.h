/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is the peer alive?  Both sides send a heartbeat each `timeout heartbeat`,
 * and answer a probe of the path MTU with one at once.
 *
 * A session comes up with the first heartbeat of its life, later only after
 * several, so that a flapping one is left alone; it goes down when nothing
 * authentic was heard for several intervals.
 */
#ifndef _HANDOFF_HEARTBEAT_H
#define _HANDOFF_HEARTBEAT_H

#include "handoff/session.h"

struct timer_list;

/**
 * handoff_heartbeat_timer() - all that a session does by time
 * @timer: session->timer
 *
 * Context: softirq.
 */
void handoff_heartbeat_timer(struct timer_list *timer);

/**
 * handoff_heartbeat_send() - send one now
 * @session: to whom
 * @probe: bytes of IP packet to pad it to, 0: a plain one
 *
 * Context: BH off, RCU read side.
 */
void handoff_heartbeat_send(struct handoff_session *session, u16 probe);

/**
 * handoff_heartbeat_receive() - one came, verified
 * @session: from whom
 * @heartbeat: what it says
 *
 * Context: softirq, RCU read side.
 */
void handoff_heartbeat_receive(struct handoff_session *session,
			       const struct wire_heartbeat *heartbeat);

#endif /* _HANDOFF_HEARTBEAT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Messages: what front-ends say over the control channel.
 */
#ifndef _BTCP_BACKEND_MESSAGE_H
#define _BTCP_BACKEND_MESSAGE_H

#include "handoff/session.h"

/**
 * back_message_receive() - struct handoff_session_ops
 * @net: namespace
 * @session: from whom
 * @msg: verified message
 *
 * Context: softirq, RCU read side.
 */
void back_message_receive(struct net *net, struct handoff_session *session,
			  const struct wire_msg *msg);

/**
 * back_message_heartbeat() - struct handoff_session_ops
 * @net: namespace
 * @session: from whom
 * @heartbeat: nothing of it concerns a back-end
 */
void back_message_heartbeat(struct net *net, struct handoff_session *session,
			    const struct wire_heartbeat *heartbeat);

/**
 * back_message_state() - struct handoff_session_ops
 * @net: namespace
 * @session: which
 * @up: or down; flows stay either way: the front-end may come back and, as
 *	long as it forwards, clients need no control channel but for the end
 */
void back_message_state(struct net *net, struct handoff_session *session, bool up);

#endif /* _BTCP_BACKEND_MESSAGE_H */

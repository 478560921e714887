/* SPDX-License-Identifier: GPL-2.0 */
/*
 * HANDOFF, and the HEADs behind it: what begins a flow, and what does not
 * because it is here already, or must not be.
 */
#ifndef _BTCP_BACKEND_HANDOFF_H
#define _BTCP_BACKEND_HANDOFF_H

#include "btcp/backend/flow.h"
#include "handoff/session.h"
#include "handoff/wire.h"

/**
 * back_handoff() - a HANDOFF came
 * @bnet: namespace
 * @session: from whom
 * @tuple: the flow's key here
 * @msg: the HANDOFF
 *
 * Context: softirq, RCU read side.
 */
void back_handoff(struct back_net *bnet, struct handoff_session *session,
		  const struct handoff_tuple *tuple, const struct wire_msg *msg);

/**
 * back_handoff_head() - a HEAD came
 * @bnet: namespace
 * @flow: flow of that name and session
 * @head: the HEAD
 *
 * Context: softirq, RCU read side.
 */
void back_handoff_head(struct back_net *bnet, struct back_flow *flow,
		       const struct wire_head *head);

#endif /* _BTCP_BACKEND_HANDOFF_H */

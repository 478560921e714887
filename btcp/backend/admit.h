/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a hand-off is admitted: who may hand off what is configured here,
 * and no field of a message is taken on trust.
 */
#ifndef _BTCP_BACKEND_ADMIT_H
#define _BTCP_BACKEND_ADMIT_H

#include "btcp/backend/frontend.h"
#include "handoff/tuple.h"
#include "handoff/wire.h"

/**
 * back_admit() - check a HANDOFF whose tuple is not known
 * @bnet: namespace
 * @session: from whom
 * @tuple: the flow's key here
 * @msg: the HANDOFF
 * @frontend: result: whose grant it is, as long as the RCU read side
 *
 * Context: BH off, RCU read side.
 * Return: 0, or enum wire_nak.
 */
u8 back_admit(struct back_net *bnet, struct handoff_session *session,
	      const struct handoff_tuple *tuple, const struct wire_msg *msg,
	      struct back_frontend **frontend);

#endif /* _BTCP_BACKEND_ADMIT_H */

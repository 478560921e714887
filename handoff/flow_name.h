/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One connection, three addresses: the client's, the VIP and the server's.  A
 * tuple, which is the key of one role's table, has two of them; a flow's name
 * in messages has all, so that either role finds its own tuple in it.
 */
#ifndef _HANDOFF_FLOW_NAME_H
#define _HANDOFF_FLOW_NAME_H

#include "handoff/session.h"

/**
 * handoff_flow_name() - how messages name a flow
 * @name: filled
 * @role: ours
 * @id: the front-end's number for it
 * @tuple: its key in our table
 * @addr: what @tuple lacks: at a front-end the server's address, at a back-end
 *	the VIP; unused bytes zero
 * @port: and its port, big-endian
 *
 * Context: any.
 */
void handoff_flow_name(struct wire_flow *name, enum handoff_role role, u64 id,
		       const struct handoff_tuple *tuple,
		       const union nf_inet_addr *addr, __be16 port);

/**
 * handoff_flow_tuple() - the key in our table of the flow a message names
 * @tuple: filled
 * @role: ours
 * @name: as received
 *
 * Context: any.
 */
void handoff_flow_tuple(struct handoff_tuple *tuple, enum handoff_role role,
			const struct wire_flow *name);

#endif /* _HANDOFF_FLOW_NAME_H */

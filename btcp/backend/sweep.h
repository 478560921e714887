/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What time does to flows, and the end of the role.
 */
#ifndef _BTCP_BACKEND_SWEEP_H
#define _BTCP_BACKEND_SWEEP_H

#include "btcp/backend/net.h"

/**
 * back_sweep_expired() - struct handoff_table_ops
 * @table: table
 * @flow: its @expires has passed
 */
void back_sweep_expired(struct handoff_table *table, struct handoff_flow *flow);

/**
 * back_sweep_kill() - struct handoff_table_ops
 * @table: table
 * @flow: to be ended on the wire, too
 *
 * The flow stays in the table, so that TCP's last words are swallowed.
 */
void back_sweep_kill(struct handoff_table *table, struct handoff_flow *flow);

/**
 * back_sweep_accepts() - see that no accept timer is left
 * @bnet: drained
 *
 * Context: process context, may sleep.
 */
void back_sweep_accepts(struct back_net *bnet);

/**
 * back_sweep_tell() - tell each front-end that is there again of its live flows
 * @work: a namespace's @tell
 *
 * Of one that it gave up meanwhile it says RESET.
 *
 * Context: workqueue.
 */
void back_sweep_tell(struct work_struct *work);

#endif /* _BTCP_BACKEND_SWEEP_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a transaction has of the front-end's objects, until all of it takes the place of what
 * there is.
 *
 * An object that there is and that will be stays the same object, with its flows, session and
 * counters: what is to change of it waits beside it.  A new one is made at once, and seen by
 * nobody.  What may fail fails while the transaction is filled; the rest is assignments under
 * front_net.published, which requests look at instead of taking a lock.
 */
#ifndef _BTCP_FRONTEND_STAGE_H
#define _BTCP_FRONTEND_STAGE_H

#include "btcp/frontend/net.h"

/**
 * front_stage_commit() - what the transaction has is the configuration from now on
 * @fn: namespace
 *
 * Context: process context, genl lock and @config held.
 */
void front_stage_commit(struct front_net *fn);

/**
 * front_stage_abort() - forget what it has, if there is one
 * @fn: namespace
 *
 * Context: process context, genl lock and @config held.
 */
void front_stage_abort(struct front_net *fn);

#endif /* _BTCP_FRONTEND_STAGE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who has to go at a limit: the oldest of the backlog, or of one client's.
 */
#ifndef _BTCP_FRONTEND_EVICT_H
#define _BTCP_FRONTEND_EVICT_H

#include "btcp/frontend/opening.h"

/**
 * front_evict_for() - a place for a client that has proved that it is there
 * @fn: namespace
 * @tuple: its
 *
 * If it has as many as it may, it is one of its own that goes.
 *
 * Context: softirq, RCU read side, no flow's lock held.
 * Return: false if there is none: all are being handed off.
 */
bool front_evict_for(struct front_net *fn, const struct handoff_tuple *tuple);

/**
 * front_evict_head() - memory for a head: the oldest that has bytes of one goes
 * @fn: namespace
 * @except: whose head it is for
 * @why: the limit it is at: at the client's, another of its own goes
 *
 * Context: as front_evict_for().
 * Return: false if there is no other.
 */
bool front_evict_head(struct front_net *fn, const struct front_flow *except,
		      enum front_starved why);

#endif /* _BTCP_FRONTEND_EVICT_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A back-end's health: what its heartbeats tell of the service itself, and how
 * much of its weight it has.
 *
 * Who stops listening is out at once.  Who listens again is believed after `limit
 * heartbeat_up` heartbeats, as is a session that was down, lest a server that
 * crashes whenever it starts gets clients each time.
 */
#ifndef _BTCP_FRONTEND_HEALTH_H
#define _BTCP_FRONTEND_HEALTH_H

#include "btcp/frontend/backend.h"

/* What front_health_share() is a share of: so many parts even a weight of 1 has. */
#define FRONT_SHARE_ALL	64

/**
 * front_health_heartbeat() - a session told of its ports
 * @fn: namespace
 * @session: session
 * @heartbeat: what it told
 *
 * Context: RCU read side.
 */
void front_health_heartbeat(struct front_net *fn, const struct handoff_session *session,
			    const struct wire_heartbeat *heartbeat);

/**
 * front_health_share() - how much of its weight a back-end has
 * @backend: usable
 *
 * Context: any.
 * Return: FRONT_SHARE_ALL, or less down to 1 while it starts slowly.
 */
u32 front_health_share(const struct front_backend *backend);

#endif /* _BTCP_FRONTEND_HEALTH_H */

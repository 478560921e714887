/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits and timeouts: every number an operator may turn, in one table.
 *
 * Read locklessly (READ_ONCE) on the datapath, written under the genl lock.
 * docs and `btcpctl limit show` and `timeout show` are made from the table in
 * settings.c.
 */
#ifndef _HANDOFF_SETTINGS_H
#define _HANDOFF_SETTINGS_H

#include <linux/jiffies.h>
#include <net/net_namespace.h>

enum handoff_limit {
	HANDOFF_LIMIT_FLOWS,		/* a role */
	HANDOFF_LIMIT_HALF_OPEN,	/* connections before their hand-off */
	HANDOFF_LIMIT_HALF_OPEN_CLIENT,	/* of one client address */
	HANDOFF_LIMIT_SYN_BACKLOG,	/* of them, SYNs that wait for their ACK */
	HANDOFF_LIMIT_QUEUE,		/* packets a flow may have waiting */
	HANDOFF_LIMIT_QUEUE_TOTAL,	/* bytes of all packets that wait */
	HANDOFF_LIMIT_HEAD,		/* bytes of one request head */
	HANDOFF_LIMIT_HEAD_TOTAL,	/* bytes of all heads being collected */
	HANDOFF_LIMIT_HEAD_CLIENT,	/* the same, of one client */
	HANDOFF_LIMIT_ONE_SHOT,		/* head bytes in HANDOFF itself, 0: staged */
	HANDOFF_LIMIT_SESSIONS,		/* control sessions */
	HANDOFF_LIMIT_SERVICES,
	HANDOFF_LIMIT_BACKENDS,
	HANDOFF_LIMIT_POOLS,
	HANDOFF_LIMIT_CONTENT,	/* entries of one service's content */
	HANDOFF_LIMIT_RULES,		/* a service */
	HANDOFF_LIMIT_FRONTENDS,
	HANDOFF_LIMIT_HEARTBEAT_DOWN,	/* missed heartbeats that take a peer down */
	HANDOFF_LIMIT_HEARTBEAT_UP,	/* heartbeats that bring it up */
	HANDOFF_LIMIT_HASH_LOAD,	/* percent of its share that a hashed member may have */
	HANDOFF_LIMIT_LARD_LOW,		/* connections that are little to do */
	HANDOFF_LIMIT_LARD_HIGH,	/* and much */
	HANDOFF_LIMIT_PERSIST,		/* clients whose back-end is remembered */
	HANDOFF_LIMIT_STRAY_RATE,	/* RSTs a second to strays */
	__HANDOFF_LIMIT_MAX,
};

enum handoff_timeout {
	HANDOFF_TIMEOUT_HEARTBEAT,
	HANDOFF_TIMEOUT_REKEY,		/* new keys between two hosts */
	HANDOFF_TIMEOUT_OLD_KEY,	/* a PSK that was replaced */
	HANDOFF_TIMEOUT_SYNACK,		/* first retransmission of the front-end's SYN/ACK */
	HANDOFF_TIMEOUT_HEAD,		/* until the head must be there */
	HANDOFF_TIMEOUT_FIRST_BYTES,	/* then the server may speak first */
	HANDOFF_TIMEOUT_TRY,		/* one try to hand off */
	HANDOFF_TIMEOUT_HANDOFF,	/* all tries */
	HANDOFF_TIMEOUT_IDLE,		/* then the back-end is asked */
	HANDOFF_TIMEOUT_CLOSING,	/* one side has closed, the other is silent */
	HANDOFF_TIMEOUT_TIME_WAIT,
	HANDOFF_TIMEOUT_ANSWER,		/* the front-end's own answer lingers */
	HANDOFF_TIMEOUT_LARD,		/* then a target needs fewer back-ends */
	__HANDOFF_TIMEOUT_MAX,
};

/**
 * struct handoff_settings - one namespace's values
 * @limit: by enum handoff_limit, in the unit of the table
 * @timeout: by enum handoff_timeout, milliseconds
 */
struct handoff_settings {
	u32 limit[__HANDOFF_LIMIT_MAX];
	u32 timeout[__HANDOFF_TIMEOUT_MAX];
};

/**
 * handoff_settings_init() - set the defaults
 * @settings: of a new namespace
 */
void handoff_settings_init(struct handoff_settings *settings);

/**
 * handoff_settings_replace() - all limits and timeouts at once
 * @net: namespace
 * @settings: each within its bounds
 *
 * Context: process context, genl lock held.
 */
void handoff_settings_replace(struct net *net, const struct handoff_settings *settings);

/**
 * handoff_limit() - read a limit
 * @net: namespace
 * @which: which
 *
 * Context: any.
 */
u32 handoff_limit(struct net *net, enum handoff_limit which);

/**
 * handoff_timeout() - read a timeout
 * @net: namespace
 * @which: which
 *
 * Context: any.
 * Return: jiffies, at least 1.
 */
unsigned long handoff_timeout(struct net *net, enum handoff_timeout which);

#endif /* _HANDOFF_SETTINGS_H */

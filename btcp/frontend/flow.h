/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A client's connection at the front-end.
 *
 * What follows what, and why, is in flow.c, as a table.
 *
 * References: 1 for the table, 1 for the opening.
 */
#ifndef _BTCP_FRONTEND_FLOW_H
#define _BTCP_FRONTEND_FLOW_H

#include "btcp/frontend/net.h"
#include "handoff/wire.h"

struct front_backend;
struct front_opening;
struct front_service;
struct handoff_session;

enum front_flow_state {
	/* with an opening, which holds all that is needed before the hand-off */
	FRONT_FLOW_SYN_RECV,	/* the SYN/ACK was sent; packets go to request.c */
	FRONT_FLOW_HEAD,	/* likewise; the head is being collected */
	FRONT_FLOW_HANDING_OFF,	/* handover.c queues packets */
	FRONT_FLOW_ANSWERING,	/* answer.c swallows them, and answers */
	/* without: this struct is enough */
	FRONT_FLOW_FORWARDING,	/* BIP forwards them */
	FRONT_FLOW_CLOSING,	/* likewise; a FIN or RST was relayed */
	FRONT_FLOW_RESETTING,	/* close.c answers them with RST */
	FRONT_FLOW_TIME_WAIT,	/* BIP; but a SYN begins anew */
	__FRONT_FLOW_STATE_MAX,
};

/**
 * struct front_flow - a client's connection
 * @flow: what the table knows; @flow.id is 0 until the hand-off, then constant
 * @service: constant, counted
 * @backend: NULL until the hand-off, then constant, counted; written before
 *	the state becomes FORWARDING, whose release store publishes it
 * @opening: under @flow.lock; not NULL in the first four states
 * @seen: jiffies of a packet not much more than a second ago; READ_ONCE and
 *	WRITE_ONCE, by anyone
 * @born: jiffies of the SYN
 * @asked: under @flow.lock: QUERYs or provocations without an answer
 * @counted: under @flow.lock: FRONT_COUNTED_*
 * @rst_relayed: under @flow.lock: the client got its RST; CLOSED need not repeat it
 */
struct front_flow {
	struct handoff_flow flow;
	struct front_service *service;
	struct front_backend *backend;
	struct front_opening *opening;
	unsigned long seen;
	unsigned long born;
	u8 asked;
	u8 counted;
	bool rst_relayed;
};

/* In which gauges this flow is. */
#define FRONT_COUNTED_ACTIVE	0x01
#define FRONT_COUNTED_BACKEND	0x02
#define FRONT_COUNTED_TIME_WAIT	0x04

extern struct kmem_cache *front_flow_cache;

static inline struct front_flow *front_flow_of(struct handoff_flow *flow)
{
	return container_of(flow, struct front_flow, flow);
}

/**
 * front_flow_find() - the flow of a tuple
 * @fn: namespace
 * @tuple: its key
 *
 * Context: RCU read side.
 * Return: the flow or NULL.
 */
static inline struct front_flow *front_flow_find(struct front_net *fn,
						 const struct handoff_tuple *tuple)
{
	struct handoff_flow *flow = handoff_table_lookup(&fn->table, tuple);

	return flow ? front_flow_of(flow) : NULL;
}

/**
 * front_flow_state() - the state, for those who do not hold the lock
 * @flow: flow
 *
 * What a state promises (a back-end from FORWARDING on) is visible with it.
 *
 * Context: any.
 */
static inline enum front_flow_state front_flow_state(const struct front_flow *flow)
{
	/* Pairs with front_flow_set_state(). */
	return smp_load_acquire(&flow->flow.state);
}

/**
 * front_flow_forwards() - is it BIP that the client's packets go to?
 * @state: of a flow
 *
 * Context: any.
 */
static inline bool front_flow_forwards(enum front_flow_state state)
{
	return state == FRONT_FLOW_FORWARDING || state == FRONT_FLOW_CLOSING ||
	       state == FRONT_FLOW_TIME_WAIT;
}

/**
 * front_flow_touch() - a packet came
 * @flow: flow
 *
 * Dirties the cache line at most once a second.
 *
 * Context: any.
 */
static inline void front_flow_touch(struct front_flow *flow)
{
	if (time_after(jiffies, READ_ONCE(flow->seen) + HZ))
		WRITE_ONCE(flow->seen, jiffies);
}

/**
 * front_flow_set_state() - a transition
 * @fn: namespace
 * @flow: flow
 * @state: one that may follow
 *
 * Keeps the gauges.
 *
 * Context: BH off, @flow->flow.lock held.
 */
void front_flow_set_state(struct front_net *fn, struct front_flow *flow,
			  enum front_flow_state state);

/**
 * front_flow_count() - a new flow is in the table: it counts from now on
 * @fn: namespace
 * @flow: flow
 *
 * Context: BH off, @flow->flow.lock held.
 */
void front_flow_count(struct front_net *fn, struct front_flow *flow);

/**
 * front_flow_end() - out of the table; says nothing to anybody
 * @fn: namespace
 * @flow: flow without an opening; else see front_opening_end()
 *
 * Context: BH off, RCU read side, @flow->flow.lock held.
 */
void front_flow_end(struct front_net *fn, struct front_flow *flow);

/**
 * front_flow_expire_in() - when the sweep is to look at it
 * @flow: flow
 * @delay: jiffies
 *
 * Context: any.
 */
static inline void front_flow_expire_in(struct front_flow *flow, unsigned long delay)
{
	WRITE_ONCE(flow->flow.expires, jiffies + delay);
}

/**
 * front_flow_tell() - send the back-end a message about a flow
 * @flow: flow
 * @backend: which back-end
 * @id: the flow's id there
 * @msg: type and body set; the rest is filled in
 *
 * Context: BH off, RCU read side.
 * Return: as handoff_session_send().
 */
int front_flow_tell(const struct front_flow *flow, const struct front_backend *backend,
		    u64 id, struct wire_msg *msg);

/**
 * front_flow_tell_reset() - tell the back-end to reset its side
 * @flow: flow
 * @backend: which back-end
 * @id: the flow's id there
 *
 * Context: BH off, RCU read side.
 */
void front_flow_tell_reset(const struct front_flow *flow,
			   const struct front_backend *backend, u64 id);

/**
 * front_flow_release() - struct handoff_table_ops
 * @table: table
 * @flow: without references
 */
void front_flow_release(struct handoff_table *table, struct handoff_flow *flow);

/**
 * front_flow_state_name() - for show
 * @state: any value
 */
const char *front_flow_state_name(enum front_flow_state state);

/**
 * front_flow_setup() - the cache, at module init
 *
 * Return: 0 or -ENOMEM.
 */
int front_flow_setup(void);

/** front_flow_teardown() - the opposite, after rcu_barrier() */
void front_flow_teardown(void);

#endif /* _BTCP_FRONTEND_FLOW_H */

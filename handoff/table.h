/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The flow table: every client connection of one role in one namespace.
 *
 * A flow is a counted object: 1 for the table while it is in it, 1 for each
 * holder of a pointer beyond the RCU read side (an armed timer, a queued
 * work, a half-open connection's own struct).  Readers look up under RCU and
 * need no reference.  Ageing is by a sweep over the table, not by a timer a
 * flow.
 */
#ifndef _HANDOFF_TABLE_H
#define _HANDOFF_TABLE_H

#include <linux/refcount.h>
#include <linux/rhashtable.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "handoff/tuple.h"

/**
 * struct handoff_flow - what the flows of both roles begin with
 * @node: in the table; written by the table only
 * @tuple: the key; constant
 * @id: the front-end's number for it.  At a back-end constant; at a front-end
 *	0 until the hand-off, then constant: written under @lock, with WRITE_ONCE
 * @ref: see above
 * @lock: serialises transitions; taken with BH off, never two at once.  The
 *	forwarding path does not take it
 * @expires: jiffies; when the sweep looks at it, written with WRITE_ONCE
 * @state: of the role's own enum; written under @lock, read with READ_ONCE
 * @dead: under @lock, set once: out of the table, no more transitions
 * @rcu: frees it after a grace period
 */
struct handoff_flow {
	struct rhash_head node;
	struct handoff_tuple tuple;
	u64 id;
	refcount_t ref;
	spinlock_t lock;	/* of @state, @dead and the role's own fields */
	unsigned long expires;
	u8 state;
	bool dead;
	struct rcu_head rcu;
};

struct handoff_table;

/**
 * struct handoff_table_ops - what a role does with its flows
 * @expired: @flow->expires has passed.  Workqueue, BH off, RCU read side, no
 *	lock held.  May call handoff_table_remove() or set a later @expires
 * @kill: the role is going away; end this flow on the wire, too.  Likewise.
 *	Called once for each flow by handoff_table_drain()
 * @release: the last reference went: drop what the flow holds but its own
 *	memory (which RCU frees).  Any context
 */
struct handoff_table_ops {
	void (*expired)(struct handoff_table *table, struct handoff_flow *flow);
	void (*kill)(struct handoff_table *table, struct handoff_flow *flow);
	void (*release)(struct handoff_table *table, struct handoff_flow *flow);
};

/**
 * struct handoff_table - one role's flows in one namespace
 * @ht: the table
 * @net: namespace
 * @ops: the role's
 * @cache: where flows come from; the module's
 * @count: flows in the table
 * @sweep: walks the table, twice a second while there are flows
 * @closed: no insertions any more
 */
struct handoff_table {
	struct rhashtable ht;
	struct net *net;
	const struct handoff_table_ops *ops;
	struct kmem_cache *cache;
	atomic_t count;
	struct delayed_work sweep;
	bool closed;
};

/**
 * handoff_table_init() - make an empty table
 * @table: embedded in the role's namespace
 * @net: namespace
 * @ops: the role's
 * @cache: of the role's flow struct, which begins with struct handoff_flow
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int handoff_table_init(struct handoff_table *table, struct net *net,
		       const struct handoff_table_ops *ops,
		       struct kmem_cache *cache);

/**
 * handoff_table_drain() - no insertions any more, and @kill every flow
 * @table: table
 *
 * The hooks still run, so that what killing sends can pass.
 *
 * Context: process context, may sleep.
 */
void handoff_table_drain(struct handoff_table *table);

/**
 * handoff_table_clean() - the end of a table; the hooks are gone and a grace
 *	period has passed since
 * @table: drained
 *
 * Stops the sweep and removes what is left without a word.  Nobody else may
 * call handoff_table_remove() any more, timers and works of the role included.
 * The flows' memory goes by RCU: rcu_barrier() before their cache is destroyed.
 *
 * Context: process context, may sleep.
 */
void handoff_table_clean(struct handoff_table *table);

/**
 * handoff_flow_alloc() - a flow that is not in the table yet
 * @table: table
 * @tuple: its key
 * @id: its id, 0 if it has none yet
 *
 * Context: any; GFP_ATOMIC.
 * Return: the flow, zeroed but for what the arguments say, one reference, the
 *	caller's; NULL without memory.
 */
struct handoff_flow *handoff_flow_alloc(struct handoff_table *table,
					const struct handoff_tuple *tuple, u64 id);

/**
 * handoff_table_insert() - put a flow into the table
 * @table: table
 * @flow: from handoff_flow_alloc(); the table takes a reference of its own
 *
 * Context: BH off.
 * Return: 0, -EEXIST, -ENOSPC (limit flows), -ENOMEM, -ESHUTDOWN.
 */
int handoff_table_insert(struct handoff_table *table, struct handoff_flow *flow);

/**
 * handoff_table_lookup() - find a flow
 * @table: table
 * @tuple: its key
 *
 * Context: RCU read side.
 * Return: the flow, or NULL.  A flow found may be @dead by now.
 */
struct handoff_flow *handoff_table_lookup(struct handoff_table *table,
					  const struct handoff_tuple *tuple);

/**
 * handoff_table_remove() - take a flow out and drop the table's reference
 * @table: table
 * @flow: a flow
 *
 * Idempotent; sets @dead.
 *
 * Context: BH off, @flow->lock held; the caller has a reference of its own, or
 *	the RCU read side.
 * Return: true if this call removed it.
 */
bool handoff_table_remove(struct handoff_table *table, struct handoff_flow *flow);

/**
 * handoff_flow_get() - keep a flow beyond the RCU read side
 * @flow: found under RCU
 *
 * Context: any.
 * Return: false if it is already on its way out.
 */
static inline bool handoff_flow_get(struct handoff_flow *flow)
{
	return refcount_inc_not_zero(&flow->ref);
}

/**
 * handoff_flow_put() - drop a reference
 * @table: its table
 * @flow: the flow
 *
 * Context: any.
 */
void handoff_flow_put(struct handoff_table *table, struct handoff_flow *flow);

/**
 * handoff_table_walk() - call a function for each flow
 * @table: table
 * @fn: returns nonzero to stop.  RCU read side, BH off, may not sleep
 * @arg: for @fn
 *
 * Flows that come or go meanwhile may be missed or seen twice.
 *
 * Context: process context; sleeps between slices.
 * Return: what @fn stopped with, or 0.
 */
int handoff_table_walk(struct handoff_table *table,
		       int (*fn)(struct handoff_flow *flow, void *arg), void *arg);

/**
 * handoff_table_dump() - show flows, as many as fit, and go on later from there
 * @table: table
 * @cursor: how far it came, all zero at first: a bucket, and flows of it done
 * @fn: shows one; nonzero: it does not fit, it comes again next time.  RCU read
 *	side, may not sleep
 * @arg: for @fn
 *
 * All calls together look at each flow about once, however many there are.
 * While the table is being resized they may show one twice, or miss one.
 *
 * Context: process context; sleeps between slices.
 * Return: what @fn stopped with, or 0: that was all.
 */
int handoff_table_dump(struct handoff_table *table, long cursor[2],
		       int (*fn)(struct handoff_flow *flow, void *arg), void *arg);

#endif /* _HANDOFF_TABLE_H */

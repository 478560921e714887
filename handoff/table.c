// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "handoff/settings.h"
#include "handoff/table.h"

/* Flows the sweep looks at in one second, at the most: bounds its CPU time. */
#define SWEEP_RATE	(256 << 10)
/* Flows looked at before others get the CPU. */
#define SWEEP_SLICE	512

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct handoff_flow, node),
	.key_offset = offsetof(struct handoff_flow, tuple),
	.key_len = sizeof(struct handoff_tuple),
	.automatic_shrinking = true,
};

static int expire(struct handoff_flow *flow, void *arg)
{
	struct handoff_table *table = arg;

	if (time_after_eq(jiffies, READ_ONCE(flow->expires)) && !READ_ONCE(flow->dead))
		table->ops->expired(table, flow);
	return 0;
}

static int kill_one(struct handoff_flow *flow, void *arg)
{
	struct handoff_table *table = arg;

	if (!READ_ONCE(flow->dead))
		table->ops->kill(table, flow);
	return 0;
}

/* Half a second, and so much more as a great table needs to stay cheap. */
static unsigned long sweep_delay(const struct handoff_table *table)
{
	unsigned long whole = atomic_read(&table->count) / (SWEEP_RATE / HZ);

	return max_t(unsigned long, HZ / 2, whole);
}

static void sweep(struct work_struct *work)
{
	struct handoff_table *table = container_of(to_delayed_work(work),
						   struct handoff_table, sweep);

	handoff_table_walk(table, expire, table);
	if (atomic_read(&table->count))
		queue_delayed_work(system_power_efficient_wq, &table->sweep,
				   sweep_delay(table));
}

int handoff_table_init(struct handoff_table *table, struct net *net,
		       const struct handoff_table_ops *ops,
		       struct kmem_cache *cache)
{
	table->net = net;
	table->ops = ops;
	table->cache = cache;
	table->closed = false;
	atomic_set(&table->count, 0);
	INIT_DELAYED_WORK(&table->sweep, sweep);
	return rhashtable_init(&table->ht, &params);
}
EXPORT_SYMBOL_GPL(handoff_table_init);

void handoff_table_drain(struct handoff_table *table)
{
	int pass;

	WRITE_ONCE(table->closed, true);
	/* An insertion that had not seen @closed is in the table after this. */
	synchronize_net();
	/*
	 * A walk restarts when the table is resized under it, and then may
	 * miss a flow; what three passes miss goes in handoff_table_clean()
	 * without a word on the wire.
	 */
	for (pass = 0; pass < 3 && atomic_read(&table->count); pass++)
		handoff_table_walk(table, kill_one, table);
}
EXPORT_SYMBOL_GPL(handoff_table_drain);

static bool mark_dead(struct handoff_flow *flow)
{
	bool was_dead = flow->dead;

	lockdep_assert_held(&flow->lock);
	WRITE_ONCE(flow->dead, true);
	return was_dead;
}

/*
 * The table's reference belongs to the place in the table, so it is dropped
 * whatever the flow was.  But who marks a flow dead takes it out at once: one
 * that is dead and still here means that somebody is removing it just now,
 * from a table that is being freed.
 */
static void drop_one(void *ptr, void *arg)
{
	struct handoff_table *table = arg;
	struct handoff_flow *flow = ptr;

	spin_lock_bh(&flow->lock);
	WARN_ON_ONCE(mark_dead(flow));
	spin_unlock_bh(&flow->lock);
	atomic_dec(&table->count);
	handoff_flow_put(table, flow);
}

void handoff_table_clean(struct handoff_table *table)
{
	cancel_delayed_work_sync(&table->sweep);
	rhashtable_free_and_destroy(&table->ht, drop_one, table);
}
EXPORT_SYMBOL_GPL(handoff_table_clean);

struct handoff_flow *handoff_flow_alloc(struct handoff_table *table,
					const struct handoff_tuple *tuple, u64 id)
{
	struct handoff_flow *flow;

	flow = kmem_cache_zalloc(table->cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!flow)
		return NULL;
	flow->tuple = *tuple;
	flow->id = id;
	refcount_set(&flow->ref, 1);
	spin_lock_init(&flow->lock);
	flow->expires = jiffies + handoff_timeout(table->net, HANDOFF_TIMEOUT_IDLE);
	return flow;
}
EXPORT_SYMBOL_GPL(handoff_flow_alloc);

int handoff_table_insert(struct handoff_table *table, struct handoff_flow *flow)
{
	int count, err;

	lockdep_assert_in_softirq();
	if (READ_ONCE(table->closed))
		return -ESHUTDOWN;
	count = atomic_inc_return(&table->count);
	if (count > handoff_limit(table->net, HANDOFF_LIMIT_FLOWS)) {
		atomic_dec(&table->count);
		return -ENOSPC;
	}
	refcount_inc(&flow->ref);
	err = rhashtable_lookup_insert_fast(&table->ht, &flow->node, params);
	if (err) {
		atomic_dec(&table->count);
		refcount_dec(&flow->ref);
		return err;
	}
	/* Not by @count: the flow that made it 1 may have failed to get in. */
	if (!delayed_work_pending(&table->sweep))
		queue_delayed_work(system_power_efficient_wq, &table->sweep,
				   sweep_delay(table));
	return 0;
}
EXPORT_SYMBOL_GPL(handoff_table_insert);

struct handoff_flow *handoff_table_lookup(struct handoff_table *table,
					  const struct handoff_tuple *tuple)
{
	return rhashtable_lookup(&table->ht, tuple, params);
}
EXPORT_SYMBOL_GPL(handoff_table_lookup);

bool handoff_table_remove(struct handoff_table *table, struct handoff_flow *flow)
{
	/* Absent: never inserted. */
	if (mark_dead(flow) || rhashtable_remove_fast(&table->ht, &flow->node, params))
		return false;
	atomic_dec(&table->count);
	handoff_flow_put(table, flow);
	return true;
}
EXPORT_SYMBOL_GPL(handoff_table_remove);

/*
 * Our own callback instead of kfree_rcu(): rcu_barrier() covers it, which the
 * roles need before they destroy the cache.  kfree() finds the cache itself.
 */
static void free_flow(struct rcu_head *head)
{
	kfree(container_of(head, struct handoff_flow, rcu));
}

void handoff_flow_put(struct handoff_table *table, struct handoff_flow *flow)
{
	if (!refcount_dec_and_test(&flow->ref))
		return;
	table->ops->release(table, flow);
	call_rcu(&flow->rcu, free_flow);
}
EXPORT_SYMBOL_GPL(handoff_flow_put);

int handoff_table_walk(struct handoff_table *table,
		       int (*fn)(struct handoff_flow *flow, void *arg), void *arg)
{
	struct rhashtable_iter iter;
	struct handoff_flow *flow;
	int err = 0, slice;

	might_sleep();
	rhashtable_walk_enter(&table->ht, &iter);
	do {
		local_bh_disable();
		rhashtable_walk_start(&iter);
		for (slice = 0; slice < SWEEP_SLICE; slice++) {
			flow = rhashtable_walk_next(&iter);
			if (!flow)
				break;
			/* -EAGAIN: resized; the walk goes on from the start */
			if (IS_ERR(flow))
				continue;
			err = fn(flow, arg);
			if (err)
				break;
		}
		rhashtable_walk_stop(&iter);
		local_bh_enable();
		cond_resched();
	} while (flow && !err);
	rhashtable_walk_exit(&iter);
	return err;
}
EXPORT_SYMBOL_GPL(handoff_table_walk);

/* The rest of one bucket. */
static int dump_bucket(const struct bucket_table *tbl, long cursor[2],
		       int (*fn)(struct handoff_flow *flow, void *arg), void *arg)
{
	struct handoff_flow *flow;
	struct rhash_head *pos;
	long n = 0;
	int err;

	rht_for_each_entry_rcu(flow, pos, tbl, cursor[0], node) {
		if (n++ < cursor[1])
			continue;
		err = fn(flow, arg);
		if (err)
			return err;
		cursor[1] = n;
	}
	cursor[0]++;
	cursor[1] = 0;
	return 0;
}

int handoff_table_dump(struct handoff_table *table, long cursor[2],
		       int (*fn)(struct handoff_flow *flow, void *arg), void *arg)
{
	struct bucket_table *tbl;
	int err = 0, slice;
	bool more;

	might_sleep();
	do {
		rcu_read_lock();
		tbl = rht_dereference_rcu(table->ht.tbl, &table->ht);
		for (slice = 0; slice < SWEEP_SLICE && !err && cursor[0] < tbl->size; slice++)
			err = dump_bucket(tbl, cursor, fn, arg);
		more = cursor[0] < tbl->size;
		rcu_read_unlock();
		cond_resched();
	} while (more && !err);
	return err;
}
EXPORT_SYMBOL_GPL(handoff_table_dump);

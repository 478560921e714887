// SPDX-License-Identifier: GPL-2.0
#include <linux/inetdevice.h>
#include <net/ipv6.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/persist.h"
#include "btcp/frontend/pool.h"
#include "btcp/frontend/service.h"
#include "handoff/settings.h"

/* From one look for those whose time is over to the next */
#define SWEEP_EVERY	(2 * HZ)
/* Looked at without a pause */
#define SWEEP_SLICE	1024

/**
 * struct persist_key - who is remembered; hashed as bytes, so all of it is set
 * @client: address, cut to the service's prefix
 * @service: its serial
 * @pool: its serial
 * @family: of @client
 */
struct persist_key {
	union nf_inet_addr client;
	u32 service;
	u32 pool;
	u32 family;
};

/**
 * struct persist_entry - and where
 * @node: in front_net.persist
 * @key: constant
 * @backend: serial; READ_ONCE and WRITE_ONCE, by anyone, as is the next
 * @expires: jiffies
 * @rcu: frees it
 */
struct persist_entry {
	struct rhash_head node;
	struct persist_key key;
	u32 backend;
	unsigned long expires;
	struct rcu_head rcu;
};

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct persist_entry, node),
	.key_offset = offsetof(struct persist_entry, key),
	.key_len = sizeof(struct persist_key),
	.automatic_shrinking = true,
};

static void read_key(struct persist_key *key, const struct front_service *service,
		     const struct front_pool *pool, const union nf_inet_addr *client, u8 family,
		     u8 prefix)
{
	memset(key, 0, sizeof(*key));
	if (family == NFPROTO_IPV4)
		key->client.ip = client->ip & inet_make_mask(min_t(u8, prefix, 32));
	else
		ipv6_addr_prefix(&key->client.in6, &client->in6, prefix);
	key->service = service->serial;
	key->pool = pool->serial;
	key->family = family;
}

static bool is_over(const struct persist_entry *entry)
{
	return time_after_eq(jiffies, READ_ONCE(entry->expires));
}

u32 front_persist_recall(const struct front_service *service, const struct front_pool *pool,
			 const union nf_inet_addr *client, u8 family)
{
	u8 prefix = READ_ONCE(service->set.persist);
	struct persist_entry *entry;
	struct persist_key key;
	u32 serial = 0;

	if (!prefix)
		return 0;
	read_key(&key, service, pool, client, family, prefix);
	rcu_read_lock();
	entry = rhashtable_lookup(&service->fn->persist, &key, params);
	if (entry && !is_over(entry))
		serial = READ_ONCE(entry->backend);
	rcu_read_unlock();
	return serial;
}

static void insert(struct front_net *fn, const struct persist_key *key, u32 backend,
		   unsigned long expires)
{
	struct persist_entry *entry;

	if (atomic_read(&fn->persist.nelems) >= handoff_limit(fn->net, HANDOFF_LIMIT_PERSIST))
		goto full;
	entry = kmalloc(sizeof(*entry), GFP_ATOMIC | __GFP_NOWARN);
	if (!entry)
		goto full;
	entry->key = *key;
	entry->backend = backend;
	entry->expires = expires;
	/* Another of its connections may have been faster: let it be. */
	if (rhashtable_lookup_insert_fast(&fn->persist, &entry->node, params)) {
		kfree(entry);
		return;
	}
	handoff_stats_inc(&fn->stats, FRONT_STAT_PERSIST_CLIENTS);
	if (!READ_ONCE(fn->dying))
		queue_delayed_work(front_workqueue, &fn->persist_sweep, SWEEP_EVERY);
	return;

full:
	front_count(fn, FRONT_STAT_PERSIST_FULL);
}

void front_persist_keep(const struct front_service *service, const struct front_pool *pool,
			const union nf_inet_addr *client, u8 family,
			const struct front_backend *backend)
{
	u32 timeout = READ_ONCE(service->set.persist_timeout);
	unsigned long expires = jiffies + timeout * (unsigned long)HZ;
	u8 prefix = READ_ONCE(service->set.persist);
	struct front_net *fn = service->fn;
	struct persist_entry *entry;
	struct persist_key key;

	if (!prefix)
		return;
	read_key(&key, service, pool, client, family, prefix);
	rcu_read_lock();
	entry = rhashtable_lookup(&fn->persist, &key, params);
	if (!entry) {
		insert(fn, &key, backend->serial, expires);
		goto unlock;
	}
	if (is_over(entry))
		;	/* as if it were not there */
	else if (READ_ONCE(entry->backend) == backend->serial)
		front_count(fn, FRONT_STAT_PERSIST_HITS);
	else
		front_count(fn, FRONT_STAT_PERSIST_MOVED);
	WRITE_ONCE(entry->backend, backend->serial);
	WRITE_ONCE(entry->expires, expires);
unlock:
	rcu_read_unlock();
}

static void forget(struct front_net *fn, struct persist_entry *entry)
{
	/* Who renews it this moment has his connection, and is remembered with the next. */
	if (rhashtable_remove_fast(&fn->persist, &entry->node, params))
		return;
	handoff_stats_add(&fn->stats, FRONT_STAT_PERSIST_CLIENTS, -1);
	kfree_rcu(entry, rcu);
}

static void sweep(struct work_struct *work)
{
	struct front_net *fn = container_of(to_delayed_work(work), struct front_net,
					    persist_sweep);
	struct rhashtable_iter iter;
	struct persist_entry *entry;
	unsigned int seen = 0;

	rhashtable_walk_enter(&fn->persist, &iter);
	rhashtable_walk_start(&iter);
	while ((entry = rhashtable_walk_next(&iter))) {
		/* The table is being resized: some come twice. */
		if (!IS_ERR(entry) && is_over(entry))
			forget(fn, entry);
		if (++seen % SWEEP_SLICE)
			continue;
		rhashtable_walk_stop(&iter);
		cond_resched();
		rhashtable_walk_start(&iter);
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	if (atomic_read(&fn->persist.nelems) && !READ_ONCE(fn->dying))
		queue_delayed_work(front_workqueue, &fn->persist_sweep, SWEEP_EVERY);
}

int front_persist_init(struct front_net *fn)
{
	INIT_DELAYED_WORK(&fn->persist_sweep, sweep);
	return rhashtable_init(&fn->persist, &params);
}

static void free_entry(void *entry, void *arg)
{
	kfree(entry);
}

void front_persist_clean(struct front_net *fn)
{
	/* It queues itself again only while the namespace lives. */
	cancel_delayed_work_sync(&fn->persist_sweep);
	rhashtable_free_and_destroy(&fn->persist, free_entry, NULL);
}

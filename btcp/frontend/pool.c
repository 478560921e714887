// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/siphash.h>
#include <linux/slab.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/health.h"
#include "btcp/frontend/pool.h"
#include "btcp/hash_key.h"

void front_pool_put(struct front_pool *pool)
{
	if (pool && refcount_dec_and_test(&pool->ref))
		kfree_rcu(pool, rcu);
}

static bool tried(const struct front_choice *choice, u32 serial)
{
	unsigned int i;

	for (i = 0; i < choice->tried_count; i++)
		if (choice->tried[i] == serial)
			return true;
	return false;
}

u32 front_member_configured_weight(const struct front_member *member)
{
	return member->has_weight ? member->weight : READ_ONCE(member->backend->weight);
}

static void count_skipped(const struct front_backend *backend, const struct front_choice *choice,
			  enum front_stat which)
{
	if (!choice->peek)
		front_count(backend->fn, which);
}

/* But for how full and busy it is. */
static bool may_take(const struct front_member *member, const struct front_choice *choice)
{
	return front_backend_usable(member->backend, choice->family) &&
	       !tried(choice, member->backend->serial) && front_member_configured_weight(member);
}

static bool is_busy(const struct front_backend *backend, const struct front_choice *choice)
{
	return READ_ONCE(front_backend_endpoint(backend, choice->family)->busy);
}

u32 front_member_weight(const struct front_member *member, const struct front_choice *choice)
{
	const struct front_backend *backend = member->backend;

	if (!front_backend_endpoint(backend, choice->family)->endpoint.family) {
		count_skipped(backend, choice, FRONT_STAT_FAMILY_SKIPPED);
		return 0;
	}
	if (!may_take(member, choice))
		return 0;
	if (front_backend_is_full(backend)) {
		count_skipped(backend, choice, FRONT_STAT_FULL_SKIPPED);
		return 0;
	}
	if (choice->spare && is_busy(backend, choice)) {
		count_skipped(backend, choice, FRONT_STAT_BUSY_SKIPPED);
		return 0;
	}
	return front_member_configured_weight(member) * front_health_share(backend);
}

/* Is anybody there who is neither full nor busy?  Mostly the first one is. */
static bool somebody_spare(const struct front_members *members, const struct front_choice *choice)
{
	unsigned int i;

	for (i = 0; i < members->count; i++)
		if (may_take(&members->member[i], choice) &&
		    !front_backend_is_full(members->member[i].backend) &&
		    !is_busy(members->member[i].backend, choice))
			return true;
	return false;
}

/* The one its client had before, even if it is busy. */
static struct front_member *stick(struct front_members *members, struct front_choice *choice)
{
	unsigned int i;

	choice->spare = false;
	for (i = 0; choice->stick && i < members->count; i++)
		if (members->member[i].backend->serial == choice->stick &&
		    front_member_weight(&members->member[i], choice))
			return &members->member[i];
	return NULL;
}

static struct front_backend *pick(struct front_pool *pool, struct front_members *members,
				  struct front_choice *choice)
{
	struct front_member *member = stick(members, choice);

	if (member)
		goto found;
	choice->spare = somebody_spare(members, choice);
	member = members->scheme.policy->pick(pool, members, choice);
found:
	/* A back-end that is being deleted may still be in an old array. */
	return member && front_backend_get(member->backend) ? member->backend : NULL;
}

struct front_backend *front_pool_pick(struct front_pool *pool, struct front_choice *choice)
{
	struct front_members *members = rcu_dereference(pool->members);
	unsigned int i;

	if (choice->tried_count == FRONT_TRIES_MAX)
		return NULL;
	for (i = 0; i < FRONT_TRIES_MAX; i++) {
		struct front_backend *backend = pick(pool, members, choice);

		if (!backend || choice->peek || front_backend_load(backend))
			return backend;
		/* Another CPU has taken its last place. */
		front_backend_put(backend->fn, backend);
	}
	return NULL;
}

u64 front_pool_key(const struct front_pool *pool, const struct rule_request *request)
{
	/* Not secret, since every front-end has to come to the same. */
	static const siphash_key_t key;
	const struct front_scheme *scheme = &rcu_dereference(pool->members)->scheme;
	struct hash_piece piece[HASH_PIECES];

	if (!scheme->policy->hashes)
		return 0;
	hash_key_find(piece, request, scheme->hash, scheme->name, scheme->name_len);
	return siphash_2u64(siphash(piece[0].text, piece[0].len, &key),
			    siphash(piece[1].text, piece[1].len, &key), &key);
}

struct front_pool *front_pool_find(struct front_net *fn, const char *name)
{
	struct front_pool *pool;

	lockdep_assert_held(&fn->config);
	list_for_each_entry(pool, &fn->pools, list)
		if (!strcmp(pool->name, name))
			return pool;
	return NULL;
}

struct front_members *front_members_alloc(unsigned int count, const struct front_scheme *scheme)
{
	struct front_members *members;

	members = kvzalloc(size_add(struct_size(members, member, count), scheme->policy->room),
			   GFP_KERNEL);
	if (!members)
		return NULL;
	members->scheme = *scheme;
	members->table = (u8 *)&members->member[count];
	return members;
}

static void prepare(struct front_members *members)
{
	if (members->scheme.policy->prepare)
		members->scheme.policy->prepare(members);
}

struct front_members *front_pool_members(const struct front_pool *pool)
{
	return rcu_dereference_protected(pool->members, lockdep_is_held(&pool->fn->config));
}

static void refer(struct front_members *members, int by)
{
	unsigned int i;

	for (i = 0; i < members->count; i++)
		members->member[i].backend->members += by;
}

struct front_pool *front_pool_new(struct front_net *fn, const char *name,
				  struct front_members *members)
{
	struct front_pool *pool = kzalloc(sizeof(*pool), GFP_KERNEL);

	lockdep_assert_held(&fn->config);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	refcount_set(&pool->ref, 1);
	pool->fn = fn;
	pool->serial = front_net_serial(fn);
	strscpy(pool->name, name, sizeof(pool->name));
	spin_lock_init(&pool->lock);
	refer(members, 1);
	prepare(members);
	RCU_INIT_POINTER(pool->members, members);
	list_add_tail(&pool->list, &fn->pools);
	return pool;
}

void front_pool_set_members(struct front_pool *pool, struct front_members *members)
{
	struct front_members *old = front_pool_members(pool);

	refer(members, 1);
	refer(old, -1);
	prepare(members);
	rcu_assign_pointer(pool->members, members);
	front_net_promise_changed(pool->fn);
	kvfree_rcu(old, rcu);
}

void front_pools_weigh(const struct front_backend *backend)
{
	struct front_pool *pool;

	lockdep_assert_held(&backend->fn->config);
	list_for_each_entry(pool, &backend->fn->pools, list) {
		struct front_members *members = front_pool_members(pool);
		unsigned int i;

		for (i = 0; i < members->count; i++)
			if (members->member[i].backend == backend)
				prepare(members);
	}
}

void front_pool_delete(struct front_pool *pool)
{
	static const struct front_members none = { .scheme.policy = &front_policy_wrr };
	struct front_members *members = front_pool_members(pool);

	lockdep_assert_held(&pool->fn->config);
	/* A connection that is being handed off may look once more. */
	rcu_assign_pointer(pool->members, (struct front_members *)&none);
	refer(members, -1);
	kvfree_rcu(members, rcu);
	list_del(&pool->list);
	front_net_promise_changed(pool->fn);
	front_pool_put(pool);
}

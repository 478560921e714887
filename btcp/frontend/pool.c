// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/pool.h"

static const struct btcp_policy * const policies[] = {
	&btcp_policy_wrr,
};

const struct btcp_policy *btcp_policy_find(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(policies); i++)
		if (!strcmp(policies[i]->name, name))
			return policies[i];
	return NULL;
}

void btcp_pool_put(struct btcp_pool *pool)
{
	if (pool && refcount_dec_and_test(&pool->ref))
		kfree_rcu(pool, rcu);
}

static bool tried(const struct btcp_choice *choice, u32 serial)
{
	unsigned int i;

	for (i = 0; i < choice->tried_count; i++)
		if (choice->tried[i] == serial)
			return true;
	return false;
}

u32 btcp_member_weight(const struct btcp_member *member, const struct btcp_choice *choice)
{
	const struct btcp_backend *backend = member->backend;

	if (!btcp_backend_endpoint(backend, choice->family)->endpoint.family) {
		btcp_count(backend->fn, BTCP_STAT_FAMILY_SKIPPED);
		return 0;
	}
	if (!btcp_backend_usable(backend, choice->family) || tried(choice, backend->serial))
		return 0;
	return member->has_weight ? member->weight : READ_ONCE(backend->weight);
}

struct btcp_backend *btcp_pool_pick(struct btcp_pool *pool, const struct btcp_choice *choice)
{
	struct btcp_member *member;

	if (choice->tried_count == BTCP_TRIES_MAX)
		return NULL;
	member = READ_ONCE(pool->policy)->pick(pool, rcu_dereference(pool->members), choice);
	/* A back-end that is being deleted may still be in an old array. */
	return member && btcp_backend_get(member->backend) ? member->backend : NULL;
}

struct btcp_pool *btcp_pool_find(struct btcp_frontend_net *fn, const char *name)
{
	struct btcp_pool *pool;

	lockdep_assert_held(&fn->config);
	list_for_each_entry(pool, &fn->pools, list)
		if (!strcmp(pool->name, name))
			return pool;
	return NULL;
}

struct btcp_members *btcp_members_alloc(unsigned int count)
{
	struct btcp_members *members;

	members = kzalloc(struct_size(members, member, count), GFP_KERNEL);
	if (members)
		members->count = count;
	return members;
}

struct btcp_members *btcp_pool_members(const struct btcp_pool *pool)
{
	return rcu_dereference_protected(pool->members, lockdep_is_held(&pool->fn->config));
}

static void refer(struct btcp_members *members, int by)
{
	unsigned int i;

	for (i = 0; i < members->count; i++)
		members->member[i].backend->members += by;
}

struct btcp_pool *btcp_pool_new(struct btcp_frontend_net *fn, const char *name,
				const struct btcp_policy *policy,
				struct btcp_members *members)
{
	struct btcp_pool *pool = kzalloc(sizeof(*pool), GFP_KERNEL);

	lockdep_assert_held(&fn->config);
	if (!pool)
		return ERR_PTR(-ENOMEM);
	refcount_set(&pool->ref, 1);
	pool->fn = fn;
	strscpy(pool->name, name, sizeof(pool->name));
	pool->policy = policy;
	spin_lock_init(&pool->lock);
	refer(members, 1);
	RCU_INIT_POINTER(pool->members, members);
	list_add_tail(&pool->list, &fn->pools);
	return pool;
}

void btcp_pool_set_members(struct btcp_pool *pool, struct btcp_members *members)
{
	struct btcp_members *old = btcp_pool_members(pool);

	refer(members, 1);
	refer(old, -1);
	rcu_assign_pointer(pool->members, members);
	btcp_net_promise_changed(pool->fn);
	kfree_rcu(old, rcu);
}

void btcp_pool_delete(struct btcp_pool *pool)
{
	static const struct btcp_members none;
	struct btcp_members *members = btcp_pool_members(pool);

	lockdep_assert_held(&pool->fn->config);
	/* A connection that is being handed off may look once more. */
	rcu_assign_pointer(pool->members, (struct btcp_members *)&none);
	refer(members, -1);
	kfree_rcu(members, rcu);
	list_del(&pool->list);
	btcp_net_promise_changed(pool->fn);
	btcp_pool_put(pool);
}

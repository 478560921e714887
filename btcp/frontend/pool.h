/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A pool: an ordered set of members, which are back-ends with a weight, and
 * the policy that picks one.
 */
#ifndef _BTCP_FRONTEND_POOL_H
#define _BTCP_FRONTEND_POOL_H

#include <linux/btcp.h>

#include "btcp/frontend/net.h"
#include "btcp/frontend/policy.h"

struct btcp_backend;

/* So that a pool fits one netlink message. */
#define BTCP_MEMBERS_MAX	128

/**
 * struct btcp_member - a back-end in a pool
 * @backend: lives as long as the member is in a pool's array, and for RCU
 *	readers of an old array a grace period longer
 * @weight: its own, if @has_weight; else the back-end's counts
 * @has_weight: see there
 * @current_weight: of wrr, under the pool's @lock
 */
struct btcp_member {
	struct btcp_backend *backend;
	u32 weight;
	bool has_weight;
	s64 current_weight;
};

/**
 * struct btcp_members - what a pool consists of, replaced as a whole
 * @rcu: frees it
 * @count: of @member
 * @member: in the order configured
 */
struct btcp_members {
	struct rcu_head rcu;
	unsigned int count;
	struct btcp_member member[];
};

/**
 * struct btcp_pool - a pool
 * @list: in btcp_frontend_net.pools; @config
 * @ref: 1 for the configuration, 1 for each connection being handed off
 * @fn: namespace
 * @name: constant
 * @rules: rules that name it; @config
 * @policy: READ_ONCE
 * @members: never NULL; RCU, written under @config
 * @lock: the policy's
 * @rcu: frees it
 */
struct btcp_pool {
	struct list_head list;
	refcount_t ref;
	struct btcp_frontend_net *fn;
	char name[BTCP_NAME_LEN + 1];
	unsigned int rules;
	const struct btcp_policy *policy;
	struct btcp_members __rcu *members;
	spinlock_t lock;	/* the scheduler's */
	struct rcu_head rcu;
};

/**
 * btcp_pool_get() - keep a pool
 * @pool: found under RCU
 *
 * Context: any.
 * Return: false if its last reference is gone.
 */
static inline bool btcp_pool_get(struct btcp_pool *pool)
{
	return refcount_inc_not_zero(&pool->ref);
}

/**
 * btcp_pool_put() - drop a reference
 * @pool: pool, or NULL
 *
 * Context: any.
 */
void btcp_pool_put(struct btcp_pool *pool);

/**
 * btcp_pool_pick() - choose a back-end for a connection
 * @pool: pool
 * @choice: for whom
 *
 * Context: RCU read side, BH off.
 * Return: a usable back-end, with a reference for the caller, or NULL.
 */
struct btcp_backend *btcp_pool_pick(struct btcp_pool *pool, const struct btcp_choice *choice);

/**
 * btcp_member_weight() - what a policy is to go by
 * @member: member
 * @choice: for whom
 *
 * Context: RCU read side.
 * Return: 0 if it is not to be picked: not usable, tried, or of no weight.
 */
u32 btcp_member_weight(const struct btcp_member *member, const struct btcp_choice *choice);

/**
 * btcp_pool_find() - by name
 * @fn: namespace
 * @name: name
 *
 * Context: @config held.
 * Return: the pool or NULL.
 */
struct btcp_pool *btcp_pool_find(struct btcp_frontend_net *fn, const char *name);

/**
 * btcp_pool_new() - create a pool
 * @fn: namespace
 * @name: its name
 * @policy: of it
 * @members: of it; the pool's from now on, if there is one
 *
 * Context: process context; @config held.
 * Return: the pool or ERR_PTR(-ENOMEM).
 */
struct btcp_pool *btcp_pool_new(struct btcp_frontend_net *fn, const char *name,
				const struct btcp_policy *policy,
				struct btcp_members *members);

/**
 * btcp_pool_set_members() - replace the members
 * @pool: pool
 * @members: the pool's from now on
 *
 * Context: process context; @config held.
 */
void btcp_pool_set_members(struct btcp_pool *pool, struct btcp_members *members);

/**
 * btcp_pool_members() - the members, for those who may change them
 * @pool: pool
 *
 * Context: @config held.
 */
struct btcp_members *btcp_pool_members(const struct btcp_pool *pool);

/**
 * btcp_members_alloc() - room for members
 * @count: so many
 *
 * Context: process context.
 * Return: the array, zero but for its count, or NULL; kfree() if not used.
 */
struct btcp_members *btcp_members_alloc(unsigned int count);

/**
 * btcp_pool_delete() - forget a pool
 * @pool: named by no rule
 *
 * Context: process context; @config held.
 */
void btcp_pool_delete(struct btcp_pool *pool);

#endif /* _BTCP_FRONTEND_POOL_H */

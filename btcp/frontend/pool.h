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

struct front_backend;
struct rule_request;

/* So that a pool fits one netlink message. */
#define FRONT_MEMBERS_MAX	128

/**
 * struct front_member - a back-end in a pool
 * @backend: lives as long as the member is in a pool's array, and for RCU
 *	readers of an old array a grace period longer
 * @weight: its own, if @has_weight; else the back-end's counts
 * @has_weight: see there
 * @current_weight: of wrr, under the pool's @lock
 */
struct front_member {
	struct front_backend *backend;
	u32 weight;
	bool has_weight;
	s64 current_weight;
};

/**
 * struct front_scheme - how a pool picks
 * @policy: policy
 * @hash: enum btcp_hash, if the policy hashes
 * @name_len: bytes in @name
 * @name: of the header, in lower case, or cookie that is hashed; terminated
 */
struct front_scheme {
	const struct front_policy *policy;
	u8 hash;
	u8 name_len;
	u8 name[BTCP_HASH_NAME_LEN + 1];
};

/**
 * struct front_members - what a pool consists of, replaced as a whole
 * @rcu: frees it
 * @scheme: constant
 * @turn: of lc: whose turn it is among equals
 * @table: the policy's, behind @member; READ_ONCE and WRITE_ONCE
 * @count: of @member
 * @member: in the order configured
 */
struct front_members {
	struct rcu_head rcu;
	struct front_scheme scheme;
	atomic_t turn;
	u8 *table;
	unsigned int count;
	struct front_member member[];
};

/**
 * struct front_pool - a pool
 * @list: in front_net.pools; @config
 * @ref: 1 for the configuration, 1 for each connection being handed off
 * @fn: namespace
 * @name: constant
 * @serial: from front_net_serial()
 * @rules: rules, and contents, that name it; @config
 * @members: never NULL; RCU, written under @config
 * @stage: enum front_stage; @config
 * @staged: in front_net.stage; @config
 * @next: members that a transaction has for a pool that is there, or NULL; @config
 * @lock: the policy's
 * @rcu: frees it
 */
struct front_pool {
	struct list_head list;
	refcount_t ref;
	struct front_net *fn;
	char name[BTCP_NAME_LEN + 1];
	u32 serial;
	unsigned int rules;
	struct front_members __rcu *members;
	u8 stage;
	struct list_head staged;
	struct front_members *next;
	spinlock_t lock;	/* the scheduler's */
	struct rcu_head rcu;
};

/**
 * front_pool_get() - keep a pool
 * @pool: found under RCU
 *
 * Context: any.
 * Return: false if its last reference is gone.
 */
static inline bool front_pool_get(struct front_pool *pool)
{
	return refcount_inc_not_zero(&pool->ref);
}

/**
 * front_pool_put() - drop a reference
 * @pool: pool, or NULL
 *
 * Context: any.
 */
void front_pool_put(struct front_pool *pool);

/**
 * front_pool_pick() - choose a back-end for a connection
 * @pool: pool
 * @choice: for whom; @spare is found out here
 *
 * Context: RCU read side, BH off.
 * Return: a usable back-end, with a reference for the caller, or NULL; unless
 *	it was only a peek, the connection is in its load until front_backend_unload().
 */
struct front_backend *front_pool_pick(struct front_pool *pool, struct front_choice *choice);

/**
 * front_members_key() - what a policy that hashes goes by
 * @members: a pool's
 * @request: what is asked; what is not known of it is left out
 *
 * Context: RCU read side.
 * Return: for front_choice; the same on every front-end.
 */
u64 front_members_key(const struct front_members *members, const struct rule_request *request);

/**
 * front_member_configured_weight() - its own, or its back-end's
 * @member: member
 *
 * Context: RCU read side, or @config held.
 */
u32 front_member_configured_weight(const struct front_member *member);

/**
 * front_member_weight() - what a policy is to go by
 * @member: member
 * @choice: for whom
 *
 * Context: RCU read side.
 * Return: 0 if it is not to be picked: not usable, tried, full, busy while another
 *	is not, or of no weight; else that in parts of FRONT_SHARE_ALL.
 */
u32 front_member_weight(const struct front_member *member, const struct front_choice *choice);

/**
 * front_pool_find() - by name
 * @fn: namespace
 * @name: name
 *
 * Context: @config held.
 * Return: the pool or NULL.
 */
struct front_pool *front_pool_find(struct front_net *fn, const char *name);

/**
 * front_pool_new() - create a pool
 * @fn: namespace
 * @name: its name
 * @members: of it; the pool's from now on, if there is one
 *
 * Context: process context; @config held.
 * Return: the pool or ERR_PTR(-ENOMEM).
 */
struct front_pool *front_pool_new(struct front_net *fn, const char *name,
				  struct front_members *members);

/**
 * front_pool_set_members() - replace the members
 * @pool: pool; within a transaction one that is in it
 * @members: the pool's from now on
 *
 * Context: process context; @config held.
 */
void front_pool_set_members(struct front_pool *pool, struct front_members *members);

/**
 * front_pool_members() - the members, for those who may change them
 * @pool: pool
 *
 * Context: @config held.
 */
struct front_members *front_pool_members(const struct front_pool *pool);

/**
 * front_pool_keep() - a transaction has a pool that is there
 * @pool: pool, not in it yet
 * @members: to be; the pool's from now on
 *
 * Context: process context; @config held.
 */
void front_pool_keep(struct front_pool *pool, struct front_members *members);

/**
 * front_pool_prepare() - a transaction is to be published: what takes time
 * @pool: in it
 *
 * Context: process context; genl lock and @config held.
 */
void front_pool_prepare(struct front_pool *pool);

/**
 * front_pool_publish() - requests see it from now on
 * @pool: in a transaction
 *
 * Context: BH off, within @published; @config held.
 */
void front_pool_publish(struct front_pool *pool);

/**
 * front_pool_settle() - forget what it was before
 * @pool: published
 *
 * Context: process context; @config held.
 */
void front_pool_settle(struct front_pool *pool);

/**
 * front_pool_unstage() - forget what a transaction had of it
 * @pool: in one that was given up; gone if it was new
 *
 * Context: process context; @config held.
 */
void front_pool_unstage(struct front_pool *pool);

/**
 * front_pools_weigh() - a back-end's weight has changed
 * @backend: back-end
 *
 * Context: process context; @config held.
 */
void front_pools_weigh(const struct front_backend *backend);

/**
 * front_members_alloc() - room for members
 * @count: so many, at most
 * @scheme: how one is to be picked
 *
 * Context: process context.
 * Return: the array, without members yet, or NULL; kvfree() if not used.
 */
struct front_members *front_members_alloc(unsigned int count, const struct front_scheme *scheme);

/**
 * front_pool_delete() - forget a pool
 * @pool: named by no rule
 *
 * Context: process context; @config held.
 */
void front_pool_delete(struct front_pool *pool);

#endif /* _BTCP_FRONTEND_POOL_H */

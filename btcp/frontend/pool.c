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
	struct front_members *members = choice->members ?: rcu_dereference(pool->members);
	unsigned int i;

	/* Who is asked next is asked later, when there may be others. */
	choice->members = NULL;
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

u64 front_members_key(const struct front_members *members, const struct rule_request *request)
{
	/* Not secret, since every front-end has to come to the same. */
	static const siphash_key_t key;
	const struct front_scheme *scheme = &members->scheme;
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
		if (front_stage_sees(fn, pool->stage) && !strcmp(pool->name, name))
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

/* What requests see, whoever asks. */
static struct front_members *seen_members(const struct front_pool *pool)
{
	return rcu_dereference_protected(pool->members, lockdep_is_held(&pool->fn->config));
}

struct front_members *front_pool_members(const struct front_pool *pool)
{
	return pool->fn->staging && pool->next ? pool->next : seen_members(pool);
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
	INIT_LIST_HEAD(&pool->staged);
	if (fn->staging) {
		pool->stage = FRONT_FRESH;
		list_add_tail(&pool->staged, &fn->stage.pools);
	}
	return pool;
}

void front_pool_set_members(struct front_pool *pool, struct front_members *members)
{
	struct front_members *old = front_pool_members(pool);

	refer(members, 1);
	refer(old, -1);
	if (pool->fn->staging && pool->next) {
		pool->next = members;
		kvfree(old);
		return;
	}
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
		struct front_members *members = seen_members(pool);
		unsigned int i;

		for (i = 0; i < members->count; i++)
			if (members->member[i].backend == backend)
				prepare(members);
	}
}

void front_pool_delete(struct front_pool *pool)
{
	static const struct front_members none = { .scheme.policy = &front_policy_wrr };
	struct front_members *members = seen_members(pool);

	lockdep_assert_held(&pool->fn->config);
	/* A connection that is being handed off may look once more. */
	rcu_assign_pointer(pool->members, (struct front_members *)&none);
	refer(members, -1);
	kvfree_rcu(members, rcu);
	list_del(&pool->list);
	front_net_promise_changed(pool->fn);
	front_pool_put(pool);
}

void front_pool_keep(struct front_pool *pool, struct front_members *members)
{
	struct front_net *fn = pool->fn;

	lockdep_assert_held(&fn->config);
	refer(members, 1);
	pool->next = members;
	pool->stage = FRONT_KEPT;
	list_add_tail(&pool->staged, &fn->stage.pools);
}

static void drop_next(struct front_pool *pool)
{
	if (!pool->next)
		return;
	refer(pool->next, -1);
	kvfree(pool->next);
	pool->next = NULL;
}

static bool same_scheme(const struct front_scheme *a, const struct front_scheme *b)
{
	return a->policy == b->policy && a->hash == b->hash && a->name_len == b->name_len &&
	       !memcmp(a->name, b->name, a->name_len);
}

static bool same_members(const struct front_members *a, const struct front_members *b)
{
	unsigned int i;

	if (!same_scheme(&a->scheme, &b->scheme) || a->count != b->count)
		return false;
	for (i = 0; i < a->count; i++)
		if (a->member[i].backend != b->member[i].backend ||
		    a->member[i].has_weight != b->member[i].has_weight ||
		    a->member[i].weight != b->member[i].weight)
			return false;
	return true;
}

void front_pool_prepare(struct front_pool *pool)
{
	/* Whose turn it is, and who had which URL, need not be forgotten then. */
	if (pool->next && same_members(pool->next, seen_members(pool)))
		drop_next(pool);
	if (pool->next)
		prepare(pool->next);
}

void front_pool_publish(struct front_pool *pool)
{
	struct front_members *old = seen_members(pool);

	if (!pool->next)
		return;
	rcu_assign_pointer(pool->members, pool->next);
	pool->next = old;
}

void front_pool_settle(struct front_pool *pool)
{
	if (!pool->next)
		return;
	refer(pool->next, -1);
	kvfree_rcu(pool->next, rcu);
	pool->next = NULL;
}

void front_pool_unstage(struct front_pool *pool)
{
	lockdep_assert_held(&pool->fn->config);
	if (pool->stage == FRONT_FRESH) {
		front_pool_delete(pool);
		return;
	}
	drop_next(pool);
	pool->stage = FRONT_STANDS;
}

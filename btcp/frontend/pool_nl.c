// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/netlink.h"
#include "btcp/frontend/pool.h"
#include "btcp/http_field.h"
#include "handoff/transaction.h"

/* NLA_POLICY_MAX() has 16 bits and a sign; 6.1 wants this one writable. */
static struct netlink_range_validation weight_range = {
	.max = BTCP_WEIGHT_MAX,
};

static const struct nla_policy member_policy[BTCP_A_WEIGHT + 1] = {
	[BTCP_A_NAME]	= { .type = NLA_NUL_STRING, .len = BTCP_NAME_LEN },
	[BTCP_A_WEIGHT]	= NLA_POLICY_FULL_RANGE(NLA_U32, &weight_range),
};

static struct front_pool *find(struct front_net *fn, struct genl_info *info,
			       int attr, int *err)
{
	char name[BTCP_NAME_LEN + 1];
	struct front_pool *pool;

	*err = handoff_nl_name(info, attr, "a pool's name is needed", name);
	if (*err)
		return NULL;
	pool = front_pool_find(fn, name);
	if (!pool)
		*err = front_nl_refuse(info, attr, -ENOENT, "there is no such pool");
	return pool;
}

static struct front_member *find_member(struct front_members *members,
					const struct front_backend *backend)
{
	unsigned int i;

	for (i = 0; i < members->count; i++)
		if (members->member[i].backend == backend)
			return &members->member[i];
	return NULL;
}

/* One MEMBER nest becomes the next member of the array. */
static int read_member(struct front_net *fn, const struct nlattr *nest,
		       struct front_members *members, struct netlink_ext_ack *extack)
{
	struct front_member *member = &members->member[members->count];
	struct nlattr *tb[BTCP_A_WEIGHT + 1];
	int err;

	err = nla_parse_nested(tb, BTCP_A_WEIGHT, nest, member_policy, extack);
	if (err)
		return err;
	if (!tb[BTCP_A_NAME]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "a member needs its back-end's name");
		return -EINVAL;
	}
	member->backend = front_backend_find(fn, nla_data(tb[BTCP_A_NAME]));
	if (!member->backend) {
		NL_SET_ERR_MSG_ATTR(extack, tb[BTCP_A_NAME], "there is no such back-end");
		return -ENOENT;
	}
	if (find_member(members, member->backend)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[BTCP_A_NAME], "this back-end is named twice");
		return -EINVAL;
	}
	if (tb[BTCP_A_WEIGHT]) {
		member->weight = nla_get_u32(tb[BTCP_A_WEIGHT]);
		member->has_weight = true;
	}
	members->count++;
	return 0;
}

static struct front_members *read_members(struct front_net *fn, struct genl_info *info,
					  const struct front_scheme *scheme)
{
	struct front_members *members;
	const struct nlattr *attr;
	unsigned int count = 0;
	int err, rem;

	front_nl_each(attr, info, rem)
		count += nla_type(attr) == BTCP_A_MEMBER;
	if (count > FRONT_MEMBERS_MAX) {
		front_nl_refuse(info, BTCP_A_MEMBER, -E2BIG, "a pool has at most 128 members");
		return ERR_PTR(-E2BIG);
	}
	members = front_members_alloc(count, scheme);
	if (!members)
		return ERR_PTR(-ENOMEM);
	front_nl_each(attr, info, rem) {
		if (nla_type(attr) != BTCP_A_MEMBER)
			continue;
		err = read_member(fn, attr, members, info->extack);
		if (err) {
			kvfree(members);
			return ERR_PTR(err);
		}
	}
	return members;
}

static int read_hash(struct genl_info *info, struct front_scheme *scheme)
{
	const struct nlattr *name = info->attrs[BTCP_A_HASH_NAME];
	bool named;

	scheme->hash = nla_get_u8(info->attrs[BTCP_A_HASH]);
	named = scheme->hash == BTCP_HASH_HEADER || scheme->hash == BTCP_HASH_COOKIE;
	if (named != !!name)
		return front_nl_refuse(info, BTCP_A_HASH, -EINVAL,
				       "a header or cookie is hashed by its name, nothing else has one");
	memset(scheme->name, 0, sizeof(scheme->name));
	scheme->name_len = name ? strlen(nla_data(name)) : 0;
	if (!name)
		return 0;
	if (!http_is_token(nla_data(name), scheme->name_len))
		return front_nl_refuse(info, BTCP_A_HASH_NAME, -EINVAL,
				       "name holds what no name can, or nothing");
	if (scheme->hash == BTCP_HASH_HEADER)
		http_lower(scheme->name, nla_data(name), scheme->name_len);
	else
		memcpy(scheme->name, nla_data(name), scheme->name_len);
	return 0;
}

/* What is given; the rest stays. */
static int read_scheme(struct genl_info *info, struct front_scheme *scheme)
{
	const struct nlattr *attr = info->attrs[BTCP_A_POLICY];

	if (attr) {
		scheme->policy = front_policy_find(nla_data(attr));
		if (!scheme->policy)
			return front_nl_refuse(info, BTCP_A_POLICY, -EINVAL,
					       "there is no such policy; known: wrr, lc, maglev, lard");
	}
	if (!info->attrs[BTCP_A_HASH])
		return info->attrs[BTCP_A_HASH_NAME] ?
		       front_nl_refuse(info, BTCP_A_HASH_NAME, -EINVAL,
				       "the name of what: a header or a cookie?") : 0;
	if (!scheme->policy->hashes)
		return front_nl_refuse(info, 0, -EINVAL,
				       "only policies maglev and lard hash anything");
	return read_hash(info, scheme);
}

static unsigned int count_pools(const struct front_net *fn)
{
	const struct front_pool *pool;
	unsigned int n = 0;

	list_for_each_entry(pool, &fn->pools, list)
		n += front_stage_sees(fn, pool->stage);
	return n;
}

/* A pool that a transaction has not named yet. */
static struct front_pool *standing(struct front_net *fn, const char *name)
{
	struct front_pool *pool;

	list_for_each_entry(pool, &fn->pools, list)
		if (fn->staging && pool->stage == FRONT_STANDS && !strcmp(pool->name, name))
			return pool;
	return NULL;
}

int front_nl_pool_new(struct front_net *fn, struct genl_info *info)
{
	struct front_scheme scheme = { .policy = &front_policy_wrr };
	char name[BTCP_NAME_LEN + 1];
	struct front_members *members;
	struct front_pool *pool;
	int err;

	err = handoff_nl_name(info, BTCP_A_NAME, "a pool's name is needed", name);
	if (!err)
		err = read_scheme(info, &scheme);
	if (err)
		return err;
	if (front_pool_find(fn, name))
		return front_nl_refuse(info, BTCP_A_NAME, -EEXIST,
				       "there is a pool of that name already");
	if (count_pools(fn) >= handoff_transaction_limit(fn->net, HANDOFF_LIMIT_POOLS))
		return front_nl_refuse(info, BTCP_A_NAME, -ENOSPC, "limit pools is reached");
	members = read_members(fn, info, &scheme);
	if (IS_ERR(members))
		return PTR_ERR(members);
	pool = standing(fn, name);
	if (pool)
		front_pool_keep(pool, members);
	else
		pool = front_pool_new(fn, name, members);
	if (IS_ERR(pool))
		kvfree(members);
	return PTR_ERR_OR_ZERO(pool);
}

/* A copy of the members, with room for @more; they are picked as @scheme says. */
static struct front_members *copy_members(const struct front_pool *pool,
					  const struct front_scheme *scheme, unsigned int more)
{
	const struct front_members *old = front_pool_members(pool);
	struct front_members *members = front_members_alloc(old->count + more, scheme);
	unsigned int i;

	if (!members)
		return ERR_PTR(-ENOMEM);
	members->count = old->count;
	for (i = 0; i < old->count; i++) {
		members->member[i].backend = old->member[i].backend;
		members->member[i].weight = old->member[i].weight;
		members->member[i].has_weight = old->member[i].has_weight;
	}
	return members;
}

static struct front_members *more_members(const struct front_pool *pool, unsigned int more)
{
	return copy_members(pool, &front_pool_members(pool)->scheme, more);
}

int front_nl_pool_set(struct front_net *fn, struct genl_info *info)
{
	struct front_members *members;
	struct front_scheme scheme;
	struct front_pool *pool;
	int err;

	pool = find(fn, info, BTCP_A_NAME, &err);
	if (!pool)
		return err;
	scheme = front_pool_members(pool)->scheme;
	err = read_scheme(info, &scheme);
	if (err)
		return err;
	members = info->attrs[BTCP_A_MEMBER] ? read_members(fn, info, &scheme) :
					       copy_members(pool, &scheme, 0);
	if (IS_ERR(members))
		return PTR_ERR(members);
	front_pool_set_members(pool, members);
	return 0;
}

int front_nl_pool_del(struct front_net *fn, struct genl_info *info)
{
	struct front_pool *pool;
	int err;

	pool = find(fn, info, BTCP_A_NAME, &err);
	if (!pool)
		return err;
	if (pool->rules)
		return front_nl_refuse(info, BTCP_A_NAME, -EBUSY,
				       "a rule or content sends requests to the pool: delete that first");
	front_pool_delete(pool);
	return 0;
}

/* The pool and the back-end of a MEMBER command. */
static int read_pair(struct front_net *fn, struct genl_info *info,
		     struct front_pool **pool, struct front_backend **backend)
{
	char name[BTCP_NAME_LEN + 1];
	int err;

	*pool = find(fn, info, BTCP_A_POOL, &err);
	if (!*pool)
		return err;
	err = handoff_nl_name(info, BTCP_A_NAME, "a member needs its back-end's name", name);
	if (err)
		return err;
	*backend = front_backend_find(fn, name);
	if (!*backend)
		return front_nl_refuse(info, BTCP_A_NAME, -ENOENT, "there is no such back-end");
	return 0;
}

static void set_weight(struct front_member *member, struct genl_info *info)
{
	if (!info->attrs[BTCP_A_WEIGHT])
		return;
	member->weight = nla_get_u32(info->attrs[BTCP_A_WEIGHT]);
	member->has_weight = true;
}

int front_nl_member_new(struct front_net *fn, struct genl_info *info)
{
	struct front_members *members;
	struct front_backend *backend;
	struct front_pool *pool;
	int err;

	err = read_pair(fn, info, &pool, &backend);
	if (err)
		return err;
	if (find_member(front_pool_members(pool), backend))
		return front_nl_refuse(info, BTCP_A_NAME, -EEXIST,
				       "the back-end is a member of the pool already");
	if (front_pool_members(pool)->count == FRONT_MEMBERS_MAX)
		return front_nl_refuse(info, BTCP_A_NAME, -E2BIG,
				       "a pool has at most 128 members");
	members = more_members(pool, 1);
	if (IS_ERR(members))
		return PTR_ERR(members);
	members->member[members->count].backend = backend;
	set_weight(&members->member[members->count++], info);
	front_pool_set_members(pool, members);
	return 0;
}

int front_nl_member_set(struct front_net *fn, struct genl_info *info)
{
	struct front_members *members;
	struct front_backend *backend;
	struct front_pool *pool;
	int err;

	err = read_pair(fn, info, &pool, &backend);
	if (err)
		return err;
	if (!find_member(front_pool_members(pool), backend))
		return front_nl_refuse(info, BTCP_A_NAME, -ENOENT,
				       "the back-end is no member of the pool");
	members = more_members(pool, 0);
	if (IS_ERR(members))
		return PTR_ERR(members);
	set_weight(find_member(members, backend), info);
	front_pool_set_members(pool, members);
	return 0;
}

int front_nl_member_del(struct front_net *fn, struct genl_info *info)
{
	struct front_members *members;
	struct front_backend *backend;
	struct front_member *member;
	struct front_pool *pool;
	int err;

	err = read_pair(fn, info, &pool, &backend);
	if (err)
		return err;
	if (!find_member(front_pool_members(pool), backend))
		return front_nl_refuse(info, BTCP_A_NAME, -ENOENT,
				       "the back-end is no member of the pool");
	members = more_members(pool, 0);
	if (IS_ERR(members))
		return PTR_ERR(members);
	member = find_member(members, backend);
	members->count--;
	memmove(member, member + 1,
		(char *)&members->member[members->count] - (char *)member);
	front_pool_set_members(pool, members);
	return 0;
}

static int put_member(struct sk_buff *skb, const struct front_member *member)
{
	struct nlattr *nest = nla_nest_start(skb, BTCP_A_MEMBER);

	if (!nest || nla_put_string(skb, BTCP_A_NAME, member->backend->name) ||
	    (member->has_weight && nla_put_u32(skb, BTCP_A_WEIGHT, member->weight)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_scheme(struct sk_buff *skb, const struct front_scheme *scheme)
{
	if (nla_put_string(skb, BTCP_A_POLICY, scheme->policy->name) ||
	    (scheme->policy->hashes && nla_put_u8(skb, BTCP_A_HASH, scheme->hash)) ||
	    (scheme->policy->hashes && scheme->name_len &&
	     nla_put_string(skb, BTCP_A_HASH_NAME, scheme->name)))
		return -EMSGSIZE;
	return 0;
}

static int put(struct sk_buff *skb, struct netlink_callback *cb,
	       const struct front_pool *pool)
{
	const struct front_members *members = front_pool_members(pool);
	void *hdr = handoff_nl_new(skb, cb, BTCP_CMD_POOL_GET);
	unsigned int i;

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_string(skb, BTCP_A_NAME, pool->name) ||
	    put_scheme(skb, &members->scheme))
		goto cancel;
	for (i = 0; i < members->count; i++)
		if (put_member(skb, &members->member[i]))
			goto cancel;
	genlmsg_end(skb, hdr);
	return 0;

cancel:
	genlmsg_cancel(skb, hdr);
	return -EMSGSIZE;
}

void front_nl_pool_get(struct front_net *fn, struct sk_buff *skb,
		       struct netlink_callback *cb)
{
	const struct front_pool *pool;
	long n = 0;

	list_for_each_entry(pool, &fn->pools, list) {
		if (n++ < cb->args[0])
			continue;
		if (front_stage_sees(fn, pool->stage) && put(skb, cb, pool))
			break;
		cb->args[0]++;
	}
}

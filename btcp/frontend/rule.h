/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules of a service: which request goes to which pool.
 *
 * The rules of a service are one array, replaced as a whole, so that a request
 * sees all of a change or nothing.  Rules themselves never change.
 */
#ifndef _BTCP_FRONTEND_RULE_H
#define _BTCP_FRONTEND_RULE_H

#include <linux/rcupdate.h>

#include "btcp/path_pattern.h"

struct front_pool;

/**
 * struct front_rule - a rule
 * @rcu: frees it
 * @pref: lowest first, unique in its service; not for the default
 * @pool: lives as long as a rule names it, and a grace period longer
 * @has_path: there is a condition on the path
 * @path: the condition
 *
 * Further conditions (host, method, header ...) go beside @path.
 */
struct front_rule {
	struct rcu_head rcu;
	u32 pref;
	struct front_pool *pool;
	bool has_path;
	struct path_pattern path;
};

/**
 * struct front_rules - all of a service's
 * @rcu: frees it, not the rules
 * @fallback: the default, tried last, or NULL
 * @count: of @rule
 * @pool_count: of @pools
 * @pools: each pool named, once
 * @rule: by pref
 */
struct front_rules {
	struct rcu_head rcu;
	struct front_rule *fallback;
	unsigned int count;
	unsigned int pool_count;
	struct front_pool **pools;
	struct front_rule *rule[];
};

/**
 * struct front_request - what rules look at
 * @path: normalised
 * @path_len: 0: there is none
 * @default_only: nothing is known of it: an HTTP/2 preface
 */
struct front_request {
	const u8 *path;
	u32 path_len;
	bool default_only;
};

/**
 * front_rules_match() - the first rule all of whose conditions hold
 * @rules: a service's
 * @request: what is asked
 *
 * Context: RCU read side, or @config held.
 * Return: the rule or NULL.
 */
const struct front_rule *front_rules_match(const struct front_rules *rules,
					   const struct front_request *request);

/**
 * front_rules_alloc() - an array
 * @count: rules there is room for
 *
 * Context: process context.
 * Return: an empty array with @count set, or NULL.
 */
struct front_rules *front_rules_alloc(unsigned int count);

/**
 * front_rules_edit() - a copy with a rule put in, or in place of another, or
 *	taken out
 * @from: of a service; stays as it is
 * @old: one of its rules, or NULL
 * @new: or NULL; its pref is unique, 0 conditions make it the default
 *
 * Context: process context; @config held.
 * Return: the copy, or NULL without memory.
 */
struct front_rules *front_rules_edit(const struct front_rules *from,
				     const struct front_rule *old, struct front_rule *new);

#endif /* _BTCP_FRONTEND_RULE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules of a service: which request goes to which pool.
 *
 * The rules of a service are one array, replaced as a whole, so that a request
 * sees all of a change or nothing.  Rules themselves never change.
 */
#ifndef _BTCP_FRONTEND_RULE_H
#define _BTCP_FRONTEND_RULE_H

#include "btcp/frontend/net.h"
#include "btcp/path_pattern.h"

struct btcp_pool;
struct btcp_service;

/**
 * struct btcp_rule - a rule
 * @rcu: frees it
 * @pref: lowest first, unique in its service; not for the default
 * @pool: lives as long as a rule names it, and a grace period longer
 * @has_path: there is a condition on the path
 * @path: the condition
 *
 * Further conditions (host, method, header ...) go beside @path.
 */
struct btcp_rule {
	struct rcu_head rcu;
	u32 pref;
	struct btcp_pool *pool;
	bool has_path;
	struct path_pattern path;
};

/**
 * struct btcp_rules - all of a service's
 * @rcu: frees it, not the rules
 * @fallback: the default, tried last, or NULL
 * @count: of @rule
 * @pool_count: of @pools
 * @pools: each pool named, once
 * @rule: by pref
 */
struct btcp_rules {
	struct rcu_head rcu;
	struct btcp_rule *fallback;
	unsigned int count;
	unsigned int pool_count;
	struct btcp_pool **pools;
	struct btcp_rule *rule[];
};

/**
 * struct btcp_request - what rules look at
 * @path: normalised
 * @path_len: 0: there is none
 * @default_only: nothing is known of it: an HTTP/2 preface
 */
struct btcp_request {
	const u8 *path;
	u32 path_len;
	bool default_only;
};

/**
 * btcp_rules_match() - the first rule all of whose conditions hold
 * @rules: a service's
 * @request: what is asked
 *
 * Context: RCU read side, or @config held.
 * Return: the rule or NULL.
 */
const struct btcp_rule *btcp_rules_match(const struct btcp_rules *rules,
					 const struct btcp_request *request);

/**
 * btcp_rules_alloc() - an array
 * @count: rules there is room for
 *
 * Context: process context.
 * Return: an empty array with @count set, or NULL.
 */
struct btcp_rules *btcp_rules_alloc(unsigned int count);

/**
 * btcp_rules_of() - a service's rules, for those who may change them
 * @service: service
 *
 * Context: @config held.
 */
struct btcp_rules *btcp_rules_of(const struct btcp_service *service);

/**
 * btcp_rules_change() - put a rule in, or in place of another, or take one out
 * @service: service
 * @old: one of its rules, or NULL
 * @new: becomes the service's, or NULL; its pref is unique, 0 conditions make
 *	it the default
 *
 * Context: process context; @config held.
 * Return: 0 or -ENOMEM: then nothing changed.
 */
int btcp_rules_change(struct btcp_service *service, struct btcp_rule *old,
		      struct btcp_rule *new);

/**
 * btcp_rules_drop() - a service without rules
 * @service: being deleted
 *
 * Context: process context; @config held.
 */
void btcp_rules_drop(struct btcp_service *service);

#endif /* _BTCP_FRONTEND_RULE_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules of a service: which request goes to which pool.
 *
 * What requests see of them is a version, replaced as a whole, so that a
 * request sees all of a change or nothing.  Rules themselves never change.
 */
#ifndef _BTCP_FRONTEND_RULE_H
#define _BTCP_FRONTEND_RULE_H

#include <linux/gfp.h>
#include <linux/rbtree.h>
#include <linux/workqueue.h>

#include "btcp/rule.h"
#include "btcp/rule_index.h"

struct front_content;
struct front_pool;

/**
 * struct front_rule - a rule
 * @node: in the service's rules by pref, not of the default; @config
 * @rcu: frees it
 * @pool: lives as long as a rule names it, and a grace period longer
 * @rule: pref and conditions; the default has none; last, since it has no end
 */
struct front_rule {
	struct rb_node node;
	struct rcu_head rcu;
	struct front_pool *pool;
	struct rule rule;
};

/**
 * struct front_rule_pool - a pool that rules or content of a service name
 * @pool: pool
 * @rules: how many of them, content being one; @config
 */
struct front_rule_pool {
	struct front_pool *pool;
	unsigned int rules;
};

/**
 * struct front_rules - all of a service's rules, one version
 * @free: frees it, and what only it and the versions before it have
 * @stale: that
 * @index: all but the default
 * @content: asked before @fallback, or NULL
 * @fallback: the default, tried last, or NULL
 * @pool_count: of @pool
 * @pool: each pool named, once
 */
struct front_rules {
	struct rcu_work free;
	struct trie_node *stale;
	struct rule_index index;
	struct front_content *content;
	struct front_rule *fallback;
	unsigned int pool_count;
	struct front_rule_pool pool[];
};

/**
 * front_rule_of() - the rule around the conditions that the index knows
 * @rule: of an index
 *
 * Context: any.
 */
static inline struct front_rule *front_rule_of(const struct rule *rule)
{
	return container_of(rule, struct front_rule, rule);
}

/**
 * front_rules_route() - the pool that a request goes to
 * @rules: a service's
 * @request: what is asked
 * @rule: result: the first rule all of whose conditions hold; NULL if it was the
 *	content that named the pool, or nothing did
 *
 * Context: RCU read side, or @config held.
 * Return: the pool or NULL.
 */
struct front_pool *front_rules_route(const struct front_rules *rules,
				     const struct rule_request *request,
				     const struct front_rule **rule);

/**
 * front_rules_alloc() - a version without rules
 * @gfp: GFP_KERNEL, perhaps with __GFP_NOFAIL
 *
 * Context: process context.
 * Return: for front_rules_edit(), front_rules_retire() or kvfree(); or NULL.
 */
struct front_rules *front_rules_alloc(gfp_t gfp);

/**
 * front_rules_edit() - the next version, with a rule put in, or in place of
 *	another, or taken out
 * @from: of a service; what it sees stays as it is
 * @old: one of its rules, or NULL
 * @new: or NULL; its pref is unique, 0 conditions make it the default
 *
 * Context: process context; @config held.
 * Return: the next version, after which @from is to be retired; or NULL without
 *	memory: then nothing changed.
 */
struct front_rules *front_rules_edit(struct front_rules *from, struct front_rule *old,
				     struct front_rule *new);

/**
 * front_rules_set_content() - the next version, with other content
 * @from: of a service; what it sees stays as it is
 * @content: or NULL
 *
 * Context: process context; @config held.
 * Return: the next version, after which @from and its content are to be retired;
 *	or NULL without memory: then nothing changed.
 */
struct front_rules *front_rules_set_content(struct front_rules *from,
					    struct front_content *content);

/**
 * front_rules_retire_all() - a version goes, and none comes after it
 * @rules: reachable only by who is in an RCU read side; its rules and content
 *	are the caller's to free
 *
 * Context: process context; @config held.
 */
void front_rules_retire_all(struct front_rules *rules);

/**
 * front_rules_retire() - a version goes, with what the next does not share
 * @rules: reachable only by who is in an RCU read side
 *
 * Context: process context; @config held.
 */
void front_rules_retire(struct front_rules *rules);

/**
 * front_rules_free() - as front_rules_retire(), at once
 * @rules: a version that no reader has ever seen
 *
 * Context: process context, may sleep.
 */
void front_rules_free(struct front_rules *rules);

/**
 * front_rule_insert() - into the order by pref
 * @by_pref: a service's rules
 * @rule: its pref is unique
 *
 * Context: process context; @config held.
 */
void front_rule_insert(struct rb_root *by_pref, struct front_rule *rule);

/**
 * front_rule_from() - the rule of the lowest pref that is not below another
 * @by_pref: a service's rules
 * @pref: lowest pref wanted
 *
 * Context: @config held.
 * Return: the rule or NULL; not the default.
 */
struct front_rule *front_rule_from(const struct rb_root *by_pref, u32 pref);

/**
 * front_rule_next() - the rule of the next higher pref
 * @rule: rule
 *
 * Context: @config held.
 * Return: the rule or NULL; not the default.
 */
static inline struct front_rule *front_rule_next(struct front_rule *rule)
{
	return rb_entry_safe(rb_next(&rule->node), struct front_rule, node);
}

/**
 * front_rule_last() - the rule of the highest pref
 * @by_pref: a service's rules
 *
 * Context: @config held.
 * Return: the rule or NULL; not the default.
 */
static inline struct front_rule *front_rule_last(const struct rb_root *by_pref)
{
	return rb_entry_safe(rb_last(by_pref), struct front_rule, node);
}

#endif /* _BTCP_FRONTEND_RULE_H */

// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "btcp/frontend/rule.h"

static bool matches(const struct front_rule *rule, const struct front_request *request)
{
	return path_pattern_match(&rule->path, request->path, request->path_len);
}

const struct front_rule *front_rules_match(const struct front_rules *rules,
					   const struct front_request *request)
{
	unsigned int i;

	for (i = 0; i < rules->count && !request->default_only; i++)
		if (matches(rules->rule[i], request))
			return rules->rule[i];
	return rules->fallback;
}

/* Room behind the rules for as many pools: no more can be named. */
struct front_rules *front_rules_alloc(unsigned int count)
{
	struct front_rules *rules;
	size_t size = struct_size(rules, rule, count);

	rules = kvzalloc(size_add(size, array_size(count + 1, sizeof(*rules->pools))),
			 GFP_KERNEL);
	if (!rules)
		return NULL;
	rules->count = count;
	rules->pools = (struct front_pool **)&rules->rule[count];
	return rules;
}

static void note_pool(struct front_rules *rules, struct front_pool *pool)
{
	unsigned int i;

	for (i = 0; i < rules->pool_count; i++)
		if (rules->pools[i] == pool)
			return;
	rules->pools[rules->pool_count++] = pool;
}

static void note_pools(struct front_rules *rules)
{
	unsigned int i;

	for (i = 0; i < rules->count; i++)
		note_pool(rules, rules->rule[i]->pool);
	if (rules->fallback)
		note_pool(rules, rules->fallback->pool);
}

/* @from without @old, with @new at its place by pref. */
static void copy(struct front_rules *to, const struct front_rules *from,
		 const struct front_rule *old, struct front_rule *new)
{
	unsigned int i, n = 0;

	to->fallback = from->fallback == old ? NULL : from->fallback;
	if (new && !new->has_path) {
		to->fallback = new;
		new = NULL;
	}
	for (i = 0; i < from->count; i++) {
		if (from->rule[i] == old)
			continue;
		if (new && new->pref < from->rule[i]->pref) {
			to->rule[n++] = new;
			new = NULL;
		}
		to->rule[n++] = from->rule[i];
	}
	if (new)
		to->rule[n++] = new;
	WARN_ON_ONCE(n != to->count);
}

struct front_rules *front_rules_edit(const struct front_rules *from,
				     const struct front_rule *old, struct front_rule *new)
{
	unsigned int count = from->count;
	struct front_rules *to;

	if (old && old->has_path)
		count--;
	if (new && new->has_path)
		count++;
	to = front_rules_alloc(count);
	if (!to)
		return NULL;
	copy(to, from, old, new);
	note_pools(to);
	return to;
}

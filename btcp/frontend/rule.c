// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "btcp/frontend/content.h"
#include "btcp/frontend/net.h"
#include "btcp/frontend/rule.h"

struct front_pool *front_rules_route(const struct front_rules *rules,
				     const struct rule_request *request,
				     const struct front_rule **rule)
{
	const struct rule *found = rule_index_match(&rules->index, request);
	struct front_pool *pool = NULL;

	*rule = found ? front_rule_of(found) : NULL;
	if (!found && rules->content)
		pool = front_content_find(rules->content, request);
	if (!found && !pool)
		*rule = rules->fallback;
	return *rule ? (*rule)->pool : pool;
}

struct front_rule *front_rule_from(const struct rb_root *by_pref, u32 pref)
{
	struct rb_node *node = by_pref->rb_node;
	struct front_rule *found = NULL;

	while (node) {
		struct front_rule *rule = rb_entry(node, struct front_rule, node);

		if (rule->rule.pref < pref) {
			node = node->rb_right;
		} else {
			found = rule;
			node = node->rb_left;
		}
	}
	return found;
}

static bool less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct front_rule, node)->rule.pref <
	       rb_entry(b, struct front_rule, node)->rule.pref;
}

void front_rule_insert(struct rb_root *by_pref, struct front_rule *rule)
{
	rb_add(&rule->node, by_pref, less);
}

/* A leaf may be long: rules that nothing but their order tells apart. */
static void *alloc(size_t size)
{
	return kvmalloc(size, GFP_KERNEL);
}

/* There may be hundreds of thousands of nodes, if all rules went at once. */
void front_rules_free(struct front_rules *rules)
{
	struct trie_node *node, *next;

	for (node = rules->stale; node; node = next) {
		next = node->stale;
		kvfree(node);
		cond_resched();
	}
	kvfree(rules);
}

static void free_work(struct work_struct *work)
{
	front_rules_free(container_of(to_rcu_work(work), struct front_rules, free));
}

static void give_up(struct trie_edit *edit)
{
	struct trie_node *node, *next;

	for (node = edit->fresh; node; node = next) {
		next = node->fresh;
		kvfree(node);
	}
}

static struct front_rules *alloc_version(unsigned int pools, gfp_t gfp)
{
	struct front_rules *rules;

	rules = kvzalloc(struct_size(rules, pool, pools), gfp);
	if (rules)
		INIT_RCU_WORK(&rules->free, free_work);
	return rules;
}

struct front_rules *front_rules_alloc(gfp_t gfp)
{
	return alloc_version(0, gfp);
}

/* With room for so many pools more. */
static struct front_rules *copy(const struct front_rules *from, unsigned int more)
{
	struct front_rules *to = alloc_version(from->pool_count + more, GFP_KERNEL);

	if (!to)
		return NULL;
	to->index = from->index;
	to->content = from->content;
	to->fallback = from->fallback;
	to->pool_count = from->pool_count;
	memcpy(to->pool, from->pool, array_size(from->pool_count, sizeof(*to->pool)));
	return to;
}

static struct front_rule_pool *find_pool(struct front_rules *rules, const struct front_pool *pool)
{
	unsigned int i;

	for (i = 0; i < rules->pool_count; i++)
		if (rules->pool[i].pool == pool)
			return &rules->pool[i];
	return NULL;
}

static void name_pool(struct front_rules *rules, struct front_pool *pool)
{
	struct front_rule_pool *named = find_pool(rules, pool);

	if (!named) {
		named = &rules->pool[rules->pool_count++];
		named->pool = pool;
		named->rules = 0;
	}
	named->rules++;
}

static void unname_pool(struct front_rules *rules, const struct front_pool *pool)
{
	struct front_rule_pool *named = find_pool(rules, pool);

	if (!--named->rules)
		*named = rules->pool[--rules->pool_count];
}

static int take_out(struct front_rules *rules, struct trie_edit *edit,
		    const struct front_rule *rule)
{
	unname_pool(rules, rule->pool);
	if (rule->rule.count)
		return rule_index_remove(&rules->index, edit, &rule->rule);
	rules->fallback = NULL;
	return 0;
}

static int put_in(struct front_rules *rules, struct trie_edit *edit, struct front_rule *rule)
{
	name_pool(rules, rule->pool);
	if (rule->rule.count)
		return rule_index_add(&rules->index, edit, &rule->rule);
	rules->fallback = rule;
	return 0;
}

struct front_rules *front_rules_edit(struct front_rules *from, struct front_rule *old,
				     struct front_rule *new)
{
	struct front_rules *to = copy(from, 1);
	struct trie_edit edit = { .alloc = alloc };
	int err = 0;

	if (!to)
		return NULL;
	if (old)
		err = take_out(to, &edit, old);
	if (!err && new)
		err = put_in(to, &edit, new);
	if (err) {
		give_up(&edit);
		kvfree(to);
		return NULL;
	}
	from->stale = edit.stale;
	return to;
}

struct front_rules *front_rules_set_content(struct front_rules *from,
					    struct front_content *content)
{
	struct front_rules *to = copy(from, content ? content->pool_count : 0);
	u32 i;

	if (!to)
		return NULL;
	for (i = 0; from->content && i < from->content->pool_count; i++)
		unname_pool(to, from->content->pool[i]);
	for (i = 0; content && i < content->pool_count; i++)
		name_pool(to, content->pool[i]);
	to->content = content;
	return to;
}

void front_rules_retire(struct front_rules *rules)
{
	queue_rcu_work(front_workqueue, &rules->free);
}

void front_rules_retire_all(struct front_rules *rules)
{
	struct rule_index index = rules->index;
	struct trie_edit edit = { .alloc = alloc };

	rule_index_clear(&index, &edit);
	rules->stale = edit.stale;
	front_rules_retire(rules);
}

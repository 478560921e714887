// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/content.h"
#include "btcp/frontend/pool.h"
#include "btcp/frontend/rule.h"
#include "btcp/frontend/service.h"

/* A promise ages even without an event: the path MTU is probed silently. */
#define PROMISE_MAX_AGE	HZ

const struct rhashtable_params front_vip_params = {
	.head_offset = offsetof(struct front_vip, node),
	.key_offset = offsetof(struct front_vip, endpoint),
	.key_len = sizeof(struct handoff_endpoint),
	.automatic_shrinking = true,
};

struct front_service *front_service_at(struct front_net *fn,
				       const struct handoff_tuple *tuple)
{
	struct handoff_endpoint key = {
		.addr = tuple->server,
		.port = tuple->server_port,
		.family = tuple->family,
	};
	struct front_vip *vip;

	vip = rhashtable_lookup(&fn->vips, &key, front_vip_params);
	return vip ? vip->service : NULL;
}

/* What every back-end of the service's pools would agree to. */
static struct front_profile common_ground(struct front_service *service, u8 family,
					  bool usable_only)
{
	struct front_profile promise = { .options = 0xff, .wscale = 14,
					.window = U16_MAX, .mss = U16_MAX };
	const struct front_rules *rules = rcu_dereference(service->rules);
	unsigned int i, j;

	for (i = 0; i < rules->pool_count; i++) {
		const struct front_members *members;

		members = rcu_dereference(rules->pool[i].pool->members);
		for (j = 0; j < members->count; j++) {
			const struct front_backend *backend = members->member[j].backend;
			struct front_profile profile;

			if (usable_only && !front_backend_usable(backend, family))
				continue;
			profile = front_backend_profile(backend, family);
			if (profile.known)
				front_profile_meet(&promise, &profile);
		}
	}
	return promise;
}

static struct front_profile compute(struct front_service *service, u8 family)
{
	/* No option to regret, and a window and MSS that any TCP has. */
	static const struct front_profile plain = { .window = 8192, .mss = 1220 };
	struct front_profile promise = common_ground(service, family, true);

	if (promise.known) {
		promise.listening = true;
		return promise;
	}
	promise = common_ground(service, family, false);
	promise.listening = false;
	return promise.known ? promise : plain;
}

struct front_profile front_service_promise(struct front_service *service, u8 family)
{
	struct front_promise *p = &service->promise[family == NFPROTO_IPV6];
	int generation = atomic_read(&service->fn->generation);
	struct front_profile profile;

	/* Pairs with the release below: who sees the number sees the promise. */
	if (smp_load_acquire(&p->generation) == generation &&
	    !time_after(jiffies, READ_ONCE(p->computed) + PROMISE_MAX_AGE))
		return front_profile_unpack(atomic64_read(&p->profile));

	/*
	 * Two CPUs may both compute: the worst is that an old word is kept
	 * for a second, and what it promises wrongly the back-end refuses.
	 */
	profile = compute(service, family);
	atomic64_set(&p->profile, front_profile_pack(&profile));
	WRITE_ONCE(p->computed, jiffies);
	/* Pairs with the acquire above. */
	smp_store_release(&p->generation, generation);
	return profile;
}

struct front_service *front_service_find(struct front_net *fn, const char *name)
{
	struct front_service *service;

	lockdep_assert_held(&fn->config);
	list_for_each_entry(service, &fn->services, list)
		if (!service->deleting && !strcmp(service->name, name))
			return service;
	return NULL;
}

/* Nobody has it: never shown, or the last reference went and a grace period. */
static void free_service(struct front_service *service)
{
	handoff_stats_clean(&service->stats);
	kvfree(rcu_dereference_protected(service->rules, 1));
	kfree(service);
}

static void unlink_service(struct front_reapable *object)
{
	struct front_service *service = container_of(object, struct front_service, reapable);

	lockdep_assert_held(&service->fn->config);
	list_del(&service->list);
}

static void destroy(struct front_net *fn, struct front_reapable *object)
{
	struct front_service *service = container_of(object, struct front_service, reapable);

	lockdep_assert_held(&fn->config);
	free_service(service);
}

struct front_service *front_service_new(struct front_net *fn, const char *name)
{
	struct front_service *service;
	int err = -ENOMEM;
	int i;

	lockdep_assert_held(&fn->config);
	service = kzalloc(sizeof(*service), GFP_KERNEL);
	if (!service)
		return ERR_PTR(-ENOMEM);
	service->reapable.unlink = unlink_service;
	service->reapable.destroy = destroy;
	service->fn = fn;
	service->serial = front_net_serial(fn);
	refcount_set(&service->ref, 1);
	INIT_LIST_HEAD(&service->vips);
	strscpy(service->name, name, sizeof(service->name));
	for (i = 0; i < ARRAY_SIZE(service->promise); i++)
		service->promise[i].generation = atomic_read(&fn->generation) - 1;

	service->by_pref = RB_ROOT;
	RCU_INIT_POINTER(service->rules, front_rules_alloc(GFP_KERNEL));
	if (!rcu_access_pointer(service->rules))
		goto free;
	err = handoff_stats_init(&service->stats, front_service_counters,
				 __FRONT_SERVICE_STAT_MAX);
	if (err)
		goto free;
	err = handoff_sysfs_add(&service->sysfs, fn->net, &service->stats, NULL, NULL,
				"service:%s", name);
	if (err)
		goto free;
	list_add_tail(&service->list, &fn->services);
	return service;

free:
	free_service(service);
	return ERR_PTR(err);
}

static bool listed(const struct handoff_endpoint *endpoint,
		   const struct handoff_endpoint *endpoints, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (handoff_endpoint_equal(endpoint, &endpoints[i]))
			return true;
	return false;
}

static struct front_vip *own_vip(const struct front_service *service,
				 const struct handoff_endpoint *endpoint)
{
	struct front_vip *vip;

	list_for_each_entry(vip, &service->vips, list)
		if (handoff_endpoint_equal(&vip->endpoint, endpoint))
			return vip;
	return NULL;
}

static void remove_vip(struct front_service *service, struct front_vip *vip)
{
	rhashtable_remove_fast(&service->fn->vips, &vip->node, front_vip_params);
	list_del(&vip->list);
	service->vip_count--;
	kfree_rcu(vip, rcu);
}

static int add_vip(struct front_service *service, const struct handoff_endpoint *endpoint,
		   struct list_head *added)
{
	struct front_vip *vip = kzalloc(sizeof(*vip), GFP_KERNEL);
	int err;

	if (!vip)
		return -ENOMEM;
	vip->endpoint = *endpoint;
	vip->service = service;
	err = rhashtable_lookup_insert_fast(&service->fn->vips, &vip->node, front_vip_params);
	if (err) {
		kfree(vip);
		return err;
	}
	list_add_tail(&vip->list, added);
	service->vip_count++;
	return 0;
}

int front_service_set_vips(struct front_service *service,
			   const struct handoff_endpoint *endpoints, unsigned int count)
{
	struct front_vip *vip, *next;
	LIST_HEAD(added);
	unsigned int i;
	int err;

	lockdep_assert_held(&service->fn->config);
	for (i = 0; i < count; i++) {
		if (own_vip(service, &endpoints[i]))
			continue;
		err = add_vip(service, &endpoints[i], &added);
		if (err)
			goto undo;
	}
	list_for_each_entry_safe(vip, next, &service->vips, list)
		if (!listed(&vip->endpoint, endpoints, count))
			remove_vip(service, vip);
	list_splice_tail(&added, &service->vips);
	return 0;

undo:
	list_for_each_entry_safe(vip, next, &added, list)
		remove_vip(service, vip);
	return err;
}

struct front_rules *front_service_rules(const struct front_service *service)
{
	return rcu_dereference_protected(service->rules,
					 lockdep_is_held(&service->fn->config));
}

int front_service_change_rule(struct front_service *service, struct front_rule *old,
			      struct front_rule *new)
{
	struct front_rules *from = front_service_rules(service);
	struct front_rules *to = front_rules_edit(from, old, new);

	if (!to)
		return -ENOMEM;
	if (old) {
		old->pool->rules--;
		if (old->rule.count)
			rb_erase(&old->node, &service->by_pref);
	}
	if (new) {
		new->pool->rules++;
		if (new->rule.count)
			front_rule_insert(&service->by_pref, new);
	}
	rcu_assign_pointer(service->rules, to);
	front_net_promise_changed(service->fn);
	front_rules_retire(from);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

int front_service_set_content(struct front_service *service, struct front_content *content)
{
	struct front_rules *from = front_service_rules(service);
	struct front_rules *to = front_rules_set_content(from, content);

	if (!to)
		return -ENOMEM;
	rcu_assign_pointer(service->rules, to);
	front_net_promise_changed(service->fn);
	front_content_retire(from->content);
	front_rules_retire(from);
	return 0;
}

static void drop_rule(struct front_rule *rule)
{
	rule->pool->rules--;
	kfree_rcu(rule, rcu);
}

static void drop_rules(struct front_service *service)
{
	struct front_rules *from = front_service_rules(service);
	struct front_rule *rule, *next;

	/* Deleting cannot fail: a few bytes are worth waiting for. */
	rcu_assign_pointer(service->rules, front_rules_alloc(GFP_KERNEL | __GFP_NOFAIL));
	if (from->fallback)
		drop_rule(from->fallback);
	rbtree_postorder_for_each_entry_safe(rule, next, &service->by_pref, node)
		drop_rule(rule);
	service->by_pref = RB_ROOT;
	front_content_retire(from->content);
	front_rules_retire_all(from);
}

void front_service_delete(struct front_service *service)
{
	struct front_vip *vip, *next;

	lockdep_assert_held(&service->fn->config);
	WRITE_ONCE(service->deleting, true);
	list_for_each_entry_safe(vip, next, &service->vips, list)
		remove_vip(service, vip);
	front_content_load_drop(service->load);
	service->load = NULL;
	drop_rules(service);
	/* The name is free from now on. */
	handoff_sysfs_del(&service->sysfs);
	front_service_put(service->fn, service);
}

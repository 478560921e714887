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
	return vip ? READ_ONCE(vip->service) : NULL;
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
		if (!service->deleting && front_stage_sees(fn, service->stage) &&
		    !strcmp(service->name, name))
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
	INIT_LIST_HEAD(&service->staged);
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
	if (fn->staging)
		service->stage = FRONT_FRESH;
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

static void free_vip(struct front_net *fn, struct front_vip *vip)
{
	rhashtable_remove_fast(&fn->vips, &vip->node, front_vip_params);
	kfree_rcu(vip, rcu);
}

static void remove_vip(struct front_service *service, struct front_vip *vip)
{
	list_del(&vip->list);
	free_vip(service->fn, vip);
}

/* @service is NULL if it is nobody's yet. */
static struct front_vip *new_vip(struct front_net *fn, struct front_service *service,
				 const struct handoff_endpoint *endpoint)
{
	struct front_vip *vip = kzalloc(sizeof(*vip), GFP_KERNEL);
	int err;

	if (!vip)
		return ERR_PTR(-ENOMEM);
	vip->endpoint = *endpoint;
	vip->service = service;
	INIT_LIST_HEAD(&vip->list);
	err = rhashtable_lookup_insert_fast(&fn->vips, &vip->node, front_vip_params);
	if (err) {
		kfree(vip);
		return ERR_PTR(err);
	}
	return vip;
}

static int add_vip(struct front_service *service, const struct handoff_endpoint *endpoint,
		   struct list_head *added)
{
	struct front_vip *vip = new_vip(service->fn, service, endpoint);

	if (IS_ERR(vip))
		return PTR_ERR(vip);
	list_add_tail(&vip->list, added);
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

/* What requests see, whoever asks. */
static struct front_rules *seen_rules(const struct front_service *service)
{
	return rcu_dereference_protected(service->rules,
					 lockdep_is_held(&service->fn->config));
}

struct front_rules *front_service_rules(const struct front_service *service)
{
	return service->fn->staging ? service->next->rules : seen_rules(service);
}

/* The next version takes the place of what it was made from. */
static void replace_rules(struct front_service *service, struct front_rules *from,
			  struct front_rules *to)
{
	if (service->fn->staging) {
		service->next->rules = to;
		front_rules_free(from);
		return;
	}
	rcu_assign_pointer(service->rules, to);
	front_net_promise_changed(service->fn);
	front_rules_retire(from);
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
			rb_erase(&old->node, front_service_by_pref(service));
	}
	if (new) {
		new->pool->rules++;
		if (new->rule.count)
			front_rule_insert(front_service_by_pref(service), new);
	}
	replace_rules(service, from, to);
	if (old)
		kfree_rcu(old, rcu);
	return 0;
}

int front_service_set_content(struct front_service *service, struct front_content *content)
{
	struct front_rules *from = front_service_rules(service);
	struct front_rules *to = front_rules_set_content(from, content);
	struct front_content *old = from->content;

	if (!to)
		return -ENOMEM;
	replace_rules(service, from, to);
	front_content_retire(old);
	return 0;
}

static void drop_rule(struct front_rule *rule)
{
	rule->pool->rules--;
	kfree_rcu(rule, rcu);
}

/* All of them, of a version that nobody can find any more. */
static void drop_rules(struct front_rules *rules, struct rb_root *by_pref)
{
	struct front_rule *rule, *next;

	if (rules->fallback)
		drop_rule(rules->fallback);
	rbtree_postorder_for_each_entry_safe(rule, next, by_pref, node)
		drop_rule(rule);
	*by_pref = RB_ROOT;
	front_content_retire(rules->content);
	front_rules_retire_all(rules);
}

void front_service_delete(struct front_service *service)
{
	struct front_rules *rules = seen_rules(service);
	struct front_vip *vip, *next;

	lockdep_assert_held(&service->fn->config);
	WRITE_ONCE(service->deleting, true);
	list_for_each_entry_safe(vip, next, &service->vips, list)
		remove_vip(service, vip);
	front_content_load_drop(service->load);
	service->load = NULL;
	/* Deleting cannot fail: a few bytes are worth waiting for. */
	rcu_assign_pointer(service->rules, front_rules_alloc(GFP_KERNEL | __GFP_NOFAIL));
	drop_rules(rules, &service->by_pref);
	/* The name is free from now on. */
	handoff_sysfs_del(&service->sysfs);
	front_service_put(service->fn, service);
}

int front_service_keep(struct front_service *service)
{
	struct front_service_next *next = kzalloc(sizeof(*next), GFP_KERNEL);
	struct front_net *fn = service->fn;

	lockdep_assert_held(&fn->config);
	if (!next)
		return -ENOMEM;
	next->rules = front_rules_alloc(GFP_KERNEL);
	if (!next->rules) {
		kfree(next);
		return -ENOMEM;
	}
	next->by_pref = RB_ROOT;
	INIT_LIST_HEAD(&next->vips);
	service->next = next;
	if (service->stage == FRONT_STANDS)
		service->stage = FRONT_KEPT;
	list_add_tail(&service->staged, &fn->stage.services);
	return 0;
}

int front_service_stage_vip(struct front_service *service,
			    const struct handoff_endpoint *endpoint)
{
	struct front_net *fn = service->fn;
	struct front_vip *vip;

	lockdep_assert_held(&fn->config);
	rcu_read_lock();
	vip = rhashtable_lookup(&fn->vips, endpoint, front_vip_params);
	rcu_read_unlock();
	if (!vip)
		vip = new_vip(fn, NULL, endpoint);
	if (IS_ERR(vip))
		return PTR_ERR(vip);
	vip->staged = service;
	list_add_tail(&vip->staged_list, &service->next->vips);
	return 0;
}

void front_service_publish(struct front_service *service)
{
	struct front_service_next *next = service->next;
	struct front_rules *old = seen_rules(service);
	struct front_vip *vip;

	rcu_assign_pointer(service->rules, next->rules);
	next->rules = old;
	swap(service->by_pref, next->by_pref);
	WRITE_ONCE(service->set.proto, next->set.proto);
	WRITE_ONCE(service->set.requests, next->set.requests);
	WRITE_ONCE(service->set.admin, next->set.admin);
	WRITE_ONCE(service->set.persist_timeout, next->set.persist_timeout);
	WRITE_ONCE(service->set.persist, next->set.persist);
	list_for_each_entry(vip, &service->vips, list)
		if (!vip->staged)
			WRITE_ONCE(vip->service, NULL);
	list_for_each_entry(vip, &next->vips, staged_list)
		WRITE_ONCE(vip->service, service);
}

/* Some may come from another service, and some go to one that has its turn later. */
static void settle_vips(struct front_service *service)
{
	struct list_head *staged = &service->next->vips;
	struct front_vip *vip, *next;

	list_for_each_entry(vip, staged, staged_list)
		list_del_init(&vip->list);
	list_for_each_entry_safe(vip, next, &service->vips, list)
		if (!vip->staged)
			remove_vip(service, vip);
	list_for_each_entry_safe(vip, next, staged, staged_list) {
		list_del(&vip->staged_list);
		vip->staged = NULL;
		list_add_tail(&vip->list, &service->vips);
	}
}

static void drop_next(struct front_service *service)
{
	struct front_service_next *next = service->next;

	front_content_load_drop(next->load);
	drop_rules(next->rules, &next->by_pref);
	kfree(next);
	service->next = NULL;
}

void front_service_settle(struct front_service *service)
{
	lockdep_assert_held(&service->fn->config);
	settle_vips(service);
	/* Who was loading content is too late. */
	front_content_load_drop(service->load);
	service->load = NULL;
	drop_next(service);
}

void front_service_unstage(struct front_service *service)
{
	struct front_vip *vip, *next;

	lockdep_assert_held(&service->fn->config);
	list_for_each_entry_safe(vip, next, &service->next->vips, staged_list) {
		list_del(&vip->staged_list);
		vip->staged = NULL;
		if (!vip->service)
			free_vip(service->fn, vip);
	}
	drop_next(service);
	if (service->stage == FRONT_FRESH)
		front_service_delete(service);
	else
		service->stage = FRONT_STANDS;
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/random.h>
#include <linux/wait_bit.h>
#include <net/genetlink.h>

#include "bip/forward.h"
#include "btcp/frontend/backend.h"
#include "btcp/frontend/backlog.h"
#include "btcp/frontend/close.h"
#include "btcp/frontend/flow.h"
#include "btcp/frontend/input.h"
#include "btcp/frontend/persist.h"
#include "btcp/frontend/pool.h"
#include "btcp/frontend/role.h"
#include "btcp/frontend/service.h"
#include "handoff/hooks.h"

/* Before conntrack; and behind the input filter, which decides who may connect. */
static const struct nf_hook_ops hooks[] = {
	{
		.hook = bip_hook,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = HANDOFF_HOOK_FIRST,
	},
	{
		.hook = front_input_hook,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = HANDOFF_HOOK_LAST,
	},
};

int front_role_hook(struct front_net *fn)
{
	int err;

	lockdep_assert_held(&fn->config);
	if (fn->hooked)
		return 0;
	/* From the first service on: most namespaces never need it. */
	if (!fn->backlog)
		fn->backlog = front_backlog_new();
	if (!fn->backlog)
		return -ENOMEM;
	err = handoff_hooks_add(fn->net, hooks, ARRAY_SIZE(hooks));
	fn->hooked = !err;
	return err;
}

static void unhook(struct front_net *fn)
{
	lockdep_assert_held(&fn->config);
	if (!fn->hooked)
		return;
	handoff_hooks_del(fn->net, hooks, ARRAY_SIZE(hooks));
	fn->hooked = false;
}

static void reap(struct front_net *fn)
{
	struct front_reapable *object, *next;
	struct llist_node *list;

	lockdep_assert_held(&fn->config);
	list = llist_del_all(&fn->reapable);
	if (!list)
		return;
	llist_for_each_entry(object, list, node)
		object->unlink(object);
	/*
	 * A packet may still be with a flow whose last reference went, and a
	 * heartbeat on its way through a list.  One wait for all of them.
	 */
	synchronize_net();
	llist_for_each_entry_safe(object, next, list, node)
		object->destroy(fn, object);
}

static void reap_work(struct work_struct *work)
{
	struct front_net *fn = container_of(work, struct front_net, reap);

	/* Closing a session is configuration. */
	genl_lock();
	mutex_lock(&fn->config);
	reap(fn);
	/* Deleted services have flows that need the hooks: none is left now. */
	if (list_empty(&fn->services) && !atomic_read(&fn->table.count))
		unhook(fn);
	mutex_unlock(&fn->config);
	genl_unlock();
}

static const struct handoff_table_ops table_ops = {
	.expired = front_close_expired,
	.kill = front_close_kill,
	.release = front_flow_release,
};

static int __net_init net_init(struct net *net)
{
	struct front_net *fn = front_net(net);
	int err;

	fn->net = net;
	mutex_init(&fn->config);
	INIT_LIST_HEAD(&fn->services);
	INIT_LIST_HEAD(&fn->backends);
	INIT_LIST_HEAD(&fn->backends_shown);
	INIT_LIST_HEAD(&fn->pools);
	INIT_LIST_HEAD(&fn->stage.services);
	INIT_LIST_HEAD(&fn->stage.backends);
	INIT_LIST_HEAD(&fn->stage.pools);
	seqlock_init(&fn->published);
	init_llist_head(&fn->reapable);
	INIT_WORK(&fn->reap, reap_work);
	atomic64_set(&fn->last_id, ktime_get_real_ns());
	get_random_bytes(&fn->key, sizeof(fn->key));
	get_random_bytes(&fn->cookie_key, sizeof(fn->cookie_key));

	err = handoff_stats_init(&fn->stats, front_counters, __FRONT_STAT_MAX);
	if (err)
		return err;
	err = rhashtable_init(&fn->vips, &front_vip_params);
	if (err)
		goto stats;
	err = front_persist_init(fn);
	if (err)
		goto vips;
	err = handoff_table_init(&fn->table, net, &table_ops, front_flow_cache);
	if (err)
		goto persist;
	err = handoff_sysfs_add(&fn->sysfs, net, &fn->stats, NULL, NULL, "frontend");
	if (err)
		goto table;
	return 0;

table:
	handoff_table_clean(&fn->table);
persist:
	front_persist_clean(fn);
vips:
	rhashtable_destroy(&fn->vips);
stats:
	handoff_stats_clean(&fn->stats);
	return err;
}

static bool is_configured(const struct front_net *fn)
{
	lockdep_assert_held(&fn->config);
	return fn->hooked || !list_empty(&fn->services) || !list_empty(&fn->backends) ||
	       !list_empty(&fn->pools);
}

static void forget_config(struct front_net *fn)
{
	struct front_service *service, *next_service;
	struct front_backend *backend, *next_backend;
	struct front_pool *pool, *next_pool;

	list_for_each_entry_safe(service, next_service, &fn->services, list)
		if (!service->deleting)
			front_service_delete(service);
	list_for_each_entry_safe(pool, next_pool, &fn->pools, list)
		front_pool_delete(pool);
	list_for_each_entry_safe(backend, next_backend, &fn->backends, list)
		if (!backend->deleting)
			front_backend_delete(backend);
}

static void forget_deadlines(struct front_net *fn)
{
	struct front_backend *backend;

	/* What loses its last reference stays until it is reaped. */
	list_for_each_entry(backend, &fn->backends, list)
		front_backend_forget_deadline(backend);
}

static int kill_flow(struct handoff_flow *flow, void *arg)
{
	struct front_net *fn = arg;

	front_close_kill(&fn->table, flow);
	return 0;
}

/*
 * Also those that the drain's walks missed: an opening's timer may not take
 * its flow out of a table that is being freed.
 */
static void end_flows(struct front_net *fn)
{
	handoff_table_drain(&fn->table);
	while (atomic_read(&fn->table.count)) {
		handoff_table_walk(&fn->table, kill_flow, fn);
		msleep(20);
	}
}

/*
 * The end, while the devices are still there, since routes and the control
 * channel's packets need them: no connection begins any more, those that are
 * there are ended while what that sends can still pass, then no packet comes
 * any more.  The grace period behind that waits for every hook and every
 * message of the control channel that is under way.
 *
 * What may hold a flow beyond it: an opening whose timer's function runs, or a
 * walk for a lost back-end.  What may still hold a back-end: these.
 */
static void __net_exit net_pre_exit(struct net *net)
{
	struct front_net *fn = front_net(net);
	bool configured;

	WRITE_ONCE(fn->dying, true);
	mutex_lock(&fn->config);
	configured = is_configured(fn);
	mutex_unlock(&fn->config);
	/* Most namespaces never had a front-end: spare them the waits. */
	if (!configured)
		return;

	end_flows(fn);
	mutex_lock(&fn->config);
	forget_deadlines(fn);
	unhook(fn);
	mutex_unlock(&fn->config);
	synchronize_net();
	flush_workqueue(front_workqueue);
	wait_var_event(&fn->openings, !atomic_read(&fn->openings));

	/* Closing sessions is configuration, which the other role may do, too. */
	genl_lock();
	mutex_lock(&fn->config);
	forget_config(fn);
	reap(fn);
	mutex_unlock(&fn->config);
	genl_unlock();
}

static void __net_exit net_exit(struct net *net)
{
	struct front_net *fn = front_net(net);

	/* No reference is left, so nothing is queued behind this. */
	cancel_work_sync(&fn->reap);
	WARN_ON_ONCE(!list_empty(&fn->services) || !list_empty(&fn->backends));
	handoff_table_clean(&fn->table);
	handoff_sysfs_del(&fn->sysfs);
	front_persist_clean(fn);
	rhashtable_destroy(&fn->vips);
	handoff_stats_clean(&fn->stats);
	kvfree(fn->backlog);
	mutex_destroy(&fn->config);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &front_net_id,
	.size = sizeof(struct front_net),
};

int __init front_role_setup(void)
{
	int err;

	front_workqueue = alloc_workqueue("btcp_frontend", WQ_UNBOUND, 0);
	if (!front_workqueue)
		return -ENOMEM;
	err = register_pernet_subsys(&net_ops);
	if (err)
		destroy_workqueue(front_workqueue);
	return err;
}

void front_role_teardown(void)
{
	unregister_pernet_subsys(&net_ops);
	/* Versions of rules queue their work behind a grace period. */
	rcu_barrier();
	destroy_workqueue(front_workqueue);
}

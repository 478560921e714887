// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "btcp/backend/flow.h"
#include "btcp/backend/frontend.h"
#include "btcp/backend/inbound.h"
#include "btcp/backend/outbound.h"
#include "btcp/backend/profile.h"
#include "btcp/backend/role.h"
#include "btcp/backend/sweep.h"
#include "handoff/hooks.h"

unsigned int back_net_id;

static struct kmem_cache *flow_cache;

/*
 * In: so that conntrack and TCP's early demux see the translated packet.  Out:
 * so that source NAT (100), conntrack and all else see it untranslated.
 */
static const struct nf_hook_ops hooks[] = {
	{
		.hook = back_inbound_hook,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_PRE_ROUTING,
		.priority = HANDOFF_HOOK_FIRST,
	},
	{
		.hook = back_outbound_hook,
		.pf = NFPROTO_INET,
		.hooknum = NF_INET_POST_ROUTING,
		.priority = HANDOFF_HOOK_LAST,
	},
};

int back_role_hook(struct back_net *bnet)
{
	int err;

	lockdep_assert_held(&bnet->config);
	if (bnet->hooked)
		return 0;
	err = handoff_hooks_add(bnet->net, hooks, ARRAY_SIZE(hooks));
	bnet->hooked = !err;
	return err;
}

static void unhook(struct back_net *bnet)
{
	lockdep_assert_held(&bnet->config);
	if (!bnet->hooked)
		return;
	handoff_hooks_del(bnet->net, hooks, ARRAY_SIZE(hooks));
	bnet->hooked = false;
}

void back_role_reap(struct back_net *bnet)
{
	back_frontends_reap(bnet);
	if (list_empty(&bnet->frontends))
		unhook(bnet);
}

static void reap_work(struct work_struct *work)
{
	struct back_net *bnet = container_of(work, struct back_net, reap);

	genl_lock();
	mutex_lock(&bnet->config);
	back_role_reap(bnet);
	mutex_unlock(&bnet->config);
	genl_unlock();
}

static const struct handoff_table_ops table_ops = {
	.expired = back_sweep_expired,
	.kill = back_sweep_kill,
	.release = back_flow_release,
};

static int __net_init net_init(struct net *net)
{
	struct back_net *bnet = back_net(net);
	int err;

	bnet->net = net;
	mutex_init(&bnet->config);
	INIT_LIST_HEAD(&bnet->frontends);
	INIT_LIST_HEAD(&bnet->shown);
	INIT_LIST_HEAD(&bnet->staged);
	INIT_WORK(&bnet->reap, reap_work);
	INIT_WORK(&bnet->tell, back_sweep_tell);

	err = handoff_table_init(&bnet->table, net, &table_ops, flow_cache);
	if (err)
		return err;
	err = handoff_stats_init(&bnet->stats, back_stats_table, __BACK_STAT_MAX);
	if (err)
		goto table;
	/* Last: it shows the counters. */
	err = handoff_sysfs_add(&bnet->sysfs, net, &bnet->stats, NULL, NULL, "backend");
	if (err)
		goto stats;
	return 0;

stats:
	handoff_stats_clean(&bnet->stats);
table:
	handoff_table_clean(&bnet->table);
	return err;
}

/*
 * Flows first, while the hooks still see what they say: a client must hear of
 * its connection's end, and a socket must not go on talking untranslated.
 * The grace period that frees the hooks for good follows by itself: that of
 * pernet operations, between pre_exit and exit.
 */
static void __net_exit net_pre_exit(struct net *net)
{
	struct back_net *bnet = back_net(net);

	genl_lock();
	mutex_lock(&bnet->config);
	WRITE_ONCE(bnet->going, true);
	/* Nothing configured: no flows; spare the namespace the drain's wait. */
	if (bnet->hooked) {
		back_profile_tell_all(bnet);
		handoff_table_drain(&bnet->table);
		back_sweep_accepts(bnet);
		back_frontends_close(bnet);
		unhook(bnet);
	}
	cancel_work_sync(&bnet->tell);
	mutex_unlock(&bnet->config);
	genl_unlock();
}

static void __net_exit net_exit(struct net *net)
{
	struct back_net *bnet = back_net(net);

	/* Drops the flows' references to their frontends, which queues @reap. */
	handoff_table_clean(&bnet->table);
	cancel_work_sync(&bnet->reap);
	back_frontends_free(bnet);
	handoff_sysfs_del(&bnet->sysfs);
	handoff_stats_clean(&bnet->stats);
	mutex_destroy(&bnet->config);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &back_net_id,
	.size = sizeof(struct back_net),
};

int __init back_role_setup(void)
{
	int err;

	flow_cache = KMEM_CACHE(back_flow, SLAB_HWCACHE_ALIGN);
	if (!flow_cache)
		return -ENOMEM;
	err = register_pernet_subsys(&net_ops);
	if (err)
		kmem_cache_destroy(flow_cache);
	return err;
}

void back_role_teardown(void)
{
	unregister_pernet_subsys(&net_ops);
	rcu_barrier();	/* the flows' memory goes by call_rcu() */
	kmem_cache_destroy(flow_cache);
}

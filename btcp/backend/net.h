/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What btcp_backend.ko keeps for one network namespace.  Who holds what, and
 * how it ends: docs/concurrency.md.
 */
#ifndef _BTCP_BACKEND_NET_H
#define _BTCP_BACKEND_NET_H

#include <linux/mutex.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "btcp/backend/stats.h"
#include "handoff/stats.h"
#include "handoff/sysfs.h"
#include "handoff/table.h"

/**
 * struct back_net - one namespace
 * @net: namespace
 * @table: flows, by client and local address
 * @stats: the role's totals, by enum back_stat
 * @sysfs: /sys/class/btcp/backend
 * @config: of the configuration; inside the genl lock
 * @frontends: struct back_frontend; @config, RCU for readers
 * @shown: likewise, in the order in which they are told; @config
 * @staged: struct back_frontend_next; @config
 * @frontend_count: in @frontends; @config
 * @reap: frees deleted frontends whose last flow went
 * @tell: tells front-ends that are there again of their flows
 * @head_bytes: of heads kept until TCP has acknowledged them
 * @accepts: hand-offs under way, each with its timer
 * @hooked: the hooks are registered; @config
 * @going: the role is going away: take nothing new, tell the peers
 */
struct back_net {
	struct net *net;
	struct handoff_table table;
	struct handoff_stats stats;
	struct handoff_sysfs sysfs;
	struct mutex config;	/* inside the genl lock */
	struct list_head frontends;
	struct list_head shown;
	struct list_head staged;
	unsigned int frontend_count;
	struct work_struct reap;
	struct work_struct tell;
	atomic_t head_bytes;
	atomic_t accepts;
	bool hooked;
	bool going;
};

extern unsigned int back_net_id;

/**
 * back_net() - this module's part of a namespace
 * @net: namespace
 *
 * Context: any, while @net lives.
 */
static inline struct back_net *back_net(struct net *net)
{
	return net_generic(net, back_net_id);
}

/**
 * back_count() - count one
 * @bnet: namespace
 * @which: of the role's totals
 *
 * Context: any.
 */
static inline void back_count(struct back_net *bnet, enum back_stat which)
{
	handoff_stats_inc(&bnet->stats, which);
}

#endif /* _BTCP_BACKEND_NET_H */

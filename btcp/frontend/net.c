// SPDX-License-Identifier: GPL-2.0
#include "btcp/frontend/net.h"

unsigned int front_net_id;
struct workqueue_struct *front_workqueue;

void front_net_reap(struct front_net *fn, struct llist_node *node)
{
	if (llist_add(node, &fn->reapable))
		queue_work(front_workqueue, &fn->reap);
}

bool front_rate_allow(struct front_rate *rate, u32 limit)
{
	unsigned long second = jiffies / HZ;

	if (READ_ONCE(rate->second) != second) {
		WRITE_ONCE(rate->second, second);
		atomic_set(&rate->count, 0);
	}
	/* Read first: a flood is not to fight for the cache line. */
	return atomic_read(&rate->count) < limit && atomic_inc_return(&rate->count) <= limit;
}

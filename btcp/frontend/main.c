// SPDX-License-Identifier: GPL-2.0
/*
 * btcp_frontend.ko: the front-end's role.  Init and exit only.
 */
#include <linux/module.h>

#include "btcp/frontend/flow.h"
#include "btcp/frontend/messages.h"
#include "btcp/frontend/net.h"
#include "btcp/frontend/netlink.h"
#include "btcp/frontend/opening.h"
#include "btcp/frontend/workqueue.h"

struct workqueue_struct *btcp_workqueue;

/*
 * ORDER: caches and workqueue before the namespaces that use them; messages of
 * sessions before netlink, which is the only way to get a session.
 */
static int __init btcp_frontend_init(void)
{
	int err;

	err = btcp_flow_setup();
	if (err)
		return err;
	err = btcp_opening_setup();
	if (err)
		goto flow;
	btcp_workqueue = alloc_workqueue("btcp_frontend", WQ_UNBOUND, 0);
	if (!btcp_workqueue) {
		err = -ENOMEM;
		goto opening;
	}
	err = btcp_net_setup();
	if (err)
		goto workqueue;
	handoff_session_register(HANDOFF_FRONTEND, &btcp_messages_ops);
	handoff_nl_register(HANDOFF_FRONTEND, &btcp_netlink_role);
	return 0;

workqueue:
	destroy_workqueue(btcp_workqueue);
opening:
	btcp_opening_teardown();
flow:
	btcp_flow_teardown();
	return err;
}

static void __exit btcp_frontend_exit(void)
{
	handoff_nl_unregister(HANDOFF_FRONTEND);
	handoff_session_unregister(HANDOFF_FRONTEND);
	btcp_net_teardown();
	destroy_workqueue(btcp_workqueue);
	/* Flows are freed by call_rcu(), whose function is not ours, but whose cache is. */
	rcu_barrier();
	btcp_opening_teardown();
	btcp_flow_teardown();
}

module_init(btcp_frontend_init);
module_exit(btcp_frontend_exit);

MODULE_DESCRIPTION("Hand-off of live TCP connections: the front-end");
MODULE_LICENSE("GPL");

// SPDX-License-Identifier: GPL-2.0
/*
 * btcp_frontend.ko: the front-end's role.  Init and exit only.
 */
#include <linux/module.h>

#include "btcp/frontend/flow.h"
#include "btcp/frontend/messages.h"
#include "btcp/frontend/netlink.h"
#include "btcp/frontend/opening.h"
#include "btcp/frontend/role.h"

/*
 * ORDER: caches before the namespaces that use them; messages of sessions
 * before netlink, which is the only way to get a session.
 */
static int __init front_init(void)
{
	int err;

	err = front_flow_setup();
	if (err)
		return err;
	err = front_opening_setup();
	if (err)
		goto flow;
	err = front_role_setup();
	if (err)
		goto opening;
	handoff_session_register(HANDOFF_FRONTEND, &front_messages_ops);
	handoff_nl_register(HANDOFF_FRONTEND, &front_netlink_role);
	return 0;

opening:
	front_opening_teardown();
flow:
	front_flow_teardown();
	return err;
}

static void __exit front_exit(void)
{
	handoff_nl_unregister(HANDOFF_FRONTEND);
	handoff_session_unregister(HANDOFF_FRONTEND);
	front_role_teardown();
	/* Flows are freed by call_rcu(), whose function is not ours, but whose cache is. */
	rcu_barrier();
	front_opening_teardown();
	front_flow_teardown();
}

module_init(front_init);
module_exit(front_exit);

MODULE_DESCRIPTION("Hand-off of live TCP connections: the front-end");
MODULE_LICENSE("GPL");

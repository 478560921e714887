// SPDX-License-Identifier: GPL-2.0
/*
 * handoff.ko: what both roles share.  Init and exit only.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "handoff/net.h"
#include "handoff/netlink.h"
#include "handoff/sysfs.h"
#include "handoff/transaction.h"

unsigned int handoff_net_id;

static int __net_init net_init(struct net *net)
{
	handoff_settings_init(&handoff_net(net)->settings);
	return handoff_control_init(net);
}

static void __net_exit net_exit(struct net *net)
{
	/* Its socket would have kept the namespace, but not this module. */
	kfree(handoff_net(net)->transaction);
	handoff_control_clean(net);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.exit = net_exit,
	.id = &handoff_net_id,
	.size = sizeof(struct handoff_net),
};

static int __init handoff_init(void)
{
	int err;

	err = handoff_sysfs_setup();
	if (err)
		return err;
	err = handoff_control_setup();
	if (err)
		goto sysfs;
	err = register_pernet_subsys(&net_ops);
	if (err)
		goto control;
	err = handoff_transaction_setup();
	if (err)
		goto net;
	/* Last: from here on user space can ask for all of the above. */
	err = handoff_nl_setup();
	if (err)
		goto transaction;
	return 0;

transaction:
	handoff_transaction_teardown();
net:
	unregister_pernet_subsys(&net_ops);
control:
	handoff_control_teardown();
sysfs:
	handoff_sysfs_teardown();
	return err;
}

static void __exit handoff_exit(void)
{
	handoff_nl_teardown();
	handoff_transaction_teardown();
	unregister_pernet_subsys(&net_ops);
	handoff_control_teardown();
	handoff_sysfs_teardown();
	rcu_barrier();	/* flows and sessions freed by call_rcu() */
}

module_init(handoff_init);
module_exit(handoff_exit);

MODULE_DESCRIPTION("Hand-off of live TCP connections: control channel, flows");
MODULE_LICENSE("GPL");

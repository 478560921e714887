// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <net/netfilter/ipv4/nf_defrag_ipv4.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>

#include "handoff/hooks.h"

int handoff_hooks_add(struct net *net, const struct nf_hook_ops *ops, unsigned int count)
{
	int err;

	/* A fragment has no ports to find its flow by. */
	err = nf_defrag_ipv4_enable(net);
	if (err)
		return err;
	err = nf_defrag_ipv6_enable(net);
	if (err)
		goto defrag4;
	err = nf_register_net_hooks(net, ops, count);
	if (err)
		goto defrag6;
	return 0;

defrag6:
	nf_defrag_ipv6_disable(net);
defrag4:
	nf_defrag_ipv4_disable(net);
	return err;
}
EXPORT_SYMBOL_GPL(handoff_hooks_add);

void handoff_hooks_del(struct net *net, const struct nf_hook_ops *ops, unsigned int count)
{
	nf_unregister_net_hooks(net, ops, count);
	nf_defrag_ipv6_disable(net);
	nf_defrag_ipv4_disable(net);
}
EXPORT_SYMBOL_GPL(handoff_hooks_del);

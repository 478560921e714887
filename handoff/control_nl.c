// SPDX-License-Identifier: GPL-2.0
/* The netlink face of the control channel's own address. */
#include <net/sock.h>

#include "handoff/net.h"
#include "handoff/netlink.h"
#include "handoff/transaction.h"

int handoff_control_nl_set(struct sk_buff *skb, struct genl_info *info)
{
	struct handoff_transaction *t = handoff_transaction_of(info);
	struct net *net = genl_info_net(info);
	struct handoff_endpoint local;
	int err;

	if (!info->attrs[BTCP_A_ADDR] && !info->attrs[BTCP_A_PORT]) {
		NL_SET_ERR_MSG(info->extack, "control channel: neither an address nor a port");
		return -EINVAL;
	}
	if (t)
		local = t->local;
	else
		handoff_control_get(net, &local);
	if (info->attrs[BTCP_A_ADDR]) {
		err = handoff_nl_addr(info->attrs[BTCP_A_ADDR], &local.addr,
				      &local.family, info->extack);
		if (err)
			return err;
	}
	if (info->attrs[BTCP_A_PORT])
		local.port = nla_get_be16(info->attrs[BTCP_A_PORT]);
	if (!t)
		return handoff_control_set(net, &local, info->extack);
	if (!local.port) {
		NL_SET_ERR_MSG(info->extack, "the control channel's port cannot be 0");
		return -EINVAL;
	}
	t->local = local;
	return 0;
}

int handoff_control_nl_get(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct handoff_endpoint local;
	void *hdr;

	if (cb->args[0])
		return skb->len;
	handoff_control_get(sock_net(skb->sk), &local);
	hdr = handoff_nl_new(skb, cb, BTCP_CMD_CONTROL_GET);
	if (!hdr)
		return -EMSGSIZE;
	if ((local.family &&
	     nla_put(skb, BTCP_A_ADDR, local.family == NFPROTO_IPV6 ? 16 : 4, &local.addr)) ||
	    nla_put_be16(skb, BTCP_A_PORT, local.port)) {
		genlmsg_cancel(skb, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, hdr);
	cb->args[0] = 1;
	return skb->len;
}

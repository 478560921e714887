// SPDX-License-Identifier: GPL-2.0
#include <net/sock.h>

#include "btcp/frontend/netlink.h"
#include "btcp/frontend/stage.h"
#include "handoff/transaction.h"

typedef int (*handler)(struct front_net *fn, struct genl_info *info);
typedef void (*dumper)(struct front_net *fn, struct sk_buff *skb,
		       struct netlink_callback *cb);

static const handler handlers[__BTCP_CMD_MAX] = {
	[BTCP_CMD_SERVICE_NEW]	= front_nl_service_new,
	[BTCP_CMD_SERVICE_SET]	= front_nl_service_set,
	[BTCP_CMD_SERVICE_DEL]	= front_nl_service_del,
	[BTCP_CMD_BACKEND_NEW]	= front_nl_backend_new,
	[BTCP_CMD_BACKEND_SET]	= front_nl_backend_set,
	[BTCP_CMD_BACKEND_DEL]	= front_nl_backend_del,
	[BTCP_CMD_POOL_NEW]	= front_nl_pool_new,
	[BTCP_CMD_POOL_SET]	= front_nl_pool_set,
	[BTCP_CMD_POOL_DEL]	= front_nl_pool_del,
	[BTCP_CMD_MEMBER_NEW]	= front_nl_member_new,
	[BTCP_CMD_MEMBER_SET]	= front_nl_member_set,
	[BTCP_CMD_MEMBER_DEL]	= front_nl_member_del,
	[BTCP_CMD_RULE_NEW]	= front_nl_rule_new,
	[BTCP_CMD_RULE_SET]	= front_nl_rule_set,
	[BTCP_CMD_RULE_DEL]	= front_nl_rule_del,
	[BTCP_CMD_RULE_TEST]	= front_nl_rule_test,
	[BTCP_CMD_CONTENT_BEGIN] = front_nl_content_begin,
	[BTCP_CMD_CONTENT_ADD]	= front_nl_content_add,
	[BTCP_CMD_CONTENT_COMMIT] = front_nl_content_commit,
	[BTCP_CMD_CONTENT_DEL]	= front_nl_content_del,
};

static const dumper dumpers[__BTCP_CMD_MAX] = {
	[BTCP_CMD_SERVICE_GET]	= front_nl_service_get,
	[BTCP_CMD_BACKEND_GET]	= front_nl_backend_get,
	[BTCP_CMD_POOL_GET]	= front_nl_pool_get,
	[BTCP_CMD_RULE_GET]	= front_nl_rule_get,
	[BTCP_CMD_CONTENT_GET]	= front_nl_content_get,
};

int front_nl_refuse(struct genl_info *info, int attr, int err, const char *sentence)
{
	if (attr && info->attrs[attr])
		NL_SET_BAD_ATTR(info->extack, info->attrs[attr]);
	if (info->extack)
		info->extack->_msg = sentence;
	return err;
}

static int doit(struct sk_buff *skb, struct genl_info *info)
{
	struct front_net *fn = front_net(genl_info_net(info));
	int err;

	mutex_lock(&fn->config);
	fn->staging = handoff_transaction_of(info);
	err = handlers[info->genlhdr->cmd](fn, info);
	fn->staging = false;
	mutex_unlock(&fn->config);
	return err;
}

static int dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genlmsghdr *hdr = nlmsg_data(cb->nlh);
	struct front_net *fn = front_net(sock_net(skb->sk));

	mutex_lock(&fn->config);
	dumpers[hdr->cmd](fn, skb, cb);
	mutex_unlock(&fn->config);
	return skb->len;
}

static struct handoff_stats *stats(struct net *net)
{
	return &front_net(net)->stats;
}

static void transaction_commit(struct net *net)
{
	struct front_net *fn = front_net(net);

	mutex_lock(&fn->config);
	front_stage_commit(fn);
	mutex_unlock(&fn->config);
}

static void transaction_abort(struct net *net)
{
	struct front_net *fn = front_net(net);

	mutex_lock(&fn->config);
	front_stage_abort(fn);
	mutex_unlock(&fn->config);
}

#define DO(c)	{ .cmd = BTCP_CMD_##c, .doit = doit }
#define DUMP(c)	{ .cmd = BTCP_CMD_##c, .dumpit = dumpit }

static const struct handoff_nl_command commands[] = {
	DO(SERVICE_NEW), DO(SERVICE_SET), DO(SERVICE_DEL), DUMP(SERVICE_GET),
	DO(BACKEND_NEW), DO(BACKEND_SET), DO(BACKEND_DEL), DUMP(BACKEND_GET),
	DO(POOL_NEW), DO(POOL_SET), DO(POOL_DEL), DUMP(POOL_GET),
	DO(MEMBER_NEW), DO(MEMBER_SET), DO(MEMBER_DEL),
	DO(RULE_NEW), DO(RULE_SET), DO(RULE_DEL), DUMP(RULE_GET),
	DO(RULE_TEST),
	DO(CONTENT_BEGIN), DO(CONTENT_ADD), DO(CONTENT_COMMIT), DO(CONTENT_DEL), DUMP(CONTENT_GET),
};

const struct handoff_nl_role front_netlink_role = {
	.commands = commands,
	.count = ARRAY_SIZE(commands),
	.stats = stats,
	.flows = front_nl_flows,
	.commit = transaction_commit,
	.abort = transaction_abort,
};

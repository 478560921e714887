// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/slab.h>

#include "handoff/net.h"
#include "handoff/netlink.h"
#include "handoff/transaction.h"

/* What says what there is.  The rest asks, or changes what it must find there. */
static bool may_contain(u8 cmd)
{
	switch (cmd) {
	case BTCP_CMD_SERVICE_NEW:
	case BTCP_CMD_BACKEND_NEW:
	case BTCP_CMD_POOL_NEW:
	case BTCP_CMD_MEMBER_NEW:
	case BTCP_CMD_RULE_NEW:
	case BTCP_CMD_CONTENT_BEGIN:
	case BTCP_CMD_CONTENT_ADD:
	case BTCP_CMD_CONTENT_COMMIT:
	case BTCP_CMD_FRONTEND_NEW:
	case BTCP_CMD_CONTROL_SET:
	case BTCP_CMD_LIMIT_SET:
	case BTCP_CMD_TIMEOUT_SET:
		return true;
	default:
		return false;
	}
}

struct handoff_transaction *handoff_transaction_of(struct genl_info *info)
{
	struct handoff_transaction *t = handoff_net(genl_info_net(info))->transaction;

	return t && t->portid == info->snd_portid && may_contain(info->genlhdr->cmd) ? t : NULL;
}
EXPORT_SYMBOL_GPL(handoff_transaction_of);

u32 handoff_transaction_limit(struct net *net, enum handoff_limit which)
{
	const struct handoff_transaction *t = handoff_net(net)->transaction;

	return t ? t->settings.limit[which] : handoff_limit(net, which);
}
EXPORT_SYMBOL_GPL(handoff_transaction_limit);

/* The roles' objects of a role that was not there, or is not any more, are not in it. */
static int check_roles(const struct handoff_transaction *t, struct netlink_ext_ack *extack)
{
	if (t->roles == handoff_nl_roles())
		return 0;
	NL_SET_ERR_MSG(extack, "a kernel module has come or gone since the transaction began");
	return -ECANCELED;
}

int handoff_transaction_do(struct sk_buff *skb, struct genl_info *info,
			   int (*doit)(struct sk_buff *skb, struct genl_info *info))
{
	struct handoff_transaction *t = handoff_net(genl_info_net(info))->transaction;
	u8 cmd = info->genlhdr->cmd;
	int err;

	/* What a checker finds is no configuration; nobody should have to wait with it. */
	if (!t || (t->portid != info->snd_portid && cmd == BTCP_CMD_BACKEND_SET))
		return doit(skb, info);
	if (t->portid != info->snd_portid) {
		NL_SET_ERR_MSG(info->extack,
			       "the configuration is being restored by somebody else: wait until that is done");
		return -EBUSY;
	}
	if (!may_contain(cmd)) {
		NL_SET_ERR_MSG(info->extack, "a transaction only says what there is to be");
		err = -EINVAL;
	} else {
		err = check_roles(t, info->extack);
	}
	if (!err)
		err = doit(skb, info);
	if (err)
		t->failed = true;
	return err;
}

/* What has begun may be begun and aborted again: a role forgets what it has, if anything. */
static void forget(struct net *net)
{
	struct handoff_net *hn = handoff_net(net);

	handoff_nl_roles_abort(net);
	kfree(hn->transaction);
	hn->transaction = NULL;
}

int handoff_transaction_nl_begin(struct sk_buff *skb, struct genl_info *info)
{
	struct handoff_net *hn = handoff_net(genl_info_net(info));
	struct handoff_transaction *t;

	if (hn->transaction && hn->transaction->portid == info->snd_portid) {
		NL_SET_ERR_MSG(info->extack, "there is a transaction already");
		return -EBUSY;
	}
	if (hn->transaction) {
		NL_SET_ERR_MSG(info->extack,
			       "the configuration is being restored by somebody else: wait until that is done");
		return -EBUSY;
	}
	t = kzalloc(sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	t->portid = info->snd_portid;
	t->roles = handoff_nl_roles();
	t->local.port = htons(BTCP_CONTROL_PORT);
	handoff_settings_init(&t->settings);
	/* Seen without the lock by who tells that a socket has ended. */
	WRITE_ONCE(hn->transaction, t);
	return 0;
}

static struct handoff_transaction *find(struct genl_info *info)
{
	struct handoff_transaction *t = handoff_net(genl_info_net(info))->transaction;

	if (t && t->portid == info->snd_portid)
		return t;
	NL_SET_ERR_MSG(info->extack, "there is no transaction of yours");
	return NULL;
}

int handoff_transaction_nl_commit(struct sk_buff *skb, struct genl_info *info)
{
	struct handoff_transaction *t = find(info);
	struct net *net = genl_info_net(info);
	struct handoff_endpoint local;
	int err;

	if (!t)
		return -ENOENT;
	if (t->failed) {
		NL_SET_ERR_MSG(info->extack, "a request of the transaction was refused");
		return -ECANCELED;
	}
	err = check_roles(t, info->extack);
	if (err)
		return err;
	/* The only thing that may fail: sockets cannot be had twice, so it could not be tried. */
	handoff_control_get(net, &local);
	if (!handoff_endpoint_equal(&local, &t->local)) {
		err = handoff_control_set(net, &t->local, info->extack);
		if (err) {
			t->failed = true;
			return err;
		}
	}
	handoff_settings_replace(net, &t->settings);
	handoff_nl_roles_commit(net);
	forget(net);
	return 0;
}

int handoff_transaction_nl_abort(struct sk_buff *skb, struct genl_info *info)
{
	if (!find(info))
		return -ENOENT;
	forget(genl_info_net(info));
	return 0;
}

/* Who is killed half way leaves nothing. */
static int socket_ended(struct notifier_block *block, unsigned long event, void *arg)
{
	struct netlink_notify *ended = arg;
	struct handoff_net *hn;

	if (event != NETLINK_URELEASE || ended->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	hn = handoff_net(ended->net);
	/* It is the socket that began it that will be asked for. */
	if (!READ_ONCE(hn->transaction))
		return NOTIFY_DONE;
	genl_lock();
	if (hn->transaction && hn->transaction->portid == ended->portid)
		forget(ended->net);
	genl_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = socket_ended };

int handoff_transaction_setup(void)
{
	return netlink_register_notifier(&notifier);
}

void handoff_transaction_teardown(void)
{
	netlink_unregister_notifier(&notifier);
}

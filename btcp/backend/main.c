// SPDX-License-Identifier: GPL-2.0
/*
 * btcp_backend.ko: takes live connections over from front-ends.  Init and
 * exit only.
 */
#include <linux/module.h>

#include "btcp/backend/flow_nl.h"
#include "btcp/backend/frontend_nl.h"
#include "btcp/backend/message.h"
#include "btcp/backend/net.h"
#include "btcp/backend/profile.h"
#include "btcp/backend/role.h"
#include "btcp/backend/stage.h"
#include "handoff/netlink.h"
#include "handoff/session.h"

static const struct handoff_session_ops session_ops = {
	.receive = back_message_receive,
	.heartbeat = back_message_heartbeat,
	.fill_heartbeat = back_profile_fill,
	.state = back_message_state,
};

static struct handoff_stats *role_stats(struct net *net)
{
	return &back_net(net)->stats;
}

static const struct handoff_nl_command commands[] = {
	{ .cmd = BTCP_CMD_FRONTEND_NEW, .doit = back_frontend_nl_new },
	{ .cmd = BTCP_CMD_FRONTEND_SET, .doit = back_frontend_nl_set },
	{ .cmd = BTCP_CMD_FRONTEND_DEL, .doit = back_frontend_nl_del },
	{ .cmd = BTCP_CMD_FRONTEND_GET, .dumpit = back_frontend_nl_dump },
};

static void transaction_commit(struct net *net)
{
	struct back_net *bnet = back_net(net);

	mutex_lock(&bnet->config);
	back_stage_commit(bnet);
	mutex_unlock(&bnet->config);
}

static void transaction_abort(struct net *net)
{
	struct back_net *bnet = back_net(net);

	mutex_lock(&bnet->config);
	back_stage_abort(bnet);
	mutex_unlock(&bnet->config);
}

static const struct handoff_nl_role nl_role = {
	.commands = commands,
	.count = ARRAY_SIZE(commands),
	.stats = role_stats,
	.flows = back_flow_nl_dump,
	.commit = transaction_commit,
	.abort = transaction_abort,
};

static int __init back_init(void)
{
	int err;

	/* First: everything else looks the namespace up. */
	err = back_role_setup();
	if (err)
		return err;
	/* Before netlink, which is what opens sessions. */
	handoff_session_register(HANDOFF_BACKEND, &session_ops);
	/* Last: from here on user space can configure. */
	handoff_nl_register(HANDOFF_BACKEND, &nl_role);
	return 0;
}

static void __exit back_exit(void)
{
	/* Mirror order: no new frontends, no new flows, then end what is there. */
	handoff_nl_unregister(HANDOFF_BACKEND);
	handoff_session_unregister(HANDOFF_BACKEND);
	back_role_teardown();
}

module_init(back_init);
module_exit(back_exit);

MODULE_DESCRIPTION("TCP hand-off, back-end: replays handshakes, translates, intercepts FIN and RST");
MODULE_LICENSE("GPL");

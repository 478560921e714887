/* SPDX-License-Identifier: GPL-2.0 */
/*
 * `btcpctl frontend add|set|del|show`, kernel side.
 */
#ifndef _BTCP_BACKEND_FRONTEND_NL_H
#define _BTCP_BACKEND_FRONTEND_NL_H

#include <net/genetlink.h>

/*
 * As struct handoff_nl_command wants them: genl lock held, process context.
 */

int btcp_frontend_nl_new(struct sk_buff *skb, struct genl_info *info);
int btcp_frontend_nl_set(struct sk_buff *skb, struct genl_info *info);
int btcp_frontend_nl_del(struct sk_buff *skb, struct genl_info *info);
int btcp_frontend_nl_dump(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* _BTCP_BACKEND_FRONTEND_NL_H */

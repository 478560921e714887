/* SPDX-License-Identifier: GPL-2.0 */
/*
 * `btcpctl flow show`, the back-end's part.
 */
#ifndef _BTCP_BACKEND_FLOW_NL_H
#define _BTCP_BACKEND_FLOW_NL_H

#include <net/genetlink.h>

/**
 * back_flow_nl_dump() - struct handoff_nl_role's @flows
 * @skb: message
 * @cb: args[1] counts the flows told of
 *
 * Context: process context, genl lock held.
 * Return: 0 when all were told of, -EMSGSIZE when the message is full.
 */
int back_flow_nl_dump(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* _BTCP_BACKEND_FLOW_NL_H */

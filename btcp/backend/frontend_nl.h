/* SPDX-License-Identifier: GPL-2.0 */
/*
 * `btcpctl frontend add|set|del|show`, kernel side.
 */
#ifndef _BTCP_BACKEND_FRONTEND_NL_H
#define _BTCP_BACKEND_FRONTEND_NL_H

#include <net/genetlink.h>

/**
 * back_frontend_nl_new() - `frontend add`
 * @skb: the request
 * @info: likewise
 *
 * Context: process context, genl lock held; takes the configuration's.
 * Return: 0, or a negative errno with a sentence.
 */
int back_frontend_nl_new(struct sk_buff *skb, struct genl_info *info);

/**
 * back_frontend_nl_set() - `frontend set`: its grants, its key
 * @skb: the request
 * @info: likewise
 *
 * Context: as back_frontend_nl_new().
 * Return: likewise.
 */
int back_frontend_nl_set(struct sk_buff *skb, struct genl_info *info);

/**
 * back_frontend_nl_del() - `frontend del`; its flows live on
 * @skb: the request
 * @info: likewise
 *
 * Context: as back_frontend_nl_new().
 * Return: likewise.
 */
int back_frontend_nl_del(struct sk_buff *skb, struct genl_info *info);

/**
 * back_frontend_nl_dump() - `frontend show`
 * @skb: the answer
 * @cb: the dump
 *
 * Context: as back_frontend_nl_new().
 * Return: @skb's length, 0: that was all, or a negative errno.
 */
int back_frontend_nl_dump(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* _BTCP_BACKEND_FRONTEND_NL_H */

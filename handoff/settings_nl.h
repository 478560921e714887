/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The netlink handlers of settings.c, for the table in netlink.c.  All run
 * under the genl lock and may sleep.
 */
#ifndef _HANDOFF_SETTINGS_NL_H
#define _HANDOFF_SETTINGS_NL_H

struct genl_info;
struct netlink_callback;
struct sk_buff;

/**
 * handoff_settings_nl_limit_set() - BTCP_CMD_LIMIT_SET
 * @skb: request
 * @info: request: NAME, VALUE
 *
 * Return: 0; -EINVAL, -ENOENT, -ERANGE with a sentence.
 */
int handoff_settings_nl_limit_set(struct sk_buff *skb, struct genl_info *info);

/**
 * handoff_settings_nl_limit_get() - BTCP_CMD_LIMIT_GET
 * @skb: answer
 * @cb: dump; args[0] counts the rows
 */
int handoff_settings_nl_limit_get(struct sk_buff *skb, struct netlink_callback *cb);

/**
 * handoff_settings_nl_timeout_set() - BTCP_CMD_TIMEOUT_SET
 * @skb: request
 * @info: request: NAME, VALUE in milliseconds
 *
 * Return: 0; -EINVAL, -ENOENT, -ERANGE with a sentence.
 */
int handoff_settings_nl_timeout_set(struct sk_buff *skb, struct genl_info *info);

/**
 * handoff_settings_nl_timeout_get() - BTCP_CMD_TIMEOUT_GET
 * @skb: answer
 * @cb: dump; args[0] counts the rows
 */
int handoff_settings_nl_timeout_get(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* _HANDOFF_SETTINGS_NL_H */

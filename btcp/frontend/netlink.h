/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The front-end's part of the generic netlink family: each object's commands
 * are in a file of its own, here is what they share.
 *
 * Every handler runs with the genl lock and the namespace's @config held.
 */
#ifndef _BTCP_FRONTEND_NETLINK_H
#define _BTCP_FRONTEND_NETLINK_H

#include "btcp/frontend/net.h"
#include "handoff/netlink.h"

struct front_rule;
struct front_service;
struct rule_draft;

extern const struct handoff_nl_role front_netlink_role;

/**
 * front_nl_each() - walk all attributes of a request, repeated ones too
 * @pos: struct nlattr pointer
 * @info: request
 * @rem: int, scratch
 */
#define front_nl_each(pos, info, rem) \
	nlmsg_for_each_attr(pos, (info)->nlhdr, GENL_HDRLEN, rem)

/**
 * front_nl_refuse() - refuse, with a sentence
 * @info: request
 * @attr: the offending enum btcp_attr, or 0
 * @err: negative errno
 * @sentence: a literal: it is read after the handler has returned
 *
 * Return: @err.
 */
int front_nl_refuse(struct genl_info *info, int attr, int err, const char *sentence);

/**
 * front_nl_service_new() - BTCP_CMD_SERVICE_NEW: create
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_service_new(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_service_set() - BTCP_CMD_SERVICE_SET: replace what is given, leave the rest
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_service_set(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_service_del() - BTCP_CMD_SERVICE_DEL: remove
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_service_del(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_backend_new() - BTCP_CMD_BACKEND_NEW: create
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_backend_new(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_backend_set() - BTCP_CMD_BACKEND_SET: replace what is given, leave the rest
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_backend_set(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_backend_del() - BTCP_CMD_BACKEND_DEL: remove
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_backend_del(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_pool_new() - BTCP_CMD_POOL_NEW: create
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_pool_new(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_pool_set() - BTCP_CMD_POOL_SET: replace what is given, leave the rest
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_pool_set(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_pool_del() - BTCP_CMD_POOL_DEL: remove
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_pool_del(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_member_new() - BTCP_CMD_MEMBER_NEW: create
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_member_new(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_member_set() - BTCP_CMD_MEMBER_SET: replace what is given, leave the rest
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_member_set(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_member_del() - BTCP_CMD_MEMBER_DEL: remove
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_member_del(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_rule_new() - BTCP_CMD_RULE_NEW: create
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_rule_new(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_rule_set() - BTCP_CMD_RULE_SET: replace what is given, leave the rest
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_rule_set(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_rule_del() - BTCP_CMD_RULE_DEL: remove
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_rule_del(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_rule_test() - BTCP_CMD_RULE_TEST: where would a request go?
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, having answered, or a negative errno with a sentence.
 */
int front_nl_rule_test(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_content_begin() - BTCP_CMD_CONTENT_BEGIN: content is to be loaded
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_content_begin(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_content_add() - BTCP_CMD_CONTENT_ADD: some of its lines
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_content_add(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_content_commit() - BTCP_CMD_CONTENT_COMMIT: it takes the place of what was there
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_content_commit(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_content_del() - BTCP_CMD_CONTENT_DEL: remove
 * @fn: namespace
 * @info: request, see linux/btcp.h
 *
 * Context: process context; @config held.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_content_del(struct front_net *fn, struct genl_info *info);

/**
 * front_nl_content_get() - BTCP_CMD_CONTENT_GET: tell of all
 * @fn: namespace
 * @skb: to be filled
 * @cb: dump; args[0] is the service
 *
 * Context: process context; @config held.
 */
void front_nl_content_get(struct front_net *fn, struct sk_buff *skb,
			  struct netlink_callback *cb);

/**
 * front_nl_rule_service() - the service that a RULE or CONTENT command is about
 * @fn: namespace
 * @info: request
 * @err: result, if there is none
 *
 * Context: process context; @config held.
 * Return: the service, or NULL: refused with a sentence.
 */
struct front_service *front_nl_rule_service(struct front_net *fn, struct genl_info *info,
					    int *err);

/**
 * front_nl_rule_conditions() - read a request's conditions of one kind
 * @info: request
 * @draft: gets them; no condition of a greater kind is in it
 * @kind: enum rule_kind
 *
 * Context: process context.
 * Return: 0, or a negative errno with a sentence.
 */
int front_nl_rule_conditions(struct genl_info *info, struct rule_draft *draft, u8 kind);

/**
 * front_nl_rule_put() - tell a rule
 * @skb: message
 * @service: whose rule
 * @rule: rule
 *
 * Context: process context; @config held.
 * Return: 0 or -EMSGSIZE.
 */
int front_nl_rule_put(struct sk_buff *skb, const struct front_service *service,
		      const struct front_rule *rule);

/**
 * front_nl_service_get() - BTCP_CMD_SERVICE_GET: as many as fit in one message
 * @fn: namespace
 * @skb: message
 * @cb: dump; args[] tell where it goes on
 *
 * Context: process context; @config held.
 */
void front_nl_service_get(struct front_net *fn, struct sk_buff *skb,
			  struct netlink_callback *cb);

/**
 * front_nl_backend_get() - BTCP_CMD_BACKEND_GET: as many as fit in one message
 * @fn: namespace
 * @skb: message
 * @cb: dump; args[] tell where it goes on
 *
 * Context: process context; @config held.
 */
void front_nl_backend_get(struct front_net *fn, struct sk_buff *skb,
			  struct netlink_callback *cb);

/**
 * front_nl_pool_get() - BTCP_CMD_POOL_GET: as many as fit in one message
 * @fn: namespace
 * @skb: message
 * @cb: dump; args[] tell where it goes on
 *
 * Context: process context; @config held.
 */
void front_nl_pool_get(struct front_net *fn, struct sk_buff *skb,
		       struct netlink_callback *cb);

/**
 * front_nl_rule_get() - BTCP_CMD_RULE_GET: as many as fit in one message
 * @fn: namespace
 * @skb: message
 * @cb: dump; args[] tell where it goes on
 *
 * Context: process context; @config held.
 */
void front_nl_rule_get(struct front_net *fn, struct sk_buff *skb,
		       struct netlink_callback *cb);

/**
 * front_nl_flows() - dump flows; see struct handoff_nl_role
 * @skb: message
 * @cb: args[1..] are ours
 *
 * Return: 0 when all were dumped, -EMSGSIZE if there is more, or an error.
 */
int front_nl_flows(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* _BTCP_FRONTEND_NETLINK_H */

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A transaction: the whole configuration of a namespace anew, all or nothing.
 *
 * One netlink socket begins it, and sends what there is to be, beginning with nothing: what it
 * does not name will be gone, or have its default.  Nobody sees any of that before COMMIT, and
 * what may fail has been done by then.  ABORT, or the socket's end, forgets it.
 *
 * Limits, timeouts and the control channel's address are kept here, the roles keep their objects.
 */
#ifndef _HANDOFF_TRANSACTION_H
#define _HANDOFF_TRANSACTION_H

#include <net/genetlink.h>

#include "handoff/settings.h"
#include "handoff/tuple.h"

/**
 * struct handoff_transaction - one under way; genl lock
 * @portid: of the netlink socket that began it
 * @roles: handoff_nl_roles() when it began
 * @failed: one of its requests was refused, so it will not be committed
 * @settings: limits and timeouts to be
 * @local: the control channel's own address to be
 */
struct handoff_transaction {
	u32 portid;
	unsigned int roles;
	bool failed;
	struct handoff_settings settings;
	struct handoff_endpoint local;
};

/**
 * handoff_transaction_of() - the transaction that a request belongs to
 * @info: request
 *
 * Context: process context, genl lock held.
 * Return: NULL if it belongs to none.
 */
struct handoff_transaction *handoff_transaction_of(struct genl_info *info);

/**
 * handoff_transaction_limit() - the limit that what is being configured has to keep
 * @net: namespace
 * @which: which
 *
 * That of the transaction, if there is one: only its own requests add anything.
 *
 * Context: process context, genl lock held.
 */
u32 handoff_transaction_limit(struct net *net, enum handoff_limit which);

/**
 * handoff_transaction_do() - do what a request asks, if nobody's transaction forbids it
 * @skb: request
 * @info: request
 * @doit: does it
 *
 * Context: process context, genl lock held.
 * Return: 0, or a negative errno with a sentence.
 */
int handoff_transaction_do(struct sk_buff *skb, struct genl_info *info,
			   int (*doit)(struct sk_buff *skb, struct genl_info *info));

/**
 * handoff_transaction_nl_begin() - BTCP_CMD_TRANSACTION_BEGIN
 * @skb: request
 * @info: request
 *
 * Context: process context, genl lock held.
 * Return: 0, or a negative errno with a sentence.
 */
int handoff_transaction_nl_begin(struct sk_buff *skb, struct genl_info *info);

/**
 * handoff_transaction_nl_commit() - BTCP_CMD_TRANSACTION_COMMIT: it is the configuration now
 * @skb: request
 * @info: request
 *
 * Context: process context, genl lock held.
 * Return: 0, or a negative errno with a sentence: then nothing has changed.
 */
int handoff_transaction_nl_commit(struct sk_buff *skb, struct genl_info *info);

/**
 * handoff_transaction_nl_abort() - BTCP_CMD_TRANSACTION_ABORT: forget it
 * @skb: request
 * @info: request
 *
 * Context: process context, genl lock held.
 * Return: 0, or a negative errno with a sentence.
 */
int handoff_transaction_nl_abort(struct sk_buff *skb, struct genl_info *info);

/**
 * handoff_transaction_setup() - hear of sockets that end, at module init
 *
 * Return: 0 or a negative errno.
 */
int handoff_transaction_setup(void);

/** handoff_transaction_teardown() - the opposite */
void handoff_transaction_teardown(void);

#endif /* _HANDOFF_TRANSACTION_H */

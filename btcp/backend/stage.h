/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a transaction has of the frontends, until it takes the place of what there is.
 *
 * One that there is and that will be stays, with its flows and its session.  A new one is made at
 * once, grants nothing yet, and is told to nobody.
 */
#ifndef _BTCP_BACKEND_STAGE_H
#define _BTCP_BACKEND_STAGE_H

#include "btcp/backend/frontend.h"

struct genl_info;

/**
 * struct back_frontend_next - what a transaction has for a frontend; @config
 * @list: in back_net.staged
 * @frontend: which
 * @fresh: there was none, or it was being deleted
 * @key: 32 bytes
 * @key_path: or NULL
 * @grants: to be
 */
struct back_frontend_next {
	struct list_head list;
	struct back_frontend *frontend;
	bool fresh;
	u8 key[BTCP_KEY_LEN];
	char *key_path;
	struct back_grants *grants;
};

/**
 * back_stage_add() - a transaction has a frontend
 * @bnet: namespace
 * @name: its name
 * @addr: the front-end's address
 * @control: its control channel
 * @grants: to be; the transaction's on success
 * @info: request, with the key; gets the sentence of a refusal
 *
 * Context: process context, genl lock and @config held.
 * Return: 0 or a negative errno.
 */
int back_stage_add(struct back_net *bnet, const char *name, const struct handoff_endpoint *addr,
		   const struct handoff_endpoint *control, struct back_grants *grants,
		   struct genl_info *info);

/**
 * back_stage_is_fresh() - does nobody know of it yet?
 * @frontend: frontend
 *
 * Context: @config held.
 */
bool back_stage_is_fresh(const struct back_frontend *frontend);

/**
 * back_stage_commit() - what the transaction has is the configuration from now on
 * @bnet: namespace
 *
 * Context: process context, genl lock and @config held.
 */
void back_stage_commit(struct back_net *bnet);

/**
 * back_stage_abort() - forget what it has, if there is one
 * @bnet: namespace
 *
 * Context: process context, genl lock and @config held.
 */
void back_stage_abort(struct back_net *bnet);

#endif /* _BTCP_BACKEND_STAGE_H */

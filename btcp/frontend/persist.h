/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Persistence: the next connection of a client goes where its last one went, for
 * a while.  A client is its address, cut to a prefix; remembered is a back-end
 * for each client, service and pool, up to `limit persist`.
 */
#ifndef _BTCP_FRONTEND_PERSIST_H
#define _BTCP_FRONTEND_PERSIST_H

#include "btcp/frontend/net.h"
#include "handoff/tuple.h"

struct front_backend;
struct front_pool;
struct front_service;

/**
 * front_persist_init() - nobody is remembered yet
 * @fn: namespace
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int front_persist_init(struct front_net *fn);

/**
 * front_persist_clean() - forget all
 * @fn: namespace; nothing is remembered any more
 *
 * Context: process context, may sleep.
 */
void front_persist_clean(struct front_net *fn);

/**
 * front_persist_recall() - where did this client's last connection go?
 * @service: that it is for
 * @pool: that it is for
 * @client: its address
 * @family: of it
 *
 * Context: BH off.
 * Return: &front_backend.serial, or 0: nowhere, too long ago, or persistence is off.
 */
u32 front_persist_recall(const struct front_service *service, const struct front_pool *pool,
			 const union nf_inet_addr *client, u8 family);

/**
 * front_persist_keep() - this one goes here; its time begins anew
 * @service: that it is for
 * @pool: that it is for
 * @client: the client's address
 * @family: of it
 * @backend: where it goes
 *
 * Context: BH off.
 */
void front_persist_keep(const struct front_service *service, const struct front_pool *pool,
			const union nf_inet_addr *client, u8 family,
			const struct front_backend *backend);

#endif /* _BTCP_FRONTEND_PERSIST_H */

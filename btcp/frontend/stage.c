// SPDX-License-Identifier: GPL-2.0
#include "btcp/frontend/backend.h"
#include "btcp/frontend/pool.h"
#include "btcp/frontend/service.h"
#include "btcp/frontend/stage.h"

/* Whose request looks between these sees none of it, and looks again: see front_proto_route(). */
static void publish(struct front_net *fn, struct list_head *gone)
{
	struct front_service *service;
	struct front_backend *backend;
	struct front_pool *pool;

	write_seqlock_bh(&fn->published);
	list_for_each_entry(backend, &fn->stage.backends, staged)
		front_backend_publish(backend);
	list_for_each_entry(pool, &fn->stage.pools, staged)
		front_pool_publish(pool);
	list_for_each_entry(service, &fn->stage.services, staged)
		front_service_publish(service);
	list_for_each_entry(service, gone, staged)
		WRITE_ONCE(service->deleting, true);
	write_sequnlock_bh(&fn->published);
	front_net_promise_changed(fn);
}

/* Services that the transaction has not. */
static void list_gone(struct front_net *fn, struct list_head *gone)
{
	struct front_service *service;

	list_for_each_entry(service, &fn->services, list)
		if (list_empty(&service->staged) && !service->deleting)
			list_add_tail(&service->staged, gone);
}

/* What refers to others goes before these. */
static void delete_others(struct front_net *fn, struct list_head *gone)
{
	struct front_service *service, *next_service;
	struct front_backend *backend, *next_backend;
	struct front_pool *pool, *next_pool;

	list_for_each_entry_safe(service, next_service, gone, staged) {
		list_del_init(&service->staged);
		front_service_delete(service);
	}
	list_for_each_entry_safe(pool, next_pool, &fn->pools, list)
		if (list_empty(&pool->staged))
			front_pool_delete(pool);
	list_for_each_entry_safe(backend, next_backend, &fn->backends, list)
		if (list_empty(&backend->staged) && !backend->deleting)
			front_backend_delete(backend);
}

void front_stage_commit(struct front_net *fn)
{
	struct front_service *service, *next_service;
	struct front_backend *backend, *next_backend;
	struct front_pool *pool, *next_pool;
	LIST_HEAD(gone);

	lockdep_assert_held(&fn->config);
	list_gone(fn, &gone);
	list_for_each_entry(pool, &fn->stage.pools, staged)
		front_pool_prepare(pool);
	publish(fn, &gone);
	list_for_each_entry(service, &fn->stage.services, staged)
		front_service_settle(service);
	list_for_each_entry(pool, &fn->stage.pools, staged)
		front_pool_settle(pool);
	delete_others(fn, &gone);

	/* In the order of the transaction, which is how they are shown. */
	list_for_each_entry_safe(service, next_service, &fn->stage.services, staged) {
		list_del_init(&service->staged);
		list_move_tail(&service->list, &fn->services);
		service->stage = FRONT_STANDS;
	}
	list_for_each_entry_safe(pool, next_pool, &fn->stage.pools, staged) {
		list_del_init(&pool->staged);
		list_move_tail(&pool->list, &fn->pools);
		pool->stage = FRONT_STANDS;
	}
	list_for_each_entry_safe(backend, next_backend, &fn->stage.backends, staged) {
		list_del_init(&backend->staged);
		list_move_tail(&backend->shown, &fn->backends_shown);
		if (backend->next && backend->next->weight != backend->weight)
			front_pools_weigh(backend);
		/* Behind the deletions: it may have the name of one of these. */
		front_backend_settle(backend);
	}
}

void front_stage_abort(struct front_net *fn)
{
	struct front_service *service, *next_service;
	struct front_backend *backend, *next_backend;
	struct front_pool *pool, *next_pool;

	lockdep_assert_held(&fn->config);
	list_for_each_entry_safe(service, next_service, &fn->stage.services, staged) {
		list_del_init(&service->staged);
		front_service_unstage(service);
	}
	list_for_each_entry_safe(pool, next_pool, &fn->stage.pools, staged) {
		list_del_init(&pool->staged);
		front_pool_unstage(pool);
	}
	list_for_each_entry_safe(backend, next_backend, &fn->stage.backends, staged) {
		list_del_init(&backend->staged);
		front_backend_unstage(backend);
	}
}

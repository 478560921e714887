// SPDX-License-Identifier: GPL-2.0
#include <linux/jhash.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/close.h"
#include "btcp/frontend/flow.h"
#include "btcp/frontend/opening.h"
#include "btcp/frontend/service.h"

struct kmem_cache *btcp_flow_cache;

/* A million flows are to fit; a debugging kernel's locks are bigger. */
#if !defined(CONFIG_PREEMPT_RT) && !defined(CONFIG_DEBUG_SPINLOCK) && \
	!defined(CONFIG_DEBUG_LOCK_ALLOC)
static_assert(sizeof(struct btcp_client_flow) <= 192);
#endif

static const char * const state_names[__BTCP_FLOW_STATE_MAX] = {
	[BTCP_FLOW_SYN_RECV]	= "syn-recv",
	[BTCP_FLOW_HEAD]	= "head",
	[BTCP_FLOW_HANDING_OFF]	= "handing-off",
	[BTCP_FLOW_ANSWERING]	= "answering",
	[BTCP_FLOW_FORWARDING]	= "forwarding",
	[BTCP_FLOW_CLOSING]	= "closing",
	[BTCP_FLOW_RESETTING]	= "resetting",
	[BTCP_FLOW_TIME_WAIT]	= "time-wait",
};

const char *btcp_flow_state_name(enum btcp_flow_state state)
{
	return state < __BTCP_FLOW_STATE_MAX ? state_names[state] : "unknown";
}

/* Bring the gauges to what the flow is now. */
static void count_as(struct btcp_frontend_net *fn, struct btcp_client_flow *flow, u8 now)
{
	u8 changed = flow->counted ^ now;

	lockdep_assert_held(&flow->flow.lock);
	if (changed & BTCP_COUNTED_ACTIVE) {
		int by = now & BTCP_COUNTED_ACTIVE ? 1 : -1;

		handoff_stats_add(&fn->stats, BTCP_STAT_ACTIVE_FLOWS, by);
		handoff_stats_add(&flow->service->stats, BTCP_SERVICE_ACTIVE_FLOWS, by);
	}
	if (changed & BTCP_COUNTED_BACKEND)
		handoff_stats_add(&flow->backend->stats, BTCP_BACKEND_ACTIVE_FLOWS,
				  now & BTCP_COUNTED_BACKEND ? 1 : -1);
	if (changed & BTCP_COUNTED_TIME_WAIT)
		handoff_stats_add(&fn->stats, BTCP_STAT_TIME_WAIT,
				  now & BTCP_COUNTED_TIME_WAIT ? 1 : -1);
	flow->counted = now;
}

static void count_state(struct btcp_frontend_net *fn, struct btcp_client_flow *flow)
{
	if (flow->flow.state == BTCP_FLOW_TIME_WAIT)
		count_as(fn, flow, BTCP_COUNTED_TIME_WAIT);
	else if (flow->backend)
		count_as(fn, flow, BTCP_COUNTED_ACTIVE | BTCP_COUNTED_BACKEND);
	else
		count_as(fn, flow, BTCP_COUNTED_ACTIVE);
}

void btcp_flow_set_state(struct btcp_frontend_net *fn, struct btcp_client_flow *flow,
			 enum btcp_flow_state state)
{
	lockdep_assert_held(&flow->flow.lock);
	/* Pairs with btcp_flow_state(): who sees FORWARDING sees the back-end. */
	smp_store_release(&flow->flow.state, state);
	if (!flow->flow.dead)
		count_state(fn, flow);
}

void btcp_flow_count(struct btcp_frontend_net *fn, struct btcp_client_flow *flow)
{
	lockdep_assert_held(&flow->flow.lock);
	count_state(fn, flow);
}

void btcp_flow_end(struct btcp_frontend_net *fn, struct btcp_client_flow *flow)
{
	lockdep_assert_held(&flow->flow.lock);
	count_as(fn, flow, 0);
	if (flow->opening)
		btcp_opening_detach(flow->opening);
	handoff_table_remove(&fn->table, &flow->flow, true);
}

/* Bytes 4 to 15 are zero already where an address has only 4. */
static void copy_addr(u8 to[16], const union nf_inet_addr *from)
{
	memcpy(to, from, sizeof(*from));
}

int btcp_flow_tell(const struct btcp_client_flow *flow, const struct btcp_backend *backend,
		   u64 id, struct wire_msg *msg)
{
	const struct handoff_tuple *t = &flow->flow.tuple;
	const struct btcp_endpoint *endpoint = btcp_backend_endpoint(backend, t->family);

	msg->flow = (struct wire_flow){
		.id = id,
		.client_port = ntohs(t->client_port),
		.vip_port = ntohs(t->server_port),
		.server_port = ntohs(endpoint->endpoint.port),
		.ipv6 = t->family == NFPROTO_IPV6,
	};
	copy_addr(msg->flow.client, &t->client);
	copy_addr(msg->flow.vip, &t->server);
	copy_addr(msg->flow.server, &endpoint->endpoint.addr);
	return handoff_session_send(backend->session, msg,
				    jhash2((const u32 *)t, sizeof(*t) / sizeof(u32), 0));
}

void btcp_flow_tell_reset(const struct btcp_client_flow *flow,
			  const struct btcp_backend *backend, u64 id)
{
	struct wire_msg msg = { .type = WIRE_RESET };

	btcp_flow_tell(flow, backend, id, &msg);
}

static void release(struct handoff_table *table, struct handoff_flow *f)
{
	struct btcp_client_flow *flow = btcp_flow_of(f);
	struct btcp_frontend_net *fn = btcp_frontend_net(table->net);

	/* handoff_table_clean() takes flows out without btcp_flow_end(). */
	if (flow->counted) {
		spin_lock_bh(&flow->flow.lock);
		count_as(fn, flow, 0);
		spin_unlock_bh(&flow->flow.lock);
	}
	btcp_service_put(fn, flow->service);
	btcp_backend_put(fn, flow->backend);
}

const struct handoff_table_ops btcp_flow_ops = {
	.expired = btcp_close_expired,
	.kill = btcp_close_kill,
	.release = release,
};

int __init btcp_flow_setup(void)
{
	btcp_flow_cache = KMEM_CACHE(btcp_client_flow, SLAB_HWCACHE_ALIGN);
	return btcp_flow_cache ? 0 : -ENOMEM;
}

void btcp_flow_teardown(void)
{
	kmem_cache_destroy(btcp_flow_cache);
}

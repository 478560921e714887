// SPDX-License-Identifier: GPL-2.0
#include "btcp/frontend/backend.h"
#include "btcp/frontend/flow.h"
#include "btcp/frontend/service.h"
#include "handoff/flow_name.h"

struct kmem_cache *front_flow_cache;

/* A million flows are to fit; a debugging kernel's locks are bigger. */
#if !defined(CONFIG_PREEMPT_RT) && !defined(CONFIG_DEBUG_SPINLOCK) && \
	!defined(CONFIG_DEBUG_LOCK_ALLOC)
static_assert(sizeof(struct front_flow) <= 192);
#endif

/*
 * SYN_RECV	-> HEAD		the ACK came
 * HEAD		-> HANDING_OFF	the head is complete, and a rule names a pool
 *		-> ANSWERING	it is refused, has no rule, comes too late; a FIN
 * HANDING_OFF	-> ANSWERING	no back-end is left to be asked
 *		-> FORWARDING	HANDOFF_ACK, or what implies it
 * FORWARDING	-> CLOSING	the back-end's FIN or RST was relayed
 *		-> RESETTING	the back-end is lost, taken down, or says RESET
 *		-> TIME_WAIT	CLOSED: both FINs are acknowledged
 * CLOSING	-> RESETTING	likewise
 *		-> TIME_WAIT	likewise
 * TIME_WAIT	-> TIME_WAIT	CLOSED again: our echo was lost
 *
 * From every state a flow may end, which takes it out of the table: before it is
 * handed off by the client's RST, the front-end's own time, or for another at a
 * limit (evict.h; not while it is being handed off); by CLOSED, silence, or the
 * role's end behind that, by a SYN in TIME_WAIT.
 */
static const bool follows[__FRONT_FLOW_STATE_MAX][__FRONT_FLOW_STATE_MAX] = {
	/*			    SYN_R HEAD  HANDG ANSWR FORWD CLOSG RESTG T_W */
	[FRONT_FLOW_SYN_RECV]	= { 0,    1,    0,    0,    0,    0,    0,    0 },
	[FRONT_FLOW_HEAD]	= { 0,    0,    1,    1,    0,    0,    0,    0 },
	[FRONT_FLOW_HANDING_OFF] = { 0,   0,    0,    1,    1,    0,    0,    0 },
	[FRONT_FLOW_ANSWERING]	= { 0,    0,    0,    0,    0,    0,    0,    0 },
	[FRONT_FLOW_FORWARDING]	= { 0,    0,    0,    0,    0,    1,    1,    1 },
	[FRONT_FLOW_CLOSING]	= { 0,    0,    0,    0,    0,    0,    1,    1 },
	[FRONT_FLOW_RESETTING]	= { 0,    0,    0,    0,    0,    0,    0,    0 },
	[FRONT_FLOW_TIME_WAIT]	= { 0,    0,    0,    0,    0,    0,    0,    1 },
};

static const char * const state_names[__FRONT_FLOW_STATE_MAX] = {
	[FRONT_FLOW_SYN_RECV]	= "syn-recv",
	[FRONT_FLOW_HEAD]	= "head",
	[FRONT_FLOW_HANDING_OFF]	= "handing-off",
	[FRONT_FLOW_ANSWERING]	= "answering",
	[FRONT_FLOW_FORWARDING]	= "forwarding",
	[FRONT_FLOW_CLOSING]	= "closing",
	[FRONT_FLOW_RESETTING]	= "resetting",
	[FRONT_FLOW_TIME_WAIT]	= "time-wait",
};

const char *front_flow_state_name(enum front_flow_state state)
{
	return state < __FRONT_FLOW_STATE_MAX ? state_names[state] : "unknown";
}

/* Bring the gauges to what the flow is now. */
static void count_as(struct front_net *fn, struct front_flow *flow, u8 now)
{
	u8 changed = flow->counted ^ now;

	lockdep_assert_held(&flow->flow.lock);
	if (changed & FRONT_COUNTED_ACTIVE) {
		int by = now & FRONT_COUNTED_ACTIVE ? 1 : -1;

		handoff_stats_add(&fn->stats, FRONT_STAT_ACTIVE_FLOWS, by);
		handoff_stats_add(&flow->service->stats, FRONT_SERVICE_ACTIVE_FLOWS, by);
	}
	if (changed & FRONT_COUNTED_BACKEND) {
		int by = now & FRONT_COUNTED_BACKEND ? 1 : -1;

		handoff_stats_add(&flow->backend->stats, FRONT_BACKEND_ACTIVE_FLOWS, by);
		/* Who picked the back-end has counted us in. */
		if (by < 0)
			front_backend_unload(flow->backend);
	}
	if (changed & FRONT_COUNTED_TIME_WAIT)
		handoff_stats_add(&fn->stats, FRONT_STAT_TIME_WAIT,
				  now & FRONT_COUNTED_TIME_WAIT ? 1 : -1);
	flow->counted = now;
}

static void count_state(struct front_net *fn, struct front_flow *flow)
{
	if (flow->flow.state == FRONT_FLOW_TIME_WAIT)
		count_as(fn, flow, FRONT_COUNTED_TIME_WAIT);
	else if (flow->backend)
		count_as(fn, flow, FRONT_COUNTED_ACTIVE | FRONT_COUNTED_BACKEND);
	else
		count_as(fn, flow, FRONT_COUNTED_ACTIVE);
}

void front_flow_set_state(struct front_net *fn, struct front_flow *flow,
			  enum front_flow_state state)
{
	lockdep_assert_held(&flow->flow.lock);
	WARN_ON_ONCE(!follows[flow->flow.state][state]);
	/* Pairs with front_flow_state(): who sees FORWARDING sees the back-end. */
	smp_store_release(&flow->flow.state, state);
	if (!flow->flow.dead)
		count_state(fn, flow);
}

void front_flow_count(struct front_net *fn, struct front_flow *flow)
{
	lockdep_assert_held(&flow->flow.lock);
	count_state(fn, flow);
}

void front_flow_end(struct front_net *fn, struct front_flow *flow)
{
	lockdep_assert_held(&flow->flow.lock);
	WARN_ON_ONCE(flow->opening);
	count_as(fn, flow, 0);
	handoff_table_remove(&fn->table, &flow->flow);
}

int front_flow_tell(const struct front_flow *flow, const struct front_backend *backend,
		    u64 id, struct wire_msg *msg)
{
	const struct handoff_tuple *t = &flow->flow.tuple;
	const struct front_endpoint *endpoint = front_backend_endpoint(backend, t->family);

	handoff_flow_name(&msg->flow, HANDOFF_FRONTEND, id, t, &endpoint->endpoint.addr,
			  endpoint->endpoint.port);
	return handoff_session_send(backend->session, msg);
}

void front_flow_tell_reset(const struct front_flow *flow,
			   const struct front_backend *backend, u64 id)
{
	struct wire_msg msg = { .type = WIRE_RESET };

	front_flow_tell(flow, backend, id, &msg);
}

void front_flow_release(struct handoff_table *table, struct handoff_flow *f)
{
	struct front_flow *flow = front_flow_of(f);
	struct front_net *fn = front_net(table->net);

	/* handoff_table_clean() takes flows out without front_flow_end(). */
	if (flow->counted) {
		spin_lock_bh(&flow->flow.lock);
		count_as(fn, flow, 0);
		spin_unlock_bh(&flow->flow.lock);
	}
	front_service_put(fn, flow->service);
	front_backend_put(fn, flow->backend);
}

int __init front_flow_setup(void)
{
	front_flow_cache = KMEM_CACHE(front_flow, SLAB_HWCACHE_ALIGN);
	return front_flow_cache ? 0 : -ENOMEM;
}

void front_flow_teardown(void)
{
	kmem_cache_destroy(front_flow_cache);
}

// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <linux/wait_bit.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/tcp.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/opening.h"
#include "btcp/frontend/pool.h"
#include "handoff/settings.h"

/* The first buffer: most heads fit. */
#define BUFFER_MIN	1024
/* What the client may always have on its way, however full the window is. */
#define WINDOW_MIN	8192
/* As Linux's tcp_invalid_ratelimit. */
#define CHALLENGE_EVERY	(HZ / 2)

static struct kmem_cache *cache;

static void timer_fn(struct timer_list *timer)
{
	struct front_opening *o = from_timer(o, timer, timer);
	struct front_flow *flow = o->flow;

	rcu_read_lock();
	spin_lock_bh(&flow->flow.lock);
	if (flow->opening == o) {
		/* Dead but not detached: handoff_table_clean() took it out. */
		if (flow->flow.dead)
			front_opening_detach(o);
		/* Pending: set anew while we waited for the lock. */
		else if (!timer_pending(&o->timer))
			o->timeout(o);
	}
	spin_unlock_bh(&flow->flow.lock);
	local_bh_disable();
	front_opening_put(o);
	local_bh_enable();
	rcu_read_unlock();
}

struct front_opening *front_opening_alloc(struct front_net *fn,
					  struct front_flow *flow, bool proven)
{
	struct front_opening *o;

	lockdep_assert_held(&flow->flow.lock);
	o = kmem_cache_zalloc(cache, GFP_ATOMIC | __GFP_NOWARN);
	if (!o)
		return ERR_PTR(-ENOMEM);
	o->fn = fn;
	o->flow = flow;
	refcount_set(&o->ref, 1);
	/* From here on others find it; they wait for the flow's lock. */
	if (!front_backlog_enter(fn, &o->backlog, &flow->flow.tuple, proven)) {
		kmem_cache_free(cache, o);
		return ERR_PTR(-EUSERS);
	}
	handoff_flow_get(&flow->flow);
	timer_setup(&o->timer, timer_fn, 0);
	__skb_queue_head_init(&o->queue);
	flow->opening = o;
	atomic_inc(&fn->openings);
	return o;
}

void front_opening_forget_backend(struct front_opening *o)
{
	if (o->backend)
		front_backend_unload(o->backend);
	front_backend_put(o->fn, o->backend);
	o->backend = NULL;
}

void front_opening_put(struct front_opening *o)
{
	struct front_net *fn = o->fn;
	struct sk_buff *skb;

	if (!refcount_dec_and_test(&o->ref))
		return;
	while ((skb = front_opening_dequeue(o, &o->queue)))
		kfree_skb(skb);
	front_opening_forget_buffer(o);
	front_opening_forget_backend(o);
	front_pool_put(o->pool);
	handoff_flow_put(&fn->table, &o->flow->flow);
	kmem_cache_free(cache, o);
	/* The namespace's end waits for this; @fn may be gone behind it. */
	if (atomic_dec_and_test(&fn->openings))
		wake_up_var(&fn->openings);
}

void front_opening_detach(struct front_opening *o)
{
	struct front_flow *flow = o->flow;

	lockdep_assert_held(&flow->flow.lock);
	flow->opening = NULL;
	front_backlog_leave(o->fn, &o->backlog);
	/* Not pending: it never was, or its function runs and has its own. */
	if (del_timer(&o->timer))
		front_opening_put(o);
	front_opening_put(o);
}

void front_opening_end(struct front_opening *o)
{
	struct front_flow *flow = o->flow;
	struct front_net *fn = o->fn;

	front_opening_detach(o);
	front_flow_end(fn, flow);
}

void front_opening_arm(struct front_opening *o, unsigned long delay,
		       void (*timeout)(struct front_opening *o))
{
	lockdep_assert_held(&o->flow->flow.lock);
	o->timeout = timeout;
	/*
	 * A timer that was pending has its reference already.  One that fires
	 * before the increment waits for the flow's lock, which we hold.
	 */
	if (!mod_timer(&o->timer, jiffies + delay))
		refcount_inc(&o->ref);
}

/*
 * The right edge of the window stays where the SYN/ACK promised it: a back-end
 * has no more, and conntrack there would call what is beyond it INVALID.  Only
 * a head that is longer than that moves it, by as little as will do.
 */
static u16 window(const struct front_opening *o, u8 flags)
{
	u32 window = o->syn.promised_window > o->acked ? o->syn.promised_window - o->acked : 0;

	if (flags & TCPHDR_SYN)
		return o->syn.promised_window;
	window = max(window, min_t(u32, o->syn.promised_window, WINDOW_MIN));
	return window >> o->syn.promised_wscale;
}

bool front_opening_in_window(const struct front_opening *o, const struct front_place *place)
{
	/* The window never shrinks below what window() promises. */
	s32 right = max_t(u32, o->syn.promised_window, o->len + 65535);

	return place->start >= -65535 && place->start <= right &&
	       place->end >= place->start && place->end <= right + 65536;
}

static void set_options(const struct front_opening *o, struct handoff_segment *segment)
{
	struct tcp_options_seen options = { };

	if (o->syn.options & WIRE_OPT_TIMESTAMP) {
		options.has_ts = true;
		options.tsval = o->syn.front_tsval;
		options.tsecr = o->ts_recent;
	}
	if (segment->flags & TCPHDR_SYN) {
		options.mss = o->syn.promised_mss;
		options.sack_ok = o->syn.options & WIRE_OPT_SACK;
		options.has_wscale = o->syn.options & WIRE_OPT_WSCALE;
		options.wscale = o->syn.promised_wscale;
	}
	segment->options_len = tcp_options_build(segment->options, &options);
}

void front_opening_send(struct front_opening *o, u32 seq, u32 ack, u8 flags,
			const void *payload, u32 len)
{
	struct handoff_segment segment = {
		.seq = o->syn.front_isn + seq,
		.ack = o->syn.client_isn + 1 + ack,
		.window = window(o, flags),
		.flags = flags,
		.payload = payload,
		.payload_len = len,
	};

	set_options(o, &segment);
	if (handoff_packet_send(o->fn->net, &o->flow->flow.tuple, &segment))
		front_count(o->fn, FRONT_STAT_SENDING_FAILED);
}

void front_opening_ack(struct front_opening *o)
{
	front_opening_send(o, 1, o->acked, TCPHDR_ACK, NULL, 0);
}

void front_opening_challenge(struct front_opening *o)
{
	lockdep_assert_held(&o->flow->flow.lock);
	if (o->challenged && time_before(jiffies, o->challenge + CHALLENGE_EVERY)) {
		front_count(o->fn, FRONT_STAT_CHALLENGE_LIMITED);
		return;
	}
	o->challenged = true;
	o->challenge = jiffies;
	front_count(o->fn, FRONT_STAT_CHALLENGE_ACK);
	front_opening_ack(o);
}

void front_opening_ack_all(struct front_opening *o)
{
	o->acked = o->len;
	front_opening_ack(o);
}

void front_opening_reset(struct front_opening *o)
{
	front_opening_send(o, 1, o->acked, TCPHDR_RST | TCPHDR_ACK, NULL, 0);
}

static void uncharge_head(struct front_opening *o, u32 bytes)
{
	atomic_long_sub(bytes, &o->fn->head_bytes);
	atomic_sub(bytes, &o->fn->backlog->client[o->backlog.client].head_bytes);
}

/* The client's own limit first: it is its own connections that go for it. */
static bool charge_head(struct front_opening *o, u32 bytes)
{
	struct front_backlog_client *client = &o->fn->backlog->client[o->backlog.client];
	long of_client = atomic_add_return(bytes, &client->head_bytes);
	long of_all = atomic_long_add_return(bytes, &o->fn->head_bytes);

	if (of_client > handoff_limit(o->fn->net, HANDOFF_LIMIT_HEAD_CLIENT))
		o->starved = FRONT_STARVED_CLIENT;
	else if (of_all > handoff_limit(o->fn->net, HANDOFF_LIMIT_HEAD_TOTAL))
		o->starved = FRONT_STARVED_TOTAL;
	else
		return true;
	uncharge_head(o, bytes);
	return false;
}

bool front_opening_grow(struct front_opening *o, u32 len)
{
	u32 size = max_t(u32, o->size, BUFFER_MIN);
	u8 *buf;

	lockdep_assert_held(&o->flow->flow.lock);
	if (len <= o->size)
		return true;
	while (size < len)
		size *= 2;
	if (!charge_head(o, size - o->size))
		return false;
	buf = krealloc(o->buf, size, GFP_ATOMIC | __GFP_NOWARN);
	if (!buf) {
		uncharge_head(o, size - o->size);
		front_count(o->fn, FRONT_STAT_HEAD_MEMORY);
		return false;
	}
	if (!o->buf)
		front_backlog_speaks(o->fn, &o->backlog);
	o->buf = buf;
	o->size = size;
	return true;
}

void front_opening_forget_buffer(struct front_opening *o)
{
	kfree(o->buf);
	uncharge_head(o, o->size);
	o->buf = NULL;
	o->size = 0;
}

/*
 * By bytes, too: a few segments of 64 KB behind a hole are all it takes to
 * hold much more memory than their number tells.
 */
static bool charge(struct front_opening *o, struct sk_buff *skb)
{
	struct front_queued *queued = (struct front_queued *)skb->cb;
	long total = handoff_limit(o->fn->net, HANDOFF_LIMIT_QUEUE_TOTAL);

	if (atomic_long_add_return(skb->truesize, &o->fn->queue_bytes) > total) {
		atomic_long_sub(skb->truesize, &o->fn->queue_bytes);
		return false;
	}
	queued->charge = skb->truesize;
	return true;
}

void front_opening_unlink(struct front_opening *o, struct sk_buff *skb,
			  struct sk_buff_head *queue)
{
	const struct front_queued *queued = (const struct front_queued *)skb->cb;

	__skb_unlink(skb, queue);
	atomic_long_sub(queued->charge, &o->fn->queue_bytes);
	/* Who gets it next may take what is here for his own. */
	memset(skb->cb, 0, sizeof(*queued));
}

bool front_opening_queue(struct front_opening *o, struct sk_buff *skb,
			 const struct front_place *place, bool sorted)
{
	struct sk_buff *before;

	lockdep_assert_held(&o->flow->flow.lock);
	if (skb_queue_len(&o->queue) >= handoff_limit(o->fn->net, HANDOFF_LIMIT_QUEUE)) {
		front_count(o->fn, FRONT_STAT_QUEUE_FULL);
		return false;
	}
	if (!charge(o, skb)) {
		front_count(o->fn, FRONT_STAT_QUEUE_TOTAL);
		return false;
	}
	/* Neither the route's device nor a socket is to be pinned meanwhile. */
	skb_orphan(skb);
	skb_dst_drop(skb);
	nf_reset_ct(skb);
	skb->dev = NULL;
	((struct front_queued *)skb->cb)->place = *place;

	before = skb_peek_tail(&o->queue);
	while (sorted && before && front_opening_queued(before)->start > place->start)
		before = skb_queue_is_first(&o->queue, before) ? NULL :
			 skb_queue_prev(&o->queue, before);
	if (before)
		__skb_queue_after(&o->queue, before, skb);
	else
		__skb_queue_head(&o->queue, skb);
	return true;
}

int __init front_opening_setup(void)
{
	cache = KMEM_CACHE(front_opening, SLAB_HWCACHE_ALIGN);
	return cache ? 0 : -ENOMEM;
}

void front_opening_teardown(void)
{
	kmem_cache_destroy(cache);
}

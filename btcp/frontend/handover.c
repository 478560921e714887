// SPDX-License-Identifier: GPL-2.0
#include "bip/forward.h"
#include "btcp/frontend/answer.h"
#include "btcp/frontend/backend.h"
#include "btcp/frontend/close.h"
#include "btcp/frontend/handover.h"
#include "btcp/frontend/persist.h"
#include "btcp/frontend/pool.h"
#include "btcp/frontend/service.h"
#include "handoff/settings.h"

/* Tries without any answer after which another back-end may be asked. */
#define SILENT_TRIES	3
/* Rounds of flushing without the lock, before the rest goes under it. */
#define FLUSH_ROUNDS	8

static void timeout(struct front_opening *o);

/* A repeated HANDOFF is identical to the first: all it is made of is constant. */
static int send_handoff(struct front_opening *o)
{
	struct wire_msg msg = {
		.type = WIRE_HANDOFF,
		.handoff = {
			.client_isn = o->syn.client_isn,
			.syn_window = o->syn.syn_window,
			.mss = o->syn.mss,
			.options = o->syn.options,
			.client_wscale = o->syn.client_wscale,
			.promised_wscale = o->syn.promised_wscale,
			.staged = o->staged,
			.syn_tsval = o->syn.syn_tsval,
			.front_isn = o->syn.front_isn,
			.front_tsval = o->syn.front_tsval,
			.promised_window = o->syn.promised_window,
			.srtt_us = o->syn.srtt_us,
			.ack_window = o->ack_window,
			.ack_tsval = o->ack_tsval,
			.head_len = o->len,
			.data_len = o->staged ? 0 : o->len,
			.data = o->staged ? NULL : o->buf,
		},
	};

	return front_flow_tell(o->flow, o->backend, o->id, &msg);
}

static void send_heads(struct front_opening *o, u32 from)
{
	u32 room = wire_head_room(handoff_session_room(o->backend->session),
				  o->flow->flow.tuple.family == NFPROTO_IPV6);

	lockdep_assert_held(&o->flow->flow.lock);
	while (from < o->len && room) {
		struct wire_msg msg = {
			.type = WIRE_HEAD,
			.head = {
				.offset = from,
				.data_len = min(room, o->len - from),
				.data = o->buf + from,
			},
		};

		/* Even if sending fails later on, this back-end may have it. */
		o->head_sent = true;
		if (front_flow_tell(o->flow, o->backend, o->id, &msg))
			break;
		from += msg.head.data_len;
	}
	o->sent = max(o->sent, from);
}

static void count_failure(struct front_opening *o)
{
	front_count(o->fn, FRONT_STAT_HANDOFF_FAILURES);
	handoff_stats_inc(&o->flow->service->stats, FRONT_SERVICE_HANDOFF_FAILURES);
	if (o->backend)
		handoff_stats_inc(&o->backend->stats, FRONT_BACKEND_HANDOFF_FAILURES);
}

/* Packets of which the buffer has every byte are not needed any more. */
static void prune(struct front_opening *o)
{
	struct sk_buff *skb, *next;

	skb_queue_walk_safe(&o->queue, skb, next) {
		if (front_opening_queued(skb)->end > (s32)o->len)
			continue;
		front_opening_unlink(o, skb, &o->queue);
		consume_skb(skb);
	}
}

/*
 * How the head goes to this back-end.  What is behind the head in the buffer
 * goes with it if all fits in one message; if not, it goes as packets, since
 * it was never acknowledged.
 */
static void choose_way(struct front_opening *o)
{
	u32 room = wire_handoff_room(handoff_session_room(o->backend->session),
				     o->flow->flow.tuple.family == NFPROTO_IPV6);

	room = min(room, handoff_limit(o->fn->net, HANDOFF_LIMIT_ONE_SHOT));
	if (o->len > room && o->len > o->head_len && o->acked <= o->head_len)
		o->len = o->head_len;
	o->staged = o->len > room;
	if (o->staged) {
		front_count(o->fn, FRONT_STAT_STAGED);
		/* HEAD messages carry only what the client was told we have. */
		if (o->acked < o->len)
			front_opening_ack_all(o);
	}
	prune(o);
}

/*
 * The first copy.  A path that has become narrower since it told its MTU says
 * so now: nothing has left this host that a smaller HANDOFF would have to be
 * identical to, so the head may still go in pieces behind it.
 */
static int offer(struct front_opening *o)
{
	int err;

	choose_way(o);
	err = send_handoff(o);
	if (err == -EMSGSIZE && !o->staged) {
		choose_way(o);
		err = send_handoff(o);
	}
	return err;
}

/* Ask the next back-end, as long as there is one that can be asked. */
static void next_backend(struct front_opening *o)
{
	struct front_net *fn = o->fn;

	lockdep_assert_held(&o->flow->flow.lock);
	for (;;) {
		front_opening_forget_backend(o);
		o->id = 0;
		o->backend = front_pool_pick(o->pool, &o->choice);
		if (!o->backend) {
			if (!o->choice.tried_count)
				front_count(fn, FRONT_STAT_HANDOFF_NO_BACKEND);
			front_answer_begin(o, 503);
			return;
		}
		if (o->choice.tried_count)
			front_count(fn, FRONT_STAT_HANDOFF_NEXT);
		o->choice.tried[o->choice.tried_count++] = o->backend->serial;
		front_persist_keep(o->flow->service, o->pool, &o->flow->flow.tuple.client,
				   o->choice.family, o->backend);
		o->id = atomic64_inc_return(&fn->last_id);
		o->started = jiffies;
		o->retries = 0;
		o->have = 0;
		o->sent = 0;
		o->head_sent = false;
		if (!offer(o))
			break;
		/* It did not leave this host, so the back-end cannot have it. */
		count_failure(o);
	}
	o->head_sent = !o->staged;
	front_opening_arm(o, handoff_timeout(fn->net, HANDOFF_TIMEOUT_TRY), timeout);
}

void front_handover_begin(struct front_opening *o)
{
	lockdep_assert_held(&o->flow->flow.lock);
	front_backlog_keep(o->fn, &o->backlog);
	o->choice.family = o->flow->flow.tuple.family;
	o->choice.stick = front_persist_recall(o->flow->service, o->pool,
					       &o->flow->flow.tuple.client, o->choice.family);
	front_flow_set_state(o->fn, o->flow, FRONT_FLOW_HANDING_OFF);
	next_backend(o);
}

/*
 * The most that a client can acknowledge of a response: what it had room for
 * when it finished the handshake.  Who has only guessed the ports will hardly
 * be within both windows.
 */
static u32 room_of_client(const struct front_opening *o)
{
	return max_t(u32, o->syn.syn_window, (u32)o->ack_window << o->syn.client_wscale);
}

bool front_handover_packet(struct front_opening *o, struct sk_buff *skb,
			   const struct handoff_headers *h)
{
	u32 acked = ntohl(h->tcp->ack_seq) - (o->syn.front_isn + 1);
	struct front_place place = front_opening_place(o, h);
	bool answered;

	lockdep_assert_held(&o->flow->flow.lock);
	/* A SYN that comes again here is old: the SYN/ACK was acknowledged. */
	if (h->tcp->syn) {
		front_opening_challenge(o);
		return false;
	}
	if (!h->tcp->rst && !h->tcp->ack) {
		front_count(o->fn, FRONT_STAT_BAD_FLAGS);
		return false;
	}
	if (!front_opening_in_window(o, &place) ||
	    (!h->tcp->rst && acked > room_of_client(o))) {
		front_count(o->fn, FRONT_STAT_BAD_SEQUENCE);
		return false;
	}
	/* We have sent nothing behind our SYN/ACK: this is of a response. */
	answered = !h->tcp->rst && acked;
	/* RST and what is new: for the back-end's TCP to judge, in its order. */
	if (!h->tcp->rst && !answered && place.end <= (s32)o->len) {
		front_count(o->fn, FRONT_STAT_RETRANSMITTED);
		return false;
	}
	if (!front_opening_queue(o, skb, &place, false))
		return false;
	front_count(o->fn, FRONT_STAT_QUEUED);
	/* So the back-end has the connection, and its HANDOFF_ACK was lost. */
	if (answered)
		front_handover_implied(o);
	return true;
}

static void forward(struct front_opening *o, struct sk_buff *skb)
{
	struct handoff_headers h;

	if (handoff_packet_parse(skb, false, &h)) {
		bip_forward(o->fn, o->flow, skb, &h);
		return;
	}
	/* It was one before: its headers cannot be pulled. */
	front_count(o->fn, FRONT_STAT_FORWARD_MEMORY);
	kfree_skb(skb);
}

/*
 * Packets keep coming while the queue is sent, and are queued behind it, since
 * the state stays what it is until the queue is empty.  After some rounds the
 * rest is sent with the lock held, lest a fast client keep us here.
 */
static void flush(struct front_opening *o)
	__must_hold(&o->flow->flow.lock)
{
	struct front_flow *flow = o->flow;
	struct sk_buff_head packets;
	struct sk_buff *skb;
	int round;

	__skb_queue_head_init(&packets);
	for (round = 0; round < FLUSH_ROUNDS && !skb_queue_empty(&o->queue); round++) {
		skb_queue_splice_init(&o->queue, &packets);
		spin_unlock(&flow->flow.lock);
		while ((skb = front_opening_dequeue(o, &packets)))
			forward(o, skb);
		spin_lock(&flow->flow.lock);
	}
	while ((skb = front_opening_dequeue(o, &o->queue)))
		forward(o, skb);
}

/* The switch (claims 1f, 11g): the back-end has the connection. */
static void stand(struct front_opening *o)
{
	struct front_flow *flow = o->flow;
	struct front_net *fn = o->fn;

	lockdep_assert_held(&flow->flow.lock);
	if (o->flushing)
		return;
	o->flushing = true;
	/* The opening's reference becomes the flow's; BIP reads it from there. */
	flow->backend = o->backend;
	o->backend = NULL;
	WRITE_ONCE(flow->flow.id, o->id);

	front_opening_get(o);
	flush(o);
	if (!flow->flow.dead) {
		front_count(fn, FRONT_STAT_HANDOFFS);
		handoff_stats_inc(&flow->service->stats, FRONT_SERVICE_HANDOFFS);
		handoff_stats_inc(&flow->backend->stats, FRONT_BACKEND_HANDOFFS);
		WRITE_ONCE(flow->seen, jiffies);
		front_flow_expire_in(flow, handoff_timeout(fn->net, HANDOFF_TIMEOUT_IDLE));
		front_flow_set_state(fn, flow, FRONT_FLOW_FORWARDING);
		front_opening_detach(o);
		/* The walk for a lost back-end leaves out who is on the way to it. */
		if (front_backend_is_lost(flow->backend)) {
			front_backend_count_lost(flow->backend);
			front_close_reset(fn, flow);
		}
	}
	/* The opening's place in the load is the flow's from now on, if it lives. */
	if (flow->flow.dead)
		front_backend_unload(flow->backend);
	front_opening_put(o);
}

void front_handover_ack(struct front_opening *o, const struct wire_handoff_ack *ack)
{
	lockdep_assert_held(&o->flow->flow.lock);
	/* While the queue is sent the back-end is the flow's already. */
	if (o->flushing)
		return;
	/* The SYN/ACK, rewritten to our state: it must be ours, then. */
	if (ack->seq != o->syn.front_isn || ack->ack != o->syn.client_isn + 1 ||
	    ack->have > o->len) {
		front_count(o->fn, FRONT_STAT_HANDOFF_BAD_ACK);
		return;
	}
	if (ack->standing) {
		stand(o);
		return;
	}
	o->have = max(o->have, ack->have);
	/* What is under way is not sent again for each answer: see the timer. */
	if (max(o->sent, o->have) < o->len)
		send_heads(o, max(o->sent, o->have));
}

void front_handover_nak(struct front_opening *o, const struct wire_nak_msg *nak)
{
	u8 reason = nak->reason < __WIRE_NAK_MAX ? nak->reason : 0;

	front_count(o->fn, FRONT_STAT_NAK + reason);
	if (o->flushing)
		return;
	count_failure(o);
	next_backend(o);
}

bool front_handover_implied(struct front_opening *o)
{
	struct front_flow *flow = o->flow;

	/* Acknowledged bytes it may not have yet would be lost by a switch. */
	if (o->staged && o->have < o->len)
		return false;
	stand(o);
	return front_flow_forwards(flow->flow.state);
}

/* The head may have been executed: there is no other way out. */
static void give_up(struct front_opening *o)
{
	front_count(o->fn, FRONT_STAT_HANDOFF_SILENT);
	count_failure(o);
	front_flow_tell_reset(o->flow, o->backend, o->id);
	front_opening_reset(o);
	front_opening_end(o);
}

static void abandon(struct front_opening *o)
{
	count_failure(o);
	front_flow_tell_reset(o->flow, o->backend, o->id);
	next_backend(o);
}

void front_handover_backend_lost(struct front_opening *o)
{
	lockdep_assert_held(&o->flow->flow.lock);
	if (o->flushing)
		return;
	if (o->head_sent)
		give_up(o);
	else
		abandon(o);
}

/* No answer yet. */
static void timeout(struct front_opening *o)
{
	unsigned long limit = handoff_timeout(o->fn->net, HANDOFF_TIMEOUT_HANDOFF);

	if (o->flushing)
		return;
	o->retries++;
	if (!o->head_sent && o->retries >= SILENT_TRIES) {
		abandon(o);
		return;
	}
	if (time_after_eq(jiffies, o->started + limit)) {
		give_up(o);
		return;
	}
	front_count(o->fn, FRONT_STAT_HANDOFF_RETRIES);
	/* Until the first answer it may be HANDOFF that was lost. */
	if (o->staged && o->head_sent)
		send_heads(o, o->have);
	/*
	 * One that has become too big for the path stays as it is: a copy has
	 * left, may have brought the head, and only the same again may follow.
	 * The path may be wide again before the time is over; if not, only a
	 * reset is honest.
	 */
	if (!o->staged || !o->head_sent || o->have == o->len)
		send_handoff(o);
	front_opening_arm(o, handoff_timeout(o->fn->net, HANDOFF_TIMEOUT_TRY), timeout);
}

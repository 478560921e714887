// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/tcp.h>

#include "btcp/backend/accept.h"
#include "btcp/backend/admit.h"
#include "btcp/backend/close.h"
#include "btcp/backend/head.h"
#include "btcp/backend/inject.h"
#include "btcp/backend/message.h"
#include "btcp/backend/socket.h"
#include "btcp/tcp_options.h"
#include "handoff/settings.h"

#define AGAIN_FIRST	(HZ / 5)
#define AGAIN_MAX	HZ

/*
 * All three within the front-end's patience (HANDOFF_TIMEOUT_HANDOFF), so
 * that an answer comes before it stops waiting for one.
 */
static unsigned long synack_timeout(struct back_net *bnet)
{
	return handoff_timeout(bnet->net, HANDOFF_TIMEOUT_HANDOFF) / 3;
}

static unsigned long request_timeout(struct back_net *bnet)
{
	return handoff_timeout(bnet->net, HANDOFF_TIMEOUT_HANDOFF) * 2 / 3;
}

/* ... and this one beyond it: then nobody waits for the rest of a head. */
static unsigned long head_timeout(struct back_net *bnet)
{
	return handoff_timeout(bnet->net, HANDOFF_TIMEOUT_HANDOFF) * 2;
}

/* What the client offered, less what it was not promised (design §8, Options). */
static void inject_syn(struct back_net *bnet, struct back_accept *accept,
		       const struct dst_entry *dst)
{
	const struct tcp_options_seen options = {
		.mss = accept->mss,
		.has_ts = accept->options & WIRE_OPT_TIMESTAMP,
		.tsval = accept->syn_tsval,
		.sack_ok = accept->options & WIRE_OPT_SACK,
		.has_wscale = accept->options & WIRE_OPT_WSCALE,
		.wscale = accept->client_wscale,
	};
	struct handoff_segment segment = {
		.seq = accept->flow->client_isn,
		.window = accept->syn_window,
		.flags = TCPHDR_SYN,
	};

	segment.options_len = tcp_options_build(segment.options, &options);
	back_inject(bnet, &accept->flow->flow.tuple, &segment, dst);
}

static void inject_syn_again(struct back_net *bnet, struct back_accept *accept)
{
	struct dst_entry *dst = back_inject_route(bnet, &accept->flow->flow.tuple);

	if (!dst)
		return;
	inject_syn(bnet, accept, dst);
	dst_release(dst);
}

static void prepare_ack(const struct back_accept *accept, struct handoff_segment *segment)
{
	const struct back_flow *flow = accept->flow;
	const struct tcp_options_seen options = {
		.has_ts = accept->options & WIRE_OPT_TIMESTAMP,
		.tsval = accept->ack_tsval,
		.tsecr = flow->front_tsval,
	};

	memset(segment, 0, sizeof(*segment));
	segment->seq = flow->client_isn + 1;
	segment->ack = flow->front_isn + 1;
	segment->window = accept->ack_window;
	segment->flags = TCPHDR_ACK;
	segment->options_len = tcp_options_build(segment->options, &options);
}

static int inject_chunk(struct back_net *bnet, struct back_accept *accept,
			const struct back_chunk *chunk, struct handoff_segment *segment,
			const struct dst_entry *dst)
{
	segment->seq = accept->flow->client_isn + 1 + chunk->offset;
	segment->flags = TCPHDR_ACK | TCPHDR_PSH;
	segment->payload = chunk->data;
	segment->payload_len = chunk->len;
	if (chunk->offset + chunk->len == accept->flow->head_len)
		accept->handed = true;
	return back_inject(bnet, &accept->flow->flow.tuple, segment, dst);
}

void back_accept_ack(struct back_net *bnet, struct back_flow *flow)
{
	struct back_accept *accept = flow->accept;
	struct handoff_segment segment;
	struct back_chunk *chunk;
	struct dst_entry *dst;

	lockdep_assert_held(&flow->flow.lock);
	dst = back_inject_route(bnet, &flow->flow.tuple);
	if (!dst)
		return;
	prepare_ack(accept, &segment);
	if (!back_inject(bnet, &flow->flow.tuple, &segment, dst))
		list_for_each_entry(chunk, &accept->chunks, list)
			if (chunk->offset + chunk->len > accept->acked &&
			    inject_chunk(bnet, accept, chunk, &segment, dst))
				break;	/* the backlog is full: the timer's turn */
	dst_release(dst);
}

static void accept_free(struct back_net *bnet, struct back_accept *accept)
{
	back_head_clean(bnet, accept);
	kfree(accept);
	atomic_dec(&bnet->accepts);
}

void back_accept_drop(struct back_net *bnet, struct back_flow *flow)
{
	struct back_accept *accept = flow->accept;

	lockdep_assert_held(&flow->flow.lock);
	if (!accept)
		return;
	flow->accept = NULL;
	/* Else it is running, waits for our lock, and frees @accept itself. */
	if (!timer_delete(&accept->timer))
		return;
	accept_free(bnet, accept);
	/* The timer's: never the last one, our caller's caller has the table's. */
	handoff_flow_put(&bnet->table, &flow->flow);
}

bool back_accept_refuse(struct back_net *bnet, struct back_flow *flow,
			u8 nak)
{
	lockdep_assert_held(&flow->flow.lock);
	if (!back_flow_end(bnet, flow, 0))
		return false;
	WRITE_ONCE(flow->nak, nak);
	/* A NAK needs no CLOSED behind it. */
	flow->flags |= BACK_FLOW_TOLD;
	back_frontend_refuse(bnet, flow->frontend->session, flow->flow.id, nak);
	return true;
}

/* The deadline of BACK_FLOW_HEAD has passed: what does TCP have of it? */
static bool give_up(struct back_net *bnet, struct back_flow *flow,
		    struct back_accept *accept)
{
	enum back_socket socket;

	if (time_before(jiffies, accept->started + request_timeout(bnet)))
		return false;
	socket = back_socket_find(bnet->net, &flow->flow.tuple);
	/*
	 * Only a request socket: the accept queue ate the ACK, nobody has read
	 * a byte.  With the RST nobody ever will, so another back-end may.
	 */
	if (socket == BACK_SOCKET_REQUEST || (!accept->handed && socket == BACK_SOCKET_NONE)) {
		back_inject_rst(bnet, &flow->flow.tuple, flow->client_isn + 1);
		return back_accept_refuse(bnet, flow, WIRE_NAK_SYNACK);
	}
	if (time_before(jiffies, accept->started + head_timeout(bnet)))
		return false;
	/* The head may have been read and acted upon: only an RST is honest. */
	back_inject_rst(bnet, &flow->flow.tuple, READ_ONCE(flow->rcv_nxt));
	flow->flags |= BACK_FLOW_RST_OUT;
	return back_flow_end(bnet, flow, WIRE_CLOSED_TIMEOUT);
}

static void accept_timer(struct timer_list *timer)
{
	struct back_accept *accept = container_of(timer, struct back_accept, timer);
	struct back_flow *flow = accept->flow;
	struct back_net *bnet = flow->frontend->bnet;
	bool over = false, mine, want_head = false;
	u32 have;

	rcu_read_lock();
	spin_lock(&flow->flow.lock);
	mine = flow->accept == accept;
	if (mine && flow->flow.state == BACK_FLOW_SYN) {
		over = time_after_eq(jiffies, accept->started + synack_timeout(bnet));
		if (over) {
			/* A SYN/ACK that still comes is answered with RST, too. */
			back_inject_rst(bnet, &flow->flow.tuple, flow->client_isn + 1);
			back_accept_refuse(bnet, flow, WIRE_NAK_SYNACK);
		} else {
			inject_syn_again(bnet, accept);
		}
	} else if (mine) {
		over = give_up(bnet, flow, accept);
		if (!over) {
			back_accept_ack(bnet, flow);
			have = accept->have;
			want_head = have < flow->head_len;
		}
	}
	if (mine && !over) {
		back_count(bnet, BACK_STAT_REINJECTIONS);
		accept->interval = min_t(unsigned long, 2 * accept->interval, AGAIN_MAX);
		mod_timer(&accept->timer, jiffies + accept->interval);
	}
	spin_unlock(&flow->flow.lock);

	if (over && READ_ONCE(flow->nak))
		back_say_flow_nak(bnet, flow);
	else if (over)
		back_say_closed(bnet, flow);
	else if (want_head)
		back_say_ack(bnet, flow, false, have);
	/* Taken off, by somebody else or just now: nobody else frees it. */
	if (!mine || over) {
		accept_free(bnet, accept);
		handoff_flow_put(&bnet->table, &flow->flow);
	}
	rcu_read_unlock();
}

/*
 * A copy of a HANDOFF that is here, or was: answer with what stands.  Another
 * one on the tuple of a flow that is over takes its place.
 */
static u8 known(struct back_net *bnet, struct handoff_session *session,
		struct back_flow *flow, const struct wire_msg *msg, bool *answered)
{
	bool same = flow->frontend->session == session, over;
	u8 state, nak;
	u32 have;

	/* The front-end has forgotten it; if TCP has, too, the tuple is free. */
	if (!same || msg->flow.id != flow->flow.id)
		back_close_if_gone(bnet, flow);
	spin_lock_bh(&flow->flow.lock);
	state = flow->flow.state;
	have = flow->accept ? flow->accept->have : flow->head_len;
	nak = flow->nak;
	over = state >= BACK_FLOW_TIME_WAIT;
	if (over && (!same || msg->flow.id > flow->flow.id)) {
		handoff_table_remove(&bnet->table, &flow->flow, true);
		spin_unlock_bh(&flow->flow.lock);
		return 0;
	}
	spin_unlock_bh(&flow->flow.lock);

	if (!same)
		return WIRE_NAK_TUPLE;
	if (msg->flow.id != flow->flow.id)
		return over ? WIRE_NAK_OLD : WIRE_NAK_TUPLE;

	back_count(bnet, BACK_STAT_REPEATED_HANDOFFS);
	*answered = true;
	if (nak)
		back_say_flow_nak(bnet, flow);
	else if (state == BACK_FLOW_HEAD)
		back_say_ack(bnet, flow, false, have);
	else if (state != BACK_FLOW_SYN && state != BACK_FLOW_ENDED)
		back_say_ack(bnet, flow, true, flow->head_len);
	if (!nak && over)
		back_say_closed(bnet, flow);
	return 0;
}

static struct back_accept *accept_alloc(struct back_flow *flow,
					const struct wire_handoff *handoff)
{
	struct back_accept *accept;

	accept = kzalloc(sizeof(*accept), GFP_ATOMIC | __GFP_NOWARN);
	if (!accept)
		return NULL;
	atomic_inc(&flow->frontend->bnet->accepts);
	accept->flow = flow;
	INIT_LIST_HEAD(&accept->chunks);
	timer_setup(&accept->timer, accept_timer, 0);
	accept->interval = AGAIN_FIRST;
	accept->started = jiffies;
	accept->staged = handoff->staged;
	accept->options = handoff->options;
	if (handoff->options & WIRE_OPT_WSCALE) {
		accept->client_wscale = handoff->client_wscale;
		accept->promised_wscale = handoff->promised_wscale;
	}
	accept->syn_window = handoff->syn_window;
	accept->mss = handoff->mss;
	accept->promised_window = handoff->promised_window;
	accept->ack_window = handoff->ack_window;
	accept->syn_tsval = handoff->syn_tsval;
	accept->ack_tsval = handoff->ack_tsval;
	accept->srtt_us = handoff->srtt_us;
	return accept;
}

static u8 nak_of(int err)
{
	switch (err) {
	case -ENOSPC:
		return WIRE_NAK_LIMIT;
	case -ESHUTDOWN:
		return WIRE_NAK_ADMIN;
	case -EINVAL:
		return WIRE_NAK_OPTIONS;
	case -EHOSTUNREACH:
		return WIRE_NAK_ROUTE;
	default:
		return WIRE_NAK_MEMORY;
	}
}

/* What is to be kept until the connection stands; or ERR_PTR. */
static struct back_accept *prepare(struct back_net *bnet,
				   struct back_flow *flow,
				   const struct wire_handoff *handoff)
{
	struct back_accept *accept = accept_alloc(flow, handoff);
	struct back_chunk *chunk;

	if (!accept)
		return ERR_PTR(-ENOMEM);
	if (!handoff->data_len)
		return accept;
	chunk = back_head_add(bnet, accept, 0, handoff->data, handoff->data_len);
	if (IS_ERR(chunk)) {
		accept_free(bnet, accept);
		return ERR_CAST(chunk);
	}
	return accept;
}

static int start(struct back_net *bnet, struct back_flow *flow,
		 const struct wire_handoff *handoff)
{
	struct back_accept *accept;
	struct dst_entry *dst;
	int err;

	/* Without one nothing reaches TCP: better said now than by a timeout. */
	dst = back_inject_route(bnet, &flow->flow.tuple);
	if (!dst)
		return -EHOSTUNREACH;
	accept = prepare(bnet, flow, handoff);
	if (IS_ERR(accept)) {
		dst_release(dst);
		return PTR_ERR(accept);
	}

	/*
	 * Locked before others can find it, so that nobody meets it half made:
	 * the timer must be armed as long as @accept is there.
	 */
	spin_lock_bh(&flow->flow.lock);
	flow->accept = accept;
	handoff_flow_get(&flow->flow);	/* the timer's */
	mod_timer(&accept->timer, jiffies + accept->interval);
	err = handoff_table_insert(&bnet->table, &flow->flow);
	if (err) {
		back_accept_drop(bnet, flow);
	} else {
		back_flow_count(bnet, flow);
		inject_syn(bnet, accept, dst);
	}
	spin_unlock_bh(&flow->flow.lock);
	dst_release(dst);
	return err;
}

/* Nothing is known of the tuple.  Return: 0, -EEXIST if that has changed. */
static int take(struct back_net *bnet, struct handoff_session *session,
		const struct handoff_tuple *tuple, const struct wire_msg *msg, u8 *nak)
{
	struct back_frontend *frontend;
	struct back_flow *flow;
	int err = -ENOMEM;

	/* Refused before: the front-end may have gone elsewhere, so again. */
	*nak = back_frontend_refused(bnet, session, msg->flow.id);
	if (*nak) {
		back_count(bnet, BACK_STAT_REPEATED_HANDOFFS);
		back_say_nak(bnet, session, &msg->flow, *nak);
		*nak = 0;
		return 0;
	}
	*nak = back_admit(bnet, session, tuple, msg, &frontend);
	if (*nak)
		return 0;
	flow = back_flow_alloc(bnet, frontend, tuple, msg);
	if (flow) {
		err = start(bnet, flow, &msg->handoff);
		handoff_flow_put(&bnet->table, &flow->flow);
	}
	if (err == -EEXIST)
		return err;
	if (err)
		*nak = nak_of(err);
	return 0;
}

void back_accept_handoff(struct back_net *bnet, struct handoff_session *session,
			 const struct handoff_tuple *tuple, const struct wire_msg *msg)
{
	struct back_flow *flow = back_flow_lookup(bnet, tuple);
	bool answered = false;
	u8 nak = 0;

	if (flow)
		nak = known(bnet, session, flow, msg, &answered);
	/* Another CPU was faster, likely with a copy: that one will be answered. */
	if (answered || (!nak && take(bnet, session, tuple, msg, &nak) == -EEXIST))
		return;
	if (!nak)
		return;
	/* ... and what we took for a stranger's may have been its work. */
	flow = back_flow_lookup(bnet, tuple);
	if (flow && flow->flow.id == msg->flow.id && flow->frontend->session == session)
		return;
	back_frontend_refuse(bnet, session, msg->flow.id, nak);
	back_say_nak(bnet, session, &msg->flow, nak);
}

void back_accept_head(struct back_net *bnet, struct back_flow *flow,
		      const struct wire_head *head)
{
	struct handoff_segment segment;
	struct back_accept *accept;
	struct back_chunk *chunk;
	struct dst_entry *dst;
	bool caught;
	u32 have;

	spin_lock_bh(&flow->flow.lock);
	accept = flow->accept;
	if (!accept) {
		spin_unlock_bh(&flow->flow.lock);
		/* It stands: the answer was lost. */
		if (back_flow_state(flow) < BACK_FLOW_ENDED)
			back_say_ack(bnet, flow, true, flow->head_len);
		return;
	}
	caught = flow->flow.state == BACK_FLOW_HEAD;
	chunk = back_head_add(bnet, accept, head->offset, head->data, head->data_len);
	if (chunk == ERR_PTR(-ENOENT))
		back_count(bnet, BACK_STAT_HEAD_GAPS);
	else if (chunk == ERR_PTR(-EINVAL))
		back_count(bnet, BACK_STAT_BAD_MESSAGE);
	/* Before the SYN/ACK it could not be translated: then it just waits. */
	if (!IS_ERR_OR_NULL(chunk) && caught) {
		dst = back_inject_route(bnet, &flow->flow.tuple);
		if (dst) {
			prepare_ack(accept, &segment);
			inject_chunk(bnet, accept, chunk, &segment, dst);
			dst_release(dst);
		}
	}
	have = accept->have;
	spin_unlock_bh(&flow->flow.lock);
	if (caught)
		back_say_ack(bnet, flow, false, have);
}

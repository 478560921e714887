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
static unsigned long synack_timeout(struct btcp_backend_net *bnet)
{
	return handoff_timeout(bnet->net, HANDOFF_TIMEOUT_HANDOFF) / 3;
}

static unsigned long request_timeout(struct btcp_backend_net *bnet)
{
	return handoff_timeout(bnet->net, HANDOFF_TIMEOUT_HANDOFF) * 2 / 3;
}

/* ... and this one beyond it: then nobody waits for the rest of a head. */
static unsigned long head_timeout(struct btcp_backend_net *bnet)
{
	return handoff_timeout(bnet->net, HANDOFF_TIMEOUT_HANDOFF) * 2;
}

/* What the client offered, less what it was not promised (design §8, Options). */
static void inject_syn(struct btcp_backend_net *bnet, struct btcp_accept *accept,
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
	btcp_inject(bnet, &accept->flow->flow.tuple, &segment, dst);
}

static void inject_syn_again(struct btcp_backend_net *bnet, struct btcp_accept *accept)
{
	struct dst_entry *dst = btcp_inject_route(bnet, &accept->flow->flow.tuple);

	if (!dst)
		return;
	inject_syn(bnet, accept, dst);
	dst_release(dst);
}

static void prepare_ack(const struct btcp_accept *accept, struct handoff_segment *segment)
{
	const struct btcp_server_flow *flow = accept->flow;
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

static int inject_chunk(struct btcp_backend_net *bnet, struct btcp_accept *accept,
			const struct btcp_chunk *chunk, struct handoff_segment *segment,
			const struct dst_entry *dst)
{
	segment->seq = accept->flow->client_isn + 1 + chunk->offset;
	segment->flags = TCPHDR_ACK | TCPHDR_PSH;
	segment->payload = chunk->data;
	segment->payload_len = chunk->len;
	if (chunk->offset + chunk->len == accept->flow->head_len)
		accept->handed = true;
	return btcp_inject(bnet, &accept->flow->flow.tuple, segment, dst);
}

void btcp_accept_ack(struct btcp_backend_net *bnet, struct btcp_server_flow *flow)
{
	struct btcp_accept *accept = flow->accept;
	struct handoff_segment segment;
	struct btcp_chunk *chunk;
	struct dst_entry *dst;

	lockdep_assert_held(&flow->flow.lock);
	dst = btcp_inject_route(bnet, &flow->flow.tuple);
	if (!dst)
		return;
	prepare_ack(accept, &segment);
	if (!btcp_inject(bnet, &flow->flow.tuple, &segment, dst))
		list_for_each_entry(chunk, &accept->chunks, list)
			if (chunk->offset + chunk->len > accept->acked &&
			    inject_chunk(bnet, accept, chunk, &segment, dst))
				break;	/* the backlog is full: the timer's turn */
	dst_release(dst);
}

static void accept_free(struct btcp_backend_net *bnet, struct btcp_accept *accept)
{
	btcp_head_clean(bnet, accept);
	kfree(accept);
	atomic_dec(&bnet->accepts);
}

void btcp_accept_drop(struct btcp_backend_net *bnet, struct btcp_server_flow *flow)
{
	struct btcp_accept *accept = flow->accept;

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

bool btcp_accept_refuse(struct btcp_backend_net *bnet, struct btcp_server_flow *flow,
			u8 nak)
{
	lockdep_assert_held(&flow->flow.lock);
	if (!btcp_flow_end(bnet, flow, 0))
		return false;
	WRITE_ONCE(flow->nak, nak);
	/* A NAK needs no CLOSED behind it. */
	flow->flags |= BTCP_FLOW_TOLD;
	btcp_frontend_refuse(bnet, flow->frontend->session, flow->flow.id, nak);
	return true;
}

/* The deadline of BTCP_FLOW_HEAD has passed: what does TCP have of it? */
static bool give_up(struct btcp_backend_net *bnet, struct btcp_server_flow *flow,
		    struct btcp_accept *accept)
{
	enum btcp_socket socket;

	if (time_before(jiffies, accept->started + request_timeout(bnet)))
		return false;
	socket = btcp_socket_find(bnet->net, &flow->flow.tuple);
	/*
	 * Only a request socket: the accept queue ate the ACK, nobody has read
	 * a byte.  With the RST nobody ever will, so another back-end may.
	 */
	if (socket == BTCP_SOCKET_REQUEST || (!accept->handed && socket == BTCP_SOCKET_NONE)) {
		btcp_inject_rst(bnet, &flow->flow.tuple, flow->client_isn + 1);
		return btcp_accept_refuse(bnet, flow, WIRE_NAK_SYNACK);
	}
	if (time_before(jiffies, accept->started + head_timeout(bnet)))
		return false;
	/* The head may have been read and acted upon: only an RST is honest. */
	btcp_inject_rst(bnet, &flow->flow.tuple, READ_ONCE(flow->rcv_nxt));
	flow->flags |= BTCP_FLOW_RST_OUT;
	return btcp_flow_end(bnet, flow, WIRE_CLOSED_TIMEOUT);
}

static void accept_timer(struct timer_list *timer)
{
	struct btcp_accept *accept = container_of(timer, struct btcp_accept, timer);
	struct btcp_server_flow *flow = accept->flow;
	struct btcp_backend_net *bnet = flow->frontend->bnet;
	bool over = false, mine, want_head = false;
	u32 have;

	rcu_read_lock();
	spin_lock(&flow->flow.lock);
	mine = flow->accept == accept;
	if (mine && flow->flow.state == BTCP_FLOW_SYN) {
		over = time_after_eq(jiffies, accept->started + synack_timeout(bnet));
		if (over) {
			/* A SYN/ACK that still comes is answered with RST, too. */
			btcp_inject_rst(bnet, &flow->flow.tuple, flow->client_isn + 1);
			btcp_accept_refuse(bnet, flow, WIRE_NAK_SYNACK);
		} else {
			inject_syn_again(bnet, accept);
		}
	} else if (mine) {
		over = give_up(bnet, flow, accept);
		if (!over) {
			btcp_accept_ack(bnet, flow);
			have = accept->have;
			want_head = have < flow->head_len;
		}
	}
	if (mine && !over) {
		btcp_count(bnet, BTCP_STAT_REINJECTIONS);
		accept->interval = min_t(unsigned long, 2 * accept->interval, AGAIN_MAX);
		mod_timer(&accept->timer, jiffies + accept->interval);
	}
	spin_unlock(&flow->flow.lock);

	if (over && READ_ONCE(flow->nak))
		btcp_say_flow_nak(bnet, flow);
	else if (over)
		btcp_say_closed(bnet, flow);
	else if (want_head)
		btcp_say_ack(bnet, flow, false, have);
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
static u8 known(struct btcp_backend_net *bnet, struct handoff_session *session,
		struct btcp_server_flow *flow, const struct wire_msg *msg, bool *answered)
{
	bool same = flow->frontend->session == session, over;
	u8 state, nak;
	u32 have;

	/* The front-end has forgotten it; if TCP has, too, the tuple is free. */
	if (!same || msg->flow.id != flow->flow.id)
		btcp_close_if_gone(bnet, flow);
	spin_lock_bh(&flow->flow.lock);
	state = flow->flow.state;
	have = flow->accept ? flow->accept->have : flow->head_len;
	nak = flow->nak;
	over = state >= BTCP_FLOW_TIME_WAIT;
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

	btcp_count(bnet, BTCP_STAT_REPEATED_HANDOFFS);
	*answered = true;
	if (nak)
		btcp_say_flow_nak(bnet, flow);
	else if (state == BTCP_FLOW_HEAD)
		btcp_say_ack(bnet, flow, false, have);
	else if (state != BTCP_FLOW_SYN && state != BTCP_FLOW_ENDED)
		btcp_say_ack(bnet, flow, true, flow->head_len);
	if (!nak && over)
		btcp_say_closed(bnet, flow);
	return 0;
}

static struct btcp_accept *accept_alloc(struct btcp_server_flow *flow,
					const struct wire_handoff *handoff)
{
	struct btcp_accept *accept;

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
static struct btcp_accept *prepare(struct btcp_backend_net *bnet,
				   struct btcp_server_flow *flow,
				   const struct wire_handoff *handoff)
{
	struct btcp_accept *accept = accept_alloc(flow, handoff);
	struct btcp_chunk *chunk;

	if (!accept)
		return ERR_PTR(-ENOMEM);
	if (!handoff->data_len)
		return accept;
	chunk = btcp_head_add(bnet, accept, 0, handoff->data, handoff->data_len);
	if (IS_ERR(chunk)) {
		accept_free(bnet, accept);
		return ERR_CAST(chunk);
	}
	return accept;
}

static int start(struct btcp_backend_net *bnet, struct btcp_server_flow *flow,
		 const struct wire_handoff *handoff)
{
	struct btcp_accept *accept;
	struct dst_entry *dst;
	int err;

	/* Without one nothing reaches TCP: better said now than by a timeout. */
	dst = btcp_inject_route(bnet, &flow->flow.tuple);
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
		btcp_accept_drop(bnet, flow);
	} else {
		btcp_flow_count(bnet, flow);
		inject_syn(bnet, accept, dst);
	}
	spin_unlock_bh(&flow->flow.lock);
	dst_release(dst);
	return err;
}

/* Nothing is known of the tuple.  Return: 0, -EEXIST if that has changed. */
static int take(struct btcp_backend_net *bnet, struct handoff_session *session,
		const struct handoff_tuple *tuple, const struct wire_msg *msg, u8 *nak)
{
	struct btcp_frontend *frontend;
	struct btcp_server_flow *flow;
	int err = -ENOMEM;

	/* Refused before: the front-end may have gone elsewhere, so again. */
	*nak = btcp_frontend_refused(bnet, session, msg->flow.id);
	if (*nak) {
		btcp_count(bnet, BTCP_STAT_REPEATED_HANDOFFS);
		btcp_say_nak(bnet, session, &msg->flow, *nak);
		*nak = 0;
		return 0;
	}
	*nak = btcp_admit(bnet, session, tuple, msg, &frontend);
	if (*nak)
		return 0;
	flow = btcp_flow_alloc(bnet, frontend, tuple, msg);
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

void btcp_accept_handoff(struct btcp_backend_net *bnet, struct handoff_session *session,
			 const struct handoff_tuple *tuple, const struct wire_msg *msg)
{
	struct btcp_server_flow *flow = btcp_flow_lookup(bnet, tuple);
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
	flow = btcp_flow_lookup(bnet, tuple);
	if (flow && flow->flow.id == msg->flow.id && flow->frontend->session == session)
		return;
	btcp_frontend_refuse(bnet, session, msg->flow.id, nak);
	btcp_say_nak(bnet, session, &msg->flow, nak);
}

void btcp_accept_head(struct btcp_backend_net *bnet, struct btcp_server_flow *flow,
		      const struct wire_head *head)
{
	struct handoff_segment segment;
	struct btcp_accept *accept;
	struct btcp_chunk *chunk;
	struct dst_entry *dst;
	bool caught;
	u32 have;

	spin_lock_bh(&flow->flow.lock);
	accept = flow->accept;
	if (!accept) {
		spin_unlock_bh(&flow->flow.lock);
		/* It stands: the answer was lost. */
		if (btcp_flow_state(flow) < BTCP_FLOW_ENDED)
			btcp_say_ack(bnet, flow, true, flow->head_len);
		return;
	}
	caught = flow->flow.state == BTCP_FLOW_HEAD;
	chunk = btcp_head_add(bnet, accept, head->offset, head->data, head->data_len);
	if (chunk == ERR_PTR(-ENOENT))
		btcp_count(bnet, BTCP_STAT_HEAD_GAPS);
	else if (chunk == ERR_PTR(-EINVAL))
		btcp_count(bnet, BTCP_STAT_BAD_MESSAGE);
	/* Before the SYN/ACK it could not be translated: then it just waits. */
	if (!IS_ERR_OR_NULL(chunk) && caught) {
		dst = btcp_inject_route(bnet, &flow->flow.tuple);
		if (dst) {
			prepare_ack(accept, &segment);
			inject_chunk(bnet, accept, chunk, &segment, dst);
			dst_release(dst);
		}
	}
	have = accept->have;
	spin_unlock_bh(&flow->flow.lock);
	if (caught)
		btcp_say_ack(bnet, flow, false, have);
}

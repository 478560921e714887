// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "btcp/backend/accept.h"
#include "btcp/backend/inject.h"
#include "btcp/backend/replay.h"
#include "btcp/backend/say.h"
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
void back_replay_syn(struct back_net *bnet, struct back_accept *accept,
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
	back_replay_syn(bnet, accept, dst);
	dst_release(dst);
}

static void prepare_ack(const struct back_accept *accept, struct handoff_segment *segment)
{
	const struct back_flow *flow = accept->flow;
	const struct tcp_options_seen options = {
		.has_ts = accept->options & WIRE_OPT_TIMESTAMP,
		.tsval = accept->ack_tsval,
		.tsecr = accept->front_tsval,
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
	if (chunk->offset + chunk->len == accept->head.len)
		accept->handed = true;
	return back_inject(bnet, &accept->flow->flow.tuple, segment, dst);
}

void back_replay_ack(struct back_net *bnet, struct back_flow *flow)
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
		list_for_each_entry(chunk, &accept->head.chunks, list)
			if (chunk->offset + chunk->len > accept->acked &&
			    inject_chunk(bnet, accept, chunk, &segment, dst))
				break;	/* the backlog is full: the timer's turn */
	dst_release(dst);
}

void back_replay_chunk(struct back_net *bnet, struct back_accept *accept,
		       const struct back_chunk *chunk)
{
	struct handoff_segment segment;
	struct dst_entry *dst;

	dst = back_inject_route(bnet, &accept->flow->flow.tuple);
	if (!dst)
		return;
	prepare_ack(accept, &segment);
	inject_chunk(bnet, accept, chunk, &segment, dst);
	dst_release(dst);
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
	return back_accept_end(bnet, flow, WIRE_CLOSED_TIMEOUT);
}

/* Without a head there is nothing to replay: the handshake is all that TCP has to have. */
static bool connected(struct back_net *bnet, const struct back_flow *flow)
{
	return !flow->accept->head.len &&
	       back_socket_connected(bnet->net, &flow->flow.tuple);
}

static void again(struct timer_list *timer)
{
	struct back_accept *accept = container_of(timer, struct back_accept, timer);
	struct back_flow *flow = accept->flow;
	struct back_net *bnet = flow->frontend->bnet;
	bool over = false, stood = false, mine, want_head = false;
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
	} else if (mine && connected(bnet, flow)) {
		stood = back_accept_stands(bnet, flow);
	} else if (mine) {
		over = give_up(bnet, flow, accept);
		if (!over) {
			back_replay_ack(bnet, flow);
			have = accept->head.have;
			want_head = have < accept->head.len;
		}
	}
	if (mine && !over && !stood) {
		back_count(bnet, BACK_STAT_REINJECTIONS);
		accept->interval = min_t(unsigned long, 2 * accept->interval, AGAIN_MAX);
		mod_timer(&accept->timer, jiffies + accept->interval);
	}
	spin_unlock(&flow->flow.lock);

	if (over && READ_ONCE(flow->nak))
		back_say_flow_nak(bnet, flow);
	else if (over)
		back_say_closed(bnet, flow);
	else if (stood)
		back_say_ack(bnet, flow, true, 0);
	else if (want_head)
		back_say_ack(bnet, flow, false, have);
	/* Taken off, by somebody else or just now: nobody else frees it. */
	if (!mine || over || stood) {
		back_accept_free(bnet, accept);
		handoff_flow_put(&bnet->table, &flow->flow);
	}
	rcu_read_unlock();
}

void back_replay_look(struct back_accept *accept)
{
	lockdep_assert_held(&accept->flow->flow.lock);
	/* Not pending: it is about to run, and will look. */
	if (mod_timer_pending(&accept->timer, jiffies + 1))
		accept->interval = 1;
}

void back_replay_arm(struct back_accept *accept)
{
	lockdep_assert_held(&accept->flow->flow.lock);
	timer_setup(&accept->timer, again, 0);
	accept->interval = AGAIN_FIRST;
	handoff_flow_get(&accept->flow->flow);	/* the timer's */
	mod_timer(&accept->timer, jiffies + accept->interval);
}

// SPDX-License-Identifier: GPL-2.0
#include <net/tcp.h>

#include "btcp/backend/accept.h"
#include "btcp/backend/close.h"
#include "btcp/backend/inject.h"
#include "btcp/backend/rewrite.h"
#include "btcp/backend/say.h"
#include "btcp/backend/socket.h"
#include "btcp/tcp_options.h"
#include "handoff/settings.h"

#define FINS_ACKED	(BACK_FLOW_FIN_OUT_ACKED | BACK_FLOW_FIN_IN_ACKED)

/* Locked.  Return: true if CLOSED is to be said. */
static bool closed(struct back_net *bnet, struct back_flow *flow)
{
	lockdep_assert_held(&flow->flow.lock);
	if ((flow->flags & FINS_ACKED) != FINS_ACKED ||
	    !back_flow_step(bnet, flow, BACK_FLOW_CLOSED))
		return false;
	flow->why = WIRE_CLOSED_FIN;
	flow->until = jiffies + max(handoff_timeout(bnet->net, HANDOFF_TIMEOUT_TIME_WAIT),
				    handoff_session_late(bnet->net));
	WRITE_ONCE(flow->flow.expires, jiffies + BACK_FLOW_AGAIN);
	return true;
}

/* Locked: a FIN, in or out; from now on silence lasts less long. */
static void fin_seen(struct back_net *bnet, struct back_flow *flow)
{
	unsigned long due = jiffies + handoff_timeout(bnet->net, HANDOFF_TIMEOUT_CLOSING);

	if (back_flow_step(bnet, flow, BACK_FLOW_FIN) &&
	    time_before(due, flow->flow.expires))
		WRITE_ONCE(flow->flow.expires, due);
}

/*
 * Both of these look without the lock first: half a connection may live on for
 * long, and then they are asked for each of its packets.
 */
static bool unacked(const struct back_flow *flow, u16 fin, u16 done)
{
	return (READ_ONCE(flow->flags) & (fin | done)) == fin;
}

void back_close_acked_by_tcp(struct back_net *bnet,
			     struct back_flow *flow, u32 ack)
{
	bool say = false;

	if (!unacked(flow, BACK_FLOW_FIN_IN, BACK_FLOW_FIN_IN_ACKED) ||
	    !tcp_seq_after(ack, READ_ONCE(flow->fin_in)))
		return;
	spin_lock_bh(&flow->flow.lock);
	if (!unacked(flow, BACK_FLOW_FIN_IN, BACK_FLOW_FIN_IN_ACKED)) {
		/* somebody was faster */
	} else if (ack == flow->fin_in + 1) {
		WRITE_ONCE(flow->flags, flow->flags | BACK_FLOW_FIN_IN_ACKED);
		say = closed(bnet, flow);
	} else if (tcp_seq_after(ack, flow->fin_in)) {
		/* Nothing follows a FIN: that one was not the client's. */
		WRITE_ONCE(flow->flags, flow->flags & ~BACK_FLOW_FIN_IN);
	}
	spin_unlock_bh(&flow->flow.lock);
	if (say)
		back_say_closed(bnet, flow);
}

void back_close_acked_by_client(struct back_net *bnet,
				struct back_flow *flow, u32 ack)
{
	bool say;

	if (!unacked(flow, BACK_FLOW_FIN_OUT, BACK_FLOW_FIN_OUT_ACKED) ||
	    !tcp_seq_after(ack, READ_ONCE(flow->fin_out)))
		return;
	spin_lock_bh(&flow->flow.lock);
	WRITE_ONCE(flow->flags, flow->flags | BACK_FLOW_FIN_OUT_ACKED);
	say = closed(bnet, flow);
	spin_unlock_bh(&flow->flow.lock);
	if (say)
		back_say_closed(bnet, flow);
}

/* The flag leaves the packet, the data goes; the checksum knows of both. */
static void clear_fin(struct sk_buff *skb, struct tcphdr *tcp)
{
	__be16 *word = (__be16 *)tcp + 6, old = *word;	/* offset and flags */

	tcp->fin = 0;
	inet_proto_csum_replace2(&tcp->check, skb, old, *word, false);
}

static void fin_segment(struct wire_segment *segment, const struct handoff_headers *h)
{
	struct tcp_options_seen seen;

	tcp_options_parse(&seen, (const u8 *)(h->tcp + 1), h->hdrlen - sizeof(*h->tcp));
	memset(segment, 0, sizeof(*segment));
	segment->flags = WIRE_FIN | WIRE_ACK;
	segment->seq = ntohl(h->tcp->seq) + h->payload_len;
	segment->ack = ntohl(h->tcp->ack_seq);
	segment->window = ntohs(h->tcp->window);
	segment->has_ts = seen.has_ts;
	segment->tsval = seen.tsval;
	segment->tsecr = seen.tsecr;
}

unsigned int back_close_fin_out(struct back_net *bnet,
				struct back_flow *flow, struct sk_buff *skb,
				struct handoff_headers *h, const struct nf_hook_state *nf)
{
	struct wire_segment segment;

	if (back_rewrite_out(bnet, flow, skb, h)) {
		consume_skb(skb);
		return NF_STOLEN;
	}
	fin_segment(&segment, h);
	back_flow_advance(&flow->snd_nxt, segment.seq + 1);
	back_flow_advance(&flow->rcv_nxt, segment.ack);
	back_flow_touch(flow);
	spin_lock_bh(&flow->flow.lock);
	if (!(flow->flags & BACK_FLOW_FIN_OUT)) {
		WRITE_ONCE(flow->fin_out, segment.seq);
		WRITE_ONCE(flow->flags, flow->flags | BACK_FLOW_FIN_OUT);
		fin_seen(bnet, flow);
	}
	spin_unlock_bh(&flow->flow.lock);

	/*
	 * The data first, and now: behind our verdict it would be overtaken by
	 * its own FIN, in every connection.  What is skipped is only conntrack's
	 * confirm, which has long seen this connection.
	 */
	if (h->payload_len) {
		clear_fin(skb, h->tcp);
		nf->okfn(nf->net, nf->sk, skb);
	} else {
		consume_skb(skb);
	}
	back_count(bnet, BACK_STAT_INTERCEPTED_FIN);
	/* Lost, or not sent at all: TCP retransmits its FIN. */
	back_say_segment(bnet, flow, &segment);
	back_close_acked_by_tcp(bnet, flow, segment.ack);
	return NF_STOLEN;
}

static void relay_rst(struct back_net *bnet, struct back_flow *flow,
		      const struct handoff_headers *h)
{
	u32 low = READ_ONCE(flow->snd_una), high = READ_ONCE(flow->snd_nxt);
	struct wire_segment segment = {
		.flags = WIRE_RST | (h->tcp->ack ? WIRE_ACK : 0),
		.seq = ntohl(h->tcp->seq) + flow->t.seq_delta,
		.ack = ntohl(h->tcp->ack_seq),
	};

	/* One that answers a packet without ACK has no sequence number of use. */
	if (!tcp_seq_between(segment.seq, low, high))
		segment.seq = high;
	back_count(bnet, BACK_STAT_INTERCEPTED_RST);
	back_say_segment(bnet, flow, &segment);
}

void back_close_rst_out(struct back_net *bnet, struct back_flow *flow,
			const struct handoff_headers *h)
{
	bool ended;

	relay_rst(bnet, flow, h);
	spin_lock_bh(&flow->flow.lock);
	ended = back_flow_end(bnet, flow, WIRE_CLOSED_RST);
	if (ended)
		flow->flags |= BACK_FLOW_RST_OUT;
	spin_unlock_bh(&flow->flow.lock);
	if (ended)
		back_say_closed(bnet, flow);
}

void back_close_swallow(struct back_net *bnet, struct back_flow *flow,
			const struct handoff_headers *h)
{
	/* Somebody still speaks to it: the first RST got lost. */
	if (h->tcp->rst && READ_ONCE(flow->flags) & BACK_FLOW_RST_OUT) {
		relay_rst(bnet, flow, h);
		return;
	}
	back_count(bnet, BACK_STAT_SWALLOWED_AFTER_END);
	if (h->tcp->ack && !h->tcp->rst) {
		local_bh_disable();
		back_inject_rst(bnet, &flow->flow.tuple, ntohl(h->tcp->ack_seq));
		local_bh_enable();
	}
}

/*
 * Anybody can send a FIN in the client's name.  TCP looks whether both numbers
 * fit, and so do we: the sequence number by the widest window that TCP can
 * have offered, the acknowledgment by the widest that the client can have.
 */
static bool plausible(const struct back_flow *flow, u32 seq, u32 ack)
{
	u32 next = READ_ONCE(flow->rcv_nxt), nxt = READ_ONCE(flow->snd_nxt);
	u32 una = READ_ONCE(flow->snd_una);

	return tcp_seq_between(seq, next, next + (U16_MAX << flow->t.backend_wscale)) &&
	       tcp_seq_between(ack, una - (U16_MAX << flow->t.client_wscale), nxt);
}

void back_close_fin_in(struct back_net *bnet, struct back_flow *flow,
		       u32 seq, u32 ack)
{
	if (READ_ONCE(flow->flags) & BACK_FLOW_FIN_IN_ACKED || !plausible(flow, seq, ack))
		return;
	spin_lock_bh(&flow->flow.lock);
	/* The latest counts: an earlier one may have been a forger's guess. */
	if (!(flow->flags & BACK_FLOW_FIN_IN_ACKED)) {
		WRITE_ONCE(flow->fin_in, seq);
		WRITE_ONCE(flow->flags, flow->flags | BACK_FLOW_FIN_IN);
		fin_seen(bnet, flow);
	}
	spin_unlock_bh(&flow->flow.lock);
}

void back_close_rst_in(struct back_flow *flow)
{
	spin_lock_bh(&flow->flow.lock);
	if (flow->flow.state < BACK_FLOW_TIME_WAIT) {
		WRITE_ONCE(flow->flags, flow->flags | BACK_FLOW_RST_IN);
		WRITE_ONCE(flow->flow.expires, jiffies + HZ / 4);
	}
	spin_unlock_bh(&flow->flow.lock);
}

bool back_close_syn_in(struct back_net *bnet, struct back_flow *flow)
{
	bool gone;

	/* A live socket challenges it.  One in TIME_WAIT would let it in. */
	if (back_flow_state(flow) < BACK_FLOW_LIVE)
		return false;
	local_bh_disable();
	gone = back_close_if_gone(bnet, flow);
	local_bh_enable();
	return !gone;
}

bool back_close_if_gone(struct back_net *bnet, struct back_flow *flow)
{
	u8 state = back_flow_state(flow);
	enum back_socket socket;
	bool ended, tell;

	if (state >= BACK_FLOW_TIME_WAIT)
		return true;
	if (state < BACK_FLOW_LIVE)
		return false;
	socket = back_socket_find(bnet->net, &flow->flow.tuple);
	if (socket == BACK_SOCKET_LIVE || socket == BACK_SOCKET_REQUEST)
		return false;

	spin_lock_bh(&flow->flow.lock);
	/* A client that neither closed nor reset does not know yet. */
	tell = flow->flow.state == BACK_FLOW_LIVE &&
	       !(flow->flags & BACK_FLOW_RST_IN) && socket == BACK_SOCKET_NONE;
	ended = back_flow_end(bnet, flow, flow->flags & BACK_FLOW_RST_IN ?
			      WIRE_CLOSED_RST : WIRE_CLOSED_TIMEOUT);
	if (ended && tell)
		flow->flags |= BACK_FLOW_RST_OUT;
	spin_unlock_bh(&flow->flow.lock);
	if (!ended)
		return true;
	back_count(bnet, BACK_STAT_SOCKETS_GONE);
	back_say_closed(bnet, flow);
	return true;
}

/*
 * Straight to the client: the control channel, or the front-end, may be
 * going down.  A TCP
 * believes an RST only at exactly the byte it expects, which lies between
 * what it acknowledged and what was sent.
 */
void back_close_reset_client(struct back_net *bnet, struct back_flow *flow)
{
	struct handoff_segment segment = { .flags = TCPHDR_RST };
	struct handoff_tuple tuple = flow->flow.tuple;
	u32 una = READ_ONCE(flow->snd_una), nxt = READ_ONCE(flow->snd_nxt);

	tuple.server = flow->vip;
	tuple.server_port = flow->vip_port;
	segment.seq = nxt;
	handoff_packet_send(bnet->net, &tuple, &segment);
	if (una == nxt)
		return;
	segment.seq = una;
	handoff_packet_send(bnet->net, &tuple, &segment);
}

void back_close_reset(struct back_net *bnet, struct back_flow *flow)
{
	bool live, ended;

	spin_lock_bh(&flow->flow.lock);
	/* Before it stood, the same client may live on with another back-end. */
	live = flow->flow.state == BACK_FLOW_LIVE || flow->flow.state == BACK_FLOW_CLOSING;
	ended = back_accept_end(bnet, flow, WIRE_CLOSED_RST);
	if (ended) {
		back_count(bnet, BACK_STAT_RESETS);
		/* If TCP expects another byte, its challenge ACK tells which. */
		back_inject_rst(bnet, &flow->flow.tuple, READ_ONCE(flow->rcv_nxt));
	}
	spin_unlock_bh(&flow->flow.lock);
	if (ended && live)
		back_close_reset_client(bnet, flow);
	/* In TIME_WAIT there is nothing to reset. */
	back_say_closed(bnet, flow);
}

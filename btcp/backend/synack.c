// SPDX-License-Identifier: GPL-2.0
#include <net/request_sock.h>
#include <net/tcp.h>

#include "btcp/backend/accept.h"
#include "btcp/backend/inject.h"
#include "btcp/backend/profile.h"
#include "btcp/backend/replay.h"
#include "btcp/backend/say.h"
#include "btcp/backend/socket.h"
#include "btcp/backend/synack.h"
#include "btcp/tcp_options.h"

#define SRTT_MAX	(10 * USEC_PER_SEC)	/* never trust a packet */

/* What to do once the flow is unlocked. */
enum then {
	THEN_SWALLOW,
	THEN_OUT,	/* swallow: it is out of the table, the namespace ends */
	THEN_NAK,
	THEN_WANT_HEAD,
	THEN_PASS,	/* ... after having said that it stands */
	THEN_GO_ON,	/* it stood before we had the lock */
};

/*
 * The injected handshake takes no time at all.  TCP would believe in a round
 * trip of nothing: loss probes and retransmissions on every response, and a
 * poisoned minimum.  It measures from the request socket's @snt_synack, to
 * the ACK that we inject next.  With a SYN cookie there is no request socket.
 */
static void backdate(struct back_accept *accept, const struct sk_buff *skb)
{
	struct sock *sk = skb->sk;
	struct tcp_request_sock *treq;
	u64 sent;

	if (accept->backdated || !sk || sk->sk_state != TCP_NEW_SYN_RECV)
		return;
	accept->backdated = true;
	treq = tcp_rsk(inet_reqsk(sk));
	sent = READ_ONCE(treq->snt_synack);
	if (sent > accept->srtt_us)
		WRITE_ONCE(treq->snt_synack, sent - min_t(u32, accept->srtt_us, SRTT_MAX));
}

/* From here on the difference between the two sequence spaces is known. */
static void translation(struct back_flow *flow, const struct tcphdr *tcp,
			const struct tcp_options_seen *seen)
{
	const struct back_accept *accept = flow->accept;
	struct btcp_translation *t = &flow->t;

	t->seq_delta = flow->front_isn - ntohl(tcp->seq);
	t->ts_delta = seen->has_ts ? accept->front_tsval - seen->tsval : 0;
	t->promised_wscale = accept->promised_wscale;
	t->client_wscale = accept->client_wscale;
	/* Without the option TCP shifts neither way; the client still does. */
	t->backend_wscale = seen->has_wscale ? seen->wscale : 0;
	t->assumed_wscale = seen->has_wscale ? accept->client_wscale : 0;
}

static enum then refuse(struct back_net *bnet, struct back_flow *flow,
			u8 nak)
{
	return back_accept_refuse(bnet, flow, nak) ? THEN_NAK : THEN_SWALLOW;
}

static enum then caught(struct back_net *bnet, struct back_flow *flow,
			const struct sk_buff *skb, const struct handoff_headers *h)
{
	struct back_accept *accept = flow->accept;
	struct tcp_options_seen seen;

	back_count(bnet, BACK_STAT_STOLEN_SYNACK);
	tcp_options_parse(&seen, (const u8 *)(h->tcp + 1), h->hdrlen - sizeof(*h->tcp));
	back_profile_learn(bnet, flow, accept->options, &seen, ntohs(h->tcp->window));
	/* The client will send them, and expect to see its own echoed. */
	if ((accept->options & WIRE_OPT_TIMESTAMP) && !seen.has_ts) {
		back_inject_rst(bnet, &flow->flow.tuple, flow->client_isn + 1);
		return refuse(bnet, flow, WIRE_NAK_OPTIONS);
	}
	if (ntohs(h->tcp->window) < accept->promised_window)
		back_count(bnet, BACK_STAT_WINDOW_OVERPROMISED);
	if ((seen.has_wscale ? seen.wscale : 0) < accept->promised_wscale)
		back_count(bnet, BACK_STAT_SCALE_OVERPROMISED);

	translation(flow, h->tcp, &seen);
	backdate(accept, skb);
	if (!back_flow_step(bnet, flow, BACK_FLOW_SYNACK))
		return THEN_SWALLOW;
	/* Never before: our hook could not have translated them. */
	back_replay_ack(bnet, flow);
	if (!accept->head.len) {
		back_replay_look(accept);
		return THEN_SWALLOW;
	}
	return accept->staged || accept->head.have < accept->head.len ? THEN_WANT_HEAD :
								 THEN_SWALLOW;
}

static enum then before_synack(struct back_net *bnet,
			       struct back_flow *flow, const struct sk_buff *skb,
			       const struct handoff_headers *h)
{
	const struct tcphdr *tcp = h->tcp;
	bool ours = tcp->ack && ntohl(tcp->ack_seq) == flow->client_isn + 1;

	if (tcp->syn && !tcp->rst && ours)
		return caught(bnet, flow, skb, h);
	back_count(bnet, BACK_STAT_STOLEN_BEFORE_SYNACK);
	if (tcp->rst)
		return ours ? refuse(bnet, flow, WIRE_NAK_CLOSED) : THEN_SWALLOW;
	/* A challenge, or a word from TIME_WAIT: the tuple is somebody else's. */
	if (tcp->ack && !tcp->syn)
		return refuse(bnet, flow, WIRE_NAK_TUPLE);
	return THEN_SWALLOW;
}

/*
 * With tcp_abort_on_overflow TCP answers the handshake's ACK by RST when the
 * accept queue is full.  It does so before it forgets its request socket, so
 * that one is found; and while there is no more than that, nobody has read a
 * byte.  What we injected behind the ACK is kept off by our own hook, once the
 * hand-off is refused.
 */
static bool overflowed(struct back_net *bnet, const struct back_flow *flow)
{
	return !flow->accept->acked &&
	       back_socket_find(bnet->net, &flow->flow.tuple) == BACK_SOCKET_REQUEST;
}

static enum then before_standing(struct back_net *bnet,
				 struct back_flow *flow,
				 const struct handoff_headers *h)
{
	struct back_accept *accept = flow->accept;
	const struct tcphdr *tcp = h->tcp;
	u32 acked;

	if (tcp->syn) {
		back_count(bnet, BACK_STAT_STOLEN_SYNACK);
		/* With another ISN it is not a repeat, and not our connection. */
		if (tcp->ack && ntohl(tcp->seq) == flow->front_isn - flow->t.seq_delta) {
			back_count(bnet, BACK_STAT_REINJECTIONS);
			back_replay_ack(bnet, flow);
		}
		return THEN_SWALLOW;
	}
	if (tcp->rst) {
		/*
		 * Without ACK it answers a packet, and begins where that one
		 * acknowledged: this one was neither ours nor the client's.
		 */
		if (!tcp->ack && ntohl(tcp->seq) != flow->front_isn + 1 - flow->t.seq_delta) {
			back_count(bnet, BACK_STAT_STOLEN_BEFORE_STANDING);
			return THEN_SWALLOW;
		}
		if (overflowed(bnet, flow)) {
			back_count(bnet, BACK_STAT_STOLEN_BEFORE_STANDING);
			back_inject_rst(bnet, &flow->flow.tuple, flow->client_isn + 1);
			return refuse(bnet, flow, WIRE_NAK_SYNACK);
		}
		if (!accept->handed) {
			back_count(bnet, BACK_STAT_STOLEN_BEFORE_STANDING);
			return refuse(bnet, flow, WIRE_NAK_CLOSED);
		}
		/*
		 * The application may have read the head before it hung up: a
		 * NAK would let another back-end execute it again.  So it
		 * stood, and was reset.
		 */
		back_accept_stands(bnet, flow);
		return THEN_PASS;
	}
	if (tcp->ack) {
		acked = ntohl(tcp->ack_seq) - (flow->client_isn + 1);
		if (acked <= accept->head.have && acked > accept->acked) {
			accept->acked = acked;
			back_flow_advance(&flow->rcv_nxt, ntohl(tcp->ack_seq));
		}
		if (accept->acked == accept->head.len) {
			back_accept_stands(bnet, flow);
			return THEN_PASS;
		}
	}
	/* TCP repeats what matters of it. */
	back_count(bnet, BACK_STAT_STOLEN_BEFORE_STANDING);
	return THEN_SWALLOW;
}

bool back_synack_outbound(struct back_net *bnet, struct back_flow *flow,
			  struct sk_buff *skb, const struct handoff_headers *h)
{
	enum then then = THEN_GO_ON;
	u32 have = 0;

	spin_lock_bh(&flow->flow.lock);
	if (flow->accept && flow->flow.state == BACK_FLOW_SYN)
		then = before_synack(bnet, flow, skb, h);
	else if (flow->accept && flow->flow.state == BACK_FLOW_HEAD)
		then = before_standing(bnet, flow, h);
	else if (flow->flow.state < BACK_FLOW_LIVE)
		then = THEN_OUT;
	if (flow->accept)
		have = flow->accept->head.have;
	spin_unlock_bh(&flow->flow.lock);

	switch (then) {
	case THEN_OUT:
		back_count(bnet, BACK_STAT_SWALLOWED_AFTER_END);
		return true;
	case THEN_SWALLOW:
		return true;
	case THEN_NAK:
		back_say_flow_nak(bnet, flow);
		return true;
	case THEN_WANT_HEAD:
		back_say_ack(bnet, flow, false, have);
		return true;
	case THEN_PASS:
		/* First, so that it overtakes no FIN of the same packet. */
		back_say_ack(bnet, flow, true, 0);
		return false;
	case THEN_GO_ON:
		break;
	}
	return false;
}

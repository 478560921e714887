// SPDX-License-Identifier: GPL-2.0
#include <linux/random.h>
#include <net/tcp.h>

#include "btcp/frontend/backend.h"
#include "btcp/frontend/close.h"
#include "btcp/frontend/opening.h"
#include "btcp/frontend/stray.h"
#include "btcp/tcp_options.h"
#include "handoff/packet.h"
#include "handoff/settings.h"

/* QUERYs, or provocations, that may stay unanswered; one a second. */
#define ASK_MAX		3
#define ASK_EVERY	HZ

static void relay(struct front_net *fn, struct front_flow *flow,
		  const struct wire_segment *s)
{
	struct tcp_options_seen options = {
		.has_ts = s->has_ts,
		.tsval = s->tsval,
		.tsecr = s->tsecr,
	};
	struct handoff_segment segment = {
		.seq = s->seq,
		.ack = s->ack,
		.window = s->window,
		.flags = s->flags & (TCPHDR_FIN | TCPHDR_RST | TCPHDR_ACK),
	};

	segment.options_len = tcp_options_build(segment.options, &options);
	/* Lost or refused: the back-end's TCP sends its FIN again. */
	if (handoff_packet_send(fn->net, &flow->flow.tuple, &segment))
		front_count(fn, FRONT_STAT_SENDING_FAILED);
	else if (s->flags & WIRE_RST)
		front_count(fn, FRONT_STAT_RELAYED_RST);
	else
		front_count(fn, FRONT_STAT_RELAYED_FIN);
	flow->rst_relayed |= s->flags & WIRE_RST;
}

bool front_close_segment(struct front_net *fn, struct front_flow *flow,
			 const struct wire_segment *segment)
{
	lockdep_assert_held(&flow->flow.lock);
	if (!(segment->flags & (WIRE_FIN | WIRE_RST))) {
		front_count(fn, FRONT_STAT_UNEXPECTED_MESSAGE);
		return false;
	}
	relay(fn, flow, segment);
	return true;
}

void front_close_begin(struct front_net *fn, struct front_flow *flow)
{
	lockdep_assert_held(&flow->flow.lock);
	if (flow->flow.dead || flow->flow.state != FRONT_FLOW_FORWARDING)
		return;
	front_flow_set_state(fn, flow, FRONT_FLOW_CLOSING);
	front_flow_expire_in(flow, handoff_timeout(fn->net, HANDOFF_TIMEOUT_CLOSING));
}

void front_close_closed(struct front_net *fn, struct front_flow *flow,
			const struct wire_closed *closed)
{
	unsigned long linger = msecs_to_jiffies(closed->linger_ms);

	lockdep_assert_held(&flow->flow.lock);
	if (closed->why == WIRE_CLOSED_UNKNOWN)
		front_count(fn, FRONT_STAT_IDLE_UNKNOWN);
	linger = min(linger, handoff_timeout(fn->net, HANDOFF_TIMEOUT_TIME_WAIT));
	if (closed->reset && !flow->rst_relayed) {
		const struct wire_segment rst = {
			.flags = WIRE_RST | WIRE_ACK,
			.seq = closed->seq,
			.ack = closed->ack,
		};

		relay(fn, flow, &rst);
	}
	/* The client may not know yet: the sweep makes it ask. */
	if (flow->flow.state == FRONT_FLOW_RESETTING && !flow->rst_relayed)
		return;
	/* A flow without an opening can stay; a hand-off that is over so soon cannot. */
	if (flow->opening) {
		front_opening_end(flow->opening);
		return;
	}
	if (closed->why != WIRE_CLOSED_FIN || !linger ||
	    flow->flow.state == FRONT_FLOW_RESETTING) {
		front_flow_end(fn, flow);
		return;
	}
	front_flow_set_state(fn, flow, FRONT_FLOW_TIME_WAIT);
	front_flow_expire_in(flow, linger);
}

void front_close_alive(struct front_flow *flow)
{
	lockdep_assert_held(&flow->flow.lock);
	if (flow->flow.state == FRONT_FLOW_RESETTING) {
		/* It did not hear it. */
		front_flow_tell_reset(flow, flow->backend, flow->flow.id);
		return;
	}
	flow->asked = 0;
	WRITE_ONCE(flow->seen, jiffies);
}

/*
 * Only the back-end knows what the client expects, and it may be dead.  So make
 * the client tell: to a bare ACK out of its window it answers with one of its
 * own, which front_close_packet() answers with an RST that fits.  A number that
 * happens to be in the window does no harm: there is nothing in the segment.
 */
static void provoke(struct front_net *fn, struct front_flow *flow)
{
	struct handoff_segment segment = {
		.flags = TCPHDR_ACK,
		.seq = get_random_u32(),
		.ack = get_random_u32(),
	};

	front_count(fn, FRONT_STAT_PROVOKED);
	if (handoff_packet_send(fn->net, &flow->flow.tuple, &segment))
		front_count(fn, FRONT_STAT_SENDING_FAILED);
}

void front_close_reset(struct front_net *fn, struct front_flow *flow)
{
	lockdep_assert_held(&flow->flow.lock);
	if (flow->flow.state == FRONT_FLOW_RESETTING)
		return;
	if (flow->flow.state == FRONT_FLOW_TIME_WAIT) {
		front_flow_end(fn, flow);
		return;
	}
	/* If the back-end still hears us, it resets the client itself. */
	front_flow_tell_reset(flow, flow->backend, flow->flow.id);
	front_flow_set_state(fn, flow, FRONT_FLOW_RESETTING);
	flow->asked = 0;
	if (!handoff_session_is_up(flow->backend->session)) {
		provoke(fn, flow);
		flow->asked++;
	}
	front_flow_expire_in(flow, ASK_EVERY);
}

void front_close_packet(struct front_net *fn, struct front_flow *flow,
			const struct handoff_headers *h)
{
	lockdep_assert_held(&flow->flow.lock);
	if (h->tcp->rst || !h->tcp->ack) {
		front_count(fn, FRONT_STAT_RESETTING_SILENT);
		return;
	}
	front_count(fn, FRONT_STAT_RESETTING_RST);
	front_stray_reset(fn, h);
}

static void ask(struct front_net *fn, struct front_flow *flow)
{
	struct wire_msg msg = { .type = WIRE_QUERY };

	front_count(fn, FRONT_STAT_QUERIES);
	front_flow_tell(flow, flow->backend, flow->flow.id, &msg);
	flow->asked++;
	front_flow_expire_in(flow, ASK_EVERY);
}

/* A flow that BIP forwards was silent: does its back-end still have it? */
static void idle(struct front_net *fn, struct front_flow *flow,
		 enum handoff_timeout which)
{
	unsigned long until = READ_ONCE(flow->seen) + handoff_timeout(fn->net, which);

	if (time_before(jiffies, until)) {
		flow->asked = 0;
		WRITE_ONCE(flow->flow.expires, until);
		return;
	}
	if (flow->asked < ASK_MAX) {
		ask(fn, flow);
		return;
	}
	if (!handoff_session_is_up(flow->backend->session)) {
		front_count(fn, FRONT_STAT_BACKEND_LOST);
		front_close_reset(fn, flow);
		return;
	}
	front_count(fn, FRONT_STAT_IDLE_UNANSWERED);
	front_flow_end(fn, flow);
}

void front_close_expired(struct handoff_table *table, struct handoff_flow *f)
{
	struct front_net *fn = front_net(table->net);
	struct front_flow *flow = front_flow_of(f);

	spin_lock_bh(&f->lock);
	if (f->dead || time_before(jiffies, f->expires))
		goto unlock;
	switch (f->state) {
	case FRONT_FLOW_FORWARDING:
		idle(fn, flow, HANDOFF_TIMEOUT_IDLE);
		break;
	case FRONT_FLOW_CLOSING:
		idle(fn, flow, HANDOFF_TIMEOUT_CLOSING);
		break;
	case FRONT_FLOW_RESETTING:
		if (flow->asked++ < ASK_MAX) {
			provoke(fn, flow);
			front_flow_expire_in(flow, ASK_EVERY);
			break;
		}
		/* Who speaks later is a stray, and gets the same answer. */
		fallthrough;
	case FRONT_FLOW_TIME_WAIT:
		front_flow_end(fn, flow);
		break;
	default:
		/* An opening has a timer of its own. */
		front_flow_expire_in(flow, handoff_timeout(fn->net, HANDOFF_TIMEOUT_IDLE));
		break;
	}
unlock:
	spin_unlock_bh(&f->lock);
}

void front_close_kill(struct handoff_table *table, struct handoff_flow *f)
{
	struct front_net *fn = front_net(table->net);
	struct front_flow *flow = front_flow_of(f);
	struct front_opening *o;

	spin_lock_bh(&f->lock);
	if (f->dead)
		goto unlock;
	o = flow->opening;
	if (o && o->backend && o->id)
		front_flow_tell_reset(flow, o->backend, o->id);
	/* The back-end has the exact state, and resets its client. */
	if (flow->backend && f->state != FRONT_FLOW_TIME_WAIT)
		front_flow_tell_reset(flow, flow->backend, f->id);
	else if (o && f->state != FRONT_FLOW_SYN_RECV && f->state != FRONT_FLOW_ANSWERING)
		front_opening_reset(o);
	if (o)
		front_opening_end(o);
	else
		front_flow_end(fn, flow);
unlock:
	spin_unlock_bh(&f->lock);
}
